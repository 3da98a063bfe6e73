"""The pathway in the main job: capacities given by hand, who walks it, and the walk as tables and sentences.

Queues need the whole cohort as persons, which bounds its size; more are refused. What is printed, the
evaluation counted; nothing is computed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.output import Output, counted_of, number_of, percent
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.outcomes import Outcomes, gathered
from screening.pathway import Travellers, cases, joined_travellers
from screening.pathway_policy import PathwayPolicy, pathway_policy

OPTION = "--capacity"
UNLIMITED = "unlimited"

MOST_WALKED = 2_000_000
"""People who can be held as persons: about 80 bytes each, beside what the walk itself takes."""


def pathway_for(capacities: Sequence[str], *, asked: bool) -> PathwayPolicy | None:
    """Return the released policy of the pathway, with capacities given as STAGE=SHARE.

    Args:
        capacities: What was given; a share of an ordinary day's applicants, or "unlimited".
        asked: Whether the pathway is to be walked; None where it is not.

    Raises:
        BadInput: If one is not written so, names no stage, cannot be, or would be of no use.
    """
    if not asked:
        if capacities:
            raise BadInput.of("this is of use only on the pathway", where=OPTION, mend="Add --pathway.")
        return None
    shares: dict[str, float | None] = {}
    for written in capacities:
        stage, _, share = written.partition("=")
        if stage in shares:
            raise BadInput.of(f"the stage '{stage}' stands here twice", where=OPTION, mend="Give it once.")
        shares[stage] = None if share == UNLIMITED else _number(share, written)
    return pathway_policy().with_capacity(shares, where=OPTION)


def _number(share: str, written: str) -> float:
    try:
        return float(share)
    except ValueError:
        mend = f"Write a stage and a share of an ordinary day's applicants, or {UNLIMITED}: interview=0.1."
        raise BadInput.of(f"'{written}' is no STAGE=SHARE", where=OPTION, mend=mend) from None


def check_walkable(size: int, policy: PathwayPolicy | None) -> None:
    """Refuse to walk more people than can be held at once.

    Args:
        size: People of the cohort.
        policy: What `pathway_for` returned.

    Raises:
        BadInput: If they are too many.
    """
    if policy is not None and size > MOST_WALKED:
        what = f"the queues need everybody at once, and {size:,} applicants are more than {MOST_WALKED:,}"
        raise BadInput.of(what, where="--pathway", mend=f"Draw at most {MOST_WALKED:,}, or leave it out.")


@dataclass(frozen=True)
class Walkers:
    """People who walk the pathway, with their truth: plain arrays that a part keeps.

    Attributes:
        outcomes: The people with their truth.
        office, day, departs: As in `Travellers`.
        recommendation, below: The same, in the order of `cases`.
    """

    outcomes: Outcomes
    office: npt.NDArray[np.int8]
    day: npt.NDArray[np.int16]
    departs: npt.NDArray[np.int16]
    recommendation: tuple[npt.NDArray[np.int8], ...]
    below: tuple[npt.NDArray[np.int32], ...]

    @classmethod
    def of(cls, outcomes: Outcomes, people: Travellers) -> "Walkers":
        """Return the same people to be kept; both in one order."""
        every = list(cases())
        return cls(
            outcomes,
            people.office,
            people.day,
            people.departs,
            tuple(people.recommendation[case] for case in every),
            tuple(people.below[case] for case in every if case in people.below),
        )

    @property
    def travellers(self) -> Travellers:
        """The people as the pathway knows them."""
        every = list(cases())
        before_the_last = [case for case in every if case[0] != max(Stage)]
        return Travellers(
            self.office,
            self.day,
            self.departs,
            dict(zip(every, self.recommendation, strict=True)),
            dict(zip(before_the_last, self.below, strict=True)),
        )


def joined_walkers(parts: Sequence[Walkers]) -> Walkers | None:
    """Return the people of all parts, one after the other; None where there are no parts."""
    people = joined_travellers([part.travellers for part in parts])
    return None if people is None else Walkers.of(gathered([part.outcomes for part in parts]), people)


def print_walk(content: Mapping[str, Any], output: Output) -> None:
    """Print the walk for a person.

    Args:
        content: An evaluation as JSON, with a walk.
        output: How to print.
    """
    walk = content["pathway_walk"]
    stages = walk["stages"]
    titles = ("", "seen", "sent, not reached", "minutes", "median wait", "9 in 10 within", "longest wait")
    output.table("As the queues allow: people and days", titles, [_effort_row(stage) for stage in stages])
    columns = ("", "missed so far", "lawful flagged so far", "irregular flagged so far", "victims found")
    rates = [_rates_row(stage) for stage in stages]
    output.table("As the queues allow: flagged at a stage or before it", columns, rows=rates)
    for grouping, rows in walk["lost"]["by"].items():
        _print_lost(walk["lost"], grouping, rows, output)
    for sentence in _sentences(content):
        print(sentence)


def _effort_row(stage: Mapping[str, Any]) -> list[str]:
    waiting = stage["waiting"]
    days = [f"{waiting[name]:,}" if waiting["n"] else "nobody" for name in ("median", "ninetieth", "longest")]
    counts = (stage["seen"]["seen"], stage["not_reached"]["not_reached"], stage["officer_minutes"]["total"])
    return [stage["stage"], *(f"{count:,}" for count in counts), *days]


def _rates_row(stage: Mapping[str, Any]) -> list[str]:
    rates = [percent(stage[name]) for name in ("miss_rate", "lawful_flagged", "irregular_flagged")]
    return [stage["stage"], *rates, f"{stage['referred']['victim']:,}"]


def _print_lost(lost: Mapping[str, Any], grouping: str, rows: Sequence[Any], output: Output) -> None:
    """Print the missed victims of each group by cause; causes under which nobody was lost are left out."""
    causes = [entry["cause"] for entry in lost["causes"] if entry["lost"]["n"] and entry["lost"]["lost"]]
    columns = ("", "missed", *(cause.replace("_", " ") for cause in causes))
    table = [
        [row["group"] or "not recorded", f"{row['missed']:,}", *(f"{row['causes'][c]:,}" for c in causes)]
        for row in rows
    ]
    if table:
        output.table(f"Where missed victims were lost, by {grouping}", columns, table)


def _sentences(content: Mapping[str, Any]) -> Iterator[str]:
    walk = content["pathway_walk"]
    yield f"Missed along the pathway: {counted_of(walk['miss_rate'], 'missed', 'victim')}"
    for entry in walk["lost"]["causes"]:
        if entry["lost"]["n"] and entry["lost"]["lost"]:
            yield f"    {entry['lost']['lost']:,} {entry['title']['en']}."
    minutes = walk["officer_minutes"]
    each = minutes["per_victim_found"]
    found = f", {each:,.0f} for each victim found" if each is not None else ""
    yield f"Officer-minutes: {minutes['total']:,}; {minutes['per_10000']:,.0f} in 10,000 applicants{found}."
    for who, cost in walk["cost"].items():
        people = f"{who} traveller"
        yield f"Sent to interview: {counted_of(cost['sent_to_interview'], 'sent', people)}"
        if cost["late"]["n"]:
            waited = number_of(cost["days_waited"], "day")
            yield f"    In all they waited {waited}; too late for their departure: {cost['late']['late']:,}."
    yield "Minutes and capacities are assumed (grade D); screening/pathway.toml says why."
    if content["base_rate"] is not None:
        yield "The queues hold the people as they were drawn, not the share for which they stand."
