"""Takes the pictures of the gallery: from real pages, in a real browser, of simulated people.

The console is served with a database of its own and the demonstration's classes, whose cases are drawn from
one seed; which dossier lies on a desk first, and the code of a class, are chance. The run and the certificate
are made by the commands beside which the README prints their numbers.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import vl_convert
from playwright.sync_api import Page, sync_playwright

from console.casebook.cases import Case
from scripts.freshness import ROOT
from scripts.keep_notebooks import read
from tests.conftest import chromium_path
from tests.web.pages import Shown, console, opened

SEED = 20_261_122
"""Of the cases on the desks; everybody may know it, for nobody is examined on a picture."""

RUN = ("run", "phnom_penh_2022", "--n", "200000", "--seed", "1")
TUNE = ("tune", "phnom_penh_2022", "--max-miss", "0.20", "--groups", "typology,sex")
PASSWORD = "only for a picture"  # noqa: S105  (of a console that is gone when the picture is taken)
NOTEBOOK = ROOT / "notebooks" / "3_who_is_missed_and_who_is_burdened.ipynb"

OFFICE = "saring.example"
"""How the server is called in an office; on a page that is opened as localhost, trainees are told of it."""

GUEST = "Tamu"
LOBBY, LOBBY_OF = "Morning class", ("Ayu", "Budi", "Citra", "Dewi", "Eko")

DESK, PHONE = 1440, 360
SHEET = {"width": 1100, "height": 1000}
"""The part of a report or certificate that is shown, in pixels."""

COLOURS = 256
SHARPER = 2
"""How many pixels a drawn chart gets where a screen has one."""

Maker = Callable[[], bytes]


@dataclass(frozen=True)
class Studio:
    """Where pages are opened.

    Attributes:
        page: A page of the browser.
        server: Address of the console.
        trainer: Session of the trainer, who is a researcher too.
        seat: Session of a trainee.
        addresses: Where each page of the console stands, by the picture's name.
        folder: For a run and a certificate.
    """

    page: Page
    server: str
    trainer: str
    seat: str
    addresses: Mapping[str, str]
    folder: Path

    def of_console(self, name: str, session: str, language: Literal["en", "id"], width: int) -> bytes:
        """Return a picture of a page of the console, as far as it is seen without scrolling."""
        shown = Shown(name, self.addresses[name], session)
        return opened(self.page, self.server, shown, language, width).screenshot()

    def of_file(self, command: tuple[str, ...], file: str, section: str) -> bytes:
        """Return a picture of a section, and what follows it, of a page that a command of saring writes."""
        self.page.set_viewport_size({"width": SHEET["width"], "height": SHEET["height"]})
        self.page.goto((made(command, self.folder) / file).as_uri())
        return self._from(section)

    def of_workbench(self) -> bytes:
        """Return a picture of the workbench with the run of the report."""
        made(RUN, self.folder)
        self.of_console("workbench", self.trainer, "en", DESK)
        self.page.locator("#charts svg").last.wait_for()
        return self._from("charts")

    def _from(self, name: str) -> bytes:
        """Return a picture of the open page from the element with this id on."""
        self.page.locator(f"#{name}").evaluate("found => found.scrollIntoView({behavior: 'instant'})")
        return self.page.screenshot()

    def makers(self) -> Mapping[str, Maker]:
        """Return how each picture is made, by its name."""
        return {
            "report": partial(self.of_file, RUN, "report.html", "words"),
            "projector": partial(self.of_console, "projector", self.trainer, "en", DESK),
            "desk": partial(self.of_console, "desk", self.seat, "en", DESK),
            "desk-phone": partial(self.of_console, "desk-phone", self.seat, "id", PHONE),
            "debrief": partial(self.of_console, "debrief", self.trainer, "en", DESK),
            "workbench": self.of_workbench,
            "certificate": partial(self.of_file, TUNE, "tune.html", "verdict"),
            "rulebooks": of_notebook,
        }


@cache
def made(command: tuple[str, ...], folder: Path) -> Path:
    """Run a command of saring, once; return the folder that it wrote."""
    out = folder / command[0] / command[1]
    saring = Path(sys.executable).with_name("saring")
    subprocess.run([saring, *command, "--quiet", "--out", out], check=True, stdout=subprocess.DEVNULL)
    return out


def of_notebook() -> bytes:
    """Return the first picture that is kept in the notebook about rulebooks."""
    outputs = (output for cell in read(NOTEBOOK).cells for output in cell.get("outputs", ()))
    drawings = (one.data["image/svg+xml"] for one in outputs if "image/svg+xml" in one.get("data", {}))
    return bytes(vl_convert.svg_to_png(next(drawings), scale=SHARPER))


def small(picture: bytes) -> bytes:
    """Return a picture as PNG with a palette, which is a third of its size and looks the same."""
    from PIL import Image  # noqa: PLC0415  (only whoever takes pictures needs it)

    written, whole = BytesIO(), Image.open(BytesIO(picture)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


@contextmanager
def studio() -> Iterator[Studio]:
    """Serve a console with the demonstration's classes and open a browser; yield where pages are opened."""
    with TemporaryDirectory(prefix="saring-gallery-") as name, console() as server:
        folder = Path(name)
        os.environ["SARING_RUNS"] = str(folder / RUN[0])
        trainer, seat, addresses = _class()
        with sync_playwright() as playwright:
            arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1"]
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
            address = server.replace("localhost", OFFICE)
            yield Studio(browser.new_page(), address, trainer, seat, addresses, folder)
            browser.close()


def _class() -> tuple[str, str, dict[str, str]]:
    """Fill the database; return the sessions of the trainer and of a trainee, and the addresses."""
    from django.urls import reverse  # noqa: PLC0415  (Django is set up by `console`)

    from console.casebook.checklist import checklist  # noqa: PLC0415
    from console.web.classroom.seats import take_seat  # noqa: PLC0415
    from console.web.demonstration import populated  # noqa: PLC0415
    from console.web.sittings.making import BlockPlan, SittingPlan, created  # noqa: PLC0415
    from dossier.stages import Stage  # noqa: PLC0415

    stages = {item.name: Stage.of(item.stage) for theme in checklist() for item in theme.items}
    shown = populated(_cases, stages, "en", PASSWORD)
    seat = take_seat(shown.open, GUEST, "en").seat
    lobby = created(SittingPlan(RUN[1], LOBBY, [BlockPlan(2, 50)]), shown.trainer, _cases)
    for name in LOBBY_OF:
        take_seat(lobby, name, "en")
    addresses = {
        "projector": reverse("projector", args=[lobby.pk]),
        "desk": reverse("desk"),
        "desk-phone": reverse("desk"),
        "debrief": reverse("class_debrief_shown", args=[shown.finished.pk]),
        "workbench": reverse("workbench_run", args=[RUN[1]]),
    }
    return _session_of(shown.trainer), _session_of(seat=str(seat.pk)), addresses


def _cases(
    scenario: str,
    place: str,
    blocks: Sequence[tuple[int, int]],
    seed: int,  # noqa: ARG001  (secret, and another for each sitting)
) -> list[list[Case]]:
    """Draw the same cases for every gallery."""
    from console.casebook.drawing import cases_for  # noqa: PLC0415

    return cases_for(scenario, place, blocks, SEED)


def _session_of(user: Any = None, **entries: str) -> str:
    """Return the session of a signed-in user, or of a browser that holds some entries."""
    from django.test import Client  # noqa: PLC0415

    client = Client()
    if user is not None:
        client.force_login(user)
    session = client.session
    session.update(entries)
    session.save()
    return str(session.session_key)
