"""Gunicorn's threaded worker, but its threads never wait for a browser.

Its own threads read from the socket and write to it: some dozen connections that send half a request, or read
half an answer, hold all of them, and the class waits. Here one loop takes requests in and sends answers out,
for all connections at once, and a thread gets a request when it is whole. Whoever is slow holds a few bytes.
There is no limit for one address: a whole class may come from one. What is to be recorded is answered before
what is to be shown: when all press the button at once, nobody's next page delays another's decision.
A worker that holds more connections than another steps aside for it, as `shares.py` tells.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from queue import PriorityQueue
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import ThreadWorker

from console.web.serving.connection import BODY_S, LEAVES_S, SLOWEST, Connection, Phase
from console.web.serving.shares import Share, alone

LOOKS_S = 0.5
"""Seconds from one look for connections whose time is over to the next."""
STEPS_ASIDE_S = 0.002
"""Seconds in which another worker may take a connection; it was woken for it as well."""
PIECE = 65_536
"""Bytes that are received at once; a connection that holds no more than that is not counted."""
MOST_HELD = 128 * 1024 * 1024
"""Bytes that the connections of a worker may hold together while they wait for their browsers; and as many in
large requests that wait for a thread."""
COUNTED_AFTER = 1024 * 1024
"""Bytes that come in or are to go out from one count of what is held to the next: a count looks at every
connection, and whoever sends single bytes must not have one made for each."""
LAST_REQUESTS_S = 2.0
"""Seconds in which a worker that ends still takes requests on connections that are open."""
LATE = "408 Request Timeout"
BUSY = "503 Service Unavailable"
RECORDS = b"POST "
NO_ROOM_LEFT = errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM
NOBODY_THERE = (
    *(errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EPROTO, errno.EPERM, errno.EOPNOTSUPP),
    *(errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH),
)
"""What a connection that ended, or was forbidden, before it was taken may leave behind."""


class WholeRequests(ThreadWorker):
    """Answers requests in threads, and does all else in one loop.

    Attributes:
        connections: All that are open, in the order in which they came.
        share: What this worker and the others tell each other; given before they divide.
    """

    alive: bool

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.connections: dict[Connection, None] = {}
        self.share: Share = alone()
        self._whole: PriorityQueue[tuple[bool, int, Connection]] = PriorityQueue()
        self._numbers = count()
        self._looked, self._grown = 0.0, 0
        self._aside_until = 0.0

    def run(self) -> None:
        """Answer until told to end; then what has begun, for as long as the settings say."""
        queue = self.method_queue
        self.poller.register(queue.fileno(), selectors.EVENT_READ, queue.run_callbacks)
        while self.alive and self.is_parent_alive():
            self.share.tell(len(self.connections))
            aside_s = max(0.0, self._aside_until - time.monotonic())
            self.set_accept_enabled(not aside_s and self._has_room())
            self._turn(aside_s or LOOKS_S)
        self.alive = False
        self.share.leave()
        self.set_accept_enabled(False)
        self._hurry()
        until = time.monotonic() + self.cfg.graceful_timeout
        while self.connections and time.monotonic() < until:
            self._turn(LOOKS_S)
        self._end()

    def _turn(self, longest_s: float) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=longest_s)
        if (now := time.monotonic()) - self._looked >= LOOKS_S:
            self._looked = now
            for one in [one for one in self.connections if one.deadline <= now]:
                self._safely(self._give_up, one)

    def _hurry(self) -> None:
        until = time.monotonic() + LAST_REQUESTS_S
        for one in self.connections:
            if one.phase in {Phase.IDLE, Phase.LEAVING}:
                one.deadline = min(one.deadline, until)

    def _end(self) -> None:
        for one in list(self.connections):
            self._close(one)
        self.tpool.shutdown(wait=False)
        self.poller.close()
        # The method queue stays open: a thread may still say there that it has finished, and by then the
        # number of a closed pipe could be that of the database's file.
        for listener in self.sockets:
            listener.close()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, and wait for its request. Where there is no room, somebody else goes.

        A worker that holds clearly more than another leaves it to that one, and looks again soon.
        """
        if self.share.is_clearly_larger(len(self.connections)):
            self._aside_until = time.monotonic() + STEPS_ASIDE_S
            return
        if len(self.connections) >= self.worker_connections:
            self._make_room()
        try:
            browser, client = listener.accept()
        except OSError as error:
            if error.errno in NO_ROOM_LEFT:
                self._make_room()
            elif error.errno not in NOBODY_THERE:
                raise
            return
        browser.setblocking(False)
        one = Connection(browser, client, listener.getsockname(), self._largest_body())
        self.connections[one] = None
        self._wait_for_request(one)

    @staticmethod
    def _largest_body() -> int:
        from django.conf import settings

        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def _has_room(self) -> bool:
        """Return whether another connection may come: one is free, or waits for its browser and can go."""
        is_full = len(self.connections) >= self.worker_connections
        return not is_full or any(one.phase is not Phase.WORK for one in self.connections)

    def _make_room(self) -> None:
        """Close one connection that can be spared: one that asks for nothing, or the slowest."""
        waiting = (one for one in self.connections if one.phase is not Phase.WORK)
        if one := min(waiting, key=lambda one: (one.phase, one.since), default=None):
            self._close(one)

    def _bound_memory(self) -> None:
        """Close slow connections, those that have waited longest first, until the others hold little."""
        if self._grown < COUNTED_AFTER:
            return
        self._grown = 0
        large = sorted((one for one in self.connections if one.held > PIECE), key=lambda one: one.since)
        held = sum(one.held for one in large)
        for one in large:
            if held <= MOST_HELD:
                return
            held -= one.held
            self._close(one)

    # From the browser to a thread.

    def _wait_for_request(self, one: Connection) -> None:
        one.enter(Phase.IDLE, self.cfg.keepalive if self.alive else LAST_REQUESTS_S)
        self._watch(one, selectors.EVENT_READ)
        self._go_on(one)

    def _received(self, one: Connection) -> None:
        try:
            data = one.browser.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._close(one)
        elif one.phase is not Phase.LEAVING:
            self._grown += len(data)
            one.incoming.add(data)
            self._go_on(one)

    def _go_on(self, one: Connection) -> None:
        """Hand a request over if it is whole; refuse it, or wait for the rest of it, if it is not."""
        if one.incoming.is_whole:
            self._hand_over(one)
        elif one.incoming.refused:
            self._refuse(one, one.incoming.refused)
        else:
            one.read_on()
            if one.incoming.waits_for_us:
                one.incoming.waits_for_us = False
                one.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                self._send(one)
            if one.held > PIECE:
                self._bound_memory()

    def _hand_over(self, one: Connection) -> None:
        self._watch(one, 0)
        one.stays = not one.incoming.is_last
        one.enter(Phase.WORK, float("inf"))
        request = one.incoming.taken()
        one.asked = len(request)
        if one.asked > PIECE and sum(other.asked for other in self.connections) > MOST_HELD:
            self._refuse(one, BUSY)
            return
        one.parser = get_parser(self.cfg, iter([request]), one.client)
        self._whole.put((not request.startswith(RECORDS), next(self._numbers), one))
        self.tpool.submit(self._work)

    def _work(self) -> None:
        """Answer the request that is due, in a thread: first come those that record something."""
        *_, one = self._whole.get_nowait()
        stays = False
        try:
            stays = bool(self.handle(one))
        finally:
            self.method_queue.defer(self._safely, partial(self._written, stays=stays), one)

    # From a thread to the browser.

    def _keepalive_after(self, _: Connection, keepalive: object) -> bool:
        """Return whether the answer promised to take another request; nothing of this one is left to read."""
        return bool(keepalive)

    def _written(self, one: Connection, stays: bool) -> None:
        """Send the answer that a thread has written."""
        one.stays = one.stays and stays
        self._answer(one)

    def _answer(self, one: Connection) -> None:
        one.asked = 0
        self._grown += len(one.sock)
        one.enter(Phase.ANSWER, BODY_S + len(one.sock) / SLOWEST)
        self._send(one)

    def _send(self, one: Connection) -> None:
        try:
            is_all = one.sock.sent_to(one.browser)
        except OSError:
            self._close(one)
            return
        if one.phase is not Phase.ANSWER:
            return
        if is_all:
            self._answered(one)
        else:
            self._watch(one, selectors.EVENT_WRITE)
            if one.held > PIECE:
                self._bound_memory()

    def _answered(self, one: Connection) -> None:
        if one.stays:
            self._wait_for_request(one)
        else:
            self._say_good_bye(one)

    def _say_good_bye(self, one: Connection) -> None:
        """Send no more, and read on for a while: a browser that is cut off may lose the answer's end."""
        try:
            one.browser.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(one)
            return
        one.enter(Phase.LEAVING, LEAVES_S if self.alive else LAST_REQUESTS_S)
        self._watch(one, selectors.EVENT_READ)

    def _refuse(self, one: Connection, status: str) -> None:
        one.stays = False
        one.sock.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self._answer(one)

    def _give_up(self, one: Connection) -> None:
        if one.phase in {Phase.HEAD, Phase.BODY}:
            self._refuse(one, LATE)
        else:
            self._close(one)

    # What the loop looks at.

    def _watch(self, one: Connection, events: int) -> None:
        """Wait for a browser to send or to take something, or for nothing."""
        if one.browser in self.poller.get_map():
            self.poller.unregister(one.browser)
        if events:
            call = self._received if events == selectors.EVENT_READ else self._send
            self.poller.register(one.browser, events, lambda _: self._safely(call, one))

    def _safely(self, call: Callable[[Connection], None], one: Connection) -> None:
        """Go on with a connection if it is still open; what goes wrong there ends it, and no other."""
        if one not in self.connections:
            return
        try:
            call(one)
        except Exception:
            self.log.exception("A connection is closed.")
            self._close(one)

    def _close(self, one: Connection) -> None:
        if one not in self.connections:
            return
        self._watch(one, 0)
        del self.connections[one]
        one.browser.close()
