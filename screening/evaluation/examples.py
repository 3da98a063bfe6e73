"""Which dossiers are worth showing: a few people of each kind, chosen by rule and not by hand.

Victims found and missed, lookalikes stopped and let through, an irregular worker. The choice is spread over
modules and sexes; nothing is drawn here, a row is all that is returned.
"""

from collections.abc import Iterator
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


def example_rows(outcomes: Outcomes, flagged: npt.NDArray[np.bool_]) -> Iterator[tuple[str, int]]:
    """Yield kind and row of each example.

    Args:
        outcomes: The applicants.
        flagged: Shape (n,): who is flagged.
    """
    for wanted in WANTED:
        for row in _chosen(outcomes, flagged, wanted):
            yield wanted.key, row


def truth_json(truth: Truth, row: int) -> dict[str, Any]:
    """Return the truth of one applicant for JSON."""
    tier = int(truth.tier[row])
    return {
        "truth_class": TruthClass(int(truth.truth_class[row])).label,
        "module": truth.modules[int(truth.module[row])],
        "tier": truth.tiers[tier] if tier >= 0 else None,
    }


def _chosen(outcomes: Outcomes, flagged: npt.NDArray[np.bool_], wanted: Wanted) -> Iterator[int]:
    truth = outcomes.truth
    fits = (truth.truth_class == wanted.truth_class) & (flagged == wanted.flagged)
    if wanted.lookalike is not None:
        lookalikes = np.array([kind == "lookalike" for kind in truth.kinds])
        fits &= lookalikes[truth.module] == wanted.lookalike
    rows = np.flatnonzero(fits)[:LOOKED_AT]
    kinds = truth.module[rows].astype(np.int64) * 2 + outcomes.sex[rows]
    first_of_kind = np.unique(kinds, return_index=True)[1]
    order = [*sorted(first_of_kind), *(set(range(len(rows))) - set(first_of_kind.tolist()))]
    yield from (int(rows[place]) for place in order[: wanted.count])
