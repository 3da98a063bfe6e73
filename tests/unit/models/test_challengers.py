"""The challenger: free to use every field it may read and no other, and the same whenever it is trained."""

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.stages import Stage
from models import challengers
from models.challengers import Challenger, train_challenger
from models.features import input_policy
from models.train import settings
from tests.unit.screening.desks import cohort

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


@pytest.fixture(autouse=True)
def small_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    small = settings().model_copy(update={"challenger_trees": 12, "challenger_leaves": 8})
    monkeypatch.setattr(challengers, "settings", lambda: small)


def trained(stage: Stage, dossiers: Dossiers | None = None) -> Challenger:
    return train_challenger(dossiers or cohort().dossiers, cohort().truth.is_victim, stage)


def shuffled(dossiers: Dossiers, names: list[str]) -> Dossiers:
    rng = np.random.default_rng(4)
    moved = {name: rng.permutation(dossiers.columns[name]) for name in names}
    return Dossiers(dossiers.applicants, {**dossiers.columns, **moved})


@STAGES
def test_victims_score_higher_than_others_on_the_whole(stage: Stage) -> None:
    scores = trained(stage).scores(cohort().dossiers)
    is_victim = cohort().truth.is_victim
    assert scores.shape == (len(cohort()),)
    assert np.median(scores[is_victim]) > np.quantile(scores[~is_victim], 0.9)


def test_training_twice_gives_the_same_scores() -> None:
    first, second = (trained(Stage.INTERVIEW).scores(cohort().dossiers) for _ in range(2))
    assert (first == second).all()


@STAGES
def test_who_a_person_is_changes_no_score(stage: Stage) -> None:
    withheld = [name for name in input_policy().withheld if name in fields_visible_at(stage)]
    model = trained(stage)
    before, after = (model.scores(one) for one in (cohort().dossiers, shuffled(cohort().dossiers, withheld)))
    assert (before == after).all()


@pytest.mark.parametrize("stage", [Stage.COUNTER, Stage.INTERVIEW], ids=lambda stage: stage.label)
def test_later_fields_change_no_score(stage: Stage) -> None:
    later = [name for name in cohort().dossiers.columns if name not in fields_visible_at(stage)]
    model = trained(stage)
    before, after = (model.scores(one) for one in (cohort().dossiers, shuffled(cohort().dossiers, later)))
    assert (before == after).all()


def test_a_later_stage_knows_more() -> None:
    is_victim = cohort().truth.is_victim

    def separation(stage: Stage) -> float:
        scores = trained(stage).scores(cohort().dossiers)
        return float((scores[is_victim][:, None] > scores[~is_victim][None, :]).mean())

    assert separation(Stage.CHECKPOINT) > separation(Stage.COUNTER)
