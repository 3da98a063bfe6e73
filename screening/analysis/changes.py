"""What differs between two rulebooks as they are written: rules, conditions, parameters and versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from screening.rules import Rule, Rulebook

COMPARED = ("version", "status", "tier", "agency", "valid_from", "valid_to")
"""What is compared of a rule besides its condition; texts, sources and test rows change nobody's outcome."""


@dataclass(frozen=True)
class Changed:
    """One thing that is written otherwise in the second rulebook.

    Attributes:
        name: The rule or parameter.
        key: What of it.
        before, after: As written in each.
    """

    name: str
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class RulebookChanges:
    """What differs between two rulebooks.

    Attributes:
        added, removed: Ids of the rules that only the second, or only the first, has.
        rules: What is otherwise in the rules of both.
        rulebook: What is otherwise in the rulebooks as a whole: version, first day, who decides.
        parameters: What is otherwise in the parameters; one that a rulebook does not have is empty there.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    rules: tuple[Changed, ...]
    rulebook: tuple[Changed, ...]
    parameters: tuple[Changed, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the changes for JSON."""
        listed = {
            name: [vars(each) for each in getattr(self, name)] for name in ("rules", "rulebook", "parameters")
        }
        return {"added": list(self.added), "removed": list(self.removed), **listed}


def changes_between(first: Rulebook, second: Rulebook) -> RulebookChanges:
    """Return what differs between two rulebooks as written."""
    before, after = ({rule.id: rule for rule in one.rules} for one in (first, second))
    return RulebookChanges(
        tuple(name for name in after if name not in before),
        tuple(name for name in before if name not in after),
        tuple(change for name in before if name in after for change in _of_rules(before[name], after[name])),
        tuple(_differing("", _of_rulebook(first), _of_rulebook(second))),
        tuple(
            change
            for name in {**first.params, **second.params}
            for change in _differing(name, _of_parameter(first, name), _of_parameter(second, name))
        ),
    )


def _of_rules(before: Rule, after: Rule) -> list[Changed]:
    one, other = (
        {"when": rule.condition.text, **{key: str(getattr(rule, key) or "") for key in COMPARED}}
        for rule in (before, after)
    )
    return _differing(before.id, one, other)


def _of_rulebook(rulebook: Rulebook) -> dict[str, str]:
    keys = ("version", "valid_from", "decides", "refers_from")
    return {key: str(getattr(rulebook, key) or "") for key in keys}


def _of_parameter(rulebook: Rulebook, name: str) -> dict[str, str]:
    found = rulebook.params.get(name)
    values = [f"{entry.value:,} from {entry.since}" for entry in found.values] if found else []
    return {"values": "; ".join(values)}


def _differing(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[Changed]:
    return [Changed(name, key, before[key], after[key]) for key in before if before[key] != after[key]]
