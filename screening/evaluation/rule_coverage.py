"""What each rule of a rulebook covers: on whom it fires, whom it alone finds, what changes without it.

Parts of a cohort are reduced to counts and added up. A flag depends on a rule if the person would not be
flagged were the rule absent and everything else, cards and threshold included, as it is; so "without it"
means taken away today, and not learned again. Facilitators are counted in the workload and in no rate.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.findings import PRESENT
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass
from screening.evaluation.rates import PER, Rate, rate_json
from screening.evaluation.rule_value import Counts, rule_counts
from screening.screener import Assessment, Screener

OTHERS = (TruthClass.LAWFUL, TruthClass.IRREGULAR)
RATED = (TruthClass.VICTIM, *OTHERS)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CoverageCounts:
    """Counts of one rulebook on some people; those of parts add up.

    Attributes:
        rules: Ids of the rules, in the rulebook's order.
        people: Shape (classes,): people of each truth class.
        flagged: Shape (classes,): those of them who are flagged.
        values: Shape (rules, classes, 2): on whom each rule fires, and whose flag depends on it.
        alone: Shape (rules, classes): people on whom this rule fires and no other.
        together: Shape (rules, rules): victims, lawful and irregular people on whom both rules fire.
    """

    rules: tuple[str, ...]
    people: Numbers
    flagged: Numbers
    values: Counts
    alone: Numbers
    together: Numbers


@dataclass(frozen=True)
class Pair:
    """Two rules that fire on the same people.

    Attributes:
        first, second: Their ids.
        overlap: People on whom both fire, of those on whom either does (Jaccard's index).
    """

    first: str
    second: str
    overlap: Rate


@dataclass(frozen=True)
class RuleCoverage:
    """What one rule covers.

    Attributes:
        rule: Its id.
        fires: People of each truth class on whom it fires.
        alone: People of each truth class on whom it fires and no other rule does, of that class.
        saves: Victims whose flag depends on it.
        stops: Lawful and irregular people whose flag depends on it.
        missed_without: Share of the victims who would be missed without the rule and are flagged with it.
        unflagged_without: Share of all people who would not be flagged without it and are flagged with it.

    The last two are the whole differences: points are never negative, so that nobody is flagged for want of
    a rule, and a paired difference of which one side is empty is a plain share with its exact interval.
    """

    rule: str
    fires: dict[TruthClass, Rate]
    alone: dict[TruthClass, Rate]
    saves: int
    stops: dict[TruthClass, int]
    missed_without: Rate
    unflagged_without: Rate

    @property
    def false_flags(self) -> Rate:
        """Lawful and irregular people on whom it fires: its false-flag rate, if it alone decided."""
        found = [self.fires[truth_class] for truth_class in OTHERS]
        return Rate(sum(rate.count for rate in found), sum(rate.n for rate in found))


def coverage_counts(screener: Screener, dossiers: Dossiers, truth: Truth, stage: Stage) -> CoverageCounts:
    """Return what the rules of a screener cover among some people at a stage.

    Args:
        screener: Its rules, cards and threshold.
        dossiers: The people.
        truth: What they truly are, in the same order.
        stage: What has been seen.
    """
    assessment = screener.assess(dossiers, stage)
    threshold = screener.operating_point.threshold(stage)
    fired = fires(screener, assessment)
    rated = np.isin(truth.truth_class, RATED)
    both = fired[:, rated].astype(np.float64)
    only_one = fired & (fired.sum(axis=0) == 1)
    return CoverageCounts(
        tuple(rule.id for rule in screener.rulebook.rules),
        by_class(truth, np.ones((1, len(truth)), dtype=bool))[0],
        by_class(truth, (assessment.risk >= threshold)[None])[0],
        rule_counts(screener, assessment, threshold, truth.truth_class),
        by_class(truth, only_one),
        np.rint(both @ both.T).astype(np.int64),
    )


def joined_coverage(parts: Sequence[CoverageCounts]) -> CoverageCounts:
    """Return the counts of all parts, of which there is at least one."""
    names = ("people", "flagged", "values", "alone", "together")
    return replace(
        parts[0], **{name: np.sum([getattr(part, name) for part in parts], axis=0) for name in names}
    )


def fires(screener: Screener, assessment: Assessment) -> npt.NDArray[np.bool_]:
    """Return which rules are present, shape (rules, n); those of a later stage are on nobody."""
    nobody = np.zeros(len(assessment.risk), dtype=bool)
    outcomes = assessment.evidence.outcomes
    found = [
        outcomes[rule.id] == PRESENT if rule.id in outcomes else nobody for rule in screener.rulebook.rules
    ]
    return np.array(found, dtype=bool).reshape(len(found), len(nobody))


def by_class(truth: Truth, said: npt.NDArray[np.bool_]) -> Numbers:
    """Return of how many people of each class something was said: (things, n) to (things, classes)."""
    return np.stack([(said & (truth.truth_class == each)).sum(axis=1) for each in TruthClass], axis=1)


def rule_coverage(counts: CoverageCounts) -> list[RuleCoverage]:
    """Return what each rule covers, in the rulebook's order."""
    everybody, victims = int(counts.people.sum()), int(counts.people[TruthClass.VICTIM])

    def rates(found: Numbers) -> dict[TruthClass, Rate]:
        return {each: Rate(int(found[each]), int(counts.people[each])) for each in RATED}

    return [
        RuleCoverage(
            rule,
            rates(counts.values[place, :, 0]),
            rates(counts.alone[place]),
            int(depends[TruthClass.VICTIM]),
            {each: int(depends[each]) for each in OTHERS},
            Rate(int(depends[TruthClass.VICTIM]), victims),
            Rate(int(depends.sum()), everybody),
        )
        for place, rule in enumerate(counts.rules)
        for depends in [counts.values[place, :, 1]]
    ]


def largest_overlaps(counts: CoverageCounts, most: int) -> list[Pair]:
    """Return the pairs of rules that share most of the people on whom either fires, largest first."""
    own = np.diag(counts.together)
    pairs = []
    for first, second in combinations(range(len(counts.rules)), 2):
        both = int(counts.together[first, second])
        either = int(own[first] + own[second]) - both
        if both:
            pairs.append(Pair(counts.rules[first], counts.rules[second], Rate(both, either)))
    return sorted(pairs, key=lambda pair: (-pair.overlap.estimate, pair.first, pair.second))[:most]


def coverage_json(counts: CoverageCounts, most_pairs: int) -> dict[str, Any]:
    """Return all that is printed about a rulebook's coverage."""
    people = {each.label: int(counts.people[each]) for each in TruthClass}
    victim = TruthClass.VICTIM
    others = (sum(int(of[each]) for each in OTHERS) for of in (counts.flagged, counts.people))
    missed = int(counts.people[victim] - counts.flagged[victim])
    return {
        "people": people,
        "miss_rate": rate_json(Rate(missed, people[victim.label]), "missed"),
        "false_flag_rate": rate_json(Rate(*others), "flagged"),
        "rules": [_rule_json(found) for found in rule_coverage(counts)],
        "overlaps": [
            {"first": pair.first, "second": pair.second, **rate_json(pair.overlap, "both")}
            for pair in largest_overlaps(counts, most_pairs)
        ],
    }


def _rule_json(found: RuleCoverage) -> dict[str, Any]:
    return {
        "rule": found.rule,
        **dict(_class_rates("fires_on", "fired", found.fires)),
        "false_flag_rate": rate_json(found.false_flags, "fired"),
        **dict(_class_rates("alone_on", "fired", found.alone)),
        "saves": found.saves,
        **{f"stops_{each.label}": count for each, count in found.stops.items()},
        "misses_without": _change_json(found.missed_without, 1),
        "flags_per_10000_without": _change_json(found.unflagged_without, -PER),
    }


def _change_json(rate: Rate, times: int) -> dict[str, float | int | None]:
    """Return a share as the change it makes, of so many people; negative where `times` is."""
    if not rate.n:
        return {"estimate": None, "low": None, "high": None, "n": 0}
    low, high = sorted((times * rate.low, times * rate.high))
    return {"estimate": times * rate.estimate, "low": low, "high": high, "n": rate.n}


def _class_rates(name: str, counted: str, rates: dict[TruthClass, Rate]) -> Iterator[tuple[str, Any]]:
    for each, rate in rates.items():
        yield f"{name}_{each.label}", rate_json(rate, counted)
