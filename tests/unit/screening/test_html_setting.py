"""How a run was set stands in the head of its report, and every count per 10,000 follows from it."""

import pytest

from screening.evaluation.pages.html_parts import curve_points
from screening.evaluation.pages.html_setting import (
    base_rate_text,
    is_as_released,
    options,
    per_10000,
    settings,
    share_of_victims,
)
from screening.evaluation.texts import number
from screening.referral_policy import load_policy
from tests.web.report_page import report_of, sample_report
from tests.web.report_sample import sample

LEVER = {"en": "Interview training", "id": "Pelatihan wawancara"}
RATE = 0.001


def changed() -> dict[str, object]:
    """Return what a run with a lever, a step of difficulty, a base rate and an early stage says of itself."""
    about = {**sample()["about"], "levers": [LEVER], "difficulty_step": 4}
    return {"about": about, "base_rate": RATE, "stage": "counter"}


def test_a_usual_run_says_nothing_of_its_setting() -> None:
    assert settings(sample()) == []
    assert not sample_report().by_class("setting")
    assert options(sample()) == " --pathway"
    assert is_as_released(sample())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Interview training", "Difficulty step 4 of 5", "Base rate 1 in 1,000", "counter stage")),
        ("id", ("Pelatihan wawancara", "Tingkat kesulitan 4 dari 5", "Angka dasar 1 dari 1.000", "loket")),
    ],
)
def test_the_head_says_what_was_set(language: str, words: tuple[str, ...]) -> None:
    (head,) = report_of(**changed()).by_name("header")
    (note,) = head.by_class("setting")
    assert all(word in note.text(language) for word in words)


def test_the_command_that_makes_it_again_has_every_option() -> None:
    said = report_of(**changed()).by_id("sources").text()
    assert "--lever LEVER --difficulty 4 --base-rate 1:1000" in said
    assert "LEVER is the id of a lever, from `saring show levers`: Interview training." in said


def test_a_changed_scenario_is_not_the_one_that_was_certified() -> None:
    certificate = {**sample()["certificate"], "scenario": sample()["scenario"]}
    assert (
        "certified on this scenario, sample_2022" in report_of(certificate=certificate).by_id("words").text()
    )
    about = changed()["about"]
    words = report_of(certificate=certificate, about=about).by_id("words").text()
    assert "certified on this scenario as released" in words
    assert "the claim was not made for these people" in words


def test_per_10000_is_the_cohort_itself_without_a_base_rate() -> None:
    content = sample()
    flags = per_10000(content, content["miss_rate"]["missed"], *_wrong(content))
    assert flags.flags == pytest.approx(content["flags_per_10000"])
    assert flags.victims == pytest.approx(10_000 * share_of_victims(content))


def test_every_count_per_10000_is_at_the_base_rate() -> None:
    content = sample()
    content["base_rate"] = RATE
    found = 1 - content["miss_rate"]["estimate"]
    flags = 10_000 * (RATE * found + (1 - RATE) * content["false_flag_rate"]["estimate"])
    many = per_10000(content, content["miss_rate"]["missed"], *_wrong(content))
    assert many.flags == pytest.approx(flags)
    assert many.victims == pytest.approx(10_000 * RATE)
    assert many.found + many.missed == pytest.approx(many.victims)
    (here,) = (point for point in curve_points(content) if point.is_here)
    assert here.flags_per_10000 == pytest.approx(flags)
    content["flags_per_10000"] = flags
    page = report_of(**content)
    assert f"about {number(flags).en} people" in page.by_id("words").text()
    assert number(flags).en in page.by_id("live").text()


def test_a_base_rate_that_is_no_whole_fraction_is_said_in_per_cent() -> None:
    content = {**sample(), "base_rate": 0.03}
    said = base_rate_text(content)
    assert said is not None
    assert said.en == "3\u00a0%"
    assert options(content) == " --base-rate 0.03 --pathway"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Policy followed: paper-004, “Reject, as paper 004 writes”"),
        ("id", "Kebijakan yang diikuti: paper-004, “Tolak, seperti ditulis makalah 004”"),
    ],
)
def test_the_head_says_which_policy_was_followed(language: str, words: str) -> None:
    policy = load_policy("paper-004").written
    followed = {"id": policy.id, "title": policy.title.model_dump(), "routes": {}}
    followed["description"] = policy.description.model_dump()
    report = report_of(policy=followed, referred_by_route=[])
    (note,) = report.by_name("header")[0].by_class("setting")
    assert words in note.text(language)
    assert "--policy paper-004" in report.by_id("sources").text()


def test_the_head_says_how_many_officers_there_were_where_that_was_changed() -> None:
    content = sample()
    content["pathway_walk"]["stages"][1]["policy"]["capacity"] = 0.05
    content["pathway_walk"]["stages"][2]["policy"]["capacity"] = None
    report = report_of(pathway_walk=content["pathway_walk"])
    (note,) = report.by_name("header")[0].by_class("setting")
    assert "at the interview stage a day’s work was set to 5 %" in note.text()
    assert (
        "--pathway --capacity interview=0.05 --capacity verification=unlimited"
        in report.by_id("sources").text()
    )


def test_a_run_without_yardsticks_is_made_again_without_them() -> None:
    report = report_of(oracle=None, challenger=None, logistic=None, rules_only=None)
    assert "--no-yardsticks" in report.by_id("sources").text()


def test_a_rule_of_a_later_stage_is_not_yet_asked() -> None:
    content = sample()
    rules = {key: {**rule, "stage": "checkpoint"} for key, rule in content["rulebook"].items()}
    said = report_of(rulebook=rules).by_id("rules").text()
    assert "Not yet asked by the verification stage" in said


def _wrong(content: dict[str, dict[str, int]]) -> list[int]:
    return [content[f"{who}_flagged"]["flagged"] for who in ("lawful", "irregular")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Base rate 1 in 1,000 before the levers, 1 in 1,176 after them"),
        ("id", "Angka dasar 1 dari 1.000 sebelum intervensi, 1 dari 1.176 sesudahnya"),
    ],
)
def test_a_base_rate_is_said_before_and_after_levers(language: str, words: str) -> None:
    report = report_of(**changed(), base_rate_after_levers=0.00085)
    (note,) = report.by_name("header")[0].by_class("setting")
    assert words in note.text(language)
    assert "--base-rate 1:1000" in report.by_id("sources").text()


def test_every_count_per_10000_is_at_the_share_that_levers_left() -> None:
    content = {**sample(), "base_rate": RATE, "base_rate_after_levers": 0.0005}
    assert share_of_victims(content) == 0.0005
    assert per_10000(content, 0, 0, 0).found == pytest.approx(5)
