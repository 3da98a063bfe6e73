"""`saring report`: the page of a run, written again."""

from pathlib import Path

from tests.unit.console.conftest import Made
from tests.unit.console.terminal import OK, json_of, saring


def test_the_page_is_written_again_as_it_was(finished_run: Made, tmp_path: Path) -> None:
    out = tmp_path / "again.html"
    found = json_of("report", finished_run.folder, "--out", out)
    assert found["artifacts"] == {"report": str(out)}
    assert out.read_bytes() == (finished_run.folder / "report.html").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.html"]


def test_an_evaluation_can_be_given_by_its_file(finished_run: Made, tmp_path: Path) -> None:
    copy = tmp_path / "evaluation.json"
    copy.write_bytes((finished_run.folder / "evaluation.json").read_bytes())
    result = saring("report", copy)
    assert result.exit_code == OK
    assert str(tmp_path / "report.html") in result.stdout.replace("\n", "")
    assert (tmp_path / "report.html").read_bytes() == (finished_run.folder / "report.html").read_bytes()
