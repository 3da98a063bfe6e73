"""Working on the parts of a cohort, several at a time, with their results in order."""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from joblib import Parallel, delayed

Result = TypeVar("Result")


def each_part(task: Callable[[int], Result], count: int, workers: int) -> Iterator[Result]:
    """Yield what `task` returns for parts 0 to `count` - 1, in order; threads share what was compiled."""
    tasks = (delayed(task)(number) for number in range(count))
    found = Parallel(n_jobs=workers, prefer="threads", return_as="generator")(tasks)
    return cast("Iterator[Result]", found)
