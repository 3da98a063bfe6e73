"""Which rules say less than others, and which parts of a condition say nothing.

A pair is first tried on some dossiers that every rule gives, because most pairs fall apart there; only what
those cannot tell apart is gone through case by case. The answer is the same, only sooner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import PRESENT
from screening.analysis.cases import Reading
from screening.analysis.mutants import Mutant, without_parts
from screening.analysis.relations import compared
from screening.rules import WrittenRule

Kind: TypeAlias = Literal["same", "narrower", "cannot tell"]


@dataclass(frozen=True)
class ReadRule:
    """A rule whose condition can be read.

    Attributes:
        position: Its place in the rulebook.
        rule: The rule.
        reading: Its condition on the day.
    """

    position: int
    rule: WrittenRule
    reading: Reading


@dataclass(frozen=True)
class Overlap:
    """Two rules of which one says no more than the other.

    Attributes:
        kind: `same`: they are present on the same dossiers; `narrower`: wherever `rule` is, `other` is too.
        rule, other: The rules.
    """

    kind: Kind
    rule: ReadRule
    other: ReadRule


def overlaps_among(rules: Sequence[ReadRule], desks: Dossiers) -> Iterator[Overlap]:
    """Yield the pairs of rules of which one says no more than the other.

    Args:
        rules: Rules that can be present, and can be absent.
        desks: Dossiers on which most pairs differ, such as those of all test rows.
    """
    present = [one.reading.condition.evaluate(desks, one.reading.parameters) == PRESENT for one in rules]
    connected = [_connected_fields(one) for one in rules]
    for i, j in combinations(range(len(rules)), 2):
        told_apart = (present[i] & ~present[j]).any() and (present[j] & ~present[i]).any()
        if told_apart or not connected[i] & connected[j] or not _ever_together(rules[i].rule, rules[j].rule):
            continue
        yield from _overlap(rules[i], rules[j])


def without_effect(one: ReadRule, desks: Dossiers) -> Iterator[Mutant]:
    """Yield the condition without a part wherever no possible dossier could tell the difference."""
    evaluate = one.reading.condition.evaluate(desks, one.reading.parameters)
    for mutant in without_parts(one.reading):
        if (mutant.reading.condition.evaluate(desks, mutant.reading.parameters) == evaluate).all():
            found = compared(one.reading, mutant.reading)
            if found is not None and found.difference is None:
                yield mutant


def _overlap(first: ReadRule, second: ReadRule) -> Iterator[Overlap]:
    found = compared(first.reading, second.reading)
    if found is None:
        yield Overlap("cannot tell", first, second)
    elif found.first_implies_second and found.second_implies_first:
        yield Overlap("same", first, second)
    elif found.first_implies_second and _adds_nothing(first, second):
        yield Overlap("narrower", first, second)
    elif found.second_implies_first and _adds_nothing(second, first):
        yield Overlap("narrower", second, first)


def _adds_nothing(narrower: ReadRule, wider: ReadRule) -> bool:
    """Whether the wider rule is known no later, and does as much when it fires."""
    in_time = wider.reading.condition.stage <= narrower.reading.condition.stage
    return in_time and (wider.rule.tier == "override" or narrower.rule.tier == "evidence")


def _ever_together(first: WrittenRule, second: WrittenRule) -> bool:
    start = max(first.valid_from, second.valid_from)
    return all(rule.valid_to is None or start <= rule.valid_to for rule in (first, second))


def _connected_fields(one: ReadRule) -> set[str]:
    """Return the fields that a rule reads, and those that decide whether they arise."""
    names = set(one.reading.condition.reads)
    gates = {fields()[name].gate_field for name in names}
    while new := {gate for gate in gates if gate is not None} - names:
        names |= new
        gates = {fields()[name].gate_field for name in new}
    return names
