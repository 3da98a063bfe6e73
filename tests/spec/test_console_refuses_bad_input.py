"""Bad input: exit code 3, a message that says what, where and how to mend it, and nothing left behind.

Every command is given every kind of input that it cannot use. What is wrong is said on stderr, stdout stays
empty, no traceback is shown, and the folder is afterwards as it was before.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from dossier.tables import MARK
from models.card import load_cards, save_cards
from screening import operating_point, rulebook
from screening.screener import RELEASED
from synthetic import scenarios
from tests.unit.console.terminal import (
    BAD_INPUT,
    SCENARIO,
    json_of,
    nothing_left,
    observed_table,
    refusal,
    saring,
    small_cohort,
)

TABLE = observed_table(small_cohort())
MEND = "\n    To mend it: "

Change = Callable[[pa.Table], pa.Table]
Spoil = Callable[[Path], object]


def assert_says(said: str, *words: str) -> None:
    """Assert that a message holds these words, and says how to mend what is wrong."""
    assert all(word in said for word in words), said
    assert MEND in said


# --- cohorts ----------------------------------------------------------------------------------------


def with_values(name: str, values: pa.Array) -> Change:
    """Return a change that puts other values into one column."""

    def change(table: pa.Table) -> pa.Table:
        return table.set_column(table.column_names.index(name), name, values)

    return change


def first_row(name: str, value: Any, kind: pa.DataType) -> Change:
    """Return a change of one cell: that of the fifth row."""
    cells = TABLE[name].cast(pa.string() if kind == pa.string() else kind).to_pylist()
    cells[4] = value
    return with_values(name, pa.array(cells, type=kind))


SPOILED: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a missing column": (lambda t: t.drop_columns(["knows_address"]), ("'knows_address' is missing",)),
    "two missing columns": (
        lambda t: t.drop_columns(["sex", "age"]),
        ("'sex' is missing", "'age' is missing"),
    ),
    "no identity numbers": (lambda t: t.drop_columns(["applicant"]), ("'applicant' is missing",)),
    "text for numbers": (
        with_values("age", pa.array(["young"] * len(TABLE))),
        ("'age' is of type string", "whole numbers"),
    ),
    "broken numbers": (
        with_values("age", pa.array([20.5] * len(TABLE))),
        ("'age' is of type double", "whole numbers"),
    ),
    "numbers for codes": (
        with_values("sex", pa.array([1] * len(TABLE))),
        ("'sex' is of type int64", "codes as text"),
    ),
    "an unknown code": (
        first_row("transit", "by_rocket", pa.string()),
        ("unknown code 'by_rocket'", "row 5", "usual_stop"),
    ),
    "a number out of range": (first_row("age", 300, pa.int32()), ("'age' holds 300", "row 5")),
    "a real identity number": (
        first_row("applicant", 3_174_015_507_900_001, pa.int64()),
        ("outside the reserved synthetic range", "row 5", "simulator"),
    ),
    "an empty identity number": (first_row("applicant", None, pa.int64()), ("'applicant' is empty",)),
    "nobody": (lambda t: t.slice(0, 0), ("this cohort is empty",)),
    "no mark": (
        lambda t: t.replace_schema_metadata(None),
        ("does not say that it is synthetic", "simulator"),
    ),
    "another mark": (
        lambda t: t.replace_schema_metadata({MARK: b"maybe"}),
        ("does not say that it is synthetic",),
    ),
}


@pytest.mark.parametrize(("change", "words"), SPOILED.values(), ids=SPOILED)
def test_a_cohort_that_cannot_be_used_is_not_screened(
    change: Change, words: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "part-00000.parquet"
    pq.write_table(change(TABLE), file)
    with nothing_left(tmp_path):
        said = refusal("screen", file, "--out", tmp_path / "screened")
    assert_says(said, "part-00000.parquet", *words)


def test_every_problem_of_a_cohort_is_said_at_once(tmp_path: Path) -> None:
    spoiled = first_row("transit", "by_rocket", pa.string())(first_row("age", 300, pa.int32())(TABLE))
    pq.write_table(spoiled, tmp_path / "part.parquet")
    said = refusal("screen", tmp_path, "--out", tmp_path / "screened")
    assert "by_rocket" in said
    assert "300" in said


@pytest.mark.parametrize("change", [SPOILED["no mark"][0], SPOILED["a real identity number"][0]])
def test_what_is_not_screened_is_not_explained_either(change: Change, tmp_path: Path) -> None:
    file = tmp_path / "part.parquet"
    pq.write_table(change(TABLE), file)
    said = refusal("explain", file, "--applicant", TABLE["applicant"][0].as_py())
    assert_says(said, "part.parquet", "simulator for training and research")


def test_a_row_is_counted_from_the_start_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.commands import screen

    monkeypatch.setattr(screen, "CHUNK", 100)
    spoiled = np.array(TABLE["age"].to_pylist())
    spoiled[257] = 300
    pq.write_table(with_values("age", pa.array(spoiled))(TABLE), tmp_path / "part.parquet")
    assert "row 258" in refusal("screen", tmp_path, "--out", tmp_path / "screened")


def test_a_bad_part_after_good_ones_leaves_nothing_either(tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    folder.mkdir()
    pq.write_table(TABLE, folder / "part-00000.parquet")
    pq.write_table(first_row("sex", "other", pa.string())(TABLE), folder / "part-00001.parquet")
    with nothing_left(tmp_path):
        said = refusal("screen", folder, "--out", tmp_path / "screened")
    assert_says(said, "part-00001.parquet")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def as_csv(path: Path) -> None:
    plain = pa.table({name: pc.cast(TABLE[name], pa.string()) for name in TABLE.column_names[:5]})
    pa.csv.write_csv(plain, path)


def as_text(path: Path) -> None:
    path.write_text("sex,age\nfemale,20\n", encoding="utf-8")


FILES: dict[str, Spoil] = {
    "a truncated file": cut_short,
    "an empty file": cut_to_nothing,
    "CSV": as_csv,
    "text": as_text,
}


@pytest.mark.parametrize("spoil", FILES.values(), ids=FILES)
def test_a_file_that_is_not_parquet_is_not_screened(spoil: Spoil, tmp_path: Path) -> None:
    file = tmp_path / "part-00000.parquet"
    pq.write_table(TABLE, file)
    spoil(file)
    with nothing_left(tmp_path):
        said = refusal("screen", tmp_path, "--out", tmp_path / "screened")
    assert_says(said, "not a readable Parquet file", str(file))


@pytest.mark.parametrize("place", [0.2, 0.35, 0.5, 0.65])
def test_a_file_that_is_damaged_inside_is_not_screened(place: float, tmp_path: Path) -> None:
    file = tmp_path / "part-00000.parquet"
    pq.write_table(TABLE, file, compression="zstd")
    damaged = bytearray(file.read_bytes())
    start = int(place * len(damaged))
    damaged[start : start + 300] = bytes(255 - byte for byte in damaged[start : start + 300])
    file.write_bytes(bytes(damaged))
    with nothing_left(tmp_path):
        said = refusal("screen", file, "--out", tmp_path / "screened")
    assert_says(said, "part-00000.parquet")


def test_a_csv_file_is_not_screened(tmp_path: Path) -> None:
    as_csv(tmp_path / "cohort.csv")
    assert_says(refusal("screen", tmp_path / "cohort.csv", "--out", tmp_path / "x"), "cohort.csv")
    for place in (tmp_path, tmp_path / "*.csv"):
        said = refusal("screen", place, "--out", tmp_path / "x")
        assert_says(said, "CSV is not read", str(place), "parquet or arrow")


def test_a_glob_that_matches_nothing_says_so(tmp_path: Path) -> None:
    for place in (tmp_path / "nothing*.parquet", tmp_path / "nowhere" / "*.parquet"):
        said = refusal("screen", place, "--out", tmp_path / "x")
        assert_says(said, "the glob matches nothing", str(place))


def test_a_place_without_a_cohort_is_named(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        assert_says(refusal("screen", place, "--out", tmp_path / "x"), "no observed files here", str(place))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohorts") / "cohort"
    json_of("draw", SCENARIO, "--n", 300, "--out", folder)
    return folder


@pytest.mark.parametrize("layer", ["", "truth", "fields", "declared", "mechanisms", "edges"])
def test_the_sealed_truth_is_not_screened(layer: str, cohort: Path, tmp_path: Path) -> None:
    place = cohort / "truth" / layer
    said = refusal("screen", place, "--out", tmp_path / "x")
    assert_says(said, "sealed truth")
    for file in place.glob("*.parquet"):
        assert_says(refusal("screen", file, "--out", tmp_path / "x"), "sealed truth")


def test_a_cohort_may_lie_in_a_folder_of_any_name(cohort: Path, tmp_path: Path) -> None:
    """Only a cohort's own truth is sealed; a folder that happens to be called so is not."""
    place = tmp_path / "truth"
    place.mkdir()
    (place / "part.parquet").write_bytes(next((cohort / "observed").iterdir()).read_bytes())
    assert json_of("screen", place, "--out", tmp_path / "x")["n"] == 300


# --- scenarios --------------------------------------------------------------------------------------

SOURCE = (scenarios.SCENARIOS / f"{SCENARIO}.toml").read_text(encoding="utf-8")


def spoiled_scenario(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """Write the released scenario with one text replaced; return the file and the line."""
    assert SOURCE.count(old) == 1
    file = folder / "own.toml"
    file.write_text(SOURCE.replace(old, new), encoding="utf-8")
    return file, SOURCE[: SOURCE.index(old)].count("\n") + 1


@pytest.mark.parametrize("command", ["run", "draw"])
def test_shares_that_do_not_sum_are_refused(command: str, tmp_path: Path) -> None:
    file, _ = spoiled_scenario(
        tmp_path, '"journey.tourist" = { share = 0.230 }', '"journey.tourist" = { share = 0.5 }'
    )
    with nothing_left(tmp_path):
        said = refusal(command, file, "--n", 50, "--out", tmp_path / "out")
    line = SOURCE.splitlines().index("[mix]") + 1
    assert_says(said, f"own.toml, line {line}", "sum to 1.27, not to 1")


@pytest.mark.parametrize("command", ["run", "draw", "train"])
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("year = 2022", "yaer = 2022", ("unknown key 'scenario.yaer'", "Did you mean 'year'?")),
        ("size = 200000", 'size = "big"', ("size", "whole number, not 'big'")),
        ("year = 2022", "year = 99999", ("scenario.year", "less than or equal to 2100")),
        ("size = 200000", "size = 0", ("size", "greater than 0")),
        ('"journey.escort"', '"journey.escrot"', ("no module 'journey.escrot'", "journey.escort")),
        ("share = 0.003 }", "shrae = 0.003 }", ("shrae", "Did you mean 'share'?")),
        ("share = 0.003 }", "share = -0.003 }", ("share", "greater than or equal to 0")),
    ],
    ids=lambda one: str(one)[:30],
)
def test_a_slip_in_a_scenario_is_named_with_its_line(
    command: str, old: str, new: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    file, line = spoiled_scenario(tmp_path, old, new)
    out = tmp_path / ("out.json" if command == "train" else "out")
    with nothing_left(tmp_path):
        said = refusal(command, file, "--out", out)
    assert f"own.toml, line {line}" in said
    assert all(word in said for word in words), said


def test_a_scenario_that_is_not_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    file, line = spoiled_scenario(tmp_path, "size = 200000", "size = = 200000")
    assert_says(refusal("run", file, "--out", tmp_path / "out"), "own.toml", "not valid TOML", f"line {line}")


TARGETS = {
    "a code that no field has": ('where = { sex = ["mail"] }', "Did you mean 'male'?"),
    "a field that is none": ('where = { sexx = ["male"] }', "Did you mean 'sex'?"),
    "a code to count among": ('where = {sex = ["male"]}\namong = {job_offer = ["maybe"]}', "no code 'maybe'"),
    "no sum": ('where = { sex = ["male"] }', "whatever is drawn meets this target"),
    "no number": ('where = { sex = ["male"] }\nlow = nan', "must be finite"),
}


@pytest.mark.parametrize(("body", "words"), TARGETS.values(), ids=TARGETS)
def test_a_target_that_cannot_be_counted_is_refused_before_anything_is_drawn(
    body: str, words: str, tmp_path: Path
) -> None:
    title = 'title = { en = "x", id = "x" }'
    (tmp_path / "own.toml").write_text(f"{SOURCE}\n[targets.own]\n{title}\n{body}\n", encoding="utf-8")
    with nothing_left(tmp_path):
        said = refusal("draw", tmp_path / "own.toml", "--audit", "--n", 50, "--out", tmp_path / "out")
    assert_says(said, f"{tmp_path / 'own.toml'}, line ", words)


@pytest.mark.parametrize("command", ["run", "draw", "train"])
def test_a_scenario_that_is_no_ordinary_file_is_refused_at_once(command: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "own.toml")
    said = refusal(command, tmp_path / "own.toml", "--out", tmp_path / "out.json")
    assert_says(said, "own.toml", "not an ordinary file")


@pytest.mark.parametrize("command", ["run", "draw", "train"])
def test_an_unknown_scenario_is_answered_with_a_near_one(command: str, tmp_path: Path) -> None:
    said = refusal(command, "phnom_penh_2023", "--out", tmp_path / "out.json")
    assert_says(said, "no scenario 'phnom_penh_2023'", "Did you mean 'phnom_penh_2022'?")
    assert_says(refusal(command, "xyz", "--out", tmp_path / "out.json"), "saring show scenarios")


def test_a_scenario_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert_says(
        refusal("run", tmp_path / "none.toml", "--out", tmp_path / "out"), "none.toml", "no such file"
    )


# --- rulebooks, cards, certificates -----------------------------------------------------------------

RULES = (rulebook._RELEASED / f"{RELEASED}.toml").read_text(encoding="utf-8")


def test_an_unknown_rulebook_is_answered_with_a_near_one(tmp_path: Path) -> None:
    said = refusal("run", SCENARIO, "--rulebook", "saring-2062", "--out", tmp_path / "out")
    assert_says(said, "no released rulebook 'saring-2062'", f"Did you mean '{RELEASED}'?")


def own_rules(folder: Path, old: str, new: str) -> tuple[Path, int]:
    """Write the released rulebook with the first of some texts replaced; return the file and the line."""
    file = folder / "own-rules.toml"
    file.write_text(RULES.replace(old, new, 1), encoding="utf-8")
    return file, RULES[: RULES.index(old)].count("\n") + 1


@pytest.mark.parametrize("command", ["run", "train"])
def test_a_slip_in_a_rulebook_is_named_with_its_line(command: str, tmp_path: Path) -> None:
    file, line = own_rules(tmp_path, "harm_if_wrong", "harm_if_worng")
    out = tmp_path / ("out.json" if command == "train" else "out")
    with nothing_left(tmp_path):
        said = refusal(command, SCENARIO, "--rulebook", file, "--out", out)
    assert_says(said, f"own-rules.toml, line {line}", "harm_if_worng")


def test_cards_for_other_rules_are_refused_with_the_command_that_trains_others(tmp_path: Path) -> None:
    first, second = re.split(r"(?=\[\[rules\]\]\n)", RULES)[1:3]
    file, _ = own_rules(tmp_path, first + second, second)
    with nothing_left(tmp_path):
        said = refusal("run", SCENARIO, "--rulebook", file, "--out", tmp_path / "out")
    assert_says(said, "trained on other rules", "saring train")


def own_cards(folder: Path, **changes: Any) -> Path:
    path = folder / "own.json"
    save_cards(load_cards(RELEASED).model_copy(update={"id": "own", **changes}), path)
    return path


def beside(path: Path, **changes: Any) -> None:
    """Write a certificate beside the cards in a file."""
    released = json.loads((operating_point.RELEASED / f"{RELEASED}.json").read_text(encoding="utf-8"))
    del released["cards_hash"]  # these cards have another name, and so another content
    text = json.dumps({**released, "cards": "own", **changes})
    path.with_suffix(".certificate.json").write_text(text, encoding="utf-8")


def test_cards_and_a_certificate_that_belong_together_are_taken(tmp_path: Path) -> None:
    cards = own_cards(tmp_path)
    beside(cards)
    pq.write_table(TABLE, tmp_path / "part.parquet")
    words = ("screen", tmp_path / "part.parquet", "--cards", cards, "--out", tmp_path / "screened")
    certificate = cards.with_suffix(".certificate.json")
    assert json_of(*words, "--certificate", certificate)["cards"] == "own"


def test_cards_without_a_certificate_are_refused(tmp_path: Path) -> None:
    said = refusal("run", SCENARIO, "--cards", own_cards(tmp_path), "--out", tmp_path / "out")
    assert_says(said, "no certificate", "own.certificate.json")


@pytest.mark.parametrize("change", [{"cards": "theirs"}, {"columns_hash": "f" * 64}], ids=str)
def test_a_certificate_for_other_cards_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    cards = own_cards(tmp_path)
    beside(cards, **change)
    said = refusal("run", SCENARIO, "--cards", cards, "--out", tmp_path / "out")
    assert_says(said, "is not for the cards 'own'")


@pytest.mark.parametrize("stage", ["counter", "verification"])
def test_a_certificate_that_lacks_a_stage_is_refused(stage: str, tmp_path: Path) -> None:
    cards = own_cards(tmp_path)
    thresholds = dict(operating_point.load_operating_point(RELEASED).thresholds)
    del thresholds[stage]
    beside(cards, thresholds=thresholds)
    with nothing_left(tmp_path):
        said = refusal(
            "run", SCENARIO, "--n", 50, "--no-yardsticks", "--cards", cards, "--out", tmp_path / "out"
        )
    assert f"no threshold for the {stage}" in said


def test_cards_that_are_not_there_or_broken_are_refused(tmp_path: Path) -> None:
    said = refusal("run", SCENARIO, "--cards", tmp_path / "none.json", "--out", tmp_path / "out")
    assert_says(said, "no cards", "none.json", "saring train")
    broken = own_cards(tmp_path)
    cut_short(broken)
    said = refusal("run", SCENARIO, "--cards", broken, "--out", tmp_path / "out")
    assert "own.json" in said


# --- options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", ["nan", "inf", "-inf", "1e9", "-1e300"])
@pytest.mark.parametrize("command", ["run", "screen"])
def test_a_threshold_that_is_none_is_refused(
    command: str, threshold: str, cohort: Path, tmp_path: Path
) -> None:
    what = SCENARIO if command == "run" else cohort
    with nothing_left(tmp_path):
        said = refusal(command, what, f"--threshold={threshold}", "--out", tmp_path / "out")
    assert_says(said, "--threshold", "is no threshold")


@pytest.mark.parametrize("command", ["run", "draw", "screen"])
def test_a_folder_that_exists_is_not_overwritten(command: str, cohort: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with nothing_left(tmp_path):
        said = refusal(command, cohort if command == "screen" else SCENARIO, "--out", out)
    assert_says(said, "exists already", str(out), "--force")


@pytest.mark.parametrize("command", ["run", "draw", "screen"])
def test_force_replaces_no_folder_with_anything_else_in_it(
    command: str, cohort: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "inside").mkdir()
    what = cohort if command == "screen" else SCENARIO
    with nothing_left(tmp_path):
        for place in (tmp_path, tmp_path / "inside" / ".."):
            assert_says(refusal(command, what, "--out", place, "--force"), "--force replaces no other")
        said = refusal(command, what, "--out", tmp_path / "notes.txt", "--force")
    assert_says(said, "notes.txt")


@pytest.mark.parametrize("place", [".", ".."])
def test_the_folder_one_stands_in_is_not_replaced(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "notes.txt").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(here)
    with nothing_left(tmp_path):
        refusal("draw", SCENARIO, "--n", 10, "--out", place, "--force")
        refusal("draw", SCENARIO, "--n", 10, "--out", place)


def locked_folder(folder: Path) -> Path:
    """Return a folder in which nobody, not even an administrator, can make another."""
    if os.geteuid() == 0:
        return Path("/proc")
    folder.chmod(0o500)
    return folder


@pytest.mark.parametrize("command", ["run", "draw", "screen"])
def test_a_folder_that_cannot_be_written_is_named(command: str, cohort: Path, tmp_path: Path) -> None:
    what = cohort if command == "screen" else SCENARIO
    locked = tmp_path / "locked"
    locked.mkdir()
    said = refusal(command, what, "--out", locked_folder(locked) / "out")
    assert_says(said, "cannot be written", "out")


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with nothing_left(tmp_path):
        assert_says(
            refusal("draw", SCENARIO, "--n", 10, "--out", tmp_path / "file" / "x"), "cannot be written"
        )


# --- evaluate, report, explain, show, train ---------------------------------------------------------


@pytest.fixture(scope="module")
def screened(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screened") / "screened"
    json_of("screen", cohort, "--out", folder)
    return folder


def test_what_was_not_screened_is_not_evaluated(cohort: Path, tmp_path: Path) -> None:
    for place, words in (
        (tmp_path, "no screened files here"),
        (tmp_path / "nowhere", "no screened files here"),
        (cohort / "observed", "not written by `saring screen`"),
        (cohort / "truth" / "truth", "not written by `saring screen`"),
    ):
        assert_says(refusal("evaluate", place, "--truth", cohort), words, str(place))


def rewritten(screened: Path, folder: Path, change: Change) -> Path:
    """Write screened files with a change."""
    file = folder / "part-00000.parquet"
    pq.write_table(change(pq.read_table(screened)), file)
    return file


def with_metadata(**marks: bytes) -> Change:
    def change(table: pa.Table) -> pa.Table:
        found = {f"saring.{name}".encode(): mark for name, mark in marks.items()}
        return table.replace_schema_metadata({**table.schema.metadata, **found})

    return change


def column(name: str, values: list[Any]) -> Change:
    return lambda table: with_values(name, pa.array((values * len(table))[: len(table)]))(table)


SCREENED: dict[str, Change] = {
    "no mark": lambda t: t.replace_schema_metadata(None),
    "no risk": lambda t: t.select([name for name in t.column_names if not name.startswith("risk")]),
    "no recommendation": lambda t: t.drop_columns(["recommendation"]),
    "no applicant": lambda t: t.drop_columns(["applicant"]),
    "an unknown recommendation": column("recommendation", ["arrest"]),
    "an unknown agency": column("agency", ["army"]),
    "an agency that is not said": column("agency", [None]),
    "an unknown ground": column("grounds", ["whim"]),
    "no grounds": lambda t: t.drop_columns(["grounds"]),
    "an unknown pattern": column("resembles", ["espionage"]),
    "a risk that is no number": column("risk_verification", [float("nan")]),
    "a risk below everything": column("risk_verification", [float("-inf")]),
    "a risk in words": column("risk_verification", ["high"]),
    "thresholds that are no JSON": with_metadata(thresholds=b"{"),
    "thresholds of another kind": with_metadata(thresholds=b"[1, 2]"),
    "thresholds in words": with_metadata(thresholds=b'{"verification": "low"}'),
    "no thresholds for a stage": with_metadata(thresholds=b'{"counter": 1}'),
    "patterns that are no JSON": with_metadata(patterns=b"\xff"),
    "patterns of another kind": with_metadata(patterns=b"7"),
    "routes of another kind": with_metadata(routes=b"7"),
    "deep thresholds": with_metadata(thresholds=b"[" * 100_000 + b"]" * 100_000),
    "nobody": lambda t: t.slice(0, 0),
}


@pytest.mark.parametrize("change", SCREENED.values(), ids=SCREENED)
def test_screened_files_that_were_tampered_with_are_not_evaluated(
    change: Change, screened: Path, cohort: Path, tmp_path: Path
) -> None:
    file = rewritten(screened, tmp_path, change)
    with nothing_left(tmp_path):
        said = refusal("evaluate", file, "--truth", cohort, "--out", tmp_path / "evaluation.json")
    assert MEND in said


@pytest.mark.parametrize("spoil", FILES.values(), ids=FILES)
def test_screened_files_that_are_not_parquet_are_not_evaluated(
    spoil: Spoil, screened: Path, cohort: Path, tmp_path: Path
) -> None:
    file = rewritten(screened, tmp_path, lambda table: table)
    spoil(file)
    assert_says(refusal("evaluate", file, "--truth", cohort), "not a readable Parquet file")


def test_a_truth_that_is_not_there_is_named(screened: Path, tmp_path: Path) -> None:
    assert_says(refusal("evaluate", screened, "--truth", tmp_path), "no sealed truth here")


def test_the_truth_of_other_people_is_refused(screened: Path, tmp_path: Path) -> None:
    json_of("draw", SCENARIO, "--n", 300, "--seed", 99, "--out", tmp_path / "other")
    said = refusal("evaluate", screened, "--truth", tmp_path / "other")
    assert_says(said, "not all in this truth", "very cohort")


SEALED: dict[str, Spoil] = {
    "a manifest that is no JSON": lambda truth: (truth / "manifest.json").write_text("{", encoding="utf-8"),
    "a manifest of another kind": lambda truth: (truth / "manifest.json").write_text("[]", encoding="utf-8"),
    "an empty manifest": lambda truth: (truth / "manifest.json").write_text("{}", encoding="utf-8"),
    "a truncated truth": lambda truth: cut_short(next((truth / "truth").iterdir())),
    "no true fields": lambda truth: next((truth / "fields").iterdir()).unlink(),
}


@pytest.mark.parametrize("spoil", SEALED.values(), ids=SEALED)
def test_a_broken_truth_is_refused(spoil: Spoil, screened: Path, tmp_path: Path) -> None:
    json_of("draw", SCENARIO, "--n", 300, "--out", tmp_path / "cohort")
    spoil(tmp_path / "cohort" / "truth")
    said = refusal("evaluate", screened, "--truth", tmp_path / "cohort")
    assert_says(said, "truth")


def test_an_unknown_grouping_is_answered_with_those_there_are(screened: Path, cohort: Path) -> None:
    said = refusal("evaluate", screened, "--truth", cohort, "--by", "religion")
    assert_says(said, "no grouping 'religion'", "typology", "stage")


@pytest.mark.parametrize("name", ["none/evaluation.json", "folder", "."])
def test_an_evaluation_that_cannot_be_written_leaves_nothing(
    name: str, screened: Path, cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with nothing_left(tmp_path):
        refusal("evaluate", screened, "--truth", cohort, "--out", name)


EVALUATIONS = {
    "nothing": "",
    "no JSON": "{",
    "another kind": "[]",
    "another object": '{"n": 5}',
    "deep": "[" * 100_000 + "]" * 100_000,
}


@pytest.mark.parametrize("text", EVALUATIONS.values(), ids=EVALUATIONS)
def test_what_is_no_evaluation_is_not_reported(text: str, tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(text, encoding="utf-8")
    with nothing_left(tmp_path):
        assert_says(refusal("report", tmp_path), "evaluation.json")


def test_a_folder_without_an_evaluation_is_not_reported(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        assert_says(refusal("report", place), "no evaluation here")


def test_a_file_that_is_not_text_is_not_reported(tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_bytes(b"\xff\xfe\x00")
    assert_says(refusal("report", tmp_path), "evaluation.json")


def test_an_unknown_applicant_is_named(cohort: Path) -> None:
    assert_says(
        refusal("explain", cohort, "--applicant", 5), "there is no applicant 5 here", "column 'applicant'"
    )


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--stage", "gate", ("no stage 'gate'", "checkpoint")),
        ("--language", "xx", ("no language 'xx'", "en or id")),
    ],
)
def test_an_unknown_stage_or_language_is_answered(
    option: str, value: str, words: tuple[str, ...], cohort: Path
) -> None:
    applicant = pq.read_table(cohort / "observed")["applicant"][0].as_py()
    assert_says(refusal("explain", cohort, "--applicant", applicant, option, value), *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("secrets",), ("'secrets' cannot be shown", "scenarios")),
        (("rules", "no_such_rule"), ("no 'no_such_rule' among the rules", "saring show rules")),
        (("rules", "--language", "fr"), ("no language 'fr'",)),
    ],
)
def test_what_cannot_be_shown_is_answered(words: tuple[str, ...], said: tuple[str, ...]) -> None:
    assert_says(refusal("show", *words), *said)


@pytest.mark.parametrize("name", ["cards", "cards.toml", "cards.json/"])
def test_cards_are_written_to_a_json_file_or_not_at_all(name: str, tmp_path: Path) -> None:
    out = f"{tmp_path}/{name}"
    if name.endswith("/"):
        Path(out).mkdir()
    with nothing_left(tmp_path):
        said = refusal("train", SCENARIO, "--out", out)
    assert MEND in said


# --- manners ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["--json", "--quiet"])
def test_bad_input_is_said_on_stderr_whatever_the_output(word: str, tmp_path: Path) -> None:
    said = refusal("run", "phnom_penh_2023", word)
    assert "no scenario" in said


def test_debug_shows_the_traceback_that_is_hidden_otherwise() -> None:
    result = saring("run", "phnom_penh_2023", "--debug")
    assert result.exit_code != BAD_INPUT
    assert "BadInput" in repr(result.exception)


def test_a_message_tells_no_path_of_our_own(tmp_path: Path) -> None:
    said = refusal("run", "phnom_penh_2023")
    assert not re.search(r"/\w+/console/|site-packages", said)
