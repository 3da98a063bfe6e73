"""What each dossier asked of the class, for its trainer: how many judged it rightly, and whom it parts.

Facility is the share of seats that judged a dossier rightly. Discrimination is the correlation of judging
this one rightly with the share of the others judged rightly (item-rest: no dossier agrees with itself).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import StatisticsError, correlation

from scipy.special import ndtri

from console.debriefing.judgements import Case, Judgement, by_seat, is_right
from console.debriefing.settings import settings, shows_distributions
from screening.evaluation.rates import CONFIDENCE

NEARLY = 1 - 1e-12
"""A correlation of one has no limit; so near to it, it has a far one."""


@dataclass(frozen=True)
class ItemStatistics:
    """Statistics of one dossier.

    Attributes:
        dossier: Its id.
        seats: Seats that decided on it.
        right: Seats that judged it rightly.
        doubted: Seats that say no such dossier could exist.
        discrimination: From -1 to 1; None where all seats were right, or all wrong, or too few decided more.
    """

    dossier: str
    seats: int
    right: int
    doubted: int
    discrimination: float | None

    @property
    def facility(self) -> float:
        """Share of seats that judged it rightly."""
        return self.right / self.seats

    @property
    def is_shown(self) -> bool:
        """Whether so many seats decided on it that its statistics tell on none of them."""
        return shows_distributions(self.seats)

    @property
    def is_doubted(self) -> bool:
        """Whether so many doubt it that somebody should look at it."""
        return self.is_shown and self.doubted / self.seats >= settings().dossiers.doubted_by

    @property
    def is_too_easy(self) -> bool:
        """Whether every seat was right, so that it told nothing of any."""
        return self.is_shown and self.right == self.seats

    @property
    def parts_wrongly(self) -> bool:
        """Whether those who judge other dossiers rightly judge this one wrongly, by more than chance.

        The upper limit of the correlation decides (Fisher 1921): of many dossiers, some lie below by chance.
        """
        if self.discrimination is None:
            return False
        spread = ndtri((1 + CONFIDENCE) / 2) / sqrt(self.seats - 3)
        return tanh(atanh(max(self.discrimination, -NEARLY)) + spread) < 0


def items(
    judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> Sequence[ItemStatistics]:
    """Return the statistics of each dossier, those judged wrongly most often first; few seats come last.

    Args:
        judgements: Of many seats, one for each dossier.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    seats = by_seat(judgements)
    rights = {
        seat: {one.dossier: is_right(one, cases[one.dossier], flags_from) for one in made}
        for seat, made in seats.items()
    }
    doubts = [one.dossier for made in seats.values() for one in made if one.is_doubted]
    dossiers = {dossier for made in rights.values() for dossier in made}
    found = [_item(dossier, rights, doubts.count(dossier)) for dossier in dossiers]
    return sorted(found, key=lambda item: (not item.is_shown, item.facility, -item.seats, item.dossier))


def _item(dossier: str, rights: Mapping[str, Mapping[str, bool]], doubted: int) -> ItemStatistics:
    decided = [made for made in rights.values() if dossier in made]
    return ItemStatistics(
        dossier=dossier,
        seats=len(decided),
        right=sum(made[dossier] for made in decided),
        doubted=doubted,
        discrimination=_discrimination(dossier, [made for made in decided if len(made) > 1]),
    )


def _discrimination(dossier: str, decided: Sequence[Mapping[str, bool]]) -> float | None:
    """Return the correlation of this dossier with the rest; None where either does not vary."""
    if not shows_distributions(len(decided)):
        return None
    this = [float(made[dossier]) for made in decided]
    rest = [(sum(made.values()) - made[dossier]) / (len(made) - 1) for made in decided]
    try:
        return correlation(this, rest)
    except StatisticsError:  # one of them is the same for all
        return None
