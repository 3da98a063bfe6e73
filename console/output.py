"""How commands speak: tables and sentences for people, one JSON object for programs, progress on stderr.

Progress is shown only on a terminal, and never on stdout. `--quiet` silences sentences and progress;
`--json` prints one object and nothing else.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

SIDES = {
    "miss_rate": ("victims", "missed (95 % interval)"),
    "false_flag_rate": ("others", "others flagged (95 % interval)"),
}
"""What a group's table says of a rate: of how many, and how many of them."""


@dataclass(frozen=True)
class Output:
    """How one command speaks.

    Attributes:
        as_json: Print one JSON object instead of text.
        quiet: Print results only.
    """

    as_json: bool
    quiet: bool

    def say(self, sentence: str) -> None:
        """Print a sentence for a person."""
        if not (self.as_json or self.quiet):
            Console(highlight=False, markup=False).print(sentence)

    def result(self, content: Mapping[str, Any], text: Callable[[], None]) -> None:
        """Print the result: `content` as JSON, or whatever `text` prints."""
        if self.as_json:
            json.dump(content, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            text()

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, words: Sequence[str] = ()
    ) -> None:
        """Print a table: the first column is a name, the others are numbers unless named in `words`."""
        console = Console(highlight=False, markup=False)
        whole = _kept_whole([row[0] for row in rows], console.width)
        table = Table(box=None, pad_edge=False)
        for position, column in enumerate(columns):
            is_text = position == 0 or column in words
            no_wrap = position == 0 and whole
            table.add_column(column, justify="left" if is_text else "right", overflow="fold", no_wrap=no_wrap)
        for row in rows:
            table.add_row(*row)
        console.print(title, style="bold", soft_wrap=True)
        console.print(table)

    def rates_of_groups(self, title: str, groups: Sequence[Mapping[str, Any]]) -> None:
        """Print how many of each group were missed and flagged wrongly; a side that no group has is left out.

        Args:
            title: Above the table.
            groups: With `group`, `miss_rate` and `false_flag_rate` each.
        """
        sides = [
            (columns, [group[measure] for group in groups])
            for measure, columns in SIDES.items()
            if any(group[measure]["n"] for group in groups)
        ]
        columns = ["", *(column for names, _ in sides for column in names)]
        rows = [
            [group["group"], *(cell for _, rates in sides for cell in _rate_cells(rates[position]))]
            for position, group in enumerate(groups)
        ]
        self.table(title, columns, rows)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Yield a function that advances a progress bar on stderr; silent without a terminal."""
        hidden = self.quiet or not sys.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda steps: progress.advance(task, steps)

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """Show a spinner with a sentence that can be changed; silent without a terminal."""
        console = Console(stderr=True)
        if self.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        with console.status(what) as status:
            yield status.update


def _kept_whole(names: Sequence[str], room: int) -> bool:
    """Whether the names can be copied, having no blank, and leave half the line to the other columns."""
    return all(" " not in name and 2 * cell_len(name) <= room for name in names)


def _rate_cells(rate: Mapping[str, Any]) -> tuple[str, str]:
    return f"{rate['n']:,}", percent(rate)


def percent(rate: Mapping[str, Any]) -> str:
    """Return a rate with its interval, such as "12.3 % (11.9-12.7)"; of nobody it cannot be said.

    For the cells of a column whose title says "95 % interval"; sentences use `said_percent`.

    Examples:
        >>> percent({"estimate": 0.123, "low": 0.119, "high": 0.127, "n": 9})
        '12.3 % (11.9-12.7)'
        >>> percent({"estimate": None, "low": None, "high": None, "n": 0})
        'cannot be said'
    """
    if not rate["n"]:
        return "cannot be said"
    return f"{100 * rate['estimate']:.1f} % ({100 * rate['low']:.1f}-{100 * rate['high']:.1f})"


def said_percent(rate: Mapping[str, Any]) -> str:
    """Return the same for a sentence, where no column's title says what the interval is.

    Examples:
        >>> said_percent({"estimate": 0.123, "low": 0.119, "high": 0.127, "n": 9})
        '12.3 % (95 % interval 11.9-12.7)'
    """
    return percent(rate).replace("(", "(95 % interval ")


def number_of(count: int, one: str) -> str:
    """Return how many there are of what is called `one` where it is one.

    Examples:
        >>> number_of(1, "victim"), number_of(1200, "victim")
        ('1 victim', '1,200 victims')
    """
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def counted_of(rate: Mapping[str, Any], counted: str, one: str) -> str:
    """Return a count, of how many, and the rate; where there was nobody, that it cannot be said.

    Args:
        rate: A rate as it stands in JSON.
        counted: The name of its count, such as "missed".
        one: What one of the people is called, such as "victim".

    Examples:
        >>> found = {"missed": 1, "estimate": 0.25, "low": 0.006, "high": 0.806, "n": 4}
        >>> counted_of(found, "missed", "victim")
        '1 of 4 victims = 25.0 % (95 % interval 0.6-80.6)'
        >>> counted_of({**found, "missed": 0, "n": 0}, "missed", "victim")
        'there were no victims: cannot be said'
    """
    if not rate["n"]:
        return f"there were no {one}s: cannot be said"
    return f"{rate[counted]:,} of {number_of(rate['n'], one)} = {said_percent(rate)}"
