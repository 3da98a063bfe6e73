"""How far the networks of one typology have moved, by what they have learned; see `adversary`.

An adaptation says for each coded field how much of its odds is hidden by now, and how far corridor and cover
story have shifted towards those of ordinary travellers. It holds odds and nothing that anybody could follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CORRIDOR = ("stated_country", "transit")
"""The fields of a corridor."""


@dataclass(frozen=True)
class Adaptation:
    """What the networks of one typology have changed.

    Attributes:
        hidden: By field, the share of the remaining odds that is hidden; what is hard to fake is hidden less.
        corridor: Share of the networks that send people where the base journey goes.
        cover: Share of those without a cover story who tell one now.
        share: Share of the networks that are still at work.
    """

    hidden: Mapping[str, float] = field(default_factory=dict)
    corridor: float = 0.0
    cover: float = 0.0
    share: float = 1.0
