"""Cohorts from a stranger: whatever stands in them, they are screened as they are or refused in words.

A file that lies about its size, a bomb, a link out of the folder, a manifest that names another file: each ends
with exit code 3, a message that says what, where and how to mend it, and nothing half-written, within bounded
memory and time. What a library makes of damaged bytes is tried on hundreds of them, in a process of its own.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.foreign.foreign_files import ForeignFile, facts_of, read_groups
from dossier.fields import fields_visible_at
from dossier.places import Folder
from dossier.problems import BadInput
from dossier.stages import Stage
from tests.spec.hostile import BOMBS, LIES, PAGES, SEX, arrow, parquet, table, with_column
from tests.unit.console.terminal import SCENARIO, json_of, nothing_left, refusal

MEND = "\n    To mend it: "
MEBIBYTES, SECONDS = 250, 5.0
EVERY_FIELD = fields_visible_at(Stage.CHECKPOINT)


def refused(what: object, folder: Path, *words: str) -> str:
    """Assert that `saring screen` refuses something in these words, and leaves the folder as it was."""
    with nothing_left(folder):
        said = refusal("screen", what, "--out", folder / "screened")
    assert all(word in said for word in (*words, MEND)), said
    return said


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# --- what stands in a file ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*LIES, *PAGES])
def test_a_file_that_lies_about_itself_is_refused(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, "part.parquet", {**LIES, **PAGES}[name]())
    refused(path, tmp_path, "part.parquet", "not a readable Parquet file")


def test_a_fault_inside_a_file_is_told_with_its_row_group_and_column(tmp_path: Path) -> None:
    path = put(tmp_path, "part.parquet", PAGES["a page of two gigabytes"]())
    refused(path, tmp_path, "row group 1: column 'age'", "2,147,483,647 bytes when decompressed")


def plain_struct() -> pa.Array:
    return pa.StructArray.from_arrays([pa.array(["male"] * 300)], ["sex"])


def renamed(sex: str) -> pa.Table:
    names = [sex if name == SEX else name for name in table().column_names]
    return table().rename_columns(names).replace_schema_metadata(table().schema.metadata)


class Stamp(pa.ExtensionType):
    """A type that only its owner knows."""

    def __init__(self) -> None:
        super().__init__(pa.int32(), "tests.stamp")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, _kind: pa.DataType, _said: bytes) -> "Stamp":
        return cls()


ODD: dict[str, tuple[Callable[[], pa.Table], tuple[str, ...]]] = {
    "a list": (lambda: with_column(SEX, pa.array([["male"]] * 300)), ("'sex' is of type list<",)),
    "a structure": (lambda: with_column(SEX, plain_struct()), ("'sex' is of type struct<",)),
    "a map": (
        lambda: with_column(SEX, pa.array([[("a", 1)]] * 300, pa.map_(pa.string(), pa.int8()))),
        ("'sex' is of type map<",),
    ),
    "bytes": (lambda: with_column(SEX, pa.array([b"male"] * 300)), ("'sex' is of type",)),
    "a decimal": (
        lambda: with_column("age", pa.array([Decimal(20)] * 300)),
        ("'age' is of type decimal128",),
    ),
    "dates": (
        lambda: with_column("age", pa.array(range(300), pa.int32()).cast(pa.date32())),
        ("'age' is of type date32",),
    ),
    "an extension": (
        lambda: with_column("age", pa.ExtensionArray.from_storage(Stamp(), pa.array([20] * 300, pa.int32()))),
        ("'age' is of type extension<",),
    ),
    "text that is no UTF-8": (
        lambda: with_column(SEX, pa.array([b"\xff\xfe"] * 300).view(pa.string())),
        ("part.",),
    ),
    "codes that steer a terminal": (
        lambda: with_column(SEX, pa.array(["\x1b[2J\u202e"] * 300)),
        ("unknown code '\\x1b[2J\\u202e'", "row 1"),
    ),
    "two columns of one name": (
        lambda: table().append_column("sex", table()["sex"]),
        ("2 columns 'sex'", "Leave one"),
    ),
    "a name in capitals": (
        lambda: renamed("SEX"),
        ("'sex' is missing, and there is 'SEX'", "Name that column 'sex'"),
    ),
    "a column name that steers a terminal": (
        lambda: renamed("Sex\x1b"),
        ("'sex' is missing",),
    ),
    "an applicant who is there twice": (
        lambda: pa.concat_tables([table().slice(0, 200), table().slice(7, 1), table().slice(200)]),
        ("is there twice", "rows 8 and 201"),
    ),
    "another version of the tables": (
        lambda: table().replace_schema_metadata({**table().schema.metadata, b"saring.schema_version": b"2"}),
        ("version '2'",),
    ),
}


@pytest.mark.parametrize("write", [parquet, arrow])
@pytest.mark.parametrize(("make", "words"), ODD.values(), ids=ODD)
def test_a_table_that_cannot_be_screened_is_refused_in_words(
    make: Callable[[], pa.Table], words: tuple[str, ...], write: Callable[..., bytes], tmp_path: Path
) -> None:
    path = put(tmp_path, f"part.{write.__name__}", write(make()))
    said = refused(path, tmp_path, path.name, *words)
    assert "\x1b" not in said


def test_an_index_that_leads_out_of_its_dictionary_is_no_other_code() -> None:
    from dossier.tables import from_arrow

    wrong = pa.array([0, 7, -1] * 100, pa.int8())
    column = pa.DictionaryArray.from_arrays(wrong, pa.array(["female", "male"]), safe=False)
    with pytest.raises(BadInput, match=r"unknown code '\(not in the dictionary\)' \(200 rows\)"):
        from_arrow(with_column(SEX, column), ["sex"], where="x")


def test_a_file_in_a_footer_too_large_to_be_trusted_is_screened_all_the_same(tmp_path: Path) -> None:
    """A hundred row groups make a footer of a megabyte, which is tried first in a process of its own."""
    path = put(tmp_path, "part.parquet", parquet(table(), row_group_size=3))
    assert path.stat().st_size > 1_000_000
    assert json_of("screen", path, "--out", tmp_path / "screened")["n"] == 300


# --- bombs --------------------------------------------------------------------------------------------


def measured(path: Path) -> dict[str, Any]:
    """Read a file in a child of this process; return what it cost and how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        before, started = _peak(), time.process_time()
        try:
            ended = f"read {_rows_of(path)}"
        except BadInput as error:
            ended = "refused" if all(one.what and one.where for one in error.problems) else "in no words"
        except BaseException as error:  # noqa: BLE001  (whatever it is, the parent is told)
            ended = f"{type(error).__name__}: {error!s:.60}"
        cost = {"seconds": time.process_time() - started, "mebibytes": _peak() - before, "ended": ended}
        os.write(writer, json.dumps(cost).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return json.loads(found) if found else {"ended": "died"}


def _rows_of(path: Path) -> int:
    """Look at a file and read all of it, as a screening does."""
    file = ForeignFile(Folder(path.parent), path.name)
    facts_of(file, EVERY_FIELD)
    return sum(map(len, read_groups(file, EVERY_FIELD, 32_768)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_a_process(code: str, *words: object) -> str:
    """Run some code of this module in a process with a single thread, where forking is safe."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", f"from {__name__} import *; {code}", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout


def print_costs(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        print(json.dumps({"name": path.name, **measured(path)}), flush=True)


SLOW_TO_MAKE = ("codes of a megabyte each", "a code of 200 MB", "200 MB in a column")
"""Bombs of hundreds of megabytes; the others have the same readers."""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
@pytest.mark.parametrize("is_slow", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_bomb_is_refused_within_bounded_memory_and_time(is_slow: bool, tmp_path: Path) -> None:
    bombs = {
        name: make for name, make in BOMBS.items() if any(words in name for words in SLOW_TO_MAKE) == is_slow
    }
    for name, make in bombs.items():
        put(tmp_path, name, make())
    costs = [json.loads(line) for line in in_a_process(f"print_costs(Path({str(tmp_path)!r}))").splitlines()]
    assert {cost["name"] for cost in costs} == set(bombs)
    assert [cost for cost in costs if cost["ended"] != "refused"] == []
    assert [cost for cost in costs if cost["seconds"] > SECONDS or cost["mebibytes"] > MEBIBYTES] == []


# --- damaged bytes --------------------------------------------------------------------------------------


def damaged(raw: bytes, random: Random) -> bytes:
    """Return a file with a few bytes changed, added or lost, half of them in its footer."""
    found = bytearray(raw)
    footer = int.from_bytes(raw[-8:-4], "little") if raw[-4:] == b"PAR1" else 2000
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        last = random.random() < 0.5
        place = len(found) - 1 - random.randrange(footer + 8) if last else random.randrange(len(found))
        kind = random.random()
        if kind < 0.6:
            found[place] = random.choice((0, 1, 127, 128, 255, random.randrange(256)))
        elif kind < 0.85:
            found[place] ^= 1 << random.randrange(8)
        elif kind < 0.95:
            found[place : place + 1] = random.randbytes(random.randrange(4))
        else:
            found[place : place + 8] = b"\xff" * 8
    return bytes(found)


FORMS: dict[str, Callable[[], bytes]] = {
    "parquet": lambda: parquet(table().slice(0, 60), row_group_size=25),
    "plain parquet": lambda: parquet(table().slice(0, 60), compression="none", use_dictionary=False),
    "second pages": lambda: parquet(table().slice(0, 60), data_page_version="2.0"),
    "arrow": lambda: arrow(table().slice(0, 60), rows=25),
    "arrow zstd": lambda: arrow(table().slice(0, 60), "zstd"),
}


def print_endings(form: str, count: int, folder: Path) -> None:
    """Read damaged files one after the other; print how often each ending came. A crash ends it all."""
    import faulthandler

    faulthandler.enable()
    raw, path = FORMS[form](), folder / "damaged"
    endings: dict[str, int] = {}
    for seed in range(count):
        path.write_bytes(damaged(raw, Random(seed)))
        faulthandler.dump_traceback_later(60, exit=True)
        started = _peak()
        try:
            _rows_of(path)
            ended = "read"
        except BadInput:
            ended = "refused"
        except BaseException as error:  # noqa: BLE001  (this is what is looked for)
            ended = f"{seed}: {type(error).__name__}: {error!s:.80}"
        faulthandler.cancel_dump_traceback_later()
        if _peak() - started > MEBIBYTES:
            ended = f"{seed}: {_peak() - started} MiB"
        endings[ended] = endings.get(ended, 0) + 1
    print(json.dumps(endings))


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ("parquet", 150),
        ("arrow", 150),
        *(pytest.param(form, 4000, marks=pytest.mark.slow) for form in FORMS),
    ],
)
def test_damaged_bytes_are_refused_or_read_and_never_end_in_a_crash(
    form: str, count: int, tmp_path: Path
) -> None:
    endings = json.loads(in_a_process(f"print_endings({form!r}, {count}, Path({str(tmp_path)!r}))"))
    assert set(endings) <= {"refused", "read"}
    assert endings["refused"] > count / 2


# --- where files lie ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "cohort"
    json_of("draw", SCENARIO, "--n", 300, "--out", folder)
    return folder


@pytest.fixture
def copied(cohort: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cohort, tmp_path / "cohort"))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(copied: Path, tmp_path: Path) -> None:
    outside = put(tmp_path, "elsewhere/part.parquet", parquet(table()))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "part-00001.parquet").symlink_to(outside)
    refused(tmp_path / "mine", tmp_path, "part-00001.parquet", "a symbolic link leads out of the folder")
    refused(tmp_path / "mine" / "*.parquet", tmp_path, "a symbolic link leads out of the folder")
    (copied / "observed" / "part-00001.parquet").symlink_to("../truth/fields/part-00000.parquet")
    refused(copied, tmp_path, "part-00001.parquet", "leads out of the folder")


def test_a_linked_folder_is_not_passed_over_in_silence(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").symlink_to(copied)
    refused(f"{tmp_path}/data/*/observed/*.parquet", tmp_path, "this folder is a link", "data/a")


@pytest.mark.parametrize("pattern", ["**/*.parquet", "*/*/*.parquet", "truth/*/*.parquet", "*uth/**"])
def test_a_glob_that_reaches_the_sealed_truth_is_refused(pattern: str, copied: Path, tmp_path: Path) -> None:
    refused(f"{copied}/{pattern}", tmp_path, "this is the sealed truth")


def test_a_link_into_the_sealed_truth_is_refused(copied: Path, tmp_path: Path) -> None:
    (copied / "part.parquet").symlink_to(copied / "truth" / "fields" / "part-00000.parquet")
    refused(copied / "part.parquet", tmp_path, "this is the sealed truth")
    refused(f"{copied}/*.parquet", tmp_path, "this leads to the sealed truth")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [a_folder, a_pipe, a_link_to_nothing, a_link_to_itself, a_device])
def test_what_is_only_called_as_a_file_is_named_and_not_waited_for(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    put(folder, "part-00000.parquet", parquet(table()))
    make(folder / "x.parquet")
    for what in (folder, f"{folder}/*.parquet"):
        said = refusal("screen", what, "--out", tmp_path / "screened")
        assert "x.parquet" in said
        assert MEND in said
    assert not (tmp_path / "screened").exists()


@pytest.mark.parametrize("name", ["a\x1b[2Jb.parquet", "a\nsaring: all is well.parquet", "a\u202eb.parquet"])
def test_a_name_that_steers_a_terminal_is_refused_and_spelled_out(name: str, tmp_path: Path) -> None:
    put(tmp_path / "mine", name, parquet(table()))
    said = refused(tmp_path / "mine", tmp_path, "holds marks that nobody can see", "Rename it")
    assert len(said.splitlines()) == 2
    assert said.replace("\n", "").isprintable()


def test_a_file_is_not_screened_twice(tmp_path: Path) -> None:
    path = put(tmp_path / "mine", "a.parquet", parquet(table()))
    (tmp_path / "mine" / "b.parquet").hardlink_to(path)
    refused(tmp_path / "mine", tmp_path, "b.parquet", "the same file as", "a.parquet")


def test_people_who_stand_in_two_files_are_found(tmp_path: Path) -> None:
    put(tmp_path / "mine", "a.parquet", parquet(table()))
    put(tmp_path / "mine", "b.parquet", arrow(table().slice(250)))
    put(tmp_path / "mine", "b.arrow", arrow(table().slice(250)))
    (tmp_path / "mine" / "b.parquet").unlink()
    said = refused(tmp_path / "mine", tmp_path, "is there twice")
    assert "a.parquet, row 251 and " in said
    assert "b.arrow, row 1" in said


def test_one_file_without_the_mark_among_many_stops_all_of_them(tmp_path: Path) -> None:
    for number in range(30):
        part = table().slice(10 * number, 10)
        marked = part if number != 17 else part.replace_schema_metadata({b"saring.synthetic": b"no"})
        put(tmp_path / "mine", f"part-{number:05d}.parquet", parquet(marked))
    said = refused(tmp_path / "mine", tmp_path, "part-00017.parquet", "does not say that it is synthetic")
    assert said.count("saring: ") == 1


def test_people_of_two_scenarios_are_not_screened_together(tmp_path: Path) -> None:
    other = (
        table()
        .slice(150)
        .replace_schema_metadata({**table().schema.metadata, b"saring.scenario_hash": b"0" * 64})
    )
    put(tmp_path / "mine", "a.parquet", parquet(table().slice(0, 150)))
    put(tmp_path / "mine", "b.parquet", parquet(other))
    refused(tmp_path / "mine", tmp_path, "b.parquet", "another scenario than", "a.parquet")


def test_files_that_differ_in_what_they_tell_of_shared_actors_are_not_screened_together(
    tmp_path: Path,
) -> None:
    put(tmp_path / "mine", "a.parquet", parquet(table().slice(0, 150)))
    put(tmp_path / "mine", "b.parquet", parquet(table().slice(150).drop_columns(["phone_ref"])))
    refused(tmp_path / "mine", tmp_path, "b.parquet", "phone_ref")


# --- manifests ------------------------------------------------------------------------------------------


def with_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


PART = "observed/part-00000.parquet"
NAMES = {
    "another content": (lambda m: m["files"].update({PART: "0" * 64}), (PART, "its SHA-256 differs")),
    "another number of rows": (lambda m: m.update(rows=301), ("301 applicants", "the files hold 300")),
    "a file that is missing": (
        lambda m: m["files"].update({"observed/part-00001.parquet": "0" * 64}),
        ("'observed/part-00001.parquet'", "there is no such file"),
    ),
    "no file": (lambda m: m["files"].clear(), (f"does not name '{PART}'",)),
    "a path upwards": (
        lambda m: m["files"].update({"../../x.parquet": "0" * 64}),
        ("'../../x.parquet'", "no observed file of this cohort"),
    ),
    "a path of its own": (
        lambda m: m["files"].update({"/etc/passwd": "0" * 64}),
        ("'/etc/passwd'", "no observed file"),
    ),
    "the sealed truth": (
        lambda m: m["files"].update({"truth/truth/part-00000.parquet": "0" * 64}),
        ("no observed file",),
    ),
    "marks that nobody sees": (
        lambda m: m["files"].update({"observed/\x1b[2J.parquet": "0" * 64}),
        ("'observed/\\x1b[2J.parquet'",),
    ),
    "negative rows": (lambda m: m.update(rows=-1), ("not the manifest of a cohort (rows",)),
    "no list of files": (lambda m: m.update(files=7), ("not the manifest of a cohort (files",)),
}


@pytest.mark.parametrize(("change", "words"), NAMES.values(), ids=NAMES)
def test_a_manifest_and_files_that_disagree_are_refused(
    change: Callable[[dict[str, Any]], object], words: tuple[str, ...], copied: Path, tmp_path: Path
) -> None:
    with_manifest(copied, change)
    said = refused(copied, tmp_path, *words)
    assert "\x1b" not in said


def test_a_single_file_is_held_against_the_manifest_of_its_cohort(copied: Path, tmp_path: Path) -> None:
    with_manifest(copied, lambda m: m["files"].update({PART: "0" * 64}))
    refused(copied / PART, tmp_path, "its SHA-256 differs")
    refused(f"{copied}/obs*/*.parquet", tmp_path, "its SHA-256 differs")


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"files": {}, "rows": 1e400}'])
def test_a_manifest_that_is_none_is_refused(content: bytes, copied: Path, tmp_path: Path) -> None:
    (copied / "manifest.json").write_bytes(content)
    refused(copied, tmp_path, "manifest.json", "not the manifest of a cohort")


def test_a_manifest_without_end_is_not_read(copied: Path, tmp_path: Path) -> None:
    with (copied / "manifest.json").open("ab") as file:
        file.truncate(2**40)
    said = refusal("screen", copied, "--out", tmp_path / "screened")
    assert "more than 16,777,216 bytes" in said


def test_a_manifest_that_is_a_pipe_is_not_waited_for(copied: Path, tmp_path: Path) -> None:
    (copied / "manifest.json").unlink()
    os.mkfifo(copied / "manifest.json")
    assert "not an ordinary file" in refusal("screen", copied, "--out", tmp_path / "screened")


# --- larger than memory -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
@pytest.mark.parametrize("stages", ["all", "headline"])
def test_a_file_several_times_larger_than_memory_is_screened(stages: str, tmp_path: Path) -> None:
    """As one Parquet file of row groups; what it holds is measured as it would stand in memory."""
    part = pa.concat_tables([table()] * 218).slice(0, 65_536).combine_chunks()
    groups = 96
    with pq.ParquetWriter(tmp_path / "large.parquet", part.schema, compression="zstd") as writer:
        for group in range(groups):
            applicants = pa.array(np.arange(group * len(part), (group + 1) * len(part)))
            writer.write_table(part.set_column(0, part.schema.field(0), applicants))
    held = groups * part.nbytes / 2**20
    printed = in_a_process(f"print_peaks({str(tmp_path)!r}, {stages!r})")
    before, after, rows = json.loads(printed.splitlines()[-1])
    assert rows == groups * len(part)
    assert after - before < 350
    assert held > 4 * (after - before)


def print_peaks(folder: str, stages: Any) -> None:
    """Screen all files of a folder, and print the peak of memory before and after, and the number of rows."""
    from console.commands.screen import ScreenOptions, screen_cohort
    from console.output import Output
    from console.parts.parallel import Workers
    from console.screeners import screener_for

    names = ("saring-2026", "saring-2026", "saring-2026")
    screener_for(names[0], names[1], None, None)
    before = _peak()
    options = ScreenOptions(
        f"{folder}/large.parquet",
        *names,
        None,
        f"{folder}/screened",
        False,
        workers=Workers(2),
        stages=stages,
    )
    screen_cohort(options, Output(as_json=False, quiet=True))
    rows = sum(pq.read_metadata(path).num_rows for path in Path(folder, "screened").glob("*.parquet"))
    print(json.dumps([before, _peak(), rows]))
