"""`saring sweep` as people call it, in this process, and the plans that several tests sweep."""

import csv
import json
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from console.sweep_cli import add_to

OK, BAD_INPUT = 0, 3

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
add_to(app)


def sweep(*words: object) -> Result:
    """Call `saring sweep` with these words."""
    return CliRunner().invoke(app, [str(word) for word in words])


def swept(plan: str, folder: Path, *words: object) -> Path:
    """Write a plan, sweep it, and return the folder of its results."""
    path, out = written(plan, folder), folder / "out"
    result = sweep(path, "--out", out, *words)
    assert result.exit_code == OK, (result.output, result.exception)
    return out


def written(plan: str, folder: Path) -> Path:
    """Write a plan and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    return path


def refusal(plan: str, folder: Path, *words: object) -> str:
    """Sweep a plan that must be refused, with nothing left behind; return what was said."""
    path = written(plan, folder)
    result = sweep(path, "--out", folder / "out", *words)
    assert result.exit_code == BAD_INPUT, (result.exit_code, result.output, result.exception)
    assert "Traceback" not in result.stderr
    assert [one.name for one in folder.iterdir() if one != path and one.suffix != ".toml"] == []
    return result.stderr


def rows_of(out: Path) -> list[dict[str, Any]]:
    """Return the rows of the results of a sweep."""
    found: list[dict[str, Any]] = json.loads((out / "sweep.json").read_text())["results"]
    return found


def row_of(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    """Return the one row that has these values."""
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, (wanted, len(found))
    return found[0]


def cells_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, as texts."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder with its bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
