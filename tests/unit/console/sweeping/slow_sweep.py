"""A sweep that waits in every unit and logs its number, to be stopped midway; run as a program by tests."""

import sys
import time
from pathlib import Path

import typer

from console.sweep_cli import add_to
from console.sweeping.counts import Remains
from console.sweeping.running import Sweep


def slow_down(log: Path, delay: float) -> None:
    """Let every unit wait before it is done."""
    count = Sweep.count

    def slowly(self: Sweep, number: int) -> Remains:
        time.sleep(delay)
        found = count(self, number)
        with log.open("a") as file:
            file.write(f"{number}\n")
        return found

    Sweep.count = slowly  # type: ignore[method-assign]


if __name__ == "__main__":
    slow_down(Path(sys.argv[1]), float(sys.argv[2]))
    app = typer.Typer(pretty_exceptions_enable=False)
    add_to(app)
    app(sys.argv[3:])
