"""The challenger: free to use every field it may read and no other, and the same whenever it is trained."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from dossier.dossiers import Dossiers
from dossier.fields import fields, fields_visible_at
from dossier.stages import Stage
from models import challengers
from models.challengers import Challenger, challenger_matrix, fit_challenger
from models.features import challenger_codes, challenger_fields, input_policy
from models.train import settings
from tests.unit.screening.desks import cohort

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


@pytest.fixture(autouse=True)
def small_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    small = settings().model_copy(update={"challenger_trees": 12, "challenger_leaves": 8})
    monkeypatch.setattr(challengers, "settings", lambda: small)


def trained(stage: Stage, dossiers: Dossiers | None = None) -> Challenger:
    read = dossiers or cohort().dossiers
    return fit_challenger(challenger_matrix([read], len(read), stage), cohort().truth.is_victim, stage)


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


def test_people_handed_over_part_by_part_as_bytes_give_the_scores_of_plain_codes_at_once() -> None:
    """The twin hands all codes to scikit-learn as they are, as was done before memory was counted."""
    dossiers, stage = cohort().dossiers, Stage.INTERVIEW
    names = challenger_fields(stage)
    chosen = settings().model_copy(update={"challenger_trees": 12, "challenger_leaves": 8})
    twin = HistGradientBoostingClassifier(
        max_iter=chosen.challenger_trees,
        learning_rate=chosen.challenger_learning_rate,
        max_leaf_nodes=chosen.challenger_leaves,
        min_samples_leaf=chosen.rows_in_leaf,
        l2_regularization=chosen.shrinkage,
        categorical_features=[not (fields()[n].is_number or fields()[n].ordered) for n in names],
        early_stopping=False,
        random_state=0,
    )
    twin.fit(challenger_codes(dossiers, stage), cohort().truth.is_victim)
    parts = [dossiers.take(slice(start, start + 700)) for start in range(0, len(dossiers), 700)]
    matrix = challenger_matrix(iter(parts), len(dossiers), stage)
    fitted = fit_challenger(matrix, cohort().truth.is_victim, stage)
    assert (fitted.scores(dossiers) == twin.decision_function(challenger_codes(dossiers, stage))).all()


def test_every_code_fits_into_a_byte() -> None:
    assert max(fields()[name].size for name in challenger_fields(Stage.CHECKPOINT)) + 2 <= 256


def test_a_later_stage_knows_more() -> None:
    is_victim = cohort().truth.is_victim

    def separation(stage: Stage) -> float:
        scores = trained(stage).scores(cohort().dossiers)
        return float((scores[is_victim][:, None] > scores[~is_victim][None, :]).mean())

    assert separation(Stage.CHECKPOINT) > separation(Stage.COUNTER)
