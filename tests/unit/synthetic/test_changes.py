"""What changes a world: dated regimes, levers, what becomes known, who does not know, and networks that moved."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dossier.fields import fields
from synthetic.adaptations import Adaptation
from synthetic.changes import era_of_month, eras, scenario_hash
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.levers import Lever, load_lever
from synthetic.scenarios import Scenario
from synthetic.world import COVER, OPEN, STORY, UNAWARE, Conditional, World
from tests.unit.synthetic.conftest import Workshop
from tests.unit.synthetic.naive_oracle import assert_oracle_agrees
from tests.unit.synthetic.test_compile import BASE, CRUDE, EXPERT, TWIN, conditional, kind, truth

SEED = 3
ROWS = range(20_000)
MONTHS = fields()["application_day"].edges
REGIME = """
[regimes.after]
since = 213
why = "x"
[regimes.after.overlay."typology.harm"]
why = "x"
[regimes.after.overlay."typology.harm".{part}]
{body}
"""


LEVER = """[lever]
id = "x"
version = "1"
grade = "D"
title = { en = "x", id = "x" }
description = { en = "x", id = "x" }
limits = { en = "x", id = "x" }
"""


def lever(workshop: Workshop, body: str) -> Lever:
    """Return a lever with these parts."""
    return load_lever(workshop.write("x.toml", f"{LEVER}{body}\n"))


def by_month(world: World, name: str, key: tuple[str, str], code: int) -> list[float]:
    """Return the probability of a code in each month."""
    found = conditional(world, name)
    assert found.parents == ("application_day",)
    return [float(p) for p in found.truth[kind(world, *key), :, code]]


# --- regimes ----------------------------------------------------------------------------------------


def test_a_regime_holds_from_its_month_on(workshop: Workshop) -> None:
    workshop.base = "[table]\napparent_age = { consistent = 1.0 }\n"
    scenario = workshop.scenario(REGIME.format(part="table", body="apparent_age = { looks_older = 1.0 }"))
    assert eras(scenario) == (1, 213)
    assert era_of_month(scenario) == tuple(int(first >= 213) for first in MONTHS)
    world = compile_world(scenario)
    assert by_month(world, "apparent_age", CRUDE, 2) == [float(first >= 213) for first in MONTHS]
    assert by_month(world, "apparent_age", BASE, 0) == [1.0] * len(MONTHS)


def test_a_regimes_odds_multiply_what_the_module_says_from_then_on(workshop: Workshop) -> None:
    workshop.base = "[table]\napparent_age = { consistent = 0.5, looks_younger = 0.5 }\n"
    world = workshop.compiled(REGIME.format(part="odds", body="apparent_age = { looks_younger = 3.0 }"))
    assert by_month(world, "apparent_age", CRUDE, 1) == pytest.approx(
        [0.75 if first >= 213 else 0.5 for first in MONTHS]
    )


def test_the_oracle_knows_the_regimes(workshop: Workshop) -> None:
    world = workshop.compiled(REGIME.format(part="odds", body="apparent_age = { looks_younger = 3.0 }"))
    observed = {name: codes[:4] for name, codes in Plan(world, SEED, 10).draw(range(10)).observed.items()}
    from dossier.stages import Stage

    assert_oracle_agrees(world, observed, Stage.COUNTER)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            REGIME.format(part="table", body="apparent_age = { consistent = 1.0 }").replace("213", "220"),
            "within a month",
        ),
        (REGIME.format(part="table", body="means = { low = 1.0 }"), "before the date is known"),
        (REGIME.format(part="tiers", body="crude = { weight = 1, camouflage = 0 }"), "tiers"),
        (
            REGIME.format(part="table", body="apparent_age = { consistent = 1.0 }").replace("harm", "hram"),
            "no module",
        ),
        (REGIME.format(part="table", body="transti = { consistent = 1.0 }"), "unknown"),
    ],
)
def test_a_regime_that_cannot_be_is_refused_with_its_place(workshop: Workshop, more: str, words: str) -> None:
    problem = workshop.problems(more)[0]
    assert words in problem.what
    assert "sample.toml, line" in problem.where


def test_a_regime_that_changes_nothing_is_refused(workshop: Workshop) -> None:
    for overlay in ("[regimes.after.overlay]", '[regimes.after.overlay."typology.harm"]\nwhy = "x"'):
        problem = workshop.problem(f'[regimes.after]\nsince = 213\nwhy = "x"\n{overlay}\n')
        assert problem.what == "the regime 'after' changes nothing"
        assert problem.where == workshop.place("sample.toml", "[regimes.after]")
        assert problem.mend


def test_a_regime_that_changes_nobody_who_takes_part_is_refused(workshop: Workshop) -> None:
    regime = REGIME.format(part="odds", body="apparent_age = { looks_younger = 3.0 }")
    problem = workshop.problem(regime.replace("typology.harm", "lookalike.twin"), {"typology.harm": 1.0})
    assert problem.what == "'lookalike.twin' takes no part, so nothing changes"
    assert "sample.toml, line" in problem.where
    assert "[mix]" in problem.mend
    workshop.compiled(
        regime.replace("typology.harm", "journey.base"), {"typology.harm": 1.0}
    )  # its base does


def test_what_a_regime_cannot_change_is_said_with_a_mend(workshop: Workshop) -> None:
    (problem,) = workshop.problems(REGIME.format(part="table", body="means = { low = 1.0 }"))
    assert problem.mend


def test_the_journey_of_a_changed_cover_is_placed_in_the_scenario(workshop: Workshop) -> None:
    cover = '[overlay."typology.harm"]\nwhy = "x"\n'
    cover += '[overlay."typology.harm".cover]\njourney = "journey.bass"\nslip = 0\nfields = []\n'
    problem = workshop.problem(cover)
    assert problem.where == workshop.place("sample.toml", "journey = ")
    assert problem.mend == "Did you mean 'journey.base'?"


# --- who does not know ------------------------------------------------------------------------------


def with_unaware(workshop: Workshop, share: float) -> World:
    """Return a world whose victims would all lie and tell stories, but for those who do not know."""
    workshop.harm = (
        '[cover]\njourney = "journey.base"\nslip = 0\nfields = ["transit"]\n'
        '[lies]\ndebt = { when = ["recruiter"], say = "none" }\n'
        "[table]\ndebt = { recruiter = 1.0 }\njob_offer = { yes = 1.0 }\n"
    )
    world = workshop.compiled()
    harm = next(m for m in world.modules if m.id == "typology.harm")
    tiers = {
        name: tier.model_copy(
            update={"unaware": share, "coaching": dict.fromkeys(tier.coaching, 1.0), "cover": 0.5}
        )
        for name, tier in harm.tiers.items()
    }
    library = dict(world.scenario.library)
    library["typology.harm"] = (harm.model_copy(update={"tiers": tiers}), library["typology.harm"][1])
    return compile_world(with_library(world.scenario, library))


def with_library(scenario: Scenario, library: object) -> Scenario:
    copy = scenario.model_copy()
    copy._library = library  # type: ignore[assignment]
    return copy


def test_who_does_not_know_tells_no_lie_and_no_story(workshop: Workshop) -> None:
    world = with_unaware(workshop, 0.4)
    story = next(c for c in world.hidden if c.name == STORY)
    chances = story.truth[kind(world, *CRUDE), 0]
    assert chances[[OPEN, COVER, UNAWARE]] == pytest.approx([0.3, 0.3, 0.4])
    drawn = Plan(world, SEED, len(ROWS)).draw(ROWS)
    victims = np.array([world.module_ids[k.module] == "typology.harm" for k in world.kinds])[drawn.kinds]
    unaware = victims & (drawn.hidden[STORY] == UNAWARE)
    assert unaware.sum() > 500
    assert (drawn.declared["debt"][unaware] == drawn.truth["debt"][unaware]).all()
    knows = victims & ~unaware
    assert (drawn.declared["debt"][knows] == fields()["debt"].code("none")).all()
    assert not (drawn.hidden[STORY][~victims] == UNAWARE).any()


def test_the_oracle_sums_over_those_who_do_not_know(workshop: Workshop) -> None:
    from dossier.stages import Stage

    world = with_unaware(workshop, 0.4)
    observed = {name: codes[:6] for name, codes in Plan(world, SEED, 10).draw(range(10)).observed.items()}
    assert_oracle_agrees(world, observed, Stage.INTERVIEW)


# --- what becomes known -----------------------------------------------------------------------------

KNOWN = """
[known.repatriation_record]
code = "linked"
share = 0.5
delay_days = 100
stray = 0.02
"""


def record(world: World) -> Conditional:
    return conditional(world, "repatriation_record")


def test_more_networks_are_known_as_the_year_goes_on(workshop: Workshop) -> None:
    world = workshop.compiled(KNOWN)
    told = record(world).known
    assert told is not None
    victims, others = told[kind(world, *CRUDE)], told[kind(world, *BASE)]
    assert (np.diff(victims) > 0).all()
    assert victims.max() < 0.5
    assert others == pytest.approx(victims * 0.02 / 0.5)
    # By the middle of a month a network has been at work for a time spread evenly up to a year and so many days.
    first_middle = 365 + (1 + 32) / 2
    grid = (np.arange(200_000) + 0.5) / 200_000 * first_middle
    assert victims[0] == pytest.approx(0.5 * float((1 - np.exp(-grid / 100)).mean()), rel=1e-6)


def test_a_network_that_is_known_is_known_to_all_its_members_from_then_on(workshop: Workshop) -> None:
    world = workshop.compiled(KNOWN)
    drawn = Plan(world, SEED, len(ROWS)).draw(ROWS)
    linked = drawn.truth["repatriation_record"] == 1
    month = drawn.truth["application_day"]
    members = drawn.network >= 0
    assert linked[members].mean() > 10 * linked[~members].mean() > 0
    for network in np.unique(drawn.network[members & linked])[:50]:
        own = drawn.network == network
        first = month[own & linked].min()
        assert linked[own & (month > first)].all()


# --- levers -----------------------------------------------------------------------------------------


def test_a_lever_changes_nobody_who_it_does_not_concern(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nregistry_match = { mismatch = 20 }\nphone_applicants = { 4 = 5.0 }\n"
    plain = workshop.scenario()
    levered = plain.with_levers(
        [lever(workshop, "[hard_to_fake]\nregistry_match = 1.0\n[missing]\nregistry_match = 0.2")]
    )
    before, after = (Plan(compile_world(s), SEED, len(ROWS)).draw(ROWS) for s in (plain, levered))
    assert all(
        (values == after.values[name]).all()
        for name, values in before.values.items()
        if name != "registry_match"
    )
    lost = [(d.observed["registry_match"] == -1) for d in (before, after)]
    assert 0 < lost[1].sum() < lost[0].sum()
    assert not (lost[1] & ~lost[0]).any()
    worse = (after.truth["registry_match"] < before.truth["registry_match"]).sum()
    assert worse == 0
    assert (after.truth["registry_match"] > before.truth["registry_match"]).any()


def test_a_diverted_person_sets_out_as_somebody_else_and_nobody_else_moves(workshop: Workshop) -> None:
    plain = workshop.scenario()
    warned = '[divert."typology.harm"]\nto = "journey.base"\nprobability = 0.25\nwhy = "x"'
    before, after = (
        Plan(compile_world(s), SEED, len(ROWS)).draw(ROWS)
        for s in (plain, plain.with_levers([lever(workshop, warned)]))
    )
    moved = before.kinds != after.kinds
    victims = before.network >= 0
    assert not (moved & ~victims).any()
    assert moved[victims].mean() == pytest.approx(0.25, abs=0.03)
    assert (after.network[moved] == -1).all()
    stays = ~moved
    assert all((v[stays] == after.values[name][stays]).all() for name, v in before.values.items())


def test_lies_and_covers_that_no_longer_stand_show_the_truth(workshop: Workshop) -> None:
    world = with_unaware(workshop, 0.0)
    trained = lever(workshop, "[lies]\ndebt = 0.0\n[cover]\ntransit = 0.0")
    levered = compile_world(world.scenario.with_levers([trained]))
    drawn = Plan(levered, SEED, len(ROWS)).draw(ROWS)
    assert (drawn.declared["debt"] == drawn.truth["debt"]).all()
    assert (drawn.declared["transit"] == drawn.truth["transit"]).all()


def test_a_lever_is_part_of_the_hash(workshop: Workshop) -> None:
    plain = workshop.scenario()
    levered = plain.with_levers([lever(workshop, "[missing]\nfunds_idr = 0.5")])
    assert scenario_hash(levered) != scenario_hash(plain)
    assert scenario_hash(levered.with_levers([])) == scenario_hash(plain)


def test_a_lever_file_bears_its_own_name(tmp_path: Path) -> None:
    from dossier.problems import BadInput

    path = tmp_path / "other.toml"
    path.write_text(f"{LEVER}[missing]\nfunds_idr = 0.5\n", encoding="utf-8")
    with pytest.raises(BadInput, match="does not fit the file"):
        load_lever(path)


# --- networks that moved ----------------------------------------------------------------------------


def test_what_is_hidden_further_lies_between_the_odds_and_none(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 4.0 }\n"
    moved = workshop.scenario().with_adaptations({"typology.harm": Adaptation(hidden={"sex": 0.5})})
    weights = np.array([0.52, 0.48 * 4**0.5])
    assert truth(compile_world(moved), "sex", CRUDE) == pytest.approx((weights / weights.sum()).tolist())
    assert truth(compile_world(moved), "sex", TWIN) == [0.52, 0.48]


def test_a_shifted_corridor_is_mixed_with_the_base_journeys(workshop: Workshop) -> None:
    workshop.base = "[table]\ntransit = { direct = 1.0 }\n"
    workshop.harm = "[table]\ntransit = { unusual_stop = 1.0 }\n"
    moved = workshop.scenario().with_adaptations({"typology.harm": Adaptation(corridor=0.3)})
    assert truth(compile_world(moved), "transit", EXPERT) == pytest.approx([0.3, 0.0, 0.7])


def test_networks_that_moved_keep_their_people_and_their_actors(workshop: Workshop) -> None:
    workshop.harm = "[odds]\ntold_to_keep_silent = { yes = 9 }\nphone_applicants = { 4 = 5.0 }\n"
    plain = workshop.scenario()
    moved = plain.with_adaptations({"typology.harm": Adaptation(hidden={"told_to_keep_silent": 0.9})})
    before, after = (Plan(compile_world(s), SEED, len(ROWS)).draw(ROWS) for s in (plain, moved))
    assert (before.kinds == after.kinds).all()
    assert all((actors == after.actors[name]).all() for name, actors in before.actors.items())
    silent = [(d.truth["told_to_keep_silent"] == 1)[before.network >= 0].mean() for d in (before, after)]
    assert silent[1] < silent[0] / 2


def test_the_world_without_levers_is_kept_for_planning(workshop: Workshop) -> None:
    world = compile_world(workshop.scenario().with_levers([lever(workshop, "[missing]\nfunds_idr = 0.5")]))
    assert world.unlevered is not None
    assert world.unlevered.unlevered is None
    assert replace(world, unlevered=None).scenario.levers
