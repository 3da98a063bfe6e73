"""What the report of a run must say.

Every rate with its n and interval; victims, irregular and lawful apart; each lookalike beside ordinary
travellers; reasons that add up; and the truth only when it is asked for.
"""

import re

import pytest

from tests.architecture.test_texts import BANNED
from tests.web.report_page import Element, report_of, sample_report
from tests.web.report_sample import sample

LANGUAGES = ("en", "id")
INTERVAL = re.compile(r"\(<?[\d.,]+–<?[\d.,]+\s?%\s?\)")
OF = re.compile(r"[\d.,]+ (of|dari) [\d.,]+")


def section(name: str, report: Element | None = None) -> Element:
    return (report or sample_report()).by_id(name)


# --- every rate with its n and its interval -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rate_in_a_table_stands_with_its_count_and_interval(language: str) -> None:
    cells = [cell for cell in sample_report().by_name("td") if cell.by_class("rate")]
    rates = [cell for cell in cells if "%" in cell.by_class("rate")[0].text(language)]
    assert len(rates) > 50
    for cell in rates:
        assert INTERVAL.search(cell.text(language)), cell.text(language)
        assert OF.search(cell.text(language)), cell.text(language)


def test_the_headlines_stand_with_their_counts_and_intervals() -> None:
    for headline in section("words").by_class("headline")[:3]:
        assert OF.search(headline.text())
        assert "95 % interval" in headline.text()


def test_every_rule_that_is_shown_says_whom_it_saves_and_whom_it_stops_with_intervals() -> None:
    worths = [item for worth in section("rules").by_class("worth") for item in worth.by_name("li")]
    assert worths
    for item in worths:
        assert OF.search(item.text())
        assert INTERVAL.search(item.text())


def test_a_group_of_fewer_than_thirty_carries_a_warning() -> None:
    (row,) = [r for r in section("missed").by_name("tr") if "expert" in r.text() and "of 12" in r.text()]
    assert "Only 12: too few to tell" in row.text()
    (crude,) = [r for r in section("missed").by_name("tr") if "crude" in r.text() and "of 168" in r.text()]
    assert "too few" not in crude.text()


# --- irregular is not trafficked ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tradeoff", "stages", "groups", "rules"])
def test_wherever_lawful_travellers_are_counted_the_irregular_are_counted_apart(name: str) -> None:
    for table in section(name).by_name("table"):
        heads = " ".join(head.text() for head in table.by_name("th"))
        assert ("Lawful" in heads) == ("Irregular" in heads)
        assert "Lawful" in heads


def test_irregular_travellers_are_never_called_trafficked() -> None:
    assert "That is not trafficking" in section("words").text()
    (row,) = [r for r in section("travellers").by_name("tr") if r.text().startswith("irregular worker")]
    assert "irregular, not trafficked" in row.text()


def test_facilitators_are_counted_apart() -> None:
    assert "of 20 facilitators" in section("words").text()
    assert "escort" not in " ".join(row.text() for row in section("travellers").by_name("tr"))


# --- lookalikes ---------------------------------------------------------------------------------------------


def test_each_lookalike_stands_beside_all_ordinary_travellers() -> None:
    content = sample()
    table = section("travellers").by_name("table")[0].text()
    ordinary = content["by"]["traveller"][0]["lawful_flagged"]
    for group in content["by"]["traveller"]:
        if group["group"].startswith("lookalike."):
            rate = group["false_flag_rate"]
            assert f"{rate['flagged']} of {rate['n']}" in table
    assert f"{ordinary['flagged']} of 1,500" in table


def test_a_lookalike_stands_beside_the_journey_it_looks_like_where_the_run_says_which() -> None:
    report = report_of(lookalike_of={"lookalike.backpacker": "journey.tourist"})
    (row,) = [r for r in section("travellers", report).by_name("tr") if r.text().startswith("backpacker")]
    assert "tourist" in row.text()
    assert row.text().count("%") == 4


# --- in words -----------------------------------------------------------------------------------------------


def test_the_words_give_what_was_missed_and_who_was_flagged() -> None:
    content, said = sample(), section("words").text()
    miss = content["miss_rate"]
    assert f"{miss['missed']} of {miss['n']} victims were missed" in said
    assert f"{content['lawful_flagged']['flagged']} of 1,800 lawful travellers were flagged" in said
    assert f"{content['irregular_flagged']['flagged']} of 200 irregular travellers were flagged" in said
    assert "Of 10,000 such applicants" in said


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.01, 0.05), "misses 3.0 points fewer than the screener"),
        ((-0.05, -0.01), "misses 3.0 points more than the screener"),
        ((-0.01, 0.05), "cannot tell which of the two misses more"),
    ],
)
def test_the_challenger_is_compared_by_the_paired_interval(ends: tuple[float, float], said: str) -> None:
    challenger = sample()["challenger"]
    challenger["screener_minus_this"] |= {"low": ends[0], "high": ends[1], "estimate": sum(ends) / 2}
    assert said in section("words", report_of(challenger=challenger)).text()


def test_an_oracle_that_is_not_better_is_not_said_to_be() -> None:
    oracle = sample()["oracle"]
    oracle["screener_minus_this"] |= {"low": -0.02, "high": 0.01, "estimate": -0.005}
    said = section("words", report_of(oracle=oracle)).text()
    assert "points more (paired" not in said


def test_the_instruction_of_2023_stands_beside_with_its_source() -> None:
    said = section("words").text()
    assert "women aged 17 to 45" in said
    assert "90 of 180 victims" in said
    assert "grade C" in said


def test_the_claim_is_not_carried_over_to_another_scenario() -> None:
    said = section("words").text()
    assert "certified on another scenario, baseline_year" in said
    assert "a population for which the claim was not made" in said


def test_a_claim_holds_on_its_own_scenario() -> None:
    certificate = {**sample()["certificate"], "scenario": "sample_2022"}
    assert "certified on this scenario" in section("words", report_of(certificate=certificate)).text()


# --- dossiers -----------------------------------------------------------------------------------------------


def test_reasons_add_up_to_the_risk_as_printed() -> None:
    for dossier in section("dossiers").by_class("dossier"):
        (reasons,) = dossier.by_class("reasons")
        points = [_hundredths(cell.text()) for cell in reasons.by_class("number")[1:]]
        assert sum(points[:-1]) == points[-1]
        assert "do not add up" not in dossier.text()


def _hundredths(shown: str) -> int:
    return round(100 * float(shown.replace("−", "-").replace("+", "")))


def test_reasons_that_do_not_add_up_are_said_not_to() -> None:
    content = sample()
    content["examples"][0]["explanation"]["risk"] = -1.0
    assert "do not add up" in section("dossiers", report_of(examples=content["examples"])).text()


def test_an_override_rule_is_named_as_what_decided() -> None:
    assert "A rule that refers on its own decided: Led by another" in section("dossiers").text()


def test_what_was_not_assessed_and_not_yet_asked_is_said() -> None:
    (dossier, *_) = section("dossiers").by_class("dossier")
    assert "Debt for the journey" in dossier.by_class("unasked")[0].text()
    assert "Route on the day" in dossier.by_class("unasked")[0].text()


def test_the_truth_stands_closed_and_only_there() -> None:
    for dossier in section("dossiers").by_class("dossier"):
        (truth,) = dossier.by_class("truth")
        assert "open" not in truth.attributes
        told = truth.by_name("p")[0].text()
        before = dossier.text().replace(told, "")
        assert "The truth" in told
        assert not re.search(r"\b(victim|honest|irregular traveller|camouflage)\b", before)


def test_the_order_of_the_dossiers_tells_nothing() -> None:
    content = sample()
    told = _truths(report_of(examples=content["examples"]))
    assert told == _truths(report_of(examples=content["examples"][::-1]))


def _truths(report: Element) -> list[str]:
    return [truth.text() for truth in section("dossiers", report).by_class("truth")]


# --- manners ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_called_what_nobody_is(language: str) -> None:
    assert BANNED.findall(sample_report().text(language)) == []


def test_it_says_synthetic_first_of_all() -> None:
    ribbon = sample_report().by_class("ribbon")[0]
    assert "Synthetic" in ribbon.text("en")
    assert "Sintetis" in ribbon.text("id")
    assert "Nobody in this report exists" in sample_report().by_class("lead")[0].text()


def test_everything_is_said_in_both_languages() -> None:
    english = list(sample_report().all(lambda e: e.attributes.get("lang") == "en"))
    indonesian = list(sample_report().all(lambda e: e.attributes.get("lang") == "id"))
    assert len(english) - 1 == len(indonesian)  # the page itself begins in English


def test_every_chart_has_a_text_alternative_and_a_table() -> None:
    charts = sample_report().by_class("chart")
    assert len(charts) == 4
    for chart in charts:
        pictures = list(chart.all(lambda e: e.attributes.get("role") == "img"))
        assert [picture.attributes["lang"] for picture in pictures] == ["en", "id"]
        assert all(picture.attributes["aria-label"] for picture in pictures)
    for name in ("words", "tradeoff"):
        assert section(name).by_name("table")


def test_every_table_has_a_caption_and_named_rows() -> None:
    for table in sample_report().by_name("table"):
        assert table.by_name("caption")
        assert table.by_name("th")


def test_it_tells_how_to_make_it_again_and_its_limits() -> None:
    said = section("sources").text()
    assert "saring run sample_2022 --n 2200 --seed SEED" in said
    assert "who holds the seed holds the answers" in said
    assert "Marsya Safira" in said, "a source that the evidence knows is given in full"
    assert "somebody's notes" in said
    assert "Two papers disagree." in said
    assert "this simulated cohort only" in said
    assert "Nothing is followed up" in said
