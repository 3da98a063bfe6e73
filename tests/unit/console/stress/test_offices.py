"""The office effect: thresholds of their own, and who gains and loses by them."""

import numpy as np
import pytest

from console.stress.offices import offices, strictness
from console.stress.settings import settings
from tests.unit.console.stress.people import quiet, setting


@pytest.mark.parametrize("count", [2, 7, 12])
def test_offices_differ_by_the_whole_spread_and_on_average_by_nothing(count: int) -> None:
    shifts = strictness(count, 0.5, seed=3)
    assert (shifts.min(), shifts.max()) == (-50, 50)
    assert abs(int(shifts.sum())) <= count
    assert len(set(shifts.tolist())) == count
    assert (shifts == strictness(count, 0.5, seed=3)).all()


def test_which_office_is_lenient_is_drawn_by_lot() -> None:
    assert not (strictness(12, 0.5, seed=3) == strictness(12, 0.5, seed=4)).all()


def test_all_offices_together_are_everybody() -> None:
    here = setting()
    same = [row for row in offices(here, quiet).rows if row.series == "same"]
    assert sum(row.miss.n for row in same if row.miss) == len(here.victims)
    assert sum(row.miss.count for row in same if row.miss) == here.miss.count
    assert sum(row.false_flag.count for row in same if row.false_flag) == here.false_flag.count


def test_a_lower_threshold_only_flags_more_and_a_higher_one_only_fewer() -> None:
    for row in offices(setting(), quiet).rows:
        if row.series == "moved" and "shift" in row.more and row.miss_change and row.flag_change:
            newly_missed, newly_flagged = row.miss_change.only_first, row.flag_change.only_first
            if row.more["shift"] < 0:
                assert newly_missed == 0
            else:
                assert newly_flagged == 0


def test_the_changes_of_the_offices_add_up_to_that_of_all() -> None:
    moved = [row for row in offices(setting(), quiet).rows if row.series == "moved"]
    whole, *each = moved
    assert whole.key == "everybody"
    for part in ("only_first", "only_second"):
        sums = [sum(getattr(row.miss_change, part) for row in each), getattr(whole.miss_change, part)]
        assert sums[0] == sums[1]


def test_what_differs_and_by_how_much_is_said() -> None:
    found = offices(setting(), quiet).to_json()
    assert found["spread"] == settings().offices.spread
    assert set(found["verdicts"].values()) <= {"equal_within_margin", "gap_shown", "cannot_tell"}
    assert np.isfinite(found["rows"][0]["miss_rate"]["low"])
