"""Requests of a whole class, sent at the same moment by one thread over the kept connections of all seats.

Hundreds of threads that send at once wait for each other more than for the server, and take the processor
from it on which both run. So each seat prepares its request and waits; one of them sends all and notes when
each answer begins; then the seats read their answers and go on. Nothing is sent before all have come.
"""

import selectors
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.peers.form_browser import Prepared


class SentTogether:
    """Sends the requests of all seats, round by round."""

    def __init__(self, seats: int, patience_s: float) -> None:
        """Wait for so many seats, and so long for a seat or for an answer."""
        self._barrier, self._patience_s = threading.Barrier(seats), patience_s
        self._waiting: list[Prepared] = []

    def send(self, request: Prepared) -> None:
        """Send a request when all have come; return when all answers have begun, or cannot come any more.

        Raises:
            threading.BrokenBarrierError: If somebody does not come, or the answers do not.
        """
        self._waiting.append(request)
        if self._barrier.wait(self._patience_s) == 0:
            now, self._waiting = self._waiting, []
            _send_all(now, self._patience_s)
        self._barrier.wait(2 * self._patience_s)

    def abort(self) -> None:
        """Let nobody wait any longer: somebody cannot go on."""
        self._barrier.abort()


def _send_all(requests: Sequence[Prepared], patience_s: float) -> None:
    """Send requests, and note when their answers begin; a connection that was lost has none to wait for."""
    with selectors.DefaultSelector() as selector:
        for request in requests:
            with suppress(OSError):
                request.connection.sendall(request.content)
            request.sent_at = time.perf_counter()
            selector.register(request.connection, selectors.EVENT_READ, request)
        until = time.perf_counter() + patience_s
        while selector.get_map() and time.perf_counter() < until:
            ready, now = selector.select(patience_s), time.perf_counter()
            for key, _ in ready:
                selector.unregister(key.fileobj)
                key.data.answered_at = now
