"""Every page of the console with something on it, for whoever wants to look at all of them.

`python -m tests.web.pages FOLDER` takes a picture of each at the width of a phone and of a desk, in both
languages, and writes those that are made for paper as PDF. The database is a temporary one.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Shown:
    """A page that somebody sees.

    Attributes:
        name: What the picture is called.
        address: Where it stands, without the host.
        session: The session of whoever sees it; empty for a visitor.
    """

    name: str
    address: str
    session: str = ""


def pages(runs: Path | None = None) -> list[Shown]:
    """Fill the database, and return every page of every role.

    Args:
        runs: Folder of finished runs, for the workbench; its pages are left out without it.
    """
    from django.contrib.auth.models import User

    from console.casebook.checklist import checklist
    from console.casebook.drawing import cases_for
    from console.web.demonstration import populated
    from dossier.stages import Stage

    stages = {item.name: Stage.of(item.stage) for theme in checklist() for item in theme.items}
    shown = populated(cases_for, stages, "id", PASSWORD)
    trainer = User.objects.get(pk=shown.trainer.pk)
    return [
        *_of_visitors(str(shown.open.code)),
        *_of_trainers(trainer, shown.finished, shown.open),
        *_of_trainees(trainer, shown.finished),
        *(_of_researchers(trainer, runs) if runs else ()),
    ]


def opened(page: Page, server: str, shown: Shown, language: str, width: int) -> Page:
    """Open a page as whoever sees it, in a language and at a width."""
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
        Shown("not_found", "/nothing/"),
    ]


def _of_trainers(trainer: "User", finished: "Sitting", working: "Sitting") -> list[Shown]:
    from django.contrib.auth.models import User

    from console.web.classroom.sittings import close_sitting, open_sitting

    beginner = User.objects.create_user("beginner")
    beginner.groups.set(trainer.groups.all())
    session = _signed_in(trainer)
    lobby, closed = _with_roster(trainer, "Kelas siang"), _with_roster(trainer, "Kelas sore")
    open_sitting(closed)
    close_sitting(closed)
    seat, dossier = working.seats.all()[0], finished.blocks.all()[0].dossiers.all()[0]
    plain = ["/home/", "/password/", "/scenarios/", "/scenarios/phnom_penh_2022/"]
    plain += ["/scenarios/phnom_penh_2022/new-sitting/", "/materials/guide/phnom_penh_2022/"]
    names = ["home", "password", "gallery", "scenario", "new_sitting", "guide"]
    return [
        Shown("home_of_a_beginner", "/home/", _signed_in(beginner)),
        *(Shown(name, address, session) for name, address in zip(names, plain, strict=True)),
        Shown("gallery_of_nothing", "/scenarios/?place=checkpoint&teaches=nothing", session),
        *(_of_sitting(name, lobby, session) for name in ("sitting", "projector", "roster", "delete_sitting")),
        *(_of_sitting(name, working, session) for name in ("sitting", "projector", "close", "pack")),
        *(_of_sitting(name, closed, session) for name in ("sitting", "reveal", "class_debrief", "exports")),
        *(_of_sitting(name, finished, session) for name in FINISHED),
        Shown("remove_seat", _address("remove_seat", working.pk, seat.pk), session),
        Shown("class_dossier", _address("class_dossier", finished.pk, dossier.pk), session),
    ]


FINISHED = ("sitting", "projector", "class_debrief", "class_debrief_shown", "pack_with_key", "exports")


def _of_sitting(name: str, sitting: "Sitting", session: str) -> Shown:
    return Shown(f"{name}_{sitting.state}", _address(name, sitting.pk), session)


def _of_trainees(trainer: "User", finished: "Sitting") -> list[Shown]:
    from console.web.classroom.models import Decision, Request, Seat, Sitting
    from console.web.classroom.seats import take_seat
    from console.web.classroom.sittings import open_sitting
    from console.web.classroom.turns import Answer, ask, current_turn, decide
    from console.web.classroom.turns import opened as on_desk
    from console.web.sittings.making import BlockPlan

    lobby = _made(trainer, "Kelas malam", [BlockPlan(2, 50)])
    working = _made(
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
    busy = _at_seat(seat)
    return [
        Shown("seat_lobby", "/seat/", _at_seat(waiting)),
        Shown("desk", "/seat/desk", busy),
        Shown("desk_second_round", "/seat/desk", _at_seat(again)),
        Shown("recorded", _address("recorded", turn.dossier_id), busy),
        Shown("leave", "/seat/leave", busy),
        Shown("looking_back_early", "/seat/looking-back", busy),
        Shown("seat_revealed", "/seat/", _at_seat(done)),
        Shown("looking_back", "/seat/looking-back", _at_seat(done)),
        Shown("seat_profile", "/debrief/profile/", _at_seat(done)),
    ]


def _of_researchers(researcher: "User", runs: Path) -> list[Shown]:
    os.environ["SARING_RUNS"] = str(runs)
    session = _signed_in(researcher)
    return [
        Shown("workbench", "/workbench/", session),
        Shown("workbench_run", "/workbench/runs/cards/", session),
        Shown("workbench_compare", "/workbench/compare/?first=cards&second=paper", session),
    ]


def _made(trainer: "User", title: str, blocks: list[Any], **plan: Any) -> "Sitting":
    from console.casebook.drawing import cases_for
    from console.web.sittings.making import SittingPlan, created

    return created(SittingPlan("phnom_penh_2022", title, blocks, language="id", **plan), trainer, cases_for)


def _with_roster(trainer: "User", title: str) -> "Sitting":
    from console.web.classroom.seats import take_seat
    from console.web.sittings.making import BlockPlan
    from console.web.sittings.rosters import Expected

    roster = [Expected(name, "4711") for name in ("Ayu Lestari", "Budi", "Citra")]
    sitting = _made(trainer, title, [BlockPlan(2, 50)], minutes=30, roster=roster)
    for one in roster:
        take_seat(sitting, one.nickname, "id", one.pin)
    return sitting


def _address(name: str, *ids: Any) -> str:
    from django.urls import reverse

    return reverse(name, args=ids)


def _signed_in(user: "User") -> str:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def _at_seat(seat: "Seat") -> str:
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
    from django.core.management import call_command
    from pytest_django.live_server_helper import LiveServer

    call_command("migrate", verbosity=0)
    server = LiveServer("localhost")
    yield server.url
    server.stop()


if __name__ == "__main__":
    pictured = Path(sys.argv[1])
    pictured.mkdir(parents=True, exist_ok=True)
    with console() as address:
        from tests.web.workbench.finished import finished_runs

        pictures(pictured, address, pages(finished_runs(Path(mkdtemp(prefix="saring-runs-")))))
