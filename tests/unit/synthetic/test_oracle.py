"""The oracle: sure where the dossier is, ignorant where it is empty, and never ahead of its stage."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp

from dossier.fields import MISSING, Codes, fields, fields_visible_at
from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.draw import Drawn, Plan
from synthetic.oracle import Oracle
from synthetic.world import STORY, World
from tests.unit.synthetic.conftest import LAWFUL, Workshop
from tests.unit.synthetic.naive_oracle import assert_oracle_agrees
from tests.unit.synthetic.worlds import drawn as drawn_of
from tests.unit.synthetic.worlds import world as world_named

NAME = "phnom_penh_2022"
FEW = 300


@pytest.fixture(scope="module")
def world() -> World:
    return world_named(NAME)


@pytest.fixture(scope="module")
def observed() -> dict[str, Codes]:
    found: Drawn = drawn_of(NAME)
    return {name: codes[:FEW] for name, codes in found.observed.items()}


@pytest.mark.parametrize("stage", Stage)
def test_what_is_not_visible_yet_changes_nothing(
    world: World, observed: dict[str, Codes], stage: Stage
) -> None:
    oracle = Oracle(world, stage)
    later = {name for name in fields() if name not in fields_visible_at(stage)}
    blanked = {
        name: np.full_like(codes, MISSING) if name in later else codes for name, codes in observed.items()
    }
    assert oracle.log_odds(blanked).tolist() == oracle.log_odds(observed).tolist()


def test_every_visible_field_is_read(world: World, observed: dict[str, Codes]) -> None:
    oracle = Oracle(world, Stage.CHECKPOINT)
    plain = oracle.log_odds(observed)
    for name in ("sex", "offer_pay_usd", "watch_list", "phone_applicants", "told_to_keep_silent"):
        blanked = {**observed, name: np.full_like(observed[name], MISSING)}
        assert oracle.log_odds(blanked).tolist() != plain.tolist(), name


def test_the_odds_are_those_of_victims_against_others(world: World, observed: dict[str, Codes]) -> None:
    oracle = Oracle(world, Stage.INTERVIEW)
    joint = oracle.log_joint(observed)
    classes = np.array([kind.truth_class for kind in world.kinds])
    victims = logsumexp(joint[:, classes == TruthClass.VICTIM], axis=1)
    others = logsumexp(joint[:, np.isin(classes, [TruthClass.LAWFUL, TruthClass.IRREGULAR])], axis=1)
    assert oracle.log_odds(observed) == pytest.approx(victims - others, abs=1e-9)


def test_many_dossiers_are_judged_as_each_is_alone(world: World) -> None:
    """More than one chunk; a chunk changes nothing."""
    found = drawn_of(NAME)
    many = {name: codes[:5000] for name, codes in found.observed.items()}
    odds = Oracle(world, Stage.COUNTER).log_odds(many)
    for row in (0, 2047, 2048, 4999):
        alone = {name: codes[row : row + 1] for name, codes in many.items()}
        assert Oracle(world, Stage.COUNTER).log_odds(alone) == pytest.approx(odds[row : row + 1], abs=1e-9)


def test_no_dossiers_are_no_odds(world: World, observed: dict[str, Codes]) -> None:
    empty = {name: codes[:0] for name, codes in observed.items()}
    assert Oracle(world, Stage.CHECKPOINT).log_odds(empty).size == 0


NO_RECORDS = """
[known.repatriation_record]
code = "linked"
share = 0
delay_days = 100
stray = 0
"""


def test_where_modules_do_not_differ_the_dossier_says_nothing(workshop: Workshop) -> None:
    world = workshop.compiled(NO_RECORDS)
    found = drawn_of(NAME)
    odds = Oracle(world, Stage.CHECKPOINT).log_odds(
        {name: codes[:50] for name, codes in found.observed.items()}
    )
    assert odds == pytest.approx(np.log(0.2 / 0.8), abs=1e-9)


def test_one_code_shifts_the_odds_by_its_likelihood_ratio(workshop: Workshop) -> None:
    workshop.harm = "[odds]\nsex = { male = 7 }\n[hard_to_fake]\nsex = 1.0\n"
    world = workshop.compiled()
    observed = {name: codes[:2].copy() for name, codes in drawn_of(NAME).observed.items()}
    observed["sex"] = np.array([0, 1], dtype=np.int8)
    total = 0.52 + 0.48 * 7
    expected = [np.log(0.2 / 0.8) - np.log(total), np.log(0.2 / 0.8) + np.log(7 / total)]
    assert Oracle(world, Stage.COUNTER).log_odds(observed) == pytest.approx(np.array(expected), abs=1e-9)


def test_a_code_that_only_victims_have_is_certainty(workshop: Workshop) -> None:
    workshop.base = "[table]\nsex = { female = 1 }\n"
    workshop.harm = "[table]\nsex = { male = 1 }\n"
    world = workshop.compiled()
    observed = {name: codes[:2].copy() for name, codes in drawn_of(NAME).observed.items()}
    observed["sex"] = np.array([0, 1], dtype=np.int8)
    low, high = Oracle(world, Stage.COUNTER).log_odds(observed)
    assert low < -100
    assert high > 100


def test_a_story_a_lie_and_a_parent_may_meet_in_one_field(workshop: Workshop) -> None:
    """All that released modules never combine: a field that is lied about under a story that slips."""
    other = (
        LAWFUL.replace("journey.base", "journey.other") + "[table]\ndebt = { none = 0.3, recruiter = 0.7 }\n"
    )
    workshop.write("journeys/other.toml", other)
    rows = "female = { none = 0.2, recruiter = 0.8 }, male = { none = 0.6, family_or_bank = 0.4 }"
    workshop.base = (
        f'[table]\njob_offer = {{ yes = 1 }}\ndebt = {{ parents = ["sex"], rows = {{ {rows} }} }}\n'
    )
    workshop.harm = (
        "[odds]\npreparation = { poor = 3 }\ndebt = { recruiter = 4 }\n"
        '[lies]\ndebt = { when = ["recruiter", "family_or_bank"], say = "none" }\n'
        'answers_consistent = { when = ["contradictory"], say = "consistent" }\n'
        '[cover]\njourney = "journey.other"\nslip = 0.3\nfields = ["debt", "answers_consistent"]\n'
    )
    world = workshop.compiled()
    found = Plan(world, 3, 200).draw(range(200))
    told = np.flatnonzero(found.hidden[STORY] == 1)[:6]
    assert len(told) == 6
    observed = {name: codes[[*told, 0, 1]] for name, codes in found.observed.items()}
    assert_oracle_agrees(world, observed, Stage.CHECKPOINT)
    assert_oracle_agrees(world, observed, Stage.INTERVIEW)


def test_a_share_of_zero_is_no_error(world: World, observed: dict[str, Codes]) -> None:
    silent = replace(
        world, kinds=tuple(replace(kind, share=0.0) if kind.tier == 0 else kind for kind in world.kinds)
    )
    joint = Oracle(silent, Stage.COUNTER).log_joint(observed)
    tier = np.array([kind.tier for kind in world.kinds])
    assert np.isneginf(joint[:, tier == 0]).all()
    assert np.isfinite(joint[:, tier != 0]).all()
