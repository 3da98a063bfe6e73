"""Making an operating point: fresh draws from the generator, risks from the cards, a certificate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError
from pydantic import Field as Option

import screening.evaluation.guarantee.certificate as certificates
from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Text
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


class _Asked(BaseModel):
    scenario: str
    stage: str
    max_miss: float = Option(gt=0, lt=1)
    levers: tuple[str, ...] = ()


class _Headline(BaseModel):
    verdict: str
    text: Text


class _Group(BaseModel):
    threshold: int


class Tuned(BaseModel):
    """What a tuned certificate has to say for itself before its threshold is used."""

    asked: _Asked
    headline: _Headline
    statement: Text
    claim: Text
    threshold: int
    groups: tuple[_Group, ...] = Option(min_length=1)


def tuned_details(point: OperatingPoint) -> Tuned | None:
    """Return what a tuned certificate says; None for a released one.

    Raises:
        BadInput: If it lacks something, or its threshold is not the one that its own groups need.
    """
    if point.details.get("kind") != KIND:
        return None
    mend = "Use a certificate as `saring tune` wrote it; `saring verify` says what was changed."
    try:
        found = Tuned.model_validate(dict(point.details))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput.of(f"this is no whole certificate: {first['msg']}", where=place, mend=mend) from None
    needed = min(group.threshold for group in found.groups)
    if not needed == found.threshold == point.thresholds.get(found.asked.stage):
        what = "the threshold of this certificate is not the one that its groups need"
        raise BadInput.of(what, where="threshold", mend=mend)
    return found


def certificate_sentences(point: OperatingPoint) -> Iterator[str]:
    """Yield what a person should know of a tuned threshold before it is used; nothing of a released one.

    Args:
        point: The operating point of a screener, completed.
    """
    found = tuned_details(point)
    if found is None:
        return
    rest = [one.label for one in Stage if one.label != found.asked.stage]
    yield (
        f"Threshold of the {found.asked.stage}: tuned on '{found.asked.scenario}', a simulated population, "
        f"for at most {100 * found.asked.max_miss:g} % missed in every group; not verified here. The "
        f"{', '.join(rest)} keep the thresholds released with the cards, and carry no promise of this "
        "certificate."
    )
    if found.headline.verdict != "usable":
        yield f"Its headline: {found.headline.text.en}"
