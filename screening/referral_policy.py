"""Policies of referral: their files, checked, with the conditions of their routes compiled.

A policy is an ordered list of routes. Each names its grounds, when it applies, who receives the person and
who else is told, with sources. A policy may end an application without anybody who receives the person:
a paper writes so, and what that does can be measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field as Key
from pydantic import model_validator

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import agencies
from dossier.texts import Text
from dossier.toml_files import Finite, TomlFile, is_path, read_toml, validated
from screening.conditions import AnyOf, Number, parsed
from screening.rules import Name
from screening.rules_grammar import near_match

RELEASED = "saring-2026"
ADULT_AGE = "adult_age_years"
"""A number that every policy declares: minors are reported apart."""

NOBODY = -1
"""Index of the agency where no agency receives the person."""

_FOLDER = Path(__file__).with_name("policies")

MOST_ROUTES = 64
"""Routes of a policy; whoever receives somebody is remembered in a byte."""

Codes: TypeAlias = npt.NDArray[np.int8]


class Fate(IntEnum):
    """What follows for a person at the stage that a policy looks at."""

    GOES_ON = 0
    """Not flagged: the application takes its course."""
    RECEIVED = 1
    """An agency that protects receives the person, or is told at once."""
    EXAMINED = 2
    """An agency looks at papers or places; nobody looks after the person."""
    TURNED_AWAY = 3
    """The application ends, and nobody receives the person."""

    @property
    def label(self) -> str:
        """The name in lower case, as it stands in files."""
        return self.name.lower()


class Route(Finite):
    """One ground of referral.

    Attributes:
        id: Its permanent name.
        title: A few words to call it by.
        grounds: One sentence that a letter of referral could carry.
        when: Conditions of which one must hold, if there are any.
        patterns: Typology families of which the dossier must resemble one most, if there are any.
        by_rule: Whether an override rule must have fired; the rule then names the agency.
        agency: Who receives the person. Nobody does where it is empty: the application ends.
        informs: Who else is told at once.
        sources: Where it is written what the agencies do, or that it is assumed.
    """

    id: Name
    title: Text
    grounds: Text
    when: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    by_rule: bool = False
    agency: str = ""
    informs: tuple[str, ...] = ()
    sources: tuple[str, ...] = Key(min_length=1)

    @property
    def always_applies(self) -> bool:
        """Whether it applies to everybody."""
        return not (self.when or self.patterns or self.by_rule)

    @property
    def protects_by_informing(self) -> bool:
        """Whether one of those who are told can look after the person."""
        return any(agencies()[key].protects for key in self.informs)


class Assumed(Finite):
    """What is assumed to become of people afterwards; nobody has measured it.

    Attributes:
        id: Its permanent name.
        title: Whom it counts.
        people: Label of the class of people.
        fates: What has befallen them under this policy.
        low, used, high: Shares of them.
        grade: Always D.
        source: Why one may assume so.
        evidence: Keys of the figures that come nearest.
    """

    id: Name
    title: Text
    people: Literal["lawful", "irregular", "victim"]
    fates: tuple[Literal["received", "examined", "turned_away"], ...] = Key(min_length=1)
    low: float = Key(ge=0, le=1)
    used: float = Key(ge=0, le=1)
    high: float = Key(ge=0, le=1)
    grade: Literal["D"]
    source: str = Key(min_length=1)
    evidence: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if not self.low <= self.used <= self.high:
            raise ValueError("'low', 'used' and 'high' must ascend")
        return self


class WrittenPolicy(Finite):
    """A policy of referral as its file states it.

    Attributes:
        id: Its permanent name; a released file is called by it.
        title, description: What it is called, and what it does.
        offers_lawful_route: Whether people are told how to travel lawfully.
        parameters: Numbers that conditions compare with.
        routes: The routes, tried from the first to the last.
        assumed: What is assumed to become of people afterwards.
    """

    id: str = Key(min_length=1)
    title: Text
    description: Text
    offers_lawful_route: bool
    parameters: Mapping[Name, Number] = Key(default_factory=dict)
    routes: tuple[Route, ...] = Key(min_length=1, max_length=MOST_ROUTES)
    assumed: tuple[Assumed, ...] = ()


@dataclass(frozen=True)
class ReferralPolicy:
    """A policy that has passed every check, with the conditions of its routes compiled.

    Attributes:
        written: As the file states it.
        conditions: Of each route.
    """

    written: WrittenPolicy
    conditions: tuple[AnyOf, ...]

    @property
    def id(self) -> str:
        """Its permanent name."""
        return self.written.id

    @property
    def adult_age(self) -> float:
        """Age from which a person is an adult, in years."""
        return float(self.written.parameters[ADULT_AGE].value)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes, by index."""
        return self.written.routes

    @property
    def route_ids(self) -> tuple[str, ...]:
        """Ids of the routes, by index."""
        return tuple(route.id for route in self.routes)

    def fates(self, route: Codes, agency: Codes) -> Codes:
        """Return the `Fate` of people who are flagged, shape (n,).

        Args:
            route: Shape (n,): index of the route.
            agency: Shape (n,): index of the receiving agency; `NOBODY` where there is none.
        """
        # The last entry speaks for NOBODY, whose index counts from the end.
        receives = np.array([*(one.protects for one in agencies().values()), False])
        informs = np.array([one.protects_by_informing for one in self.routes])
        looked_after = receives[agency] | informs[route]
        examined = np.where(agency == NOBODY, Fate.TURNED_AWAY, Fate.EXAMINED)
        return np.where(looked_after, Fate.RECEIVED, examined).astype(np.int8)


@cache
def released_policies() -> tuple[str, ...]:
    """Return the names of the released policies."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_policy(name_or_path: str | Path = RELEASED) -> ReferralPolicy:
    """Load and check a policy.

    Args:
        name_or_path: The name of a released policy, or the path of a TOML file.

    Raises:
        BadInput: With everything that is wrong with it, each with its line.
    """
    file = policy_file(name_or_path)
    return _loaded(file) if is_path(name_or_path) else _released(file.stem)


def policy_file(name_or_path: str | Path) -> Path:
    """Return the file of a policy.

    Raises:
        BadInput: If nothing of that name is released.
    """
    if is_path(name_or_path):
        return Path(name_or_path)
    if name_or_path not in released_policies():
        mend = f"There are: {', '.join(released_policies())}. A path must end in .toml."
        raise BadInput.of(f"there is no policy '{name_or_path}'", where="--policy", mend=mend)
    return _FOLDER / f"{name_or_path}.toml"


@cache
def _released(name: str) -> ReferralPolicy:
    return _loaded(_FOLDER / f"{name}.toml")


def _loaded(path: Path) -> ReferralPolicy:
    file = read_toml(path)
    written = validated(WrittenPolicy, file)
    raise_if_any(_problems(written, file))
    places = [(("routes", place, "when"), route.when) for place, route in enumerate(written.routes)]
    return ReferralPolicy(written, parsed(file, places, written.parameters))


def _problems(written: WrittenPolicy, file: TomlFile) -> Iterator[Problem]:
    ids = [route.id for route in written.routes]
    if ADULT_AGE not in written.parameters:
        mend = f"Add [parameters.{ADULT_AGE}] with a value and its source."
        yield file.problem("a policy says from which age people are adults", ("parameters",), mend)
    for place, route in enumerate(written.routes):
        at = ("routes", place)
        if ids.index(route.id) < place:
            yield file.problem(f"there is a second route '{route.id}'", at, "Give each its own id.")
        for key in (route.agency, *route.informs):
            if key and key not in agencies():
                yield file.problem(f"there is no agency '{key}'", at, near_match(key, agencies()))
        if route.by_rule and route.agency:
            mend = "Remove the agency: the rule names it."
            yield file.problem(f"the route '{route.id}' and the rule both name an agency", at, mend)
        if route.always_applies and place + 1 < len(ids):
            what = f"the route '{route.id}' applies to everybody, so that none after it is ever reached"
            yield file.problem(what, at, "Give it a condition, or let it stand last.")
    if not written.routes[-1].always_applies:
        what = f"the last route, '{ids[-1]}', has a condition, so that somebody may be left without a route"
        yield file.problem(what, ("routes", len(ids) - 1), "End with a route that has none.")
