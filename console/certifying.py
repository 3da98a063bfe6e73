"""Making an operating point: fresh draws from the generator, risks from the cards, a certificate."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import screening.evaluation.guarantee.certificate as certificates
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from dossier.toml_files import read_toml, validated
from evidence import evidence_hash
from models.card import CardSet
from screening.evaluation.guarantee.tuned_certificate import KIND
from screening.operating_point import OperatingPoint
from screening.rulebook import CompiledRulebook
from screening.screener import Screener
from synthetic.changes import scenario_hash
from synthetic.cohort import CHUNK, FreshDraws
from synthetic.cohort_files import code_version
from synthetic.world import World


@dataclass(frozen=True)
class Scorer:
    """Rules and cards without a threshold: all that a certificate needs."""

    screener: Screener

    @classmethod
    def of(cls, rulebook: CompiledRulebook, cards: CardSet) -> "Scorer":
        """Return a scorer; its thresholds are zero and nobody reads them."""
        thresholds = {stage.label: 0 for stage in Stage}
        nothing = OperatingPoint(cards=cards.id, columns_hash=cards.columns_hash, thresholds=thresholds)
        return cls(Screener(rulebook, cards, nothing))

    def risk(self, dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.int32]:
        """Return the risk of each dossier at a stage, in hundredths; a `certificate.Risk`."""
        starts = range(0, len(dossiers), CHUNK)
        parts = [self.screener.assess(dossiers.take(slice(at, at + CHUNK)), stage).risk for at in starts]
        return np.concatenate(parts)


def released_terms() -> certificates.Terms:
    """Return the terms of the released threshold."""
    path = Path(certificates.__file__).with_name("terms.toml")
    return validated(certificates.Terms, read_toml(path))


def certificate_for(
    world: World,
    rulebook: CompiledRulebook,
    cards: CardSet,
    terms: certificates.Terms,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Return the certificate of rules and cards on one scenario, ready to be written as JSON."""
    progress("Drawing fresh applicants for the certificate")
    risk, draws = Scorer.of(rulebook, cards).risk, FreshDraws(world)
    found = certificates.certify(risk, draws, terms, cards.training.share_of_victims)
    return {
        "schema_version": "1",
        "cards": cards.id,
        "cards_hash": cards.content_hash,
        "columns_hash": cards.columns_hash,
        "scenario": world.scenario.id,
        "scenario_hash": scenario_hash(world.scenario),
        "evidence_hash": evidence_hash(),
        "code_version": code_version(),
        **found,
    }


def certificate_sentences(point: OperatingPoint) -> Iterator[str]:
    """Yield what a person should know of a tuned threshold before it is used; nothing of a released one.

    Args:
        point: The operating point of a screener, completed.
    """
    asked = point.details.get("asked")
    if point.details.get("kind") != KIND or not isinstance(asked, Mapping):
        return
    stage = asked.get("stage")
    rest = [one.label for one in Stage if one.label != stage]
    yield (
        f"Threshold of the {stage}: tuned on '{asked.get('scenario')}', a simulated population, for at most "
        f"{100 * float(asked.get('max_miss', 0)):g} % missed in every group. The {', '.join(rest)} keep the "
        "thresholds released with the cards, and carry no promise of this certificate."
    )
    headline = point.details.get("headline")
    if isinstance(headline, Mapping) and headline.get("verdict") != "usable":
        yield f"Its headline: {headline['text']['en']}"
