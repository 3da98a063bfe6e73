"""The chance that a risk stands for: never falling, right on the people it was learned from, moved by prevalence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import ValidationError
from scipy.special import expit

from models.calibration import Calibration, fitted
from screening.screener import OVERRIDE

CURVE = Calibration(risks=(-300, 0, 300), log_odds=(-6.0, -2.0, 1.0), prior=0.02)


def risks(seed: int, mean: float, size: int = 8000) -> np.ndarray:
    """Return risks in hundredths, normal around `mean` log-odds units."""
    generator = np.random.Generator(np.random.SFC64(seed))
    return np.rint(100 * generator.normal(mean, 1.2, size)).astype(np.int32)


def test_the_chance_lies_on_the_broken_line() -> None:
    chance = CURVE.chance(np.array([-300, -150, 0, 150, 300], dtype=np.int32))
    assert np.allclose(chance, expit([-6.0, -4.0, -2.0, -0.5, 1.0]))


def test_beyond_its_ends_the_line_is_level() -> None:
    ends = CURVE.chance(np.array([-9000, 9000], dtype=np.int32))
    assert np.allclose(ends, expit([-6.0, 1.0]))


def test_another_share_of_victims_moves_the_odds_by_their_ratio() -> None:
    risk = np.array([-100, 50, 250], dtype=np.int32)
    here, rare = CURVE.chance(risk), CURVE.chance(risk, prior=0.0002)
    ratio = (0.0002 / 0.9998) / (0.02 / 0.98)
    assert np.allclose(rare / (1 - rare), ratio * here / (1 - here))


def test_where_a_rule_decided_alone_no_chance_is_stated() -> None:
    assert np.isnan(CURVE.chance(np.array([OVERRIDE], dtype=np.int32))).all()


@settings(max_examples=25)
@given(some.integers(0, 1000), some.floats(0.2, 3.0), some.floats(0.001, 0.5))
def test_the_chance_never_falls_as_the_risk_rises(seed: int, apart: float, share: float) -> None:
    curve = fitted(risks(seed, apart, 500), risks(seed + 1, 0.0, 700), share)
    chance = curve.chance(np.arange(-600, 900, 7, dtype=np.int32))
    assert (np.diff(chance) >= 0).all()


def test_the_shown_chance_is_the_share_of_victims_on_fresh_people() -> None:
    share = 0.02
    curve = fitted(risks(1, 1.5, 60_000), risks(2, -1.0, 200_000), share)
    victims, others = risks(3, 1.5, 40_000), risks(4, -1.0, 400_000)
    shown = {name: curve.chance(side) for name, side in (("victims", victims), ("others", others))}
    for low, high in ((0.0, 0.01), (0.01, 0.1), (0.1, 0.4), (0.4, 1.0)):
        parts = [
            (side[(side >= low) & (side < high)], weight / len(side))
            for side, weight in ((shown["victims"], share), (shown["others"], 1 - share))
        ]
        expected = sum(part.sum() * weight for part, weight in parts)
        found, everybody = len(parts[0][0]) * parts[0][1], sum(len(part) * weight for part, weight in parts)
        assert found / everybody == pytest.approx(expected / everybody, rel=0.12)


def test_those_on_whom_a_rule_decided_are_left_aside() -> None:
    victims, others = risks(1, 1.0), risks(2, -1.0)
    with_overrides = np.append(victims, np.full(400, OVERRIDE, dtype=np.int32))
    assert max(fitted(with_overrides, others, 0.02).risks) == max(fitted(victims, others, 0.02).risks)


@pytest.mark.parametrize(
    "change",
    [
        {"log_odds": (-6.0, 1.0, -2.0)},
        {"risks": (0, 0, 300)},
        {"risks": (-300, 0)},
        {"prior": 0.0},
        {"log_odds": (-6.0, -2.0, float("nan"))},
        {"surprise": 1},
    ],
)
def test_a_faulty_curve_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calibration.model_validate({**CURVE.model_dump(), **change})
