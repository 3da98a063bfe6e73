"""Tallies: people counted once, from which every rate of every group at every threshold follows."""

import numpy as np
import pandas as pd
import pytest

from dossier.problems import BadInput
from dossier.truth import TruthClass
from screening.evaluation import tally as tallies
from screening.evaluation.measures import FALSE_FLAG, FLAGGED, MISS, PRECISION
from screening.evaluation.outcomes import Grouping
from screening.evaluation.rates import Rate
from screening.evaluation.tally import Tally, joined_tallies, tallied
from screening.screener import OVERRIDE

LAWFUL, IRREGULAR, VICTIM, FACILITATOR = (int(one) for one in TruthClass)
RISK = np.array([-300, -100, 250, OVERRIDE, -100, 40], dtype=np.int32)
TRUTH = np.array([LAWFUL, VICTIM, VICTIM, LAWFUL, IRREGULAR, FACILITATOR], dtype=np.int8)
SEX = Grouping("sex", ("female", "male"), np.array([0, 0, 1, 1, 1, 0]))
AGE = Grouping("age", ("young", "old", "older"), np.array([0, 0, 1, -1, 0, 1]))


def counts(tally: Tally, threshold: int) -> dict[tuple[str, ...], tuple[int, int]]:
    found = tally.rates(MISS, threshold)
    return {
        group: (int(count), int(n))
        for group, count, n in zip(found.groups, found.count[:, 0], found.n[:, 0], strict=True)
    }


def test_whoever_reaches_the_threshold_is_flagged() -> None:
    found = tallied(RISK, TRUTH).rates(FLAGGED, [-301, -300, -299, 250, 251, OVERRIDE])
    assert found.count[0].tolist() == [5, 5, 4, 2, 1, 1]
    assert (found.n == 5).all()


def test_an_override_is_flagged_at_every_threshold() -> None:
    """The largest whole number that a risk can be: no threshold is above it."""
    assert tallied(RISK[3:4], TRUTH[3:4]).rates(FALSE_FLAG, [OVERRIDE]).count.tolist() == [[1]]


def test_groups_have_their_own_counts() -> None:
    assert counts(tallied(RISK, TRUTH, [SEX]), 0) == {("female",): (1, 1), ("male",): (0, 1)}


def test_crossed_groups_are_those_with_people_in_them() -> None:
    found = tallied(RISK, TRUTH, [SEX, AGE])
    assert found.groups == (("female", "young"), ("female", "old"), ("male", "young"), ("male", "old"))


def test_whoever_is_in_no_group_is_left_out() -> None:
    assert tallied(RISK, TRUTH, [AGE]).people.sum() == 5


def test_everybody_is_one_group_even_where_there_is_nobody() -> None:
    nobody = tallied(RISK[:0], TRUTH[:0])
    assert nobody.groups == ((),)
    assert nobody.rates(MISS, 0).rate(0) == Rate(0, 0)


def test_nobody_is_in_no_group() -> None:
    assert (
        tallied(RISK[:0], TRUTH[:0], [Grouping("sex", ("female", "male"), np.empty(0, np.int64))]).groups
        == ()
    )


def test_a_tally_of_fewer_groupings_sums_over_the_others() -> None:
    both = tallied(RISK, TRUTH, [SEX, AGE])
    inside = AGE.codes >= 0
    alone = tallied(RISK[inside], TRUTH[inside], [Grouping("sex", SEX.labels, SEX.codes[inside])])
    assert counts(both.over("sex"), 0) == counts(alone, 0)
    assert both.over().people.sum() == inside.sum()
    assert both.over("age", "sex").groups[0] == ("young", "female")
    with pytest.raises(KeyError, match="religion"):
        both.over("sex", "religion")


def test_parts_add_up_to_the_whole() -> None:
    whole = tallied(RISK, TRUTH, [SEX])
    halves = [
        tallied(RISK[rows], TRUTH[rows], [Grouping("sex", SEX.labels, SEX.codes[rows])])
        for rows in (slice(0, 2), slice(2, None))
    ]
    joined = halves[0] + halves[1]
    assert joined.keys.tolist() == whole.keys.tolist()
    assert joined.people.tolist() == whole.people.tolist()


def test_tallies_of_other_groupings_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="same groupings"):
        joined_tallies([tallied(RISK, TRUTH, [SEX]), tallied(RISK, TRUTH, [AGE])])


def test_the_risks_that_somebody_has_are_known() -> None:
    assert tallied(RISK, TRUTH).risks.tolist() == [-300, -100, 40, 250, OVERRIDE]


def test_few_counters_and_many_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = tallied(RISK, TRUTH, [SEX, AGE])
    monkeypatch.setattr(tallies, "DENSE", 1)
    sorted_ = tallied(RISK, TRUTH, [SEX, AGE])
    assert dense.keys.tolist() == sorted_.keys.tolist()
    assert dense.people.tolist() == sorted_.people.tolist()


def test_a_table_is_tidy_and_says_count_n_and_interval() -> None:
    table = tallied(RISK, TRUTH, [SEX]).table([MISS, FALSE_FLAG], [-100, 0], confidence=0.9)
    assert list(table) == ["sex", *tallies.COLUMNS]
    assert len(table) == 2 * 2 * 2
    row = table[(table.sex == "male") & (table.rate == "false_flag_rate") & (table.threshold == -1.0)].iloc[0]
    expected = Rate(2, 2, 0.9)
    assert (row["count"], row.n, row.estimate, row.low, row.high) == (2, 2, 1.0, expected.low, expected.high)
    assert row.confidence == 0.9


def test_a_rate_of_nobody_is_left_empty_and_one_that_no_group_can_show_has_no_row() -> None:
    of_victims = Grouping("kind", ("a", "b"), np.where(TRUTH == VICTIM, [0, 0, 1, 0, 0, 0], -1))
    tally = tallied(RISK, TRUTH, [of_victims])
    assert tally.shows(MISS)
    assert not tally.shows(FALSE_FLAG)
    assert not tally.shows(PRECISION)
    assert set(tally.table([MISS, FALSE_FLAG, PRECISION], [0])["rate"]) == {"miss_rate"}
    nobody_missed = tallied(RISK, TRUTH, [SEX, AGE]).table([MISS], [0])
    empty = nobody_missed[nobody_missed.n == 0]
    assert len(empty)
    assert empty[["estimate", "low", "high"]].isna().all(axis=None)


def test_a_table_without_rows_still_has_its_columns() -> None:
    empty: pd.DataFrame = tallied(RISK, TRUTH, [SEX]).table([MISS], [])
    assert list(empty) == ["sex", *tallies.COLUMNS]
    assert empty.empty


@pytest.mark.parametrize("threshold", [0.5, -2.25, np.nan, np.inf, 2**31, -(2**31) - 1])
def test_a_threshold_that_is_no_hundredth_is_refused(threshold: float) -> None:
    with pytest.raises(BadInput, match="no whole number of hundredths"):
        tallied(RISK, TRUTH).rates(MISS, threshold)


def test_risks_that_are_not_whole_are_refused() -> None:
    for risk in (RISK.astype(float), np.array([np.nan] * 6)):
        with pytest.raises(BadInput, match="float64 and not whole hundredths"):
            tallied(risk, TRUTH)


def test_a_risk_beyond_all_range_is_refused() -> None:
    """It would be counted in another group."""
    with pytest.raises(BadInput, match="a code is none of those there are"):
        tallied(RISK.astype(np.int64) * 10, TRUTH)  # type: ignore[arg-type]


def test_what_speaks_of_other_people_is_refused() -> None:
    with pytest.raises(BadInput, match="6 risks and 5 people") as error:
        tallied(RISK, TRUTH[:5], [Grouping("sex", SEX.labels, SEX.codes[:4])])
    assert [one.where for one in error.value.problems] == ["truth", "sex"]


@pytest.mark.parametrize("code", [-2, 2])
def test_a_code_that_no_label_has_is_refused(code: int) -> None:
    with pytest.raises(BadInput, match="Give numbers from -1 to 1"):
        tallied(RISK, TRUTH, [Grouping("sex", SEX.labels, np.full(6, code))])


def test_more_groups_than_can_be_numbered_are_refused() -> None:
    wide = [Grouping(f"g{place}", tuple(map(str, range(1000))), np.zeros(6, np.int64)) for place in range(4)]
    with pytest.raises(BadInput, match="g0 \\+ g1 \\+ g2 \\+ g3 would make 1,000,000,000,000 groups"):
        tallied(RISK, TRUTH, wide)
