"""Who becomes known to be a victim: the same victims as one channel after another would count them.

Whoever looks, finds those for whom they look. So the people whom a register, an embassy or a task force knows
are not the people who are trafficked, and a screener that is judged by known victims is judged by somebody's
search. Counts only, which add up over parts of a cohort; who is known is handed in, never looked up here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from screening.evaluation.rates import Rate, rate_json

Counts: TypeAlias = npt.NDArray[np.int64]
"""Shape (channels + 2, groups, 2): victims by who knows them, by group, and by whether they are flagged.

The first row counts all victims, the last those whom at least one channel knows.
"""

Mask: TypeAlias = npt.NDArray[np.bool_]

ALL, ANY = "all", "any"


@dataclass(frozen=True)
class People:
    """The groups that published sums tell apart.

    Attributes:
        groups: Their names, by code.
        pooled: What is reported: a name and the groups it counts, such as children for girls and boys.
    """

    groups: Sequence[str]
    pooled: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Seen:
    """Victims as one channel knows them.

    Attributes:
        channel: The channel's id; `ALL` for all victims, `ANY` for those known to any channel.
        known: The victims it knows, of all victims.
        shares: Share of each group among those it knows.
        flagged: Those it knows whom the screener flags, of those it knows.
    """

    channel: str
    known: Rate
    shares: Mapping[str, Rate]
    flagged: Rate


def known_counts(
    known: Sequence[Mask], groups: npt.NDArray[np.int8], is_victim: Mask, flagged: Mask, size: int
) -> Counts:
    """Return the counts of some applicants.

    Args:
        known: Shape (n,) for each channel: whom it knows; victims only.
        groups: Shape (n,): code of each person's group.
        is_victim, flagged: Shape (n,).
        size: Number of groups.
    """
    anybody = np.logical_or.reduce(known, axis=0) if known else np.zeros(len(groups), dtype=bool)
    cell = groups.astype(np.int64) * 2 + flagged
    rows = [np.bincount(cell[rows & is_victim], minlength=size * 2) for rows in (is_victim, *known, anybody)]
    return np.stack(rows).reshape(-1, size, 2)


def seen(channels: Sequence[str], counts: Counts, people: People) -> list[Seen]:
    """Return the victims as each channel knows them: all of them first, those known to any channel last."""
    victims = int(counts[0].sum())
    return [
        _seen(channel, found, victims, people)
        for channel, found in zip((ALL, *channels, ANY), counts, strict=True)
    ]


def _seen(channel: str, found: Counts, victims: int, people: People) -> Seen:
    by_group = dict(zip(people.groups, found.sum(axis=1).tolist(), strict=True))
    n = sum(by_group.values())
    shares = {name: Rate(sum(by_group[group] for group in of), n) for name, of in people.pooled.items()}
    return Seen(channel, Rate(n, victims), shares, Rate(int(found[:, 1].sum()), n))


def detection_json(views: Sequence[Seen], titles: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the section for JSON.

    Args:
        views: What `seen` returned.
        titles: What is said about each channel, by its id: its title and whom it looks for.
    """
    whole, *channels, anybody = views
    return {
        "victims": _view_json(whole),
        "channels": [{"channel": v.channel, **titles[v.channel], **_view_json(v)} for v in channels],
        "any": _view_json(anybody),
    }


def _view_json(view: Seen) -> dict[str, Any]:
    return {
        "known": rate_json(view.known, "identified"),
        "shares": {name: rate_json(rate, "identified") for name, rate in view.shares.items()},
        "flagged": rate_json(view.flagged, "flagged"),
    }
