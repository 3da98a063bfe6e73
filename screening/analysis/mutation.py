"""How many slips a rule's own test rows would notice: its mutants, and those that no row tells apart.

A mutant that has the same outcome as the condition in every possible case is no slip; it is left out and
counted openly. Every other one is caught if a test row has another outcome, and survives if none has; a
survivor comes with a row that would catch it. The share is that of the mutants made, and no sample of
anything else.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dossier.dossiers import Dossiers
from dossier.findings import Findings
from screening.analysis.cases import Reading
from screening.analysis.mutants import mutants_of
from screening.analysis.relations import Difference, compared
from screening.rules import Row, Rule, Rulebook, Status
from screening.rules_examples import example_dossiers

EXAMINED: tuple[Status, ...] = ("live", "shadow")


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test row tells from the rule.

    Attributes:
        change: What was changed, in words.
        text: The changed condition.
        difference: A case that would tell them apart; none where there are too many cases to go through.
    """

    change: str
    text: str
    difference: Difference | None


@dataclass(frozen=True)
class RuleMutation:
    """What the test rows of one rule notice.

    Attributes:
        rule: Its id.
        status: Its status.
        caught: Mutants that some row tells from the rule.
        equivalent: Mutants that no possible dossier tells from the rule; they are in no share.
        survivors: Mutants that no row tells from the rule.
    """

    rule: str
    status: Status
    caught: int
    equivalent: int
    survivors: tuple[Survivor, ...]

    @property
    def n(self) -> int:
        """Mutants that could be caught."""
        return self.caught + len(self.survivors)


def mutation_of(rulebook: Rulebook, as_of: date | None = None) -> tuple[RuleMutation, ...]:
    """Return what the test rows of every live and shadow rule notice.

    Args:
        rulebook: A loaded rulebook, so that every rule passes its own rows.
        as_of: The day whose parameter values hold; the rulebook's first day when left out.
    """
    parameters = rulebook.values_on(rulebook.valid_from if as_of is None else as_of)
    examined = (rule for rule in rulebook.rules if rule.status in EXAMINED)
    return tuple(
        _mutation_of(rule, Reading(rule.condition, parameters), rulebook.neutral) for rule in examined
    )


def _mutation_of(rule: Rule, reading: Reading, neutral: Row) -> RuleMutation:
    rows = [*rule.tests.fires, *rule.tests.does_not, *rule.tests.unknown]
    desks = example_dossiers(rows, neutral)
    expected = _outcomes(reading, desks)
    caught = equivalent = 0
    survivors = []
    for mutant in mutants_of(reading):
        if not np.array_equal(_outcomes(mutant.reading, desks), expected):
            caught += 1
            continue
        found = compared(reading, mutant.reading)
        if found is not None and found.difference is None:
            equivalent += 1
        else:
            difference = None if found is None else found.difference
            survivors.append(Survivor(mutant.change, mutant.reading.condition.text, difference))
    return RuleMutation(rule.id, rule.status, caught, equivalent, tuple(survivors))


def _outcomes(reading: Reading, desks: Dossiers) -> Findings:
    return reading.condition.evaluate(desks, reading.parameters)
