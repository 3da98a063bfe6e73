"""What every stress test takes and gives: a setting to measure in, and a finding that can be read and drawn.

A stress test is a function from a setting to a finding. It changes one thing, measures the same people again
where it can, and says in one sentence what came of it. All findings have one form, so that one page and one
table show them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from console.judging import Judge, Judged
from dossier.texts import Text
from screening.evaluation.rates import PairedDifference, Rate, difference_json, rate_json
from synthetic.streams import stream_key

Estimate = TypeVar("Estimate", Rate, PairedDifference)

Done: TypeAlias = Callable[[int], None]
"""Called with the number of steps of a test that are finished."""


@dataclass(frozen=True)
class Row:
    """One line of a finding: what was changed, and what was measured then.

    Attributes:
        name: What was changed, as it is read.
        key: The same for machines, such as a field's name.
        at: How far, where that is a number: the x of a curve; None where it is not.
        series: Which curve or kind of row it belongs to; empty for the only one.
        miss: Victims missed.
        false_flag: Lawful and irregular people flagged.
        miss_change, flag_change: The same less what it was before, on the same people; None where the people
            are others.
        more: Further numbers of this test, JSON-ready.
    """

    name: Text
    key: str
    miss: Rate | None = None
    false_flag: Rate | None = None
    miss_change: PairedDifference | None = None
    flag_change: PairedDifference | None = None
    at: float | None = None
    series: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def intervals(self) -> int:
        """How many estimates with an n and an interval of their own it holds."""
        own = (self.miss, self.false_flag, self.miss_change, self.flag_change)
        more = [one for one in self.more.values() if isinstance(one, Mapping) and {"low", "n"} <= set(one)]
        return sum(bool(one and one.n) for one in own) + sum(bool(one["n"]) for one in more)

    def to_json(self) -> dict[str, Any]:
        """Return the row for JSON; what was not measured is left out."""
        rates = {
            "miss_rate": self.miss and rate_json(self.miss, "missed"),
            "false_flag_rate": self.false_flag and rate_json(self.false_flag, "flagged"),
            "miss_change": self.miss_change and difference_json(self.miss_change),
            "flag_change": self.flag_change and difference_json(self.flag_change),
        }
        found = {name: rate for name, rate in rates.items() if rate is not None}
        place = {} if self.at is None else {"at": self.at}
        series = {"series": self.series} if self.series else {}
        return {"name": self.name.model_dump(), "key": self.key, **series, **place, **found, **self.more}


@dataclass(frozen=True)
class Column:
    """A further column of a finding's table: a number that every row, or some, hold in `more`.

    Attributes:
        key: Its key in `Row.more`.
        name: What stands over it.
        kind: How it is shown: a rate with its interval and n; a share that has no n of its own; a whole
            number, or one with a digit after the point. All but the first may have ends of an interval.
    """

    key: str
    name: Text
    kind: Literal["rate", "share", "number", "fine"]

    def to_json(self) -> dict[str, Any]:
        """Return the column for JSON."""
        return {"key": self.key, "name": self.name.model_dump(), "kind": self.kind}


@dataclass(frozen=True)
class Finding:
    """What one stress test found.

    Attributes:
        test: Id of the test.
        title: What it is called.
        question: What it asks, in one sentence.
        answer: What came of it, in one sentence, with n and interval.
        rows: What was measured.
        assumed: What is assumed on the way, with grade D where numbers are; one sentence.
        axis: What `Row.at` is, where rows are points of a curve.
        more: Further content, JSON-ready.
        columns: Further columns of the table.
        leads: The series that the chart and a short table show; all of them when empty.
        drawn: Keys of the rates that a curve shows, of `Row.to_json`; misses and wrong flags when empty.
        names: What the series are called.
        rise: The largest rise of the miss rate that it showed, as far as chance allows; taken from the rows
            when left out.
        beside: Intervals that stand in no row: told by the answer alone, or looked at in order to choose
            which are shown.
    """

    test: str
    title: Text
    question: Text
    answer: Text
    rows: Sequence[Row]
    assumed: Text
    axis: Text | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[Column] = ()
    leads: str = ""
    drawn: Sequence[str] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    rise: float | None = None
    beside: int = 0

    @property
    def intervals(self) -> int:
        """How many intervals it needs to hold together: those of its rows, and those beside them."""
        return sum(row.intervals for row in self.rows) + self.beside

    def largest_rise(self, before: Rate) -> float:
        """Return by how much the miss rate rose in the worst row, at the lower end of its interval.

        Findings are put in order by it. Where a row is of the same people, the paired interval counts. Where
        it is of others, the lower end of its own miss rate counts, less the upper end of what was measured
        before; then the rows have one half of the error, and what was measured before has the other.

        Args:
            before: Victims missed before anything was changed.
        """
        if self.rise is not None:
            return self.rise
        paired = [row.miss_change for row in self.rows if row.miss_change and row.miss_change.n]
        others = [row.miss for row in self.rows if row.miss and row.miss.n and not row.miss_change]
        if not others:
            return max([0.0, *(one.interval[0] for one in paired)])
        highest = _at_half_the_error(before).high
        rises = [_at_half_the_error(one).low - highest for one in others]
        return max([0.0, *rises, *(_at_half_the_error(one).interval[0] for one in paired)])

    @property
    def largest_rise_of_flags(self) -> float:
        """By how much the false-flag rate rose in the worst row, at the lower end of its paired interval."""
        paired = [row.flag_change.interval[0] for row in self.rows if row.flag_change and row.flag_change.n]
        return max(*paired, 0.0, 0.0)

    def to_json(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        texts = ("title", "question", "answer", "assumed")
        return {
            "test": self.test,
            **{name: getattr(self, name).model_dump() for name in texts},
            **({"axis": self.axis.model_dump()} if self.axis else {}),
            **({"leads": self.leads} if self.leads else {}),
            **({"drawn": list(self.drawn)} if self.drawn else {}),
            **({"columns": [column.to_json() for column in self.columns]} if self.columns else {}),
            **(
                {"series": {key: name.model_dump() for key, name in self.names.items()}} if self.names else {}
            ),
            "intervals": self.intervals,
            "rows": [row.to_json() for row in self.rows],
            **self.more,
        }


def _at_half_the_error(one: Estimate) -> Estimate:
    return replace(one, confidence=(1 + one.confidence) / 2)


@dataclass(frozen=True)
class Setting:
    """Where a stress test measures.

    Attributes:
        judge: World, screener and stage.
        seed: Seed of the people; the victims are drawn with it, the others with the next, and whoever else is
            drawn with `seed_for`.
        victim_count, other_count: How many people are measured.
        workers: Parts worked on at a time.
    """

    judge: Judge
    seed: int
    victim_count: int
    other_count: int
    workers: int = 2

    @cached_property
    def victims(self) -> Judged:
        """Victims in the scenario's own mixture, one for each independently drawn network."""
        return self.judge.fresh("victims", self.victim_count, self.seed, one_per_network=True)

    @cached_property
    def others(self) -> Judged:
        """Lawful and irregular people in the scenario's own mixture."""
        return self.judge.fresh("others", self.other_count, self.seed + 1)

    def seed_for(self, *purpose: str) -> int:
        """Return the seed of people who are drawn for a purpose of their own, such as setting a threshold."""
        return stream_key(self.seed, "stress", *purpose)

    @property
    def miss(self) -> Rate:
        """Victims missed before anything is changed."""
        return Rate(int(self.is_missed.sum()), len(self.victims))

    @property
    def false_flag(self) -> Rate:
        """Others flagged before anything is changed."""
        return Rate(int(self.is_flagged.sum()), len(self.others))

    @cached_property
    def is_missed(self) -> npt.NDArray[np.bool_]:
        """Shape (victims,): who is missed before anything is changed."""
        return np.asarray(~self.victims.outcomes.flagged(self.judge.stage, self.judge.threshold))

    @cached_property
    def is_flagged(self) -> npt.NDArray[np.bool_]:
        """Shape (others,): who is flagged before anything is changed."""
        return self.others.outcomes.flagged(self.judge.stage, self.judge.threshold)


StressTest: TypeAlias = Callable[[Setting, Done], Finding]
"""A stress test; it raises `BadInput` where its setting gives it nothing to measure."""
