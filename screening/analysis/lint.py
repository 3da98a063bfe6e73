"""Linting a rulebook: everything that can be said of it without data, also of one that the loader refuses.

The loader's own checks come first, each under its number. Then every condition that can be read is gone
through case by case: can it be met at all, can it be missed, does it say more than another. Rules that are
faulty in themselves are named and left out of the rest; nothing is mended here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dossier.dossiers import Dossiers
from dossier.problems import BadInput, Problem
from screening.analysis.cases import Reading
from screening.analysis.checks import GENERAL, LintCheck, Severity, checks, code_of
from screening.analysis.drafts import ReadDraft, read_draft
from screening.analysis.mutation import EXAMINED
from screening.analysis.overlaps import Overlap, ReadRule, overlaps_among, without_effect
from screening.analysis.relations import Reach, reach_of
from screening.rules import Row
from screening.rules_checks import OF_RULEBOOKS, OF_RULES, Draft
from screening.rules_examples import example_dossiers, row_problems

UNREADABLE = "R002"
UNREACHABLE, ALWAYS_TRUE, SAME, SUBSUMED, NO_EFFECT, CANNOT_TELL = (f"R10{number}" for number in range(1, 7))
EXPIRED, OVERTAKEN = "R201", "R202"


@dataclass(frozen=True)
class LintFinding:
    """One thing that lint found.

    Attributes:
        code: Of the check.
        rule: Id of the rule; empty where it concerns the rulebook.
        problem: What, where and how to mend it.
    """

    code: str
    rule: str
    problem: Problem

    @property
    def check(self) -> LintCheck:
        """The check that found it."""
        return checks()[self.code]


@dataclass(frozen=True)
class LintReport:
    """What lint makes of one rulebook.

    Attributes:
        rulebook: Its id, or its file's name where it states none that can be read.
        as_of: The day looked at; none where no day can be read.
        rules: Rules whose conditions were gone through.
        left_out: Rules that could not be, because they cannot be read.
        findings: What was found, by code.
    """

    rulebook: str
    as_of: date | None
    rules: int
    left_out: int
    findings: tuple[LintFinding, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the loader would refuse the rulebook."""
        return any(found.check.loader or found.code in (GENERAL, UNREADABLE) for found in self.findings)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(found.check.severity == severity for found in self.findings)


def lint(name_or_path: str | Path, as_of: date | None = None) -> LintReport:
    """Lint a rulebook.

    Args:
        name_or_path: The name of a released rulebook, or the path of a TOML file.
        as_of: The day looked at; the rulebook's first day when left out, never the clock's.

    Raises:
        BadInput: If there is no such rulebook, the file is not TOML, or the day lies before its first.
    """
    read = read_draft(name_or_path)
    form = [LintFinding(GENERAL, "", problem) for problem in read.form]
    if read.draft is None:
        return LintReport(read.file.path.stem, as_of, 0, read.left_out, tuple(form))
    day = _day(read.draft, as_of)
    readable = _readable_rules(read.draft, day)
    findings = [
        *form,
        *_of_loader(read),
        *_of_reach(read.draft, readable),
        *_of_dates(read.draft, day),
    ]
    left_out = read.left_out + len(read.draft.written.rules) - len(read.draft.conditions)
    ordered = tuple(sorted(findings, key=lambda found: found.code))
    return LintReport(read.draft.written.id, day, len(readable), left_out, ordered)


def _day(draft: Draft, as_of: date | None) -> date:
    first = draft.written.valid_from
    if as_of is not None and as_of < first:
        what = f"the rulebook '{draft.written.id}' applies from {first}, not on {as_of}"
        raise BadInput.of(what, where="--as-of", mend="Choose a later day or an earlier rulebook.")
    return as_of or first


# --- what the loader would say ----------------------------------------------------------------------


def _of_loader(read: ReadDraft) -> Iterator[LintFinding]:
    draft = read.draft
    if draft is None:
        return
    for problem in read.unreadable:
        yield LintFinding(UNREADABLE, _rule_at(draft, problem), problem)
    for check in OF_RULEBOOKS:
        # A rule that could not be read may use what the others do not.
        if not (read.left_out and check.__name__ == "_parameters_are_used"):
            for problem in check(draft):
                yield LintFinding(code_of(check.__name__), _rule_at(draft, problem), problem)
    for position, rule in enumerate(draft.written.rules):
        for rule_check in OF_RULES:
            for problem in rule_check(draft, position, rule):
                yield LintFinding(code_of(rule_check.__name__), rule.id, problem)


def _rule_at(draft: Draft, problem: Problem) -> str:
    """Return the id of the rule at which a problem is placed."""
    return next((rule.id for rule in draft.written.rules if problem.where.endswith(f"rule '{rule.id}'")), "")


# --- what holds of all dossiers ---------------------------------------------------------------------


def _readable_rules(draft: Draft, day: date) -> list[ReadRule]:
    """Return the rules that are or may come into force, with their conditions on that day."""
    parameters = draft.written.values_on(day)
    return [
        ReadRule(position, draft.written.rules[position], Reading(condition, parameters))
        for position, condition in draft.conditions.items()
        if draft.written.rules[position].status != "retired" and set(condition.parameters) <= set(parameters)
    ]


def _of_reach(draft: Draft, readable: list[ReadRule]) -> Iterator[LintFinding]:
    reaches = [reach_of(one.reading) for one in readable]
    desks = _telling_desks(draft, [reach.met_by for reach in reaches if reach and reach.met_by])
    examined = []
    for one, reach in zip(readable, reaches, strict=True):
        yield from _of_one_rule(draft, one, reach, desks)
        can_be_either = reach is None or (reach.can_be_present and reach.can_be_absent)
        if can_be_either and one.rule.status in EXAMINED:
            examined.append(one)
    for overlap in overlaps_among(examined, desks):
        if not _is_named_by_the_loader(overlap):
            yield _of_overlap(draft, overlap)


def _of_one_rule(draft: Draft, one: ReadRule, reach: Reach | None, desks: Dossiers) -> Iterator[LintFinding]:
    def finding(code: str, what: str, mend: str) -> LintFinding:
        return LintFinding(code, one.rule.id, draft.problem(one.position, what, mend, ("when",)))

    if reach is None:
        yield finding(CANNOT_TELL, "has more cases than are gone through", "Move a part into an indicator.")
    elif not reach.can_be_present:
        what = "can never be present: no possible dossier meets its condition"
        yield finding(UNREACHABLE, what, "Look for parts that exclude each other, or a gate that is closed.")
    elif not reach.can_be_absent:
        what = "is never absent: whatever the dossier says, its condition is met or unknown"
        yield finding(ALWAYS_TRUE, what, "Say what a dossier without this sign looks like.")
    else:
        for mutant in without_effect(one, desks):
            what = f"means the same if {mutant.change}"
            yield finding(NO_EFFECT, what, f"Write: {mutant.reading.condition.text}")


def _of_overlap(draft: Draft, overlap: Overlap) -> LintFinding:
    rule, other = overlap.rule, overlap.other
    code, what, mend = {
        "same": (SAME, f"is present on the same dossiers as '{other.rule.id}'", "Retire one of the two."),
        "narrower": (
            SUBSUMED,
            f"is present only where '{other.rule.id}' is present too",
            f"Drop it, narrow '{other.rule.id}', or say in 'why' what the two together are for.",
        ),
        "cannot tell": (
            CANNOT_TELL,
            f"and '{other.rule.id}' have more cases together than are gone through",
            "Move a part of either into an indicator.",
        ),
    }[overlap.kind]
    return LintFinding(code, rule.rule.id, draft.problem(rule.position, what, mend, ("when",)))


def _is_named_by_the_loader(overlap: Overlap) -> bool:
    """Whether two live conditions are written alike, which the loader says already."""
    pair = (overlap.rule, overlap.other)
    trees = {one.reading.condition.tree for one in pair}
    return len(trees) == 1 and {one.rule.status for one in pair} == {"live"}


def _telling_desks(draft: Draft, examples: list[Row]) -> Dossiers:
    """Return a dossier for each test row that can be read, and one on which each rule is present."""
    neutral = {} if any(row_problems(draft.written.neutral, {}, "")) else draft.written.neutral
    rows = [
        row
        for rule in draft.written.rules
        for row in (*rule.tests.fires, *rule.tests.does_not, *rule.tests.unknown)
    ]
    return example_dossiers(
        [row for row in (*rows, *examples) if not any(row_problems(row, neutral, ""))], neutral
    )


# --- what holds on a day ----------------------------------------------------------------------------


def _of_dates(draft: Draft, day: date) -> Iterator[LintFinding]:
    for position, rule in enumerate(draft.written.rules):
        if rule.status in EXAMINED and rule.valid_to is not None and rule.valid_to < day:
            what = f"expired on {rule.valid_to} and is still {rule.status} on {day}"
            mend = 'Set status = "retired", or a later last day with its reason.'
            yield LintFinding(EXPIRED, rule.id, draft.problem(position, what, mend, ("valid_to",)))
    for name, parameter in draft.written.params.items():
        first, now = parameter.on(draft.written.valid_from), parameter.on(day)
        if first is not None and now is not None and now.since > first.since:
            what = (
                f"parameter '{name}' is {now.value:,} since {now.since}, but {first.value:,} on "
                f"{draft.written.valid_from}, the rulebook's first day"
            )
            mend = "Release a rulebook that starts on or after that day, or screen as of a later day."
            yield LintFinding(OVERTAKEN, "", draft.file.problem(what, ("params", name), mend))
