"""Reasons: why the screener recommends what it recommends for one dossier, adding up to its score exactly.

A reason names the answer, indicator or rule, the values it read and its points. What was missing speaks too,
and what has not been asked yet is listed and counts for nothing. Points are whole hundredths; the sum of
start, reasons and the line for other patterns is the risk, to the last hundredth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import PRESENT
from dossier.indicators import indicator_texts
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.texts import Text
from models.features import CardInput, contexts_at
from screening.referral import agency_names
from screening.screener import OVERRIDE, Assessment, Screener


@dataclass(frozen=True)
class Reason:
    """One line of an explanation.

    Attributes:
        kind: `answer`, `setting`, `indicator` or `rule`.
        name: Field, indicator or rule.
        title: What it is called.
        level: The level found, such as a code, "present" or "missing".
        points: Hundredths it adds in the leading card.
        values: The values it read, by field.
    """

    kind: str
    name: str
    title: Text
    level: str
    points: int
    values: dict[str, str]


@dataclass(frozen=True)
class Explanation:
    """Why one dossier got its recommendation.

    Attributes:
        applicant: Identity number.
        stage: The stage.
        recommendation: The recommendation.
        agency: Key of the receiving agency, where referral is recommended.
        family: The pattern that the dossier resembles most.
        context: Name of the context whose card read it.
        start: Hundredths every dossier of this card starts with.
        reasons: Lines with points, most points first.
        resembles_others: Hundredths for resembling other patterns too.
        risk: Hundredths; their sum. None where an override rule decided.
        overrides: Ids of the override rules that fired.
        not_assessed: Fields that are empty.
        not_yet_asked: Fields of later stages.
    """

    applicant: int
    stage: Stage
    recommendation: Recommendation
    agency: str | None
    family: str
    context: str
    start: int
    reasons: tuple[Reason, ...]
    resembles_others: int
    risk: int | None
    overrides: tuple[str, ...]
    not_assessed: tuple[str, ...]
    not_yet_asked: tuple[str, ...]

    @property
    def sum_of_points(self) -> int:
        """Start, reasons and other patterns together, in hundredths."""
        return self.start + sum(reason.points for reason in self.reasons) + self.resembles_others


def explain(screener: Screener, dossiers: Dossiers, row: int, stage: Stage) -> Explanation:
    """Explain the recommendation for one of `dossiers`.

    Args:
        screener: The screener.
        dossiers: Must hold the fields visible at `stage`.
        row: Which dossier.
        stage: What has been seen.
    """
    one = dossiers.take(np.array([row]))
    assessment = screener.assess(one, stage)
    leading = int(assessment.score.leading[0])
    context = int(assessment.context[0])
    cards = screener.cards.at(stage)
    reasons = sorted(_reasons(screener, assessment, one), key=lambda reason: -reason.points)
    overridden = assessment.risk[0] == OVERRIDE
    flagged = bool(assessment.is_flagged[0])
    seen = [f for f in fields().values() if f.visible_from <= stage]
    return Explanation(
        applicant=int(one.applicants[0]),
        stage=stage,
        recommendation=Recommendation(int(assessment.recommendation[0])),
        agency=agency_names()[int(assessment.agency[0])] if flagged else None,
        family=screener.cards.families[leading],
        context=contexts_at(stage)[context].name,
        start=int(cards.start[context][leading]),
        reasons=tuple(reasons),
        resembles_others=int(assessment.score.resembles_others[0]),
        risk=None if overridden else int(assessment.risk[0]),
        overrides=tuple(_fired_overrides(screener, assessment)),
        not_assessed=tuple(f.name for f in seen if one.columns[f.name][0] == MISSING),
        not_yet_asked=tuple(f.name for f in fields().values() if f.visible_from > stage),
    )


def shown_value(name: str, value: int) -> str:
    """Return a value as it is shown: a code, a number in groups of three, or a word for its absence."""
    if value == MISSING:
        return "missing"
    if value == NOT_APPLICABLE:
        return "not applicable"
    return f"{value:,}" if fields()[name].is_number else fields()[name].codes[value]


def _reasons(screener: Screener, assessment: Assessment, one: Dossiers) -> Iterator[Reason]:
    cards = screener.cards.at(assessment.stage)
    leading, context = int(assessment.score.leading[0]), int(assessment.context[0])
    for entry, table, level in zip(cards.inputs, cards.tables, assessment.levels[0], strict=True):
        points = int(table[context, level, leading])
        if points:
            yield Reason(
                entry.kind,
                entry.name,
                _title(screener, entry),
                entry.levels[level],
                points,
                _values(screener, entry, one),
            )


def _title(screener: Screener, entry: CardInput) -> Text:
    if entry.kind == "indicator":
        return indicator_texts()[entry.name].title
    return screener.rulebook.rule(entry.name).title if entry.kind == "rule" else fields()[entry.name].label


def _values(screener: Screener, entry: CardInput, one: Dossiers) -> dict[str, str]:
    reads: tuple[str, ...] = (entry.name,)
    if entry.kind == "indicator":
        reads = screener.rulebook.indicators[entry.name].reads
    elif entry.kind == "rule":
        reads = screener.rulebook.rule(entry.name).reads
    return {name: shown_value(name, int(one.columns[name][0])) for name in reads}


def _fired_overrides(screener: Screener, assessment: Assessment) -> Iterator[str]:
    for rule in screener.rulebook.rules:
        outcome = assessment.evidence.outcomes.get(rule.id)
        if rule.tier == "override" and outcome is not None and outcome[0] == PRESENT:
            yield rule.id
