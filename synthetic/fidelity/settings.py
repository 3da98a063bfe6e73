"""What the fidelity report looks at: sample sizes, bounds, groups, and how sure a verdict must be.

Read from `settings.toml`, where each stands with its reason. Nothing here changes a cohort.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dossier.fields import Codes, fields
from dossier.toml_files import Declared, read_toml, validated

SETTINGS = Path(__file__).with_name("settings.toml")


class Confidence(Declared):
    """How sure intervals are: those that are printed, and those that verdicts rest on."""

    printed: float
    verdict: float


class Sizes(Declared):
    """Numbers of rows; see `settings.toml`."""

    largest_cohort: int
    victims: int
    others: int
    mixed: int
    separation: int
    recorded: int
    tornado_victims: int
    tornado_others: int
    least_expected: int


class Bounds(Declared):
    """What must hold; see `settings.toml`."""

    false_flags: float
    clearly_more: float
    degree_factor: float
    emptiness: float
    lawful_users: float
    target_width: float


class TornadoSettings(Declared):
    """How many parameters are varied at most, and how far camouflage is."""

    parameters: int
    camouflage: float


class CalibrationSettings(Declared):
    """Edges of the bins of predicted probabilities."""

    edges: tuple[float, ...]


class NetworkSettings(Declared):
    """Lower ends of the bands, and what is too small to look at."""

    sizes: tuple[int, ...]
    degrees: tuple[int, ...]
    burst_from: int
    least_actors: int


class DriftSettings(Declared):
    """The fields whose answers are followed over the months."""

    fields: tuple[str, ...]


class Settings(Declared):
    """The whole file."""

    confidence: Confidence
    sizes: Sizes
    bounds: Bounds
    tornado: TornadoSettings
    calibration: CalibrationSettings
    network: NetworkSettings
    drift: DriftSettings
    age_bands: Mapping[str, tuple[str, ...]]
    province_groups: Mapping[str, tuple[str, ...]]


@cache
def settings() -> Settings:
    """Return the settings of the report."""
    return validated(Settings, read_toml(SETTINGS))


def groupings() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the groups by which errors are divided: group names with their labels, by field."""
    return {
        "sex": {code: (code,) for code in fields()["sex"].codes},
        "age": dict(settings().age_bands),
        "province": dict(settings().province_groups),
    }


def codes_named(name: str, labels: tuple[str, ...]) -> list[int]:
    """Return the codes of a field for labels as they stand in files: codes, lower edges or whole bins.

    Raises:
        ValueError: If the field has no such label.
    """
    field = fields()[name]
    edges = [str(edge) for edge in field.edges]
    return [edges.index(label) if label in edges else field.bin_labels.index(label) for label in labels]


def is_any(name: str, codes: Codes, labels: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return where `codes` of a field are one of `labels`, shape (n,)."""
    return np.isin(codes, codes_named(name, labels))
