"""Working figures out: what can still go wrong when the formulas are well formed."""

from typing import Any

import pytest


def test_a_formula_may_use_figures_of_other_files_and_other_formulas(sample: Any) -> None:
    registry = sample.read(
        sample.derived("share", '{ ratio = ["men", "everybody"] }'),
        more=sample.derived("everybody", '{ sum = ["men", "women"] }', unit="persons")
        + sample.entry("men", "value = 189")
        + sample.entry("women", "value = 13"),
    )
    assert registry.figure("share").estimate == pytest.approx(93.564, abs=0.001)
    assert registry.figure("share").source == "arithmetic"


def test_shares_enter_a_product_as_fractions(sample: Any) -> None:
    registry = sample.read(
        sample.entry("share", "value = 40", unit="percent"),
        sample.entry("everybody", "value = 3703"),
        sample.derived("victims", '{ product = ["share", "everybody"] }', unit="persons"),
    )
    assert registry.figure("victims").estimate == pytest.approx(1481.2)


def test_a_division_by_zero_is_reported(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("none", "value = 0"),
        sample.entry("men", "value = 1"),
        sample.derived("share", '{ ratio = ["men", "none"] }'),
    )
    assert "'share' divides by zero" in complaint


def test_a_derived_percentage_lies_between_0_and_100(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("men", "value = 3"),
        sample.entry("everybody", "value = 2"),
        sample.derived("share", '{ ratio = ["men", "everybody"] }'),
    )
    assert "facts.toml" in complaint
    assert "'share' is 150, which is no possible value in percent" in complaint
