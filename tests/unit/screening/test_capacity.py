"""Flags against misses: the counts are those a naive count gives, and the limits hold together."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import beta

from models.card import LARGEST
from screening.evaluation.guarantee.capacity import Curve, People, curve_of
from screening.evaluation.guarantee.tuning import GroupName

BY_RULE = np.iinfo(np.int32).max
RNG = np.random.default_rng(3)
VICTIMS = np.append(RNG.integers(-100, 400, 499), BY_RULE).astype(np.int32)
OTHERS = np.append(RNG.integers(-400, 200, 1999), BY_RULE).astype(np.int32)
GROUPS = [
    (GroupName("sex", "female"), RNG.integers(-50, 400, 300).astype(np.int32)),
    (GroupName("sex", "male"), RNG.integers(-100, 300, 200).astype(np.int32)),
]
SHARE, CONFIDENCE = 0.03, 0.95
PEOPLE = People(VICTIMS, OTHERS, GROUPS, SHARE, CONFIDENCE)


def limits(count: int, n: int, confidence: float) -> tuple[float, float]:
    """Return Clopper and Pearson's interval, written down once more."""
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, n - count + 1))
    return low, 1.0 if count == n else float(beta.ppf(1 - tail, count + 1, n - count))


@pytest.mark.parametrize("threshold", [-401, -100, 0, 57, 199, 400, BY_RULE])
def test_every_number_of_a_point_is_a_naive_count(threshold: int) -> None:
    point = PEOPLE.point(threshold)
    found, wrong = (sum(int(risk >= threshold) for risk in side) for side in (VICTIMS, OTHERS))
    assert point.flags.estimate == pytest.approx(1e4 * (SHARE * found / 500 + (1 - SHARE) * wrong / 2000))
    first, second = limits(found, 500, 0.975), limits(wrong, 2000, 0.975)
    assert point.flags.low == pytest.approx(1e4 * (SHARE * first[0] + (1 - SHARE) * second[0]))
    assert point.flags.high == pytest.approx(1e4 * (SHARE * first[1] + (1 - SHARE) * second[1]))
    assert point.miss_rate.count == 500 - found
    missed = {name: sum(int(risk < threshold) for risk in risks) / len(risks) for name, risks in GROUPS}
    assert point.worst.rate.estimate == max(missed.values()) == missed[point.worst.name]


def test_the_worst_group_is_bounded_whichever_it_is() -> None:
    """The upper end is that of the widest single group, the lower end is corrected for their number."""
    point = PEOPLE.point(57)
    counts = [(int((risk < 57).sum()), len(risk)) for _, risk in GROUPS]
    assert point.worst.high == pytest.approx(max(limits(*count, 0.95)[1] for count in counts))
    assert point.worst.low == pytest.approx(max(limits(*count, 0.975)[0] for count in counts))
    assert point.worst.low <= point.worst.rate.estimate <= point.worst.high


def test_a_capacity_is_kept_by_the_lowest_threshold_whose_upper_limit_fits() -> None:
    threshold = PEOPLE.within(1500)
    assert threshold is not None
    assert PEOPLE.point(threshold).flags.high <= 1500 < PEOPLE.point(threshold - 1).flags.high


def test_a_capacity_below_what_rules_alone_flag_cannot_be_kept() -> None:
    assert PEOPLE.within(10) is None
    fewest = PEOPLE.point(int(PEOPLE.thresholds()[-1]))
    assert fewest.flags.estimate > 0  # one of each side is flagged by rule
    assert PEOPLE.within(fewest.flags.high) == fewest.threshold


def test_where_only_rules_decide_there_is_one_threshold() -> None:
    alone = People(np.array([BY_RULE], np.int32), np.array([BY_RULE], np.int32), GROUPS, SHARE, CONFIDENCE)
    assert alone.thresholds().tolist() == [LARGEST]


def curve(threshold: int, capacity: float | None) -> Curve:
    return curve_of(PEOPLE, threshold, PEOPLE.thresholds(), capacity)


def test_promise_and_capacity_are_both_kept_or_said_not_to_be() -> None:
    assert (curve(150, None).answer, curve(150, None).feasible) == (None, None)
    assert (curve(150, 1500).answer, curve(150, 1500).feasible) == ("feasible", True)
    stretched = curve(-100, 1500)
    assert (stretched.answer, stretched.feasible) == ("infeasible", False)
    assert stretched.here.flags.low > 1500
    assert stretched.best is not None
    assert stretched.best.threshold == PEOPLE.within(1500)
    assert curve(-100, 1).best is None
    assert curve(-100, 1).fewest.threshold == PEOPLE.thresholds()[-1]


def test_neither_is_claimed_where_the_capacity_lies_within_the_interval() -> None:
    flags = PEOPLE.point(57).flags
    assert curve(57, flags.high).answer == "feasible"
    assert curve(57, flags.low).answer == "cannot_tell"  # at most as many is still possible
    for capacity in (flags.high - 1, flags.estimate, flags.low + 1):
        found = curve(57, capacity)
        assert (found.answer, found.feasible) == ("cannot_tell", None)
    assert curve(57, flags.low - 1).answer == "infeasible"


@pytest.mark.parametrize("beyond", [0.5, -0.5])
def test_so_many_more_others_would_tell_and_one_fewer_would_not(beyond: float) -> None:
    """Recomputed with the same share of others flagged, rounded against the answer."""
    flags = PEOPLE.point(57).flags
    end = flags.high if beyond > 0 else flags.low
    capacity = flags.estimate + beyond * (end - flags.estimate) * (1 if beyond > 0 else -1)
    found = curve(57, capacity)
    assert found.others_to_tell is not None
    assert found.more_others == found.others_to_tell - 2000 > 0
    wrong = sum(int(risk >= 57) for risk in OTHERS)
    victims = limits(sum(int(risk >= 57) for risk in VICTIMS), 500, 0.975)

    def tells(n: int) -> bool:
        low = limits(wrong * n // 2000, n, 0.975)[0]
        high = limits(-(-wrong * n // 2000), n, 0.975)[1]
        ends = [1e4 * (SHARE * v + (1 - SHARE) * o) for v, o in zip(victims, (low, high), strict=True)]
        return ends[0] > capacity or ends[1] <= capacity

    assert tells(found.others_to_tell)
    assert not tells(found.others_to_tell - 1)


def test_where_the_victims_leave_it_open_no_number_of_others_tells() -> None:
    found = curve(57, PEOPLE.point(57).flags.estimate)
    assert (found.others_to_tell, found.more_others) == (None, None)


def test_with_rising_thresholds_flags_fall_and_misses_rise() -> None:
    points = curve(0, None).points
    for lower, higher in pairwise(points):
        assert higher.flags.estimate <= lower.flags.estimate
        assert higher.flags.high <= lower.flags.high
        assert higher.miss_rate.count >= lower.miss_rate.count
        assert higher.worst.rate.estimate >= lower.worst.rate.estimate


def test_the_curve_as_json_holds_the_summary_and_the_points() -> None:
    found = curve(-100, 1500).to_json()
    assert (found["asked"], found["feasible"], found["share_of_victims"]) == (1500, False, SHARE)
    assert (found["answer"], found["more_others"]) == ("infeasible", None)
    assert found["best"]["worst"]["n"] in (200, 300)
    assert found["points"][0].keys() == {"threshold", "flags_per_10000", "miss_rate", "worst"}
    assert "points" not in curve(-100, 1500).summary_json()
