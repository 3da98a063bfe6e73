"""Shares of judgements, with intervals that do not take thirty looks at one dossier for thirty dossiers.

All seats of a class judge the same dossiers, so their judgements are not independent: what one overlooks, the
next overlooks too. A share of a class is an average over sets of judgements in which no seat and no dossier
stands twice; such a set has as many members as `independent` says, and the interval is the exact one for so
many, rounded outwards (Hoeffding 1963, section 5, as `screening.evaluation.yardsticks` does for an area). It
speaks of other seats and other dossiers like these. For one seat it is the exact interval itself, and speaks
of other dossiers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from console.debriefing.equal_evidence import Adjusted, Verdict, adjusted
from console.debriefing.judgements import Case, Judgement
from console.debriefing.settings import settings, shows_distributions
from screening.evaluation.rates import CONFIDENCE
from screening.intervals import exact_interval


@dataclass(frozen=True)
class Share:
    """A share of judgements.

    Attributes:
        count: How many.
        n: Of how many.
        seats: By how many seats.
        dossiers: On how many dossiers.
        independent: How many of them have neither seat nor dossier in common, at least on average.

    Examples:
        >>> share = Share(count=12, n=90, seats=9, dossiers=10, independent=9)
        >>> round(share.low, 3), round(share.high, 3)
        (0.003, 0.6)
    """

    count: int
    n: int
    seats: int
    dossiers: int
    independent: int

    @property
    def estimate(self) -> float | None:
        """The share; None where n is zero."""
        return self.count / self.n if self.n else None

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.interval(CONFIDENCE)[0]

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.interval(CONFIDENCE)[1]

    @property
    def is_told(self) -> bool:
        """Whether the interval is narrow enough to say more than the count."""
        return self.n > 0 and self.high - self.low <= settings().shares.widest

    @property
    def is_shown(self) -> bool:
        """Whether so many seats made it up that it tells on none of them."""
        return shows_distributions(self.seats)

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the ends of the interval; (0, 1) where n is zero."""
        if not self.n:
            return 0.0, 1.0
        down, up = self.count * self.independent // self.n, -(-self.count * self.independent // self.n)
        low, high = exact_interval([down, up], self.independent, confidence)
        return float(low[0]), float(high[1])


def share(judgements: Iterable[Judgement], counts: Callable[[Judgement], bool]) -> Share:
    """Return the share of judgements that count."""
    made = list(judgements)
    seats, dossiers = Counter(one.seat for one in made), Counter(one.dossier for one in made)
    return Share(
        count=sum(map(counts, made)),
        n=len(made),
        seats=len(seats),
        dossiers=len(dossiers),
        independent=_independent(seats, dossiers),
    )


def _independent(seats: Counter[str], dossiers: Counter[str]) -> int:
    """Return the average size of the sets into which judgements fall, no seat or dossier twice in a set.

    As many sets are enough as the busiest seat or dossier has judgements (Kőnig 1916). Where there is one
    seat only, it is the same throughout, and nothing is averaged over seats.
    """
    n, busiest = seats.total(), max(dossiers.values(), default=0)
    if len(seats) > 1:
        busiest = max(busiest, *seats.values())
    return n // busiest if busiest else 0


@dataclass(frozen=True)
class Needed:
    """What would let somebody tell.

    Attributes:
        dossiers: How many more.
        decisions: How many more a class makes on them that has as many seats to a dossier as this one.
        at_least: Whether they only allow a comparison, of which nobody can say yet how it ends.
    """

    dossiers: int
    decisions: int
    at_least: bool


@dataclass(frozen=True)
class Gap:
    """The difference between two shares of judgements on different dossiers.

    The plain difference tells how these dossiers differ, with all that makes some harder than others. Only
    the one at equal evidence says whether the two groups are treated differently.

    Attributes:
        first, second: The shares.
        adjusted: Their difference at equal evidence; None where there are too few dossiers.
    """

    first: Share
    second: Share
    adjusted: Adjusted | None

    @property
    def estimate(self) -> float | None:
        """First share minus second; None where either has none."""
        if self.first.estimate is None or self.second.estimate is None:
            return None
        return self.first.estimate - self.second.estimate

    @property
    def interval(self) -> tuple[float, float]:
        """Ends of the interval: each share has half of the error, and the two may depend on each other."""
        each = (1 + CONFIDENCE) / 2
        first, second = self.first.interval(each), self.second.interval(each)
        return first[0] - second[1], first[1] - second[0]

    @property
    def verdict(self) -> Verdict:
        """What can be said at equal evidence: more often, less often, equally often, or nobody can tell."""
        return self.adjusted.verdict if self.adjusted else "cannot_tell"

    @property
    def needed(self) -> Needed | None:
        """What would let somebody tell; None where it is told, or where more of the same would not do."""
        fewest, sides = settings().equal_evidence.fewest_dossiers, (self.first, self.second)
        if self.adjusted is None:
            more = sum(max(fewest - side.dossiers, 0) for side in sides)
        else:
            more = self.adjusted.more
        if not more:
            return None
        dossiers = sum(side.dossiers for side in sides)
        each = sum(side.n for side in sides) / dossiers if dossiers else 1.0
        return Needed(more, round(more * each), self.adjusted is None)


def gap(
    first: Iterable[Judgement],
    second: Iterable[Judgement],
    cases: Mapping[str, Case],
    counts: Callable[[Judgement], bool],
) -> Gap:
    """Return the difference between the shares that count, of judgements on different dossiers."""
    sides = list(first), list(second)
    return Gap(share(sides[0], counts), share(sides[1], counts), adjusted(*sides, cases, counts))
