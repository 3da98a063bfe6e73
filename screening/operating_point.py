"""Operating points: the thresholds at which a screener recommends referral, and where they come from.

A released operating point is a certificate; this module reads the thresholds out of it and checks that they
belong to the cards. A certificate that `saring tune` wrote has a threshold for one stage, and is completed
with those of another point. How a certificate is made and re-checked is the evaluation's business.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, model_validator

from dossier.json_files import read_json
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.toml_files import Declared
from models.calibration import Calibration
from models.card import CardSet, Whole

RELEASED = Path(__file__).with_name("certificates")


class OperatingPoint(Declared):
    """The thresholds of one screener.

    Attributes:
        cards: Id of the cards.
        columns_hash: Hash of the rulebook columns the cards were trained on.
        cards_hash: Hash of all that the cards say; None in a point that binds to their id and columns alone.
        thresholds: Hundredths, by stage; at or above it referral is recommended.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    schema_version: Literal["1"] = "1"
    cards: str
    columns_hash: str
    cards_hash: str | None = None
    thresholds: Mapping[str, Whole]

    @model_validator(mode="after")
    def _names_stages(self) -> Self:
        if not self.thresholds or not self.thresholds.keys() <= set(STAGE_LABELS):
            raise ValueError(f"'thresholds' must name one of {', '.join(STAGE_LABELS)}, and nothing else")
        return self

    @model_validator(mode="after")
    def _says_what_a_risk_stands_for(self) -> Self:
        stages = self.details.get("stages", {})
        if not isinstance(self.details.get("terms", {}), dict):
            raise ValueError("'terms' must be a table")  # noqa: TRY004  (pydantic reads value errors)
        if not isinstance(stages, dict) or not all(isinstance(found, dict) for found in stages.values()):
            raise ValueError("'stages' must hold a table for each stage")
        if not stages.keys() <= set(STAGE_LABELS):
            raise ValueError(f"'stages' may name {', '.join(STAGE_LABELS)} only")
        for label in stages:
            self.calibration(Stage.of(label))
        return self

    def threshold(self, stage: Stage) -> int:
        """Return the threshold at a stage, in hundredths.

        Raises:
            BadInput: If there is none.
        """
        if stage.label not in self.thresholds:
            raise BadInput.of(f"the certificate of '{self.cards}' has no threshold for the {stage.label}")
        return self.thresholds[stage.label]

    def with_threshold(self, stage: Stage, threshold: int) -> "OperatingPoint":
        """Return the same point with another threshold at one stage; what a risk stands for stays."""
        curves = {label: self.calibration(Stage.of(label)) for label in self.details.get("stages", {})}
        kept = {label: {"calibration": curve.model_dump()} for label, curve in curves.items() if curve}
        return OperatingPoint.model_validate(
            {
                "cards": self.cards,
                "columns_hash": self.columns_hash,
                "cards_hash": self.cards_hash,
                "thresholds": {**self.thresholds, stage.label: threshold},
                **({"stages": kept} if kept else {}),
            }
        )

    def check_cards(self, cards: CardSet, where: str) -> None:
        """Refuse thresholds that were certified for other cards.

        Args:
            cards: The cards that are to screen.
            where: How the message names the certificate.

        Raises:
            BadInput: If id, columns or, where the certificate states it, content differ.
        """
        mend = "Use the certificate that `saring train` wrote beside the cards, or that `saring tune` wrote."
        if self.columns_hash != cards.columns_hash or self.cards != cards.id:
            what = f"the certificate '{where}' is not for the cards '{cards.id}'"
            raise BadInput.of(what, mend=mend)
        if self.cards_hash not in (None, cards.content_hash):
            what = f"the cards '{cards.id}' are not those that the certificate '{where}' was made for"
            raise BadInput.of(f"{what}: their points have changed", mend=mend)

    @property
    def lacking(self) -> tuple[Stage, ...]:
        """The stages without a threshold."""
        return tuple(stage for stage in Stage if stage.label not in self.thresholds)

    def completed(self, other: "OperatingPoint") -> "OperatingPoint":
        """Return this point with the thresholds of another where it has none, and what a risk stands for.

        The claims of the other point are left behind: they were not made for this one. The claim of a tuned
        threshold stays at its own stage.
        """
        kept: dict[str, dict[str, Any]] = {}
        for stage in Stage:
            curve = other.calibration(stage)
            kept[stage.label] = {"calibration": curve.model_dump()} if curve else {}
        for label, threshold in self.thresholds.items():
            kept[label] |= {"threshold": threshold, "basis": "max_miss"}
        return OperatingPoint.model_validate(
            {
                **self.model_dump(exclude={"thresholds"}),
                "thresholds": {**other.thresholds, **self.thresholds},
                "stages": kept,
                "terms": {**other.details.get("terms", {}), **_promised(self.details)},
            }
        )

    def calibration(self, stage: Stage) -> Calibration | None:
        """Return what a risk at a stage stands for; None where nothing of the kind was measured."""
        found = self.details.get("stages", {}).get(stage.label, {}).get("calibration")
        return None if found is None else Calibration.model_validate(found)

    @property
    def details(self) -> Mapping[str, Any]:
        """What a certificate says beyond the thresholds; empty for a point chosen by hand."""
        return self.model_extra or {}


def _promised(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a tuned certificate promises; nothing where it is another."""
    asked = details.get("asked")
    known = asked if isinstance(asked, Mapping) else {}
    return {name: known[name] for name in ("max_miss", "confidence") if name in known}


def load_operating_point(name_or_path: str | Path) -> OperatingPoint:
    """Return a released operating point by name, or one from a certificate file.

    Raises:
        BadInput: If the file is missing, is not JSON, or lacks the thresholds.
    """
    path = Path(name_or_path)
    if path.suffix != ".json":
        path = RELEASED / f"{name_or_path}.json"
    mend = "Give the certificate that `saring train` wrote beside the cards."
    return read_json(OperatingPoint, path, missing=f"there is no certificate '{name_or_path}'", mend=mend)
