"""Choosing a screener: cards or rules that decide by themselves, and the screener of a finished run."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.screened import read_screened
from console.screeners import decides, refers_from, screener_for, screener_of, training_of_rivals
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import load_cards
from screening.evaluation.pages import html_report
from screening.rulebook import load_rulebook
from screening.rules_only import published_rulebooks
from screening.screener import OVERRIDE, RELEASED
from tests.unit.console.conftest import Made
from tests.unit.console.terminal import OK, SCENARIO, json_of, saring

PUBLISHED = sorted(published_rulebooks())
BAD_INPUT = 3


@pytest.fixture(scope="module")
def paper_run(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("runs") / "paper"
    words = ("run", SCENARIO, "--n", 2500, "--seed", 5, "--no-yardsticks", "--rulebook", "paper-004")
    return Made(folder, json_of(*words, "--out", folder))


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the page, which takes longest."""
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)


def refused(*words: object) -> str:
    """Run a command that must be refused as bad input and return what it says."""
    result = saring(*words)
    assert result.exit_code == BAD_INPUT
    assert "To mend it:" in result.stderr
    return " ".join(result.stderr.split())


# --- what options describe ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("cards", [None, RELEASED, "none"])
def test_a_rulebook_that_decides_by_itself_needs_no_cards(name: str, cards: str | None) -> None:
    screener = screener_for(name, cards, None)
    assert decides(screener) == "rules"
    assert (screener.cards.id, screener.rulebook.rulebook.id) == ("none", name)
    assert not screener.operating_point.details


def test_ours_takes_the_released_cards_unless_told_otherwise() -> None:
    assert screener_for(RELEASED, None, None).cards.id == RELEASED
    assert decides(screener_for(RELEASED, RELEASED, None)) == "cards"


@pytest.mark.parametrize("stage", Stage)
def test_a_threshold_of_rules_is_a_number_of_them_at_every_stage(stage: Stage) -> None:
    screener = screener_for(RELEASED, "none", 3.0)
    assert decides(screener) == "rules"
    assert screener.operating_point.threshold(stage) == 300


@pytest.mark.parametrize(
    ("rulebook", "cards", "threshold", "number"),
    [(RELEASED, "none", 3.0, 3), ("paper-004", None, None, None), (RELEASED, None, 2.0, None)],
)
def test_how_many_rules_refer_together_is_told_only_where_they_do(
    rulebook: str, cards: str | None, threshold: float | None, number: int | None
) -> None:
    assert refers_from(screener_for(rulebook, cards, threshold)) == number


@pytest.mark.parametrize("threshold", [1.0, 0.0, -2.5, 2.5, float("nan"), float("inf"), 1e300])
def test_what_is_no_number_of_rules_is_refused(threshold: float) -> None:
    with pytest.raises(BadInput):
        screener_for(RELEASED, "none", threshold)


def test_rules_for_cards_need_a_number_when_they_are_to_decide() -> None:
    with pytest.raises(BadInput, match="does not say how many"):
        screener_for(RELEASED, "none", None)


def test_a_number_in_the_rulebook_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    ours = Path("screening/rulebooks/saring-2026.toml").read_text(encoding="utf-8")
    path.write_text(ours.replace("version = 1\n", "version = 1\nrefers_from = 4\n", 1), encoding="utf-8")
    assert screener_for(str(path), "none", None).operating_point.threshold(Stage.COUNTER) == 400


def test_cards_for_rules_that_take_none_are_refused() -> None:
    with pytest.raises(BadInput, match="takes no cards"):
        screener_for("paper-004", "other.json", None)


def test_a_certificate_for_rules_that_have_none_is_refused() -> None:
    with pytest.raises(BadInput, match="no certificate"):
        screener_for("paper-004", None, None, "other.json")


def test_the_challenger_learns_where_the_released_cards_did() -> None:
    released = load_cards(RELEASED).training
    assert training_of_rivals(screener_for("women-17-45", None, None).cards) == released
    assert training_of_rivals(screener_for(RELEASED, None, None).cards) == released


# --- the screener of a run --------------------------------------------------------------------------------


def test_a_run_is_looked_at_again_by_the_rules_that_screened_it(paper_run: Made) -> None:
    screener = screener_of(paper_run.folder)
    assert (decides(screener), screener.rulebook.rulebook.id) == ("rules", "paper-004")
    thresholds = read_screened(paper_run.folder / "screened").thresholds
    assert {stage.label: screener.operating_point.threshold(stage) for stage in Stage} == thresholds


def test_a_run_with_cards_is_looked_at_again_with_them(finished_run: Made) -> None:
    screener = screener_of(finished_run.folder)
    assert (screener.cards.id, screener.rulebook.rulebook.id) == (RELEASED, RELEASED)
    assert screener.operating_point == screener_for(RELEASED, None, None).operating_point


def test_a_cohort_that_nobody_screened_is_looked_at_with_ours(drawn_cohort: Made) -> None:
    assert screener_of(drawn_cohort.folder).cards.id == RELEASED


def test_a_folder_that_keeps_no_screener_is_looked_at_with_ours(tmp_path: Path) -> None:
    (tmp_path / "screened").mkdir()
    (tmp_path / "screened" / "part-0.parquet").write_bytes(b"no parquet")
    assert screener_of(tmp_path).cards.id == RELEASED


# --- commands -----------------------------------------------------------------------------------------------


def test_a_run_by_rules_says_that_no_threshold_is_certified(paper_run: Made) -> None:
    found: dict[str, Any] = json.loads((paper_run.folder / "evaluation.json").read_text(encoding="utf-8"))
    assert (found["decides"], found["rulebook_id"], found["refers_from"]) == ("rules", "paper-004", None)
    assert found["certificate"] == {"cards": "none"}
    assert {rule["rule"] for rule in found["rules"]} == {rule.id for rule in load_rulebook("paper-004").rules}
    page = (paper_run.folder / "report.html").read_text(encoding="utf-8")
    assert "No threshold is certified here: the rules of paper-004 decide by themselves" in page
    assert "Tidak ada ambang yang disertifikasi di sini" in page
    assert "--rulebook paper-004 --cards none</code>" in page
    assert "carries this claim of its certificate" not in page


def test_a_run_by_rules_is_printed_with_that_sentence(no_page: None, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ("--n", 500, "--no-yardsticks", "--rulebook", "women-17-45", "--out", out)
    result = saring("run", SCENARIO, *words)
    assert result.exit_code == OK
    assert "Decided by the rules of women-17-45 without cards; no threshold is certified." in result.stdout


def test_a_run_of_our_rules_alone_can_be_made_again_from_its_report(tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ("--n", 500, "--no-yardsticks", "--cards", "none", "--threshold", 3, "--out", out)
    found = json_of("run", SCENARIO, *words)
    assert (found["decides"], found["refers_from"], found["threshold"]) == ("rules", 3, 3.0)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "--rulebook saring-2026 --cards none --threshold 3</code>" in page


def test_somebody_flagged_by_a_rule_is_explained_by_that_rule(paper_run: Made) -> None:
    found = read_screened(paper_run.folder / "screened")
    by_rule = [int(one) for one in found.applicants[found.risk["verification"] == OVERRIDE][:3]]
    assert len(by_rule) == 3
    books = {rule.id for rule in load_rulebook("paper-004").rules if rule.tier == "override"}
    for applicant in by_rule:
        explained = json_of("explain", paper_run.folder, "--applicant", applicant)
        assert explained["recommendation"] == "refer"
        assert explained["overrides"]
        assert set(explained["overrides"]) <= books


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_cohort_is_screened_and_evaluated_by_rules(name: str, drawn_cohort: Made, tmp_path: Path) -> None:
    out = tmp_path / "screened"
    screened = json_of("screen", drawn_cohort.folder, "--rulebook", name, "--out", out)
    assert (screened["cards"], screened["rulebook"]) == ("none", name)
    assert screened["recommendations"]["refer"] > 0
    evaluated = json_of("evaluate", out, "--truth", drawn_cohort.folder)
    flagged = evaluated["miss_rate"]["n"] - evaluated["miss_rate"]["missed"]
    flagged += evaluated["false_flag_rate"]["flagged"] + evaluated["facilitators_flagged"]["flagged"]
    assert flagged == screened["recommendations"]["refer"]


def test_a_run_by_rules_and_a_run_with_cards_are_compared(finished_run: Made, paper_run: Made) -> None:
    found = json_of("compare", finished_run.folder, paper_run.folder)
    assert found["kind"] == "runs"


def test_a_lever_is_compared_under_rules() -> None:
    words = ("--lever", "awareness_campaign", "--n", 500, "--rulebook", "paper-004")
    assert json_of("compare", SCENARIO, *words)["kind"] == "levers"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rulebook", "paper-04"), "Did you mean 'paper-004'?"),
        (("--rulebook", "paper-004", "--cards", "x.json"), "takes no cards"),
        (("--rulebook", "paper-004", "--threshold", "1"), "an override in its rulebook"),
        (("--rulebook", "paper-004", "--threshold", "99"), "99 evidence rules cannot be asked for"),
        (("--rulebook", "women-17-45", "--threshold", "2"), "its rules refer alone"),
        (("--cards", "none"), "Add --threshold 2"),
    ],
)
def test_what_does_not_fit_together_is_said_with_its_mend(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    assert said in refused("run", SCENARIO, "--n", 300, "--no-yardsticks", *words, "--out", out)
    assert not out.exists()
