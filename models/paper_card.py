"""The paper card: at most ten signs with whole points, to be added up with a pencil.

Chosen from the same findings that the cards read, by coordinate search on the information that the sum of
points gives about who is a victim. Points are positive whole numbers, so one more sign never lowers a sum.
It is for teaching and for days without a computer; what it loses against the cards is measured and printed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Option
from pydantic import model_validator

from dossier.json_files import read_json
from dossier.toml_files import Declared, read_toml, validated

RELEASED = Path(__file__).with_name("paper")
MOST_ROWS = 10
"""A card that is longer is no longer added up at a counter."""

Signs = npt.NDArray[np.bool_]
"""Shape (n, candidates): whether a sign is present; absent and not assessed both give no points."""
Loss: TypeAlias = Callable[[npt.NDArray[np.int64]], float]
"""From the points of all candidates to what their sum leaves unknown."""


class Settings(Declared):
    """How a paper card is learned and measured: the file `paper_card.toml`.

    Attributes:
        rows: Most rows.
        most_points: Most points of a row.
        victims, others: Size of the sample it is learned from.
        measured_victims, measured_others: Size of the fresh sample it is measured on.
        measured_seed: Seed of that sample.
        max_flagged: Share of non-victims that the sum for referral may flag at most.
    """

    rows: int = Option(ge=1, le=MOST_ROWS)
    most_points: int = Option(ge=2)
    victims: int
    others: int
    measured_victims: int
    measured_others: int
    measured_seed: int
    max_flagged: float


class PaperRow(Declared):
    """One row: a sign and its points.

    Attributes:
        finding: Kind and name, such as `indicator:told_to_be_silent`.
        points: What it adds where it is present.
    """

    finding: str
    points: int = Option(ge=1)


class PaperCard(Declared):
    """A paper card: a file in `models/paper/`, or one that `saring train` wrote.

    Attributes:
        id: Its name.
        stage: The stage at which all of its rows can be told.
        rulebook, columns_hash: The rules whose outcomes are among its rows.
        scenario, scenario_hash, seed: Where it was learned.
        rows: The rows, most points first.
        refer_from: Sum from which referral is recommended.
        measured: What it misses and flags on fresh applicants, beside the cards.
    """

    schema_version: Literal["1"] = "1"
    id: str
    stage: Literal["counter", "interview", "verification", "checkpoint"]
    rulebook: str
    columns_hash: str
    scenario: str
    scenario_hash: str
    seed: int
    rows: tuple[PaperRow, ...] = Option(min_length=1, max_length=MOST_ROWS)
    refer_from: int = Option(ge=1)
    measured: dict[str, Any] = Option(default_factory=dict)

    @model_validator(mode="after")
    def _names_each_sign_once(self) -> "PaperCard":
        names = [row.finding for row in self.rows]
        if len(set(names)) != len(names):
            raise ValueError("a sign stands in two rows")
        if self.refer_from > sum(row.points for row in self.rows):
            raise ValueError("'refer_from' is more than all points together")
        return self

    def sums(self, signs: Signs, candidates: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the sum of points of each dossier, shape (n,).

        Args:
            signs: Shape (n, candidates).
            candidates: What the columns are; every row of the card must be among them.
        """
        columns = [list(candidates).index(row.finding) for row in self.rows]
        points = np.array([row.points for row in self.rows], dtype=np.int64)
        return np.asarray(signs[:, columns] @ points, dtype=np.int64)


@dataclass(frozen=True)
class Labelled:
    """People to learn from.

    Attributes:
        signs: Shape (n, candidates).
        is_victim: Shape (n,).
        share_of_victims: Their share among the scenario's people, to which both sides are weighted.
    """

    signs: Signs
    is_victim: npt.NDArray[np.bool_]
    share_of_victims: float


@cache
def settings() -> Settings:
    """Return how paper cards are learned."""
    return validated(Settings, read_toml(Path(__file__).with_name("paper_card.toml")))


def load_paper_card(name_or_path: str | Path) -> PaperCard:
    """Return a released paper card by name, or one from a JSON file.

    Raises:
        BadInput: If the file is missing, is not JSON, or breaks a rule of the format.
    """
    path = Path(name_or_path)
    if path.suffix != ".json":
        path = RELEASED / f"{name_or_path}.json"
    mend = "`saring train SCENARIO --out FILE` writes one beside the cards."
    return read_json(PaperCard, path, missing=f"there is no paper card '{name_or_path}'", mend=mend)


def chosen_points(people: Labelled, rows: int, most_points: int) -> npt.NDArray[np.int64]:
    """Return the points of each candidate sign, shape (candidates,); at most `rows` of them are not zero.

    Rows are added one after the other, each the one that tells most. Then, on coarser and finer scales, every
    row is tried with other points and in exchange for every other sign, until no single change tells more.
    The same input gives the same card.
    """
    loss = _loss_of(people)
    found = np.zeros(people.signs.shape[1], dtype=np.int64)
    best = loss(found)
    for _ in range(rows):
        best, found = _best(loss, (best, found), _added(found))
    scales = range(1, most_points // max(int(found.max()), 1) + 1)
    return min((_polished(loss, found * scale, most_points) for scale in scales), key=lambda one: one[0])[1]


def _polished(loss: Loss, points: npt.NDArray[np.int64], most: int) -> tuple[float, npt.NDArray[np.int64]]:
    """Return the points that no single change betters, with their loss."""
    best, found = loss(points), points
    while True:
        before = best
        best, found = _best(loss, (best, found), _changed(found, most))
        if best >= before:
            return best, found


def _best(
    loss: Loss, start: tuple[float, npt.NDArray[np.int64]], tried: Iterator[npt.NDArray[np.int64]]
) -> tuple[float, npt.NDArray[np.int64]]:
    best, found = start
    for points in tried:
        value = loss(points)
        if value < best:
            best, found = value, points
    return best, found


def _added(points: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    for sign in np.flatnonzero(points == 0).tolist():
        for worth in (1, 2):
            yield _with(points, {sign: worth})


def _changed(points: npt.NDArray[np.int64], most: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yield every card that differs in one row: in its points, or in its sign and by one point at most."""
    for sign in np.flatnonzero(points).tolist():
        worth = int(points[sign])
        for other_worth in range(most + 1):
            yield _with(points, {sign: other_worth})
        near = [one for one in (worth - 1, worth, worth + 1) if 1 <= one <= most]
        for other in np.flatnonzero(points == 0).tolist():
            for other_worth in near:
                yield _with(points, {sign: 0, other: other_worth})


def _with(points: npt.NDArray[np.int64], changes: dict[int, int]) -> npt.NDArray[np.int64]:
    found = points.copy()
    found[list(changes)] = list(changes.values())
    return found


def _loss_of(people: Labelled) -> Loss:
    """Return a function from points to what their sum leaves unknown, in nats for each person.

    People with the same signs are one row with a weight, which makes a search over thousands of cards cheap.
    """
    packed = np.packbits(people.signs, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    signs = people.signs[first].astype(np.float32)
    share = people.share_of_victims
    weights = np.stack(
        [
            np.bincount(group.ravel(), weights=people.is_victim == side, minlength=len(first))
            * (weight / max((people.is_victim == side).sum(), 1))
            for side, weight in ((True, share), (False, 1 - share))
        ]
    )

    def loss(points: npt.NDArray[np.int64]) -> float:
        used = np.flatnonzero(points)
        sums = (signs[:, used] @ points[used].astype(np.float32)).astype(np.int64)
        victims, others = (np.bincount(sums, weights=side).astype(np.float64) for side in weights)
        return _uncertainty(victims, others)

    return loss


def _uncertainty(victims: npt.NDArray[np.float64], others: npt.NDArray[np.float64]) -> float:
    """Return the conditional entropy of being a victim, given the sum; shapes (sums,), weights."""
    both = victims + others
    total = 0.0
    for side in (victims, others):
        some = side > 0
        total -= float((side[some] * np.log(side[some] / both[some])).sum())
    return total
