"""The screener: what it refuses to read, what it does not look at, and what decides nothing.

It screens only what says that it is synthetic. It sees what an officer could see at that stage, and nothing
of what comes later. Who a person is does not decide, and neither does the row he or she stands in.
"""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, fields, fields_visible_at
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.tables import RESERVED_BELOW
from models.features import input_policy
from screening import Screener
from screening.screener import Assessment
from synthetic import draw, load_scenario
from tests.unit.screening.desks import assessment, cohort, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)


def refusal(observed: pd.DataFrame, stage: Stage | None = None) -> BadInput:
    with pytest.raises(BadInput) as error:
        screener().screen(observed, stage)
    return error.value


def rewritten(dossiers: Dossiers, names: list[str], make: Callable[[str], np.ndarray]) -> Dossiers:
    """Return the same dossiers with other values in some columns."""
    return Dossiers(dossiers.applicants, {**dossiers.columns, **{name: make(name) for name in names}})


def shuffled(name: str) -> np.ndarray:
    values = cohort().dossiers.columns[name]
    return np.random.default_rng(6).permutation(values)


def assert_same(after: Assessment, before: Assessment) -> None:
    assert_same_recommendation(after, before)
    assert (after.agency == before.agency).all()
    assert (after.route == before.route).all()


def assert_same_recommendation(after: Assessment, before: Assessment) -> None:
    for name in ("levels", "context", "risk", "recommendation"):
        assert (getattr(after, name) == getattr(before, name)).all(), name
    assert (after.score.families == before.score.families).all()
    for found, expected in (
        (after.evidence.outcomes, before.evidence.outcomes),
        (after.evidence.indicators, before.evidence.indicators),
    ):
        assert {k: v.tolist() for k, v in found.items()} == {k: v.tolist() for k, v in expected.items()}


# --- only what says that it is synthetic ------------------------------------------------------------


@pytest.mark.parametrize("mark", [None, False, "true", 1], ids=str)
def test_a_frame_that_does_not_say_it_is_synthetic_is_not_screened(mark: object) -> None:
    observed = cohort().observed.copy()
    observed.attrs = {} if mark is None else {"synthetic": mark}
    (problem,) = refusal(observed).problems
    assert "does not say that it is synthetic" in problem.what
    assert "simulator for training and research" in problem.mend


@pytest.mark.parametrize("number", [RESERVED_BELOW, 3_174_015_507_900_001, -1], ids=str)
def test_a_number_that_could_belong_to_a_person_is_not_screened(number: int) -> None:
    observed = cohort().observed.copy()
    observed.loc[41, "applicant"] = number
    (problem,) = refusal(observed).problems
    assert "1 identity numbers outside the reserved synthetic range" in problem.what
    assert problem.where.endswith("row 42")
    assert "could belong to a person" in problem.mend


def test_a_screened_frame_says_that_it_is_synthetic_too() -> None:
    assert screener().screen(cohort().observed).attrs["synthetic"] is True


# --- only what fits the declarations ----------------------------------------------------------------


@STAGES
def test_every_column_that_is_visible_is_needed(stage: Stage) -> None:
    for name in ("applicant", *fields_visible_at(stage)):
        (problem,) = refusal(cohort().observed.drop(columns=name), stage).problems
        assert f"the column '{name}' is missing" in problem.what


def test_all_missing_columns_are_named_at_once() -> None:
    names = list(fields_visible_at(Stage.COUNTER))[:3]
    problems = refusal(cohort().observed.drop(columns=names), Stage.COUNTER).problems
    assert len(problems) == 3


def test_an_unknown_code_is_refused_with_its_row_and_those_there_are() -> None:
    observed = cohort().observed.copy()
    observed["sex"] = observed["sex"].astype(str)
    observed.loc[9, "sex"] = "unknown_sex"
    (problem,) = refusal(observed).problems
    assert "'sex' holds the unknown code 'unknown_sex'" in problem.what
    assert problem.where.endswith("row 10")
    assert all(code in problem.mend for code in fields()["sex"].codes)


@pytest.mark.parametrize("value", [-5, 10**9])
def test_a_number_out_of_range_is_refused_with_its_row(value: int) -> None:
    observed = cohort().observed.copy()
    observed["age"] = observed["age"].astype("Int64")
    observed.loc[3, "age"] = value
    (problem,) = refusal(observed).problems
    assert "'age' holds" in problem.what
    assert problem.where.endswith("row 4")


@pytest.mark.parametrize(("name", "kind"), [("age", "string"), ("sex", "Int64"), ("applicant", "string")])
def test_a_column_of_another_type_is_refused(name: str, kind: str) -> None:
    observed = cohort().observed.copy()
    observed[name] = pd.Series(["1"] * len(observed), dtype="string").astype(pd.api.types.pandas_dtype(kind))
    (problem,) = refusal(observed).problems
    assert f"the column '{name}' is of type" in problem.what


# --- only what is visible at the stage --------------------------------------------------------------


@STAGES
def test_changing_what_comes_later_changes_nothing(stage: Stage) -> None:
    later = [name for name in fields() if name not in fields_visible_at(stage)]
    changed = rewritten(cohort().dossiers, later, shuffled)
    assert_same(screener().assess(changed, stage), assessment(stage))


@STAGES
def test_what_comes_later_need_not_be_there(stage: Stage) -> None:
    names = ["applicant", *fields_visible_at(stage)]
    assert (
        screener().screen(cohort().observed[names], stage).equals(screener().screen(cohort().observed, stage))
    )


def test_what_comes_later_may_even_be_nonsense() -> None:
    observed = cohort().observed.copy()
    for name in fields():
        if name not in fields_visible_at(Stage.COUNTER):
            observed[name] = "not asked yet"
    expected = screener().screen(cohort().observed, Stage.COUNTER)
    assert screener().screen(observed, Stage.COUNTER).equals(expected)


def test_not_yet_asked_is_not_unknown() -> None:
    """A question of a later stage contributes nothing; the same question left open at its stage may."""
    name = "knows_address"
    assert fields()[name].visible_from == Stage.INTERVIEW
    nothing = rewritten(cohort().dossiers, [name], lambda n: np.full_like(shuffled(n), MISSING))
    assert_same(screener().assess(nothing, Stage.COUNTER), assessment(Stage.COUNTER))
    after = screener().assess(nothing, Stage.INTERVIEW)
    assert (after.score.families != assessment(Stage.INTERVIEW).score.families).any()


def test_columns_that_are_no_fields_are_not_looked_at() -> None:
    observed = cohort().observed.assign(truth_class="victim", typology="online_scam", risk=99.0)
    assert screener().screen(observed).equals(screener().screen(cohort().observed))


# --- what decides nothing ---------------------------------------------------------------------------


@STAGES
def test_the_order_of_the_rows_changes_nothing(stage: Stage) -> None:
    order = np.random.default_rng(2).permutation(len(cohort()))
    after = screener().assess(cohort().dossiers.take(order), stage)
    before = assessment(stage)
    assert (after.risk == before.risk[order]).all()
    assert (after.recommendation == before.recommendation[order]).all()
    assert (after.agency == before.agency[order]).all()


def test_a_shuffled_frame_is_screened_row_by_row_the_same() -> None:
    observed = cohort().observed.sample(frac=1, random_state=5)
    found = screener().screen(observed).set_index("applicant")
    expected = screener().screen(cohort().observed).set_index("applicant")
    assert found.loc[expected.index].equals(expected)


@STAGES
def test_a_dossier_is_screened_alone_as_among_others(stage: Stage) -> None:
    for row in (0, 17, len(cohort()) - 1):
        alone = screener().assess(cohort().dossiers.take(np.array([row])), stage)
        assert alone.risk[0] == assessment(stage).risk[row]
        assert alone.recommendation[0] == assessment(stage).recommendation[row]


def test_the_identity_number_changes_nothing() -> None:
    before = cohort().dossiers
    after = screener().assess(Dossiers(before.applicants[::-1].copy(), before.columns), Stage.CHECKPOINT)
    assert (after.risk == assessment(Stage.CHECKPOINT).risk).all()


@STAGES
def test_who_a_person_is_changes_no_score_and_no_recommendation(stage: Stage) -> None:
    """Age alone enters, and only as being a minor."""
    names = [name for name in input_policy().withheld if name != "age" and name in fields_visible_at(stage)]
    assert "sex" in names
    other = screener().assess(rewritten(cohort().dossiers, names, shuffled), stage)
    assert_same_recommendation(other, assessment(stage))


@STAGES
def test_sex_decides_at_most_which_agency_receives_a_person_in_the_same_danger(stage: Stage) -> None:
    """One ministry exists for women; whoever it does not receive has a twin of its route elsewhere."""
    policy = screener().referral
    twins = {
        "woman_in_danger": "person_in_danger",
        "marriage_of_a_woman": "marriage",
        "sexual_exploitation_of_a_woman": "sexual_exploitation",
    }
    names = [name for name in input_policy().withheld if name != "age" and name in fields_visible_at(stage)]
    other = screener().assess(rewritten(cohort().dossiers, names, shuffled), stage)
    before, after = (
        [twins.get(policy.route_ids[place], policy.route_ids[place]) for place in found.route]
        for found in (assessment(stage), other)
    )
    assert before == after
    assert (other.agency >= 0).all()


@STAGES
def test_among_adults_age_changes_nothing(stage: Stage) -> None:
    before, after = aged(int(screener().rulebook.parameters["adult_age_years"]), stage)
    assert_same_recommendation(after, before)


@STAGES
def test_only_whether_a_person_is_young_may_decide_which_agency_receives_an_adult(stage: Stage) -> None:
    young = screener().referral.written.parameters["young_adult_age_years"].value
    assert_same(*aged(int(young), stage))


def aged(least: int, stage: Stage) -> tuple[Assessment, Assessment]:
    """Return what the screener makes of people from an age on, as they are and at any other such age."""
    rows = np.flatnonzero(cohort().dossiers.columns["age"] >= least)
    people = cohort().dossiers.take(rows)
    ages = np.random.default_rng(7).integers(least, 80, len(rows)).astype(np.int32)
    other = Dossiers(people.applicants, {**people.columns, "age": ages})
    return screener().assess(people, stage), screener().assess(other, stage)


# --- no way to the truth ----------------------------------------------------------------------------

IMPORTED = """
import sys
import screening
from screening import Screener
Screener.default()
loaded = sorted(name for name in sys.modules if name.split(".")[0] in ("synthetic", "console"))
loaded += [name for name in sys.modules if name.startswith(("screening.evaluation", "dossier.truth"))]
print(",".join(loaded))
"""


def test_a_screener_is_made_without_loading_truth_evaluation_or_generator() -> None:
    found = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_an_assessment_and_its_frame_hold_nothing_of_the_truth() -> None:
    names = {*vars(assessment(Stage.CHECKPOINT)), *screener().screen(cohort().observed).columns}
    assert not names & {"truth", "truth_class", "typology", "module", "tier", "network", "is_victim", "seed"}


def test_the_snippet_of_the_design_runs_as_it_is_written() -> None:
    from screening.evaluation import evaluate

    drawn = draw(load_scenario("phnom_penh_2022"), n=2000, seed=7)
    screened = Screener.default().screen(drawn.observed)
    report = evaluate(screened, drawn.truth)
    frame = report.by("typology")
    assert frame["victims"].sum() == drawn.truth.is_victim.sum()
    assert (frame["missed"] <= frame["victims"]).all()
    assert (frame["miss_rate_low"] <= frame["miss_rate"]).all()
    assert (frame["miss_rate"] <= frame["miss_rate_high"]).all()
