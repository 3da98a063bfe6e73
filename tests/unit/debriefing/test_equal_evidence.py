"""Two groups are compared at equal evidence: planted habits are found, and harder dossiers are no habit."""

import random

import numpy as np
import pytest
from scipy import stats
from scipy.stats import linregress

from console.debriefing.equal_evidence import Adjusted, adjusted
from console.debriefing.judgements import Case, Finding, Judgement
from console.debriefing.shares import gap
from tests.unit.debriefing.classes import case, judgement

NAMES = [f"sign{n}" for n in range(8)]
STAGES = dict.fromkeys(NAMES, "counter")


def with_signs(dossier: str, signs: int) -> Case:
    findings: dict[str, Finding] = {
        name: "present" if n < signs else "absent" for n, name in enumerate(NAMES)
    }
    return case(dossier, "lawful", stages=STAGES, findings=findings)


def a_class(
    chance: random.Random, dossiers: int, *, habit: float = 0.0, more_signs: int = 0, seats: int = 20
) -> tuple[list[Judgement], list[Judgement], dict[str, Case]]:
    """Judgements of two groups; seats flag by signs, by each dossier's own oddity, and the first group by habit."""
    sides: tuple[list[Judgement], list[Judgement]] = ([], [])
    cases = {}
    for n in range(2 * dossiers):
        first = n % 2 == 0
        signs = chance.randint(0, 4) + (more_signs if first else 0)
        cases[f"d{n}"] = with_signs(f"d{n}", signs)
        flagged = 0.1 + 0.08 * signs + chance.uniform(-0.1, 0.1) + (habit if first else 0)
        sides[0 if first else 1].extend(
            judgement(f"d{n}", 3 if chance.random() < flagged else 0, seat=f"s{seat}")
            for seat in range(seats)
        )
    return *sides, cases


def is_flagged(one: Judgement) -> bool:
    return one.action >= 2


def verdicts(times: int, seed: int, **how: float) -> list[str]:
    chance = random.Random(seed)
    found: list[str] = []
    for _ in range(times):
        first, second, cases = a_class(chance, **how)  # type: ignore[arg-type]  # whole numbers are whole
        found.append(gap(first, second, cases, is_flagged).verdict)
    return found


def test_a_planted_habit_is_found_and_without_it_nothing_is() -> None:
    with_habit, without = verdicts(60, 1, dossiers=10, habit=0.3), verdicts(60, 1, dossiers=10)
    assert with_habit.count("more") >= 55
    assert without.count("more") + without.count("less") <= 6


def test_dossiers_with_more_signs_are_no_habit_though_they_are_flagged_more_often() -> None:
    found = verdicts(60, 2, dossiers=10, more_signs=3)
    assert found.count("more") + found.count("less") <= 6
    first, second, cases = a_class(random.Random(3), 10, more_signs=3)
    plain = gap(first, second, cases, is_flagged).estimate
    assert plain is not None
    assert plain > 0.15


@pytest.mark.parametrize(("dossiers", "seats"), [(4, 20), (10, 20), (10, 1)])
def test_the_interval_holds_for_a_class_and_for_one_seat(dossiers: int, seats: int) -> None:
    chance, times, held = random.Random(4), 200, 0
    for _ in range(times):
        first, second, cases = a_class(chance, dossiers, habit=0.1, seats=seats)
        found = adjusted(first, second, cases, is_flagged)
        held += found is not None and found.low <= 0.1 <= found.high
    assert held >= 0.92 * times


def test_the_difference_is_that_of_a_regression_on_signs_and_group() -> None:
    first, second, cases = a_class(random.Random(5), 6)
    found = adjusted(first, second, cases, is_flagged)
    assert found is not None
    made = {name: [one for one in first + second if one.dossier == name] for name in cases}
    shares = np.array([np.mean([is_flagged(one) for one in own]) for own in made.values()])
    signs = np.array(
        [sum(reading == "present" for reading in one.findings.values()) for one in cases.values()]
    )
    group = np.array([float(int(name[1:]) % 2 == 0) for name in cases])
    design = np.column_stack([np.ones(len(group)), signs, group])
    solved = np.linalg.lstsq(design, shares, rcond=None)[0]
    assert found.value == pytest.approx(solved[2])
    left = group - np.polyval(np.polyfit(signs, group, 1), signs)
    assert found.value == pytest.approx(linregress(left, shares).slope)
    assert found.low < found.value < found.high


def test_too_few_dossiers_of_either_group_are_not_compared() -> None:
    first, second, cases = a_class(random.Random(6), 3)
    assert gap(first, second, cases, is_flagged).verdict == "cannot_tell"
    assert adjusted(first, [], cases, is_flagged) is None
    assert gap([], [], {}, is_flagged).estimate is None


def test_where_signs_alone_part_the_groups_nothing_is_compared() -> None:
    cases = {f"d{n}": with_signs(f"d{n}", 1 if n < 4 else 5) for n in range(8)}
    made = [judgement(name, 3 if n % 3 else 0) for n, name in enumerate(cases)]
    assert adjusted(made[:4], made[4:], cases, is_flagged) is None


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.01, 0.4, "more"), (-0.4, -0.01, "less"), (-0.05, 0.08, "equal"), (-0.3, 0.3, "cannot_tell")],
)
def test_the_interval_decides_what_is_said(low: float, high: float, verdict: str) -> None:
    found = Adjusted(0, low, high, 9, 9, 15)
    assert found.verdict == verdict
    assert (found.more > 0) == (verdict == "cannot_tell")


@pytest.mark.parametrize("value", [-0.3, 0.0, 0.03, 0.25])
def test_as_many_more_dossiers_as_are_said_would_tell_and_one_fewer_would_not(value: float) -> None:
    found = Adjusted(value, value - 0.4, value + 0.4, 6, 6, 9)
    assert found.verdict == "cannot_tell"
    spread = 0.4 / stats.t.ppf(0.975, 9) * 12**0.5

    def verdict_of(more: int) -> str:
        half = spread * stats.t.ppf(0.975, 9 + more) / (12 + more) ** 0.5
        return Adjusted(value, value - half, value + half, 6, 6 + more, 9 + more).verdict

    assert verdict_of(found.more) != "cannot_tell"
    assert verdict_of(found.more - 1) == "cannot_tell"


def test_a_question_says_how_many_more_decisions_would_tell() -> None:
    chance = np.random.default_rng(3)
    cases = {f"d{n}": with_signs(f"d{n}", 1 + n % 3) for n in range(12)}
    made = [
        judgement(name, 3 if chance.random() < 0.5 else 0, seat=f"s{seat}")
        for name in cases
        for seat in range(4)
    ]
    found = gap(made[:24], made[24:], cases, is_flagged)
    assert found.adjusted is not None
    assert found.needed is not None
    assert (found.needed.dossiers, found.needed.at_least) == (found.adjusted.more, False)
    assert found.needed.decisions == 4 * found.needed.dossiers
    few = gap(made[:8], made[24:], cases, is_flagged).needed
    assert few is not None
    assert (few.dossiers, few.decisions, few.at_least) == (2, 8, True)


def test_where_signs_part_the_groups_more_of_the_same_would_not_tell() -> None:
    cases = {f"d{n}": with_signs(f"d{n}", 1 if n < 4 else 5) for n in range(8)}
    made = [judgement(name, 3 if n % 3 else 0) for n, name in enumerate(cases)]
    assert gap(made[:4], made[4:], cases, is_flagged).needed is None
