"""`saring explain`: the recommendation first, reasons that add up, what would have changed it, and who decides."""

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from console.explanations import ExplanationPage
from console.screened import THRESHOLDS, read_screened
from console.words import speaker_of
from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from dossier.texts import Language
from screening.evaluation.pages import html_report
from screening.explain import explain
from screening.referral_policy import load_policy
from tests.architecture.test_texts import BANNED
from tests.unit.console.conftest import Made
from tests.unit.console.terminal import OK, json_of, refusal, saring
from tests.unit.screening.desks import cohort, screener

SEVERAL = 4


def applicants(run: Made, count: int = SEVERAL) -> list[int]:
    """Return some applicants, from the least to the most risk."""
    found = read_screened(run.folder / "screened")
    order = found.risk["verification"].argsort()
    places = [int(place * (len(order) - 1) / max(count - 1, 1)) for place in range(count)]
    return [int(found.applicants[order[place]]) for place in places]


def most_risk(run: Made) -> int:
    return applicants(run)[-1]


def explained(run: Made, applicant: int, *words: object) -> dict[str, Any]:
    return _explained(run.folder, applicant, *words)


@cache
def _explained(folder: Path, applicant: int, *words: object) -> dict[str, Any]:
    return json_of("explain", folder, "--applicant", applicant, *words)


def page(run: Made, applicant: int, *words: object) -> str:
    result = saring("explain", run.folder, "--applicant", applicant, *words)
    assert result.exit_code == OK, result.stderr
    return result.stdout


def running(text: str) -> str:
    """Return a page as one line."""
    return " ".join(text.split())


@pytest.mark.parametrize("stage", STAGE_LABELS)
def test_points_add_up_to_the_risk_that_was_screened(stage: str, finished_run: Made) -> None:
    screened = read_screened(finished_run.folder / "screened")
    for applicant in applicants(finished_run, 3):
        found = explained(finished_run, applicant, "--stage", stage)
        parts = [found["start"], found["resembles_others"], *(one["points"] for one in found["reasons"])]
        if found["risk"] is not None:
            assert sum(round(100 * part) for part in parts) == round(100 * found["risk"])
            row = screened.applicants.tolist().index(applicant)
            assert round(100 * found["risk"]) == screened.risk[stage][row]


def test_the_headline_stage_is_explained_when_none_is_named(finished_run: Made) -> None:
    named = explained(finished_run, most_risk(finished_run), "--stage", "verification")
    assert explained(finished_run, most_risk(finished_run)) == named


def test_a_run_that_is_met_at_the_checkpoint_is_explained_there(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    words = ("run", "airport_day", "--n", 300, "--seed", 3, "--no-yardsticks", "--out", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_report, "write_html", lambda *_: None)
        run = Made(folder, json_of(*words))
    told = read_screened(folder / "screened")
    row = int((told.recommendation == Recommendation.REFER).argmax())
    found = explained(run, int(told.applicants[row]))
    assert (found["stage"], found["recommendation"]) == ("checkpoint", "refer")


def test_every_text_of_the_object_is_in_both_languages(finished_run: Made) -> None:
    for applicant in applicants(finished_run):
        found = explained(finished_run, applicant)
        assert found["synthetic"] is True
        texts = list(_texts(found))
        assert len(texts) > 20
        for text in texts:
            assert set(text) == {"en", "id"}
            assert text["en"].strip()
            assert text["id"].strip()
            assert not BANNED.search(" ".join(text.values()))


def _texts(value: Any) -> list[dict[str, str]]:
    if isinstance(value, dict):
        if "en" in value:
            return [value]
        return [text for inner in value.values() for text in _texts(inner)]
    return [text for inner in value for text in _texts(inner)] if isinstance(value, list) else []


def test_fields_that_were_not_read_stand_with_their_labels(finished_run: Made) -> None:
    found = explained(finished_run, most_risk(finished_run))
    for entry in (*found["not_assessed"], *found["not_yet_asked"]):
        assert entry["label"] == fields()[entry["field"]].label.model_dump()
    assert {fields()[entry["field"]].stage for entry in found["not_yet_asked"]} == {"checkpoint"}
    assert found["skipped"] == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_says_all_that_the_object_says(language: str, finished_run: Made) -> None:
    for applicant in applicants(finished_run):
        found = explained(finished_run, applicant)
        said = running(page(finished_run, applicant, "--language", language))
        assert f"{applicant:016d}" in said
        sentences = [found["start_sentence"], *(reason["sentence"] for reason in found["reasons"])]
        sentences += [found["others_sentence"], *(one["sentence"] for one in found["what_if"])]
        sentences += [innocent for reason in found["reasons"] for innocent in reason["innocent"]]
        words = [word for text in sentences for word in text[language].split()]
        assert all(word in said for word in words)


def test_the_recommendation_comes_first_and_people_decide_last(finished_run: Made) -> None:
    lines = page(finished_run, most_risk(finished_run)).splitlines()
    recommended = next(place for place, line in enumerate(lines) if line.startswith("Recommended:"))
    reasons = next(place for place, line in enumerate(lines) if line.startswith("Reasons"))
    otherwise = next(place for place, line in enumerate(lines) if line.startswith("What would have"))
    assert recommended < reasons < otherwise
    assert "people decide" in running(" ".join(lines[-3:]))


def test_the_page_fits_eighty_columns(finished_run: Made) -> None:
    for applicant in applicants(finished_run, 3):
        assert max(len(line) for line in page(finished_run, applicant).splitlines()) <= 80


def test_the_points_on_the_page_add_up(finished_run: Made) -> None:
    """The last number on each line of the table, read as a person would."""
    lines = page(finished_run, most_risk(finished_run)).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("Reasons"))
    points = []
    for line in lines[start + 1 :]:
        last = line.rstrip().rpartition(" ")[2].replace("−", "-")
        if last[:1] in "+-" and last[1:2].isdigit():
            points.append(round(100 * float(last)))
        if line.startswith("Sum"):
            break
    *parts, total = points
    assert len(parts) > 3
    assert sum(parts) == total


def test_every_folder_of_a_run_leads_to_the_same_explanation(finished_run: Made) -> None:
    applicant = most_risk(finished_run)
    whole = explained(finished_run, applicant)
    for part in ("screened", "cohort"):
        assert json_of("explain", finished_run.folder / part, "--applicant", applicant) == whole


def test_a_cohort_that_nobody_screened_is_explained_by_the_released_screener(drawn_cohort: Made) -> None:
    table = pq.ParquetFile(next((drawn_cohort.folder / "observed").glob("*.parquet"))).read()
    found = explained(drawn_cohort, table.column("applicant")[0].as_py())
    assert (found["rulebook"], found["cards"]) == ("saring-2026", "saring-2026")


# --- what the run used ------------------------------------------------------------------------------


def with_screened(run: Made, folder: Path, change: Any) -> Made:
    """Return a copy of a run whose screened file was changed."""
    shutil.copytree(run.folder, folder)
    (file,) = (folder / "screened").glob("*.parquet")
    pq.write_table(change(pq.ParquetFile(file).read()), file)
    return Made(folder, {})


def test_the_threshold_is_the_one_of_the_run(finished_run: Made, tmp_path: Path) -> None:
    run = Made(tmp_path / "run", {})
    shutil.copytree(finished_run.folder / "cohort", run.folder / "cohort")
    json_of("screen", run.folder / "cohort", "--threshold", 9, "--out", run.folder / "screened")
    applicant = applicants(finished_run)[1]
    before, found = explained(finished_run, applicant), explained(run, applicant)
    assert before["threshold"] != found["threshold"] == 9.0
    assert found["risk"] == before["risk"] < 9
    assert found["recommendation"] != "refer"


def test_another_threshold_than_was_screened_is_not_explained(finished_run: Made, tmp_path: Path) -> None:
    def marked(table: Any) -> Any:
        mark = json.dumps(dict.fromkeys(STAGE_LABELS, 900)).encode()
        return table.replace_schema_metadata({**table.schema.metadata, THRESHOLDS: mark})

    run = with_screened(finished_run, tmp_path / "run", marked)
    said = running(refusal("explain", run.folder, "--applicant", most_risk(finished_run)))
    assert "and threshold 9.00; today" in said


def test_another_risk_than_was_screened_is_not_explained(finished_run: Made, tmp_path: Path) -> None:
    def shifted(table: Any) -> Any:
        place = table.column_names.index("risk_verification")
        return table.set_column(place, "risk_verification", pc.add(table["risk_verification"], 1.0))

    run = with_screened(finished_run, tmp_path / "run", shifted)
    applicant = applicants(run)[2]
    assert "no longer found" in refusal("explain", run.folder, "--applicant", applicant)
    assert explained(run, applicant, "--stage", "counter")["stage"] == "counter"


# --- what cannot be explained -------------------------------------------------------------------------


def test_an_unknown_applicant_is_told_where_numbers_stand(finished_run: Made) -> None:
    said = refusal("explain", finished_run.folder, "--applicant", 5)
    assert "no applicant 5" in said
    assert "column 'applicant'" in said
    assert "saring show applicant" in said
    for truth in ("victim", "typology", "lawful"):
        assert truth not in said


def test_what_was_screened_without_its_cohort_has_no_dossiers(finished_run: Made, tmp_path: Path) -> None:
    shutil.copytree(finished_run.folder / "screened", tmp_path / "alone")
    said = refusal("explain", tmp_path / "alone", "--applicant", most_risk(finished_run))
    assert "holds no dossiers" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--stage", "noon"], "there is no stage 'noon'"),
        (["--language", "fr"], "there is no language 'fr'"),
    ],
)
def test_wrong_options_are_refused(words: list[str], said: str, finished_run: Made) -> None:
    applicant = most_risk(finished_run)
    assert said in refusal("explain", finished_run.folder, "--applicant", applicant, *words)


def test_folders_that_cannot_be_explained_are_refused(finished_run: Made, tmp_path: Path) -> None:
    applicant = most_risk(finished_run)
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.txt").write_text("no", encoding="utf-8")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1no")
    assert "no such folder" in refusal("explain", tmp_path / "nowhere", "--applicant", applicant)
    assert "no observed files" in refusal("explain", tmp_path / "empty", "--applicant", applicant)
    for name in ("words.txt", "cut.parquet"):
        assert "not a readable Parquet file" in refusal("explain", tmp_path / name, "--applicant", applicant)
    truth = finished_run.folder / "cohort" / "truth"
    assert "sealed truth" in refusal("explain", truth, "--applicant", applicant)


# --- what follows -------------------------------------------------------------------------------------


def printed(policy: str, route: str, language: Language, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the page of somebody whom this route of this policy would send on."""
    followed = replace(screener(), referral=load_policy(policy))
    stage = Stage.CHECKPOINT
    found = followed.assess(cohort().dossiers, stage)
    ids = np.array(followed.referral.route_ids)[found.route]
    row = int(np.flatnonzero(found.is_flagged & (ids == route))[0])
    told = explain(followed, cohort().dossiers, row, stage)
    ExplanationPage(told, (), speaker_of(language), "").print()
    return running(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("language", "headline", "last"),
    [
        (
            "en",
            "Flagged. Under the policy paper-004 the application ends.",
            "nobody receives the person and no way on is offered. It is shown so that its harm can be measured.",
        ),
        (
            "id",
            "Ditandai. Menurut kebijakan paper-004 permohonan diakhiri.",
            "tidak ada jalan lanjut. Ini ditampilkan agar akibat buruknya dapat diukur.",
        ),
    ],
)
def test_where_a_policy_ends_the_application_the_page_says_so(
    language: Language, headline: str, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = printed("paper-004", "turned_away", language, capsys)
    assert headline in said
    assert said.endswith(last)


def test_where_that_policy_names_somebody_the_page_is_the_usual_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = printed("paper-004", "named_by_police", "en", capsys)
    assert "the application ends" not in said
    assert said.endswith("most who are referred are not victims.")


def test_grounds_by_a_rule_name_what_the_rule_found_and_tell_nobody_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = printed("saring-2026", "by_rule", "en", capsys)
    why = said.split("A rule that refers by itself applies", 1)[1].split("resembles most", 1)[0]
    reasons = [rule.reason.en for rule in screener().rulebook.rules if rule.tier == "override"]
    assert any(reason in why for reason in reasons)
    received = said.split("would be received by ", 1)[1].split(" why ", 1)[0]
    assert received not in why.split("told at once", 1)[1]


@pytest.mark.parametrize("mark", [b"{", b"[]", b'{"verification": "x"}', b"\xff\xfe"])
def test_marks_that_were_damaged_are_one_error_with_its_place(
    mark: bytes, finished_run: Made, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished_run.folder, folder)
    (file,) = (folder / "screened").glob("*.parquet")
    table = pq.read_table(file)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, THRESHOLDS: mark}), file)
    said = refusal("explain", folder, "--applicant", most_risk(finished_run))
    assert "what was screened cannot be read" in said
    assert "Screen the cohort again" in said


def test_a_screened_file_that_was_cut_short_is_one_error(finished_run: Made, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished_run.folder, folder)
    (file,) = (folder / "screened").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:200])
    assert "cannot be read" in refusal("explain", folder, "--applicant", most_risk(finished_run))
