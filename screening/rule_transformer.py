"""A rulebook as a scikit-learn transformer: from dossiers to a matrix of findings, one column for each rule.

It reads only frames that carry the synthetic mark, as everything here does; pandas keeps the mark when
scikit-learn splits a frame. Unknown stays a value of its own and is never counted as absent. It compiles and
reads; it neither weighs the rules nor recommends anything.
"""

# ruff: noqa: N803 - whoever writes for scikit-learn calls the matrix X, and passes it by that name

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.tables import REFUSAL, REFUSAL_MEND, from_pandas
from screening.explain import shown_value
from screening.rulebook import CompiledRulebook, Rule, compile_rulebook, load_rulebook
from screening.screener import RELEASED

Outcomes: TypeAlias = npt.NDArray[np.int8]
"""Shape (n, rules): 1 where a rule is present, 0 where absent, -1 where unknown."""

NOT_KNOWN = -1
SIGNED = np.array([0, NOT_KNOWN, 1], dtype=np.int8)
"""The outcome by finding: absent, unknown, present."""


@dataclass(frozen=True)
class PresentRule:
    """A rule that is present in a dossier.

    Attributes:
        rule: Its id; the column's name where columns are taken as findings.
        values: The values it read, by field.
    """

    rule: str
    values: Mapping[str, str]


class RuleTransformer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Reads dossiers with a rulebook.

    Without a rulebook, the columns are taken as findings that somebody has made already: above zero is
    present, zero or less absent, NaN unknown. This form takes any matrix of numbers, as scikit-learn's own
    checks ask for, which know no dossiers.

    A model that learns from the findings must be told that -1 means unknown:
    `ScreeningClassifier(missing_values=-1)`.

    Args:
        rulebook: Name of a released rulebook, or path of one; None takes the columns as findings.
        stage: Rules of later stages are left out: counter, interview, verification or checkpoint.
        as_of: The day whose rules and parameters hold; the rulebook's first day when left out.

    Attributes:
        rules_: The compiled rulebook; None where the columns are findings.
        n_features_in_, feature_names_in_: As everywhere in scikit-learn.

    Examples:
        >>> RuleTransformer(rulebook=None).fit_transform([[2.0, -1.0, np.nan]]).tolist()
        [[1, 0, -1]]
        >>> RuleTransformer().fit(pd.DataFrame({"sex": ["female"]}))
        Traceback (most recent call last):
        ...
        dossier.problems.BadInput: the frame's attrs: this data does not say that it is synthetic...
    """

    rules_: CompiledRulebook | None

    def __init__(
        self,
        rulebook: str | Path | None = RELEASED,
        stage: str = "verification",
        as_of: date | None = None,
    ) -> None:
        self.rulebook = rulebook
        self.stage = stage
        self.as_of = as_of

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: of the rules their hash, for they are compiled there anew."""
        state = dict(self.__dict__)
        if state.get("rules_") is not None:
            state["rules_"] = state["rules_"].columns_hash
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Compile the rules anew.

        Raises:
            BadInput: If the rulebook is no longer the one that was fitted.
        """
        self.__dict__.update(state)
        if self.rulebook is not None and "rules_" in state:
            rules = self._compiled(self.rulebook)
            if rules.columns_hash != state["rules_"]:
                what = f"the rulebook '{self.rulebook}' has changed since the transformer was fitted"
                raise BadInput.of(what, where="RuleTransformer", mend="Fit it again.")
            self.rules_ = rules

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = tags.input_tags.categorical = self.rulebook is not None
        tags.transformer_tags.preserves_dtype = []
        return tags

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002 - pipelines hand it over
        """Compile the rulebook and check that X holds what its stage makes visible; nothing is learned.

        Args:
            X: A frame of observed dossiers that carries the synthetic mark, such as `cohort.observed`.
            y: Not looked at.

        Raises:
            BadInput: If the mark, a column or a code is missing or wrong, or rulebook or stage do not exist.
        """
        if self.rulebook is None:
            validate_data(self, X, ensure_all_finite="allow-nan")
            self.rules_ = None
            return self
        rules = self._compiled(self.rulebook)
        _read(X, self._stage())
        validate_data(self, X, skip_check_array=True)
        self.rules_ = rules
        return self

    def transform(self, X: Any) -> Outcomes:
        """Return the outcome of each rule for each dossier, shape (n, rules).

        Raises:
            BadInput: If the mark, a column or a code is missing or wrong.
        """
        check_is_fitted(self)
        if self.rules_ is None:
            numbers = self._numbers(X)
            return np.where(np.isnan(numbers), NOT_KNOWN, numbers > 0).astype(np.int8)
        return _outcomes(self.rules_, self._dossiers(X), self._stage())

    def explain(self, X: Any) -> list[tuple[PresentRule, ...]]:
        """Return for each dossier the rules that are present and the values that they read.

        Raises:
            BadInput: If the mark, a column or a code is missing or wrong.
        """
        present = self.transform(X) == 1
        if self.rules_ is None:
            names, numbers = self.get_feature_names_out(), self._numbers(X)
            return [
                tuple(PresentRule(str(names[i]), {str(names[i]): f"{row[i]:g}"}) for i in np.flatnonzero(own))
                for row, own in zip(numbers, present, strict=True)
            ]
        dossiers, rules = self._dossiers(X), _ready(self.rules_, self._stage())
        return [
            tuple(_present(rules[i], dossiers, row) for i in np.flatnonzero(own))
            for row, own in enumerate(present)
        ]

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Return the ids of the rules, shape (rules,); the columns' own names where these are findings."""
        check_is_fitted(self)
        if self.rules_ is None:
            return np.asarray(super().get_feature_names_out(input_features), dtype=object)
        return np.array([rule.id for rule in _ready(self.rules_, self._stage())], dtype=object)

    def _compiled(self, rulebook: str | Path) -> CompiledRulebook:
        return compile_rulebook(load_rulebook(rulebook), self.as_of)

    def _stage(self) -> Stage:
        if self.stage not in STAGE_LABELS:
            what = f"there is no stage '{self.stage}'"
            raise BadInput.of(
                what, where="RuleTransformer", mend=f"The stages are: {', '.join(STAGE_LABELS)}."
            )
        return Stage.of(self.stage)

    def _numbers(self, X: Any) -> npt.NDArray[Any]:
        return np.asarray(validate_data(self, X, reset=False, ensure_all_finite="allow-nan"))

    def _dossiers(self, X: Any) -> Dossiers:
        """Return the dossiers of a frame with the columns that were there at fitting."""
        dossiers = _read(X, self._stage())
        validate_data(self, X, reset=False, skip_check_array=True)
        return dossiers


def _read(X: Any, stage: Stage) -> Dossiers:
    """Return what is visible at a stage of a marked frame; a gate may close any field, so all are needed."""
    if not isinstance(X, pd.DataFrame):
        where = f"X, of type {type(X).__name__}, which bears no mark"
        raise BadInput.of(REFUSAL, where=where, mend=REFUSAL_MEND)
    return from_pandas(X, fields_visible_at(stage))


def _ready(rules: CompiledRulebook, stage: Stage) -> list[Rule]:
    """Return the rules that can be evaluated at a stage, in the order of their outcomes."""
    return [rule for rule in rules.rules if rule.stage <= stage]


def _outcomes(rules: CompiledRulebook, dossiers: Dossiers, stage: Stage) -> Outcomes:
    outcomes = rules.outcomes(dossiers, stage)
    signed = np.empty((len(dossiers), len(outcomes)), dtype=np.int8)
    for column, found in enumerate(outcomes.values()):
        signed[:, column] = SIGNED[found]
    return signed


def _present(rule: Rule, dossiers: Dossiers, row: int) -> PresentRule:
    values = {name: shown_value(name, int(dossiers.columns[name][row])) for name in rule.reads}
    return PresentRule(rule.id, values)
