"""Levers: interventions that any scenario can take, such as a registry link or trained interviewers.

A lever is one TOML file in `levers/`. It changes how applicants are observed, what can be faked, how long a
lie stands, what becomes known, or who sets out at all. It never changes who somebody is: the same seed with
and without a lever draws the same people, so that a difference is the lever's effect.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Option
from pydantic import PrivateAttr

from dossier.fields import Field, fields
from dossier.problems import Problem, raise_if_any
from dossier.texts import Text
from dossier.toml_files import Finite, KeyPath, TomlFile, is_path, read_toml, released_or_path, validated
from dossier.truth import TruthClass
from synthetic.knowable import known_problems
from synthetic.modules import HERE, SUM_TOLERANCE, Chance, Library, Numbers, missing_module, released_modules
from synthetic.population import Known, load_population

LEVERS = HERE / "levers"

Factor: TypeAlias = Annotated[float, Option(ge=0, le=20)]
"""A number from 0 to 20; 1 changes nothing."""


class LeverHead(Finite):
    """The head of a lever file.

    Attributes:
        description: What is done, and by whom.
        limits: What it cannot do, and whom it may burden.
        grade: "D": the size of its effect is an assumption.
    """

    id: str
    version: str
    grade: Literal["D"]
    title: Text
    description: Text
    limits: Text
    sources: tuple[str, ...] = ()


class Divert(Finite):
    """People of one module who set out as people of another instead, such as warned job seekers.

    Attributes:
        to: The module they join. Where a scenario lists only one of the two modules, nobody is diverted.
        probability: Share who do.
    """

    to: str
    probability: Chance
    why: str


class Lever(Finite):
    """A whole lever file.

    Attributes:
        table: Population tables that it replaces; for fields in which nobody differs by journey.
        missing: Factor on the loss of an answer, by field.
        noise: Factor on the misreading of an answer, by field.
        hard_to_fake: By field, how hard the answer is to fake at the least; 1 cannot be camouflaged.
        lies: By field, the share of coached lies that still stand.
        cover: By field, the share of cover stories that still hold for it.
        known: How answers spread once a network is known; replaces the scenario's.
        divert: By module, who sets out otherwise.
    """

    lever: LeverHead
    table: Mapping[str, Numbers] = Option(default_factory=dict)
    missing: Mapping[str, Factor] = Option(default_factory=dict)
    noise: Mapping[str, Factor] = Option(default_factory=dict)
    hard_to_fake: Mapping[str, Chance] = Option(default_factory=dict)
    lies: Mapping[str, Chance] = Option(default_factory=dict)
    cover: Mapping[str, Chance] = Option(default_factory=dict)
    known: Mapping[str, Known] = Option(default_factory=dict)
    divert: Mapping[str, Divert] = Option(default_factory=dict)

    _file: TomlFile = PrivateAttr()

    @property
    def id(self) -> str:
        """The lever's id."""
        return self.lever.id

    @property
    def file(self) -> TomlFile:
        """The file the lever was read from, for the places in error messages."""
        return self._file


def load_lever(name: str | Path, library: Library | None = None) -> Lever:
    """Return a released lever by name, or one from a TOML file.

    Args:
        name: A released name, or a path that ends in .toml.
        library: The modules that it may divert from and to; the released ones when left out.

    Raises:
        BadInput: If there is no such lever, or its file breaks a rule of the format.
    """
    path = released_or_path(name, LEVERS, "lever", "--lever")
    file = read_toml(path, str(name) if is_path(name) else "")
    lever = validated(Lever, file)
    lever._file = file  # noqa: SLF001  (pydantic sets private attributes after validation only)
    raise_if_any(_problems(lever, released_modules() if library is None else library))
    return lever


def lever_names() -> list[str]:
    """Return the names of the released levers."""
    return sorted(path.stem for path in LEVERS.glob("*.toml"))


@cache
def released_levers() -> Mapping[str, Lever]:
    """Return all released levers by name."""
    return {name: load_lever(name) for name in lever_names()}


# --- what a lever may name --------------------------------------------------------------------------


def _problems(lever: Lever, library: Library) -> Iterator[Problem]:
    """Yield everything that is wrong with a lever beyond its format."""
    file = lever.file
    if lever.id != file.path.stem:
        what = f"the id '{lever.id}' does not fit the file"
        yield file.problem(what, ("lever", "id"), f"Use '{file.path.stem}'.")
    if not any(getattr(lever, part) for part in type(lever).model_fields if part != "lever"):
        mend = "Give [missing], [noise], [hard_to_fake], [lies], [cover], [table], [known] or [divert]."
        yield file.problem("a lever must change something", ("lever",), mend)
    for part in ("table", "missing", "noise", "hard_to_fake", "lies", "cover"):
        yield from _unknown(getattr(lever, part), fields(), file, (part,), "fields")
    yield from _idle_factors(lever)
    yield from _table_problems(lever, library)
    yield from known_problems(lever.known, file)
    yield from _divert_problems(lever, library)


def _idle_factors(lever: Lever) -> Iterator[Problem]:
    """Yield factors on what never happens: they would seem to act and would not."""
    observe = load_population()[0].observe
    for part, happens in (("missing", "is never lost"), ("noise", "is never misread")):
        for name in getattr(lever, part):
            noise = observe.get(name)
            if name in fields() and not (noise and getattr(noise, part)):
                mend = "Leave it out; [observe] of the population says what can happen to an answer."
                yield lever.file.problem(f"the answer to '{name}' {happens}", (part, name), mend)


def _table_problems(lever: Lever, library: Library) -> Iterator[Problem]:
    """Yield tables with unknown codes or another sum than 1, and those that some module would not heed."""
    for name, numbers in lever.table.items():
        if name not in fields():
            continue
        at, total = ("table", name), sum(numbers.values.values())
        yield from _unknown(numbers.values, _labels(fields()[name]), lever.file, at, "codes")
        if numbers.values and abs(total - 1) > SUM_TOLERANCE:
            what = f"the probabilities of '{name}' sum to {total:.6g}, not to 1"
            yield lever.file.problem(what, at, "Change them so that they sum to 1.")
        differing = [id_ for id_, (m, _) in library.items() if name in (*m.table, *m.odds)]
        if differing:
            what = f"people differ in '{name}' by journey ({differing[0]}), so one table cannot replace it"
            yield lever.file.problem(what, at, "Say what is lost less, is harder to fake or becomes known.")


def _divert_problems(lever: Lever, library: Library) -> Iterator[Problem]:
    """Yield diverts from or to no module, into harm, to oneself, and those whose order would matter."""
    for name, divert in lever.divert.items():
        at = ("divert", name, "to")
        yield from missing_module(library, name, lever.file, ("divert", name))
        yield from missing_module(library, divert.to, lever.file, at)
        if divert.to in library and library[divert.to][0].module.truth_class == TruthClass.VICTIM:
            mend = "Divert people to a journey or a lookalike."
            yield lever.file.problem(f"a lever leads nobody into harm, as to '{divert.to}'", at, mend)
    yield from _diverted_twice(lever)


def _diverted_twice(lever: Lever) -> Iterator[Problem]:
    """Yield, once for each, the modules whose people are diverted and that others are diverted to."""
    for name in lever.divert:
        sources = [source for source, divert in lever.divert.items() if divert.to == name]
        if name in sources:
            what = f"the people of '{name}' are diverted to where they are"
            mend = "Leave it out, or name another module."
            yield lever.file.problem(what, ("divert", name, "to"), mend)
        elif sources:
            what = (
                f"the people of '{name}' are diverted themselves, and others to them ({', '.join(sources)})"
            )
            mend = "Divert people to a module whose own people stay who they are."
            yield lever.file.problem(what, ("divert", sources[0], "to"), mend)


def _unknown(
    named: Iterable[str], known: Iterable[str], file: TomlFile, at: KeyPath, kind: str
) -> Iterator[Problem]:
    """Yield the names that do not exist, with the nearest that does."""
    known = tuple(known)
    for name in named:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            listed = (
                f"It has: {', '.join(known)}." if kind == "codes" else f"`saring show {kind}` lists them."
            )
            mend = f"Did you mean '{near[0]}'?" if near else listed
            yield file.problem(f"there is no '{name}' among the {kind}", (*at, name), mend)


def _labels(field: Field) -> tuple[str, ...]:
    """Return the names under which the codes or bins of a field stand in a file of assumptions."""
    return tuple(str(edge) for edge in field.edges) or field.codes
