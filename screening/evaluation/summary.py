"""Sufficient statistics of an evaluation: all that its figures need of a cohort of any size.

Each chunk of applicants is counted as soon as it is screened, and counts of chunks are added. They are whole
numbers, so that any cutting, order and number of workers gives the same. Of persons only a sample is kept,
chosen by the applicant number, which says nothing of anybody; nothing is estimated from it that can be
counted. Whatever is asked for afterwards that was not counted is refused, not guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.examples import Candidates, candidates_of, joined_candidates
from screening.evaluation.groups import GroupRates, flagged_rates, rates_of
from screening.evaluation.networks import Clusters, joined_clusters, missed_by_network
from screening.evaluation.outcomes import AGE_LABELS, Grouping, Outcomes, gathered, grouping
from screening.evaluation.tally import Tally, joined_tallies, regrouped, tallied
from screening.screener import RECEIVERS

MOST_SAMPLED = 400_000
"""Others kept as persons: beside them stand as many fresh victims as the share of victims allows, and with
half a million people a chance is judged far more finely than its margin."""

NOBODY_BELOW = 0
"""The bound of applicant numbers below which nobody is sampled."""

EVERYBODY_BELOW = 2**63 - 1
"""The bound below which everybody is."""

CLASSES = len(TruthClass)
UNKNOWN = "unknown"
"""Label of the group of those of whom a code is not known; no rate shows it."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """People who are kept as persons: the lawful and irregular with the smallest applicant numbers.

    Attributes:
        rows: Shape (m,): their rows in the cohort.
        people: Who they are, with the risk at the headline stage only.
    """

    rows: npt.NDArray[np.int64]
    people: Outcomes

    def __len__(self) -> int:
        return len(self.rows)

    def first(self, count: int) -> Outcomes:
        """Return the `count` people with the smallest applicant numbers, in the order of their rows."""
        numbers = self.people.truth.applicants
        chosen = np.argsort(numbers, kind="stable")[:count]
        return self.people.take(chosen[np.argsort(self.rows[chosen], kind="stable")])


@dataclass(frozen=True)
class Summary:
    """Applicants of one screening, counted.

    Attributes:
        stage: Label of the headline stage.
        thresholds: Hundredths, by stage label.
        stages: The stages that were counted, in order.
        given: Shape (truth classes, 2 ** stages, recommendations): people by the stages at which they are
            flagged, one bit each, and by what was recommended at the headline stage.
        received: Shape (truth classes, receivers and unknown): people flagged at the headline stage, by the
            index of the agency.
        cells: Everybody by module, tier, sex, age band and province; the risk is 1 for the flagged, else 0.
        everybody: Everybody in one group, by risk at the headline stage.
        burdened: The same by each grouping by which burdens are compared; none where nobody asked.
        networks: Victims by network, with those who are missed.
        candidates: The first people of each kind of example.
        sample: Others who are kept as persons.
    """

    stage: str
    thresholds: Mapping[str, int]
    stages: tuple[str, ...]
    given: Counts
    received: Counts
    cells: Tally
    everybody: Tally
    burdened: Mapping[str, Tally]
    networks: Clusters
    candidates: Candidates
    sample: Sample

    def __len__(self) -> int:
        return int(self.given.sum())

    def __add__(self, other: "Summary") -> "Summary":
        """Return the summary of both; they must be of one screening."""
        return joined_summaries([self, other])

    @property
    def threshold(self) -> int:
        """Hundredths, at the headline stage."""
        return self.thresholds[self.stage]

    @property
    def by_class(self) -> Counts:
        """Shape (truth classes,): people of each class."""
        return np.asarray(self.given.sum(axis=(1, 2)))

    @property
    def victims(self) -> int:
        """Victims."""
        return int(self.by_class[TruthClass.VICTIM])

    @property
    def others(self) -> int:
        """Lawful and irregular people."""
        return int(self.by_class[TruthClass.LAWFUL] + self.by_class[TruthClass.IRREGULAR])

    @property
    def overall(self) -> GroupRates:
        """The rates of everybody at the headline stage."""
        return flagged_rates(self.cells.over())[0]

    @property
    def nobody(self) -> Outcomes:
        """Outcomes of nobody, with the names of what there is in this cohort."""
        return self.sample.people.take(np.empty(0, dtype=np.intp))

    @property
    def facilitators(self) -> Mapping[str, int]:
        """Facilitators by their module; modules without any are left out."""
        modules = self.cells.over("module")
        return {
            group[0]: int(people)
            for group, people in zip(
                modules.groups, modules.outcomes(1).sum(axis=(2, 3))[:, TruthClass.FACILITATOR], strict=True
            )
            if people
        }

    def rates_by(self, name: str) -> list[GroupRates]:
        """Return the rates of each group at the headline stage; groups without anybody are left out.

        Args:
            name: One of `outcomes.GROUPINGS`, or several of them crossed.

        Raises:
            BadInput: If there is no such grouping, or one is crossed with itself.
        """
        return flagged_rates(regrouped(self.cells, [grouping(self._people_of_cells, name)]))

    def rates_by_stage(self) -> dict[str, GroupRates]:
        """Return the rates at every stage, each at its own threshold."""
        return {stage: self._rates(stage, 1 << place) for place, stage in enumerate(self.stages)}

    def rates_along_pathway(self) -> dict[str, GroupRates]:
        """Return the rates of being flagged at a stage or at any before it, each at its own threshold."""
        return {stage: self._rates(stage, (2 << place) - 1) for place, stage in enumerate(self.stages)}

    def _rates(self, stage: str, bits: int) -> GroupRates:
        """Return the rates of being flagged at any of the stages whose bits are given."""
        flagged = np.arange(2 ** len(self.stages)) & bits > 0
        people = self.given.sum(axis=2)
        counts = np.stack([people[:, ~flagged].sum(axis=1), people[:, flagged].sum(axis=1)], axis=1)
        return rates_of([stage], counts[None])[0]

    @cached_property
    def _people_of_cells(self) -> Outcomes:
        """One person for each key of the cells, so that groupings divide them as they divide people."""
        module, tier, sex, band, province = (
            np.where(code == len(labels) - 1, -1, code)
            for code, labels in zip(self.cells.codes, self.cells.labels, strict=True)
        )
        nothing = np.full(len(module), -1, dtype=np.int64)
        truth = replace(
            self.sample.people.truth,
            applicants=nothing,
            truth_class=self.cells.classes.astype(np.int8),
            module=module.astype(np.int16),
            tier=tier.astype(np.int8),
            network=nothing,
        )
        none = nothing.astype(np.int8)
        sexes, bands, provinces = (code.astype(np.int8) for code in (sex, band, province))
        return Outcomes(truth, sexes, bands, provinces, {}, none, none, none)


def sample_below(size: int, numbers_below: int) -> int:
    """Return the applicant number below which others are kept, so that about `MOST_SAMPLED` are.

    Args:
        size: People of the whole cohort; everybody is kept where they are no more than are wanted.
        numbers_below: Applicant numbers are evenly spread below this.
    """
    return EVERYBODY_BELOW if size <= MOST_SAMPLED else numbers_below * MOST_SAMPLED // size


def summarised(
    outcomes: Outcomes,
    stage: Stage,
    thresholds: Mapping[str, int],
    rows: range | None = None,
    *,
    burdens: Sequence[str] = (),
    below: int = NOBODY_BELOW,
) -> Summary:
    """Return the summary of some applicants.

    Args:
        outcomes: n applicants.
        stage: The headline stage.
        thresholds: Hundredths, by stage label; stages without one are not counted.
        rows: Their rows in the cohort; from 0 on when left out.
        burdens: Groupings, also crossed, by which everybody is counted by risk.
        below: Lawful and irregular people with applicant numbers below this are kept as persons.
    """
    rows = range(len(outcomes)) if rows is None else rows
    stages = tuple(one.label for one in Stage if one.label in outcomes.risk and one.label in thresholds)
    risk, classes = outcomes.risk[stage.label], outcomes.truth.truth_class
    flagged = outcomes.flagged(stage, thresholds[stage.label])
    return Summary(
        stage.label,
        {label: int(threshold) for label, threshold in thresholds.items()},
        stages,
        _given(outcomes, stages, thresholds),
        _received(outcomes, flagged),
        tallied(flagged.astype(np.int32), classes, list(_divisions(outcomes))),
        tallied(risk, classes),
        {name: tallied(risk, classes, [grouping(outcomes, name)]) for name in burdens},
        missed_by_network(outcomes.truth, flagged),
        candidates_of(outcomes, flagged, rows),
        _sample(outcomes, stage, rows, below),
    )


def joined_summaries(parts: Sequence[Summary]) -> Summary:
    """Return the summary of a whole cohort from those of its parts, of which there is at least one.

    Raises:
        ValueError: If they are not of one screening.
    """
    if any(
        (one.stage, one.thresholds, one.stages) != (other.stage, other.thresholds, other.stages)
        for one, other in pairwise(parts)
    ):
        raise ValueError("only summaries of one screening can be added")
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        given=np.sum([part.given for part in parts], axis=0),
        received=np.sum([part.received for part in parts], axis=0),
        cells=joined_tallies([part.cells for part in parts]),
        everybody=joined_tallies([part.everybody for part in parts]),
        burdened={
            name: joined_tallies([part.burdened[name] for part in parts]) for name in parts[0].burdened
        },
        networks=joined_clusters([part.networks for part in parts]),
        candidates=joined_candidates([part.candidates for part in parts]),
        sample=_joined_samples([part.sample for part in parts]),
    )


def _given(outcomes: Outcomes, stages: Sequence[str], thresholds: Mapping[str, int]) -> Counts:
    """Return people by class, by the stages at which they are flagged, and by recommendation."""
    shape = (CLASSES, 2 ** len(stages), len(Recommendation))
    code = outcomes.truth.truth_class.astype(np.int32) * shape[1]
    for place, stage in enumerate(stages):
        code += (outcomes.risk[stage] >= thresholds[stage]).astype(np.int32) << place
    code = code * shape[2] + outcomes.recommendation
    return np.bincount(code, minlength=int(np.prod(shape))).reshape(shape)


def _received(outcomes: Outcomes, flagged: npt.NDArray[np.bool_]) -> Counts:
    """Return the flagged by class and by the agency that would receive them, the last for an unknown one."""
    shape = (CLASSES, len(RECEIVERS) + 1)
    agency = outcomes.agency[flagged].astype(np.int64) % shape[1]
    code = outcomes.truth.truth_class[flagged] * shape[1] + agency
    return np.bincount(code, minlength=int(np.prod(shape))).reshape(shape)


def _divisions(outcomes: Outcomes) -> Iterator[Grouping]:
    """Yield the groupings of the cells; whoever is not known to belong to a group is in the last."""
    truth = outcomes.truth
    named: dict[str, tuple[tuple[str, ...], npt.NDArray[Any]]] = {
        "module": (truth.modules, truth.module),
        "tier": (truth.tiers, truth.tier),
        "sex": (fields()["sex"].codes, outcomes.sex),
        "age_band": (AGE_LABELS, outcomes.age_band),
        "province": (fields()["province"].codes, outcomes.province),
    }
    for name, (labels, codes) in named.items():
        yield Grouping(name, (*labels, UNKNOWN), np.where(codes < 0, len(labels), codes).astype(np.int64))


def _sample(outcomes: Outcomes, stage: Stage, rows: range, below: int) -> Sample:
    """Return the lawful and irregular people with small applicant numbers, as persons."""
    truth = outcomes.truth
    chosen = np.flatnonzero(truth.is_counted_as_other & (truth.applicants < below))
    people = replace(outcomes, risk={stage.label: outcomes.risk[stage.label]}).take(chosen)
    return Sample(rows.start + chosen, people)


def _joined_samples(parts: Sequence[Sample]) -> Sample:
    rows = np.concatenate([part.rows for part in parts])
    people = gathered([part.people for part in parts])
    if (np.diff(rows) > 0).all():
        return Sample(rows, people)
    order = np.argsort(rows, kind="stable")
    return Sample(rows[order], people.take(order))
