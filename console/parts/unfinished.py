"""Work that survives being stopped: finished parts stay, and `--resume` goes on with the rest.

Work on a folder goes on in an unfinished one beside it, under a lock, and takes its name at the very end. A
part is made in a scratch folder, brought to the disk, moved to its place, and recorded last. Whatever ends
the work (Ctrl-C, a kill, a full disk) loses no more than the parts that were being made. Bad input leaves
nothing. No clock and no number of a process is ever asked.

At a URL folders cannot be renamed and nothing can be locked: parts go to their final place and manifests
last, so that what has no manifest is unfinished. Two runs into one URL at a time are the user's to prevent;
where both do the same work, they write the same bytes.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar
from uuid import uuid4

from console.parts.beginnings import Begun, begun, finished_before, unfinished_of
from console.parts.halting import Halted, Interrupted
from console.parts.parallel import Workers, each_part
from console.parts.part_records import (
    NotWhole,
    Remains,
    digests_of,
    kept_part,
    record_part,
    recorded_parts,
    work_digest,
)
from dossier.places import Folder, Place
from dossier.problems import BadInput, Problem
from synthetic.asides import SCRATCH

__all__ = [
    "Begun",
    "Halted",
    "Interrupted",
    "Work",
    "begun",
    "digests_of",
    "finished_before",
    "unfinished_of",
    "worked",
]

Item = TypeVar("Item")

_SIGN = "open"
"""The file that stands in the room of a run for as long as the run goes on."""


@dataclass(frozen=True)
class Work(Generic[Remains]):
    """Work in parts.

    Attributes:
        identity: Everything that decides the result, for JSON: hashes, seed, sizes, versions. Work is gone on
            with only where all of it is equal.
        count: How many parts there are.
        do: Does part `number`: writes its files below a scratch folder, under the names that they shall have
            in the place, and returns what remains. Other workers may be asked to do the same part.
        remains: The frozen dataclass that `do` returns, or `type(None)`; see `console.parts.remains`.
    """

    identity: Mapping[str, Any]
    count: int
    do: Callable[[int, Path], Remains]
    remains: type[Remains]


def worked(
    work: Work[Remains],
    place: Place,
    workers: Workers,
    *,
    resume: bool,
    done: Callable[[int], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Remains]:
    """Do each part, or take it as it was left, and yield what remains of it, in order.

    Args:
        work: The work.
        place: Where finished parts go: that of `begun`.
        workers: Who does it; changes no result.
        resume: Whether to take the parts that are there already.
        done: Called with the number of each part as it is yielded.
        say: Called with a sentence about each part that is there, but not as it was, and is done again.

    Raises:
        BadInput: If a part's own input is bad.
        Halted: If the work cannot go on for another reason; finished parts stay.
    """
    there = recorded_parts(place) if resume else frozenset()
    with _room(place) as room:
        task = _Task(work, place, room, work_digest(work.identity), there)
        answers = _halting(each_part(task, range(work.count), workers, place=place))
        for number, answer in enumerate(answers):
            if answer.redone:
                say(f"Part {number} of the unfinished work was done again: {answer.redone}.")
            if answer.problems:
                raise BadInput(answer.problems)
            done(number)
            yield answer.found[0]


@dataclass(frozen=True)
class _Answer(Generic[Remains]):
    """What came of a part: what remains, or why its input is bad; and why it was done again, if it was."""

    found: tuple[Remains, ...]
    redone: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Task(Generic[Remains]):
    """Does one part; travels to whoever works."""

    work: Work[Remains]
    place: Place
    room: Path | None
    digest: str
    there: frozenset[int]

    def __call__(self, number: int) -> _Answer[Remains]:
        redone = ""
        if number in self.there:
            try:
                return _Answer((kept_part(self.place, number, self.digest, self.work.remains),))
            except NotWhole as error:
                redone = str(error)
        with _scratch(self.room, number) as scratch:
            try:
                found = self.work.do(number, scratch)
            except BadInput as error:
                return _Answer((), redone, error.problems)
            _check_open(self.room)
            record_part(self.place, number, self.digest, scratch, found)
        return _Answer((found,), redone)


def _halting(answers: Iterable[Item]) -> Iterator[Item]:
    """Yield answers; what fails while they are waited for is no fault of the input."""
    try:
        yield from answers
    except BadInput as error:
        raise Halted(error.problems) from None


@contextmanager
def _room(place: Place) -> Iterator[Path | None]:
    """Yield a folder for scratch folders that no other run knows; None where each machine has its own.

    It is made anew for each run, and parts are published only out of it while its sign is there. So an orphan
    of an earlier run, whose room is gone, can publish nothing any more.
    """
    if not isinstance(place, Folder):
        yield None
        return
    room = place.path / SCRATCH / uuid4().hex
    room.mkdir(parents=True)
    (room / _SIGN).touch()
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _check_open(room: Path | None) -> None:
    """Raise if a room is gone, whose folders a part may have made again."""
    if room is not None and not (room / _SIGN).is_file():
        raise InterruptedError("the run that this part belongs to is over")


@contextmanager
def _scratch(room: Path | None, number: int) -> Iterator[Path]:
    """Yield an empty folder for one attempt at a part."""
    make = partial(TemporaryDirectory, prefix=f"part-{number:05d}-", ignore_cleanup_errors=True)
    with make(dir=room) as scratch:
        yield Path(scratch)
