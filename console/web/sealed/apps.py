"""The sealed answers as a Django application."""

from django.apps import AppConfig


class Sealed(AppConfig):
    """Keys of dossiers and seeds of sittings."""

    name = "console.web.sealed"
    label = "sealed"
    default = True
