"""How much the stress tests learn again, how far they change numbers, and the sentences they say.

Numbers stand in `learning.toml` and sentences in `learning_words.toml`, in both languages. Nothing here
measures anything.
"""

from functools import cache
from pathlib import Path

from pydantic import Field as Option

from dossier.texts import Text
from dossier.toml_files import Finite, read_toml, validated
from models.train import Settings as TrainingSettings
from models.train import settings as training_settings
from screening.referral import policy


class Sizes(Finite):
    """How many people are learned from, and on how many a threshold is set."""

    victims_per_family: int = Option(ge=1)
    others: int = Option(ge=1)
    rounds: int = Option(ge=1)
    challenger_victims: int = Option(ge=1)
    challenger_others: int = Option(ge=1)
    threshold_people: int = Option(ge=1)
    apart: int

    def training(self) -> TrainingSettings:
        """Return the settings of the training, with these sizes."""
        taken = self.model_dump(exclude={"threshold_people", "apart"})
        return training_settings().model_copy(update=taken)


class LeftOut(Finite):
    """Which families are left out in turn; all of the scenario where none is named."""

    families: tuple[str, ...]


class LabelNoise(Finite):
    """Shares of victims labelled as others, and of others among those labelled as victims."""

    unlabelled: tuple[float, ...]
    wrongly_labelled: float = Option(ge=0, lt=1)


class Tornado(Finite):
    """Numbers of people, and how numbers without a range are varied; see `learning.toml`."""

    victims: int = Option(ge=1)
    others: int = Option(ge=1)
    without_range: float = Option(gt=0, lt=1)
    looked_at: int = Option(ge=0)
    look_victims: int = Option(ge=1)
    look_others: int = Option(ge=1)
    kept: int = Option(ge=0)


class Retraining(Finite):
    """How many turns cards and networks take."""

    turns: int = Option(ge=1)


class Learning(Finite):
    """The whole file."""

    sizes: Sizes
    left_out: LeftOut
    label_noise: LabelNoise
    tornado: Tornado
    retraining: Retraining


@cache
def learning() -> Learning:
    """Return how much is learned, and how far numbers go."""
    return validated(Learning, read_toml(Path(__file__).with_name("learning.toml")))


def family_title(family: str) -> Text:
    """Return what a family is called; one that nobody named keeps its own letters."""
    plain = family.replace("_", " ")
    return policy().title.get(family, Text(en=plain, id=plain))
