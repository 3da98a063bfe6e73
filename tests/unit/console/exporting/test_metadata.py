"""Croissant metadata, datasheet and model card: valid, loaded by others, and made from this very run."""

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from console.exporting.columns import columns_of
from console.exporting.datasheets import Speech
from console.exporting.evaluated import Rate, read_evaluated
from console.exporting.formats import FORMATS, Format
from console.exporting.words import words
from console.words import speaker_of
from models.card import load_cards
from tests.unit.console.exporting.exports import export, json_in

BANNED = re.compile(r"\b(hits?|suspects?|positives?|tersangka)\b", re.IGNORECASE)
RATE = re.compile(r"\d+(?:[.,]\d+)? ?%|\d[\d.,]*\u00a0%")


pytestmark = [
    # mlcroissant's own, of the libraries by which it reads JSON-LD and Parquet
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index is deprecated"),
]


@pytest.fixture(scope="module")
def small(in_parts: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Exports of a few fields of a small cohort, for readers that take their time."""
    place = tmp_path_factory.mktemp("small")
    chosen = "sex,age,fee_idr,job_offer"
    return {form: export(in_parts, place / form, form, fields=chosen) for form in FORMATS}


@pytest.fixture(scope="module")
def whole(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("whole") / "out"
    return export(run, place, "parquet", with_truth=True, with_screened=True)


def issues_of(path: Path) -> tuple[set[Any], set[Any]]:
    found = mlc.Dataset(jsonld=str(path)).metadata.ctx.issues
    return found.errors, found.warnings


@pytest.mark.parametrize("form", FORMATS)
def test_croissant_is_valid_without_a_warning(form: str, small: dict[str, Path]) -> None:
    assert issues_of(small[form] / "croissant.json") == (set(), set())


def test_croissant_of_everything_and_of_the_sealed_side_is_valid(whole: Path) -> None:
    assert issues_of(whole / "croissant.json") == (set(), set())
    assert issues_of(whole / "truth" / "croissant.json") == (set(), set())


def test_the_validator_finds_what_is_wrong(small: dict[str, Path], tmp_path: Path) -> None:
    content = json_in(small["csv"] / "croissant.json")
    for broken in (copy.deepcopy(content), copy.deepcopy(content)):
        broken.pop("license")
        (tmp_path / "croissant.json").write_text(json.dumps(broken))
        assert issues_of(tmp_path / "croissant.json")[1]
    content["distribution"][0].pop("sha256")
    (tmp_path / "croissant.json").write_text(json.dumps(content))
    with pytest.raises(mlc.ValidationError):
        issues_of(tmp_path / "croissant.json")


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_mlcroissant_loads_the_records(form: str, small: dict[str, Path], in_parts: Path) -> None:
    records = list(mlc.Dataset(jsonld=str(small[form] / "croissant.json")).records("observed"))
    rows = pq.read_table(in_parts / "observed", columns=["applicant", "sex", "age", "fee_idr"]).to_pylist()
    assert len(records) == 300
    found = sorted(
        (int(one["observed/applicant"]), one["observed/sex"].decode(), one["observed/age"]) for one in records
    )
    assert found == sorted((row["applicant"], row["sex"], row["age"]) for row in rows)
    asked = sum(
        one["observed/fee_idr"]
        for one in records
        if one["observed/fee_idr"] == one["observed/fee_idr"] and one["observed/fee_idr"] is not None
    )
    assert asked == sum(row["fee_idr"] or 0 for row in rows)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_croissant_says_that_mlcroissant_drops_leading_zeros(form: str, small: dict[str, Path]) -> None:
    place = small[form] / "croissant.json"
    numbers = {
        one["observed/applicant"].decode() for one in mlc.Dataset(jsonld=str(place)).records("observed")
    }
    assert min(map(len, numbers)) < 16, "it keeps them now: mend words.toml and the head of the dictionary"
    assert "mlcroissant reads them without these zeros" in json_in(place)["description"]


def test_croissant_says_that_mlcroissant_reads_no_arrow_records(small: dict[str, Path]) -> None:
    place = small["arrow"] / "croissant.json"
    with pytest.raises(mlc.GenerationError):  # if not: mend words.toml and the head of the dictionary
        list(mlc.Dataset(jsonld=str(place)).records("observed"))
    assert "no records from Arrow files" in json_in(place)["description"]
    assert "mlcroissant" not in json_in(small["parquet"] / "croissant.json")["description"]


@pytest.mark.parametrize("form", FORMATS)
def test_manifest_and_croissant_count_the_same_columns(form: Format, small: dict[str, Path]) -> None:
    (records,) = json_in(small[form] / "croissant.json")["recordSet"]
    counted = json_in(small[form] / "manifest.json")["tables"]["observed"]["columns"]
    assert counted == len(records["field"])
    if form == "csv":
        head = (small[form] / "observed" / "part-00000.csv").read_text().splitlines()[0]
        assert counted == len(head.split(","))


def test_the_export_of_a_screening_claims_no_dossiers(screened: Path, tmp_path: Path) -> None:
    words_of = {
        "en": ("as officers would see", "The dossiers are not in"),
        "id": ("melihat berkasnya", "tidak ada dalam"),
    }
    for language, (claimed, denied) in words_of.items():
        out = export(screened, tmp_path / language, language=language)
        page = (out / "datasheet.md").read_text(encoding="utf-8")
        assert claimed not in page
        assert denied in page
    assert "Synthetic dossiers of" not in json_in(out / "croissant.json")["description"]


def test_the_datasheet_tells_dossiers_from_recommendations(whole: Path) -> None:
    page = (whole / "datasheet.md").read_text()
    assert "as officers would see the dossier" in page
    assert "what the screener recommended" in page
    assert "The dossiers are not in" not in page


def test_indonesian_pages_call_groups_and_stages_as_the_report_does(run: Path, tmp_path: Path) -> None:
    page = (export(run, tmp_path / "out", "csv", language="id") / "model-card.md").read_text("utf-8")
    for name in ("loket", "wawancara", "verifikasi", "pos pemeriksaan", "perempuan"):
        assert f"| {name} |" in page
    for code in ("counter", "interview", "verification", "checkpoint", "female"):
        assert f"| {code} |" not in page


def test_croissant_says_what_must_be_said(whole: Path) -> None:
    content = json_in(whole / "croissant.json")
    assert "Synthetic dossiers of 2,500 simulated passport applicants" in content["description"]
    assert content["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert content["rai:personalSensitiveInformation"][0].startswith("None: synthetic.")
    assert content["rai:dataLimitations"]
    assert content["rai:dataBiases"]
    assert content["rai:dataUseCases"]
    hashes = {one["@id"]: one["sha256"] for one in content["distribution"] if one["@type"] == "cr:FileObject"}
    manifest = json_in(whole / "manifest.json")
    assert hashes == {**manifest["files"], **manifest["screened_files"]}
    sealed = json_in(whole / "truth" / "croissant.json")
    named = {f"truth/{one['@id']}" for one in sealed["distribution"] if one["@type"] == "cr:FileObject"}
    assert named == set(json_in(whole / "truth" / "manifest.json")["files"])


@pytest.mark.parametrize(
    ("language", "sampled", "alike"),
    [
        ("en", "on all victims and on 400 of", "Beside others, on the same people"),
        ("id", "pada semua korban serta 400 dari", "Dibandingkan yang lain, pada orang yang sama"),
    ],
)
def test_a_model_card_says_where_others_were_measured_on_a_sample(
    language: str, sampled: str, alike: str, run: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(run, tmp_path / "run"))
    whole = (export(folder, tmp_path / "whole", "csv", language=language) / "model-card.md").read_text(
        "utf-8"
    )
    content = json_in(folder / "evaluation.json")
    content["measured_on"]["by_section"]["baselines"] = 400
    (folder / "evaluation.json").write_text(json.dumps(content), encoding="utf-8")
    part = (export(folder, tmp_path / "part", "csv", language=language) / "model-card.md").read_text("utf-8")
    assert alike in whole
    assert sampled not in whole
    assert sampled in part
    assert alike not in part


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_datasheet_counts_this_very_run(language: str, run: Path, tmp_path: Path) -> None:
    out = export(run, tmp_path / "out", "csv", language=language)
    page = (out / "datasheet.md").read_text(encoding="utf-8")
    truth = pq.read_table(run / "cohort" / "truth" / "truth")["truth_class"].to_pylist()
    speech = Speech(speaker_of(language).language)
    called = columns_of("truth")["truth_class"].codes
    for name in ("lawful", "irregular", "victim", "facilitator"):
        assert f"| {speech.of(called[name])} | {speech.number(truth.count(name))} |" in page
    sexes = pq.read_table(run / "cohort" / "observed")["sex"].to_pylist()
    label = {"en": "female", "id": "perempuan"}[language]
    assert f"| {label} | {speech.number(sexes.count('female'))} |" in page
    fees = pq.read_table(run / "cohort" / "observed")["fee_idr"].null_count
    assert f"| `fee_idr` | {speech.number(fees)} |" in page
    assert not BANNED.search(page)


def test_a_cohort_alone_does_not_tell_its_scenario_or_its_victims(in_parts: Path, tmp_path: Path) -> None:
    page = (export(in_parts, tmp_path / "out", "csv") / "datasheet.md").read_text()
    assert "does not tell how many are victims" in page
    assert "phnom_penh" not in page
    told = (export(in_parts, tmp_path / "told", "csv", with_truth=True) / "datasheet.md").read_text()
    truth = pq.read_table(in_parts / "truth" / "truth")["truth_class"].to_pylist()
    assert f"| victim of trafficking | {truth.count('victim')} |" in told
    assert "phnom_penh_2022" in told


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_model_card_gives_every_rate_with_its_people_and_interval(
    language: str, run: Path, tmp_path: Path
) -> None:
    page = (export(run, tmp_path / "out", "csv", language=language) / "model-card.md").read_text("utf-8")
    found = read_evaluated(run / "evaluation.json")
    speech = Speech(speaker_of(language).language)
    for rate in (found.miss_rate, found.false_flag_rate, found.lawful_flagged, found.irregular_flagged):
        assert speech.rate(rate) in page
    for grouping in ("typology", "sex", "age_band"):
        for group in found.by[grouping]:
            assert f"{speech.rate(group.miss_rate)} | {speech.rate(group.lawful_flagged)}" in page
    training = load_cards(run / "screened" / "_screener" / "cards.json").training
    assert speech.number(training.others) in page
    assert all(f"| {speech.number(count)} |" in page for count in training.victims.values())
    assert not BANNED.search(page)


def test_no_number_of_a_template_is_typed_by_hand() -> None:
    templates = Path(__file__).parents[4] / "console" / "exporting" / "templates"
    outside = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|`[^`]*`|\(20\d\d\)|10[,.]000|95 ?%|4\.0", re.DOTALL)
    for page in ("datasheet", "model-card"):
        for language in ("en", "id"):
            text = outside.sub("", (templates / f"{page}.{language}.md").read_text(encoding="utf-8"))
            assert set(re.findall(r"\d+", text)) <= {"1", "5"}, "steps of difficulty run from 1 to 5"


def test_both_languages_have_the_same_parts_and_places() -> None:
    templates = Path(__file__).parents[4] / "console" / "exporting" / "templates"
    for page in ("datasheet", "model-card"):
        english, indonesian = ((templates / f"{page}.{one}.md").read_text("utf-8") for one in ("en", "id"))
        assert english.count("\n## ") == indonesian.count("\n## ")
        assert len(re.findall(r"speech\.rate", english)) == len(re.findall(r"speech\.rate", indonesian))
    for text in (*words().dataset.values(), *words().use, *words().misuse, *words().limit, *words().bias):
        assert re.findall(r"\{\w+\}", text.en) == re.findall(r"\{\w+\}", text.id)


def test_of_nobody_no_rate_is_said() -> None:
    nobody = Rate(n=0, estimate=None, low=None, high=None, missed=0)
    assert Speech("en").rate(nobody) == "cannot be said (n = 0)"
    assert Speech("id").rate(nobody) == "tidak dapat dikatakan (n = 0)"
    none_missed = Rate(n=3, estimate=0.0, low=0.0, high=0.708, missed=0)
    assert Speech("en").rate(none_missed).startswith("0\u00a0% (0 of 3; 95\u00a0% 0")


def test_markup_in_a_scenario_stays_text(run: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(run, tmp_path / "run"))
    content = json_in(copied / "evaluation.json")
    content["about"]["title"]["en"] = "<script>alert(1)</script>\n# Heading"
    (copied / "evaluation.json").write_text(json.dumps(content))
    out = export(copied, tmp_path / "out", "csv")
    for page in ("datasheet.md", "model-card.md"):
        text = (out / page).read_text()
        assert "\\<script\\>alert(1)\\</script\\> \\# Heading" in text
        assert "<script>" not in text
