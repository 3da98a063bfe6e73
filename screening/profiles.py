"""Profiles of the sponsors, telephone numbers, addresses and ticket bookings that applicants share.

Records are there to trace a syndicate, and not only to judge a person: of each shared actor this counts the
applicants that were seen, how many of them were recommended for referral, and where they come from and go
to; the policy then recommends some actors for investigation. That is no reason against anybody: no profile
ever changes a person's risk or recommendation. The counts of parts add up, so that a cohort is never held;
of a very large one a random share of the actors is followed, each with all its applicants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers, References
from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.tables import REFERENCES, REFERENCES_BELOW
from screening.intervals import exact_interval
from screening.referral import Investigation, policy

SCHEMA_VERSION = "1"

MOST_FOLLOWED = 1_000_000
"""Applicants up to whom all actors are followed; of more, as many actors as these would have. Memory bounds
it: each applicant shares about one in two actors, whose users are kept until the last part is there."""

KINDS: Mapping[str, str] = {name.removesuffix("_ref"): name for name in REFERENCES}
"""The kinds of actors, each with the reference by which its applicants are known."""

COUNTED = ("applicants", "referred", "interview", "licensed", "queried", "linked")
"""What is counted of an actor's applicants: all of them; those recommended for referral or for a further
interview; those who name a licensed agency; those asked about in the records of people brought home, and
those linked to one."""

SEEN: Mapping[str, str] = {
    "offices": "office",
    "countries": "stated_country",
    "sectors": "offer_sector",
    "months": "application_day",
}
"""Of which fields the values are kept that an actor's applicants have, one bit for each."""

Numbers: TypeAlias = npt.NDArray[np.int32]
"""Small, because the counts of all parts are held until the last is there."""


@dataclass(frozen=True)
class Tally:
    """Counts of all actors of one kind.

    Attributes:
        references: Shape (k,), ascending: the actors.
        counts: Shape (k, len(COUNTED)).
        seen: Shape (k, len(SEEN)): sets of codes, as bits.
    """

    references: References
    counts: Numbers
    seen: Numbers

    def __getitem__(self, counted: str) -> Numbers:
        """Return one of `COUNTED`, shape (k,)."""
        return np.asarray(self.counts[:, COUNTED.index(counted)])

    def share(self, counted: str, of: str) -> float:
        """Return one count of all actors together as a share of another; zero where that is zero."""
        n = self[of].sum()
        return float(self[counted].sum() / n) if n else 0.0


Tallies: TypeAlias = Mapping[str, Tally]
"""Counts by kind of actor; empty where the dossiers carry no references."""


@dataclass(frozen=True)
class Profile:
    """One actor that is recommended for investigation.

    Attributes:
        kind: One of `KINDS`.
        reference: As in the column of references.
        counts: By `COUNTED`.
        seen: Codes by `SEEN`; months as numbers from 1.
        reasons: "referred", "linked" or both.
        agency: Who would look into it.
    """

    kind: str
    reference: int
    counts: Mapping[str, int]
    seen: Mapping[str, Sequence[str | int]]
    reasons: tuple[str, ...]
    agency: str


def share_followed(size: int) -> float:
    """Return the share of actors that is followed in a cohort of so many applicants."""
    return min(1.0, MOST_FOLLOWED / size)


def sharing_rows(dossiers: Dossiers, stage: Stage, share: float = 1.0) -> dict[str, npt.NDArray[np.intp]]:
    """Return by kind who shares an actor that is followed.

    Args:
        dossiers: With the fields visible at `stage`, and with references if the cohort has them.
        stage: What had been seen; before the registers answered nobody is known to share.
        share: Of all actors; which ones, their references decide, which say nothing else.
    """
    found = {}
    for kind, name in KINDS.items():
        field = REFERENCES[name].field
        if name in dossiers.references and fields()[field].visible_from <= stage:
            references, shared_by = dossiers.references[name], dossiers.columns[field]
            chosen = (references >= 0) & (shared_by >= _policy().smallest)
            found[kind] = np.flatnonzero(chosen & (references < share * REFERENCES_BELOW))
    return found


def tallied(
    dossiers: Dossiers, recommendation: npt.NDArray[np.int8], stage: Stage, share: float = 1.0
) -> Tallies:
    """Return the counts of some dossiers.

    Args:
        dossiers: With the fields visible at `stage`, and with references if the cohort has them.
        recommendation: Shape (n,): what the screener recommended at `stage`.
        stage: What had been seen.
        share: Of all actors, that is followed.
    """
    sharing = sharing_rows(dossiers, stage, share)
    if not sharing:
        return {}
    rows = np.unique(np.concatenate(list(sharing.values())))
    few = dossiers.take(rows)
    counted, seen = _counted(few, recommendation[rows]), _seen(few)
    places = {kind: np.searchsorted(rows, own) for kind, own in sharing.items()}
    return {
        kind: _grouped(few.references[KINDS[kind]][own], counted[own], seen[own])
        for kind, own in places.items()
    }


def merged(parts: Iterable[Tallies]) -> Tallies:
    """Return the counts of several parts of a cohort together; parts without references add nothing."""
    parts = list(parts)
    kinds = [kind for kind in KINDS if any(kind in part for part in parts)]
    return {kind: _merged([part[kind] for part in parts if kind in part]) for kind in kinds}


def recommended(tallies: Tallies) -> list[Profile]:
    """Return the actors that the policy recommends for investigation, the most striking first."""
    found = [(-low, profile) for kind, tally in tallies.items() for low, profile in _chosen(kind, tally)]
    order = list(KINDS)
    found.sort(key=lambda one: (one[0], order.index(one[1].kind), one[1].reference))
    return [profile for _, profile in found]


def followed(tally: Tally) -> References:
    """Return the actors of a kind of whom enough applicants were seen to judge by."""
    return tally.references[tally["applicants"] >= _policy().smallest]


def profiles_json(tallies: Tallies, chosen: Sequence[Profile], share: float = 1.0) -> dict[str, Any]:
    """Return the recommended investigations for JSON, with what is needed to judge them.

    Args:
        tallies: Counts of the whole cohort.
        chosen: The actors recommended for investigation.
        share: Of all actors, that was followed.
    """
    found = _policy()
    return {
        "schema_version": SCHEMA_VERSION,
        "synthetic": True,
        "confidence": found.confidence,
        "smallest": found.smallest,
        "share_followed": share,
        "kinds": kinds_json(tallies, chosen),
        "investigations": [_profile_json(profile, found.confidence) for profile in chosen],
    }


def kinds_json(tallies: Tallies, chosen: Sequence[Profile]) -> dict[str, dict[str, Any]]:
    """Return for each kind of actor how many were followed and how many are recommended, for JSON."""
    found = {}
    for kind, tally in tallies.items():
        counts = dict(zip(COUNTED, tally.counts.sum(axis=0).tolist(), strict=True))
        found[kind] = {
            "title": _policy().kinds[kind].title.model_dump(),
            "innocent": _policy().kinds[kind].innocent.model_dump(),
            "followed": len(followed(tally)),
            "recommended": sum(profile.kind == kind for profile in chosen),
            "referred": _rate_json(counts, "referred", "applicants", _policy().confidence),
            "linked": _rate_json(counts, "linked", "queried", _policy().confidence),
        }
    return found


# --- counting ---------------------------------------------------------------------------------------


def _policy() -> Investigation:
    return policy().investigation


def _counted(dossiers: Dossiers, recommendation: npt.NDArray[np.int8]) -> Numbers:
    """Return what each dossier adds to the counts, shape (n, len(COUNTED))."""
    sponsor, record = dossiers["sponsor_kind"], dossiers["repatriation_record"]
    columns = {
        "applicants": np.ones(len(dossiers), dtype=bool),
        "referred": recommendation == Recommendation.REFER,
        "interview": recommendation == Recommendation.INTERVIEW,
        "licensed": sponsor.values == sponsor.field.code("licensed_agency"),
        "queried": record.values >= 0,
        "linked": record.values == record.field.code("linked"),
    }
    return np.stack([columns[name] for name in COUNTED], axis=1).astype(np.int32)


def _seen(dossiers: Dossiers) -> Numbers:
    """Return the set of codes that each dossier adds, shape (n, len(SEEN)); none where there is no answer."""
    codes = [fields()[name].bins(dossiers.columns[name]).astype(np.int32) for name in SEEN.values()]
    return np.stack([np.where(code < 0, 0, np.left_shift(1, np.maximum(code, 0))) for code in codes], axis=1)


def _grouped(references: References, counts: Numbers, seen: Numbers) -> Tally:
    """Return the rows of each reference together."""
    if not references.size:
        return Tally(references, counts, seen)
    order = np.argsort(references, kind="stable")
    found, first = np.unique(references[order], return_index=True)
    return Tally(
        found,
        np.add.reduceat(counts[order], first, axis=0, dtype=np.int32),
        np.bitwise_or.reduceat(seen[order], first, axis=0),
    )


def _merged(parts: Sequence[Tally]) -> Tally:
    return _grouped(
        np.concatenate([part.references for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.seen for part in parts]),
    )


# --- choosing ---------------------------------------------------------------------------------------


def _chosen(kind: str, tally: Tally) -> Iterable[tuple[float, Profile]]:
    """Yield the recommended actors of a kind, each with the lower end of its referred share."""
    found = _policy()
    low, _ = exact_interval(tally["referred"], tally["applicants"], found.confidence)
    low_linked, _ = exact_interval(tally["linked"], tally["queried"], found.confidence)
    reasons = {
        "referred": low > found.referred_times * tally.share("referred", "applicants"),
        "linked": low_linked > found.linked_times * tally.share("linked", "queried"),
    }
    enough = tally["applicants"] >= found.smallest
    for row in np.flatnonzero(enough & (reasons["referred"] | reasons["linked"])):
        counts = {name: int(tally[name][row]) for name in COUNTED}
        why = tuple(name for name, holds in reasons.items() if holds[row])
        seen = {
            name: _codes(field, int(bits))
            for (name, field), bits in zip(SEEN.items(), tally.seen[row], strict=True)
        }
        yield (
            float(low[row]),
            Profile(kind, int(tally.references[row]), counts, seen, why, _agency(kind, counts, why)),
        )


def _agency(kind: str, counts: Mapping[str, int], reasons: Sequence[str]) -> str:
    """Return who looks into an actor: what is linked to people brought home comes first."""
    found = _policy()
    if "linked" in reasons:
        return found.linked
    if kind == "sponsor" and counts["licensed"] > found.mostly_licensed * counts["applicants"]:
        return found.licensed
    return found.kinds[kind].agency


def _codes(field: str, bits: int) -> Sequence[str | int]:
    """Return what a set of bits stands for: codes, or numbers from 1 for the bins of a number."""
    declared = fields()[field]
    present = [code for code in range(declared.size) if bits >> code & 1]
    return [code + 1 if declared.is_number else declared.codes[code] for code in present]


def _profile_json(profile: Profile, confidence: float) -> dict[str, Any]:
    counts = profile.counts
    return {
        "kind": profile.kind,
        "reference": profile.reference,
        "agency": profile.agency,
        "reasons": list(profile.reasons),
        "applicants": counts["applicants"],
        "referred": _rate_json(counts, "referred", "applicants", confidence),
        "linked": _rate_json(counts, "linked", "queried", confidence),
        "interview": counts["interview"],
        "licensed": counts["licensed"],
        **{name: list(codes) for name, codes in profile.seen.items()},
    }


def _rate_json(counts: Mapping[str, int], counted: str, of: str, confidence: float) -> dict[str, Any]:
    count, n = counts[counted], counts[of]
    if not n:
        return {"estimate": None, "low": None, "high": None, "n": 0, counted: 0}
    low, high = exact_interval(count, n, confidence)
    return {"estimate": count / n, "low": float(low), "high": float(high), "n": n, counted: count}
