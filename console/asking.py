"""What is asked of an evaluation on the command line, and the tidy rows that answer it.

Any rates, by any groupings and their crossings, at any thresholds: one row for each group, rate and
threshold, with count, n and exact interval. A rate that no group of a grouping can show is named instead of
being given a number.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import Any

from dossier.problems import BadInput, Problem, raise_if_any
from screening.evaluation.groups import people_by
from screening.evaluation.measures import (
    FALSE_FLAG,
    IRREGULAR_FLAGGED,
    LAWFUL_FLAGGED,
    MISS,
    Measure,
    measure_named,
)
from screening.evaluation.outcomes import CROSSED_BY, GROUPINGS
from screening.evaluation.report import Evaluation
from screening.evaluation.tally import COLUMNS, Tally

STAGE = "stage"
GROUPS = (*GROUPINGS, STAGE)
ALL = "all"
"""What everybody together are called in the column that says by what a row divides."""

USUAL = (MISS, FALSE_FLAG, LAWFUL_FLAGGED, IRREGULAR_FLAGGED)
NEEDED = (MISS, FALSE_FLAG)
"""Rates that a whole evaluation speaks of throughout; there must be people for them."""

MOST_THRESHOLD = 10_000
"""Log-odds; no risk reaches it."""

MOST_DIGITS = 2
"""Digits of a threshold after the point: risks are hundredths."""


@dataclass(frozen=True)
class Asked:
    """What is asked of an evaluation.

    Attributes:
        groupings: Names, some of them crossed.
        measures: Which rates; empty for the usual ones.
        thresholds: Hundredths; empty for the one at which everybody was screened.
    """

    groupings: tuple[str, ...]
    measures: tuple[Measure, ...] = ()
    thresholds: tuple[int, ...] = ()

    @property
    def needed(self) -> tuple[Measure, ...]:
        """Rates for which there must be people."""
        return self.measures or NEEDED

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the tidy rows."""
        parts = [part for name in self.groupings for part in name.split(CROSSED_BY) if part != STAGE]
        return ("by", *dict.fromkeys(parts), *COLUMNS, STAGE)


@dataclass(frozen=True)
class Answer:
    """What an evaluation answers.

    Attributes:
        rows: For each name of a grouping, and first for everybody, the tidy rows.
        unsaid: Pairs of a grouping and a rate that none of its groups can show.
    """

    rows: Mapping[str, Sequence[dict[str, Any]]]
    unsaid: Sequence[tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "rates": [row for rows in self.rows.values() for row in rows],
            "cannot_be_said": [{"by": by, "rate": rate} for by, rate in self.unsaid],
        }


def asked(by: str, rates: str = "", at: str = "") -> Asked:
    """Return what is asked, as it is written on the command line.

    Args:
        by: Groupings, separated by commas; a plus sign crosses two of them.
        rates: Names of rates, separated by commas.
        at: Thresholds in log-odds, separated by commas.

    Raises:
        BadInput: If there is no such grouping or rate, or a threshold is no number of hundredths.
    """
    groupings = _names(by)
    raise_if_any(problem for name in groupings for problem in _grouping_problems(name))
    measures = tuple(measure_named(name, "--rates") for name in _names(rates))
    return Asked(groupings, measures, tuple(_hundredths(word) for word in _names(at)))


def answered(evaluation: Evaluation, question: Asked) -> Answer:
    """Return the rows that answer a question.

    Raises:
        BadInput: If nobody belongs to any group of a grouping.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    unsaid = []
    for by in (ALL, *question.groupings):
        found = rows.setdefault(by, [])
        for stage, tally in _tallies(evaluation, by):
            measures = question.measures or USUAL
            at = question.thresholds or (evaluation.thresholds[stage],)
            found += [{"by": by, **row, STAGE: stage} for row in tally.rows(measures, at)]
            unsaid += [(by, one.name) for one in measures if not tally.shows(one)]
    return Answer(rows, list(dict.fromkeys(unsaid)))


def as_csv(question: Asked, answer: Answer) -> str:
    """Return the rows as CSV; a row that does not divide people by a grouping leaves its column empty."""
    text = StringIO()
    writer = csv.DictWriter(text, question.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(answer.to_json()["rates"])
    return text.getvalue()


def _tallies(evaluation: Evaluation, by: str) -> Iterator[tuple[str, Tally]]:
    """Yield people by a grouping, with the stage at which they were screened."""
    if by == STAGE:
        for stage in evaluation.rates_by_stage():
            yield stage, people_by(evaluation.outcomes, stage)
    else:
        names = [] if by == ALL else [by]
        yield evaluation.stage.label, people_by(evaluation.outcomes, evaluation.stage.label, names)


def _names(words: str) -> tuple[str, ...]:
    """Return what stands between commas, each once."""
    return tuple(dict.fromkeys(word for part in words.split(",") if (word := "".join(part.split()))))


def _grouping_problems(name: str) -> Iterator[Problem]:
    """Yield why there is no such grouping."""
    parts = name.split(CROSSED_BY)
    for part in parts:
        if part not in GROUPS:
            mend = f"Choose from: {', '.join(GROUPS)}; a plus sign crosses two, as in sex+age_band."
            yield Problem(f"there is no grouping '{part}'", "--by", mend)
    if len(parts) > 1 and STAGE in parts:
        mend = "Name 'stage' by itself: the same people stand at every stage."
        yield Problem("stages cannot be crossed with groups", "--by", mend)
    if len(set(parts)) < len(parts):
        yield Problem(f"'{name}' crosses a grouping with itself", "--by", "Name each grouping once.")


def _hundredths(word: str) -> int:
    mend = "Give log-odds with at most two digits after the point, such as -2.5."
    try:
        hundredths = Decimal(word).scaleb(MOST_DIGITS)
        if (
            hundredths == hundredths.to_integral_value()
            and abs(hundredths) < 10**MOST_DIGITS * MOST_THRESHOLD
        ):
            return int(hundredths)
    except ArithmeticError:
        pass
    raise BadInput.of(f"'{word}' is no threshold", where="--at", mend=mend)
