"""How an evaluation asks for fresh applicants without knowing the simulator.

A certificate, a calibration or a stress test takes a *draw*: a callable that the console hands in. It is
declared here, below all who call it, so that no package has to import the generator for it.
"""

from typing import Literal, Protocol, TypeAlias

from dossier.dossiers import Dossiers
from dossier.truth import Truth

Who: TypeAlias = Literal["everybody", "victims", "others"]
"""Everybody in the scenario's shares, only its victims, or only the lawful and irregular."""


class Draw(Protocol):
    """Draws fresh synthetic applicants of one scenario."""

    def __call__(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> tuple[Dossiers, Truth]:
        """Return `size` applicants and their truth, in the same order.

        Args:
            who: Whom to draw, in the scenario's relative shares.
            size: How many.
            seed: Seed of the draw.
            modules: Only these modules, where given.
            one_per_network: Whether each victim comes from a network of its own, drawn independently.
        """
        ...
