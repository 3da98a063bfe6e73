"""The addresses of `debrief`."""

from django.urls import path

from console.web.debrief import views

urlpatterns = [
    path("profile/", views.seat_profile, name="seat_profile"),
    path("<uuid:sitting_id>/", views.class_debrief, name="class_debrief"),
    path("<uuid:sitting_id>/for-the-class/", views.class_debrief_shown, name="class_debrief_shown"),
    path("<uuid:sitting_id>/dossier/<uuid:dossier_id>/", views.class_dossier, name="class_dossier"),
]
