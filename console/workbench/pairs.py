"""Two runs of the same people at thresholds of one's own choice: who is missed or flagged by one alone.

`saring compare` reads two runs at the thresholds they were screened at. Here the thresholds are free, so that
two rulebooks can be laid side by side where they take the same work of the officers. Nobody is screened anew.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from console.comparisons.comparing_runs import check_same_people, read_run
from console.workbench.costs import flags_among, flags_per_10000
from console.workbench.people import EVERYBODY, people_of, tallies_of
from console.workbench.points import Opened, OperatingPoints, opened
from console.workbench.runs import FinishedRun
from dossier.problems import BadInput
from models.card import LARGEST
from screening.evaluation.comparison import compared
from screening.evaluation.measures import FALSE_FLAG, MISS
from screening.evaluation.screenings import Screening


@dataclass(frozen=True)
class OneSide:
    """One of two runs, at one threshold.

    Attributes:
        run: The run.
        points: Its operating points.
        step: Which of them.
        flags: Flags among 10,000 applicants at the prevalence that was asked for.
    """

    run: FinishedRun
    points: OperatingPoints
    step: int
    flags: float

    @property
    def threshold(self) -> int:
        """Hundredths."""
        return self.points.thresholds[self.step]


@dataclass(frozen=True)
class Pair:
    """Two runs of the same people.

    Attributes:
        first, second: The runs.
        stage: The stage.
        content: `Comparison.to_json` of the two.
        is_beyond: Whether equal workload was asked for, and the second flags more at every threshold.
    """

    first: OneSide
    second: OneSide
    stage: str
    content: dict[str, Any]
    is_beyond: bool = False


def paired(
    first: FinishedRun,
    second: FinishedRun,
    prevalence: float,
    thresholds: tuple[int | None, int | None] = (None, None),
    *,
    same_workload: bool = False,
) -> Pair:
    """Compare two runs person by person, at the headline stage of the first.

    Args:
        first, second: The runs.
        prevalence: Share of victims among applicants, by which flags are counted.
        thresholds: Hundredths; the runs' own where None.
        same_workload: Whether the second flags as few as the first does, and no more.

    Raises:
        BadInput: If they are one run, not of the same people, or kept no files of people.
    """
    if first.folder == second.folder:
        raise BadInput.of("this is one run, named twice", where=first.name, mend="Choose two runs.")
    check_same_people(*(read_run(run.folder) for run in (first, second)))
    stage = first.facts.stage
    one = _side(first, stage, prevalence, thresholds[0])
    most = one.flags if same_workload else None
    other = _side(second, stage, prevalence, thresholds[1], most)
    before, after = (
        Screening(people.truth, people.risk[stage]).side(side.threshold)
        for side in (one, other)
        for people in [people_of(side.run.folder)]
    )
    is_beyond = same_workload and other.flags > one.flags
    return Pair(one, other, stage, compared(before, after).to_json(), is_beyond)


def _side(
    run: FinishedRun, stage: str, prevalence: float, threshold: int | None, most_flags: float | None = None
) -> OneSide:
    if most_flags is not None:
        threshold = _threshold_of_workload(run, stage, prevalence, most_flags)
    found = _opened_at(run, stage, threshold)
    own = round(100 * run.facts.threshold)
    step = found.points.step(own if threshold is None else threshold)
    return OneSide(run, found.points, step, float(flags_per_10000(found.points, prevalence)[step]))


def _threshold_of_workload(run: FinishedRun, stage: str, prevalence: float, most_flags: float) -> int:
    """Return the lowest threshold that flags no more than so many among 10,000; the highest if none does."""
    everybody = tallies_of(run.folder)[stage][EVERYBODY]
    risks = everybody.risks[everybody.risks <= LARGEST]
    steps = np.append(risks, risks[-1:] + 1)
    missed, wrong = (everybody.rates(measure, steps).estimate[0] for measure in (MISS, FALSE_FLAG))
    within = np.flatnonzero(flags_among(missed, wrong, prevalence) <= most_flags)
    return int(steps[within[0] if len(within) else -1])


def _opened_at(run: FinishedRun, stage: str, threshold: int | None) -> Opened:
    found = opened(run, stage, *([] if threshold is None else [threshold]))
    if found.why is not None:
        raise found.why
    if found.points.stage != stage:
        what = f"nobody was screened at the {stage} stage"
        raise BadInput.of(what, where=run.name, mend=f"Choose a run of: {', '.join(found.stages)}.")
    return found
