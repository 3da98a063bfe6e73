"""How two groups of dossiers were treated at equal evidence: a difference that their contents do not explain.

One group may simply show more signs. Each dossier is one observation: the share of its judgements that count,
beside the mean number of signs that lay open to those who judged it. The difference between the groups is
taken at equal numbers of signs (linear regression), with Student's interval over dossiers: thirty looks at a
dossier are one dossier, and whatever else makes it odd is chance among dossiers. A sign test over seats is
not used: it says for certain which dossiers were harder, and not whom a class treats otherwise.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from console.debriefing.judgements import Case, Judgement
from console.debriefing.settings import settings
from screening.evaluation.rates import CONFIDENCE

Numbers: TypeAlias = npt.NDArray[np.float64]
Verdict: TypeAlias = Literal["more", "less", "equal", "cannot_tell"]
NOTHING = 1e-9
"""Less than this of a variable left beside the others is rounding."""


@dataclass(frozen=True)
class Adjusted:
    """The difference between two groups of dossiers at equal evidence.

    Attributes:
        value: Share of the first group minus that of the second.
        low, high: Ends of its interval, over other dossiers like these.
        first, second: Dossiers of each group.
        free: Degrees of freedom of the interval.
    """

    value: float
    low: float
    high: float
    first: int
    second: int
    free: int

    @property
    def verdict(self) -> Verdict:
        """What can be said: the first is treated so more or less often, equally often, or nobody can tell."""
        margin = settings().shares.margin
        if -margin <= self.low and self.high <= margin:
            return "equal"
        if self.low > 0:
            return "more"
        return "less" if self.high < 0 else "cannot_tell"

    @property
    def more(self) -> int:
        """How many more dossiers, in the same proportion, would tell; 0 where it is told.

        The difference and the spread of dossiers are taken to stay as they are. Either shows a gap, or that
        there is none beyond the margin, whichever is nearer.
        """
        if self.verdict != "cannot_tell":
            return 0
        wanted = max(abs(self.value), settings().shares.margin - abs(self.value))
        half, now = self.high - self.value, self.first + self.second
        # Student's quantile falls as dossiers grow, so that as many as the normal law asks at it are enough.
        most = ceil(now * (half / wanted) ** 2) + 1
        sizes = np.arange(now + 1, max(most, now + 1) + 1)
        tail = (1 + CONFIDENCE) / 2
        narrower = stdtrit(self.free + sizes - now, tail) / stdtrit(self.free, tail) * np.sqrt(now / sizes)
        return int(sizes[np.argmax(half * narrower < wanted)]) - now


def adjusted(
    first: Iterable[Judgement],
    second: Iterable[Judgement],
    cases: Mapping[str, Case],
    counts: Callable[[Judgement], bool],
) -> Adjusted | None:
    """Return the difference between the shares that count, at equal evidence.

    Args:
        first, second: Judgements of the dossiers of each group.
        cases: By dossier.
        counts: What is counted.

    Returns:
        None where either group has too few dossiers, or where signs alone part the groups.
    """
    groups = _by_dossier(first), _by_dossier(second)
    sizes = [len(group) for group in groups]
    if min(sizes) < settings().equal_evidence.fewest_dossiers:
        return None
    made = [own for group in groups for own in group.values()]
    shares = np.array([np.mean([counts(one) for one in own]) for own in made])
    signs = np.array(
        [np.mean([len(cases[one.dossier].present(one.evidence)) for one in own]) for own in made]
    )
    others = np.column_stack([np.ones(len(made)), signs])
    belongs = np.repeat([1.0, 0.0], sizes)
    # What signs explain is taken from both; what is left of the group carries the difference (Frisch, Waugh).
    left_of_shares, left_of_group = _left(shares, others), _left(belongs, others)
    weight = float(left_of_group @ left_of_group)
    if weight < NOTHING:
        return None
    value = float(left_of_group @ left_of_shares) / weight
    free = len(made) - int(np.linalg.matrix_rank(others)) - 1
    error = float(np.sum((left_of_shares - value * left_of_group) ** 2)) / free
    half = float(stdtrit(free, (1 + CONFIDENCE) / 2)) * (error / weight) ** 0.5
    return Adjusted(value, value - half, value + half, sizes[0], sizes[1], free)


def _by_dossier(judgements: Iterable[Judgement]) -> dict[str, list[Judgement]]:
    found: dict[str, list[Judgement]] = {}
    for one in judgements:
        found.setdefault(one.dossier, []).append(one)
    return found


def _left(values: Numbers, others: Numbers) -> Numbers:
    """Return what is left of values after the others' linear part was taken off."""
    weights = np.asarray(np.linalg.lstsq(others, values, rcond=None)[0], dtype=np.float64)
    return values - others @ weights
