"""The declared mixture of a scenario is the one that many draws come to."""

import numpy as np
import pytest

from console.mixtures import declared_mixture
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario
from tests.unit.screening.desks import ALL_TYPES, cohort


def test_weights_sum_to_one_and_are_those_of_the_drawn_victims() -> None:
    found = declared_mixture(compile_world(load_scenario(ALL_TYPES)))
    assert sum(found.values()) == pytest.approx(1)
    truth = cohort().truth
    assert list(found) == list(truth.family_names)
    counted = np.bincount(truth.family[truth.is_victim], minlength=len(found))
    for weight, count in zip(found.values(), counted, strict=True):
        expected = weight * counted.sum()
        assert abs(count - expected) <= 5 * np.sqrt(expected)
