"""What would have changed a recommendation: the fewest answers that, read otherwise, lead to another one.

Only answers that an officer can check by a document, a call or a query are read otherwise (`check` in
`reasons.toml`), each as the one answer to which checking can lead. Every set of one, two and three of them
is assessed by the screener itself, so families, rules and contexts may depend on each other as they like, and
the smallest set that is found is the smallest there is. It says what to check, not that anybody lied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Values, fields, fields_visible_at
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.texts import Text
from models.features import input_policy, rising_order
from screening.reason_texts import Check, reason_texts
from screening.reasons import filled, said_amount, said_value
from screening.screener import NONE_SKIPPED, OVERRIDE, Assessment, Screener

Towards: TypeAlias = Literal["less", "more"]
"""To less attention than was recommended, or to a referral."""


@dataclass(frozen=True)
class Change:
    """One answer, read otherwise.

    Attributes:
        field: The field.
        found: The value in the dossier.
        otherwise: A value for which the condition holds; for a number, the nearest bin that is enough.
        found_said: The value in the dossier, in words.
        when: The condition, after "if".
        how: How an officer can check it.
    """

    field: str
    found: int
    otherwise: int
    found_said: Text
    when: Text
    how: Text


@dataclass(frozen=True)
class Counterfactual:
    """A smallest set of answers that, read otherwise, would have changed the recommendation.

    Attributes:
        changes: The answers.
        risk: The risk they would have led to, in hundredths; None where an override rule would have decided.
        recommendation: What would have been recommended.
        sentence: All of it in one sentence.
    """

    changes: tuple[Change, ...]
    risk: int | None
    recommendation: Recommendation
    sentence: Text


@dataclass(frozen=True)
class WhatIf:
    """What a search in one direction found.

    Attributes:
        towards: The direction.
        nearest: The sets of the smallest size, at most a few, those that lead furthest first; empty where no
            set within the bound changes the recommendation.
        most_answers: The bound.
        checkable: The fields that were read otherwise, in the order of the checks.
        sentence: The first sentence of `nearest`, with what must be said before or after it; or that nothing
            within the bound changes it, or that a judgement decided it, which no document changes.
    """

    towards: Towards
    nearest: tuple[Counterfactual, ...]
    most_answers: int
    checkable: tuple[str, ...]
    sentence: Text


Move: TypeAlias = tuple[str, int]
"""A field and the value it is given."""


def what_would_change(
    screener: Screener,
    dossiers: Dossiers,
    row: int,
    stage: Stage,
    skipped: frozenset[Stage] = NONE_SKIPPED,
    most_answers: int | None = None,
) -> tuple[WhatIf, ...]:
    """Return what would have led to less attention and, where nobody is referred, what to a referral.

    Args:
        screener: The screener.
        dossiers: Must hold the fields visible at `stage`.
        row: Which dossier.
        stage: What has been seen.
        skipped: Stages that were passed over.
        most_answers: The most answers read otherwise at once; as `reasons.toml` says when left out.
    """
    one = dossiers.take(np.array([row])).select(fields_visible_at(stage))
    desk = _Desk(screener, one, stage, skipped)
    now = Recommendation(int(desk.assess(one).recommendation[0]))
    most = most_answers or reason_texts().search.most_answers
    found = []
    if now > Recommendation.PROCEED:
        found.append(_search(desk, now, "less", most))
    if now < Recommendation.REFER:
        found.append(_search(desk, now, "more", most))
    return tuple(found)


def moves(dossier: Dossiers, asked: Sequence[str], towards: Towards) -> tuple[Move, ...]:
    """Return the checkable answers of one dossier that can be read otherwise, with their other values.

    Args:
        dossier: One dossier.
        asked: Fields that were asked for.
        towards: Less concerning answers, or more.
    """
    return tuple(
        (name, _end(name, check, towards))
        for name, check in reason_texts().check.items()
        if name in asked and _can_move(name, check, int(dossier.columns[name][0]), towards)
    )


@dataclass(frozen=True)
class _Desk:
    """One dossier at one stage, to be assessed with some of its answers read otherwise."""

    screener: Screener
    dossier: Dossiers
    stage: Stage
    skipped: frozenset[Stage]

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(name for name in self.dossier.columns if fields()[name].visible_from not in self.skipped)

    def assess(self, dossiers: Dossiers) -> Assessment:
        return self.screener.assess(dossiers, self.stage, self.skipped)

    def assess_sets(self, sets: Sequence[Sequence[Move]]) -> Assessment:
        """Assess the dossier once for each set of moves."""
        size = len(sets)
        columns: dict[str, Values] = {
            name: values.repeat(size) for name, values in self.dossier.columns.items()
        }
        for place, changed in enumerate(sets):
            for name, value in changed:
                columns[name][place] = value
        return self.assess(Dossiers(np.repeat(self.dossier.applicants, size), columns))


def _search(desk: _Desk, now: Recommendation, towards: Towards, most: int) -> WhatIf:
    candidates = [
        move
        for move in moves(desk.dossier, desk.asked, towards)
        if towards == "more" or move[0] not in _withheld(desk, now)
    ]
    checks = reason_texts().check
    first = [move for move in candidates if towards == "more" or not checks[move[0]].lowers_last]
    found = _search_among(desk, now, towards, most, first)
    if found.nearest or first == candidates:
        return found
    return _search_among(desk, now, towards, most, candidates)


def _withheld(desk: _Desk, now: Recommendation) -> frozenset[str]:
    """Return the fields that cannot undo a referral with this leading pattern."""
    if now != Recommendation.REFER:
        return frozenset()
    leading = desk.screener.cards.families[int(desk.assess(desk.dossier).score.leading[0])]
    return frozenset(
        name for one in reason_texts().withheld if leading in one.patterns for name in one.fields
    )


def _search_among(
    desk: _Desk, now: Recommendation, towards: Towards, most: int, candidates: Sequence[Move]
) -> WhatIf:
    checkable = tuple(name for name, _ in candidates)
    for size in range(1, min(most, len(candidates)) + 1):
        sets = list(combinations(candidates, size))
        assessed = desk.assess_sets(sets)
        enough = np.flatnonzero(_is_enough(assessed, now, towards))
        if enough.size:
            risk = assessed.risk[enough].astype(np.int64)
            order = enough[np.argsort(risk if towards == "less" else -risk, kind="stable")]
            kept = order[: reason_texts().search.most_shown]
            nearest = tuple(_counterfactual(desk, now, towards, sets[place]) for place in kept)
            return WhatIf(towards, nearest, most, checkable, _said(desk, towards, nearest[0].sentence))
    return WhatIf(towards, (), most, checkable, _never(desk, now, towards, most))


def _said(desk: _Desk, towards: Towards, sentence: Text) -> Text:
    """Return a sentence with what must be said before it, or after it where control was seen."""
    texts = reason_texts()
    if towards == "more":
        return filled(texts.otherwise["heading_more"], sentence=sentence)
    seen = any(
        int(desk.dossier.columns[name][0]) == fields()[name].code(answer)
        for name, answer in texts.control.items()
        if name in desk.asked
    )
    return filled(texts.otherwise["control_seen"], sentence=sentence) if seen else sentence


def _never(desk: _Desk, now: Recommendation, towards: Towards, most: int) -> Text:
    texts = reason_texts()
    if towards == "less" and _is_decided_by_a_judgement(desk, now):
        return texts.otherwise["judged"]
    said = texts.recommendation
    return filled(
        texts.otherwise[f"never_{towards}"],
        most=str(most),
        now=said[now.label],
        then=said[Recommendation.REFER.label],
    )


def _is_decided_by_a_judgement(desk: _Desk, now: Recommendation) -> bool:
    """Tell whether one judgement, read as its least concerning answer, leads to less attention."""
    sets = [
        [(name, _ladder(name)[0])]
        for name in reason_texts().search.judgements
        if name in desk.asked and int(desk.dossier.columns[name][0]) >= 0
    ]
    return bool(sets) and bool(_is_enough(desk.assess_sets(sets), now, "less").any())


def _is_enough(assessed: Assessment, now: Recommendation, towards: Towards) -> npt.NDArray[np.bool_]:
    if towards == "less":
        return np.asarray(assessed.recommendation < now)
    return np.asarray(assessed.recommendation == Recommendation.REFER)


def _counterfactual(
    desk: _Desk, now: Recommendation, towards: Towards, changed: Sequence[Move]
) -> Counterfactual:
    nearest = _relaxed(desk, changed, towards)
    assessed = desk.assess_sets([nearest])
    then = Recommendation(int(assessed.recommendation[0]))
    risk = int(assessed.risk[0])
    changes = tuple(_change(desk.dossier, move, towards) for move in nearest)
    texts = reason_texts()
    sentence = filled(
        texts.otherwise["sentence"],
        conditions=_joined([change.when for change in changes]),
        then=texts.recommendation[then.label],
        now=texts.recommendation[now.label],
    )
    return Counterfactual(changes, None if risk == OVERRIDE else risk, then, sentence)


def _relaxed(desk: _Desk, changed: Sequence[Move], towards: Towards) -> list[Move]:
    """Return the same moves, every number brought as near to what was found as still leads to the same."""
    kept = list(changed)
    then = desk.assess_sets([kept]).recommendation[0]
    for place, (name, end) in enumerate(changed):
        if fields()[name].is_number:
            values = list(_values_towards(name, end, int(desk.dossier.columns[name][0]), towards))
            sets = [[*kept[:place], (name, value), *kept[place + 1 :]] for value in values]
            same = desk.assess_sets(sets).recommendation == then
            kept[place] = (name, values[int(np.flatnonzero(same)[-1])])
    return kept


def _values_towards(name: str, end: int, found: int, towards: Towards) -> Iterator[int]:
    """Yield the lowest value of each bin from the end of the direction to the one before what was found."""
    field, ladder = fields()[name], _ladder(name)
    order = ladder if towards == "less" else ladder[::-1]
    stop = int(field.bins(np.array([found]))[0]) if found != MISSING else order[-1]
    yield end
    yield from (field.edges[code] for code in order[1 : order.index(stop)])


def _change(dossier: Dossiers, move: Move, towards: Towards) -> Change:
    name, value = move
    check, found = reason_texts().check[name], int(dossier.columns[name][0])
    return Change(
        name, found, value, said_value(name, found), _condition(name, check, value, towards), check.how
    )


def _condition(name: str, check: Check, value: int, towards: Towards) -> Text:
    if outcome := check.clears if towards == "less" else check.raises:
        return outcome.when
    field = fields()[name]
    code = field.edges.index(value)
    is_low = (towards == "less") != (input_policy().rising[name] == "bins reversed")
    if is_low and code == 0 and check.alone:
        return check.alone
    assert check.below is not None and check.reached is not None, "checked on loading"  # noqa: S101, PT018
    if is_low:
        return filled(check.below, value=said_amount(name, field.edges[code + 1]))
    return filled(check.reached, value=said_amount(name, value))


def _joined(conditions: Sequence[Text]) -> Text:
    texts = reason_texts().otherwise
    *first, last = conditions
    if not first:
        return last
    before = reduce(lambda one, other: filled(texts["comma"], first=one, last=other), first)
    return filled(texts["and"], first=before, last=last)


def _end(name: str, check: Check, towards: Towards) -> int:
    outcome = check.clears if towards == "less" else check.raises
    if outcome is not None:
        return fields()[name].code(outcome.answer)
    return fields()[name].edges[_ladder(name)[0 if towards == "less" else -1]]


def _can_move(name: str, check: Check, found: int, towards: Towards) -> bool:
    """Tell whether the answer is not yet where checking would lead; an empty cell can always be filled."""
    if found in (MISSING, NOT_APPLICABLE):
        return found == MISSING
    ladder, field = _ladder(name), fields()[name]
    if not field.is_number and field.codes[found] in check.settled:
        return False
    here, there = (
        ladder.index(int(code)) for code in field.bins(np.array([found, _end(name, check, towards)]))
    )
    return here > there if towards == "less" else here < there


def _ladder(name: str) -> list[int]:
    """Return the codes or bins of a rising field, from the least to the most concerning."""
    labels = fields()[name].bin_labels
    return [labels.index(label) for label in rising_order(name)]
