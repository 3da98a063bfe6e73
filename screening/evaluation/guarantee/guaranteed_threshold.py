"""A scikit-learn classifier whose threshold misses at most a stated share of victims, in every group at once.

It wraps any classifier of two classes, as `FixedThresholdClassifier` does, and moves its threshold to an
order statistic of victims whom the classifier has not learned from. With too few victims it refuses and says
how many more are needed. A promise that can be kept only by flagging very many is kept all the same, and the
certificate says that it is not usable. The claim concerns a random victim of the population from which the
held-out victims were independently drawn, which here is always a simulated one.
"""

# ruff: noqa: N803, N806 - whoever writes for scikit-learn calls the matrix X, and passes it by that name

from collections.abc import Iterator
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.model_selection import train_test_split
from sklearn.utils import Tags, _safe_indexing, assert_all_finite, get_tags, indexable
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d

from screening.evaluation.guarantee.thresholds import guaranteed_threshold
from screening.evaluation.guarantee.tuning import defaults

Floats: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]

ALL = "everybody"
"""The group of everybody, where no groups are named."""


class GuaranteedThreshold(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier of two classes that flags from a guaranteed threshold upwards.

    The second class in sorted order are the victims, as 1 and True are. A row is flagged, and so predicted to
    be of that class, where its score reaches the threshold.

    Args:
        estimator: The classifier; `calibrate` takes one that is fitted already, too.
        max_miss: Largest miss rate, in every group.
        confidence: Probability, over the draw of the held-out victims, that the claim holds.
        held_out: Share of the rows of either class that `fit` keeps from the classifier and calibrates on.
        random_state: Decides which rows these are.

    Attributes:
        certificate_: `max_miss`, `confidence`, `threshold`; for each of `groups` its victims `n`, how many of
            them `k` may lie below the threshold, and the `threshold` that it needs by itself; and of the
            `others` how many there were, `n`, and how many are `flagged`; `usable` tells whether these are
            at most a fifth.
        estimator_: The fitted classifier.
        classes_, n_features_in_, feature_names_in_: The classifier's.

    Examples:
        >>> from sklearn.linear_model import LogisticRegression
        >>> X, y = np.arange(400.0).reshape(-1, 1), np.arange(400) >= 200
        >>> screen = GuaranteedThreshold(LogisticRegression(), random_state=0).fit(X, y)
        >>> screen.certificate_["groups"]["everybody"]["n"], screen.certificate_["groups"]["everybody"]["k"]
        (100, 1)
        >>> GuaranteedThreshold(screen.estimator_).calibrate(X[180:220], y[180:220])
        Traceback (most recent call last):
        ...
        screening.evaluation.guarantee.thresholds.NoThresholdError: 39 more victims are needed ...
    """

    def __init__(
        self,
        estimator: Any,
        max_miss: float = 0.05,
        confidence: float = 0.95,
        *,
        held_out: float = 0.5,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.max_miss = max_miss
        self.confidence = confidence
        self.held_out = held_out
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        tags, inner = super().__sklearn_tags__(), get_tags(self.estimator)
        tags.classifier_tags.multi_class = False
        tags.input_tags = inner.input_tags
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "certificate_")

    def get_metadata_routing(self) -> MetadataRouter:
        """Return who takes what: `groups` is this classifier's own, the rest the inner one may ask for."""
        to_inner = MethodMapping().add(caller="fit", callee="fit")
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(estimator=self.estimator, method_mapping=to_inner)
        )

    def fit(self, X: Any, y: Any, groups: Any = None, **params: Any) -> Self:
        """Fit the classifier on one part of the rows and set the threshold on the other.

        Args:
            X: Shape (n, features): what the classifier reads.
            y: Shape (n,): two classes.
            groups: See `calibrate`.
            **params: Passed on to the classifier where it asks for them, as scikit-learn routes metadata.

        Raises:
            NoThresholdError: If a group has too few victims among the held-out rows.
            ValueError: If a parameter or the data cannot be used.
        """
        X, y, groups = indexable(X, y, groups)
        y = _two_classes(y)
        routed = process_routing(self, "fit", **params).estimator.fit
        learned, held = train_test_split(
            np.arange(len(y)), test_size=self.held_out, stratify=y, random_state=self.random_state
        )
        own = {name: _part(value, learned, len(y)) for name, value in routed.items()}
        estimator = clone(self.estimator).fit(_safe_indexing(X, learned), y[learned], **own)
        held_groups = None if groups is None else _safe_indexing(groups, held)
        return self._calibrated(estimator, _safe_indexing(X, held), y[held], held_groups)

    def calibrate(self, X: Any, y: Any, groups: Any = None) -> Self:
        """Set the threshold on fresh rows; the classifier stays as it is.

        Args:
            X: Shape (n, features): independent rows that the classifier has not learned from, one victim from
                each network; victims of one network resemble each other, and say less than they count for.
            y: Shape (n,): their classes; victims alone will do.
            groups: The groups that are each protected: shape (n,), one label for each row; or a frame with a
                column for each way of grouping. A row without a label belongs to no group. Every label that
                occurs needs victims.

        Raises:
            NoThresholdError: If a group has too few victims; the threshold that was stays.
            NotFittedError: If there is no fitted classifier yet.
        """
        X, y, groups = indexable(X, y, groups)
        estimator = getattr(self, "estimator_", self.estimator)
        check_is_fitted(estimator)
        return self._calibrated(estimator, X, column_or_1d(y), groups)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the second class for each row that is flagged and the first for all others, shape (n,)."""
        check_is_fitted(self)
        flagged = _scores(self.estimator_, X) >= self.certificate_["threshold"]
        return np.asarray(np.take(self.classes_, flagged.astype(np.intp)))

    def decision_function(self, X: Any) -> Floats:
        """Return how far each score lies above the threshold, shape (n,); above zero where flagged."""
        check_is_fitted(self)
        just_below = np.nextafter(self.certificate_["threshold"], -np.inf)
        return np.asarray(_scores(self.estimator_, X) - just_below)

    @available_if(lambda own: hasattr(own.estimator, "predict_proba"))
    def predict_proba(self, X: Any) -> Floats:
        """Return the classifier's probabilities, shape (n, 2), which know nothing of the threshold."""
        check_is_fitted(self)
        return np.asarray(self.estimator_.predict_proba(X))

    def _calibrated(self, estimator: Any, X: Any, y: npt.NDArray[Any], groups: Any) -> Self:
        """Take over a classifier together with its threshold; neither where there is no threshold."""
        strangers = sorted(set(np.unique(y).tolist()) - set(estimator.classes_.tolist()), key=str)
        if strangers:
            raise ValueError(f"y holds {strangers}, which the classifier has not learned.")
        certificate = self._certificate(_scores(estimator, X), y == estimator.classes_[1], groups)
        self.estimator_, self.classes_, self.certificate_ = estimator, estimator.classes_, certificate
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(estimator, name):
                setattr(self, name, getattr(estimator, name))
        return self

    def _certificate(self, scores: Floats, is_victim: Mask, groups: Any) -> dict[str, Any]:
        for name, share in {"max_miss": self.max_miss, "confidence": self.confidence}.items():
            if not 0 < share < 1:
                raise ValueError(f"{name} is {share}; it must lie between 0 and 1.")
        # The order of the scores is all that matters, so their ranks stand for them, whatever their type.
        values, ranks = np.unique(scores, return_inverse=True)
        whole = ranks.astype(np.int32)
        members = dict(_members(groups, len(scores)))
        if not members:
            raise ValueError("groups holds no label; leave it out to protect everybody together.")
        victims = {_in_words(name): whole[is_victim & mask] for name, mask in members.items()}
        rank, needed = guaranteed_threshold(victims, self.max_miss, self.confidence)
        flagged = int((whole[~is_victim] >= rank).sum())
        return {
            "max_miss": self.max_miss,
            "confidence": self.confidence,
            "threshold": float(values[rank]),
            "groups": {
                name: {"n": group.n, "k": group.allowed, "threshold": float(values[group.threshold])}
                for name, group in zip(members, needed.values(), strict=True)
            },
            "others": {"n": int((~is_victim).sum()), "flagged": flagged},
            "usable": flagged <= defaults().most_flagged * max(int((~is_victim).sum()), 1),
        }


def _two_classes(y: Any) -> npt.NDArray[Any]:
    labels = np.asarray(column_or_1d(y, warn=True))
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    kind = type_of_target(labels, input_name="y")
    if kind != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    return labels


def _part(value: Any, rows: npt.NDArray[np.intp], size: int) -> Any:
    """Return the rows' part of what has an entry for each row, and anything else as it is."""
    return _safe_indexing(value, rows) if np.ndim(value) and len(value) == size else value


def _scores(estimator: Any, X: Any) -> Floats:
    """Return the classifier's scores, shape (n,): of its decision function, or else its probabilities.

    Raises:
        ValueError: If a score is not a number.
    """
    if hasattr(estimator, "decision_function"):
        scores = np.asarray(estimator.decision_function(X), dtype=np.float64)
    else:
        scores = np.asarray(estimator.predict_proba(X), dtype=np.float64)[:, 1]
    if np.isnan(scores).any():
        raise ValueError(
            "The classifier gives scores that are not numbers; no threshold can be set on these."
        )
    return scores


def _in_words(name: str) -> str:
    return "victims" if name == ALL else f"victims of the group '{name}'"


def _members(groups: Any, size: int) -> Iterator[tuple[str, Mask]]:
    """Yield each group's name and who belongs to it, shape (n,)."""
    if groups is None:
        yield ALL, np.ones(size, dtype=bool)
        return
    table = pd.DataFrame(groups)
    for column in table:
        known = table[column].notna().to_numpy()
        labels = np.where(known, table[column].astype(object).map(str), "")
        for label in np.unique(labels[known]):
            name = str(label) if table.shape[1] == 1 else f"{column}={label}"
            yield name, known & (labels == label)
