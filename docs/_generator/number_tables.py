"""Tables of the numbers in a file of assumptions: each with what supports it, or visibly assumed."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from docs._generator.markdown import Markdown, code, prose, table
from docs._generator.sources import figure_links
from dossier.toml_files import KeyPath
from synthetic.provenance import Block, Number, blocks_of, released_numbers

BASES = {"published": "published", "informed": "informed by", "assumed": "assumed"}


def numbers_table(file: str) -> str:
    """Return all numbers of a file as a table, a row for what one reads as one thing.

    Args:
        file: As `Number.file` names it, from the repository's root.
    """
    columns = ("where", "values", "grade", "rests on", "why")
    return table(columns, [_row(block) for block in blocks_of(_of_file(file))])


@cache
def _all_numbers() -> Sequence[Number]:
    return released_numbers()


def _of_file(file: str) -> Iterable[Number]:
    return (number for number in _all_numbers() if number.file == file)


def _row(block: Block) -> tuple[str, str, str, str, str]:
    numbers, depth = block.numbers, len(block.first.block)
    evidence = dict.fromkeys(key for number in numbers for key in number.evidence)
    bases = dict.fromkeys(BASES[number.basis] for number in numbers)
    support = Markdown(" ".join([prose(", ".join(bases)), figure_links(evidence)]).strip())
    grades = ", ".join(sorted({number.grade for number in numbers}))
    return (
        code(_spelled(block.first.block)),
        Markdown(", ".join(_values(numbers, depth))),
        grades,
        support,
        prose(block.why),
    )


def _values(numbers: Sequence[Number], depth: int) -> Iterator[str]:
    for number in numbers:
        name = _spelled(number.key[depth:])
        yield f"{prose(name)} {number.value:g}" if name else f"{number.value:g}"


def _spelled(key: KeyPath) -> str:
    return ".".join(str(part) for part in key)
