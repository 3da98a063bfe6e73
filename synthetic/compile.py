"""From TOML to a world: every distribution of a scenario as arrays, checked before anything is drawn.

P(x | parents) of a module is that of its base times odds ** (1 - camouflage * (1 - hard_to_fake)).
The exponent is the difficulty dial, by tier and field. Unknown names, sums that are not one, parents that
could be misread and numbers without evidence or grade are errors, reported together with file and line.
There is no silent default for a combination of parents that a table does not name.
"""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from dossier.fields import Field, fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import KeyPath, TomlFile
from evidence import figure
from synthetic.modules import Numbers, Population, load_population, released_modules
from synthetic.scenarios import POPULATION, Scenario, module_in
from synthetic.spelling import unknown_names
from synthetic.world import STORY, STORY_LABELS, Array, Conditional, Kind, Recording, World

TOLERANCE = 1e-6
LARGEST_LOSS = 0.95
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
    compiler = _Compiler(scenario, population, population_file)
    return compiler.compile()


def labels_of(name: str) -> tuple[str, ...]:
    """Return the names under which the codes of a field or hidden variable stand in a module file."""
    if name == STORY:
        return STORY_LABELS
    if name in fields():
        field = fields()[name]
        return tuple(str(edge) for edge in field.edges) or field.codes
    numbers = load_population()[0].hidden[name]
    return tuple(numbers.values or next(iter(numbers.rows.values())))


class _Compiler:
    """Holds what is shared while one scenario is compiled, and gathers the problems."""

    def __init__(self, scenario: Scenario, population: Population, file: TomlFile) -> None:
        self.scenario = scenario
        self.population = population
        self.file = file
        self.problems: list[Problem] = []
        self.hidden_names = tuple(population.hidden)
        involved = self._involved()
        self.modules = {id_: module_in(scenario, id_) for id_ in involved}
        self.naming: dict[tuple[str, str], Block] = {}
        self.parents = self._parents()
        self.tables: dict[tuple[str, str, str], Array] = {}

    def compile(self) -> World:
        as_released = {id_: released_modules()[id_] for id_ in self.modules}
        self.problems += unknown_names(self.scenario, as_released, self.population, self.file)
        self._check_shares()
        self._check_parents()
        names = tuple(self.scenario.mix)
        tiers = self._tier_names(names)
        kinds = tuple(self._kinds(names, tiers))
        raise_if_any(dict.fromkeys(self.problems))
        keys = [(names[kind.module], tiers[kind.tier] if kind.tier >= 0 else "") for kind in kinds]
        hidden = [self._conditional(name, keys) for name in self.hidden_names]
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
        )

    # --- what is involved ---------------------------------------------------------------------------

    def _involved(self) -> list[str]:
        """Return the ids of the mix, of their bases and of the journeys their cover stories borrow."""
        found: list[str] = []
        waiting = list(self.scenario.mix)
        while waiting:
            module_id = waiting.pop()
            if module_id in found or module_id == POPULATION:
                continue
            found.append(module_id)
            module = module_in(self.scenario, module_id)
            waiting.append(self._existing(module_id, module.module.extends, ("module", "extends")))
            if module.cover:
                waiting.append(self._existing(module_id, module.cover.journey, ("cover", "journey")))
            self._refuse_circle(module_id)
        return sorted(found)

    def _existing(self, module_id: str, wanted: str, at: KeyPath) -> str:
        """Return the module that `module_id` builds on; raises if there is none."""
        if wanted != POPULATION and wanted not in released_modules():
            near = difflib.get_close_matches(wanted, released_modules(), n=1)
            mend = f"Did you mean '{near[0]}'?" if near else "`saring show journeys` lists the modules."
            raise BadInput(
                [released_modules()[module_id][1].problem(f"there is no module '{wanted}'", at, mend)]
            )
        return wanted

    def _refuse_circle(self, module_id: str) -> None:
        """Raise if a module extends itself, directly or through others."""
        chain = [module_id]
        while (base := released_modules()[chain[-1]][0].module.extends) in released_modules():
            if base in chain:
                what = f"these modules extend each other in a circle: {', '.join(chain)}"
                raise BadInput([released_modules()[module_id][1].problem(what, ("module", "extends"))])
            chain.append(base)

    def _blocks(self, module_id: str, part: str) -> dict[str, Block]:
        """Return the `table` or `odds` blocks of a module with the places they stand in."""
        module, file = released_modules()[module_id]
        overlay = self.scenario.overlay.get(module_id)
        blocks = {}
        for name, numbers in getattr(self.modules[module_id], part).items():
            own = overlay is None or name not in getattr(overlay, part)
            place = (file, (part, name)) if own else (self.scenario.file, ("overlay", module_id, part, name))
            blocks[name] = Block(name, numbers, *place)
        self._check_support(blocks.values(), graded=module.module.grade is not None)
        return blocks

    def _check_support(self, blocks: Iterable[Block], *, graded: bool) -> None:
        for block in blocks:
            for key in (*block.numbers.evidence, *block.numbers.figures.values()):
                self._check_figure(key, block.file, block.at)
            if not (block.numbers.is_supported or block.numbers.grade or graded):
                self.problems.append(
                    block.problem(
                        f"the numbers of '{block.name}' have no evidence and no grade",
                        'Name the figure they rest on, or say grade = "D".',
                    )
                )

    def _check_shares(self) -> None:
        for module_id, share in self.scenario.mix.items():
            for key in share.evidence:
                self._check_figure(key, self.scenario.file, ("mix", module_id))

    def _check_figure(self, key: str, file: TomlFile, at: KeyPath) -> None:
        try:
            figure(key)
        except BadInput as error:
            self.problems.append(file.problem(error.problems[0].what, at, error.problems[0].mend))

    # --- parents ------------------------------------------------------------------------------------

    def _parents(self) -> dict[str, tuple[str, ...]]:
        """Return the parents of each variable: all that any file names for it, in drawing order."""
        order = (*self.hidden_names, STORY, *fields())
        named: dict[str, set[str]] = {name: set() for name in (*self.hidden_names, *fields())}
        for block in self._all_tables():
            named.setdefault(block.name, set()).update(block.numbers.parents)
            for parent in block.numbers.parents:
                self.naming.setdefault((block.name, parent), block)
        return {
            name: tuple(sorted(parents, key=lambda p: order.index(p) if p in order else -1))
            for name, parents in named.items()
        }

    def _all_tables(self) -> Iterable[Block]:
        """Yield every table block of the population and of the modules involved."""
        for name in dict.fromkeys(
            (*self.population.hidden, *self.population.table, *self._population_changes())
        ):
            yield self._population_block(name)
        for module_id in self.modules:
            yield from self._blocks(module_id, "table").values()

    def _check_parents(self) -> None:
        """Refuse unknown parents, and parents drawn too late or whose truth the file may not show."""
        for (name, parent), block in self.naming.items():
            if parent not in (*self.hidden_names, STORY, *fields()):
                self.problems.append(block.problem(f"'{name}' names the unknown parent '{parent}'"))
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
        truth = np.stack([self._table(name, *key) for key in keys]).reshape(len(keys), groups, codes)
        cover, slip = self._cover(name, keys, sizes, codes)
        lie, lie_to = self._lies(name, keys, codes)
        return Conditional(name, parents, sizes, truth, cover, slip, lie, lie_to)

    def _table(self, name: str, module_id: str, tier: str) -> Array:
        """Return P(name | parents) for a module at a tier, shape (*parent sizes, codes)."""
        key = (name, module_id, tier)
        if key not in self.tables:
            self.tables[key] = self._derive(name, module_id, tier)
        return self.tables[key]

    def _derive(self, name: str, module_id: str, tier: str) -> Array:
        if module_id == POPULATION:
            block = self._population_block(name)
            self._check_support([block], graded=True)
            return self._expanded(block)
        module = self.modules[module_id]
        tables = self._blocks(module_id, "table")
        base = (
            self._expanded(tables[name]) if name in tables else self._table(name, module.module.extends, "")
        )
        odds = self._blocks(module_id, "odds").get(name)
        if odds is None:
            return base
        hard = module.hard_to_fake.get(name, 0.0)
        camouflage = module.tiers[tier].camouflage if tier else 0.0
        weighted = base * self._ratios(odds) ** (1 - camouflage * (1 - hard))
        total = weighted.sum(axis=-1, keepdims=True)
        if not total.all():
            self.problems.append(odds.problem(f"the odds of '{name}' leave no code possible"))
            return base
        return np.asarray(weighted / total)

    def _population_block(self, name: str) -> Block:
        changes = self._population_changes()
        if name in changes:
            return Block(name, changes[name], self.scenario.file, ("overlay", POPULATION, "table", name))
        part = "hidden" if name in self.hidden_names else "table"
        return Block(name, getattr(self.population, part)[name], self.file, (part, name))

    def _population_changes(self) -> Mapping[str, Numbers]:
        overlay = self.scenario.overlay.get(POPULATION)
        return overlay.table if overlay is not None else {}

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
        except BadInput:  # told by `_check_support`
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
        cover = [self._cover_probability(key) for key in keys]
        truth = np.array([[[1 - probability, probability]] for probability in cover])
        nothing = np.zeros_like(truth)
        return Conditional(
            STORY, (), (), truth, nothing, np.ones(len(keys)), nothing[:, 0], np.zeros(len(keys), np.int8)
        )

    def _cover_probability(self, key: tuple[str, str]) -> float:
        settings = self.modules[key[0]].cover
        return settings.probability * self._tier_value(key, "cover") if settings else 0.0

    def _tier_value(self, key: tuple[str, str], name: str) -> float:
        """Return a setting of the tier; a module without tiers always acts as declared."""
        module, tier = self.modules[key[0]], key[1]
        return float(getattr(module.tiers[tier], name)) if tier else 1.0

    def _cover(
        self, name: str, keys: list[tuple[str, str]], sizes: tuple[int, ...], codes: int
    ) -> tuple[Array, Array]:
        cover = np.zeros((len(keys), math.prod(sizes), codes))
        slip = np.ones(len(keys))
        for index, (module_id, _) in enumerate(keys):
            settings = self.modules[module_id].cover
            if settings is None or name not in settings.fields:
                continue
            borrowed = self._table(name, settings.journey, "")
            if STORY in self.parents[name]:
                axis = self.parents[name].index(STORY)
                borrowed = np.repeat(np.take(borrowed, [0], axis=axis), len(STORY_LABELS), axis=axis)
            cover[index] = borrowed.reshape(-1, codes)
            slip[index] = settings.slip
        return cover, slip

    def _lies(self, name: str, keys: list[tuple[str, str]], codes: int) -> tuple[Array, npt.NDArray[np.int8]]:
        lie = np.zeros((len(keys), codes))
        lie_to = np.zeros(len(keys), dtype=np.int8)
        labels = labels_of(name)
        for index, key in enumerate(keys):
            settings = self.modules[key[0]].lies.get(name)
            if settings is None:
                continue
            file = released_modules()[key[0]][1]
            block = Block(name, Numbers(values={"": 1}), file, ("lies", name))
            self._check_labels(block, dict.fromkeys((*settings.when, settings.say), 0.0), labels)
            known = [labels.index(label) for label in settings.when if label in labels]
            lie[index, known] = settings.probability * self._tier_value(key, "coaching")
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
        missing = np.minimum(noise.missing * habit[:, None] * factor[None, :], LARGEST_LOSS)
        return Recording(missing, noise.noise, _misread(field))


def _misread(field: Field) -> Array:
    """Return the distribution of the wrong code: a neighbour where codes have an order, else any other."""
    size = field.size
    if field.ordered or field.is_number:
        near = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) == 1
    else:
        near = ~np.eye(size, dtype=bool)
    return np.asarray(near / near.sum(axis=1, keepdims=True))
