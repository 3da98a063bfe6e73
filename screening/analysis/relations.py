"""What holds of conditions in every possible case: can they be met, missed, and told from one another?

Each answer is `True` or `False` for all cases there are, or `None` where there are too many to go through.
"""

from dataclasses import dataclass

from dossier.findings import ABSENT, PRESENT
from screening.analysis.cases import Reading, cases_of
from screening.rules import Row


@dataclass(frozen=True)
class Reach:
    """Which outcomes a condition can have at all.

    Attributes:
        met_by: A dossier that makes it present, as a test row; none where no dossier does.
        can_be_absent: Whether some dossier makes it absent.
    """

    met_by: Row | None
    can_be_absent: bool

    @property
    def can_be_present(self) -> bool:
        """Whether some dossier makes it present."""
        return self.met_by is not None


@dataclass(frozen=True)
class Difference:
    """A case in which two conditions have different outcomes.

    Attributes:
        row: A dossier of that case, as a test row.
        first, second: The outcomes.
    """

    row: Row
    first: int
    second: int


@dataclass(frozen=True)
class Comparison:
    """How two conditions relate.

    Attributes:
        first_implies_second: Whether the second is present wherever the first is.
        second_implies_first: The other way round.
        difference: A case in which their outcomes differ, if there is one.
    """

    first_implies_second: bool
    second_implies_first: bool
    difference: Difference | None


def reach_of(reading: Reading, most: int | None = None) -> Reach | None:
    """Return which outcomes a condition can have; nothing where that cannot be told."""
    cases = cases_of([reading], most)
    if cases is None:
        return None
    outcomes = cases.outcomes(reading)
    present = (outcomes == PRESENT).nonzero()[0]
    met_by = cases.row(int(present[0])) if len(present) else None
    return Reach(met_by, bool((outcomes == ABSENT).any()))


def compared(first: Reading, second: Reading, most: int | None = None) -> Comparison | None:
    """Return how two conditions relate; nothing where that cannot be told."""
    cases = cases_of([first, second], most)
    if cases is None:
        return None
    one, other = cases.outcomes(first), cases.outcomes(second)
    apart = (one != other).nonzero()[0]
    difference = None
    if len(apart):
        case = int(apart[0])
        difference = Difference(cases.row(case), int(one[case]), int(other[case]))
    return Comparison(
        bool((other[one == PRESENT] == PRESENT).all()),
        bool((one[other == PRESENT] == PRESENT).all()),
        difference,
    )
