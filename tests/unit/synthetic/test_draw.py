"""Drawing: any row at any time, alone or among others, and always the same."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.tables import RESERVED_BELOW
from dossier.truth import TruthClass
from synthetic.audit import modules_with, only
from synthetic.draw import Drawn, Plan, group_index
from synthetic.world import STORY, Conditional, World
from tests.unit.synthetic.conftest import Workshop, overlay
from tests.unit.synthetic.worlds import SEED, SIZE, plan

LAYERS = ("hidden", "truth", "declared", "observed", "values", "actors")
SINGLE = ("applicants", "kinds", "network")
GATED = [field for field in fields().values() if field.gate]
NUMBERS = [field.name for field in fields().values() if field.is_number]

Column = npt.NDArray[Any]


def columns(drawn: Drawn) -> dict[str, Column]:
    """Return every array of drawn rows by layer and name."""
    found: dict[str, Column] = {name: getattr(drawn, name) for name in SINGLE}
    for layer in LAYERS:
        parts: Mapping[str, Column] = getattr(drawn, layer)
        found |= {f"{layer}.{name}": values for name, values in parts.items()}
    return found


def assert_same(found: Mapping[str, Column], expected: Mapping[str, Column], rows: slice) -> None:
    assert found.keys() == expected.keys()
    different = [name for name, values in expected.items() if found[name].tolist() != values[rows].tolist()]
    assert different == []


# --- reproducibility --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cuts", [(0, 1, 7, SIZE), (0, 9_999, 10_000, 10_001, SIZE), (0, 12_345, 17_000, SIZE)]
)
def test_any_chunking_gives_the_same_rows(drawn: Drawn, cuts: tuple[int, ...]) -> None:
    chunks = [columns(plan().draw(range(*cut))) for cut in pairwise(cuts)]
    joined = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}
    assert_same(joined, columns(drawn), slice(None))


@pytest.mark.parametrize("row", [0, 1, 7_777, SIZE - 1])
def test_a_row_drawn_alone_is_the_same(drawn: Drawn, row: int) -> None:
    assert_same(columns(plan().draw(range(row, row + 1))), columns(drawn), slice(row, row + 1))


def test_no_rows_are_no_rows() -> None:
    empty = plan().draw(range(5, 5))
    assert len(empty) == 0
    assert {len(values) for values in columns(empty).values()} == {0}


def test_columns_have_the_types_of_the_vocabulary(drawn: Drawn) -> None:
    for name, field in fields().items():
        assert drawn.values[name].dtype == (np.int32 if field.is_number else np.int8), name
        assert drawn.observed[name].dtype == np.int8, name


@pytest.mark.parametrize("layer", LAYERS)
def test_another_seed_draws_other_people(drawn: Drawn, layer: str) -> None:
    other = replace(plan(), seed=SEED + 1).draw(range(2000))
    mine: Mapping[str, Column] = getattr(drawn, layer)
    theirs: Mapping[str, Column] = getattr(other, layer)
    differing = [name for name in mine if len(np.unique(mine[name])) > 1]
    assert len(differing) > len(mine) / 2
    assert all(theirs[name].tolist() != mine[name][:2000].tolist() for name in differing)


def test_a_change_of_one_table_moves_no_other_field(workshop: Workshop) -> None:
    """Common random numbers: what differs between two scenarios is the change and what hangs on it."""
    workshop.harm = "[odds]\neducation = { university = 5 }\n"
    changed = overlay("typology.harm", "odds", "education = { university = 0.2 }")
    before, after = (
        columns(Plan(world, SEED, 5000).draw(range(5000)))
        for world in (workshop.compiled(), workshop.compiled(changed))
    )
    moved = {name for name in before if before[name].tolist() != after[name].tolist()}
    assert moved == {f"{layer}.education" for layer in ("truth", "declared", "observed", "values")}


# --- whom -------------------------------------------------------------------------------------------


def test_only_keeps_relative_shares_exactly(world: World) -> None:
    wanted = modules_with(world, TruthClass.VICTIM)
    shares = dict(zip(world.module_ids, only(world, wanted), strict=True))
    total = sum(world.scenario.mix[module].share for module in wanted)
    expected = {m: world.scenario.mix[m].share / total if m in wanted else 0.0 for m in world.module_ids}
    assert shares == pytest.approx(expected, rel=1e-12)
    assert {module for module, share in shares.items() if share} == set(wanted)


def test_only_nobody_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="no module of"):
        only(world, ["journey.nobody"])


@pytest.mark.parametrize(
    "module", ["typology.forced_marriage", "journey.escort", "lookalike.irregular_worker"]
)
def test_a_rare_module_can_be_drawn_alone(world: World, module: str) -> None:
    found = Plan(world, SEED, 3000, only(world, [module])).draw(range(3000))
    assert {world.module_ids[world.kinds[kind].module] for kind in set(found.kinds.tolist())} == {module}


def test_modules_are_drawn_in_their_shares(world: World, drawn: Drawn) -> None:
    modules = np.array([kind.module for kind in world.kinds])[drawn.kinds]
    counts = np.bincount(modules, minlength=len(world.modules))
    shares = np.array([world.scenario.mix[module].share for module in world.module_ids])
    assert (abs(counts - SIZE * shares) < 4 * np.sqrt(SIZE * shares)).all()


def test_the_order_of_rows_carries_no_label(world: World, drawn: Drawn) -> None:
    victims = np.array([kind.truth_class for kind in world.kinds])[drawn.kinds] == TruthClass.VICTIM
    middle = (SIZE - 1) / 2
    deviation = np.flatnonzero(victims).mean() - middle
    assert abs(deviation) < 4 * SIZE / np.sqrt(12 * victims.sum())


# --- networks ---------------------------------------------------------------------------------------


def test_all_members_of_a_network_share_its_tier(world: World, drawn: Drawn) -> None:
    tiers = np.array([kind.tier for kind in world.kinds])[drawn.kinds]
    members = (drawn.network >= 0) & (tiers >= 0)
    pairs = set(zip(drawn.network[members].tolist(), drawn.kinds[members].tolist(), strict=True))
    assert len(pairs) == len({network for network, _ in pairs}) < members.sum()


def test_only_modules_with_networks_have_members(world: World, drawn: Drawn) -> None:
    modules = np.array([kind.module for kind in world.kinds])[drawn.kinds]
    has_law = np.array([module.has_networks for module in world.modules])
    assert ((drawn.network >= 0) == has_law[modules]).all()


def test_escorts_and_recruiters_belong_to_the_networks_of_victims(world: World, drawn: Drawn) -> None:
    classes = np.array([kind.truth_class for kind in world.kinds])[drawn.kinds]
    facilitators = drawn.network[classes == TruthClass.FACILITATOR]
    victims = drawn.network[classes == TruthClass.VICTIM]
    assert len(facilitators) > 20
    assert np.isin(facilitators >> 40, victims >> 40).all()  # a network of one of the victims' typologies
    assert np.isin(facilitators, victims).mean() > 0.3


def test_networks_take_the_tiers_weights(world: World) -> None:
    found = Plan(world, SEED, 20_000, only(world, ["typology.debt_bondage"]), one_per_network=True).draw(
        range(20_000)
    )
    tiers = np.array([kind.tier for kind in world.kinds])[found.kinds]
    assert (np.bincount(tiers) / 20_000).tolist() == pytest.approx([0.45, 0.35, 0.20], abs=0.015)


def test_one_per_network_gives_every_victim_a_network_of_its_own(world: World) -> None:
    victims = only(world, modules_with(world, TruthClass.VICTIM))
    plan_ = Plan(world, SEED, 4000, victims, one_per_network=True)
    found = plan_.draw(range(4000))
    assert len(np.unique(found.network)) == 4000
    assert plan_.draw(range(3999, 4000)).network.tolist() == [found.network[3999]]


# --- fields -----------------------------------------------------------------------------------------


def test_identity_numbers_are_unique_and_reserved(drawn: Drawn) -> None:
    assert len(np.unique(drawn.applicants)) == SIZE
    assert (drawn.applicants >= 0).all()
    assert (drawn.applicants < RESERVED_BELOW).all()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_lies_in_its_bin_and_its_range(drawn: Drawn, name: str) -> None:
    field, values = fields()[name], drawn.values[name]
    assert field.bins(values).tolist() == drawn.observed[name].tolist()
    assert values[values >= 0].max() <= field.upper


@pytest.mark.parametrize("name", ["income_idr", "fee_idr", "funds_idr"])
def test_money_comes_in_round_sums(drawn: Drawn, name: str) -> None:
    values = drawn.values[name]
    assert (values[values >= 0] % fields()[name].step == 0).all()


@pytest.mark.parametrize("name", ["age", "application_day"])
def test_every_number_of_a_bin_occurs(drawn: Drawn, name: str) -> None:
    field = fields()[name]
    assert set(drawn.values[name].tolist()) == set(range(field.edges[0], field.upper + 1))


@pytest.mark.parametrize("field", GATED, ids=lambda field: field.name)
def test_a_question_is_asked_exactly_where_its_gate_is_open(drawn: Drawn, field: Any) -> None:
    ((gate, labels),) = field.gate.items()
    for layer in (drawn.truth, drawn.declared, drawn.observed):
        opens = np.isin(layer[gate], [fields()[gate].code(label) for label in labels])
        assert ((layer[field.name] != NOT_APPLICABLE) == opens).all()


def test_nothing_true_is_missing(drawn: Drawn) -> None:
    for layer in (drawn.truth, drawn.declared):
        assert not any((codes == MISSING).any() for codes in layer.values())


def test_cells_are_lost_as_often_as_the_world_says(world: World, drawn: Drawn) -> None:
    office = drawn.truth["office"]
    for name, recording in world.recordings.items():
        asked = drawn.declared[name] >= 0
        expected = recording.missing[office[asked], drawn.declared[name][asked]]
        deviation = (drawn.observed[name][asked] == MISSING).sum() - expected.sum()
        assert abs(deviation) <= 4.5 * np.sqrt(expected.sum()), name


def test_what_is_recorded_is_misread_as_often_as_the_world_says(world: World, drawn: Drawn) -> None:
    for name, recording in world.recordings.items():
        kept = drawn.observed[name] >= 0
        kept &= drawn.declared[name] >= 0
        wrong = (drawn.observed[name][kept] != drawn.declared[name][kept]).sum()
        expected = kept.sum() * recording.noise
        assert abs(wrong - expected) <= 4.5 * np.sqrt(expected), name


@pytest.mark.parametrize("name", ["sex", "education", "marital_status", "answers_consistent", "income_idr"])
def test_true_codes_follow_type_and_parents(world: World, drawn: Drawn, name: str) -> None:
    """Pearson's statistic over all types and parents against its mean, in its own standard deviations."""
    conditional = next(c for c in world.conditionals if c.name == name)
    statistic, freedom = _chi_square(conditional, drawn)
    assert freedom > 20
    assert abs(statistic - freedom) < 4.5 * np.sqrt(2 * freedom) + 0.02 * freedom


def test_cover_stories_are_told_as_often_as_the_types_say(world: World, drawn: Drawn) -> None:
    conditional = next(c for c in world.hidden if c.name == STORY)
    statistic, freedom = _chi_square(conditional, drawn)
    assert statistic < freedom + 4.5 * np.sqrt(2 * freedom)


def _chi_square(conditional: Conditional, drawn: Drawn) -> tuple[float, int]:
    """Return the statistic and its degrees of freedom, over cells where at least five are expected."""
    codes = {**drawn.hidden, **drawn.truth}
    groups = conditional.truth.shape[1]
    cell = drawn.kinds * groups + group_index(conditional, codes)
    table = np.zeros((conditional.truth.shape[0] * groups, conditional.codes))
    np.add.at(table, (np.broadcast_to(cell, drawn.kinds.shape), codes[conditional.name]), 1)
    expected = table.sum(axis=1, keepdims=True) * conditional.truth.reshape(table.shape)
    assert (table[expected == 0] == 0).all()
    usable = (expected > 5).all(axis=1, where=expected > 0) & (expected.sum(axis=1) > 0)
    kept, wanted = table[usable], expected[usable]
    statistic = ((kept - wanted) ** 2 / np.where(wanted > 0, wanted, 1)).sum()
    freedom = int(((wanted > 0).sum(axis=1) - 1).sum())
    return float(statistic), freedom


@pytest.mark.parametrize("name", ["baseline_year", "phnom_penh_2022"])
def test_released_worlds_draw(world_of: Callable[[str], World], name: str) -> None:
    assert len(Plan(world_of(name), SEED, 10).draw(range(10))) == 10
