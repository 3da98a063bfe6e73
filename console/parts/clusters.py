"""The parts of a cohort on the workers of a Dask cluster.

The task travels to each worker once, and only as many parts lie with the scheduler as keep its workers busy.
A worker that dies has its parts done again by others; parts are drawn by address, so the bytes are the same.
Before a machine does its first part, it must have the same versions of whatever decides about bytes, and see
the place where the parts are written. This starts no cluster and stops none, and no worker is asked to write
to anywhere but that place.
"""

import logging
import socket
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from console.parts.cluster_terms import PROBE, Terms, differing, problems_at_first, problems_soon, versions
from console.parts.collecting import Refused, Result, answer, in_order
from dossier.places import Place
from dossier.problems import BadInput, Problem, raise_if_any

ANSWER_S = 5
"""How long a connection to a scheduler may take; where nobody listens, that is known at once."""

CONNECT_S = 10
"""How long a busy scheduler may take to greet, and its first worker to be there."""

WITHOUT_WORKERS_S = 60
"""How long a cluster may be without any worker, such as while they are started anew."""

SEEN_S = 5
"""How long a file may take to be seen by other machines; network file systems remember what was not there."""

AHEAD = 2
"""Parts at the scheduler for each thread of its workers: one that is done, and one that waits."""

COUNT_EVERY_S = 2.0
"""How often workers are counted; they come and go."""

RETRIES = 2
"""How often a part is tried again where a worker's system failed it, such as by a full disk of its own."""

SCHEMES = ("tcp", "tls")

LOUD = ("distributed", "distributed.client", "distributed.comm", "tornado.application")
"""Who would print tracebacks on stderr about what is said here in a sentence."""


@dataclass(frozen=True, eq=False)
class Shipped:
    """A task on its way to the workers, with the terms on which they work."""

    task: Callable[[int], Any]
    terms: Terms


def on_cluster(
    task: Callable[[int], Result], numbers: Sequence[int], address: str, place: Place | None
) -> Iterator[Result]:
    """Yield what `task` returns for each of `numbers`, in order, done by the workers of a cluster.

    Args:
        task: Called with the number of a part.
        numbers: The parts.
        address: The scheduler's address.
        place: Where the task writes, if it writes; every worker must see it.

    Raises:
        BadInput: If the cluster cannot be reached, has no workers or other versions, does not see `place`, is
            lost, or loses one worker after the other to the same part.
    """
    token = uuid4().hex
    with _connected(address) as client, _agreed(client, place, token) as terms:
        shipped = client.submit(_arrived, Shipped(task, terms), key=f"saring-{token}", pure=False)

        def begin(number: int) -> Callable[[], Result | Refused]:
            key = f"saring-{token}-{number}"
            future = client.submit(
                _answered, shipped, number, key=key, pure=False, retries=RETRIES, priority=-number
            )
            return partial(_collected, client, future, number)

        with _loss_said(address):
            yield from in_order(begin, numbers, _Window(client))


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Yield a client of the scheduler; whatever it has not finished is cancelled at the end."""
    try:
        from distributed import Client
    except ImportError:
        raise BadInput.of(
            "a cluster is reached through Dask, which is not installed",
            where="--cluster",
            mend="In saring's folder: pip install --constraint requirements-lock.txt --editable '.[cluster]'",
        ) from None
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        _check_answers(address)
        with warnings.catch_warnings(action="ignore"):  # it compares versions too, but goes on
            client = cast("Any", Client)(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise BadInput.of(
            f"no scheduler answers ({error})",
            where=address,
            mend="Start one with `dask scheduler`, and give the address that it prints.",
        ) from None
    with client:
        yield client


def _check_answers(address: str) -> None:
    """Raise at once if nobody listens at an address; a client would go on asking."""
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.port:
        raise ValueError(f"an address is {'://HOST:PORT or '.join(SCHEMES)}://HOST:PORT")
    socket.create_connection((parts.hostname, parts.port), timeout=ANSWER_S).close()


@contextmanager
def _agreed(client: Any, place: Place | None, token: str) -> Iterator[Terms]:
    """Yield the terms on which all machines of a cluster have agreed; they hold for those that join, too."""
    terms = Terms(tuple(versions().items()), place, token, SEEN_S)
    _wait_for_workers(client, CONNECT_S)
    try:
        if place is not None:
            place.write_bytes(PROBE, token.encode())
        raise_if_any(_disagreements(client, terms))
        yield terms
    finally:
        if place is not None:
            (place / PROBE).remove()


def _disagreements(client: Any, terms: Terms) -> list[Problem]:
    """Return what does not hold where, each problem once with all machines that have it."""
    found: dict[str, Any] = {"the scheduler": _of_scheduler(client, terms)}
    found |= client.run(problems_soon, terms, on_error="return")
    where: defaultdict[Problem, list[str]] = defaultdict(list)
    for machine, problems in sorted(found.items()):
        for problem in problems if isinstance(problems, list) else [_unable(problems)]:
            where[problem].append(machine)
    return [replace(problem, where=_listed(machines)) for problem, machines in where.items()]


def _of_scheduler(client: Any, terms: Terms) -> list[Problem]:
    """Return what differs at the scheduler, which opens the tasks that it hands on, but writes nothing."""
    try:
        return differing(dict(terms.versions), client.run_on_scheduler(versions))
    except ImportError as error:
        return [_unable(error)]


def _unable(error: BaseException) -> Problem:
    what = f"this machine cannot run saring ({type(error).__name__}: {error})"
    return Problem(what, mend="Install saring with its extra `cluster` on every machine, in one version.")


def _listed(machines: Sequence[str], most: int = 3) -> str:
    more = f" and {len(machines) - most} more" if len(machines) > most else ""
    return ", ".join(machines[:most]) + more


def _wait_for_workers(client: Any, seconds: int) -> None:
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        raise BadInput.of(
            "the scheduler has no worker",
            where=client.scheduler.address,
            mend="Start some: dask worker " + client.scheduler.address,
        ) from None


@contextmanager
def _loss_said(address: str) -> Iterator[None]:
    """Turn the many ways in which a scheduler is found to be gone into one."""
    from distributed import CancelledError
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError):
        raise BadInput.of(
            "the connection to the scheduler was lost",
            where=address,
            mend="Start it again, and then the command with --resume.",
        ) from None


class _Window:
    """How many parts may lie with a scheduler; workers are counted now and then."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._most = 0
        self._counted = -COUNT_EVERY_S

    def __call__(self) -> int:
        now = time.monotonic()
        if now - self._counted >= COUNT_EVERY_S:
            self._most = AHEAD * sum(self._client.nthreads().values())
            self._counted = now
        return self._most


def _collected(client: Any, future: Any, number: int) -> Any:
    """Return what a part answered; waits for as long as there is anybody to work on it."""
    from distributed import KilledWorker

    while True:
        try:
            return future.result(timeout=WITHOUT_WORKERS_S)
        except KilledWorker as error:
            deaths = error.allowed_failures + 1
            raise BadInput.of(
                f"{deaths} workers ended one after the other at part {number} or beside it",
                where=client.scheduler.address,
                mend="Mostly their memory was too small: give workers more memory or fewer threads each.",
            ) from None
        except TimeoutError:
            if future.done():
                raise
            _wait_for_workers(client, WITHOUT_WORKERS_S)


# --- on the workers -------------------------------------------------------------------------------------


def _arrived(shipped: Shipped) -> Shipped:
    return shipped


def _answered(shipped: Shipped, number: int) -> Any:
    """Do a part; a worker that has joined later is asked now whether the terms hold for it."""
    if problems := problems_at_first(shipped.terms):
        return Refused(problems)
    return answer(shipped.task, number)
