"""Queues: which days are open, how many are seen on each, and who has waited too long."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.queues import Calendar, Queue, Waiting, open_days, stand_in_queue

EVERY_DAY = Calendar(2022, "every_day")
WORKING_DAYS = Calendar(2022, "working_days")
SATURDAY, SUNDAY, MONDAY = 1, 2, 3
"""The first days of 2022."""


def went(
    queue: Queue, arrival: list[int], first: list[int] | None = None, of_year: int | None = None
) -> Waiting:
    """Return what becomes of people at one desk; the applicants of the year are these people, if not told."""
    size = len(arrival)
    return stand_in_queue(
        queue,
        np.array(arrival, dtype=np.int32),
        np.zeros(size, dtype=np.int64),
        np.array(first or [0] * size, dtype=np.int64),
        np.array([size if of_year is None else of_year], dtype=np.int64),
    )


def of_share(share: str, longest_wait: int | None, calendar: Calendar = EVERY_DAY) -> Queue:
    return Queue(calendar, Fraction(share), longest_wait)


# --- the calendar -----------------------------------------------------------------------------------


def test_a_weekend_is_closed_and_the_year_after_counts_on() -> None:
    assert [WORKING_DAYS.is_open(day) for day in (SATURDAY, SUNDAY, MONDAY)] == [False, False, True]
    assert WORKING_DAYS.is_open(366) is False  # 1 January 2023, a Sunday
    assert WORKING_DAYS.is_open(367) is True


@pytest.mark.parametrize(("year", "working", "every"), [(2022, 260, 365), (2024, 262, 366)])
def test_open_days_are_those_of_the_calendar(year: int, working: int, every: int) -> None:
    assert open_days(Calendar(year, "working_days")) == working
    assert open_days(Calendar(year, "every_day")) == every


# --- places -----------------------------------------------------------------------------------------


def crowd(queue: Queue, by_day: int, days: int, of_year: int) -> Waiting:
    """Return what becomes of as many people on each of the first days of the year."""
    return went(queue, np.repeat(np.arange(1, days + 1), by_day).tolist(), of_year=of_year)


def test_forty_of_four_hundred_are_seen_every_day() -> None:
    found = crowd(of_share("0.1", 0), by_day=100, days=20, of_year=400 * 365)
    assert np.bincount(found.left[found.seen]).tolist() == [0, *[40] * 20]


@given(share=st.fractions(0, 3, max_denominator=1000), of_year=st.integers(1, 4000), days=st.integers(1, 40))
def test_where_there_is_a_crowd_the_whole_capacity_is_used_and_no_more(
    share: Fraction, of_year: int, days: int
) -> None:
    found = crowd(Queue(EVERY_DAY, share, 0), by_day=40, days=days, of_year=of_year)
    assert found.seen.sum() == share * of_year * days // 365


def test_what_a_day_leaves_of_a_person_is_kept_for_the_next() -> None:
    found = crowd(of_share("0.25", 0), by_day=1, days=8, of_year=365)
    assert np.flatnonzero(found.seen).tolist() == [3, 7]


def test_of_the_time_in_which_nobody_comes_one_persons_worth_is_kept() -> None:
    found = went(of_share("1", 0), [100, 100, 100, 100], of_year=365)
    assert found.seen.tolist() == [True, True, False, False]


# --- the queue --------------------------------------------------------------------------------------


def test_nobody_waits_where_there_is_no_limit() -> None:
    found = went(Queue(EVERY_DAY, None, 0), [1, 1, 1, 9])
    assert found.seen.all()
    assert found.left.tolist() == [1, 1, 1, 9]
    assert found.waited.tolist() == [0, 0, 0, 0]


def test_whoever_comes_on_a_closed_day_is_seen_on_the_next_open_one_and_has_not_waited() -> None:
    found = went(Queue(WORKING_DAYS, None, 0), [SATURDAY, SUNDAY, MONDAY])
    assert found.left.tolist() == [MONDAY] * 3
    assert found.waited.tolist() == [0, 0, 0]


def test_the_smallest_number_is_seen_first_then_who_came_first_then_the_first_row() -> None:
    one_a_day = of_share("1", 9)
    found = went(one_a_day, [1, 1, 1, 1], [2, 1, 2, 0], of_year=365)
    assert found.left.tolist() == [3, 2, 4, 1]
    assert found.waited.tolist() == [2, 1, 3, 0]
    later = went(one_a_day, [1, 1, 2], [1, 1, 0], of_year=365)
    assert later.left.tolist() == [1, 3, 2], "who comes later and more urgent is seen before who waits"


def test_after_the_longest_wait_people_go_on_unseen() -> None:
    found = went(of_share("1", 2), [1, 1, 1, 1, 1], of_year=365)
    assert found.seen.tolist() == [True, True, True, False, False]
    assert found.left.tolist() == [1, 2, 3, 3, 3]
    assert found.waited.tolist() == [0, 1, 2, 2, 2]


def test_with_no_wait_people_go_on_the_same_day() -> None:
    found = went(of_share("1", 0), [1, 1, 2], of_year=365)
    assert found.seen.tolist() == [True, False, True]
    assert found.left.tolist() == [1, 1, 2]


def test_where_nobody_is_seen_everybody_goes_on() -> None:
    found = went(of_share("0", 3), [1, 2, 3])
    assert not found.seen.any()
    assert found.left.tolist() == [4, 5, 6]


def test_a_queue_that_would_never_end_is_refused() -> None:
    with pytest.raises(ValueError, match="never ends"):
        of_share("0", None)


def test_without_a_longest_wait_everybody_is_seen_in_the_end() -> None:
    found = went(of_share("1", None), [365] * 50)
    assert found.seen.all()
    assert found.left.max() > 365


def test_desks_do_not_share_their_officers() -> None:
    arrival, desk = np.full(4, 1, dtype=np.int32), np.array([0, 1, 1, 1])
    found = stand_in_queue(of_share("1", 0), arrival, desk, np.zeros(4, np.int64), np.array([0, 730]))
    assert found.seen.tolist() == [False, True, True, False], "an office without applicants has no places"


def test_nobody_is_no_trouble() -> None:
    found = went(of_share("1", 0), [])
    assert len(found.seen) == len(found.left) == len(found.waited) == 0
