"""How many of the numbers behind a scenario rest on which grade of evidence."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from synthetic.provenance import Number, tally

GRADES = {
    "A": "primary data, opened",
    "B": "paper or official page, read in full",
    "C": "excerpt or second hand",
    "D": "assumption, or doubtful",
}
"""What each grade means."""

OWN = "files of one's own"
"""The part of numbers that stand in no released file."""


@dataclass(frozen=True)
class Graded:
    """The numbers of one part of the assumptions.

    Attributes:
        part: Folder or file.
        n: How many numbers.
        by_grade: How many of each grade; all are counted, so there is no interval.
        published: Numbers that are a published figure itself.
    """

    part: str
    n: int
    by_grade: dict[str, int]
    published: int


def graded(numbers: list[Number]) -> list[Graded]:
    """Return the grades of all numbers together, and of those of each part.

    A part is a folder of modules, the scenarios, or the population file.
    """
    parts: dict[str, list[Number]] = {"all numbers": list(numbers)}
    for number in numbers:
        parts.setdefault(_part(number.file), []).append(number)
    return [_graded(part, members) for part, members in parts.items()]


def _part(file: str) -> str:
    path = PurePosixPath(file)
    if path.parent.name == "synthetic":
        return path.stem
    return path.parent.name if path.parts[0] == "synthetic" else OWN


def _graded(part: str, members: list[Number]) -> Graded:
    counts = tally(members)
    by_grade = {str(grade): count for grade, count in counts.by_grade.items()}
    return Graded(part, counts.n, by_grade, counts.published)
