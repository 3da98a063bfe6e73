"""Cues: which indicators are present or unknown on the desks of whom, and what was recommended to them.

Each indicator is counted by kind of people (each typology family, lawful, irregular) together with the risk.
So the same counts tell what lies on everybody's desk, and on the desks of those whom a threshold misses or
flags. Counts of the chunks of a cohort are added up; facilitators are left out. A cue is an observation and
never a verdict: the same one is present among lawful travellers, and the map shows how often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.findings import FINDING_LABELS, PRESENT, UNKNOWN, Findings
from dossier.recommendations import Recommendation
from dossier.truth import Truth
from screening.evaluation.comparison import OTHERS
from screening.evaluation.measures import FALSE_FLAG, MISS, Measure
from screening.evaluation.outcomes import Grouping
from screening.evaluation.sweep import Steps
from screening.evaluation.tally import Tally, joined_tallies, tallied

OTHER_KINDS = tuple(one.label for one in OTHERS)
"""Kinds of people who are nobody's victim."""


@dataclass(frozen=True)
class Cues:
    """Indicators of a cohort, counted.

    Attributes:
        by_indicator: For each indicator, people by kind and by finding.
    """

    by_indicator: Mapping[str, Tally]

    def __add__(self, other: "Cues") -> "Cues":
        """Return the counts of both; they must be of the same indicators."""
        return joined_cues([self, other])


def kinds_of_people(truth: Truth) -> Grouping:
    """Divide people into typology families, lawful and irregular; facilitators belong to none."""
    families = truth.family_names
    codes = truth.family.astype(np.int64)
    for place, truth_class in enumerate(OTHERS, start=len(families)):
        codes = np.where(truth.truth_class == truth_class, place, codes)
    return Grouping("kind", (*families, *OTHER_KINDS), codes)


def counted_cues(indicators: Mapping[str, Findings], risk: npt.NDArray[np.int32], truth: Truth) -> Cues:
    """Count the indicators of a chunk.

    Args:
        indicators: Findings by indicator, each of shape (n,), as in `Assessment.evidence.indicators`.
        risk: Shape (n,): hundredths.
        truth: What the n people truly are.
    """
    kinds = kinds_of_people(truth)
    return Cues(
        {
            name: tallied(
                risk, truth.truth_class, [kinds, Grouping("finding", FINDING_LABELS, found.astype(np.int64))]
            )
            for name, found in indicators.items()
        }
    )


def joined_cues(parts: Sequence[Cues]) -> Cues:
    """Return the cues of a whole cohort from those of its parts, of which there is at least one."""
    return Cues(
        {name: joined_tallies([part.by_indicator[name] for part in parts]) for name in parts[0].by_indicator}
    )


def cues_json(cues: Cues, steps: Steps) -> dict[str, Any]:
    """Return the cues for JSON.

    Args:
        cues: The counts.
        steps: Shape (steps,): thresholds in hundredths, those of the sweep that the map stands beside.

    Returns:
        `groups`: the kinds of people, each with n and for each step how many of them would be `missed` (a
        kind of victims) or `flagged` (the others); `indicators`: for each, counts `present` and `unknown` in
        the order of the groups, and for each step how many of the victims who would be missed, and of the
        lawful and irregular who would be flagged, have it present.
    """
    if not cues.by_indicator:
        return {"groups": [], "indicators": []}
    first = next(iter(cues.by_indicator.values()))
    kinds = first.labels[0]
    return {
        "groups": [_group_json(first, kind, steps) for kind in kinds],
        "indicators": [
            {"indicator": name, **_indicator_json(tally, kinds, steps)}
            for name, tally in cues.by_indicator.items()
        ],
    }


def _group_json(tally: Tally, kind: str, steps: Steps) -> dict[str, Any]:
    """Return the people of a kind, whatever was found on their desks, and whom each step misses or flags."""
    measure, counted_as = (FALSE_FLAG, "flagged") if kind in OTHER_KINDS else (MISS, "missed")
    found = tally.rates(measure, steps)
    rows = [one == kind for one, _ in found.groups]
    return {
        "group": kind,
        "n": int(found.n[rows, 0].sum()),
        counted_as: found.count[rows].sum(axis=0).tolist(),
    }


def _indicator_json(tally: Tally, kinds: Sequence[str], steps: Steps) -> dict[str, Any]:
    missed, flagged = tally.rates(MISS, steps), tally.rates(FALSE_FLAG, steps)
    people = dict(zip(missed.groups, (missed.n + flagged.n)[:, 0].tolist(), strict=True))
    return {
        **{
            label: [people.get((kind, label), 0) for kind in kinds]
            for label in (FINDING_LABELS[PRESENT], FINDING_LABELS[UNKNOWN])
        },
        "present_among_missed": _present(tally, MISS, steps),
        "present_among_flagged": _present(tally, FALSE_FLAG, steps),
    }


def _present(tally: Tally, measure: Measure, steps: Steps) -> list[int]:
    """Return how many of those whom a measure counts have the indicator present, at each step."""
    found = tally.rates(measure, steps)
    wanted = [finding == FINDING_LABELS[PRESENT] for _, finding in found.groups]
    counts: list[int] = found.count[wanted].sum(axis=0).tolist()
    return counts


def recommended_json(truth: Truth, recommendation: npt.NDArray[np.int8]) -> list[dict[str, Any]]:
    """Return how many people of each kind got each recommendation, for JSON.

    Args:
        truth: What n people truly are.
        recommendation: Shape (n,): a `Recommendation`.

    Returns:
        For each kind that has people: `group`, n, and a count for each recommendation by its label.
    """
    kinds = kinds_of_people(truth)
    counts = np.zeros((len(kinds.labels), len(Recommendation)), dtype=np.int64)
    known = kinds.codes >= 0
    np.add.at(counts, (kinds.codes[known], recommendation[known]), 1)
    return [
        {"group": kind, "n": int(row.sum()), **{one.label: int(row[one]) for one in Recommendation}}
        for kind, row in zip(kinds.labels, counts, strict=True)
        if row.any()
    ]
