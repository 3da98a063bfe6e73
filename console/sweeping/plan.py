"""The plan of a sweep: one TOML file that says what is varied, on how many people, and what is kept of it.

The lists of a plan make a grid: every combination is a variant. `[[except]]` leaves combinations out,
`[[variant]]` adds single ones, `[baseline]` says against which each is measured. A plan that would take more
than it says it may is refused before anybody is drawn.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StrictBool, StrictInt, StrictStr, StringConstraints

from console.options import RELEASED
from console.sweeping.rates import USUAL, named, rate_names
from console.sweeping.settings import AS_CERTIFIED, AS_DRAWN, LISTS, Settings, Threshold
from console.worlds import MOST_APPLICANTS, parsed_base_rate
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from dossier.toml_words import value_shown
from screening.evaluation.measures import FLAGGED, PRECISION
from screening.evaluation.outcomes import CROSSED_BY, GROUPINGS
from synthetic.scenarios import USUAL_DIFFICULTY

MOST_VARIANTS = 100_000
"""Variants of one sweep, whatever a plan says; more make a table that nobody reads."""

MOST_SEEDS = 1_000
"""Seeds of one sweep; more people make rates certain, and one seed can have them all."""

LARGEST_SEED = 10**18
"""Seeds stand in a column of whole numbers."""

MOST_DIGITS = 2
OWN_FILES = (".toml", ".json")

Name = Annotated[StrictStr, StringConstraints(min_length=1)]


def _as_threshold(value: Any) -> Threshold:
    if value == AS_CERTIFIED:
        return AS_CERTIFIED
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and float(value) == round(float(value), MOST_DIGITS)):
        ask = f'log-odds with at most {MOST_DIGITS} digits after the point, or "{AS_CERTIFIED}"'
        raise ValueError(f"must be {ask}, not {value_shown(value)}")
    return float(value)


def _as_base_rate(value: Any) -> str:
    if value == AS_DRAWN:
        return AS_DRAWN
    if not isinstance(value, str):  # pydantic words a ValueError only
        raise ValueError(  # noqa: TRY004
            f'must be a text such as "1:1000", or "{AS_DRAWN}", not {value_shown(value)}'
        )
    try:
        parsed_base_rate(value)
    except BadInput as error:
        found = error.problems[0]
        raise ValueError(f'{found.what}; give one such as "1:1000", or "{AS_DRAWN}"') from None
    return value


def _as_seeds(value: Any) -> tuple[int, ...]:
    counted = isinstance(value, dict) and set(value) == {"from", "count"}
    given = list(value.values()) if counted else value
    whole = isinstance(given, list) and all(type(one) is int for one in given)
    if not (whole and given):
        raise ValueError(
            f"must be a list of whole numbers, or {{ from = 1, count = 5 }}, not {value_shown(value)}"
        )
    if not all(abs(one) <= LARGEST_SEED for one in given):
        raise ValueError("must be whole numbers of at most 18 digits")
    if not counted:
        return tuple(value)
    if not 1 <= value["count"] <= MOST_SEEDS:
        raise ValueError(f"must count from 1 to {MOST_SEEDS:,} seeds, not {value['count']:,}")
    return tuple(range(value["from"], value["from"] + value["count"]))


Step = Annotated[StrictInt, Field(ge=1, le=5)]
OneThreshold = Annotated[Threshold, PlainValidator(_as_threshold)]
OneBaseRate = Annotated[str, PlainValidator(_as_base_rate)]
Seeds = Annotated[tuple[int, ...], PlainValidator(_as_seeds)]


class Some(Declared):
    """Values for some of the things that can be varied; None where nothing is said of one."""

    scenario: Name | None = None
    levers: tuple[Name, ...] | None = None
    difficulty: Step | None = None
    rulebook: Name | None = None
    cards: Name | None = None
    policy: Name | None = None
    threshold: OneThreshold | None = None
    base_rate: OneBaseRate | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What is said, by the name of what it is said of."""
        return {name: getattr(self, name) for name in LISTS if getattr(self, name) is not None}


class Single(Some):
    """A variant beside the grid; of what it does not say it has the first value of the grid's list."""

    id: Annotated[StrictStr, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Written(Declared):
    """A plan as its file states it; see the example, `console/sweeping/examples/sweep.toml`.

    Attributes:
        n: Applicants of each draw; each scenario's own size when left out.
        stage: At which all are screened; each scenario's own when left out.
        rates, by: What is kept: rates, and the groups for which they are told beside everybody.
        yardsticks: Whether the oracle is asked too, which takes long.
        most_variants: Variants times seeds that the sweep may have.
        most_applicants: Applicants, counted once for each variant that screens them, that it may take.
    """

    title: Name
    n: Annotated[StrictInt, Field(ge=1, le=MOST_APPLICANTS)] | None = None
    scenarios: tuple[Name, ...] = ()
    levers: tuple[tuple[Name, ...], ...] = ((),)
    difficulty: tuple[Step, ...] = (USUAL_DIFFICULTY,)
    rulebooks: tuple[Name, ...] = (RELEASED,)
    cards: tuple[Name, ...] = (RELEASED,)
    policies: tuple[Name, ...] = (RELEASED,)
    thresholds: tuple[OneThreshold, ...] = (AS_CERTIFIED,)
    base_rates: tuple[OneBaseRate, ...] = (AS_DRAWN,)
    seeds: Seeds = (1,)
    stage: Literal["counter", "interview", "verification", "checkpoint"] | None = None
    rates: tuple[Name, ...] = USUAL
    by: tuple[Name, ...] = ()
    yardsticks: StrictBool = False
    most_variants: Annotated[StrictInt, Field(ge=1, le=MOST_VARIANTS)] = 1_000
    most_applicants: Annotated[StrictInt, Field(ge=1)] = 200_000_000
    baseline: Some | None = None
    variant: tuple[Single, ...] = ()
    left_out: tuple[Some, ...] = Field(default=(), alias="except")

    @property
    def lists(self) -> dict[str, tuple[Any, ...]]:
        """The values of the grid, by the name of what is varied."""
        return {name: getattr(self, key) for name, key in LISTS.items()}

    @cached_property
    def usual(self) -> dict[str, Any]:
        """What a single variant has of which it says nothing: the first value of each list that has any."""
        return {name: values[0] for name, values in self.lists.items() if values}


class SweepPlan:
    """A plan that was read, with the file it stands in."""

    def __init__(self, file: TomlFile, written: Written) -> None:
        self.file, self.written = file, written

    def path_of(self, name: str) -> str:
        """Return a released name as it is, and a path as it lies from the plan's own folder."""
        return str(self.file.path.parent / name) if Path(name).suffix in OWN_FILES else name

    def opened(self, settings: Settings) -> Settings:
        """Return settings whose paths can be opened from here."""
        single = {name: self.path_of(getattr(settings, name)) for name in ("scenario", "rulebook", "cards")}
        levers = tuple(self.path_of(name) for name in settings.levers)
        return settings.but({**single, "policy": self.path_of(settings.policy), "levers": levers})


def read_plan(path: Path) -> SweepPlan:
    """Read and check a plan; of the files that it names, only their names.

    Raises:
        BadInput: With everything that is wrong with it, each with its line.
    """
    file = read_toml(path, str(path))
    raise_if_any(_singular(file))
    written = validated(Written, file)
    raise_if_any(_problems(written, file))
    return SweepPlan(file, written)


def _singular(file: TomlFile) -> Iterator[Problem]:
    """Yield each list that is called as single variants call their one value."""
    for name, key in LISTS.items():
        if name != key and name in file.data:
            yield file.problem(f"unknown key '{name}'", (name,), f"Did you mean '{key}'? It is a list.")


def _problems(written: Written, file: TomlFile) -> Iterator[Problem]:
    yield from _list_problems(written, file)
    if not written.scenarios and not written.variant:
        mend = 'Add scenarios = ["phnom_penh_2022"], or a [[variant]].'
        yield file.problem("there is nothing to sweep: no scenario is named", (), mend)
    for place, single in enumerate(written.variant):
        if not written.scenarios and single.scenario is None:
            what = f"the variant '{single.id}' names no scenario, and the plan has no list of them"
            yield file.problem(what, ("variant", place), 'Add scenario = "phnom_penh_2022".')
    for place, one in enumerate(written.left_out):
        if not one.values:
            mend = "Say which combinations, such as scenario and levers, or remove it."
            yield file.problem("an [[except]] says nothing, and would leave out all", ("except", place), mend)
    if written.baseline is not None and not written.baseline.values:
        mend = "Say what it has, such as levers = [], or remove it."
        yield file.problem(
            "[baseline] says nothing, and each would be measured against itself", ("baseline",), mend
        )
    yield from _kept_problems(written, file)


def _list_problems(written: Written, file: TomlFile) -> Iterator[Problem]:
    """Yield the lists that are empty, too long, or name something twice."""
    for key in (*LISTS.values(), "seeds", "rates", "by"):
        yield from _twice(key, getattr(written, key), file)
    for key in LISTS.values():
        if not getattr(written, key) and key != LISTS["scenario"]:
            mend = "Name one value at least, or leave it out for the usual one."
            yield file.problem(f"'{key}' is an empty list", (key,), mend)
    if len(written.seeds) > MOST_SEEDS:
        yield file.problem(f"{len(written.seeds):,} seeds are too many", ("seeds",), f"Give {MOST_SEEDS:,}.")


def _twice(key: str, values: tuple[Any, ...], file: TomlFile) -> Iterator[Problem]:
    """Yield a problem if a list names something twice; it would be drawn and counted twice."""
    again = [value for place, value in enumerate(values) if value in values[:place]]
    if again:
        yield file.problem(f"'{key}' names {value_shown(again[0])} twice", (key,), "Name each once.")


def _kept_problems(written: Written, file: TomlFile) -> Iterator[Problem]:
    """Yield what is wrong with the rates and the groups that are to be kept."""
    for name in written.rates:
        if named(name) is None:
            yield file.problem(f"there is no rate '{name}'", ("rates",), f"Choose from: {rate_names()}.")
    if missing := [name for name in USUAL if name not in written.rates]:
        mend = f"Add '{missing[0]}': who misses fewer may only be flagging more."
        yield file.problem(
            f"'rates' leaves out '{missing[0]}', and neither goes without the other", ("rates",), mend
        )
    shares = set(written.base_rates) | {one.base_rate for one in written.variant if one.base_rate}
    if shares - {AS_DRAWN}:
        for name in {FLAGGED.name, PRECISION.name} & set(written.rates):
            what = f"'{name}' would be that of the people as drawn, and not at a base rate"
            mend = "Leave it out of 'rates'; workload.csv tells flags and precision at each base rate."
            yield file.problem(what, ("rates",), mend)
    for name in written.by:
        parts = name.split(CROSSED_BY)
        if strange := [part for part in parts if part not in GROUPINGS]:
            mend = f"Choose from: {', '.join(GROUPINGS)}; a plus sign crosses two, as in sex+age_band."
            yield file.problem(f"there is no grouping '{strange[0]}'", ("by",), mend)
        elif len(set(parts)) < len(parts):
            yield file.problem(f"'{name}' crosses a grouping with itself", ("by",), "Name each once.")


def too_many(written: Written, file: TomlFile, what: str, key: str, count: int) -> BadInput:
    """Return the error for a sweep that would take more than its plan allows.

    Args:
        written: The plan.
        file: Its file.
        what: What would be too many, such as "variants times seeds".
        key: The key of the plan that limits them.
        count: How many there would be.
    """
    allowed = getattr(written, key)
    mend = f"Vary less, or write {key} = {count} if you mean it; --dry-run then estimates the time."
    return BadInput([file.problem(f"{count:,} {what} are more than {allowed:,}", (key,), mend)])


def shown_values(values: Mapping[str, Any]) -> str:
    """Return values that somebody wrote, for a message."""
    texts = (f"{name} = {value_shown(list(v) if isinstance(v, tuple) else v)}" for name, v in values.items())
    return ", ".join(texts)
