"""Rules as columns: the same findings as the screener's, and no dossier without the mark."""

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dossier.fields import fields_visible_at
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage
from dossier.tables import RESERVED_BELOW
from screening import RuleTransformer, load_rulebook
from screening.rulebook import compile_rulebook
from tests.architecture.sources import ROOT
from tests.unit.screening.desks import cohort

RELEASED_RULES = ROOT / "screening" / "rulebooks" / "saring-2026.toml"
SIGNED = {ABSENT: 0, UNKNOWN: -1, PRESENT: 1}


@pytest.fixture(scope="module")
def observed() -> pd.DataFrame:
    return cohort().observed


@pytest.fixture(scope="module")
def fitted(observed: pd.DataFrame) -> RuleTransformer:
    return RuleTransformer().fit(observed)


# --- what it reads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGE_LABELS)
def test_every_column_is_a_rule_and_what_the_rulebook_finds(stage: str, observed: pd.DataFrame) -> None:
    transformer = RuleTransformer(stage=stage).fit(observed)
    rules = compile_rulebook(load_rulebook("saring-2026"))
    seen = cohort().dossiers.select(fields_visible_at(Stage.of(stage)))
    expected = rules.outcomes(seen, Stage.of(stage))
    found = transformer.transform(observed)
    assert found.dtype == np.int8
    assert transformer.get_feature_names_out().tolist() == list(expected)
    for column, outcomes in zip(found.T, expected.values(), strict=True):
        assert column.tolist() == [SIGNED[int(outcome)] for outcome in outcomes]


def test_all_three_values_occur(fitted: RuleTransformer, observed: pd.DataFrame) -> None:
    assert set(np.unique(fitted.transform(observed))) == {-1, 0, 1}


def test_an_explanation_names_the_rules_that_are_present_and_what_they_read(
    fitted: RuleTransformer, observed: pd.DataFrame
) -> None:
    some = observed.iloc[:300]
    rules = {rule.id: rule for rule in compile_rulebook(load_rulebook("saring-2026")).rules}
    names, found = fitted.get_feature_names_out(), fitted.transform(some)
    for row, present in enumerate(fitted.explain(some)):
        assert [one.rule for one in present] == list(names[found[row] == 1])
        for one in present:
            assert tuple(one.values) == rules[one.rule].reads
            for field, shown in one.values.items():
                if isinstance(some[field].iloc[row], str):
                    assert shown == some[field].iloc[row]


def test_what_is_read_does_not_depend_on_the_other_rows(
    fitted: RuleTransformer, observed: pd.DataFrame
) -> None:
    rows = np.random.default_rng(0).permutation(len(observed))[:500]
    assert (fitted.transform(observed.iloc[rows]) == fitted.transform(observed)[rows]).all()


def test_reading_changes_nothing_and_fitting_twice_is_fitting_once(observed: pd.DataFrame) -> None:
    transformer, before = RuleTransformer(), observed.copy()
    first = transformer.fit(observed).transform(observed)
    second = transformer.fit(observed).transform(observed)
    assert (first == second).all()
    pd.testing.assert_frame_equal(observed, before)
    assert transformer.get_params() == RuleTransformer().get_params()
    assert transformer.n_features_in_ == observed.shape[1]
    assert transformer.feature_names_in_.tolist() == observed.columns.tolist()


def test_other_columns_than_at_fitting_are_refused(fitted: RuleTransformer, observed: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="feature names"):
        fitted.transform(observed.assign(note=1))


def test_a_later_day_may_have_other_rules(observed: pd.DataFrame) -> None:
    day = date(2035, 1, 1)
    in_force = compile_rulebook(load_rulebook("saring-2026"), day).rules
    ready = [rule.id for rule in in_force if rule.stage <= Stage.VERIFICATION]
    assert RuleTransformer(as_of=day).fit(observed).get_feature_names_out().tolist() == ready


def test_pandas_output_has_the_rules_as_columns_and_the_rows_own_index(observed: pd.DataFrame) -> None:
    some = observed.iloc[50:60]
    found = RuleTransformer().set_output(transform="pandas").fit_transform(some)
    assert found.index.tolist() == some.index.tolist()
    assert found.columns[0] == load_rulebook("saring-2026").rules[0].id


def test_it_can_be_sent_to_another_process_and_cloned(
    fitted: RuleTransformer, observed: pd.DataFrame
) -> None:
    sent = pickle.loads(pickle.dumps(fitted))
    assert (sent.transform(observed) == fitted.transform(observed)).all()
    assert clone(fitted).get_params() == fitted.get_params()


def test_sent_to_where_the_rulebook_is_another_one_it_refuses(observed: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(RELEASED_RULES.read_text(encoding="utf-8"), encoding="utf-8")
    sent = pickle.dumps(RuleTransformer(rulebook=path).fit(observed))
    path.write_text(RELEASED_RULES.with_stem("women-17-45").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(BadInput, match="has changed since the transformer was fitted"):
        pickle.loads(sent)


# --- what it refuses --------------------------------------------------------------------------------


def unmarked(frame: pd.DataFrame) -> pd.DataFrame:
    found = frame.copy()
    found.attrs.clear()
    return found


def with_a_persons_number(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = frame["applicant"].to_numpy().copy()
    numbers[7] = RESERVED_BELOW
    return frame.assign(applicant=numbers)


def without_a_field(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="fee_idr")


REFUSED: Any = {
    "no mark": (unmarked, "does not say that it is synthetic"),
    "no frame": (lambda frame: frame.to_numpy(), "does not say that it is synthetic"),
    "a list": (lambda frame: frame.to_numpy().tolist(), "which bears no mark"),
    "a person's number": (with_a_persons_number, "outside the reserved synthetic range"),
    "a field too few": (without_a_field, "'fee_idr' is missing"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_screened_is_refused_at_fitting_and_at_reading(
    change: Any, message: str, fitted: RuleTransformer, observed: pd.DataFrame
) -> None:
    for act in (RuleTransformer().fit, fitted.transform, fitted.explain):
        with pytest.raises(BadInput, match=message):
            act(change(observed))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rulebook": "saring-1999"}, "no released rulebook"),
        ({"stage": "arrival"}, "The stages are: counter"),
        ({"as_of": date(1999, 1, 1)}, "applies from"),
    ],
)
def test_what_does_not_exist_is_named(parameters: Any, message: str, observed: pd.DataFrame) -> None:
    with pytest.raises(BadInput, match=message):
        RuleTransformer(**parameters).fit(observed)


def test_unfitted_it_reads_nothing(observed: pd.DataFrame) -> None:
    for act in (RuleTransformer().transform, RuleTransformer().explain):
        with pytest.raises(NotFittedError):
            act(observed)


# --- columns as findings ----------------------------------------------------------------------------


def test_without_a_rulebook_signs_are_findings() -> None:
    frame = pd.DataFrame({"debt": [3.5, -2.0, 0.0, np.nan], "held": [np.nan, 1.0, 0.0, 0.0]})
    transformer = RuleTransformer(rulebook=None).fit(frame)
    assert transformer.transform(frame).tolist() == [[1, -1], [0, 1], [0, 0], [-1, 0]]
    assert transformer.get_feature_names_out().tolist() == ["debt", "held"]
    assert [[(one.rule, one.values) for one in row] for row in transformer.explain(frame)] == [
        [("debt", {"debt": "3.5"})],
        [("held", {"held": "1"})],
        [],
        [],
    ]
