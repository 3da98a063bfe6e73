"""Recruiting networks and the sponsors, phones, addresses and bookings that applicants share.

Sizes as planned and as drawn, how many share one actor, who they are, and whether members of one network come
in the same month. Lawful people must share too: a link alone must never give the label away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dossier.fields import fields
from dossier.truth import TruthClass
from synthetic.entities import ALONE, LINKS, NetworkPlan
from synthetic.fidelity.counts import Share, Verdict, at_least
from synthetic.fidelity.gathered import Gathered, Index
from synthetic.fidelity.settings import settings
from synthetic.streams import FULL, words


@dataclass(frozen=True)
class SizeBand:
    """Networks of about one size.

    Attributes:
        band: The sizes.
        planned, drawn: Number of networks.
        planned_members, drawn_members: Number of their members among the applicants.
    """

    band: str
    planned: int
    drawn: int
    planned_members: int
    drawn_members: int


@dataclass(frozen=True)
class LinkBand:
    """People who share something with about as many others.

    Attributes:
        link: What is shared: sponsor, phone, address or booking.
        band: With how many applicants, as it stands in the file.
        n: People.
        by_class: How many of them are of each class of truth.
        not_victims: Lawful and irregular people among them, of them and the victims.
        actors: Distinct actors.
        planned, drawn: Mean number of applicants of an actor, as planned and as drawn; None without actors.
        mixed: Actors used by a victim that a lawful or irregular person uses as well.
        verdict: Whether enough of the users are no victims.
        as_on_file: Whether about as many share it as the dossiers say.
    """

    link: str
    band: str
    n: int
    by_class: dict[str, int]
    not_victims: Share
    actors: int
    planned: float | None
    drawn: float | None
    mixed: Share
    verdict: Verdict
    as_on_file: Verdict


@dataclass(frozen=True)
class Degrees:
    """How many actors of one kind have how many applicants in the cohort.

    Attributes:
        link: What is shared.
        actors: Number of actors by band of applicants.
        largest: The most applicants of one actor.
    """

    link: str
    actors: dict[str, int]
    largest: int


@dataclass(frozen=True)
class Bursts:
    """Whether the members of a network come in the same month.

    Attributes:
        networks: Networks large enough to look at.
        busiest: Members who applied in the busiest month of their network, of all members.
        by_chance: The same after members are shuffled among the networks.
    """

    networks: int
    busiest: Share
    by_chance: Share


def network_sizes(gathered: Gathered) -> list[SizeBand]:
    """Return networks by size, as planned and as drawn."""
    plan = gathered.plan
    planned = [
        _planned_sizes(NetworkPlan.of(module.network, share * plan.size), share * plan.size)
        for module, share in zip(plan.world.modules, plan.shares, strict=True)
        if module.network is not None and share > 0
    ]
    expected = np.concatenate(planned) if planned else np.zeros(0)
    _, sizes = np.unique(gathered.network[gathered.network >= 0], return_counts=True)
    lows = settings().network.sizes
    want, got = _band_of(np.maximum(np.rint(expected), 1).astype(np.int64), lows), _band_of(sizes, lows)
    return [
        SizeBand(
            label,
            int((want == band).sum()),
            int((got == band).sum()),
            round(float(expected[want == band].sum())),
            int(sizes[got == band].sum()),
        )
        for band, label in enumerate(band_labels(lows))
    ]


def _planned_sizes(plan: NetworkPlan, members: float) -> npt.NDArray[np.float64]:
    """Return the expected number of members of every planned network."""
    shares = np.diff(plan.cumulative.astype(np.float64), prepend=0.0) / FULL
    return np.asarray(shares * members)


def links(gathered: Gathered) -> list[LinkBand]:
    """Return who shares what with how many, for every link field and every band but that of the unshared."""
    found = []
    for name, what in LINKS.items():
        labels = fields()[name].bin_labels
        for band in range(1, len(labels)):
            rows = np.flatnonzero(gathered.bands[name] == band)
            if rows.size:
                found.append(_link_band(gathered, name, what, labels[band], rows))
    return found


def _link_band(gathered: Gathered, name: str, what: str, label: str, rows: Index) -> LinkBand:
    classes, actors = gathered.classes[rows], gathered.actors[name][rows]
    by_class = {each.label: int((classes == each).sum()) for each in TruthClass}
    other = np.isin(classes, (TruthClass.LAWFUL, TruthClass.IRREGULAR))
    users = Share(int(other.sum()), int(other.sum()) + by_class[TruthClass.VICTIM.label])
    harmed, shared = np.unique(actors[classes == TruthClass.VICTIM]), np.unique(actors[other])
    distinct, first, drawn = np.unique(actors, return_index=True, return_counts=True)
    on_file = gathered.planned[name][rows][first]
    planned, found = _mean(on_file[on_file > 0]), _mean(drawn)
    return LinkBand(
        what,
        label,
        len(rows),
        by_class,
        users,
        len(distinct),
        planned,
        found,
        Share(int(np.isin(harmed, shared).sum()), len(harmed)),
        at_least(users.for_verdict(), settings().bounds.lawful_users),
        _alike(planned, found, len(distinct)),
    )


def _alike(planned: float | None, drawn: float | None, actors: int) -> Verdict:
    """Return whether two means are within the declared factor of one another."""
    if planned is None or drawn is None or actors < settings().network.least_actors:
        return "cannot tell"
    factor = settings().bounds.degree_factor
    return "met" if planned / factor <= drawn <= planned * factor else "not met"


def degrees(gathered: Gathered) -> list[Degrees]:
    """Return how many applicants the shared actors have in the cohort."""
    lows = settings().network.degrees
    found = []
    for name, what in LINKS.items():
        actors = gathered.actors[name]
        _, counts = np.unique(actors[actors != ALONE], return_counts=True)
        place = _band_of(counts, lows)
        bands = {label: int((place == band).sum()) for band, label in enumerate(band_labels(lows))}
        found.append(Degrees(what, bands, int(counts.max(initial=0))))
    return found


def bursts(gathered: Gathered) -> Bursts:
    """Return how many members of the larger networks applied in their network's busiest month."""
    members = np.flatnonzero(gathered.network >= 0)
    networks, place = np.unique(gathered.network[members], return_inverse=True)
    large = np.bincount(place, minlength=len(networks)) >= settings().network.burst_from
    rows = large[place]
    place, month = place[rows], gathered.month[members[rows]].astype(np.int64)
    shuffled = month[np.argsort(words(gathered.plan.seed, "fidelity", "bursts", rows=range(len(month))))]
    return Bursts(
        int(large.sum()), _busiest(place, month, len(networks)), _busiest(place, shuffled, len(networks))
    )


def _busiest(network: Index, month: Index, count: int) -> Share:
    if not len(month):
        return Share(0, 0)
    months = int(month.max()) + 1
    table = np.bincount(network * months + month, minlength=count * months).reshape(count, months)
    return Share(int(table.max(axis=1).sum()), len(month))


def band_labels(lows: Sequence[int]) -> list[str]:
    """Return readable bands for their lower ends.

    Examples:
        >>> band_labels((1, 2, 5))
        ['1', '2-4', '5 and more']
    """
    ends = [str(low) if low == after - 1 else f"{low}-{after - 1}" for low, after in pairwise(lows)]
    return [*ends, f"{lows[-1]} and more"]


def _band_of(numbers: Index, lows: Sequence[int]) -> Index:
    return np.asarray(np.searchsorted(np.array(lows), numbers, side="right") - 1, dtype=np.int64)


def _mean(numbers: npt.NDArray[np.generic]) -> float | None:
    return float(numbers.astype(np.float64).mean()) if numbers.size else None
