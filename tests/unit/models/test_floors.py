"""The floors: logistic regression with one column for each answer, and the one indicator that serves best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.dossiers import joined
from dossier.stages import Stage
from models import floors
from models.features import challenger_fields
from models.floors import IndicatorFloor, LogisticFloor, expected_misses, train_indicator, train_logistic
from screening.evaluation.yardsticks import area_under_curve
from synthetic.cohort import FreshDraws
from tests.unit.screening.desks import with_column
from tests.unit.synthetic.worlds import world

SCENARIO, SEED = "phnom_penh_2022", 41


@pytest.fixture(scope="module")
def floor() -> LogisticFloor:
    draws = FreshDraws(world(SCENARIO))
    parts = [draws("victims", 1500, SEED)[0], draws("others", 3000, SEED + 1)[0]]
    return train_logistic(joined(parts), np.repeat([True, False], [1500, 3000]), Stage.VERIFICATION)


def test_it_tells_victims_from_others_on_fresh_people(floor: LogisticFloor) -> None:
    draws = FreshDraws(world(SCENARIO))
    victims, others = draws("victims", 1000, SEED + 2)[0], draws("others", 2000, SEED + 3)[0]
    assert area_under_curve(floor.scores(victims), floor.scores(others)).low > 0.8


def test_every_answer_of_every_field_it_may_read_has_a_column(floor: LogisticFloor) -> None:
    from dossier.fields import fields

    sizes = [fields()[name].size + 2 for name in challenger_fields(Stage.VERIFICATION)]
    assert floor.model.coef_.shape == (1, sum(sizes))


def test_who_a_person_is_does_not_move_its_score(floor: LogisticFloor) -> None:
    dossiers = FreshDraws(world(SCENARIO))("others", 200, SEED + 4)[0]
    changed = with_column(dossiers, "sex", 1 - dossiers.columns["sex"])
    assert (floor.scores(changed) == floor.scores(dossiers)).all()


def test_it_learns_from_no_more_people_than_its_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    few = floors.settings().model_copy(update={"victims": 50, "others": 80})
    monkeypatch.setattr(floors, "settings", lambda: few)
    draws = FreshDraws(world(SCENARIO))
    victims, others = draws("victims", 300, SEED)[0], draws("others", 300, SEED + 1)[0]
    is_victim = np.repeat([True, False], 300)
    few_of_all = train_logistic(joined([victims, others]), is_victim, Stage.COUNTER)
    rows = np.concatenate([np.arange(50), 300 + np.arange(80)])
    only_few = train_logistic(joined([victims, others]).take(rows), is_victim[rows], Stage.COUNTER)
    assert np.array_equal(few_of_all.model.coef_, only_few.model.coef_)


def test_the_logistic_floor_knows_the_odds_it_learned_at(floor: LogisticFloor) -> None:
    """Taken out again, what is left tells victims from others: on average above and below none."""
    assert floor.learned_at == pytest.approx(np.log(1500 / 3000))
    draws = FreshDraws(world(SCENARIO))
    victims, others = draws("victims", 500, SEED + 9)[0], draws("others", 500, SEED + 9)[0]
    assert np.median(floor.scores(victims) - floor.learned_at) > 0
    assert np.median(floor.scores(others) - floor.learned_at) < 0


# --- the best indicator -------------------------------------------------------------------------------

COUNTS = st.lists(st.integers(0, 30), min_size=3, max_size=3).filter(any)


@given(COUNTS, COUNTS, st.floats(0.01, 0.99))
def test_expected_misses_are_those_of_a_lot_among_equals(
    victims: list[int], others: list[int], share: float
) -> None:
    """Each of those who are equal is as likely as any other to be among the flags that are left."""
    left, found = share * sum(others), 0.0
    for level in (2, 1, 0):
        if others[level] > left:
            found += victims[level] * left / others[level]
            break
        found += victims[level]
        left -= others[level]
    expected = 1 - found / sum(victims)
    assert expected_misses(np.array([victims, others]), share) == pytest.approx(expected, abs=1e-9)


def chosen(findings: dict[str, list[int]], is_victim: list[bool]) -> IndicatorFloor:
    read = {name: np.array(found, dtype=np.int8) for name, found in findings.items()}
    return train_indicator(read, np.array(is_victim))


def test_the_indicator_with_the_fewest_misses_at_few_flags_is_chosen() -> None:
    """A common sign that all victims show is worth less than a rare one that half of them show."""
    victims, others = 10, 100
    is_victim = [True] * victims + [False] * others
    rare = [2] * 5 + [0] * 5 + [2] * 2 + [0] * 98
    common = [2] * 10 + [2] * 90 + [0] * 10
    nothing = [0] * 110
    found = chosen({"common": common, "nothing": nothing, "rare": rare}, is_victim)
    assert found.name == "rare"


def test_a_sign_that_nobody_shows_flags_by_lot_and_does_not_win() -> None:
    is_victim = [True] * 10 + [False] * 100
    weak = [2] * 2 + [0] * 8 + [2] * 4 + [0] * 96
    assert chosen({"nothing": [0] * 110, "weak": weak}, is_victim).name == "weak"


def test_equal_indicators_are_chosen_by_name_in_whatever_order_they_come() -> None:
    same, is_victim = [2, 0, 0, 0], [True, False, False, False]
    assert chosen({"b": same, "a": same}, is_victim).name == "a"
    assert chosen({"a": same, "b": same}, is_victim).name == "a"


def test_what_a_finding_says_is_how_much_more_common_it_is_among_victims() -> None:
    found = chosen({"one": [2] * 8 + [0] * 2 + [2] * 5 + [1] * 5 + [0] * 90}, [True] * 10 + [False] * 100)
    expected = [np.log((v + 0.5) / 11.5) - np.log((o + 0.5) / 101.5) for v, o in ((2, 90), (0, 5), (8, 5))]
    assert found.evidence == pytest.approx(tuple(expected))
    scores = found.scores(np.array([0, 1, 2], dtype=np.int8))
    assert scores.tolist() == [0.0, 1.0, 2.0]
    assert found.weighed(scores).tolist() == pytest.approx(expected)
