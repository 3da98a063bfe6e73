"""Who becomes known: the channels that find victims, and whom each of them looks for.

A victim becomes known to a channel with a chance times factors by what is true of the victim; so the same
population looks mostly male to one channel and mostly female to another. Who is known is drawn row by row
from a stream of its own and belongs to the sealed truth: nothing of it is observed, and nobody else is ever
known as a victim. Channels are independent given who a victim is; none learns from another or from any
screening.
"""

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import field_validator, model_validator

import evidence
from dossier.fields import fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from dossier.truth import TruthClass
from synthetic.draw import Codes, Drawn, group_index
from synthetic.modules import Chance, Numbers
from synthetic.streams import FULL, high, words
from synthetic.world import Array, World

CHANNELS = Path(__file__).with_name("channels.toml")

GROUPS = ("women", "men", "girls", "boys")
"""Whom published sums tell apart; a child is below the age that the trafficking law names."""

POOLED = {**{group: (group,) for group in GROUPS}, "children": ("girls", "boys")}
"""What a published sum may count, as groups."""

GROUP, FAMILY, TYPOLOGY = "group", "family", "typology"
DIGITS = 4
"""Significant digits of a solved factor."""

Known: TypeAlias = npt.NDArray[np.bool_]
Columns: TypeAlias = Mapping[str, npt.NDArray[np.integer[Any]]]
"""Codes by what a factor may be given by: fields, and `group`, `family` and `typology`."""


class Level(Declared):
    """The chance that a channel knows a victim whose every factor is 1."""

    value: Chance
    grade: Literal["D"]
    why: str


class Calibration(Declared):
    """Published sums that a channel must show after selection, and the scenario on which they were solved.

    Attributes:
        scenario: The released scenario whose victims the channel looked at.
        figures: Evidence keys by group; `children` counts girls and boys together.
        of: Evidence key of the number of people, where the figures are shares.
        why: What was counted.
    """

    scenario: str
    figures: Mapping[str, str] = Option(min_length=2)
    of: str = ""
    why: str

    @field_validator("figures")
    @classmethod
    def _counts_nobody_twice(cls, figures: Mapping[str, str]) -> Mapping[str, str]:
        counted = [group for name in figures for group in POOLED.get(name, (name,))]
        if not set(counted) <= set(GROUPS) or len(set(counted)) != len(counted):
            raise ValueError(f"name each of {', '.join(POOLED)} at most once, and no child twice")
        return figures

    @property
    def published(self) -> dict[str, float]:
        """The published shares by group; they sum to 1 over the groups that are counted."""
        numbers = {name: evidence.figure(key).estimate for name, key in self.figures.items()}
        return {name: number / sum(numbers.values()) for name, number in numbers.items()}

    @property
    def people(self) -> int:
        """How many people the published sums count."""
        if self.of:
            return round(evidence.figure(self.of).estimate)
        return round(sum(evidence.figure(key).estimate for key in self.figures.values()))


class Channel(Declared):
    """One channel through which victims become known.

    Attributes:
        id: Its key in the file.
        title, description: What it is called, and whom it looks for.
        limits: What its numbers cannot say.
        sources: Where it is described.
        chance: The chance where every factor is 1.
        factors: Factors by true code of a field, by `family`, by `typology` or by `group`.
        calibration: The published sums it must show, if there are any.
    """

    id: str
    title: Text
    description: Text
    limits: Text
    sources: tuple[str, ...] = Option(min_length=1)
    chance: Level
    factors: Mapping[str, Numbers]
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _is_a_probability(self) -> Self:
        largest = self.chance.value * math.prod(
            max(block.numbers(), default=1) for block in self.factors.values()
        )
        if largest > 1:
            raise ValueError(f"the chance times all largest factors is {largest:.3g}, more than 1")
        return self


@cache
def released_channels() -> Mapping[str, Channel]:
    """Return the released channels by id."""
    return load_channels(CHANNELS)


def load_channels(path: Path) -> Mapping[str, Channel]:
    """Return the channels of a TOML file by id.

    Raises:
        BadInput: With file and line of everything that breaks the format.
    """
    file = read_toml(path)
    channels = {
        name: validated(
            Channel, file, {"id": name, **entry} if isinstance(entry, dict) else entry, at=(name,)
        )
        for name, entry in file.data.items()
    }
    raise_if_any(problem for channel in channels.values() for problem in _problems(channel, file))
    return channels


def identified(world: World, drawn: Drawn, seed: int) -> Mapping[str, Known]:
    """Return who becomes known as a victim, by channel; shape (n,), over the rows of `drawn`.

    The same row gives the same answer whatever rows are drawn around it. The comparison is exact to 2**-32.

    Args:
        world: The compiled scenario.
        drawn: Rows of it.
        seed: The seed of the plan that drew them.
    """
    victims = np.flatnonzero(_is_victim(world)[drawn.kinds])
    truth = {name: codes[victims] for name, codes in drawn.truth.items() if name in _fields_read()}
    columns = _columns(world, drawn.kinds[victims], truth)
    found = {}
    for name, channel in released_channels().items():
        parts = np.rint(_chances(channel, world, columns) * FULL).astype(np.uint64)
        level = high(words(seed, "row", name, "identified", rows=drawn.rows))[victims]
        known = np.zeros(len(drawn), dtype=bool)
        known[victims] = level < parts
        found[name] = known
    return found


def person_groups(truth: Mapping[str, Codes]) -> npt.NDArray[np.int8]:
    """Return the index into `GROUPS` of each person, shape (n,), from true sex and age."""
    is_male = truth["sex"] == fields()["sex"].code("male")
    is_child = np.asarray(fields()["age"].edges)[truth["age"]] < _adult_age()
    return np.asarray(is_male + 2 * is_child, dtype=np.int8)


@dataclass(frozen=True)
class Shown:
    """What a channel shows of a scenario, exactly, before anybody is drawn.

    Attributes:
        shares: Share of each group among those whom it knows; adds up to 1.
        known: Share of the scenario's victims whom it knows.
    """

    shares: Mapping[str, float]
    known: float

    def pooled(self, names: Mapping[str, Any]) -> dict[str, float]:
        """Return the shares of `names`, which may be `children`, among those that they count."""
        shares = {name: sum(self.shares[group] for group in POOLED[name]) for name in names}
        return {name: share / sum(shares.values()) for name, share in shares.items()}


def shown(world: World, channel: Channel) -> Shown:
    """Return the expected mix of the victims whom `channel` knows in a scenario, summed over their law.

    Raises:
        BadInput: If the scenario has no victims whom the channel could know.
    """
    columns, weight = _law(world, {*_fields_of(channel), "sex", "age"})
    found = weight * _chances(channel, world, columns)
    if found.sum() == 0:
        raise BadInput.of(f"'{channel.id}' can know nobody here", where=world.scenario.id)
    by_group = np.bincount(columns[GROUP], found, minlength=len(GROUPS))
    shares = dict(zip(GROUPS, (by_group / found.sum()).tolist(), strict=True))
    return Shown(shares, float(found.sum() / weight.sum()))


def solved_factors(world: World, channel: Channel) -> dict[str, float]:
    """Return the factors on `group` with which `channel` shows its published sums on `world`.

    The largest is 1, so that the channel's chance keeps its meaning; groups not counted are left out.

    Raises:
        BadInput: If the channel has no calibration, or a group it must show has no victims.
    """
    if channel.calibration is None:
        raise BadInput.of(f"'{channel.id}' has no calibration", where=CHANNELS.name)
    published = channel.calibration.published
    others = {name: block for name, block in channel.factors.items() if name != GROUP}
    plain = shown(world, channel.model_copy(update={"factors": others})).pooled(published)
    empty = [name for name, share in plain.items() if share == 0]
    if empty:
        what = f"there are no {' and no '.join(empty)} among the victims whom '{channel.id}' could know"
        raise BadInput.of(what, where=world.scenario.id, mend="Add a typology that harms them to the mix.")
    ratio = {name: published[name] / plain[name] for name in published}
    largest = max(ratio.values())
    solved = {group: ratio[name] / largest for name in published for group in POOLED[name]}
    return {group: float(f"{factor:.{DIGITS}g}") for group, factor in solved.items()}


# --- factors --------------------------------------------------------------------------------------------


def _chances(channel: Channel, world: World, columns: Columns) -> Array:
    """Return the chance that `channel` knows each victim."""
    size = len(columns[GROUP])
    chance = np.full(size, channel.chance.value)
    for name, block in channel.factors.items():
        parent = block.parents[0] if block.parents else None
        if parent is None:
            chance *= _by_code(block.values, _labels(name, world))[columns[name]]
            continue
        tables = [
            _by_code(block.rows.get(label, {}), _labels(name, world)) for label in _labels(parent, world)
        ]
        chance *= np.stack(tables)[columns[parent], columns[name]]
    return chance


def _by_code(factors: Mapping[str, float], labels: tuple[str, ...]) -> Array:
    return np.array([factors.get(label, 1.0) for label in labels])


def _labels(name: str, world: World) -> tuple[str, ...]:
    """Return the names of the codes of something that a factor may be given by."""
    match name:
        case "group":
            return GROUPS
        case "family":
            return tuple(module.module.family for module in world.modules)
        case "typology":
            return world.module_ids
        case _:
            return _field_labels(name)


def _field_labels(name: str) -> tuple[str, ...]:
    return tuple(str(edge) for edge in fields()[name].edges) or fields()[name].codes


def _columns(world: World, kinds: npt.NDArray[np.int64], truth: Mapping[str, Codes]) -> Columns:
    """Return what factors read of each victim; families and typologies are told by the module's index."""
    module = np.array([kind.module for kind in world.kinds])[kinds]
    return {**truth, GROUP: person_groups(truth), FAMILY: module, TYPOLOGY: module}


def _is_victim(world: World) -> Known:
    """Shape (types,): whose people are victims."""
    return np.array([kind.truth_class == TruthClass.VICTIM for kind in world.kinds])


def _law(world: World, names: set[str]) -> tuple[Columns, Array]:
    """Return every combination of true codes of `names` that a victim may have, and its probability."""
    wanted = _with_ancestors(world, names)
    victims = np.flatnonzero(_is_victim(world))
    probability = world.shares[victims][:, None]
    codes: dict[str, Codes] = {}
    for conditional in (*world.hidden, *world.conditionals):
        if conditional.name in wanted:
            size = probability.shape[1]
            group = np.broadcast_to(group_index(conditional, codes), size)
            law = conditional.truth[victims][:, group]
            probability = (probability[:, :, None] * law).reshape(len(victims), -1)
            codes = {name: np.repeat(column, conditional.codes) for name, column in codes.items()}
            codes[conditional.name] = np.tile(np.arange(conditional.codes, dtype=np.int8), size)
    kinds = np.repeat(victims, probability.shape[1])
    truth = {name: np.tile(column, len(victims)) for name, column in codes.items()}
    return _columns(world, kinds, truth), probability.ravel()


def _with_ancestors(world: World, names: set[str]) -> set[str]:
    """Return `names` and everything that their laws depend on."""
    wanted = set(names)
    for conditional in reversed((*world.hidden, *world.conditionals)):
        if conditional.name in wanted:
            wanted.update(conditional.parents)
    return wanted


@cache
def _adult_age() -> float:
    return evidence.figure("law_21_2007_child_age").estimate


@cache
def _fields_read() -> frozenset[str]:
    """Return the fields that any released channel, or the grouping by sex and age, reads."""
    return frozenset({"sex", "age"}).union(*map(_fields_of, released_channels().values()))


def _fields_of(channel: Channel) -> set[str]:
    named = {name for given, block in channel.factors.items() for name in (given, *block.parents)}
    return named & fields().keys()


# --- checks ---------------------------------------------------------------------------------------------


def _problems(channel: Channel, file: TomlFile) -> Iterator[Problem]:
    for name, block in channel.factors.items():
        at = (channel.id, "factors", name)
        for given in (name, *block.parents):
            yield from (file.problem(what, at, mend) for what, mend in _not_given(given))
        if block.figures or len(block.parents) > 1:
            yield file.problem(f"factors by '{name}' are typed numbers, by at most one parent", at)
        if block.grade is None and not block.evidence:
            yield file.problem(
                f"the factors by '{name}' name no evidence", at, "Add 'evidence', or grade = \"D\"."
            )
        yield from _unknown_codes(channel, name, block, file)
        yield from _unknown_figures(block.evidence, file, at)
    if channel.calibration is not None:
        keys = [*channel.calibration.figures.values(), *filter(None, [channel.calibration.of])]
        yield from _unknown_figures(keys, file, (channel.id, "calibration"))


def _not_given(name: str) -> Iterator[tuple[str, str]]:
    """Yield why no factor can be given by `name`, and the mend."""
    if name in (GROUP, FAMILY, TYPOLOGY):
        return
    if name not in fields():
        near = difflib.get_close_matches(name, [*fields(), GROUP, FAMILY, TYPOLOGY], n=1)
        yield f"there is no field '{name}'", f"Did you mean '{near[0]}'?" if near else ""
    elif fields()[name].gate is not None:
        yield f"'{name}' is not asked of everybody", "Give factors by a field without a gate."


def _unknown_codes(channel: Channel, name: str, block: Numbers, file: TomlFile) -> Iterator[Problem]:
    """Yield the codes and parents' codes that do not exist."""
    named = [(name, code) for row in (block.values, *block.rows.values()) for code in row]
    named += [(parent, code) for parent in block.parents for code in block.rows]
    for given, code in dict.fromkeys(named):
        known = _known_labels(given)
        if known and code not in known:
            near = difflib.get_close_matches(code, known, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
            yield file.problem(f"'{given}' has no code '{code}'", (channel.id, "factors", name), mend)


def _known_labels(name: str) -> tuple[str, ...]:
    """Return the codes of something; none for typologies and families, which files from outside may add."""
    if name == GROUP:
        return GROUPS
    return _field_labels(name) if name in fields() else ()


def _unknown_figures(keys: Any, file: TomlFile, at: tuple[str, ...]) -> Iterator[Problem]:
    known = evidence.figures()
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else "`saring show evidence` lists all figures."
            yield file.problem(f"there is no figure '{key}'", at, mend)
