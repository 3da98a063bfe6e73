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


@pytest.mark.parametrize("name", ["tradeoff", "stages", "groups", "rules", "received"])
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
    assert said in section("yardsticks", report_of(challenger=challenger)).text()


def test_an_oracle_that_is_not_better_is_not_said_to_be() -> None:
    oracle = sample()["oracle"]
    oracle["screener_minus_this"] |= {"low": -0.02, "high": 0.01, "estimate": -0.005}
    said = section("yardsticks", report_of(oracle=oracle)).text()
    assert "The screener misses" not in said


def test_every_yardstick_stands_in_chart_and_table_from_best_to_simplest() -> None:
    table, *_ = section("yardsticks").by_name("table")
    names = [row.by_name("th")[0].text() for row in table.by_name("tr")[1:]]
    assert [name.split()[0] for name in names] == ["Oracle,", "Challenger,", "Screener", "Plain", "Rules"]


def test_scores_that_many_people_share_are_said_to_leave_it_to_chance() -> None:
    said = section("yardsticks").text()
    assert "at best 70, at worst 130 of 180 would be missed" in said
    assert said.count("chance would decide") == 1


def test_without_yardsticks_none_is_shown() -> None:
    report = report_of(oracle=None, challenger=None, logistic=None, rules_only=None)
    found = section("yardsticks", report)
    assert "were left out of this run" in found.text()
    assert not found.by_class("chart")
    assert not found.by_name("table")


# --- published rules ----------------------------------------------------------------------------------------


def test_the_instruction_of_2023_stands_with_its_source() -> None:
    said = section("baselines").text()
    assert "women aged 17 to 45" in said
    assert "IDN Times, 2023, grade C" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_published_rulebook_says_whom_it_misses_and_whom_it_burdens(language: str) -> None:
    said = section("baselines").text(language)
    for one in sample()["baselines"]:
        for sentence in one["summary"].values():
            assert " ".join(sentence[language].split()) in said


def test_a_rulebook_beyond_the_edge_of_the_chart_is_said_to_lie_there() -> None:
    content = sample()
    assert "beyond the right edge" not in section("tradeoff").text()
    content["baselines"][0]["lawful_flagged"] |= {"estimate": 0.8, "low": 0.78, "high": 0.82}
    said = section("tradeoff", report_of(baselines=content["baselines"])).text()
    assert said.count("beyond the right edge") == 1
    assert "A, Women 17–45. Victims missed:" in said


def test_burden_is_told_by_sex_and_age_with_the_irregular_apart() -> None:
    tables = [t for t in section("baselines").by_name("table") if "Of 10,000 lawful" in t.text()]
    assert len(tables) == 3
    for table in tables:
        heads = " ".join(head.text() for head in table.by_name("th"))
        assert "Lawful travellers flagged" in heads
        assert "Irregular travellers flagged" in heads
        assert "Women and girls, 18–24" in heads


# --- the pathway --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("en", "assumed, grade D"), ("id", "asumsi, tingkat D")])
def test_the_pathway_says_that_its_minutes_are_assumed(language: str, words: str) -> None:
    found = section("walk")
    assert words in found.text(language)
    assert words in found.by_class("note")[0].text(language)


def test_the_pathway_says_who_was_lost_where() -> None:
    lost = sample()["pathway_walk"]["lost"]
    (table,) = [t for t in section("walk").by_name("table") if "where they were lost" in t.text()]
    rows = {row.by_name("th")[0].text(): row for row in table.by_name("tr")[1:]}
    assert len(rows) == 1 + len(lost["by"]["sex"])
    for title, row in rows.items():
        counts = [int(cell.text().split("%")[0].split()[-2].replace(",", "")) for cell in row.by_name("td")]
        assert sum(counts) == int(title.split()[-1])


def test_every_stage_says_who_came_who_was_seen_and_how_long_they_waited() -> None:
    table = section("walk").by_name("table")[0]
    for row, stage in zip(table.by_name("tr")[1:], sample()["pathway_walk"]["stages"], strict=True):
        said = row.text()
        assert f"{stage['sent']['sent']:,} of {stage['coming']:,}" in said
        assert f"{stage['officer_minutes']['total']:,}" in said
        assert f"{stage['waiting']['longest']} at most" in said


def test_the_old_table_in_which_everybody_is_seen_stays_beside_it() -> None:
    names = [element.attributes["id"] for element in sample_report().by_name("section")]
    assert names.index("walk") == names.index("stages") + 1


# --- what follows -------------------------------------------------------------------------------------------


def test_each_ground_says_who_receives_whom() -> None:
    content = sample()
    table = section("received").by_name("table")[0].text()
    for one in content["referred_by_route"]:
        if sum(one["received_by"].values()):
            assert content["policy"]["routes"][one["route"]]["grounds"]["en"] in table


def test_both_policies_stand_side_by_side_and_the_assumed_apart() -> None:
    table, *_, assumed = section("harm").by_name("table")
    assert "Refer, and offer the lawful route this run" in table.by_name("tr")[0].text()
    assert "Reject, as paper 004 writes" in table.by_name("tr")[0].text()
    assert "of 10,000 lawful people" in table.text()
    for row in assumed.by_name("tr")[1:]:
        assert row.by_name("td")[-1].text().split()[-1] == "D"
        assert row.text().count(" to ") >= 2


def test_received_and_the_hundred_per_cent_are_not_read_for_more_than_they_are() -> None:
    said = section("harm").text()
    assert "a protecting agency is only told at once" in said
    assert "is so by construction" in said


# --- chances ------------------------------------------------------------------------------------------------


def test_chances_are_for_display_and_say_at_which_share_they_hold() -> None:
    found = section("reliability")
    assert "thresholds act on the risk" in found.text()
    assert "learned where 5 % of the people were victims" in found.text()
    rows = found.by_name("table")[0].by_name("tr")[1:]
    assert len(rows) == len(sample()["reliability"]["bins"]) + 1
    for row in rows:
        assert INTERVAL.search(row.text())
        assert OF.search(row.text())


def test_where_rules_decide_no_chance_and_no_certificate_is_claimed() -> None:
    report = report_of(decides="rules", reliability=None, rulebook_id="paper-004")
    assert "a number of rules is no chance" in section("reliability", report).text()
    assert "No threshold is certified here" in section("words", report).text()


# --- the claim ----------------------------------------------------------------------------------------------


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


def test_a_dossier_says_who_else_is_told_and_offers_the_lawful_route() -> None:
    (dossier, *_) = section("dossiers").by_class("dossier")
    for words in ("Told at once: Protection agency", "Not settled, because an answer is unknown: Minor"):
        assert words in dossier.text()
    assert "Register at the office." in dossier.by_class("offer")[0].text()


def test_a_chance_is_said_only_where_the_run_has_one() -> None:
    content = sample()
    assert "In 100 such people" not in section("dossiers").text()
    content["examples"][0]["explanation"]["chance"] = {
        "sentence": {"en": "In 100 such people", "id": "Dari 100 orang"}
    }
    assert "In 100 such people" in section("dossiers", report_of(examples=content["examples"])).text()


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
    assert len(charts) == 18
    for chart in charts:
        pictures = list(chart.all(lambda e: e.attributes.get("role") == "img"))
        assert [picture.attributes["lang"] for picture in pictures] == ["en", "id"]
        assert all(picture.attributes["aria-label"] for picture in pictures)
    for found in sample_report().by_name("section"):
        assert found.by_name("table") or not found.by_class("chart")


def test_misses_and_false_flags_come_first_and_the_contents_name_every_section() -> None:
    sections = [element.attributes["id"] for element in sample_report().by_name("section")]
    assert sections[:2] == ["words", "tradeoff"]
    (nav,) = sample_report().by_name("nav")
    assert [link.attributes["href"] for link in nav.by_name("a")] == [f"#{name}" for name in sections]


def test_a_flag_that_nobody_answers_is_not_said_to_bring_help() -> None:
    assert "so that an agency would look after them" in section("words").text()
    routes = sample()["referred_by_route"]
    routes[0]["received_by"] = {"nobody": 5}
    said = section("words", report_of(referred_by_route=routes)).text()
    assert "so that an agency" not in said
    assert "What ending applications would do" in said


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
