"""`saring show evidence --unsourced`: every number that nothing published supports, in plain sight."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from console.output import Output
from console.pages import heading, paragraph, text_table
from synthetic.provenance import ASSUMED, Block, Number, Tally, blocks_of, numbers_of, released_numbers, tally
from synthetic.scenarios import load_scenario

LISTED = 3
"""Numbers of a block that are written out; of more, the smallest and the largest are."""


def show_unsourced(scenario: str | None, output: Output) -> None:
    """Print all numbers of grade D, by file and block, and how many of each file are supported.

    Args:
        scenario: A released name or a path; all released files when left out.
        output: How to speak.

    Raises:
        BadInput: If a number has neither figure nor grade.
    """
    numbers = released_numbers() if scenario is None else numbers_of(load_scenario(scenario))
    output.result(_json(scenario, numbers), lambda: _print(numbers, output))


def _print(numbers: Sequence[Number], output: Output) -> None:
    files = _by_file(numbers)
    for file, inside in files.items():
        blocks = blocks_of(number for number in inside if number.grade == ASSUMED)
        if not blocks:
            continue
        count = sum(len(block.numbers) for block in blocks)
        heading(f"{file}: {count:,} of {len(inside):,} numbers are assumed")
        text_table(("key", "line", "n", "values", "why"), _parts(blocks), numbers=(1, 2))
    heading("By file")
    folders: dict[str, list[list[str]]] = {}
    for file, inside in files.items():
        folder, _, name = file.rpartition("/")
        folders.setdefault(folder, []).append(_totals(name, tally(inside)))
    text_table(
        ("file", "numbers", "published", "supported", "assumed", ""),
        {**folders, "together": [_totals("all", tally(numbers))]},
        numbers=(1, 2, 3, 4, 5),
    )
    print()
    paragraph(_sentence(tally(numbers)))
    if not output.quiet:
        paragraph(
            "Published: the number is a figure of the registry. Supported: it was typed, and names a figure "
            "that it rests on. Assumed (grade D): neither, or the figure itself is doubtful."
        )


def _parts(blocks: Iterable[Block]) -> dict[str, list[list[str]]]:
    """Return the rows by the table they stand in; a reason that holds for all of a table is told once."""
    tables: dict[str, list[Block]] = {}
    for block in blocks:
        tables.setdefault(_table_of(block), []).append(block)
    parts = {}
    for name, inside in tables.items():
        reasons = {block.why for block in inside}
        is_common = len(inside) > 1 and len(reasons) == 1 and reasons != {""}
        title = f"{name} {inside[0].why}" if is_common else name
        parts[title] = [_row(block, "" if is_common else block.why) for block in inside]
    return parts


def _row(block: Block, why: str) -> list[str]:
    first = block.first
    named = dict.fromkeys(key for number in block.numbers for key in number.evidence)
    reasons = [why, f"(see {', '.join(named)})" if named else ""]
    return [
        str(first.block[-1]),
        str(first.line),
        f"{len(block.numbers)}",
        _values(block),
        " ".join(reason for reason in reasons if reason),
    ]


def _table_of(block: Block) -> str:
    """Return the table that a block stands in, as it is written in the file; empty at its top."""
    outer = _spelled(f'"{part}"' if "." in str(part) else part for part in block.first.block[:-1])
    return f"[{outer}]" if outer else ""


def _spelled(key: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in key)


def _values(block: Block) -> str:
    """Return a few numbers by name, and of many the least and the greatest."""
    depth = len(block.first.block)
    if len(block.numbers) > LISTED:
        values = [number.value for number in block.numbers]
        return f"{min(values):g} to {max(values):g}" if len(set(values)) > 1 else f"{values[0]:g} each"
    named = [(_spelled(p for p in n.key[depth:] if isinstance(p, str)), n.value) for n in block.numbers]
    return ", ".join(f"{name} {value:g}" for name, value in named)


def _totals(file: str, found: Tally) -> list[str]:
    assumed = found.by_grade[ASSUMED]
    return [
        file,
        f"{found.n:,}",
        f"{found.published:,}",
        f"{found.sourced - found.published:,}",
        f"{assumed:,}",
        _percent(assumed, found.n),
    ]


def _sentence(found: Tally) -> str:
    grades = ", ".join(
        f"grade {grade} {_percent(count, found.n)}"
        for grade, count in found.by_grade.items()
        if grade != ASSUMED
    )
    assumed = found.by_grade[ASSUMED]
    return (
        f"{found.n:,} numbers: {_percent(found.sourced, found.n)} sourced ({grades}), "
        f"{_percent(assumed, found.n)} assumed."
    )


def _percent(count: int, n: int) -> str:
    return f"{100 * count / n:.1f} %" if n else "none"


def _by_file(numbers: Iterable[Number]) -> dict[str, list[Number]]:
    return {file: list(inside) for file, inside in groupby(numbers, key=lambda number: number.file)}


def _json(scenario: str | None, numbers: Sequence[Number]) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "scenario": scenario,
        "totals": _tally_json(tally(numbers)),
        "files": {file: _tally_json(tally(inside)) for file, inside in _by_file(numbers).items()},
        "unsourced": [_number_json(number) for number in numbers if number.grade == ASSUMED],
    }


def _tally_json(found: Tally) -> dict[str, Any]:
    return {
        "n": found.n,
        "sourced": found.sourced,
        "published": found.published,
        "assumed": found.by_grade[ASSUMED],
        "by_grade": dict(found.by_grade),
    }


def _number_json(number: Number) -> dict[str, Any]:
    return {
        "file": number.file,
        "line": number.line,
        "block": list(number.block),
        "key": list(number.key),
        "value": number.value,
        "grade": number.grade,
        "basis": number.basis,
        "evidence": list(number.evidence),
        "why": number.why,
    }
