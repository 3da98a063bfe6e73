"""What a recommendation changed: whether seats follow the screener where it is right, and where it is wrong.

Where it was shown after a first decision, only who disagreed with it at first can switch to it, and only who
agreed can leave it: each is a share of its own. To switch to a wrong recommendation is automation bias; not
to switch to a right one is distrust. Where it was shown from the start there is no decision without it, so
only agreement can be told, and agreement where the screener was wrong is no proof that it was followed.

To agree is to flag what it flags, or not to flag what it does not; of irregular travellers, to refer or not
to refer. Where the screener let one of them proceed, nobody says whether it was right, and what seats did is
in neither row. First decisions are everybody's headline.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.debriefing.judgements import Case, Judgement, Verdict, line, verdict
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
        n: Dossiers decided twice, over all seats.
    """

    screener_right: Turned
    screener_wrong: Turned
    made_right: int
    made_wrong: int
    n: int


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

    def turned(screener_was: Verdict) -> Turned:
        about = [one for one in twice if _screener_was(one, cases, flags_from) == screener_was]
        agreed, disagreed = (
            [one for one in about if _agrees(one, one, cases, flags_from) == wanted]
            for wanted in (True, False)
        )
        return Turned(
            switched=share(disagreed, lambda one: _agrees(again(one), one, cases, flags_from)),
            left=share(agreed, lambda one: not _agrees(again(one), one, cases, flags_from)),
        )

    changes = Counter(
        tuple(verdict(made.action, cases[one.dossier], flags_from) for made in (one, again(one)))
        for one in twice
    )
    return SecondRound(
        screener_right=turned("right"),
        screener_wrong=turned("wrong"),
        made_right=changes["wrong", "right"],
        made_wrong=changes["right", "wrong"],
        n=len(twice),
    )


def agreement(first: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Agreement:
    """Return how often decisions agree with the screener; arguments as those of `second_round`."""
    parts: dict[Verdict, list[Judgement]] = {"right": [], "wrong": [], "outside": []}
    for one in first:
        parts[_screener_was(one, cases, flags_from)].append(one)
    right, wrong = (
        share(parts[was], lambda one: _agrees(one, one, cases, flags_from)) for was in ("right", "wrong")
    )
    return Agreement(right, wrong)


def _agrees(decided: Judgement, shown: Judgement, cases: Mapping[str, Case], flags_from: int) -> bool:
    """Return whether a decision falls on the side of the screener at the evidence open at `shown`."""
    case = cases[shown.dossier]
    least = line(case.truth_class, flags_from)
    return (decided.action >= least) == (screened_action(shown, case) >= least)


def _screener_was(judgement: Judgement, cases: Mapping[str, Case], flags_from: int) -> Verdict:
    """Return whether the screener was right on what a seat judged."""
    case = cases[judgement.dossier]
    return verdict(screened_action(judgement, case), case, flags_from)
