"""What an operating point costs, from counts that are worked out by hand."""

import pytest

from console.workbench.costs import (
    Capacity,
    Setting,
    cost_of,
    flags_per_10000,
    hours_on_others,
    overview,
    reachable_from,
    verdict,
)
from console.workbench.points import GroupAt, GroupPoints, OperatingPoints
from screening.evaluation.rates import Rate


def points(victims: int = 100) -> OperatingPoints:
    """Three thresholds: everybody flagged, half of the victims and a tenth of the others, nobody."""
    none = victims == 0
    everybody = GroupPoints(
        grouping="",
        group="",
        victims=victims,
        missed=(0, 0, 0) if none else (0, 50, 100),
        lawful=900,
        lawful_flagged=(900, 90, 0),
        irregular=100,
        irregular_flagged=(100, 10, 0),
    )
    return OperatingPoints(stage="counter", thresholds=(-300, 0, 300), groups=(everybody,))


def setting(capacity: Capacity | None = None, prevalence: float = 0.01) -> Setting:
    return Setting(prevalence, minutes=30, max_miss=0.05, capacity=capacity)


def test_flags_follow_from_both_rates_by_the_share_of_victims() -> None:
    assert flags_per_10000(points(), 0.01).tolist() == pytest.approx([10_000, 50 + 990, 0])


def test_hours_are_flags_times_minutes_and_hold_their_interval() -> None:
    cost = cost_of(points().everybody.at(1), setting())
    assert cost is not None
    found, low, high = cost.hours
    assert found == pytest.approx((50 + 990) * 30 / 60)
    assert low < found < high
    assert cost.at.precision == pytest.approx(50 / 1040)


def test_without_victims_nothing_can_be_weighed() -> None:
    assert cost_of(points(victims=0).everybody.at(1), setting()) is None
    assert reachable_from(points(victims=0), setting(Capacity(8, 400))) is None


def test_a_group_s_hours_are_those_of_its_wrong_flags() -> None:
    found = hours_on_others(points().everybody.at(1), minutes=30)
    assert found is not None
    assert found[0] == pytest.approx(10_000 * 0.1 * 0.5)
    assert found[1] < found[0] < found[2]
    nobody = Rate(0, 0)
    assert hours_on_others(GroupAt("tier", "expert", Rate(1, 2), nobody, nobody), 30) is None


def test_capacity_is_counted_in_flags_among_10000() -> None:
    # 10 hours are 20 flags of half an hour, among 200 applicants: 1,000 among 10,000; 1,040 are one too many.
    assert setting(Capacity(10, 200)).most_flags == pytest.approx(1000)
    assert reachable_from(points(), setting(Capacity(10, 200))) == 300
    assert reachable_from(points(), setting(Capacity(10.5, 200))) == 0
    assert reachable_from(points(), setting()) is None


def test_flags_that_take_no_time_need_no_officers() -> None:
    assert Setting(0.01, 0, 0.05, Capacity(1, 1)).most_flags is None


def test_the_overview_holds_both_ends_and_the_chosen_threshold() -> None:
    rows = overview(points(), 1, setting(Capacity(10.5, 200)))
    assert [(row.threshold, row.fits, row.is_chosen) for row in rows] == [
        (-300, False, False),
        (0, True, True),
        (300, True, False),
    ]


@pytest.mark.parametrize(
    ("miss", "wanted"),
    [
        (Rate(0, 0), "nobody"),
        (Rate(0, 58), "unclear"),
        (Rate(0, 1000), "within"),
        (Rate(60, 1000), "unclear"),
        (Rate(100, 1000), "above"),
    ],
)
def test_the_whole_interval_decides_about_a_bound(miss: Rate, wanted: str) -> None:
    assert verdict(miss, 0.05) == wanted


def test_the_nearest_threshold_is_taken_where_one_is_not_listed() -> None:
    assert [points().step(asked) for asked in (-(10**9), -160, -140, 149, 151, 10**9)] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "broken",
    [
        {"thresholds": (0, 0, 300)},
        {"thresholds": (-300, 0)},
        {"groups": ()},
        {"thresholds": ()},
    ],
)
def test_points_that_do_not_fit_together_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="thresholds|counts|groups"):
        OperatingPoints.model_validate({**points().model_dump(), **broken})
