"""What every stress test takes and gives: a setting to measure in, and a finding that can be read and drawn.

A stress test is a function from a setting to a finding. It changes one thing, measures the same people again
where it can, and says in one sentence what came of it. All findings have one form, so that one page and one
table show them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from console.judging import Judge, Judged
from dossier.texts import Text
from screening.evaluation.rates import PairedDifference, Rate
from screening.evaluation.report import difference_json, rate_json

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
    """

    test: str
    title: Text
    question: Text
    answer: Text
    rows: Sequence[Row]
    assumed: Text
    axis: Text | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        texts = ("title", "question", "answer", "assumed")
        return {
            "test": self.test,
            **{name: getattr(self, name).model_dump() for name in texts},
            **({"axis": self.axis.model_dump()} if self.axis else {}),
            "rows": [row.to_json() for row in self.rows],
            **self.more,
        }


@dataclass(frozen=True)
class Setting:
    """Where a stress test measures.

    Attributes:
        judge: World, screener and stage.
        seed: Seed of the people; the victims are drawn with it, the others with the next.
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

    @property
    def miss(self) -> Rate:
        """Victims missed before anything is changed."""
        return Rate(int((self._risk(self.victims) < self.judge.threshold).sum()), len(self.victims))

    @property
    def false_flag(self) -> Rate:
        """Others flagged before anything is changed."""
        return Rate(int((self._risk(self.others) >= self.judge.threshold).sum()), len(self.others))

    def _risk(self, judged: Judged) -> Any:
        return judged.outcomes.risk[self.judge.stage.label]


StressTest: TypeAlias = Callable[[Setting, Done], Finding]
"""A stress test; it raises `BadInput` where its setting gives it nothing to measure."""
