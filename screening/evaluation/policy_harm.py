"""The harm that a policy of referral does, measured from the truth of simulated people.

Whom the screener flags is the same under every policy; what follows is not. Counted are the lawful and the
irregular people whose application ends, and the victims whom an agency that protects receives, whose papers
only are examined, or whom nobody receives. What becomes of people afterwards is assumed, with a range, and is
printed apart from what was counted. All of it speaks of simulated people only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.truth import TruthClass
from screening.evaluation.outcomes import AGE_BANDS, AGE_LABELS, Outcomes
from screening.evaluation.rates import PER, Rate, rate_json
from screening.referral_policy import Assumed, Fate, ReferralPolicy

Counts = npt.NDArray[np.int64]
"""Shape (truth classes, sexes and unknown, age bands and unknown, fates)."""


@dataclass(frozen=True)
class Harm:
    """What a policy did to the simulated people of one cohort.

    Attributes:
        policy: The policy.
        counts: People by class, sex, age band and fate.
    """

    policy: ReferralPolicy
    counts: Counts


def policy_harm_counts(outcomes: Outcomes, fate: npt.NDArray[np.int8]) -> Counts:
    """Return people by class, sex, age band and fate; the counts of parts add up.

    Args:
        outcomes: The applicants; -1 in sex or age band is counted as unknown.
        fate: Shape (n,): a `Fate`.
    """
    shape = (len(TruthClass), len(fields()["sex"].codes) + 1, len(AGE_LABELS) + 1, len(Fate))
    sex, band = outcomes.sex % shape[1], outcomes.age_band % shape[2]
    cells = (outcomes.truth.truth_class, sex, band, fate)
    codes = np.ravel_multi_index(tuple(cell.astype(np.int64) for cell in cells), shape)
    return np.bincount(codes, minlength=int(np.prod(shape))).reshape(shape)


def policy_harm_json(chosen: str, harms: Sequence[Harm]) -> dict[str, Any]:
    """Return the harm of several policies on the same people, for JSON.

    Args:
        chosen: Id of the policy that was followed; the others say what would have been.
        harms: The policies with their counts.
    """
    return {"simulated": True, "chosen": chosen, "policies": {h.policy.id: _harm_json(h) for h in harms}}


def _harm_json(harm: Harm) -> dict[str, Any]:
    written, counts = harm.policy.written, harm.counts
    everybody = counts.sum(axis=(1, 2))
    sexes, bands = counts.sum(axis=2), counts.sum(axis=1)
    minors = list(_bands_of_minors(harm.policy.adult_age))
    return {
        "title": written.title.model_dump(),
        "description": written.description.model_dump(),
        "all": _group("all", everybody),
        "minors": _group("minors", bands[:, minors].sum(axis=1)),
        "by": {
            "sex": _groups(fields()["sex"].codes, sexes),
            "age_band": _groups(AGE_LABELS, bands),
        },
        "assumed": [_assumed(one, everybody) for one in written.assumed],
    }


def _groups(labels: Sequence[str], counts: Counts) -> list[dict[str, Any]]:
    """Return each group that has anybody, the unknown last; `counts` is of (classes, groups, fates)."""
    named = ((label, counts[:, place]) for place, label in enumerate([*labels, "unknown"]))
    return [_group(label, own) for label, own in named if own.any()]


def _group(label: str, counts: Counts) -> dict[str, Any]:
    """Return the rates of one group; `counts` is of (classes, fates)."""
    ended = Rate(int(counts[TruthClass.LAWFUL, Fate.TURNED_AWAY]), int(counts[TruthClass.LAWFUL].sum()))
    irregular, victims = counts[TruthClass.IRREGULAR], counts[TruthClass.VICTIM]
    flagged = int(victims.sum() - victims[Fate.GOES_ON])
    return {
        "group": label,
        "lawful_ended": rate_json(ended, "ended"),
        "lawful_ended_per_10000": _per(rate_json(ended, "ended")),
        "irregular_ended": rate_json(Rate(int(irregular[Fate.TURNED_AWAY]), int(irregular.sum())), "ended"),
        "victims": {
            fate.label: rate_json(Rate(int(victims[fate]), int(victims.sum())), "people") for fate in Fate
        },
        "flagged_victims_unprotected": rate_json(
            Rate(int(victims[Fate.TURNED_AWAY] + victims[Fate.EXAMINED]), flagged), "unprotected"
        ),
    }


def _per(rate: Mapping[str, float | int | None]) -> dict[str, float | int | None]:
    """Return a rate of one for 10,000 people, with its n."""
    ends = {name: rate[name] for name in ("estimate", "low", "high")}
    return {**{name: None if end is None else PER * end for name, end in ends.items()}, "n": rate["n"]}


def _assumed(one: Assumed, counts: Counts) -> dict[str, Any]:
    """Return the people whom an assumed share makes of those counted; `counts` is of (classes, fates)."""
    row = counts[TruthClass[one.people.upper()]]
    n = int(sum(row[Fate[fate.upper()]] for fate in one.fates))
    return {
        **one.model_dump(mode="json"),
        "n": n,
        "expected": {"used": n * one.used, "low": n * one.low, "high": n * one.high},
    }


def _bands_of_minors(adult_age: float) -> Sequence[int]:
    """Return the age bands that lie wholly below an age."""
    return [place for place, end in enumerate(AGE_BANDS[1:]) if end <= adult_age]
