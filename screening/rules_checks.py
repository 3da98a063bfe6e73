"""What a rulebook must fulfil before anybody may load it, one small check for each demand.

Every check yields problems with file and line; all of them run, so that one look shows all there is to mend.
Checks judge form, never policy: whether a rule is wise is for its sources, its tests and the evaluation.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dossier.fields import fields
from dossier.findings import ABSENT, FINDING_LABELS, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.problems import BadInput, Problem
from dossier.recommendations import agencies
from dossier.toml_files import KeyPath, TomlFile
from screening.language import Condition, parse_condition
from screening.rules import WrittenRule, WrittenRulebook
from screening.rules_examples import example_dossiers, row_problems
from screening.rules_grammar import near_match

_EXPECTED = {"fires": PRESENT, "does_not": ABSENT, "unknown": UNKNOWN}


@dataclass(frozen=True)
class Draft:
    """A rulebook under inspection.

    Attributes:
        file: The file, for its line numbers.
        written: What it states.
        conditions: The conditions that could be compiled, by the position of their rule.
    """

    file: TomlFile
    written: WrittenRulebook
    conditions: Mapping[int, Condition]

    def problem(self, position: int, what: str, mend: str, key: KeyPath = ()) -> Problem:
        """Return a problem of the rule at `position`, placed at its line."""
        return Problem(what, self.place(position, *key), mend)

    def place(self, position: int, *key: str | int) -> str:
        """Return file, line and name of the rule at `position`."""
        return f"{self.file.where(('rules', position, *key))}, rule '{self.written.rules[position].id}'"


Check: TypeAlias = Callable[[Draft], Iterator[Problem]]
RuleCheck: TypeAlias = Callable[[Draft, int, WrittenRule], Iterator[Problem]]


def compiled_conditions(
    file: TomlFile, written: WrittenRulebook
) -> tuple[dict[int, Condition], list[Problem]]:
    """Return the conditions that compile, by position of their rule, and the problems of the others."""
    conditions: dict[int, Condition] = {}
    problems: list[Problem] = []
    for position, rule in enumerate(written.rules):
        place = f"{file.where(('rules', position, 'when'))}, rule '{rule.id}'"
        try:
            conditions[position] = parse_condition(
                rule.when, fields=fields(), indicators=indicators(), parameters=written.params, place=place
            )
        except BadInput as error:
            problems.extend(error.problems)
    return conditions, problems


def problems_of(draft: Draft) -> Iterator[Problem]:
    """Yield everything that is wrong with a rulebook whose file has the right form."""
    for check in OF_RULEBOOKS:
        yield from check(draft)
    for position, rule in enumerate(draft.written.rules):
        for rule_check in OF_RULES:
            yield from rule_check(draft, position, rule)


# --- the rulebook as a whole ----------------------------------------------------------------------


def _names_are_unique(draft: Draft) -> Iterator[Problem]:
    counts = Counter(rule.id for rule in draft.written.rules)
    for position, rule in enumerate(draft.written.rules):
        if counts[rule.id] > 1:
            yield draft.problem(position, "another rule has the same id", "Give each rule its own.", ("id",))
        if rule.id in indicators():
            what = "an indicator has the same name, and both become columns"
            yield draft.problem(position, what, "Rename the rule.", ("id",))


def _conditions_are_unique(draft: Draft) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for position, condition in draft.conditions.items():
        earlier = first.setdefault(condition.tree, position)
        statuses = {draft.written.rules[place].status for place in (earlier, position)}
        if earlier != position and statuses == {"live"}:
            what = f"'{draft.written.rules[earlier].id}' has the same condition"
            yield draft.problem(position, what, "Retire one of the two.", ("when",))


def _parameters_are_used(draft: Draft) -> Iterator[Problem]:
    if len(draft.conditions) < len(draft.written.rules):
        return
    used = {name for condition in draft.conditions.values() for name in condition.parameters}
    used |= {name for indicator in indicators().values() for name in indicator.parameters}
    for name in draft.written.params:
        if name not in used:
            mend = "Remove it, or use it in a rule."
            yield draft.file.problem(f"no rule and no indicator uses '{name}'", ("params", name), mend)


def _parameters_start_in_time(draft: Draft) -> Iterator[Problem]:
    for name, parameter in draft.written.params.items():
        if parameter.on(draft.written.valid_from) is None:
            what = f"parameter '{name}' has no value on {draft.written.valid_from}, when the rulebook starts"
            yield draft.file.problem(what, ("params", name), "Add the value that holds on that day.")
        if name in indicators() or name in fields():
            what = f"parameter '{name}' is called like a field or an indicator"
            yield draft.file.problem(what, ("params", name), "Rename the parameter.")


def _neutral_row_is_sound(draft: Draft) -> Iterator[Problem]:
    yield from row_problems(draft.written.neutral, {}, draft.file.where(("neutral",)))


def _can_flag_somebody(draft: Draft) -> Iterator[Problem]:
    """Where rules decide, refuse a rulebook by which nobody could ever be referred."""
    written = draft.written
    tiers = Counter(rule.tier for rule in written.rules if rule.status == "live")
    if written.decides == "rules" and not tiers["override"] and written.refers_from is None:
        what = "its rules decide, but none of them refers by itself, and no number of them refers together"
        mend = "Make a live rule an override, or add refers_from = 2."
        yield draft.file.problem(what, ("decides",), mend)
    if written.refers_from is not None and written.refers_from > tiers["evidence"]:
        what = f"refers_from asks for {written.refers_from} evidence rules, and {tiers['evidence']} are live"
        yield draft.file.problem(what, ("refers_from",), "Ask for fewer, or leave it out.")


# --- each rule ------------------------------------------------------------------------------------


def _names_its_sources(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    if not any(source.strip() for source in rule.sources):
        mend = 'Add sources = ["paper, section, step"].'
        yield draft.problem(position, "names no source", mend, ("sources",))


def _has_innocent_explanations(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    if not rule.innocent:
        mend = "Write down who would look like this and be honest; if nobody would, ask a colleague."
        yield draft.problem(position, "has no innocent explanation", mend, ("innocent",))


def _names_a_known_agency(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    if rule.tier == "override" and not rule.agency:
        mend = f"Add agency, one of: {', '.join(agencies())}."
        yield draft.problem(position, "refers by itself but names no receiving agency", mend)
    if rule.agency and rule.agency not in agencies():
        mend = near_match(rule.agency, agencies())
        yield draft.problem(position, f"there is no agency '{rule.agency}'", mend, ("agency",))


def _has_not_expired(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    if rule.valid_to is None:
        return
    if rule.valid_to < rule.valid_from:
        yield draft.problem(position, "ends before it starts", "Put the two dates right.", ("valid_to",))
    elif rule.status == "live" and rule.valid_to < draft.written.valid_from:
        what = f"expired on {rule.valid_to}, before the rulebook starts, and is still live"
        yield draft.problem(position, what, 'Set status = "retired", or a later date.', ("valid_to",))


def _evidence_never_lowers_a_score(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    condition = draft.conditions.get(position)
    if rule.tier == "evidence" and condition and not condition.is_monotone:
        what = "negates an indicator, so that more evidence could lower a score"
        yield draft.problem(position, what, "Say it without 'not', or compare a field.", ("when",))


def _has_all_tests(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    for kind in _EXPECTED:
        if not getattr(rule.tests, kind):
            mend = f"Add tests.{kind} = [{{ field = value }}]."
            yield draft.problem(position, f"has no test row under '{kind}'", mend, ("tests",))


def _has_its_parameters(draft: Draft, position: int, _: WrittenRule) -> Iterator[Problem]:
    needed = draft.conditions[position].parameters if position in draft.conditions else ()
    for name in needed:
        if name not in draft.written.params:
            what = f"an indicator in its condition needs the parameter '{name}'"
            yield draft.problem(position, what, f"Add [params.{name}].", ("when",))


def _test_rows_are_sound(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    for kind in _EXPECTED:
        place = draft.place(position, "tests", kind)
        for row in getattr(rule.tests, kind):
            yield from row_problems(row, draft.written.neutral, place)


def _passes_its_tests(draft: Draft, position: int, rule: WrittenRule) -> Iterator[Problem]:
    condition = draft.conditions.get(position)
    parameters = draft.written.values_on(draft.written.valid_from)
    if condition is None or not set(condition.parameters) <= set(parameters):
        return
    if any(_neutral_row_is_sound(draft)) or any(_test_rows_are_sound(draft, position, rule)):
        return
    for kind, expected in _EXPECTED.items():
        rows = getattr(rule.tests, kind)
        outcomes = condition.evaluate(example_dossiers(rows, draft.written.neutral), parameters)
        for number, outcome in enumerate(outcomes.tolist(), start=1):
            if outcome != expected:
                found, wanted = FINDING_LABELS[outcome], FINDING_LABELS[expected]
                what = f"test row {number} under '{kind}' is {found}, not {wanted}"
                yield draft.problem(position, what, "Mend the row or the condition.", ("tests", kind))


OF_RULEBOOKS: tuple[Check, ...] = (
    _names_are_unique,
    _conditions_are_unique,
    _parameters_are_used,
    _parameters_start_in_time,
    _neutral_row_is_sound,
    _can_flag_somebody,
)
OF_RULES: tuple[RuleCheck, ...] = (
    _names_its_sources,
    _has_innocent_explanations,
    _names_a_known_agency,
    _has_not_expired,
    _evidence_never_lowers_a_score,
    _has_all_tests,
    _has_its_parameters,
    _test_rows_are_sound,
    _passes_its_tests,
)
