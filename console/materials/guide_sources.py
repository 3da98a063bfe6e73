"""What a scenario rests on: its published figures with their sources, and how much of it is assumed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from console.casebook.wording import date_text
from console.materials.sources import Work, measured, place_of, work_named, works_of
from dossier.texts import Text
from evidence import figure, units
from evidence.entries import Figure, Period
from screening.evaluation.texts import number
from synthetic.provenance import Number, Tally, numbers_of, tally
from synthetic.scenarios import Scenario

OWN = ("synthetic/scenarios/", "synthetic/typologies/", "synthetic/lookalikes/")
"""Files whose figures make a scenario what it is; what lies elsewhere is true of applicants in general."""


@dataclass(frozen=True)
class FigureLine:
    """A published figure as a guide prints it.

    Attributes:
        what: What is measured.
        value: Its number or range, with its unit.
        period: The time it concerns.
        place: The place in the work, or what it is computed from.
        grade: How far it can be trusted, from A to D.
    """

    what: Text
    value: Text
    period: Text
    place: Text
    grade: str


@dataclass(frozen=True)
class Figures:
    """A work with the figures that are taken from it.

    Attributes:
        work: The work.
        figures: The figures.
    """

    work: Work
    figures: tuple[FigureLine, ...]


@dataclass(frozen=True)
class General:
    """Figures about applicants in general that stand in the same work.

    Attributes:
        work: The work.
        n: How many.
        grade: The worst grade among them.
    """

    work: Work
    n: int
    grade: str


@dataclass(frozen=True)
class Basis:
    """What a scenario rests on.

    Attributes:
        figures: Its own figures, by the work they are taken from.
        general: Figures about applicants in general, by work.
        sources: The works that the scenario's file names, or that lie behind what it names.
        counts: How many of all its numbers are published, supported or assumed.
    """

    figures: tuple[Figures, ...]
    general: tuple[General, ...]
    sources: tuple[Work, ...]
    counts: Tally


def basis_of(scenario: Scenario) -> Basis:
    """Return what a scenario rests on.

    Raises:
        BadInput: If a number has neither figure nor grade, or a work cannot be named in both languages.
    """
    numbers = numbers_of(scenario)
    own = _keys(each for each in numbers if each.file.startswith(OWN))
    general = _keys(numbers) - own
    return Basis(
        figures=_by_work(figure(key) for key in sorted(own)),
        general=_general(figure(key) for key in sorted(general)),
        sources=works_of(scenario.scenario.sources),
        counts=tally(numbers),
    )


def _keys(numbers: Iterable[Number]) -> set[str]:
    return {key for each in numbers for key in each.evidence}


def _by_work(figures: Iterable[Figure]) -> tuple[Figures, ...]:
    found: dict[str, list[FigureLine]] = {}
    for each in figures:
        found.setdefault(each.source, []).append(_line(each))
    return tuple(Figures(work_named(key), tuple(lines)) for key, lines in found.items())


def _line(found: Figure) -> FigureLine:
    return FigureLine(measured(found), _value(found), _period(found.period), place_of(found), found.grade)


def _value(found: Figure) -> Text:
    """Return the number as it is stated, or the range within which it lies, with its unit."""
    low, high = (found.estimate, found.estimate) if found.value is not None else found.spread
    ends = [_plain(end) for end in dict.fromkeys((low, high))]
    unit = units()[found.unit].name
    return Text(
        en=f"{'–'.join(end.en for end in ends)} {unit.en}", id=f"{'–'.join(end.id for end in ends)} {unit.id}"
    )


def _plain(value: float) -> Text:
    said = number(value, 0 if float(value).is_integer() else 1)
    return Text(en=said.en, id=said.id)


def _period(period: Period) -> Text:
    start, end = _day(period.start), _day(period.end)
    return start if start == end else Text(en=f"{start.en} – {end.en}", id=f"{start.id} – {end.id}")


def _day(value: int | date) -> Text:
    """Return a year, or a date as each language writes it."""
    if isinstance(value, int):
        return Text(en=str(value), id=str(value))
    return date_text(value.timetuple().tm_yday, value.year)


def _general(figures: Iterable[Figure]) -> tuple[General, ...]:
    found = list(figures)
    counts = Counter(each.source for each in found)
    grades = {key: max(each.grade for each in found if each.source == key) for key in counts}
    return tuple(General(work_named(key), n, grades[key]) for key, n in counts.most_common())
