"""`saring` as people call it, in this process: what it printed, where, and how it left."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from console.cli import app
from dossier.tables import to_arrow
from synthetic import Cohort, draw, load_scenario

SCENARIO = "phnom_penh_2022"
OK, GATE_FAILED, USAGE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3, 130


def saring(*words: object) -> Result:
    """Call `saring` with these words."""
    return CliRunner().invoke(app, [str(word) for word in words])


def json_of(*words: object) -> dict[str, Any]:
    """Call `saring ... --json`, which must succeed and print one object."""
    result = saring(*words, "--json")
    assert result.exit_code == OK, result.stderr
    found: dict[str, Any] = json.loads(result.stdout, parse_constant=_no_constant)
    return found


def refusal(*words: object) -> str:
    """Call `saring`, which must refuse its input properly; return what it said."""
    result = saring(*words)
    assert result.exit_code == BAD_INPUT, (result.exit_code, result.output, result.exception)
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith("saring: ")
    assert "Traceback" not in result.stderr
    return result.stderr


@contextmanager
def nothing_left(folder: Path) -> Iterator[None]:
    """Assert that a folder and all below it is afterwards as it was before."""
    before = _listing(folder)
    yield
    assert _listing(folder) == before


def small_cohort(n: int = 300, seed: int = 3) -> Cohort:
    return draw(load_scenario(SCENARIO), n=n, seed=seed)


def observed_table(cohort: Cohort) -> Any:
    """Return the observed dossiers as an Arrow table with the marks of a file."""
    import pyarrow as pa

    return pa.Table.from_batches([to_arrow(cohort.dossiers)])


def _listing(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")
