"""The benchmarks of speed: counts are counts, shares are shares, and the page tells what was found."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks import drawing
from benchmarks.peers.generators import _columns, faker_beside
from benchmarks.peers.kept_results import measured
from benchmarks.peers.profiled import REST, shares
from benchmarks.peers.sizes import flatness, forgotten, two_workers, whole_parts
from benchmarks.peers.words_taken import words_taken
from benchmarks.performance_page import page
from dossier.fields import fields
from synthetic import draw, load_scenario, streams
from synthetic.cohort import plan_for
from synthetic.draw import Drawn
from tests.unit.synthetic.worlds import plan, world


def test_random_words_are_counted_and_nothing_else_changes() -> None:
    rows, before = range(500), streams.words
    expected = plan().draw(rows)
    taken = words_taken(plan(), rows)
    assert streams.words is before
    assert taken["all"] == int(taken["all"]) > len(fields())
    assert taken["decide"] < taken["all"]
    assert taken["scattered"] > 0
    again = plan().draw(rows)
    assert all((again.values[name] == expected.values[name]).all() for name in fields())


def test_shares_of_a_profile_name_our_functions_and_add_up() -> None:
    found = shares(lambda: plan().draw(range(2_000)))
    assert sum(found.values()) == pytest.approx(1)
    assert "synthetic.streams: words" in found
    assert REST in found


def test_every_row_of_a_part_is_drawn_once_by_any_workers() -> None:
    small, seen = plan_for(world("phnom_penh_2022"), 3_000, 1), []

    def gathering(drawn: Drawn) -> None:
        seen.append(drawn.rows)

    assert whole_parts(small, gathering)(0) == 3_000
    assert [row for rows in seen for row in rows] == list(range(3_000))
    found = two_workers(whole_parts(small, forgotten), 1, 1, ("threads",))
    assert found["rows"] == 3_000
    assert set(found["times_one"]) == {"two threads"}


def test_costs_are_told_for_each_size() -> None:
    found = flatness(
        lambda _: forgotten, lambda size: plan_for(world("phnom_penh_2022"), size, 1), [100, 200], 2
    )
    assert set(found["us_per_row"]) == set(found["plan_mib"]) == {"100", "200"}
    assert found["largest_to_smallest"] >= 1


def test_faker_makes_an_entry_for_every_field() -> None:
    found = faker_beside(3, 1)
    assert found is not None
    assert found["entries"] == len(fields()) + 6


def test_rows_for_a_peer_hold_labels_numbers_and_nothing_where_empty() -> None:
    people = draw(load_scenario("phnom_penh_2022"), n=200, seed=1).dossiers
    told = _columns(people)
    assert set(told["sex"]) <= {*fields()["sex"].codes, None}
    for name, entries in told.items():
        assert [entry is None for entry in entries] == (people.columns[name] < 0).tolist()


def test_parts_measured_before_stay_until_the_run_changes(tmp_path: Path) -> None:
    path, parts = tmp_path / "r.json", {"one": lambda: 1, "two": lambda: 2}
    again = partial(measured, path=path, packages=("numpy",))
    assert again(parts, ["one"], quick=True)["one"] == 1
    found = again({**parts, "one": lambda: 3}, ["two"], quick=True)
    assert (found["one"], found["two"]) == (1, 2)
    assert found["machine"]["versions"]["numpy"] == np.__version__
    assert "one" not in again(parts, ["two"], quick=False)
    assert json.loads(path.read_text(encoding="utf-8"))["quick"] is False


def test_the_page_names_what_is_missed_and_what_was_not_measured() -> None:
    machine = {"processor": "x", "processors": 2, "memory_gib": 1, "python": "3", "versions": {"numpy": "2"}}
    numbers = {
        "rows": 1_000,
        "fields": 63,
        "words_per_row": {"all": 168, "decide": 137, "scattered": 9},
        "us_per_row": 2.0,
        "raw_us_per_row": 0.1,
        "ratio": 20.0,
        "ratio_to_deciding_words": 24.0,
    }
    found = {"machine": machine, "numbers": numbers, "faker": {"missing": True}}
    told = page({"drawing": found})
    assert "20.0 times the time | at most 12 (aim 5) | **no** |" in told
    assert "not installed, left out" in told
    assert "Not measured yet: run `python -m benchmarks.end_to_end`." in told
    assert drawing.gates(found) == {"drawing at most 12 times raw random doubles": False}
