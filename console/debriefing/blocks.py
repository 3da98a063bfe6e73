"""Blocks of a sitting apart, and which of them make the headline.

Where a seat learns what was so after each decision, it learns while it is measured: such blocks are told
apart, and the headline is of the others. Where every block is such a block, the headline is of all, and
whoever tells it has to say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from console.debriefing.detection import Detection, Rates, detection, rates
from console.debriefing.judgements import Case, Judgement, by_seat


@dataclass(frozen=True)
class BlockRates:
    """What was missed and flagged wrongly in one block.

    Attributes:
        number: Of the block.
        is_learning: Whether seats learnt after each decision what was so.
        counts: Whether it is part of the headline.
        seats: Seats that decided anything in it.
        decided: Decisions.
        rates: Misses and false flags.
        detection: d' and c of all these decisions together; None without victims, or without others.
    """

    number: int
    is_learning: bool
    counts: bool
    seats: int
    decided: int
    rates: Rates
    detection: Detection | None


def headline(judgements: Iterable[Judgement], learning: AbstractSet[int]) -> list[Judgement]:
    """Return the judgements that make the headline.

    Args:
        judgements: Of one seat or of many.
        learning: Numbers of the blocks that give feedback after each decision.
    """
    made = list(judgements)
    return [one for one in made if one.block not in learning] or made


def by_block(
    judgements: Iterable[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    learning: AbstractSet[int],
) -> Sequence[BlockRates]:
    """Return the blocks in which anything was decided, in their order; arguments as those of `headline`."""
    made = list(judgements)
    counted = {one.block for one in headline(made, learning)}
    numbers = sorted({one.block for one in made})
    return [
        _block(number, [one for one in made if one.block == number], cases, flags_from, learning, counted)
        for number in numbers
    ]


def _block(
    number: int,
    made: Sequence[Judgement],
    cases: Mapping[str, Case],
    flags_from: int,
    learning: AbstractSet[int],
    counted: AbstractSet[int],
) -> BlockRates:
    found = rates(made, cases, flags_from)
    return BlockRates(
        number=number,
        is_learning=number in learning,
        counts=number in counted,
        seats=len(by_seat(made)),
        decided=len(made),
        rates=found,
        detection=detection(found.misses, found.false_flags),
    )
