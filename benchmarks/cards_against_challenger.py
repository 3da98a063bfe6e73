"""The price of being explained: cards against the unrestricted challenger and the oracle.

All three judge the same freshly drawn victims, at the same false-flag rates on the same non-victims. How to
read a row: `cards_minus_challenger` is the share of victims whom the cards miss and the challenger finds,
less the share with whom it is the other way round, so that below zero the cards are better; `interval` is
its 95 % interval, Bonferroni's over the two discordant shares, each by Clopper and Pearson, and its upper
end is the number to hold to 0.01. The challenger has as many others to learn from as the cards; of victims
it has the settings' number in the scenario's mixture, which is fewer than the cards have of most families.
Where `unseen` names a family, neither the cards nor the challenger met it in training, and the victims are
of that family alone. Run it with

    python benchmarks/cards_against_challenger.py [SCENARIO ...] [--cards FILE] [--unseen FAMILY ...]
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from console.certifying import Scorer
from console.training import train_cards, trained_challenger
from dossier.dossiers import joined
from models.card import CardSet, load_cards
from models.challengers import Challenger
from screening.evaluation.yardsticks import at_false_flag_rate, paired_misses
from screening.referral import headline_stage
from screening.screener import RELEASED, released_rules
from synthetic.cohort import FreshDraws, dossiers_of
from synthetic.compile import compile_world
from synthetic.oracle import Oracle
from synthetic.scenarios import load_scenario
from synthetic.world import World

SCENARIOS = ("baseline_year", "phnom_penh_2022", "batam_2022")
UNSEEN = ("online_scam", "forced_marriage")
VICTIMS, OTHERS = 40_000, 200_000
RATES = (0.005, 0.02, 0.05)
SEED = 20_261_122
RESULTS = Path(__file__).with_name("results") / "cards_against_challenger.json"


def compared(
    scenario: str, cards: CardSet, challenger: Challenger, unseen: str | None = None
) -> list[dict[str, Any]]:
    """Return the misses of cards, challenger and oracle at each false-flag rate, with paired intervals."""
    world, stage = compile_world(load_scenario(scenario)), headline_stage()
    scorer, oracle, draws = Scorer.of(released_rules(), cards), Oracle(world, stage), FreshDraws(world)
    members = tuple(m.id for m in world.modules if unseen and m.module.family == unseen)
    scores = []
    for drawn in (
        draws.drawn("victims", VICTIMS, SEED, modules=members),
        draws.drawn("others", OTHERS, SEED + 1),
    ):
        dossiers = joined([dossiers_of(chunk) for chunk in drawn])
        scores.append(
            {
                "cards": scorer.risk(dossiers, stage),
                "challenger": challenger.scores(dossiers),
                "oracle": np.concatenate([oracle.log_odds(chunk.observed) for chunk in drawn]),
            }
        )
    return [{"scenario": scenario, "unseen": unseen, **_at(rate, *scores)} for rate in RATES]


def _at(rate: float, victims: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    missed = {name: at_false_flag_rate(victims[name], others[name], rate) for name in victims}
    difference = paired_misses(missed["cards"], missed["challenger"])
    return {
        "false_flag_rate": rate,
        "victims": VICTIMS,
        "others": OTHERS,
        **{f"{name}_miss_rate": round(float(found.mean()), 4) for name, found in missed.items()},
        "cards_minus_challenger": round(difference.estimate, 4),
        "interval": [round(end, 4) for end in difference.interval],
    }


def without(world: World, cards: CardSet, family: str) -> tuple[CardSet, Challenger]:
    """Return cards and a challenger that were trained like `cards`, but never met `family`."""
    stage, seed = headline_stage(), cards.training.seed
    others = cards.training.others
    return (
        train_cards(world, released_rules(), seed, "unseen", without=family, stages=(stage,)),
        trained_challenger(world, seed, stage, others=others, without=family),
    )


def results(scenarios: Sequence[str], unseen: Sequence[str], cards: CardSet) -> list[dict[str, Any]]:
    """Return all rows: scenario by scenario, then the families that training never met."""
    training = compile_world(load_scenario(cards.training.scenario))
    rival = trained_challenger(training, cards.training.seed, headline_stage(), others=cards.training.others)
    found = [_printed(row) for scenario in scenarios for row in compared(scenario, cards, rival)]
    for family in unseen:
        pair = without(training, cards, family)
        found += [_printed(row) for row in compared(cards.training.scenario, *pair, family)]
    return found


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(row), flush=True)
    return row


def main() -> None:
    """Print and keep the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS)
    parser.add_argument("--cards", default=RELEASED)
    parser.add_argument("--unseen", nargs="*", default=UNSEEN, metavar="FAMILY")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    found = results(chosen.scenarios, chosen.unseen, load_cards(chosen.cards))
    chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
