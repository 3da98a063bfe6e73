"""The tables of answers. Nothing but this package reads them; an import contract keeps it so."""

from django.db import models

from console.web.classroom.models import Dossier, Sitting


class DossierKey(models.Model):
    """What is true of a dossier, what the screener says of it, and why: see `console.casebook`."""

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, primary_key=True, related_name="+")
    content = models.JSONField()
    canary = models.CharField(max_length=32, unique=True)
    """A word that stands in the content and nowhere else: where it shows up, an answer has leaked."""

    def __str__(self) -> str:
        return str(self.dossier)


class SealedDraw(models.Model):
    """From which seed a sitting's dossiers were drawn: who holds the seed holds the answers."""

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seed = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.sitting)
