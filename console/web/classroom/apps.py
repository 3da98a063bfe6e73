"""The classroom as a Django application."""

from django.apps import AppConfig


class Classroom(AppConfig):
    """Sittings, seats, dossiers and decisions."""

    name = "console.web.classroom"
    label = "classroom"
    default = True
