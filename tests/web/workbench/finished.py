"""Finished runs for the tests of the workbench: real ones, small, made once, and some that are broken."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.unit.console.terminal import OK, saring

SCENARIO, SIZE = "batam_2022", 20_000


@dataclass(frozen=True)
class Folders:
    """Where the workbench looks: the folder of the runs, and that of the saved points."""

    runs: Path
    points: Path


def finished_runs(folder: Path) -> Path:
    """Make runs below a folder; return it.

    `cards` and `paper` are of the same people under two rulebooks, `others` of other people; `bare` kept no
    files of people. `broken` and `foreign` hold an evaluation that is none.
    """
    _run(folder / "cards", "--seed", 5)
    _run(folder / "paper", "--seed", 5, "--rulebook", "paper-004")
    _run(folder / "others", "--seed", 6, size=1_000)
    bare = shutil.copytree(folder / "cards", folder / "bare", ignore=shutil.ignore_patterns("*.parquet"))
    manifest = bare / "cohort" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text(encoding="utf-8")), "files": {}}))
    for name, text in (("broken", '{"scenario": '), ("foreign", '{"scenario": "x", "n": -3}')):
        (folder / name).mkdir()
        (folder / name / "evaluation.json").write_text(text, encoding="utf-8")
    (folder / "no run at all").mkdir()
    return folder


def _run(out: Path, *words: object, size: int = SIZE) -> None:
    result = saring("run", SCENARIO, "--n", size, "--no-yardsticks", "--quiet", "--out", out, *words)
    assert result.exit_code == OK, result.stderr
