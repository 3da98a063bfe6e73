"""Rates by group: counts that agree with pandas, that add up, and that keep three classes apart."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.problems import BadInput
from dossier.truth import TruthClass
from screening.evaluation.groups import GroupRates, group_frame, group_rates, people_by
from screening.evaluation.measures import FALSE_FLAG, FLAGGED, MEASURES, MISS, PRECISION
from screening.evaluation.outcomes import GROUPINGS, Grouping, Outcomes, grouping
from screening.evaluation.rates import Rate
from tests.unit.screening.results import (
    FACILITATOR,
    IRREGULAR,
    LAWFUL,
    VICTIM,
    drawn_flags,
    drawn_outcomes,
    made,
    random_outcomes,
)


def counted(rates: GroupRates) -> dict[str, tuple[int, int]]:
    names = ("miss", "false_flag", "lawful", "irregular", "facilitators")
    return {name: (getattr(rates, name).count, getattr(rates, name).n) for name in names}


def by_pandas(outcomes: Outcomes, flagged: Any, groups: Grouping) -> dict[str, dict[str, tuple[int, int]]]:
    """Return the same counts by grouping a frame."""
    frame = pd.DataFrame({"code": groups.codes, "truth": outcomes.truth.truth_class, "flagged": flagged})
    found = {}
    for code, people in frame[frame.code >= 0].groupby("code"):

        def of(classes: list[int], *, missed: bool = False, people: pd.DataFrame = people) -> tuple[int, int]:
            some = people[people.truth.isin(classes)].flagged
            return int((~some).sum() if missed else some.sum()), len(some)

        found[groups.labels[int(str(code))]] = {
            "miss": of([VICTIM], missed=True),
            "false_flag": of([LAWFUL, IRREGULAR]),
            "lawful": of([LAWFUL]),
            "irregular": of([IRREGULAR]),
            "facilitators": of([FACILITATOR]),
        }
    return found


@pytest.mark.parametrize("name", GROUPINGS)
def test_counts_of_the_drawn_cohort_are_those_of_pandas(name: str) -> None:
    groups = grouping(drawn_outcomes(), name)
    found = group_rates(drawn_outcomes(), drawn_flags(), groups)
    expected = by_pandas(drawn_outcomes(), drawn_flags(), groups)
    assert {one.group: counted(one) for one in found} == expected


@given(st.integers(0, 2**32 - 1), st.sampled_from(GROUPINGS))
@settings(max_examples=40)
def test_counts_of_any_people_are_those_of_pandas(seed: int, name: str) -> None:
    outcomes = random_outcomes(seed, size=60)
    flagged = outcomes.risk["counter"] >= 0
    groups = grouping(outcomes, name)
    found = {one.group: counted(one) for one in group_rates(outcomes, flagged, groups)}
    assert found == by_pandas(outcomes, flagged, groups)


@pytest.mark.parametrize("name", ["sex", "age_band", "province", "truth"])
def test_groups_that_divide_everybody_add_up_to_everybody(name: str) -> None:
    parts = [
        counted(one) for one in group_rates(drawn_outcomes(), drawn_flags(), grouping(drawn_outcomes(), name))
    ]
    whole = counted(group_rates(drawn_outcomes(), drawn_flags())[0])
    for rate, expected in whole.items():
        assert tuple(np.sum([part[rate] for part in parts], axis=0)) == expected


@pytest.mark.parametrize("name", ["typology", "tier"])
def test_groups_of_victims_add_up_to_the_victims(name: str) -> None:
    parts = [
        one.miss for one in group_rates(drawn_outcomes(), drawn_flags(), grouping(drawn_outcomes(), name))
    ]
    whole = group_rates(drawn_outcomes(), drawn_flags())[0].miss
    assert (sum(part.count for part in parts), sum(part.n for part in parts)) == (whole.count, whole.n)


def test_everybody_is_counted_once() -> None:
    whole = group_rates(drawn_outcomes(), drawn_flags())[0]
    assert whole.group == "all"
    assert whole.miss.n + whole.false_flag.n + whole.facilitators.n == len(drawn_outcomes())
    assert whole.lawful.n + whole.irregular.n == whole.false_flag.n
    assert whole.lawful.count + whole.irregular.count == whole.false_flag.count


def test_a_flagged_facilitator_is_no_false_flag_and_a_missed_one_no_miss() -> None:
    people = made([5, 5, 0, 3], [10, -10, -10, 10])
    found = group_rates(people, people.risk["counter"] >= 0)[0]
    assert counted(found) == {
        "miss": (0, 1),
        "false_flag": (0, 1),
        "lawful": (0, 1),
        "irregular": (0, 0),
        "facilitators": (1, 2),
    }


def test_an_irregular_worker_is_not_a_victim() -> None:
    people = made([2, 2], [10, -10])
    found = group_rates(people, people.risk["counter"] >= 0)[0]
    assert found.miss.n == 0
    assert (found.irregular.count, found.irregular.n) == (1, 2)


def test_groups_without_anybody_are_left_out() -> None:
    people = made([3, 3], [1, 2])
    found = group_rates(people, people.risk["counter"] >= 0, grouping(people, "typology"))
    assert [one.group for one in found] == ["a"]


def test_all_four_classes_are_told_apart() -> None:
    assert sorted({LAWFUL, IRREGULAR, VICTIM, FACILITATOR}) == [int(one) for one in TruthClass]


# --- people by groups, as a frame -------------------------------------------------------------------


def test_several_groupings_make_an_index_with_a_level_for_each() -> None:
    frame = group_frame(
        people_by(drawn_outcomes(), "verification", ["sex", "age_band"]), [MISS, FALSE_FLAG], 0
    )
    assert frame.index.names == ["sex", "age_band"]
    crossed = group_frame(
        people_by(drawn_outcomes(), "verification", ["sex+age_band"]), [MISS, FALSE_FLAG], 0
    )
    assert frame.equals(crossed)
    by_hand = grouping(drawn_outcomes(), "sex+age_band")
    flagged = drawn_outcomes().risk["verification"] >= 0
    for found in group_rates(drawn_outcomes(), flagged, by_hand):
        row = frame.xs(tuple(found.group.split(", ")))
        assert (row["missed"], row["victims"]) == (found.miss.count, found.miss.n)
        assert (row["flagged"], row["others"]) == (found.false_flag.count, found.false_flag.n)


def test_one_grouping_makes_an_index_of_groups() -> None:
    frame = group_frame(people_by(drawn_outcomes(), "counter", ["sex"]), [MISS, PRECISION], 0)
    assert frame.index.name == "group"
    rate = ["miss_rate", "miss_rate_low", "miss_rate_high"]
    assert list(frame)[:5] == ["victims", "missed", *rate]
    assert list(frame)[5:] == ["flags", "found", "precision", "precision_low", "precision_high"]


def test_every_measure_fits_beside_every_other() -> None:
    frame = group_frame(people_by(drawn_outcomes(), "counter", ["sex"]), list(MEASURES.values()), 0)
    assert frame.columns.is_unique
    assert (frame["flags"] == frame["found"] + frame["flagged"]).all()
    assert (frame["lawful"] + frame["irregular"] == frame["others"]).all()
    assert (frame["flag_rate"] == frame["flags"] / frame["people"]).all()


def test_a_frame_has_no_number_where_nobody_could_be_counted() -> None:
    frame = group_frame(
        people_by(drawn_outcomes(), "counter", ["typology"]), [MISS, FALSE_FLAG, PRECISION], 0
    )
    assert frame["miss_rate"].notna().all()
    assert frame[["false_flag_rate", "precision", "precision_low"]].isna().all(axis=None)


def test_no_grouping_is_everybody() -> None:
    tally = people_by(drawn_outcomes(), "counter")
    assert tally.groups == ((),)
    assert (
        tally.rates(FLAGGED, -(10**6)).rate(0).n == (drawn_outcomes().truth.truth_class != FACILITATOR).sum()
    )


def test_groups_that_nobody_is_in_are_refused() -> None:
    with pytest.raises(
        BadInput, match="nobody is known to belong to a group by 'typology\\+traveller'"
    ) as error:
        people_by(drawn_outcomes(), "counter", ["typology", "traveller"])
    assert "observed" in error.value.problems[0].mend
    with pytest.raises(BadInput):
        people_by(drawn_outcomes(), "counter", ["religion"])


def test_everybody_has_a_rate_where_there_is_nobody() -> None:
    nobody = drawn_outcomes().take(np.empty(0, dtype=np.intp))
    (found,) = group_rates(nobody, np.empty(0, dtype=bool))
    assert found.group == "all"
    assert found.miss == found.lawful == Rate(0, 0)
