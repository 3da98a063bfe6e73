"""How a run was set, as its report says it: levers, step of difficulty, base rate and stage.

Flags per 10,000 applicants follow the share of victims for which a run stands: the base rate that it was
given, or else the share in its own cohort. Every part of the page asks here, so that all say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from screening.evaluation.rates import PER
from screening.evaluation.texts import Said, limit, number, one_in, said, text
from screening.pathway_policy import pathway_policy
from screening.referral_policy import RELEASED

Content = Mapping[str, Any]

USUAL_STEP = 3
USUAL_STAGE = "verification"

FEW_PEOPLE = 10
"""Below it, people per 10,000 are printed with a digit after the point unless they are whole."""

ROUNDING = 1e-6

SMALL_SHARE = 0.01
"""Below it, a share is printed as "1 in so many" even where that is rounded."""


def share_of_victims(content: Content) -> float:
    """Return the share of victims for which the run stands, facilitators left out; 0 where nobody counts."""
    given = stands_for(content)
    if given is not None:
        return given
    counted = content["victims"] + content["lawful"] + content["irregular"]
    return content["victims"] / counted if counted else 0.0


def stands_for(content: Content) -> float | None:
    """Return the base rate as levers left it; None where the cohort stands for itself."""
    left = content.get("base_rate_after_levers")
    found = content.get("base_rate") if left is None else left
    return None if found is None else float(found)


@dataclass(frozen=True)
class Flags:
    """What becomes of 10,000 applicants like those of the run, facilitators left out.

    Attributes:
        victims, found, missed: Victims, flagged or not.
        lawful, irregular: Flagged of those.
    """

    victims: float
    found: float
    lawful: float
    irregular: float

    @property
    def missed(self) -> float:
        """Victims who are not flagged."""
        return self.victims - self.found

    @property
    def flags(self) -> float:
        """Everybody flagged."""
        return self.found + self.lawful + self.irregular


def per_10000(content: Content, missed: int, lawful: int, irregular: int) -> Flags:
    """Return what counts of the cohort are among 10,000 applicants.

    Args:
        content: The evaluation.
        missed: Victims of the cohort who are not flagged.
        lawful, irregular: Flagged of those.
    """
    share, victims = share_of_victims(content), content["victims"]
    others = content["lawful"] + content["irregular"]
    each_victim = PER * share / victims if victims else 0.0
    each_other = PER * (1 - share) / others if others else 0.0
    return Flags(
        each_victim * victims, each_victim * (victims - missed), each_other * lawful, each_other * irregular
    )


def few_or_many(value: float) -> Said:
    """Return a number of people per 10,000: a small one that is not whole with a digit after the point.

    Examples:
        >>> few_or_many(353.2).en, few_or_many(5.13).en, few_or_many(10.0).en
        ('353', '5.1', '10')
    """
    return number(value, 0 if value >= FEW_PEOPLE or value == round(value) else 1)


def base_rate_text(content: Content) -> Said | None:
    """Return the base rate, as levers left it, as "1 in so many"; None where the cohort stands for itself."""
    rate = stands_for(content)
    return None if rate is None else _rate_text(rate)


def _rate_text(rate: float) -> Said:
    return one_in(rate) if _is_one_in(rate) or rate < SMALL_SHARE else limit(rate)


def settings(content: Content) -> list[Said]:
    """Return what was set otherwise than usual, a sentence each; nothing where all is as released."""
    about = content.get("about", {})
    sentences = []
    if about.get("levers"):
        levers = together_with_and([said(title) for title in about["levers"]])
        sentences.append(text("setting.levers", levers=levers))
    step = about.get("difficulty_step", USUAL_STEP)
    if step != USUAL_STEP:
        sentences.append(text("setting.difficulty", step=step, how=text(f"setting.step_{step}")))
    rate, left = content.get("base_rate"), stands_for(content)
    if rate is not None and left is not None:
        counted = content["victims"] + content["lawful"] + content["irregular"]
        people = {"rate": _rate_text(rate), "victims": content["victims"], "n": counted}
        if left == rate:
            sentences.append(text("setting.base_rate", **people))
        else:
            sentences.append(text("setting.base_rate_after", left=_rate_text(left), **people))
    if content["stage"] != USUAL_STAGE:
        sentences.append(text("setting.stage", stage=text(f"stage.{content['stage']}")))
    if content.get("decides") == "rules":
        sentences.append(text("setting.rules", rulebook=content["rulebook_id"]))
    return [*sentences, *_of_policy(content), *_of_capacity(content)]


def _of_policy(content: Content) -> list[Said]:
    """Return which policy was followed, where it is not the usual one."""
    policy = content.get("policy")
    if policy is None or policy["id"] == RELEASED:
        return []
    return [
        text(
            "setting.policy",
            id=policy["id"],
            title=said(policy["title"]),
            description=said(policy["description"]),
        )
    ]


def _of_capacity(content: Content) -> list[Said]:
    """Return the officers there were, where somebody chose other than the usual number."""
    return [
        text("setting.capacity", stage=text(f"stage.{stage}"), share=_capacity(share))
        for stage, share in _changed_capacity(content).items()
    ]


def _capacity(share: float | None) -> Said:
    return text("setting.unlimited") if share is None else limit(share)


def _changed_capacity(content: Content) -> dict[str, float | None]:
    """Return the capacity of each stage that has another than the released one."""
    usual = {stage: said_of.capacity for stage, said_of in pathway_policy().stage.items()}
    walked = content.get("pathway_walk", {}).get("stages", ())
    found = {stage["stage"]: stage["policy"]["capacity"] for stage in walked}
    return {stage: share for stage, share in found.items() if share != usual[stage]}


def is_as_released(content: Content) -> bool:
    """Tell whether the people of the run are drawn by the scenario as it was released."""
    about = content.get("about", {})
    return not about.get("levers") and about.get("difficulty_step", USUAL_STEP) == USUAL_STEP


def options(content: Content) -> str:
    """Return the options of the command that say how the run was set.

    A lever stands as LEVER, for the content holds the titles of levers, not their ids.
    """
    about = content.get("about", {})
    words = ["--lever LEVER"] * len(about.get("levers", ()))
    step = about.get("difficulty_step", USUAL_STEP)
    if step != USUAL_STEP:
        words.append(f"--difficulty {step}")
    rate = content.get("base_rate")
    if rate is not None:
        words.append(f"--base-rate {f'1:{round(1 / rate)}' if _is_one_in(rate) else rate}")
    policy = content.get("policy", {}).get("id", RELEASED)
    if policy != RELEASED:
        words.append(f"--policy {policy}")
    if "pathway_walk" in content:
        words.append("--pathway")
    for stage, share in _changed_capacity(content).items():
        words.append(f"--capacity {stage}={'unlimited' if share is None else f'{share:g}'}")
    if "oracle" not in content:
        words.append("--no-yardsticks")
    return "".join(f" {word}" for word in words)


def _is_one_in(rate: float) -> bool:
    """Tell whether a share is one in a whole number."""
    return abs(1 / rate - round(1 / rate)) < ROUNDING


def lever_titles(content: Content) -> Said | None:
    """Return the titles of the levers that were taken; None where there is none."""
    levers = content.get("about", {}).get("levers")
    return together_with_and([said(title) for title in levers]) if levers else None


def together_with_and(parts: list[Said]) -> Said:
    """Return texts one after the other, the last with "and".

    Examples:
        >>> together_with_and([Said("a", "a"), Said("b", "b"), Said("c", "c")])
        Said(en='a, b and c', id='a, b dan c')
    """
    *first, last = parts
    if not first:
        return last
    return Said(
        f"{', '.join(part.en for part in first)} and {last.en}",
        f"{', '.join(part.id for part in first)} dan {last.id}",
    )
