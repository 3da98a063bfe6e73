"""What a revealed class decided, gathered once by each process and not once for each seat that looks.

After the reveal a whole class opens its pages within a minute, and nothing in them changes any more but for a
seat that is removed. So a few sittings stay in memory, each under the number of its removed seats. Nothing is
kept before the reveal, and who may see what is decided elsewhere, at every request.
"""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from console.web.classroom.models import Sitting
from console.web.debrief.reading import Told, told

MOST = 8
"""Sittings in the memory of a process, a few megabytes each; more are seldom revealed within an hour."""

_kept: OrderedDict[tuple[UUID, int], Told] = OrderedDict()
_one_at_a_time = Lock()
"""Whoever comes while a class is gathered waits for it, and does not gather it again."""


def told_once(sitting: Sitting) -> Told:
    """Return what the debrief of a revealed sitting is made of, from memory where it is there.

    Raises:
        PermissionDenied: If it has not been revealed.
    """
    if sitting.state != Sitting.State.REVEALED:
        return told(sitting)
    name = (sitting.pk, sitting.seats.filter(removed_at__isnull=False).count())
    with _one_at_a_time:
        if name not in _kept:
            _kept[name] = told(sitting)
            _ = _kept[name].of_class
        _kept.move_to_end(name)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
        return _kept[name]


def forget_all() -> None:
    """Keep nothing any longer."""
    with _one_at_a_time:
        _kept.clear()
