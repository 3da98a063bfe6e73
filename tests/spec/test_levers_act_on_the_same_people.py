"""A lever changes what is seen of people, never who they are: so that a difference is the lever's effect.

Every released lever is drawn beside the same scenario without it, from the same streams. Whom it diverts is
counted; everybody else is the same person, with the same network, tier and story. Each part of a lever acts on
its own layer: what is lost is observed otherwise, what is coached is declared otherwise.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import MISSING, fields
from synthetic.cohort import plan_for, truth_of
from synthetic.compile import compile_world
from synthetic.draw import Drawn
from synthetic.levers import Lever, lever_names, load_lever
from synthetic.scenarios import load_scenario
from synthetic.world import World
from tests.unit.synthetic.worlds import ALL_TYPES

SCENARIOS = ("phnom_penh_2022", ALL_TYPES)
SIZE, SEED = 12_000, 21
EACH = [(scenario, lever) for scenario in SCENARIOS for lever in lever_names()]


@cache
def world_with(scenario: str, *levers: str) -> World:
    return compile_world(load_scenario(scenario).with_levers(load_lever(name) for name in levers))


@cache
def drawn_with(scenario: str, *levers: str) -> Drawn:
    return plan_for(world_with(scenario, *levers), SIZE, SEED).draw(range(SIZE))


def stayed(scenario: str, lever: str) -> npt.NDArray[np.bool_]:
    """Return who sets out as the same, shape (SIZE,)."""
    before, after = modules(scenario), modules(scenario, lever)
    return np.asarray(before == after)


@cache
def modules(scenario: str, *levers: str) -> npt.NDArray[np.int16]:
    return truth_of(world_with(scenario, *levers), drawn_with(scenario, *levers)).module


def changed(layer: str, name: str, scenario: str, lever: str) -> npt.NDArray[np.bool_]:
    """Return for whom a field of a layer differs, among those who stayed."""
    before, after = (getattr(drawn_with(scenario, *levers), layer)[name] for levers in ((), (lever,)))
    return np.asarray((before != after)[stayed(scenario, lever)])


# --- the same people --------------------------------------------------------------------------------


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_everybody_whom_it_does_not_divert_is_the_same_person(scenario: str, name: str) -> None:
    before, after = drawn_with(scenario), drawn_with(scenario, name)
    same = stayed(scenario, name)
    assert (before.applicants == after.applicants).all()
    assert (before.network == after.network)[same].all()
    assert (before.kinds == after.kinds)[same].all()
    for hidden in before.hidden:
        assert (before.hidden[hidden] == after.hidden[hidden])[same].all(), hidden


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_whoever_names_as_many_others_names_the_same_sponsor_phone_and_address(
    scenario: str, name: str
) -> None:
    """Sponsors, phones and addresses are planned without the lever, so that nobody changes house with it."""
    before, after, same = drawn_with(scenario), drawn_with(scenario, name), stayed(scenario, name)
    for link in before.actors:
        alike = same & (before.declared[link] == after.declared[link])
        assert alike.mean() > 0.9
        assert (before.actors[link] == after.actors[link])[alike].all(), link


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_only_those_leave_whom_it_diverts_and_as_many_as_it_says(scenario: str, name: str) -> None:
    ids, lever = world_with(scenario).module_ids, load_lever(name)
    before, after = modules(scenario), modules(scenario, name)
    for index, module in enumerate(ids):
        people = before == index
        divert = lever.divert.get(module)
        if divert is None or divert.to not in ids:
            assert (after[people] == index).all(), module
            continue
        left = after[people] != index
        assert (after[people][left] == ids.index(divert.to)).all()
        spread = np.sqrt(people.sum() * divert.probability * (1 - divert.probability))
        assert abs(left.sum() - people.sum() * divert.probability) < 4 * spread + 1, module


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_any_range_of_rows_is_the_same(scenario: str, name: str) -> None:
    plan, whole = plan_for(world_with(scenario, name), SIZE, SEED), drawn_with(scenario, name)
    part = plan.draw(range(5000, 5600))
    for field in fields():
        assert (part.values[field] == whole.values[field][5000:5600]).all(), field


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_taking_the_levers_away_again_gives_the_same_cohort(scenario: str) -> None:
    plain = load_scenario(scenario)
    back = plain.with_levers([load_lever("interview_training")]).with_levers(())
    drawn = plan_for(compile_world(back), SIZE, SEED).draw(range(SIZE))
    for field in fields():
        assert (drawn.values[field] == drawn_with(scenario).values[field]).all(), field


# --- each part on its own layer ---------------------------------------------------------------------


def true_changes(lever: Lever) -> set[str]:
    """Return the fields whose truth a lever may change."""
    return {*lever.table, *lever.hard_to_fake, *lever.known}


def with_gates(names: set[str]) -> set[str]:
    """Return these fields and those that are asked only where one of them opens the gate."""
    return names | {field.name for field in fields().values() if field.gate_field in names}


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_the_truth_changes_only_where_it_says(scenario: str, name: str) -> None:
    may = with_gates(true_changes(load_lever(name)))
    for field in set(fields()) - may:
        assert not changed("truth", field, scenario, name).any(), field


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_what_is_said_changes_only_where_lies_or_stories_fall(scenario: str, name: str) -> None:
    lever = load_lever(name)
    may = with_gates(true_changes(lever) | {*lever.lies, *lever.cover})
    for field in set(fields()) - may:
        assert not changed("declared", field, scenario, name).any(), field


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_what_is_written_changes_only_where_it_acts(scenario: str, name: str) -> None:
    lever = load_lever(name)
    may = with_gates(true_changes(lever) | {*lever.lies, *lever.cover, *lever.missing, *lever.noise})
    for field in set(fields()) - may:
        assert not changed("observed", field, scenario, name).any(), field


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_what_is_lost_less_is_never_lost_anew(scenario: str, name: str) -> None:
    """The same word decides: a factor below one gives answers back and takes none away."""
    lever = load_lever(name)
    same = stayed(scenario, name)
    for field in lever.missing:
        before, after = (drawn_with(scenario, *levers).observed[field][same] for levers in ((), (name,)))
        said = [drawn_with(scenario, *levers).declared[field][same] for levers in ((), (name,))]
        comparable = said[0] == said[1]
        assert not ((before != MISSING) & (after == MISSING) & comparable).any(), field
        assert ((before == MISSING) & (after != MISSING)).any(), field


@pytest.mark.parametrize(("scenario", "name"), EACH)
def test_a_lever_teaches_nobody_to_lie(scenario: str, name: str) -> None:
    """Where it only undoes lies and stories, whoever told the truth without it tells it with it."""
    lever, same = load_lever(name), stayed(scenario, name)
    before, after = drawn_with(scenario), drawn_with(scenario, name)
    for field in {*lever.lies, *lever.cover} - true_changes(lever):
        true = (before.truth[field] == before.declared[field])[same]
        assert (after.truth[field] == after.declared[field])[same][true].all(), field


# --- what each does ---------------------------------------------------------------------------------

MANY, CASE = 60_000, "phnom_penh_2022"


@cache
def many(*levers: str) -> Drawn:
    """Return so many people of one case that its networks can be counted."""
    return plan_for(world_with(CASE, *levers), MANY, SEED).draw(range(MANY))


def victims() -> npt.NDArray[np.bool_]:
    return truth_of(world_with(CASE), many()).is_victim


def says(layer: str, field: str, code: str, *levers: str) -> npt.NDArray[np.bool_]:
    """Return for whom a field holds a code, shape (MANY,)."""
    return np.asarray(getattr(many(*levers), layer)[field] == fields()[field].code(code))


def test_trained_interviewers_hear_more_of_what_was_to_be_kept_silent() -> None:
    heard = [
        says("observed", "told_to_keep_silent", "yes", *levers)[victims()].mean()
        for levers in ((), ("interview_training",))
    ]
    assert heard[1] > 1.2 * heard[0] > 0


def test_a_gate_asks_nobody_anything() -> None:
    at_gate = says("observed", "checkpoint_lane", "autogate", "autogates")
    assert 0.68 < at_gate.mean() < 0.72
    for field in ("companions_seen", "purpose_restated"):
        assert (many("autogates").observed[field][at_gate] < MISSING).all()
        assert (many("autogates").observed[field][~at_gate] >= MISSING).all()


KNOWN = [("repatriation_feedback", "repatriation_record"), ("intelligence_feed", "watch_list")]


@pytest.mark.parametrize(("lever", "field"), KNOWN)
def test_what_becomes_known_stays_known_and_grows_over_the_year(lever: str, field: str) -> None:
    before, after = says("truth", field, "linked"), says("truth", field, "linked", lever)
    assert not (before & ~after).any()
    (conditional,) = (c for c in world_with(CASE, lever).conditionals if c.name == field)
    assert conditional.known is not None
    assert (np.diff(conditional.known, axis=1) > 0).all()


@pytest.mark.parametrize(("lever", "field"), KNOWN)
def test_the_later_the_word_comes_the_fewer_are_known(lever: str, field: str) -> None:
    slow = load_lever(lever)
    late = slow.known[field].model_copy(update={"delay_days": 10 * slow.known[field].delay_days})
    slow = slow.model_copy(update={"known": {field: late}})
    world = compile_world(load_scenario(CASE).with_levers([slow]))
    drawn = plan_for(world, MANY, SEED).draw(range(MANY))
    linked = drawn.truth[field] == fields()[field].code("linked")
    in_time = says("truth", field, "linked", lever)
    assert not (linked & ~in_time).any()
    assert linked[victims()].mean() < 0.7 * in_time[victims()].mean()


@pytest.mark.parametrize(("lever", "field"), KNOWN)
def test_a_network_is_known_with_all_its_members_or_not_at_all(lever: str, field: str) -> None:
    after = says("truth", field, "linked", lever)
    newly = after & ~says("truth", field, "linked")
    month, network = many().truth["application_day"], many().network
    known = {(network[row], month[row]) for row in np.flatnonzero(newly & victims())}
    assert len(known) > 50
    members = [(network[row], month[row]) in known for row in np.flatnonzero(victims())]
    assert after[victims()][members].all()


@pytest.mark.parametrize(("lever", "field"), KNOWN)
def test_some_who_are_nobodys_victim_are_marked_too(lever: str, field: str) -> None:
    newly = says("truth", field, "linked", lever) & ~says("truth", field, "linked")
    assert 0 < newly[~victims()].mean() < 0.03


def test_every_lever_applies_somewhere() -> None:
    for name in lever_names():
        assert any(
            drawn_with(scenario).observed[field].tobytes()
            != drawn_with(scenario, name).observed[field].tobytes()
            for scenario in SCENARIOS
            for field in fields()
        ), name


def test_levers_together_do_what_each_does() -> None:
    both = drawn_with(ALL_TYPES, "interview_training", "repatriation_feedback")
    for field, lever in (("debt", "interview_training"), ("repatriation_record", "repatriation_feedback")):
        assert (both.observed[field] == drawn_with(ALL_TYPES, lever).observed[field]).all()
