"""Requests of the same moment are sent when all seats have come, and each is timed by itself."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from benchmarks.peers.form_browser import Form, FormBrowser, Page, Prepared
from benchmarks.peers.sent_together import SentTogether

SEATS, PATIENCE_S = 5, 10.0
SLOW_S = 0.3
FORM = Form("/decide", is_post=True, sent={"token": "t"}, choices={})


class Answering:
    """A server that notes what comes when, takes its time for who asks for that, and hangs up on others."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.came: list[tuple[float, bytes]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                one, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, one: socket.socket) -> None:
        with one:
            while request := one.recv(65_536):
                self.came.append((time.perf_counter(), request))
                if b"hang_up" in request:
                    return
                if b"slow" in request:
                    time.sleep(SLOW_S)
                one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.fixture
def server() -> Iterator[Answering]:
    one = Answering()
    with one.listener:
        yield one


def played(
    server: Answering, reasons: list[str], rounds: int = 1
) -> list[tuple[FormBrowser, list[Page | str]]]:
    """Let one browser for each reason send it, all of a round together."""
    together = SentTogether(len(reasons), PATIENCE_S)
    browsers = [FormBrowser(*server.listener.getsockname()[:2]) for _ in reasons]
    ends: list[list[Page | str]] = [[] for _ in reasons]

    def work(number: int) -> None:
        for turn in range(rounds):
            time.sleep(0.1 * number)
            values = {"reason": f"{reasons[number]} {turn}"}
            try:
                ends[number].append(browsers[number].submit(FORM, values, "decide", together.send))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                ends[number].append(type(error).__name__)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(reasons))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    for browser in browsers:
        browser.close()
    return list(zip(browsers, ends, strict=True))


def test_nothing_is_sent_before_all_have_come_and_everything_is_sent_then(server: Answering) -> None:
    played(server, ["plain"] * SEATS, rounds=2)
    times = sorted(when for when, _ in server.came)
    assert len(times) == 2 * SEATS
    for one_round in (times[:SEATS], times[SEATS:]):
        assert one_round[-1] - one_round[0] < 0.1 * (SEATS - 1)
    assert {request.partition(b" ")[0] for _, request in server.came} == {b"POST"}
    assert all(b"token=t&reason=plain" in request for _, request in server.came)


def test_each_is_timed_by_itself_and_none_waits_for_a_slow_one(server: Answering) -> None:
    *quick, slow = played(server, ["plain"] * (SEATS - 1) + ["slow"])
    assert [kind for kind, _ in slow[0].timed] == ["decide"]
    assert slow[0].timed[0][1] >= SLOW_S
    assert all(0 < browser.timed[0][1] < SLOW_S for browser, _ in quick)


def test_who_loses_the_connection_is_told_and_not_timed(server: Answering) -> None:
    *others, lost = played(server, ["plain"] * (SEATS - 1) + ["hang_up"])
    assert lost == (lost[0], ["ConnectionLost"])
    assert lost[0].timed == []
    assert all(isinstance(end, Page) and end.text == "ok" for _, ends in others for end in ends)


def test_who_waits_is_told_that_somebody_cannot_go_on() -> None:
    together, here = SentTogether(2, PATIENCE_S), socket.socket()
    failed: list[str] = []

    def wait() -> None:
        try:
            together.send(Prepared(here, b""))
        except threading.BrokenBarrierError:
            failed.append("told")

    waiting = threading.Thread(target=wait)
    waiting.start()
    together.abort()
    waiting.join(PATIENCE_S)
    here.close()
    assert failed == ["told"]
