"""From TOML to a world: every distribution of a scenario as arrays, checked before anything is drawn.

P(x | parents) of a module is that of its base times odds ** (1 - camouflage * (1 - hard_to_fake)).
The exponent is the difficulty dial, by tier and field. Unknown names, sums that are not one, parents that
could be misread and numbers without evidence or grade are errors, reported together with file and line.
There is no silent default for a combination of parents that a table does not name.
"""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from dossier.fields import Field, fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import KeyPath, TomlFile
from evidence import figure
from synthetic.adaptations import CORRIDOR, Adaptation
from synthetic.changes import era_of_month, eras, involved, module_in, overlays, population_changes
from synthetic.modules import DAY, Known, Numbers, Population, Tier, load_population
from synthetic.provenance import unsupported
from synthetic.scenarios import POPULATION, Scenario
from synthetic.spelling import unknown_names
from synthetic.world import STORY, STORY_LABELS, Array, Conditional, Kind, Recording, World

TOLERANCE = 1e-6
LARGEST_LOSS = 0.95
YEAR = 365
_LEAST = 1e-300
"""Keeps an empty distribution from dividing by zero; the error is reported anyway."""


@dataclass(frozen=True)
class Block:
    """A block of numbers and the place it stands, for error messages."""

    name: str
    numbers: Numbers
    file: TomlFile
    at: KeyPath

    def problem(self, what: str, mend: str = "") -> Problem:
        """Return a problem placed at this block."""
        return self.file.problem(what, self.at, mend)


def compile_world(scenario: Scenario) -> World:
    """Compile a scenario.

    Raises:
        BadInput: With every problem of every module involved.
    """
    population, population_file = load_population()
    world = _Compiler(scenario, population, population_file).compile()
    if not (scenario.levers or scenario.adaptations):
        return world
    plain = scenario.with_levers(()).with_adaptations({})
    return replace(world, unlevered=compile_world(plain))


def labels_of(name: str) -> tuple[str, ...]:
    """Return the names under which the codes of a field or hidden variable stand in a module file."""
    if name == STORY:
        return STORY_LABELS
    if name in fields():
        field = fields()[name]
        return tuple(str(edge) for edge in field.edges) or field.codes
    population = load_population()[0]
    if name in population.split:
        return tuple(population.split[name].groups)
    numbers = population.hidden[name]
    return tuple(numbers.values or next(iter(numbers.rows.values())))


class _Compiler:
    """Holds what is shared while one scenario is compiled, and gathers the problems."""

    def __init__(self, scenario: Scenario, population: Population, file: TomlFile) -> None:
        self.scenario = scenario
        self.population = population
        self.file = file
        self.problems: list[Problem] = []
        self.hidden_names = (*population.hidden, *population.split)
        self.library = scenario.library
        self.eras = range(len(eras(scenario)))
        ids = involved(scenario)
        self.by_era = [{id_: module_in(scenario, id_, era) for id_ in ids} for era in self.eras]
        self.modules = self.by_era[0]
        self.known = self._known_answers()
        self.naming: dict[tuple[str, str], Block] = {}
        self.parents = self._parents()
        self.tables: dict[tuple[str, str, str, int], Array] = {}

    def compile(self) -> World:
        as_written = {id_: self.library[id_] for id_ in self.modules}
        self.problems += unknown_names(self.scenario, as_written, self.population, self.file)
        self.problems += unsupported(self.scenario)
        raise_if_any(dict.fromkeys(self.problems))
        self._check_parents()
        names = tuple(self.scenario.mix)
        tiers = self._tier_names(names)
        kinds = tuple(self._kinds(names, tiers))
        raise_if_any(dict.fromkeys(self.problems))
        keys = [(names[kind.module], tiers[kind.tier] if kind.tier >= 0 else "") for kind in kinds]
        hidden = [self._conditional(name, keys) for name in self.population.hidden]
        hidden += [self._split(name, keys) for name in self.population.split]
        conditionals = [self._conditional(name, keys) for name in self._drawing_order()]
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

    # --- what is involved ---------------------------------------------------------------------------

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

    def _blocks(self, module_id: str, part: str, era: int = 0) -> dict[str, Block]:
        """Return the `table` or `odds` blocks of a module in an era, with the places they stand in."""
        file = self.library[module_id][1]
        places: dict[str, tuple[TomlFile, KeyPath]] = {}
        for at, overlay in overlays(self.scenario, module_id, era):
            places.update({name: (self.scenario.file, (*at, part, name)) for name in getattr(overlay, part)})
        return {
            name: Block(name, numbers, *places.get(name, (file, (part, name))))
            for name, numbers in getattr(self.by_era[era][module_id], part).items()
        }

    # --- parents ------------------------------------------------------------------------------------

    def _parents(self) -> dict[str, tuple[str, ...]]:
        """Return the parents of each variable: all that any file names for it, in drawing order."""
        order = (*self.hidden_names, STORY, *fields())
        named: dict[str, set[str]] = {name: set() for name in (*self.hidden_names, *fields())}
        for block in self._all_tables():
            named.setdefault(block.name, set()).update(block.numbers.parents)
            for parent in block.numbers.parents:
                self.naming.setdefault((block.name, parent), block)
        for name in (*self.known, *self._dated()):
            named.setdefault(name, set()).add(DAY)
        for name, split in self.population.split.items():
            named.setdefault(split.field, set()).add(name)
        for name, fits in self.population.fit.items():
            named.setdefault(name, set()).update(fits)
        return {
            name: tuple(sorted(parents, key=lambda p: order.index(p) if p in order else -1))
            for name, parents in named.items()
        }

    def _all_tables(self) -> Iterable[Block]:
        """Yield every table block of the population and of the modules involved."""
        for era in self.eras:
            changed = population_changes(self.scenario, era)
            for name in dict.fromkeys((*self.population.hidden, *self.population.table, *changed)):
                yield self._population_block(name, era)
            for module_id in self.modules:
                yield from self._blocks(module_id, "table", era).values()

    def _dated(self) -> set[str]:
        """Return the variables that a regime changes."""
        return {
            name
            for regime in self.scenario.regimes.values()
            for overlay in regime.overlay.values()
            for name in (*overlay.table, *overlay.odds)
        }

    def _check_parents(self) -> None:
        """Refuse unknown parents, and parents drawn too late or whose truth the file may not show."""
        for (name, parent), block in self.naming.items():
            if parent not in (*self.hidden_names, STORY, *fields()):
                known = (*self.hidden_names, *fields())
                near = difflib.get_close_matches(parent, known, n=1)
                mend = f"Did you mean '{near[0]}'?" if near else "`saring show fields` lists the fields."
                self.problems.append(block.problem(f"'{name}' names the unknown parent '{parent}'", mend))
            elif name in self.hidden_names:
                if parent not in self.hidden_names[: self.hidden_names.index(name)]:
                    what = f"'{parent}' cannot be a parent of the hidden '{name}', which is drawn before it"
                    self.problems.append(block.problem(what))
            elif parent in fields() and not self._is_transparent(parent):
                self.problems.append(
                    block.problem(
                        f"'{parent}' cannot be a parent of '{name}': it can be lost, misread or lied about",
                        "Make the dependence hidden: give both a hidden parent.",
                    )
                )
        missing = [name for name in fields() if name not in self.population.table]
        if missing:
            self.problems.append(
                Problem(f"the population has no table for: {', '.join(missing)}", self.file.path.name)
            )

    def _is_transparent(self, name: str) -> bool:
        noise = self.population.observe.get(name)
        touched = any(
            name in module.lies or (module.cover is not None and name in module.cover.fields)
            for module in self.modules.values()
        )
        return (
            not touched
            and fields()[name].gate is None
            and (noise is None or noise.missing == noise.noise == 0)
        )

    def _drawing_order(self) -> list[str]:
        """Return the fields so that parents come before children; raises on a cycle."""
        order: list[str] = []
        waiting = list(fields())
        while waiting:
            ready = [n for n in waiting if all(p in order or p not in fields() for p in self.parents[n])]
            if not ready:
                raise BadInput.of(
                    f"these tables depend on each other in a circle: {', '.join(waiting)}",
                    where=self.file.path.name,
                )
            order += ready
            waiting = [name for name in waiting if name not in ready]
        return order

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
        parents = self.parents[name]
        sizes = tuple(len(labels_of(parent)) for parent in parents)
        codes = len(labels_of(name))
        groups = math.prod(sizes)
        own = np.stack([self._fitted(name, self._over_the_year(name, *key)) for key in keys])
        own = own.reshape(len(keys), groups, codes)
        cover, slip = self._cover(name, keys, sizes, codes)
        lie, lie_to = self._lies(name, keys, codes)
        plain = Conditional(
            name, parents, sizes, own, cover, slip, lie, lie_to, in_order=name in self._in_order
        )
        return self._with_what_is_known(plain, keys) if name in self.known else plain

    # --- splits -------------------------------------------------------------------------------------

    def _split(self, name: str, keys: list[tuple[str, str]]) -> Conditional:
        """Return the law of a split: the mass that each type's own table gives to each group."""
        groups = np.stack([self._group_masses(name, key) for key in keys])[:, None]
        nothing = np.zeros_like(groups)
        return Conditional(
            name, (), (), groups, nothing, np.ones(len(keys)), nothing[:, 0], np.zeros(len(keys), np.int8)
        )

    def _group_masses(self, name: str, key: tuple[str, str]) -> Array:
        field = self.population.split[name].field
        table = self._over_the_year(field, *key)
        for parent in self.parents[field]:  # each takes away the first axis that is left
            # By its own split the table is the same for every group as yet.
            table = table[0] if parent == name else np.tensordot(self._marginal(parent, key), table, axes=1)
        return np.asarray(self._members(name) @ table)

    def _marginal(self, name: str, key: tuple[str, str]) -> Array:
        """Return a variable's law with its own parents averaged out."""
        table = self._over_the_year(name, *key)
        return np.asarray(table.reshape(-1, table.shape[-1]).mean(axis=0))

    def _members(self, name: str) -> Array:
        """Return which codes lie in which group of a split, shape (groups, codes)."""
        split = self.population.split[name]
        return np.array(
            [[label in group for label in labels_of(split.field)] for group in split.groups.values()]
        )

    def _fitted(self, name: str, table: Array) -> Array:
        """Return a table, group by group of the splits that it has to fit."""
        for split, declared in self.population.split.items():
            if declared.field == name:
                table = self._weighted(name, table, split, self._members(split))
        labels = labels_of(name)
        for split, fit in self.population.fit.get(name, {}).items():
            rows = [fit.rows.get(group, {}) for group in labels_of(split)]
            factors = np.array([[row.get(label, 1.0) for label in labels] for row in rows])
            table = self._weighted(name, table, split, factors)
        return table

    def _borrowed(self, name: str, journey: str) -> Array:
        """Return the table of a cover story, by the hidden state of whoever tells it.

        Where the journey never leads into the teller's own group of a split, it is told as most of its people
        would tell it, so that a story hangs together.
        """
        table = self._fitted(name, self._over_the_year(name, journey, ""))
        for split in self.population.split:
            if split in self.parents[name]:
                masses = self._group_masses(split, (journey, ""))
                told_as = np.where(masses > 0, np.arange(len(masses)), masses.argmax())
                table = np.take(table, told_as, axis=self.parents[name].index(split))
        return table

    def _weighted(self, name: str, table: Array, split: str, factors: Array) -> Array:
        """Return a table times factors by group; where nothing would be left, it stays as it is."""
        shape = [1] * table.ndim
        shape[self.parents[name].index(split)], shape[-1] = factors.shape
        weighted = table * factors.reshape(shape)
        total = weighted.sum(axis=-1, keepdims=True)
        return np.asarray(np.where(total > 0, weighted / np.where(total > 0, total, 1), table))

    @property
    def _in_order(self) -> tuple[str, ...]:
        return (*self.population.population.drawn_in_order, *self.known)

    def _with_what_is_known(self, plain: Conditional, keys: list[tuple[str, str]]) -> Conditional:
        """Return the law of a field when some networks are known, by month of the application."""
        known = self.known[plain.name]
        block = Block(plain.name, Numbers(values={"": 1}), self.file, ("known", plain.name))
        self._check_labels(block, {known.code: 0.0}, labels_of(plain.name))
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

    def _over_the_year(self, name: str, module_id: str, tier: str) -> Array:
        """Return P(name | parents), each month from the era it lies in; shape (*parent sizes, codes)."""
        first = self._table(name, module_id, tier)
        if len(self.eras) == 1 or DAY not in self.parents[name]:
            return first
        axis = self.parents[name].index(DAY)
        whole = np.array(first)
        for month, era in enumerate(era_of_month(self.scenario)):
            at = (slice(None),) * axis + (month,)
            whole[at] = self._table(name, module_id, tier, era)[at]
        return whole

    def _table(self, name: str, module_id: str, tier: str, era: int = 0) -> Array:
        """Return P(name | parents) for a module at a tier in an era, shape (*parent sizes, codes)."""
        key = (name, module_id, tier, era)
        if key not in self.tables:
            self.tables[key] = self._in_new_corridor(name, module_id, era, self._derive(*key))
        return self.tables[key]

    def _in_new_corridor(self, name: str, module_id: str, era: int, own: Array) -> Array:
        """Return a table of the corridor, mixed with that of the base journey as far as networks moved."""
        moved = self.scenario.adaptations.get(module_id, Adaptation()).corridor
        if not moved or name not in CORRIDOR:
            return own
        base = self._table(name, self.modules[module_id].module.extends, "", era)
        return np.asarray((1 - moved) * own + moved * base)

    def _derive(self, name: str, module_id: str, tier: str, era: int) -> Array:
        if module_id == POPULATION:
            block = self._population_block(name, era)
            return self._expanded(block)
        module = self.by_era[era][module_id]
        tables = self._blocks(module_id, "table", era)
        base = (
            self._expanded(tables[name])
            if name in tables
            else self._table(name, module.module.extends, "", era)
        )
        odds = self._blocks(module_id, "odds", era).get(name)
        if odds is None:
            return base
        hard = max(module.hard_to_fake.get(name, 0.0), self._floor(name))
        camouflage = module.tiers[tier].camouflage if tier else 0.0
        adapted = self.scenario.adaptations.get(module_id, Adaptation())
        hidden = adapted.hidden.get(name, 0.0)
        exponent = (1 - camouflage * (1 - hard)) * (1 - hidden * (1 - hard))
        weighted = base * self._ratios(odds) ** exponent
        total = weighted.sum(axis=-1, keepdims=True)
        if not total.all():
            self.problems.append(odds.problem(f"the odds of '{name}' leave no code possible"))
            return base
        return np.asarray(weighted / total)

    def _floor(self, name: str) -> float:
        """Return how hard an answer is to fake at the least, because of levers."""
        return max((lever.hard_to_fake.get(name, 0.0) for lever in self.scenario.levers), default=0.0)

    def _standing(self, part: str, name: str) -> float:
        """Return what levers leave of a thing: the product of their factors for `name`."""
        factors: list[float] = [getattr(lever, part).get(name, 1.0) for lever in self.scenario.levers]
        return math.prod(factors)

    def _population_block(self, name: str, era: int = 0) -> Block:
        for lever in reversed(self.scenario.levers):
            if name in lever.table:
                return Block(name, lever.table[name], lever.file, ("table", name))
        changes = population_changes(self.scenario, era)
        if name in changes:
            at, numbers = changes[name]
            return Block(name, numbers, self.scenario.file, at)
        part = "hidden" if name in self.hidden_names else "table"
        return Block(name, getattr(self.population, part)[name], self.file, (part, name))

    def _ratios(self, block: Block) -> Array:
        if not block.numbers.values:
            self.problems.append(block.problem(f"the odds of '{block.name}' must be numbers by code"))
        labels = labels_of(block.name)
        self._check_labels(block, block.numbers.values, labels)
        return np.array([block.numbers.values.get(label, 1.0) for label in labels])

    def _expanded(self, block: Block) -> Array:
        """Return a block as an array over all parents of its variable."""
        numbers, all_parents = block.numbers, self.parents[block.name]
        given = numbers.parents
        rows = numbers.rows or {"": numbers.values or self._weights(block)}
        codes = len(labels_of(block.name))
        full = [len(labels_of(p)) for p in all_parents]
        expected = [
            "".join(()) if not given else ".".join(combo) for combo in product(*(labels_of(p) for p in given))
        ]
        unmatched = sorted(set(rows) ^ set(expected))
        if unmatched:
            self.problems.append(
                block.problem(
                    f"'{block.name}' has no row, or a row too many, for: {', '.join(unmatched)}",
                    "Give exactly one row for each combination of the parents.",
                )
            )
            return np.full((*full, codes), 1 / codes)
        sizes = [len(labels_of(p)) for p in given]
        array = np.stack([self._distribution(block, rows[key], key) for key in expected]).reshape(
            *sizes, codes
        )
        positions = [given.index(p) if p in given else None for p in all_parents]
        ordered = array.transpose(*[i for i in positions if i is not None], len(given))
        for axis, position in enumerate(positions):
            if position is None:
                ordered = np.expand_dims(ordered, axis)
        return np.broadcast_to(ordered, (*full, codes))

    def _weights(self, block: Block) -> dict[str, float]:
        try:
            weights = {code: figure(key).estimate for code, key in block.numbers.figures.items()}
        except BadInput:  # told by `unsupported`
            weights = dict.fromkeys(block.numbers.figures, 1.0)
        total = sum(weights.values())
        return {code: weight / total for code, weight in weights.items()}

    def _distribution(self, block: Block, row: Mapping[str, float], key: str) -> Array:
        labels = labels_of(block.name)
        self._check_labels(block, row, labels)
        total = sum(row.values())
        if abs(total - 1) > TOLERANCE:
            where = f" for '{key}'" if key else ""
            self.problems.append(
                block.problem(
                    f"the probabilities of '{block.name}'{where} sum to {total:.6g}, not to 1",
                    "Change them so that they sum to 1.",
                )
            )
        distribution = np.array([row.get(label, 0.0) for label in labels])
        return np.asarray(distribution / max(distribution.sum(), _LEAST))

    def _check_labels(self, block: Block, row: Mapping[str, float], labels: tuple[str, ...]) -> None:
        for label in row:
            if label not in labels:
                near = difflib.get_close_matches(label, labels, n=1)
                mend = f"Did you mean '{near[0]}'?" if near else f"It has: {', '.join(labels)}."
                self.problems.append(block.problem(f"'{block.name}' has no code '{label}'", mend))

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
            if STORY in self.parents[name]:
                axis = self.parents[name].index(STORY)
                borrowed = np.repeat(np.take(borrowed, [0], axis=axis), len(STORY_LABELS), axis=axis)
            cover[index] = borrowed.reshape(-1, codes)
            slip[index] = settings.slip + (1 - settings.slip) * (1 - self._standing("cover", name))
        return cover, slip

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
            self._check_labels(block, dict.fromkeys((*settings.when, settings.say), 0.0), labels)
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
        self._check_labels(block, noise.more_missing, labels)
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
