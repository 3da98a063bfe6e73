"""Rates are counted, not guessed: one way of counting, and no number about people who are not there.

Whatever names a rate (a frame, a table, a command, a report) has it from the same counts. What does not
belong together is refused with exit code 3 before anything is counted: what is wrong, where, and how to mend
it. The same holds for frames in Python.
"""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.commands.evaluate import evaluate_screened
from console.output import Output
from console.screened import SCENARIO, THRESHOLDS
from dossier.problems import BadInput
from dossier.truth import Truth, TruthClass
from screening.evaluation import evaluate
from screening.evaluation.groups import people_by
from screening.evaluation.measures import MEASURES
from screening.evaluation.pages import html_report
from screening.evaluation.rates import Rate
from tests.unit.console.terminal import SCENARIO as STORY
from tests.unit.console.terminal import json_of, nothing_left, refusal
from tests.unit.console.worlds import one_sided
from tests.unit.screening.desks import cohort as drawn_cohort
from tests.unit.screening.desks import screener

SIZE = 400
SEED = 3


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohorts") / "cohort"
    json_of("draw", STORY, "--n", SIZE, "--seed", SEED, "--out", folder)
    return folder


@pytest.fixture(scope="module")
def screened(cohort: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screened") / "screened"
    json_of("screen", cohort, "--out", folder)
    return folder


def evaluated(screened: Path, truth: Path, capsys: pytest.CaptureFixture[str], **more: Any) -> dict[str, Any]:
    """Evaluate as the command does and return what it prints."""
    by = more.pop("by", "sex")
    out = more.pop("out", None)
    evaluate_screened(screened, truth, by, out, Output(as_json=True, quiet=True), **more)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- one way of counting ----------------------------------------------------------------------------


def test_a_command_a_frame_and_a_tally_count_the_same(
    screened: Path, cohort: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluated(screened, cohort, capsys, by="sex,typology")
    for group in found["by"]["sex"]:
        for name, counted in (("miss_rate", "missed"), ("false_flag_rate", "flagged")):
            (row,) = [
                one for one in found["rates"] if one.get("sex") == group["group"] and one["rate"] == name
            ]
            assert (row["n"], row["count"]) == (group[name]["n"], group[name][counted])
            assert (row["low"], row["high"]) == (group[name]["low"], group[name]["high"])
    everybody = {one["rate"]: one for one in found["rates"] if one["by"] == "all"}
    assert everybody["miss_rate"]["count"] == found["miss_rate"]["missed"]
    assert everybody["lawful_flagged"]["n"] == found["lawful"]


def test_any_rate_of_any_crossing_at_any_threshold_is_a_row(
    screened: Path, cohort: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "rates.csv"
    rates = ",".join(MEASURES)
    by = "sex,age_band,typology,sex+age_band,stage"
    found = evaluated(screened, cohort, capsys, by=by, rates=rates, at="-3,-2.5", csv=file)
    rows = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8"))))
    assert len(rows) == len(found["rates"])
    assert {row["by"] for row in rows} == {"all", *by.split(",")}
    assert {row["threshold"] for row in rows} == {"-3.0", "-2.5"}
    assert {row["stage"] for row in rows if row["by"] != "stage"} == {"verification"}
    columns = ["by", "sex", "age_band", "typology", "rate", "threshold", "count", "n"]
    assert list(rows[0]) == [*columns, "estimate", "low", "high", "confidence", "stage"]
    for row in rows:
        of_sex = row["by"] in {"sex", "sex+age_band"}
        assert bool(row["sex"]) == of_sex
        expected = Rate(int(row["count"]), int(row["n"]))
        if expected.n:
            assert (float(row["low"]), float(row["high"])) == (expected.low, expected.high)
        else:
            assert row["estimate"] == row["low"] == row["high"] == ""


def test_crossed_groups_add_up(screened: Path, cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = pd.DataFrame(evaluated(screened, cohort, capsys, by="sex,sex+age_band")["rates"])
    whole = found[found.by == "sex"].groupby(["sex", "rate"])[["count", "n"]].sum()
    parts = found[found.by == "sex+age_band"].groupby(["sex", "rate"])[["count", "n"]].sum()
    assert parts.equals(whole)


def test_a_rate_that_no_group_can_show_is_named_and_not_given(
    screened: Path, cohort: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluated(
        screened, cohort, capsys, by="typology,sex", rates="miss_rate,false_flag_rate,precision"
    )
    assert found["cannot_be_said"] == [
        {"by": "typology", "rate": "false_flag_rate"},
        {"by": "typology", "rate": "precision"},
    ]
    assert {row["rate"] for row in found["rates"] if row["by"] == "typology"} == {"miss_rate"}


def test_the_cost_does_not_grow_once_people_are_counted() -> None:
    """What is kept of a cohort is one count for each risk that occurs in a group, whatever its size."""
    outcomes = evaluate(*frames()).outcomes
    twice = np.tile(np.arange(len(outcomes)), 2)
    once, doubled = (people_by(one, "verification", ["sex"]) for one in (outcomes, outcomes.take(twice)))
    assert len(doubled.keys) == len(once.keys)
    assert (doubled.people == 2 * once.people).all()


# --- files are not overwritten unasked --------------------------------------------------------------


@pytest.mark.parametrize("name", ["out", "csv"])
def test_a_file_that_exists_is_replaced_only_if_that_is_said(
    name: str, screened: Path, cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept"
    file.write_text("mine", encoding="utf-8")
    with nothing_left(tmp_path), pytest.raises(BadInput, match="exists already") as error:
        evaluated(screened, cohort, capsys, **{name: file})
    assert f"--{name}" in error.value.problems[0].mend
    assert "--force" in error.value.problems[0].mend
    evaluated(screened, cohort, capsys, **{name: file}, force=True)
    assert file.read_text(encoding="utf-8") != "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


# --- what is asked must be there --------------------------------------------------------------------

ASKED = {
    "another rate": ({"rates": "recall"}, "no rate 'recall'", "--rates", "miss_rate"),
    "another grouping": ({"by": "religion"}, "no grouping 'religion'", "--by", "typology"),
    "another grouping crossed": ({"by": "sex+religion"}, "no grouping 'religion'", "--by", "typology"),
    "a grouping with itself": ({"by": "sex+sex"}, "crosses a grouping with itself", "--by", "once"),
    "stages crossed": ({"by": "sex+stage"}, "stages cannot be crossed", "--by", "by itself"),
    "groups without anybody": (
        {"by": "typology+traveller"},
        "nobody is known to belong to a group by 'typology+traveller'",
        "by",
        "divide these people",
    ),
    "a threshold in words": ({"at": "low"}, "'low' is no threshold", "--at", "-2.5"),
    "a threshold between hundredths": ({"at": "-2.505"}, "'-2.505' is no threshold", "--at", "two digits"),
    "a threshold that is no number": ({"at": "nan"}, "'nan' is no threshold", "--at", "log-odds"),
    "a threshold beyond everything": ({"at": "1e99999"}, "'1e99999' is no threshold", "--at", "log-odds"),
}


@pytest.mark.parametrize(("options", "what", "where", "mend"), ASKED.values(), ids=ASKED)
def test_what_cannot_be_asked_is_refused(
    options: dict[str, str],
    what: str,
    where: str,
    mend: str,
    screened: Path,
    cohort: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with nothing_left(tmp_path), pytest.raises(BadInput) as error:
        evaluated(screened, cohort, capsys, **options, csv=tmp_path / "rates.csv")
    (problem,) = error.value.problems
    assert what in problem.what
    assert (problem.where, mend in problem.mend) == (where, True)


# --- screened files ---------------------------------------------------------------------------------

Change = Callable[[pa.Table], pa.Table]


def in_parts(screened: Path, folder: Path, change: Change) -> Path:
    """Write a screening as two parts, the second changed."""
    table = pq.read_table(screened)
    pq.write_table(table.slice(0, 250), folder / "part-00000.parquet")
    pq.write_table(change(table.slice(250)), folder / "part-00001.parquet")
    return folder


def marked(key: bytes, value: bytes) -> Change:
    return lambda table: table.replace_schema_metadata({**table.schema.metadata, key: value})


def moved_thresholds(table: pa.Table) -> pa.Table:
    thresholds = json.loads(table.schema.metadata[THRESHOLDS])
    moved = {stage: value + 25 for stage, value in thresholds.items()}
    return marked(THRESHOLDS, json.dumps(moved).encode())(table)


def with_risk(value: float | None) -> Change:
    def change(table: pa.Table) -> pa.Table:
        risk = table["risk_verification"].to_pylist()
        risk[4] = value
        place = table.column_names.index("risk_verification")
        return table.set_column(place, "risk_verification", pa.array(risk, type=pa.float64()))

    return change


PARTS: dict[str, tuple[Change, str]] = {
    "people twice": (
        lambda table: pa.concat_tables([table, table.slice(0, 3)]),
        "somebody stands more than once in what was screened: ",
    ),
    "other thresholds": (moved_thresholds, "at other thresholds than part-00000.parquet"),
    "another stage": (marked(b"saring.stage", b"counter"), "the recommendation of another stage"),
    "other cards": (marked(b"saring.cards", b"mine"), "by other cards"),
    "another rulebook": (marked(b"saring.rulebook", b"mine"), "by another rulebook"),
    "another policy": (marked(b"saring.policy", b"mine"), "under another policy"),
    "another scenario": (marked(SCENARIO, b"mine"), "from another scenario"),
    "fewer stages": (lambda table: table.drop_columns(["risk_counter"]), "at other stages"),
    "nobody": (lambda table: table.slice(0, 0), "nobody stands in this file"),
    "no risk for somebody": (with_risk(None), " people is no number of log-odds"),
    "a risk that is no number": (with_risk(float("nan")), "the first is nan, in row 255"),
    "a risk of another threshold": (with_risk(999.0), "recommendations are not those of the threshold"),
}


@pytest.mark.parametrize(("change", "what"), PARTS.values(), ids=PARTS)
def test_parts_that_are_not_of_one_screening_are_refused(
    change: Change, what: str, screened: Path, cohort: Path, tmp_path: Path
) -> None:
    folder = in_parts(screened, tmp_path, change)
    with nothing_left(tmp_path):
        said = refusal("evaluate", folder, "--truth", cohort, "--out", tmp_path / "evaluation.json")
    assert what in said
    assert str(tmp_path) in said
    assert "To mend it: " in said


def test_parts_of_one_screening_are_evaluated(screened: Path, cohort: Path, tmp_path: Path) -> None:
    folder = in_parts(screened, tmp_path, lambda table: table)
    assert json_of("evaluate", folder, "--truth", cohort) == json_of("evaluate", screened, "--truth", cohort)


def test_people_who_were_not_screened_are_said_to_be_missing(
    screened: Path, cohort: Path, tmp_path: Path
) -> None:
    (in_parts(screened, tmp_path, lambda table: table) / "part-00001.parquet").unlink()
    assert json_of("evaluate", tmp_path, "--truth", cohort)["not_screened"] == SIZE - 250
    assert json_of("evaluate", screened, "--truth", cohort)["not_screened"] == 0


# --- the truth --------------------------------------------------------------------------------------


def rewritten(file: Path, change: Change) -> None:
    pq.write_table(change(pq.read_table(file)), file)


def without_sex(table: pa.Table) -> pa.Table:
    place = table.column_names.index("sex")
    sexes = [None, *table["sex"].to_pylist()[1:]]
    return table.set_column(place, "sex", pa.array(sexes).dictionary_encode())


def copied(cohort: Path, folder: Path) -> Path:
    import shutil

    shutil.copytree(cohort, folder / "cohort")
    return folder / "cohort"


def with_own_hashes(cohort: Path) -> None:
    """Make the manifest name the files as they are, as somebody who tampers would."""
    from hashlib import sha256

    path = cohort / "truth" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = {
        name: sha256((cohort / name).read_bytes()).hexdigest()
        for name in manifest["files"]
        if (cohort / name).is_file()
    }
    path.write_text(json.dumps(manifest), encoding="utf-8")


TRUTHS: dict[str, tuple[str, Change, str]] = {
    "other people": ("truth", lambda table: table.slice(0, 100), "it is of another cohort than the truth"),
    "a group that is missing": ("fields", without_sex, "the column 'sex' is empty for 1 of 400 people"),
}


@pytest.mark.parametrize(("layer", "change", "what"), TRUTHS.values(), ids=TRUTHS)
def test_a_truth_that_lacks_something_is_refused_even_if_its_manifest_was_changed_too(
    layer: str, change: Change, what: str, screened: Path, cohort: Path, tmp_path: Path
) -> None:
    other = copied(cohort, tmp_path)
    rewritten(other / "truth" / layer / "part-00000.parquet", change)
    with_own_hashes(other)
    assert what in refusal("evaluate", screened, "--truth", other)


def test_people_whom_the_truth_lists_twice_are_refused(screened: Path, cohort: Path, tmp_path: Path) -> None:
    other = copied(cohort, tmp_path)
    for layer in ("truth", "fields"):
        rewritten(
            other / "truth" / layer / "part-00000.parquet", lambda t: pa.concat_tables([t, t.slice(0, 2)])
        )
    with_own_hashes(other)
    said = refusal("evaluate", screened, "--truth", other)
    assert "somebody stands more than once in the truth: " in said


@pytest.mark.parametrize("layer", ["truth", "fields"])
def test_a_truth_that_was_changed_is_refused(
    layer: str, screened: Path, cohort: Path, tmp_path: Path
) -> None:
    other = copied(cohort, tmp_path)
    file = other / "truth" / layer / "part-00000.parquet"
    pq.write_table(pq.read_table(file), file, compression="gzip")
    said = refusal("evaluate", screened, "--truth", other)
    assert f"{file}: this is not the file that the manifest names" in said


def test_the_truth_of_another_scenario_is_refused(screened: Path, cohort: Path, tmp_path: Path) -> None:
    """The same seed gives the people of two scenarios the same numbers: only the mark tells them apart."""
    json_of("draw", "baseline_year", "--n", SIZE, "--seed", SEED, "--out", tmp_path / "other")
    ours, theirs = (
        pq.read_table(next((one / "truth" / "truth").iterdir()))["applicant"].to_pylist()
        for one in (cohort, tmp_path / "other")
    )
    assert ours == theirs
    scenario_hash = json.loads((cohort / "manifest.json").read_text(encoding="utf-8"))["scenario_hash"]
    folder = tmp_path / "screened"
    folder.mkdir()
    told = marked(SCENARIO, scenario_hash.encode())
    pq.write_table(told(pq.read_table(screened)), folder / "part-00000.parquet")
    said = refusal("evaluate", folder, "--truth", tmp_path / "other")
    assert "the screened applicants are of another scenario than this truth" in said
    assert str(tmp_path / "other") in said
    assert json_of("evaluate", folder, "--truth", cohort)["n"] == SIZE


def test_the_screening_of_a_run_goes_with_the_truth_of_that_run(
    cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)
    words = ("--n", SIZE, "--seed", SEED, "--no-yardsticks")
    run = tmp_path / "run"
    json_of("run", STORY, *words, "--base-rate", "1:10", "--out", run)
    assert json_of("evaluate", run / "screened", "--truth", run)["n"] == SIZE
    said = refusal("evaluate", run / "screened", "--truth", cohort)
    assert "is part of a run with a truth of its own" in said


# --- one side only ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A drill in which everybody is a lawful tourist: folders of the screening and of the cohort."""
    folder = tmp_path_factory.mktemp("drill")
    json_of("draw", one_sided(folder, "journey.tourist"), "--n", 60, "--out", folder / "cohort")
    json_of("screen", folder / "cohort", "--out", folder / "screened")
    return folder / "screened", folder / "cohort"


def test_a_cohort_without_victims_has_no_miss_rate(drill: tuple[Path, Path]) -> None:
    said = refusal("evaluate", drill[0], "--truth", drill[1], "--by", "sex")
    assert "there are no victims among these 60 people, so there is no miss rate" in said
    assert "false_flag_rate, lawful_flagged, flag_rate" in said


def test_what_a_drill_can_show_is_shown(drill: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(*drill, capsys, rates="lawful_flagged")
    assert {row["rate"] for row in found["rates"]} == {"lawful_flagged"}
    assert sum(row["n"] for row in found["rates"] if row["by"] == "sex") == 60
    assert found["miss_rate"]["estimate"] is None


def test_precision_needs_both_sides(drill: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="there are no victims .* there is no precision"):
        evaluated(*drill, capsys, rates="lawful_flagged,precision")


# --- frames -----------------------------------------------------------------------------------------


def frames() -> tuple[pd.DataFrame, Truth, pd.DataFrame]:
    cohort = drawn_cohort()
    return screener().screen(cohort.observed), cohort.truth, cohort.observed


def changed(column: str, value: Any, row: int = 7) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        found = frame.copy()
        found[column] = found[column].astype(object)
        found.loc[row, column] = value
        return found

    return change


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    found = pd.concat([frame, frame.iloc[:1]])
    found.attrs = frame.attrs
    return found


FRAMES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "nobody": (lambda frame: frame.iloc[:0], "nobody was screened"),
    "people twice": (twice, "somebody stands more than once in what was screened"),
    "no risk": (changed("risk", None), " people is no number of log-odds"),
    "a risk that is no number": (changed("risk", float("nan")), "the first is nan, in row 8"),
    "a risk below everything": (changed("risk", float("-inf")), "the first is -inf"),
    "another risk": (changed("risk", 50.0), "recommendations are not those of the threshold"),
    "another stage": (changed("stage", "counter"), "people of several stages stand together"),
    "another recommendation": (changed("recommendation", "arrest"), "no recommendation 'arrest'"),
    "no recommendation": (changed("recommendation", None), "no recommendation"),
    "a stranger": (changed("applicant", 5), "not all in this truth: 1 of 4,000"),
    "no number": (changed("applicant", "A5"), "the column 'applicant' holds no whole numbers"),
    "no risks": (lambda frame: frame.drop(columns="risk"), "the column 'risk' is missing"),
}


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(("change", "what"), FRAMES.values(), ids=FRAMES)
def test_a_frame_that_cannot_be_counted_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], what: str
) -> None:
    screened, truth, observed = frames()
    found = change(screened)
    if "applicant" in found and what.startswith("not all"):
        found["applicant"] = found["applicant"].astype(np.int64)
    with pytest.raises(BadInput, match=what) as error:
        evaluate(found, truth, observed)
    assert error.value.problems[0].mend


OBSERVED: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no sex": (changed("sex", None), "the column 'sex' says nothing that is known of 1 of 4,000 people"),
    "another sex": (
        changed("sex", "unheard of"),
        "says nothing that is known of 1 of 4,000 people, but unheard of",
    ),
    "no age": (changed("age", None), "the column 'age' says nothing that is known of 1 of 4,000 people"),
    "people twice": (twice, "does not hold each of the screened applicants once"),
    "no column": (lambda frame: frame.drop(columns="province"), "the column 'province' is missing"),
}


@pytest.mark.parametrize(("change", "what"), OBSERVED.values(), ids=OBSERVED)
def test_an_observed_frame_without_groups_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], what: str
) -> None:
    screened, truth, observed = frames()
    with pytest.raises(BadInput, match=what):
        evaluate(screened, truth, change(observed))


@pytest.mark.parametrize("side", [TruthClass.VICTIM, TruthClass.LAWFUL, TruthClass.FACILITATOR])
def test_a_frame_of_one_side_only_shows_no_more_than_it_can(side: TruthClass) -> None:
    screened, truth, _ = frames()
    rows = truth.truth_class == side
    some = screened[rows]
    with pytest.raises(BadInput, match="there are no"):
        evaluate(some, truth)
    names = {
        TruthClass.VICTIM: "miss_rate",
        TruthClass.LAWFUL: "lawful_flagged",
        TruthClass.FACILITATOR: "facilitators_flagged",
    }
    assert len(evaluate(some, truth, rates=[names[side]]).outcomes) == rows.sum()


def test_a_truth_that_lists_people_twice_is_refused() -> None:
    screened, truth, _ = frames()
    with pytest.raises(BadInput, match="somebody stands more than once in the truth: "):
        evaluate(screened, truth.take(np.array([0, *range(len(truth))])))
