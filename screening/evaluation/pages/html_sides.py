"""Sweeps as a page shows them: every rate at every step of the slider, with its exact interval.

A sweep holds counts. Here they get names, intervals, and flags among 10,000 applicants with the ends that
both of their rates allow together; nobody is counted anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from screening.evaluation.pages.html_fairness_names import member_name
from screening.evaluation.pages.html_parts import TABLE_ROWS, Share
from screening.evaluation.pages.research_charts import Values
from screening.evaluation.rates import CONFIDENCE, PER
from screening.evaluation.texts import Said, text
from screening.intervals import exact_interval

Content: TypeAlias = Mapping[str, Any]

DIGITS = 6
"""Of the ends of intervals, for the script; more than any percentage shows."""


@dataclass(frozen=True)
class Series:
    """One rate at every step of the slider.

    Attributes:
        key: Unique on the page.
        name: Of whom it is a rate.
        who: The kind of people, whose colour and shape it has.
        count: Shape (steps,).
        n: People.
        grouping, group: Which group of which grouping it is, as in the sweep; empty where it is none.
    """

    key: str
    name: Said
    who: str
    count: npt.NDArray[np.int64]
    n: int
    grouping: str = ""
    group: str = ""

    @cached_property
    def estimate(self) -> Values:
        """Shape (steps,): the shares; not a number where there is nobody."""
        return np.asarray(self.count / self.n if self.n else np.full(len(self.count), np.nan))

    @cached_property
    def ends(self) -> tuple[Values, Values]:
        """The ends of the exact intervals, each of shape (steps,)."""
        return exact_interval(self.count, self.n, CONFIDENCE)

    def at(self, step: int) -> Share:
        """Return the rate at one step."""
        estimate = float(self.estimate[step]) if self.n else None
        return Share(
            int(self.count[step]), self.n, estimate, float(self.ends[0][step]), float(self.ends[1][step])
        )

    def to_json(self) -> dict[str, Any]:
        """Return the rate at every step, for the script."""
        low, high = (end.round(DIGITS).tolist() for end in self.ends)
        return {"n": self.n, "count": [int(one) for one in self.count], "low": low, "high": high}


@dataclass(frozen=True)
class Flags:
    """Flags among 10,000 applicants at every step, each array of shape (steps,).

    The ends hold together with both rates at their own exact limits, each with half of the error.
    """

    estimate: Values
    low: Values
    high: Values

    def to_json(self) -> list[list[float]]:
        """Return estimates and both ends, for the script."""
        return [values.round(2).tolist() for values in (self.estimate, self.low, self.high)]


@dataclass(frozen=True)
class Side:
    """One sweep, as the page shows it.

    Attributes:
        key: Begins the keys of its series; empty where there is one sweep only.
        name: What it is called.
        here: Step of its operating threshold.
        thresholds: Shape (steps,): log-odds points.
        victims: Victims missed; lawful, irregular and others flagged.
        groups: Victims missed, by typology and by whatever else was counted.
        flags: Flags among 10,000 applicants; None where victims or others are lacking.
        share_of_victims: For which flags are counted.
    """

    key: str
    name: Said
    here: int
    thresholds: Values
    victims: Series
    lawful: Series
    irregular: Series
    others: Series
    groups: tuple[Series, ...]
    flags: Flags | None
    share_of_victims: float

    @property
    def families(self) -> tuple[Series, ...]:
        """The groups that are typologies."""
        return tuple(one for one in self.groups if one.grouping == "typology")

    @property
    def series(self) -> tuple[Series, ...]:
        """Everything that the script writes down."""
        return (self.victims, self.lawful, self.irregular, *self.groups)

    @property
    def table_steps(self) -> list[int]:
        """A few steps spread over all, the operating threshold's among them."""
        last = len(self.thresholds) - 1
        spread = {round(last * place / (TABLE_ROWS - 1)) for place in range(TABLE_ROWS)}
        return sorted(spread | {self.here})


def side_of(sweep: Content, content: Content, key: str = "", name: Said | None = None) -> Side:
    """Return a sweep as the page shows it.

    Args:
        sweep: What `sweep_json` returned.
        content: Holds the titles of groups.
        key: Begins the keys of its series.
        name: What the side is called, where there are two.
    """
    victims = _series(f"{key}victims", text("word.victims_missed"), "victim", sweep["victims"], "missed")
    lawful = _series(f"{key}lawful", text("word.lawful_flagged"), "lawful", sweep["lawful"], "flagged")
    irregular = _series(
        f"{key}irregular", text("word.irregular_flagged"), "irregular", sweep["irregular"], "flagged"
    )
    others = Series(
        f"{key}others",
        text("linked.others_flagged"),
        "lawful",
        lawful.count + irregular.count,
        lawful.n + irregular.n,
    )
    groups = tuple(
        _series(
            f"{key}group-{place}",
            crossed_name(one, content),
            "victim",
            one,
            "missed",
        )
        for place, one in enumerate(sweep["groups"])
    )
    share = float(sweep["share_of_victims"])
    return Side(
        key=key,
        name=name or Said("", ""),
        here=sweep["here"],
        thresholds=np.asarray(sweep["thresholds"], dtype=np.float64),
        victims=victims,
        lawful=lawful,
        irregular=irregular,
        others=others,
        groups=groups,
        flags=_flags(victims, others, share) if victims.n and others.n else None,
        share_of_victims=share,
    )


def _series(key: str, name: Said, who: str, found: Content, counted: str) -> Series:
    count = np.asarray(found[counted], dtype=np.int64)
    return Series(key, name, who, count, found["n"], found.get("grouping", ""), found.get("group", ""))


def _flags(missed: Series, flagged: Series, share: float) -> Flags:
    each = (1 + CONFIDENCE) / 2
    least, most = exact_interval(missed.n - missed.count, missed.n, each)
    least_wrong, most_wrong = exact_interval(flagged.count, flagged.n, each)
    return Flags(
        *(
            PER * (share * found + (1 - share) * wrong)
            for found, wrong in (
                (1 - missed.estimate, flagged.estimate),
                (least, least_wrong),
                (most, most_wrong),
            )
        )
    )


def crossed_name(group: Content, content: Content) -> Said:
    """Return what a group is called, of one grouping or of several that were crossed; as in the report."""
    return member_name(group["grouping"], group["group"], content)
