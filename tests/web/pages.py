"""Every page of the console with something on it, for whoever wants to look at all of them.

`python -m tests.web.pages FOLDER` takes a picture of each at the width of a phone and of a desk, in both
languages, and writes those that are made for paper as PDF. The database is a temporary one.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, sync_playwright

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from console.web.classroom.models import Seat, Sitting

WIDTHS = (360, 1440)
LANGUAGES = ("en", "id")
ON_PAPER = {"guide", "pack", "pack_with_key", "class_debrief", "roster", "looking_back"}
PASSWORD = "a long password"
FAMILIES = ("visitors", "gallery", "sittings", "debriefs", "paper", "seats", "research", "corners", "errors")
"""Pages that are looked at together; those of one family take less than half a minute."""


@dataclass(frozen=True)
class Shown:
    """A page that somebody sees.

    Attributes:
        name: What the picture is called.
        address: Where it stands, without the host.
        session: The session of whoever sees it; empty for a visitor.
        family: Which pages it is looked at with: one of `FAMILIES`.
        runs: Folder in which the workbench finds runs; None for the one that it was told of last.
    """

    name: str
    address: str
    session: str = ""
    family: str = ""
    runs: Path | None = None


def pages(runs: Path | None = None, largest: int = 300) -> list[Shown]:
    """Fill the database, and return every page of every role.

    Args:
        runs: Folder of finished runs, for the workbench; its pages are left out without it.
        largest: Seats of the largest class; as many as were measured when left out.
    """
    from django.contrib.auth.models import User

    from console.casebook.checklist import checklist
    from console.casebook.drawing import cases_for
    from console.web.demonstration import populated
    from dossier.stages import Stage
    from tests.web.corner_pages import corner_pages, error_pages

    stages = {item.name: Stage.of(item.stage) for theme in checklist() for item in theme.items}
    shown = populated(cases_for, stages, "id", PASSWORD)
    trainer = User.objects.get(pk=shown.trainer.pk)
    session = signed_in(trainer)
    classes = Classes(trainer, shown.finished, shown.open, *_lobby_and_closed(trainer))
    return [
        *_family("visitors", _of_visitors(str(shown.open.code))),
        *_family("gallery", _of_gallery(trainer, session)),
        *_family("sittings", _of_sittings(classes, session)),
        *_family("debriefs", _of_debriefs(classes, session)),
        *_family("paper", _of_paper(classes, session)),
        *_family("seats", _of_trainees(trainer, shown.finished)),
        *_family("research", _of_researchers(session, runs) if runs else ()),
        *_family("corners", corner_pages(trainer, session, largest)),
        *_family("errors", error_pages(session)),
    ]


@dataclass(frozen=True)
class Classes:
    """A trainer's sittings, one in each state and the simulated ones."""

    trainer: "User"
    finished: "Sitting"
    working: "Sitting"
    lobby: "Sitting"
    closed: "Sitting"


def _family(name: str, members: Iterable[Shown]) -> list[Shown]:
    return [replace(one, family=name) for one in members]


def opened(page: Page, server: str, shown: Shown, language: str, width: int) -> Page:
    """Open a page as whoever sees it, in a language and at a width."""
    if shown.runs is not None:
        os.environ["SARING_RUNS"] = str(shown.runs)
    page.context.clear_cookies()
    cookies = {"language": language, "sessionid": shown.session}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": server} for name, value in cookies.items() if value]
    )
    page.set_viewport_size({"width": width, "height": 900 if width > 800 else 740})
    page.goto(server + shown.address)
    return page


def _of_visitors(code: str) -> list[Shown]:
    return [
        Shown("welcome", "/"),
        Shown("sign_in", "/sign-in/"),
        Shown("join", "/seat/join"),
        Shown("join_with_code", f"/seat/join/{code}"),
        Shown("come_back", "/seat/return"),
    ]


def _of_gallery(trainer: "User", session: str) -> list[Shown]:
    from django.contrib.auth.models import User

    beginner = User.objects.create_user("beginner")
    beginner.groups.set(trainer.groups.all())
    addresses = {
        "home": "/home/",
        "password": "/password/",
        "gallery": "/scenarios/",
        "gallery_of_nothing": "/scenarios/?place=checkpoint&teaches=nothing",
        "scenario": "/scenarios/phnom_penh_2022/",
        "new_sitting": "/scenarios/phnom_penh_2022/new-sitting/",
    }
    return [
        Shown("home_of_a_beginner", "/home/", signed_in(beginner)),
        *(Shown(name, address, session) for name, address in addresses.items()),
    ]


def _lobby_and_closed(trainer: "User") -> tuple["Sitting", "Sitting"]:
    from console.web.classroom.sittings import close_sitting, open_sitting

    lobby, closed = _with_roster(trainer, "Kelas siang"), _with_roster(trainer, "Kelas sore")
    open_sitting(closed)
    close_sitting(closed)
    return lobby, closed


def _of_sittings(classes: Classes, session: str) -> list[Shown]:
    seat = classes.working.seats.all()[0]
    names = {
        classes.lobby: ("sitting", "projector", "roster", "delete_sitting"),
        classes.working: ("sitting", "projector", "close"),
        classes.closed: ("sitting", "reveal"),
        classes.finished: ("sitting", "projector"),
    }
    return [
        *(of_sitting(name, sitting, session) for sitting, of_it in names.items() for name in of_it),
        Shown("remove_seat", address_of("remove_seat", classes.working.pk, seat.pk), session),
    ]


def _of_debriefs(classes: Classes, session: str) -> list[Shown]:
    dossier = classes.finished.blocks.all()[0].dossiers.all()[0]
    of_finished = ("class_debrief", "class_debrief_shown", "exports")
    return [
        *(of_sitting(name, classes.closed, session) for name in ("class_debrief", "exports")),
        *(of_sitting(name, classes.finished, session) for name in of_finished),
        Shown("class_dossier", address_of("class_dossier", classes.finished.pk, dossier.pk), session),
        Shown("seat_profile", "/debrief/profile/", at_seat(classes.finished.seats.all()[0])),
    ]


def _of_paper(classes: Classes, session: str) -> list[Shown]:
    return [
        Shown("guide", "/materials/guide/phnom_penh_2022/", session),
        of_sitting("pack", classes.working, session),
        of_sitting("pack_with_key", classes.finished, session),
    ]


def of_sitting(name: str, sitting: "Sitting", session: str) -> Shown:
    """Return a page of a sitting, named by the sitting's state, too."""
    return Shown(f"{name}_{sitting.state}", address_of(name, sitting.pk), session)


def _of_trainees(trainer: "User", finished: "Sitting") -> list[Shown]:
    from console.web.classroom.models import Decision, Request, Seat, Sitting
    from console.web.classroom.seats import take_seat
    from console.web.classroom.sittings import open_sitting
    from console.web.classroom.turns import Answer, ask, current_turn, decide
    from console.web.classroom.turns import opened as on_desk
    from console.web.sittings.making import BlockPlan

    lobby = made(trainer, "Kelas malam", [BlockPlan(2, 50)])
    working = made(
        trainer,
        "Kelas dini hari",
        [BlockPlan(3, 67, "each")],
        minutes=30,
        assistance=Sitting.Assistance.AFTER,
    )
    waiting, sitting = (take_seat(one, "Ayu", "id").seat for one in (lobby, working))
    open_sitting(working)
    seat = Seat.objects.select_related("sitting").get(pk=sitting.pk)
    sure, refer = Decision.Confidence.SURE, Decision.Action.REFER
    turn = current_turn(seat)
    assert turn is not None
    for number in (1, 2):
        decide(on_desk(turn), Answer(refer, sure, ["easy_offer"], "Terlalu baik untuk benar."), number)
    again = take_seat(working, "Budi", "id").seat
    other = current_turn(Seat.objects.select_related("sitting").get(pk=again.pk))
    assert other is not None
    ask(on_desk(other), Request.Kind.INTERVIEW)
    decide(other, Answer(refer, sure))
    done = finished.seats.all()[0]
    busy = at_seat(seat)
    return [
        Shown("seat_lobby", "/seat/", at_seat(waiting)),
        Shown("desk", "/seat/desk", busy),
        Shown("desk_second_round", "/seat/desk", at_seat(again)),
        Shown("recorded", address_of("recorded", turn.dossier_id), busy),
        Shown("leave", "/seat/leave", busy),
        Shown("looking_back_early", "/seat/looking-back", busy),
        Shown("seat_revealed", "/seat/", at_seat(done)),
        Shown("looking_back", "/seat/looking-back", at_seat(done)),
    ]


def _of_researchers(session: str, runs: Path) -> list[Shown]:
    addresses = {
        "workbench": "",
        "workbench_run": "runs/cards/",
        "workbench_of_rules": "runs/paper/",
        "workbench_of_totals": "runs/bare/",
        "workbench_compare": "compare/?first=cards&second=paper",
        "workbench_unreadable": "runs/broken/",
    }
    return [Shown(name, f"/workbench/{address}", session, runs=runs) for name, address in addresses.items()]


def made(trainer: "User", title: str, blocks: list[Any], **plan: Any) -> "Sitting":
    """Make a sitting of the pages' scenario."""
    from console.casebook.drawing import cases_for
    from console.web.sittings.making import SittingPlan, created

    return created(SittingPlan("phnom_penh_2022", title, blocks, language="id", **plan), trainer, cases_for)


def _with_roster(trainer: "User", title: str) -> "Sitting":
    from console.web.classroom.seats import take_seat
    from console.web.sittings.making import BlockPlan
    from console.web.sittings.rosters import Expected

    roster = [Expected(name, "4711") for name in ("Ayu Lestari", "Budi", "Citra")]
    sitting = made(trainer, title, [BlockPlan(2, 50)], minutes=30, roster=roster)
    for one in roster:
        take_seat(sitting, one.nickname, "id", one.pin)
    return sitting


def address_of(name: str, *ids: Any) -> str:
    """Return where a page stands."""
    from django.urls import reverse

    return reverse(name, args=ids)


def signed_in(user: "User") -> str:
    """Return the session of somebody who has signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def at_seat(seat: "Seat") -> str:
    """Return the session of whoever holds a seat."""
    from django.test import Client

    client = Client()
    session = client.session
    session["seat"] = str(seat.pk)
    session.save()
    return str(session.session_key)


def pictures(folder: Path, server: str, all_pages: list[Shown]) -> None:
    """Take a picture of each page in each language at each width; write PDFs of what is made for paper."""
    from tests.conftest import chromium_path

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page()
        for language in LANGUAGES:
            for shown in all_pages:
                for width in WIDTHS:
                    file = folder / f"{shown.name}_{language}_{width}.png"
                    opened(page, server, shown, language, width).screenshot(path=file, full_page=True)
                if any(shown.name.startswith(name) for name in ON_PAPER):
                    page.pdf(path=folder / f"{shown.name}_{language}.pdf", prefer_css_page_size=True)
        browser.close()


@contextmanager
def console() -> Iterator[str]:
    """Serve a console with an empty database of its own; yield its address."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.web.settings"
    os.environ["SARING_DATA"] = mkdtemp(prefix="saring-pages-")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from pytest_django.live_server_helper import LiveServer

    call_command("migrate", verbosity=0)
    settings.ROOT_URLCONF = "tests.web.error_urls"
    server = LiveServer("localhost")
    yield server.url
    server.stop()


if __name__ == "__main__":
    pictured = Path(sys.argv[1])
    pictured.mkdir(parents=True, exist_ok=True)
    with console() as address:
        from tests.web.workbench.finished import finished_runs

        pictures(pictured, address, pages(finished_runs(Path(mkdtemp(prefix="saring-runs-")))))
