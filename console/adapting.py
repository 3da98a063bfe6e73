"""Networks that learn against the screener, composed: what they moved, what it cost whom, and what stays.

The adversary sees who is flagged and nothing else. Beside the misses before and after, it is asked what
finding as many victims as before would now take: the threshold falls, and more honest travellers, those who
look alike first of all, are flagged for it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.stages import Stage
from screening.evaluation.rates import Rate, rate_json
from screening.screener import Screener
from synthetic.adversary import Learned, Settings, learned, settings
from synthetic.cohort import FreshDraws
from synthetic.scenarios import Scenario
from synthetic.world import World

VICTIMS = 20_000
OTHERS = 60_000

Risk = npt.NDArray[np.int32]


def adapted(
    scenario: Scenario,
    screener: Screener,
    stage: Stage,
    seed: int,
    done: Callable[[int], None] = lambda _: None,
) -> tuple[Scenario, Learned]:
    """Return the scenario once its networks have learned against a screener, and how they did.

    Args:
        scenario: The scenario, with the levers it takes.
        screener: Whose flags are seen.
        stage: At which stage.
        seed: Seed of the cohort that is to be measured; the learning takes another one.
        done: Called with 1 after each round.
    """
    limit = screener.operating_point.threshold(stage)
    found = learned(
        scenario, lambda dossiers: screener.assess(dossiers, stage).risk >= limit, _apart(seed), done=done
    )
    return scenario.with_adaptations(found.adaptations), found


def rounds() -> int:
    """Return how many rounds the learning takes, for a display of progress."""
    return settings().periods


def adversary_json(
    found: Learned, before: World, after: World, screener: Screener, stage: Stage, seed: int
) -> dict[str, Any]:
    """Return what networks saw and did, and what finding as many as before would cost others, for JSON."""
    how: Settings = settings()
    return {
        "settings": how.model_dump(mode="json"),
        "rounds": [
            {
                "period": one.period,
                "module": one.module,
                "flagged": rate_json(Rate(one.flagged, one.n), "flagged"),
                "moved": list(one.moves),
                "share_still_at_work": one.share,
            }
            for one in found.rounds
        ],
        "restoring": _restoring(before, after, screener, stage, _apart(seed) + how.periods + 1),
    }


def _restoring(before: World, after: World, screener: Screener, stage: Stage, seed: int) -> dict[str, Any]:
    """Return whom a threshold flags wrongly that finds as many victims after as before the networks moved.

    The threshold is that of the victims drawn here. Intervals are of flags at this very threshold; how far
    the threshold itself depends on chance is not in them.
    """
    limit = screener.operating_point.threshold(stage)

    def risks(world: World, who: Any, size: int, seed: int) -> tuple[Risk, Any]:
        dossiers, truth = FreshDraws(world)(who, size, seed)
        return _risk(screener, dossiers, stage), truth

    first, _ = risks(before, "victims", VICTIMS, seed)
    second, _ = risks(after, "victims", VICTIMS, seed)
    found = int((first >= limit).sum())
    restored = int(np.sort(second)[VICTIMS - found]) if found else limit
    others, truth = risks(before, "others", OTHERS, seed + 1)
    return {
        "threshold": limit / 100,
        "threshold_restored": min(limit, restored) / 100,
        "found_before": rate_json(Rate(found, VICTIMS), "found"),
        "found_after": rate_json(Rate(int((second >= limit).sum()), VICTIMS), "found"),
        "travellers": [
            {
                "module": module,
                "flagged": rate_json(_flagged(others, truth.module == index, limit), "flagged"),
                "flagged_restored": rate_json(
                    _flagged(others, truth.module == index, min(limit, restored)), "flagged"
                ),
            }
            for index, module in enumerate(truth.modules)
            if (truth.module == index).any()
        ],
        "others": {
            "flagged": rate_json(_flagged(others, np.ones(OTHERS, dtype=bool), limit), "flagged"),
            "flagged_restored": rate_json(
                _flagged(others, np.ones(OTHERS, dtype=bool), min(limit, restored)), "flagged"
            ),
        },
    }


def _risk(screener: Screener, dossiers: Dossiers, stage: Stage) -> Risk:
    return screener.assess(dossiers, stage).risk


def _flagged(risk: Risk, among: npt.NDArray[np.bool_], limit: int) -> Rate:
    return Rate(int((risk[among] >= limit).sum()), int(among.sum()))


def _apart(seed: int) -> int:
    """Return a seed for the learning: networks do not learn on the very people who are measured."""
    return seed + 1_000_003
