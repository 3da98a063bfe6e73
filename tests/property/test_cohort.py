"""Cohorts: any rows of any released plan, cut anywhere, are the rows of the whole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.fields import NOT_APPLICABLE, fields
from dossier.tables import from_arrow, to_arrow
from synthetic.cohort import dossiers_of, truth_of
from synthetic.draw import Drawn, Plan
from tests.unit.synthetic.worlds import RELEASED, world

PLANS = st.builds(
    lambda name, seed, size: Plan(world(name), seed, size),
    st.sampled_from(RELEASED),
    st.integers(-(2**31), 2**31),
    st.sampled_from([1, 500, 10_000_000]),
)


def _codes(drawn: Drawn) -> list[list[int]]:
    return [
        drawn.applicants.tolist(),
        drawn.kinds.tolist(),
        drawn.network.tolist(),
        *(values.tolist() for values in drawn.values.values()),
        *(references.tolist() for references in drawn.references.values()),
        *(codes.tolist() for codes in drawn.truth.values()),
    ]


@given(PLANS, st.integers(0, 10_000_000), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=30)
def test_rows_are_the_same_however_they_are_cut(plan: Plan, start: int, first: int, second: int) -> None:
    whole = _codes(plan.draw(range(start, start + first + second)))
    left = _codes(plan.draw(range(start, start + first)))
    right = _codes(plan.draw(range(start + first, start + first + second)))
    assert whole == [a + b for a, b in zip(left, right, strict=True)]


@given(PLANS, st.integers(0, 10_000_000))
@settings(max_examples=30)
def test_what_is_drawn_passes_the_checks_of_a_table(plan: Plan, start: int) -> None:
    dossiers = dossiers_of(plan.draw(range(start, start + 8)))
    back = from_arrow(to_arrow(dossiers), fields(), where="x")
    assert {name: numbers.tolist() for name, numbers in back.references.items()} == {
        name: numbers.tolist() for name, numbers in dossiers.references.items()
    }
    assert {name: values.tolist() for name, values in back.columns.items()} == {
        name: values.tolist() for name, values in dossiers.columns.items()
    }


@given(PLANS, st.integers(0, 10_000_000))
@settings(max_examples=30)
def test_truth_fits_its_own_lists(plan: Plan, start: int) -> None:
    truth = truth_of(plan.world, plan.draw(range(start, start + 8)))
    assert (truth.module < len(truth.modules)).all()
    assert (truth.tier < len(truth.tiers)).all()
    assert len(truth.modules) == len(truth.kinds) == len(truth.families)


@given(PLANS)
@settings(max_examples=20)
def test_a_closed_gate_is_closed_in_every_layer(plan: Plan) -> None:
    drawn = plan.draw(range(40))
    for name, field in fields().items():
        for gate, labels in (field.gate or {}).items():
            opening = [fields()[gate].code(label) for label in labels]
            for layer in (drawn.truth, drawn.declared, drawn.observed):
                closed = ~np.isin(layer[gate], opening)
                assert (layer[name][closed] == NOT_APPLICABLE).all()
