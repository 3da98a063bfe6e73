"""What one variant of a sweep stands for: a value for each thing that a sweep can vary.

A variant without a value of its own for something has the usual one, which is what `saring run` does when its
option is left out. Nothing here reads a file; names are what somebody wrote.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

from console.options import RELEASED
from synthetic.scenarios import USUAL_DIFFICULTY

AS_CERTIFIED: Literal["released"] = "released"
"""The threshold of the certificate that belongs to the cards, or of the rulebook."""

AS_DRAWN: Literal["as_drawn"] = "as_drawn"
"""No base rate: the people stand for themselves."""

NO_LEVERS = "none"
JOINED_BY = " + "

Threshold: TypeAlias = float | Literal["released"]

LISTS: Mapping[str, str] = {
    "scenario": "scenarios",
    "levers": "levers",
    "difficulty": "difficulty",
    "rulebook": "rulebooks",
    "cards": "cards",
    "policy": "policies",
    "threshold": "thresholds",
    "base_rate": "base_rates",
}
"""What can be varied, with the key of a plan under which its values stand."""


@dataclass(frozen=True)
class Settings:
    """A value for each thing that can be varied.

    Attributes:
        scenario: A released scenario or a path.
        levers: Released levers or paths, which act together.
        difficulty: A step from 1 to 5.
        rulebook, cards, policy: Released names or paths.
        threshold: Log-odds, or a number of rules where rules decide.
        base_rate: Share of victims for which the people stand, such as "1:1000".
    """

    scenario: str
    levers: tuple[str, ...] = ()
    difficulty: int = USUAL_DIFFICULTY
    rulebook: str = RELEASED
    cards: str = RELEASED
    policy: str = RELEASED
    threshold: Threshold = AS_CERTIFIED
    base_rate: str = AS_DRAWN

    def but(self, values: Mapping[str, Any]) -> "Settings":
        """Return the same settings with other values for some things."""
        return replace(self, **values)

    def has(self, values: Mapping[str, Any]) -> bool:
        """Tell whether all of these values are its own."""
        return all(getattr(self, name) == value for name, value in values.items())

    def to_json(self) -> dict[str, Any]:
        """Return the settings for JSON."""
        return {**asdict(self), "levers": list(self.levers)}

    @property
    def columns(self) -> dict[str, str]:
        """The settings as texts, for the columns of a table and for messages."""
        threshold = self.threshold if isinstance(self.threshold, str) else f"{self.threshold:g}"
        return {
            "scenario": self.scenario,
            "levers": JOINED_BY.join(self.levers) or NO_LEVERS,
            "difficulty": str(self.difficulty),
            "rulebook": self.rulebook,
            "cards": self.cards,
            "policy": self.policy,
            "threshold": threshold,
            "base_rate": self.base_rate,
        }

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.columns.items())


@dataclass(frozen=True)
class Variant:
    """One variant of a sweep.

    Attributes:
        id: Its name within the sweep.
        settings: What it stands for.
        baseline: Position of the variant it is measured against; None where there is none.
        is_baseline: Whether that is the variant itself, so that there is nothing to measure.
    """

    id: str
    settings: Settings
    baseline: int | None = None
    is_baseline: bool = False
