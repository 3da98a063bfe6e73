"""Scenarios: shares that sum to one, modules that exist, and changes with a reason."""

from pathlib import Path

import pytest

from dossier.problems import BadInput
from synthetic.changes import module_in, scenario_hash
from synthetic.modules import released_modules
from synthetic.scenarios import (
    Scenario,
    load_scenario,
    released_scenarios,
    scenario_names,
)
from tests.unit.synthetic.conftest import MIX, SCENARIO, Workshop, overlay

RELEASED = released_scenarios()


# --- finding one ------------------------------------------------------------------------------------


def test_a_released_scenario_is_found_by_name() -> None:
    assert load_scenario("phnom_penh_2022").id == "phnom_penh_2022"


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"no scenario 'phnom_pen'\n.*Did you mean 'phnom_penh_2022'\?"):
        load_scenario("phnom_pen")


def test_a_name_unlike_any_other_is_answered_with_the_way_to_the_list() -> None:
    with pytest.raises(BadInput, match="`saring show scenarios` lists them"):
        load_scenario("xyzzy")


def test_a_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"mine\.toml: there is no such file"):
        load_scenario(tmp_path / "mine.toml")


def test_a_scenario_of_ones_own_is_read_from_its_path(workshop: Workshop) -> None:
    scenario = workshop.scenario()
    assert scenario.file.path.name == "sample.toml"
    assert {name: share.share for name, share in scenario.mix.items()} == MIX


# --- what it may not say ----------------------------------------------------------------------------


def test_shares_that_do_not_sum_to_one_are_refused(workshop: Workshop) -> None:
    problem = workshop.problem(mix={**MIX, "journey.base": 0.5})
    assert problem.what == "the shares of [mix] sum to 0.8, not to 1"
    assert problem.where == workshop.place("sample.toml", "[mix]")


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(workshop: Workshop, share: float) -> None:
    (problem, *_) = workshop.problems(mix={**MIX, "journey.base": share})
    assert "journey.base.share" in problem.what


def test_an_unknown_module_is_answered_with_the_nearest(workshop: Workshop) -> None:
    problem = workshop.problem(mix={"journey.bas": 0.8, "typology.harm": 0.2})
    assert problem.what == "there is no module 'journey.bas'"
    assert problem.where == workshop.place("sample.toml", '"journey.bas"')
    assert problem.mend == "Did you mean 'journey.base'?"


def test_an_overlay_of_an_unknown_module_is_refused(workshop: Workshop) -> None:
    problem = workshop.problem('[overlay."typology.harms"]\nwhy = "x"\n')
    assert problem.what == "there is no module 'typology.harms'"
    assert problem.mend == "Did you mean 'typology.harm'?"


def test_an_overlay_without_a_reason_is_refused(workshop: Workshop) -> None:
    problem = workshop.problem('[overlay."typology.harm".odds]\nsex = { male = 2 }\n')
    assert "'overlay.typology.harm.why' is missing" in problem.what


def test_tiers_changed_in_part_must_still_sum_to_one(workshop: Workshop) -> None:
    changed = overlay("typology.harm", "tiers", "expert = { weight = 0.7, camouflage = 0.9 }")
    problem = workshop.problem(changed)
    assert problem.what == "the weights of the tiers of 'typology.harm' sum to 1.3, not to 1"
    assert problem.where == workshop.place("sample.toml", '[overlay."typology.harm".tiers]')


def test_who_has_no_tiers_has_none_to_change(workshop: Workshop) -> None:
    problem = workshop.problem(overlay("journey.base", "tiers", "expert = { weight = 1, camouflage = 0.9 }"))
    assert problem.what == "'journey.base' has no tiers to change"


def test_an_unknown_key_is_named_with_its_line(workshop: Workshop) -> None:
    problem = workshop.problem("narative = 3\n")
    assert problem.what == "unknown key 'scenario.narative'"
    assert problem.where == workshop.place("sample.toml", "narative")
    assert problem.mend == "Did you mean 'narrative'?"


def test_several_faults_are_told_together(workshop: Workshop) -> None:
    problems = workshop.problems(mix={"journey.bas": 0.5, "typology.harms": 0.2})
    assert [problem.what for problem in problems] == [
        "there is no module 'journey.bas'",
        "there is no module 'typology.harms'",
        "the shares of [mix] sum to 0.7, not to 1",
    ]


@pytest.mark.parametrize("year", [99999, -5, 1949, 2101])
def test_a_year_that_no_passport_was_issued_in_is_refused(workshop: Workshop, year: int) -> None:
    path = workshop.write("sample.toml", SCENARIO.replace("year = 2022", f"year = {year}") + "[mix]\n")
    problem = workshop.problem_of(path)
    assert problem.what.startswith("'scenario.year': must be ")
    assert problem.where == workshop.place("sample.toml", "year")
    assert problem.mend


@pytest.mark.parametrize("knob", ["low = nan", "high = inf", "low = -0.1", "high = 1.1"])
def test_the_range_of_a_share_lies_between_zero_and_one(workshop: Workshop, knob: str) -> None:
    path = workshop.write("sample.toml", f'{SCENARIO}[mix]\n"journey.tourist" = {{ share = 1, {knob} }}\n')
    problem = workshop.problem_of(path)
    assert "must be" in problem.what
    assert problem.mend


def test_a_module_unlike_any_other_is_answered_with_the_list_and_the_folder(workshop: Workshop) -> None:
    problem = workshop.problem(mix={"typology.mine": 0.8, "typology.harm": 0.2})
    assert "Did you mean" not in problem.mend
    assert "`saring show journeys`" in problem.mend
    assert "--modules" in problem.mend


@pytest.mark.parametrize(
    ("body", "what", "line", "mend"),
    [
        (
            '[known.sex]\ncode = "male"',
            "'sex' is no record or list",
            "[known.sex]",
            "Choose from: repatriation",
        ),
        (
            '[known.watch_lst]\ncode = "linked"',
            "'watch_lst' is no record",
            "[known.",
            "Did you mean 'watch_list'?",
        ),
        ('[known.watch_list]\ncode = "nocode"', "'watch_list' has no code 'nocode'", "code", "It has: "),
    ],
)
def test_only_a_record_or_a_list_can_become_known(
    workshop: Workshop, body: str, what: str, line: str, mend: str
) -> None:
    problem = workshop.problem(f"{body}\nshare = 0.1\ndelay_days = 9\nstray = 0\n")
    assert what in problem.what
    assert problem.where == workshop.place("sample.toml", line)
    assert mend in problem.mend


def test_word_that_never_comes_is_refused(workshop: Workshop) -> None:
    known = '[known.watch_list]\ncode = "linked"\nshare = 0.1\ndelay_days = inf\nstray = 0\n'
    assert "must be finite" in workshop.problem(known).what


EXEMPT = '{ field = "sex", bound = 0.8, sources = ["paper"], why = "x" }'


@pytest.mark.parametrize(
    ("exempt", "expected"),
    [
        ([EXEMPT] * 4, "at most 3"),
        ([EXEMPT.replace("0.8", "0.86")], "less than or equal to 0.85"),
        ([EXEMPT.replace('"paper"', "")], "at least 1"),
        ([EXEMPT.replace("sex", "shoe_size")], "there is no field 'shoe_size'"),
    ],
)
def test_exceptions_are_few_bounded_sourced_and_about_fields(
    workshop: Workshop, exempt: list[str], expected: str
) -> None:
    problem = workshop.problem(f"exempt = [{', '.join(exempt)}]\n")
    assert expected in problem.what
    assert problem.where == workshop.place("sample.toml", "exempt")


# --- overlays ---------------------------------------------------------------------------------------


def test_an_overlay_changes_only_what_it_names(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 2 }\neducation = { university = 0.5 }\n"
    scenario = workshop.scenario(overlay("typology.harm", "odds", "sex = { male = 9 }"))
    changed, plain = module_in(scenario, "typology.harm"), released_modules()["typology.harm"][0]
    assert changed.odds["sex"].values == {"male": 9}
    assert changed.odds["education"] == plain.odds["education"]
    assert changed.tiers == plain.tiers
    assert plain.odds["sex"].values == {"male": 2}


def test_a_table_of_an_overlay_takes_the_place_of_odds(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 2 }\n"
    more = overlay("typology.harm", "table", "sex = { male = 1 }")
    changed = module_in(workshop.scenario(more), "typology.harm")
    assert "sex" not in changed.odds
    assert changed.table["sex"].values == {"male": 1}


def test_a_module_without_overlay_is_the_released_one(workshop: Workshop) -> None:
    scenario = workshop.scenario()
    assert module_in(scenario, "journey.base") is released_modules()["journey.base"][0]


# --- the hash ---------------------------------------------------------------------------------------


def test_the_hash_is_the_same_for_the_same_assumptions(workshop: Workshop) -> None:
    assert scenario_hash(workshop.scenario()) == scenario_hash(workshop.scenario())


@pytest.mark.parametrize("part", ["mix", "overlay", "module", "population"])
def test_the_hash_changes_with_every_assumption(workshop: Workshop, part: str) -> None:
    before = scenario_hash(workshop.scenario())
    more, mix = "", MIX
    if part == "mix":
        mix = {"journey.base": 0.69, "lookalike.twin": 0.11, "typology.harm": 0.2}
    elif part == "overlay":
        more = overlay("population", "table", "sex = { male = 1 }")
    elif part == "module":
        workshop.harm = "[odds]\nsex = { male = 2 }\n"
    else:
        workshop.spoil("female = 0.52, male = 0.48", "female = 0.51, male = 0.49")
    workshop.forget()
    assert scenario_hash(workshop.scenario(more, mix)) != before


# --- the released files -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_a_released_scenario_carries_the_name_of_its_file(name: str) -> None:
    assert RELEASED[name].id == name


@pytest.mark.parametrize("scenario", RELEASED.values(), ids=RELEASED.keys())
def test_a_released_scenario_tells_a_story_with_aims_and_sources(scenario: Scenario) -> None:
    head = scenario.scenario
    texts = [head.title, head.narrative, *head.learning_aims]
    assert all(text.en.strip() and text.id.strip() for text in texts)
    assert head.learning_aims
    assert head.sources


@pytest.mark.parametrize("scenario", RELEASED.values(), ids=RELEASED.keys())
def test_a_released_scenario_says_how_hard_it_is_and_teaches_a_few_things(scenario: Scenario) -> None:
    difficulty = scenario.scenario.difficulty
    assert difficulty is not None
    assert "in 100 victims" in difficulty.en
    assert "dari 100 korban" in difficulty.id
    assert 2 <= len(scenario.scenario.learning_aims) <= 4


@pytest.mark.parametrize("scenario", RELEASED.values(), ids=RELEASED.keys())
def test_a_released_scenario_has_victims_lookalikes_and_facilitators(scenario: Scenario) -> None:
    kinds = {released_modules()[name][0].module.truth for name in scenario.mix}
    assert kinds == {"lawful", "irregular", "victim", "facilitator"}


@pytest.mark.parametrize("scenario", RELEASED.values(), ids=RELEASED.keys())
def test_a_variant_names_what_it_varies(scenario: Scenario) -> None:
    assert scenario.scenario.variant_of in {"", *RELEASED}


def test_the_sample_of_these_tests_is_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "sample.toml"
    path.write_text(f'{SCENARIO}[mix]\n"journey.tourist" = {{ share = 1 }}\n', encoding="utf-8")
    assert load_scenario(path).mix["journey.tourist"].share == 1
