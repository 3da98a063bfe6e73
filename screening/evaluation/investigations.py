"""What the recommended investigations would find: networks, and the lawful applicants who share with them.

An actor counts as used by a network where two or more applicants of one and the same network share it; a
single victim among a licensed agency's hundreds makes no network of it. Whom an investigation touches is
counted apart for lawful and irregular applicants, and facilitators apart from everybody. Where only a share
of all actors was followed, whoever shares only others is not counted: rates of people are lower bounds then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers, References
from dossier.stages import Stage
from dossier.truth import Truth, TruthClass
from screening.evaluation.rates import Rate, rate_json
from screening.evaluation.summary import Summary
from screening.profiles import KINDS, Profile, Tallies, followed, sharing_rows

FEWEST = 2
"""Applicants of one network who share an actor that counts as used by it."""

Mask = npt.NDArray[np.bool_]
Pairs = npt.NDArray[np.int64]
"""Shape (m, 2): an actor and a network, once for each applicant of the network who shares the actor."""


@dataclass(frozen=True)
class Shared:
    """Who shares which actors of one kind.

    Attributes:
        people: Shape (k,): indices of people.
        references: Shape (k,): the actor that each shares.
    """

    people: npt.NDArray[np.int32]
    references: References


@dataclass(frozen=True)
class Uses:
    """The people who share actors that are followed, with what is asked of them once all actors are counted.

    Attributes:
        truth_class: Shape (m,): a `TruthClass`.
        module: Shape (m,): index of the module.
        network: Shape (m,): the recruiting network; -1 for those without one.
        missed: Shape (m,): victims whom the screener does not flag.
        kinds: What they share, by kind of actor.
    """

    truth_class: npt.NDArray[np.int8]
    module: npt.NDArray[np.int16]
    network: npt.NDArray[np.int64]
    missed: Mask
    kinds: Mapping[str, Shared]

    def __len__(self) -> int:
        return len(self.truth_class)


def uses_of(dossiers: Dossiers, truth: Truth, missed: Mask, stage: Stage, share: float = 1.0) -> Uses:
    """Return who of some applicants shares actors that are followed.

    Args:
        dossiers: n applicants, with the fields visible at `stage`.
        truth: The sealed side.
        missed: Shape (n,): victims whom the screener does not flag.
        stage: What had been seen.
        share: Of all actors, that is followed.
    """
    sharing = sharing_rows(dossiers, stage, share)
    rows = np.unique(np.concatenate([np.empty(0, dtype=np.intp), *sharing.values()]))
    kinds = {
        kind: Shared(np.searchsorted(rows, own).astype(np.int32), dossiers.references[KINDS[kind]][own])
        for kind, own in sharing.items()
    }
    return Uses(truth.truth_class[rows], truth.module[rows], truth.network[rows], missed[rows], kinds)


def joined_uses(parts: Sequence[Uses]) -> Uses:
    """Return the people of all parts, of which there is at least one, one after the other."""
    first = np.cumsum([0, *(len(part) for part in parts)])
    kinds = {
        kind: Shared(
            np.concatenate(
                [
                    part.kinds[kind].people + np.int32(start)
                    for part, start in zip(parts, first, strict=False)
                    if kind in part.kinds
                ]
            ),
            np.concatenate([part.kinds[kind].references for part in parts if kind in part.kinds]),
        )
        for kind in KINDS
        if any(kind in part.kinds for part in parts)
    }
    return Uses(
        np.concatenate([part.truth_class for part in parts]),
        np.concatenate([part.module for part in parts]),
        np.concatenate([part.network for part in parts]),
        np.concatenate([part.missed for part in parts]),
        kinds,
    )


def investigations_json(
    uses: Uses, cohort: Summary, tallies: Tallies, chosen: Sequence[Profile], share: float = 1.0
) -> dict[str, Any]:
    """Return how the recommended investigations fare against the truth, for JSON.

    Args:
        uses: Who shares actors that were followed.
        cohort: All applicants, counted.
        tallies: Counts of the whole cohort.
        chosen: The actors recommended for investigation.
        share: Of all actors, that was followed.
    """
    wanted = {
        kind: np.sort([one.reference for one in chosen if one.kind == kind]).astype(np.int64)
        for kind in tallies
    }
    anybody = np.zeros(len(uses), dtype=bool)
    by_kind, counts = {}, np.zeros(4, dtype=np.int64)
    for kind, tally in tallies.items():
        shared = uses.kinds[kind]
        mask = np.zeros(len(uses), dtype=bool)
        mask[shared.people[_among(shared.references, wanted[kind])]] = True
        anybody |= mask
        all_of = followed(tally)
        networks = np.intersect1d(all_of, _used_by_networks(_pairs(uses, shared)))
        found = len(np.intersect1d(wanted[kind], networks))
        own = np.array([found, len(wanted[kind]), len(networks), len(all_of)])
        by_kind[kind] = {**_actors_json(own), **_users_json(mask, uses, cohort)}
        counts += own
    missed = Rate(int((anybody & uses.missed).sum()), cohort.overall.miss.count)
    return {
        "n": len(chosen),
        "share_followed": share,
        "by_kind": by_kind,
        "by_agency": {
            agency: sum(one.agency == agency for one in chosen)
            for agency in sorted({p.agency for p in chosen})
        },
        **_actors_json(counts),
        **_users_json(anybody, uses, cohort),
        "missed_victims_reached": rate_json(missed, "reached"),
        "facilitators": _facilitators_json(anybody, uses, cohort),
    }


def _pairs(uses: Uses, shared: Shared) -> Pairs:
    """Return which actors the members of networks share."""
    network = uses.network[shared.people]
    members = network >= 0
    return np.stack([shared.references[members], network[members]], axis=1)


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


def _users_json(some: Mask, uses: Uses, cohort: Summary) -> dict[str, Any]:
    """Return how many applicants of each class share with a recommended actor, for JSON."""
    names = {TruthClass.LAWFUL: "lawful", TruthClass.IRREGULAR: "irregular", TruthClass.VICTIM: "victims"}
    users = np.bincount(uses.truth_class[some], minlength=len(TruthClass))
    return {
        f"{name}_users": rate_json(Rate(int(users[of]), int(cohort.by_class[of])), "users")
        for of, name in names.items()
    }


def _facilitators_json(some: Mask, uses: Uses, cohort: Summary) -> dict[str, Any]:
    """Return the same for each kind of facilitator, by module."""
    modules = cohort.nobody.truth.modules
    facilitators = some & (uses.truth_class == TruthClass.FACILITATOR)
    users = np.bincount(uses.module[facilitators], minlength=len(modules))
    return {
        module: rate_json(Rate(int(users[modules.index(module)]), n), "users")
        for module, n in cohort.facilitators.items()
    }
