"""A threshold that is guaranteed for every group at once, from samples to what a certificate says of it.

Each group brings two samples of independent victims: one sets the threshold, the other checks it. This module
draws nobody and reads no files but its defaults; it counts whole people, and where a group has too few it
refuses and says how many more it needs. What `to_json` returns is what stands in `tuning.json`.

`tuning.json` holds, beside `schema_version` and `synthetic`:

- `certificate`: the certificate, as it stands in `certificate.json`; see `console.thresholds.tuning`;
- `groups`: for each group one `Group.to_json`, the hardest to protect first;
- `capacity`: `screening.evaluation.guarantee.capacity.Curve.to_json`, flags against misses;
- `sweep`: `screening.evaluation.sweep.sweep_json` of the checked people, for charts with a slider;
- `title`, `patterns`, `travellers`, `cues`, `recommendations` and, where a risk stands for a chance,
  `reliability`: what only the page shows, of people of its own; see `console.thresholds.tune_page`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import Declared, read_toml, validated
from screening.evaluation.guarantee.thresholds import (
    GroupThreshold,
    guaranteed_threshold,
    sample_for,
    smallest_sample,
)
from screening.evaluation.outcomes import CROSSED_BY
from screening.evaluation.rates import Rate, rate_json

BETWEEN = ", "
"""Stands between the groups that are crossed."""

Risks = npt.NDArray[np.int32]
"""Shape (n,): hundredths; the largest whole number where an override rule fired."""


class Most(Declared):
    """What one certificate may ask for at most.

    Attributes:
        victims, others: Of each sample.
        rows: Victims looked at for one group.
        groups: Groups.
    """

    victims: int
    others: int
    rows: int
    groups: int


class PageSizes(Declared):
    """How many people the page of a tuned threshold counts cues and recommendations of.

    Attributes:
        victims, others: People drawn.
    """

    victims: int
    others: int


class Defaults(Declared):
    """The file `tuning.toml`.

    Attributes:
        max_miss, confidence, groups: What is promised where nothing is named.
        victims, others: People of each sample.
        most_rows: Victims looked at for one group before it is called too rare.
        most_flagged: Share of others beyond which a threshold is not usable at this difficulty.
        ladder: Largest miss rates that people ask for, falling.
        allowed: Allowed misses for which the victims needed are told.
        page: Sizes of what only the page shows.
        most: Bounds of what may be asked for.
    """

    max_miss: float
    confidence: float
    groups: tuple[str, ...]
    victims: int
    others: int
    most_rows: int
    most_flagged: float
    ladder: tuple[float, ...]
    allowed: tuple[int, ...]
    page: PageSizes
    most: Most


@cache
def defaults() -> Defaults:
    """Return the defaults and bounds of `saring tune`."""
    return validated(Defaults, read_toml(Path(__file__).with_name("tuning.toml")))


@dataclass(frozen=True)
class Terms:
    """What is promised.

    Attributes:
        max_miss: Largest miss rate, in every group.
        confidence: Probability, over the draw, that the claim holds; also of every interval.
        victims, others: People of each sample.
        most_rows: Victims looked at for one group before it is called too rare.
    """

    max_miss: float
    confidence: float
    victims: int
    others: int
    most_rows: int


@dataclass(frozen=True)
class Sample:
    """People who were drawn and screened, independent of each other.

    Attributes:
        seed: Seed of the draw.
        plan_rows: Rows of the plan from which they come.
        looked_at: How many of these rows, from the first, were looked at.
        risk: Their risks, in the order of the rows.
    """

    seed: int
    plan_rows: int
    looked_at: int
    risk: Risks

    def __len__(self) -> int:
        return len(self.risk)

    def missed(self, threshold: int, confidence: float) -> Rate:
        """Return the share of victims below a threshold."""
        return Rate(int((self.risk < threshold).sum()), len(self), confidence)

    def flagged(self, threshold: int, confidence: float) -> Rate:
        """Return the share of people at or above a threshold."""
        return Rate(int((self.risk >= threshold).sum()), len(self), confidence)

    def to_json(self) -> dict[str, Any]:
        """Return where the sample comes from: seed, plan, rows from and up to, n, and a hash of its risks."""
        return {
            "seed": self.seed,
            "plan_rows": self.plan_rows,
            "rows": [0, self.looked_at],
            "n": len(self),
            "risks_sha256": hashlib.sha256(self.risk.astype("<i4").tobytes()).hexdigest(),
        }


@dataclass(frozen=True)
class GroupName:
    """One group of a grouping, such as `female` of `sex`; `online_scam, female` where two are crossed."""

    grouping: str
    group: str

    def __str__(self) -> str:
        return f"{self.grouping}: {self.group}"

    @property
    def in_order(self) -> "GroupName":
        """The same group with its groupings in alphabetical order, so that no second order is a second draw.

        Examples:
            >>> GroupName("typology+sex", "online_scam, female").in_order
            GroupName(grouping='sex+typology', group='female, online_scam')
        """
        kinds, keys = self.grouping.split(CROSSED_BY), self.group.split(BETWEEN)
        if len(kinds) != len(keys):
            return self
        both = sorted(zip(kinds, keys, strict=True))
        return GroupName(CROSSED_BY.join(kind for kind, _ in both), BETWEEN.join(key for _, key in both))

    @property
    def is_by_age(self) -> bool:
        """Whether age divides these people: the recorded age, which need not be the true one."""
        return "age_band" in self.grouping.split(CROSSED_BY)


@dataclass(frozen=True)
class Samples:
    """The two samples of one group.

    Attributes:
        name: The group.
        calibration: The victims by whom its threshold is set.
        check: Other victims, by whom it is checked.
    """

    name: GroupName
    calibration: Sample
    check: Sample


@dataclass(frozen=True)
class NextStep:
    """What the next tighter promise would need of a group.

    Attributes:
        max_miss: The next tighter largest miss rate.
        needed: Victims needed, by how many of them may be missed.
        threshold: The threshold it would need with the victims there are; None with too few.
    """

    max_miss: float
    needed: tuple[tuple[int, int], ...]
    threshold: int | None

    def to_json(self, n: int) -> dict[str, Any]:
        """Return the step for JSON, for a group of which there are `n` victims."""
        needs = [{"allowed": allowed, "n": need, "more": max(need - n, 0)} for allowed, need in self.needed]
        return {"max_miss": self.max_miss, "needs": needs, "threshold": self.threshold}


@dataclass(frozen=True)
class Group:
    """One protected group.

    Attributes:
        name: The group.
        own: Its victims, how many may be missed, and the threshold it needs by itself.
        missed: How many of the victims who set it lie below the threshold of the certificate.
        miss_rate: Fresh victims who are missed at the threshold of the certificate.
        next_step: What the next tighter promise would need.
        samples: Where both samples come from.
    """

    name: GroupName
    own: GroupThreshold
    missed: int
    miss_rate: Rate
    next_step: NextStep
    samples: Samples

    def to_json(self) -> dict[str, Any]:
        """Return the group for JSON.

        Keys: `grouping`, `group`; `n`, `allowed`, `threshold` (hundredths) and `missed` of the calibration;
        `calibration` and `check`, each a `Sample.to_json`; `miss_rate` (estimate, low, high, n, missed) of
        the check; `next_tighter` with `max_miss`, `needs` (allowed, n, more) and `threshold`.
        """
        return {
            "grouping": self.name.grouping,
            "group": self.name.group,
            "n": self.own.n,
            "allowed": self.own.allowed,
            "missed": self.missed,
            "threshold": self.own.threshold,
            "calibration": self.samples.calibration.to_json(),
            "check": self.samples.check.to_json(),
            "miss_rate": rate_json(self.miss_rate, "missed"),
            "next_tighter": self.next_step.to_json(self.own.n),
        }


def guaranteed(
    calibrations: Sequence[tuple[GroupName, Sample]], terms: Terms
) -> tuple[int, dict[GroupName, GroupThreshold]]:
    """Return the threshold that protects every group at once, and what each group needs by itself.

    Raises:
        NoThresholdError: If groups have too few victims; it names each, with the number that is wanting.
    """
    risks = {str(name): sample.risk for name, sample in calibrations}
    threshold, own = guaranteed_threshold(risks, terms.max_miss, terms.confidence)
    return threshold, {name: own[str(name)] for name, _ in calibrations}


def group_of(samples: Samples, own: GroupThreshold, threshold: int, terms: Terms) -> Group:
    """Return what a certificate with this threshold says of one group."""
    return Group(
        samples.name,
        own,
        int((samples.calibration.risk < threshold).sum()),
        samples.check.missed(threshold, terms.confidence),
        next_step(samples.calibration.risk, terms),
        samples,
    )


def next_step(risk: Risks, terms: Terms) -> NextStep:
    """Return what the next tighter promise would need of a group, by the risks of its victims."""
    ladder = defaults().ladder
    max_miss = next((step for step in ladder if step < terms.max_miss), terms.max_miss / 2)
    needed = tuple(
        (allowed, sample_for(allowed, max_miss, terms.confidence)) for allowed in defaults().allowed
    )
    own = None
    if len(risk) >= smallest_sample(max_miss, terms.confidence):
        own = guaranteed_threshold({"": risk}, max_miss, terms.confidence)[0]
    return NextStep(max_miss, needed, own)


def check_terms(terms: Terms) -> None:
    """Refuse what cannot be promised or would take for ever.

    Raises:
        BadInput: With everything that is wrong.
    """
    raise_if_any(_wrong_with(terms))


def _wrong_with(terms: Terms) -> Iterator[Problem]:
    for option, share, example in (
        ("--max-miss", terms.max_miss, "0.05"),
        ("--confidence", terms.confidence, "0.95"),
    ):
        if not 0 < share < 1 or 1 - share == 1:
            what = f"{share:g} is no share that can be promised"
            yield Problem(what, option, f"Give a number between 0 and 1, such as {example}.")
    most = defaults().most
    for option, size, limit in (
        ("--victims", terms.victims, most.victims),
        ("--others", terms.others, most.others),
        ("most_rows", terms.most_rows, most.rows),
    ):
        if not 1 <= size <= limit:
            yield Problem(f"{size:,} people cannot be drawn", option, f"Give a number from 1 to {limit:,}.")


def check_sizes(calibrations: Sequence[tuple[GroupName, Sample]], terms: Terms) -> None:
    """Refuse groups that have too few victims for any threshold, each with the number that is wanting.

    Raises:
        BadInput: "n more victims of the group g are needed", for every such group, with what to do about it.
    """
    fewest = smallest_sample(terms.max_miss, terms.confidence)
    raise_if_any(
        _shortage(name, sample, fewest, terms) for name, sample in calibrations if len(sample) < fewest
    )


def _shortage(name: GroupName, sample: Sample, fewest: int, terms: Terms) -> Problem:
    by_age = " (by recorded age)" if name.is_by_age else ""
    what = f"{fewest - len(sample):,} more victims of the group '{name}'{by_age} are needed for any threshold"
    if len(sample) >= terms.victims:
        return Problem(what, "--victims", f"Give --victims {fewest} or more, or ask for less.")
    mend = "Leave the group out, give a larger --max-miss, or write a scenario in which it is less rare."
    return Problem(f"{what}; {sample.looked_at:,} simulated victims were looked at", "--groups", mend)


def empty_json(name: GroupName, looked_at: int, confidence: float) -> dict[str, Any]:
    """Return for JSON a group of which nobody was found: how many victims were looked at, and its share."""
    return {
        "grouping": name.grouping,
        "group": name.group,
        "share": rate_json(Rate(0, looked_at, confidence), "found"),
    }


def usable(flagged: Rate) -> bool:
    """Whether so many others flagged leave a threshold usable.

    Raises:
        BadInput: If nobody was looked at.
    """
    if not flagged.n:
        raise BadInput.of("nobody was drawn of whom a false flag could be counted", mend="Draw others.")
    return flagged.count <= defaults().most_flagged * flagged.n
