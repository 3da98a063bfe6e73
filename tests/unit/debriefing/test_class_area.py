"""The area of a class by hand, beside a naive twin, and its interval on classes whose area is known."""

import numpy as np
import pytest
from scipy.stats import norm

from console.debriefing.class_area import ClassArea, area_of_ratings, class_area
from console.debriefing.rating import confident_rating
from tests.unit.debriefing.classes import FLAG, case, judgement, some_class

CASES = {"v": case("v"), "w": case("w"), "l": case("l", "lawful"), "m": case("m", "irregular")}
Shape = tuple[int, int, int]


def test_the_area_of_a_class_is_the_average_over_its_seats_and_not_that_of_all_ratings_together() -> None:
    """Each seat orders perfectly; one flags readily and one rarely."""
    readily = [judgement(name, action, seat="s1") for name, action in zip("vwlm", (3, 3, 2, 2), strict=True)]
    rarely = [judgement(name, action, seat="s2") for name, action in zip("vwlm", (1, 1, 0, 0), strict=True)]
    found = class_area(readily + rarely, CASES, FLAG)
    assert found is not None
    assert (found.estimate, found.high, found.seats, found.victims, found.others) == (1.0, 1.0, 2, 2, 2)
    assert found.low == pytest.approx(0.025**0.5), "nothing varies: exact, for two pairs"


@pytest.mark.parametrize("seed", range(5))
def test_the_area_beside_a_naive_twin_with_seats_that_left_dossiers_out(seed: int) -> None:
    made, cases = some_class(seed, seats=6, dossiers=15, decided=0.7)
    won = pairs = 0.0
    for mine in made:
        for theirs in made:
            if mine.seat == theirs.seat and cases[mine.dossier].is_victim > cases[theirs.dossier].is_victim:
                higher, lower = (confident_rating(one, FLAG) for one in (mine, theirs))
                won += 1 if higher > lower else 0.5 if higher == lower else 0
                pairs += 1
    found = class_area(made, cases, FLAG)
    assert found is not None
    assert found.estimate == pytest.approx(won / pairs)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_of_one_seat_or_one_victim_there_is_no_area_of_a_class() -> None:
    alone = [judgement(name) for name in "vwlm"]
    assert class_area(alone, CASES, FLAG) is None
    assert class_area([judgement(name, seat=seat) for name in "vlm" for seat in "12"], CASES, FLAG) is None
    assert class_area([], {}, FLAG) is None


def simulated(chance: np.random.Generator, shape: Shape, area: float, shared: float) -> ClassArea:
    """Return the area of a class whose true area is known: ratings of Roe and Metz, told apart by five limits.

    Args:
        chance: Of all draws.
        shape: Seats, victims' dossiers, others'.
        area: Of a seat of middle skill, before ratings are cut.
        shared: How much of what makes a dossier hard is the same for all seats, as a standard deviation.
    """
    seats, victims, others = shape
    skill = norm.ppf(area) * 2**0.5 + 0.3 * chance.normal(size=(seats, 1))
    own = (1 - shared**2) ** 0.5
    sides = [
        mean + shared * chance.normal(size=(1, n)) + own * chance.normal(size=(seats, n))
        for mean, n in ((skill, victims), (0.0, others))
    ]
    limits = np.linspace(-1.5, float(norm.ppf(area)) * 2**0.5 + 1.5, 11)
    mine, theirs = (np.digitize(side, limits).astype(np.float64) for side in sides)
    return area_of_ratings(mine, theirs)


def coverage(shape: Shape, area: float, shared: float, classes: int) -> float:
    chance = np.random.default_rng(7)
    true = np.mean([simulated(chance, (40, 120, 120), area, shared).estimate for _ in range(20)])
    found = [simulated(chance, shape, area, shared) for _ in range(classes)]
    return sum(one.low <= true <= one.high for one in found) / classes


def test_the_interval_of_a_class_holds_the_truth_as_often_as_it_says() -> None:
    """Of 200 classes an honest interval falls short of 92 in 100 about once in twenty."""
    assert coverage((30, 6, 18), 0.85, 0.7, 200) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(30, 4, 8), (30, 6, 18), (5, 6, 10), (30, 10, 20), (100, 8, 16)])
@pytest.mark.parametrize(("area", "shared"), [(0.75, 0.5), (0.85, 0.7), (0.95, 0.9)])
def test_it_does_so_for_small_and_large_classes_easy_and_hard_dossiers(
    shape: Shape, area: float, shared: float
) -> None:
    assert coverage(shape, area, shared, 600) >= 0.925
