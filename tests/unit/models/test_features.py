"""What a card may read, and as which level: answers, settings, indicators and rules; and which card reads it."""

import itertools

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields, fields_visible_at
from dossier.findings import FINDING_LABELS
from dossier.indicators import indicators
from dossier.problems import BadInput
from dossier.stages import Stage
from models import features
from models.features import (
    CardInput,
    Context,
    InputPolicy,
    card_inputs,
    challenger_codes,
    challenger_fields,
    context_of,
    contexts_at,
    encode,
    input_policy,
    rising_order,
)
from tests.unit.screening.desks import cohort

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)

# Who a person is does not decide: these never reach a card, whatever else is withheld.
NEVER_READ = {"sex", "age", "marital_status", "province", "education", "occupation", "income_idr", "office"}


def inputs_of(stage: Stage) -> tuple[CardInput, ...]:
    return card_inputs(stage, indicators().values(), ["some_rule"])


def one_field(name: str, *values: int) -> Dossiers:
    numbers = np.array(values, dtype=np.int32)
    column = numbers if fields()[name].is_number else numbers.astype(np.int8)
    return Dossiers(np.arange(len(values)), {name: column})


def levels_of(name: str, *values: int) -> list[str]:
    """Return the labels of the levels that values of one field get."""
    entry = next(one for one in inputs_of(Stage.CHECKPOINT) if one.name == name)
    found = encode([entry], one_field(name, *values), {}, {})
    return [entry.levels[level] for level in found[:, 0]]


def first(name: str, *, gated: bool) -> Field:
    """Return a field of one part of the policy, with a gate or without."""
    part = getattr(input_policy(), name)
    return next(fields()[one] for one in part if bool(fields()[one].gate) == gated)


# --- what may be read -------------------------------------------------------------------------------


def test_every_field_has_at_most_one_part_in_the_policy() -> None:
    policy = input_policy()
    parts = [set(policy.withheld), set(policy.rising), set(policy.setting)]
    assert all(not one & other for one, other in itertools.combinations(parts, 2))


def test_who_a_person_is_is_withheld_with_a_reason() -> None:
    assert set(input_policy().withheld) >= NEVER_READ
    assert all(reason.endswith(".") for reason in input_policy().withheld.values())


@STAGES
def test_a_withheld_field_is_never_an_input(stage: Stage) -> None:
    names = {entry.name for entry in inputs_of(stage) if entry.kind in ("answer", "setting")}
    assert names.isdisjoint(input_policy().withheld)


@STAGES
def test_a_withheld_field_is_never_read_by_the_challenger(stage: Stage) -> None:
    assert set(challenger_fields(stage)).isdisjoint(input_policy().withheld)


def test_no_context_asks_who_a_person_is() -> None:
    asked = {name for context in input_policy().context for name in context.answers}
    assert asked.isdisjoint(input_policy().withheld)


@STAGES
def test_only_what_is_visible_at_the_stage_is_an_input(stage: Stage) -> None:
    visible = set(fields_visible_at(stage))
    for entry in inputs_of(stage):
        if entry.kind in ("answer", "setting"):
            assert entry.name in visible
        elif entry.kind == "indicator":
            assert set(indicators()[entry.name].reads) <= visible
    assert set(challenger_fields(stage)) <= visible


@STAGES
def test_every_rising_and_every_setting_field_that_is_visible_is_an_input(stage: Stage) -> None:
    wanted = {*input_policy().rising, *input_policy().setting} & set(fields_visible_at(stage))
    assert {entry.name for entry in inputs_of(stage) if entry.kind in ("answer", "setting")} == wanted


def test_an_indicator_of_one_field_is_no_input_of_its_own() -> None:
    read = {entry.name for entry in inputs_of(Stage.CHECKPOINT) if entry.kind == "indicator"}
    assert read == {name for name, one in indicators().items() if len(one.reads) > 1}


def test_rules_are_inputs_by_their_ids() -> None:
    assert inputs_of(Stage.COUNTER)[-1] == CardInput("rule", "some_rule", FINDING_LABELS)


def test_only_settings_have_no_direction() -> None:
    assert {entry.kind for entry in inputs_of(Stage.CHECKPOINT) if not entry.is_rising} == {"setting"}


def test_inputs_are_told_apart_by_kind_and_name() -> None:
    keys = [entry.key for entry in inputs_of(Stage.CHECKPOINT)]
    assert len(set(keys)) == len(keys)
    assert "answer:fee_idr" in keys


# --- levels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", input_policy().rising)
def test_a_rising_order_names_each_code_once(name: str) -> None:
    assert sorted(rising_order(name)) == sorted(fields()[name].bin_labels)


@pytest.mark.parametrize("name", input_policy().rising)
def test_missing_stands_just_above_the_least_concerning_answer(name: str) -> None:
    entry = next(one for one in inputs_of(Stage.CHECKPOINT) if one.name == name)
    ladder = [level for level in entry.levels if level != "not applicable"]
    assert ladder == [rising_order(name)[0], "missing", *rising_order(name)[1:]]


@pytest.mark.parametrize("name", [*input_policy().rising, *input_policy().setting])
def test_what_does_not_apply_has_the_lowest_level_of_its_own(name: str) -> None:
    entry = next(one for one in inputs_of(Stage.CHECKPOINT) if one.name == name)
    assert ("not applicable" in entry.levels) == bool(fields()[name].gate)
    assert entry.levels.index("not applicable") == 0 if fields()[name].gate else True


@pytest.mark.parametrize("name", [*input_policy().rising, *input_policy().setting])
def test_every_value_of_a_field_gets_the_level_of_its_label(name: str) -> None:
    field = fields()[name]
    values = list(field.edges) if field.is_number else list(range(field.size))
    assert levels_of(name, *values, MISSING) == [*field.bin_labels, "missing"]


@pytest.mark.parametrize("part", ["rising", "setting"])
def test_a_closed_gate_is_a_level_and_not_an_answer(part: str) -> None:
    assert levels_of(first(part, gated=True).name, NOT_APPLICABLE) == ["not applicable"]


def test_a_number_gets_the_level_of_its_bin() -> None:
    assert levels_of("fee_idr", 0) != levels_of("fee_idr", fields()["fee_idr"].upper)
    last = fields()["fee_idr"].edges[-1]
    assert levels_of("fee_idr", last) == levels_of("fee_idr", fields()["fee_idr"].upper)
    assert levels_of("fee_idr", last - 1) != levels_of("fee_idr", last)


def test_bins_run_up_or_down_as_the_policy_says() -> None:
    up, down = rising_order("fee_idr"), rising_order("funds_idr")
    assert up == fields()["fee_idr"].bin_labels
    assert down == tuple(reversed(fields()["funds_idr"].bin_labels))


def test_findings_are_levels_as_they_are() -> None:
    findings = np.array([0, 1, 2], dtype=np.int8)
    inputs = [CardInput("indicator", "x", FINDING_LABELS), CardInput("rule", "y", FINDING_LABELS)]
    nobody = Dossiers(np.arange(3), {})
    assert encode(inputs, nobody, {"x": findings}, {"y": findings[::-1]}).tolist() == [[0, 2], [1, 1], [2, 0]]


@STAGES
def test_levels_of_drawn_dossiers_agree_with_their_naive_twin(stage: Stage) -> None:
    inputs = [entry for entry in inputs_of(stage) if entry.kind in ("answer", "setting")]
    some = cohort().dossiers.take(slice(0, 60))
    found = encode(inputs, some, {}, {})
    for column, entry in enumerate(inputs):
        for row, value in enumerate(some.columns[entry.name].tolist()):
            assert entry.levels[found[row, column]] == naive_label(fields()[entry.name], value)


def naive_label(field: Field, value: int) -> str:
    if value in (MISSING, NOT_APPLICABLE):
        return "missing" if value == MISSING else "not applicable"
    if not field.is_number:
        return field.codes[value]
    return field.bin_labels[sum(edge <= value for edge in field.edges) - 1]


# --- contexts ---------------------------------------------------------------------------------------


def context(name: str, **answers: tuple[str, ...]) -> Context:
    return Context(name=name, title={"en": name, "id": name}, answers=answers)  # type: ignore[arg-type]


@pytest.fixture
def three_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two contexts that overlap, the second of them later than the counter, and the rest."""
    made = (
        context("offered_work", job_offer=("yes",), stated_purpose=("work",)),
        context("works", stated_purpose=("work", "internship")),
        context("rest"),
    )
    policy = input_policy().model_copy(update={"context": made})
    monkeypatch.setattr(features, "input_policy", lambda: policy)


def asked(purpose: str | None, offer: str | None) -> Dossiers:
    codes = {"stated_purpose": purpose, "job_offer": offer}
    columns = {
        name: np.array([MISSING if label is None else fields()[name].code(label)], dtype=np.int8)
        for name, label in codes.items()
    }
    return Dossiers(np.arange(1), columns)


@pytest.mark.parametrize(
    ("purpose", "offer", "expected"),
    [
        ("work", "yes", 0),
        ("work", "none", 1),
        ("work", None, 1),
        ("internship", "yes", 1),
        ("holiday", "yes", 2),
        (None, "yes", 2),
        (None, None, 2),
    ],
)
def test_the_first_context_that_fits_reads_a_dossier(
    three_contexts: None, purpose: str | None, offer: str | None, expected: int
) -> None:
    assert context_of(asked(purpose, offer), Stage.INTERVIEW).tolist() == [expected]


def test_a_context_that_asks_for_what_is_not_visible_yet_does_not_exist(three_contexts: None) -> None:
    assert [one.name for one in contexts_at(Stage.COUNTER)] == ["works", "rest"]
    assert [one.name for one in contexts_at(Stage.INTERVIEW)] == ["offered_work", "works", "rest"]
    assert context_of(asked("work", "yes"), Stage.COUNTER).tolist() == [0]


@STAGES
def test_the_last_context_takes_everybody_else(stage: Stage) -> None:
    assert not contexts_at(stage)[-1].answers
    assert all(one.answers for one in contexts_at(stage)[:-1])


@STAGES
def test_contexts_of_drawn_dossiers_agree_with_their_naive_twin(stage: Stage) -> None:
    found = context_of(cohort().dossiers, stage)
    contexts = contexts_at(stage)
    for row in range(300):
        fitting = [place for place, one in enumerate(contexts) if naive_fit(one, row)]
        assert found[row] == fitting[0]


def naive_fit(one: Context, row: int) -> bool:
    columns = cohort().dossiers.columns
    labels = {name: fields()[name].codes for name in one.answers}
    return all(
        columns[name][row] >= 0 and labels[name][columns[name][row]] in wanted
        for name, wanted in one.answers.items()
    )


# --- the challenger ---------------------------------------------------------------------------------


@STAGES
def test_the_challenger_reads_raw_codes_and_tells_every_absence_apart(stage: Stage) -> None:
    some = cohort().dossiers.take(slice(0, 200))
    codes = challenger_codes(some, stage)
    names = challenger_fields(stage)
    assert codes.shape == (200, len(names))
    for column, name in enumerate(names):
        assert (codes[:, column] == fields()[name].bins(some.columns[name]).astype(int) + 2).all()
    assert codes.min() >= 0


# --- the policy's own file --------------------------------------------------------------------------


def problems_with(monkeypatch: pytest.MonkeyPatch, **parts: object) -> str:
    """Return what is said about the policy with some parts replaced."""
    spoiled = InputPolicy.model_validate({**input_policy().model_dump(), **parts})
    monkeypatch.setattr(features, "validated", lambda *_: spoiled)
    with pytest.raises(BadInput) as error:
        input_policy.__wrapped__()
    assert error.value.problems[0].where.startswith("inputs.toml")
    return str(error.value)


def test_an_unknown_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no field 'shoe_size'" in problems_with(monkeypatch, setting={"shoe_size": "x"})


def test_a_field_in_two_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "'sex' stands in two parts" in problems_with(monkeypatch, setting={"sex": "x"})


def test_an_order_that_leaves_out_a_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rising = {**input_policy().rising, "transit": ("direct", "unusual_stop")}
    assert "each of its codes once" in problems_with(monkeypatch, rising=rising)


def test_an_order_that_names_a_code_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rising = {**input_policy().rising, "transit": ("direct", "usual_stop", "unusual_stop", "direct")}
    assert "each of its codes once" in problems_with(monkeypatch, rising=rising)


def test_a_context_that_asks_for_an_unknown_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    contexts = [context("x", stated_purpose=("conquest",)), context("rest")]
    dumped = [one.model_dump() for one in contexts]
    assert "conquest" in problems_with(monkeypatch, context=dumped)


def test_a_context_that_asks_for_an_unknown_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dumped = [one.model_dump() for one in (context("x", shoe_size=("40",)), context("rest"))]
    assert "shoe_size" in problems_with(monkeypatch, context=dumped)


def test_contexts_that_do_not_end_with_everybody_else_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dumped = [context("x", stated_purpose=("work",)).model_dump()]
    assert "everybody else" in problems_with(monkeypatch, context=dumped)
