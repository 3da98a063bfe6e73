"""The run of all tests of commands with a seed that is easily found, and a cohort of three small parts."""

import json
import shutil
from pathlib import Path

import pytest

from synthetic import load_scenario
from synthetic.cohort import plan_for
from synthetic.cohort_files import parts_of, write_manifests, write_part
from synthetic.compile import compile_world
from tests.unit.console.conftest import Made
from tests.unit.console.exporting.exports import SEED
from tests.unit.console.terminal import SCENARIO


@pytest.fixture(scope="session")
def run(finished_run: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(finished_run.folder, tmp_path_factory.mktemp("exported") / "run"))
    manifest = folder / "cohort" / "truth" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "seed": SEED}))
    return folder


@pytest.fixture(scope="session")
def screened(screened_cohort: Made) -> Path:
    return screened_cohort.folder


@pytest.fixture(scope="session")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of three small parts, which a test may not change."""
    folder = tmp_path_factory.mktemp("exported") / "cohort"
    folder.mkdir()
    plan = plan_for(compile_world(load_scenario(SCENARIO)), 300, SEED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synthetic.cohort_files.ROWS_PER_PART", 128)
        for number in range(len(parts_of(plan.size))):
            write_part(plan, folder, number)
        write_manifests(plan, folder)
    return folder


@pytest.fixture
def broken(in_parts: Path, tmp_path: Path) -> Path:
    """A copy of the cohort for a test to break."""
    return Path(shutil.copytree(in_parts, tmp_path / "broken"))
