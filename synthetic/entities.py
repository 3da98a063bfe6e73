"""The actors behind applicants: recruiting networks, and the sponsors, phones, addresses and bookings shared.

Everything follows from a global plan. A network is drawn for a row from the law of network sizes; an actor
is drawn from a pool that lawful and unlawful journeys both use, and its count of applicants is the plan's,
never a count within the rows at hand. So any row can be drawn alone, and a link alone gives no label away.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.fields import Field, fields
from synthetic.modules import Network
from synthetic.streams import FULL, Words, below, high, scattered_words

LINKS = {
    "sponsor_applicants": "sponsor",
    "phone_applicants": "phone",
    "address_applicants": "address",
    "booking_applicants": "booking",
}
"""The link fields, with the kind of actor that is shared."""

ALONE = -1
"""The actor of a row that shares with nobody."""

_BAND = 2**40


@dataclass(frozen=True)
class NetworkPlan:
    """The networks of one typology.

    Attributes:
        count: Number of networks.
        cumulative: Shape (count,), uint64: cumulative share of members, in parts of 2**32.
    """

    count: int
    cumulative: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, law: Network, members: float) -> "NetworkPlan":
        """Return the plan for an expected number of `members` over all networks."""
        count = max(1, round(members / law.mean_size))
        reach = max(members / law.largest, 1.0000001)
        power = min(1.0, np.log(reach) / np.log(count)) if count > 1 else 1.0
        shares = (np.arange(1, count + 1) / count) ** power
        return cls(count, np.rint(shares * FULL).astype(np.uint64))

    def draw(self, raw: Words) -> npt.NDArray[np.int64]:
        """Return the network index for each word."""
        return np.searchsorted(self.cumulative, high(raw), side="right").astype(np.int64)


@dataclass(frozen=True)
class ActorPool:
    """The actors of one link field.

    An actor is found by linear hashing, so that a pool which grows by one actor splits one other and leaves
    all the rest as they were: a module more or less moves few people to another sponsor.

    Attributes:
        field: The link field.
        actors: Shape (bands,): number of actors in each band of shared applicants.
    """

    field: Field
    actors: npt.NDArray[np.int64]

    @classmethod
    def of(cls, name: str, members: npt.NDArray[np.float64]) -> "ActorPool":
        """Return the pool for the expected number of `members` in each band, shape (bands,)."""
        field = fields()[name]
        middle = (np.array(field.edges) + np.array([*field.edges[1:], field.upper])) / 2
        return cls(field, np.maximum(1, np.rint(members / middle)).astype(np.int64))

    def actors_of(self, raw: Words, band: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
        """Return the actor of each row, by band and word; `ALONE` in the first band."""
        found = np.full(len(band), ALONE)
        sharing = np.flatnonzero(band > 0)
        shared = band[sharing].astype(np.int64)
        slots = 2 ** np.ceil(np.log2(self.actors)).astype(np.int64)
        place = high(raw[sharing]).astype(np.int64) & (slots[shared] - 1)
        beyond = place >= self.actors[shared]
        place[beyond] &= slots[shared[beyond]] // 2 - 1
        found[sharing] = shared * _BAND + place
        return found

    def counts(
        self, seed: int, actor: npt.NDArray[np.int64], band: npt.NDArray[np.int8]
    ) -> npt.NDArray[np.int32]:
        """Return the planned number of applicants of each actor; every member sees the same."""
        edges = np.array([*self.field.edges, self.field.upper + 1], dtype=np.int64)
        found = np.full(len(band), edges[0], dtype=np.int32)
        sharing = np.flatnonzero(band > 0)
        shared = band[sharing].astype(np.int64)
        raw = scattered_words(seed, "actor", self.field.name, "count", ids=actor[sharing])
        found[sharing] = edges[shared] + below(raw, edges[shared + 1] - edges[shared])
        return found
