"""One drawn applicant: what lies on the desk, and behind it what is so and what was said."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from console.casebook.desk import Desk
from dossier.dossiers import Dossiers
from dossier.fields import Codes
from screening.evaluation.examples import truth_json
from synthetic.cohort import dossiers_of, truth_of
from synthetic.draw import Drawn, Plan
from synthetic.mechanisms import mechanisms
from synthetic.modules import Module
from synthetic.world import STORY, STORY_LABELS


@dataclass(frozen=True)
class Difference:
    """An answer that changed on its way into the file.

    Attributes:
        field: The field.
        layer: `declared`, where something else was said than is so; `observed`, where something else was
            recorded than was said.
        mechanism: Why; see `synthetic.mechanisms`.
        before, after: The codes.
    """

    field: str
    layer: str
    mechanism: str
    before: int
    after: int


@dataclass(frozen=True)
class Person:
    """One applicant of a plan, with all layers.

    Attributes:
        plan: The plan.
        drawn: The one row.
    """

    plan: Plan
    drawn: Drawn

    @classmethod
    def of(cls, plan: Plan, row: int) -> "Person":
        """Draw one row of a plan."""
        return cls(plan, plan.draw(range(row, row + 1)))

    @cached_property
    def dossiers(self) -> Dossiers:
        """What officers see."""
        return dossiers_of(self.drawn)

    @property
    def desk(self) -> Desk:
        """What lies on the desk; nothing leads back from it."""
        return Desk(self.dossiers, self.plan.world.scenario.scenario.year, self.plan.seed)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """Class, module and tier, as JSON."""
        return truth_json(truth_of(self.plan.world, self.drawn), 0)

    @cached_property
    def module(self) -> Module:
        """The module that the person was drawn from."""
        world = self.plan.world
        return world.modules[world.kinds[int(self.drawn.kinds[0])].module]

    @property
    def story(self) -> str:
        """Whether the person speaks openly, tells a cover story, or does not know of the deceit."""
        return STORY_LABELS[int(self.drawn.hidden[STORY][0])]

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """The answers that changed, what was said untruly before what was recorded wrongly."""
        log = mechanisms(self.plan.world, [self.drawn])
        known = zip(*(log[name].to_pylist() for name in ("field", "layer", "mechanism")), strict=True)
        layers = {
            "declared": (self.drawn.truth, self.drawn.declared),
            "observed": (self.drawn.declared, self.drawn.observed),
        }
        found = [
            Difference(field, layer, mechanism, *(_only(codes[field]) for codes in layers[layer]))
            for field, layer, mechanism in known
        ]
        return tuple(sorted(found, key=lambda one: one.layer))


def _only(codes: Codes) -> int:
    return int(codes[0])
