"""The logistic floor: one column for each answer, withheld fields left out, better than chance and no more."""

import numpy as np
import pytest

from dossier.dossiers import joined
from dossier.stages import Stage
from models import floors
from models.features import challenger_fields
from models.floors import LogisticFloor, train_logistic
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
