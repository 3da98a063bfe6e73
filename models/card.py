"""Cards: additive tables of points, one for each card, context and stage, and what they make of a dossier.

A family has one card or a few, one for each of its typologies; the card with most points gives the reasons.
Points are whole hundredths of a log-odds unit and never negative; those of a rising input never fall as its
level rises. A score is their plain sum, so reasons add up to it exactly. A card set names the hash of the
rulebook columns it was trained on and refuses any other. It is JSON; nothing in it can be executed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self, cast, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import model_validator

from dossier.json_files import parsed_json
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.text_files import bytes_of, write_text
from dossier.toml_files import Declared
from models.features import CardInput, Kind, Levels
from models.joint_tables import JointTables
from models.packing import LARGEST, ByLevel, PackedRow, Place, Whole, packed
from models.scores import HUNDREDTHS, CardScores, Points, Score, Sums, joined_risk, joined_score

__all__ = ["HUNDREDTHS", "LARGEST", "CardScores", "Points", "Score", "Whole", "joined_score"]

RELEASED = Path(__file__).with_name("cards")
MOST_CARDS = 120
"""Cards of a stage, and families; which of them leads is remembered in a byte."""
FEW = 2_048
"""Dossiers up to which the points of one input after the other are added, and no joint tables are made."""


class CardRow(Declared):
    """The points of one input.

    Attributes:
        input: Kind and name, such as `answer:fee_idr`.
        levels: Labels of the levels.
        points: By context, then card: one number for each level, or empty where all are zero.
    """

    input: str
    levels: tuple[str, ...]
    points: tuple[tuple[ByLevel, ...], ...]

    @model_validator(mode="after")
    def _keeps_its_direction(self) -> "CardRow":
        if self.input.partition(":")[0] not in get_args(Kind):
            raise ValueError(f"'{self.input}' does not begin with one of {', '.join(get_args(Kind))}")
        for points in (points for context in self.points for points in context if points):
            if len(points) != len(self.levels) or min(points) != 0:
                raise ValueError(f"'{self.input}': one number for each level, the least of them zero")
            if self.card_input.is_rising and list(points) != sorted(points):
                raise ValueError(f"'{self.input}': points may not fall as the level rises")
        return self

    @property
    def card_input(self) -> CardInput:
        """The input this row reads."""
        kind, _, name = self.input.partition(":")
        return CardInput(cast("Kind", kind), name, self.levels)

    def table(self) -> Points:
        """Return the points as an array of shape (contexts, levels, cards)."""
        nothing = (0,) * len(self.levels)
        filled = [[points or nothing for points in context] for context in self.points]
        return np.array(filled, dtype=np.int32).transpose(0, 2, 1)


class StageCards(Declared):
    """The cards of one stage.

    Attributes:
        stage: The stage.
        contexts: Names of the contexts.
        start: By context, then card: the points every dossier starts with.
        rows: The inputs that carry points.
        family_of: For each card, the index of its family; empty where each family has one card.
    """

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    contexts: tuple[str, ...]
    start: tuple[tuple[Whole, ...], ...]
    rows: tuple[CardRow, ...]
    family_of: tuple[Place, ...] = Option(default=(), max_length=MOST_CARDS)

    @cached_property
    def inputs(self) -> tuple[CardInput, ...]:
        """The inputs in the order of the rows."""
        return tuple(row.card_input for row in self.rows)

    @cached_property
    def tables(self) -> tuple[Points, ...]:
        """For each row, points of shape (contexts, levels, cards)."""
        return tuple(row.table() for row in self.rows)

    @cached_property
    def joint_tables(self) -> JointTables | None:
        """The points of several inputs at once; None where they take larger numbers than these have."""
        return JointTables.of(np.array(self.start, dtype=np.int32), self.tables)

    @property
    def families(self) -> tuple[int, ...]:
        """For each card, the index of its family."""
        return self.family_of or tuple(range(self._cards))

    def score(self, levels: Levels, context: npt.NDArray[np.int8]) -> Score:
        """Return the joined score; arguments as for `family_scores`."""
        sums = self._sums(levels, context)
        return Score(sums[:, : self._cards], self.families, joined_risk(sums, self._cards))

    def family_scores(self, levels: Levels, context: npt.NDArray[np.int8]) -> CardScores:
        """Return the score of each card.

        Args:
            levels: Shape (n, rows): the level of each input.
            context: Shape (n,): index into `contexts`.
        """
        sums = self._sums(levels, context)
        return CardScores(sums[:, : self._cards].astype(np.int32, copy=False), self.families)

    def lines(
        self, levels: Levels, context: npt.NDArray[np.int8], card: npt.NDArray[np.int8]
    ) -> npt.NDArray[np.int32]:
        """Return the points of each input in one card, shape (n, rows): the lines of many explanations.

        With what the card starts with, and what other cards add, they sum to the risk.

        Args:
            levels: Shape (n, rows): the level of each input.
            context: Shape (n,): index into `contexts`.
            card: Shape (n,): index of the card, such as the leading one.
        """
        flat, first, wide = self._lines
        place = np.multiply(levels, self._cards, dtype=np.intp)
        place += first
        place += card[:, None]
        place += context[:, None] * wide
        return flat.take(place, mode="wrap")  # none lies outside; numpy is fastest where it may wrap

    @cached_property
    def _lines(self) -> tuple[Points, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """All points one after the other, where those of each input begin, and how many a context has."""
        sizes = np.array([table.size for table in self.tables], dtype=np.intp)
        flat = np.concatenate([table.ravel() for table in self.tables] or [np.zeros(0, dtype=np.int32)])
        return flat, np.cumsum(sizes) - sizes, sizes // len(self.contexts)

    @property
    def _cards(self) -> int:
        return len(self.start[0]) if self.start else 0

    def _sums(self, levels: Levels, context: npt.NDArray[np.int8]) -> Sums:
        """Return the scores of the cards, shape (n, cards or more)."""
        if len(levels) > FEW and self.joint_tables:
            return self.joint_tables.sums(levels, context)
        sums: Points = np.array(self.start, dtype=np.int32)[context]
        for column, table in enumerate(self.tables):
            sums += table[context, levels[:, column]]
        return sums

    def __getstate__(self) -> dict[Any, Any]:
        """Leave out what can be made again: joint tables are larger than the cards they come from."""
        state = super().__getstate__()
        return {**state, "__dict__": {name: getattr(self, name) for name in type(self).model_fields}}

    def __copy__(self) -> Self:
        """Return a copy without what was made from the points, which `model_copy` may replace."""
        content = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_construct(self.model_fields_set, **content)


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
        typologies: Training victims by typology; in the order of the cards, where each has its own.
    """

    scenario: str
    scenario_hash: str
    seed: int
    victims: dict[str, int]
    others: int
    shares: dict[str, float]
    share_of_others: float
    typologies: dict[str, int] = Option(default_factory=dict)

    @property
    def share_of_victims(self) -> float:
        """Share of victims among victims and non-victims of the scenario."""
        victims = sum(self.shares.values())
        return victims / (victims + self.share_of_others)


class CardSet(Declared):
    """All cards of one training, for every stage."""

    schema_version: Literal["2"] = "2"
    id: str
    rulebook: str
    columns_hash: str
    families: tuple[str, ...] = Option(min_length=1, max_length=MOST_CARDS)
    training: Training
    stages: tuple[StageCards, ...]

    @model_validator(mode="after")
    def _has_all_cards(self) -> "CardSet":
        families = len(self.families)
        labels = [stage.stage for stage in self.stages]
        if len(set(labels)) != len(labels) or len(set(self.families)) != families:
            raise ValueError("a stage or a family stands twice")
        for stage in self.stages:
            if len({row.input for row in stage.rows}) != len(stage.rows):
                raise ValueError(f"stage '{stage.stage}' has an input twice")
            cards = stage.family_of or tuple(range(families))
            if sorted(set(cards)) != list(range(families)):
                raise ValueError(f"stage '{stage.stage}' does not have cards for each family")
            shapes = {(len(stage.contexts), len(cards))}
            shapes |= {(len(stage.start), len(row)) for row in stage.start}
            shapes |= {(len(row.points), len(context)) for row in stage.rows for context in row.points}
            if len(shapes) != 1:
                raise ValueError(f"stage '{stage.stage}' does not have one entry for each context and card")
        return self

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over all that the set says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def at(self, stage: Stage) -> StageCards:
        """Return the cards of `stage`.

        Raises:
            BadInput: If the set has none.
        """
        found = {cards.stage: cards for cards in self.stages}
        if stage.label not in found:
            raise BadInput.of(f"the cards '{self.id}' have none for the stage '{stage.label}'")
        return found[stage.label]

    def check_inputs(self, stage: Stage, contexts: Sequence[str], inputs: Sequence[CardInput]) -> None:
        """Refuse to read dossiers in another way than the cards learned to.

        Args:
            stage: The stage.
            contexts: Names of the contexts that exist at the stage.
            inputs: What can be read at the stage.

        Raises:
            BadInput: If the cards know other contexts, or an input that is not among these.
        """
        cards = self.at(stage)
        strangers = [entry.key for entry in cards.inputs if entry not in inputs]
        if cards.contexts != tuple(contexts) or strangers:
            found = f"unknown inputs {', '.join(strangers)}" if strangers else "other contexts"
            raise BadInput.of(
                f"the cards '{self.id}' were trained on other inputs ({found})",
                mend="Train them again with `saring train SCENARIO`.",
            )

    def check_rulebook(self, columns_hash: str) -> None:
        """Refuse to score with another rulebook than the one the cards were trained on.

        Raises:
            BadInput: If the hashes differ.
        """
        if columns_hash != self.columns_hash:
            raise BadInput.of(
                f"the cards '{self.id}' were trained on other rules than these",
                mend="Train cards for this rulebook with `saring train SCENARIO --rulebook R`.",
            )


class PackedStage(Declared):
    """The cards of one stage, as they are written."""

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    contexts: tuple[str, ...]
    family_of: tuple[Place, ...] = Option(max_length=MOST_CARDS)
    start: tuple[tuple[Whole, ...], ...]
    rows: tuple[PackedRow, ...]


class CardFile(Declared):
    """A file in `models/cards/`, or one that `saring train` wrote.

    Attributes:
        levels: Labels of the levels, by input; the same at every stage.
        stages: The cards, packed; everything else is as in a `CardSet`.
    """

    schema_version: Literal["2"]
    id: str
    rulebook: str
    columns_hash: str
    families: tuple[str, ...] = Option(min_length=1, max_length=MOST_CARDS)
    training: Training
    levels: dict[str, tuple[str, ...]]
    stages: tuple[PackedStage, ...]

    @classmethod
    def of(cls, cards: CardSet) -> Self:
        """Return the file of a card set."""
        levels = {row.input: row.levels for stage in cards.stages for row in stage.rows}
        head = cards.model_dump(exclude={"stages"})
        return cls.model_validate({**head, "levels": levels, "stages": [*map(_packed_stage, cards.stages)]})

    @cached_property
    def cards(self) -> CardSet:
        """The card set."""
        head = self.model_dump(exclude={"levels", "stages"})
        stages = [{**dict(stage), "rows": tuple(_rows(stage.rows, self.levels))} for stage in self.stages]
        return CardSet.model_validate({**head, "stages": stages})

    @model_validator(mode="after")
    def _makes_a_card_set(self) -> "CardFile":
        _ = self.cards
        return self


def _packed_stage(cards: StageCards) -> PackedStage:
    rows = tuple(
        packed(row.input, row.points, len(row.levels), rising=row.card_input.is_rising) for row in cards.rows
    )
    family_of = cards.family_of or tuple(range(len(cards.start[0]) if cards.start else 0))
    return PackedStage(
        stage=cards.stage, contexts=cards.contexts, family_of=family_of, start=cards.start, rows=rows
    )


def _rows(rows: Sequence[PackedRow], levels: Mapping[str, tuple[str, ...]]) -> Iterator[CardRow]:
    for row in rows:
        if row.input not in levels:
            raise ValueError(f"the levels of '{row.input}' are not given")
        own = levels[row.input]
        yield CardRow(input=row.input, levels=own, points=row.points(len(own)))


MEND = "Train some with `saring train SCENARIO --out FILE`."


def load_cards(name_or_path: str | Path) -> CardSet:
    """Return a released card set by name, or one from a JSON file.

    Raises:
        BadInput: If the file is missing, is not JSON, or breaks a rule of the format.
    """
    path = Path(name_or_path)
    if path.suffix != ".json":
        path = RELEASED / f"{name_or_path}.json"
    missing = f"there are no cards '{name_or_path}'"
    return _card_set(bytes_of(path, ending=".json", missing=missing, mend=MEND), path.name)


@lru_cache(maxsize=4)
def _card_set(raw: bytes, where: str) -> CardSet:
    """Return the cards of a file; one command asks for the same ones several times."""
    return parsed_json(CardFile, raw, where, MEND).cards


def save_cards(cards: CardSet, path: Path) -> None:
    """Write a card set, aside and then renamed; one row to a line, so that a change can be read."""
    content = CardFile.of(cards).model_dump(mode="json")
    levels, stages = content.pop("levels"), content.pop("stages")
    head = json.dumps(content, indent=1, ensure_ascii=False)[:-2]
    labels = ",\n".join(f"{_compact(key)}:{_compact(own)}" for key, own in levels.items())
    body = ",\n".join(_stage_text(stage) for stage in stages)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, f'{head},\n "levels": {{\n{labels}\n }},\n "stages": [\n{body}\n ]\n}}\n')


def _stage_text(stage: dict[str, Any]) -> str:
    rows = ",\n".join(_compact(_worth_writing(row)) for row in stage["rows"])
    head = ",".join(f'"{key}":{_compact(stage[key])}' for key in ("stage", "contexts", "family_of", "start"))
    return f'{{{head},"rows":[\n{rows}\n]}}'


def _worth_writing(row: dict[str, Any]) -> dict[str, Any]:
    return row if row["apart"] else {key: value for key, value in row.items() if key != "apart"}


def _compact(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
