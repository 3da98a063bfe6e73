"""What has been read in many dossiers so far, so that nothing is read twice however often they are assessed.

A rule or an indicator reads the same answers at every stage from which they are visible, so it finds the same
there; so do the levels of answers. Each is read at the first stage that asks for it, from the fields that are
visible by then and no others. Readings belong to one rulebook; they weigh nothing and recommend nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.findings import Findings
from dossier.stages import Stage
from models.card import StageCards
from models.features import Answers, Levels, context_of, contexts_at, encode
from screening.language import Memo
from screening.rulebook import CompiledRulebook
from screening.unasked import with_empty_cells

Contexts: TypeAlias = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Evidence:
    """What rules and indicators found in many dossiers.

    Attributes:
        indicators: Findings by indicator.
        outcomes: Outcomes by rule.
    """

    indicators: Mapping[str, Findings]
    outcomes: Mapping[str, Findings]


@dataclass(frozen=True)
class Readings:
    """What has been read in many dossiers; each part grows as stages are assessed.

    Attributes:
        indicators: Findings by indicator.
        outcomes: Outcomes by rule.
        answers: Levels of fields.
        contexts: By the names of the contexts and the fields that nobody asked for.
        memo: Findings of parts of conditions.
    """

    indicators: dict[str, Findings] = field(default_factory=dict)
    outcomes: dict[str, Findings] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    contexts: dict[tuple[tuple[str, ...], frozenset[str]], Contexts] = field(default_factory=dict)
    memo: Memo = field(default_factory=dict)

    def evidence(self, rulebook: CompiledRulebook, seen: Dossiers, stage: Stage) -> Evidence:
        """Return what rules and indicators find at a stage.

        Args:
            rulebook: The rules that are left at the stage; always the same ones under the same name.
            seen: The same dossiers each time, only with the fields that were asked for.
            stage: What has been seen.
        """
        readable, ready = rulebook.indicators_at(stage), rulebook.rules_at(stage)
        for name, indicator in readable.items():
            if name not in self.indicators:
                self.indicators[name] = rulebook.read_indicator(indicator, seen, self.memo)
        for rule in ready:
            if rule.id not in self.outcomes:
                self.outcomes[rule.id] = rule.condition.evaluate(seen, rulebook.parameters, self.memo)
        return Evidence(
            {name: self.indicators[name] for name in readable},
            {rule.id: self.outcomes[rule.id] for rule in ready},
        )

    def levels(self, cards: StageCards, seen: Dossiers, evidence: Evidence) -> Levels:
        """Return what the cards read, shape (n, inputs)."""
        return encode(cards.inputs, seen, evidence.indicators, evidence.outcomes, self.answers)

    def context(self, seen: Dossiers, stage: Stage, unasked: frozenset[str]) -> Contexts:
        """Return the index of each dossier's context, shape (n,); read-only where stages share it."""
        key = tuple(context.name for context in contexts_at(stage)), unasked
        if key not in self.contexts:
            self.contexts[key] = context_of(with_empty_cells(seen, unasked), stage)
            self.contexts[key].flags.writeable = False
        return self.contexts[key]


def read_evidence(rulebook: CompiledRulebook, dossiers: Dossiers, stage: Stage) -> Evidence:
    """Return what rules and indicators find in dossiers at a stage; nothing is read twice."""
    return Readings().evidence(rulebook, dossiers, stage)
