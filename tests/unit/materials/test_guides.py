"""Every scenario has a guide, gathered from data, that names sources and honest reasons and holds no answer."""

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from console.materials.guide_signs import stages_at
from console.materials.guide_texts import guide_texts
from console.materials.guides import guide_for
from dossier.texts import Text
from synthetic.scenarios import load_scenario, scenario_names


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_has_a_whole_guide(name: str) -> None:
    guide = guide_for(name)
    assert guide.scenario.id == name
    assert len(guide.particular.overlooked) >= 2
    assert len(guide.particular.questions) >= 2
    assert guide.lookalikes
    assert guide.referral.agencies
    assert guide.basis.figures
    assert guide.basis.sources
    assert guide.advice
    assert [stage.stage for stage in guide.signs] == [stage.label for stage in stages_at(guide.lesson.place)]
    assert all(rule.innocent for stage in guide.signs for rule in stage.explanations)


@pytest.mark.parametrize("name", scenario_names())
def test_every_text_of_a_guide_stands_in_both_languages(name: str) -> None:
    texts = list(texts_in(guide_for(name)))
    assert len(texts) > 100
    assert [text for text in texts if not text.en.strip() or not text.id.strip()] == []


@pytest.mark.parametrize("name", scenario_names())
def test_nothing_in_a_guide_points_to_notes_that_a_reader_cannot_open(name: str) -> None:
    said = " ".join(f"{text.en} {text.id}" for text in texts_in(guide_for(name)))
    assert [
        word for word in ("andbook", "buku pegangan", "evidence/", "paper_", ".toml") if word in said
    ] == []


@pytest.mark.parametrize("name", scenario_names())
def test_a_figure_and_a_work_say_what_they_are_in_either_language(name: str) -> None:
    basis = guide_for(name).basis
    lines = [line for group in basis.figures for line in group.figures]
    assert [line.what.en for line in lines if line.what.en == line.what.id] == []
    works = [*basis.sources, *(group.work for group in basis.figures), *(line.work for line in basis.general)]
    silent = [work.name.en for work in works if work.name.en == work.name.id and work.about is None]
    assert silent == []


@pytest.mark.parametrize("name", scenario_names())
def test_a_paper_that_a_guide_names_by_number_is_named_in_full_as_well(name: str) -> None:
    guide = guide_for(name)
    said = " ".join(text.en for text in texts_in(guide))
    numbers = set(re.findall(r"\b0\d\d\b", " ".join(re.findall(r"[Pp]apers? [\d ,and]+", said))))
    assert numbers <= {paper.number for paper in guide.papers}


def test_a_computed_figure_says_from_which_works() -> None:
    lines = [line for group in guide_for("baseline_year").basis.figures for line in group.figures]
    (share,) = [line for line in lines if line.what.en.startswith("Share of trafficking victims")]
    assert share.place == Text(
        en="computed from Detik, 2025; Tempo, 2024", id="dihitung dari Detik, 2025; Tempo, 2024"
    )


@pytest.mark.parametrize("name", scenario_names())
def test_who_people_are_and_where_they_go_is_no_sign(name: str) -> None:
    said = " ".join(sign.en for stage in guide_for(name).signs for sign in stage.signs)
    assert not any(word in said for word in ("Sex:", "Age:", "province", "Stated country", "Office"))


def test_what_the_victims_know_is_counted_as_the_modules_say() -> None:
    scenario = load_scenario("phnom_penh_2022")
    tiers = scenario.library["typology.online_scam"][0].tiers.values()
    told = guide_for("phnom_penh_2022").knowledge
    assert told is not None
    assert told.unaware == pytest.approx(sum(tier.weight * tier.unaware for tier in tiers))
    assert told.covered == pytest.approx(sum(tier.weight * (1 - tier.unaware) * tier.cover for tier in tiers))


def test_a_lookalike_shows_some_of_the_same_signs() -> None:
    shared = {one.title.en: one.in_common for one in guide_for("phnom_penh_2022").lookalikes}
    assert any("Qualifications" in sign.en for sign in shared["Real customer-service hire with a permit"])


def test_there_is_no_guide_for_a_scenario_that_is_not_released() -> None:
    with pytest.raises(KeyError):
        guide_for("../phnom_penh_2022")


def test_the_routes_of_the_played_patterns_come_first() -> None:
    routes = guide_for("bekasi_kidney_2023").referral.routes
    assert routes[0].is_for_this
    assert "organ" in routes[0].title.en.lower()


def test_advice_that_no_source_supports_says_that_it_is_assumed() -> None:
    assert guide_texts().grade == "D"


def texts_in(value: Any) -> Any:
    """Yield every bilingual text below a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_in(getattr(value, name))
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from texts_in(inner)
