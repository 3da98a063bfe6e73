"""What is promised of each group, on risks that can be counted by hand."""

import hashlib

import numpy as np
import pytest

from dossier.problems import BadInput
from screening.evaluation.guarantee.thresholds import sample_for
from screening.evaluation.guarantee.tuning import (
    GroupName,
    Sample,
    Samples,
    Terms,
    check_sizes,
    check_terms,
    defaults,
    empty_json,
    group_of,
    guaranteed,
    next_step,
    usable,
)
from screening.evaluation.rates import Rate

TERMS = Terms(max_miss=0.05, confidence=0.95, victims=100, others=1000, most_rows=5000)
WOMEN, MEN = GroupName("sex", "female"), GroupName("sex", "male")


def sample(first: int, n: int, looked_at: int = 5000) -> Sample:
    """Return n victims with risks from `first` upwards."""
    return Sample(7, 5000, looked_at, np.arange(first, first + n, dtype=np.int32))


def test_a_crossed_group_is_one_group_in_whichever_order_it_is_named() -> None:
    """Otherwise every order would be another draw to choose from."""
    one, other = (
        GroupName("typology+sex", "online_scam, female"),
        GroupName("sex+typology", "female, online_scam"),
    )
    assert one.in_order == other.in_order == other
    assert WOMEN.in_order == WOMEN


def test_the_lowest_of_the_groups_thresholds_protects_all() -> None:
    threshold, own = guaranteed([(WOMEN, sample(50, 100)), (MEN, sample(10, 100))], TERMS)
    assert threshold == own[MEN].threshold == 11  # one of a hundred may be missed
    assert own[WOMEN].threshold == 51


def test_a_group_says_what_set_its_threshold_and_how_fresh_victims_fare() -> None:
    samples = Samples(WOMEN, sample(0, 100), sample(8, 40))
    _, own = guaranteed([(WOMEN, samples.calibration)], TERMS)
    found = group_of(samples, own[WOMEN], 10, TERMS).to_json()
    assert (found["n"], found["allowed"], found["threshold"], found["missed"]) == (100, 1, 1, 10)
    assert (found["miss_rate"]["missed"], found["miss_rate"]["n"]) == (2, 40)
    assert found["calibration"]["rows"] == [0, 5000]
    digest = hashlib.sha256(np.arange(100, dtype="<i4").tobytes()).hexdigest()
    assert found["calibration"]["risks_sha256"] == digest


def test_the_next_tighter_promise_names_the_victims_it_needs() -> None:
    step = next_step(sample(0, 100).risk, TERMS)
    assert step.max_miss == 0.02
    assert step.threshold is None  # 149 are needed, and there are 100
    needs = step.to_json(100)["needs"]
    assert [need["allowed"] for need in needs] == list(defaults().allowed)
    assert needs[0] == {"allowed": 0, "n": 149, "more": 49}
    assert all(need["n"] == sample_for(need["allowed"], 0.02, 0.95) for need in needs)
    assert next_step(sample(0, 149).risk, TERMS).threshold == 0


def test_beyond_the_ladder_half_as_much_is_the_next_step() -> None:
    tight = Terms(0.0005, 0.95, 100, 1000, 5000)
    assert next_step(sample(0, 10).risk, tight).max_miss == 0.00025


def test_too_few_victims_are_named_with_the_number_that_is_wanting() -> None:
    few = Terms(0.05, 0.95, 10, 1000, 5000)
    with pytest.raises(BadInput) as error:
        check_sizes([(WOMEN, sample(0, 10)), (MEN, sample(0, 10))], few)
    assert "49 more victims of the group 'sex: female' are needed" in str(error.value)
    assert "49 more victims of the group 'sex: male'" in str(error.value)
    assert "--victims 59" in error.value.problems[0].mend


def test_a_rare_group_says_how_long_somebody_looked() -> None:
    with pytest.raises(BadInput, match="39 more victims .* 5,000 simulated victims were looked at") as error:
        check_sizes([(WOMEN, sample(0, 20)), (MEN, sample(0, 100))], TERMS)
    assert len(error.value.problems) == 1
    assert "Leave the group out" in error.value.problems[0].mend


def test_few_of_an_age_are_said_to_be_few_by_recorded_age() -> None:
    with pytest.raises(BadInput, match=r"group 'age_band: under 17' \(by recorded age\) are needed"):
        check_sizes([(GroupName("age_band", "under 17"), sample(0, 3))], TERMS)


def test_a_rare_group_with_enough_for_a_threshold_is_protected() -> None:
    check_sizes([(WOMEN, sample(0, 59))], TERMS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_miss": 0.0},
        {"max_miss": 1.0},
        {"max_miss": float("nan")},
        {"confidence": 1.0},
        {"confidence": float("inf")},
        {"victims": 0},
        {"victims": 10**9},
        {"others": 0},
        {"most_rows": 10**12},
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        check_terms(Terms(**{**vars(TERMS), **wrong}))


def test_all_wrong_terms_are_told_together() -> None:
    with pytest.raises(BadInput) as error:
        check_terms(Terms(0, 1, 0, 0, 0))
    assert len(error.value.problems) == 5


def test_one_in_five_others_is_still_usable() -> None:
    assert usable(Rate(200, 1000))
    assert not usable(Rate(201, 1000))
    with pytest.raises(BadInput, match="nobody"):
        usable(Rate(0, 0))


def test_a_group_of_whom_nobody_was_found_is_still_bounded() -> None:
    found = empty_json(WOMEN, 1000, 0.95)
    assert found["share"]["found"] == 0
    assert 0.003 < found["share"]["high"] < 0.004
