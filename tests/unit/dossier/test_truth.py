"""Truth: victims, the irregular, the lawful and facilitators are never confused."""

import numpy as np
import pytest

from dossier.truth import Truth, TruthClass, joined_truths


@pytest.fixture
def truth() -> Truth:
    """One applicant of each module; two typologies belong to one family."""
    return Truth(
        applicants=np.arange(10, 15),
        truth_class=np.array([0, 1, 2, 2, 3], dtype=np.int8),
        module=np.array([0, 1, 2, 3, 4], dtype=np.int16),
        tier=np.array([-1, -1, 0, 1, -1], dtype=np.int8),
        network=np.array([-1, -1, 7, 8, 9]),
        modules=("journey.a", "lookalike.b", "typology.c", "typology.d", "journey.e"),
        tiers=("crude", "expert"),
        kinds=("journey", "lookalike", "typology", "typology", "journey"),
        families=("", "", "bondage", "bondage", ""),
    )


def test_classes_are_labelled_as_in_files() -> None:
    assert [truth_class.label for truth_class in TruthClass] == [
        "lawful",
        "irregular",
        "victim",
        "facilitator",
    ]


def test_only_victims_are_victims(truth: Truth) -> None:
    assert truth.is_victim.tolist() == [False, False, True, True, False]


def test_irregular_is_not_trafficked_and_counts_among_the_others(truth: Truth) -> None:
    assert truth.is_counted_as_other.tolist() == [True, True, False, False, False]


def test_facilitators_stand_on_neither_side_of_a_rate(truth: Truth) -> None:
    facilitators = truth.truth_class == TruthClass.FACILITATOR
    assert not (truth.is_victim | truth.is_counted_as_other)[facilitators].any()


def test_a_family_is_named_once_and_only_victims_have_one(truth: Truth) -> None:
    assert truth.family_names == ("bondage",)
    assert truth.family.tolist() == [-1, -1, 0, 0, -1]


@pytest.mark.parametrize("rows", [np.array([4, 2]), slice(4, None, -2)])
def test_taking_rows_takes_every_column(
    truth: Truth, rows: slice | np.ndarray[tuple[int], np.dtype[np.intp]]
) -> None:
    taken = truth.take(rows)
    assert len(taken) == len(truth.applicants[rows])
    for name in ("applicants", "truth_class", "module", "tier", "network"):
        assert getattr(taken, name).tolist() == getattr(truth, name)[rows].tolist()
    assert taken.modules == truth.modules


def test_parts_are_joined_in_their_order(truth: Truth) -> None:
    whole = joined_truths(truth.take(rows) for rows in (slice(3, 5), slice(0, 3)))
    assert whole.applicants.tolist() == [13, 14, 10, 11, 12]
    assert whole.truth_class.tolist() == [2, 3, 0, 1, 2]
    assert whole.network.tolist() == [8, 9, -1, -1, 7]
    assert (whole.modules, whole.families) == (truth.modules, truth.families)
