"""Lesson plans: every scenario has one that begins with a burst and goes on where victims are rare."""

from pathlib import Path

import pytest

from console.casebook import lessons
from console.casebook.choosing import chosen_rows
from console.casebook.lessons import lesson_for
from dossier.problems import BadInput
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario, scenario_names


@pytest.mark.parametrize("scenario", scenario_names())
def test_a_lesson_warms_up_and_then_becomes_rare(scenario: str) -> None:
    lesson = lesson_for(scenario)
    first, *rest = lesson.blocks
    assert (first.victims_in_100, first.feedback) == (50, "each")
    assert all(block.victims_in_100 < 15 for block in rest)
    assert sum(block.size for block in lesson.blocks) <= 80
    assert lesson.whole_minutes == lesson.briefing_minutes + lesson.minutes + lesson.debrief_minutes


@pytest.mark.parametrize("scenario", scenario_names())
def test_a_lesson_is_played_where_its_people_are_met(scenario: str) -> None:
    is_at_departure = load_scenario(scenario).scenario.stage == "checkpoint"
    assert lesson_for(scenario).place == ("checkpoint" if is_at_departure else "office")


def test_every_block_of_a_plan_holds_at_least_one_victim_once_rounded() -> None:
    for scenario in scenario_names():
        for block in lesson_for(scenario).blocks:
            assert round(block.size * block.victims_in_100 / 100) >= 1, (scenario, block.title.en)


def test_a_scenario_of_somebodys_own_gets_the_usual_plan() -> None:
    assert lesson_for("my_own") == lesson_for("phnom_penh_2022")


def test_the_largest_plan_can_be_dealt() -> None:
    found, lesson = load_scenario("baseline_year"), lesson_for("baseline_year")
    plan = plan_for(compile_world(found), found.scenario.size, 4)
    rows = chosen_rows(plan, [(block.size, block.victims_in_100) for block in lesson.blocks])
    assert [len(block) for block in rows] == [block.size for block in lesson.blocks]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("[scenarios.airport_day]", "[scenarios.airport_dya]", "airport_dya"),
        ('place = "checkpoint"', 'place = "harbour"', "harbour"),
        ("size = 12", "sice = 12", "sice"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(
    before: str, after: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = lessons.FILE.read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "lessons.toml"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    monkeypatch.setattr(lessons, "FILE", file)
    cached = (lessons._file, lessons._lessons)
    for one in cached:
        one.cache_clear()
    with pytest.raises(BadInput, match=rf"line \d+[\s\S]*{message}|{message}"):
        lesson_for("airport_day")
    for one in cached:
        one.cache_clear()
