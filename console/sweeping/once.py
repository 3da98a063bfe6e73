"""Things that are costly to make, each made once and then shared by all who work on a sweep."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """The last few things of a kind, by key; it travels empty to other processes.

    Args:
        most: How many are held at a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._found: OrderedDict[Hashable, tuple[Lock, list[Made]]] = OrderedDict()

    def __reduce__(self) -> tuple[Any, ...]:
        return Once, (self._most,)

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what belongs to a key; whoever asks for it while it is made waits."""
        with self._lock:
            own, held = self._found.setdefault(key, (Lock(), []))
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        with own:
            if not held:
                held.append(make())
            return held[0]
