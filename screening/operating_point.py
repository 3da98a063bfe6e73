"""Operating points: the thresholds at which a screener recommends referral, and where they come from.

A released operating point is a certificate; this module reads the thresholds out of it and checks that they
belong to the cards. How a certificate is made and re-checked is the evaluation's business.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from dossier.json_files import read_json
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import Declared
from models.card import Whole

RELEASED = Path(__file__).with_name("certificates")


class OperatingPoint(Declared):
    """The thresholds of one screener.

    Attributes:
        cards: Id of the cards.
        columns_hash: Hash of the rulebook columns the cards were trained on.
        thresholds: Hundredths, by stage; at or above it referral is recommended.
        certificate: Everything else that the certificate says.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    schema_version: Literal["1"] = "1"
    cards: str
    columns_hash: str
    thresholds: Mapping[str, Whole]

    def threshold(self, stage: Stage) -> int:
        """Return the threshold at a stage, in hundredths.

        Raises:
            BadInput: If there is none.
        """
        if stage.label not in self.thresholds:
            raise BadInput.of(f"the certificate of '{self.cards}' has no threshold for the {stage.label}")
        return self.thresholds[stage.label]

    def with_threshold(self, stage: Stage, threshold: int) -> "OperatingPoint":
        """Return the same point with another threshold at one stage."""
        return OperatingPoint(
            cards=self.cards,
            columns_hash=self.columns_hash,
            thresholds={**self.thresholds, stage.label: threshold},
        )

    @property
    def details(self) -> Mapping[str, Any]:
        """What a certificate says beyond the thresholds; empty for a point chosen by hand."""
        return self.model_extra or {}


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
