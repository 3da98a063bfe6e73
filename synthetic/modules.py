"""The file format of journeys, lookalikes and typologies, and of the population they all deviate from.

A module states how its people differ: a *table* replaces a distribution, *odds* multiply it. A typology
extends a journey, because a victim is a traveller first, and has tiers that say how well its networks
camouflage. Every block of numbers names evidence, or is a visible assumption (grade D). Nothing here draws.
"""

import difflib
import math
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field as Option
from pydantic import field_validator, model_validator

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Finite, KeyPath, TomlFile, read_toml, validated
from dossier.truth import TruthClass

HERE = Path(__file__).parent
Chance: TypeAlias = Annotated[float, Option(ge=0, le=1)]
"""A number from 0 to 1."""

EVERYBODY = "population"
"""What a module extends where it extends no other: applicants in general."""

DAY = "application_day"
"""The field that dates an application, by month; it is seen as it is."""

SUM_TOLERANCE = 1e-9
NEAR = 0.8
"""How alike an unknown module and a suggested one are; all of a kind begin with the same letters."""

FOLDERS = {"journey": "journeys", "lookalike": "lookalikes", "typology": "typologies"}


class Numbers(Finite):
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


class Tier(Finite):
    """How well the networks of one tier camouflage.

    Attributes:
        weight: Share of the networks.
        camouflage: 0 shows everything; 1 hides all that can be hidden.
        cover: Probability that a victim who knows of it travels under a cover story.
        coaching: Probability that a coached lie is told where one is declared; one number, or one for each
            stage at which the answer is given.
        unaware: Share of the victims who do not know that they are deceived. They tell no lie and no cover
            story; they say what they believe.
    """

    weight: Chance
    camouflage: Chance
    cover: Chance = 0.0
    coaching: Mapping[str, Chance] = Option(default_factory=dict)
    unaware: Chance = 0.0

    def coaching_at(self, stage: str) -> float:
        """Return the probability of a coached lie about an answer that is given at `stage`."""
        return self.coaching.get(stage, 0.0)

    @field_validator("coaching", mode="before")
    @classmethod
    def _by_stage(cls, coaching: Any) -> Any:
        stages = [stage.label for stage in Stage]
        if not isinstance(coaching, Mapping):
            if not (isinstance(coaching, int | float) and 0 <= coaching <= 1):
                raise ValueError("coaching is a share from 0 to 1, or one for each stage")
            return dict.fromkeys(stages, coaching)
        unknown = [stage for stage in coaching if stage not in stages]
        if unknown:
            raise ValueError(f"there is no stage '{unknown[0]}'; the stages are {', '.join(stages)}")
        return coaching


class Network(Finite):
    """The law of recruiting networks.

    Attributes:
        mean_size: Mean number of members among the applicants.
        largest: Members of the largest network.
        burst: Share of the members who apply in their network's own month; the others apply at any time.
    """

    mean_size: float = Option(gt=0)
    largest: int = Option(gt=0)
    burst: Chance = 0.0


class Cover(Finite):
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


class Lie(Finite):
    """A coached lie about one field: where the truth is in `when`, the answer is `say`.

    It is told with `probability`, times the tier's `coaching` where there are tiers.
    """

    probability: float = Option(default=1.0, ge=0, le=1)
    when: tuple[str, ...]
    say: str
    why: str = ""


class ModuleHead(Finite):
    """The head of a module file.

    Attributes:
        id: Kind and name, such as `typology.online_scam`.
        kind: Which folder it stands in.
        truth: What its people truly are.
        family: Typology family, the unit of a card; typologies only.
        extends: The journey it deviates from; a journey extends the population.
        in_networks: Whether its people, escorts and recruiters, belong to the networks of the typologies.
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
    in_networks: bool = False
    grade: Literal["D"] | None = None

    @property
    def truth_class(self) -> TruthClass:
        """The class of truth of the module's people."""
        return TruthClass[self.truth.upper()]


class Module(Finite):
    """A whole module file."""

    module: ModuleHead
    tiers: Mapping[str, Tier] = Option(default_factory=dict)
    table: Mapping[str, Numbers] = Option(default_factory=dict)
    odds: Mapping[str, Numbers] = Option(default_factory=dict)
    hard_to_fake: Mapping[str, Chance] = Option(default_factory=dict)
    network: Network | None = None
    cover: Cover | None = None
    lies: Mapping[str, Lie] = Option(default_factory=dict)

    @property
    def id(self) -> str:
        """The module's id."""
        return self.module.id

    @property
    def has_networks(self) -> bool:
        """Whether its people belong to networks, their own or those of the victims."""
        return self.network is not None or self.module.in_networks


def load_module(path: Path, shown: str = "") -> tuple[Module, TomlFile]:
    """Return one module file and its text positions.

    Args:
        path: The file.
        shown: How messages name it; the bare file name when left out.

    Raises:
        BadInput: With file and line of everything that is wrong.
    """
    file = read_toml(path, shown)
    module = validated(Module, file)
    raise_if_any(list(_problems_of_the_whole(module, file, f"{module.module.kind}.{path.stem}")))
    return module, file


def _problems_of_the_whole(module: Module, file: TomlFile, expected: str) -> Iterator[Problem]:
    """Yield what is wrong with a module beyond its single values."""
    head, kind = module.module, ("module", "kind")
    if module.id != expected:
        what = f"the id '{module.id}' does not fit the file"
        yield file.problem(what, ("module", "id"), f"Use '{expected}'.")
    if (head.kind == "typology") != (head.truth == "victim"):
        mend = "Change 'kind' or 'truth', so that they agree."
        yield file.problem("a typology, and only a typology, has truth = 'victim'", ("module", "truth"), mend)
    if head.kind == "typology" and not (head.family and module.tiers and module.network):
        mend = "Add what is missing; synthetic/typologies/_template.toml shows each."
        yield file.problem("a typology needs 'family', [tiers] and [network]", kind, mend)
    elif module.tiers and not module.network:
        mend = "Add [network], or leave [tiers] out."
        yield file.problem("[tiers] needs [network]: a tier belongs to a network", ("tiers",), mend)
    if head.in_networks and (module.network or head.truth != "facilitator"):
        mend = "Leave 'in_networks' out, or [network]; only facilitators belong to others' networks."
        yield file.problem("these people cannot belong to others' networks", ("module", "in_networks"), mend)
    if module.tiers and abs(sum(tier.weight for tier in module.tiers.values()) - 1) > SUM_TOLERANCE:
        mend = "Change the weights so that they sum to 1."
        yield file.problem("the weights of [tiers] do not sum to 1", ("tiers",), mend)


Library: TypeAlias = Mapping[str, tuple[Module, TomlFile]]
"""Modules by id, with the files they were read from."""


@cache
def released_modules() -> Library:
    """Return every released module by id."""
    paths = [path for folder in FOLDERS.values() for path in module_files(HERE / folder)]
    loaded = (load_module(path) for path in paths)
    return {module.id: (module, file) for module, file in loaded}


def module_files(folder: Path) -> list[Path]:
    """Return the module files of a folder in order; a name that begins with an underscore is a template."""
    return [path for path in sorted(folder.glob("*.toml")) if not path.name.startswith("_")]


def library_with(folder: Path) -> Library:
    """Return the released modules and those of `folder`, which may not bear a released module's id.

    Raises:
        BadInput: If there is no such folder, it holds no module, or a file breaks a rule of the format.
    """
    if not folder.is_dir():
        raise BadInput.of("there is no such folder of modules", where=str(folder), mend="Check the path.")
    paths = module_files(folder)
    if not paths:
        mend = "Put a module's .toml file there; copy synthetic/typologies/_template.toml to begin."
        raise BadInput.of("this folder holds no module", where=str(folder), mend=mend)
    found = dict(released_modules())
    problems: list[Problem] = []
    for path in paths:
        try:
            module, file = load_module(path, str(path))
        except BadInput as error:
            problems += error.problems
            continue
        if module.id in found:
            problems.append(
                file.problem(
                    f"'{module.id}' is a released module", ("module", "id"), "Give it a name of its own."
                )
            )
        found[module.id] = (module, file)
    for module_id in sorted(found.keys() - released_modules().keys()):
        problems += ancestry_problems(found, module_id)
    raise_if_any(problems)
    return found


def ancestry_problems(library: Library, module_id: str) -> Iterator[Problem]:
    """Yield the modules that a module builds on and that do not exist, and a circle that it begins.

    A circle is told once, by the first of its modules.
    """
    module, file = library[module_id]
    yield from missing_module(library, module.module.extends, file, ("module", "extends"))
    if module.cover:
        yield from missing_module(library, module.cover.journey, file, ("cover", "journey"))
    chain = [module_id]
    while (base := library[chain[-1]][0].module.extends) in library:
        if base in chain:
            if module_id != min(chain[chain.index(base) :]):
                return
            what = f"these modules extend each other in a circle: {', '.join(chain)}"
            mend = f"Let one of them extend a released journey, or '{EVERYBODY}'."
            yield file.problem(what, ("module", "extends"), mend)
            return
        chain.append(base)


def missing_module(library: Library, wanted: str, file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    """Yield the problem of a module that is named and does not exist, with the nearest that does."""
    if wanted != EVERYBODY and wanted not in library:
        near = difflib.get_close_matches(wanted, library, n=1, cutoff=NEAR)
        listed = "`saring show journeys` lists the modules; name the folder of your own with --modules."
        mend = f"Did you mean '{near[0]}'?" if near else listed
        yield file.problem(f"there is no module '{wanted}'", at, mend)
