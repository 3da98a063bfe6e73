"""On what the flags of people depend: each row of the cards and each rule, left out one by one.

A flag depends on a row or on a rule if the dossier would fall below the threshold were it left out, and all
else as it is. A row that is left out gives no points; an override rule that is left out does not fire. The
count is exact, on the very people who were screened, and the counts of parts of a cohort add up. It says on
what a burden rests, not that a row is to blame: several may each be necessary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from dossier.findings import PRESENT
from dossier.truth import TruthClass
from models.card import HUNDREDTHS, Points, StageCards
from screening.evaluation.outcomes import Grouping, Outcomes, grouping
from screening.screener import OVERRIDE, Assessment, Screener

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

CLASSES = len(TruthClass)
HALF = 0.5
"""Of a hundredth: what is rounded up."""

OVERRIDE_KIND = "override"
"""Stands before the id of an override rule, as the kind of an input stands before the name of a row."""


@dataclass(frozen=True)
class Grouped:
    """The counts of one division of people.

    Attributes:
        labels: Names of the groups.
        people: Shape (groups, truth classes, 2): people asked about, not flagged and flagged.
        depending: Shape (parts, groups, truth classes): flagged people whose flag depends on each part.
        points: Shape (parts, groups): hundredths that each row gives in the leading card to lawful people
            who are flagged by the cards; nothing for override rules.
    """

    labels: tuple[str, ...]
    people: Counts
    depending: Counts
    points: Counts

    def __add__(self, other: "Grouped") -> "Grouped":
        return Grouped(
            self.labels,
            self.people + other.people,
            self.depending + other.depending,
            self.points + other.points,
        )


@dataclass(frozen=True)
class Dependence:
    """On what flags depend.

    Attributes:
        parts: Rows of the cards, such as `answer:fee_idr`, then override rules, such as `override:told`.
        by: Counts, by the name of the grouping.
    """

    parts: tuple[str, ...]
    by: Mapping[str, Grouped]

    def __add__(self, other: "Dependence") -> "Dependence":
        """Return the counts of both, which must be of the same screener and groupings."""
        return Dependence(self.parts, {name: found + other.by[name] for name, found in self.by.items()})


def dependence(
    screener: Screener,
    assessment: Assessment,
    threshold: int,
    outcomes: Outcomes,
    by: Sequence[str],
    asked: Flags | None = None,
) -> Dependence:
    """Count for each row and rule whose flag depends on it.

    Args:
        screener: The screener that made the assessment.
        assessment: Its result for n people, none of whose stages was skipped.
        threshold: Hundredths.
        outcomes: The same people.
        by: Names of groupings, as for `outcomes.grouping`.
        asked: Shape (n,): whom to count; everybody when left out.
    """
    among = np.ones(len(outcomes), dtype=bool) if asked is None else asked
    cards, classes = screener.cards.at(assessment.stage), outcomes.truth.truth_class
    is_flagged = assessment.risk >= threshold
    flagged = np.flatnonzero(is_flagged & among & (classes != TruthClass.FACILITATOR))
    stopped = flagged[(classes[flagged] == TruthClass.LAWFUL) & (assessment.risk[flagged] != OVERRIDE)]
    overrides = [rule.id for rule in screener.rulebook.rules if rule.tier == OVERRIDE_KIND]
    found = _Found(
        classes,
        np.flatnonzero(among),
        is_flagged,
        flagged,
        depending(cards, overrides, assessment, threshold, flagged),
        stopped,
        leading_points(cards, assessment, stopped),
    )
    parts = (*(row.input for row in cards.rows), *(f"{OVERRIDE_KIND}:{rule}" for rule in overrides))
    return Dependence(parts, {name: found.by(grouping(outcomes, name)) for name in by})


def joined_dependences(parts: Sequence[Dependence]) -> Dependence:
    """Return the counts of a whole cohort from those of its parts, of which there is at least one."""
    return reduce(add, parts)


def leading_points(cards: StageCards, assessment: Assessment, rows: Rows) -> Points:
    """Return the points that each row of the cards gives in the leading card, shape (people, rows).

    Args:
        cards: The cards that were read.
        assessment: What they made of many dossiers.
        rows: Shape (people,): which of them.
    """
    context, card = assessment.context[rows], assessment.score.card[rows]
    levels = assessment.levels[rows]
    points = np.empty((len(rows), len(cards.rows)), dtype=np.int32)
    for column, table in enumerate(cards.tables):
        points[:, column] = table[context, levels[:, column], card]
    return points


@dataclass(frozen=True)
class _Found:
    """What is known of a part of a cohort before it is divided.

    Attributes:
        classes, is_flagged: Shape (n,): of everybody.
        asked, flagged: Rows of the people asked about, and of those of them who are flagged.
        depending: Shape (parts, flagged people).
        stopped: Rows of the lawful people whom the cards flag.
        points: Shape (stopped people, rows of the cards).
    """

    classes: npt.NDArray[np.int8]
    asked: Rows
    is_flagged: Flags
    flagged: Rows
    depending: Flags
    stopped: Rows
    points: Points

    def by(self, division: Grouping) -> Grouped:
        """Return the counts of each group."""
        groups, parts = len(division.labels), len(self.depending)
        cell = np.where(division.codes < 0, -1, division.codes * CLASSES + self.classes)
        among = self.asked[cell[self.asked] >= 0]
        people = np.bincount(cell[among] * 2 + self.is_flagged[among], minlength=groups * CLASSES * 2)
        part, person = np.nonzero(self.depending & (cell[self.flagged] >= 0))
        place = part * groups * CLASSES + cell[self.flagged[person]]
        depending = np.bincount(place, minlength=parts * groups * CLASSES)
        points = np.zeros((parts, groups), dtype=np.int64)
        points[: self.points.shape[1]] = _summed_by(division.codes[self.stopped], self.points, groups).T
        return Grouped(
            division.labels,
            people.reshape(groups, CLASSES, 2),
            depending.reshape(parts, groups, CLASSES),
            points,
        )


def depending(
    cards: StageCards, overrides: Sequence[str], assessment: Assessment, threshold: int, flagged: Rows
) -> Flags:
    """Return whose flag depends on each row of the cards and on each override rule, shape (parts, people)."""
    outcomes = assessment.evidence.outcomes
    unread = np.zeros(len(flagged), dtype=bool)
    fired = np.array([outcomes[r][flagged] == PRESENT if r in outcomes else unread for r in overrides], bool)
    fired = fired.reshape(len(overrides), len(flagged))
    by_rules = fired.sum(axis=0)
    by_cards = assessment.score.risk[flagged] >= threshold
    rows = np.zeros((len(cards.rows), len(flagged)), dtype=bool)
    only_cards = np.flatnonzero(by_rules == 0)
    rows[:, only_cards] = _depending_on_rows(cards, assessment, threshold, flagged[only_cards])
    return np.concatenate([rows, fired & (by_rules == 1) & ~by_cards])


def _summed_by(codes: npt.NDArray[np.int64], points: Points, groups: int) -> npt.NDArray[np.int64]:
    """Return the points of each group's people together, shape (groups, rows); a code below zero is of none.

    Sorted sums, and not a product of matrices: the threads of such products wait for more of them and take
    the processors from everybody else.
    """
    found = np.zeros((groups, points.shape[1]), dtype=np.int64)
    order = np.argsort(codes, kind="stable")[np.count_nonzero(codes < 0) :]
    present, first = np.unique(codes[order], return_index=True)
    if len(present):
        found[present] = np.add.reduceat(points[order], first, axis=0, dtype=np.int64)
    return found


def _depending_on_rows(cards: StageCards, assessment: Assessment, threshold: int, people: Rows) -> Flags:
    """Return who falls below the threshold without each row, shape (rows, people).

    A risk is the rounded log of the summed odds of all cards, so it reaches a threshold where the odds reach
    those of half a hundredth below it; odds too large for a number are large enough.
    """
    if not cards.tables:  # rules that decide by themselves have no rows
        return np.zeros((0, len(people)), dtype=bool)
    levels, context = assessment.levels[people], assessment.context[people]
    above = cards.family_scores(levels, context).points - (threshold - HALF)
    # All tables as one, a line for each context and level, so that every person and row is looked up at once.
    lines = np.concatenate([table.reshape(-1, table.shape[2]) for table in cards.tables])
    sizes = np.array([table.shape[:2] for table in cards.tables])
    place = np.cumsum([0, *sizes.prod(axis=1)[:-1]]) + context[:, None] * sizes[:, 1] + levels
    touched = np.asarray(lines.any(axis=1))
    person, row = np.nonzero(touched[place])
    depends = np.zeros((len(cards.rows), len(people)), dtype=bool)
    with np.errstate(over="ignore", under="ignore"):
        odds = np.exp((above[person] - lines[place[person, row]]) / HUNDREDTHS).sum(axis=1)
    depends[row, person] = odds < 1
    return depends
