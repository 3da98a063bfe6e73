"""Backlog: fewer officers along the pathway, or a rush of applicants, and who is missed and who waits for it.

The same people walk the same pathway with other capacities or on other days. The counter stays as it is:
nobody goes on without it, so with too few officers there its queue would never end. Officers differ only in
number here; that tired ones look less closely is not simulated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from console.judging import Judge
from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.pairs import Mask, change, held_together, rate_of
from console.stress.settings import settings
from console.stress.wording import change_text, fine, limit, rate_text, say
from dossier.stages import Stage
from dossier.texts import Text
from screening.evaluation.groups import group_rates
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate, rate_json
from screening.pathway import NOT_REACHED, SEEN, Travellers, Walk, travellers, walk
from screening.pathway_policy import PathwayPolicy, pathway_policy
from screening.queues import Calendar
from synthetic.streams import words

Days = npt.NDArray[np.int64]

USUAL = "officers:1"
RUSH = "rush"
NINE_IN_TEN = 0.9
DAYS_OF_A_YEAR = 365
LAST_DAY_WAITED_FOR = 10 * DAYS_OF_A_YEAR
"""Nobody waits longer than this: somebody either is seen or goes on after the longest wait."""


@dataclass(frozen=True)
class Walked:
    """One walk of people along the pathway.

    Attributes:
        outcomes: Who they truly are.
        people: As the pathway knows them, with the days on which they come.
        walk: What became of them.
        policy: With how many officers.
        year: Of the calendar.
    """

    outcomes: Outcomes
    people: Travellers
    walk: Walk
    policy: PathwayPolicy
    year: int

    @cached_property
    def is_referred(self) -> Mask:
        """Shape (n,): who is referred at any stage."""
        return self.walk.referred_by(max(Stage))

    @cached_property
    def waited(self) -> Days:
        """Shape (n,): open days in all queues together."""
        return np.asarray(np.sum([self.walk.waited[stage] for stage in Stage], axis=0, dtype=np.int64))

    @cached_property
    def gone_on_unseen(self) -> Mask:
        """Shape (n,): who was sent to a stage and was not reached there."""
        return np.asarray(np.any([self.walk.fate[stage] == NOT_REACHED for stage in Stage], axis=0))

    @cached_property
    def queue_lengths(self) -> dict[str, int]:
        """The longest queue of any stage, and all who still wait when the year ends."""
        queues = list(self.queues())
        return {
            "longest_queue": max(longest_queue(joined, left) for _, joined, left in queues),
            "at_the_end": sum(
                int(((joined <= DAYS_OF_A_YEAR) & (left > DAYS_OF_A_YEAR)).sum())
                for _, joined, left in queues
            ),
        }

    def queues(self) -> Iterator[tuple[Stage, Days, Days]]:
        """Yield for each stage the days on which those who were sent there joined its queue, and left it."""
        ready = self.people.day.astype(np.int64)
        unknown = self.policy.days_when_unknown.value
        departs = ready + np.where(self.people.departs < 0, unknown, self.people.departs)
        for stage in Stage:
            if stage == Stage.CHECKPOINT:
                ready = np.maximum(ready, departs)
            rows = np.isin(self.walk.fate[stage], (SEEN, NOT_REACHED))
            days = _open_days(self.policy.at(stage).queue(self.year).calendar)
            first = np.searchsorted(days, ready[rows])
            ready[rows] = days[first + self.walk.waited[stage][rows]]
            yield stage, days[first], ready[rows]


def backlog(setting: Setting, done: Done) -> Finding:
    """Return misses, wrong flags, waiting and backlog with fewer officers and in a rush."""
    how = settings().backlog
    usual = _usual_walk(setting.judge, how.people, setting.seed_for("backlog"))
    done(1)
    walks = {}
    for share in how.capacities:
        walked = usual if share == 1 else again(usual, usual.people, with_officers(usual.policy, share))
        walks[f"officers:{share:g}"] = say("backlog.officers", share=limit(share)), walked
        done(1)
    rushed = again(usual, in_a_rush(usual.people, setting.seed), usual.policy)
    walks[RUSH] = say("backlog.rush", times=fine(how.rush), days=how.rush_days), rushed
    done(1)
    return held_together(lambda confidence: _finding(usual, walks, confidence))


def _finding(usual: Walked, walks: Mapping[str, tuple[Text, Walked]], confidence: float) -> Finding:
    rows = [_row(name, key, usual, walked, confidence) for key, (name, walked) in walks.items()]
    return Finding(
        "backlog",
        say("backlog.title"),
        say("backlog.question"),
        _answer(rows),
        rows,
        say("backlog.assumed", people=len(usual.people), victims=int(_victims(usual).sum())),
        columns=(
            Column("lawful_flagged", say("backlog.lawful"), "rate"),
            Column("gone_on_unseen", say("backlog.unseen"), "rate"),
            Column("mean_wait", say("backlog.mean_wait"), "fine"),
            Column("longest_queue", say("backlog.longest_queue"), "number"),
            Column("at_the_end", say("backlog.at_the_end"), "number"),
        ),
        more={"people": len(usual.people), "grade": settings().grade},
    )


def steps(_: Setting) -> int:
    """Return how often `backlog` tells of its progress."""
    return 2 + len(settings().backlog.capacities)


def again(before: Walked, people: Travellers, policy: PathwayPolicy) -> Walked:
    """Return another walk of the same people.

    Args:
        before: A walk of theirs.
        people: The same, perhaps on other days.
        policy: Perhaps with other capacities.
    """
    return replace(before, people=people, walk=walk(people, policy, before.year), policy=policy)


def with_officers(policy: PathwayPolicy, share: float) -> PathwayPolicy:
    """Return the policy with a share of the usual officers wherever people can be sent on unseen."""
    fewer: dict[str, float | None] = {
        label: said.capacity * share
        for label, said in policy.stage.items()
        if said.capacity is not None and said.longest_wait is not None
    }
    return policy.with_capacity(fewer, where="settings.toml")


def in_a_rush(people: Travellers, seed: int) -> Travellers:
    """Return the same people, of whom some from all over the year come within the days of the rush.

    So many are moved that the days of the rush have the stated multiple of an ordinary day's applicants. The
    time between application and departure stays as it is.
    """
    how = settings().backlog
    rows = range(len(people))
    inside = (people.day >= how.rush_from) & (people.day < how.rush_from + how.rush_days)
    wanted = how.rush * len(people) * how.rush_days / DAYS_OF_A_YEAR - inside.sum()
    share = wanted / max(int((~inside).sum()), 1)
    moved = ~inside & (words(seed, "stress", "rush", "who", rows=rows) / 2.0**64 < share)
    when = words(seed, "stress", "rush", "when", rows=rows) % np.uint64(how.rush_days)
    day = np.where(moved, how.rush_from + when.astype(np.int64), people.day)
    return replace(people, day=day.astype(people.day.dtype))


def longest_queue(joined: Days, left: Days) -> int:
    """Return the most people who wait overnight at once.

    Args:
        joined: Shape (n,): the day on which each could first be seen.
        left: Shape (n,): the day on which each was seen or went on.

    Examples:
        >>> longest_queue(np.array([1, 1, 2]), np.array([1, 3, 3]))
        2
    """
    if not len(joined):
        return 0
    size = int(left.max()) + 1
    waiting = np.cumsum(np.bincount(joined, minlength=size) - np.bincount(left, minlength=size))
    return int(waiting.max())


def _usual_walk(judge: Judge, size: int, seed: int) -> Walked:
    judged = judge.fresh("everybody", size, seed)
    assessed = {stage: judge.screener.assess(judged.dossiers, stage) for stage in Stage}
    people = travellers(judge.screener, judged.dossiers, assessed)
    policy, year = pathway_policy(), judge.world.scenario.scenario.year
    return Walked(judged.outcomes, people, walk(people, policy, year), policy, year)


def _open_days(calendar: Calendar) -> Days:
    days = takewhile(lambda day: day <= LAST_DAY_WAITED_FOR, calendar.days_open())
    return np.fromiter(days, dtype=np.int64)


def _victims(walked: Walked) -> Mask:
    return walked.outcomes.truth.is_victim


def _row(name: Text, key: str, usual: Walked, walked: Walked, confidence: float) -> Row:
    victims, others = _victims(usual), usual.outcomes.truth.is_counted_as_other
    found = group_rates(walked.outcomes, walked.is_referred)[0]
    is_changed = walked is not usual
    missed, flagged = ~walked.is_referred[victims], walked.is_referred[others]
    lawful = Rate(found.lawful.count, found.lawful.n, confidence)
    return Row(
        name,
        key,
        miss=rate_of(missed, confidence),
        false_flag=rate_of(flagged, confidence),
        miss_change=change(missed, ~usual.is_referred[victims], confidence) if is_changed else None,
        flag_change=change(flagged, usual.is_referred[others], confidence) if is_changed else None,
        more={
            "lawful_flagged": rate_json(lawful, "flagged"),
            "gone_on_unseen": rate_json(rate_of(walked.gone_on_unseen, confidence), "people"),
            "mean_wait": float(walked.waited.mean()),
            "ninetieth": int(np.quantile(walked.waited, NINE_IN_TEN, method="inverted_cdf")),
            **walked.queue_lengths,
        },
    )


def _answer(rows: Sequence[Row]) -> Text:
    by_key = {row.key: row for row in rows}
    stated = settings().backlog.stated
    fewest, rush = by_key[f"officers:{stated:g}"], by_key[RUSH]
    return say(
        "backlog.answer",
        usual=rate_text(by_key[USUAL].miss),
        share=limit(stated),
        fewest=rate_text(fewest.miss),
        change=change_text(fewest.miss_change),
        before_wait=fine(round(by_key[USUAL].more["mean_wait"], 1)),
        wait=fine(round(fewest.more["mean_wait"], 1)),
        rush=rate_text(rush.miss),
        rush_change=change_text(rush.miss_change),
    )
