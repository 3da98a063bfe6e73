"""Compiling: from assumptions to distributions, recomputed by hand, and every fault placed in its file."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import fields
from dossier.truth import TruthClass
from evidence import figure
from synthetic.compile import labels_of
from synthetic.world import STORY, Conditional, World
from tests.unit.synthetic.conftest import LAWFUL, Workshop, overlay
from tests.unit.synthetic.worlds import RELEASED

CRUDE, EXPERT = ("typology.harm", "crude"), ("typology.harm", "expert")
BASE, TWIN = ("journey.base", ""), ("lookalike.twin", "")


def kind(world: World, module: str, tier: str) -> int:
    """Return the index of a type."""
    keys = [(world.module_ids[k.module], world.tiers[k.tier] if k.tier >= 0 else "") for k in world.kinds]
    return keys.index((module, tier))


def conditional(world: World, name: str) -> Conditional:
    return next(c for c in (*world.hidden, *world.conditionals) if c.name == name)


def truth(world: World, name: str, key: tuple[str, str], group: int = 0) -> list[float]:
    """Return one distribution of a compiled world."""
    return [float(chance) for chance in conditional(world, name).truth[kind(world, *key), group]]


# --- distributions ------------------------------------------------------------------------------------


def test_what_no_module_changes_is_the_populations(workshop: Workshop) -> None:
    world = workshop.compiled()
    for key in (BASE, TWIN, CRUDE, EXPERT):
        assert truth(world, "sex", key) == [0.52, 0.48]


def test_a_table_replaces_and_is_inherited(workshop: Workshop) -> None:
    workshop.base = "[table]\nsex = { female = 0.3, male = 0.7 }\n"
    world = workshop.compiled()
    for key in (BASE, TWIN, CRUDE, EXPERT):
        assert truth(world, "sex", key) == pytest.approx([0.3, 0.7], rel=1e-12)


def test_a_table_of_the_child_changes_nothing_in_its_base(workshop: Workshop) -> None:
    workshop.twin = "[table]\nsex = { female = 0.3, male = 0.7 }\n"
    world = workshop.compiled()
    assert truth(world, "sex", TWIN) == pytest.approx([0.3, 0.7])
    assert truth(world, "sex", BASE) == [0.52, 0.48]


def test_odds_multiply_the_base_and_leave_unnamed_codes_alone(workshop: Workshop) -> None:
    workshop.twin = "[odds]\ntold_to_keep_silent = { yes = 3 }\n"
    weights = np.array([0.985, 0.015 * 3])
    assert truth(workshop.compiled(), "told_to_keep_silent", TWIN) == pytest.approx(
        (weights / weights.sum()).tolist(), rel=1e-12
    )


def test_odds_of_the_child_multiply_odds_of_the_base(workshop: Workshop) -> None:
    workshop.base = "[odds]\nsex = { male = 2 }\n"
    workshop.twin = "[odds]\nsex = { male = 5 }\n"
    weights = np.array([0.52, 0.48 * 2 * 5])
    assert truth(workshop.compiled(), "sex", TWIN) == pytest.approx(
        (weights / weights.sum()).tolist(), rel=1e-12
    )


@pytest.mark.parametrize(("hard", "crude", "expert"), [(0.0, 1.0, 0.2), (0.5, 1.0, 0.6), (1.0, 1.0, 1.0)])
def test_camouflage_shrinks_the_exponent_of_the_odds(
    workshop: Workshop, hard: float, crude: float, expert: float
) -> None:
    """`odds ** (1 - camouflage * (1 - hard_to_fake))`; the tiers camouflage 0.0 and 0.8."""
    workshop.harm = f"[odds]\nsex = {{ male = 7 }}\n[hard_to_fake]\nsex = {hard}\n"
    world = workshop.compiled()
    for key, exponent in ((CRUDE, crude), (EXPERT, expert)):
        weights = np.array([0.52, 0.48 * 7**exponent])
        assert truth(world, "sex", key) == pytest.approx((weights / weights.sum()).tolist(), rel=1e-12)


def test_odds_of_zero_rule_a_code_out_until_it_is_camouflaged(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 0 }\n[hard_to_fake]\nsex = 1.0\n"
    world = workshop.compiled()
    assert truth(world, "sex", CRUDE) == truth(world, "sex", EXPERT) == [1.0, 0.0]


def test_odds_that_leave_no_code_are_refused(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 0, female = 0 }\n"
    problem = workshop.problem()
    assert problem.what == "the odds of 'sex' leave no code possible"
    assert problem.where == workshop.place("typologies/harm.toml", "sex")


def test_figures_are_weights_taken_from_the_evidence(workshop: Workshop) -> None:
    workshop.base = (
        '[table]\nsex = { figures = { male = "phnom_penh_2022_men", female = "phnom_penh_2022_women" } }\n'
    )
    men, women = (figure(f"phnom_penh_2022_{who}").estimate for who in ("men", "women"))
    assert truth(workshop.compiled(), "sex", BASE) == pytest.approx(
        [women / (men + women), men / (men + women)]
    )


def test_hidden_variables_follow_odds_too(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nmeans = { low = 3, high = 0.5 }\n"
    weights = np.array([0.38 * 3, 0.42, 0.20 * 0.5])
    assert truth(workshop.compiled(), "means", CRUDE) == pytest.approx(
        (weights / weights.sum()).tolist(), rel=1e-12
    )


@pytest.mark.parametrize("name", RELEASED)
def test_every_distribution_of_a_released_world_sums_to_one(
    world_of: Callable[[str], World], name: str
) -> None:
    for found in (*world_of(name).hidden, *world_of(name).conditionals):
        assert found.truth.sum(axis=2) == pytest.approx(1, abs=1e-12), found.name
        assert (found.truth >= 0).all(), found.name


# --- parents ----------------------------------------------------------------------------------------


ROWS = "low = { none = 1 }, middle = { recruiter = 1 }, high = { family_or_bank = 1 }"


def test_a_row_is_given_for_each_code_of_the_parent(workshop: Workshop) -> None:
    workshop.base = f'[table]\ndebt = {{ parents = ["means"], rows = {{ {ROWS} }} }}\n'
    world = workshop.compiled()
    assert [truth(world, "debt", BASE, group).index(1.0) for group in range(3)] == [0, 2, 1]


def test_a_table_without_parents_holds_for_all_of_them(workshop: Workshop) -> None:
    workshop.base = "[table]\ndebt = { family_or_bank = 0.4, recruiter = 0.6 }\n"
    world = workshop.compiled()
    assert conditional(world, "debt").parents == ("means",)
    for group in range(3):
        assert truth(world, "debt", BASE, group) == [0, 0.4, 0.6]


def test_two_parents_are_numbered_in_drawing_order_whatever_the_file_says(workshop: Workshop) -> None:
    rows = ", ".join(
        f'"{sex}.{means}" = {{ yes = {value}, no = {1 - value} }}'
        for sex, row in (("female", (0.1, 0.2, 0.3)), ("male", (0.4, 0.5, 0.6)))
        for means, value in zip(("low", "middle", "high"), row, strict=True)
    )
    workshop.base = f'[table]\ntold_to_keep_silent = {{ parents = ["sex", "means"], rows = {{ {rows} }} }}\n'
    world = workshop.compiled()
    found = conditional(world, "told_to_keep_silent")
    assert (found.parents, found.sizes) == (("means", "sex"), (3, 2))
    chances = [truth(world, "told_to_keep_silent", BASE, group)[1] for group in range(6)]
    assert chances == pytest.approx([0.1, 0.4, 0.2, 0.5, 0.3, 0.6])


def test_parents_are_drawn_before_their_children(world: World) -> None:
    seen: list[str] = [c.name for c in world.hidden]
    for found in world.conditionals:
        assert set(found.parents) <= set(seen), found.name
        seen.append(found.name)
    assert set(seen) == {*fields(), *(c.name for c in world.hidden)}


def test_a_number_is_named_by_the_lower_edges_of_its_bins(workshop: Workshop) -> None:
    workshop.compiled()
    assert labels_of("dependants") == ("0", "1", "2", "3", "5")
    assert labels_of("sex") == ("female", "male")
    assert labels_of("means") == ("low", "middle", "high")
    assert labels_of("preparation") == ("well", "ordinary", "poor")
    assert labels_of(STORY) == ("open", "cover", "unaware")


# --- types and overlays -----------------------------------------------------------------------------


def test_a_module_with_tiers_is_one_type_for_each(workshop: Workshop) -> None:
    world = workshop.compiled()
    found = {(world.module_ids[k.module], k.tier): (k.share, k.truth_class) for k in world.kinds}
    assert found == {
        ("journey.base", -1): (0.7, TruthClass.LAWFUL),
        ("lookalike.twin", -1): (0.1, TruthClass.LAWFUL),
        ("typology.harm", 0): (pytest.approx(0.2 * 0.6), TruthClass.VICTIM),
        ("typology.harm", 1): (pytest.approx(0.2 * 0.4), TruthClass.VICTIM),
    }
    assert world.shares.sum() == pytest.approx(1, abs=1e-12)


def test_an_overlay_acts_in_its_scenario(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 7 }\n"
    changed = overlay("typology.harm", "table", "sex = { female = 1 }")
    assert truth(workshop.compiled(changed), "sex", CRUDE) == [1.0, 0.0]
    assert truth(workshop.compiled(), "sex", CRUDE) != [1.0, 0.0]


def test_an_overlay_of_a_base_reaches_those_who_extend_it(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 3 }\n"
    changed = overlay("journey.base", "table", "sex = { female = 0.75, male = 0.25 }")
    assert truth(workshop.compiled(changed), "sex", CRUDE) == pytest.approx([0.5, 0.5])


def test_an_overlay_of_the_population_reaches_everybody(workshop: Workshop) -> None:
    changed = overlay("population", "table", "sex = { female = 0.9, male = 0.1 }")
    world = workshop.compiled(changed)
    assert [truth(world, "sex", key) for key in (BASE, EXPERT)] == [[0.9, 0.1]] * 2


def test_an_overlay_of_the_population_may_bring_a_parent(workshop: Workshop) -> None:
    rows = "low = { female = 1 }, middle = { female = 0.5, male = 0.5 }, high = { male = 1 }"
    changed = overlay("population", "table", f'sex = {{ parents = ["means"], rows = {{ {rows} }} }}')
    world = workshop.compiled(changed)
    assert [truth(world, "sex", BASE, group)[0] for group in range(3)] == [1, 0.5, 0]


# --- deception --------------------------------------------------------------------------------------

COVER = '[cover]\njourney = "journey.other"\nslip = 0.15\nfields = ["stated_purpose", "answers_consistent"]\n'


def _other(workshop: Workshop) -> None:
    text = LAWFUL.replace("journey.base", "journey.other") + "[table]\nstated_purpose = { study = 1 }\n"
    workshop.write("journeys/other.toml", text)


def test_a_cover_story_borrows_another_journeys_answers(workshop: Workshop) -> None:
    _other(workshop)
    workshop.harm = COVER
    world = workshop.compiled()
    purpose = conditional(world, "stated_purpose")
    victim, lawful = kind(world, *CRUDE), kind(world, *BASE)
    assert purpose.cover[victim, 0].tolist() == [
        float(code == "study") for code in fields()["stated_purpose"].codes
    ]
    assert (purpose.slip[victim], purpose.slip[lawful]) == (0.15, 1)
    assert not purpose.cover[lawful].any()
    assert (conditional(world, "visa_kind").slip == 1).all()


def test_the_borrowed_answers_are_those_of_somebody_without_a_story(workshop: Workshop) -> None:
    _other(workshop)
    workshop.harm = COVER
    world = workshop.compiled()
    found = conditional(world, "answers_consistent")
    assert found.parents == ("preparation", STORY)
    by_parent = found.cover[kind(world, *CRUDE)].reshape(3, 3, 3)
    assert by_parent[0, 0].tolist() == by_parent[0, 1].tolist() == pytest.approx([0.90, 0.09, 0.01])
    assert by_parent[0, 0].tolist() == by_parent[0, 2].tolist()


def test_how_many_tell_a_story_is_the_tiers_affair(workshop: Workshop) -> None:
    _other(workshop)
    workshop.harm = COVER
    workshop.twin = COVER.replace("slip", "probability = 0.3\nslip")
    world = workshop.compiled()
    chances = {key: truth(world, STORY, key)[1] for key in (BASE, TWIN, CRUDE, EXPERT)}
    assert chances == {BASE: 0, TWIN: 0.3, CRUDE: 0.2, EXPERT: 0.6}


def test_a_lie_is_told_with_its_probability_times_the_tiers_coaching(workshop: Workshop) -> None:
    workshop.harm = '[lies]\ndebt = { when = ["recruiter"], say = "none", probability = 0.5 }\n'
    workshop.twin = '[lies]\ndebt = { when = ["recruiter"], say = "family_or_bank" }\n'
    world = workshop.compiled()
    found = conditional(world, "debt")
    expected: list[tuple[tuple[str, str], list[float], int]] = [
        (CRUDE, [0, 0, 0.05], 0),
        (EXPERT, [0, 0, 0.25], 0),
        (TWIN, [0, 0, 1], 1),
        (BASE, [0, 0, 0], 0),
    ]
    for key, lie, say in expected:
        assert found.lie[kind(world, *key)].tolist() == lie
        assert found.lie_to[kind(world, *key)] == say


# --- observation ------------------------------------------------------------------------------------


def test_loss_is_the_fields_times_the_offices_times_the_answers(workshop: Workshop) -> None:
    workshop.spoil(
        "debt = { missing = 0.14, noise = 0.01, more_missing = { recruiter = 1.4 } }",
        "debt = { missing = 0.10, noise = 0.01, more_missing = { recruiter = 2.0 } }",
    )
    missing = workshop.compiled().recordings["debt"].missing
    offices = fields()["office"].codes
    assert missing[offices.index("bandung")].tolist() == pytest.approx([0.10, 0.10, 0.20])
    assert missing[offices.index("pontianak")].tolist() == pytest.approx([0.15, 0.15, 0.30])


def test_no_loss_reaches_certainty(workshop: Workshop) -> None:
    workshop.spoil("sponsor_reachable = { missing = 0.45", "sponsor_reachable = { missing = 0.90")
    assert workshop.compiled().recordings["sponsor_reachable"].missing.max() == 0.95


def test_a_number_is_mistaken_for_its_neighbours_and_a_category_for_any(workshop: Workshop) -> None:
    recordings = workshop.compiled().recordings
    assert np.count_nonzero(recordings["income_idr"].misread, axis=1).tolist() == [1, 2, 2, 2, 2, 2, 1]
    assert recordings["sponsor_relation"].misread[0].tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])


def test_what_is_not_named_is_recorded_perfectly(workshop: Workshop) -> None:
    recording = workshop.compiled().recordings["sex"]
    assert recording.noise == 0
    assert not recording.missing.any()


# --- faults -----------------------------------------------------------------------------------------


def test_probabilities_that_do_not_sum_to_one_are_placed(workshop: Workshop) -> None:
    workshop.twin = "[table]\nsex = { female = 0.5, male = 0.4 }\n"
    problem = workshop.problem()
    assert problem.what == "the probabilities of 'sex' sum to 0.9, not to 1"
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")


def test_a_row_that_does_not_sum_to_one_is_named(workshop: Workshop) -> None:
    rows = ROWS.replace("recruiter = 1", "recruiter = 0.5")
    workshop.twin = f'[table]\ndebt = {{ parents = ["means"], rows = {{ {rows} }} }}\n'
    assert workshop.problem().what == "the probabilities of 'debt' for 'middle' sum to 0.5, not to 1"


def test_a_fault_in_an_overlay_is_placed_in_the_scenario(workshop: Workshop) -> None:
    changed = overlay("typology.harm", "table", "sex = { female = 0.5 }")
    problem = workshop.problem(changed)
    assert problem.where == workshop.place("sample.toml", "sex")


@pytest.mark.parametrize("part", ["table", "odds"])
def test_an_unknown_code_is_answered_with_the_nearest(workshop: Workshop, part: str) -> None:
    workshop.twin = f"[{part}]\nsex = {{ femal = 1 }}\n"
    problem = workshop.problem()
    assert problem.what == "'sex' has no code 'femal'"
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")
    assert problem.mend == "Did you mean 'female'?"


def test_a_code_unlike_any_other_is_answered_with_all(workshop: Workshop) -> None:
    workshop.twin = "[odds]\nsex = { zzz = 1 }\n"
    assert workshop.problem().mend == "It has: female, male."


@pytest.mark.parametrize(
    "lie", ['{ when = ["recruitr"], say = "none" }', '{ when = ["recruiter"], say = "recruitr" }']
)
def test_a_lie_about_an_unknown_code_is_refused(workshop: Workshop, lie: str) -> None:
    workshop.harm = f"[lies]\ndebt = {lie}\n"
    (problem, *_) = workshop.problems()
    assert problem.what == "'debt' has no code 'recruitr'"
    assert problem.where == workshop.place("typologies/harm.toml", "debt")


def test_loss_by_an_unknown_code_is_refused(workshop: Workshop) -> None:
    workshop.spoil("more_missing = { refuted = 1.1 }", "more_missing = { refutd = 1.1 }")
    problem = workshop.problem()
    assert problem.what == "'issuing_agency_answer' has no code 'refutd'"
    assert problem.where == workshop.place("population.toml", "issuing_agency_answer = { missing")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[table]\nsexx = { male = 1 }\n", "sexx"),
        ("[odds]\nsexx = { male = 2 }\n", "sexx"),
        ("[hard_to_fake]\nsexx = 1.0\n", "sexx"),
        ('[lies]\nsexx = { when = ["male"], say = "female" }\n', "sexx"),
        ('[cover]\njourney = "journey.base"\nslip = 0.1\nfields = ["sexx"]\n', "fields"),
    ],
)
def test_an_unknown_field_is_named_wherever_it_stands(workshop: Workshop, text: str, line: str) -> None:
    """A misspelt field must never be passed over in silence: the module would lack what it says."""
    workshop.harm = text
    problem = workshop.problem()
    assert "'sexx'" in problem.what
    assert problem.where == workshop.place("typologies/harm.toml", line)
    assert problem.mend == "Did you mean 'sex'?"


@pytest.mark.parametrize("part", ["table", "odds"])
def test_an_unknown_field_in_an_overlay_is_placed_in_the_scenario(workshop: Workshop, part: str) -> None:
    changed = overlay("typology.harm", part, "sexx = { male = 1 }")
    assert workshop.problem(changed).where == workshop.place("sample.toml", "sexx")


def test_an_unknown_field_in_an_overlay_of_the_population_is_named(workshop: Workshop) -> None:
    changed = overlay("population", "table", "sexx = { male = 1 }")
    problem = workshop.problem(changed)
    assert "'sexx'" in problem.what
    assert problem.where == workshop.place("sample.toml", "sexx")


@pytest.mark.parametrize("part", ["odds", "tiers"])
def test_a_population_has_neither_odds_nor_tiers(workshop: Workshop, part: str) -> None:
    body = "sex = { male = 2 }" if part == "odds" else "crude = { weight = 1, camouflage = 0 }"
    problem = workshop.problem(overlay("population", part, body))
    assert problem.where == workshop.place("sample.toml", f'[overlay."population".{part}]')


def test_an_unknown_field_in_the_population_is_named(workshop: Workshop) -> None:
    workshop.spoil("watch_list = { missing = 0.02 }", "watch_lst = { missing = 0.02 }")
    problem = workshop.problem()
    assert "'watch_lst'" in problem.what
    assert problem.where == workshop.place("population.toml", "watch_lst")


def test_an_office_without_recording_habit_is_named(workshop: Workshop) -> None:
    workshop.spoil("manado = 1.3", "manadu = 1.3")
    whats = [problem.what for problem in workshop.problems()]
    assert any("'manado'" in what for what in whats)


def test_a_population_without_a_field_is_refused(workshop: Workshop) -> None:
    workshop.spoil("watch_list = { clear = 0.988, linked = 0.010, named = 0.002 }", "")
    (problem, *_) = workshop.problems()
    assert problem.what == "the population has no table for: watch_list"


@pytest.mark.parametrize(
    ("rows", "unmatched"),
    [
        (ROWS.replace("middle = { recruiter = 1 }, ", ""), "middle"),
        (f"{ROWS}, rich = {{ none = 1 }}", "rich"),
    ],
)
def test_rows_must_match_the_codes_of_the_parents_exactly(
    workshop: Workshop, rows: str, unmatched: str
) -> None:
    """There is no silent default for a combination that a table does not name."""
    workshop.twin = f'[table]\ndebt = {{ parents = ["means"], rows = {{ {rows} }} }}\n'
    problem = workshop.problem()
    assert problem.what == f"'debt' has no row, or a row too many, for: {unmatched}"
    assert problem.where == workshop.place("lookalikes/twin.toml", "debt")


@pytest.mark.parametrize("parent", ["fee_payer", "transit", "offer_sector"])
def test_what_can_be_lost_or_misread_or_does_not_apply_is_no_parent(workshop: Workshop, parent: str) -> None:
    codes = fields()[parent].codes
    rows = ", ".join(f"{code} = {{ female = 1 }}" for code in codes)
    workshop.twin = f'[table]\nsex = {{ parents = ["{parent}"], rows = {{ {rows} }} }}\n'
    problem = workshop.problem()
    assert problem.what.startswith(f"'{parent}' cannot be a parent of 'sex'")
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")


def test_what_is_only_misread_is_no_parent_either(workshop: Workshop) -> None:
    workshop.spoil("transit = { missing = 0.10, noise = 0.005 }", "transit = { noise = 0.005 }")
    rows = ", ".join(f"{code} = {{ female = 1 }}" for code in fields()["transit"].codes)
    workshop.twin = f'[table]\nsex = {{ parents = ["transit"], rows = {{ {rows} }} }}\n'
    assert workshop.problem().what.startswith("'transit' cannot be a parent of 'sex'")


@pytest.mark.parametrize(
    "harm",
    [
        '[lies]\npassport_validity = { when = ["ten_years"], say = "five_years" }\n',
        '[cover]\njourney = "journey.base"\nslip = 0.1\nfields = ["passport_validity"]\n',
    ],
)
def test_what_somebody_lies_about_is_no_parent(workshop: Workshop, harm: str) -> None:
    workshop.harm = harm
    rows = ", ".join(f"{code} = {{ none = 1 }}" for code in fields()["passport_validity"].codes)
    workshop.twin = f'[table]\ndebt = {{ parents = ["passport_validity"], rows = {{ {rows} }} }}\n'
    assert workshop.problem().what.startswith("'passport_validity' cannot be a parent of 'debt'")


def test_an_unknown_parent_is_named(workshop: Workshop) -> None:
    workshop.twin = '[table]\ndebt = { parents = ["wealth"], rows = { x = { none = 1 } } }\n'
    problem = workshop.problem()
    assert problem.what == "'debt' names the unknown parent 'wealth'"
    assert problem.where == workshop.place("lookalikes/twin.toml", "debt")
    assert problem.mend == "`saring show fields` lists the fields."


def test_parents_in_a_circle_are_refused(workshop: Workshop) -> None:
    ages = ", ".join(f"{edge} = {{ female = 1 }}" for edge in fields()["age"].edges)
    workshop.base = f'[table]\nsex = {{ parents = ["age"], rows = {{ {ages} }} }}\n'
    workshop.twin = (
        '[table]\nage = { parents = ["sex"], rows = { female = { 30 = 1 }, male = { 30 = 1 } } }\n'
    )
    what = workshop.problem().what
    assert what.startswith("these tables depend on each other in a circle")
    assert {"age", "sex"} <= set(what.split(": ")[1].split(", "))


def test_hidden_variables_in_a_circle_are_refused(workshop: Workshop) -> None:
    rows = ", ".join(f"{label} = {{ low = 1 }}" for label in ("well", "ordinary", "poor"))
    workshop.twin = f'[table]\nmeans = {{ parents = ["preparation"], rows = {{ {rows} }} }}\n'
    problem = workshop.problem()
    assert problem.what == "'preparation' cannot be a parent of the hidden 'means', which is drawn before it"
    assert problem.where == workshop.place("lookalikes/twin.toml", "means")


def test_modules_that_extend_each_other_in_a_circle_are_refused(workshop: Workshop) -> None:
    text = LAWFUL.replace("journey.base", "journey.other") + 'extends = "journey.base"\n'
    workshop.write("journeys/other.toml", text)
    workshop.base = 'extends = "journey.other"\n'
    problem = workshop.problem()
    assert problem.what.startswith("these modules extend each other in a circle: ")
    assert {"journey.base", "journey.other"} <= set(problem.what.split(": ")[1].split(", "))
    assert problem.mend.startswith("Let one of them extend")


@pytest.mark.parametrize(
    ("place", "text", "line"),
    [
        ("base", 'extends = "journey.bass"\n', "extends"),
        ("harm", '[cover]\njourney = "journey.bass"\nslip = 0\nfields = []\n', "journey"),
    ],
)
def test_an_unknown_module_to_build_on_is_placed(
    workshop: Workshop, place: str, text: str, line: str
) -> None:
    setattr(workshop, place, text)
    problem = workshop.problem()
    file = {"base": "journeys/base.toml", "harm": "typologies/harm.toml"}[place]
    assert "'journey.bass'" in problem.what
    assert problem.where == workshop.place(file, line)
    assert problem.mend == "Did you mean 'journey.base'?"


def test_odds_are_numbers_by_code(workshop: Workshop) -> None:
    workshop.twin = '[odds]\nsex = { figures = { male = "phnom_penh_2022_men" } }\n'
    problem = workshop.problem()
    assert problem.what == "the odds of 'sex' must be numbers by code"
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")


# --- evidence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        '{ male = 0.5, female = 0.5, evidence = "phnom_penh_2022_man" }',
        '{ figures = { male = "phnom_penh_2022_man", female = "phnom_penh_2022_women" } }',
    ],
)
def test_unknown_evidence_is_answered_with_the_nearest(workshop: Workshop, block: str) -> None:
    workshop.twin = f"[table]\nsex = {block}\n"
    (problem, *_) = workshop.problems()
    assert "phnom_penh_2022_man" in problem.what
    assert "phnom_penh_2022_men" in problem.mend
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")


def test_unknown_evidence_for_a_share_is_placed(workshop: Workshop) -> None:
    scenario = workshop.scenario()
    path = scenario.file.path
    text = path.read_text(encoding="utf-8").replace(
        "{ share = 0.7 }", '{ share = 0.7, evidence = ["nothing"] }'
    )
    path.write_text(text, encoding="utf-8")
    problem = workshop.problem_of(path)
    assert "nothing" in problem.what
    assert problem.where == workshop.place("sample.toml", '"journey.base"')


@pytest.mark.parametrize("part", ["table", "odds"])
def test_numbers_without_evidence_or_grade_are_refused(workshop: Workshop, part: str) -> None:
    workshop.ungraded = True
    workshop.twin = f"[{part}]\nsex = {{ female = 0.5, male = 0.5 }}\n"
    problem = workshop.problem()
    assert problem.what == "the numbers of 'sex' have no evidence and no grade"
    assert problem.where == workshop.place("lookalikes/twin.toml", "sex")


@pytest.mark.parametrize("support", ['grade = "D"', 'evidence = "phnom_penh_2022_men"'])
def test_a_grade_or_evidence_of_its_own_supports_a_block(workshop: Workshop, support: str) -> None:
    workshop.ungraded = True
    workshop.twin = f"[table]\nsex = {{ female = 0.5, male = 0.5, {support} }}\n"
    assert truth(workshop.compiled(), "sex", TWIN) == [0.5, 0.5]


def test_faults_of_several_files_are_told_together(workshop: Workshop) -> None:
    workshop.base = "[table]\nsex = { femal = 1 }\n"
    workshop.twin = "[table]\njob_offer = { yes = 0.4 }\n"
    workshop.harm = "[odds]\ndebt = { recruitr = 2 }\n"
    places = {problem.where.split(",")[0] for problem in workshop.problems()}
    assert places == {"base.toml", "twin.toml", "harm.toml"}


def test_a_fault_that_several_tiers_meet_is_told_once(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { femal = 2 }\n"
    assert len(workshop.problems()) == 1


def test_released_scenarios_compile(world_of: Callable[[str], World]) -> None:
    worlds: list[World] = [world_of(name) for name in RELEASED]
    counts: npt.NDArray[np.int64] = np.array([len(world.kinds) for world in worlds])
    assert (counts > 1).all()
