"""Work in parts as a process of its own, which can be stopped in every way there is.

The parts are small: files of numbers, or parts of a real cohort of a few hundred rows. What stops it is real:
a signal to this very process in the midst of a part, or between two renames, or from outside. Processes are
forked from one that has imported everything, so that many of them cost little.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import typer

from console.errors import errors_explained
from console.parts.parallel import Kind, Workers
from console.parts.unfinished import Work, begun, digests_of, finished_before, worked
from dossier.problems import BadInput
from synthetic import cohort_files
from synthetic.sheets import ParquetSheet

pa.record_batch({"x": np.zeros(1)})  # what this imports is imported once, and not in each process


@dataclass(frozen=True)
class Options:
    """What to do, and what is to happen meanwhile.

    Attributes:
        parts, seed: The work.
        real: Draw a real cohort instead of writing numbers.
        rows: Numbers, or applicants, in a part.
        signal_in: Number of the part in whose midst `signal` is sent to this process.
        kill_at_rename: Number of the rename, counted from the end of the parts, before which it is killed.
        pause_s: How long each part takes at least.
        clock: Seconds by which the clock is wrong, one after the other at each look; empty for the true one.
        bad: Number of the part whose input is bad.
    """

    parts: int = 6
    seed: int = 1
    real: bool = False
    rows: int = 500
    resume: bool = False
    force: bool = False
    workers: int = 1
    kind: Kind = "threads"
    signal: int = signal.SIGKILL
    signal_in: int = -1
    kill_at_rename: int = -1
    pause_s: float = 0.0
    clock: list[float] = field(default_factory=list)
    bad: int = -1


@dataclass(frozen=True)
class Left:
    """What remains of a part."""

    number: int
    sums: npt.NDArray[np.int64]


def numbers_part(options: Options, number: int, scratch: Path) -> Left:
    """Write one part: a file of numbers, begun and then finished, with whatever happens in between."""
    found = np.random.Generator(np.random.SFC64([options.seed, number])).integers(0, 1000, options.rows)
    with ParquetSheet(scratch / "observed" / f"part-{number:05d}.parquet") as sheet:
        for half in np.array_split(found, 2):
            batch = pa.record_batch({"x": half}).replace_schema_metadata({"saring.synthetic": "true"})
            (scratch / "observed").mkdir(exist_ok=True)
            sheet.write(batch)
            happens(options, number)
    return Left(number, np.array([found.sum(), found.max()]))


def cohort_part(options: Options, plan: Any, number: int, scratch: Path) -> Left:
    """Write one part of a cohort."""
    make_parts_small(options)  # here too, because the worker may be a process of its own
    happened = partial(happens, options, number)
    seen: list[int] = []

    def heard(drawn: Any) -> None:
        seen.append(int(drawn.applicants.sum()))
        happened()

    cohort_files.write_part(plan, scratch, number, heard, chunk=options.rows // 2)
    return Left(number, np.array(seen))


def make_parts_small(options: Options) -> None:
    cohort_files.ROWS_PER_PART, cohort_files.ROWS_PER_GROUP = options.rows, options.rows // 2


def happens(options: Options, number: int) -> None:
    """Let happen in the midst of a part what is to happen there."""
    time.sleep(options.pause_s)
    if number == options.bad:
        raise BadInput.of("a value is wrong", where=f"part {number}", mend="Mend it.")
    if number == options.signal_in:
        os.kill(os.getpid(), options.signal)
        time.sleep(10)


def wrong_clock(steps: list[float]) -> Callable[[], float]:
    """Return a clock that is wrong by another amount at each look."""
    true, looks = time.time, iter(range(10**9))
    return lambda: true() + steps[next(looks) % len(steps)]


def kill_before_rename(countdown: int) -> None:
    """Have this process killed before it renames a folder for the n-th time."""
    rename, left = Path.rename, iter(range(countdown, -1, -1))

    def renamed(path: Path, target: Path) -> Path:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(path, target)

    Path.rename = renamed  # type: ignore[assignment, method-assign]


def prepared(options: Options) -> tuple[dict[str, Any], Callable[[int, Path], Left], Any]:
    """Return the identity of the work, what does a part, and the plan of a real cohort."""
    if not options.real:
        identity = {"seed": options.seed, "n": options.rows * options.parts}
        return identity, partial(numbers_part, options), None
    from synthetic.cohort import plan_for
    from synthetic.compile import compile_world
    from synthetic.scenarios import load_scenario

    make_parts_small(options)
    plan = plan_for(
        compile_world(load_scenario("phnom_penh_2022")), options.rows * options.parts, options.seed
    )
    return cohort_files.identity_of(plan), partial(cohort_part, options, plan), plan


def main(out: str, options: Options) -> None:
    """Do the work, or go on with it."""
    if options.clock:
        time.time = wrong_clock(options.clock)
    identity, do, plan = prepared(options)
    if options.resume and finished_before(out, identity):
        print("finished already")
        return
    done: list[int] = []
    with begun(out, resume=options.resume, force=options.force, identity=identity) as found:
        work = Work(identity, options.parts, do, Left)
        workers = Workers(options.workers, options.kind)
        steps = worked(work, found.place, workers, resume=options.resume, done=done.append, say=print)
        remains = [(left.number, left.sums.tolist()) for left in steps]
        if plan is None:
            manifest = {"files": digests_of(found.place), "remains": remains}
            (found.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        else:
            cohort_files.write_manifests(plan, found.folder, digests_of(found.place))
        if options.kill_at_rename >= 0:
            kill_before_rename(options.kill_at_rename)
    print(f"done: {done}")


def in_a_process(out: str, options: Options, stdout: str, stderr: str) -> None:
    """Be the whole life of a process: do the work, print into two files, leave with an exit code."""
    for number, path in ((1, stdout), (2, stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    try:
        with errors_explained(debug=False):
            main(out, options)
    except typer.Exit as left:
        sys.exit(left.exit_code)
