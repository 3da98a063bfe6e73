"""Finished runs, made once for all tests of the workbench, and whoever looks at them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.workbench.runs import FinishedRun, run_named
from tests.web.workbench.finished import Folders, finished_runs


@pytest.fixture(scope="session", autouse=True)
def _in_two_threads() -> Iterator[None]:
    """The browser's driver keeps a loop in this thread; the database is asked beside it, not in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def folders(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """The folders that the console is told of."""
    found = Folders(runs, tmp_path / "points")
    monkeypatch.setenv("SARING_RUNS", str(found.runs))
    monkeypatch.setenv("SARING_POINTS", str(found.points))
    return found


@pytest.fixture
def desk(client: Client, researcher: User, folders: Folders) -> Client:
    """A researcher's browser, signed in."""
    client.force_login(researcher)
    return client


@pytest.fixture(scope="session")
def run(runs: Path) -> FinishedRun:
    return run_named(runs, "cards")
