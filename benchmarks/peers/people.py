"""Real risks of simulated people, drawn once and drawn from again for every measurement.

A pool is the whole population of its measurement: what a threshold misses in it is known exactly, so that a
promise about it can be seen to be kept or broken.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.comparisons.comparing import stage_named
from console.judging import Judge
from models.calibration import Calibration, fitted
from screening.screener import Screener
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario

Risks = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Pool:
    """Risks of victims and of others, in hundredths, each rising.

    Attributes:
        scenario: Where they were drawn.
        victims, others: The risks; victims come from a network each.
    """

    scenario: str
    victims: Risks
    others: Risks

    def miss_rate(self, threshold: float) -> float:
        """Return the share of victims below a threshold."""
        return float(np.searchsorted(self.victims, threshold)) / len(self.victims)

    def false_flag_rate(self, threshold: float) -> float:
        """Return the share of others at or above a threshold."""
        return 1 - float(np.searchsorted(self.others, threshold)) / len(self.others)

    def calibration(self) -> Calibration:
        """Return the curve from a risk to the chance of being a victim, learned from the whole pool."""
        return fitted(self.victims, self.others, 0.5)


def pool(scenario: str, victims: int, others: int, seed: int) -> Pool:
    """Draw a pool at the stage that the scenario looks at, screened by the released screener."""
    told = load_scenario(scenario)
    judge = Judge(compile_world(told), Screener.default(), stage_named(None, told))
    drawn = (
        judge.fresh("victims", victims, seed, one_per_network=True),
        judge.fresh("others", others, seed + 1),
    )
    one, two = (np.sort(judged.outcomes.risk[judge.stage.label]) for judged in drawn)
    return Pool(scenario, one, two)
