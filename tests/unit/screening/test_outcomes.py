"""Outcomes: truth, groups and risk in one order, cut and put together, and divided into groups."""

import numpy as np
import pytest

from dossier.fields import fields
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.outcomes import (
    AGE_BANDS,
    AGE_LABELS,
    GROUPINGS,
    Outcomes,
    age_bands,
    gathered,
    grouping,
    matching_rows,
)
from tests.unit.screening.desks import cohort, with_column
from tests.unit.screening.results import drawn_outcomes, made, random_outcomes


def same(one: Outcomes, other: Outcomes) -> bool:
    arrays = ("sex", "age_band", "province", "recommendation", "agency", "leading")
    truths = ("applicants", "truth_class", "module", "tier", "network")
    return (
        all((getattr(one, name) == getattr(other, name)).all() for name in arrays)
        and all((getattr(one.truth, name) == getattr(other.truth, name)).all() for name in truths)
        and all((one.risk[stage] == other.risk[stage]).all() for stage in {*one.risk, *other.risk})
    )


def test_somebody_is_flagged_at_or_above_the_threshold() -> None:
    assert made([0, 1, 3], [-1, 0, 1]).flagged(Stage.COUNTER, 0).tolist() == [False, True, True]


def test_parts_put_together_are_the_whole() -> None:
    whole = random_outcomes(1)
    parts = [whole.take(np.arange(start, min(start + 70, len(whole)))) for start in range(0, len(whole), 70)]
    assert same(gathered(parts), whole)


def test_rows_are_taken_by_mask_and_by_place_alike() -> None:
    whole = random_outcomes(2)
    mask = whole.sex == 1
    assert same(whole.take(mask), whole.take(np.flatnonzero(mask)))
    assert len(whole.take(mask)) == mask.sum()


# --- the truth of the same people -------------------------------------------------------------------


def test_everybody_is_found_in_the_truth_whatever_the_order() -> None:
    truth = random_outcomes(3).truth
    order = np.random.default_rng(1).permutation(len(truth))
    assert (matching_rows(truth, truth.applicants[order]) == order).all()


def test_a_part_of_a_cohort_can_be_evaluated() -> None:
    truth = random_outcomes(3).truth
    assert matching_rows(truth, truth.applicants[5:8]).tolist() == [5, 6, 7]


@pytest.mark.parametrize("stranger", [-1, 3, 10**12])
def test_a_stranger_is_not_evaluated(stranger: int) -> None:
    truth = made([0, 1], [0, 0]).truth
    with pytest.raises(BadInput, match="not all in this truth"):
        matching_rows(truth, np.array([truth.applicants[0], stranger]))


def test_nobody_cannot_be_evaluated() -> None:
    with pytest.raises(BadInput, match="not all in this truth"):
        matching_rows(made([0], [0]).truth, np.array([], dtype=np.int64))


# --- groups -----------------------------------------------------------------------------------------


def test_every_band_has_a_label_and_is_an_edge_of_the_age() -> None:
    assert len(AGE_BANDS) == len(AGE_LABELS)
    assert set(AGE_BANDS[1:]) <= set(fields()["age"].edges)


@pytest.mark.parametrize(
    ("age", "label"),
    [(0, "under 17"), (16, "under 17"), (17, "17"), (18, "18-24"), (45, "36-45"), (46, "46 and over")],
)
def test_an_age_falls_into_its_band(age: int, label: str) -> None:
    one = with_column(cohort().dossiers.take(slice(0, 1)), "age", np.array([age]))
    assert AGE_LABELS[int(age_bands(one)[0])] == label


@pytest.mark.parametrize("name", GROUPINGS)
def test_a_grouping_has_a_name_for_everybody_in_it(name: str) -> None:
    found = grouping(drawn_outcomes(), name)
    assert found.codes.shape == (len(drawn_outcomes()),)
    assert found.codes.min() >= -1
    assert found.codes.max() < len(found.labels)
    assert len(set(found.labels)) == len(found.labels)


def test_typologies_and_tiers_divide_the_victims_and_nobody_else() -> None:
    is_victim = drawn_outcomes().truth.is_victim
    for name in ("typology", "tier"):
        assert ((grouping(drawn_outcomes(), name).codes >= 0) == is_victim).all()


def test_travellers_are_everybody_but_the_victims() -> None:
    is_victim = drawn_outcomes().truth.is_victim
    assert ((grouping(drawn_outcomes(), "traveller").codes >= 0) == ~is_victim).all()


def test_irregular_and_victim_are_never_one_group() -> None:
    found = grouping(drawn_outcomes(), "truth")
    assert found.labels == tuple(one.label for one in TruthClass)
    assert (found.codes == drawn_outcomes().truth.truth_class).all()


@pytest.mark.parametrize("name", ["sex", "age_band", "province", "truth"])
def test_the_others_divide_everybody(name: str) -> None:
    assert (grouping(drawn_outcomes(), name).codes >= 0).all()


def test_there_is_no_other_grouping() -> None:
    with pytest.raises(BadInput):
        grouping(drawn_outcomes(), "religion")
