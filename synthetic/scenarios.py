"""Scenarios: which modules meet in which shares, with what changed, and what is to be learned.

A scenario is one TOML file. Its shares are knobs, never prevalences. Overlays change a module's blocks for
this scenario only, each with a reason.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import Field as Option
from pydantic import PrivateAttr

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from synthetic.modules import HERE, Module, Numbers, Tier, load_population, released_modules

SCENARIOS = HERE / "scenarios"
POPULATION = "population"
SHARE_TOLERANCE = 1e-6
LARGEST_BOUND = 0.85
"""No declared exception may let a single field separate more than this."""


class Share(Declared):
    """The share of one module among the applicants of a scenario.

    Attributes:
        share: Weight; the weights of all modules sum to 1.
        low, high: The range within which the knob is varied.
        evidence: Keys of figures that informed it.
    """

    share: float = Option(ge=0, le=1)
    low: float | None = None
    high: float | None = None
    evidence: tuple[str, ...] = ()
    grade: Literal["D"] = "D"
    why: str = ""


class Overlay(Declared):
    """A change to one module in this scenario: tables and odds replace those of the module file."""

    why: str
    table: Mapping[str, Numbers] = Option(default_factory=dict)
    odds: Mapping[str, Numbers] = Option(default_factory=dict)
    tiers: Mapping[str, Tier] = Option(default_factory=dict)


class Exempt(Declared):
    """A field that may separate a typology from its base journey more than the general bound, and why."""

    field: str
    bound: float = Option(le=LARGEST_BOUND)
    sources: tuple[str, ...] = Option(min_length=1)
    why: str


class ScenarioHead(Declared):
    """The head of a scenario file."""

    id: str
    version: str
    year: int
    size: int = Option(gt=0)
    title: Text
    narrative: Text
    learning_aims: tuple[Text, ...]
    sources: tuple[str, ...]
    variant_of: str = ""
    conflict: Text | None = None
    exempt: tuple[Exempt, ...] = Option(default=(), max_length=3)


class Scenario(Declared):
    """A whole scenario file."""

    scenario: ScenarioHead
    mix: Mapping[str, Share]
    overlay: Mapping[str, Overlay] = Option(default_factory=dict)

    _file: TomlFile = PrivateAttr()

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.scenario.id

    @property
    def file(self) -> TomlFile:
        """The file the scenario was read from, for the places in error messages."""
        return self._file


def load_scenario(name: str | Path) -> Scenario:
    """Return a released scenario by name, or one from a TOML file.

    Raises:
        BadInput: If there is no such scenario, or its file breaks a rule of the format.
    """
    path = Path(name)
    if path.suffix != ".toml":
        path = SCENARIOS / f"{name}.toml"
        if not path.is_file():
            near = difflib.get_close_matches(str(name), scenario_names(), n=1)
            hint = f"Did you mean '{near[0]}'?" if near else "`saring show scenarios` lists them."
            raise BadInput.of(f"there is no scenario '{name}'", mend=f"{hint} A path must end in .toml.")
    return _checked(read_toml(path))


def scenario_names() -> list[str]:
    """Return the names of the released scenarios."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


@cache
def released_scenarios() -> Mapping[str, Scenario]:
    """Return all released scenarios by name."""
    return {name: load_scenario(name) for name in scenario_names()}


def module_in(scenario: Scenario, module_id: str) -> Module:
    """Return a module as `scenario` changes it."""
    module = released_modules()[module_id][0]
    overlay = scenario.overlay.get(module_id)
    if overlay is None:
        return module
    odds = {name: block for name, block in module.odds.items() if name not in overlay.table}
    return module.model_copy(
        update={
            "table": {**module.table, **overlay.table},
            "odds": {**odds, **overlay.odds},
            "tiers": {**module.tiers, **overlay.tiers},
        }
    )


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of everything that decides a scenario's cohorts: population, modules and mix."""
    population = load_population()[0]
    involved = {id_: released_modules()[id_][0].model_dump(mode="json") for id_ in sorted(released_modules())}
    content = [population.model_dump(mode="json"), involved, scenario.model_dump(mode="json")]
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _checked(file: TomlFile) -> Scenario:
    scenario = validated(Scenario, file)
    scenario._file = file  # noqa: SLF001  (pydantic sets private attributes after validation only)
    problems = []
    known = released_modules()
    for part, module_id in [*(("mix", m) for m in scenario.mix), *(("overlay", m) for m in scenario.overlay)]:
        if module_id not in known and (part, module_id) != ("overlay", POPULATION):
            near = difflib.get_close_matches(module_id, known, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else "`saring show journeys` lists the modules."
            problems.append(file.problem(f"there is no module '{module_id}'", (part, module_id), mend))
    problems += [*_tier_problems(scenario), *_exempt_problems(scenario)]
    total = sum(share.share for share in scenario.mix.values())
    if abs(total - 1) > SHARE_TOLERANCE:
        problems.append(
            file.problem(
                f"the shares of [mix] sum to {total:.6g}, not to 1",
                ("mix",),
                "Change the shares so that they sum to 1.",
            )
        )
    if problems:
        raise BadInput(problems)
    return scenario


def _tier_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the modules that have no tiers, or whose changed tiers no longer share out all networks."""
    for module_id, overlay in scenario.overlay.items():
        if not overlay.tiers or module_id not in released_modules():
            continue
        total = sum(tier.weight for tier in module_in(scenario, module_id).tiers.values())
        if not released_modules()[module_id][0].tiers:
            yield scenario.file.problem(
                f"'{module_id}' has no tiers to change", ("overlay", module_id, "tiers")
            )
        elif abs(total - 1) > SHARE_TOLERANCE:
            what = f"the weights of the tiers of '{module_id}' sum to {total:.6g}, not to 1"
            yield scenario.file.problem(
                what, ("overlay", module_id, "tiers"), "Change the weights so that they sum to 1."
            )


def _exempt_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the declared exceptions that name no field."""
    for index, exempt in enumerate(scenario.scenario.exempt):
        if exempt.field not in fields():
            near = difflib.get_close_matches(exempt.field, fields(), n=1)
            mend = f"Did you mean '{near[0]}'?" if near else "`saring show fields` lists them."
            yield scenario.file.problem(
                f"there is no field '{exempt.field}'", ("scenario", "exempt", index), mend
            )
