"""The walk agrees, person by person, with a slow and obvious one; and a stage left out never raises a score."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.pathway import GONE, NOT_REACHED, NOT_SENT, NOWHERE, SEEN, Case, Travellers, cases, walk
from screening.pathway_policy import PathwayPolicy, StagePolicy, pathway_policy
from screening.screener import OVERRIDE, Assessment
from tests.unit.screening.desks import (
    answered_at_worst,
    assessment,
    cohort,
    rising_fields,
    screener,
    with_column,
)

LATER = [case for case in cases() if case[1]]
SEEDS = st.integers(0, 2**32 - 1)


# --- the naive twin ---------------------------------------------------------------------------------


@dataclass
class Person:
    """One person, one thing at a time."""

    row: int
    office: int
    day: int
    departs: int
    recommended: dict[Case, int]
    below: dict[Case, int]
    last: int = Recommendation.PROCEED
    distance: int = 0
    skipped: frozenset[Stage] = frozenset()
    referred_at: int = NOWHERE
    joined: int = 0
    late: bool = False


Told = tuple[int, int, bool]
"""What a stage was to a person, the days waited, and whether it refers or would have."""


def naive_walk(people: list[Person], policy: PathwayPolicy, year: int) -> list[dict[Stage, Told]]:
    """Walk the pathway stage by stage, desk by desk, day by day and person by person."""
    told: list[dict[Stage, Told]] = [{} for _ in people]
    departures = [p.day + (p.departs if p.departs >= 0 else policy.days_when_unknown.value) for p in people]
    for stage in Stage:
        said = policy.at(stage)
        going = [p for p in people if p.referred_at == NOWHERE]
        for person in going if stage == Stage.CHECKPOINT else []:
            person.late = person.day > departures[person.row]
            person.day = max(person.day, departures[person.row])
        sent = [p for p in going if said.chosen == "all" or p.last in {1, 2}]
        for person in going:
            told[person.row][stage] = (NOT_SENT, 0, would_refer(person, stage))
        desks = {p.office if said.desk == "office" else 0 for p in people}
        for desk in desks:
            here = [p for p in sent if said.desk == "shared" or p.office == desk]
            of_year = sum(said.desk == "shared" or p.office == desk for p in people)
            naive_desk(here, stage, said, of_year, year, told)
        for person in going:
            note(person, stage, told[person.row][stage])
    return told


def would_refer(person: Person, stage: Stage) -> bool:
    return person.recommended[stage, person.skipped] == Recommendation.REFER


def note(person: Person, stage: Stage, told: Told) -> None:
    """Let a person remember what a stage was to him or her."""
    fate, _, refers = told
    if fate != SEEN:
        person.skipped |= {stage}
        return
    case = (stage, person.skipped)
    person.last, person.distance = person.recommended[case], person.below.get(case, person.distance)
    if refers:
        person.referred_at = stage


def naive_desk(
    coming: list[Person],
    stage: Stage,
    said: StagePolicy,
    of_year: int,
    year: int,
    told: list[dict[Stage, Told]],
) -> None:
    """Let one desk work through its queue."""

    def is_open(day: int) -> bool:
        return said.open == "every_day" or (date(year, 1, 1) + timedelta(days=day - 1)).weekday() < 5

    ordinary = Fraction(of_year, sum(is_open(day) for day in range(1, 366)))
    coming, queue, day, nth, at_hand = list(coming), list[Person](), 0, 0, Fraction(0)
    while coming or queue:
        day += 1
        if not is_open(day):
            continue
        nth += 1
        for person in [p for p in coming if p.day <= day]:
            coming.remove(person)
            person.joined = nth
            queue.append(person)
        key = {"risk": lambda p: (-p.distance, p.day, p.row), "arrival": lambda p: (p.day, p.row)}
        queue.sort(key=key[said.order])
        places = len(queue)
        if said.capacity is not None:
            at_hand += Fraction(str(said.capacity)) * ordinary
            places = int(at_hand)
            at_hand = min(at_hand - min(places, len(queue)), Fraction(1))
        waiting = []
        for place, person in enumerate(queue):
            waited = nth - person.joined
            too_long = said.longest_wait is not None and waited >= said.longest_wait
            if place < places or too_long:
                fate = SEEN if place < places else NOT_REACHED
                told[person.row][stage] = (fate, waited, would_refer(person, stage))
                person.day = day
            else:
                waiting.append(person)
        queue = waiting


# --- generated people and policies ------------------------------------------------------------------


def some_people(seed: int, size: int, offices: int) -> Travellers:
    """Return people of a few offices and a few weeks, with any recommendation in any case."""
    rng = np.random.default_rng(seed)
    recommendation = {case: rng.choice(4, size, p=[0.4, 0.2, 0.3, 0.1]).astype(np.int8) for case in cases()}
    return Travellers(
        rng.integers(0, offices, size).astype(np.int8),
        rng.choice([1, 2, 3, 14, 20, 21, 22, 365], size).astype(np.int16),
        rng.choice([-1, 3, 5, 40], size).astype(np.int16),
        recommendation,
        {case: -rng.integers(0, 4, size).astype(np.int32) for case in cases() if case[0] != max(Stage)},
    )


def person_of(people: Travellers, row: int) -> Person:
    return Person(
        row,
        int(people.office[row]),
        int(people.day[row]),
        int(people.departs[row]),
        {case: int(codes[row]) for case, codes in people.recommendation.items()},
        {case: int(found[row]) for case, found in people.below.items()},
    )


@st.composite
def stage_policies(draw: st.DrawFn, label: str) -> StagePolicy:
    longest = None if label == "counter" else draw(st.sampled_from([None, 0, 1, 3]))
    few = [1.0, 1.5, 20.0] if longest is None else [0.0, 0.1, 0.5, 1.0, 20.0]
    changes = {
        "capacity": draw(st.sampled_from([None, *few])),
        "chosen": "all" if label == "counter" else draw(st.sampled_from(["all", "recommended"])),
        "order": draw(st.sampled_from(["arrival", "risk"])),
        "longest_wait": longest,
        "open": draw(st.sampled_from(["working_days", "every_day"])),
        "desk": draw(st.sampled_from(["office", "shared"])),
    }
    said = pathway_policy().at(Stage.of(label))
    return StagePolicy.model_validate({**said.model_dump(), **changes})


@st.composite
def policies(draw: st.DrawFn) -> PathwayPolicy:
    stages = {stage.label: draw(stage_policies(stage.label)) for stage in Stage}
    return pathway_policy().model_copy(update={"stage": stages})


@settings(max_examples=60)
@given(policy=policies(), seed=SEEDS, size=st.integers(0, 300), offices=st.integers(1, 3))
def test_the_walk_agrees_with_its_naive_twin(
    policy: PathwayPolicy, seed: int, size: int, offices: int
) -> None:
    people = some_people(seed, size, offices)
    found = walk(people, policy, 2022)
    twins = [person_of(people, row) for row in range(size)]
    told = naive_walk(twins, policy, 2022)
    assert found.referred_at.tolist() == [twin.referred_at for twin in twins]
    for stage in Stage:
        for row in np.flatnonzero(found.fate[stage] != GONE):
            fate, waited, refers = told[row][stage]
            assert (found.fate[stage][row], found.waited[stage][row]) == (fate, waited)
            assert found.would_refer[stage][row] == refers
        assert all(stage not in told[row] for row in np.flatnonzero(found.fate[stage] == GONE))
    assert found.late.tolist() == [twin.late for twin in twins]


@settings(max_examples=20)
@given(policy=policies(), seed=SEEDS)
def test_a_walk_counts_every_person_once(policy: PathwayPolicy, seed: int) -> None:
    people = some_people(seed, 200, 2)
    found = walk(people, policy, 2022)
    for stage in Stage:
        went = np.bincount(found.fate[stage], minlength=4)
        assert went.sum() == len(people)
        assert went[GONE] == (found.referred_by(stage) & (found.referred_at != stage)).sum()
        assert (found.waited[stage][np.isin(found.fate[stage], (NOT_SENT, GONE))] == 0).all()


# --- a stage that is left out ------------------------------------------------------------------------

NAMED = [
    f"{stage.label} without {', '.join(one.label for one in sorted(skipped))}" for stage, skipped in LATER
]


def unasked_at(stage: Stage, skipped: frozenset[Stage]) -> list[str]:
    return [f.name for f in fields().values() if f.visible_from in skipped and f.visible_from <= stage]


def some(rows: int = 1500) -> Dossiers:
    return cohort().dossiers.take(slice(0, rows))


@pytest.mark.parametrize(("stage", "skipped"), LATER, ids=NAMED)
def test_what_a_skipped_stage_would_have_asked_is_not_looked_at(
    stage: Stage, skipped: frozenset[Stage]
) -> None:
    dossiers = some()
    changed = dossiers
    for name in unasked_at(stage, skipped):
        changed = with_column(changed, name, np.roll(dossiers.columns[name], 7))
    before, after = (screener().assess(found, stage, skipped) for found in (dossiers, changed))
    assert (before.risk == after.risk).all()
    assert (before.recommendation == after.recommendation).all()
    assert before.evidence.outcomes.keys() == after.evidence.outcomes.keys()


@pytest.mark.parametrize(("stage", "skipped"), LATER, ids=NAMED)
def test_in_the_same_context_asking_never_lowers_a_score(stage: Stage, skipped: frozenset[Stage]) -> None:
    """Whatever the answers are: those at hand, and the most concerning ones to every question left open."""
    dossiers = some()
    assert_only_added(screener().assess(dossiers, stage, skipped), screener().assess(dossiers, stage))
    for name in set(rising_fields(stage)) & set(unasked_at(stage, skipped)):
        rows, worst = answered_at_worst(dossiers, name)
        without = screener().assess(dossiers.take(rows), stage, skipped)
        assert_only_added(without, screener().assess(worst, stage))


def assert_only_added(without: Assessment, asked: Assessment) -> None:
    same = without.context == asked.context
    assert (asked.score.families[same] >= without.score.families[same]).all()
    assert (asked.risk[same] >= without.risk[same]).all()
    assert ((asked.risk == OVERRIDE) >= (without.risk == OVERRIDE)).all()


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_nothing_skipped_is_nothing_changed(stage: Stage) -> None:
    found = screener().assess(cohort().dossiers, stage, frozenset())
    assert (found.risk == assessment(stage).risk).all()
    assert found.evidence.outcomes.keys() == assessment(stage).evidence.outcomes.keys()
    assert (found.levels == assessment(stage).levels).all()


@pytest.mark.parametrize(("stage", "skipped"), LATER, ids=NAMED)
def test_rules_and_indicators_of_a_skipped_stage_are_left_out_and_not_absent(
    stage: Stage, skipped: frozenset[Stage]
) -> None:
    found, unasked = screener().assess(some(10), stage, skipped), set(unasked_at(stage, skipped))
    rules = {rule.id: rule for rule in screener().rulebook.rules if rule.stage <= stage}
    assert set(found.evidence.outcomes) == {
        name for name, rule in rules.items() if not unasked & set(rule.reads)
    }
    assert set(found.evidence.outcomes) < set(rules)
    read = screener().rulebook.indicators
    assert all(not unasked & set(read[name].reads) for name in found.evidence.indicators)


@pytest.mark.parametrize(
    ("stage", "skipped"),
    [
        (Stage.VERIFICATION, Stage.COUNTER),
        (Stage.INTERVIEW, Stage.INTERVIEW),
        (Stage.INTERVIEW, Stage.CHECKPOINT),
    ],
    ids=str,
)
def test_only_a_stage_on_the_way_can_be_skipped(stage: Stage, skipped: Stage) -> None:
    with pytest.raises(ValueError, match="between the counter and"):
        screener().assess(some(10), stage, frozenset({skipped}))
