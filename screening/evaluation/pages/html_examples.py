"""The example dossiers of the HTML report: what lay on the desk, the reasons line by line, and the truth.

The reasons run from the start to the risk in whole hundredths, so that a reader can add them up; a page whose
lines did not add up would say so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.fields import fields
from models.features import input_policy
from screening.evaluation.pages.html_parts import Content, group_name, spaced, together
from screening.evaluation.texts import Said, code_text, day_of_year, has_text, number, said, text


@dataclass(frozen=True)
class Step:
    """One line of the reasons: what adds how much, and where the sum stands before and after.

    Attributes:
        what: The reason, in a sentence.
        detail: What was read, where the sentence does not say it.
        innocent: Honest explanations for the same picture.
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
    innocent: Sequence[Said] = ()


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
    limits = [] if _has_no_limit(content) else [hundredths(content["threshold"])]
    ends = [0, *limits, *(s.before for s in steps), *(s.after for s in steps)]
    return Example(example, values, themes, steps, steps[-1].after, min(ends), max(ends))


def _has_no_limit(content: Content) -> bool:
    """Tell whether rules decide that no number of evidence rules refers together."""
    return content.get("decides") == "rules" and not content.get("refers_from")


def _steps(explanation: Content, year: int) -> Iterator[Step]:
    start = hundredths(explanation["start"])
    first = _sentence(explanation, "start_sentence")
    yield Step(first or text("dossiers.start"), [], "", start, 0, start)
    sum_so_far = start
    for reason in explanation["reasons"]:
        points = hundredths(reason["points"])
        after = sum_so_far + points
        what = _sentence(reason, "sentence") or said(reason["title"])
        innocent = [said(one) for one in reason.get("innocent", ())]
        yield Step(what, _read(reason, year), reason["kind"], points, sum_so_far, after, innocent)
        sum_so_far = after
    points = hundredths(explanation["resembles_others"])
    last = _sentence(explanation, "others_sentence")
    yield Step(last or text("dossiers.others"), [], "", points, sum_so_far, sum_so_far + points)


def _sentence(content: Content, key: str) -> Said | None:
    """Return a sentence, or None in an evaluation that was written before sentences were."""
    return said(content[key]) if key in content else None


def _read(reason: Content, year: int) -> list[Said]:
    """Return what a reason read: nothing that its sentence says, else the answers behind a finding."""
    values = [(name, shown(name, value, year)) for name, value in reason["values"].items()]
    if reason["kind"] in ("answer", "setting"):
        return [] if "sentence" in reason else [value for _, value in values]
    found = [] if "sentence" in reason else [_level(reason["level"])]
    return [*found, *(_labelled(name, value) for name, value in values)]


def _level(level: str) -> Said:
    return text(f"level.{level}") if has_text(f"level.{level}") else said(level)


def field_labels(entries: Sequence[str | Content]) -> list[Said]:
    """Return what fields are called that stand by name, or with their label, in an explanation."""
    return [field_label(one) if isinstance(one, str) else said(one["label"]) for one in entries]


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
