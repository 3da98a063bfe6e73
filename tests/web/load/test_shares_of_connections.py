"""Connections are shared evenly by the processes of a real server, and none of them waits for one that is not there."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks.peers.class_servers import Server, serving, site_in

CONNECTIONS = 300
LEAST, MOST = 0.45 * CONNECTIONS, 0.55 * CONNECTIONS
WITHIN_S = 4.0
"""Somebody who is not there is waited for a second and a half; the machine may have other things to do."""
LOOKS_S = 0.05
REQUEST = b"GET /static/none HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(site_in(tmp_path_factory.mktemp("server"))) as one:
        yield one


@contextmanager
def connections(server: Server, count: int, every_s: float = 0.0) -> Iterator[list[socket.socket]]:
    """Yield connections that were opened one after the other."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            opened.append(stack.enter_context(socket.create_connection(server.site.address, WITHIN_S)))
            time.sleep(every_s)
        yield opened


def held_by(server: Server) -> dict[int, int]:
    """Return how many sockets each worker has open, beside the one that it listens at."""
    return {worker: _sockets_of(worker) - 1 for worker in server.workers()}


def _sockets_of(process: int) -> int:
    count = 0
    for file in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            count += file.readlink().name.startswith("socket:")
    return count


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(LOOKS_S)


def wait_for_all(server: Server, count: int) -> None:
    """Wait until two workers hold so many connections together."""
    wait_for(lambda: len(held_by(server)) == 2 and sum(held_by(server).values()) == count)


@pytest.mark.parametrize("every_s", [0.0, 0.002], ids=["at the same moment", "one after the other"])
def test_each_of_two_processes_gets_about_half_of_the_connections(server: Server, every_s: float) -> None:
    wait_for_all(server, 0)
    with connections(server, CONNECTIONS, every_s):
        wait_for_all(server, CONNECTIONS)
        held = held_by(server)
        assert all(LEAST <= count <= MOST for count in held.values()), held


def test_a_process_that_hangs_keeps_no_new_connection_waiting(server: Server) -> None:
    wait_for_all(server, 0)
    hanging, _ = server.workers()
    with connections(server, 20):
        wait_for_all(server, 20)
        os.kill(hanging, signal.SIGSTOP)
        try:
            all_are_answered(server)
        finally:
            os.kill(hanging, signal.SIGCONT)


def test_a_process_that_is_killed_keeps_none_waiting_and_the_one_that_follows_gets_its_part(
    server: Server,
) -> None:
    wait_for_all(server, 0)
    killed, stays = server.workers()
    with connections(server, 20):
        wait_for_all(server, 20)
        os.kill(killed, signal.SIGKILL)
        all_are_answered(server)
        wait_for(lambda: len(server.workers()) == 2 and killed not in server.workers())
        with connections(server, 60):
            wait_for(lambda: min(held_by(server).values()) >= 25)
            assert stays in held_by(server)


def all_are_answered(server: Server) -> None:
    """Open connections that ask for something, and look whether all get an answer."""
    with connections(server, 40) as opened:
        for one in opened:
            one.sendall(REQUEST)
        assert all(one.recv(100).startswith(b"HTTP/1.1 404") for one in opened)
