"""The channels: their file is checked, the draw is row by row and exact, and the law agrees with a naive one."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.truth import TruthClass
from screening.evaluation.rates import Rate
from synthetic.audit import modules_with, only
from synthetic.channels import (
    GROUPS,
    POOLED,
    Channel,
    Known,
    identified,
    load_channels,
    person_groups,
    released_channels,
    shown,
    solved_factors,
)
from synthetic.draw import Drawn, Plan
from synthetic.modules import released_modules
from synthetic.streams import FULL, words
from synthetic.world import World
from tests.unit.synthetic.worlds import ALL_TYPES, world

SEED = 23
SIZE = 12_000
ROWS = range(SIZE)

SAMPLE = """[desk]
title = { en = "x", id = "x" }
description = { en = "x", id = "x" }
limits = { en = "x", id = "x" }
sources = ["paper_004"]
chance = { value = 0.2, grade = "D", why = "x" }
"""
FACTORS = '[desk.factors.sex]\nfemale = 2.0\ngrade = "D"\n'


@cache
def plan() -> Plan:
    """Return a plan of victims alone."""
    found = world(ALL_TYPES)
    return Plan(found, SEED, SIZE, shares=only(found, modules_with(found, TruthClass.VICTIM)))


@cache
def drawn() -> Drawn:
    return plan().draw(ROWS)


@cache
def known() -> dict[str, Known]:
    return dict(identified(plan().world, drawn(), SEED))


# --- the draw -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [range(700), range(699, 2500), range(11_999, 12_000), range(0)])
def test_any_rows_know_what_the_whole_knows(rows: range) -> None:
    part = identified(plan().world, plan().draw(rows), SEED)
    assert list(part) == list(released_channels())
    for channel, whole in known().items():
        assert part[channel].tolist() == whole[rows.start : rows.stop].tolist()


def test_another_seed_knows_others() -> None:
    others = identified(plan().world, drawn(), SEED + 1)
    assert all((others[channel] != whole).any() for channel, whole in known().items())


def test_nobody_but_a_victim_becomes_known(world: World) -> None:
    everybody = Plan(world, SEED, SIZE).draw(ROWS)
    is_victim = np.array([kind.truth_class == TruthClass.VICTIM for kind in world.kinds])[everybody.kinds]
    assert not is_victim.all()
    found = identified(world, everybody, SEED)
    assert any(known.any() for known in found.values())
    for known in found.values():
        assert known.shape == (SIZE,)
        assert not known[~is_victim].any()


def test_channels_do_not_look_at_the_same_time_for_the_same_people() -> None:
    """Each has a stream of its own: who is known to both is what independence gives."""
    embassy, police = known()["embassy"], known()["police"]
    both = Rate(int((embassy & police).sum()), SIZE)
    apart = sum(chance_of("embassy", row) * chance_of("police", row) for row in range(SIZE))
    assert both.low < apart / SIZE < both.high


@pytest.mark.parametrize("channel", released_channels())
def test_each_row_agrees_with_its_naive_twin(channel: str) -> None:
    raw = words(SEED, "row", channel, "identified", rows=ROWS)
    for row in range(0, SIZE, 7):
        expected = int(raw[row]) >> 32 < round(chance_of(channel, row) * FULL)
        assert bool(known()[channel][row]) == expected


def chance_of(name: str, row: int) -> float:
    """Return the chance that a channel knows one victim, looked up code by code."""
    channel, found, rows = released_channels()[name], plan().world, drawn()
    module = found.modules[found.kinds[int(rows.kinds[row])].module]
    labels = {
        field: (tuple(map(str, fields()[field].edges)) or fields()[field].codes)[int(codes[row])]
        for field, codes in rows.truth.items()
        if codes[row] >= 0
    }
    age, is_male = int(labels["age"]), labels["sex"] == "male"
    labels["group"] = ("boys" if age < 18 else "men") if is_male else ("girls" if age < 18 else "women")
    labels |= {"family": module.module.family, "typology": module.id}
    chance = channel.chance.value
    for given, block in channel.factors.items():
        of = block.rows.get(labels[block.parents[0]], {}) if block.parents else block.values
        chance *= of.get(labels[given], 1.0)
    return chance


# --- the law ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", released_channels())
def test_what_a_channel_shows_is_what_its_victims_are_on_average(channel: str) -> None:
    expected = shown(plan().world, released_channels()[channel])
    assert sum(expected.shares.values()) == pytest.approx(1)
    found = known()[channel]
    groups = person_groups(drawn().truth)[found]
    for group, name in enumerate(GROUPS):
        rate = Rate(int((groups == group).sum()), len(groups), confidence=0.999)
        assert rate.low <= expected.shares[name] <= rate.high, name
    rate = Rate(int(found.sum()), SIZE, confidence=0.999)
    assert rate.low <= expected.known <= rate.high


def test_groups_are_told_by_true_sex_and_age() -> None:
    code = {name: fields()["sex"].code(name) for name in ("female", "male")}
    bins = [fields()["age"].edges.index(edge) for edge in (17, 18)]
    truth = {
        "sex": np.array([code["female"], code["male"]] * 2, dtype=np.int8),
        "age": np.array([bins[1], bins[1], bins[0], bins[0]], dtype=np.int8),
    }
    assert [GROUPS[group] for group in person_groups(truth)] == ["women", "men", "girls", "boys"]


# --- calibration --------------------------------------------------------------------------------------------

CALIBRATED = [name for name, channel in released_channels().items() if channel.calibration]


@pytest.mark.parametrize("name", CALIBRATED)
def test_solving_again_changes_nothing_that_a_sample_could_tell(
    name: str, world_of: Callable[[str], World]
) -> None:
    channel = released_channels()[name]
    assert channel.calibration is not None
    shares = shown(world_of(channel.calibration.scenario), channel).pooled(channel.calibration.published)
    for group, published in channel.calibration.published.items():
        error = (published * (1 - published) / channel.calibration.people) ** 0.5
        assert abs(shares[group] - published) < error, "run scripts/calibrate_channels.py"


@pytest.mark.parametrize("name", CALIBRATED)
def test_the_solved_factors_meet_the_sums_whatever_stood_before(
    name: str, world_of: Callable[[str], World]
) -> None:
    channel = released_channels()[name]
    assert channel.calibration is not None
    found = world_of(channel.calibration.scenario)
    block = channel.factors["group"].model_copy(update={"values": {"women": 0.3, "men": 0.7}})
    spoiled = channel.model_copy(update={"factors": {**channel.factors, "group": block}})
    solved = solved_factors(found, spoiled)
    assert max(solved.values()) == 1
    mended = block.model_copy(update={"values": solved})
    again = channel.model_copy(update={"factors": {**channel.factors, "group": mended}})
    shares = shown(found, again).pooled(channel.calibration.published)
    assert shares == pytest.approx(channel.calibration.published, rel=1e-3)


def test_what_no_victim_is_cannot_be_solved_for(world_of: Callable[[str], World]) -> None:
    register = released_channels()["child_protection_register"]
    with pytest.raises(BadInput, match="has no calibration"):
        solved_factors(world_of(ALL_TYPES), released_channels()["airport"])
    with pytest.raises(BadInput, match="there are no men"):
        solved_factors(world_of("batam_2022"), register)


def test_published_sums_are_taken_from_the_evidence() -> None:
    embassy = released_channels()["embassy"].calibration
    register = released_channels()["child_protection_register"].calibration
    assert embassy is not None
    assert register is not None
    assert embassy.published == {"women": 13 / 202, "men": 189 / 202}
    assert embassy.people == 202
    assert register.published == pytest.approx({"women": 0.4614, "men": 0.0289, "children": 0.5097})
    assert register.people == 2605


# --- the file -----------------------------------------------------------------------------------------------


def test_every_channel_says_what_it_is_and_what_it_cannot_say() -> None:
    for channel in released_channels().values():
        for text in (channel.title, channel.description, channel.limits):
            assert text.en
            assert text.id
            assert text.en != text.id
        for block in channel.factors.values():
            assert block.why


def test_every_family_and_typology_that_a_channel_names_exists() -> None:
    modules = [module for module, _ in released_modules().values()]
    families, ids = {module.module.family for module in modules}, {module.id for module in modules}
    for channel in released_channels().values():
        for given, known in (("family", families), ("typology", ids)):
            if given in channel.factors:
                assert set(channel.factors[given].values) <= known


def test_solved_factors_say_so() -> None:
    for name in CALIBRATED:
        block = released_channels()[name].factors["group"]
        assert block.grade == "D"
        assert block.why.startswith("Solved so that")


def load(tmp_path: Path, text: str) -> dict[str, Channel]:
    path = tmp_path / "channels.toml"
    path.write_text(text, encoding="utf-8")
    return dict(load_channels(path))


def problem(tmp_path: Path, text: str) -> Problem:
    with pytest.raises(BadInput) as error:
        load(tmp_path, text)
    (found,) = error.value.problems
    return found


def test_a_sound_file_loads(tmp_path: Path) -> None:
    channel = load(tmp_path, SAMPLE + FACTORS)["desk"]
    assert channel.id == "desk"
    assert channel.factors["sex"].values == {"female": 2.0}
    assert load(tmp_path, SAMPLE + "factors = {}\n")["desk"].factors == {}


@pytest.mark.parametrize(
    ("factors", "what", "line", "mend"),
    [
        ('[desk.factors.sexx]\nfemale = 2\ngrade = "D"\n', "there is no field 'sexx'", 7, "'sex'"),
        ('[desk.factors.sex]\nfemal = 2\ngrade = "D"\n', "'sex' has no code 'femal'", 7, "'female'"),
        ('[desk.factors.age]\n16 = 2\ngrade = "D"\n', "'age' has no code '16'", 7, "15"),
        ('[desk.factors.group]\nadults = 2\ngrade = "D"\n', "'group' has no code 'adults'", 7, "women"),
        ('[desk.factors.offer_sector]\ncare = 2\ngrade = "D"\n', "is not asked of everybody", 7, "gate"),
        ("[desk.factors.sex]\nfemale = 2\n", "name no evidence", 7, "grade"),
        (
            '[desk.factors.sex]\nfemale = 2\nevidence = "nowhere"\n',
            "there is no figure 'nowhere'",
            7,
            "evidence",
        ),
        (
            '[desk.factors.sex]\nfigures = { male = "phnom_penh_2022_men" }\ngrade = "D"\n',
            "typed numbers",
            7,
            "",
        ),
        (
            '[desk.factors.age]\nparents = ["sex"]\nrows.women = { 17 = 2.0 }\ngrade = "D"\n',
            "'sex' has no code 'women'",
            7,
            "female",
        ),
        ('[desk.factors.sex]\nfemale = 6\ngrade = "D"\n', "more than 1", 1, ""),
    ],
)
def test_what_a_file_gets_wrong_is_told_with_its_place(
    tmp_path: Path, factors: str, what: str, line: int, mend: str
) -> None:
    found = problem(tmp_path, SAMPLE + factors)
    assert what in found.what
    assert found.where == f"channels.toml, line {line}"
    assert mend in found.mend


@pytest.mark.parametrize(
    ("figures", "what"),
    [
        ('{ girls = "simfoni_share.women", children = "simfoni_share.children" }', "no child twice"),
        ('{ adults = "simfoni_share.women", men = "simfoni_share.men" }', "name each of"),
        ('{ women = "simfoni_share.women", men = "nothing" }', "there is no figure 'nothing'"),
    ],
)
def test_published_sums_that_cannot_be_met_are_refused(tmp_path: Path, figures: str, what: str) -> None:
    part = f'[desk.calibration]\nscenario = "{ALL_TYPES}"\nfigures = {figures}\nwhy = "x"\n'
    assert what in problem(tmp_path, SAMPLE + FACTORS + part).what


def test_what_is_no_channel_is_told(tmp_path: Path) -> None:
    assert problem(tmp_path, "version = 1\n").where == "channels.toml, line 1"


def test_pooled_groups_are_groups() -> None:
    assert {group for groups in POOLED.values() for group in groups} == set(GROUPS)
