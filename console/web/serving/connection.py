"""One connection of a browser: what it has sent, what it is still to be sent, and how long it may take.

Gunicorn's threads read from memory and write into memory. Only the loop of a worker touches the socket.
"""

import math
import socket
import time
from enum import IntEnum, auto
from typing import Any

from console.web.serving.incoming import Incoming

HEAD_S = 10.0
"""Seconds for request line and headers, from their first byte on."""
BODY_S = 10.0
"""Seconds for a form, or for taking an answer in, besides those for its length."""
SLOWEST = 16_384
"""Bytes in a second, of a form or an answer: a phone at the far end of the room is faster."""
LEAVES_S = 5.0
"""Seconds in which whoever was told good-bye has to go."""


class Phase(IntEnum):
    """What a connection waits for; where there is no room, lower ones have to go before higher ones."""

    LEAVING = auto()
    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    WORK = auto()


class Outgoing:
    """An answer that is not sent yet; gunicorn takes it for the browser's socket, and never has to wait."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def __len__(self) -> int:
        return len(self._waiting)

    def sendall(self, data: bytes) -> None:
        """Keep it, to be sent later."""
        self._waiting += data

    def send(self, data: bytes) -> int:
        """Keep it as well, and say how long it was, as a socket does."""
        self.sendall(data)
        return len(data)

    def sent_to(self, browser: socket.socket) -> bool:
        """Send as much as the browser takes at once, and return whether that was all.

        Raises:
            OSError: If it has gone.
        """
        try:
            while self._waiting:
                del self._waiting[: browser.send(self._waiting)]
        except BlockingIOError:
            return False
        return True

    # What gunicorn does with a socket before and after it writes has no meaning here.

    def gettimeout(self) -> float:
        """Return that nothing waits."""
        return 0.0

    def setblocking(self, flag: bool) -> None:
        """Do nothing."""

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing."""

    def shutdown(self, how: int) -> None:
        """Do nothing."""

    def recv(self, size: int) -> bytes:  # noqa: ARG002
        """Return that nothing more comes."""
        return b""

    def close(self) -> None:
        """Do nothing."""


class Connection:
    """A connection; some of its names are those by which gunicorn's threaded worker asks for them.

    Attributes:
        browser: The socket.
        client: Address of the other end.
        server: Our address.
        incoming: What was received and not answered.
        sock: The answer.
        parser: Gunicorn's parser of the request that is being answered.
        phase: What it waits for.
        since: When that began, on the monotonic clock.
        deadline: When it is no longer waited for.
        stays: Whether another request may follow.
        asked: Bytes of the request that is being answered.
    """

    initialized = data_ready = True
    is_http2 = False

    def __init__(self, browser: socket.socket, client: Any, server: Any, largest_body: int) -> None:
        self.browser, self.client, self.server = browser, client, server
        self.incoming, self.sock = Incoming(largest_body), Outgoing()
        self.parser: Any = None
        self.stays, self.asked = True, 0
        self.enter(Phase.IDLE, math.inf)

    def init(self) -> None:
        """Do nothing: there is nothing to set up by a thread."""

    @property
    def held(self) -> int:
        """Bytes of memory that it holds while it waits for its browser."""
        return 0 if self.phase is Phase.WORK else len(self.incoming) + len(self.sock)

    def enter(self, phase: Phase, seconds: float) -> None:
        """Wait for something else from now on, for so many seconds."""
        self.phase, self.since = phase, time.monotonic()
        self.deadline = self.since + seconds

    def read_on(self) -> None:
        """Give a request that is on its way its time: once for its head, once for its body."""
        if self.incoming.has_head and self.phase is not Phase.BODY:
            self.enter(Phase.BODY, BODY_S + self.incoming.missing / SLOWEST)
        elif len(self.incoming) and self.phase is Phase.IDLE:
            self.enter(Phase.HEAD, HEAD_S)
