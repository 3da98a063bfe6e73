"""Stories and advice: said in both languages for everybody whom a class can meet, and kept apart by what they are."""

import re

import pytest

from console.casebook.choosing import chosen_rows, kind_of
from console.casebook.people import Person
from console.casebook.stories import advice_for, story_of
from dossier.stages import Stage
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.modules import Module, released_modules
from synthetic.scenarios import load_scenario

MODULES = [module for module, _ in released_modules().values() if kind_of(module) != "facilitator"]


@pytest.fixture(scope="module")
def people() -> list[Person]:
    found = load_scenario("phnom_penh_2022")
    plan = plan_for(compile_world(found), found.scenario.size, 99)
    return [Person.of(plan, row) for row in chosen_rows(plan, [(60, 50)])[0]]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.id)
def test_every_module_has_advice_of_its_own(module: Module) -> None:
    advice = advice_for(module)
    assert advice.text.en
    assert advice.text.id
    assert bool(advice.looks_like) == (module.module.kind == "lookalike")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.id)
def test_advice_refers_victims_and_sends_nobody_else_away(module: Module) -> None:
    advice = advice_for(module).text
    is_victim = module.module.truth == "victim"
    refers = re.search(r"\brefer\b", advice.en, re.IGNORECASE) and not re.search(
        r"(not|reason to) refer", advice.en
    )
    assert bool(refers) == is_victim
    assert bool(re.search(r"\b[Rr]ujuk\b", advice.id)) == is_victim
    if module.module.truth == "irregular":
        assert "not trafficked" in advice.en


def test_a_lookalike_resembles_a_family_that_exists() -> None:
    families = {module.module.family for module in MODULES if module.module.family}
    assert {advice_for(module).looks_like for module in MODULES} - {""} <= families


def test_a_story_says_what_was_so_and_how_it_was_told(people: list[Person]) -> None:
    for person in people:
        story = story_of(person, Stage.VERIFICATION)
        assert story.en.startswith(person.module.module.title.en)
        assert story.id.startswith(person.module.module.title.id)
        said = {
            "open": "spoke openly", "cover": "told a cover story", "unaware": "does not know of the deceit"
        }[person.story]  # fmt: skip
        assert said in story.en


def test_untrue_answers_are_told_with_what_was_so(people: list[Person]) -> None:
    lies = [
        (person, one)
        for person in people
        for one in person.differences
        if one.layer == "declared" and one.mechanism == "cover_story"
    ]
    assert lies
    for person, one in lies:
        assert one.before != one.after
        assert person.drawn.truth[one.field][0] == one.before
        assert "belongs to the story" in story_of(person, Stage.CHECKPOINT).en


def test_what_a_class_at_the_office_cannot_see_is_not_told(people: list[Person]) -> None:
    later = (
        "Route on the day",
        "Watch-list answer",
        "Purpose restated",
        "Onward ticket",
        "Companions on the day",
    )
    stories = [story_of(person, Stage.VERIFICATION).en for person in people]
    assert not [story for story in stories if any(label in story for label in later)]


def test_stories_have_no_open_places(people: list[Person]) -> None:
    for person in people:
        story = story_of(person, Stage.CHECKPOINT)
        assert "{" not in story.en + story.id
        assert "  " not in story.en + story.id
