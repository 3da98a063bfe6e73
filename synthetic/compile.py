"""From TOML to a world: every distribution of a scenario as arrays, checked before anything is drawn.

`blocks` finds the numbers, `laws` derives what people are like; this module decides what depends on what and
adds what is known of networks, what is told and how it is recorded. Unknown names, sums that are not one,
parents that could be misread and numbers without evidence or grade are errors, reported together with file
and line.
"""

import difflib
import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dossier.fields import Field, fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import TomlFile
from synthetic.adaptations import Adaptation
from synthetic.blocks import Block, Blocks, labels_of
from synthetic.laws import Laws
from synthetic.modules import DAY, Numbers, Tier
from synthetic.population import Known, Population, load_population
from synthetic.provenance import unsupported
from synthetic.scenarios import Scenario
from synthetic.spelling import unknown_names
from synthetic.world import STORY, STORY_LABELS, Array, Conditional, Kind, Recording, World

__all__ = ["compile_world", "labels_of"]

LARGEST_LOSS = 0.95
YEAR = 365


def compile_world(scenario: Scenario, unlevered: World | None = None) -> World:
    """Compile a scenario.

    Args:
        scenario: The scenario, with its levers and with networks that may have moved.
        unlevered: The same without either, where it is compiled already.

    Raises:
        BadInput: With every problem of every module involved.
    """
    population, population_file = load_population()
    world = _Compiler(scenario, population, population_file).compile()
    if not (scenario.levers or scenario.adaptations):
        return world
    plain = unlevered or compile_world(scenario.with_levers(()).with_adaptations({}))
    return replace(world, unlevered=plain)


class _Parents:
    """Says which variables each variable depends on, and in which order the fields are drawn."""

    def __init__(self, blocks: Blocks, known: Iterable[str]) -> None:
        self.blocks = blocks
        self.scenario = blocks.scenario
        self.population = blocks.population
        self.hidden_names = blocks.hidden_names
        self.naming: dict[tuple[str, str], Block] = {}
        self.of = self._found(known)

    def _found(self, known: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the parents of each variable: all that any file names for it, in drawing order."""
        order = (*self.hidden_names, STORY, *fields())
        named: dict[str, set[str]] = {name: set() for name in (*self.hidden_names, *fields())}
        for block in self.blocks.all_tables():
            named.setdefault(block.name, set()).update(block.numbers.parents)
            for parent in block.numbers.parents:
                self.naming.setdefault((block.name, parent), block)
        for name in (*known, *self._dated()):
            named.setdefault(name, set()).add(DAY)
        for name, split in self.population.split.items():
            named.setdefault(split.field, set()).add(name)
        for name, fits in self.population.fit.items():
            named.setdefault(name, set()).update(fits)
        return {
            name: tuple(sorted(parents, key=lambda p: order.index(p) if p in order else -1))
            for name, parents in named.items()
        }

    def _dated(self) -> set[str]:
        """Return the variables that a regime changes."""
        return {
            name
            for regime in self.scenario.regimes.values()
            for overlay in regime.overlay.values()
            for name in (*overlay.table, *overlay.odds)
        }

    def problems(self) -> Iterable[Problem]:
        """Yield unknown parents, and parents drawn too late or whose truth the file may not show."""
        for (name, parent), block in self.naming.items():
            if parent not in (*self.hidden_names, STORY, *fields()):
                known = (*self.hidden_names, *fields())
                near = difflib.get_close_matches(parent, known, n=1)
                mend = f"Did you mean '{near[0]}'?" if near else "`saring show fields` lists the fields."
                yield block.problem(f"'{name}' names the unknown parent '{parent}'", mend)
            elif name in self.hidden_names:
                if parent not in self.hidden_names[: self.hidden_names.index(name)]:
                    what = f"'{parent}' cannot be a parent of the hidden '{name}', which is drawn before it"
                    yield block.problem(what)
            elif parent in fields() and not self._is_transparent(parent):
                yield block.problem(
                    f"'{parent}' cannot be a parent of '{name}': it can be lost, misread or lied about",
                    "Make the dependence hidden: give both a hidden parent.",
                )
        missing = [name for name in fields() if name not in self.population.table]
        if missing:
            yield Problem(
                f"the population has no table for: {', '.join(missing)}", self.blocks.file.path.name
            )

    def _is_transparent(self, name: str) -> bool:
        noise = self.population.observe.get(name)
        touched = any(
            name in module.lies or (module.cover is not None and name in module.cover.fields)
            for module in self.blocks.modules.values()
        )
        return (
            not touched
            and fields()[name].gate is None
            and (noise is None or noise.missing == noise.noise == 0)
        )

    def drawing_order(self) -> list[str]:
        """Return the fields so that parents come before children; raises on a cycle."""
        order: list[str] = []
        waiting = list(fields())
        while waiting:
            ready = [n for n in waiting if all(p in order or p not in fields() for p in self.of[n])]
            if not ready:
                raise BadInput.of(
                    f"these tables depend on each other in a circle: {', '.join(waiting)}",
                    where=self.blocks.file.path.name,
                )
            order += ready
            waiting = [name for name in waiting if name not in ready]
        return order


class _Compiler:
    """Puts one scenario's world together, and gathers the problems."""

    def __init__(self, scenario: Scenario, population: Population, file: TomlFile) -> None:
        self.scenario = scenario
        self.population = population
        self.file = file
        self.problems: list[Problem] = []
        self.blocks = Blocks(scenario, population, file)
        self.library = scenario.library
        self.modules = self.blocks.modules
        self.known = self._known_answers()
        self.parents = _Parents(self.blocks, self.known)
        self.laws = Laws(self.blocks, self.parents.of, self.problems)

    def compile(self) -> World:
        as_written = {id_: self.library[id_] for id_ in self.modules}
        self.problems += unknown_names(self.scenario, as_written, self.population, self.file)
        self.problems += unsupported(self.scenario)
        raise_if_any(dict.fromkeys(self.problems))
        self.problems += self.parents.problems()
        names = tuple(self.scenario.mix)
        tiers = self._tier_names(names)
        kinds = tuple(self._kinds(names, tiers))
        raise_if_any(dict.fromkeys(self.problems))
        keys = [(names[kind.module], tiers[kind.tier] if kind.tier >= 0 else "") for kind in kinds]
        hidden = [self._conditional(name, keys) for name in self.population.hidden]
        hidden += [self._split(name, keys) for name in self.population.split]
        conditionals = [self._conditional(name, keys) for name in self.parents.drawing_order()]
        raise_if_any(dict.fromkeys(self.problems))
        modules = tuple(self.modules[name] for name in names)
        recordings = {name: self._recording(fields()[name]) for name in fields()}
        raise_if_any(dict.fromkeys(self.problems))
        return World(
            self.scenario,
            modules,
            tiers,
            kinds,
            (*hidden, self._story(keys)),
            tuple(conditionals),
            recordings,
            dict(self._diverts(names)),
        )

    # --- what the scenario changes ------------------------------------------------------------------

    def _known_answers(self) -> dict[str, Known]:
        """Return how answers spread once a network is known; levers go before scenario and population."""
        found = {**self.population.known, **self.scenario.known}
        for lever in self.scenario.levers:
            found.update(lever.known)
        return found

    def _diverts(self, names: tuple[str, ...]) -> Iterable[tuple[int, tuple[int, float]]]:
        """Yield what levers divert; where either module does not take part there is nobody to divert."""
        for lever in self.scenario.levers:
            for module_id, divert in lever.divert.items():
                if module_id in names and divert.to in names:
                    yield names.index(module_id), (names.index(divert.to), divert.probability)

    def _standing(self, part: str, name: str) -> float:
        """Return what levers leave of a thing: the product of their factors for `name`."""
        factors: list[float] = [getattr(lever, part).get(name, 1.0) for lever in self.scenario.levers]
        return math.prod(factors)

    # --- types --------------------------------------------------------------------------------------

    def _tier_names(self, names: Iterable[str]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            found += [tier for tier in self.modules[name].tiers if tier not in found]
        return tuple(found)

    def _kinds(self, names: tuple[str, ...], tiers: tuple[str, ...]) -> Iterable[Kind]:
        for index, name in enumerate(names):
            module = self.modules[name]
            share = self.scenario.mix[name].share
            truth_class = module.module.truth_class
            if not module.tiers:
                yield Kind(index, -1, share, truth_class)
            for tier, settings in module.tiers.items():
                yield Kind(index, tiers.index(tier), share * settings.weight, truth_class)

    # --- tables -------------------------------------------------------------------------------------

    def _conditional(self, name: str, keys: list[tuple[str, str]]) -> Conditional:
        parents = self.parents.of[name]
        sizes = tuple(len(labels_of(parent)) for parent in parents)
        codes = len(labels_of(name))
        groups = math.prod(sizes)
        own = np.stack([self.laws.of(name, *key) for key in keys])
        own = own.reshape(len(keys), groups, codes)
        cover, slip = self._cover(name, keys, sizes, codes)
        lie, lie_to = self._lies(name, keys, codes)
        plain = Conditional(
            name, parents, sizes, own, cover, slip, lie, lie_to, in_order=name in self._in_order
        )
        return self._with_what_is_known(plain, keys) if name in self.known else plain

    def _split(self, name: str, keys: list[tuple[str, str]]) -> Conditional:
        """Return the law of a split: the mass that each type's own table gives to each group."""
        groups = np.stack([self.laws.group_masses(name, *key) for key in keys])[:, None]
        nothing = np.zeros_like(groups)
        return Conditional(
            name, (), (), groups, nothing, np.ones(len(keys)), nothing[:, 0], np.zeros(len(keys), np.int8)
        )

    @property
    def _in_order(self) -> tuple[str, ...]:
        return (*self.population.population.drawn_in_order, *self.known)

    def _with_what_is_known(self, plain: Conditional, keys: list[tuple[str, str]]) -> Conditional:
        """Return the law of a field when some networks are known, by month of the application."""
        known = self.known[plain.name]
        block = Block(plain.name, Numbers(values={"": 1}), self.file, ("known", plain.name))
        self.problems += block.unknown_codes([known.code])
        if known.code not in labels_of(plain.name):
            return plain
        share = np.array([known.share if self.modules[key[0]].has_networks else known.stray for key in keys])
        by_month = _word_has_come(known.delay_days)
        axis = plain.parents.index(DAY)
        shape = [1] * len(plain.sizes)
        shape[axis] = len(by_month)
        spread = np.broadcast_to(by_month.reshape(shape), plain.sizes).reshape(-1)
        told = share[:, None] * spread[None]
        code = labels_of(plain.name).index(known.code)
        answer = (np.arange(plain.codes) == code)[None, None]
        truth = (1 - told[:, :, None]) * plain.truth + told[:, :, None] * answer
        return replace(plain, truth=truth, known=told, known_code=code)

    # --- deception ----------------------------------------------------------------------------------

    def _story(self, keys: list[tuple[str, str]]) -> Conditional:
        unaware = np.array([self._tier_of(key).unaware if key[1] else 0.0 for key in keys])
        cover = (1 - unaware) * np.array([self._cover_probability(key) for key in keys])
        truth = np.stack([1 - unaware - cover, cover, unaware], axis=1)[:, None]
        nothing = np.zeros_like(truth)
        return Conditional(
            STORY, (), (), truth, nothing, np.ones(len(keys)), nothing[:, 0], np.zeros(len(keys), np.int8)
        )

    def _cover_probability(self, key: tuple[str, str]) -> float:
        settings = self.modules[key[0]].cover
        if settings is None:
            return 0.0
        told: float = self._tier_of(key).cover if key[1] else 1.0
        moved = self.scenario.adaptations.get(key[0], Adaptation()).cover
        return settings.probability * (told + (1 - told) * moved)

    def _tier_of(self, key: tuple[str, str]) -> Tier:
        return self.modules[key[0]].tiers[key[1]]

    def _cover(
        self, name: str, keys: list[tuple[str, str]], sizes: tuple[int, ...], codes: int
    ) -> tuple[Array, Array]:
        cover = np.zeros((len(keys), math.prod(sizes), codes))
        slip = np.ones(len(keys))
        for index, (module_id, _) in enumerate(keys):
            settings = self.modules[module_id].cover
            if settings is None or name not in settings.fields:
                continue
            borrowed = self._borrowed(name, settings.journey)
            if STORY in self.parents.of[name]:
                axis = self.parents.of[name].index(STORY)
                borrowed = np.repeat(np.take(borrowed, [0], axis=axis), len(STORY_LABELS), axis=axis)
            cover[index] = borrowed.reshape(-1, codes)
            slip[index] = settings.slip + (1 - settings.slip) * (1 - self._standing("cover", name))
        return cover, slip

    def _borrowed(self, name: str, journey: str) -> Array:
        """Return the table of a cover story, by the hidden state of whoever tells it.

        Where the journey never leads into the teller's own group of a split, it is told as most of its people
        would tell it, so that a story hangs together.
        """
        table = self.laws.of(name, journey, "")
        for split in self.population.split:
            if split in self.parents.of[name]:
                masses = self.laws.group_masses(split, journey, "")
                told_as = np.where(masses > 0, np.arange(len(masses)), masses.argmax())
                table = np.take(table, told_as, axis=self.parents.of[name].index(split))
        return table

    def _lies(self, name: str, keys: list[tuple[str, str]], codes: int) -> tuple[Array, npt.NDArray[np.int8]]:
        lie = np.zeros((len(keys), codes))
        lie_to = np.zeros(len(keys), dtype=np.int8)
        labels = labels_of(name)
        for index, key in enumerate(keys):
            settings = self.modules[key[0]].lies.get(name)
            if settings is None:
                continue
            file = self.library[key[0]][1]
            block = Block(name, Numbers(values={"": 1}), file, ("lies", name))
            self.problems += block.unknown_codes(dict.fromkeys((*settings.when, settings.say)))
            known = [labels.index(label) for label in settings.when if label in labels]
            # A module without tiers always acts as declared.
            coaching = self._tier_of(key).coaching_at(fields()[name].stage) if key[1] else 1.0
            lie[index, known] = settings.probability * coaching * self._standing("lies", name)
            lie_to[index] = labels.index(settings.say) if settings.say in labels else 0
        return lie, lie_to

    # --- observation --------------------------------------------------------------------------------

    def _recording(self, field: Field) -> Recording:
        noise = self.population.observe.get(field.name)
        offices = fields()["office"].codes
        if noise is None:
            return Recording(np.zeros((len(offices), field.size)), 0.0, np.eye(field.size))
        labels = labels_of(field.name)
        block = Block(field.name, Numbers(values={"": 1}), self.file, ("observe", field.name))
        self.problems += block.unknown_codes(noise.more_missing)
        habit = np.array([self.population.recording[office] for office in offices])
        factor = np.array([noise.more_missing.get(label, 1.0) for label in labels])
        lost = noise.missing * self._standing("missing", field.name)
        missing = np.minimum(lost * habit[:, None] * factor[None, :], LARGEST_LOSS)
        misread = min(noise.noise * self._standing("noise", field.name), 1.0)
        return Recording(missing, misread, _misread(field))


def _word_has_come(delay_days: float) -> Array:
    """Return, by month, the chance that word of a network is at the counter, shape (months,).

    A network has been at work for any time up to the beginning of the year before; word of it comes after
    an exponential delay.
    """
    middle = np.array([*fields()[DAY].edges, fields()[DAY].upper + 1], dtype=float)
    at_work = YEAR + (middle[:-1] + middle[1:]) / 2
    return np.asarray(1 + np.expm1(-at_work / delay_days) * delay_days / at_work)


def _misread(field: Field) -> Array:
    """Return the distribution of the wrong code: a neighbour where codes have an order, else any other."""
    size = field.size
    if field.ordered or field.is_number:
        near = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) == 1
    else:
        near = ~np.eye(size, dtype=bool)
    return np.asarray(near / near.sum(axis=1, keepdims=True))
