"""The pathway: counter, further interview, verification, checkpoint, as far as the officers' time allows.

Everybody comes to the counter. What is recommended at a stage, from what has been asked by then, decides who
goes on to the next and who leaves into a referral; where a queue is too long, people go on unseen, and what
that stage would have asked stays unasked for good. Part by part this keeps what the screener would recommend
in each case; the queues need the whole cohort and move at the end. It knows no truth and judges nobody anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.pathway_policy import PathwayPolicy, StagePolicy
from screening.queues import Days, Waiting, stand_in_queue
from screening.screener import NONE_SKIPPED, Assessment, Screener

Case: TypeAlias = tuple[Stage, frozenset[Stage]]
"""A stage, and the stages before it that were passed over."""

NOT_SENT, NOT_REACHED, SEEN, GONE = 0, 1, 2, 3
"""What a stage was to a person: not sent there; sent, and gone on unseen after the longest wait; seen there;
already referred before it."""

NOWHERE = -1
"""The stage of referral of somebody who was not referred."""


def cases() -> Iterator[Case]:
    """Yield every way in which a stage can be reached: with and without each stage after the counter."""
    for stage in Stage:
        between = [one for one in Stage if Stage.COUNTER < one < stage]
        for size in range(len(between) + 1):
            yield from ((stage, frozenset(skipped)) for skipped in combinations(between, size))


@dataclass(frozen=True)
class Travellers:
    """What the pathway needs of each person: small arrays that a part keeps.

    Attributes:
        office: Shape (n,): code of the office.
        day: Shape (n,): day of the application.
        departs: Shape (n,): days from the application to the departure; negative where not on record.
        recommendation: Shape (n,) by case.
        below: Shape (n,) by case, without the last stage's: hundredths from the threshold, zero or less.
    """

    office: npt.NDArray[np.int8]
    day: npt.NDArray[np.int16]
    departs: npt.NDArray[np.int16]
    recommendation: Mapping[Case, npt.NDArray[np.int8]]
    below: Mapping[Case, npt.NDArray[np.int32]]

    def __len__(self) -> int:
        return len(self.office)


def travellers(screener: Screener, dossiers: Dossiers, assessments: Mapping[Stage, Assessment]) -> Travellers:
    """Return what the pathway needs of some people.

    Args:
        screener: Who screens.
        dossiers: The people.
        assessments: What the screener makes of them at each stage with nothing skipped.
    """
    recommendation, below = {}, {}
    for stage, skipped in cases():
        found = screener.assess(dossiers, stage, skipped) if skipped else assessments[stage]
        recommendation[stage, skipped] = found.recommendation
        if stage != max(Stage):
            threshold = screener.operating_point.threshold(stage)
            below[stage, skipped] = np.minimum(found.risk, threshold) - np.int32(threshold)
    return Travellers(
        dossiers.columns["office"].astype(np.int8),
        dossiers.columns["application_day"].astype(np.int16),
        dossiers.columns["days_to_departure"].astype(np.int16),
        recommendation,
        below,
    )


def joined_travellers(parts: Sequence[Travellers]) -> Travellers | None:
    """Return the travellers of all parts, one after the other; None where there are no parts."""
    if not parts:
        return None

    def joined(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    def joined_by_case(name: str) -> dict[Case, Any]:
        cases_there = getattr(parts[0], name)
        return {case: np.concatenate([getattr(part, name)[case] for part in parts]) for case in cases_there}

    by_case = joined_by_case("recommendation"), joined_by_case("below")
    return Travellers(joined("office"), joined("day"), joined("departs"), *by_case)


@dataclass(frozen=True)
class Walk:
    """What became of each person on the pathway.

    Attributes:
        fate: Shape (n,) by stage: `NOT_SENT`, `NOT_REACHED`, `SEEN` or `GONE`.
        waited: Shape (n,) by stage: days open, in the queue; zero for whoever was not sent.
        would_refer: Shape (n,) by stage: whether the stage recommends referral, or would have, from what had
            been asked before it; of the gone it says nothing.
        referred_at: Shape (n,): the stage; `NOWHERE` for those who went on to the end.
        late: Shape (n,): whether the queues kept somebody beyond the intended day of departure.
    """

    fate: Mapping[Stage, npt.NDArray[np.int8]]
    waited: Mapping[Stage, Days]
    would_refer: Mapping[Stage, npt.NDArray[np.bool_]]
    referred_at: npt.NDArray[np.int8]
    late: npt.NDArray[np.bool_]

    def referred_by(self, stage: Stage) -> npt.NDArray[np.bool_]:
        """Return who has been referred at a stage or before it, shape (n,)."""
        return np.asarray((self.referred_at != NOWHERE) & (self.referred_at <= stage))


def walk(people: Travellers, policy: PathwayPolicy, year: int) -> Walk:
    """Return what becomes of people on the pathway.

    Args:
        people: All of a cohort: the queues are theirs together.
        policy: Who is sent where, and how many can be seen.
        year: The cohort's year; it says on which days a weekend falls.
    """
    size = len(people)
    known = _Known(np.zeros(size, np.int8), np.zeros(size, np.int32), np.zeros(size, np.int8))
    ready = people.day.astype(np.int32)
    departs = ready + np.where(people.departs < 0, policy.days_when_unknown.value, people.departs)
    referred_at, late = np.full(size, NOWHERE, dtype=np.int8), np.zeros(size, dtype=bool)
    fates, waits, would_refer = {}, {}, {}
    for stage in Stage:
        said, going = policy.at(stage), referred_at == NOWHERE
        if stage == Stage.CHECKPOINT:
            late = going & (ready > departs)
            ready = np.maximum(ready, departs)
        rows = np.flatnonzero(going & (known.is_recommended | (said.chosen == "all")))
        found = _at_stage(people, said, year, rows, ready[rows], known.below[rows])
        fates[stage] = np.where(going, NOT_SENT, GONE).astype(np.int8)
        fates[stage][rows] = np.where(found.seen, SEEN, NOT_REACHED)
        waits[stage] = np.zeros(size, dtype=np.int32)
        waits[stage][rows], ready[rows] = found.waited, found.left
        would_refer[stage] = known.take_note(people, stage, fates[stage])
        referred_at[(fates[stage] == SEEN) & would_refer[stage]] = stage
    return Walk(fates, waits, would_refer, referred_at, late)


def _at_stage(
    people: Travellers,
    said: StagePolicy,
    year: int,
    rows: npt.NDArray[np.int64],
    ready: Days,
    below: npt.NDArray[np.int32],
) -> Waiting:
    """Return what becomes of the people in `rows`, who are sent to a stage."""
    desk = people.office.astype(np.int64) * (said.desk == "office")
    first = -below.astype(np.int64) * (said.order == "risk")
    return stand_in_queue(said.queue(year), ready, desk[rows], first, np.bincount(desk))


@dataclass(frozen=True)
class _Known:
    """What is known of each person where he or she was last seen: arrays that the walk writes into.

    Attributes:
        recommendation: Shape (n,): what was recommended there.
        below: Shape (n,): hundredths from the threshold there.
        skipped: Shape (n,): the stages passed over, as bits.
    """

    recommendation: npt.NDArray[np.int8]
    below: npt.NDArray[np.int32]
    skipped: npt.NDArray[np.int8]

    @property
    def is_recommended(self) -> npt.NDArray[np.bool_]:
        """Shape (n,): for whom papers or an interview were recommended."""
        return np.isin(self.recommendation, (Recommendation.DOCUMENTS, Recommendation.INTERVIEW))

    def take_note(
        self, people: Travellers, stage: Stage, fate: npt.NDArray[np.int8]
    ) -> npt.NDArray[np.bool_]:
        """Take note of what a stage was to each person; returns whom it refers, or would, shape (n,)."""
        would_refer = np.zeros(len(people), dtype=bool)
        for case in (case for case in people.recommendation if case[0] == stage):
            same = self.skipped == sum(1 << one for one in case[1])
            would_refer[same] = people.recommendation[case][same] == Recommendation.REFER
            seen = same & (fate == SEEN)
            self.recommendation[seen] = people.recommendation[case][seen]
            if case in people.below:
                self.below[seen] = people.below[case][seen]
        self.skipped[(fate == NOT_SENT) | (fate == NOT_REACHED)] |= np.int8(1 << stage)
        return would_refer


def would_be_referred_if_all_were_seen(people: Travellers) -> npt.NDArray[np.bool_]:
    """Return whom some stage would refer if every one were walked, shape (n,)."""
    found = [people.recommendation[stage, NONE_SKIPPED] == Recommendation.REFER for stage in Stage]
    return np.asarray(np.logical_or.reduce(found))


def fields_asked_at(stage: Stage) -> tuple[str, ...]:
    """Return the names of the fields that a stage asks for, and that stay unasked without it."""
    return tuple(field.name for field in fields().values() if field.visible_from == stage)
