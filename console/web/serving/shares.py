"""How the connections are shared by the processes: whoever holds clearly more lets another take the next one.

The system wakes every process for a new connection, and the quickest takes it: of 300 that come together,
one process may get 250 and work while the other has nothing to do. So each says in a page of memory that all
share how many it holds, and when it last looked. A process that has not looked for a while, since it hangs or
was killed, is not waited for. No connection is refused because of what stands in the page: a number that is
old makes the shares less even, and no more.
"""

import mmap
import struct
import time
from collections.abc import Collection

MARGIN = 4
"""Connections that one process may hold more than another: each step aside costs a moment."""
SEEN_WITHIN_NS = 1_500_000_000
"""Nanoseconds after which a process that has not looked is not waited for; it sleeps a third of that."""
NEVER = 0
WORD = struct.calcsize("Q")


class Share:
    """One process's own place in the page.

    Attributes:
        place: Its number; None where there is no place, and nothing to compare with.
    """

    def __init__(self, words: memoryview, place: int | None) -> None:
        self._words, self.place = words, place

    def tell(self, held: int) -> None:
        """Say how many connections this process holds, and that it looks after them now."""
        if self.place is not None:
            self._words[2 * self.place] = held
            self._words[2 * self.place + 1] = time.monotonic_ns()

    def leave(self) -> None:
        """Say that this process takes no connection any more."""
        if self.place is not None:
            self._words[2 * self.place + 1] = NEVER

    def is_clearly_larger(self, held: int) -> bool:
        """Return whether a process that lives holds clearly fewer connections than this one."""
        if self.place is None:
            return False
        since = time.monotonic_ns() - SEEN_WITHIN_NS
        held_by_others = (
            self._words[2 * other]
            for other in range(len(self._words) // 2)
            if other != self.place and self._words[2 * other + 1] > since
        )
        return held >= min(held_by_others, default=held) + MARGIN


class Shares:
    """The page that all processes share; it has to be made before they divide."""

    def __init__(self, places: int) -> None:
        """Make a page with places for so many processes."""
        self._words = memoryview(mmap.mmap(-1, 2 * places * WORD)).cast("Q")

    def share(self, taken: Collection[int | None]) -> Share:
        """Return a place that is not taken, with nothing told; none if all are."""
        free = (place for place in range(len(self._words) // 2) if place not in taken)
        share = Share(self._words, next(free, None))
        share.leave()
        return share


def alone() -> Share:
    """Return the share of a process that knows of no other."""
    return Share(memoryview(b""), None)
