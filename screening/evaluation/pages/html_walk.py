"""The pathway in the HTML report: work, waiting and losses stage by stage, as far as officers' time allowed.

Minutes and capacities are assumed; whoever shows a number of these says so beside it. Rates and causes are
the content's own, and no applicant is looked at here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.evaluation.pages.html_charts import CAUSE_SHADES, lost_groups
from screening.evaluation.pages.html_parts import Content, Row, Share, rates_of, share, share_of
from screening.evaluation.texts import Said, limit, number, said, text


@dataclass(frozen=True)
class StageWork:
    """One stage of the walk.

    Attributes:
        content: The stage as it stands in the content.
        name: Its name.
        sent, not_reached: People sent there of those who came, and of these the ones nobody could see.
        victims_found: Victims referred at this stage.
    """

    content: Content
    name: Said
    sent: Share
    not_reached: Share
    victims_found: int


@dataclass(frozen=True)
class Lost:
    """One group of missed victims, by cause.

    Attributes:
        name: What the group is called.
        missed: How many.
        causes: Shares of them by cause.
    """

    name: Said
    missed: int
    causes: Mapping[str, Share]


@dataclass(frozen=True)
class Walk:
    """The whole walk.

    Attributes:
        rates: Missed and flagged along the whole pathway.
        stages: The stages in order.
        cumulative: The same rates after each stage.
        causes: What the causes are called, those that occur.
        lost: Missed victims by cause: all, and by group.
        cost: Rates of what the lawful and the irregular paid, by class and kind.
    """

    rates: Mapping[str, Share]
    stages: Sequence[StageWork]
    cumulative: Sequence[Row]
    causes: Mapping[str, Said]
    lost: Sequence[Lost]
    cost: Mapping[str, Mapping[str, Share]]


def walk(content: Content) -> Walk | None:
    """Return the walk of a run; None where the pathway was not walked."""
    found = content.get("pathway_walk")
    if found is None:
        return None
    causes = {one["cause"]: said(one["title"]) for one in found["lost"]["causes"] if one["lost"]["lost"]}
    return Walk(
        rates_of(found),
        [_stage(stage) for stage in found["stages"]],
        [Row(said(stage["name"]), rates_of(stage)) for stage in found["stages"]],
        {cause: causes[cause] for cause in CAUSE_SHADES if cause in causes},
        [_lost(name, counts) for name, counts in lost_groups(content)],
        {
            who: {
                kind: share(found["cost"][who][kind]) for kind in ("sent_to_interview", "interviewed", "late")
            }
            for who in ("lawful", "irregular")
        },
    )


def _stage(stage: Content) -> StageWork:
    return StageWork(
        stage,
        said(stage["name"]),
        share(stage["sent"]),
        share(stage["not_reached"]),
        stage["referred"]["victim"],
    )


def _lost(name: Said, counts: Mapping[str, int]) -> Lost:
    missed = sum(counts.values())
    return Lost(name, missed, {cause: share_of(count, missed) for cause, count in counts.items()})


def assumed(stage: Content) -> Said:
    """Return in one sentence what is assumed of a stage's work."""
    policy = stage["policy"]
    capacity = policy["capacity"]
    wait = policy["longest_wait"]
    return text(
        "walk.assumed_stage",
        minutes=policy["minutes"],
        capacity=text("walk.unlimited") if capacity is None else text("walk.capacity", share=limit(capacity)),
        chosen=text(f"walk.chosen_{policy['chosen']}"),
        order=text(f"walk.order_{policy['order']}"),
        wait=text("walk.wait_any") if wait is None else text("walk.wait_days", days=number(wait)),
        grade=policy["grade"],
    )
