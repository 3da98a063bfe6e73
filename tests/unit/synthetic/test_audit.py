"""The audit: difficulty by the oracle, and separation by single fields, each on rows it was not fitted to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from dossier.fields import fields
from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.audit import (
    BOUND,
    FEWEST,
    auc_of_counts,
    base_group,
    difficulty,
    held_out_auc,
    modules_with,
    separations,
)
from synthetic.world import World
from tests.unit.synthetic.worlds import world as world_named

SOME = st.lists(st.integers(0, 20), min_size=2, max_size=8)


@given(SOME, st.data())
def test_the_area_is_that_of_scikit_learn(victims: list[int], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.integers(0, 20), min_size=len(victims), max_size=len(victims)))
    victims[0], others[0] = victims[0] + 1, others[0] + 1
    scores = np.arange(len(victims))
    label = np.repeat([1, 0], [sum(victims), sum(others)])
    score = np.concatenate([np.repeat(scores, victims), np.repeat(scores, others)])
    assert auc_of_counts(np.array(victims), np.array(others)) == pytest.approx(roc_auc_score(label, score))


def test_a_field_that_is_the_label_separates_fully() -> None:
    ones, zeros = np.ones(100, dtype=np.int8), np.zeros(100, dtype=np.int8)
    assert held_out_auc(ones, zeros) == held_out_auc(zeros, ones) == 1.0


def test_a_field_that_says_nothing_separates_nothing() -> None:
    codes = np.tile(np.arange(4, dtype=np.int8), 100)
    assert held_out_auc(codes, codes) == pytest.approx(0.5)


def test_codes_are_ordered_by_rows_other_than_those_measured() -> None:
    """The halves contradict each other, so that ordering and measuring on the same rows would flatter."""
    victims = np.repeat([0, 1], 50).astype(np.int8)
    others = np.repeat([1, 0], 50).astype(np.int8)
    assert held_out_auc(victims, others) == 0.0


def test_empty_cells_count_as_codes() -> None:
    missing, known = np.full(100, -1, dtype=np.int8), np.zeros(100, dtype=np.int8)
    assert held_out_auc(missing, known) == 1.0


def test_the_base_group_is_the_journey_with_its_lookalikes(world: World) -> None:
    assert set(base_group(world, "typology.online_scam")) == {
        "journey.overseas_hire",
        "lookalike.customer_service_hire",
        "lookalike.knowing_scam_worker",
    }
    classes = {m.module.truth for m in world.modules if m.id in base_group(world, "typology.online_scam")}
    assert classes <= {"lawful", "irregular"}


def test_modules_are_found_by_what_their_people_are(world: World) -> None:
    facilitators = modules_with(world, TruthClass.FACILITATOR)
    assert facilitators == ["journey.escort", "journey.recruiter"]
    assert len(modules_with(world, *TruthClass)) == len(world.modules)


def test_difficulty_counts_every_victim_once_by_tier_and_once_in_all() -> None:
    found = difficulty(world_named("phnom_penh_2022"), Stage.COUNTER, 3, victims=2000, others=4000)
    whole, tiers = found[0], found[1:]
    assert [item.tier for item in found] == ["", "crude", "standard", "expert"]
    assert whole.n == sum(item.n for item in tiers) == max(FEWEST, 2000)
    assert whole.share == pytest.approx(1)
    assert sum(item.share for item in tiers) == pytest.approx(1)
    assert whole.missed == sum(item.missed for item in tiers)


def test_later_stages_are_never_harder() -> None:
    world = world_named("phnom_penh_2022")
    rates = [difficulty(world, stage, 3, victims=4000, others=8000)[0] for stage in Stage]
    missed = [rate.missed / rate.n for rate in rates]
    assert missed == sorted(missed, reverse=True)
    assert missed[0] > missed[-1] + 0.1


def test_more_false_flags_miss_fewer() -> None:
    world = world_named("phnom_penh_2022")
    strict, lax = (
        difficulty(world, Stage.CHECKPOINT, 3, victims=2000, others=4000, false_flags=share)[0]
        for share in (0.01, 0.2)
    )
    assert lax.missed < strict.missed


def test_children_are_compared_with_children(world: World) -> None:
    """Everybody else's age, schooling and parents' letter would tell a child, and nothing about harm."""
    found = {(item.module, item.field): item.by_code for item in separations(world, 3, size=10_000)}
    for field in ("guardian_letter", "education", "marital_status"):
        assert found["typology.child_adoption", field] < BOUND, field


def test_adults_are_compared_with_everybody(world: World) -> None:
    found = {(item.module, item.field): item.by_code for item in separations(world, 3, size=4000)}
    assert found["typology.organ_removal", "age"] > 0.65  # children and the old are patients too


def test_separations_cover_every_field_of_every_typology(world: World) -> None:
    found = separations(world, 3, size=400)
    expected = {(module, name) for module in modules_with(world, TruthClass.VICTIM) for name in fields()}
    assert {(item.module, item.field) for item in found} == expected
    assert all(0 <= area <= 1 for item in found for area in (item.by_code, item.by_emptiness))
