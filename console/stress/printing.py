"""The findings of stress tests for a person at a terminal: one table and one sentence for each test.

It prints what the tests found and computes nothing. The tables are short; all rows stand in the files.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from console.output import Output, counted_of, percent

Content: TypeAlias = Mapping[str, Any]

ROWS, COLUMNS = 8, 5
"""Rows and columns of a table on a screen; the rest stands in the files."""

ONE_PER_CENT = 0.01

MEASURES: Mapping[str, str] = {
    "miss_rate": "victims missed",
    "miss_change": "change, in points",
    "false_flag_rate": "others flagged",
    "flag_change": "change, in points",
}


def print_findings(content: Content, page: Path, output: Output) -> None:
    """Print what the stress tests found, in order of harm.

    Args:
        content: As it stands in `stress.json`.
        page: Where the page was written.
        output: How to print.
    """
    print(
        f"Simulated: {content['scenario']}, {content['stage']} stage; rulebook {content['rulebook']}, cards "
        f"{content['cards']}, threshold {content['threshold']:.2f}; corpus {content['corpus'][:16]}."
    )
    print(f"Missed before any stress: {counted_of(content['miss_rate'], 'missed', 'victim')}")
    for who in ("lawful", "irregular"):
        rate = content[f"{who}_flagged"]
        print(f"Flagged before any stress: {counted_of(rate, 'flagged', f'{who} traveller')}")
    for finding in content["findings"]:
        print()
        _print_finding(finding, output)
    print()
    print("All intervals of one test hold together at least 95 times in 100.")
    for sentence in _left_out(content):
        print(sentence)
    print(f"Written: {page}  ({content['wall_s']:.1f} s)")


def _print_finding(finding: Content, output: Output) -> None:
    rows = short_rows(finding)
    described = {column["key"]: column for column in finding.get("columns", ())}
    keys = [key for key in (*MEASURES, *described) if any(row.get(key) is not None for row in rows)]
    keys = keys[:COLUMNS]
    titles = ["", *(described[key]["name"]["en"] if key in described else MEASURES[key] for key in keys)]
    table = [[row["name"]["en"], *(_cell(row, key, described) for key in keys)] for row in rows[:ROWS]]
    output.table(f"{finding['title']['en']} ({finding['test']})", titles, table)
    if hidden := len(finding["rows"]) - len(table):
        print(f"    {hidden:,} more rows in the files.")
    print(finding["answer"]["en"])
    print(finding["assumed"]["en"])


def short_rows(finding: Content) -> Sequence[Content]:
    """Return the rows of the series that leads, and those of none; all where no series leads."""
    leads = finding.get("leads")
    return [row for row in finding["rows"] if leads is None or row.get("series", leads) == leads]


def _cell(row: Content, key: str, described: Mapping[str, Content]) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if key not in MEASURES:
        return _SHOWN[described[key]["kind"]](value)
    return _points(value) if key.endswith("_change") else percent(value)


def _points(change: Content) -> str:
    if not change["n"]:
        return "cannot be said"
    ends = f"{100 * change['low']:+z.1f} to {100 * change['high']:+z.1f}"
    return f"{100 * change['estimate']:+z.1f} ({ends})"


def _with_ends(written: Callable[[float], str]) -> Callable[[Any], str]:
    """Return how a number is written, with the ends of its interval where it has some."""

    def shown(value: Any) -> str:
        if not isinstance(value, Mapping):
            return written(value)
        parts = [
            written(value[end]) if value[end] is not None else "-" for end in ("estimate", "low", "high")
        ]
        return f"{parts[0]} ({parts[1]}-{parts[2]})"

    return shown


def _share(value: float) -> str:
    return f"{100 * value:.1f} %" if value >= ONE_PER_CENT or not value else f"{100 * value:.2g} %"


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "rate": percent,
    "share": _with_ends(_share),
    "number": _with_ends(lambda value: f"{value:,.0f}"),
    "fine": _with_ends(lambda value: f"{value:,.1f}"),
}


def _left_out(content: Content) -> Iterator[str]:
    for one in content["left_out"]:
        if "why" in one:
            yield f"Not measured: {one['test']}, because {one['why']}."
    waiting = [one for one in content["left_out"] if "run" in one]
    if waiting:
        names = ",".join(one["test"] for one in waiting)
        command = waiting[0]["run"].rpartition(" ")[0]
        yield f"Left out: {names.replace(',', ', ')}. To run them: {command} {names}"
