"""Fresh applicants, drawn and screened for a measurement: nothing of them is written anywhere.

Certificates, stress tests and pages ask for people of whom they know what they truly are. They are drawn in
chunks, each chunk is screened as soon as it is there, and what comes back is the risk of each person with his
truth and, where it is asked for, his dossier.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dossier.dossiers import Dossiers, joined
from dossier.draws import Who
from dossier.stages import Stage
from screening.evaluation.outcomes import Outcomes, gathered, outcomes_of
from screening.screener import Screener
from synthetic.cohort import FreshDraws, dossiers_of, truth_of
from synthetic.draw import Drawn
from synthetic.world import World


@dataclass(frozen=True)
class Judged:
    """People who were drawn and screened at one stage.

    Attributes:
        dossiers: Their dossiers.
        outcomes: Truth, groups and risk, in the same order.
        drawn: The chunks they were drawn in, with all layers.
    """

    dossiers: Dossiers
    outcomes: Outcomes
    drawn: tuple[Drawn, ...]

    def __len__(self) -> int:
        return len(self.outcomes)


@dataclass(frozen=True)
class Judge:
    """One world, one screener, one stage.

    Attributes:
        world: Where the people come from.
        screener: Who screens them.
        stage: What has been seen.
    """

    world: World
    screener: Screener
    stage: Stage

    @property
    def threshold(self) -> int:
        """Hundredths; whoever reaches it is flagged."""
        return self.screener.operating_point.threshold(self.stage)

    def fresh(
        self,
        who: Who,
        size: int,
        seed: int,
        *,
        modules: tuple[str, ...] = (),
        one_per_network: bool = False,
        done: Callable[[int], None] = lambda _: None,
    ) -> Judged:
        """Draw people and screen them.

        Args:
            who: Whom to draw, in the scenario's relative shares.
            size: How many.
            seed: Seed of the draw.
            modules: Only these modules, where given.
            one_per_network: Whether each victim comes from a network of its own, drawn independently.
            done: Called with the number of people of each finished chunk.
        """
        drawn = FreshDraws(self.world).drawn(
            who, size, seed, modules=modules, one_per_network=one_per_network
        )
        parts, desks = [], []
        for chunk in drawn:
            dossiers = dossiers_of(chunk)
            assessed = {self.stage: self.screener.assess(dossiers, self.stage)}
            parts.append(outcomes_of(dossiers, truth_of(self.world, chunk), assessed, self.stage))
            desks.append(dossiers)
            done(len(chunk))
        return Judged(joined(desks), gathered(parts), tuple(drawn))
