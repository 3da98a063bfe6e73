"""Operating points: what each threshold of a run misses and whom it flags, in total and in every group.

All are counts with their n. They are exact at every threshold that is listed, and the thresholds are so dense
that little lies between two of them; a threshold that somebody asks for is listed, too, where the people are
at hand. A run without files of people may keep the counts in its evaluation; failing that, totals are all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from pydantic import ValidationError, model_validator

from console.workbench.people import EVERYBODY, GROUPINGS, tallies_of
from console.workbench.runs import AGAIN, Count, FinishedRun
from dossier.problems import BadInput
from dossier.toml_files import Declared
from screening.evaluation.measures import IRREGULAR_FLAGGED, LAWFUL_FLAGGED, MISS, Measure
from screening.evaluation.rates import Rate
from screening.evaluation.summary import Summary
from screening.evaluation.sweep import Counted, Steps, steps_of
from screening.evaluation.tally import Tally, Whole, measured

KEPT = "operating_points"
"""Where a run without files of people keeps the counts, in its evaluation."""

MOST_STEPS = 1001
"""Thresholds that a file may list."""

Basis: TypeAlias = Literal["people", "counts", "totals"]
"""Where the counts come from: files of people, counts that the run kept, or its curve of everybody."""

Counts: TypeAlias = tuple[Count, ...]


class GroupPoints(Declared):
    """One group at every threshold.

    Attributes:
        grouping, group: Its names; both empty for everybody.
        victims, lawful, irregular: People.
        missed, lawful_flagged, irregular_flagged: For each threshold, how many of those.
    """

    grouping: str
    group: str
    victims: Count
    missed: Counts
    lawful: Count
    lawful_flagged: Counts
    irregular: Count
    irregular_flagged: Counts

    def at(self, step: int) -> "GroupAt":
        """Return the group at the threshold of a step."""
        return GroupAt(
            self.grouping,
            self.group,
            Rate(self.missed[step], self.victims),
            Rate(self.lawful_flagged[step], self.lawful),
            Rate(self.irregular_flagged[step], self.irregular),
        )


@dataclass(frozen=True)
class GroupAt:
    """One group at one threshold.

    Attributes:
        grouping, group: Its names; both empty for everybody.
        miss: Victims who are missed.
        lawful, irregular: Flagged of those.
    """

    grouping: str
    group: str
    miss: Rate
    lawful: Rate
    irregular: Rate

    @property
    def false_flag(self) -> Rate:
        """Lawful and irregular people who are flagged."""
        return Rate(self.lawful.count + self.irregular.count, self.lawful.n + self.irregular.n)


class OperatingPoints(Declared):
    """Every group of a run at every threshold of a stage.

    Attributes:
        schema_version: Of this form.
        stage: The stage.
        thresholds: Hundredths, rising.
        groups: Everybody first.
    """

    schema_version: Literal["1"] = "1"
    stage: str
    thresholds: tuple[int, ...]
    groups: tuple[GroupPoints, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        rising = all(np.diff(self.thresholds) > 0) and 0 < len(self.thresholds) <= MOST_STEPS
        if not rising or not self.groups or self.groups[0].grouping != EVERYBODY:
            raise ValueError("thresholds must rise, and everybody must be the first of the groups")
        for one in self.groups:
            for counts, n in _counts_with_n(one):
                if len(counts) != len(self.thresholds) or max(counts) > n:
                    raise ValueError(f"the counts of '{one.group}' do not fit its people and the thresholds")
        return self

    @property
    def everybody(self) -> GroupPoints:
        """Everybody, in one group."""
        return self.groups[0]

    def step(self, threshold: int) -> int:
        """Return the step whose threshold is nearest to one in hundredths."""
        return int(np.abs(np.array(self.thresholds, dtype=np.int64) - threshold).argmin())

    def by_grouping(self) -> Mapping[str, Sequence[GroupPoints]]:
        """Return the groups of each grouping, without everybody."""
        names = dict.fromkeys(one.grouping for one in self.groups[1:])
        return {name: [one for one in self.groups if one.grouping == name] for name in names}


@dataclass(frozen=True)
class Opened:
    """The operating points of a run, and where they come from.

    Attributes:
        points: The points.
        basis: Where they come from.
        stages: The stages that can be asked for.
        why: Why there are no more than these; None where there is all.
    """

    points: OperatingPoints
    basis: Basis
    stages: tuple[str, ...]
    why: BadInput | None = None


def opened(run: FinishedRun, stage: str | None = None, *thresholds: int) -> Opened:
    """Return the operating points of a run, from the best that it keeps.

    Args:
        run: The run.
        stage: A stage that it was screened at; its headline stage when None, or where it keeps no other.
        thresholds: Hundredths that are to be listed, where people are at hand.

    Raises:
        BadInput: If the run says nothing of any threshold.
    """
    try:
        tallies = tallies_of(run.folder)
    except BadInput as error:
        return _kept(run, error)
    chosen = stage if stage is not None and stage in tallies else run.facts.stage
    own = [_hundredths(run.facts.threshold)] if chosen == run.facts.stage else []
    return Opened(points_of(tallies[chosen], chosen, *own, *thresholds), "people", tuple(tallies))


def points_of(tallies: Mapping[str, Tally], stage: str, *thresholds: int) -> OperatingPoints:
    """Return operating points of people who were counted.

    Args:
        tallies: By grouping; everybody in one group under `EVERYBODY`.
        stage: The stage of their risks.
        thresholds: Hundredths that are to be listed.
    """
    steps = steps_of(Counted(tallies[EVERYBODY], ()), *thresholds)
    groups = (group for name, tally in tallies.items() for group in _groups(name, tally, steps))
    return OperatingPoints(stage=stage, thresholds=tuple(steps.tolist()), groups=tuple(groups))


def kept_points(summary: Summary) -> dict[str, Any]:
    """Return what a run without files of people keeps under `KEPT`, from the counts of its people.

    Args:
        summary: The people of a run; those of `GROUPINGS` by which they were counted by risk are kept.
    """
    tallies = {name: summary.burdened[name] for name in GROUPINGS if name in summary.burdened}
    points = points_of({EVERYBODY: summary.everybody, **tallies}, summary.stage, summary.threshold)
    return points.model_dump(mode="json")


def _groups(name: str, tally: Tally, steps: Steps) -> Iterator[GroupPoints]:
    outcomes = tally.outcomes(steps)
    missed, lawful, irregular = (_counted(outcomes, one) for one in (MISS, LAWFUL_FLAGGED, IRREGULAR_FLAGGED))
    for place, group in enumerate(tally.groups):
        yield GroupPoints(
            grouping=name,
            group=", ".join(group),
            victims=missed[1][place],
            missed=tuple(missed[0][place]),
            lawful=lawful[1][place],
            lawful_flagged=tuple(lawful[0][place]),
            irregular=irregular[1][place],
            irregular_flagged=tuple(irregular[0][place]),
        )


def _counted(outcomes: Whole, measure: Measure) -> tuple[list[list[int]], list[int]]:
    """Return what a measure counts, by group and step, and its n by group."""
    count, n = measured(outcomes, measure)
    return count.tolist(), n[:, 0].tolist()


def _counts_with_n(one: GroupPoints) -> Iterator[tuple[Counts, int]]:
    yield one.missed, one.victims
    yield one.lawful_flagged, one.lawful
    yield one.irregular_flagged, one.irregular


def _kept(run: FinishedRun, why: BadInput) -> Opened:
    """Return what a run without people keeps of its thresholds."""
    kept = run.content.get(KEPT)
    if kept is None:
        return Opened(_totals(run), "totals", (run.facts.stage,), why)
    try:
        points = OperatingPoints.model_validate(kept)
    except ValidationError as error:
        what = f"'{KEPT}' cannot be read: {error.errors()[0]['msg']}"
        raise BadInput.of(what, where=run.name, mend=AGAIN) from None
    return Opened(points, "counts", (points.stage,), why)


def _totals(run: FinishedRun) -> OperatingPoints:
    facts = run.facts
    if not facts.curve:
        raise BadInput.of("this run says nothing of any threshold", where=run.name, mend=AGAIN)
    everybody = GroupPoints(
        grouping=EVERYBODY,
        group=EVERYBODY,
        victims=facts.victims,
        missed=tuple(point.missed for point in facts.curve),
        lawful=facts.lawful,
        lawful_flagged=tuple(point.lawful for point in facts.curve),
        irregular=facts.irregular,
        irregular_flagged=tuple(point.irregular for point in facts.curve),
    )
    steps = tuple(_hundredths(point.threshold) for point in facts.curve)
    try:
        return OperatingPoints(stage=facts.stage, thresholds=steps, groups=(everybody,))
    except ValidationError as error:
        what = f"its curve cannot be read: {error.errors()[0]['msg']}"
        raise BadInput.of(what, where=run.name, mend=AGAIN) from None


def _hundredths(threshold: float) -> int:
    return round(100 * threshold)
