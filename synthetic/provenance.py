"""Where every assumed number comes from: the figures it rests on, or grade D in plain sight.

It reads the files as they are written, leaf by leaf, so that no part of a format can hold a number that is
passed over. A number that names neither a figure nor a grade is an error, with file, line, key and the mend.
What a file leaves out, such as a factor of one, is no number of that file. Nothing here judges a value.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import KeyPath, TomlFile, read_toml
from evidence import Figure, figure
from evidence.entries import Grade
from synthetic.changes import involved
from synthetic.levers import released_levers
from synthetic.modules import released_modules
from synthetic.population import load_population
from synthetic.scenarios import POPULATION, Scenario, released_scenarios

ASSUMED: Grade = "D"
ROOT = Path(__file__).parents[1]
OTHER_FILES = ("channels.toml", "adversary.toml")
"""Files of assumptions that belong to no scenario: who finds victims, and how networks learn."""

HEADS = ("population", "module", "lever", "adversary")
"""The tables in which a whole file says that its numbers are assumptions."""

NO_ASSUMPTIONS = frozenset({("scenario", "year"), ("scenario", "size")})
"""Whole numbers of a scenario that claim nothing: its calendar, and how many are drawn by default."""

Basis: TypeAlias = Literal["published", "informed", "assumed"]
Graded: TypeAlias = Callable[[KeyPath], bool]
"""Tells whether a number that names no figure is a declared assumption."""


@dataclass(frozen=True)
class Number:
    """One number that a scenario rests on.

    Attributes:
        file: The file, from the repository's root where it is one of ours.
        line: The line it stands on, or the nearest before it that has a key.
        key: Where it stands in the file.
        block: The leading part of `key` that one reads as one thing, such as a distribution.
        value: The number; for a published one, the figure's estimate.
        grade: The worst grade of the figures named, or D.
        evidence: Keys of those figures.
        basis: `published` where the number is the figure itself, `informed` where it was typed and names
            figures that support it, `assumed` otherwise.
        why: The reason that is given nearest to it.
    """

    file: str
    line: int
    key: KeyPath
    block: KeyPath
    value: float
    grade: Grade
    evidence: tuple[str, ...]
    basis: Basis
    why: str

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Block:
    """Numbers that stand together, such as the codes of one distribution.

    Attributes:
        numbers: At least one, of the same file and block.
    """

    numbers: tuple[Number, ...]

    @property
    def first(self) -> Number:
        """The number that stands first; place and block are the same for all."""
        return self.numbers[0]

    @property
    def why(self) -> str:
        """The reasons given, each once."""
        return " ".join(dict.fromkeys(number.why for number in self.numbers if number.why))


@dataclass(frozen=True)
class Tally:
    """How well many numbers are supported.

    Attributes:
        n: How many there are.
        by_grade: How many have each grade, from A to D.
        published: How many are themselves a published figure.
    """

    n: int
    by_grade: Mapping[Grade, int]
    published: int

    @property
    def sourced(self) -> int:
        """How many rest on a figure that is better than doubtful."""
        return self.n - self.by_grade[ASSUMED]


def numbers_of(scenario: Scenario) -> list[Number]:
    """Return every number that decides the cohorts of `scenario`, with its grade.

    That is the population, the modules that take part, the scenario itself and the levers it takes. What is
    replaced for the whole year is left out; what a dated regime changes stands beside what it changes.

    Raises:
        BadInput: With every number that has neither figure nor grade, and every figure that is unknown.
    """
    found, problems = _traced(scenario)
    raise_if_any(problems)
    return found


def unsupported(scenario: Scenario) -> list[Problem]:
    """Return the problems for which `numbers_of` would raise, so that they can be told with others."""
    return _traced(scenario)[1]


def released_numbers() -> list[Number]:
    """Return every number of every released file, each once.

    Raises:
        BadInput: With every number that has neither figure nor grade, and every figure that is unknown.
    """
    files = [(load_population()[1], _says_so(load_population()[1]))]
    files += [(file, _says_so(file)) for _, file in released_modules().values()]
    files += [(scenario.file, _as_changed(scenario)) for scenario in released_scenarios().values()]
    files += [(lever.file, _says_so(lever.file)) for lever in released_levers().values()]
    others = [read_toml(Path(__file__).with_name(name)) for name in OTHER_FILES]
    files += [(file, _says_so(file)) for file in others]
    found, problems = _joined(files, {})
    raise_if_any(problems)
    return found


def blocks_of(numbers: Iterable[Number]) -> list[Block]:
    """Return numbers gathered by block, in the order in which they stand."""
    grouped = groupby(numbers, key=lambda number: (number.file, number.block))
    return [Block(tuple(group)) for _, group in grouped]


def tally(numbers: Iterable[Number]) -> Tally:
    """Count numbers by grade.

    Examples:
        >>> tally([]).by_grade
        {'A': 0, 'B': 0, 'C': 0, 'D': 0}
    """
    found = list(numbers)
    grades = Counter(number.grade for number in found)
    by_grade: dict[Grade, int] = {"A": grades["A"], "B": grades["B"], "C": grades["C"], "D": grades["D"]}
    return Tally(len(found), by_grade, sum(number.basis == "published" for number in found))


# --- which files, and what in them holds ------------------------------------------------------------


def _traced(scenario: Scenario) -> tuple[list[Number], list[Problem]]:
    population = load_population()[1]
    files = [(population, _says_so(population))]
    own = {module_id: scenario.library[module_id][1] for module_id in involved(scenario)}
    files += [(file, _says_so(file)) for file in own.values()]
    files.append((scenario.file, _as_changed(scenario)))
    files += [(lever.file, _says_so(lever.file)) for lever in scenario.levers]
    replaced = {file.path: set(_overlaid(scenario, id_)) for id_, file in own.items()}
    replaced[population.path] = set(_population_replaced(scenario))
    replaced[scenario.file.path] = set(_known_by_levers(scenario))
    return _joined(files, replaced)


def _overlaid(scenario: Scenario, module_id: str) -> Iterator[KeyPath]:
    """Yield the blocks of a module that an overlay of the scenario replaces for the whole year."""
    overlay = scenario.overlay.get(module_id)
    if overlay is not None:
        yield from (("table", name) for name in overlay.table)
        yield from (("odds", name) for name in (*overlay.table, *overlay.odds))
        yield from (("tiers", name) for name in overlay.tiers)


def _population_replaced(scenario: Scenario) -> Iterator[KeyPath]:
    """Yield the blocks of the population that the scenario or a lever replaces for the whole year."""
    overlay = scenario.overlay.get(POPULATION)
    tables = [*(overlay.table if overlay else ()), *(t for lever in scenario.levers for t in lever.table)]
    yield from ((part, name) for name in tables for part in ("table", "hidden"))
    yield from (("known", name) for name in scenario.known)
    yield from _known_by_levers(scenario)


def _known_by_levers(scenario: Scenario) -> Iterator[KeyPath]:
    yield from (("known", name) for lever in scenario.levers for name in lever.known)


def _says_so(file: TomlFile) -> Graded:
    """Return whether the file calls all its numbers assumptions: the same answer for each."""
    heads = (file.data.get(head, {}) for head in HEADS)
    graded = any(head.get("grade") == ASSUMED for head in heads)
    return lambda _: graded


def _as_changed(scenario: Scenario) -> Graded:
    """Return which numbers of a scenario's file are assumptions by its format.

    Shares, what becomes known and the bounds are knobs. An overlay takes the grade of what it changes. What a
    target states is a published sum, never an assumption; how far it may be missed is one.
    """

    def graded(key: KeyPath) -> bool:
        changed = {"overlay": key[1:2], "regimes": key[3:4] if key[2:3] == ("overlay",) else ()}
        for module_id in changed.get(str(key[0]), ()):
            known = scenario.library.get(str(module_id))
            return module_id == POPULATION or (known is not None and known[0].module.grade == ASSUMED)
        return key[0] != "targets" or _is_tolerance(key)

    return graded


# --- one file ---------------------------------------------------------------------------------------


def _joined(
    files: Iterable[tuple[TomlFile, Graded]], replaced: Mapping[Path, set[KeyPath]]
) -> tuple[list[Number], list[Problem]]:
    """Return the numbers of several files, and each problem once."""
    found: list[Number] = []
    problems: list[Problem] = []
    for file, graded in files:
        for key, value in _leaves(file.data):
            if key[:2] in replaced.get(file.path, ()):
                continue
            try:
                found.append(_number(file, key, value, graded=graded(key)))
            except BadInput as error:
                problems += error.problems
    return found, list(dict.fromkeys(problems))


def _leaves(value: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, float | str]]:
    """Yield every number with its key path, and every key of a figure that stands for a number."""
    match value:
        case bool():
            return
        case int() | float():
            if at not in NO_ASSUMPTIONS:
                yield at, value
        case str():
            if _names_a_figure(at):
                yield at, value
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, (*at, key))
        case list():
            for index, inner in enumerate(value):
                yield from _leaves(inner, (*at, index))


def _names_a_figure(at: KeyPath) -> bool:
    """Tell whether a text stands where a figure's key does: in `figures`, or as a sum that is to be met."""
    if at[:1] == ("targets",):
        return at[2:] in (("figure",), ("of",))
    return at[-2:-1] == ("figures",) or at[-2:] == ("calibration", "of")


def _is_tolerance(key: KeyPath) -> bool:
    return key[:1] == ("targets",) and key[2:] == ("tolerance",)


def _number(file: TomlFile, key: KeyPath, value: float | str, *, graded: bool) -> Number:
    """Return one number with its grade.

    Raises:
        BadInput: If it has neither figure nor grade, or a figure is unknown.
    """
    placed = file.placed(key)
    block = _block(placed, key)
    around = _tables_around(file, key)
    evidence, basis = _support(key, value, around)
    figures = [_figure(file, block, name) for name in evidence]
    assumed = key[0] == "mix" or (bool(around) and around[0].get("grade") == ASSUMED)
    if not (figures or assumed or graded):
        raise BadInput([_unsupported(file, block)])
    return Number(
        file=_shown(file.path),
        line=file.lines.get(placed, 1),
        key=key,
        block=block,
        value=figures[0].estimate if isinstance(value, str) else value,
        grade=ASSUMED if assumed or not figures else max(each.grade for each in figures),
        evidence=evidence,
        basis="assumed" if assumed else basis,
        why=next((table["why"] for table in around if table.get("why")), ""),
    )


def _block(placed: KeyPath, key: KeyPath) -> KeyPath:
    """Return what a number belongs to, given the part of its key path that has a line.

    What shares a line is one block; a line of its own belongs to the table it stands in, and a row of a
    distribution to the distribution.
    """
    if "rows" in placed:
        return placed[: placed.index("rows")]
    return placed[:-1] if placed == key else placed


def _tables_around(file: TomlFile, key: KeyPath) -> list[Mapping[str, Any]]:
    """Return the tables that a number stands in and that say something about it, the innermost first."""
    tables: list[Mapping[str, Any]] = []
    inner: Any = file.data
    for part in key:
        if isinstance(inner, dict) and {"evidence", "figures", "grade", "why"} & set(inner):
            tables.append(inner)
        inner = inner[part]
    return tables[::-1]


def _support(
    key: KeyPath, value: float | str, around: Iterable[Mapping[str, Any]]
) -> tuple[tuple[str, ...], Basis]:
    """Return the keys of the figures that a number rests on, and in which way."""
    if isinstance(value, str):
        return (value,), "published"
    named: Any = next((table["evidence"] for table in around if "evidence" in table), ())
    keys = (named,) if isinstance(named, str) else tuple(named)
    return (keys, "informed") if keys and not _is_tolerance(key) else ((), "assumed")


def _figure(file: TomlFile, block: KeyPath, key: str) -> Figure:
    try:
        return figure(key)
    except BadInput as error:
        (problem,) = error.problems
        raise BadInput([file.problem(problem.what, block, problem.mend)]) from None


def _unsupported(file: TomlFile, block: KeyPath) -> Problem:
    """Return what to say of a block of numbers with neither figure nor grade."""
    what = f"the numbers of '{block[-1]}' have no evidence and no grade"
    if block[0] == "targets":
        return file.problem(what, block, "Name the published figure: 'figure', or 'evidence' for a range.")
    if {"table", "odds", "hidden"} & set(block):
        return file.problem(what, block, 'Name the figure they rest on, or say grade = "D".')
    return file.problem(what, block, 'Say grade = "D" in the head of the file: they are assumptions.')


@cache
def _shown(path: Path) -> str:
    """Return how a file is named to people: from the root of the repository, if it lies there."""
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT)) if resolved.is_relative_to(ROOT) else str(path)
