"""Scenarios: which modules meet in which shares, with what changed, and what is to be learned.

A scenario is one TOML file. Its shares are knobs, never prevalences. Overlays change a module's blocks for
this scenario only, each with a reason.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field as Option
from pydantic import PrivateAttr

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.texts import Text
from dossier.toml_files import Finite, KeyPath, TomlFile, is_path, read_toml, released_or_path, validated
from synthetic import targets
from synthetic.adaptations import Adaptation
from synthetic.knowable import known_problems
from synthetic.levers import Lever
from synthetic.modules import (
    DAY,
    EVERYBODY,
    HERE,
    Chance,
    Cover,
    Library,
    Numbers,
    Tier,
    library_with,
    missing_module,
    released_modules,
)
from synthetic.population import Known, load_population

SCENARIOS = HERE / "scenarios"
POPULATION = EVERYBODY
SHARE_TOLERANCE = 1e-6
LARGEST_BOUND = 0.85
"""No declared exception may let a single field separate more than this."""

Target: TypeAlias = targets.Target
"""A published sum that the scenario must reproduce."""

USUAL_DIFFICULTY = 3
"""The step of difficulty at which modules stand as they are written."""


class Share(Finite):
    """The share of one module among the applicants of a scenario.

    Attributes:
        share: Weight; the weights of all modules sum to 1.
        low, high: The range within which the knob is varied.
        evidence: Keys of figures that informed it.
    """

    share: float = Option(ge=0, le=1)
    low: Chance | None = None
    high: Chance | None = None
    evidence: tuple[str, ...] = ()
    grade: Literal["D"] = "D"
    why: str = ""


class Overlay(Finite):
    """A change to one module in this scenario: what is given here replaces that of the module file."""

    why: str
    cover: Cover | None = None
    table: Mapping[str, Numbers] = Option(default_factory=dict)
    odds: Mapping[str, Numbers] = Option(default_factory=dict)
    tiers: Mapping[str, Tier] = Option(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.cover or self.table or self.odds or self.tiers)


class Regime(Finite):
    """A dated change: from the first day of a month of the scenario's year, these overlays hold as well.

    Attributes:
        since: Day of the year; the first day of a month, because applications are dated by month.
        why: What changed, and what is known about it.
        overlay: Changes to tables of the population or of modules.
    """

    since: int = Option(ge=2, le=366)
    why: str
    sources: tuple[str, ...] = ()
    overlay: Mapping[str, "Overlay"]


class Exempt(Finite):
    """A field that may separate a typology from its base journey more than the general bound, and why."""

    field: str
    bound: float = Option(le=LARGEST_BOUND)
    sources: tuple[str, ...] = Option(min_length=1)
    why: str


class ScenarioHead(Finite):
    """The head of a scenario file.

    Attributes:
        stage: The stage at which its people are met; the usual headline stage when empty.
        difficulty: What is expected, in a sentence: how many the best possible screener would still miss.
    """

    id: str
    version: str
    year: int = Option(ge=1950, le=2100)
    size: int = Option(gt=0)
    title: Text
    narrative: Text
    learning_aims: tuple[Text, ...]
    sources: tuple[str, ...]
    variant_of: str = ""
    stage: Literal["", "counter", "interview", "verification", "checkpoint"] = ""
    difficulty: Text | None = None
    conflict: Text | None = None
    exempt: tuple[Exempt, ...] = Option(default=(), max_length=3)


class Scenario(Finite):
    """A whole scenario file."""

    scenario: ScenarioHead
    mix: Mapping[str, Share]
    overlay: Mapping[str, Overlay] = Option(default_factory=dict)
    regimes: Mapping[str, Regime] = Option(default_factory=dict)
    targets: Mapping[str, Target] = Option(default_factory=dict)
    known: Mapping[str, Known] = Option(default_factory=dict)

    _file: TomlFile = PrivateAttr()
    _library: Library = PrivateAttr()
    _levers: tuple[Lever, ...] = PrivateAttr(default=())
    _difficulty: int = PrivateAttr(default=USUAL_DIFFICULTY)
    _adaptations: Mapping[str, Adaptation] = PrivateAttr(default_factory=dict)

    @property
    def id(self) -> str:
        """The scenario's id."""
        return self.scenario.id

    @property
    def file(self) -> TomlFile:
        """The file the scenario was read from, for the places in error messages."""
        return self._file

    @property
    def library(self) -> Library:
        """The modules it may name."""
        return self._library

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers it takes; later ones go before earlier ones."""
        return self._levers

    @property
    def difficulty(self) -> int:
        """The step of difficulty, from 1 to 5; its modules as they stand are step 3."""
        return self._difficulty

    @property
    def adaptations(self) -> Mapping[str, Adaptation]:
        """How far the networks of each typology have moved; nothing where they have not learned."""
        return self._adaptations

    def with_adaptations(self, adaptations: Mapping[str, Adaptation]) -> "Scenario":
        """Return the same scenario with networks that have moved; the same seed draws the same victims."""
        return self._with("_adaptations", dict(adaptations))

    def with_levers(self, levers: Iterable[Lever]) -> "Scenario":
        """Return the same scenario with `levers` taken; the same seed draws the same people."""
        return self._with("_levers", tuple(levers))

    def with_difficulty(self, step: int) -> "Scenario":
        """Return the same scenario at another step of difficulty; the same seed draws the same victims.

        Raises:
            BadInput: If there is no such step.
        """
        steps = load_population()[0].difficulty
        if str(step) not in steps:
            raise BadInput.of(
                f"there is no step of difficulty {step}",
                where="--difficulty",
                mend=f"Choose from: {', '.join(steps)}.",
            )
        return self._with("_difficulty", step)

    def _with(self, name: str, value: object) -> "Scenario":
        copy = self.model_copy()
        setattr(copy, name, value)
        return copy


def load_scenario(name: str | Path, modules: Path | None = None) -> Scenario:
    """Return a released scenario by name, or one from a TOML file.

    Args:
        name: A released name, or a path that ends in .toml.
        modules: A folder of further modules that it may name.

    Raises:
        BadInput: If there is no such scenario, or its file breaks a rule of the format.
    """
    path = released_or_path(name, SCENARIOS, "scenario")
    file = read_toml(path, str(name) if is_path(name) else "")
    return _checked(file, released_modules() if modules is None else library_with(modules))


def scenario_names() -> list[str]:
    """Return the names of the released scenarios."""
    return sorted(path.stem for path in SCENARIOS.glob("*.toml"))


@cache
def released_scenarios() -> Mapping[str, Scenario]:
    """Return all released scenarios by name."""
    return {name: load_scenario(name) for name in scenario_names()}


def _checked(file: TomlFile, library: Library) -> Scenario:
    scenario = validated(Scenario, file)
    scenario._file = file  # noqa: SLF001  (pydantic sets private attributes after validation only)
    scenario._library = library  # noqa: SLF001
    problems = [
        *_unknown_modules(scenario),
        *_tier_problems(scenario),
        *_exempt_problems(scenario),
        *_regime_problems(scenario),
        *targets.target_problems(scenario.targets, scenario.mix, library, file),
        *known_problems(scenario.known, file),
    ]
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


def _unknown_modules(scenario: Scenario) -> Iterator[Problem]:
    """Yield the modules that are named and do not exist."""
    named: list[tuple[KeyPath, bool]] = [(("mix", m), False) for m in scenario.mix]
    named += [(("overlay", m), True) for m in scenario.overlay]
    for name, regime in scenario.regimes.items():
        named += [(("regimes", name, "overlay", m), True) for m in regime.overlay]
    for at, may_be_population in named:
        if at[-1] == POPULATION and not may_be_population:
            mend = "Name journeys, lookalikes and typologies."
            yield scenario.file.problem("the population is no module with a share of its own", at, mend)
        yield from missing_module(scenario.library, str(at[-1]), scenario.file, at)


def _regime_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the regimes that begin within a month, or change what cannot change during a year."""
    firsts = [edge for edge in fields()[DAY].edges if edge > 1]
    for name, regime in scenario.regimes.items():
        if regime.since not in firsts:
            what = f"the regime '{name}' begins on day {regime.since}, within a month"
            mend = f"Applications are dated by month: choose from {', '.join(map(str, firsts))}."
            yield scenario.file.problem(what, ("regimes", name, "since"), mend)
        if not any(overlay.changes for overlay in regime.overlay.values()):
            mend = "Say in [regimes.NAME.overlay.MODULE] which tables or odds change, or leave it out."
            yield scenario.file.problem(f"the regime '{name}' changes nothing", ("regimes", name), mend)
        for module_id, overlay in regime.overlay.items():
            at = ("regimes", name, "overlay", module_id)
            for part in ("tiers", "cover"):
                if getattr(overlay, part):
                    mend = f"Change tables or odds; {part} belong to people as long as the year lasts."
                    yield scenario.file.problem(f"a regime cannot change {part}", (*at, part), mend)
            for part in ("table", "odds"):
                for variable in getattr(overlay, part):
                    if variable in load_population()[0].hidden or variable == DAY:
                        what = f"a regime cannot change '{variable}', which is drawn before the date is known"
                        mend = "Change what is drawn after the date, such as the offer or the route."
                        yield scenario.file.problem(what, (*at, part, variable), mend)


def _tier_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield the modules that have no tiers, or whose changed tiers no longer share out all networks."""
    for module_id, overlay in scenario.overlay.items():
        if not overlay.tiers or module_id not in scenario.library:
            continue
        tiers = scenario.library[module_id][0].tiers
        total = sum(tier.weight for tier in {**tiers, **overlay.tiers}.values())
        if not tiers:
            mend = "Leave the tiers out; only modules with [tiers] of their own have some."
            yield scenario.file.problem(
                f"'{module_id}' has no tiers to change", ("overlay", module_id, "tiers"), mend
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
