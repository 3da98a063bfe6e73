"""Settings of tests that learn again: few people, few rounds, few trees, so that a training takes a moment."""

from typing import Any

import pytest

from console.comparisons.comparing import stage_named
from console.judging import Judge
from console.stress import adversary, label_noise, left_out, retraining, tornado
from console.stress.frame import Setting
from console.stress.learning import Learning, learning
from models import challengers
from models.train import settings as training_settings
from tests.unit.screening.desks import screener
from tests.unit.synthetic.worlds import world

ONE_FAMILY = "phnom_penh_2022"
SIZES = {"victims_per_family": 300, "others": 1500, "rounds": 12}
SIZES |= {"challenger_victims": 300, "challenger_others": 900, "threshold_people": 2000}


def small_setting(
    scenario: str = ONE_FAMILY, *, victims: int = 300, others: int = 700, workers: int = 1
) -> Setting:
    """Return a setting with the released screener and few people."""
    place = world(scenario)
    judge = Judge(place, screener(), stage_named(None, place.scenario))
    return Setting(judge, seed=5, victim_count=victims, other_count=others, workers=workers)


def shrunk(monkeypatch: pytest.MonkeyPatch, **parts: dict[str, Any]) -> Learning:
    """Let everything be learned from few people; `parts` change further settings, by their part."""
    changes = {**parts, "sizes": {**SIZES, **parts.get("sizes", {})}}
    usual = learning()
    few = usual.model_copy(
        update={name: getattr(usual, name).model_copy(update=part) for name, part in changes.items()}
    )
    for module in (adversary, label_noise, left_out, retraining, tornado):
        monkeypatch.setattr(module, "learning", lambda: few)
    trees = training_settings().model_copy(update={"challenger_trees": 6})
    monkeypatch.setattr(challengers, "settings", lambda: trees)
    return few
