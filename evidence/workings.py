"""Working out the number of every figure: the midpoint of a range, and what a formula gives.

Comes after the checks, so every formula's inputs exist and none goes round in a circle. What can still be
wrong shows only in the result: a division by zero, or a number that its unit does not allow.
"""

from collections.abc import Mapping

from dossier.problems import Problem, raise_if_any
from evidence.checks import in_order, is_within, outside
from evidence.drafts import Draft
from evidence.entries import Entry, Figure
from evidence.formulas import Quantity, evaluate


def worked_out(draft: Draft) -> dict[str, Figure]:
    """Return all figures of a checked draft with their numbers, by key.

    Raises:
        BadInput: If a formula divides by zero or leaves the bounds of its unit.
    """
    figures: dict[str, Figure] = {}
    quantities: dict[str, Quantity] = {}
    problems: list[Problem] = []
    for key in in_order(draft):
        placed = draft.entries[key]
        try:
            quantities[key] = _quantity(placed.entry, draft.units[placed.entry.unit].whole, quantities)
        except ZeroDivisionError:
            problems.append(placed.problem("divides by zero", at_field="formula"))
            quantities[key] = Quantity(0.0, 0.0, 0.0)
        figures[key] = _figure(placed.entry, draft.units[placed.entry.unit].whole, quantities[key])
        if not is_within(draft, placed.entry, figures[key].estimate):
            problems.append(outside(placed, figures[key].estimate, at_field="formula"))
    raise_if_any(problems)
    return figures


def _quantity(entry: Entry, whole: float, known: Mapping[str, Quantity]) -> Quantity:
    if entry.stated is not None:
        return Quantity(*(number / whole for number in entry.stated))
    if entry.operation is None:
        raise AssertionError(f"'{entry.key}' passed validation with neither a number nor a formula")
    return evaluate(entry.operation, [known[key] for key in entry.inputs])


def _figure(entry: Entry, whole: float, quantity: Quantity) -> Figure:
    """Return the figure; stated numbers are passed on as they stand, not by way of their fractions."""
    computed = (quantity.estimate * whole, quantity.low * whole, quantity.high * whole)
    estimate, low, high = entry.stated or computed
    return Figure(**entry.model_dump(), estimate=estimate, spread=(low, high), whole=whole)
