"""Pages of text for people at a terminal: headings, paragraphs and tables that fit its width.

Text stands to the left, numbers to the right, and nothing is cut off: what does not fit on a line goes on the
next. What a page says is for the commands to know.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

INDENT = 2
LEAST_WIDTH = 6
"""Of a column; on a screen too narrow for that, lines run over rather than letters down."""


def heading(text: str, *, first: bool = False) -> None:
    """Print the title of a part of a page, after an empty line unless it comes `first`."""
    console = _console()
    if not first:
        console.print()
    console.print(text, style="bold", soft_wrap=True)


def paragraph(text: str, *, indent: int = 0) -> None:
    """Print some sentences, broken at words."""
    _console().print(Padding(Text(text), (0, 0, 0, indent)))


def points(texts: Sequence[str]) -> None:
    """Print a list, each of its points on lines of its own."""
    table = Table.grid(padding=(0, 1))
    for text in texts:
        table.add_row("-", text)
    _console().print(table)


def facts(pairs: Mapping[str, str]) -> None:
    """Print what things are, each beside its name."""
    table = Table.grid(padding=(0, INDENT))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(name, value)
    _console().print(table)


def text_table(
    columns: Sequence[str], parts: Mapping[str, Sequence[Sequence[str]]], numbers: Collection[int] = ()
) -> None:
    """Print a table whose rows stand in named parts; a part without a name has no line of its own.

    Args:
        columns: Titles of the columns, the first of them a name that is broken last.
        parts: Rows by the name of their part.
        numbers: Positions of the columns that hold numbers, which are never broken.
    """
    console = _console()
    cells = [columns, *(row for rows in parts.values() for row in rows)]
    natural = [max(cell_len(row[position]) for row in cells) for position in range(len(columns))]
    longest = [max(_longest_word(row[position]) for row in cells) for position in range(len(columns))]
    widths = _widths(natural, longest, numbers, console.width - INDENT * (len(columns) - 1))
    console.print(_grid(widths, numbers, [columns], style="bold"))
    for name, rows in parts.items():
        if name:
            console.print(name, style="italic")
        console.print(_grid(widths, numbers, rows))


def _grid(
    widths: Sequence[int], numbers: Collection[int], rows: Sequence[Sequence[str]], style: str = ""
) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, INDENT, 0, 0))
    for position, width in enumerate(widths):
        justify: Literal["left", "right"] = "right" if position in numbers else "left"
        table.add_column(width=width, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*row, style=style)
    return table


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _widths(natural: Sequence[int], longest: Sequence[int], numbers: Collection[int], room: int) -> list[int]:
    """Return the width of each column: as wide as its text where there is room, else fair shares of it.

    Numbers keep their width. No column is narrower than its longest word, where all have room for that. The
    first keeps its width too, as long as it takes no more than half the line and leaves the others so much.
    """
    positions = range(len(natural))
    kept = {position for position in numbers if position < len(natural)}
    least = [natural[p] if p in kept else max(LEAST_WIDTH, longest[p]) for p in positions]
    words_fit = sum(least) <= room
    if not words_fit:
        least = [natural[p] if p in kept else LEAST_WIDTH for p in positions]
    if natural[0] <= room / 2 and (not words_fit or natural[0] + sum(least[1:]) <= room):
        kept.add(0)
    widths = list(natural)
    for position in sorted(set(positions) - kept, key=lambda position: natural[position]):
        waiting = [p for p in positions if p not in kept]
        left = room - sum(widths[p] for p in kept)
        most = left - sum(least[p] for p in waiting if p != position)
        widths[position] = max(least[position], min(natural[position], left // len(waiting), most))
        kept.add(position)
    return widths


def _console() -> Console:
    return Console(highlight=False, markup=False)
