"""A real server under connections that send half a request, or read half an answer: the class does not notice.

Forty such connections are more than the server has threads. Each test counts on them being open still when
the class is answered.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from benchmarks.peers.class_load import DESK, OneSeat, Pace
from benchmarks.peers.class_servers import Server, serving, site_in

CONNECTIONS = 40
ANSWERS_WITHIN_S = 4.0
HEAD = b"POST /join/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
UNFINISHED = {
    "nothing": b"",
    "half a request line": b"GET /jo",
    "half of the headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/",
    "half a body": HEAD + b"Content-Length: 400\r\n\r\ncode=ABC",
    "half of a large body": HEAD + b"Content-Length: 900000\r\n\r\n" + b"x" * 400_000,
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n40\r\ncode=",
    "a body that is too large, and half": HEAD + b"Content-Length: 90000000\r\n\r\n" + b"x" * 400_000,
    "a request whose answer is never read": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 60,
    "a last request, and never closes": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site_in(tmp_path_factory.mktemp("server"))) as one:
        yield one


@pytest.fixture(scope="module")
def seat(server: Server) -> Iterator[OneSeat]:
    """A seat that has joined before."""
    sitting = server.site.asked("make", "--dossiers", str(len(UNFINISHED) + 2))
    pace = Pace(1, len(UNFINISHED) + 2, (0, 0), joins_within_s=0)
    one = OneSeat(0, server.site.address, sitting["code"], pace)
    one.join()
    yield one
    one.browser.close()


@contextmanager
def connections(server: Server, sent: bytes) -> Iterator[list[socket.socket]]:
    """Yield many connections that have sent something and neither send nor read anything more."""
    with ExitStack() as stack:
        opened = []
        for _ in range(CONNECTIONS):
            one = socket.socket()
            stack.enter_context(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.connect(server.site.address)
            one.setblocking(False)
            with suppress(BlockingIOError):  # whoever does not read does not let us send, either
                one.sendall(sent)
            opened.append(one)
        time.sleep(0.3)
        yield opened


@pytest.mark.parametrize("what", UNFINISHED)
def test_unfinished_requests_hold_nobody_up(server: Server, seat: OneSeat, what: str) -> None:
    with connections(server, UNFINISHED[what]):
        started = time.perf_counter()
        page = seat.browser.get(DESK)
        form = page.form(lambda one: "confidence" in one.choices)
        assert form is not None
        end = seat.browser.submit(form, {"action": "0", "confidence": "1", "reason": what}, "decide")
        took = time.perf_counter() - started
    assert end.status == 200
    assert took < ANSWERS_WITHIN_S, f"{took:.1f} s"
