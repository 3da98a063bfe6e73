"""The additive, monotone card as a scikit-learn classifier, for any matrix of numbers with unknown values.

Values are sorted into a few bands, additive boosting learns from the bands, and its tables are read off and
rounded into a card. From then on only the card speaks: every score is a plain sum of whole points, which can
be printed, checked by hand and written as JSON. It weighs no row and no class: a share of victims other than
the sample's is stated as `prior`. It knows two classes and refuses more, and does not keep the model.
"""

# ruff: noqa: N803, N806 - whoever writes for scikit-learn calls the matrix X, and passes it by that name

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from models.additive_card import (
    FALLING,
    FREE,
    RISING,
    AdditiveCard,
    CardFeature,
    CardReason,
    Direction,
    bands_of,
    load_additive_card,
    save_additive_card,
)
from models.card import HUNDREDTHS
from models.tables import Floats, Tables, WholeTables, in_hundredths, read_off

Monotone: TypeAlias = Literal["rising"] | Mapping[str | int, Direction] | None

FEWEST_BINS, MOST_BINS = 2, 254
"""scikit-learn's boosting tells 255 codes apart, and unknown is one of them."""

UNKNOWN_FINDING = -1
"""What `screening.RuleTransformer` writes for unknown."""


class ScreeningClassifier(ClassifierMixin, BaseEstimator):
    """An additive card of points for two classes.

    Unknown (NaN) is a level of its own. Where a direction is asked for, it stands just above the least
    concerning band: an answer that is more concerning than that never lowers a score when it becomes known.

    Args:
        max_bins: The most bands of one feature, from 2 to 254.
        monotone: "rising" if a higher value of any feature may never lower a score; or, for features by name
            or position, 1 (rising), -1 (falling) or 0 (free). All are free when left out.
        learning_rate: Of the boosting.
        max_iter: Trees of the boosting.
        max_points: The most hundredths of a log-odds unit that one feature may add, so that no single answer
            decides; no limit when None.
        prior: Share of the second class for which scores and probabilities hold; the sample's when None.
        missing_values: A number that stands for unknown, beside NaN. `RuleTransformer` writes -1.
        random_state: Of the boosting, which draws rows to find its bins where there are very many.

    Attributes:
        classes_: Shape (2,): a higher score speaks for the second.
        card_: The card.
        n_iter_: Trees of the boosting.
        n_features_in_, feature_names_in_: As everywhere in scikit-learn.

    Examples:
        >>> shared, told = np.arange(400) % 5, np.arange(400) % 7 == 0
        >>> X = np.column_stack([shared, np.where(told, np.nan, shared % 2)])
        >>> card = ScreeningClassifier(monotone="rising", max_iter=20).fit(X, shared >= 3)
        >>> card.predict([[0, 0], [4, np.nan]]).tolist()
        [False, True]
        >>> [reason.feature for reason in card.reasons([[4, 0]])[0]]
        ['x0']
    """

    def __init__(
        self,
        *,
        max_bins: int = 32,
        monotone: Monotone = None,
        learning_rate: float = 0.1,
        max_iter: int = 100,
        max_points: int | None = None,
        prior: float | None = None,
        missing_values: float = np.nan,
        random_state: Any = None,
    ) -> None:
        self.max_bins = max_bins
        self.monotone = monotone
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_points = max_points
        self.prior = prior
        self.missing_values = missing_values
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Learn the card.

        Args:
            X: Shape (n, features): numbers; NaN or `missing_values` for unknown.
            y: Shape (n,): two classes. The second in sorted order is the one that a higher score speaks for.

        Raises:
            ValueError: If a parameter, the matrix or the classes cannot be used.
        """
        self._check_parameters()
        X, y = validate_data(self, X, y, dtype="numeric", ensure_all_finite="allow-nan")
        rows, is_second = self._known(X), self._second_class(y)
        directions = self._directions()
        edges = [_edges(column, self.max_bins) for column in rows.T]
        codings = [_coding(len(own) + 1, way) for own, way in zip(edges, directions, strict=True)]
        bands = [bands_of(column, own) for column, own in zip(rows.T, edges, strict=True)]
        codes = np.column_stack([coding[found] for coding, found in zip(codings, bands, strict=True)])
        model = self._boosted(codes, is_second, directions)
        self.n_iter_ = model.n_iter_
        whole, loss = _rounded(model, codings, codes, bands, directions, self._offset(is_second))
        self.card_ = self._card(whole, loss, edges, directions)
        return self

    def decision_function(self, X: Any) -> Floats:
        """Return the score of each row, shape (n,): its points, in log-odds units."""
        rows = self._rows(X)
        return self.card_.scores(rows) / HUNDREDTHS

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each class that the score stands for, shape (n, 2)."""
        scores = self.decision_function(X)
        return np.column_stack([expit(-scores), expit(scores)])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likelier class of each row, shape (n,).

        Where victims are rare that is nearly always the other one; `GuaranteedThreshold` says how many a
        threshold misses.
        """
        place = (self.decision_function(X) > 0).astype(np.intp)
        return np.take(self.classes_, place)

    def reasons(self, X: Any, top: int | None = 4) -> list[tuple[CardReason, ...]]:
        """Return for each row what adds to its score, most points first; with `top=None`, all that does."""
        return self.card_.reasons(self._rows(X), top)

    def to_card(self, path: str | Path) -> None:
        """Write the card as JSON: all that it takes to score, and nothing that can be executed."""
        check_is_fitted(self)
        save_additive_card(self.card_, Path(path))

    @classmethod
    def from_card(cls, path: str | Path) -> Self:
        """Return a classifier that scores with the card in a file, to the bit as the one that wrote it.

        Raises:
            BadInput: If the file is missing, is not JSON, or breaks a rule of the format.
        """
        card = load_additive_card(Path(path))
        unknown = np.nan if card.missing_values is None else card.missing_values
        loaded = cls(missing_values=unknown)
        loaded.card_, loaded.n_iter_ = card, card.trees
        loaded.classes_ = np.array(card.classes)
        loaded.n_features_in_ = len(card.features)
        if card.named:
            loaded.feature_names_in_ = np.array([feature.name for feature in card.features], dtype=object)
        return loaded

    # --- what is read -------------------------------------------------------------------------------

    def _rows(self, X: Any) -> Floats:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype="numeric", ensure_all_finite="allow-nan")
        return self._known(X)

    def _known(self, X: npt.NDArray[Any]) -> Floats:
        """Return the rows as floats, with NaN for every unknown value."""
        rows = X.astype(np.float64)
        if not np.isnan(self.missing_values):
            rows[rows == self.missing_values] = np.nan
        elif X.dtype == np.int8 and (X == UNKNOWN_FINDING).any():
            raise ValueError(
                "X looks like the findings of a RuleTransformer, in which -1 stands for unknown and not for "
                "less than absent. Say so with missing_values=-1, or convert X to another type."
            )
        return rows

    def _second_class(self, y: Any) -> npt.NDArray[np.bool_]:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind != "binary":
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        self.classes_, place = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError(f"y holds one class only, {self.classes_[0]!r}; a card tells two apart.")
        return np.asarray(place == 1)

    # --- what is asked for --------------------------------------------------------------------------

    def _check_parameters(self) -> None:
        if not FEWEST_BINS <= self.max_bins <= MOST_BINS:
            raise ValueError(
                f"max_bins is {self.max_bins}; it must lie between {FEWEST_BINS} and {MOST_BINS}."
            )
        if self.max_points is not None and self.max_points < 1:
            raise ValueError(f"max_points is {self.max_points}; it must be 1 or more hundredths, or None.")
        if self.prior is not None and not 0 < self.prior < 1:
            raise ValueError(f"prior is {self.prior}; a share must lie between 0 and 1.")

    def _names(self) -> list[str]:
        given = getattr(self, "feature_names_in_", None)
        return [f"x{place}" for place in range(self.n_features_in_)] if given is None else list(given)

    def _directions(self) -> list[Direction]:
        if self.monotone is None or isinstance(self.monotone, str):
            if self.monotone not in {None, "rising"}:
                raise ValueError(f"monotone is '{self.monotone}'; it must be 'rising', a mapping or None.")
            return [FREE if self.monotone is None else RISING] * self.n_features_in_
        directions: list[Direction] = [FREE] * self.n_features_in_
        names = self._names()
        for feature, way in self.monotone.items():
            place = names.index(feature) if feature in names else feature
            if not isinstance(place, int) or not 0 <= place < len(names):
                raise ValueError(f"monotone speaks of a feature {feature!r} that X does not have.")
            if way not in {FREE, RISING, FALLING}:
                raise ValueError(f"monotone gives {feature!r} the direction {way!r}; it must be 1, -1 or 0.")
            directions[place] = way
        return directions

    def _offset(self, is_second: npt.NDArray[np.bool_]) -> float:
        """Return what brings scores from the sample's share of the second class to the stated one."""
        return 0.0 if self.prior is None else float(logit(self.prior) - logit(is_second.mean()))

    # --- what is learned ----------------------------------------------------------------------------

    def _boosted(
        self, codes: Floats, is_second: npt.NDArray[np.bool_], directions: Sequence[Direction]
    ) -> HistGradientBoostingClassifier:
        model = HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            interaction_cst="no_interactions",
            monotonic_cst=[int(way != FREE) for way in directions],
            early_stopping=False,
            random_state=self.random_state,
        )
        return model.fit(codes, is_second)

    def _card(
        self, whole: WholeTables, loss: float, edges: Sequence[Floats], directions: Sequence[Direction]
    ) -> AdditiveCard:
        most = np.inf if self.max_points is None else self.max_points
        features = [
            CardFeature(name=name, direction=way, edges=own.tolist(), points=points[:-1], unknown=points[-1])
            for name, way, own, points in zip(
                self._names(),
                directions,
                edges,
                [np.minimum(points, most).astype(int).tolist() for points in whole.points],
                strict=True,
            )
        ]
        return AdditiveCard(
            classes=tuple(self.classes_.tolist()),
            start=whole.start,
            loss=loss,
            trees=self.n_iter_,
            missing_values=None if np.isnan(self.missing_values) else self.missing_values,
            named=hasattr(self, "feature_names_in_"),
            features=tuple(features),
        )


def _edges(values: Floats, max_bins: int) -> Floats:
    """Return the ends of at most `max_bins` bands that hold about equally many of the known values.

    An edge lies half way between two values that occur, so that rounding elsewhere moves nobody over it.
    """
    distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    below, above = distinct[:-1], distinct[1:]
    if len(distinct) > max_bins:
        shares = np.arange(1, max_bins) / max_bins
        places = np.searchsorted(np.cumsum(counts) / counts.sum(), shares)
        places = np.unique(places[places < len(below)])
        below, above = below[places], above[places]
    middle = below / 2 + above / 2
    return np.where((below <= middle) & (middle < above), middle, below)


def _coding(bands: int, way: Direction) -> Floats:
    """Return the code that the model reads for each band, and after the last band for unknown.

    In the order of concern where there is one: the least concerning band 0, unknown 1, and so on. A free
    feature keeps NaN, which boosting places by itself; beside a single band no place needs finding.

    Examples:
        >>> [_coding(3, way).tolist() for way in (RISING, FALLING, FREE)]
        [[0.0, 2.0, 3.0, 1.0], [3.0, 2.0, 0.0, 1.0], [0.0, 1.0, 2.0, nan]]
        >>> _coding(1, FREE).tolist()
        [0.0, 1.0]
    """
    if way == FREE and bands > 1:
        return np.array([*range(bands), np.nan])
    ladder = [0, *range(2, bands + 1)]
    return np.array([*(reversed(ladder) if way == FALLING else ladder), 1], dtype=np.float64)


def _rounded(
    model: HistGradientBoostingClassifier,
    codings: Sequence[Floats],
    codes: Floats,
    bands: Sequence[npt.NDArray[np.intp]],
    directions: Sequence[Direction],
    offset: float,
) -> tuple[WholeTables, float]:
    """Return points by band and unknown, and by how much at most they miss the model on its own rows."""
    orders = [np.argsort(coding) for coding in codings]
    ordered = [coding[order] for coding, order in zip(codings, orders, strict=True)]
    tables = read_off(model.decision_function, ordered)
    moved = Tables(tables.start + offset, tables.gains)
    by_code = in_hundredths(moved, [way != FREE for way in directions])
    points = tuple(own[np.argsort(order)] for own, order in zip(by_code.points, orders, strict=True))
    summed = by_code.start + sum(
        own[found].astype(np.int64) for own, found in zip(points, bands, strict=True)
    )
    loss = np.abs(summed / HUNDREDTHS - (model.decision_function(codes) + offset)).max()
    return WholeTables(by_code.start, points), float(loss)
