"""The same people with and without levers, composed: drawn twice, screened twice, compared person by person.

Every chunk of applicants is drawn twice from the same streams, screened at the same operating point and
reduced to counts of pairs, so that a cohort of any size is compared in bounded memory.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import fields as attributes
from functools import cached_property
from typing import Any

import numpy as np

from console.parts.parallel import each_part
from dossier.dossiers import Dossiers
from dossier.fields import fields, fields_visible_at
from dossier.stages import Stage, stage_labelled
from screening.evaluation.comparison import Comparison, compared, joined_comparisons
from screening.evaluation.screenings import Screening, counted_pair, joined_pairs, paired_sweeps_json
from screening.evaluation.sweep import Counted
from screening.referral import headline_stage
from screening.screener import Screener
from synthetic.cohort import chunks_of, dossiers_of, truth_of
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.levers import Lever
from synthetic.scenarios import Scenario
from synthetic.world import World


def stage_named(label: str | None, scenario: Scenario | None = None) -> Stage:
    """Return the stage of that name; without a name the scenario's own, else the headline stage.

    Raises:
        BadInput: If there is no such stage.
    """
    if label is None:
        own = scenario.scenario.stage if scenario else ""
        return Stage.of(own) if own else headline_stage()
    return stage_labelled(label, "--stage")


@dataclass(frozen=True)
class Effects:
    """On what a lever acts in one scenario.

    Attributes:
        lever: The lever.
        answers: Fields of whose answers something changes.
        diverts: Modules some of whose people set out otherwise.
        nowhere_to_go: Modules of the scenario whose people would, if it listed the module they were to join.
    """

    lever: Lever
    answers: tuple[str, ...]
    diverts: tuple[str, ...]
    nowhere_to_go: tuple[str, ...]

    @property
    def is_idle(self) -> bool:
        """Whether nothing of the lever applies."""
        return not (self.answers or self.diverts)

    @property
    def first_seen_at(self) -> Stage | None:
        """The first stage at which a screener can notice anything of it; None where nothing applies."""
        if self.diverts:
            return min(Stage)
        return min((fields()[name].visible_from for name in self.answers), default=None)


def effects_of(lever: Lever, without: World, alone: World) -> Effects:
    """Return on what a lever acts.

    Args:
        lever: The lever.
        without: The compiled scenario without levers.
        alone: The same with this lever only.
    """
    mix = without.module_ids
    wanted = {module: divert.to for module, divert in lever.divert.items() if module in mix}
    return Effects(
        lever,
        tuple(name for name in fields() if _differs(name, without, alone)),
        tuple(module for module, to in wanted.items() if to in mix),
        tuple(module for module, to in wanted.items() if to not in mix),
    )


def idle_levers(scenario: Scenario) -> tuple[str, ...]:
    """Return the ids of the levers of which nothing applies to their scenario."""
    if not scenario.levers:
        return ()
    without = compile_world(scenario.with_levers(()))
    return tuple(found.lever.id for found in each_alone(scenario, without) if found.is_idle)


def each_alone(scenario: Scenario, without: World) -> list[Effects]:
    """Return on what each lever of a scenario acts, taken by itself.

    Args:
        scenario: The scenario with its levers.
        without: The same without levers, compiled.
    """
    return [
        effects_of(lever, without, compile_world(scenario.with_levers((lever,)))) for lever in scenario.levers
    ]


def _differs(name: str, one: World, other: World) -> bool:
    pairs = [
        (_conditional(name, one), _conditional(name, other)),
        (one.recordings[name], other.recordings[name]),
    ]
    return any(
        not np.array_equal(getattr(first, attribute.name), getattr(second, attribute.name))
        for first, second in pairs
        for attribute in attributes(first)
    )


def _conditional(name: str, world: World) -> Any:
    return next(conditional for conditional in world.conditionals if conditional.name == name)


@dataclass(frozen=True)
class Found:
    """What remains of a chunk, or of all, once it is drawn and screened twice.

    Attributes:
        comparison: The counts of pairs.
        counts: Whoever set out as the same in both, counted for the sweep of either screening.
        dossiers: Same people whose dossier reads otherwise at the stage.
        answers: The same people, by field that reads otherwise; any field.
    """

    comparison: Comparison
    counts: tuple[Counted, Counted]
    dossiers: int
    answers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Comparing:
    """One scenario without and with levers.

    Attributes:
        before, after: The plans, of the same seed and size.
        screener: Who screens both.
        stage: At which stage.
    """

    before: Plan
    after: Plan
    screener: Screener
    stage: Stage

    @property
    def threshold(self) -> int:
        """Hundredths, at the stage."""
        return self.screener.operating_point.threshold(self.stage)

    def run(
        self, workers: int, done: Callable[[int], None] = lambda _: None
    ) -> tuple[Comparison, dict[str, Any]]:
        """Draw and screen everybody twice; return the comparison, and with it both sweeps and changed desks.

        Args:
            workers: Chunks worked on at a time; changes no result.
            done: Called with the number of people of each finished chunk.

        Raises:
            RuntimeError: If somebody is another person with the levers, whom no lever diverts.
        """
        found = []
        for chunk in each_part(self._chunk, len(self._chunks), workers):
            found.append(chunk)
            done(chunk.comparison.n)
        comparison = joined_comparisons([chunk.comparison for chunk in found])
        self._check_diverted(comparison)
        counts = joined_pairs([chunk.counts for chunk in found])
        answers = sum((chunk.answers for chunk in found), Counter[str]())
        visible = fields_visible_at(self.stage)
        return comparison, {
            "dossiers_changed": sum(chunk.dossiers for chunk in found),
            "answers_changed": {
                name: answers[name] for name in fields() if answers[name] and name in visible
            },
            "answers_changed_later": {
                name: answers[name] for name in fields() if answers[name] and name not in visible
            },
            "sweeps": paired_sweeps_json(counts, (self.threshold, self.threshold)),
        }

    @cached_property
    def _chunks(self) -> list[range]:
        return list(chunks_of(range(self.before.size)))

    def _chunk(self, number: int) -> Found:
        rows = self._chunks[number]
        (first, desks), (second, desks_after) = self._side(self.before, rows), self._side(self.after, rows)
        stayed = first.truth.module == second.truth.module
        changed = {
            name: (desks.columns[name] != desks_after.columns[name]) & stayed for name in desks.columns
        }
        seen = [changed[name] for name in fields_visible_at(self.stage)]
        return Found(
            compared(first.side(self.threshold), second.side(self.threshold)),
            counted_pair(first, second),
            int(np.any(seen, axis=0).sum()),
            Counter({name: int(found.sum()) for name, found in changed.items()}),
        )

    def _side(self, plan: Plan, rows: range) -> tuple[Screening, Dossiers]:
        drawn: Drawn = plan.draw(rows)
        dossiers = dossiers_of(drawn)
        risk = self.screener.assess(dossiers, self.stage).risk
        return Screening(truth_of(plan.world, drawn), risk), dossiers

    def _check_diverted(self, comparison: Comparison) -> None:
        levers = self.after.world.scenario.levers
        allowed = {(module, divert.to) for lever in levers for module, divert in lever.divert.items()}
        moved = {(found.module, found.module_after) for found in comparison.otherwise()}
        if not moved <= allowed:
            raise RuntimeError(f"people are somebody else with the levers: {sorted(moved - allowed)}")
