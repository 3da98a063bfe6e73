"""The fairness section as content: whom protection fails, whom flags burden, and on what that depends.

First come the victims who are missed, then the lawful people who are flagged, then the chances that are
shown. Each division of people has the interval of its largest gap, one of three verdicts against a declared
margin, and every group with an interval that holds beside all others. Equal shares of flags are not asked for
anywhere. Misses and chances are judged on victims of whom no two come from one network, since exact intervals
hold for people who are independent of each other and for nobody else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.stages import Stage
from dossier.truth import TruthClass
from models.calibration import Calibration
from screening.evaluation.fairness.burden import OVERRIDE_KIND, Dependence
from screening.evaluation.fairness.chances import ComingTrue, coming_true
from screening.evaluation.fairness.gaps import (
    Attributing,
    Comparison,
    Group,
    Needs,
    Parity,
    Terms,
    Verdict,
    parity,
    terms,
)
from screening.evaluation.fairness.independent import in_proportion, one_of_each_network
from screening.evaluation.fairness.proxy_audit import AUDITED, Audit, Reasons, audited
from screening.evaluation.fairness.relief import Change, Relief, relief
from screening.evaluation.groups import GroupRates, group_rates
from screening.evaluation.outcomes import CROSSED_BY, Outcomes, grouping
from screening.evaluation.rates import PER, Rate, rate_json
from screening.evaluation.reliability import expectations
from screening.evaluation.summary import EVERYBODY_BELOW, Summary, summarised

Content = dict[str, Any]

NOBODY = Rate(0, 0)

RULE_KINDS = ("rule", OVERRIDE_KIND)
"""Kinds of the parts that are rules."""


@dataclass(frozen=True)
class Facts:
    """All that the section is made of.

    Attributes:
        people: The applicants, counted.
        judged: People by whom misses are judged: victims of the same scenario and screener, none from the
            network of another.
        fresh: Whether these were drawn apart from the applicants. Chances are not judged by applicants, of
            whom one of each network would not fit the share of victims.
        calibration: The curve of the headline stage; None where no chance is shown.
        dependence: On what flags depend; None where nobody asked.
        reasons: Reasons of a sample of lawful people; None to leave the audit out.
    """

    people: Summary
    judged: Outcomes
    fresh: bool
    calibration: Calibration | None = None
    dependence: Dependence | None = None
    reasons: Reasons | None = None

    @classmethod
    def of(
        cls,
        outcomes: Outcomes,
        stage: Stage,
        threshold: int,
        calibration: Calibration | None = None,
        dependence: Dependence | None = None,
        reasons: Reasons | None = None,
        victims: Outcomes | None = None,
    ) -> "Facts":
        """Return the facts of applicants who are at hand as persons.

        Args:
            outcomes: The applicants.
            stage: The headline stage.
            threshold: Hundredths, at that stage.
            calibration, dependence, reasons: As above.
            victims: Fresh victims; without them, one victim of each network of the applicants is judged by.
        """
        people = summarised(
            outcomes, stage, {stage.label: threshold}, burdens=terms().burden.by, below=EVERYBODY_BELOW
        )
        judged = one_of_each_network(outcomes) if victims is None else victims
        return cls(people, judged, victims is not None, calibration, dependence, reasons)

    @cached_property
    def calibrated(self) -> Outcomes | None:
        """The people by whom chances are judged, at the applicants' share of victims; None to judge none."""
        if self.calibration is None or not self.fresh:
            return None
        return in_proportion(self.people, self.judged)

    @property
    def flagged(self) -> npt.NDArray[np.bool_]:
        """Shape (victims,): who of `judged` is flagged."""
        return np.asarray(self.judged.risk[self.people.stage] >= self.people.threshold)


def fairness_json(facts: Facts, declared: Terms | None = None) -> Content:
    """Return the section for JSON.

    Args:
        facts: What it is made of.
        declared: The terms; those of `fairness.toml` when left out.

    Returns:
        `terms`, `victims` (by whom misses are judged), `miss`, `burden`, `chances`, `attribution` and
        `audit`; the last three are empty where nothing is known of them. A division with fewer than two
        groups is left out.
    """
    asked = declared or terms()
    burdens = [_burden(facts, name, asked.burden) for name in asked.burden.by]
    return {
        "terms": asked.model_dump(mode="json"),
        "victims": _victims(facts),
        "miss": [one for name in asked.miss.by if (one := _miss(facts, name, asked.miss))],
        "burden": [one for _, one in burdens if one],
        "chances": [one for name in asked.chances.by if (one := _chances(facts, name, asked.chances))],
        "attribution": list(_attributions(facts, asked, dict(zip(asked.burden.by, burdens, strict=True)))),
        "audit": list(_audits(facts, asked)),
    }


def _victims(facts: Facts) -> Content:
    """Return by whom misses and chances are judged: whether they are fresh, n, and the cohort's own."""
    people = facts.calibrated
    return {
        "fresh": facts.fresh,
        "n": int(facts.judged.truth.is_victim.sum()),
        "of": facts.people.victims,
        "chances": None
        if people is None
        else {
            "victims": int(people.truth.is_victim.sum()),
            "others": int(people.truth.is_counted_as_other.sum()),
        },
    }


def _dividing(rates_by: Callable[[str], list[GroupRates]], name: str) -> list[GroupRates]:
    """Return the rates of each group; none where a division, or a part of a crossed one, divides nobody."""
    parts, found = name.split(CROSSED_BY), rates_by(name)
    divides = len(parts) == 1 or all(_dividing(rates_by, part) for part in parts)
    return found if divides and len(found) > 1 else []


def _miss(facts: Facts, name: str, asked: Comparison) -> Content | None:
    """Return one division of the victims; a group of applicants without any is named all the same."""

    def rates_by(one: str) -> list[GroupRates]:
        return group_rates(facts.judged, facts.flagged, grouping(facts.judged, one))

    applying = {one.group for one in _dividing(facts.people.rates_by, name)}
    if not applying and not _dividing(rates_by, name):
        return None
    missed = {one.group: one.miss for one in rates_by(name)}
    division = grouping(facts.judged, name)
    found = [(one, missed.get(one, NOBODY)) for one in division.labels if one in missed or one in applying]
    return _division(name, _compared(found, asked), asked, "missed")


def _burden(facts: Facts, name: str, asked: Comparison) -> tuple[Parity, Content | None]:
    rates = _dividing(facts.people.rates_by, name)
    compared = _compared([(one.group, one.lawful) for one in rates], asked)
    if not rates:
        return compared, None
    content = _division(name, compared, asked, "flagged")
    by_name = {one.group: one for one in rates}
    people, flags = (sum(getattr(one.lawful, part) for one in rates) for part in ("n", "count"))
    for group in content["groups"]:
        own = by_name[group["group"]]
        group |= {
            "per_10000": PER * own.lawful.estimate,
            "of_people": rate_json(Rate(own.lawful.n, people), "people"),
            "of_flags": rate_json(Rate(own.lawful.count, flags), "flags"),
            "irregular": rate_json(own.irregular, "flagged"),
        }
    return compared, content


def _compared(groups: Sequence[Group], asked: Comparison) -> Parity:
    return parity(groups, asked.margin, asked.confidence, fewest=asked.fewest, most=asked.most)


def _division(name: str, found: Parity, asked: Comparison, counted: str) -> Content:
    """Return one division of people: verdict, gap, who differs, and every group."""
    pair = found.shown or found.ends
    return {
        "by": name,
        "verdict": found.verdict.value,
        "gap": {"estimate": found.gap, "low": found.low, "high": found.high},
        "most": pair[0][0] if pair else None,
        "least": pair[1][0] if pair else None,
        "needs": _needs(found.needs),
        "groups": [{"group": group, "rate": rate_json(rate, counted)} for group, rate in found.groups],
        "silent": [
            {"group": group, "n": rate.n, counted: rate.count, "more": asked.fewest - rate.n}
            for group, rate in found.silent
        ],
    }


def _needs(found: Needs | None) -> Content | None:
    if found is None:
        return None
    return {"more": dict(found.more), "total": found.total, "becomes": found.becomes.value}


def _chances(facts: Facts, name: str, asked: Comparison) -> Content | None:
    people = facts.calibrated
    if facts.calibration is None or people is None:
        return None
    risk = people.risk[facts.people.stage]
    found = expectations(risk, people, facts.calibration, grouping(people, name))
    if not found:
        return None
    judged = coming_true(found, asked.margin, asked.confidence, fewest=asked.fewest, most=asked.most)
    furthest = judged.furthest
    return {
        "by": name,
        "verdict": judged.verdict.value,
        "at_least": judged.at_least,
        "furthest": furthest.group if furthest else None,
        "too_high": bool(furthest and furthest.observed.count < furthest.expected),
        "needs": _needs(judged.needs),
        "groups": list(_expected(judged)),
        "silent": [
            {"group": one.group, "n": one.observed.n, "more": max(asked.fewest - one.observed.n, 0)}
            for one in judged.silent
        ],
    }


def _expected(judged: ComingTrue) -> Iterator[Content]:
    for one, low, high in zip(judged.groups, *judged.ratios, strict=True):
        yield {
            "group": one.group,
            "expected": one.expected,
            "victims": rate_json(one.observed, "victims"),
            "ratio": {"estimate": one.observed.count / one.expected, "low": float(low), "high": float(high)},
        }


def _attributions(
    facts: Facts, asked: Terms, burdens: Mapping[str, tuple[Parity, Content | None]]
) -> Iterator[Content]:
    """Yield for each division in which a gap is shown what its most burdened group's flags depend on."""
    if facts.dependence is None:
        return
    for name, (found, content) in burdens.items():
        if content and found.shown and found.verdict is Verdict.GAP:
            yield _attribution(facts, asked, facts.dependence, name, found.shown[0][0])


def _attribution(facts: Facts, asked: Terms, found: Dependence, name: str, group: str) -> Content:
    counts, limits = found.by[name], asked.burden
    place, lawful = counts.labels.index(group), TruthClass.LAWFUL
    stopped = int(counts.people[place, lawful, 1])
    depending = counts.depending[:, place, lawful]
    points = counts.points[:, place]
    everybody = facts.people.burdened[name]
    order = sorted(range(len(found.parts)), key=lambda part: (-depending[part], -points[part]))
    closed = relief(
        found.parts,
        counts,
        everybody,
        threshold=facts.people.threshold,
        margin=limits.margin,
        fewest=limits.fewest,
    )
    return {
        "by": name,
        "group": group,
        "asked": int(counts.people.sum()),
        "people": int(everybody.people.sum()),
        "stopped": stopped,
        "parts": [
            {
                "part": found.parts[part],
                "depending": rate_json(Rate(int(depending[part]), stopped), "depending"),
                "of_points": float(points[part] / points.sum()) if points.sum() else 0.0,
            }
            for part in _shown(order, found.parts, asked.attribution)
            if depending[part] or points[part]
        ],
        "relief": _relief(closed, asked),
    }


def _shown(order: Sequence[int], parts: Sequence[str], asked: Attributing) -> list[int]:
    """Return the first parts in order, and the first rules where these are not among them."""
    rules = [part for part in order if parts[part].partition(":")[0] in RULE_KINDS][: asked.rules]
    first = order[: asked.shown]
    return [*first, *(part for part in rules if part not in first)]


def _relief(found: Relief, asked: Terms) -> Content:
    return {
        "closing": _change(found.closing),
        "best": _change(found.best),
        "raising": _change(found.raising),
        "changes": [_change(one) for one in found.changes[: asked.attribution.shown]],
    }


def _change(one: Change | None) -> Content | None:
    if one is None:
        return None
    return {
        "part": one.part,
        "threshold": None if one.threshold is None else one.threshold / 100,
        "gap_before": one.before,
        "gap": one.gap,
        "relieved": rate_json(one.relieved, "relieved"),
        "missed": rate_json(one.missed, "missed"),
        "missed_per_closed": one.price if np.isfinite(one.price) else None,
    }


def _audits(facts: Facts, asked: Terms) -> Iterator[Content]:
    if facts.reasons is None or not len(facts.reasons.points):
        return
    judge = partial(audited, facts.reasons, folds=asked.proxy.folds, fewest=asked.proxy.fewest)
    for found in (judge(name) for name in AUDITED):
        if found is not None:
            yield _audit(found, asked)


def _audit(found: Audit, asked: Terms) -> Content:
    first = found.told[0]
    return {
        "by": found.by,
        "people": found.people,
        "groups": len(found.told),
        "best_told": first.group,
        "area": {
            part: value for part, value in asdict(first.area).items() if part in {"estimate", "low", "high"}
        },
        "n": {"own": first.area.victims, "others": first.area.others},
        "left_out": list(found.left_out),
        "carried": [{"part": part, "fall": fall} for part, fall in found.carried[: asked.proxy.shown]],
    }
