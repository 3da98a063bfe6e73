"""One entry by itself: it says one number, explains itself, and knows its time."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from evidence import Period


def test_a_typed_rate_beside_a_formula_is_refused(sample: Any) -> None:
    complaint = sample.complaint(
        sample.entry("men", "value = 189"),
        sample.entry("all", "value = 202"),
        sample.derived("share", '{ ratio = ["men", "all"] }', "value = 93.6"),
    )
    assert "a rate that a formula computes is never typed as well" in complaint
    assert "facts.toml, line" in complaint


def test_a_derived_figure_must_show_its_formula(sample: Any) -> None:
    typed = sample.entry(
        "share",
        "value = 93.6",
        unit="percent",
        stated='source = "paper"\nlocator = "s"\nprovenance = "derived"\ngrade = "B"\n',
    )
    assert "a derived figure states its 'formula' instead of a number" in sample.complaint(typed)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "either 'value', or 'low' and 'high', or 'formula'"),
        (["value = 1", "low = 1", "high = 2"], "either 'value', or 'low' and 'high', or 'formula'"),
        (["low = 1"], "needs both 'low' and 'high'"),
        (["low = 2", "high = 1"], "'low' below 'high'"),
        (["value = 2", 'items = ["one"]'], "'items' must name as many things"),
        (["value = 2", "published_interval = [3, 4]"], "'published_interval' must contain 'value'"),
        (["value = 2", 'conflict_note = "differs"'], "'conflicts_with' and 'conflict_note' go together"),
    ],
)
def test_an_entry_says_one_number_and_explains_it(sample: Any, lines: list[str], complaint: str) -> None:
    assert complaint in sample.complaint(sample.entry("a", *lines))


def test_the_estimate_of_a_range_is_its_midpoint(sample: Any) -> None:
    figure = sample.read(sample.entry("pay", "low = 1000", "high = 1200")).figure("pay")
    assert (figure.estimate, figure.spread) == (1100, (1000, 1200))


def test_a_published_interval_becomes_the_spread(sample: Any) -> None:
    text = sample.entry("a", "value = 84.4", "published_interval = [75.3, 91.2]", unit="percent")
    figure = sample.read(text).figure("a")
    assert (figure.estimate, figure.spread) == (84.4, (75.3, 91.2))


def test_a_percentage_can_be_computed_with_as_a_fraction(sample: Any) -> None:
    assert sample.read(sample.entry("a", "value = 40", unit="percent")).figure("a").fraction == 0.4


def test_a_period_covers_whole_years_or_days() -> None:
    period = Period(start=2021, end=date(2022, 9, 30))
    assert (period.first_day, period.last_day) == (date(2021, 1, 1), date(2022, 9, 30))
    assert str(period) == "2021 to 2022-09-30"


def test_a_period_runs_forward() -> None:
    with pytest.raises(ValidationError, match="must not end before it starts"):
        Period(start=2023, end=2022)


def test_a_figure_cannot_be_changed(sample: Any) -> None:
    figure = sample.read(sample.entry("a", "value = 1")).figure("a")
    with pytest.raises(ValidationError, match="frozen"):
        figure.estimate = 2.0
