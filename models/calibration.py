"""Calibration: from a risk to a chance that may be shown, at a stated share of victims.

Thresholds act on the risk itself; a chance is for display only. The curve is a broken line in log odds that
never falls as the risk rises, learned on fresh applicants at one share of victims. Another share moves its
log odds by the difference of the two, and by nothing else.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import model_validator
from scipy.special import expit, log_expit, logit
from threadpoolctl import threadpool_limits

from dossier.toml_files import Finite
from models.card import LARGEST, Whole

BENDS = (0.0, 0.02, 0.1, 0.25, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Where the line bends: quantiles of the risks of victims and others, taken half and half."""


class Calibration(Finite):
    """The calibration curve of one stage.

    Attributes:
        risks: Hundredths, rising: where the line bends. It is level before the first and after the last.
        log_odds: Log odds of being a victim at each, never falling.
        prior: Share of victims at which it was learned.
    """

    risks: tuple[Whole, ...] = Option(min_length=2)
    log_odds: tuple[float, ...]
    prior: Annotated[float, Option(gt=0, lt=1)]

    @model_validator(mode="after")
    def _never_falls(self) -> "Calibration":
        if len(self.risks) != len(self.log_odds):
            raise ValueError("'risks' and 'log_odds' are not equally long")
        if list(self.risks) != sorted(set(self.risks)) or list(self.log_odds) != sorted(self.log_odds):
            raise ValueError("'risks' must rise, and 'log_odds' may not fall")
        return self

    def chance(self, risk: npt.NDArray[np.int32], prior: float | None = None) -> npt.NDArray[np.float64]:
        """Return the chance of being a victim, shape (n,); not a number where a rule decided alone.

        Args:
            risk: Shape (n,): hundredths.
            prior: Share of victims among the people looked at; the curve's own when left out.
        """
        moved = 0.0 if prior is None else float(logit(prior) - logit(self.prior))
        chance = expit(moved + np.interp(risk, self.risks, self.log_odds))
        return np.where(risk > LARGEST, np.nan, chance)


def fitted(
    victims: npt.NDArray[np.int32], others: npt.NDArray[np.int32], share_of_victims: float
) -> Calibration:
    """Return the curve that fits the risks of independent victims and others best.

    Args:
        victims, others: Hundredths; how many there are of each does not matter, only the share does. Those on
            whom a rule decided alone are left aside.
        share_of_victims: Share of victims in the population, to which the two are weighted.

    Examples:
        >>> generator = np.random.Generator(np.random.SFC64(7))
        >>> sides = (100 * generator.normal(mean, 1, 20_000) for mean in (1.0, -1.0))
        >>> victims, others = (np.rint(side).astype(np.int32) for side in sides)
        >>> curve = fitted(victims, others, 0.5)
        >>> [round(float(c), 1) for c in curve.chance(np.array([-100, 0, 100], dtype=np.int32))]
        [0.1, 0.5, 0.9]
    """
    from scipy.optimize import Bounds, minimize  # noqa: PLC0415  (slow to import, and seldom needed)

    weight = (share_of_victims / len(victims), (1 - share_of_victims) / len(others))
    victims, others = (side[side <= LARGEST] for side in (victims, others))
    bends = _bends(victims, others)
    terms = _rises(np.concatenate([victims, others]), bends)
    sides = np.concatenate([np.ones(len(victims)), -np.ones(len(others))])
    weights = np.where(sides > 0, *weight)

    def loss(numbers: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        signed = sides * (numbers[0] + terms @ numbers[1:])
        slope = -weights * sides * expit(-signed)
        return float(-(weights * log_expit(signed)).sum()), np.array([slope.sum(), *(slope @ terms)])

    first = np.concatenate([[float(logit(share_of_victims)) + bends[0] / 100], np.diff(bends) / 100])
    bounds = Bounds(np.array([-np.inf, *np.zeros(terms.shape[1])]))
    # The loss of a rare event is small; its tolerance has to be small against it. Several threads would sum
    # in another order, and a certificate could not be made again to the last digit.
    with threadpool_limits(1):
        found = minimize(
            loss, first, jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-9}
        ).x
    return Calibration(
        risks=tuple(bends.tolist()),
        log_odds=tuple(float(value) for value in np.round(np.cumsum(found), 4)),
        prior=share_of_victims,
    )


def _bends(victims: npt.NDArray[np.int32], others: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the risks at which the line bends; as many victims as others have a say in them."""
    size = min(len(victims), len(others))
    shares = np.linspace(0, 1, size)
    both = np.concatenate([np.quantile(side, shares, method="nearest") for side in (victims, others)])
    return np.unique(np.quantile(both, BENDS, method="nearest").astype(np.int64))


def _rises(risk: npt.NDArray[np.int32], bends: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return how far each risk has come along each piece of the line, from 0 to 1, shape (n, pieces)."""
    return np.clip((risk[:, None] - bends[:-1]) / np.diff(bends), 0, 1)
