"""What a recommendation changed: whether seats follow the screener where it is right, and where it is wrong.

Where it was shown after a first decision, only who disagreed with it at first can switch to it, and only who
agreed can leave it: each is a share of its own. To switch to a wrong recommendation is automation bias; not
to switch to a right one is distrust. Where it was shown from the start there is no decision without it, so
only agreement can be told, and agreement where the screener was wrong is no proof that it was followed.

To agree is to flag what it flags, or not to flag what it does not. First decisions are everybody's headline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.debriefing.judgements import Case, Judgement, is_right
from console.debriefing.rating import screened_action
from console.debriefing.shares import Share, share


@dataclass(frozen=True)
class Turned:
    """Second decisions by what they did with the screener's recommendation.

    Attributes:
        switched: To it, of those that disagreed at first.
        left: It, of those that agreed at first.
    """

    switched: Share
    left: Share


@dataclass(frozen=True)
class SecondRound:
    """What a recommendation changed.

    Attributes:
        screener_right: Where the screener's recommendation was right: a victim flagged, another not.
        screener_wrong: Where it was wrong.
        made_right: Decisions that were wrong at first and right then.
        made_wrong: Decisions that were right at first and wrong then.
    """

    screener_right: Turned
    screener_wrong: Turned
    made_right: int
    made_wrong: int

    @property
    def n(self) -> int:
        """Dossiers decided twice, over all seats."""
        both = (self.screener_right, self.screener_wrong)
        return sum(turned.switched.n + turned.left.n for turned in both)


@dataclass(frozen=True)
class Agreement:
    """First decisions that agree with the screener.

    Attributes:
        screener_right: Of those where its recommendation was right.
        screener_wrong: Of those where it was wrong.
    """

    screener_right: Share
    screener_wrong: Share


def second_round(
    first: Iterable[Judgement], second: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> SecondRound:
    """Return what changed between two rounds; what was decided once only is left out.

    Args:
        first, second: Judgements of each round.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    then = {(one.seat, one.dossier): one for one in second}
    twice = [one for one in first if (one.seat, one.dossier) in then]

    def again(once: Judgement) -> Judgement:
        return then[once.seat, once.dossier]

    def turned(*, screener_right: bool) -> Turned:
        about = [one for one in twice if _is_right_of(one, cases, flags_from) == screener_right]
        agreed, disagreed = (
            [one for one in about if _agrees(one, one, cases, flags_from) == wanted]
            for wanted in (True, False)
        )
        return Turned(
            switched=share(disagreed, lambda one: _agrees(again(one), one, cases, flags_from)),
            left=share(agreed, lambda one: not _agrees(again(one), one, cases, flags_from)),
        )

    changes = [_righter(one, again(one), cases[one.dossier], flags_from) for one in twice]
    return SecondRound(
        turned(screener_right=True), turned(screener_right=False), changes.count(1), changes.count(-1)
    )


def agreement(first: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Agreement:
    """Return how often decisions agree with the screener; arguments as those of `second_round`."""
    parts: dict[bool, list[Judgement]] = {True: [], False: []}
    for one in first:
        parts[_is_right_of(one, cases, flags_from)].append(one)
    right, wrong = (
        share(parts[side], lambda one: _agrees(one, one, cases, flags_from)) for side in (True, False)
    )
    return Agreement(right, wrong)


def _agrees(decided: Judgement, shown: Judgement, cases: Mapping[str, Case], flags_from: int) -> bool:
    """Return whether a decision flags as the screener does with the evidence that lay open at `shown`."""
    recommended = screened_action(shown, cases[shown.dossier])
    return (decided.action >= flags_from) == (recommended >= flags_from)


def _is_right_of(judgement: Judgement, cases: Mapping[str, Case], flags_from: int) -> bool:
    """Return whether the screener was right on what a seat judged."""
    case = cases[judgement.dossier]
    return (screened_action(judgement, case) >= flags_from) == case.is_victim


def _righter(once: Judgement, again: Judgement, case: Case, flags_from: int) -> int:
    """Return 1 where a wrong decision became right, -1 where a right one became wrong, else 0."""
    return is_right(again, case, flags_from) - is_right(once, case, flags_from)
