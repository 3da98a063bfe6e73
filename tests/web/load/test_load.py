"""A whole class on a real server: no decision is lost or doubled, not even when the server dies midway.

What the server confirmed is laid beside what stands in the database, one by one. Times are asserted in the
slow tests alone, where nothing else should want the processors; `benchmarks/classroom.py` reports them.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.classroom import AT_ONCE, MOST_S, OWN_PACE, class_of, holds
from benchmarks.peers.class_load import DESK, PATIENCE_S, OneSeat, Pace, Told, compared, seats_of, worked
from benchmarks.peers.class_servers import Server, Site, postgres, serving, site_in
from benchmarks.peers.form_browser import FormBrowser, Page

NOTHING_WRONG = {"lost": 0, "doubled": 0, "changed": 0, "unasked": 0}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_in(tmp_path)


@pytest.fixture
def on_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with postgres() as url:
        yield site_in(tmp_path, url)


def test_a_server_killed_midway_loses_nothing_it_confirmed_and_every_seat_goes_on(site: Site) -> None:
    killed_midway(site, Pace(seats=60, dossiers=3, think_s=(0.3, 0.6), joins_within_s=0.5))


@pytest.mark.slow
def test_killed_midway_on_postgresql_neither(on_postgres: Site) -> None:
    killed_midway(on_postgres, Pace(seats=60, dossiers=3, think_s=(0.3, 0.6), joins_within_s=0.5))


def killed_midway(site: Site, pace: Pace) -> None:
    """Kill a server as a power cut would while a class works, start it again, and count."""
    sitting = site.asked("make", "--dossiers", str(pace.dossiers))
    server, told, seats = Server(site), Told(), seats_of(site.address, sitting["code"], pace)
    working = threading.Thread(target=lambda: told.add(worked(seats)))
    working.start()
    try:
        wait_for_decisions(seats, pace.seats // 2)
        server.kill()
        server = Server(site)
        working.join()
    finally:
        server.kill()
    found = compared(told, site.asked("kept"))
    assert told.lost > 0, "the server was killed when nobody asked it for anything"
    assert found == {**NOTHING_WRONG, "confirmed": pace.seats * pace.dossiers, "kept": found["confirmed"]}
    assert not told.wrong


def wait_for_decisions(seats: Sequence[OneSeat], count: int) -> None:
    """Wait until so many decisions of a class at work were confirmed."""
    until = time.monotonic() + PATIENCE_S
    while sum(len(seat.told.confirmed) for seat in seats) < count:
        assert time.monotonic() < until, "nobody decides"
        time.sleep(0.01)


def test_two_workers_that_get_the_same_decision_record_one(site: Site) -> None:
    race(site)


@pytest.mark.slow
def test_two_workers_that_get_the_same_decision_record_one_on_postgresql(on_postgres: Site) -> None:
    race(on_postgres)


def race(site: Site, dossiers: int = 8) -> None:
    """Send each decision of a seat from two windows at the same moment, with different answers."""
    sitting = site.asked("make", "--dossiers", str(dossiers))
    with serving(site) as server:
        seat = OneSeat(0, server.site.address, sitting["code"], Pace(1, dossiers, (0, 0), joins_within_s=0))
        seat.join()
        windows = [seat.browser, FormBrowser(*site.address, cookies=seat.browser.cookies)]
        for place in range(dossiers):
            pages = [window.get(DESK) for window in windows]
            ends = sent_together(windows, pages, place)
            assert [end.status for end in ends] == [200, 200]
            assert len({end.path for end in ends}) == 1
        for window in windows:
            window.close()
    kept = site.asked("kept")
    assert sorted(one["reason"][:-2] for one in kept) == [f"dossier {place}" for place in range(dossiers)]
    assert all(one["reason"].endswith(str(one["action"])) for one in kept)


def sent_together(windows: list[FormBrowser], pages: list[Page], place: int) -> list[Page]:
    """Send the form of a dossier from each window at once: the first says `proceed`, the second `refer`."""
    start, ends = threading.Barrier(len(windows)), {}

    def send(number: int) -> None:
        form = pages[number].form(lambda one: "confidence" in one.choices)
        assert form is not None
        action = str(number * 3)
        start.wait()
        values = {"action": action, "confidence": "1", "reason": f"dossier {place} {action}"}
        ends[number] = windows[number].submit(form, values, "decide")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(windows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ends[number] for number in range(len(windows))]


@pytest.mark.slow
@pytest.mark.parametrize("with_postgres", [False, True], ids=["sqlite", "postgresql"])
def test_three_hundred_seats_lose_nothing_and_wait_less_than_a_second(
    with_postgres: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = class_of(OWN_PACE, on_postgres=with_postgres)
    assert holds(found), found
    assert found["confirmed"] == found["kept"] == OWN_PACE.seats * OWN_PACE.dossiers
    assert found["decide"]["p95_s"] < MOST_S


@pytest.mark.slow
@pytest.mark.parametrize("with_postgres", [False, True], ids=["sqlite", "postgresql"])
def test_three_hundred_decisions_at_the_same_moment_are_all_recorded_within_a_second(
    with_postgres: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = class_of(AT_ONCE, on_postgres=with_postgres)
    assert holds(found), found
    assert found["confirmed"] == found["kept"] == AT_ONCE.seats * AT_ONCE.dossiers
    assert found["decide"]["p95_s"] < MOST_S
