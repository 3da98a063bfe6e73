"""How a simulated trainee decides on a dossier: what is noticed, what is asked for, and what follows.

It reads the answers of a dossier, as only a simulator may: which indicators are present decides what there is
to notice. Whether somebody is a victim it does not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from console.demonstration.behaviour import Behaviour, ChanceToAsk, Habit
from console.demonstration.trainees import Trainee, chances
from dossier.recommendations import Recommendation
from dossier.stages import Stage

PRESENT = "present"
UNSURE, FAIRLY, SURE = 1, 2, 3


@dataclass(frozen=True)
class Played:
    """What a simulated trainee did with a dossier; see `console.web.classroom.turns.Answer`.

    Attributes:
        asked: What was asked for, in order.
        action: What was decided, as a number of `Recommendation`.
        confidence: From 1 to 3.
        indicators: Names of those ticked, sorted.
        is_doubted: Whether the dossier was called not credible.
        seconds: From the first look to the decision.
    """

    asked: tuple[str, ...]
    action: int
    confidence: int
    indicators: tuple[str, ...]
    is_doubted: bool
    seconds: float


@dataclass(frozen=True)
class Usual:
    """How many indicators are present in the dossiers of a sitting, at some evidence."""

    mean: float
    spread: float


@dataclass(frozen=True)
class Desk:
    """What a simulated class knows of a sitting.

    Attributes:
        stages: The stage that first shows each indicator, by the indicator's name.
        first: Stages that lie on the desk from the beginning.
        brings: Which stage each request brings.
        usual: What is usual in the sitting, by the stages opened.
    """

    stages: Mapping[str, Stage]
    first: frozenset[Stage]
    brings: Mapping[str, Stage]
    usual: Mapping[frozenset[Stage], Usual]


def desk_of(
    keys: Sequence[Mapping[str, Any]],
    stages: Mapping[str, Stage],
    first: frozenset[Stage],
    brings: Mapping[str, Stage],
) -> Desk:
    """Return what a simulated class knows of the sitting that has these answers."""
    later = [set(some) for size in range(len(brings) + 1) for some in combinations(brings.values(), size)]
    opened = [first | some for some in later]
    usual = {seen: _usual([len(_there(key, stages, seen)) for key in keys]) for seen in opened}
    return Desk(stages, first, brings, usual)


def played(
    desk: Desk, behaviour: Behaviour, trainee: Trainee, key: Mapping[str, Any], lot_of: str, seed: int
) -> Played:
    """Return what a trainee does with a dossier.

    Args:
        desk: The sitting.
        behaviour: How trainees behave.
        trainee: Who decides.
        key: The dossier's answers.
        lot_of: What the dossier is called in the sitting, such as B7; another name, other luck.
        seed: The same seed gives the same decisions.
    """
    lot = chances(seed, "decision", str(trainee.number), lot_of)
    noise = float(lot.normal())
    noticed = _noticed(desk, behaviour, trainee, key, lot)
    at_first = _impression(desk, trainee, key, noticed, desk.first) + noise
    is_unsure = abs(at_first - trainee.criterion) < behaviour.asking.unsure_within
    wanted = {"documents": behaviour.asking.documents, "interview": behaviour.asking.interview}
    asked = tuple(kind for kind in desk.brings if _asks(wanted[kind], lot, is_unsure=is_unsure))
    seen = desk.first | {desk.brings[kind] for kind in asked}
    beyond = _impression(desk, trainee, key, noticed, seen) + noise - trainee.criterion
    quick = float(np.exp(lot.normal(0, behaviour.seconds.spread)))
    seconds = (behaviour.seconds.median + behaviour.seconds.asking * len(asked)) * trainee.pace * quick
    return Played(
        asked=asked,
        action=int(_action(behaviour, beyond)),
        confidence=_confidence(behaviour, abs(beyond)),
        indicators=tuple(sorted(name for name in noticed if desk.stages[name] in seen)),
        is_doubted=bool(lot.random() < behaviour.doubting.chance),
        seconds=round(seconds, 1),
    )


def _there(key: Mapping[str, Any], stages: Mapping[str, Stage], seen: frozenset[Stage]) -> set[str]:
    """Return the indicators that are present in what lies on the desk."""
    found = key["indicators"]
    return {name for name, stage in stages.items() if stage in seen and found.get(name) == PRESENT}


def _usual(counts: Sequence[int]) -> Usual:
    """Return mean and spread; where all are alike, a spread of 1 keeps every impression at nothing."""
    return Usual(float(np.mean(counts)), float(np.std(counts)) or 1.0)


def _noticed(
    desk: Desk, behaviour: Behaviour, trainee: Trainee, key: Mapping[str, Any], lot: np.random.Generator
) -> set[str]:
    """Return what a trainee would notice or believe to see, if all stages lay on the desk."""
    found, imagining = key["indicators"], behaviour.noticing.imagining
    chance_of = {
        name: trainee.noticing[name] if found.get(name) == PRESENT else imagining
        for name in sorted(desk.stages)
    }
    luck = lot.random(len(chance_of))
    return {name for (name, chance), one in zip(chance_of.items(), luck, strict=True) if one < chance}


def _impression(
    desk: Desk, trainee: Trainee, key: Mapping[str, Any], noticed: set[str], seen: frozenset[Stage]
) -> float:
    """Return how far a dossier stands out for a trainee, without noise.

    What is noticed is set against what the trainee is used to notice in the dossiers of this sitting.
    """
    on_desk = [name for name in desk.stages if desk.stages[name] in seen]
    eye = float(np.mean([trainee.noticing[name] for name in on_desk])) if on_desk else 1.0
    usual = desk.usual[seen]
    counted = sum(name in noticed for name in on_desk) / eye
    habits = sum(habit.shift for habit in trainee.habits if _acts(habit, desk, key, noticed, seen))
    return trainee.ability * (counted - usual.mean) / usual.spread + habits


def _acts(
    habit: Habit, desk: Desk, key: Mapping[str, Any], noticed: set[str], seen: frozenset[Stage]
) -> bool:
    """Return whether a habit moves the impression of this traveller."""
    groups = key["groups"]
    if habit.sex is not None and groups["sex"] != habit.sex:
        return False
    if habit.age_bands and groups["age_band"] not in habit.age_bands:
        return False
    if habit.online_offer is not None and groups["online_offer"] != habit.online_offer:
        return False
    if habit.nothing_noticed_at is None:
        return True
    stage = Stage.of(habit.nothing_noticed_at)
    return stage in seen and not any(desk.stages[name] == stage for name in noticed)


def _asks(chance: ChanceToAsk, lot: np.random.Generator, *, is_unsure: bool) -> bool:
    return bool(lot.random() < (chance.unsure if is_unsure else chance.clear))


def _action(behaviour: Behaviour, beyond: float) -> Recommendation:
    """Return what follows from how far an impression lies beyond the criterion."""
    if beyond >= behaviour.impression.refer_above:
        return Recommendation.REFER
    if beyond >= 0:
        return Recommendation.INTERVIEW
    if beyond >= -behaviour.impression.documents_below:
        return Recommendation.DOCUMENTS
    return Recommendation.PROCEED


def _confidence(behaviour: Behaviour, distance: float) -> int:
    if distance >= behaviour.confidence.sure_from:
        return SURE
    return FAIRLY if distance >= behaviour.confidence.fairly_from else UNSURE
