"""The parts of a screening: each is read, screened and written by itself, and what remains of it adds up.

Rows of results are written in groups of a fixed number, however many dossiers are read at a time; so the
bytes are the same for any number of workers and any size of batch. An applicant's number that comes twice is
looked for among `COMPARED_AT_ONCE` rows of a file, and among all of a cohort of up to `MOST_COMPARED`; in
larger cohorts nobody looks across parts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from console.foreign.cohort_source import Part
from console.foreign.foreign_files import read_groups
from console.foreign.foreign_limits import COMPARED_AT_ONCE
from console.screened import screened_batch
from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.problems import BadInput, Problem
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.profiles import Tallies, merged, tallied
from screening.referral import headline_stage
from screening.screener import Assessment, Screener
from synthetic.sheets import ParquetSheet

ROWS_OF_A_GROUP = 65_536
"""Rows of each row group of the results; as many as a cohort of ours has."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PartScreened:
    """What remains of a part beside its file.

    Attributes:
        rows: How many applicants it has.
        recommendations: Shape (recommendations,): how many got each.
        tallies: Counts of the actors that they share.
        applicants: Shape (rows,): their numbers, where all of a cohort are compared; else empty.
    """

    rows: int
    recommendations: Numbers
    tallies: Tallies
    applicants: Numbers


@dataclass(frozen=True)
class PartScreener:
    """Screens one part; travels to whoever works.

    Attributes:
        screener: Who screens.
        parts: All parts.
        stages: The stages at which risks are wanted.
        batch_rows: How many dossiers are read at a time; changes no result.
        compares: Whether all applicants of the cohort will be compared.
    """

    screener: Screener
    parts: tuple[Part, ...]
    stages: tuple[Stage, ...]
    batch_rows: int
    compares: bool

    def __call__(self, number: int, scratch: Path) -> PartScreened:
        """Read and screen part `number`, and write its results below `scratch`.

        Raises:
            BadInput: If something in its file cannot be used.
        """
        part = self.parts[number]
        counts = np.zeros(len(Recommendation), dtype=np.int64)
        tallies, numbers, seen = Merging(), Once(part), list[Numbers]()

        def screened() -> Iterator[pa.RecordBatch]:
            names = fields_visible_at(max(self.stages))
            for dossiers in read_groups(part.file, names, self.batch_rows, part.groups, part.first_row):
                numbers.add(dossiers.applicants)
                if self.compares:
                    seen.append(dossiers.applicants)
                found = assessed(self.screener, dossiers, self.stages)
                headline = found[headline_stage()]
                np.add(counts, np.bincount(headline.recommendation, minlength=len(counts)), out=counts)
                tallies.add(tallied(dossiers, headline.recommendation, headline.stage))
                yield screened_batch(self.screener, found, scenario_hash=part.scenario)

        with ParquetSheet(scratch / part.result) as sheet:
            for batch in regrouped(screened(), ROWS_OF_A_GROUP):
                sheet.write(batch)
        numbers.close()
        applicants = np.concatenate([np.empty(0, dtype=np.int64), *seen])
        return PartScreened(int(counts.sum()), counts, tallies.whole(), applicants)


def assessed(screener: Screener, dossiers: Dossiers, stages: Sequence[Stage]) -> dict[Stage, Assessment]:
    """Return what a screener makes of dossiers at some stages; the headline stage is among them."""
    if len(stages) == len(Stage):
        return screener.assess_all(dossiers, headline_stage())
    return {stage: screener.assess(dossiers, stage) for stage in stages}


def regrouped(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some batches in batches of `rows`; the last has what is left."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) < rows:
            continue
        whole = pa.concat_batches(waiting)
        for start in range(0, len(whole) - rows + 1, rows):
            yield whole.slice(start, rows)
        rest = whole.slice(len(whole) // rows * rows)
        waiting = [rest] if len(rest) else []
    if waiting:
        yield pa.concat_batches(waiting)


class Merging:
    """Adds up counts of actors so that each is merged a few times only, however many parts there are."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Tallies]] = []

    def add(self, tallies: Tallies) -> None:
        """Take up one part's counts; pairs that stand for equally many parts become one."""
        self._waiting.append((1, tallies))
        while len(self._waiting) > 1 and self._waiting[-1][0] == self._waiting[-2][0]:
            (parts, last), (_, before) = self._waiting.pop(), self._waiting.pop()
            self._waiting.append((2 * parts, merged([before, last])))

    def whole(self) -> Tallies:
        """Return the counts of all parts."""
        return merged([tallies for _, tallies in self._waiting])


class Once:
    """Looks for an applicant's number that comes twice among so many rows of a part as are held at once."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._row = part.first_row
        self._held = np.empty(0, dtype=np.int64)

    def add(self, applicants: Numbers) -> None:
        """Take up the next rows; where stretches end does not depend on how many come at a time.

        Raises:
            BadInput: If a number comes twice.
        """
        self._held = np.concatenate([self._held, applicants])
        while len(self._held) >= COMPARED_AT_ONCE:
            self._compare(self._held[:COMPARED_AT_ONCE])
            self._row += COMPARED_AT_ONCE
            self._held = self._held[COMPARED_AT_ONCE:]

    def close(self) -> None:
        """Compare what is held.

        Raises:
            BadInput: If a number comes twice.
        """
        self._compare(self._held)

    def _compare(self, applicants: Numbers) -> None:
        if pair := first_twice(applicants):
            rows = " and ".join(f"{self._row + row + 1:,}" for row in pair)
            raise BadInput([_twice(int(applicants[pair[0]]), f"{self._part.file.shown}, rows {rows}")])


def check_once(parts: Sequence[Part], applicants: Sequence[Numbers]) -> None:
    """Raise where an applicant's number comes twice in a cohort.

    Args:
        parts: All parts.
        applicants: The numbers of each part's applicants; empty where they are not compared.
    """
    if not (pair := first_twice(np.concatenate([np.empty(0, dtype=np.int64), *applicants]))):
        return
    starts = np.cumsum([0, *map(len, applicants)])
    places = []
    for place in pair:
        number = int(np.searchsorted(starts, place, side="right")) - 1
        part = parts[number]
        places.append(f"{part.file.shown}, row {part.first_row + place - int(starts[number]) + 1:,}")
        twice = int(applicants[number][place - starts[number]])
    raise BadInput([_twice(twice, " and ".join(places))])


def first_twice(numbers: Numbers) -> tuple[int, int] | None:
    """Return the places of the first number that was there before, and of that one; None if none was."""
    order = np.argsort(numbers, kind="stable")
    again = np.flatnonzero(numbers[order][1:] == numbers[order][:-1])
    if not again.size:
        return None
    pair = min((int(order[at + 1]), int(order[at])) for at in again)
    return pair[1], pair[0]


def _twice(applicant: int, where: str) -> Problem:
    what = f"the applicant {applicant} is there twice"
    return Problem(what, where, "Every applicant has a number of his or her own; take one of the rows away.")
