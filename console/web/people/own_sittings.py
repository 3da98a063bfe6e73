"""A trainer's own sittings, sorted by how far they have come; nothing of what any seat decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from console.web.classroom.models import Seat, Sitting

ORDER = (Sitting.State.OPEN, Sitting.State.LOBBY, Sitting.State.CLOSED, Sitting.State.REVEALED)
"""What needs the trainer first comes first."""


@dataclass(frozen=True)
class InState:
    """The sittings of one state, newest first."""

    state: str
    sittings: Sequence[Sitting]

    @property
    def title(self) -> str:
        """Where its heading stands in `words/`."""
        return f"people.state_{self.state}"

    @property
    def meaning(self) -> str:
        """Where it stands what the trainer can do next."""
        return f"people.state_{self.state}_meaning"


def sittings_by_state(trainer: AbstractBaseUser | AnonymousUser) -> list[InState]:
    """Return a trainer's sittings, each with `seat_count` and `dossier_count`; no state without any."""
    seats = Seat.objects.filter(sitting=OuterRef("pk"), removed_at=None).order_by().values("sitting")
    counted = Sitting.objects.filter(trainer_id=trainer.pk).annotate(
        seat_count=Coalesce(Subquery(seats.annotate(count=Count("pk")).values("count")), 0),
        dossier_count=Coalesce(Sum("blocks__size"), 0),
    )
    found = list(counted)
    groups = [InState(state.value, [one for one in found if one.state == state]) for state in ORDER]
    return [group for group in groups if group.sittings]
