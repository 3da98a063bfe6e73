"""Misses and false flags, and what lies behind them: telling cases apart, and readiness to flag.

d' is how far apart a seat holds victims' dossiers and others', whatever it takes for enough to flag; c is
how much it asks for before it flags, by an interview or a referral: below nought readily, above nought
rarely. Both are estimated with half a case added to each count (the log-linear correction, Hautus 1995), so
that they exist if nothing was missed.

Their intervals join the exact limits of the two shares as Zou and Donner (2008) join limits of a difference.
Over all outcomes of 10 + 10 and of 30 + 30 dossiers, for d' from 0 to 4 and c from -1 to 1, they hold the
truth at least 96 times in 100. Likelihood intervals do so as rarely as 88 times, those from the estimate's
variance fall to 92 at a d' of 3, and limits at the corners always do and say little. Where no victim was
missed, or nobody else flagged, there is no upper limit: the dossiers were too easy to tell more of a seat.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import hypot
from typing import Literal, TypeAlias

from scipy.special import ndtri

from console.debriefing.judgements import Case, Judgement
from console.debriefing.settings import settings
from console.debriefing.shares import Share, share
from dossier.recommendations import Recommendation
from screening.evaluation.rates import CONFIDENCE, clopper_pearson

TellingApart: TypeAlias = Literal["well", "some", "hardly", "too_few"]
Readiness: TypeAlias = Literal["readily", "rarely", "evenly", "too_few"]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: The estimate.
        low, high: Its ends; infinite where there is no limit.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Rates:
    """What was missed, and who was flagged wrongly.

    Attributes:
        misses: Victims' dossiers that were not flagged, of all of them.
        false_flags: Other dossiers that were flagged, of all of them.
        false_flags_lawful, false_flags_irregular: The same for each class of truth apart.
        irregular_referred: Irregular travellers' dossiers that were referred, as those of victims are.
    """

    misses: Share
    false_flags: Share
    false_flags_lawful: Share
    false_flags_irregular: Share
    irregular_referred: Share


@dataclass(frozen=True)
class Detection:
    """How a seat, or a class as if it were one, tells cases apart, and how readily it flags.

    Attributes:
        dprime: In standard deviations.
        criterion: The same; nought if it asks as much as it lets go.
    """

    dprime: Estimate
    criterion: Estimate

    @property
    def telling_apart(self) -> TellingApart:
        """The word for d', which its interval decides."""
        said = settings().telling_apart
        if self.dprime.low >= said.well_from:
            return "well"
        if self.dprime.low > 0:
            return "some"
        return "hardly" if self.dprime.high < said.hardly_below else "too_few"

    @property
    def readiness(self) -> Readiness:
        """The word for c, which its interval decides."""
        low, high = self.criterion.low, self.criterion.high
        if high < 0:
            return "readily"
        if low > 0:
            return "rarely"
        within = settings().readiness.evenly_within
        return "evenly" if -within <= low and high <= within else "too_few"


def rates(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Rates:
    """Return what was missed and who was flagged wrongly.

    Args:
        judgements: Of one seat or of many.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    of: dict[str, list[Judgement]] = {"victim": [], "lawful": [], "irregular": []}
    for judgement in judgements:
        of.setdefault(cases[judgement.dossier].truth_class, []).append(judgement)

    def flagged(judgement: Judgement) -> bool:
        return judgement.action >= flags_from

    return Rates(
        misses=share(of["victim"], lambda judgement: not flagged(judgement)),
        false_flags=share(of["lawful"] + of["irregular"], flagged),
        false_flags_lawful=share(of["lawful"], flagged),
        false_flags_irregular=share(of["irregular"], flagged),
        irregular_referred=share(of["irregular"], lambda judgement: judgement.action == Recommendation.REFER),
    )


def detection(misses: Share, false_flags: Share) -> Detection | None:
    """Return d' and c; None without a victim's dossier, or without anybody else's.

    Of a class they are those of all its decisions together, which lie a little nearer to nought than those of
    its middle seat where seats differ in readiness; the limits are those of its shares.

    Args:
        misses, false_flags: Of one seat, or of a class.
    """
    if not misses.n or not false_flags.n:
        return None
    flagged, wrongly = _turned(_score_of(misses)), _score_of(false_flags)
    # z(H) + z(F) = z(H) − z(1 − F), so the criterion needs no second method.
    total = _apart(flagged, _turned(wrongly))
    return Detection(
        dprime=_apart(flagged, wrongly),
        criterion=Estimate(-total.value / 2, -total.high / 2, -total.low / 2),
    )


def dprime(flagged: int, victims: int, wrongly: int, others: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return d' of independent decisions with its interval.

    Args:
        flagged: Victims' dossiers that were flagged, of `victims`.
        wrongly: Other dossiers that were flagged, of `others`.

    Examples:
        >>> found = dprime(8, 10, 2, 10)
        >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
        (1.5, 0.24, 3.2)
    """
    return _apart(
        _score(flagged, victims, clopper_pearson(flagged, victims, confidence)),
        _score(wrongly, others, clopper_pearson(wrongly, others, confidence)),
    )


def _apart(first: Estimate, second: Estimate) -> Estimate:
    """Return how far two scores lie apart, their limits joined (Zou and Donner 2008)."""
    value = first.value - second.value
    below = hypot(first.value - first.low, second.high - second.value)
    above = hypot(first.high - first.value, second.value - second.low)
    return Estimate(value, value - below, value + above)


def _turned(score: Estimate) -> Estimate:
    """Return the score of the rest of a share."""
    return Estimate(-score.value, -score.high, -score.low)


def _score_of(share: Share) -> Estimate:
    return _score(share.count, share.n, (share.low, share.high))


def _score(count: int, n: int, limits: tuple[float, float]) -> Estimate:
    """Return the normal score of a share, with the scores of its limits."""
    half = 0.5
    return Estimate(*(float(ndtri(share)) for share in ((count + half) / (n + 1), *limits)))
