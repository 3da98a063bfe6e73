"""What remains of one variant once some people are drawn and screened: counts, and nothing about any person.

Two counts are kept by group: people by truth class and state, and, where the same people are screened in the
variant's baseline too, people by truth class and both states. Every rate and every paired difference comes
from them. Counts of parts add up, so that what is kept does not grow with the number of people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from screening.evaluation.comparison import Otherwise, Side, compared
from screening.evaluation.outcomes import Grouping, Outcomes, grouping
from screening.evaluation.panel import Panel, joined_panels
from screening.evaluation.tally import Tally, joined_tallies, tallied
from screening.referral_policy import Fate

Whole = npt.NDArray[np.int64]
States = npt.NDArray[np.int8]

STATES = len(Fate)
ALL = "all"
"""The name of the one group of everybody, and of dividing nobody."""


@dataclass(frozen=True)
class Screened:
    """People of a chunk as one variant draws and screens them.

    Attributes:
        outcomes: The people, with their truth and groups.
        groupings: How they are divided.
        state: Shape (n,): a `Fate`; all but the first are flagged.
    """

    outcomes: Outcomes
    groupings: Sequence[Grouping]
    state: States

    @property
    def side(self) -> Side:
        """The same for a comparison."""
        return Side(self.outcomes.truth, self.state != Fate.GOES_ON)


@dataclass(frozen=True)
class Counts:
    """What remains of one variant.

    Attributes:
        tallies: People by state: everybody, then by each grouping.
        pairs: The same by state in the baseline and state here; empty where they are not the same people.
        otherwise: Who sets out as somebody else than in the baseline, and so is in no pair.
        panel: The people whom the oracle judged too; None without it.
    """

    tallies: tuple[Tally, ...]
    pairs: tuple[Tally, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    panel: Panel | None = None


@dataclass(frozen=True)
class Remains:
    """What remains of one unit of a sweep.

    Attributes:
        counts: Of each of its variants, in their order.
    """

    counts: tuple[Counts, ...]


def groupings_of(outcomes: Outcomes, by: Sequence[str]) -> tuple[Grouping, ...]:
    """Return how people are divided, by the names of a plan."""
    return tuple(grouping(outcomes, name) for name in by)


def counted(one: Screened, baseline: Screened | None, panel: Panel | None = None) -> Counts:
    """Return what remains of the people of a chunk.

    Args:
        one: As the variant has them.
        baseline: As its baseline has the same people; None where it has others, or is none.
        panel: On whom the oracle was asked.

    Raises:
        BadInput: If the baseline has other people after all.
    """
    everyone = np.ones(len(one.state), dtype=bool)
    tallies = _tallied(one, one.state.astype(np.int32), everyone)
    if baseline is None:
        return Counts(tallies, panel=panel)
    otherwise: tuple[Otherwise, ...] = ()
    stayed = everyone
    if baseline.outcomes.truth is not one.outcomes.truth:
        otherwise = tuple(compared(baseline.side, one.side).otherwise())
        stayed = baseline.outcomes.truth.module == one.outcomes.truth.module
    both = baseline.state.astype(np.int32) * STATES + one.state
    return Counts(tallies, _tallied(one, both, stayed), otherwise, panel)


def joined_counts(parts: Sequence[Counts]) -> Counts:
    """Return the counts of one variant from those of its parts, of which there is at least one."""
    return Counts(
        _joined([part.tallies for part in parts]),
        _joined([part.pairs for part in parts]),
        joined_otherwise([one for part in parts for one in part.otherwise]),
        joined_panels([part.panel for part in parts if part.panel is not None]),
    )


def joined_otherwise(found: Sequence[Otherwise]) -> tuple[Otherwise, ...]:
    """Return who sets out as somebody else, each pair of modules once."""
    sums: dict[tuple[str, str], Otherwise] = {}
    for one in found:
        key = (one.module, one.module_after)
        if key in sums:
            kept = sums[key]
            one = replace(  # noqa: PLW2901
                kept,
                n=kept.n + one.n,
                flagged=kept.flagged + one.flagged,
                flagged_after=kept.flagged_after + one.flagged_after,
            )
        sums[key] = one
    return tuple(sums[key] for key in sorted(sums))


def people_by_state(tally: Tally) -> Whole:
    """Return people by group, truth class and state, shape (groups, truth classes, states)."""
    return _by_code(tally, STATES)


def people_by_both(tally: Tally) -> Whole:
    """Return people by group, truth class, state before and state after, an array of four dimensions."""
    found = _by_code(tally, STATES * STATES)
    return found.reshape(*found.shape[:2], STATES, STATES)


def group_labels(tally: Tally) -> list[str]:
    """Return the name of each group of a tally that holds anybody."""
    return [group[0] for group in tally.groups] if tally.names else [ALL]


def _by_code(tally: Tally, codes: int) -> Whole:
    reached = tally.outcomes(np.arange(codes + 1))[..., 1]
    return reached[..., :-1] - reached[..., 1:]


def _tallied(one: Screened, code: npt.NDArray[np.int32], rows: npt.NDArray[np.bool_]) -> tuple[Tally, ...]:
    truth_class = one.outcomes.truth.truth_class
    if not rows.all():
        code, truth_class = code[rows], truth_class[rows]
    divided = [[], *([Grouping(g.name, g.labels, g.codes[rows])] for g in one.groupings)]
    return tuple(tallied(code, truth_class, groupings) for groupings in divided)


def _joined(parts: Sequence[tuple[Tally, ...]]) -> tuple[Tally, ...]:
    return tuple(joined_tallies(tallies) for tallies in zip(*parts, strict=True))
