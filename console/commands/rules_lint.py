"""`saring rules lint`: numbered findings with file, line and mend; with --mutants, what the tests notice."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import typer

from console.errors import GATE_FAILED
from console.output import Output, number_of, said_percent
from console.words import speaker_of
from dossier.findings import ABSENT, FINDING_LABELS, PRESENT, UNKNOWN
from dossier.problems import BadInput, Problem, raise_if_any
from screening.analysis.checks import check_named
from screening.analysis.limits import limits
from screening.analysis.lint import LintFinding, LintReport, lint
from screening.analysis.mutation import RuleMutation, Survivor, mutation_of
from screening.analysis.wording import row_wording
from screening.intervals import exact_interval
from screening.rulebook import load_rulebook, released_rulebooks

LISTS = {PRESENT: "fires", ABSENT: "does_not", UNKNOWN: "unknown"}


@dataclass(frozen=True)
class LintOptions:
    """The options of `saring rules lint`; see its help."""

    rulebooks: tuple[str, ...]
    as_of: date | None
    mutants: bool
    strict: bool
    explain: str | None
    language: str


def lint_rulebooks(options: LintOptions, output: Output) -> None:
    """Lint rulebooks and print what was found, or explain one check.

    Raises:
        BadInput: If there is no such rulebook or check, or a file is not TOML.
        typer.Exit: With code 1 where the gate fails.
    """
    if options.explain is not None:
        _explain(options.explain, options.language, output)
        return
    started = time.perf_counter()
    found = [_rulebook_json(name, report, options) for name, report in _linted(options).items()]
    failed = [each for each in found if not each["passes"]]
    content = {
        "schema_version": "1",
        "passes": not failed,
        "rulebooks": found,
        "wall_s": round(time.perf_counter() - started, 3),
    }
    output.result(content, lambda: _print(content, options, output))
    if failed:
        raise typer.Exit(GATE_FAILED)


def _explain(code: str, language: str, output: Output) -> None:
    speaker, check = speaker_of(language), check_named(code)
    content = {"schema_version": "1", "code": code, **check.model_dump(exclude={"loader"})}
    severity = f"{code}, {check.severity}: {speaker.of(check.title)}."
    output.result(content, lambda: print(f"{severity} {speaker.of(check.explanation)}"))


def _linted(options: LintOptions) -> dict[str, LintReport]:
    """Return what lint makes of each rulebook, by name; raises for all that cannot be read at once."""
    reports: dict[str, LintReport] = {}
    problems: list[Problem] = []
    for name in options.rulebooks or released_rulebooks():
        try:
            reports[name] = lint(name, options.as_of)
        except BadInput as error:
            problems.extend(error.problems)
    raise_if_any(problems)
    return reports


def _rulebook_json(name: str, report: LintReport, options: LintOptions) -> dict[str, Any]:
    errors, warnings = report.count("error"), report.count("warning")
    passes = not errors and not (options.strict and warnings)
    content = {**_report_json(report), "errors": errors, "warnings": warnings}
    if not options.mutants:
        return {**content, "passes": passes}
    if report.is_refused:
        return {**content, "mutants": None, "passes": False}
    mutants = mutants_json(mutation_of(load_rulebook(name), options.as_of))
    return {**content, "mutants": mutants, "passes": passes and mutants["passes"]}


def _report_json(report: LintReport) -> dict[str, Any]:
    return {
        "rulebook": report.rulebook,
        "as_of": report.as_of.isoformat() if report.as_of else None,
        "rules_examined": report.rules,
        "rules_left_out": report.left_out,
        "findings": [_finding_json(found) for found in report.findings],
    }


def _finding_json(found: LintFinding) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.check.severity,
        "title": found.check.title.model_dump(),
        "rule": found.rule,
        **vars(found.problem),
    }


# --- mutants ----------------------------------------------------------------------------------------


def mutants_json(found: Sequence[RuleMutation]) -> dict[str, Any]:
    """Return the share of mutants that the tests caught, for each rule and in all."""
    caught, n = sum(one.caught for one in found), sum(one.n for one in found)
    least = limits().least_share_caught
    return {
        "caught": _share(caught, n),
        "equivalent": sum(one.equivalent for one in found),
        "least_share": least,
        "passes": caught >= least * n,
        "rules": [
            {
                "rule": one.rule,
                "status": one.status,
                "caught": _share(one.caught, one.n),
                "equivalent": one.equivalent,
                "survivors": [_survivor_json(survivor) for survivor in one.survivors],
            }
            for one in found
        ],
    }


def _share(caught: int, n: int) -> dict[str, Any]:
    if not n:
        return {"estimate": None, "low": None, "high": None, "n": 0, "caught": 0}
    low, high = exact_interval(caught, n, limits().confidence)
    return {"estimate": caught / n, "low": float(low), "high": float(high), "n": n, "caught": caught}


def _survivor_json(survivor: Survivor) -> dict[str, Any]:
    content: dict[str, Any] = {"change": survivor.change, "condition": survivor.text, "row": None}
    if survivor.difference is not None:
        expected = survivor.difference.first
        content["row"] = row_wording(survivor.difference.row)
        content |= {
            "belongs_under": LISTS[expected],
            "mutant_says": FINDING_LABELS[survivor.difference.second],
        }
    return content


# --- printing ---------------------------------------------------------------------------------------


def _print(content: Mapping[str, Any], options: LintOptions, output: Output) -> None:
    for rulebook in content["rulebooks"]:
        for line in _finding_lines(rulebook):
            print(line)
        if options.mutants:
            _print_mutants(rulebook, output)
    output.say(f"({content['wall_s']:.1f} s; `saring rules lint --explain CODE` says what a check means)")


def _finding_lines(rulebook: Mapping[str, Any]) -> Iterator[str]:
    notes = len(rulebook["findings"]) - rulebook["errors"] - rulebook["warnings"]
    counted = [
        number_of(count, name)
        for name, count in (("error", rulebook["errors"]), ("warning", rulebook["warnings"]), ("note", notes))
    ]
    left_out = rulebook["rules_left_out"]
    left = f", {number_of(left_out, 'rule')} left out that cannot be read" if left_out else ""
    day = f" as of {rulebook['as_of']}" if rulebook["as_of"] else ""
    examined = number_of(rulebook["rules_examined"], "rule")
    yield f"{rulebook['rulebook']}{day}: {examined} gone through{left}; {', '.join(counted)}."
    for found in rulebook["findings"]:
        problem = Problem(found["what"], found["where"], found["mend"])
        yield f"  {found['code']} {found['severity']}, {found['title']['en'].lower()}: {problem}"


def _print_mutants(rulebook: Mapping[str, Any], output: Output) -> None:
    found = rulebook["mutants"]
    if found is None:
        print("No mutants are made of a rulebook with errors that the loader refuses.")
        return
    rows = [
        [one["rule"], one["status"], *_caught_cells(one["caught"]), str(one["equivalent"])]
        for one in found["rules"]
    ]
    columns = ("rule", "status", "caught", "95 % interval", "same")
    output.table(f"{rulebook['rulebook']}: mutants that the rules' own tests notice", columns, rows)
    caught = found["caught"]
    print(
        f"Caught: {caught['caught']:,} of {number_of(caught['n'], 'mutant')} = {said_percent(caught)}; "
        f"{found['equivalent']:,} more mean the same as the rule and are left out. "
        f"At least {100 * found['least_share']:.0f} % are asked for."
    )
    for one in found["rules"]:
        for survivor in one["survivors"]:
            print(f"  {one['rule']}: nobody notices that {survivor['change']}.")
            print(f"      {_row_to_add(survivor)}")


def _caught_cells(share: Mapping[str, Any]) -> tuple[str, str]:
    if not share["n"]:
        return "no mutants", "cannot be said"
    ends = f"{100 * share['low']:.1f}-{100 * share['high']:.1f} %"
    return f"{share['caught']} of {share['n']}", ends


def _row_to_add(survivor: Mapping[str, Any]) -> str:
    if survivor["row"] is None:
        return "There are too many cases to find a row that would notice."
    return f"tests.{survivor['belongs_under']} with {survivor['row']} would notice."
