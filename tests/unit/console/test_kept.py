"""A run keeps its screener: what it was screened with explains it later, whatever became of the sources."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from console.kept import CARDS, CERTIFICATE, KEPT, POLICY, RULEBOOK, kept_screener
from console.screened import read_screened
from console.screeners import decides, screener_for, screener_of
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import load_cards, save_cards
from screening import rulebook as rulebooks
from screening.evaluation.pages import html_report
from screening.operating_point import load_operating_point
from screening.referral_policy import policy_file
from screening.rulebook import rulebook_file
from screening.screener import RELEASED
from tests.unit.console.conftest import Made
from tests.unit.console.terminal import SCENARIO, json_of, refusal

PARTS = (RULEBOOK, CARDS, CERTIFICATE, POLICY)


def own_cards(folder: Path) -> Path:
    """Write the released cards and their certificate under another name; return the cards."""
    cards, point = load_cards(RELEASED), load_operating_point(RELEASED)
    own = cards.model_copy(update={"id": "own"})
    save_cards(own, folder / "own.json")
    certificate = {**point.model_dump(mode="json"), "cards": "own", "cards_hash": own.content_hash}
    (folder / "own.certificate.json").write_text(json.dumps(certificate), encoding="utf-8")
    return folder / "own.json"


def own_rules(folder: Path) -> Path:
    """Write a released rulebook under another name and return its file."""
    text = rulebook_file("women-17-45").read_text(encoding="utf-8")
    path = folder / "own.toml"
    path.write_text(text.replace('id = "women-17-45"', 'id = "own"', 1), encoding="utf-8")
    return path


def run_with(folder: Path, *words: object) -> Made:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_report, "write_html", lambda *_: None)
        made = json_of("run", SCENARIO, "--n", 300, "--seed", 3, "--no-yardsticks", *words, "--out", folder)
    return Made(folder, made)


@pytest.fixture(scope="module")
def by_cards(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run with cards from a file that is gone since, and a threshold and a policy of its own."""
    sources = tmp_path_factory.mktemp("sources")
    words = ("--cards", own_cards(sources), "--threshold", "-3.25", "--policy", "paper-004")
    run = run_with(tmp_path_factory.mktemp("runs") / "cards", *words)
    shutil.rmtree(sources)
    return run


@pytest.fixture(scope="module")
def by_rules(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run by rules from a file that is gone since."""
    sources = tmp_path_factory.mktemp("sources")
    run = run_with(tmp_path_factory.mktemp("runs") / "rules", "--rulebook", own_rules(sources))
    shutil.rmtree(sources)
    return run


def somebody(run: Made) -> int:
    """Return the applicant with the most risk."""
    found = read_screened(run.folder / "screened")
    return int(found.applicants[found.risk["verification"].argmax()])


def test_every_part_is_kept_as_a_file_of_its_own_kind(by_cards: Made) -> None:
    kept = by_cards.folder / "screened" / KEPT
    assert {path.name for path in kept.iterdir()} == set(PARTS)
    assert (kept / RULEBOOK).read_bytes() == rulebook_file(RELEASED).read_bytes()
    assert (kept / POLICY).read_bytes() == policy_file("paper-004").read_bytes()
    assert load_cards(kept / CARDS).stages == load_cards(RELEASED).stages


def test_rules_that_decide_by_themselves_keep_no_cards(by_rules: Made) -> None:
    kept = by_rules.folder / "screened" / KEPT
    assert {path.name for path in kept.iterdir()} == {RULEBOOK, CERTIFICATE, POLICY}


def test_cards_threshold_and_policy_are_found_again(by_cards: Made) -> None:
    screener = screener_of(by_cards.folder)
    assert (screener.cards.id, decides(screener)) == ("own", "cards")
    assert screener.referral.id == "paper-004"
    released = load_operating_point(RELEASED)
    expected = {**released.thresholds, "verification": -325}
    assert dict(screener.operating_point.thresholds) == expected
    assert read_screened(by_cards.folder / "screened").thresholds == expected


def test_rules_of_ones_own_are_found_again(by_rules: Made) -> None:
    screener = screener_of(by_rules.folder)
    assert (decides(screener), screener.rulebook.rulebook.id) == ("rules", "own")
    thresholds = read_screened(by_rules.folder / "screened").thresholds
    assert {stage.label: screener.operating_point.threshold(stage) for stage in Stage} == thresholds


@pytest.mark.parametrize("kind", ["by_cards", "by_rules"])
@pytest.mark.parametrize("part", ["", "screened", "cohort", "screened/part-00000.parquet"])
def test_a_run_is_explained_by_what_screened_it(kind: str, part: str, request: pytest.FixtureRequest) -> None:
    run: Made = request.getfixturevalue(kind)
    found = json_of("explain", run.folder / part, "--applicant", somebody(run))
    named = ("saring-2026", "own") if kind == "by_cards" else ("own", "none")
    assert (found["rulebook"], found["cards"]) == named
    assert found["threshold"] == run.printed["threshold"]


def test_new_released_rules_change_nothing_for_an_old_run(
    by_cards: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As if the released rulebook had been rewritten since: the kept one is read."""
    before = json_of("explain", by_cards.folder, "--applicant", somebody(by_cards))
    monkeypatch.setattr(rulebooks, "_RELEASED", tmp_path)
    with pytest.raises(BadInput):
        screener_for(RELEASED, None, None)
    assert json_of("explain", by_cards.folder, "--applicant", somebody(by_cards)) == before


# --- what `saring screen` leaves ------------------------------------------------------------------------


@pytest.fixture
def screened_here(by_rules: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cohort drawn and screened into the usual folders, by rules from a file that is gone since."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(by_rules.folder / "cohort", tmp_path / "var" / "cohorts" / "trial")
    rules = own_rules(tmp_path)
    json_of("screen", tmp_path / "var/cohorts/trial", "--rulebook", rules, "--policy", "paper-004")
    rules.unlink()
    return tmp_path / "var" / "screened" / "trial"


@pytest.mark.parametrize("part", ["", "part-00000.parquet"])
def test_a_screened_folder_is_explained_by_what_screened_it(
    part: str, screened_here: Path, by_rules: Made
) -> None:
    found = json_of("explain", screened_here / part, "--applicant", somebody(by_rules))
    assert (found["rulebook"], found["cards"]) == ("own", "none")
    assert screener_of(screened_here).referral.id == "paper-004"


def test_nothing_is_kept_by_a_cohort_that_nobody_screened(drawn_cohort: Made) -> None:
    assert kept_screener(drawn_cohort.folder) is None
    assert screener_of(drawn_cohort.folder).cards.id == RELEASED


# --- what was changed -----------------------------------------------------------------------------------


def copied(run: Made, folder: Path) -> Path:
    """Return the kept screener in a copy of a run."""
    shutil.copytree(run.folder, folder)
    return folder / "screened" / KEPT


def _without(name: str) -> Callable[[Path], None]:
    return lambda kept: (kept / name).unlink()


def _cut(name: str) -> Callable[[Path], None]:
    def change(kept: Path) -> None:
        text = (kept / name).read_text(encoding="utf-8")
        (kept / name).write_text(text[: len(text) // 2], encoding="utf-8")

    return change


def _in_json(name: str, **changes: object) -> Callable[[Path], None]:
    def change(kept: Path) -> None:
        content = json.loads((kept / name).read_text(encoding="utf-8"))
        (kept / name).write_text(json.dumps({**content, **changes}), encoding="utf-8")

    return change


def _other_rules(kept: Path) -> None:
    shutil.copyfile(rulebook_file("paper-004"), kept / RULEBOOK)


CHANGES: dict[str, Callable[[Path], None]] = {
    **{f"{name} is missing": _without(name) for name in PARTS},
    **{f"{name} was cut short": _cut(name) for name in PARTS},
    "cards of another name": _in_json(CARDS, id="others"),
    "thresholds of other cards": _in_json(CERTIFICATE, cards="others"),
    "thresholds for other columns": _in_json(CERTIFICATE, columns_hash="0" * 64),
    "cards for other columns": _in_json(CARDS, columns_hash="0" * 64),
    "other rules": _other_rules,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_said_and_nothing_else_explains_instead(
    change: str, by_cards: Made, tmp_path: Path
) -> None:
    kept = copied(by_cards, tmp_path / "run")
    CHANGES[change](kept)
    said = " ".join(refusal("explain", tmp_path / "run", "--applicant", somebody(by_cards)).split())
    assert "what this was screened with can no longer be read: " in said
    assert str(kept) in said
    assert "To mend it: Screen the cohort again." in said


def test_other_points_on_the_kept_cards_are_found_out(by_cards: Made, tmp_path: Path) -> None:
    kept = copied(by_cards, tmp_path / "run")
    content = json.loads((kept / CARDS).read_text(encoding="utf-8"))
    for stage in content["stages"]:
        stage["start"] = [[one + 40 for one in row] for row in stage["start"]]
    (kept / CARDS).write_text(json.dumps(content), encoding="utf-8")
    said = refusal("explain", tmp_path / "run", "--applicant", lowest(by_cards))
    assert "their points have changed" in " ".join(said.split())


def test_another_threshold_in_the_kept_certificate_is_found_out(by_cards: Made, tmp_path: Path) -> None:
    kept = copied(by_cards, tmp_path / "run")
    thresholds = json.loads((kept / CERTIFICATE).read_text(encoding="utf-8"))["thresholds"]
    _in_json(CERTIFICATE, thresholds={**thresholds, "verification": -900})(kept)
    said = refusal("explain", tmp_path / "run", "--applicant", lowest(by_cards))
    assert "threshold -3.25; today they are" in " ".join(said.split())


def lowest(run: Made) -> int:
    """Return the applicant with the least risk."""
    found = read_screened(run.folder / "screened")
    return int(found.applicants[found.risk["verification"].argmin()])
