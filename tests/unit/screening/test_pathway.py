"""The pathway: its policy, what a part keeps for it, and walks that can be reckoned by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from screening.pathway import (
    GONE,
    NOT_REACHED,
    NOT_SENT,
    NOWHERE,
    SEEN,
    Case,
    Travellers,
    cases,
    fields_asked_at,
    joined_travellers,
    travellers,
    walk,
    would_be_referred_if_all_were_seen,
)
from screening.pathway_policy import CAUSES, PathwayPolicy, StagePolicy, pathway_policy
from screening.screener import OVERRIDE
from tests.unit.screening.desks import assessment, cohort, screener

PROCEED, DOCUMENTS, INTERVIEW, REFER = Recommendation
NOTHING: frozenset[Stage] = frozenset()
OPEN = {"capacity": None, "chosen": "all", "open": "every_day"}


def with_stages(**changes: Mapping[str, Any]) -> PathwayPolicy:
    """Return a policy without limits, at which every stage is for all, but for the changes."""
    whole = pathway_policy()
    stages = {
        label: StagePolicy.model_validate(
            {**whole.at(Stage.of(label)).model_dump(), **OPEN, **changes.get(label, {})}
        )
        for label in STAGE_LABELS
    }
    return whole.model_copy(update={"stage": stages})


def people(
    recommendation: Mapping[Case, Sequence[int]],
    *,
    day: list[int],
    departs: list[int] | None = None,
    below: list[int] | None = None,
) -> Travellers:
    """Return people of one office for whom every stage recommends to proceed, unless told otherwise."""
    size = len(day)
    given = {case: recommendation.get(case, [PROCEED] * size) for case in cases()}
    return Travellers(
        np.zeros(size, dtype=np.int8),
        np.array(day, dtype=np.int16),
        np.array(departs or [30] * size, dtype=np.int16),
        {case: np.array(codes, dtype=np.int8) for case, codes in given.items()},
        {
            case: np.array(below or [0] * size, dtype=np.int32)
            for case in given
            if case[0] != Stage.CHECKPOINT
        },
    )


# --- the policy -------------------------------------------------------------------------------------


def test_every_number_of_the_released_policy_has_a_grade_and_a_reason() -> None:
    for stage in Stage:
        said = pathway_policy().at(stage)
        assert said.grade == "D"
        assert said.why.startswith("Assumed")
        assert all(source.startswith("paper_") for source in said.sources)
    assert pathway_policy().days_when_unknown.why


@pytest.mark.parametrize(
    ("stage", "changes", "wrong"),
    [
        ("interview", {"longest_wait": None}, "never end"),
        ("interview", {"capacity": -0.1}, "greater than or equal to 0"),
        ("interview", {"capacity": float("nan")}, "finite"),
        ("interview", {"capacity": 1e9}, "less than or equal"),
        ("interview", {"minutes": -1}, "greater than or equal to 0"),
        ("interview", {"chosen": "some"}, "'all' or 'recommended'"),
        ("interview", {"longest_wait": -1}, "greater than or equal to 0"),
    ],
)
def test_a_policy_that_cannot_be_walked_is_refused(stage: str, changes: dict[str, Any], wrong: str) -> None:
    said = pathway_policy().at(Stage.of(stage)).model_dump()
    with pytest.raises(ValidationError, match=wrong):
        StagePolicy.model_validate({**said, **changes})


@pytest.mark.parametrize("changes", [{"chosen": "recommended"}, {"longest_wait": 3}], ids=str)
def test_everybody_is_seen_at_the_counter(changes: dict[str, Any]) -> None:
    written = pathway_policy().model_dump()
    written["stage"]["counter"] |= changes
    with pytest.raises(ValidationError, match="everybody is seen at the counter"):
        PathwayPolicy.model_validate(written)


def test_a_policy_without_one_of_the_stages_is_refused() -> None:
    written = pathway_policy().model_dump()
    del written["stage"]["verification"]
    with pytest.raises(ValidationError, match="needs a part"):
        PathwayPolicy.model_validate(written)


def test_capacities_can_be_changed_and_nothing_else_is() -> None:
    changed = pathway_policy().with_capacity({"interview": 0.4, "verification": None})
    assert changed.at(Stage.INTERVIEW).capacity == 0.4
    assert changed.at(Stage.VERIFICATION).capacity is None
    assert changed.at(Stage.COUNTER) == pathway_policy().at(Stage.COUNTER)
    again = changed.with_capacity({"interview": 0.1, "verification": 1.0})
    assert again == pathway_policy()


@pytest.mark.parametrize(
    ("shares", "wrong"),
    [
        ({"lounge": 0.1}, "there is no stage 'lounge'"),
        ({"interview": -0.1}, "-0.1 cannot be the capacity"),
        ({"interview": float("inf")}, "inf cannot be the capacity"),
        ({"counter": 0.5}, "0.5 cannot be the capacity"),
    ],
    ids=str,
)
def test_a_capacity_that_cannot_be_is_refused(shares: dict[str, float], wrong: str) -> None:
    with pytest.raises(BadInput, match=wrong) as refused:
        pathway_policy().with_capacity(shares, where="--capacity")
    assert refused.value.problems[0].mend
    assert refused.value.problems[0].where.startswith("--capacity")


def test_something_is_said_of_every_cause_and_of_nothing_else() -> None:
    assert set(pathway_policy().lost) == set(CAUSES)
    written = pathway_policy().model_dump()
    del written["lost"]["answers_not_asked"]
    with pytest.raises(ValidationError, match="must say something of each"):
        PathwayPolicy.model_validate(written)


# --- what a part keeps ------------------------------------------------------------------------------


def test_a_stage_is_reached_with_and_without_each_stage_between() -> None:
    ways = {stage: [skipped for at, skipped in cases() if at == stage] for stage in Stage}
    assert {stage: len(found) for stage, found in ways.items()} == dict(zip(Stage, (1, 1, 2, 4), strict=True))
    assert ways[Stage.VERIFICATION] == [NOTHING, frozenset({Stage.INTERVIEW})]


def test_what_is_kept_is_what_the_screener_recommends_in_each_case() -> None:
    dossiers = cohort().dossiers
    kept = travellers(screener(), dossiers, {stage: assessment(stage) for stage in Stage})
    for (stage, skipped), codes in kept.recommendation.items():
        found = screener().assess(dossiers, stage, skipped)
        assert (codes == found.recommendation).all()
        if stage != Stage.CHECKPOINT:
            threshold = screener().operating_point.threshold(stage)
            by_rule = found.risk == OVERRIDE
            assert (
                kept.below[stage, skipped] == np.minimum(found.risk.astype(np.int64) - threshold, 0)
            ).all()
            assert (kept.below[stage, skipped][by_rule] == 0).all()
    assert (kept.day == dossiers.columns["application_day"]).all()
    assert (kept.departs == dossiers.columns["days_to_departure"]).all()


def test_parts_join_in_their_order() -> None:
    first, second = people({}, day=[1, 2]), people({(Stage.COUNTER, NOTHING): [REFER]}, day=[3])
    both = joined_travellers([first, second])
    assert both is not None
    assert both.day.tolist() == [1, 2, 3]
    assert both.recommendation[Stage.COUNTER, NOTHING].tolist() == [PROCEED, PROCEED, REFER]
    assert joined_travellers([]) is None


def test_each_field_is_asked_for_at_one_stage() -> None:
    asked = [name for stage in Stage for name in fields_asked_at(stage)]
    assert sorted(asked) == sorted(cohort().dossiers.columns)
    assert "told_to_keep_silent" in fields_asked_at(Stage.INTERVIEW)


# --- walks ------------------------------------------------------------------------------------------


def test_whoever_is_referred_leaves_the_pathway() -> None:
    found = walk(people({(Stage.COUNTER, NOTHING): [REFER, PROCEED]}, day=[1, 1]), with_stages(), 2022)
    assert found.referred_at.tolist() == [Stage.COUNTER, NOWHERE]
    assert found.fate[Stage.INTERVIEW].tolist() == [GONE, SEEN]
    assert found.referred_by(Stage.COUNTER).tolist() == [True, False]


def test_papers_and_interviews_lead_to_the_interview_and_proceeding_does_not() -> None:
    policy = with_stages(interview={"chosen": "recommended"})
    at_counter = {(Stage.COUNTER, NOTHING): [PROCEED, DOCUMENTS, INTERVIEW, REFER]}
    found = walk(people(at_counter, day=[1] * 4), policy, 2022)
    assert found.fate[Stage.INTERVIEW].tolist() == [NOT_SENT, SEEN, SEEN, GONE]


def test_what_was_skipped_stays_unasked_at_every_later_stage() -> None:
    """Two people without an interview: only what is recommended without it counts for them."""
    without = frozenset({Stage.INTERVIEW})
    policy = with_stages(interview={"capacity": 0.0, "longest_wait": 0})
    told = {
        (Stage.INTERVIEW, NOTHING): [REFER, REFER],
        (Stage.VERIFICATION, NOTHING): [REFER, REFER],
        (Stage.CHECKPOINT, NOTHING): [REFER, REFER],
        (Stage.VERIFICATION, without): [PROCEED, REFER],
        (Stage.CHECKPOINT, without): [PROCEED, PROCEED],
    }
    group = people(told, day=[1, 1])
    found = walk(group, policy, 2022)
    assert found.fate[Stage.INTERVIEW].tolist() == [NOT_REACHED, NOT_REACHED]
    assert found.referred_at.tolist() == [NOWHERE, Stage.VERIFICATION]
    assert found.would_refer[Stage.INTERVIEW].tolist() == [True, True]
    assert found.would_refer[Stage.VERIFICATION].tolist() == [False, True]
    assert would_be_referred_if_all_were_seen(group).all()


def test_the_queue_takes_first_who_came_nearest_to_a_referral() -> None:
    policy = with_stages(interview={"capacity": 1.0, "longest_wait": 0, "order": "risk"})
    recommended = {(Stage.COUNTER, NOTHING): [INTERVIEW] * 365}
    below = [-300] * 363 + [-20, -100]
    group = people(recommended, day=[1] * 365, below=below)
    by_risk = walk(group, policy, 2022).fate[Stage.INTERVIEW]
    assert np.flatnonzero(by_risk == SEEN).tolist() == [363]  # the one person of an ordinary day
    in_order = with_stages(interview={"capacity": 1.0, "longest_wait": 0, "order": "arrival"})
    assert np.flatnonzero(walk(group, in_order, 2022).fate[Stage.INTERVIEW] == SEEN).tolist() == [0]


def test_who_waits_beyond_the_day_of_departure_is_late() -> None:
    policy = with_stages(verification={"capacity": 0.0, "longest_wait": 4})
    found = walk(people({}, day=[1, 1, 1], departs=[3, 4, -1]), policy, 2022)
    assert found.late.tolist() == [True, False, False]
    assert found.fate[Stage.VERIFICATION].tolist() == [NOT_REACHED] * 3


def test_the_checkpoint_sees_people_on_the_day_of_departure() -> None:
    policy = with_stages(checkpoint={"capacity": 1.0, "longest_wait": 0, "desk": "shared"})
    together = people({}, day=[1] * 365, departs=[40] * 365)
    apart = people({}, day=[1] * 365, departs=list(range(3, 368)))
    assert (
        walk(together, policy, 2022).fate[Stage.CHECKPOINT] == SEEN
    ).sum() == 2  # one kept, one of the day
    assert (walk(apart, policy, 2022).fate[Stage.CHECKPOINT] == SEEN).all()


def test_nobody_walks_a_pathway_of_nobody() -> None:
    found = walk(people({}, day=[], departs=[]), pathway_policy(), 2022)
    assert len(found.referred_at) == 0
