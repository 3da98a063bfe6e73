"""One small run and its copy for the workbench, and sittings that are made without drawing anybody."""

from pathlib import Path
from shutil import copytree

import pytest

from console.web.gallery import views
from tests.unit.console.terminal import OK, saring
from tests.web.few_cases import few_cases
from tests.web.security.addresses import RUN, RUN_AGAIN


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    words = ("--n", 1_000, "--seed", 5, "--no-yardsticks", "--quiet", "--out", folder / RUN)
    result = saring("run", "batam_2022", *words)
    assert result.exit_code == OK, result.stderr
    copytree(folder / RUN, folder / RUN_AGAIN)
    return folder


@pytest.fixture
def folders(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbench knows one run and its copy, and saves where the test ends."""
    monkeypatch.setenv("SARING_RUNS", str(runs))
    monkeypatch.setenv("SARING_POINTS", str(tmp_path / "points"))
    monkeypatch.setattr(views, "case_maker", lambda: few_cases)
