"""The paper card, composed: signs from the rules and indicators, people from the generator.

It is learned from one draw and measured on another, beside the cards at the very same false-flag rate on the
same people, so that the loss printed on it is what it costs to do without a computer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.certifying import Scorer
from console.training import labelled_draw
from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.findings import PRESENT
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import CardSet
from models.paper_card import Labelled, PaperCard, PaperRow, Signs, chosen_points, settings
from screening.evaluation.guarantee.thresholds import threshold_for_share
from screening.evaluation.rates import Rate, difference_json, rate_json
from screening.evaluation.yardsticks import at_false_flag_rate, paired_misses
from screening.rulebook import CompiledRulebook
from screening.screener import read_evidence
from synthetic.changes import scenario_hash
from synthetic.cohort import FreshDraws
from synthetic.world import World


@dataclass(frozen=True)
class Desk:
    """Where a paper card is used: the rules it reads, and the stage.

    Attributes:
        rulebook: The compiled rulebook.
        stage: What has been seen.
    """

    rulebook: CompiledRulebook
    stage: Stage

    def candidates(self) -> tuple[str, ...]:
        """Return the names of all signs that a row may hold, in the order of the columns of `signs`."""
        rules = [r.id for r in self.rulebook.rules if r.tier == "evidence" and r.stage <= self.stage]
        indicators = [name for name, one in self.rulebook.indicators.items() if one.stage <= self.stage]
        return (*(f"indicator:{name}" for name in indicators), *(f"rule:{rule_id}" for rule_id in rules))

    def read(self, dossiers: Dossiers) -> "Read":
        """Return which signs are present in which dossier."""
        seen = dossiers.select(fields_visible_at(self.stage))
        evidence = read_evidence(self.rulebook, seen, self.stage)
        found = {f"indicator:{name}": findings for name, findings in evidence.indicators.items()}
        found |= {f"rule:{rule_id}": findings for rule_id, findings in evidence.outcomes.items()}
        overrides = self.rulebook.overrides_at(self.stage)
        by_rule = [evidence.outcomes[rule.id] == PRESENT for rule in overrides]
        return Read(
            np.stack([found[name] == PRESENT for name in self.candidates()], axis=1),
            np.any([np.zeros(len(dossiers), dtype=bool), *by_rule], axis=0),
        )


@dataclass(frozen=True)
class Read:
    """What was read from some dossiers.

    Attributes:
        signs: Shape (n, candidates): whether each sign is present.
        by_rule: Shape (n,): whether a rule recommends referral whatever the sum.
    """

    signs: Signs
    by_rule: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.by_rule)


def paper_card_for(
    world: World, desk: Desk, cards: CardSet, name: str, progress: Callable[[str], None] = lambda _: None
) -> PaperCard:
    """Learn a paper card from a scenario, choose its sum for referral, and measure both.

    Args:
        world: The compiled scenario.
        desk: Rules and stage.
        cards: The cards it is measured beside; their training seed is also this card's.
        name: Its id.
        progress: Called with a sentence before each step.

    Raises:
        BadInput: If no sum of points flags few enough people.
    """
    progress("Choosing the rows of the paper card")
    chosen, seed = settings(), cards.training.seed
    dossiers, is_victim = labelled_draw(world, chosen.victims, chosen.others, seed)
    signs = desk.read(dossiers).signs
    people = Labelled(signs, is_victim, cards.training.share_of_victims)
    points = chosen_points(people, chosen.rows, chosen.most_points)
    candidates = desk.candidates()
    order = sorted(np.flatnonzero(points).tolist(), key=lambda column: (-points[column], column))
    rows = tuple(PaperRow(finding=candidates[column], points=int(points[column])) for column in order)
    sums = (signs @ points).astype(np.int32)
    refer_from = threshold_for_share(sums[~is_victim], chosen.max_flagged)
    if refer_from < 1 or not (sums[is_victim] >= refer_from).any():
        what = f"no sum of points flags at most {chosen.max_flagged:.0%} of non-victims and anybody at all"
        raise BadInput.of(what, where=world.scenario.id, mend="Train on a scenario with more to tell apart.")
    card = PaperCard.model_validate(
        {
            "id": name,
            "stage": desk.stage.label,
            "rulebook": desk.rulebook.rulebook.id,
            "columns_hash": desk.rulebook.columns_hash,
            "scenario": world.scenario.id,
            "scenario_hash": scenario_hash(world.scenario),
            "seed": seed,
            "rows": rows,
            "refer_from": refer_from,
        }
    )
    progress("Measuring the paper card")
    return card.model_copy(update={"measured": _measured(card, desk, cards, FreshDraws(world))})


def _measured(card: PaperCard, desk: Desk, cards: CardSet, draws: FreshDraws) -> dict[str, Any]:
    """Return what the card misses and flags on fresh people, sum by sum, and its loss beside the cards."""
    chosen, scorer = settings(), Scorer.of(desk.rulebook, cards)
    victims = draws("victims", chosen.measured_victims, chosen.measured_seed)[0]
    others = draws("others", chosen.measured_others, chosen.measured_seed + 1)[0]
    sides = [desk.read(side) for side in (victims, others)]
    sums = [card.sums(side.signs, desk.candidates()) for side in sides]
    referred = [side.by_rule | (total >= card.refer_from) for side, total in zip(sides, sums, strict=True)]
    flagged = Rate(int(referred[1].sum()), len(others))
    risk_of_victims, risk_of_others = (scorer.risk(side, desk.stage) for side in (victims, others))
    beside = at_false_flag_rate(risk_of_victims, risk_of_others, flagged.estimate)
    return {
        "seed": chosen.measured_seed,
        "miss_rate": _rate(~referred[0], "missed"),
        "false_flag_rate": rate_json(flagged, "flagged"),
        "cards_miss_rate": _rate(beside, "missed"),
        "loss": difference_json(paired_misses(~referred[0], beside)),
        "by_sum": [_at_sum(sums, least) for least in range(1, int(max(side.max() for side in sums)) + 1)],
    }


def _rate(counted: npt.NDArray[np.bool_], name: str) -> dict[str, Any]:
    return rate_json(Rate(int(counted.sum()), len(counted)), name)


def _at_sum(sums: list[npt.NDArray[np.int64]], least: int) -> dict[str, Any]:
    victims, others = sums
    return {
        "sum": least,
        "miss_rate": _rate(victims < least, "missed"),
        "false_flag_rate": _rate(others >= least, "flagged"),
    }
