"""What the recommended investigations would find: networks, and the lawful applicants who share with them.

An actor counts as used by a network where two or more applicants of one and the same network share it; a
single victim among a licensed agency's hundreds makes no network of it. Whom an investigation touches is
counted apart for lawful and irregular applicants, and facilitators apart from everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import References
from dossier.truth import Truth, TruthClass
from screening.evaluation.rates import Rate, rate_json
from screening.profiles import KINDS, Profile, Tallies, followed

FEWEST = 2
"""Applicants of one network who share an actor that counts as used by it."""

Mask = npt.NDArray[np.bool_]
Pairs = npt.NDArray[np.int64]
"""Shape (m, 2): an actor and a network, once for each applicant of the network who shares the actor."""


def investigations_json(
    chunks: Iterable[Mapping[str, References]],
    truth: Truth,
    missed: Mask,
    tallies: Tallies,
    chosen: Sequence[Profile],
) -> dict[str, Any]:
    """Return how the recommended investigations fare against the truth, for JSON.

    Args:
        chunks: The cohort's references, by column, in the order of the truth.
        truth: The sealed side.
        missed: Shape (n,): victims whom the screener does not flag.
        tallies: Counts of the whole cohort.
        chosen: The actors recommended for investigation.
    """
    wanted = {
        kind: np.sort([one.reference for one in chosen if one.kind == kind]).astype(np.int64)
        for kind in tallies
    }
    uses, shared = _read(chunks, truth.network, wanted)
    anybody = np.zeros(len(truth), dtype=bool)
    by_kind, counts = {}, np.zeros(4, dtype=np.int64)
    for kind, mask in uses.items():
        anybody |= mask
        all_of = followed(tallies[kind])
        networks = np.intersect1d(all_of, _used_by_networks(shared[kind]))
        found = len(np.intersect1d(wanted[kind], networks))
        own = np.array([found, len(wanted[kind]), len(networks), len(all_of)])
        by_kind[kind] = {**_actors_json(own), **_users_json(mask, truth)}
        counts += own
    return {
        "n": len(chosen),
        "by_kind": by_kind,
        "by_agency": {
            agency: sum(one.agency == agency for one in chosen)
            for agency in sorted({p.agency for p in chosen})
        },
        **_actors_json(counts),
        **_users_json(anybody, truth),
        "missed_victims_reached": _share(anybody & missed, missed, "reached"),
        "facilitators": _facilitators_json(anybody, truth),
    }


def _read(
    chunks: Iterable[Mapping[str, References]],
    network: npt.NDArray[np.int64],
    wanted: Mapping[str, References],
) -> tuple[dict[str, Mask], dict[str, Pairs]]:
    """Return by kind who shares with a wanted actor, and which actors the networks' members share."""
    uses = {kind: np.zeros(len(network), dtype=bool) for kind in wanted}
    shared: dict[str, list[Pairs]] = {kind: [np.empty((0, 2), dtype=np.int64)] for kind in wanted}
    start = 0
    for chunk in chunks:
        rows = slice(start, start + len(chunk[next(iter(chunk))]))
        for kind in wanted:
            references = chunk[KINDS[kind]]
            uses[kind][rows] = _among(references, wanted[kind])
            members = np.flatnonzero((network[rows] >= 0) & (references >= 0))
            shared[kind].append(np.stack([references[members], network[rows][members]], axis=1))
        start = rows.stop
    return uses, {kind: np.concatenate(pairs) for kind, pairs in shared.items()}


def _among(references: References, wanted: References) -> Mask:
    """Return which of the references are wanted; `wanted` must ascend."""
    if not wanted.size:
        return np.zeros(len(references), dtype=bool)
    place = np.searchsorted(wanted, references).clip(max=len(wanted) - 1)
    return np.asarray(wanted[place] == references)


def _used_by_networks(shared: Pairs) -> References:
    """Return the actors that several applicants of one network share."""
    found, times = np.unique(shared, axis=0, return_counts=True)
    return np.unique(found[times >= FEWEST, 0])


def _actors_json(counts: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return counts of actors for JSON: recommended of networks, recommended, of networks, and followed."""
    found, recommended, networks, all_of = (int(count) for count in counts)
    return {
        "recommended": recommended,
        "followed": all_of,
        "used_by_network": rate_json(Rate(found, recommended), "used"),
        "others_used_by_network": rate_json(Rate(networks - found, all_of - recommended), "used"),
        "networks_found": rate_json(Rate(found, networks), "found"),
    }


def _users_json(uses: Mask, truth: Truth) -> dict[str, Any]:
    """Return how many applicants of each class share with a recommended actor, for JSON."""
    names = {TruthClass.LAWFUL: "lawful", TruthClass.IRREGULAR: "irregular", TruthClass.VICTIM: "victims"}
    return {
        f"{name}_users": _share(uses & (truth.truth_class == of), truth.truth_class == of, "users")
        for of, name in names.items()
    }


def _facilitators_json(uses: Mask, truth: Truth) -> dict[str, Any]:
    """Return the same for each kind of facilitator, by module."""
    facilitator = truth.truth_class == TruthClass.FACILITATOR
    return {
        module: _share(uses & of, of, "users")
        for index, module in enumerate(truth.modules)
        if (of := facilitator & (truth.module == index)).any()
    }


def _share(some: Mask, of: Mask, counted: str) -> dict[str, Any]:
    return rate_json(Rate(int(some.sum()), int(of.sum())), counted)
