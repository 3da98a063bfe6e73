"""Simulated trainees: the same from the same seed, and with the habits that were put in."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from console.demonstration.behaviour import Behaviour, behaviour
from console.demonstration.deciding import Desk, Played, desk_of, played
from console.demonstration.plan import demonstration_plan
from console.demonstration.trainees import Trainee, trainees
from dossier.recommendations import Recommendation
from dossier.stages import Stage

AT_COUNTER = [f"counter_{number}" for number in range(8)]
IN_INTERVIEW = [f"interview_{number}" for number in range(8)]
FROM_REGISTRY = [f"registry_{number}" for number in range(4)]
STAGES = {
    **dict.fromkeys(AT_COUNTER, Stage.COUNTER),
    **dict.fromkeys(IN_INTERVIEW, Stage.INTERVIEW),
    **dict.fromkeys(FROM_REGISTRY, Stage.VERIFICATION),
}
BRINGS = {"documents": Stage.VERIFICATION, "interview": Stage.INTERVIEW}
CLASS = 60


def key(
    present: int, sex: str = "female", age_band: str = "46 and over", *, online: bool = False
) -> dict[str, Any]:
    """Return the answers of a dossier in which so many of each stage's indicators are present."""
    names = (*AT_COUNTER[:present], *IN_INTERVIEW[:present], *FROM_REGISTRY[:present])
    found = {name: "present" if name in names else "absent" for name in STAGES}
    return {"indicators": found, "groups": {"sex": sex, "age_band": age_band, "online_offer": online}}


def desk_with(keys: Sequence[Mapping[str, Any]]) -> Desk:
    return desk_of(keys, STAGES, frozenset({Stage.COUNTER}), BRINGS)


def flags(keys: Sequence[Mapping[str, Any]], of: Mapping[str, Any], how: Behaviour | None = None) -> int:
    """Return how many of a large simulated class flag a dossier that lies among others."""
    how = how or behaviour()
    desk = desk_with(keys)
    found = [played(desk, how, one, of, "A1", 7) for one in trainees(how, CLASS, STAGES, 7)]
    return sum(one.action >= Recommendation.INTERVIEW for one in found)


ORDINARY = [key(0), key(1), key(0), key(1), key(3), key(4)]


def test_the_same_seed_gives_the_same_class_and_another_gives_another() -> None:
    first, again = trainees(behaviour(), 30, STAGES, 1), trainees(behaviour(), 30, STAGES, 1)
    assert first == again
    assert first != trainees(behaviour(), 30, STAGES, 2)
    assert len({one.nickname for one in trainees(behaviour(), 90, STAGES, 1)}) == 90


def test_a_larger_class_begins_with_the_same_trainees() -> None:
    assert trainees(behaviour(), 40, STAGES, 1)[:10] == trainees(behaviour(), 10, STAGES, 1)


def test_what_is_ticked_lies_on_the_desk() -> None:
    desk = desk_with(ORDINARY)
    for trainee in trainees(behaviour(), CLASS, STAGES, 3):
        done = played(desk, behaviour(), trainee, key(3), "A1", 3)
        seen = {Stage.COUNTER} | {BRINGS[kind] for kind in done.asked}
        assert {STAGES[name] for name in done.indicators} <= seen
        assert list(done.indicators) == sorted(set(done.indicators))


def test_more_of_the_class_flags_what_stands_out() -> None:
    assert flags(ORDINARY, key(4)) > flags(ORDINARY, key(1)) + CLASS // 4


def test_men_with_online_offers_are_flagged_less_often_and_young_women_more_often() -> None:
    usual = flags(ORDINARY, key(3, "male"))
    assert flags(ORDINARY, key(3, "male", online=True)) < usual - CLASS // 10
    assert flags(ORDINARY, key(2, "female", "18-24")) > flags(ORDINARY, key(2, "female")) + CLASS // 10


def test_without_habits_nobody_is_treated_otherwise() -> None:
    plain = behaviour().model_copy(update={"habits": ()})
    for present in (1, 3):
        man, woman = key(present, "male", online=True), key(present, "female", "18-24")
        assert flags(ORDINARY, man, plain) == flags(ORDINARY, woman, plain)


def test_whether_somebody_is_a_victim_is_not_read() -> None:
    desk, trainee = desk_with(ORDINARY), one_trainee()
    told = {**key(3), "truth_class": "victim", "needs_protection": True, "tier": "expert"}
    assert played(desk, behaviour(), trainee, told, "A1", 1) == played(
        desk, behaviour(), trainee, key(3), "A1", 1
    )


def test_dossiers_that_are_all_alike_move_nobody() -> None:
    done = decided([key(0)] * 4, key(0))
    assert done.seconds > 0


@pytest.mark.parametrize("number", range(10))
def test_confidence_grows_with_the_distance_from_the_criterion(number: int) -> None:
    trainee = trainees(behaviour(), 10, STAGES, 1)[number]
    desk = desk_with(ORDINARY)
    sure = [played(desk, behaviour(), trainee, key(8), f"A{place}", 1).confidence for place in range(40)]
    near = [played(desk, behaviour(), trainee, key(2), f"A{place}", 1).confidence for place in range(40)]
    assert sum(sure) > sum(near)


def test_the_habits_and_the_plan_say_that_they_are_assumed() -> None:
    assert behaviour().grade == demonstration_plan().grade == "D"
    assert "Assumed" in behaviour().why


def one_trainee() -> Trainee:
    return trainees(behaviour(), 1, STAGES, 1)[0]


def decided(keys: Sequence[Mapping[str, Any]], of: Mapping[str, Any]) -> Played:
    return played(desk_with(keys), behaviour(), one_trainee(), of, "A1", 1)
