"""Fairness on the page: what each verdict says in both languages, and that nothing is left unsaid."""

import re
from functools import cache
from typing import Any

import pytest

from dossier.stages import Stage
from screening.evaluation.fairness.burden import dependence
from screening.evaluation.fairness.fairness_report import Facts, fairness_json
from screening.evaluation.fairness.gaps import Terms, terms
from screening.evaluation.fairness.proxy_audit import reasons_of
from screening.evaluation.pages import charts, html_page, html_report
from screening.evaluation.pages.html_fairness import Fairness, fairness
from screening.evaluation.pages.html_fairness_charts import makers
from screening.evaluation.pages.html_fairness_names import difference, division_name, member_name, spoken_name
from screening.evaluation.texts import LANGUAGES, Said
from screening.referral import headline_stage
from tests.unit.screening.desks import assessment, screener
from tests.unit.screening.results import drawn_outcomes

STAGE = headline_stage()
THRESHOLD = screener().operating_point.threshold(STAGE) - 150


def facts(**changes: Any) -> Facts:
    outcomes, found = drawn_outcomes(), assessment(STAGE)
    everybody = outcomes.sex >= 0
    known = {
        "calibration": screener().operating_point.calibration(STAGE),
        "dependence": dependence(screener(), found, THRESHOLD, outcomes, terms().burden.by),
        "reasons": reasons_of(screener(), found, outcomes, everybody),
        "victims": outcomes.take(outcomes.truth.is_victim),
        **changes,
    }
    return Facts.of(outcomes, STAGE, THRESHOLD, **known)


@cache
def content() -> dict[str, Any]:
    return content_of(facts())


def content_of(found: Facts, declared: Terms | None = None) -> dict[str, Any]:
    rules = {r.id: {"title": r.title.model_dump()} for r in screener().rulebook.rules}
    return {"fairness": fairness_json(found, declared), "rulebook": rules}


def view(changed: dict[str, Any] | None = None) -> Fairness:
    found = fairness(changed or content())
    assert found is not None
    return found


def rendered(changed: dict[str, Any]) -> str:
    """Return the part of the page by itself, without its charts."""
    page = '{% import "macros.html" as m with context %}{% include "parts/fairness.html" %}'
    shown = {
        "fairness": fairness(changed),
        "c": changed,
        "figures": {},
        "difference": difference,
    }
    return str(html_page.environment().from_string(page).render(**{**html_report._HELPERS, **shown}))


def read(text: str, language: str) -> str:
    other = {"en": "id", "id": "en"}[language]
    seen = re.sub(rf'<span lang="{other}">.*?</span>', "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", seen).split())


def test_every_division_has_its_verdict_and_what_it_means() -> None:
    for divisions in (view().miss, view().burden, view().chances):
        assert divisions
        for one in divisions:
            assert one.sentences
            assert all(isinstance(sentence, Said) for sentence in one.sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_part_can_be_read_in_either_language(language: str) -> None:
    text = read(rendered(content()), language)
    said = {
        "en": (
            "Protection denied",
            "grade D",
            "hold at once",
            "Equal shares of flags are not asked for",
            "need",
        ),
        "id": ("Perlindungan tidak sampai", "tingkat D", "serentak", "tidak dituntut", "perlu"),
    }
    for words in said[language]:
        assert words.lower() in text.lower()
    assert "{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_by_whom_misses_and_chances_are_judged(language: str) -> None:
    people = content()["fairness"]["victims"]
    text = read(rendered(content()), language)
    for n in (people["n"], people["chances"]["others"]):
        shown = f"{n:,}" if language == "en" else f"{n:,}".replace(",", ".")
        assert shown in text
    assert {"en": "fresh simulated victims", "id": "korban simulasi baru"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_where_one_victim_of_each_network_is_judged(language: str) -> None:
    changed = content_of(facts(victims=None))
    people = changed["fairness"]["victims"]
    assert people["n"] < people["of"]
    said = {
        "en": f"Judged on {people['n']:,} of the {people['of']:,} victims of this cohort: one of each network",
        "id": f"Dinilai pada {people['n']} dari {people['of']} korban dalam kohort ini: satu dari setiap jaringan",
    }
    text = read(rendered(changed), language)
    assert said[language] in text
    assert {"en": "no fresh victims to judge it by", "id": "tidak punya korban baru"}[language] in text


def test_cannot_tell_says_how_many_more_of_whom() -> None:
    """With few people nothing is settled, and that is said with a number."""
    undecided = [
        one for one in content()["fairness"]["miss"] if one["verdict"] == "cannot_tell" and one["needs"]
    ]
    assert undecided
    shown = {one.division: one for one in view().miss}
    for one in undecided:
        needed = shown[division_name(one["by"])].sentences[-1]
        assert f"{one['needs']['total']:,} more victims" in needed.en


def test_groups_that_were_too_small_are_all_named_with_their_number() -> None:
    division = next(one for one in content()["fairness"]["miss"] if one["by"] == "province")
    assert division["silent"]
    silent = next(one.silent for one in view().miss if one.division.en == "home province")
    assert silent is not None
    for group in division["silent"]:
        assert f"({group['n']})" in silent.en
    assert silent.en.count("(") == len(division["silent"]) + 1


def test_a_number_that_would_not_do_is_not_given() -> None:
    declared = terms().model_copy(update={"miss": terms().miss.model_copy(update={"most": 31})})
    sentences = [
        sentence.en
        for one in view(content_of(facts(dependence=None, reasons=None), declared)).miss
        if one.verdict == "cannot_tell"
        for sentence in one.sentences
    ]
    assert "Groups of 31 victims each would not tell either." in sentences


def test_a_gap_is_traced_to_rows_by_their_names() -> None:
    traced = view().traced
    assert traced
    for one in traced:
        assert one.parts
        assert all(":" not in name.en for name, _, _ in one.parts)
        assert all(rate.n == one.stopped for _, rate, _ in one.parts)
        assert any("threshold" in sentence.en for sentence in one.sentences)


def test_rules_are_among_what_is_shown() -> None:
    kinds = {p["part"].partition(":")[0] for a in content()["fairness"]["attribution"] for p in a["parts"]}
    assert "rule" in kinds


def test_the_audit_is_said_for_sex_and_for_province() -> None:
    said = [sentences[0].en for sentences in view().audit]
    assert said[0].startswith("Sex: ")
    assert len(said) >= 1


def test_what_a_run_did_not_ask_is_said_to_be_left_out() -> None:
    few = content_of(facts(calibration=None, dependence=None, reasons=None))
    text = read(rendered(few), "en")
    for words in (
        "Not judged: this run shows no chance",
        "no burden is traced",
        "does not ask whether reasons",
    ):
        assert words in text
    assert read(rendered({"fairness": {}}), "en") == "This run does not compare groups."


def test_the_charts_show_every_group_of_their_divisions() -> None:
    for side in ("miss", "burden"):
        make = makers(content())[f"fairness-{side}"]
        for language in LANGUAGES:
            drawn = charts.as_svg(make(content(), language), f"fairness-{side}-{language}")
            assert drawn.startswith("<svg")
            for one in content()["fairness"][side]:
                if one["by"] == "sex":
                    for group in one["groups"]:
                        first = member_name("sex", group["group"], content()).in_language(language).split()[0]
                        assert first in drawn


def test_no_chart_is_drawn_of_nothing() -> None:
    assert makers({}) == {}
    assert makers({"fairness": {"miss": [], "burden": []}}) == {}


def test_groups_are_called_what_people_are_called() -> None:
    assert spoken_name("age_band", "18-24", {}).en == "people aged 18–24"
    assert spoken_name("province", "riau", {}).en == "people from Riau"
    assert spoken_name("sex+age_band", "female, under 17", {}).en == "women and girls, aged under 17"
    assert member_name("sex+age_band", "male, 18-24", {}).en == "Men and boys, 18–24"


def test_every_sentence_of_the_page_is_whole_at_another_stage_and_threshold() -> None:
    """At a threshold that flags nobody there is no burden, and nothing to trace."""
    none = Facts.of(drawn_outcomes(), Stage.COUNTER, 10**6)
    text = read(rendered(content_of(none)), "en")
    assert "No gap of burden is shown" in text
