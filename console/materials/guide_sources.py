"""What a scenario rests on: its published figures with their sources, and how much of it is assumed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dossier.texts import Text
from evidence import figure, registry, units
from evidence.entries import Figure, Period
from screening.evaluation.pages.html_parts import source_text
from screening.evaluation.texts import number
from synthetic.provenance import Number, Tally, numbers_of, tally
from synthetic.scenarios import Scenario

OWN = ("synthetic/scenarios/", "synthetic/typologies/", "synthetic/lookalikes/")
"""Files whose figures make a scenario what it is; what lies elsewhere is true of applicants in general."""


@dataclass(frozen=True)
class FigureLine:
    """A published figure as a guide prints it.

    Attributes:
        what: What is measured; figures are described in English only.
        value: Its number or range, with its unit.
        period: The time it concerns.
        locator: The place in the work.
        grade: How far it can be trusted, from A to D.
    """

    what: str
    value: Text
    period: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Work:
    """A work with the figures that are taken from it.

    Attributes:
        title: Authors, title and year.
        figures: The figures.
    """

    title: str
    figures: tuple[FigureLine, ...]


@dataclass(frozen=True)
class General:
    """Figures about applicants in general that stand in the same work.

    Attributes:
        source: The work.
        n: How many.
        grade: The worst grade among them.
    """

    source: str
    n: int
    grade: str


@dataclass(frozen=True)
class Basis:
    """What a scenario rests on.

    Attributes:
        works: Its own figures, by the work they are taken from.
        general: Figures about applicants in general, by work.
        sources: What the scenario's file names as its sources.
        counts: How many of all its numbers are published, supported or assumed.
    """

    works: tuple[Work, ...]
    general: tuple[General, ...]
    sources: tuple[str, ...]
    counts: Tally


def basis_of(scenario: Scenario) -> Basis:
    """Return what a scenario rests on.

    Raises:
        BadInput: If a number has neither figure nor grade.
    """
    numbers = numbers_of(scenario)
    own = _keys(each for each in numbers if each.file.startswith(OWN))
    general = _keys(numbers) - own
    return Basis(
        works=_works(figure(key) for key in sorted(own)),
        general=_by_work(figure(key) for key in sorted(general)),
        sources=tuple(source_text(source) for source in scenario.scenario.sources),
        counts=tally(numbers),
    )


def _keys(numbers: Iterable[Number]) -> set[str]:
    return {key for each in numbers for key in each.evidence}


def _works(figures: Iterable[Figure]) -> tuple[Work, ...]:
    found: dict[str, list[FigureLine]] = {}
    for each in figures:
        found.setdefault(each.source, []).append(_line(each))
    return tuple(Work(source_text(key), tuple(lines)) for key, lines in found.items())


def _line(found: Figure) -> FigureLine:
    return FigureLine(found.what, _value(found), _period(found.period), found.locator, found.grade)


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


def _period(period: Period) -> str:
    return f"{period.start}" if period.start == period.end else f"{period.start} – {period.end}"


def _by_work(figures: Iterable[Figure]) -> tuple[General, ...]:
    found = list(figures)
    counts = Counter(each.source for each in found)
    titles = {key: registry().sources[key].title for key in counts}
    grades = {key: max(each.grade for each in found if each.source == key) for key in counts}
    return tuple(General(titles[key], n, grades[key]) for key, n in counts.most_common())
