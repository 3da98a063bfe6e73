"""The arithmetic, against numbers worked out by hand."""

import pytest

from evidence.entries import Operation
from evidence.formulas import Quantity, clear_precision, evaluate, flag_rate, precision, takes


def exactly(number: float) -> Quantity:
    return Quantity(number, number, number)


@pytest.mark.parametrize(
    ("operation", "inputs", "result"),
    [
        ("sum", [679, 142, 97, 35, 21], 974),
        ("difference", [203, 11], 192),
        ("product", [9630, 365], 3_514_950),
        ("ratio", [189, 202], 189 / 202),
        ("remainder", [0.25, 0.5], 0.25),
        ("span", [0.15, 0.4], 0.275),
        ("flag_rate", [0.5, 0.8, 0.9], 0.45),
        ("precision", [0.5, 0.8, 0.9], 0.4 / 0.45),
        ("clear_precision", [0.5, 0.8, 0.9], 0.45 / 0.55),
    ],
)
def test_each_operation(operation: Operation, inputs: list[float], result: float) -> None:
    assert takes(operation, len(inputs))
    assert evaluate(operation, [exactly(number) for number in inputs]).estimate == pytest.approx(result)


def test_the_ends_of_the_ranges_give_the_ends_of_the_result() -> None:
    fee, pay = Quantity(57.5, 50, 65), Quantity(16.15, 14.7, 17.6)
    months = evaluate("ratio", [fee, pay])
    assert (months.low, months.high) == pytest.approx((50 / 17.6, 65 / 14.7))


def test_a_span_reaches_from_the_lowest_to_the_highest() -> None:
    assert evaluate("span", [Quantity(2, 1, 3), exactly(5), exactly(4)]) == Quantity(3.0, 1, 5)


def test_a_good_questionnaire_at_a_low_base_rate_is_nearly_always_wrong() -> None:
    assert 100 * flag_rate(1e-4, 0.867, 0.765) == pytest.approx(23.5, abs=0.01)
    assert 100 * precision(1e-4, 0.867, 0.765) == pytest.approx(0.037, abs=0.0005)
    assert clear_precision(1e-4, 0.867, 0.765) > 0.9999


@pytest.mark.parametrize(("flagged", "expected"), [(0.0017, 4.7), (0.005, 1.6), (0.01, 0.8), (0.05, 0.16)])
def test_precision_falls_as_more_are_flagged(flagged: float, expected: float) -> None:
    """With 80 percent of victims flagged, at one victim in ten thousand."""
    specificity = 1 - (flagged - 1e-4 * 0.8) / (1 - 1e-4)
    assert 100 * precision(1e-4, 0.8, specificity) == pytest.approx(expected, rel=0.03)
