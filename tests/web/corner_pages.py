"""Pages that few people see: the longest names, the smallest and the largest class, nothing there, an error.

Each is a page of the console with something on it that its makers did not have in mind.
"""

from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tests.web.error_urls import ERRORS
from tests.web.pages import Shown, at_seat, made, of_sitting

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from console.web.classroom.models import Sitting

LONG_TITLE = "Pelatihanpetugasimigrasi" * 5
LONG_NAME = "Wiraswastawatisusilawatiningrum Kartawid"
"""As long as a nickname may be, and with nowhere to break in its first word."""


def corner_pages(trainer: "User", session: str, largest: int) -> list[Shown]:
    """Fill the database with what is unusual; return the pages that show it.

    Args:
        trainer: Whose sittings they are.
        session: The trainer's.
        largest: Seats of the largest class.
    """
    from console.web.sittings.making import BlockPlan

    single = made(trainer, LONG_TITLE, [BlockPlan(1, 100)])
    large = made(trainer, "Kelas besar", [BlockPlan(20, 10, "reveal"), BlockPlan(20, 10, "reveal")])
    nobody = made(trainer, "Kelas kosong", [BlockPlan(2, 50)])
    first = _filled(single, 1)
    _filled(large, largest)
    pages = [
        *(of_sitting(name, single, session) for name in ("sitting", "projector", "pack")),
        *(of_sitting(name, nobody, session) for name in ("sitting", "projector")),
        *(of_sitting(name, large, session) for name in ("sitting", "projector")),
        Shown("seat", "/seat/desk", first),
        Shown("leave", "/seat/leave", first),
        Shown("home", "/home/", session),
        Shown("workbench_without_runs", "/workbench/", session, runs=Path(mkdtemp(prefix="saring-no-runs-"))),
    ]
    of_whom = ["long"] * 3 + ["empty"] * 2 + ["large"] * 2 + ["long"] * 3 + ["empty"]
    return [
        Shown(f"{whose}_{one.name}", one.address, one.session, runs=one.runs)
        for whose, one in zip(of_whom, pages, strict=True)
    ]


def error_pages(session: str) -> list[Shown]:
    """Return the pages of errors, to a visitor and to somebody signed in.

    Args:
        session: Of whoever is signed in.
    """
    return [
        Shown("error_not_found", "/nothing/"),
        *(Shown(f"error_{kind}", f"/errors/{kind}/") for kind in ERRORS),
        Shown("error_not_allowed_signed_in", "/errors/not_allowed/", session),
    ]


def _filled(sitting: "Sitting", seats: int) -> str:
    """Seat a class and open its sitting; return the session of the first seat."""
    from console.web.classroom.seats import take_seat
    from console.web.classroom.sittings import open_sitting

    names = [LONG_NAME, *(f"Peserta {number}" for number in range(1, seats))]
    taken = [take_seat(sitting, name, "id").seat for name in names]
    open_sitting(sitting)
    return at_seat(taken[0])
