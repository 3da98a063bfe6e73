"""Every screener on the same people in the HTML report, with its decision and cost curves, in rows and words.

The content holds every number, and nothing is estimated anew; `rival_charts.py` draws the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.evaluation.pages.html_charts import rulebook_name
from screening.evaluation.pages.html_parts import Content, Share, group_name, share
from screening.evaluation.texts import Said, has_text, limit, number, percent, text

OURS = ("screener", "screener_as_run")
SMALLEST_P = 0.0001


@dataclass(frozen=True)
class Difference:
    """A paired difference in percentage points, this way less the screener.

    Attributes:
        points, low, high: The difference and its interval; None without people.
        p: Holm's p-value and the raw one, as they are said.
        only_this, only_screener: People counted by one of the two only.
    """

    points: float | None
    low: float
    high: float
    p: Said
    only_this: int
    only_screener: int


@dataclass(frozen=True)
class Ratio:
    """A share of achievable detection; it may be more than one.

    Attributes:
        estimate, low, high: The share and its interval; None where the oracle flags no victim.
        detected, n: Victims flagged by the screener and by the oracle.
    """

    estimate: float | None
    low: float
    high: float
    detected: int
    n: int


@dataclass(frozen=True)
class Beside:
    """One way to choose beside the screener, at one workload.

    Attributes:
        name: What it is called.
        flags: People flagged among 10,000; None without people.
        miss, lawful: Its rates.
        screener_miss, screener_lawful: The screener's at that workload.
        misses, false_flags: The paired differences.
        notes: What ties could do to either side's misses and false flags, where they could do anything.
        share, screener_share: Of achievable detection; None where the oracle was left out.
    """

    name: Said
    flags: float | None
    miss: Share
    lawful: Share
    screener_miss: Share
    screener_lawful: Share
    misses: Difference
    false_flags: Difference
    notes: Mapping[str, Said]
    share: Ratio | None
    screener_share: Ratio | None


def name_of(name: str) -> Said:
    """Return what a way to choose is called."""
    return text(f"rival.{name}") if has_text(f"rival.{name}") else rulebook_name(name)


def view(content: Content) -> dict[str, Any]:
    """Return what the templates show of all this, by name."""
    return {
        "beside": beside(content),
        "achievable": achievable(content),
        "decisions": decision_curves(content),
        "costs": cost_curve(content),
        "cost_places": stated_costs(content),
    }


def beside(content: Content) -> list[Beside]:
    """Return every way to choose beside the screener; empty where nothing was compared."""
    return [_beside(one) for one in content.get("comparisons", {}).get("rivals", ())]


def _beside(one: Content) -> Beside:
    ours = one["screener"]
    return Beside(
        name_of(one["name"]),
        one["flags_per_10000"],
        share(one["miss_rate"]),
        share(one["lawful_flagged"]),
        share(ours["miss_rate"]),
        share(ours["lawful_flagged"]),
        _difference(one["misses"]),
        _difference(one["lawful"]),
        dict(_notes(one, ours)),
        _ratio(one["share_of_achievable"]),
        _ratio(one["screener_share_of_achievable"]),
    )


def _notes(one: Content, ours: Content) -> Iterator[tuple[str, Said]]:
    for key, found, part, sentence in (
        ("miss", one, "missed", "comparison.ties"),
        ("lawful", one, "lawful_flagged", "comparison.ties_lawful"),
        ("screener_miss", ours, "missed", "comparison.ties_screener"),
        ("screener_lawful", ours, "lawful_flagged", "comparison.ties_screener"),
    ):
        ends = sorted((found[f"{part}_best"], found[f"{part}_worst"]))
        if ends[0] != ends[1]:
            yield key, text(sentence, best=ends[0], worst=ends[1])


def _difference(found: Content) -> Difference:
    gap = found["screener_minus_this"]
    if gap["estimate"] is None:
        return Difference(None, 0.0, 0.0, Said("–", "–"), 0, 0)
    points, low, high = (0 - 100 * gap[end] for end in ("estimate", "high", "low"))
    p = text("comparison.p", adjusted=_p_value(found["p_value_holm"]), raw=_p_value(found["p_value"]))
    return Difference(points, low, high, p, found["only_this"], found["only_screener"])


def _p_value(value: float) -> Said:
    """Return a p-value as it is said: four digits, and no more than that it is small where it is smaller."""
    if value < SMALLEST_P:
        smallest = number(SMALLEST_P, 4)
        return Said(f"< {smallest.en}", f"< {smallest.id}")
    return number(value, 4)


def _ratio(found: Content | None) -> Ratio | None:
    if found is None:
        return None
    low, high = found["low"] or 0.0, found["high"] or 0.0
    return Ratio(found["estimate"], low, high, found["detected"], found["n"])


@dataclass(frozen=True)
class Achievable:
    """Share of achievable detection of the screener.

    Attributes:
        overall: Of all victims.
        rows: The same and then every typology, by name.
    """

    overall: Ratio
    rows: Sequence[tuple[Said, Ratio]]


def achievable(content: Content) -> Achievable | None:
    """Return the share of achievable detection; None where the oracle was left out."""
    found = content.get("comparisons", {}).get("share_of_achievable")
    overall = _ratio(found["overall"]) if found else None
    if overall is None:
        return None
    typologies = [
        (group_name("typology", one["group"], content), ratio)
        for one in found["by_typology"]
        if (ratio := _ratio(one)) is not None
    ]
    return Achievable(overall, [(text("word.all"), overall), *typologies])


# --- curves -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """One decision curve, or the cost curve, in words and numbers.

    Attributes:
        name: Of its chart.
        sentence: What it shows at one place.
        columns: The places on the axis that stand in the table.
        rows: The ways to choose, each with a number and its interval for every column; no interval where
            nothing was estimated.
    """

    name: str
    sentence: Said
    columns: Sequence[float]
    rows: Sequence[tuple[Said, Sequence[tuple[float, float | None, float | None]]]]


@dataclass(frozen=True)
class DecisionCurve(Curve):
    """The decision curve at one share of victims.

    Attributes:
        prevalence: The share.
    """

    prevalence: float


def decision_curves(content: Content) -> list[DecisionCurve]:
    """Return the decision curves of a run in words and numbers, one for each stated share of victims."""
    found = content.get("decision_curve")
    if not found:
        return []
    at = found["threshold_chances"].index(found["said"]["chance"])
    return [
        DecisionCurve(
            f"decision-{place}",
            _benefit_said(found, curve, at),
            found["told"],
            _table_rows(curve, [found["threshold_chances"].index(one) for one in found["told"]]),
            curve["prevalence"],
        )
        for place, curve in enumerate(found["curves"])
    ]


def _benefit_said(found: Content, curve: Content, at: int) -> Said:
    chance, ours = found["threshold_chances"][at], screener_of(curve)
    sentence = text(
        "decisions.said",
        chance=limit(chance),
        others=number((1 - chance) / chance),
        victims=number(found["per"] * curve["prevalence"]),
        name=_within(name_of(ours["name"])),
        everybody=worth(curve["everybody"][at]),
        **_told(ours, at),
    )
    oracle = [
        text("decisions.said_oracle", **_told(way, at)) for way in curve["ways"] if way["name"] == "oracle"
    ]
    return _joined([sentence, *oracle])


def cost_curve(content: Content) -> Curve | None:
    """Return the cost curve of a run in words and numbers; None where it has none."""
    found = content.get("cost_curve")
    if not found:
        return None
    shares, ours = found["cost_shares"], screener_of(found)
    at = shares.index(found["said"]["cost_share"])
    sentence = text(
        "decisions.cost_said",
        share=limit(shares[at]),
        left=percent(ours["estimate"][at]),
        name=_within(name_of(ours["name"])),
        interval=text("word.to", low=percent(ours["low"][at]), high=percent(ours["high"][at])),
        nobody=percent(found["nobody"][at]),
        everybody=percent(found["everybody"][at]),
    )
    places = [shares.index(one) for one in found["told"]]
    return Curve("cost", sentence, found["told"], _table_rows(found, places))


def stated_costs(content: Content) -> list[tuple[float, Mapping[float, float]]]:
    """Return where stated views stand on the cost curve: by share of victims, then by ratio."""
    rows: dict[float, dict[float, float]] = {}
    for one in content.get("cost_curve", {}).get("where", ()):
        rows.setdefault(one["prevalence"], {})[one["cost_ratio"]] = one["cost_share"]
    return list(rows.items())


def screener_of(curve: Content) -> Content:
    """Return the screener by its chances, or by its flags where it gives none; else whoever comes first."""
    ways = {way["name"]: way for way in curve["ways"]}
    found: Content = next((ways[name] for name in OURS if name in ways), curve["ways"][0])
    return found


def _table_rows(
    curve: Content, places: Sequence[int]
) -> list[tuple[Said, list[tuple[float, float | None, float | None]]]]:
    ends = ("estimate", "low", "high")
    rows = [
        (name_of(way["name"]), [tuple(way[end][place] for end in ends) for place in places])
        for way in curve["ways"]
    ]
    rows += [
        (name_of(name), [(curve[name][place], None, None) for place in places])
        for name in ("everybody", "nobody")
    ]
    return rows


def _told(way: Content, at: int) -> dict[str, Said]:
    found = {"worth": "estimate", "low": "low", "high": "high"}
    return {name: worth(way[end][at]) for name, end in found.items()}


def worth(value: float) -> Said:
    """Return a net benefit as it is said, in victims of 10,000 applicants."""
    return number(value, _digits(value))


def _digits(value: float) -> int:
    return next((digits for digits, below in ((2, 1), (1, 100)) if abs(value) < below), 0)


def _within(name: Said) -> Said:
    """Return a name as it stands within a sentence, after its own comma."""
    return Said(*(f"{one[0].lower()}{one[1:]}".replace(",", "") for one in (name.en, name.id)))


def _joined(parts: Sequence[Said]) -> Said:
    return Said(" ".join(part.en for part in parts), " ".join(part.id for part in parts))
