"""Two finished runs of the same people, compared person by person and part by part.

The runs must be of one cohort: the same scenario, size and seed. They may differ in rules, cards, threshold,
levers or step of difficulty. Nothing is drawn or screened again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from console.kept_runs import check_keeps_people
from console.screened import read_screened
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from screening.evaluation.comparison import Comparison, compared, joined_comparisons
from screening.evaluation.screenings import Screening, counted_pair, joined_pairs
from screening.evaluation.sweep import Counted
from synthetic.sealed import Origin, read_origin, truths_of

A_RUN = "Give the folder of a `saring run`."
AGAIN = "Run the scenario again."
CHANGED = "the scenario was changed between the runs"


@dataclass(frozen=True)
class Run:
    """The folder of a finished run.

    Attributes:
        folder: The folder.
        origin: Where its cohort comes from.
        stage: The stage it was evaluated at.
        marks: Cards and rulebook, as its screened files name them.
        observed: Hash of each observed file; two runs that agree in all have the same dossiers.
        base_rate: Share of victims for which its people stand; None where they stand for themselves.
    """

    folder: Path
    origin: Origin
    stage: str
    marks: Mapping[str, str]
    observed: Mapping[str, str]
    base_rate: float | None


def read_run(folder: Path) -> Run:
    """Return what a run says of itself; its parts are read later, one after the other.

    Raises:
        BadInput: If this is not the folder of a finished run, or the run kept no files of people.
    """
    evaluation, manifest = folder / "evaluation.json", folder / "cohort" / "manifest.json"
    found, observed = _json(evaluation), _json(manifest).get("files")
    stage, base_rate = found.get("stage"), found.get("base_rate")
    is_rate = base_rate is None or (isinstance(base_rate, float) and 0 < base_rate < 1)
    if stage not in STAGE_LABELS or not isinstance(observed, dict) or not is_rate:
        raise BadInput.of("this is not a finished run", where=str(folder), mend=A_RUN)
    check_keeps_people(folder)
    origin = read_origin(folder)
    parts = sorted(file.name for file in (folder / "screened").glob("*.parquet"))
    if not parts or tuple(parts) != origin.parts:
        what = "the screened files and the cohort of this run do not belong together"
        raise BadInput.of(what, where=str(folder), mend=AGAIN)
    return Run(folder, origin, stage, _marks(folder / "screened" / parts[0]), observed, base_rate)


@dataclass(frozen=True)
class ComparedRuns:
    """What two runs say of the same people.

    Attributes:
        comparison: Person by person.
        thresholds: Of either run, in hundredths.
        counts: Whoever set out as the same in both, counted for the sweep of either run.
    """

    comparison: Comparison
    thresholds: tuple[int, int]
    counts: tuple[Counted, Counted]


def compare_runs(first: Run, second: Run, stage: Stage) -> ComparedRuns:
    """Compare two runs at a stage.

    Args:
        first, second: Runs that `check_same_people` let pass.
        stage: The stage.

    Raises:
        BadInput: If they are not of the same people after all, or were not screened at this stage.
    """
    parts, counts, thresholds = [], [], set()
    for one, other in zip(_sides(first, stage), _sides(second, stage), strict=True):
        (screening, threshold), (screening_after, threshold_after) = one, other
        parts.append(_compared(one, other, first, second))
        counts.append(counted_pair(screening, screening_after))
        thresholds.add((threshold, threshold_after))
    if len(thresholds) != 1:
        what = "the parts of a run were screened at different thresholds"
        raise BadInput.of(what, where=f"{first.folder}, {second.folder}", mend=AGAIN)
    comparison = joined_comparisons(parts)
    if comparison.otherwise() and first.origin.levers == second.origin.levers:
        raise _not_the_same(first, second, CHANGED)
    return ComparedRuns(comparison, thresholds.pop(), joined_pairs(counts))


def _sides(run: Run, stage: Stage) -> Iterator[tuple[Screening, int]]:
    """Yield each part of a run, people in one order, with the threshold in hundredths."""
    for part, truth in zip(run.origin.parts, truths_of(run.folder, run.origin.parts), strict=True):
        screened = read_screened(run.folder / "screened" / part)
        if stage.label not in screened.risk:
            what = f"nobody was screened at the {stage.label} stage"
            raise BadInput.of(what, where=str(run.folder), mend=f"Choose from: {', '.join(screened.risk)}.")
        if not np.array_equal(screened.applicants, truth.applicants):
            what = f"the screened applicants of {part} are not those of the cohort"
            raise BadInput.of(what, where=str(run.folder), mend=AGAIN)
        yield Screening(truth, screened.risk[stage.label]), screened.thresholds[stage.label]


def _compared(
    one: tuple[Screening, int], other: tuple[Screening, int], first: Run, second: Run
) -> Comparison:
    side, side_after = (screening.side(threshold) for screening, threshold in (one, other))
    _check_same_applicants(side.truth.applicants, side_after.truth.applicants, first, second)
    try:
        return compared(side, side_after)
    except BadInput:
        raise _not_the_same(first, second, CHANGED) from None


def check_same_people(first: Run, second: Run) -> None:
    """Raise where two runs are of different people, as far as their manifests and first parts tell.

    Raises:
        BadInput: If they are of different people.
    """
    one, other = first.origin, second.origin
    if one.scenario != other.scenario:
        raise _not_the_same(first, second, f"one is of '{one.scenario}', the other of '{other.scenario}'")
    if (first.base_rate is None) != (second.base_rate is None):
        raise _not_the_same(first, second, f"one has {_rate(first)}, the other {_rate(second)}")
    if one.parts != other.parts:
        raise _not_the_same(first, second, "they differ in --n")
    people, people_after = (next(truths_of(run.folder, one.parts[:1])).applicants for run in (first, second))
    _check_same_applicants(people, people_after, first, second)


def _rate(run: Run) -> str:
    return "no --base-rate" if run.base_rate is None else f"--base-rate {run.base_rate:.6g}"


def _check_same_applicants(
    people: npt.NDArray[np.int64], people_after: npt.NDArray[np.int64], first: Run, second: Run
) -> None:
    if len(people) != len(people_after):
        raise _not_the_same(first, second, "they differ in --n")
    if not np.array_equal(people, people_after):
        raise _not_the_same(first, second, "they differ in --seed")


def _not_the_same(first: Run, second: Run, why: str) -> BadInput:
    return BadInput.of(
        f"these runs are not of the same people: {why}",
        where=f"{first.folder}, {second.folder}",
        mend="Run the same scenario twice with the same --n and --seed, either both with --base-rate or both "
        "without, and change only rules, cards, threshold or levers.",
    )


def _marks(path: Path) -> dict[str, str]:
    """Return which cards and rules a screened file names."""
    try:
        found = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError) as error:
        what = f"this is not a readable Parquet file ({error})"
        raise BadInput.of(what, where=str(path), mend=AGAIN) from None
    return {name: found.get(f"saring.{name}".encode(), b"").decode() for name in ("cards", "rulebook")}


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput.of("this is not a finished run", where=str(path.parent), mend=A_RUN) from None
    except (ValueError, RecursionError) as error:
        what = f"this is not valid JSON ({error})"
        raise BadInput.of(what, where=str(path), mend=AGAIN) from None
    return content if isinstance(content, dict) else {}
