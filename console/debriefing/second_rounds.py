"""What a recommendation changed: second decisions beside first ones, after the screener's was shown.

A second decision moved *towards* the screener if its action lies nearer to the recommendation than the first
one did, and *away* if it lies farther. Whether that did good depends on whether the screener was right: to
follow it where it was wrong is automation bias; to leave it where it was right is distrust. The first
decision is everybody's headline, and nothing here replaces it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.debriefing.judgements import Case, Judgement
from console.debriefing.rating import screened_action


@dataclass(frozen=True)
class Moves:
    """Second decisions by what they did with the screener's recommendation.

    Attributes:
        towards, away, unchanged: Numbers of decisions.
    """

    towards: int
    away: int
    unchanged: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.towards + self.away + self.unchanged


@dataclass(frozen=True)
class SecondRound:
    """What a recommendation changed.

    Attributes:
        screener_right: Moves where the screener's recommendation was right: a victim flagged, another not.
        screener_wrong: Moves where it was wrong.
        made_right: Decisions that were wrong at first and right then.
        made_wrong: Decisions that were right at first and wrong then.
    """

    screener_right: Moves
    screener_wrong: Moves
    made_right: int
    made_wrong: int

    @property
    def n(self) -> int:
        """Dossiers decided twice, over all seats."""
        return self.screener_right.n + self.screener_wrong.n


def second_round(
    first: Iterable[Judgement], second: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> SecondRound:
    """Return what changed between two rounds; what was decided once only is left out.

    Args:
        first, second: Judgements of each round.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    before = {(one.seat, one.dossier): one for one in first}
    pairs = [(before[key], one) for one in second if (key := (one.seat, one.dossier)) in before]
    moves: dict[bool, list[int]] = {True: [], False: []}
    changes: list[int] = []
    for once, again in pairs:
        case = cases[once.dossier]
        recommended = screened_action(once, case)
        moves[(recommended >= flags_from) == case.is_victim].append(_nearer(once, again, recommended))
        changes.append(_righter(once, again, case, flags_from))
    return SecondRound(_moves(moves[True]), _moves(moves[False]), changes.count(1), changes.count(-1))


def _nearer(once: Judgement, again: Judgement, recommended: int) -> int:
    """Return by how many actions the second decision lies nearer to the recommendation."""
    return abs(once.action - recommended) - abs(again.action - recommended)


def _righter(once: Judgement, again: Judgement, case: Case, flags_from: int) -> int:
    """Return 1 where a wrong decision became right, -1 where a right one became wrong, else 0."""
    before, after = ((one.action >= flags_from) == case.is_victim for one in (once, again))
    return after - before


def _moves(nearer: list[int]) -> Moves:
    return Moves(
        towards=sum(by > 0 for by in nearer),
        away=sum(by < 0 for by in nearer),
        unchanged=sum(by == 0 for by in nearer),
    )
