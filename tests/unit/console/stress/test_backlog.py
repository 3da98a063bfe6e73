"""Backlog: the same people with fewer officers or in a rush, and how queues are told."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from console.stress import backlog as module
from console.stress.backlog import Walked, again, backlog, in_a_rush, longest_queue, with_officers
from console.stress.settings import settings
from dossier.stages import Stage
from screening.pathway import SEEN
from screening.pathway_policy import pathway_policy
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.people import quiet, setting

PEOPLE = 6000


@cache
def usual() -> Walked:
    return module._usual_walk(setting().judge, PEOPLE, 5)


def test_the_counter_keeps_its_officers_and_all_others_have_fewer() -> None:
    before, after = pathway_policy(), with_officers(pathway_policy(), 0.25)
    assert after.at(Stage.COUNTER) == before.at(Stage.COUNTER)
    for stage in (Stage.INTERVIEW, Stage.VERIFICATION, Stage.CHECKPOINT):
        assert after.at(stage).capacity == pytest.approx(0.25 * (before.at(stage).capacity or 0))
        assert after.at(stage).minutes == before.at(stage).minutes


def test_fewer_officers_see_fewer_and_people_wait_longer() -> None:
    fewer = again(usual(), usual().people, with_officers(usual().policy, 0.25))
    for stage in (Stage.INTERVIEW, Stage.VERIFICATION):
        assert (fewer.walk.fate[stage] == SEEN).sum() < (usual().walk.fate[stage] == SEEN).sum()
    assert fewer.waited.mean() > usual().waited.mean()


def test_a_rush_brings_the_stated_multiple_and_everybody_comes_once() -> None:
    how = settings().backlog
    rushed = in_a_rush(usual().people, seed=5)
    days = range(how.rush_from, how.rush_from + how.rush_days)
    inside = np.isin(rushed.day, days).sum()
    assert inside == pytest.approx(how.rush * PEOPLE * how.rush_days / 365, rel=0.05)
    was_inside = np.isin(usual().people.day, days)
    assert (rushed.day == usual().people.day)[was_inside].all()
    assert (rushed.departs == usual().people.departs).all()
    assert (in_a_rush(usual().people, seed=5).day == rushed.day).all()


def test_queues_are_told_as_the_walk_walked_them() -> None:
    """The days on which people leave the last queue before the checkpoint say who was too late."""
    walked = again(usual(), usual().people, with_officers(usual().policy, 0.5))
    ready = walked.people.day.astype(np.int64)
    for stage, joined, left in walked.queues():
        if stage == Stage.CHECKPOINT:
            break
        rows = np.isin(walked.walk.fate[stage], (SEEN, 1))
        assert (joined >= ready[rows]).all()
        assert (left - joined >= walked.walk.waited[stage][rows]).all()
        ready[rows] = left
    unknown = walked.policy.days_when_unknown.value
    departs = walked.people.day + np.where(walked.people.departs < 0, unknown, walked.people.departs)
    going = (walked.walk.referred_at < 0) | (walked.walk.referred_at == Stage.CHECKPOINT)
    assert ((going & (ready > departs)) == walked.walk.late).all()


def test_the_longest_queue_is_what_counting_day_by_day_finds() -> None:
    random = np.random.default_rng(2)
    joined = random.integers(1, 50, 300)
    left = joined + random.integers(0, 9, 300)
    naive = max(int(((joined <= day) & (left > day)).sum()) for day in range(1, 60))
    assert longest_queue(joined, left) == naive
    assert longest_queue(joined[:0], left[:0]) == 0


def test_the_same_people_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    few = settings().backlog.model_copy(update={"people": 3000})
    monkeypatch.setattr(module, "settings", lambda: settings().model_copy(update={"backlog": few}))
    found = backlog(setting(), quiet)
    rows = found.rows
    assert [row.key for row in rows] == ["officers:1", "officers:0.5", "officers:0.25", "rush"]
    assert rows[0].miss_change is None
    counts = {row.miss.n for row in rows if row.miss}
    assert len(counts) == 1
    assert_all_hold_together(found)
    for row in rows[1:]:
        assert row.miss is not None
        assert rows[0].miss is not None
        assert row.miss_change is not None
        moved = row.miss_change.only_first - row.miss_change.only_second
        assert row.miss.count - rows[0].miss.count == moved
        assert row.more["lawful_flagged"]["n"] > 0


def test_a_walk_of_other_people_is_another_walk() -> None:
    assert replace(usual(), year=usual().year).is_referred.sum() == usual().is_referred.sum()
