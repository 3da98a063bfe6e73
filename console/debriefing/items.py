"""What each dossier asked of the class, for its trainer: how many judged it rightly, and whom it parts.

Facility is the share of seats that judged a dossier rightly, of those whose decision was right or wrong:
what lies outside the exercise (`judgements.verdict`) is counted apart. Discrimination is the correlation of
judging this one rightly with the share of the others *on the same side* judged rightly (item-rest: no dossier
agrees with itself). The rest of a victim's dossier is victims' dossiers, that of another one others': over
both sides, readiness to flag alone would set victims' dossiers against all the rest, with nothing wrong in
them.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import atanh, sqrt, tanh
from statistics import StatisticsError, correlation

from scipy.special import ndtr, ndtri

from console.debriefing.judgements import Case, Judgement, by_seat, verdict
from console.debriefing.settings import settings, shows_distributions
from screening.evaluation.rates import CONFIDENCE, clopper_pearson
from screening.evaluation.yardsticks import holm_adjusted

NEARLY = 1 - 1e-12
"""A correlation of one has no limit; so near to it, it has a far one."""


@dataclass(frozen=True)
class Discrimination:
    """The correlation of judging one dossier rightly with judging others of its side rightly.

    Attributes:
        value: From -1 to 1.
        seats: Seats over which it was taken.
        dossiers: Other dossiers of the same side that made up the rest.
    """

    value: float
    seats: int
    dossiers: int

    @property
    def low(self) -> float:
        """Lower end of the interval (Fisher 1921)."""
        return tanh(self._score - self._half)

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return tanh(self._score + self._half)

    @property
    def p_value(self) -> float:
        """How often chance would set seats so far against the rest, or farther."""
        return float(ndtr(self._score * sqrt(self.seats - 3)))

    @property
    def _score(self) -> float:
        return atanh(min(max(self.value, -NEARLY), NEARLY))

    @property
    def _half(self) -> float:
        return float(ndtri((1 + CONFIDENCE) / 2)) / sqrt(self.seats - 3)


@dataclass(frozen=True)
class ItemStatistics:
    """Statistics of one dossier.

    Attributes:
        dossier: Its id.
        seats: Seats that decided on it.
        judged: Seats whose decision was right or wrong; that of all others lies outside the exercise.
        right: Seats that judged it rightly.
        doubted: Seats that say no such dossier could exist.
        discrimination: None where too few were right, or wrong, or decided on others of its side.
        parts_wrongly: Whether those who judge others of its side rightly judge this one wrongly, by more than
            chance among all dossiers of the sitting (Holm 1979).
    """

    dossier: str
    seats: int
    judged: int
    right: int
    doubted: int
    discrimination: Discrimination | None
    parts_wrongly: bool = False

    @property
    def facility(self) -> float | None:
        """Share that judged it rightly; None where nobody judged it."""
        return self.right / self.judged if self.judged else None

    @property
    def facility_interval(self) -> tuple[float, float]:
        """Ends of the interval of the facility: of other seats, on this same dossier."""
        return clopper_pearson(self.right, self.judged) if self.judged else (0.0, 1.0)

    @property
    def is_shown(self) -> bool:
        """Whether so many seats judged it that its facility tells on none of them."""
        return shows_distributions(self.judged)

    @property
    def is_doubted(self) -> bool:
        """Whether so many doubt it that somebody should look at it."""
        return shows_distributions(self.seats) and self.doubted / self.seats >= settings().dossiers.doubted_by

    @property
    def is_too_easy(self) -> bool:
        """Whether every seat was right, so that it told nothing of any."""
        return self.is_shown and self.right == self.seats


def items(
    judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> Sequence[ItemStatistics]:
    """Return the statistics of each dossier, those judged wrongly most often first; few seats come last.

    Args:
        judgements: Of many seats, one for each dossier.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    made = list(judgements)
    rights = {seat: _rights(own, cases, flags_from) for seat, own in by_seat(made).items()}
    dossiers: dict[str, list[Judgement]] = {}
    for one in made:
        dossiers.setdefault(one.dossier, []).append(one)
    found = _marked([_item(dossiers[dossier], rights, cases) for dossier in sorted(dossiers)])
    return sorted(found, key=lambda item: (not item.is_shown, item.facility or 0, -item.seats, item.dossier))


def _rights(own: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Mapping[str, bool]:
    """Return whether a seat was right, by dossier; what lies outside the exercise is left out."""
    found = {one.dossier: verdict(one.action, cases[one.dossier], flags_from) for one in own}
    return {dossier: said == "right" for dossier, said in found.items() if said != "outside"}


def _marked(found: Sequence[ItemStatistics]) -> list[ItemStatistics]:
    """Return the statistics with a mark at those that part seats the wrong way round."""
    compared = [item.discrimination.p_value for item in found if item.discrimination]
    adjusted = iter(holm_adjusted(compared))
    tail = (1 - CONFIDENCE) / 2
    return [
        replace(item, parts_wrongly=next(adjusted) <= tail) if item.discrimination else item for item in found
    ]


def _item(
    made: Sequence[Judgement], rights: Mapping[str, Mapping[str, bool]], cases: Mapping[str, Case]
) -> ItemStatistics:
    dossier = made[0].dossier
    judged = [own for own in rights.values() if dossier in own]
    side = {other for other, case in cases.items() if case.is_victim == cases[dossier].is_victim}
    return ItemStatistics(
        dossier=dossier,
        seats=len(made),
        judged=len(judged),
        right=sum(own[dossier] for own in judged),
        doubted=sum(one.is_doubted for one in made),
        discrimination=_discrimination(dossier, judged, side - {dossier}),
    )


def _discrimination(
    dossier: str, decided: Sequence[Mapping[str, bool]], others: AbstractSet[str]
) -> Discrimination | None:
    """Return the correlation of a dossier with others of its side; None where there is too little."""
    said = settings().discrimination
    pairs = [
        (own[dossier], rest)
        for own in decided
        if len(rest := [own[other] for other in sorted(others & own.keys())]) >= said.fewest_dossiers
    ]
    right = sum(this for this, _ in pairs)
    if len(pairs) < said.fewest_seats or min(right, len(pairs) - right) < said.fewest_either:
        return None
    try:
        value = correlation([float(this) for this, _ in pairs], [sum(rest) / len(rest) for _, rest in pairs])
    except StatisticsError:  # the rest is the same for all
        return None
    return Discrimination(value, len(pairs), max(len(rest) for _, rest in pairs))
