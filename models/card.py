"""Cards: additive tables of points, one for each typology family and stage, and the file they live in.

Points are whole hundredths of a log-odds unit, never negative, and never fall as a level rises. A score is
their plain sum, so reasons add up to it exactly. A card set names the hash of the rulebook columns it was
trained on and refuses any other. It is JSON; nothing in it can be executed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import ValidationError, model_validator
from scipy.special import logsumexp

from dossier.problems import BadInput, Problem
from dossier.stages import Stage
from dossier.toml_files import Declared
from models.features import CardInput, Levels

RELEASED = Path(__file__).with_name("cards")
HUNDREDTHS = 100

Points = npt.NDArray[np.int32]
"""Whole hundredths of a log-odds unit."""


class CardRow(Declared):
    """The points of one input, by level and family.

    Attributes:
        input: Kind and name, such as `indicator:fee_high`.
        levels: Labels of the levels, from the least concerning.
        points: For each family, one number for each level, the first of them zero.
    """

    input: str
    levels: tuple[str, ...]
    points: tuple[tuple[int, ...], ...]

    @model_validator(mode="after")
    def _never_falls(self) -> Self:
        for points in self.points:
            if len(points) != len(self.levels) or points[0] != 0 or list(points) != sorted(points):
                raise ValueError("points start at zero, never fall, and there is one for each level")
        return self

    @property
    def card_input(self) -> CardInput:
        """The input this row reads."""
        kind, _, name = self.input.partition(":")
        if kind == "indicator":
            return CardInput("indicator", name, self.levels)
        return CardInput("rule" if kind == "rule" else "field", name, self.levels)


class StageCards(Declared):
    """The cards of one stage, one column of points for each family."""

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    start: tuple[int, ...]
    rows: tuple[CardRow, ...]

    @cached_property
    def inputs(self) -> tuple[CardInput, ...]:
        """The inputs in the order of the rows."""
        return tuple(row.card_input for row in self.rows)

    @cached_property
    def tables(self) -> list[Points]:
        """For each row, points of shape (levels, families)."""
        return [np.array(row.points, dtype=np.int32).T for row in self.rows]

    def family_scores(self, levels: Levels) -> Points:
        """Return the score of each family's card, shape (n, families)."""
        scores = np.tile(np.array(self.start, dtype=np.int32), (len(levels), 1))
        for column, table in enumerate(self.tables):
            scores += table[levels[:, column]]
        return scores


class Training(Declared):
    """Where a card set comes from.

    Attributes:
        scenario: Scenario it was trained on.
        scenario_hash: Its hash.
        seed: Seed of the training draw.
        victims: Training victims by family.
        others: Training non-victims.
        shares: Share of each family in the scenario, which the offset restores.
        share_of_others: Share of non-victims in the scenario.
    """

    scenario: str
    scenario_hash: str
    seed: int
    victims: dict[str, int]
    others: int
    shares: dict[str, float]
    share_of_others: float


class CardSet(Declared):
    """All cards of one training: a file in `models/cards/`, or one that `saring train` wrote."""

    schema_version: Literal["1"] = "1"
    id: str
    rulebook: str
    columns_hash: str
    families: tuple[str, ...] = Option(min_length=1)
    training: Training
    stages: tuple[StageCards, ...]

    @model_validator(mode="after")
    def _has_one_column_for_each_family(self) -> Self:
        for stage in self.stages:
            widths = {len(stage.start), *(len(row.points) for row in stage.rows)}
            if widths != {len(self.families)}:
                raise ValueError(f"stage '{stage.stage}' does not have one column for each family")
        return self

    def at(self, stage: Stage) -> StageCards:
        """Return the cards of `stage`; raises `KeyError` if the set has none."""
        return {cards.stage: cards for cards in self.stages}[stage.label]

    def check_rulebook(self, columns_hash: str) -> None:
        """Refuse to score with another rulebook than the one the cards were trained on.

        Raises:
            BadInput: If the hashes differ.
        """
        if columns_hash != self.columns_hash:
            raise BadInput.of(
                f"the cards '{self.id}' were trained on other rules than these",
                where=self.id,
                mend="Train cards for this rulebook with `saring train SCENARIO --rulebook R`.",
            )


@dataclass(frozen=True)
class Score:
    """The joined score of many dossiers.

    Attributes:
        families: Shape (n, families): hundredths, one card each.
        leading: Shape (n,): index of the card with most points.
        risk: Shape (n,): hundredths; the log of the summed odds, rounded.
    """

    families: Points
    leading: npt.NDArray[np.int8]
    risk: Points

    @property
    def resembles_others(self) -> Points:
        """Shape (n,): what the other cards add to the leading one; never negative."""
        rows = np.arange(len(self.risk))
        return self.risk - self.families[rows, self.leading]


def joined_score(families: Points) -> Score:
    """Join the scores of the families into one risk: the log posterior odds of a mixture, if the cards are exact.

    Examples:
        >>> joined_score(np.array([[100, -500]], dtype=np.int32)).risk.tolist()
        [100]
    """
    risk = np.rint(HUNDREDTHS * logsumexp(families / HUNDREDTHS, axis=1)).astype(np.int32)
    leading = families.argmax(axis=1).astype(np.int8)
    return Score(families, leading, np.maximum(risk, families.max(axis=1)))


def load_cards(name_or_path: str | Path) -> CardSet:
    """Return a released card set by name, or one from a JSON file.

    Raises:
        BadInput: If the file is missing, is not JSON, or breaks a rule of the format.
    """
    path = Path(name_or_path)
    if path.suffix != ".json":
        path = RELEASED / f"{name_or_path}.json"
    try:
        return CardSet.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BadInput.of(f"there are no cards '{name_or_path}'", where=str(path), mend="Train some with `saring train SCENARIO`.") from None
    except ValidationError as error:
        raise BadInput(Problem(f"{'.'.join(map(str, d['loc']))}: {d['msg']}", path.name) for d in error.errors()[:10]) from None


def save_cards(cards: CardSet, path: Path) -> None:
    """Write a card set, aside and then renamed; one row to a line, so that a change can be read."""
    content = cards.model_dump(mode="json")
    stages = content.pop("stages")
    head = json.dumps(content, indent=1, ensure_ascii=False)[:-2]
    body = ",\n".join(_stage_text(stage) for stage in stages)
    aside = path.with_suffix(".unfinished")
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.write_text(f'{head},\n "stages": [\n{body}\n ]\n}}\n', encoding="utf-8")
    aside.replace(path)


def _stage_text(stage: dict[str, object]) -> str:
    rows: Sequence[object] = stage["rows"]  # type: ignore[assignment]
    lines = ",\n".join("   " + json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    start = json.dumps(stage["start"])
    return f'  {{"stage": "{stage["stage"]}", "start": {start}, "rows": [\n{lines}\n  ]}}'
