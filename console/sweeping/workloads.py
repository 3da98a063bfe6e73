"""What each variant would ask of the officers: flags and precision at the share of victims it stands for.

They depend on the miss rate, the false-flag rate and the share of victims together, so their intervals are
joint ones; and they are told beside the rates, because rates do not change with a base rate and these do.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from console.sweeping.counts import Counts, people_by_state
from console.sweeping.rates import RATES
from console.sweeping.results import Found, described
from console.sweeping.settings import Variant
from screening.evaluation.measures import (
    FACILITATORS_FLAGGED,
    FALSE_FLAG,
    IRREGULAR_FLAGGED,
    LAWFUL_FLAGGED,
    MISS,
)
from screening.evaluation.rates import Rate
from screening.evaluation.workload import Both
from synthetic.draw import Plan

_COUNTED = {
    "victims": MISS,
    "irregular": IRREGULAR_FLAGGED,
    "lawful": LAWFUL_FLAGGED,
    "facilitators": FACILITATORS_FLAGGED,
}
_TOLD = {
    "flags_per_10000": ("flags_per_10000", "flags_low", "flags_high"),
    "wrong_per_10000": ("wrong_per_10000", "wrong_low", "wrong_high"),
    "precision": ("precision", "low", "high"),
}


def rate_of_everybody(counts: Counts, name: str) -> Rate:
    """Return one rate of all people of a variant."""
    count, n = RATES[name].of(people_by_state(counts.tallies[0]))
    return Rate(int(count.sum()), int(n.sum()))


def weights_of(plan: Plan, counts: Counts) -> tuple[float, float]:
    """Return the people for which a victim and anybody else stand, by the share of victims that is left."""
    victims, people = rate_of_everybody(counts, MISS.name).n, int(people_by_state(counts.tallies[0]).sum())
    share = plan.share_left(victims)
    if share is None or not 0 < victims < people:
        return 1.0, 1.0
    return share * people / victims, (1 - share) * people / (people - victims)


def workload_row(variants: Sequence[Variant], found: Found, plan: Plan) -> dict[str, Any]:
    """Return the workload of one variant and seed; None where there are not both victims and others."""
    miss, false_flag = (rate_of_everybody(found.counts, one.name) for one in (MISS, FALSE_FLAG))
    people = {name: rate_of_everybody(found.counts, one.name).n for name, one in _COUNTED.items()}
    left = plan.share_left(miss.n)
    share = left if left is not None else miss.n / max(miss.n + false_flag.n, 1)
    told = _told(miss, false_flag, share) if miss.n and false_flag.n else dict.fromkeys(_columns())
    return {
        **described(variants, found),
        "n": int(people_by_state(found.counts.tallies[0]).sum()),
        **people,
        "share_of_victims": share,
        **told,
        "set_out_otherwise": sum(one.n for one in found.counts.otherwise),
    }


def _told(miss: Rate, false_flag: Rate, share: float) -> Mapping[str, float | None]:
    at = Both(miss, false_flag).at(share)
    values = [float(getattr(at, part)) for parts in _TOLD.values() for part in parts]
    finite = [value if math.isfinite(value) else None for value in values]
    return dict(zip(_columns(), finite, strict=True))


def _columns() -> list[str]:
    return [f"{name}{end}" for name in _TOLD for end in ("", "_low", "_high")]
