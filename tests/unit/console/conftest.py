"""One finished run and one drawn and screened cohort, for all tests of commands to look at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.unit.console.terminal import SCENARIO, json_of

SIZE = 2500


@dataclass(frozen=True)
class Made:
    """What a command made, and what it printed about it."""

    folder: Path
    printed: dict[str, Any]


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("runs") / "run"
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 5, "--no-yardsticks", "--out", folder)
    return Made(folder, json_of(*words))


@pytest.fixture(scope="session")
def drawn_cohort(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("cohorts") / "cohort"
    return Made(folder, json_of("draw", SCENARIO, "--n", SIZE, "--seed", 5, "--out", folder))


@pytest.fixture(scope="session")
def screened_cohort(drawn_cohort: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("screened") / "screened"
    return Made(folder, json_of("screen", drawn_cohort.folder, "--out", folder))
