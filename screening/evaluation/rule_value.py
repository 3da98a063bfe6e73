"""What each rule is worth and what it costs: whom it fires on, and whose flag depends on it.

A flag depends on a rule if the dossier would fall below the threshold were the rule absent. Victims among
them are what the rule saves; lawful and irregular people among them are whom it stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dossier.findings import ABSENT, PRESENT
from dossier.truth import TruthClass
from models.card import joined_score
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
    flagged = np.flatnonzero(assessment.risk >= threshold)
    fired = np.zeros((len(rules), len(flagged)), dtype=bool)
    for index, rule in enumerate(rules):
        outcome = assessment.evidence.outcomes.get(rule.id)
        if outcome is not None:
            present = outcome == PRESENT
            counts[index, :, 0] = _by_class(truth_class[present])
            fired[index] = present[flagged]
    depends = fired & (_risk_without(screener, assessment, flagged, fired) < threshold)
    for index, people in enumerate(depends):
        counts[index, :, 1] = _by_class(truth_class[flagged[people]])
    return counts


def rule_values(rule_ids: Sequence[str], counts: Counts, of_class: npt.NDArray[np.int64]) -> list[RuleValue]:
    """Return the worth of each rule.

    Args:
        rule_ids: The rules, in the order of `counts`.
        counts: Summed over all chunks.
        of_class: Shape (truth classes,): people of each class.
    """
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
    screener: Screener, assessment: Assessment, people: npt.NDArray[np.intp], fired: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int32]:
    """Return the risk of people were each rule absent, shape (rules, people); other overrides keep theirs.

    Args:
        screener: The screener that made the assessment.
        assessment: Its result.
        people: Shape (people,): of whom.
        fired: Shape (rules, people): where each rule fires. Where it does not, the risk is left at zero.
    """
    rules, cards = screener.rulebook.rules, screener.cards.at(assessment.stage)
    columns = {entry.name: column for column, entry in enumerate(cards.inputs) if entry.kind == "rule"}
    is_override = np.array([rule.tier == "override" for rule in rules])
    by_rules = (fired & is_override[:, None]).sum(axis=0)
    overridden = by_rules - (fired & is_override[:, None]) > 0
    context, levels = assessment.context[people], assessment.levels[people]
    whole = cards.family_scores(levels, context)
    rule, person = np.nonzero(fired & ~overridden)
    points = whole.points[person]
    for index in np.unique(rule).tolist():
        column = columns.get(rules[index].id)
        if column is not None:
            rows = np.flatnonzero(rule == index)
            own, table = person[rows], cards.tables[column]
            points[rows] -= table[context[own], levels[own, column]] - table[context[own], ABSENT]
    risk = np.where(overridden, OVERRIDE, 0).astype(np.int32)
    risk[rule, person] = joined_score(replace(whole, points=points)).risk
    return risk


def _by_class(truth_class: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    return np.bincount(truth_class, minlength=len(TruthClass))
