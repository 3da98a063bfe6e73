"""Measures: pairs of sets of outcomes, and what cannot be said of people who are not there."""

import numpy as np
import pytest

from dossier.problems import BadInput
from dossier.truth import TruthClass
from screening.evaluation.measures import (
    FALSE_FLAG,
    FLAGGED,
    MEASURES,
    MISS,
    PRECISION,
    Measure,
    check_said,
    measure_named,
)

LAWFUL, IRREGULAR, VICTIM, FACILITATOR = (np.int8(one) for one in TruthClass)


def test_every_measure_counts_some_of_those_it_is_among() -> None:
    for one in MEASURES.values():
        assert (one.mask("counted") <= one.mask("among")).all()
        assert one.mask("counted").sum() < one.mask("among").sum()


def test_a_measure_that_counts_all_or_others_is_no_rate() -> None:
    for counted in (MISS.among, FALSE_FLAG.counted):
        with pytest.raises(ValueError, match="must count some, not all"):
            Measure("odd", "odd", "odd", counted, MISS.among)


def test_only_a_measure_that_names_facilitators_counts_them() -> None:
    naming = [one.name for one in MEASURES.values() if one.mask("among")[TruthClass.FACILITATOR].any()]
    assert naming == ["facilitators_flagged"]


def test_columns_of_different_measures_have_different_names() -> None:
    """All but the flags themselves, which are what one measure counts and another is among."""
    names = [name for one in MEASURES.values() for name in (one.name, one.counted_as, one.of)]
    assert [name for name in set(names) if names.count(name) > 1] == ["flags"]
    assert FLAGGED.counted_as == PRECISION.of == "flags"
    assert FLAGGED.counted == PRECISION.among


def test_a_measure_is_found_by_its_name_or_those_there_are_are_named() -> None:
    assert measure_named("precision") is PRECISION
    with pytest.raises(BadInput, match="there is no rate 'recall'") as error:
        measure_named("recall", "--rates")
    assert error.value.problems[0].where == "--rates"
    assert "miss_rate" in error.value.problems[0].mend


def test_where_both_sides_are_there_every_rate_can_be_said() -> None:
    everybody = np.array([LAWFUL, IRREGULAR, VICTIM, FACILITATOR])
    check_said(everybody, list(MEASURES.values()))


@pytest.mark.parametrize(
    ("people", "name", "said"),
    [
        (
            [LAWFUL, IRREGULAR],
            "miss_rate",
            "there are no victims among these 2 people, so there is no miss rate",
        ),
        ([LAWFUL, LAWFUL], "irregular_flagged", "no irregular people"),
        ([VICTIM], "false_flag_rate", "no lawful or irregular people"),
        ([VICTIM, FACILITATOR], "false_flag_rate", "no lawful or irregular people"),
        ([LAWFUL], "precision", "no victims"),
        ([VICTIM], "precision", "no lawful or irregular people"),
        ([FACILITATOR], "flag_rate", "no lawful or irregular people or victims"),
        ([LAWFUL, VICTIM], "facilitators_flagged", "no facilitators"),
    ],
)
def test_a_rate_of_a_side_without_anybody_is_refused(people: list[np.int8], name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        check_said(np.array(people), [measure_named(name)], "there")
    assert error.value.problems[0].where == "there"


def test_the_refusal_names_the_rates_that_these_people_can_show() -> None:
    with pytest.raises(BadInput) as error:
        check_said(np.array([LAWFUL, FACILITATOR]), [MISS, FALSE_FLAG])
    (problem,) = error.value.problems
    assert problem.mend.endswith(": false_flag_rate, lawful_flagged, facilitators_flagged, flag_rate.")


def test_all_rates_that_cannot_be_said_are_named_at_once() -> None:
    with pytest.raises(BadInput) as error:
        check_said(np.array([FACILITATOR]), [MISS, FALSE_FLAG])
    assert len(error.value.problems) == 2
