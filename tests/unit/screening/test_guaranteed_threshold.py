"""The guaranteed threshold as a classifier: where it lies, how often it holds, and when it refuses."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import sklearn
from scipy.stats import binom, norm
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dossier.problems import BadInput
from screening.evaluation import GuaranteedThreshold
from screening.evaluation.guarantee.thresholds import (
    NoThresholdError,
    allowed_misses,
    group_threshold,
    smallest_sample,
)

CALIBRATIONS, VICTIMS = 400, 120
MISS, DELTA, RARE = 0.05, 0.10, 1e-4

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Itself(ClassifierMixin, BaseEstimator):
    """A classifier whose score is the first column; it has nothing to learn."""

    def __init__(self) -> None:
        self.classes_ = np.array([False, True])

    def fit(self, X: Any, y: Any) -> "Itself":  # noqa: N803
        return self

    def decision_function(self, X: Any) -> Matrix:  # noqa: N803
        return np.asarray(X, dtype=float)[:, 0]


def sample(n: int = 2000, seed: int = 0) -> tuple[Matrix, Mask]:
    """Return two columns, of which the first tells victims and others apart somewhat."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, 2))
    return matrix, matrix[:, 0] + rng.normal(size=n) > 0


# --- where it lies ----------------------------------------------------------------------------------


def test_the_threshold_is_that_of_the_order_statistic_on_fresh_victims() -> None:
    scores = np.random.default_rng(1).integers(0, 10**6, 300)
    own = GuaranteedThreshold(Itself(), MISS, 1 - DELTA)
    found = own.calibrate(scores.reshape(-1, 1), np.ones(300, dtype=bool)).certificate_
    expected = group_threshold(scores.astype(np.int32), MISS, 1 - DELTA)
    assert found["threshold"] == expected.threshold
    group = {"n": 300, "k": expected.allowed, "threshold": expected.threshold}
    assert found["groups"] == {"everybody": group}
    assert found["others"] == {"n": 0, "flagged": 0}


def test_half_of_either_class_is_held_out_and_counted() -> None:
    matrix, y = sample()
    found = GuaranteedThreshold(LogisticRegression(), random_state=3).fit(matrix, y)
    assert found.certificate_["groups"]["everybody"]["n"] == pytest.approx(y.sum() / 2, abs=1)
    assert found.certificate_["others"]["n"] == pytest.approx((~y).sum() / 2, abs=1)
    assert found.certificate_["groups"]["everybody"]["k"] == allowed_misses(
        found.certificate_["groups"]["everybody"]["n"], 0.05, 0.95
    )


@pytest.mark.parametrize(("apart", "usable"), [(0.0, False), (6.0, True)])
def test_a_promise_that_flags_very_many_is_called_not_usable(apart: float, usable: bool) -> None:
    scores = np.random.Generator(np.random.SFC64(4)).normal(size=(2000, 1))
    y = np.arange(2000) < 400
    scores[y] += apart
    found = GuaranteedThreshold(Itself()).calibrate(scores, y).certificate_
    assert found["usable"] is usable
    assert (found["others"]["flagged"] <= 0.2 * found["others"]["n"]) is usable


def test_nobody_who_sets_the_threshold_has_been_learned_from() -> None:
    """A classifier that remembers its rows by heart scores them perfectly; held-out victims it cannot know."""

    class ByHeart(Itself):
        def fit(self, X: Any, y: Any) -> "ByHeart":  # noqa: N803
            self.seen_ = {row[0] for row, victim in zip(X, y, strict=True) if victim}
            return self

        def decision_function(self, X: Any) -> Matrix:  # noqa: N803
            return np.array([float(row[0] in self.seen_) for row in X])

    matrix, y = sample()
    assert GuaranteedThreshold(ByHeart(), random_state=0).fit(matrix, y).certificate_["threshold"] == 0


def test_a_row_is_flagged_from_the_threshold_upwards_and_only_then_lies_above_zero() -> None:
    scores = np.linspace(-3, 3, 601).reshape(-1, 1)
    own = GuaranteedThreshold(Itself()).calibrate(scores[300:400], np.ones(100, dtype=bool))
    flagged = own.predict(scores)
    assert flagged.tolist() == (scores[:, 0] >= own.certificate_["threshold"]).tolist()
    assert flagged.tolist() == (own.decision_function(scores) > 0).tolist()
    assert 0 < flagged.sum() < 601


def test_classes_keep_their_names() -> None:
    matrix, y = sample()
    names = np.where(y, "victim", "lawful")
    own = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(matrix, names)
    assert set(own.predict(matrix)) == {"lawful", "victim"}
    flagged = own.predict(matrix) == "victim"
    assert (~flagged[y]).mean() < 0.08
    assert own.predict_proba(matrix).tolist() == own.estimator_.predict_proba(matrix).tolist()


# --- groups -----------------------------------------------------------------------------------------


def grouped() -> pd.DataFrame:
    """Return two ways of grouping, the second of victims only."""
    matrix, y = sample()
    rng = np.random.default_rng(2)
    family = pd.Series(np.where(matrix[:, 1] > 0, "hard", "easy")).where(y)
    return pd.DataFrame({"sex": rng.choice(["female", "male"], 2000), "family": family})


def test_every_label_of_every_grouping_is_protected_and_the_hardest_decides() -> None:
    matrix, y = sample()
    found = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(matrix, y, groups=grouped())
    groups = found.certificate_["groups"]
    assert sorted(groups) == ["family=easy", "family=hard", "sex=female", "sex=male"]
    assert found.certificate_["threshold"] == min(group["threshold"] for group in groups.values())
    by_sex = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(matrix, y, groups=grouped()["sex"])
    assert sorted(by_sex.certificate_["groups"]) == ["female", "male"]
    assert by_sex.certificate_["groups"]["female"] == groups["sex=female"]


def test_a_group_is_all_its_victims_and_nobody_else() -> None:
    scores, y = np.arange(1000.0).reshape(-1, 1), np.tile([True, False], 500)
    labels = np.where(np.arange(1000) < 400, "low", "high")
    found = GuaranteedThreshold(Itself()).calibrate(scores, y, groups=labels).certificate_
    for name in ("low", "high"):
        own = scores[(labels == name) & y, 0].astype(np.int32)
        expected = group_threshold(own, 0.05, 0.95)
        assert found["groups"][name] == {
            "n": len(own),
            "k": expected.allowed,
            "threshold": expected.threshold,
        }
    assert found["others"] == {"n": 500, "flagged": int((scores[~y, 0] >= found["threshold"]).sum())}


# --- how often it holds -----------------------------------------------------------------------------


def test_more_is_missed_than_promised_no_more_often_than_promised() -> None:
    """Groups of known laws, drawn anew for each calibration; which miss rate a threshold has is then known."""
    centres = {"easy": 2.0, "middle": 1.0, "hard": 0.5}
    rng = np.random.default_rng(7)
    violations = 0
    for _ in range(CALIBRATIONS):
        scores = np.concatenate([rng.normal(centre, 1, VICTIMS) for centre in centres.values()])
        own = GuaranteedThreshold(Itself(), MISS, 1 - DELTA)
        names = np.repeat(list(centres), VICTIMS)
        own.calibrate(scores.reshape(-1, 1), np.ones(len(scores), dtype=bool), groups=names)
        threshold = own.certificate_["threshold"]
        violations += any(norm.cdf(threshold, centre) > MISS for centre in centres.values())
    assert binom.sf(violations - 1, CALIBRATIONS, DELTA) > RARE
    assert violations > 0


# --- when it refuses --------------------------------------------------------------------------------


def test_too_few_victims_are_told_how_many_are_lacking_in_every_group() -> None:
    scores = np.arange(100.0).reshape(-1, 1)
    labels = np.repeat(["many", "few", "none"], [70, 20, 10])
    y = np.arange(100) < 90
    with pytest.raises(NoThresholdError) as refusal:
        GuaranteedThreshold(Itself()).calibrate(scores, y, groups=labels)
    fewest = smallest_sample(0.05, 0.95)
    assert [problem.what for problem in refusal.value.problems] == [
        f"{fewest - n} more victims of the group '{name}' are needed before any threshold can be guaranteed"
        for name, n in (("few", 20), ("none", 0))
    ]


def test_a_refusal_is_bad_input_to_us_and_a_value_error_to_scikit_learn() -> None:
    assert issubclass(NoThresholdError, BadInput)
    assert issubclass(NoThresholdError, ValueError)


def test_after_a_refusal_the_threshold_is_the_one_that_was() -> None:
    matrix, y = sample()
    own = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(matrix, y)
    before, estimator = own.certificate_, own.estimator_
    with pytest.raises(NoThresholdError):
        own.calibrate(matrix[:50], y[:50])
    with pytest.raises(NoThresholdError):
        own.fit(matrix[:80], y[:80])
    assert own.certificate_ is before
    assert own.estimator_ is estimator


def test_calibrating_needs_a_fitted_classifier_and_leaves_it_alone() -> None:
    matrix, y = sample()
    with pytest.raises(NotFittedError):
        GuaranteedThreshold(LogisticRegression()).calibrate(matrix, y)
    fitted = LogisticRegression().fit(matrix, y)
    own = GuaranteedThreshold(fitted).calibrate(*sample(seed=1))
    assert own.estimator_ is fitted


@pytest.mark.parametrize("parameters", [{"max_miss": 0.0}, {"max_miss": 1.0}, {"confidence": 1.0}])
def test_a_promise_that_nobody_can_give_is_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(parameters))):
        GuaranteedThreshold(Itself(), **parameters).calibrate(*sample())


def test_scores_that_are_no_numbers_are_refused() -> None:
    matrix, y = sample()
    matrix[3] = np.nan
    with pytest.raises(ValueError, match="not numbers"):
        GuaranteedThreshold(Itself()).calibrate(matrix, y)


def test_groups_without_a_label_are_refused() -> None:
    matrix, y = sample()
    with pytest.raises(ValueError, match="holds no label"):
        GuaranteedThreshold(Itself()).calibrate(matrix, y, groups=[None] * len(y))


def test_a_class_that_was_not_learned_is_refused() -> None:
    matrix, y = sample()
    own = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(matrix, y)
    with pytest.raises(ValueError, match="has not learned"):
        own.calibrate(matrix, np.where(y, "victim", "lawful"))


# --- metadata ---------------------------------------------------------------------------------------


def test_groups_go_to_the_threshold_and_weights_to_the_classifier() -> None:
    matrix, y = sample()
    weights = np.where(matrix[:, 1] > 0, 5.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        inner = LogisticRegression().set_fit_request(sample_weight=True)
        own = GuaranteedThreshold(inner, random_state=0).set_fit_request(groups=True)
        piped = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), own)
        piped.fit(matrix, y, groups=grouped()["sex"], sample_weight=weights)
        plain = make_pipeline(StandardScaler(), clone(own)).fit(matrix, y)
    assert sorted(piped[-1].certificate_["groups"]) == ["female", "male"]
    assert (piped[-1].estimator_.coef_ != plain[-1].estimator_.coef_).all()


def test_metadata_that_nobody_asks_for_is_refused() -> None:
    matrix, y = sample()
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        GuaranteedThreshold(LogisticRegression()).fit(matrix, y, sample_weight=np.ones(len(y)))
