"""The mechanism log: replayed backwards, it leads from the file to the declaration, and on to the truth."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from synthetic.draw import Drawn, Plan
from synthetic.mechanisms import LAYERS, MECHANISMS, mechanisms
from synthetic.world import STORY, World
from tests.unit.synthetic.worlds import SIZE, plan

Log = Mapping[str, list[Any]]


@pytest.fixture(scope="module")
def log(world: World, drawn: Drawn) -> Log:
    return {name: pa.array(column).to_pylist() for name, column in mechanisms(world, [drawn]).items()}


def test_the_log_replayed_backwards_gives_the_truth(drawn: Drawn, log: Log) -> None:
    """An empty original stands for a question that did not arise."""
    row_of = {applicant: row for row, applicant in enumerate(drawn.applicants.tolist())}
    codes = {name: observed.copy() for name, observed in drawn.observed.items()}
    for layer, expected in (("observed", drawn.declared), ("declared", drawn.truth)):
        for applicant, field, found, original in zip(
            log["applicant"], log["field"], log["layer"], log["original"], strict=True
        ):
            if found == layer:
                codes[field][row_of[applicant]] = NOT_APPLICABLE if original is None else original
        assert [name for name in fields() if codes[name].tolist() != expected[name].tolist()] == []


def test_every_difference_is_logged_once(drawn: Drawn, log: Log) -> None:
    entries = list(zip(log["applicant"], log["field"], log["layer"], strict=True))
    assert len(set(entries)) == len(entries)
    changed = sum(
        int((before[name] != after[name]).sum())
        for before, after in ((drawn.truth, drawn.declared), (drawn.declared, drawn.observed))
        for name in fields()
    )
    assert changed == len(entries) > SIZE


def test_only_the_named_mechanisms_and_layers_occur(log: Log) -> None:
    assert set(log["mechanism"]) == set(MECHANISMS)
    assert set(log["layer"]) == set(LAYERS)
    assert set(log["field"]) <= set(fields())


def test_lies_and_stories_are_declared_and_loss_and_misreading_are_observed(log: Log) -> None:
    layers: dict[str, set[str]] = {mechanism: set() for mechanism in MECHANISMS}
    for mechanism, layer in zip(log["mechanism"], log["layer"], strict=True):
        layers[mechanism].add(layer)
    assert layers["cover_story"] == layers["coached_lie"] == {"declared"}
    assert layers["lost"] == layers["misread"] == {"observed"}


def test_a_cover_story_is_told_by_those_who_have_one(world: World, drawn: Drawn, log: Log) -> None:
    tellers = set(drawn.applicants[drawn.hidden[STORY] == 1].tolist())
    covered = {field for module in world.modules if module.cover for field in module.cover.fields}
    told = [
        (applicant, field)
        for applicant, field, mechanism in zip(log["applicant"], log["field"], log["mechanism"], strict=True)
        if mechanism == "cover_story"
    ]
    assert {applicant for applicant, _ in told} <= tellers
    assert {field for _, field in told} <= covered


def test_a_coached_lie_is_told_where_one_is_declared(world: World, log: Log) -> None:
    declared = {field for module in world.modules for field in module.lies}
    told = {
        field
        for field, mechanism in zip(log["field"], log["mechanism"], strict=True)
        if mechanism == "coached_lie"
    }
    assert told <= declared
    assert len(told) > 3


def test_what_follows_another_answer_is_a_gated_field(log: Log) -> None:
    following = {
        field
        for field, mechanism in zip(log["field"], log["mechanism"], strict=True)
        if mechanism == "follows_other_answer"
    }
    assert following
    assert all(fields()[field].gate for field in following)


def test_a_lost_cell_is_empty_in_the_file(drawn: Drawn, log: Log) -> None:
    lost: npt.NDArray[np.int64] = np.array([mechanism == "lost" for mechanism in log["mechanism"]]).sum()
    assert lost == sum(int((codes == MISSING).sum()) for codes in drawn.observed.values())


def test_the_log_is_the_same_however_the_rows_are_chunked(world: World, drawn: Drawn) -> None:
    whole = mechanisms(world, [drawn])
    parts = mechanisms(world, [plan().draw(range(777)), plan().draw(range(777, SIZE))])
    assert all(pa.array(parts[name]).equals(pa.array(whole[name])) for name in whole)


def test_no_change_leaves_an_empty_log(world: World) -> None:
    empty = mechanisms(world, [Plan(world, 1, 10).draw(range(0))])
    assert {len(column) for column in empty.values()} == {0}
