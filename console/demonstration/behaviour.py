"""How simulated trainees behave, read from `behaviour.toml`, where every number is assumed and says so."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dossier.toml_files import Finite, read_toml, validated

Chance = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
StageLabel = Literal["counter", "interview", "verification", "checkpoint"]


class Spread(Finite):
    """A number that differs between trainees, normally."""

    mean: float
    spread: Amount


class Impression(Finite):
    """What becomes of what was noticed; in standard deviations of the noise."""

    ability: Spread
    criterion: Spread
    documents_below: Amount
    refer_above: Amount


class Noticing(Finite):
    """Chances to notice what is there, by stage, and to tick what is not."""

    counter: Chance
    interview: Chance
    verification: Chance
    checkpoint: Chance
    spread_of_trainees: Amount
    spread_of_indicators: Amount
    imagining: Chance
    least: Chance
    most: Chance

    def at(self, stage: StageLabel) -> float:
        """Return the chance at a stage."""
        return {
            "counter": self.counter,
            "interview": self.interview,
            "verification": self.verification,
            "checkpoint": self.checkpoint,
        }[stage]


class ChanceToAsk(Finite):
    """The chance of one request."""

    clear: Chance
    unsure: Chance


class Asking(Finite):
    """Who asks for more."""

    unsure_within: Amount
    documents: ChanceToAsk
    interview: ChanceToAsk


class Confidence(Finite):
    """From which distance to the criterion on somebody is how sure."""

    fairly_from: Amount
    sure_from: Amount


class Seconds(Finite):
    """Time on a dossier."""

    median: Annotated[float, Field(gt=0)]
    asking: Amount
    spread: Amount


class Doubting(Finite):
    """The chance of finding a dossier not credible."""

    chance: Chance


class Habit(Finite):
    """What moves the impression of some trainees for some travellers; what is left out is not asked.

    Attributes:
        name: Its name.
        share: Of trainees who have it.
        shift: Of the impression.
        sex, age_bands, online_offer: Of the travellers it concerns.
        nothing_noticed_at: It acts where the evidence of this stage was opened and nothing in it noticed.
    """

    name: str
    share: Chance
    shift: float
    sex: Literal["female", "male"] | None = None
    age_bands: tuple[str, ...] = ()
    online_offer: bool | None = None
    nothing_noticed_at: StageLabel | None = None


class Names(Finite):
    """What simulated trainees are called, and how many read in English."""

    nicknames: tuple[str, ...]
    english_in_100: Annotated[int, Field(ge=0, le=100)]


class Behaviour(Finite):
    """The whole file."""

    grade: Literal["D"]
    why: str
    impression: Impression
    noticing: Noticing
    asking: Asking
    confidence: Confidence
    seconds: Seconds
    doubting: Doubting
    habits: tuple[Habit, ...]
    names: Names


@cache
def behaviour() -> Behaviour:
    """Return how simulated trainees behave."""
    return validated(Behaviour, read_toml(Path(__file__).with_name("behaviour.toml")))
