"""The parts of the HTML report: what an evaluation holds, arranged as the page shows it.

Counts, rates and points come from the content. What is added is arrangement, wording, and the exact interval
where the content holds a bare count; no applicant is looked at here, and nothing is estimated anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from dossier.stages import Stage
from screening.evaluation.pages.charts import affordable
from screening.evaluation.pages.html_setting import per_10000
from screening.evaluation.rates import Rate
from screening.evaluation.texts import Said, code_text, has_text, said, text

Content = Mapping[str, Any]

FEW = 30
"""Below this n, a rate is printed with a warning."""

TABLE_ROWS = 14
RULES_SHOWN = 5


@dataclass(frozen=True)
class Share:
    """A rate as the page prints it: a count of n, with its exact interval; no estimate where n is zero."""

    count: int
    n: int
    estimate: float | None
    low: float
    high: float

    @property
    def is_few(self) -> bool:
        """Whether so few people stand behind it that it tells next to nothing."""
        return 0 < self.n < FEW


def share(rate: Content) -> Share:
    """Return a rate of the content; its count stands under a name of its own, such as "missed"."""
    count = next(v for name, v in rate.items() if name not in ("estimate", "low", "high", "n"))
    return Share(count, rate["n"], rate["estimate"], rate["low"] or 0.0, rate["high"] or 0.0)


def share_of(count: int, n: int) -> Share:
    """Return the rate of a count that the content holds without its interval."""
    rate = Rate(count, n)
    return Share(count, n, rate.estimate if n else None, rate.low, rate.high)


@dataclass(frozen=True)
class Row:
    """One group of a table of rates.

    Attributes:
        name: What it is called.
        rates: Rates by what they are a rate of: "victim", "lawful", "irregular".
        note: A word beside the name, if any.
    """

    name: Said
    rates: Mapping[str, Share]
    note: Said | None = None


def group_rows(groups: Sequence[Content], kind: str, content: Content) -> list[Row]:
    """Return the rows of a grouping such as "typology" or "sex"."""
    return [Row(group_name(kind, group["group"], content), rates_of(group)) for group in groups]


def rates_of(group: Content) -> dict[str, Share]:
    """Return the rates of one group of the content, victims, lawful and irregular apart."""
    return {
        "victim": share(group["miss_rate"]),
        "lawful": share(group["lawful_flagged"]),
        "irregular": share(group["irregular_flagged"]),
    }


def group_name(kind: str, key: str, content: Content) -> Said:
    """Return what a group is called."""
    titles = {**content.get("patterns", {}), **content.get("travellers", {})}
    match kind:
        case "typology":
            return capitalised(said(titles.get(f"typology.{key}") or titles.get(key) or spaced(key)))
        case "module":
            return said(titles.get(key) or spaced(key.partition(".")[2] or key))
        case "tier" | "stage":
            return text(f"{kind}.{key}") if has_text(f"{kind}.{key}") else said(spaced(key))
        case "age_band":
            place = f"age.{key.replace(' ', '_')}"
            return text(place) if has_text(place) else said(key.replace("-", "–"))
        case _:
            return code_text(kind, key)


def top_of(shares: Sequence[Share], least: float = 0.1) -> float:
    """Return a round end of an axis that holds all intervals of groups that are not few."""
    largest = max((s.high for s in shares if s.n and not s.is_few), default=1.0)
    return min(1.0, max(least, ceil(10 * largest) / 10))


@dataclass(frozen=True)
class Hardness:
    """How hard a scenario is: the oracle's misses, one row for each typology, one column for each tier.

    Attributes:
        columns: Keys of the tiers, all tiers together first, under an empty key.
        rows: The typologies; rates by tier.
    """

    columns: Sequence[str]
    rows: Sequence[Row]


def hardness(content: Content) -> Hardness:
    """Return the difficulty that the content states."""
    stated: dict[str, dict[str, Share]] = {}
    for found in content.get("difficulty", ()):
        stated.setdefault(found["module"], {})[found["tier"]] = share_of(found["missed"], found["n"])
    columns = list(dict.fromkeys(tier for rates in stated.values() for tier in rates))
    return Hardness(columns, [Row(group_name("module", m, content), rates) for m, rates in stated.items()])


@dataclass(frozen=True)
class Beside:
    """A lookalike beside the ordinary travellers it is compared with.

    Attributes:
        name: The lookalike.
        who: "lawful" or "irregular".
        rate: Flagged of it.
        ordinary: Who stands beside it.
        ordinary_rate: Flagged of those.
    """

    name: Said
    who: str
    rate: Share
    ordinary: Said
    ordinary_rate: Share


@dataclass(frozen=True)
class Travellers:
    """The travellers who are not victims, by journey.

    Attributes:
        ordinary: The ordinary journeys.
        everybody: All ordinary travellers together.
        lookalikes: Each beside ordinary travellers.
        knows_bases: Whether the content says which journey each lookalike looks like.
    """

    ordinary: Sequence[Row]
    everybody: Share
    lookalikes: Sequence[Beside]
    knows_bases: bool


def travellers(content: Content) -> Travellers:
    """Return ordinary journeys and lookalikes.

    Where the content has "lookalike_of", it names the journey that each lookalike looks like; otherwise each
    stands beside all ordinary travellers together.
    """
    groups = {group["group"]: group for group in content["by"]["traveller"]}
    ordinary = {
        key: share(group["lawful_flagged"])
        for key, group in groups.items()
        if key.startswith("journey.") and group["lawful_flagged"]["n"]
    }
    everybody = share_of(sum(s.count for s in ordinary.values()), sum(s.n for s in ordinary.values()))
    rows = [Row(group_name("module", key, content), {"lawful": found}) for key, found in ordinary.items()]
    return Travellers(
        rows,
        everybody,
        list(_lookalikes(content, groups, ordinary, everybody)),
        bool(content.get("lookalike_of")),
    )


def _lookalikes(
    content: Content, groups: Mapping[str, Content], ordinary: Mapping[str, Share], everybody: Share
) -> Iterator[Beside]:
    looks_like = content.get("lookalike_of", {})
    for key, group in groups.items():
        if key.startswith("journey."):
            continue
        base = looks_like.get(key, "")
        known = base in ordinary
        name = group_name("module", base, content) if known else text("travellers.all_ordinary")
        for who in ("lawful", "irregular"):
            found = share(group[f"{who}_flagged"])
            if found.n:
                yield Beside(
                    group_name("module", key, content),
                    who,
                    found,
                    name,
                    ordinary[base] if known else everybody,
                )


@dataclass(frozen=True)
class KnownRow:
    """Victims as one channel knows them.

    Attributes:
        name: What the channel is called.
        about, limits: Whom it looks for, and what its numbers cannot say; None where it is no channel.
        known: The victims it knows, of all victims.
        shares: Share of women, men and children among those it knows.
        flagged: Flagged by the screener, of those it knows.
    """

    name: Said
    about: Said | None
    limits: Said | None
    known: Share
    shares: Mapping[str, Share]
    flagged: Share


@dataclass(frozen=True)
class WhoIsKnown:
    """The same victims, truly and as each channel knows them.

    Attributes:
        truth: All victims.
        channels: The channels.
        anybody: The victims whom at least one channel knows.
    """

    truth: KnownRow
    channels: Sequence[KnownRow]
    anybody: KnownRow

    @property
    def ends(self) -> tuple[KnownRow, KnownRow] | None:
        """The channels that see the smallest and the largest share of men, where enough people tell."""
        told = sorted(
            (row for row in self.channels if row.known.count >= FEW),
            key=lambda row: row.shares["men"].estimate or 0.0,
        )
        return (told[0], told[-1]) if len(told) > 1 else None


def who_is_known(content: Content) -> WhoIsKnown | None:
    """Return who becomes known; None where the run did not ask, or there is no victim."""
    found = content.get("detection")
    if found is None or not content["victims"]:
        return None
    return WhoIsKnown(
        _known_row(found["victims"], text("known.truth")),
        [_known_row(channel, said(channel["title"]), channel) for channel in found["channels"]],
        _known_row(found["any"], text("known.any")),
    )


def _known_row(found: Content, name: Said, channel: Content | None = None) -> KnownRow:
    return KnownRow(
        name,
        said(channel["description"]) if channel else None,
        said(channel["limits"]) if channel else None,
        share(found["known"]),
        {group: share(found["shares"][group]) for group in ("women", "men", "children")},
        share(found["flagged"]),
    )


@dataclass(frozen=True)
class Point:
    """One threshold of the curve.

    Attributes:
        threshold: Log-odds points.
        missed, lawful, irregular: Rates at it.
        flags_per_10000: Flags among 10,000 victims, lawful and irregular travellers, at the run's base rate.
        is_here: Whether it is the threshold of the run.
    """

    threshold: float
    missed: Share
    lawful: Share
    irregular: Share
    flags_per_10000: float
    is_here: bool


def curve_points(content: Content) -> list[Point]:
    """Return the thresholds that the slider runs over, from low to high, each with exact intervals."""
    return [_point(content, point) for point in affordable(content)]


def table_points(points: Sequence[Point]) -> list[Point]:
    """Return a few thresholds spread over all, the run's among them."""
    if not points:
        return []
    last = len(points) - 1
    chosen = {round(last * step / (TABLE_ROWS - 1)) for step in range(TABLE_ROWS)}
    return [point for index, point in enumerate(points) if index in chosen or point.is_here]


def _point(content: Content, point: Content) -> Point:
    victims, lawful, irregular = content["victims"], content["lawful"], content["irregular"]
    return Point(
        point["threshold"],
        share_of(point["missed"], victims),
        share_of(point["lawful"], lawful),
        share_of(point["irregular"], irregular),
        per_10000(content, point["missed"], point["lawful"], point["irregular"]).flags,
        point["threshold"] == content["threshold"],
    )


@dataclass(frozen=True)
class RuleRow:
    """One rule, its worth and its price.

    Attributes:
        id: Its id.
        text: Title, question, innocent explanations, tier; as in the content.
        saves: Victims whose flag depends on it.
        lawful, irregular: Travellers whose flag depends on it.
        fires_on_victims, fires_on_others: Whom it fires on.
        asked: Whether it can be answered by the stage of the report.
    """

    id: str
    text: Content
    saves: Share
    lawful: Share
    irregular: Share
    fires_on_victims: Share
    fires_on_others: Share
    asked: bool = True

    @property
    def stops(self) -> int:
        """Lawful and irregular travellers together."""
        return self.lawful.count + self.irregular.count

    @property
    def price(self) -> float:
        """Others stopped for each victim saved; infinite where none is."""
        return self.stops / self.saves.count if self.saves.count else float("inf")


def rule_rows(content: Content) -> list[RuleRow]:
    """Return every measured rule."""
    of = {who: content[who] for who in ("victims", "lawful", "irregular")}
    return [
        RuleRow(
            found["rule"],
            content.get("rulebook", {}).get(found["rule"], {}),
            share_of(found["saves"], of["victims"]),
            share_of(found["stops_lawful"], of["lawful"]),
            share_of(found["stops_irregular"], of["irregular"]),
            share(found["fires_on_victims"]),
            share(found["fires_on_others"]),
            _is_asked(content.get("rulebook", {}).get(found["rule"], {}), content),
        )
        for found in content.get("rules", ())
    ]


def _is_asked(rule: Content, content: Content) -> bool:
    """Tell whether what a rule reads is known by the stage of the report; yes where nobody said."""
    stages = {stage.label: stage for stage in Stage}
    return "stage" not in rule or stages[rule["stage"]] <= stages[content["stage"]]


def most_useful(rules: Sequence[RuleRow]) -> list[RuleRow]:
    """Return the rules that save most victims."""
    return sorted((r for r in rules if r.saves.count), key=lambda r: (-r.saves.count, r.stops))[:RULES_SHOWN]


def most_harmful(rules: Sequence[RuleRow]) -> list[RuleRow]:
    """Return the rules that stop most others for each victim they save."""
    return sorted((r for r in rules if r.stops), key=lambda r: (-r.price, -r.stops))[:RULES_SHOWN]


def rule_titles(ids: Sequence[str], content: Content) -> Said:
    """Return the titles of rules, one after the other."""
    rulebook = content.get("rulebook", {})
    return together([said(rulebook[i]["title"] if i in rulebook else spaced(i)) for i in ids])


def together(parts: Sequence[Said]) -> Said:
    """Return texts one after the other, with commas."""
    return Said(", ".join(part.en for part in parts), ", ".join(part.id for part in parts))


def capitalised(title: Said) -> Said:
    """Return a text that begins with a capital letter."""
    return Said(title.en[:1].upper() + title.en[1:], title.id[:1].upper() + title.id[1:])


def spaced(key: str) -> str:
    """Return a key as words, where nobody gave it a name."""
    return key.replace("_", " ")
