"""Screening many files and large ones: the same bytes however it is done, and nothing done twice."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console import screening_parts
from console.commands import screen
from console.commands.screen import ScreenOptions, screen_cohort
from console.foreign import cohort_source
from console.foreign.cohort_source import found_at, parts_of
from console.foreign.foreign_files import facts_of
from console.output import Output
from console.parts.parallel import Workers
from console.screening_parts import Merging, first_twice, regrouped
from dossier.fields import fields_visible_at
from dossier.places import place_of
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.profiles import merged, tallied
from tests.unit.console.terminal import json_of, observed_table, small_cohort
from tests.unit.screening.desks import screener

TABLE = observed_table(small_cohort(1200))
RELEASED = "saring-2026"
QUIET = Output(as_json=False, quiet=True)


def options(cohort: object, out: object, **changes: Any) -> ScreenOptions:
    return ScreenOptions(
        str(cohort), RELEASED, RELEASED, RELEASED, None, str(out), False, **{"workers": Workers(1), **changes}
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith("_work")
    }


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_source, "ROWS_OF_A_PART", 250)
    monkeypatch.setattr(screening_parts, "ROWS_OF_A_GROUP", 64)


@pytest.fixture
def one_file(tmp_path: Path) -> Path:
    """A file of twelve row groups, beside one of a single one."""
    folder = tmp_path / "mine"
    folder.mkdir()
    pq.write_table(TABLE.slice(0, 1100), folder / "large.parquet", row_group_size=100)
    pq.write_table(TABLE.slice(1100), folder / "small.parquet")
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("small_parts")
def test_workers_and_batches_change_no_byte(
    one_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number, (workers, rows) in enumerate([(1, 32_768), (2, 17), (3, 100), (2, 1_000_000)]):
        monkeypatch.setattr(screen, "CHUNK", rows)
        screen_cohort(options(one_file, tmp_path / str(number), workers=Workers(workers)), QUIET)
        found.append(digests(tmp_path / str(number)))
    assert found[1:] == found[:1] * 3
    assert [name for name in found[0] if name.endswith(".parquet")] == [
        *(f"large-{number:05d}.parquet" for number in range(6)),
        "small.parquet",
    ]


@pytest.mark.usefixtures("small_parts")
def test_a_file_in_parts_gives_what_it_gives_as_a_whole(one_file: Path, tmp_path: Path) -> None:
    screen_cohort(options(one_file, tmp_path / "parts"), QUIET)
    applicants = pq.read_table(tmp_path / "parts")["applicant"]
    assert applicants.to_pylist() == TABLE["applicant"].to_pylist()


def test_arrow_files_give_what_parquet_files_give(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "a.parquet")
    with pa.ipc.new_file(str(tmp_path / "a.arrow"), TABLE.schema) as writer:
        writer.write_table(TABLE, max_chunksize=100)
    for ending in ("parquet", "arrow"):
        screen_cohort(options(tmp_path / f"a.{ending}", tmp_path / ending), QUIET)
    assert digests(tmp_path / "parquet") == digests(tmp_path / "arrow")


@pytest.mark.slow
def test_a_url_gives_what_a_folder_gives(one_file: Path, tmp_path: Path) -> None:
    import fsspec

    files = fsspec.filesystem("memory")
    for path in one_file.iterdir():
        files.pipe_file(f"/bucket/observed/{path.name}", path.read_bytes())
    try:
        screen_cohort(options(one_file, tmp_path / "here"), QUIET)
        for number, what in enumerate(("bucket", "bucket/observed", "bucket/*/*.parquet")):
            screen_cohort(options(f"memory://{what}", tmp_path / f"there-{number}"), QUIET)
            assert digests(tmp_path / f"there-{number}") == digests(tmp_path / "here")
        screen_cohort(options(f"file://{one_file}", tmp_path / "url"), QUIET)
        assert digests(tmp_path / "url") == digests(tmp_path / "here")
    finally:
        files.rm("/bucket", recursive=True)


def test_the_sealed_truth_at_a_url_is_refused(drawn_cohort: Any) -> None:
    import fsspec

    files = fsspec.filesystem("memory")
    files.put(str(drawn_cohort.folder), "/sealed", recursive=True)
    try:
        for what in ("sealed/truth", "sealed/truth/fields", "sealed/**/*.parquet"):
            with pytest.raises(BadInput, match="this is the sealed truth"):
                found_at(f"memory://{what}")
    finally:
        files.rm("/sealed", recursive=True)


@pytest.mark.usefixtures("small_parts")
def test_a_screening_that_was_stopped_goes_on_where_it_was(
    one_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen_cohort(options(one_file, tmp_path / "whole"), QUIET)
    calls: list[int] = []
    assess = screening_parts.assessed

    def failing(*words: Any) -> Any:
        calls.append(1)
        if len(calls) > 6:
            raise OSError(28, "No space left on device")
        return assess(*words)

    monkeypatch.setattr(screening_parts, "assessed", failing)
    with pytest.raises(BadInput, match=r"3 finished parts are kept\n.*--resume"):
        screen_cohort(options(one_file, tmp_path / "again"), QUIET)
    assert not (tmp_path / "again").exists()
    with pytest.raises(BadInput, match="--resume to go on"):
        screen_cohort(options(one_file, tmp_path / "again"), QUIET)
    with pytest.raises(BadInput, match="differs in its stages"):
        screen_cohort(options(one_file, tmp_path / "again", resume=True, stages="headline"), QUIET)
    calls[:] = [-100]

    def counting(*words: Any) -> Any:
        calls.append(1)
        return assess(*words)

    monkeypatch.setattr(screening_parts, "assessed", counting)
    screen_cohort(options(one_file, tmp_path / "again", resume=True), QUIET)
    assert digests(tmp_path / "again") == digests(tmp_path / "whole")
    assert len(calls) - 1 == 12 - 6  # row groups: those of three finished parts were not screened again


def test_what_is_finished_is_not_screened_again(
    one_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen_cohort(options(one_file, tmp_path / "out"), QUIET)
    first = capsys.readouterr().out
    monkeypatch.setattr(screening_parts, "assessed", lambda *_: pytest.fail("it was screened again"))
    screen_cohort(options(one_file, tmp_path / "out", resume=True), QUIET)
    assert capsys.readouterr().out == first


def test_the_headline_stage_alone_gives_its_risks_alone(one_file: Path, tmp_path: Path) -> None:
    screen_cohort(options(one_file, tmp_path / "all"), QUIET)
    screen_cohort(options(one_file, tmp_path / "headline", stages="headline"), QUIET)
    every, headline = (pq.read_table(tmp_path / name) for name in ("all", "headline"))
    risks = [name for name in headline.column_names if name.startswith("risk_")]
    assert risks == ["risk_verification"]
    assert headline.equals(every.select(headline.column_names))


def test_fields_of_later_stages_need_not_be_there_for_the_headline(tmp_path: Path) -> None:
    later = set(fields_visible_at(Stage.CHECKPOINT)) - set(fields_visible_at(Stage.VERIFICATION))
    pq.write_table(TABLE.drop_columns(sorted(later)), tmp_path / "a.parquet")
    screen_cohort(options(tmp_path / "a.parquet", tmp_path / "out", stages="headline"), QUIET)
    with pytest.raises(BadInput, match="is missing"):
        screen_cohort(options(tmp_path / "a.parquet", tmp_path / "other"), QUIET)


def test_it_says_how_fast_it_was_and_what_was_checked(one_file: Path, tmp_path: Path) -> None:
    found = json_of("screen", one_file, "--out", tmp_path / "out")
    assert found["rows_per_s"] > 0
    assert found["peak_rss_mib"] > 0
    assert (found["files"], found["parts"], found["n"]) == (2, 2, 1200)
    assert (found["manifest"], found["applicants_compared"]) == ("none for all files", "all")


# --- names ----------------------------------------------------------------------------------------------


def test_results_of_files_with_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for number, folder in enumerate(("a", "b", "c/A")):
        (tmp_path / "data" / folder).mkdir(parents=True)
        pq.write_table(TABLE.slice(100 * number, 100), tmp_path / "data" / folder / "x.parquet")
    pq.write_table(TABLE.slice(400, 100), tmp_path / "data" / "a" / "Y.parquet")
    source = found_at(f"{tmp_path}/data/**/*.parquet")
    facts = [facts_of(file, fields_visible_at(Stage.COUNTER)) for file in source.files]
    names = [part.result for part in parts_of(source.files, facts)]
    assert names == ["Y.parquet", "a-x.parquet", "b-x.parquet", "c-A-x.parquet"]


def test_a_glob_finds_what_a_shell_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one/observed", "two/observed", "three/other"):
        (tmp_path / "data" / folder).mkdir(parents=True)
        (tmp_path / "data" / folder / "part.parquet").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    for pattern in ("data/*/observed/*.parquet", "data/**/observed/part.*", "./data/*/obs*/*"):
        names = [file.name for file in found_at(pattern).files]
        assert names == ["one/observed/part.parquet", "two/observed/part.parquet"]
    assert [file.name for file in found_at("data/t?o/observed/*").files] == ["two/observed/part.parquet"]


def test_a_file_may_have_a_star_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "a*b.parquet").write_bytes(b"x")
    assert [file.name for file in found_at(f"{tmp_path}/a*b.parquet").files] == ["a*b.parquet"]


def test_a_link_to_a_file_that_somebody_names_is_followed(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "a.parquet")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "b.parquet").symlink_to(tmp_path / "a.parquet")
    assert json_of("screen", tmp_path / "mine" / "b.parquet", "--out", tmp_path / "out")["n"] == 1200


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to an administrator")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "a.parquet")
    (tmp_path / "a.parquet").chmod(0)
    with pytest.raises(BadInput, match=r"a\.parquet"):
        facts_of(found_at(tmp_path).files[0], ["sex"])


# --- what the parts rest on -------------------------------------------------------------------------------


def test_only_the_columns_that_are_needed_are_decoded(tmp_path: Path) -> None:
    """Other columns may hold anything, even what nobody can decode."""
    wide = TABLE
    for number in range(200):
        wide = wide.append_column(f"more_{number}", pa.array(np.arange(1200)))
    pq.write_table(wide, tmp_path / "wide.parquet", compression="zstd")
    raw = bytearray((tmp_path / "wide.parquet").read_bytes())
    column = pq.read_metadata(tmp_path / "wide.parquet").row_group(0).column(len(TABLE.column_names))
    start = column.dictionary_page_offset or column.data_page_offset
    raw[start : start + column.total_compressed_size] = bytes(column.total_compressed_size)
    (tmp_path / "wide.parquet").write_bytes(raw)
    pq.write_table(TABLE, tmp_path / "plain.parquet")
    for name in ("wide", "plain"):
        folder = tmp_path / f"in-{name}"
        folder.mkdir()
        shutil.move(tmp_path / f"{name}.parquet", folder / "part.parquet")
        screen_cohort(options(folder, tmp_path / name), QUIET)
    assert digests(tmp_path / "wide") == digests(tmp_path / "plain")


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_rows_are_regrouped_without_losing_one(rows: int) -> None:
    whole = pa.record_batch({"x": list(range(20))})
    batches = [whole.slice(start, size) for start, size in ((0, 5), (5, 0), (5, 1), (6, 11), (17, 3))]
    found = list(regrouped(batches, rows))
    assert [value for batch in found for value in batch["x"].to_pylist()] == list(range(20))
    assert [len(batch) for batch in found] == [rows] * (20 // rows) + ([20 % rows] if 20 % rows else [])


def test_counts_of_parts_add_up_in_any_number() -> None:
    dossiers = small_cohort(700).dossiers
    found = screener().assess(dossiers, Stage.VERIFICATION)
    parts = [
        tallied(
            dossiers.take(slice(start, start + 64)), found.recommendation[start : start + 64], found.stage
        )
        for start in range(0, 700, 64)
    ]
    merging = Merging()
    for part in parts:
        merging.add(part)
    ours, whole = merging.whole(), merged(parts)
    assert list(ours) == list(whole)
    for kind in whole:
        assert (ours[kind].references == whole[kind].references).all()
        assert (ours[kind].counts == whole[kind].counts).all()
        assert (ours[kind].seen == whole[kind].seen).all()


def test_the_first_number_that_comes_twice_is_found_as_a_naive_search_finds_it() -> None:
    draw = np.random.default_rng(3)
    for _ in range(200):
        numbers = draw.integers(0, 60, size=draw.integers(0, 12))
        naive = next(
            (
                (numbers.tolist().index(number), place)
                for place, number in enumerate(numbers.tolist())
                if number in numbers[:place]
            ),
            None,
        )
        found = first_twice(numbers)
        assert (found is None) == (naive is None)
        if found is not None and naive is not None:
            assert found[1] == naive[1]
            assert numbers[found[0]] == numbers[found[1]]


def test_results_are_not_written_over_a_url_that_is_screened(one_file: Path) -> None:
    with pytest.raises(BadInput, match="take the place of what is screened"):
        screen_cohort(options(one_file, f"file://{one_file}"), QUIET)
    assert place_of(one_file).names() == ["large.parquet", "small.parquet"]
