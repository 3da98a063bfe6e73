"""Independent victims of each group: whom they come from, in which order, and how long somebody looks."""

from functools import cache

import numpy as np
import pytest

from console.certifying import Scorer
from console.thresholds.group_draws import Drawer, GroupDraw, counts_of, group_draws, modules_left
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import load_cards
from screening.evaluation.guarantee.tuning import GroupName
from screening.screener import RELEASED, released_rules
from synthetic.audit import only
from synthetic.cohort import dossiers_of, truth_of
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.levers import load_lever
from synthetic.scenarios import load_scenario
from synthetic.world import World
from tests.unit.synthetic.worlds import ALL_TYPES, world

ROWS = 6000


@cache
def drawer() -> Drawer:
    return Drawer(world(ALL_TYPES), Scorer.of(released_rules(), load_cards(RELEASED)), Stage.VERIFICATION)


@cache
def with_campaign() -> World:
    return compile_world(load_scenario(ALL_TYPES).with_levers([load_lever("awareness_campaign")]))


def draw_of(name: str, group: str) -> GroupDraw:
    return next(draw for draw in group_draws(world(ALL_TYPES), [name]) if draw.name == GroupName(name, group))


def test_every_typology_family_that_occurs_is_a_group_of_its_own_modules() -> None:
    draws = group_draws(world(ALL_TYPES), ["typology"])
    family_of = {module.id: module.module.family for module in world(ALL_TYPES).modules}
    assert {draw.name.group for draw in draws} == {family for family in family_of.values() if family}
    for draw in draws:
        assert {family_of[module] for module in draw.modules} == {draw.name.group}
    every = [module for draw in draws for module in draw.modules]
    assert sorted(every) == sorted(modules_left(world(ALL_TYPES), "victim"))


def test_crossed_groups_are_every_combination() -> None:
    alone = len(group_draws(world(ALL_TYPES), ["typology"]))
    crossed = group_draws(world(ALL_TYPES), ["typology+sex"])
    assert len(crossed) == 2 * alone
    assert GroupName("typology+sex", "online_scam, female") in [draw.name for draw in crossed]


def test_kept_victims_are_those_of_the_group_in_the_order_of_the_rows() -> None:
    draw = draw_of("sex", "female")
    sample = drawer().sample(draw, 200, ROWS, 9)
    shares = only(world(ALL_TYPES), draw.modules)
    plan = Plan(world(ALL_TYPES), 9, ROWS, shares, one_per_network=True)
    drawn = plan.draw(range(ROWS))
    dossiers, truth = dossiers_of(drawn), truth_of(world(ALL_TYPES), drawn)
    assert truth.is_victim.all()
    assert len(np.unique(truth.network)) == ROWS  # one victim for each network
    women = np.flatnonzero(dossiers.columns["sex"] == 0)[:200]
    expected = drawer().scorer.risk(dossiers.take(women), Stage.VERIFICATION)
    assert sample.risk.tolist() == expected.tolist()
    assert sample.looked_at == women[-1] + 1


def test_the_size_of_chunks_changes_nobody() -> None:
    draw = draw_of("tier", "expert")
    few, many = (drawer().sample(draw, size, ROWS, 9) for size in (50, 300))
    assert many.risk[:50].tolist() == few.risk.tolist()


def test_the_looking_ends_at_the_stated_number_of_rows() -> None:
    sample = drawer().sample(draw_of("sex", "female"), 5000, 700, 9)
    assert 0 < len(sample) < 700
    assert sample.looked_at == 700


def test_a_group_of_whom_nobody_is_found_has_nobody() -> None:
    nobody = GroupDraw(GroupName("sex", "neither"), modules_left(world(ALL_TYPES), "victim"), 7)
    assert len(drawer().sample(nobody, 10, 700, 9)) == 0


def test_other_seeds_draw_other_people() -> None:
    draw = draw_of("typology", "online_scam")
    first, again, other = (drawer().sample(draw, 100, ROWS, seed).risk.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_levers_leave_the_mixture_that_sets_out() -> None:
    """The shares that are left are those that a cohort with the lever has."""
    levered = with_campaign()
    assert levered.diverts
    n = 60_000
    truth = truth_of(levered, Plan(levered, 4, n).draw(range(n)))
    found = np.bincount(truth.module, minlength=len(levered.modules)) / n
    expected = levered.shares_left
    assert expected.sum() == pytest.approx(1)
    assert np.abs(found - expected).max() < 5 * np.sqrt(0.25 / n)
    before = world(ALL_TYPES).shares_left
    assert (expected < before).any()
    assert only(levered, ["journey.tourist"])[levered.module_ids.index("journey.tourist")] == 1


def test_a_sweep_counts_both_sides() -> None:
    sides = [
        drawer().side(modules_left(world(ALL_TYPES), *truths), 500, 500, seed, one_per_network=seed == 1)
        for seed, truths in ((1, ("victim",)), (2, ("lawful", "irregular")))
    ]
    counts = counts_of(sides, ["typology", "sex", "everybody"])
    assert int(counts.everybody.people.sum()) == 1000
    assert [tally.names for tally in counts.groups] == [("typology",), ("sex",)]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        ([], "no groups are named"),
        (["hair"], "no grouping 'hair'"),
        (["sex+hair"], "no grouping 'hair'"),
        (["everybody+sex"], "no grouping 'everybody'"),
        (["truth"], "does not divide victims"),
        (["traveller"], "does not divide victims"),
        (["sex", "sex"], "twice"),
        (["sex+sex"], "twice"),
        (["sex+tier", "tier+sex"], "twice"),
        (["typology+province+age_band"], "groups; more than"),
    ],
)
def test_groupings_that_cannot_be_are_refused(names: list[str], what: str) -> None:
    with pytest.raises(BadInput, match=what):
        group_draws(world(ALL_TYPES), names)
