"""Working on the parts of a cohort, several at a time, with their results in order.

Threads of this process, processes beside it, or the workers of a Dask cluster: the same task, the same
results, in the same order. Only as many parts are begun as are soon collected, so a hundred thousand parts
take no more memory than ten. The first part that fails, in the order of the parts, is the one whose error is
raised. No task and no result ever goes through a file.
"""

import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import Any, Literal, TypeAlias

from console.parts.collecting import Result, answer, in_order
from dossier.places import Place
from dossier.problems import BadInput

Kind: TypeAlias = Literal["auto", "threads", "processes", "cluster"]

AHEAD = 2
"""Parts begun for each worker: one it works on, and one that waits, so that it never waits itself."""

MANY_PARTS = 16
"""Parts from which worker processes are worth their start of some seconds; threads share one interpreter."""

TAKEN_UP_S = 1.0
"""How long a pool may need to take up a part; it needs a thousandth of that."""

ORPHAN_CHECK_S = 0.5
"""How often a worker process looks whether the one that started it is still there."""

MATH_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""What libraries of numerics ask for the number of their own threads."""


@dataclass(frozen=True)
class Workers:
    """Who works on the parts; changes no result.

    Attributes:
        count: Parts worked on at a time; on a cluster its workers decide, and this says nothing.
        kind: Threads of this process, processes beside it, or the workers of a cluster; "auto" takes
            processes where several work on many parts, and threads otherwise.
        cluster: Address of the cluster's scheduler, such as tcp://10.0.0.1:8786; None without a cluster.

    Raises:
        BadInput: If there is no worker, or an address without a cluster, or a cluster without an address.
    """

    count: int = 1
    kind: Kind = "threads"
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise BadInput.of("somebody has to do the work", where="--workers", mend="Give a number from 1.")
        if (self.kind == "cluster") != (self.cluster is not None):
            raise BadInput.of(
                "a cluster and the address of its scheduler go together",
                where="--cluster",
                mend="Give --cluster tcp://HOST:PORT alone, or leave it out and give --workers.",
            )


def workers_of(count: int, kind: Kind = "auto", cluster: str | None = None) -> Workers:
    """Return the workers that the options of a command ask for; a cluster's address alone asks for a cluster.

    Raises:
        BadInput: If the options contradict each other.
    """
    return Workers(count, "cluster" if cluster is not None and kind == "auto" else kind, cluster)


def each_part(
    task: Callable[[int], Result],
    numbers: Sequence[int] | int,
    workers: Workers | int,
    *,
    place: Place | None = None,
) -> Iterator[Result]:
    """Yield what `task` returns for each of `numbers`, in their order.

    For processes and clusters, task and results travel: the task once to each worker, the results once each.
    Whoever stops iterating, by Ctrl-C too, ends the work; what threads and machines far away have begun they
    finish unseen.

    Args:
        task: Called with the number of a part; any two calls may run at the same time.
        numbers: The parts; a number stands for all parts below it.
        workers: Who works on them; a number stands for so many threads.
        place: Where the task writes; the workers of a cluster are asked first whether they see it.

    Raises:
        BadInput: What a task raises; or if a worker process ends before its part is done; or if the cluster
            cannot be reached, differs in its versions, or does not see `place`.
    """
    parts = range(numbers) if isinstance(numbers, int) else numbers
    crew = Workers(workers) if isinstance(workers, int) else workers
    if crew.cluster is not None:
        from console.parts.clusters import on_cluster

        return on_cluster(task, parts, crew.cluster, place)
    if crew.kind == "processes" or (crew.kind == "auto" and crew.count > 1 and len(parts) >= MANY_PARTS):
        return _in_processes(task, parts, crew.count)
    return _in_threads(task, parts, crew.count) if crew.count > 1 else map(task, parts)


def apart(task: Callable[[], Result]) -> Result:
    """Return what a task returns, done by a process of its own whose memory ends with it.

    Raises:
        BadInput: What the task raises, or if the process ends before it is done.
    """
    (found,) = each_part(lambda _: task(), 1, Workers(1, "processes"))
    return found


def _in_threads(task: Callable[[int], Result], numbers: Sequence[int], count: int) -> Iterator[Result]:
    from threadpoolctl import threadpool_limits

    # What joblib's own threads are; its generator would run ahead of whoever collects, without bound. Each is
    # to have one processor: threads of the numerics below would take the others' away.
    with threadpool_limits(1), ThreadPool(count) as pool:
        yield from in_order(lambda n: pool.apply_async(task, (n,)).get, numbers, lambda: AHEAD * count)


def _in_processes(task: Callable[[int], Result], numbers: Sequence[int], count: int) -> Iterator[Result]:
    from joblib import wrap_non_picklable_objects
    from joblib.externals.loky import ProcessPoolExecutor

    # joblib replaces a process whose memory has grown, which harms nothing, and says so on stderr.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
    executor = ProcessPoolExecutor(
        min(count, max(len(numbers), 1)),
        initializer=_hold,
        # Wrapped, the task comes as bytes, which are taken in at once. A process that imports what a task is
        # made of while it reads keeps whoever starts it, and so the next process, waiting.
        initargs=(wrap_non_picklable_objects(task, keep_wrapper=False),),
        env=_environment(os.environ),
    )
    finished = False
    latest: deque[Future[Any]] = deque(maxlen=1)

    def begin(number: int) -> Callable[[], Any]:
        begun: Future[Any] = executor.submit(_answer_held, number)
        latest.append(begun)
        return begun.result

    try:
        yield from in_order(begin, numbers, lambda: AHEAD * count)
        finished = True
    except BrokenProcessPool:
        raise BadInput.of(
            "a worker process ended before its part was done",
            mend="Mostly the memory was too small: give fewer --workers, or more memory.",
        ) from None
    finally:
        if not finished:
            _wait_until_taken_up(latest)
        executor.shutdown(wait=True, kill_workers=not finished)


def _wait_until_taken_up(begun: Iterable["Future[Any]"]) -> None:
    """Wait until the pool has taken up what was begun last; told to end before that, it stumbles over it."""
    ends = time.monotonic() + TAKEN_UP_S
    while not all(one.running() or one.done() for one in begun) and time.monotonic() < ends:
        time.sleep(TAKEN_UP_S / 100)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what worker processes are told: one thread of numerics each, unless the user decided."""
    number = ours.get("OMP_NUM_THREADS", "1")
    return {name: ours.get(name, number) for name in MATH_THREADS}


_held: list[Callable[[int], Any]] = []
"""The task of a worker process, which it is given when it starts."""


def _hold(task: Callable[[int], Any]) -> None:
    """Prepare a worker process; Ctrl-C is for whoever started it, and without that one it ends at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=partial(_end_with, os.getppid()), daemon=True).start()
    _held[:] = [task]


def _answer_held(number: int) -> Any:
    return answer(_held[0], number)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_S)
    os._exit(1)
