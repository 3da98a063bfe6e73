"""The addresses of `sittings`."""

from django.urls import path

from console.web.sittings import steps, views

urlpatterns = [
    path("<uuid:sitting_id>/", views.sitting, name="sitting"),
    path("<uuid:sitting_id>/grid/", views.grid, name="grid"),
    path("<uuid:sitting_id>/projector/", views.projector, name="projector"),
    path("<uuid:sitting_id>/roster/", views.roster, name="roster"),
    path("<uuid:sitting_id>/open/", steps.open_class, name="open"),
    path("<uuid:sitting_id>/lock/", steps.lock, name="lock"),
    path("<uuid:sitting_id>/extend/", steps.extend_time, name="extend"),
    path("<uuid:sitting_id>/close/", steps.close, name="close"),
    path("<uuid:sitting_id>/reveal/", steps.reveal, name="reveal"),
    path("<uuid:sitting_id>/new-code/", steps.new_code, name="new_code"),
    path("<uuid:sitting_id>/seats/<uuid:seat_id>/remove/", steps.remove, name="remove_seat"),
    path("<uuid:sitting_id>/delete/", steps.delete, name="delete_sitting"),
]
