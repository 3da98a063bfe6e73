"""Folders of results: replaced whole, put back after a kill, and removed only where all of it is ours."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from dossier.problems import BadInput
from synthetic.asides import check_free, is_ours, put_back, put_in_place, written_aside
from synthetic.sheets import ArrowSheet, ParquetSheet, Sheet

BATCH = pa.record_batch({"x": [1]})
MARKED = BATCH.replace_schema_metadata({"saring.synthetic": "true"})


def wrote(sheet: Sheet, batch: pa.RecordBatch) -> None:
    sheet.path.parent.mkdir(parents=True, exist_ok=True)
    with sheet:
        sheet.write(batch)


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """Return a folder with a bit of everything that a run leaves."""
    folder = tmp_path / "out"
    for name in ("cohort/observed", "cohort/truth/edges", "screened", "observed"):
        wrote(ParquetSheet(folder / name / "part-00000.parquet"), MARKED)
        wrote(ArrowSheet(folder / name / "part-00000.arrow"), MARKED)
    for name in ("manifest.json", "_work.json", "cohort/manifest.json", "screened/_screener/cards.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "_parts").mkdir()
    (folder / "_parts" / "part-00001.npz").touch()
    return folder


def test_what_saring_writes_is_ours(result: Path) -> None:
    assert is_ours(result)
    for name in ("observed/empty.parquet", "observed/part-00000.csv", "datasheet.md", "sweep.json"):
        (result / name).touch()
    assert is_ours(result)


def link(path: Path) -> None:
    path.symlink_to("/etc")


def strangers_rows(path: Path) -> None:
    wrote(ParquetSheet(path), BATCH)


def words(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("notes.txt", words),
        ("cohort/notes.txt", words),
        ("cohort/truth/edges/manifest.json", words),
        ("screened/_screener/mine.toml", words),
        ("_parts/mine.json", words),
        ("part-00000.csv", words),
        ("observed/mine.csv", words),
        ("observed/mine.parquet", words),
        ("observed/mine.parquet", strangers_rows),
        ("observed/mine.arrow", words),
        ("more", Path.mkdir),
        ("observed/more", Path.mkdir),
        ("observed/link.parquet", link),
        ("truth", link),
        ("manifest.json/", link),
    ],
)
def test_what_anybody_else_put_there_is_not(name: str, made: Callable[[Path], None], result: Path) -> None:
    path = result / name
    path.unlink(missing_ok=True)
    made(path)
    assert not is_ours(result)
    with pytest.raises(BadInput, match="--force replaces no other"):
        check_free(result, force=True)
    with pytest.raises(BadInput), written_aside(result, force=True):
        pytest.fail("nothing may be written")
    assert path.exists() or path.is_symlink()


def test_a_link_to_a_folder_of_ours_is_resolved_first(result: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(result)
    assert not is_ours(tmp_path / "link")
    with written_aside(tmp_path / "link", force=True) as aside:
        (aside / "manifest.json").touch()
    assert [path.name for path in result.iterdir()] == ["manifest.json"]
    assert (tmp_path / "link").is_symlink()


def test_a_replacement_that_fails_puts_the_old_one_back(result: Path, tmp_path: Path) -> None:
    before = sorted(result.rglob("*"))
    with pytest.raises(FileNotFoundError):
        put_in_place(tmp_path / "gone", result)
    assert sorted(result.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_kill_put_beside_comes_back(result: Path, tmp_path: Path) -> None:
    result.rename(tmp_path / ".out.replaced")
    put_back(result)
    assert is_ours(result)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="exists already"), written_aside(tmp_path / "out"):
        (tmp_path / "out").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["results.csv", "report.html", "manifest.json", "data-dictionary.json"])
def test_names_alone_make_no_folder_ours(name: str, tmp_path: Path) -> None:
    """Other people call their files so, too, and nobody's thesis is replaced because of its name."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("my,own,thesis", "utf-8")
    assert not is_ours(tmp_path / "mine")
