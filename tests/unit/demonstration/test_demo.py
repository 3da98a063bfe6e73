"""`saring demo`: a folder of its own, made once and kept; nothing of anybody else's is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from console.commands.demo import DemoOptions, demonstrate
from console.output import Output
from console.web.serving.preparing import MARK
from dossier.problems import BadInput

DEMO = "import typer; from console.demo_cli import demo; typer.run(demo)"


def options(folder: Path, **changes: Any) -> DemoOptions:
    return DemoOptions("127.0.0.1", 0, folder, **{"is_served": False, **changes})


def shown(folder: Path, *more: str) -> dict[str, Any]:
    """Return what `saring demo` says of a folder; Django is set up once in a process, so it gets its own."""
    command = [sys.executable, "-c", DEMO, "--no-serve", "--json", "--data", str(folder), *more]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SARING_", "DJANGO_"))}
    said = subprocess.run(command, check=True, env=kept, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work", "utf-8")
    with pytest.raises(BadInput, match="no demonstration"):
        demonstrate(options(tmp_path, fresh=fresh), Output(as_json=True, quiet=True))
    assert thesis.read_text("utf-8") == "years of work"
    assert list(tmp_path.iterdir()) == [thesis]


def test_the_console_that_the_environment_names_is_no_demonstration(tmp_path: Path) -> None:
    (tmp_path / "console.sqlite3").write_bytes(b"real classes")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SARING_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", DEMO, "--no-serve", "--fresh"],
        check=False,
        env={**kept, "SARING_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert f"{tmp_path}: the folder holds something that is no demonstration" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["console.sqlite3"]


def test_a_password_file_without_a_password_is_told_before_anything_is_made(tmp_path: Path) -> None:
    empty = tmp_path / "password"
    empty.touch()
    with pytest.raises(BadInput, match="there is no password in it"):
        demonstrate(options(tmp_path / "demo", password_file=empty), Output(as_json=True, quiet=True))
    assert not (tmp_path / "demo").exists()


@pytest.mark.slow
def test_a_demonstration_is_made_within_a_minute_kept_and_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = shown(folder)
    assert first["wall_s"] < 60
    assert first["simulated_class"]
    assert first["password"]
    assert sorted(path.name for path in (folder / "runs").iterdir()) == sorted(first["runs"])
    evaluation = json.loads((folder / "runs" / first["runs"][0] / "evaluation.json").read_text("utf-8"))
    assert evaluation["n"] > 0
    again = shown(folder)
    assert (again["finished"], again["open"], again["password"]) == (first["finished"], first["open"], "")
    (tmp_path / "password").write_text("a long password\n", "utf-8")
    anew = shown(folder, "--fresh", "--language", "id", "--password-file", str(tmp_path / "password"))
    assert anew["finished"]["id"] != first["finished"]["id"]
    assert anew["password"] == "a long password"
    assert anew["open"]["title"] != first["open"]["title"]
    assert (folder / MARK).is_file()


@pytest.mark.slow
def test_the_database_that_the_environment_names_is_never_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "real.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{real}")
    shown(tmp_path / "demo")
    assert not real.exists()
    assert (tmp_path / "demo" / "console.sqlite3").is_file()
