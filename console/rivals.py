"""What the screener is measured against on the same people: better ways to choose, and simpler ones.

The oracle knows every law of the simulation; the challenger is an unrestricted boosted model. Three floors
lie below: plain logistic regression, the rules counted without any cards, and the one indicator that serves
best alone. Each flags as many people as the screener does, and the question is how many victims are among
those it leaves out; published rulebooks are compared where they stand. None of them gives reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from console.screeners import training_of_rivals
from console.training import home_of, labelled_draw, trained_challenger
from dossier.dossiers import Dossiers
from dossier.indicators import indicator_texts
from dossier.stages import Stage
from models.calibration import Calibration
from models.card import CardSet
from models.challengers import Challenger
from models.floors import IndicatorFloor, LogisticFloor, train_indicator, train_logistic
from models.floors import settings as floor_settings
from models.train import settings as training_settings
from screening.evaluation.decision_curve import Ways, cost_curve_json, decision_curve_json, terms
from screening.evaluation.panel import Compared, Panel, compared, comparisons_json
from screening.evaluation.rates import difference_json, rate_json
from screening.evaluation.yardsticks import area_under_curve
from screening.rulebook import CompiledRulebook
from screening.rules_only import rank_scores
from screening.screener import released_rules
from synthetic.draw import Drawn
from synthetic.oracle import Oracle
from synthetic.world import World

MOST_OTHERS = 200_000
"""Others on whom the rivals run; more add nothing but time."""

BEST_INDICATOR = "best_indicator"
SCREENER = "screener"
AS_RUN = "screener_as_run"
"""The screener by its chances, and by the flags of the run, whose threshold stays where it is."""

EVEN = 0.5
"""The share of victims at which log odds are what the dossier says and nothing else."""

Scores = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BestIndicator:
    """The one indicator that serves best alone, with all it takes to read it.

    Attributes:
        floor: Which it is, and what its findings say.
        rulebook: Whose parameters it is read with.
    """

    floor: IndicatorFloor
    rulebook: CompiledRulebook

    def scores(self, dossiers: Dossiers) -> Scores:
        """Return a rank score for each dossier, shape (n,); most people share theirs with many others."""
        indicator = self.rulebook.indicators[self.floor.name]
        return self.floor.scores(indicator.read(dossiers, self.rulebook.parameters))


@dataclass(frozen=True)
class Rivals:
    """What the screener is measured against.

    Attributes:
        oracle: Knows the laws.
        challenger: Unrestricted boosting; None to leave it out.
        logistic: The logistic floor; None to leave it out.
        indicator: The best indicator; None to leave it out.
        challenger_learned_at: Log odds of being a victim among the people the challenger learned from.
    """

    oracle: Oracle
    challenger: Challenger | None
    logistic: LogisticFloor | None = None
    indicator: BestIndicator | None = None
    challenger_learned_at: float = 0.0

    def scores(
        self, drawn: Drawn, dossiers: Dossiers, rulebook: CompiledRulebook, rows: npt.NDArray[np.intp]
    ) -> dict[str, Scores]:
        """Return the score of each rival for `rows`, shape (m,), by its name.

        Args:
            drawn: A part of a cohort.
            dossiers: The same as dossiers.
            rulebook: The rules that the screener reads; counted alone, they are a floor.
            rows: On whom the rivals run.
        """
        few = dossiers.take(rows)
        found = {"oracle": self.oracle.log_odds({name: c[rows] for name, c in drawn.observed.items()})}
        found["rules_only"] = rank_scores(rulebook, few, self.oracle.stage)
        learned = {
            "challenger": self.challenger,
            "logistic": self.logistic,
            BEST_INDICATOR: self.indicator,
        }
        for name, rival in learned.items():
            if rival is not None:
                found[name] = rival.scores(few) if rows.size else np.empty(0)
        return found

    def evidence(self, scores: Mapping[str, Scores]) -> dict[str, Scores]:
        """Return what the scores say for being a victim, as log likelihood ratios, shape (m,) by name.

        Whoever learned log odds among people with a known share of victims has that share taken out again.
        Rules that are only counted give no chance and are left out.

        Args:
            scores: What `scores` returned.
        """
        learned_at = {
            "oracle": _log_odds_of(self.oracle.world),
            "challenger": self.challenger_learned_at,
            "logistic": 0.0 if self.logistic is None else self.logistic.learned_at,
        }
        found = {name: scores[name] - prior for name, prior in learned_at.items() if name in scores}
        if self.indicator is not None and BEST_INDICATOR in scores:
            found[BEST_INDICATOR] = self.indicator.floor.weighed(scores[BEST_INDICATOR])
        return found


def trained_rivals(world: World, cards: CardSet, stage: Stage, *, alone: bool = False) -> Rivals:
    """Train the rivals where the cards were trained, or on the scenario itself if that is not released.

    Args:
        world: Whose people are judged.
        cards: With whom the rivals are compared.
        stage: Which fields are visible.
        alone: Whether a process of its own trains the one that takes most memory.
    """
    training = training_of_rivals(cards)
    home = home_of(training, world)
    challenger = trained_challenger(
        home, training.seed, stage, alone=alone
    )  # first, for it takes the most memory
    logistic, indicator = trained_floors(home, training.seed, stage)
    sizes = training_settings()
    return Rivals(
        Oracle(world, stage),
        challenger,
        logistic,
        indicator,
        float(np.log(sizes.challenger_victims / sizes.challenger_others)),
    )


def trained_floors(world: World, seed: int, stage: Stage) -> tuple[LogisticFloor, BestIndicator]:
    """Train the floors on victims and others, each in the scenario's own mixture.

    The best indicator is read as the released rulebook reads it, whichever rulebook screens.
    """
    chosen, rulebook = floor_settings(), released_rules()
    dossiers, is_victim = labelled_draw(world, chosen.victims, chosen.others, seed)
    findings = rulebook.indicator_findings(dossiers, stage)
    return (
        train_logistic(dossiers, is_victim, stage),
        BestIndicator(train_indicator(findings, is_victim), rulebook),
    )


def compared_content(
    panel: Panel,
    threshold: int,
    weights: tuple[float, float],
    rivals: Rivals,
    calibration: Calibration | None,
) -> dict[str, Any]:
    """Return all that is measured against the screener, for JSON.

    Args:
        panel: All victims and some others, with scores and flags.
        threshold: Of the screener, in hundredths.
        weights: People for which a victim stands, and anybody else.
        rivals: Whose scores they are.
        calibration: What the screener's risk stands for; None where it gives no chance.

    Returns:
        Each rival with a score under its name, `comparisons`, and where there are victims and others,
        `decision_curve` and `cost_curve`.
    """
    counted = panel.weighted(*weights)
    found = compared(counted, threshold)
    ways = _ways(panel, threshold, rivals.evidence(panel.scores), calibration)
    curves = {
        "decision_curve": decision_curve_json(ways, terms()),
        "cost_curve": cost_curve_json(ways, terms()),
    }
    return {
        **_beside_json(panel, found),
        "comparisons": {**comparisons_json(counted, threshold, found), "chosen": _chosen_json(rivals)},
        **{name: curve for name, curve in curves.items() if curve},
    }


def _ways(
    panel: Panel, threshold: int, evidence: Mapping[str, Scores], calibration: Calibration | None
) -> Ways:
    """Return everybody who gives a chance or a flag; where rules decide, the screener gives flags only."""
    flags = {AS_RUN: panel.risk >= threshold, **panel.flags}
    if calibration is None:
        return Ways(panel.is_victim, evidence, flags)
    chance = calibration.chance(panel.risk, EVEN)
    ours = np.where(np.isnan(chance), np.inf, logit(chance))
    return Ways(panel.is_victim, {SCREENER: ours, **evidence}, flags)


def _chosen_json(rivals: Rivals) -> dict[str, Any]:
    """Return which indicator was chosen as the best, and what it is called."""
    if rivals.indicator is None:
        return {}
    name = rivals.indicator.floor.name
    return {BEST_INDICATOR: {"indicator": name, "title": indicator_texts()[name].title.model_dump()}}


def _beside_json(panel: Panel, found: Sequence[Compared]) -> dict[str, Any]:
    """Return what each rival with a score misses where it flags as many people, by its name."""
    victims = panel.is_victim
    both_sides = min(victims.sum(), (~victims).sum()) > 1
    content: dict[str, Any] = {}
    for one in found:
        if one.by_its_flags:
            continue
        misses = one.differences(victims, missed=True).as_they_fall
        content[one.name] = {
            "miss_rate_at_same_workload": rate_json(one.theirs.miss, "missed"),
            "missed_best": one.theirs.best,
            "missed_worst": one.theirs.worst,
            "screener_minus_this": difference_json(misses),
        }
        if both_sides:
            scores = panel.scores[one.name]
            area = area_under_curve(scores[victims], scores[~victims])
            content[one.name]["area_under_curve"] = vars(area)
    return content


def _log_odds_of(world: World) -> float:
    """Return the log odds of being a victim among the victims, lawful and irregular people of a scenario."""
    shares = dict.fromkeys(("victim", "lawful", "irregular"), 0.0)
    for kind, share in zip(world.kinds, world.shares, strict=True):
        if kind.truth_class.label in shares:
            shares[kind.truth_class.label] += float(share)
    others = shares["lawful"] + shares["irregular"]
    return float(np.log(shares["victim"]) - np.log(others))
