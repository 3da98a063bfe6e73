"""Problems: what is wrong, where, and how to mend it; all of them at once."""

import pytest

from dossier.problems import BadInput, Problem, raise_if_any


def test_a_problem_says_where_what_and_how_to_mend_it() -> None:
    problem = Problem("a share is missing", "a.toml, line 3", "Add it.")
    assert str(problem) == "a.toml, line 3: a share is missing\n    To mend it: Add it."


def test_a_problem_without_place_or_remedy_says_only_what_is_wrong() -> None:
    assert str(Problem("a share is missing")) == "a share is missing"


def test_bad_input_keeps_every_problem_and_says_them_in_order() -> None:
    first, second = Problem("one thing", "a.toml"), Problem("another", "b.toml")
    error = BadInput([first, second])
    assert error.problems == (first, second)
    assert str(error) == "a.toml: one thing\nb.toml: another"


def test_bad_input_of_one_thing_has_one_problem() -> None:
    assert BadInput.of("x", where="y", mend="z").problems == (Problem("x", "y", "z"),)


def test_no_problem_raises_nothing() -> None:
    raise_if_any([])


def test_problems_from_a_generator_are_raised_together() -> None:
    with pytest.raises(BadInput) as error:
        raise_if_any(Problem(what) for what in ("first", "second"))
    assert [problem.what for problem in error.value.problems] == ["first", "second"]
