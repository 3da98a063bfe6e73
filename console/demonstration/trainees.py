"""Simulated trainees: what they are able to notice, how readily they flag, and which habits they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from console.demonstration.behaviour import Behaviour, Habit, Spread, StageLabel
from dossier.stages import Stage
from synthetic.streams import stream_key


@dataclass(frozen=True)
class Trainee:
    """One simulated trainee.

    Attributes:
        number: From 0.
        nickname: What the class calls him or her.
        language: In which the trainee reads.
        ability: How much what is noticed moves the impression.
        criterion: From which impression on the trainee flags.
        noticing: The chance to notice an indicator that is there, by its name.
        pace: Seconds on a dossier, beside those of the median trainee.
        habits: Those he or she has.
    """

    number: int
    nickname: str
    language: Literal["en", "id"]
    ability: float
    criterion: float
    noticing: Mapping[str, float]
    pace: float
    habits: tuple[Habit, ...]


def chances(seed: int, *address: str) -> np.random.Generator:
    """Return the randomness of one simulated trainee or dossier, which depends on no other."""
    return np.random.default_rng(stream_key(seed, "demonstration", *address))


def trainees(behaviour: Behaviour, size: int, stages: Mapping[str, Stage], seed: int) -> tuple[Trainee, ...]:
    """Return a simulated class.

    Args:
        behaviour: How they are spread.
        size: How many.
        stages: The stage that first shows each indicator, by the indicator's name.
        seed: The same seed gives the same trainees.
    """
    taught = chances(seed, "taught").normal(0, behaviour.noticing.spread_of_indicators, len(stages))
    usual = {
        name: behaviour.noticing.at(cast("StageLabel", stage.label)) + shift
        for (name, stage), shift in zip(sorted(stages.items()), taught, strict=True)
    }
    return tuple(_trainee(behaviour, number, usual, seed) for number in range(size))


def _trainee(behaviour: Behaviour, number: int, usual: Mapping[str, float], seed: int) -> Trainee:
    lot = chances(seed, "trainee", str(number))
    names = behaviour.names.nicknames
    again = number // len(names)
    known = behaviour.noticing
    eye = lot.normal(0, known.spread_of_trainees)
    ability, criterion = behaviour.impression.ability, behaviour.impression.criterion
    return Trainee(
        number=number,
        nickname=names[number % len(names)] + (f" {again + 1}" if again else ""),
        language="en" if lot.random() < behaviour.names.english_in_100 / 100 else "id",
        ability=max(_drawn(lot, ability), 0.0),
        criterion=_drawn(lot, criterion),
        noticing={
            name: float(np.clip(chance + eye, known.least, known.most)) for name, chance in usual.items()
        },
        pace=float(np.exp(lot.normal(0, behaviour.seconds.spread))),
        habits=tuple(habit for habit in behaviour.habits if lot.random() < habit.share),
    )


def _drawn(lot: np.random.Generator, number: Spread) -> float:
    return float(lot.normal(number.mean, number.spread))
