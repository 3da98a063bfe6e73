"""Reasons: why the screener recommends what it recommends for one dossier, adding up to its score exactly.

A reason says in a sentence what was found, names the answers it read, its points and the honest explanations
for the same picture. What was missing speaks too; what has not been asked yet, or never was because its stage
was skipped, is listed and counts for nothing. Points are whole hundredths; the sum of start, reasons and the
line for other patterns is the risk, to the last hundredth. Reasons explain; they accuse nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields, fields_visible_at
from dossier.findings import PRESENT
from dossier.indicators import indicator_texts
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.texts import Text
from models.card import StageCards
from models.features import CardInput, Kind, contexts_at
from screening.offers import Offer, offered
from screening.reasons import (
    field_sentence,
    indicator_sentence,
    innocent_explanations,
    is_sign,
    line,
    rule_sentence,
    said_value,
)
from screening.referral import agency_names, policy
from screening.referral_policy import NOBODY, Route
from screening.rules import Rule
from screening.rules_only import decided_by_rules
from screening.screener import NONE_SKIPPED, OVERRIDE, Assessment, Screener
from screening.unasked import cards_without, rules_without


@dataclass(frozen=True)
class Read:
    """One answer that a reason read.

    Attributes:
        field: The field.
        label: What it is called.
        value: The answer, in words.
    """

    field: str
    label: Text
    value: Text


@dataclass(frozen=True)
class Reason:
    """One line of an explanation; of findings with the same sentence, one line with the points of all.

    Attributes:
        kind: `answer`, `setting`, `indicator` or `rule`.
        name: Field, indicator or rule.
        title: What it is called.
        level: The level found, such as a code, "present" or "missing".
        points: Hundredths it adds in the leading card.
        values: The values it read, by field, as they stand in files.
        sentence: What was found, in a sentence.
        reads: The values it read, in words.
        innocent: Honest explanations for the same picture; none for a setting, which is no finding.
        is_sign: Whether it is a finding; otherwise it counts a little although it is no sign.
    """

    kind: Kind
    name: str
    title: Text
    level: str
    points: int
    values: dict[str, str]
    sentence: Text
    reads: tuple[Read, ...]
    innocent: tuple[Text, ...]
    is_sign: bool


@dataclass(frozen=True)
class Explanation:
    """Why one dossier got its recommendation.

    Attributes:
        applicant: Identity number.
        stage: The stage.
        recommendation: The recommendation.
        threshold: Hundredths at which referral is recommended.
        agency: Key of the receiving agency, where referral is recommended and the policy names one.
        route: The ground of the referral, with who is told at once; None where no referral is recommended.
        unsettled: Grounds before it that an unknown answer leaves open: to be settled before any letter.
        offers: The lawful route that is offered to whoever is flagged or asked further.
        by_rules: Whether rules decide by themselves; a point is then a rule, and there is no pattern.
        family: The pattern that the dossier resembles most.
        context: Name of the context whose card read it.
        start: Hundredths every dossier of this card starts with.
        start_sentence: That, in a sentence.
        reasons: Lines with points: signs before what is none, and most points first.
        resembles_others: Hundredths for resembling other patterns too.
        others_sentence: That, in a sentence.
        risk: Hundredths; their sum. None where an override rule decided.
        chance: Chance of being a victim among people with this risk, at the share where the policy shows it;
            None where an override rule decided or nothing was calibrated. No threshold acts on it.
        overrides: Ids of the override rules that fired.
        decided: The same rules as reasons; they decide and carry no points.
        not_assessed: Fields that were asked for and are empty.
        not_yet_asked: Fields of later stages.
        skipped: Fields of stages that were passed over.
    """

    applicant: int
    stage: Stage
    recommendation: Recommendation
    threshold: int
    agency: str | None
    route: Route | None
    unsettled: tuple[Route, ...]
    offers: tuple[Offer, ...]
    by_rules: bool
    family: str
    context: str
    start: int
    start_sentence: Text
    reasons: tuple[Reason, ...]
    resembles_others: int
    others_sentence: Text
    risk: int | None
    chance: float | None
    overrides: tuple[str, ...]
    decided: tuple[Reason, ...]
    not_assessed: tuple[str, ...]
    not_yet_asked: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def grounds(self) -> Text | None:
        """Why this agency, or why nobody, in a sentence; None where no referral is recommended."""
        return self.route.grounds if self.route else None

    @property
    def informs(self) -> tuple[str, ...]:
        """Keys of the agencies that are told at once."""
        return tuple(key for key in self.route.informs if key != self.agency) if self.route else ()

    @property
    def sum_of_points(self) -> int:
        """Start, reasons and other patterns together, in hundredths."""
        return self.start + sum(reason.points for reason in self.reasons) + self.resembles_others


def explain(
    screener: Screener,
    dossiers: Dossiers,
    row: int,
    stage: Stage,
    skipped: frozenset[Stage] = NONE_SKIPPED,
) -> Explanation:
    """Explain the recommendation for one of `dossiers`.

    Args:
        screener: The screener.
        dossiers: Must hold the fields visible at `stage`.
        row: Which dossier.
        stage: What has been seen.
        skipped: Stages before it that were passed over.
    """
    one = dossiers.take(np.array([row])).select(fields_visible_at(stage))
    assessment = screener.assess(one, stage, skipped)
    card, context = int(assessment.score.card[0]), int(assessment.context[0])
    family = screener.cards.families[int(assessment.score.leading[0])]
    risk = int(assessment.risk[0])
    by_rules = decided_by_rules(screener.cards)
    title = contexts_at(stage)[context].title
    route = screener.referral.routes[int(assessment.route[0])] if assessment.is_flagged[0] else None
    receiver = int(assessment.agency[0])
    asked = [name for name in one.columns if fields()[name].visible_from not in skipped]
    return Explanation(
        applicant=int(one.applicants[0]),
        stage=stage,
        recommendation=Recommendation(int(assessment.recommendation[0])),
        threshold=screener.operating_point.threshold(stage),
        agency=agency_names()[receiver] if route and receiver != NOBODY else None,
        route=route,
        unsettled=screener.unsettled(one.select(asked), assessment, 0) if route else (),
        offers=_offers(screener, assessment, one.select(asked)),
        by_rules=by_rules,
        family=family,
        context=contexts_at(stage)[context].name,
        start=int(screener.cards.at(stage).start[context][card]),
        start_sentence=line("start_by_rules")
        if by_rules
        else line("start", context=title, pattern=_called(family)),
        reasons=_in_order(_reasons(screener, assessment, one)),
        resembles_others=int(assessment.score.resembles_others[0]),
        others_sentence=_others(screener, assessment),
        risk=None if risk == OVERRIDE else risk,
        chance=None if risk == OVERRIDE else _chance(screener, assessment),
        overrides=tuple(rule.id for rule in _fired_overrides(screener, assessment)),
        decided=tuple(_decision(rule, one) for rule in _fired_overrides(screener, assessment)),
        not_assessed=tuple(name for name in asked if one.columns[name][0] == MISSING),
        not_yet_asked=tuple(field.name for field in fields().values() if field.visible_from > stage),
        skipped=tuple(name for name in one.columns if name not in asked),
    )


def shown_value(name: str, value: int) -> str:
    """Return a value as it is shown: a code, a number in groups of three, or a word for its absence."""
    if value == MISSING:
        return "missing"
    if value == NOT_APPLICABLE:
        return "not applicable"
    return f"{value:,}" if fields()[name].is_number else fields()[name].codes[value]


def _called(family: str) -> Text:
    """Return what a family is called in a sentence; one that nobody named keeps its own letters."""
    plain = family.replace("_", " ")
    return policy().title.get(family, Text(en=plain, id=plain))


def _others(screener: Screener, assessment: Assessment) -> Text:
    """Say which other pattern adds most; the scores of the families decide, the leading one apart."""
    if not assessment.score.resembles_others[0]:
        return line("no_others")
    second = int(np.argsort(-assessment.score.families[0], kind="stable")[1])
    return line("others", pattern=_called(screener.cards.families[second]))


def _chance(screener: Screener, assessment: Assessment) -> float | None:
    calibration = screener.operating_point.calibration(assessment.stage)
    if calibration is None or assessment.skipped:
        return None  # it was learned on dossiers of which no stage was skipped
    return float(calibration.chance(assessment.risk, policy().shown_at)[0])


def _offers(screener: Screener, assessment: Assessment, asked: Dossiers) -> tuple[Offer, ...]:
    shows = screener.referral.written.offers_lawful_route
    if assessment.recommendation[0] == Recommendation.PROCEED or not shows:
        return ()
    route = screener.referral.routes[int(assessment.route[0])].id if assessment.is_flagged[0] else ""
    return offered(screener.desk(asked, assessment.evidence), 0, route)


def _reasons(screener: Screener, assessment: Assessment, one: Dossiers) -> Iterator[Reason]:
    cards = _cards_read(screener, assessment)
    card, context = int(assessment.score.card[0]), int(assessment.context[0])
    for entry, table, level in zip(cards.inputs, cards.tables, assessment.levels[0], strict=True):
        points = int(table[context, level, card])
        if points:
            yield _reason(screener, entry, entry.levels[level], points, one)


def _in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the lines, those with one sentence joined: signs before what is none, most points first."""
    same: dict[str, list[Reason]] = {}
    for reason in reasons:
        same.setdefault(reason.sentence.en, []).append(reason)
    lines = [_joined(parts) for parts in same.values()]
    return tuple(sorted(lines, key=lambda reason: (not reason.is_sign, -reason.points)))


def _joined(parts: Sequence[Reason]) -> Reason:
    """Return reasons with one sentence as one, under the name of the one with most points."""
    first = max(parts, key=lambda reason: reason.points)
    if len(parts) == 1:
        return first
    ordered = [first, *(part for part in parts if part is not first)]
    reads = {read.field: read for part in ordered for read in part.reads}
    return replace(
        first,
        points=sum(part.points for part in parts),
        values={name: value for part in ordered for name, value in part.values.items()},
        reads=tuple(reads.values()),
        innocent=tuple(dict.fromkeys(text for part in ordered for text in part.innocent)),
        is_sign=any(part.is_sign for part in parts),
    )


def _cards_read(screener: Screener, assessment: Assessment) -> StageCards:
    """Return the cards without the rows that a skipped stage left unread."""
    cards = screener.cards.at(assessment.stage)
    if not assessment.skipped:
        return cards
    visible = fields_visible_at(assessment.stage)
    unasked = {name for name in visible if fields()[name].visible_from in assessment.skipped}
    return cards_without(cards, unasked, rules_without(screener.rulebook, unasked))


def _reason(screener: Screener, entry: CardInput, level: str, points: int, one: Dossiers) -> Reason:
    is_present = level == "present"
    if entry.kind == "rule":
        rule = screener.rulebook.rule(entry.name)
        sentence = rule_sentence(rule, is_present=is_present, dossier=one)
        return _line(entry, rule.title, level, points, sentence, rule.innocent, rule.reads, one)
    innocent = innocent_explanations(entry.kind, entry.name, level, one)
    if entry.kind == "indicator":
        reads = screener.rulebook.indicators[entry.name].reads
        sentence = indicator_sentence(entry.name, is_present=is_present, dossier=one)
        title = indicator_texts()[entry.name].title
        return _line(entry, title, level, points, sentence, innocent, reads, one)
    sentence = field_sentence(entry.name, int(one.columns[entry.name][0]))
    label = fields()[entry.name].label
    return _line(entry, label, level, points, sentence, innocent, (entry.name,), one)


def _decision(rule: Rule, one: Dossiers) -> Reason:
    entry = CardInput("rule", rule.id, ())
    return _line(entry, rule.title, "present", 0, rule.reason, rule.innocent, rule.reads, one)


def _line(
    entry: CardInput,
    title: Text,
    level: str,
    points: int,
    sentence: Text,
    innocent: tuple[Text, ...],
    reads: Iterable[str],
    one: Dossiers,
) -> Reason:
    found = {name: int(one.columns[name][0]) for name in reads}
    return Reason(
        kind=entry.kind,
        name=entry.name,
        title=title,
        level=level,
        points=points,
        values={name: shown_value(name, value) for name, value in found.items()},
        sentence=sentence,
        reads=tuple(
            Read(name, fields()[name].label, said_value(name, value)) for name, value in found.items()
        ),
        innocent=innocent,
        is_sign=is_sign(entry.kind, entry.name, level),
    )


def _fired_overrides(screener: Screener, assessment: Assessment) -> Iterator[Rule]:
    for rule in screener.rulebook.rules:
        outcome = assessment.evidence.outcomes.get(rule.id)
        if rule.tier == "override" and outcome is not None and outcome[0] == PRESENT:
            yield rule
