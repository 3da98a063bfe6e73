"""The worker by itself: what it waits for, whom it lets go, and what it answers meanwhile."""

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from console.web.serving import connection, worker
from console.web.serving.incoming import Incoming
from console.web.serving.worker import WholeRequests

GET = b"GET /%s HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE = 3_000_000
"""Bytes of an answer that the system's own buffers do not hold."""


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Say what was asked for, and how much was sent with it."""
    path = environ["PATH_INFO"]
    if path == "/fails":
        raise RuntimeError("ours")
    sent = len(environ["wsgi.input"].read()) if path == "/reads" else 0
    body = b"x" * LARGE if path == "/large" else f"{path} {sent}".encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Running:
    """A worker in a thread of its own."""

    def __init__(self, **settings: Any) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        cfg = Config()
        for name, value in {"threads": 2, "keepalive": 30, "loglevel": "critical", **settings}.items():
            cfg.set(name, value)
        self.worker = WholeRequests(1, os.getppid(), [self.listener], None, 30, cfg, Logger(cfg))
        self.worker.wsgi = application
        self.worker.tpool = self.worker.get_thread_pool()
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.thread = threading.Thread(target=self.worker.run)
        self.thread.start()
        self.opened: list[socket.socket] = []

    def browser(self, *sent: bytes) -> socket.socket:
        """Return a connection that has sent something."""
        one = socket.socket()
        self.opened.append(one)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(5)
        one.connect(self.listener.getsockname())
        for piece in sent:
            one.sendall(piece)
        return one

    def end(self) -> None:
        self.worker.handle_exit(None, None)

    def close(self) -> None:
        for one in self.opened:
            one.close()
        self.end()
        self.thread.join(10)
        self.worker.tmp.close()
        assert not self.thread.is_alive()


@contextmanager
def running(**settings: Any) -> Iterator[Running]:
    one = Running(**settings)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOKS_S", 0.02)
    monkeypatch.setattr(worker, "LAST_REQUESTS_S", 0.1)
    monkeypatch.setattr(connection, "HEAD_S", 0.3)


def answer(browser: socket.socket) -> tuple[str, bytes]:
    """Return the status and the body of the next answer."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        if not (byte := browser.recv(1)):
            return "closed", head
        head += byte
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    body = b""
    while missing := int(fields.get(b"Content-Length", b"0")) - len(body):
        body += browser.recv(missing)  # and nothing of the next answer
    return head.split(b"\r\n", 1)[0].decode(), body


def post(path: bytes, body: bytes, *, length: int | None = None, more: bytes = b"") -> bytes:
    length = len(body) if length is None else length
    return b"POST /%s HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n%s\r\n" % (path, length, more) + body


def test_requests_that_come_together_are_answered_one_after_the_other() -> None:
    with running() as one:
        browser = one.browser(GET % b"a" + post(b"reads", b"12345") + GET % b"c")
        assert [answer(browser)[1] for _ in range(3)] == [b"/a 0", b"/reads 5", b"/c 0"]


@pytest.mark.parametrize(
    "begun", [b"GET / HT", b"GET / HTTP/1.1\r\nHost: he", b"G" + b"\r\n" * 1], ids=["line", "headers", "none"]
)
def test_a_request_that_does_not_come_to_its_end_is_told_so(begun: bytes) -> None:
    with running() as one:
        browser = one.browser(begun)
        assert answer(browser) == ("HTTP/1.1 408 Request Timeout", b"")
        assert answer(browser)[0] == "closed"


def test_a_byte_now_and_then_buys_no_time() -> None:
    with running() as one:
        browser, started = one.browser(b"GET / HTTP/1.1\r\nA: "), time.monotonic()
        browser.settimeout(0.05)
        said = b""
        while not said and time.monotonic() < started + 5:
            browser.sendall(b"a")
            try:
                said = browser.recv(100)
            except TimeoutError:
                continue
        assert said.startswith(b"HTTP/1.1 408")
        assert time.monotonic() - started < 2


def test_a_form_that_is_not_read_leaves_the_connection_as_it_was() -> None:
    with running() as one:
        browser = one.browser(post(b"ignores", b"x" * 200_000))
        assert answer(browser)[1] == b"/ignores 0"
        browser.sendall(GET % b"again")
        assert answer(browser)[1] == b"/again 0"


def test_what_is_too_large_gets_its_answer_and_then_good_bye() -> None:
    with running() as one:
        browser = one.browser(post(b"reads", b"x" * 50_000, length=50_000_000))
        assert answer(browser)[0] == "HTTP/1.1 200 OK"
        assert answer(browser)[0] == "closed"


def test_whoever_waits_for_a_word_gets_it() -> None:
    with running() as one:
        browser = one.browser(post(b"reads", b"", length=5, more=b"Expect: 100-continue\r\n"))
        assert answer(browser)[0] == "HTTP/1.1 100 Continue"
        browser.sendall(b"12345")
        said = answer(browser)
        assert (said if said[1] else answer(browser))[1] == b"/reads 5"


def test_an_application_that_fails_closes_its_own_connection_only() -> None:
    with running() as one:
        other = one.browser(GET % b"a")
        assert answer(one.browser(GET % b"fails"))[0] == "HTTP/1.1 500 Internal Server Error"
        assert answer(other)[1] == b"/a 0"


def test_where_there_is_no_room_whoever_asks_for_nothing_goes_first() -> None:
    with running(worker_connections=4) as one:
        slow = one.browser(b"GET /slow HTTP/1.1\r\n")
        idle = [one.browser() for _ in range(3)]
        time.sleep(0.1)
        assert answer(one.browser(GET % b"new"))[1] == b"/new 0"
        slow.sendall(b"Host: here\r\n\r\n")
        assert answer(slow)[1] == b"/slow 0"
        assert answer(idle[0])[0] == "closed"


def test_answers_that_nobody_reads_are_dropped_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "MOST_HELD", LARGE * 2)
    with running() as one:
        for _ in range(8):
            one.browser(GET % b"large")
        reader = one.browser()
        time.sleep(0.5)
        held = sum(other.held for other in one.worker.connections)
        assert 0 < held <= LARGE * 2
        reader.sendall(GET % b"large")
        assert answer(reader) == ("HTTP/1.1 200 OK", b"x" * LARGE)


def test_a_worker_that_ends_answers_what_has_begun_and_leaves() -> None:
    with running() as one:
        kept, begun = one.browser(GET % b"a"), one.browser(b"GET /b HTTP/1.1\r\n")
        answer(kept)
        time.sleep(0.05)
        one.end()
        begun.sendall(b"Host: here\r\n\r\n")
        assert answer(begun)[1] == b"/b 0"
        assert answer(kept)[0] == answer(begun)[0] == "closed"
        one.thread.join(5)
        assert not one.thread.is_alive()


def test_a_connection_that_goes_wrong_ends_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as one:
        other = one.browser(GET % b"a")
        assert answer(other)[1] == b"/a 0"
        monkeypatch.setattr(Incoming, "taken", _fails_for(b"GET /bad", Incoming.taken))
        assert answer(one.browser(GET % b"bad"))[0] == "closed"
        other.sendall(GET % b"b")
        assert answer(other)[1] == b"/b 0"


def _fails_for(line: bytes, taken: Callable[[Incoming], bytes]) -> Callable[[Incoming], bytes]:
    def fails(incoming: Incoming) -> bytes:
        request = taken(incoming)
        if request.startswith(line):
            raise MemoryError
        return request

    return fails


def test_a_connection_that_is_closed_twice_harms_nobody() -> None:
    with running() as one:
        one.browser(b"GET / HT")
        kept = one.browser(GET % b"a")
        answer(kept)
        begun = next(open_ for open_ in one.worker.connections if open_.phase is connection.Phase.HEAD)
        for _ in range(2):
            one.worker.method_queue.defer(one.worker._close, begun)
        kept.sendall(GET % b"b")
        assert answer(kept)[1] == b"/b 0"


def test_single_bytes_of_large_forms_do_not_have_all_connections_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[int] = []
    monkeypatch.setattr(connection.Connection, "held", property(_held_and_noted(counted)))
    with running() as one:
        senders = [one.browser(post(b"reads", b"x" * 70_000, length=900_000)) for _ in range(5)]
        for _ in range(100):
            for sender in senders:
                sender.sendall(b"x")
            time.sleep(0.001)
        assert answer(one.browser(GET % b"a"))[1] == b"/a 0"
    assert len(counted) < 5 * 100 * 2


def _held_and_noted(counted: list[int]) -> Callable[[connection.Connection], int]:
    def held(one: connection.Connection) -> int:
        counted.append(one.asked)
        return len(one.incoming)

    return held


def test_large_requests_that_wait_for_a_thread_are_bounded_and_small_ones_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "MOST_HELD", 500_000)
    held = threading.Event()
    with running(threads=1) as one:
        one.worker.wsgi = lambda environ, start: (held.wait(5), application(environ, start))[1]
        large = [one.browser(post(b"reads", b"x" * 200_000)) for _ in range(4)]
        small = one.browser(post(b"reads", b"12345"))
        time.sleep(0.3)
        held.set()
        said = sorted(answer(browser)[0] for browser in large)
        assert said == ["HTTP/1.1 200 OK"] * 2 + ["HTTP/1.1 503 Service Unavailable"] * 2
        assert answer(small)[1] == b"/reads 5"


def test_a_thread_that_ends_after_the_worker_writes_into_no_file_that_was_opened_meanwhile() -> None:
    with running() as one:
        queue = one.worker.method_queue
        one.end()
        one.thread.join(5)
        os.fstat(queue._write_fd)
        queue.close()
