"""`saring show evidence --unsourced`: every number that nothing published supports, in plain sight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from console.output import Output
from console.pages import heading, paragraph, text_table
from console.words import Speaker
from screening.evaluation.texts import Value, number
from synthetic.provenance import ASSUMED, Block, Number, Tally, blocks_of, numbers_of, released_numbers, tally
from synthetic.scenarios import load_scenario

LISTED = 3
"""Numbers of a block that are written out; of more, the smallest and the largest are."""


def show_unsourced(scenario: str | None, speaker: Speaker, output: Output) -> None:
    """Print all numbers of grade D, by file and block, and how many of each file are supported.

    Args:
        scenario: A released name or a path; all released files when left out.
        speaker: In which language. Reasons stand as the files give them, in English.
        output: How to speak.

    Raises:
        BadInput: If a number has neither figure nor grade.
    """
    numbers = released_numbers() if scenario is None else numbers_of(load_scenario(scenario))
    output.result(_json(scenario, numbers), lambda: _Page(speaker).print(numbers, quiet=output.quiet))


@dataclass(frozen=True)
class _Page:
    """The page in one language.

    Attributes:
        speaker: Who speaks it.
    """

    speaker: Speaker

    def say(self, name: str, **values: Value) -> str:
        """Return one of the page's texts."""
        return self.speaker.say(f"unsourced.{name}", **values)

    def print(self, numbers: Sequence[Number], *, quiet: bool) -> None:
        """Print the page; `quiet` leaves out what the words mean."""
        files = _by_file(numbers)
        columns = [self.say(name) for name in ("key", "line", "n", "values", "why")]
        for file, inside in files.items():
            blocks = blocks_of(number for number in inside if number.grade == ASSUMED)
            if not blocks:
                continue
            assumed = sum(len(block.numbers) for block in blocks)
            heading(self.say("file", file=file, assumed=assumed, n=len(inside)))
            text_table(columns, self._parts(blocks), numbers=(1, 2))
        heading(self.say("by_file"))
        folders: dict[str, list[list[str]]] = {}
        for file, inside in files.items():
            folder, _, name = file.rpartition("/")
            folders.setdefault(folder, []).append(self._totals(name, tally(inside)))
        together = {self.say("together"): [self._totals(self.say("all"), tally(numbers))]}
        columns = [self.say(name) for name in ("where", "numbers", "published", "supported", "assumed")]
        text_table([*columns, ""], {**folders, **together}, numbers=(1, 2, 3, 4, 5))
        print()
        paragraph(self._sentence(tally(numbers)))
        if not quiet:
            paragraph(self.say("meaning"))

    def _parts(self, blocks: Iterable[Block]) -> dict[str, list[list[str]]]:
        """Return the rows by the table they stand in; a reason that holds for all of a table is told once."""
        tables: dict[str, list[Block]] = {}
        for block in blocks:
            tables.setdefault(_table_of(block), []).append(block)
        parts = {}
        for name, inside in tables.items():
            reasons = {block.why for block in inside}
            is_common = len(inside) > 1 and len(reasons) == 1 and reasons != {""}
            title = f"{name} {inside[0].why}" if is_common else name
            parts[title] = [self._row(block, "" if is_common else block.why) for block in inside]
        return parts

    def _row(self, block: Block, why: str) -> list[str]:
        first = block.first
        named = dict.fromkeys(key for number in block.numbers for key in number.evidence)
        reasons = [why, self.say("see", keys=", ".join(named)) if named else ""]
        return [
            str(first.block[-1]),
            str(first.line),
            f"{len(block.numbers)}",
            self._values(block),
            " ".join(reason for reason in reasons if reason),
        ]

    def _values(self, block: Block) -> str:
        """Return a few numbers by name, and of many the least and the greatest."""
        depth, plain = len(block.first.block), self.speaker.plain
        if len(block.numbers) > LISTED:
            values = [number.value for number in block.numbers]
            if len(set(values)) > 1:
                return self.say("range", low=plain(min(values)), high=plain(max(values)))
            return self.say("each", value=plain(values[0]))
        named = [(_spelled(p for p in n.key[depth:] if isinstance(p, str)), n.value) for n in block.numbers]
        # Indonesian has a comma within numbers, so another sign stands between them.
        between = ", " if self.speaker.language == "en" else "; "
        return between.join(f"{name} {plain(value)}" for name, value in named)

    def _totals(self, file: str, found: Tally) -> list[str]:
        assumed = found.by_grade[ASSUMED]
        counts = (found.n, found.published, found.sourced - found.published, assumed)
        return [file, *(self.speaker.of(count) for count in counts), self._share(assumed, found.n)]

    def _sentence(self, found: Tally) -> str:
        grades = ", ".join(
            self.say("grade", grade=grade, share=self._share(count, found.n))
            for grade, count in found.by_grade.items()
            if grade != ASSUMED
        )
        return self.say(
            "sentence",
            n=found.n,
            sourced=self._share(found.sourced, found.n),
            grades=grades,
            assumed=self._share(found.by_grade[ASSUMED], found.n),
        )

    def _share(self, count: int, n: int) -> str:
        return self.say("share", value=number(100 * count / n, 1)) if n else self.say("none")


def _table_of(block: Block) -> str:
    """Return the table that a block stands in, as it is written in the file; empty at its top."""
    outer = _spelled(f'"{part}"' if "." in str(part) else part for part in block.first.block[:-1])
    return f"[{outer}]" if outer else ""


def _spelled(key: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in key)


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
