"""Which dossiers are worth showing: a few people of each kind, chosen by rule and not by hand.

Victims found and missed, lookalikes stopped and let through, an irregular worker. The choice is spread over
modules and sexes, among the first people of each kind, which any cutting of a cohort finds; nothing is drawn
here, a row is all that is returned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.truth import Truth, TruthClass
from screening.evaluation.outcomes import Outcomes

LOOKED_AT = 2000
"""Rows of a kind among which the examples are chosen."""


@dataclass(frozen=True)
class Wanted:
    """A kind of example.

    Attributes:
        key: What the report calls it.
        count: How many are shown.
        truth_class: Of this class.
        flagged: Flagged or not.
        lookalike: Only lookalikes, or only others; None for either.
    """

    key: str
    count: int
    truth_class: TruthClass
    flagged: bool
    lookalike: bool | None = None


WANTED = (
    Wanted("victim_found", 3, TruthClass.VICTIM, flagged=True),
    Wanted("victim_missed", 2, TruthClass.VICTIM, flagged=False),
    Wanted("lookalike_stopped", 2, TruthClass.LAWFUL, flagged=True, lookalike=True),
    Wanted("traveller_stopped", 1, TruthClass.LAWFUL, flagged=True, lookalike=False),
    Wanted("irregular_stopped", 1, TruthClass.IRREGULAR, flagged=True),
    Wanted("lookalike_let_through", 1, TruthClass.LAWFUL, flagged=False, lookalike=True),
)


@dataclass(frozen=True)
class Candidates:
    """The first `LOOKED_AT` people of each kind of example, by kind and then by row.

    Attributes:
        wanted: Shape (m,): index into `WANTED`.
        rows: Shape (m,): rows of the cohort.
        sorts: Shape (m,): module and sex, in one number.
    """

    wanted: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int64]
    sorts: npt.NDArray[np.int32]


def candidates_of(outcomes: Outcomes, flagged: npt.NDArray[np.bool_], rows: range) -> Candidates:
    """Return the candidates among some applicants.

    Args:
        outcomes: n applicants.
        flagged: Shape (n,): who is flagged.
        rows: Their rows in the cohort.
    """
    fitting = [_fitting(outcomes, flagged, wanted) for wanted in WANTED]
    places = np.concatenate(fitting)
    sorts = outcomes.truth.module[places].astype(np.int32) * 2 + outcomes.sex[places]
    wanted = np.repeat(np.arange(len(WANTED), dtype=np.int8), [len(found) for found in fitting])
    return Candidates(wanted, rows.start + places, sorts)


def joined_candidates(parts: Sequence[Candidates]) -> Candidates:
    """Return the candidates of a whole cohort from those of its parts, of which there is at least one."""
    wanted, rows, sorts = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("wanted", "rows", "sorts")
    )
    order = np.lexsort((rows, wanted))
    start = np.searchsorted(wanted[order], np.arange(len(WANTED)))
    kept = order[np.arange(len(order)) - start[wanted[order]] < LOOKED_AT]
    return Candidates(wanted[kept], rows[kept], sorts[kept])


def example_rows(candidates: Candidates) -> Iterator[tuple[str, int]]:
    """Yield kind and row of each example: first one of each module and sex, then whoever comes first."""
    for place, wanted in enumerate(WANTED):
        own = candidates.wanted == place
        rows, sorts = candidates.rows[own], candidates.sorts[own]
        first = np.sort(np.unique(sorts, return_index=True)[1])
        rest = np.setdiff1d(np.arange(len(rows)), first)
        for one in np.concatenate([first, rest])[: wanted.count].tolist():
            yield wanted.key, int(rows[one])


def truth_json(truth: Truth, row: int) -> dict[str, Any]:
    """Return the truth of one applicant for JSON."""
    tier = int(truth.tier[row])
    return {
        "truth_class": TruthClass(int(truth.truth_class[row])).label,
        "module": truth.modules[int(truth.module[row])],
        "tier": truth.tiers[tier] if tier >= 0 else None,
    }


def _fitting(outcomes: Outcomes, flagged: npt.NDArray[np.bool_], wanted: Wanted) -> npt.NDArray[np.intp]:
    """Return the first people of a kind."""
    truth = outcomes.truth
    fits = (truth.truth_class == wanted.truth_class) & (flagged == wanted.flagged)
    if wanted.lookalike is not None:
        lookalikes = np.array([kind == "lookalike" for kind in truth.kinds])
        fits &= lookalikes[truth.module] == wanted.lookalike
    return np.flatnonzero(fits)[:LOOKED_AT]
