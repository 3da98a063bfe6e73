"""The law P(variable | parents) of a module at a tier: base times odds, over the year, split and fitted.

P(x | parents) of a module is that of its base times odds ** (1 - camouflage * (1 - hard_to_fake)).
The exponent is the difficulty dial, by tier and field. A regime changes a law from its month on; networks
that have moved send people where the base journey goes.
"""

from collections.abc import Mapping

import numpy as np

from dossier.problems import Problem
from synthetic.adaptations import CORRIDOR, Adaptation
from synthetic.blocks import Block, Blocks, expanded, labels_of, ratios
from synthetic.changes import era_of_month
from synthetic.modules import DAY
from synthetic.scenarios import POPULATION
from synthetic.world import Array


class Laws:
    """Derives the law of each variable for each type of person, and adds what is wrong to `problems`."""

    def __init__(
        self, blocks: Blocks, parents: Mapping[str, tuple[str, ...]], problems: list[Problem]
    ) -> None:
        self._blocks = blocks
        self._scenario = blocks.scenario
        self._population = blocks.population
        self._parents = parents
        self._problems = problems
        self._tables: dict[tuple[str, str, str, int], Array] = {}

    def of(self, name: str, module_id: str, tier: str) -> Array:
        """Return P(name | parents) of a module at a tier, fitted to its splits.

        Shape (*parent sizes, codes).
        """
        return self._fitted(name, self._over_the_year(name, module_id, tier))

    def group_masses(self, name: str, module_id: str, tier: str) -> Array:
        """Return the mass that a module's own table gives to each group of a split, shape (groups,)."""
        field = self._population.split[name].field
        table = self._over_the_year(field, module_id, tier)
        for parent in self._parents[field]:  # each takes away the first axis that is left
            if parent == name:  # by its own split the table is the same for every group as yet
                table = table[0]
            else:
                table = np.tensordot(self._marginal(parent, module_id, tier), table, axes=1)
        return np.asarray(self._members(name) @ table)

    # --- tables -------------------------------------------------------------------------------------

    def _over_the_year(self, name: str, module_id: str, tier: str) -> Array:
        """Return P(name | parents), each month from the era it lies in; shape (*parent sizes, codes)."""
        first = self._table(name, module_id, tier)
        if len(self._blocks.eras) == 1 or DAY not in self._parents[name]:
            return first
        axis = self._parents[name].index(DAY)
        whole = np.array(first)
        for month, era in enumerate(era_of_month(self._scenario)):
            at = (slice(None),) * axis + (month,)
            whole[at] = self._table(name, module_id, tier, era)[at]
        return whole

    def _table(self, name: str, module_id: str, tier: str, era: int = 0) -> Array:
        """Return P(name | parents) for a module at a tier in an era, shape (*parent sizes, codes)."""
        key = (name, module_id, tier, era)
        if key not in self._tables:
            self._tables[key] = self._in_new_corridor(name, module_id, era, self._derive(*key))
        return self._tables[key]

    def _in_new_corridor(self, name: str, module_id: str, era: int, own: Array) -> Array:
        """Return a table of the corridor, mixed with that of the base journey as far as networks moved."""
        moved = self._scenario.adaptations.get(module_id, Adaptation()).corridor
        if not moved or name not in CORRIDOR:
            return own
        base = self._table(name, self._blocks.modules[module_id].module.extends, "", era)
        return np.asarray((1 - moved) * own + moved * base)

    def _derive(self, name: str, module_id: str, tier: str, era: int) -> Array:
        if module_id == POPULATION:
            return self._expanded(self._blocks.of_population(name, era))
        module = self._blocks.by_era[era][module_id]
        tables = self._blocks.of_module(module_id, "table", era)
        base = (
            self._expanded(tables[name])
            if name in tables
            else self._table(name, module.module.extends, "", era)
        )
        odds = self._blocks.of_module(module_id, "odds", era).get(name)
        if odds is None:
            return base
        hard = max(module.hard_to_fake.get(name, 0.0), self._floor(name))
        camouflage = module.tiers[tier].camouflage if tier else 0.0
        adapted = self._scenario.adaptations.get(module_id, Adaptation())
        hidden = adapted.hidden.get(name, 0.0)
        exponent = (1 - camouflage * (1 - hard)) * (1 - hidden * (1 - hard))
        weighted = base * ratios(odds, self._problems) ** exponent
        total = weighted.sum(axis=-1, keepdims=True)
        if not total.all():
            self._problems.append(odds.problem(f"the odds of '{name}' leave no code possible"))
            return base
        return np.asarray(weighted / total)

    def _expanded(self, block: Block) -> Array:
        return expanded(block, self._parents[block.name], self._problems)

    def _floor(self, name: str) -> float:
        """Return how hard an answer is to fake at the least, because of levers."""
        return max((lever.hard_to_fake.get(name, 0.0) for lever in self._scenario.levers), default=0.0)

    # --- splits -------------------------------------------------------------------------------------

    def _marginal(self, name: str, module_id: str, tier: str) -> Array:
        """Return a variable's law with its own parents averaged out."""
        table = self._over_the_year(name, module_id, tier)
        return np.asarray(table.reshape(-1, table.shape[-1]).mean(axis=0))

    def _members(self, name: str) -> Array:
        """Return which codes lie in which group of a split, shape (groups, codes)."""
        split = self._population.split[name]
        return np.array(
            [[label in group for label in labels_of(split.field)] for group in split.groups.values()]
        )

    def _fitted(self, name: str, table: Array) -> Array:
        """Return a table, group by group of the splits that it has to fit."""
        for split, declared in self._population.split.items():
            if declared.field == name:
                table = self._weighted(name, table, split, self._members(split))
        labels = labels_of(name)
        for split, fit in self._population.fit.get(name, {}).items():
            rows = [fit.rows.get(group, {}) for group in labels_of(split)]
            factors = np.array([[row.get(label, 1.0) for label in labels] for row in rows])
            table = self._weighted(name, table, split, factors)
        return table

    def _weighted(self, name: str, table: Array, split: str, factors: Array) -> Array:
        """Return a table times factors by group; where nothing would be left, it stays as it is."""
        shape = [1] * table.ndim
        shape[self._parents[name].index(split)], shape[-1] = factors.shape
        weighted = table * factors.reshape(shape)
        total = weighted.sum(axis=-1, keepdims=True)
        return np.asarray(np.where(total > 0, weighted / np.where(total > 0, total, 1), table))
