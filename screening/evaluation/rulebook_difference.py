"""The same people screened by two rulebooks: who enters the flagged, who leaves them, group by group.

Each person is reduced to groups and two risks, so that thresholds can be chosen afterwards, on the very
people that are compared. Differences are paired: the same person in both. People are not independent where
they belong to one network; the intervals are over persons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields as dossier_fields
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass
from models.card import Points
from screening.evaluation.comparison import Change, change_json
from screening.evaluation.outcomes import AGE_LABELS, age_bands
from screening.evaluation.rates import PER
from screening.screener import OVERRIDE, Screener

Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]
OTHERS = (TruthClass.LAWFUL, TruthClass.IRREGULAR)


@dataclass(frozen=True)
class TwiceScreened:
    """People with their groups and their risk under two rulebooks.

    Attributes:
        truth_class, family, sex, age_band: Shape (n,): groups; family is -1 for everybody but victims.
        first, second: Shape (n,): risk in hundredths under each rulebook.
        families: Names of the typology families.
    """

    truth_class: Codes
    family: npt.NDArray[np.int16]
    sex: Codes
    age_band: Codes
    first: Points
    second: Points
    families: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True)
class Thresholds:
    """Where each rulebook flags, in hundredths.

    Attributes:
        first, second: The thresholds.
    """

    first: int
    second: int


@dataclass(frozen=True)
class GroupChange:
    """Who entered and left the flagged in one group.

    Attributes:
        grouping: How people are divided.
        group: The group.
        truth: Whose flags are counted: `victim`, `other`, or the truth class itself.
        change: The change from the first rulebook to the second.
    """

    grouping: str
    group: str
    truth: str
    change: Change


def screened_twice(
    first: Screener, second: Screener, dossiers: Dossiers, truth: Truth, stage: Stage
) -> TwiceScreened:
    """Screen people by two rulebooks at a stage; `truth` is theirs, in the same order."""
    return TwiceScreened(
        truth.truth_class,
        truth.family,
        dossiers.columns["sex"].astype(np.int8),
        age_bands(dossiers),
        first.assess(dossiers, stage).risk,
        second.assess(dossiers, stage).risk,
        truth.family_names,
    )


def all_screened(parts: Sequence[TwiceScreened]) -> TwiceScreened:
    """Return the people of all parts, of which there is at least one."""
    found: dict[str, Any] = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(TwiceScreened)
        if one.name != "families"
    }
    return replace(parts[0], **found)


def flags_at(risk: Points, threshold: int) -> int:
    """Return how many people are flagged at a threshold."""
    return int((risk >= threshold).sum())


def same_workload(risk: Points, flags: int) -> int:
    """Return the threshold at which the number flagged comes nearest to `flags`; of two, the higher.

    Nobody can be left out on whom an override rule fires, and ties cannot be split; so look at how many are
    flagged there.
    """
    levels, counts = np.unique(risk, return_counts=True)
    flagged = np.cumsum(counts[::-1])[::-1]
    nearest = int(np.argmin(np.abs(flagged - flags)[::-1]))
    chosen = int(levels[::-1][nearest])
    highest = int(levels[-1])
    nobody_is_nearer = highest < OVERRIDE and flags < abs(int(flagged[-1]) - flags)
    return highest + 1 if nobody_is_nearer else chosen


def changes(people: TwiceScreened, at: Thresholds) -> Iterator[GroupChange]:
    """Yield who entered and left, by truth class, typology, sex and age band."""
    before, after = people.first >= at.first, people.second >= at.second
    victims = people.truth_class == TruthClass.VICTIM
    others = np.isin(people.truth_class, OTHERS)
    for each in TruthClass:
        yield GroupChange("truth", each.label, each.label, _change(people.truth_class == each, before, after))
    yield GroupChange("truth", "lawful and irregular", "other", _change(others, before, after))
    for code, family in enumerate(people.families):
        yield GroupChange("typology", family, "victim", _change(people.family == code, before, after))
    divided = {"sex": (dossier_fields()["sex"].codes, people.sex), "age_band": (AGE_LABELS, people.age_band)}
    for grouping, (labels, codes) in divided.items():
        for truth, rows in {"victim": victims, "other": others}.items():
            for code, label in enumerate(labels):
                yield GroupChange(grouping, label, truth, _change(rows & (codes == code), before, after))


def difference_of_rulebooks_json(people: TwiceScreened, at: Thresholds) -> dict[str, Any]:
    """Return all that is printed about who enters and who leaves."""
    before, after = people.first >= at.first, people.second >= at.second
    everybody = Change(
        int((before & after).sum()), int((before & ~after).sum()), int((~before & after).sum()), len(people)
    )
    return {
        "n": len(people),
        "everybody": _entered(everybody),
        "groups": [
            {
                "grouping": found.grouping,
                "group": found.group,
                "truth": found.truth,
                **_entered(found.change),
            }
            for found in changes(people, at)
            if found.change.n
        ],
    }


def _entered(change: Change) -> dict[str, Any]:
    content = change_json(change, "flagged")
    per_10000 = {name: PER * value for name, value in content["difference"].items() if value is not None}
    return {**content, "difference_per_10000": per_10000 or None}


def _change(rows: Mask, before: Mask, after: Mask) -> Change:
    one, other = before[rows], after[rows]
    return Change(
        int((one & other).sum()), int((one & ~other).sum()), int((~one & other).sum()), int(rows.sum())
    )
