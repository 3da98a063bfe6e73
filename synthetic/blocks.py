"""What the files say about a variable: blocks of numbers, and the place each stands for error messages.

A block replaces a distribution (`table`, `hidden`) or multiplies it (`odds`). Which block holds depends on
the scenario's overlays, on the era within its regimes and on its levers. There is no silent default for a
combination of parents that a table does not name.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.toml_files import KeyPath, TomlFile
from evidence import figure
from synthetic.changes import eras, involved, module_in, overlays, population_changes
from synthetic.modules import Numbers
from synthetic.population import Population, load_population
from synthetic.scenarios import Scenario
from synthetic.world import STORY, STORY_LABELS, Array

TOLERANCE = 1e-6
_LEAST = 1e-300
"""Keeps an empty distribution from dividing by zero; the error is reported anyway."""


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

    def unknown_codes(self, named: Iterable[str]) -> list[Problem]:
        """Return a problem for each of `named` that is no code of the block's variable."""
        labels = labels_of(self.name)
        found: list[Problem] = []
        for label in named:
            if label not in labels:
                near = difflib.get_close_matches(label, labels, n=1)
                mend = f"Did you mean '{near[0]}'?" if near else f"It has: {', '.join(labels)}."
                found.append(self.problem(f"'{self.name}' has no code '{label}'", mend))
        return found


class Blocks:
    """Finds the block that holds for a variable in a module and an era of one scenario."""

    def __init__(self, scenario: Scenario, population: Population, file: TomlFile) -> None:
        self.scenario = scenario
        self.population = population
        self.file = file
        self.hidden_names = (*population.hidden, *population.split)
        self.library = scenario.library
        self.eras = range(len(eras(scenario)))
        ids = involved(scenario)
        self.by_era = [{id_: module_in(scenario, id_, era) for id_ in ids} for era in self.eras]
        self.modules = self.by_era[0]

    def of_module(self, module_id: str, part: str, era: int = 0) -> dict[str, Block]:
        """Return the `table` or `odds` blocks of a module in an era, with the places they stand in."""
        file = self.library[module_id][1]
        places: dict[str, tuple[TomlFile, KeyPath]] = {}
        for at, overlay in overlays(self.scenario, module_id, era):
            places.update({name: (self.scenario.file, (*at, part, name)) for name in getattr(overlay, part)})
        return {
            name: Block(name, numbers, *places.get(name, (file, (part, name))))
            for name, numbers in getattr(self.by_era[era][module_id], part).items()
        }

    def of_population(self, name: str, era: int = 0) -> Block:
        """Return the table of the population in an era; levers go before the scenario's changes."""
        for lever in reversed(self.scenario.levers):
            if name in lever.table:
                return Block(name, lever.table[name], lever.file, ("table", name))
        changes = population_changes(self.scenario, era)
        if name in changes:
            at, numbers = changes[name]
            return Block(name, numbers, self.scenario.file, at)
        part = "hidden" if name in self.hidden_names else "table"
        return Block(name, getattr(self.population, part)[name], self.file, (part, name))

    def all_tables(self) -> Iterable[Block]:
        """Yield every table block of the population and of the modules involved."""
        for era in self.eras:
            changed = population_changes(self.scenario, era)
            for name in dict.fromkeys((*self.population.hidden, *self.population.table, *changed)):
                yield self.of_population(name, era)
            for module_id in self.modules:
                yield from self.of_module(module_id, "table", era).values()


# --- a block as an array ----------------------------------------------------------------------------


def ratios(block: Block, problems: list[Problem]) -> Array:
    """Return odds by code, 1 where the block names none; what is wrong is added to `problems`."""
    if not block.numbers.values:
        problems.append(block.problem(f"the odds of '{block.name}' must be numbers by code"))
    labels = labels_of(block.name)
    problems += block.unknown_codes(block.numbers.values)
    return np.array([block.numbers.values.get(label, 1.0) for label in labels])


def expanded(block: Block, all_parents: tuple[str, ...], problems: list[Problem]) -> Array:
    """Return a block as an array over all parents of its variable, shape (*parent sizes, codes).

    What is wrong is added to `problems`.
    """
    numbers = block.numbers
    given = numbers.parents
    rows = numbers.rows or {"": numbers.values or _weights(block)}
    codes = len(labels_of(block.name))
    full = [len(labels_of(p)) for p in all_parents]
    expected = [".".join(combo) for combo in product(*(labels_of(p) for p in given))]
    unmatched = sorted(set(rows) ^ set(expected))
    if unmatched:
        problems.append(
            block.problem(
                f"'{block.name}' has no row, or a row too many, for: {', '.join(unmatched)}",
                "Give exactly one row for each combination of the parents.",
            )
        )
        return np.full((*full, codes), 1 / codes)
    sizes = [len(labels_of(p)) for p in given]
    array = np.stack([_distribution(block, rows[key], key, problems) for key in expected]).reshape(
        *sizes, codes
    )
    positions = [given.index(p) if p in given else None for p in all_parents]
    ordered = array.transpose(*[i for i in positions if i is not None], len(given))
    for axis, position in enumerate(positions):
        if position is None:
            ordered = np.expand_dims(ordered, axis)
    return np.broadcast_to(ordered, (*full, codes))


def _weights(block: Block) -> dict[str, float]:
    try:
        weights = {code: figure(key).estimate for code, key in block.numbers.figures.items()}
    except BadInput:  # told by `unsupported`
        weights = dict.fromkeys(block.numbers.figures, 1.0)
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _distribution(block: Block, row: Mapping[str, float], key: str, problems: list[Problem]) -> Array:
    labels = labels_of(block.name)
    problems += block.unknown_codes(row)
    total = sum(row.values())
    if abs(total - 1) > TOLERANCE:
        where = f" for '{key}'" if key else ""
        problems.append(
            block.problem(
                f"the probabilities of '{block.name}'{where} sum to {total:.6g}, not to 1",
                "Change them so that they sum to 1.",
            )
        )
    distribution = np.array([row.get(label, 0.0) for label in labels])
    return np.asarray(distribution / max(distribution.sum(), _LEAST))
