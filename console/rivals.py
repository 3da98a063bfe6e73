"""What the screener is measured against on the same people: better ways to choose, and simpler ones.

The oracle knows every law of the simulation; the challenger is an unrestricted boosted model. Two floors lie
below: plain logistic regression, and the rules counted without any cards. Each flags as many people as the
screener does, and the question is how many victims are among those it leaves out. None of them gives reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.screeners import training_of_rivals
from console.training import labelled_draw, trained_challenger
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from models.card import CardSet
from models.challengers import Challenger
from models.floors import LogisticFloor, train_logistic
from models.floors import settings as floor_settings
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.report import difference_json, rate_json
from screening.evaluation.yardsticks import (
    SameWorkload,
    Yardstick,
    area_under_curve,
    at_same_workload,
    paired_misses,
)
from screening.rulebook import CompiledRulebook
from screening.rules_only import rank_scores
from synthetic.compile import compile_world
from synthetic.draw import Drawn
from synthetic.oracle import Oracle
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.world import World

MOST_OTHERS = 200_000
"""Others on whom the rivals run; more add nothing but time."""

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rivals:
    """What the screener is measured against.

    Attributes:
        oracle: Knows the laws.
        challenger: Unrestricted boosting; None to leave it out.
        logistic: The logistic floor; None to leave it out.
    """

    oracle: Oracle
    challenger: Challenger | None
    logistic: LogisticFloor | None = None

    def scores(
        self, drawn: Drawn, dossiers: Dossiers, rulebook: CompiledRulebook, rows: npt.NDArray[np.intp]
    ) -> dict[str, Scores]:
        """Return the score of each rival for `rows`, shape (m,), by its name.

        Args:
            drawn: A part of a cohort.
            dossiers: The same as dossiers.
            rulebook: The rules that the screener reads; counted alone, they are the lower floor.
            rows: On whom the rivals run.
        """
        few = dossiers.take(rows)
        found = {"oracle": self.oracle.log_odds({name: c[rows] for name, c in drawn.observed.items()})}
        found["rules_only"] = rank_scores(rulebook, few, self.oracle.stage)
        for name, rival in (("challenger", self.challenger), ("logistic", self.logistic)):
            if rival is not None:
                found[name] = rival.scores(few) if rows.size else np.empty(0)
        return found


@dataclass(frozen=True)
class RivalScores:
    """Scores of the rivals on the rows on which they ran.

    Attributes:
        scores: Shape (m,) by rival.
        weights: Shape (m,): rows of the cohort for which each stands, because only some were looked at.
        is_victim: Shape (m,): the truth; all others are lawful or irregular.
    """

    scores: Mapping[str, Scores]
    weights: npt.NDArray[np.float64]
    is_victim: npt.NDArray[np.bool_]


def trained_rivals(world: World, cards: CardSet, stage: Stage) -> Rivals:
    """Train the rivals where the cards were trained, or on the scenario itself if that is not released."""
    training = training_of_rivals(cards)
    own = training.scenario in scenario_names()
    home = compile_world(load_scenario(training.scenario)) if own else world
    challenger = trained_challenger(home, training.seed, stage)
    return Rivals(Oracle(world, stage), challenger, trained_logistic(home, training.seed, stage))


def trained_logistic(world: World, seed: int, stage: Stage) -> LogisticFloor:
    """Train the logistic floor on victims and others, each in the scenario's own mixture."""
    chosen = floor_settings()
    return train_logistic(*labelled_draw(world, chosen.victims, chosen.others, seed), stage)


def joined_scores(parts: Sequence[RivalScores]) -> RivalScores | None:
    """Return the scores of all parts, one after the other; None where nothing was measured."""
    if not parts:
        return None
    return RivalScores(
        {name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores},
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.is_victim for part in parts]),
    )


def rivals_content(
    rivals: RivalScores, outcomes: Outcomes, flagged: npt.NDArray[np.bool_], weights: tuple[float, float]
) -> dict[str, Any]:
    """Return what each rival misses where it flags as many people as the screener, for JSON, by its name.

    Args:
        rivals: Their scores.
        outcomes: All applicants.
        flagged: Shape (n,): whom the screener flags.
        weights: People for which a victim stands, and anybody else.
    """
    truth = outcomes.truth
    counted = truth.is_victim | truth.is_counted_as_other
    flags = float(np.where(truth.is_victim, *weights)[flagged & counted].sum())
    stands_for = rivals.weights * np.where(rivals.is_victim, *weights)
    ours = ~flagged[truth.is_victim]
    both_sides = min(rivals.is_victim.sum(), (~rivals.is_victim).sum()) > 1
    content = {}
    for name, scores in rivals.scores.items():
        content[name] = _same_workload_json(
            at_same_workload(Yardstick(scores, stands_for, rivals.is_victim), flags), ours
        )
        if both_sides:
            area = area_under_curve(scores[rivals.is_victim], scores[~rivals.is_victim])
            content[name]["area_under_curve"] = vars(area)
    return content


def _same_workload_json(same: SameWorkload, ours: npt.NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "miss_rate_at_same_workload": rate_json(same.miss, "missed"),
        "missed_best": same.best,
        "missed_worst": same.worst,
        "screener_minus_this": difference_json(paired_misses(ours, same.missed)),
    }
