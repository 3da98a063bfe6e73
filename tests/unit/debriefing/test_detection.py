"""Misses, false flags, d' and c: by hand, with intervals that hold, and words that the intervals allow."""

import math
from itertools import product

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom, norm

from console.debriefing.detection import Detection, Estimate, detection, dprime, rates
from console.debriefing.shares import Share
from screening.evaluation.rates import clopper_pearson
from tests.unit.debriefing.classes import FLAG, case, judgement

CASES = {"v1": case("v1"), "v2": case("v2"), "l": case("l", "lawful"), "i": case("i", "irregular")}


def of_one(count: int, n: int) -> Share:
    return Share(count, n, seats=1, dossiers=n, independent=n)


def test_misses_and_false_flags_by_hand_with_the_irregular_apart() -> None:
    made = [judgement("v1", 0), judgement("v2", 2), judgement("l", 1), judgement("i", 3)]
    found = rates(made, CASES, FLAG)
    assert (found.misses.count, found.misses.n) == (1, 2)
    assert (found.false_flags.count, found.false_flags.n) == (1, 2)
    assert (found.false_flags_lawful.count, found.false_flags_irregular.count) == (0, 1)
    assert rates(made, CASES, 1).false_flags.count == 2, "asking for documents is a flag here"


def test_facilitators_are_in_no_rate() -> None:
    found = rates([judgement("f", 3)], {"f": case("f", "facilitator")}, FLAG)
    assert (found.misses.n, found.false_flags.n) == (0, 0)


def test_of_one_seat_the_interval_is_the_exact_one() -> None:
    made = [judgement("v1", 0), judgement("v2", 2)]
    found = rates(made, CASES, FLAG).misses
    assert (found.low, found.high) == clopper_pearson(1, 2)


def test_half_a_case_is_added_so_that_nothing_missed_has_a_number() -> None:
    found = dprime(10, 10, 0, 10)
    assert found.value == pytest.approx(2 * norm.ppf(10.5 / 11))
    assert found.high == math.inf
    assert found.low == pytest.approx(1.698, abs=0.001)


def test_criterion_is_below_nought_for_who_flags_readily() -> None:
    readily = detection(of_one(0, 10), of_one(7, 10))
    rarely = detection(of_one(7, 10), of_one(0, 10))
    assert readily is not None
    assert rarely is not None
    assert readily.criterion.value == pytest.approx(-(norm.ppf(10.5 / 11) + norm.ppf(7.5 / 11)) / 2)
    assert rarely.criterion.value == pytest.approx(-readily.criterion.value)
    assert readily.readiness == "readily"
    assert rarely.readiness == "rarely"


@pytest.mark.parametrize(("victims", "others"), [(0, 10), (10, 0), (0, 0)])
def test_without_victims_or_others_nothing_is_said(victims: int, others: int) -> None:
    assert detection(of_one(0, victims), of_one(0, others)) is None


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(1.2, 3, "well"), (0.2, 2, "some"), (-0.5, 0.8, "hardly"), (-0.5, 2.5, "too_few")],
)
def test_the_interval_decides_which_word_is_said_of_telling_apart(low: float, high: float, word: str) -> None:
    anything = Estimate(0, -1, 1)
    assert Detection(Estimate(1, low, high), anything).telling_apart == word


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(-2, -0.1, "readily"), (0.1, 2, "rarely"), (-0.5, 0.5, "evenly"), (-1.5, 0.5, "too_few")],
)
def test_the_interval_decides_which_word_is_said_of_readiness(low: float, high: float, word: str) -> None:
    assert Detection(Estimate(1, 0, 2), Estimate(0, low, high)).readiness == word


def test_four_dossiers_are_too_few_to_say_anything() -> None:
    found = detection(of_one(1, 2), of_one(1, 2))
    assert found is not None
    assert (found.telling_apart, found.readiness) == ("too_few", "too_few")


def test_intervals_of_dprime_hold_at_ten_and_ten() -> None:
    assert worst_coverage(10, 10, [0, 1, 2, 3], [-1, 0, 1]) >= 0.96


@pytest.mark.parametrize(("victims", "others"), [(10, 10), (30, 30), (5, 15), (10, 70)])
def test_intervals_of_dprime_and_c_hold_whatever_is_true(victims: int, others: int) -> None:
    true = np.linspace(0, 4, 17).tolist()
    criteria = np.linspace(-1, 1, 9).tolist()
    assert worst_coverage(victims, others, true, criteria) >= 0.96
    assert worst_coverage(victims, others, true, criteria, of_criterion=True) >= 0.96


def test_intervals_from_the_estimates_variance_would_not_hold() -> None:
    """Why the plainer interval is not used: at a d' of 3 it misses the truth eight times in a hundred."""

    def wald(flagged: int, victims: int, wrongly: int, others: int) -> Estimate:
        shares = (flagged + 0.5) / (victims + 1), (wrongly + 0.5) / (others + 1)
        scores = [norm.ppf(share) for share in shares]
        variances = [
            share * (1 - share) / (n * norm.pdf(score) ** 2)
            for share, score, n in zip(shares, scores, (victims, others), strict=True)
        ]
        half = 1.96 * sum(variances) ** 0.5
        value = scores[0] - scores[1]
        return Estimate(value, value - half, value + half)

    assert coverage({key: wald(key[0], 30, key[1], 30) for key in outcomes(30, 30)}, 30, 30, 3.0, 1.0) < 0.93


def outcomes(victims: int, others: int) -> list[tuple[int, int]]:
    return list(product(range(victims + 1), range(others + 1)))


def worst_coverage(
    victims: int, others: int, true: list[float], criteria: list[float], of_criterion: bool = False
) -> float:
    """The smallest probability, over true values, that the interval holds the truth: counted out, not drawn."""
    found = {
        key: detection(of_one(victims - key[0], victims), of_one(key[1], others))
        for key in outcomes(victims, others)
    }
    estimates = {key: one.criterion if of_criterion else one.dprime for key, one in found.items() if one}
    return min(
        coverage(estimates, victims, others, d, c, c if of_criterion else d)
        for d, c in product(true, criteria)
    )


def coverage(
    estimates: dict[tuple[int, int], Estimate],
    victims: int,
    others: int,
    d: float,
    c: float,
    truth: float | None = None,
) -> float:
    truth = d if truth is None else truth
    of_victims = np.asarray(binom.pmf(range(victims + 1), victims, ndtr(d / 2 - c)))
    of_others = np.asarray(binom.pmf(range(others + 1), others, ndtr(-d / 2 - c)))
    return float(
        sum(
            of_victims[flagged] * of_others[wrongly]
            for (flagged, wrongly), estimate in estimates.items()
            if estimate.low <= truth <= estimate.high
        )
    )
