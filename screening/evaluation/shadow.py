"""Shadow rules: read beside the live ones on the same people, counted, and without any effect on anybody.

What is kept are outcomes by rule, version and truth class, and how many people each shadow rule would add
to those on whom a live rule fires. Counts carry watermarks that say whose they are, so that they can be
continued with other people and never with the same ones twice.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field, model_validator

from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.findings import FINDING_LABELS, PRESENT, Findings
from dossier.json_files import read_json
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import Declared
from dossier.truth import Truth, TruthClass
from screening.evaluation.rates import Rate, rate_json
from screening.evaluation.rule_coverage import RATED, by_class
from screening.rulebook import CompiledRulebook, compile_rulebook
from screening.screener import Screener

Mask = npt.NDArray[np.bool_]
Count: TypeAlias = Annotated[int, Field(ge=0, strict=True)]
OfClasses: TypeAlias = Mapping[str, Count]
"""People by truth class."""

_CLASSES = frozenset(each.label for each in TruthClass)


class _Kept(Declared):
    """What is kept in a file; further keys of it are for readers and are not read back."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Watermark(_Kept):
    """Whose counts were added.

    Attributes:
        corpus: Hash of all that decides who they are: scenario, levers, evidence, seed and size.
        world: Hash of the same without seed and size; only counts of one world are added up.
        draw: Hash of the scenario's id and the seed: two corpora of one draw share people.
        rows: People seen.
        last_applicant: Identity number of the last of them.
    """

    corpus: str
    world: str
    draw: str
    rows: Count
    last_applicant: int


class RuleOutcomes(_Kept):
    """What one rule said of all people.

    Attributes:
        rule, version, status: The rule.
        outcomes: People by outcome and truth class.
        no_live_rule: People on whom it is present and no live rule is; of a live rule, no other.
        not_flagged: People on whom it is present and who are not flagged.
    """

    rule: str
    version: Count
    status: Literal["live", "shadow"]
    outcomes: Mapping[str, OfClasses]
    no_live_rule: OfClasses
    not_flagged: OfClasses

    @model_validator(mode="after")
    def _counts_every_class(self) -> Self:
        found = [*self.outcomes.values(), self.no_live_rule, self.not_flagged]
        if set(self.outcomes) != set(FINDING_LABELS) or any(set(each) != _CLASSES for each in found):
            raise ValueError("counts by outcome and truth class are not complete")
        return self

    @property
    def fires(self) -> OfClasses:
        """People on whom it is present."""
        return self.outcomes[FINDING_LABELS[PRESENT]]


class ShadowCounts(_Kept):
    """Outcomes of live and shadow rules on some people.

    Attributes:
        rulebook: Its id.
        rules_hash: Hash of all that decides outcomes and flags; only counts of the same rules are added up.
        scenario, stage: Whom, and at which stage.
        people: People by truth class.
        rules: The rules that can be read at the stage.
        watermarks: Whose counts these are.
    """

    schema_version: Literal["1"] = "1"
    kind: Literal["shadow"] = "shadow"
    rulebook: str
    rules_hash: str
    scenario: str
    stage: str
    people: OfClasses
    rules: tuple[RuleOutcomes, ...]
    watermarks: tuple[Watermark, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for rule in self.rules:
            for label in _CLASSES:
                if sum(counts[label] for counts in rule.outcomes.values()) != self.people.get(label):
                    raise ValueError(f"the outcomes of '{rule.rule}' do not add up to the people")
        if self.watermarks and sum(mark.rows for mark in self.watermarks) != sum(self.people.values()):
            raise ValueError("the watermarks do not add up to the people")
        return self


def shadow_counts(
    screener: Screener, scenario: str, dossiers: Dossiers, truth: Truth, stage: Stage
) -> ShadowCounts:
    """Return what live and shadow rules say of some people; the screener's recommendations stay as they are.

    Args:
        screener: The screener in force; its rulebook's shadow rules are read beside its live ones.
        scenario: Id of the scenario that the people come from.
        dossiers: The people.
        truth: What they truly are, in the same order.
        stage: What has been seen.
    """
    flagged = screener.assess(dossiers, stage).is_flagged
    beside = with_shadow_rules(screener.rulebook)
    outcomes = beside.outcomes(dossiers.select(fields_visible_at(stage)), stage)
    readable = [rule for rule in beside.rules if rule.id in outcomes]
    live = np.zeros(len(dossiers), dtype=np.int64)
    for rule in readable:
        live += (outcomes[rule.id] == PRESENT) & (rule.status == "live")
    return ShadowCounts(
        rulebook=beside.rulebook.id,
        rules_hash=_rules_hash(screener, beside, stage),
        scenario=scenario,
        stage=stage.label,
        people=_of_classes(truth, np.ones(len(truth), dtype=bool)),
        rules=tuple(
            RuleOutcomes(
                rule=rule.id,
                version=rule.version,
                status="shadow" if rule.status == "shadow" else "live",
                outcomes=_by_outcome(truth, outcomes[rule.id]),
                no_live_rule=_of_classes(
                    truth, (outcomes[rule.id] == PRESENT) & (live == int(rule.status == "live"))
                ),
                not_flagged=_of_classes(truth, (outcomes[rule.id] == PRESENT) & ~flagged),
            )
            for rule in readable
        ),
    )


def with_shadow_rules(rulebook: CompiledRulebook) -> CompiledRulebook:
    """Return a compiled rulebook with its shadow rules as well.

    Raises:
        BadInput: If none of its shadow rules is in force on its day.
    """
    beside = compile_rulebook(rulebook.rulebook, rulebook.as_of, ("live", "shadow"))
    if all(rule.status == "live" for rule in beside.rules):
        what = f"no shadow rule is in force on {beside.as_of}"
        raise BadInput.of(what, where=beside.rulebook.id, mend='Give a rule status = "shadow" to try it.')
    return beside


def joined_shadow(parts: Sequence[ShadowCounts]) -> ShadowCounts:
    """Return the counts of all parts, of which there is at least one; watermarks are kept in order."""
    rules = []
    for same in zip(*(part.rules for part in parts), strict=True):
        summed = {
            "outcomes": {label: _sum([one.outcomes[label] for one in same]) for label in FINDING_LABELS},
            "no_live_rule": _sum([one.no_live_rule for one in same]),
            "not_flagged": _sum([one.not_flagged for one in same]),
        }
        rules.append(same[0].model_copy(update=summed))
    marks = tuple(mark for part in parts for mark in part.watermarks)
    people = _sum([part.people for part in parts])
    return parts[0].model_copy(update={"people": people, "rules": tuple(rules), "watermarks": marks})


def check_continuable(before: ShadowCounts, after: ShadowCounts, where: str) -> None:
    """Raise unless the counts of `after` may be added to those of `before`, which stand in the file `where`.

    Raises:
        BadInput: If they are of other rules, of another scenario or stage, or of the same people.
    """
    for name in ("rulebook", "scenario", "stage"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            what = f"these counts are of the {name} '{one}', not '{other}'"
            raise BadInput.of(what, where=where, mend="Continue with the same, or write another file.")
    if before.rules_hash != after.rules_hash:
        what = "the rules, their parameters, the cards or the threshold have changed since these counts"
        raise BadInput.of(what, where=where, mend="Start again with another file.")
    if len({mark.world for mark in (*before.watermarks, *after.watermarks)}) > 1:
        what = "the scenario, its levers or the evidence have changed since these counts"
        raise BadInput.of(what, where=where, mend="Start again with another file.")
    seen = {mark.draw: mark for mark in before.watermarks}
    for mark in after.watermarks:
        if mark.draw in seen:
            rows, last = seen[mark.draw].rows, seen[mark.draw].last_applicant
            what = f"people of this draw are counted already: {rows:,} rows, the last of them {last}"
            raise BadInput.of(what, where=where, mend="Give another --seed.")


def read_shadow(path: Path) -> ShadowCounts:
    """Return the counts in a file that `saring rules shadow` wrote.

    Raises:
        BadInput: If there is no such file, or it holds something else.
    """
    mend = "Give a file that `saring rules shadow --out` wrote."
    return read_json(ShadowCounts, path, missing=f"there is no file '{path}'", mend=mend)


def shadow_json(counts: ShadowCounts) -> dict[str, Any]:
    """Return counts for JSON, with what each shadow rule would add as rates."""
    return {
        **counts.model_dump(mode="json"),
        "added": [_added_json(counts, rule) for rule in counts.rules if rule.status == "shadow"],
    }


def _added_json(counts: ShadowCounts, rule: RuleOutcomes) -> dict[str, Any]:
    said = {"fires_on": rule.fires, "adds": rule.no_live_rule, "not_flagged": rule.not_flagged}
    return {
        "rule": rule.rule,
        "version": rule.version,
        **{
            f"{name}_{each.label}": rate_json(Rate(found[each.label], counts.people[each.label]), "fired")
            for name, found in said.items()
            for each in RATED
        },
    }


def _by_outcome(truth: Truth, outcome: Findings) -> dict[str, OfClasses]:
    return {label: _of_classes(truth, outcome == value) for value, label in enumerate(FINDING_LABELS)}


def _of_classes(truth: Truth, said: Mask) -> OfClasses:
    (counts,) = by_class(truth, said[None])
    return {each.label: int(counts[each]) for each in TruthClass}


def _sum(counts: Sequence[OfClasses]) -> OfClasses:
    return {each.label: sum(one[each.label] for one in counts) for each in TruthClass}


def _rules_hash(screener: Screener, beside: CompiledRulebook, stage: Stage) -> str:
    parts = [
        beside.columns_hash,
        screener.rulebook.columns_hash,
        screener.cards.content_hash,
        screener.operating_point.threshold(stage),
    ]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
