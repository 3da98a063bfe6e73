"""A card for any table of numbers: for each feature a few bands of values, and points for each.

The plain relative of the released cards in `models.card`: one table, two classes, and bands that were found
in the data rather than declared. Unknown has points of its own. Points are whole hundredths of a log-odds
unit and never negative, so reasons add up to the score exactly. It is JSON; nothing in it can be executed.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from dossier.json_files import read_json
from dossier.text_files import write_text
from dossier.toml_files import Finite
from models.card import LARGEST, Points, Whole
from models.tables import Floats

Label: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr
"""What a class may be called in a file."""

Gain: TypeAlias = Annotated[int, Option(ge=0, le=LARGEST)]

Direction: TypeAlias = Literal[-1, 0, 1]

FREE: Direction = 0
RISING: Direction = 1
FALLING: Direction = -1


class CardFeature(Finite):
    """The points of one feature.

    Attributes:
        name: What it is called.
        direction: 1 where a higher value never lowers a score, -1 where a lower value never does, 0 where
            both may.
        edges: The ends of its bands, ascending; a value on an edge belongs to the band below.
        points: Hundredths for each band, one more than edges.
        unknown: Hundredths where the value is not known.
    """

    name: str
    direction: Direction
    edges: tuple[float, ...]
    points: tuple[Gain, ...]
    unknown: Gain

    @model_validator(mode="after")
    def _keeps_its_direction(self) -> "CardFeature":
        if list(self.edges) != sorted(set(self.edges)):
            raise ValueError(f"'{self.name}': edges must rise")
        if len(self.points) != len(self.edges) + 1 or min(*self.points, self.unknown) != 0:
            raise ValueError(f"'{self.name}': one number for each band, the least of all zero")
        if self.direction != FREE:
            least, *others = self.points[:: self.direction]
            ladder = [least, self.unknown, *others]
            if ladder != sorted(ladder):
                raise ValueError(
                    f"'{self.name}': points may not fall as concern rises, and unknown stands just above the "
                    "least concerning band"
                )
        return self

    @cached_property
    def table(self) -> Points:
        """The points by band, and after the last band those for unknown."""
        return np.array([*self.points, self.unknown], dtype=np.int32)

    def bands(self, values: Floats) -> npt.NDArray[np.intp]:
        """Return the band of each value, shape (n,); the number of bands where it is not known (NaN)."""
        return bands_of(values, np.array(self.edges, dtype=np.float64))


@dataclass(frozen=True)
class CardReason:
    """One line of why a row scores as it does.

    Attributes:
        feature: The feature.
        value: The value it read; None where it is not known.
        points: Hundredths that it adds.
    """

    feature: str
    value: float | None
    points: int


class AdditiveCard(Finite):
    """A card in one table.

    Attributes:
        classes: The two classes; a higher score speaks for the second.
        start: Hundredths that every row starts with.
        loss: By how many log-odds units, at most, the card and the model that it was read off differ on the
            rows it was learned from, through rounding alone.
        trees: How many trees the model had.
        missing_values: A number that stands for unknown, beside NaN.
        named: Whether the features' names were given with the data.
        features: The features, in the order of the columns.
    """

    schema_version: Literal["1"] = "1"
    classes: tuple[Label, Label]
    start: Whole
    loss: float
    trees: int
    missing_values: float | None = None
    named: bool
    features: tuple[CardFeature, ...] = Option(min_length=1)

    def points(self, rows: Floats) -> Points:
        """Return what each feature adds, shape (n, features).

        Args:
            rows: Shape (n, features); NaN for unknown.
        """
        found = np.empty(rows.shape, dtype=np.int32)
        for column, feature in enumerate(self.features):
            found[:, column] = feature.table[feature.bands(rows[:, column])]
        return found

    def scores(self, rows: Floats) -> npt.NDArray[np.int64]:
        """Return the score of each row in hundredths, shape (n,): start and points, and nothing else."""
        return np.asarray(self.start + self.points(rows).sum(axis=1, dtype=np.int64))

    def reasons(self, rows: Floats, top: int | None) -> list[tuple[CardReason, ...]]:
        """Return for each row what adds to its score, most points first; what adds nothing is left out.

        Args:
            rows: Shape (n, features); NaN for unknown.
            top: At most so many for a row; all of them when None, and these add up to the score.
        """
        points = self.points(rows)
        order = np.argsort(-points, axis=1, kind="stable")
        return [
            tuple(
                CardReason(self.features[place].name, _known(row[place]), int(own[place]))
                for place in places[:top]
                if own[place]
            )
            for row, own, places in zip(rows, points, order, strict=True)
        ]


def bands_of(values: Floats, edges: Floats) -> npt.NDArray[np.intp]:
    """Return the band of each value, shape (n,); the number of bands where it is not known (NaN).

    Examples:
        >>> bands_of(np.array([0.0, 1.0, 5.0, np.nan]), np.array([1.0, 2.0])).tolist()
        [0, 0, 2, 3]
    """
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def load_additive_card(path: Path) -> AdditiveCard:
    """Return the card in a JSON file.

    Raises:
        BadInput: If the file is missing, is not JSON, or breaks a rule of the format.
    """
    mend = "Write one with `ScreeningClassifier.to_card`."
    return read_json(AdditiveCard, path, missing="there is no card of this name", mend=mend)


def save_additive_card(card: AdditiveCard, path: Path) -> None:
    """Write a card, aside and then renamed; one feature to a line, so that a change can be read."""
    content = card.model_dump(mode="json")
    features = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in content.pop("features"))
    head = json.dumps(content, indent=1, ensure_ascii=False)[:-2]
    write_text(path, f'{head},\n "features": [\n{features}\n ]\n}}\n')
