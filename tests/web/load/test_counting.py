"""What the load tests rest on: forms are filled in as they stand in a page, and nothing lost goes unnoticed."""

from typing import Any

import pytest

from benchmarks.classroom import BEGIN, END, holds, page_with
from benchmarks.peers.class_load import Told, compared, quantiles
from benchmarks.peers.form_browser import Page

PAGE = """
<form method="post" action="/seat/desk/1/decide">
  <input type="hidden" name="csrfmiddlewaretoken" value="a&amp;b">
  <input type="radio" name="action" value="0"><input type='radio' name="action" value="3" checked>
  <input type="checkbox" name="indicators" value="fee_high"><input type="checkbox" name="indicators" value="debt_ties">
  <select name="language"><option value="en">English</option><option value="id" selected>Indonesia</option></select>
  <textarea name="reason"></textarea><input name="nickname"><input name="closed" disabled>
  <button name="kind" value="interview" formaction="/seat/desk/1/ask">Ask</button>
</form>
<form action="search"><input type="text" name="q"></form>
"""


def test_a_form_is_read_as_it_stands_in_the_page() -> None:
    decide, search = Page(200, "/seat/desk", PAGE, 0.0, 200).forms
    assert (decide.action, decide.is_post) == ("/seat/desk/1/decide", True)
    assert decide.sent == {"csrfmiddlewaretoken": "a&b", "reason": "", "nickname": ""}
    assert decide.choices == {
        "action": ("0", "3"),
        "indicators": ("fee_high", "debt_ties"),
        "language": ("en", "id"),
        "kind": ("interview",),
    }
    assert (search.action, search.is_post) == ("/seat/search", False)


@pytest.mark.parametrize(
    ("kept", "wrong"),
    [
        ([("a", 0), ("b", 3)], {}),
        ([("a", 0)], {"lost": 1}),
        ([("a", 0), ("b", 3), ("b", 3)], {"doubled": 1}),
        ([("a", 0), ("b", 1)], {"changed": 1}),
        ([("a", 0), ("b", 3), ("x", 3)], {"unasked": 1}),
        ([("a", 0), ("b", 3), ("sent and not confirmed", 3)], {}),
    ],
)
def test_a_decision_that_is_lost_doubled_changed_or_made_up_is_counted(
    kept: list[tuple[str, int]], wrong: dict[str, int]
) -> None:
    told = Told(confirmed={"a": 0, "b": 3}, tried={"a", "b", "sent and not confirmed"})
    found = compared(told, [{"reason": reason, "action": action} for reason, action in kept])
    nothing = {"lost": 0, "doubled": 0, "changed": 0, "unasked": 0}
    assert found == {**nothing, **wrong, "confirmed": 2, "kept": len(kept)}
    assert holds({**found, "wrong_answers": {}}) == (not wrong)


def test_an_answer_that_nobody_should_get_breaks_the_gate() -> None:
    fine: dict[str, Any] = {"lost": 0, "doubled": 0, "changed": 0, "unasked": 0, "wrong_answers": {}}
    assert holds(fine)
    assert not holds({**fine, "wrong_answers": {"500 /seat/desk": 1}})


def test_quantiles_say_of_how_many() -> None:
    assert quantiles([]) == {"n": 0}
    assert quantiles([0.5]) == {"n": 1, "p50_s": 0.5, "p95_s": 0.5, "p99_s": 0.5, "longest_s": 0.5}
    many = quantiles(number / 1000 for number in range(1001))
    assert (many["p50_s"], many["p95_s"], many["longest_s"]) == (0.5, 0.95, 1.0)


def test_a_page_is_written_between_its_marks_and_nowhere_else() -> None:
    machine = {"processor": "p", "processors": 2, "memory_gib": 4, "python": "3.11", "versions": {}}
    versions = dict.fromkeys(("django", "gunicorn", "whitenoise", "psycopg"), "1")
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    found = page_with(page, {"machine": {**machine, "versions": versions}})
    assert found.startswith("before\n")
    assert found.endswith("\nafter")
    assert "old" not in found
    assert page_with(found, {"machine": {**machine, "versions": versions}}) == found
