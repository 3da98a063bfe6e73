"""Collecting the results of parts in order, whoever works on them: threads, processes or other machines.

Only as many parts are begun as are soon collected. Input that cannot be used comes back as an answer and is
raised here, since errors lose their problems on the way from one process to another.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dossier.problems import BadInput, Problem

Result = TypeVar("Result")


@dataclass(frozen=True)
class Refused:
    """What a part answers instead of a result where its input cannot be used."""

    problems: tuple[Problem, ...]


def in_order(
    begin: Callable[[int], Callable[[], Result | Refused]],
    numbers: Sequence[int],
    most: Callable[[], int],
) -> Iterator[Result]:
    """Begin parts and yield their results in order, with only so many begun and not collected.

    Args:
        begin: Begins a part and returns what waits for its answer.
        numbers: The parts.
        most: How many may be begun at this moment.

    Raises:
        BadInput: If a part refused its input; parts behind it are not waited for.
    """
    begun: deque[Callable[[], Result | Refused]] = deque()
    for number in numbers:
        begun.append(begin(number))
        while len(begun) >= max(most(), 1):
            yield accepted(begun.popleft()())
    while begun:
        yield accepted(begun.popleft()())


def answer(task: Callable[[int], Result], number: int) -> Result | Refused:
    """Return a part's result, or what is wrong with its input."""
    try:
        return task(number)
    except BadInput as error:
        return Refused(error.problems)


def accepted(answered: Result | Refused) -> Result:
    """Return a result, or raise `BadInput` with what is wrong."""
    if isinstance(answered, Refused):
        raise BadInput(answered.problems)
    return answered
