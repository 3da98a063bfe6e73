"""A run that kept no files of people says so to whoever asks for them, and how to get them."""

import shutil
from pathlib import Path

import pytest

from tests.unit.console.conftest import Made
from tests.unit.console.terminal import SCENARIO, json_of, nothing_left, refusal

ASKED = (
    "show applicant BARE --applicant 1",
    "show applicant BARE",
    "export BARE",
    "export BARE --with-truth",
    "export BARE --with-screened",
    "export BARE/cohort",
    "export BARE/screened",
    "screen BARE",
    "screen BARE/cohort",
    "screen BARE/cohort/observed/*.parquet",
    "evaluate BARE --truth BARE",
    "evaluate FULL --truth BARE",
    "evaluate FULL --truth BARE/cohort/truth",
    "evaluate BARE/screened --truth FULL",
    "compare BARE FULL",
    "compare FULL BARE",
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare") / "run"
    json_of("run", SCENARIO, "--n", 600, "--no-yardsticks", "--export", "none", "--out", folder)
    return folder


@pytest.mark.parametrize("asked", ASKED)
def test_whoever_asks_for_people_who_were_not_kept_is_told_so(
    asked: str, bare: Path, finished_run: Made
) -> None:
    words = asked.replace("BARE", str(bare)).replace("FULL", str(finished_run.folder)).split()
    with nothing_left(bare):
        said = refusal(*words)
    assert "this run kept no files of people" in said
    assert str(bare) in said
    assert "--export parquet --force" in said


def test_a_folder_whose_manifest_cannot_be_read_is_not_taken_for_such_a_run(
    bare: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(bare, tmp_path / "run"))
    (run / "cohort" / "manifest.json").write_text("{", "utf-8")
    assert "there is nothing here that can be exported" in refusal("export", run)


def test_another_folder_within_such_a_run_is_not_taken_for_it(bare: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(bare, tmp_path / "run"))
    (run / "mine").mkdir()
    assert "there are no observed files here" in refusal("screen", run / "mine", "--out", tmp_path / "out")


def test_a_run_is_evaluated_by_its_folder_as_by_its_screening(finished_run: Made) -> None:
    run = finished_run.folder
    by_folder, by_screening = (json_of("evaluate", one, "--truth", run) for one in (run, run / "screened"))
    assert by_folder == by_screening
    assert by_folder["miss_rate"] == finished_run.printed["miss_rate"]
