"""Sweeps: what every threshold would miss and whom it would flag, as counts, for the charts with a slider.

People are counted once, chunk by chunk; from these counts comes every step of every curve, exactly. A few
hundred steps are chosen so that each kind of people changes little from one to the next, in the thin tails
too, and the operating thresholds are always among them. A sweep holds counts and n; whoever shows it states
intervals. Facilitators are in none of its rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from dossier.truth import Truth
from models.calibration import Calibration
from models.card import LARGEST
from screening.evaluation.measures import FALSE_FLAG, IRREGULAR_FLAGGED, LAWFUL_FLAGGED, MISS, Measure
from screening.evaluation.outcomes import Grouping
from screening.evaluation.rates import PER
from screening.evaluation.tally import Tally, joined_tallies, tallied

Steps = npt.NDArray[np.int32]

MOST_STEPS = 241
"""Steps of a sweep; a slider over more would move by less than a pixel."""

ENDS = 2
"""Steps that are always there: one that flags everybody, one that flags only where a rule decides alone."""


@dataclass(frozen=True)
class Counted:
    """People of a cohort, counted for a sweep.

    Attributes:
        everybody: All people, in one group.
        groups: For each grouping, the people by its groups.
    """

    everybody: Tally
    groups: tuple[Tally, ...]

    def __add__(self, other: "Counted") -> "Counted":
        """Return the counts of both; they must be of the same groupings."""
        return joined_counts([self, other])

    @property
    def share_of_victims(self) -> float:
        """Victims among all people but facilitators; 0 where there is nobody."""
        victims, others = (self._n(measure) for measure in (MISS, FALSE_FLAG))
        return victims / (victims + others) if victims + others else 0.0

    def _n(self, measure: Measure) -> int:
        return int(self.everybody.rates(measure, 0).n.sum())


def counted(
    risk: npt.NDArray[np.int32],
    truth: Truth,
    groupings: Sequence[Grouping] = (),
    rows: npt.NDArray[np.bool_] | None = None,
) -> Counted:
    """Count people for a sweep.

    Args:
        risk: Shape (n,): hundredths.
        truth: What they truly are; victims are always counted by typology family.
        groupings: Further ways of dividing them, each counted by itself.
        rows: Shape (n,): whom to count; everybody, where nothing is given.
    """
    wanted = (Grouping("typology", truth.family_names, truth.family.astype(np.int64)), *groupings)
    truth_class = truth.truth_class
    if rows is not None:
        risk, truth_class = risk[rows], truth_class[rows]
        wanted = tuple(replace(grouping, codes=grouping.codes[rows]) for grouping in wanted)
    by_grouping = tuple(tallied(risk, truth_class, [grouping]) for grouping in wanted)
    return Counted(tallied(risk, truth_class), by_grouping)


def joined_counts(parts: Sequence[Counted]) -> Counted:
    """Return the counts of a whole cohort from those of its parts, of which there is at least one.

    Raises:
        ValueError: If they are not of the same groupings.
    """
    by_grouping = zip(*(part.groups for part in parts), strict=True)
    return Counted(
        joined_tallies([part.everybody for part in parts]),
        tuple(joined_tallies(tallies) for tallies in by_grouping),
    )


def steps_of(people: Counted, *operating: int) -> Steps:
    """Return the thresholds of a sweep: hundredths, rising, at most `MOST_STEPS`, those of `operating` too.

    Half of them leave even shares of victims between them; the others are even on the axis of a normal
    distribution, by the share of non-victims who are flagged, so that one in ten thousand has its step too.
    """
    risks = people.everybody.risks
    risks = risks[risks <= LARGEST].astype(np.int64)
    if not len(risks):
        return np.unique(np.asarray(operating, dtype=np.int32))
    risks = np.append(risks, risks[-1] + 1)
    each = (MOST_STEPS - ENDS - len(operating)) // 2
    missed, victims = _summed(people.everybody, MISS, risks)
    flagged, others = _summed(people.everybody, FALSE_FLAG, risks)
    chosen = [
        np.searchsorted(missed, np.linspace(0, 1, each) * victims),
        np.searchsorted(others - flagged, (1 - _even_on_normal_axis(each, others)) * others),
        np.array([0, len(risks) - 1]),
    ]
    steps = risks[np.concatenate(chosen).clip(max=len(risks) - 1)]
    return np.unique(np.append(steps, operating)).astype(np.int32)


def _even_on_normal_axis(many: int, n: int) -> npt.NDArray[np.float64]:
    """Return shares from almost 1 down to almost 0, as far as n people can tell them from the ends."""
    reach = -float(ndtri(0.5 / max(n, 1)))
    return np.asarray(ndtr(np.linspace(reach, -reach, many)))


def sweep_json(
    people: Counted,
    operating: int,
    *,
    steps: Steps | None = None,
    share_of_victims: float | None = None,
    calibration: Calibration | None = None,
) -> dict[str, Any]:
    """Return a sweep for JSON.

    Args:
        people: The counts.
        operating: The threshold that is marked on every curve, in hundredths.
        steps: Shape (steps,): thresholds in hundredths, with `operating` among them; those of
            `steps_of`, where nothing is given. Two sweeps that are laid over each other need the same steps.
        share_of_victims: For which flags per 10,000 applicants are counted; as drawn, without it.
        calibration: The curve of the stage; with it, each step has the chance that its risk stands for.

    Returns:
        `threshold` and `thresholds` in log-odds points, `here` (which of them is the operating one);
        `victims` with n and `missed`, `lawful` and `irregular` with n and `flagged`: a count for each step;
        `groups`: for each `grouping` and `group` its victims' n and `missed`; `share_of_victims`,
        `flags_per_10000` (None where victims or others are lacking) and, with a calibration, `chances`.
    """
    chosen = steps_of(people, operating) if steps is None else steps
    share = people.share_of_victims if share_of_victims is None else share_of_victims
    found: dict[str, Any] = {
        "threshold": operating / 100,
        "here": int(np.searchsorted(chosen, operating)),
        "thresholds": (chosen / 100).tolist(),
        "victims": _counts_json(people.everybody, MISS, "missed", chosen),
        "lawful": _counts_json(people.everybody, LAWFUL_FLAGGED, "flagged", chosen),
        "irregular": _counts_json(people.everybody, IRREGULAR_FLAGGED, "flagged", chosen),
        "groups": [group for tally in people.groups for group in _groups_json(tally, chosen)],
        "share_of_victims": share,
        "flags_per_10000": _flags_per_10000(people.everybody, share, chosen),
    }
    if calibration is not None:
        found["chances"] = calibration.chance(chosen, share).tolist()
    return found


def _counts_json(tally: Tally, measure: Measure, counted_as: str, steps: Steps) -> dict[str, Any]:
    count, n = _summed(tally, measure, steps)
    return {"n": n, counted_as: count.tolist()}


def _groups_json(tally: Tally, steps: Steps) -> list[dict[str, Any]]:
    """Return the misses of every group of a tally's one grouping that has victims."""
    found = tally.rates(MISS, steps)
    return [
        {"grouping": tally.names[0], "group": group, "n": int(n[0]), "missed": count.tolist()}
        for (group,), count, n in zip(found.groups, found.count, found.n, strict=True)
        if n[0]
    ]


def _flags_per_10000(everybody: Tally, share: float, steps: Steps) -> list[float] | None:
    missed, victims = _summed(everybody, MISS, steps)
    flagged, others = _summed(everybody, FALSE_FLAG, steps)
    if not (victims and others):
        return None
    flags = share * (1 - missed / victims) + (1 - share) * flagged / others
    return [round(float(one), 2) for one in PER * flags]


def _summed(tally: Tally, measure: Measure, steps: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], int]:
    """Return a measure's count at each step and its n, over all groups of a tally."""
    found = tally.rates(measure, steps)
    return found.count.sum(axis=0), int(found.n[:, :1].sum())
