"""The certificate of a tuned threshold: what is promised of which people, and everything to make it again.

It is made of counts, seeds and hashes alone, and holds neither a date nor anything that a second computer
would do otherwise, so that the same inputs give the same file. Its first sentence says of whom it speaks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from dossier.stages import Stage
from screening.evaluation.guarantee.capacity import Curve, Interval
from screening.evaluation.guarantee.tuning import (
    Group,
    GroupName,
    Sample,
    Terms,
    defaults,
    empty_json,
    usable,
)
from screening.evaluation.rates import Rate, rate_json
from screening.evaluation.texts import Said, Value, limit, number, percent, percents, said, text

KIND = "guarantee"
"""What tells this certificate from a released one, which has no kind."""

FEW_FLAGS = 100
"""Below so many flags among 10,000 applicants, one digit after the point is told."""

Verdict: TypeAlias = Literal["usable", "not_usable", "infeasible"]


@dataclass(frozen=True)
class Others:
    """Fresh lawful and irregular people at the certificate's threshold.

    Attributes:
        sample: Where they come from.
        flagged: How many of them are flagged.
        lawful, irregular: The same apart.
    """

    sample: Sample
    flagged: Rate
    lawful: Rate
    irregular: Rate

    def to_json(self) -> dict[str, Any]:
        """Return them for JSON."""
        return {
            "check": self.sample.to_json(),
            "false_flag_rate": rate_json(self.flagged, "flagged"),
            "lawful_flagged": rate_json(self.lawful, "lawful_flagged"),
            "irregular_flagged": rate_json(self.irregular, "irregular_flagged"),
        }


@dataclass(frozen=True)
class Tuned:
    """A tuned threshold with all that was counted.

    Attributes:
        stage: The stage of the threshold.
        threshold: Hundredths.
        terms: What is promised.
        groups: The protected groups.
        empty: Groups of whom nobody was found, with the number of victims looked at.
        everybody: Fresh victims of all kinds, in the scenario's mixture.
        others: Fresh lawful and irregular people.
        curve: Flags against misses.
        spoken: Returns what a group is called in a sentence.
    """

    stage: Stage
    threshold: int
    terms: Terms
    groups: Sequence[Group]
    empty: Sequence[tuple[GroupName, int]]
    everybody: Sample
    others: Others
    curve: Curve
    spoken: Callable[[GroupName], Said]

    @property
    def verdict(self) -> Verdict:
        """What the headline says: a capacity shown not to be kept, then too many others flagged."""
        if self.curve.feasible is False:
            return "infeasible"
        return "usable" if usable(self.others.flagged) else "not_usable"

    def headline(self) -> Said:
        """Return the headline; where nobody can tell whether a capacity is kept, it says so too."""
        if self.verdict == "infeasible":
            return self._infeasible()
        if self.curve.answer != "cannot_tell":
            return self._usable()
        first, second = self._usable(), self._cannot_tell()
        return Said(f"{first.en} {second.en}", f"{first.id} {second.id}")

    def _usable(self) -> Said:
        rate = self.others.flagged
        counts: dict[str, Value] = {
            "rate": percent(rate.estimate),
            "count": rate.count,
            "n": rate.n,
            "interval": percents(rate.low, rate.high),
            "flags": _flags(self.curve.here.flags.estimate),
        }
        if self.verdict == "usable":
            return text("guarantee.usable", **counts)
        return text("guarantee.not_usable", **counts, most=limit(defaults().most_flagged))

    def _asked(self) -> dict[str, Value]:
        """Return what every sentence about a capacity says."""
        flags = self.curve.here.flags
        return {
            "capacity": _plain(self.curve.capacity or 0),
            "max_miss": limit(self.terms.max_miss),
            "flags": _flags(flags.estimate),
            "flags_interval": _from_to(flags),
            "confidence": limit(self.curve.confidence),
        }

    def _infeasible(self) -> Said:
        best = self.curve.best
        if best is None:
            fewest = self.curve.fewest.flags
            return text(
                "guarantee.infeasible_anywhere",
                **self._asked(),
                fewest=_flags(fewest.estimate),
                fewest_interval=_from_to(fewest),
            )
        worst = best.worst
        return text(
            "guarantee.infeasible",
            **self._asked(),
            threshold=number(best.threshold / 100, 2),
            rate=percent(worst.rate.estimate),
            group=self.spoken(worst.name),
            count=worst.rate.count,
            n=worst.rate.n,
            interval=percents(worst.low, worst.high),
        )

    def _cannot_tell(self) -> Said:
        needed, more = self.curve.others_to_tell, self.curve.more_others
        if needed is None or more is None:
            return text("guarantee.cannot_tell_ever", **self._asked(), most=defaults().most.others)
        return text("guarantee.cannot_tell", **self._asked(), more=more, others=str(needed))

    def empty_text(self, name: GroupName, looked_at: int) -> Said:
        """Return that nobody of a group was found, and by which age people were grouped."""
        key = "guarantee.empty_by_age" if name.is_by_age else "guarantee.empty"
        return text(key, group=self.spoken(name), n=looked_at)

    def claim(self) -> Said:
        """Return what is promised, in one paragraph."""
        return text(
            "guarantee.claim",
            threshold=number(self.threshold / 100, 2),
            stage=text(f"stage.{self.stage.label}"),
            max_miss=limit(self.terms.max_miss),
            count=len(self.groups),
            confidence=limit(self.terms.confidence),
        )


def certificate_json(tuned: Tuned, made_of: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a certificate, ready to be written as JSON.

    Args:
        tuned: The threshold and what was counted.
        made_of: Ids and hashes of rules, cards, scenario, evidence and code.
        asked: What was asked for, with which the same can be asked again.

    Returns:
        `statement`, `headline` (verdict, text), `claim`, what was `asked`, ids and hashes, `threshold` and
        `thresholds` (hundredths), `groups`, `empty_groups`, `everybody`, `others` and `capacity`.
    """
    miss_rate = tuned.everybody.missed(tuned.threshold, tuned.terms.confidence)
    return {
        "schema_version": "1",
        "kind": KIND,
        "synthetic": True,
        "statement": _json(text("guarantee.statement")),
        "headline": {"verdict": tuned.verdict, "text": _json(tuned.headline())},
        "claim": _json(tuned.claim()),
        "mixture": _json(text("guarantee.mixture")),
        "asked": dict(asked),
        **made_of,
        "threshold": tuned.threshold,
        "thresholds": {tuned.stage.label: tuned.threshold},
        "groups": [group.to_json() for group in tuned.groups],
        "empty_groups": [
            {**empty_json(name, n, tuned.terms.confidence), "text": _json(tuned.empty_text(name, n))}
            for name, n in tuned.empty
        ],
        "everybody": {"check": tuned.everybody.to_json(), "miss_rate": rate_json(miss_rate, "missed")},
        "others": tuned.others.to_json(),
        "capacity": tuned.curve.summary_json(),
    }


def _plain(value: float) -> Said:
    """Return a number that somebody chose, with no digits that nobody meant."""
    return number(value) if value == int(value) else said(f"{value:g}")


def _flags(value: float) -> Said:
    """Return a number of flags; few of them with one more digit."""
    return number(value, 0 if value >= FEW_FLAGS else 1)


def _from_to(flags: Interval) -> Said:
    low, high = _flags(flags.low), _flags(flags.high)
    return Said(f"{low.en}–{high.en}", f"{low.id}–{high.id}")


def _json(words: Said) -> dict[str, str]:
    return {"en": words.en, "id": words.id}
