"""What each rule is worth and what it costs: whom it fires on, and whose flag depends on it.

A flag depends on a rule if the dossier would fall below the threshold were the rule absent. Victims among
them are what the rule saves; lawful and irregular people among them are whom it stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.findings import ABSENT, PRESENT
from dossier.truth import TruthClass
from models.card import joined_score
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate
from screening.screener import OVERRIDE, Assessment, Screener

Counts = npt.NDArray[np.int64]
"""Shape (rules, truth classes, 2): people on whom the rule fires, and people whose flag depends on it."""


@dataclass(frozen=True)
class RuleValue:
    """The measured worth of one rule.

    Attributes:
        rule: Its id.
        fires_on_victims, fires_on_others: Shares of the victims, and of the lawful and irregular.
        saves: Victims whose flag depends on it.
        stops_lawful, stops_irregular: People of either class whose flag depends on it.
    """

    rule: str
    fires_on_victims: Rate
    fires_on_others: Rate
    saves: int
    stops_lawful: int
    stops_irregular: int


def rule_counts(
    screener: Screener, assessment: Assessment, threshold: int, truth_class: npt.NDArray[np.int8]
) -> Counts:
    """Count for each rule of the rulebook whom it fires on and whose flag depends on it.

    Args:
        screener: The screener that made the assessment.
        assessment: Its result.
        threshold: Hundredths.
        truth_class: Shape (n,): the truth.
    """
    rules = screener.rulebook.rules
    counts = np.zeros((len(rules), len(TruthClass), 2), dtype=np.int64)
    for index, rule in enumerate(rules):
        outcome = assessment.evidence.outcomes.get(rule.id)
        if outcome is None:
            continue
        fired = np.flatnonzero(outcome == PRESENT)
        flagged = fired[assessment.risk[fired] >= threshold]
        without = _risk_without(screener, assessment, rule.id, flagged)
        counts[index, :, 0] = _by_class(truth_class[fired])
        counts[index, :, 1] = _by_class(truth_class[flagged[without < threshold]])
    return counts


def rule_values(rule_ids: Sequence[str], counts: Counts, outcomes: Outcomes) -> list[RuleValue]:
    """Return the worth of each rule.

    Args:
        rule_ids: The rules, in the order of `counts`.
        counts: Summed over all chunks.
        outcomes: All applicants, for the number of people of each class.
    """
    of_class = _by_class(outcomes.truth.truth_class)
    victim, lawful, irregular = TruthClass.VICTIM, TruthClass.LAWFUL, TruthClass.IRREGULAR
    others = int(of_class[lawful] + of_class[irregular])
    return [
        RuleValue(
            rule_id,
            Rate(int(found[victim, 0]), int(of_class[victim])),
            Rate(int(found[lawful, 0] + found[irregular, 0]), others),
            int(found[victim, 1]),
            int(found[lawful, 1]),
            int(found[irregular, 1]),
        )
        for rule_id, found in zip(rule_ids, counts, strict=True)
    ]


def _risk_without(
    screener: Screener, assessment: Assessment, rule_id: str, rows: npt.NDArray[np.intp]
) -> npt.NDArray[np.int32]:
    """Return the risk of `rows` were the rule absent; other override rules keep their effect."""
    overrides = [r.id for r in screener.rulebook.rules if r.tier == "override" and r.id != rule_id]
    kept = [
        assessment.evidence.outcomes[other][rows]
        for other in overrides
        if other in assessment.evidence.outcomes
    ]
    cards = screener.cards.at(assessment.stage)
    levels = assessment.levels[rows]
    for column, entry in enumerate(cards.inputs):
        if entry.kind == "rule" and entry.name == rule_id:
            levels[:, column] = ABSENT
    risk = joined_score(cards.family_scores(levels, assessment.context[rows])).risk
    overridden = (
        np.any([outcome == PRESENT for outcome in kept], axis=0) if kept else np.zeros(len(rows), bool)
    )
    return np.where(overridden, OVERRIDE, risk).astype(np.int32)


def _by_class(truth_class: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    return np.bincount(truth_class, minlength=len(TruthClass))
