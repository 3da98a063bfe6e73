"""The addresses of `seats`: what a trainee's browser asks for."""

from django.urls import path

from console.web.seats import joining, speaking, views

urlpatterns = [
    path("", views.seat, name="seat"),
    path("waiting", views.waiting, name="waiting"),
    path("join", joining.join, name="join"),
    path("join/<str:code>", joining.join, name="join"),
    path("return", joining.come_back, name="come_back"),
    path("leave", joining.leave, name="leave"),
    path("desk", views.desk, name="desk"),
    path("desk/<uuid:dossier_id>/ask", views.ask, name="ask"),
    path("desk/<uuid:dossier_id>/language", speaking.speak_at_desk, name="speak_at_desk"),
    path("desk/<uuid:dossier_id>/decide", views.decide, name="decide"),
    path("desk/<uuid:dossier_id>/recorded", views.recorded, name="recorded"),
    path("looking-back", views.looking_back, name="looking_back"),
]
