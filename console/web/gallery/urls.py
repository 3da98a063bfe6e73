"""The addresses of `gallery`."""

from django.urls import path

from console.web.gallery import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("<slug:scenario_id>/", views.scenario, name="scenario"),
    path("<slug:scenario_id>/new-sitting/", views.new_sitting, name="new_sitting"),
]
