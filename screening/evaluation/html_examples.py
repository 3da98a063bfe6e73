"""The example dossiers of the HTML report: what lay on the desk, the reasons line by line, and the truth.

The reasons run from the start to the risk in whole hundredths, so that a reader can add them up; a page whose
lines did not add up would say so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.fields import fields
from models.features import input_policy
from screening.evaluation.html_parts import Content, group_name, spaced, together
from screening.evaluation.texts import Said, code_text, day_of_year, has_text, number, said, text


@dataclass(frozen=True)
class Step:
    """One line of the reasons: what adds how much, and where the sum stands before and after.

    Attributes:
        what: The reason.
        detail: What was read.
        kind: Where it comes from; empty for the start, the other patterns and the sum.
        points: Hundredths it adds.
        before, after: The running sum, in hundredths.
    """

    what: Said
    detail: Sequence[Said]
    kind: str
    points: int
    before: int
    after: int


@dataclass(frozen=True)
class Example:
    """One example dossier as the page shows it.

    Attributes:
        content: The example as it stands in the content.
        facts: Shown values by field.
        themes: Labelled values by theme, in order.
        steps: Start, reasons and other patterns, running up to the risk.
        total: Their sum, in hundredths.
        low, high: Ends of the bars' axis, in hundredths.
    """

    content: Content
    facts: Mapping[str, Said]
    themes: Mapping[str, Sequence[tuple[Said, Said]]]
    steps: Sequence[Step]
    total: int
    low: int
    high: int

    @property
    def adds_up(self) -> bool:
        """Whether the points add up to the stated risk; true where a rule decided and no risk is stated."""
        risk = self.content["explanation"]["risk"]
        return risk is None or hundredths(risk) == self.total

    @property
    def truth(self) -> str:
        """Name of the sentence that tells the truth."""
        refers = self.content["explanation"]["recommendation"] == "refer"
        who = self.content["truth"]["truth_class"]
        passed = "missed" if who == "victim" else "passed"
        return f"dossiers.{who}_{'flagged' if refers else passed}"


def examples(content: Content) -> list[Example]:
    """Return the example dossiers in the order of their numbers, which says nothing about the truth."""
    found = sorted(content.get("examples", ()), key=lambda example: example["applicant"][::-1])
    return [_example(example, content) for example in found]


def hundredths(points: float) -> int:
    """Return points as the whole hundredths they are counted in."""
    return round(100 * points)


def _example(example: Content, content: Content) -> Example:
    year = content.get("about", {}).get("year", 2000)
    values = {entry["field"]: shown(entry["field"], entry["value"], year) for entry in example["dossier"]}
    themes: dict[str, list[tuple[Said, Said]]] = {}
    for entry in example["dossier"]:
        themes.setdefault(entry["theme"], []).append((said(entry["label"]), values[entry["field"]]))
    steps = list(_steps(example["explanation"], year))
    ends = [0, hundredths(content["threshold"]), *(s.before for s in steps), *(s.after for s in steps)]
    return Example(example, values, themes, steps, steps[-1].after, min(ends), max(ends))


def _steps(explanation: Content, year: int) -> Iterator[Step]:
    sum_so_far = hundredths(explanation["start"])
    yield Step(text("dossiers.start"), [text("dossiers.start_note")], "", sum_so_far, 0, sum_so_far)
    for reason in explanation["reasons"]:
        points = hundredths(reason["points"])
        yield Step(
            said(reason["title"]),
            _read(reason, year),
            reason["kind"],
            points,
            sum_so_far,
            sum_so_far + points,
        )
        sum_so_far += points
    points = hundredths(explanation["resembles_others"])
    yield Step(text("dossiers.others"), [], "", points, sum_so_far, sum_so_far + points)


def _read(reason: Content, year: int) -> list[Said]:
    """Return what a reason read: the answer itself, or a finding with the answers behind it."""
    if reason["kind"] in ("answer", "setting"):
        return [shown(name, value, year) for name, value in reason["values"].items()]
    level = reason["level"]
    found = text(f"level.{level}") if has_text(f"level.{level}") else said(level)
    return [found, *(_labelled(name, shown(name, value, year)) for name, value in reason["values"].items())]


def _labelled(name: str, value: Said) -> Said:
    label = field_label(name)
    return Said(f"{label.en}: {value.en}", f"{label.id}: {value.id}")


def field_label(name: str) -> Said:
    """Return what a field is called."""
    found = fields().get(name)
    return Said(found.label.en, found.label.id) if found else said(spaced(name))


def context_title(name: str) -> Said | None:
    """Return whom the card of a context is for, or None where nobody named the context."""
    found = next((context for context in input_policy().context if context.name == name), None)
    return Said(found.title.en, found.title.id) if found else None


def truth_words(truth: Content, content: Content) -> Said:
    """Return what somebody truly is: the journey or typology, and the tier where there is one."""
    what = group_name("module", truth["module"], content)
    return together([what, group_name("tier", truth["tier"], content)]) if truth["tier"] else what


_NUMBER = re.compile(r"-?\d[\d,]*")


def shown(field: str, value: str, year: int) -> Said:
    """Return a field's value as the page shows it: a date, a number with its unit, or the name of a code.

    Examples:
        >>> shown("offer_pay_usd", "1,080", 2022)
        Said(en='1,080 US dollars per month', id='1.080 dolar AS per bulan')
        >>> shown("dependants", "1", 2022)
        Said(en='1 person', id='1 orang')
        >>> shown("stated_country", "cambodia", 2022).id
        'Kamboja'
    """
    if value in ("missing", "not applicable"):
        return text(f"dossiers.{value.replace(' ', '_')}")
    if not _NUMBER.fullmatch(value):
        return code_text(field, value)
    amount = int(value.replace(",", ""))
    if field == "application_day":
        return day_of_year(amount, year)
    unit = fields()[field].unit.replace(" ", "_") if field in fields() else ""
    plain = number(amount)
    if not has_text(f"unit.{unit}"):
        return plain
    one = amount == 1 and has_text(f"unit.{unit}_one")
    called = text(f"unit.{unit}_one" if one else f"unit.{unit}")
    return Said(f"{plain.en} {called.en}", f"{plain.id} {called.id}")
