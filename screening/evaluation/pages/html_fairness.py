"""Fairness in the HTML report: verdicts in words and groups in rows.

Everything is counted in the content; here it is arranged and said. Whatever a verdict rests on stands beside
it: the margin, the interval, the groups that were too small, and how many more people would tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from screening.evaluation.fairness.gaps import Verdict
from screening.evaluation.fairness.proxy_audit import CHANCE
from screening.evaluation.pages.html_fairness_names import (
    Side,
    difference,
    division_name,
    member_name,
    part_name,
    spoken_name,
)
from screening.evaluation.pages.html_parts import Content, Share, capitalised, share, together, top_of
from screening.evaluation.rates import PER
from screening.evaluation.texts import Said, number, text

NAMED = 4
"""Groups that a sentence names before it says how many others there are."""


@dataclass(frozen=True)
class Compared:
    """One division of people, judged.

    Attributes:
        division: What the groups are divided by.
        verdict: One of three, as it stands in the content.
        sentences: What can be said, and what it would take to say more.
        silent: The groups that were too small to compare, each by its name; None where there are none.
        rows: The groups.
    """

    division: Said
    verdict: str
    sentences: tuple[Said, ...]
    silent: Said | None
    rows: Sequence["GroupRow"]

    @property
    def top(self) -> float:
        """A round end of the scale that holds the intervals of all groups that are not few."""
        return top_of([row.rate for row in self.rows])


@dataclass(frozen=True)
class GroupRow:
    """One group.

    Attributes:
        name: What it is called.
        rate: With its simultaneous interval.
        found: The group as it stands in the content.
    """

    name: Said
    rate: Share
    found: Content


@dataclass(frozen=True)
class Traced:
    """On what the burden of one group depends.

    Attributes:
        group: What it is called.
        stopped: Its lawful people who are flagged.
        sentences: What would close the gap, and at which price.
        parts: For each row its name, flags that depend on it, and its share of the points.
        changes: For each change its name and what it does, as it stands in the content.
        sampled: Said where not everybody was asked.
    """

    group: Said
    stopped: int
    sentences: tuple[Said, ...]
    parts: Sequence[tuple[Said, Share, float]]
    changes: Sequence[tuple[Said, Content]]
    sampled: Said | None


@dataclass(frozen=True)
class Fairness:
    """The section.

    Attributes:
        terms: The declared terms.
        victims: By whom misses are judged.
        people: By whom chances are judged; None where they are not.
        miss, burden, chances: Divisions, judged.
        traced: On what burdens depend.
        audit: Sentences of the audit, one tuple for each grouping.
    """

    terms: Content
    victims: Said
    people: Said | None
    miss: Sequence[Compared]
    burden: Sequence[Compared]
    chances: Sequence[Compared]
    traced: Sequence[Traced]
    audit: Sequence[tuple[Said, ...]]


def fairness(content: Content) -> Fairness | None:
    """Return the section; None where a run compares no groups."""
    found = content.get("fairness")
    if not found:
        return None
    return Fairness(
        found["terms"],
        _victims_said(found["victims"]),
        text("fairness.chances_people", **found["victims"]["chances"]) if found["chances"] else None,
        [_compared("miss", one, content) for one in found["miss"]],
        [_compared("burden", one, content) for one in found["burden"]],
        [_chances(one, content) for one in found["chances"]],
        [_traced(one, content) for one in found["attribution"]],
        [tuple(_audited(one, content)) for one in found["audit"]],
    )


def _victims_said(found: Content) -> Said:
    if found["fresh"]:
        return text("fairness.victims_fresh", n=found["n"])
    return text("fairness.victims_one_each", n=found["n"], of=found["of"])


def _compared(side: Side, found: Content, content: Content) -> Compared:
    by, limits = found["by"], content["fairness"]["terms"][side]
    rows = [
        GroupRow(member_name(by, one["group"], content), share(one["rate"]), one) for one in found["groups"]
    ]
    silent = _silent(found, limits, content)
    return Compared(
        division_name(by), found["verdict"], tuple(_verdict_said(side, found, content)), silent, rows
    )


def _verdict_said(side: Side, found: Content, content: Content) -> Iterator[Said]:
    """Yield what a verdict means, and what it would take to reach another one."""
    if found["most"] is None:
        yield text("fairness.one_group")
        return
    limits = content["fairness"]["terms"][side]
    name = partial(spoken_name, found["by"], content=content)
    told = {end: difference(side, found["gap"][end]) for end in ("low", "high")}
    gap = difference(side, found["gap"]["estimate"])
    pair = {"most": name(found["most"]), "least": name(found["least"])}
    match found["verdict"]:
        case Verdict.EQUAL:
            margin = difference(side, limits["margin"])
            yield text(f"fairness.{side}_equal", gap=gap, high=told["high"], margin=margin)
        case Verdict.GAP:
            yield text(f"fairness.{side}_gap", gap=gap, **told, **pair)
        case _:
            yield text(f"fairness.{side}_unknown", gap=gap, high=told["high"], **pair)
            yield _needed(side, found, content)


def _needed(side: str, found: Content, content: Content) -> Said:
    """Return how many more people of which groups would tell."""
    needs = found["needs"]
    if needs is None:
        return text(f"fairness.{side}_never", most=content["fairness"]["terms"][side]["most"])
    named = [
        text("fairness.needs_of", n=n, group=spoken_name(found["by"], group, content))
        for group, n in needs["more"].items()
    ]
    becomes = text(f"fairness.{needs['becomes']}")
    return text(f"fairness.{side}_needs", n=needs["total"], groups=_first_few(named), becomes=becomes)


def _first_few(names: Sequence[Said]) -> Said:
    if len(names) <= NAMED:
        return together(names)
    return together([*names[:NAMED], text("fairness.and_others", n=len(names) - NAMED)])


def _silent(found: Content, limits: Content, content: Content) -> Said | None:
    """Return which groups were too small to compare, each by its name."""
    named = [
        text("fairness.with_n", group=member_name(found["by"], one["group"], content), n=one["n"])
        for one in found["silent"]
    ]
    return text("fairness.silent", fewest=limits["fewest"], groups=together(named)) if named else None


def _chances(found: Content, content: Content) -> Compared:
    by, limits = found["by"], content["fairness"]["terms"]["chances"]
    rows = [
        GroupRow(member_name(by, one["group"], content), share(one["victims"]), one)
        for one in found["groups"]
    ]
    silent = _silent(found, limits, content)
    return Compared(division_name(by), found["verdict"], tuple(_chances_said(found, content)), silent, rows)


def _chances_said(found: Content, content: Content) -> Iterator[Said]:
    if found["furthest"] is None:
        yield text("fairness.one_group")
        return
    match found["verdict"]:
        case Verdict.EQUAL:
            yield text("fairness.chances_equal")
        case Verdict.GAP:
            key = "fairness.chances_too_high" if found["too_high"] else "fairness.chances_too_low"
            group = spoken_name(found["by"], found["furthest"], content)
            yield text(key, group=group, times=number(found["at_least"], 2))
        case _:
            yield text("fairness.chances_unknown")
            yield _needed("chances", found, content)


def _traced(found: Content, content: Content) -> Traced:
    group = text("fairness.by", division=division_name(found["by"]))
    name = member_name(found["by"], found["group"], content)
    is_sample = found["asked"] < found["people"]
    return Traced(
        Said(f"{group.en}: {name.en}", f"{group.id}: {name.id}"),
        found["stopped"],
        tuple(_relief_said(found["relief"], content)),
        [
            (part_name(one["part"], content), share(one["depending"]), one["of_points"])
            for one in found["parts"]
        ],
        [(part_name(one["part"], content), one) for one in found["relief"]["changes"]],
        text("fairness.depends_sampled", asked=found["asked"], people=found["people"]) if is_sample else None,
    )


def _relief_said(found: Content, content: Content) -> Iterator[Said]:
    """Yield what would close a gap, and whether raising everybody's threshold is cheaper."""
    best, raising = found["best"], found["raising"]
    if best is None:
        yield text("fairness.relief_none")
        return
    yield text(
        "fairness.relief_closing" if found["closing"] else "fairness.relief_best",
        part=part_name(best["part"], content),
        before=number(PER * best["gap_before"]),
        after=number(PER * best["gap"]),
        missed=best["missed"]["missed"],
        victims=best["missed"]["n"],
    )
    if raising is None:
        yield text("fairness.relief_no_rise")
        return
    rise, missed = number(raising["threshold"], 2), raising["missed"]["missed"]
    yield text("fairness.relief_raising", threshold=rise, missed=missed)
    # Shares, since not everybody may have been asked about rows.
    is_cheaper = (raising["missed"]["estimate"] or 0) <= (best["missed"]["estimate"] or 0)
    yield text("fairness.relief_not_worth" if is_cheaper else "fairness.relief_worth")


def _audited(found: Content, content: Content) -> Iterator[Said]:
    area = {part: number(value, 2) for part, value in found["area"].items()}
    is_told = found["area"]["low"] > CHANCE
    yield text(
        "fairness.audit_told" if is_told else "fairness.audit_not_told",
        division=capitalised(division_name(found["by"])),
        group=spoken_name(found["by"], found["best_told"], content),
        area=area["estimate"],
        low=area["low"],
        high=area["high"],
        own=found["n"]["own"],
        others=found["n"]["others"],
    )
    if found["groups"] > 2:  # noqa: PLR2004  (of two, one is told as well as the other)
        yield text("fairness.audit_of", groups=found["groups"])
    if found["left_out"]:
        yield text("fairness.audit_left_out", groups=len(found["left_out"]))
    if is_told and found["carried"]:
        parts = [
            text("fairness.fall", part=part_name(one["part"], content), fall=number(one["fall"], 3))
            for one in found["carried"]
        ]
        yield text("fairness.audit_carried", parts=together(parts))
