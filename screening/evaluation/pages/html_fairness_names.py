"""What divisions, groups and rows are called in the fairness part of the report.

A group has a short name for tables and charts, and one that can stand in a sentence about its people.
"""

from typing import Literal

from dossier.fields import fields
from dossier.indicators import indicator_texts
from screening.evaluation.fairness.proxy_audit import OTHERS
from screening.evaluation.outcomes import CROSSED_BY
from screening.evaluation.pages.html_parts import Content, capitalised, group_name, spaced, together
from screening.evaluation.rates import PER
from screening.evaluation.texts import Said, number, points, said, text

Side = Literal["miss", "burden"]


def division_name(by: str) -> Said:
    """Return what a division is called, such as "sex and age"."""
    names = [text(f"fairness.by_{part}") for part in by.split(CROSSED_BY)]
    first = names[0]
    for second in names[1:]:
        first = text("fairness.and", first=first, second=second)
    return first


def member_name(by: str, group: str, content: Content) -> Said:
    """Return what a group is called in a row of a table or a chart; a crossed one by all its parts."""
    return capitalised(together([_row_name(kind, key, content) for kind, key in _members(by, group)]))


def spoken_name(by: str, group: str, content: Content) -> Said:
    """Return what the people of a group are called in a sentence."""
    members = _members(by, group)
    spoken = together([_spoken(kind, key, content) for kind, key in members])
    return text("fairness.people", who=spoken) if members[0][0] in OF_PEOPLE else spoken


def _members(by: str, group: str) -> list[tuple[str, str]]:
    kinds = by.split(CROSSED_BY)
    keys = group.split(", ") if len(kinds) > 1 else [group]
    return list(zip(kinds, keys, strict=True))


def _row_name(kind: str, key: str, content: Content) -> Said:
    return text(f"baselines.{key}") if kind == "sex" else group_name(kind, key, content)


def _spoken(kind: str, key: str, content: Content) -> Said:
    name = _row_name(kind, key, content)
    match kind:
        case "age_band":
            return text("fairness.aged", age=Said(name.en.lower(), name.id.lower()))
        case "province":
            return text("fairness.from", place=name)
        case "typology":
            return text("fairness.quoted", title=name)
        case _:
            return name


OF_PEOPLE = ("age_band", "province")
"""Divisions whose groups are no nouns."""


def part_name(part: str, content: Content) -> Said:
    """Return what a row of the cards or a rule is called."""
    kind, _, name = part.partition(":")
    if part == OTHERS:
        return text("fairness.other_patterns")
    match kind:
        case "answer" | "setting":
            return said(fields()[name].label.model_dump())
        case "indicator":
            return said(indicator_texts()[name].title.model_dump())
        case "rule" | "override" if name in content.get("rulebook", {}):
            return said(content["rulebook"][name]["title"])
        case _:
            return said(spaced(name))


def difference(side: Side, value: float) -> Said:
    """Return a difference of shares as it is said: victims in points, lawful people in 10,000."""
    return points(value) if side == "miss" else number(PER * value)
