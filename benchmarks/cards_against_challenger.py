"""The price of being explained: released cards against the unrestricted challenger and the oracle.

All three judge the same freshly drawn victims, at the same false-flag rates on the same non-victims. The
paired interval is Bonferroni's over the two discordant shares, each by Clopper and Pearson. Run it with

    python benchmarks/cards_against_challenger.py [SCENARIO ...]
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from console.certifying import Scorer
from console.training import trained_challenger
from dossier.dossiers import joined
from models.card import load_cards
from screening.evaluation.yardsticks import at_false_flag_rate, paired_misses
from screening.referral import headline_stage
from screening.screener import RELEASED, released_rules
from synthetic.cohort import FreshDraws, dossiers_of
from synthetic.compile import compile_world
from synthetic.oracle import Oracle
from synthetic.scenarios import load_scenario

VICTIMS, OTHERS = 40_000, 200_000
RATES = (0.005, 0.02, 0.05)
SEED = 20_260_701
RESULTS = Path(__file__).with_name("results") / "cards_against_challenger.json"


def compared(scenario: str) -> list[dict[str, Any]]:
    """Return the misses of cards, challenger and oracle at each false-flag rate, with paired intervals."""
    world, stage = compile_world(load_scenario(scenario)), headline_stage()
    cards = load_cards(RELEASED)
    scorer = Scorer.of(released_rules(), cards)
    training = compile_world(load_scenario(cards.training.scenario))
    challenger = trained_challenger(training, cards.training.seed, stage)
    oracle, draws = Oracle(world, stage), FreshDraws(world)
    scores = []
    for drawn in (draws.drawn("victims", VICTIMS, SEED), draws.drawn("others", OTHERS, SEED + 1)):
        dossiers = joined([dossiers_of(chunk) for chunk in drawn])
        scores.append(
            {
                "cards": scorer.risk(dossiers, stage),
                "challenger": challenger.scores(dossiers),
                "oracle": np.concatenate([oracle.log_odds(chunk.observed) for chunk in drawn]),
            }
        )
    return [_at(scenario, rate, *scores) for rate in RATES]


def _at(scenario: str, rate: float, victims: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    missed = {name: at_false_flag_rate(victims[name], others[name], rate) for name in victims}
    difference = paired_misses(missed["cards"], missed["challenger"])
    return {
        "scenario": scenario,
        "false_flag_rate": rate,
        "victims": VICTIMS,
        "others": OTHERS,
        **{f"{name}_miss_rate": round(float(found.mean()), 4) for name, found in missed.items()},
        "cards_minus_challenger": round(difference.estimate, 4),
        "interval": [round(end, 4) for end in difference.interval],
    }


def main() -> None:
    """Print and keep the comparison for the scenarios named, or for two of the released ones."""
    results = []
    for scenario in sys.argv[1:] or ("baseline_year", "phnom_penh_2022"):
        for row in compared(scenario):
            print(json.dumps(row))
            results.append(row)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
