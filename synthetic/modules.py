"""The file format of journeys, lookalikes and typologies, and of the population they all deviate from.

A module states how its people differ: a *table* replaces a distribution, *odds* multiply it. A typology
extends a journey, because a victim is a traveller first, and has tiers that say how well its networks
camouflage. Every block of numbers names evidence, or is a visible assumption (grade D). Nothing here draws.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field as Option
from pydantic import field_validator, model_validator

from dossier.problems import BadInput
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from dossier.truth import TruthClass

HERE = Path(__file__).parent
Chance: TypeAlias = Annotated[float, Option(ge=0, le=1)]
"""A number from 0 to 1."""

SUM_TOLERANCE = 1e-9
FOLDERS = {"journey": "journeys", "lookalike": "lookalikes", "typology": "typologies"}


class Numbers(Declared):
    """A block of numbers by code, with its provenance.

    In a file the codes stand directly in the block: `{ male = 0.5, female = 0.5, evidence = "key" }`.

    Attributes:
        values: Number by code; the lower edge names the bin of a number field.
        rows: The same for each combination of the `parents`, joined by a full stop.
        parents: Parents: hidden variables, or fields that are seen exactly as they are.
        figures: Evidence key by code; the figures are taken as weights and normalised.
        evidence: Keys of the figures that support typed values.
        grade: "D" for an assumption.
        why: The reason for a value, where it needs one.
    """

    values: Mapping[str, float] = Option(default_factory=dict)
    rows: Mapping[str, Mapping[str, float]] = Option(default_factory=dict)
    parents: tuple[str, ...] = ()
    figures: Mapping[str, str] = Option(default_factory=dict)
    evidence: tuple[str, ...] = ()
    grade: Literal["D"] | None = None
    why: str = ""

    @model_validator(mode="before")
    @classmethod
    def _gather_codes(cls, block: Any) -> Any:
        if not isinstance(block, dict):
            return block
        named = {key: value for key, value in block.items() if key in cls.model_fields}
        codes = {key: value for key, value in block.items() if key not in cls.model_fields}
        return {**named, "values": {**named.get("values", {}), **codes}} if codes else named

    @field_validator("evidence", mode="before")
    @classmethod
    def _one_or_many(cls, keys: Any) -> Any:
        return (keys,) if isinstance(keys, str) else keys

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        kinds = [bool(self.values), bool(self.rows), bool(self.figures)]
        if sum(kinds) != 1:
            raise ValueError("give codes with numbers, or 'rows', or 'figures'; exactly one of them")
        if bool(self.rows) != bool(self.parents):
            raise ValueError("'rows' and 'parents' belong together")
        if any(number < 0 for number in self.numbers()):
            raise ValueError("numbers here cannot be negative")
        if not all(math.isfinite(number) for number in self.numbers()):
            raise ValueError("numbers here must be finite")
        return self

    def numbers(self) -> Iterator[float]:
        """Yield every number of the block."""
        yield from self.values.values()
        for row in self.rows.values():
            yield from row.values()

    @property
    def is_supported(self) -> bool:
        """Whether the block names evidence."""
        return bool(self.evidence or self.figures)


class Tier(Declared):
    """How well the networks of one tier camouflage.

    Attributes:
        weight: Share of the networks.
        camouflage: 0 shows everything; 1 hides all that can be hidden.
        cover: Probability that a victim travels under a cover story.
        coaching: Probability that a coached lie is told where one is declared.
    """

    weight: Chance
    camouflage: Chance
    cover: Chance = 0.0
    coaching: Chance = 0.0


class Network(Declared):
    """The law of recruiting networks: mean number of members among the applicants, and the largest."""

    mean_size: float = Option(gt=0)
    largest: int = Option(gt=0)


class Cover(Declared):
    """A cover story: the fields for which another journey's answers are given.

    Attributes:
        journey: Module whose answers are borrowed.
        slip: Probability that one field betrays the truth.
        fields: The fields the story covers.
        probability: Share of the module's people who tell it; times the tier's `cover` where there are tiers.
    """

    journey: str
    probability: float = Option(default=1.0, ge=0, le=1)
    slip: float = Option(ge=0, le=1)
    fields: tuple[str, ...]


class Lie(Declared):
    """A coached lie about one field: where the truth is in `when`, the answer is `say`.

    It is told with `probability`, times the tier's `coaching` where there are tiers.
    """

    probability: float = Option(default=1.0, ge=0, le=1)
    when: tuple[str, ...]
    say: str
    why: str = ""


class ModuleHead(Declared):
    """The head of a module file.

    Attributes:
        id: Kind and name, such as `typology.online_scam`.
        kind: Which folder it stands in.
        truth: What its people truly are.
        family: Typology family, the unit of a card; typologies only.
        extends: The journey it deviates from; a journey extends the population.
        grade: "D": blocks of this file without evidence are assumptions.
    """

    id: str
    kind: Literal["journey", "lookalike", "typology"]
    version: str
    truth: Literal["lawful", "irregular", "victim", "facilitator"]
    family: str = ""
    extends: str = "population"
    title: Text
    description: Text
    sources: tuple[str, ...] = ()
    grade: Literal["D"] | None = None

    @property
    def truth_class(self) -> TruthClass:
        """The class of truth of the module's people."""
        return TruthClass[self.truth.upper()]


class Module(Declared):
    """A whole module file."""

    module: ModuleHead
    tiers: Mapping[str, Tier] = Option(default_factory=dict)
    table: Mapping[str, Numbers] = Option(default_factory=dict)
    odds: Mapping[str, Numbers] = Option(default_factory=dict)
    hard_to_fake: Mapping[str, Chance] = Option(default_factory=dict)
    network: Network | None = None
    cover: Cover | None = None
    lies: Mapping[str, Lie] = Option(default_factory=dict)

    @model_validator(mode="after")
    def _has_the_parts_of_its_kind(self) -> Self:
        is_typology = self.module.kind == "typology"
        if is_typology != (self.module.truth == "victim"):
            raise ValueError("a typology, and only a typology, has truth = 'victim'")
        if is_typology and not (self.module.family and self.tiers and self.network):
            raise ValueError("a typology needs 'family', [tiers] and [network]")
        if self.tiers and not self.network:
            raise ValueError("[tiers] needs [network]: a tier belongs to a network, not to a person")
        if self.tiers and abs(sum(tier.weight for tier in self.tiers.values()) - 1) > SUM_TOLERANCE:
            raise ValueError("the weights of [tiers] do not sum to 1")
        return self

    @property
    def id(self) -> str:
        """The module's id."""
        return self.module.id


class Noise(Declared):
    """How a field is lost or misread between declaration and file.

    Attributes:
        missing: Probability of an empty cell, at an office of ordinary recording habit.
        noise: Probability that a wrong code is recorded.
        more_missing: Factor on `missing` by declared code, where the loss depends on the answer.
    """

    missing: float = Option(default=0.0, ge=0, le=1)
    noise: float = Option(default=0.0, ge=0, le=1)
    more_missing: Mapping[str, float] = Option(default_factory=dict)


class PopulationHead(Declared):
    """The head of the population file."""

    version: str
    description: Text
    grade: Literal["D"]


class Population(Declared):
    """What is true of applicants in general, before any journey is known."""

    population: PopulationHead
    hidden: Mapping[str, Numbers]
    table: Mapping[str, Numbers]
    observe: Mapping[str, Noise]
    recording: Mapping[str, float]


@cache
def load_population() -> tuple[Population, TomlFile]:
    """Return the population file and its text positions."""
    file = read_toml(HERE / "population.toml")
    return validated(Population, file), file


def load_module(path: Path) -> tuple[Module, TomlFile]:
    """Return one module file and its text positions.

    Raises:
        BadInput: With file and line of everything that is wrong.
    """
    file = read_toml(path)
    module = validated(Module, file)
    expected = f"{module.module.kind}.{path.stem}"
    if module.id != expected:
        raise BadInput(
            [
                file.problem(
                    f"the id '{module.id}' does not fit the file", ("module", "id"), f"Use '{expected}'."
                )
            ]
        )
    return module, file


@cache
def released_modules() -> Mapping[str, tuple[Module, TomlFile]]:
    """Return every released module by id."""
    paths = [path for folder in FOLDERS.values() for path in sorted((HERE / folder).glob("*.toml"))]
    loaded = (load_module(path) for path in paths)
    return {module.id: (module, file) for module, file in loaded}
