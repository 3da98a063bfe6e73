"""`saring doctor`: whether this installation is whole, in a few seconds."""

import platform
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import typer

from console.errors import GATE_FAILED
from console.output import Output
from dossier.fields import fields
from dossier.indicators import indicator_texts
from dossier.problems import BadInput
from evidence import evidence_hash, figures
from screening.screener import Screener
from synthetic import draw, load_scenario
from synthetic.compile import compile_world
from synthetic.scenarios import released_scenarios

LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
    "pydantic",
    "joblib",
    "typer",
    "altair",
    "vl-convert-python",
)
SAMPLE = 2000


def examine(output: Output) -> None:
    """Run every check and print what was found; leaves with 1 if one failed."""
    checks: dict[str, Callable[[], str]] = {
        "Python": lambda: f"{platform.python_version()} in {sys.prefix}",
        "libraries": lambda: ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "fields": lambda: f"{len(fields())} declared",
        "indicators": lambda: f"{len(indicator_texts())}, each in two languages",
        "evidence": lambda: f"{len(figures())} figures, hash {evidence_hash()[:12]}",
        "scenarios": _scenarios,
        "screener": _screener,
        "a small run": _small_run,
        "this folder": _folder,
        "console": _console,
    }
    results = {name: _tried(check) for name, check in checks.items()}
    content = {
        "schema_version": "1",
        "ok": all(ok for ok, _ in results.values()),
        "checks": {name: {"ok": ok, "found": found} for name, (ok, found) in results.items()},
    }
    columns = ("checked", "result", "found")
    rows = [[name, "ok" if ok else "NOT OK", found] for name, (ok, found) in results.items()]
    output.result(content, lambda: output.table("saring doctor", columns, rows, words=columns))
    if not content["ok"]:
        raise typer.Exit(GATE_FAILED)


def _tried(check: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, check()
    except (BadInput, ImportError, OSError) as error:
        return False, str(error)


def _scenarios() -> str:
    found = released_scenarios()
    for scenario in found.values():
        compile_world(scenario)
    return f"{len(found)} compile: {', '.join(found)}"


def _screener() -> str:
    screener = Screener.default()
    size = len(screener.rulebook.rules)
    return f"{size} rules in force, cards for {', '.join(screener.cards.families)}"


def _small_run() -> str:
    cohort = draw(load_scenario("phnom_penh_2022"), SAMPLE, seed=1)
    screened = Screener.default().screen(cohort.observed)
    return f"{len(screened):,} synthetic applicants drawn and screened"


def _folder() -> str:
    here = Path.cwd()
    probe = here / ".saring-doctor"
    probe.write_text("", encoding="utf-8")
    probe.unlink()
    return f"{here} can be written"


def _console() -> str:
    """Say whether the console could be served here; a plain install does without it and is whole."""
    from console.commands.serve import require_console

    try:
        require_console()
    except BadInput as error:
        return f"not served here: {error}"
    from console.web.serving import refuse_network_drive

    refuse_network_drive(Path("var/console"))
    return f"Django {version('django')}, gunicorn {version('gunicorn')}; its data may lie here"
