"""Decision and cost curves: net benefit and cost as a naive twin counts them, person by person."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from dossier.problems import BadInput
from dossier.toml_files import read_toml, validated
from screening.evaluation import decision_curve
from screening.evaluation.decision_curve import (
    Terms,
    Ways,
    cost_curve_json,
    cost_share,
    decision_curve_json,
    terms,
)
from screening.evaluation.rates import clopper_pearson

EVIDENCE = st.integers(-60, 60).map(lambda step: 0.0973 * step + 0.0137)
"""Far enough from every cutoff that rounding decides nothing."""

PEOPLE = st.lists(st.tuples(st.booleans(), EVIDENCE, st.booleans()), min_size=2, max_size=30).filter(
    lambda people: 0 < sum(one[0] for one in people) < len(people)
)

Person = tuple[bool, float, bool]

FEW = Terms(
    prevalences=(0.001, 0.05),
    threshold_chances=(0.001, 0.01, 0.2),
    cost_shares=(0.1, 0.5, 0.9),
    cost_ratios=(10.0, 100.0),
    told_chances=(0.01,),
    told_shares=(0.5,),
    said_chance=0.01,
    said_share=0.5,
)


def ways(people: list[Person]) -> Ways:
    victims, evidence, flags = zip(*people, strict=True)
    return Ways(np.array(victims), {"chance": np.array(evidence)}, {"flag": np.array(flags)})


def way_of(content: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [way for way in content["ways"] if way["name"] == name]
    return dict(found)


def share(people: list[Person], flagged: list[bool], *, victims: bool) -> tuple[float, float, float]:
    """Return the share of one side who are flagged, with its exact interval at 97.5 %."""
    side = [flag for one, flag in zip(people, flagged, strict=True) if one[0] == victims]
    return (sum(side) / len(side), *clopper_pearson(sum(side), len(side), 0.975))


def with_ends(values: dict[str, float]) -> dict[str, Any]:
    return {name: pytest.approx(value, abs=1e-9) for name, value in values.items()}


@settings(max_examples=40)
@given(PEOPLE)
def test_net_benefit_agrees_with_its_naive_twin(people: list[Person]) -> None:
    """Ten thousand applicants: victims found, less others flagged at the odds of the chance."""
    content = decision_curve_json(ways(people), FEW)
    for curve in content["curves"]:
        prevalence = curve["prevalence"]
        for place, chance in enumerate(FEW.threshold_chances):
            choosers = {
                "chance": [expit(one[1] + logit(prevalence)) >= chance for one in people],
                "flag": [one[2] for one in people],
            }
            for name, flagged in choosers.items():
                found, wrong = (share(people, flagged, victims=side) for side in (True, False))
                per_flag = (1 - prevalence) * chance / (1 - chance)
                expected = {
                    "estimate": 10_000 * (prevalence * found[0] - per_flag * wrong[0]),
                    "low": 10_000 * (prevalence * found[1] - per_flag * wrong[2]),
                    "high": 10_000 * (prevalence * found[2] - per_flag * wrong[1]),
                }
                way = way_of(curve, name)
                assert {end: way[end][place] for end in expected} == with_ends(expected)


@settings(max_examples=40)
@given(PEOPLE)
def test_cost_agrees_with_its_naive_twin(people: list[Person]) -> None:
    content = cost_curve_json(ways(people), FEW)
    for place, part in enumerate(FEW.cost_shares):
        choosers = {
            "chance": [one[1] >= np.log((1 - part) / part) for one in people],
            "flag": [one[2] for one in people],
        }
        for name, flagged in choosers.items():
            found, wrong = (share(people, flagged, victims=side) for side in (True, False))
            expected = {
                "estimate": part * (1 - found[0]) + (1 - part) * wrong[0],
                "low": part * (1 - found[2]) + (1 - part) * wrong[1],
                "high": part * (1 - found[1]) + (1 - part) * wrong[2],
            }
            way = way_of(content, name)
            assert {end: way[end][place] for end in expected} == with_ends(expected)


@settings(max_examples=40)
@given(PEOPLE)
def test_who_flags_everybody_or_nobody_lies_on_the_lines_of_that_name(people: list[Person]) -> None:
    for flag, line in ((True, "everybody"), (False, "nobody")):
        chosen = ways([(one[0], one[1], flag) for one in people])
        for curve in (*decision_curve_json(chosen, FEW)["curves"], cost_curve_json(chosen, FEW)):
            assert way_of(curve, "flag")["estimate"] == pytest.approx(curve[line], abs=1e-9)


@settings(max_examples=40)
@given(PEOPLE)
def test_the_two_curves_tell_the_same_story(people: list[Person]) -> None:
    """Net benefit, as a share of all that could be had, is one less the cost for each share of misses."""
    chance, prevalence = 0.01, 0.05
    ratio = (1 - chance) / chance
    part = cost_share(prevalence, ratio)
    one = FEW.model_copy(update={"cost_shares": (part,), "prevalences": (prevalence,), "said_share": part})
    benefit = way_of(decision_curve_json(ways(people), one)["curves"][0], "flag")["estimate"][1]
    cost = way_of(cost_curve_json(ways(people), one), "flag")["estimate"][0]
    assert benefit / (10_000 * prevalence) == pytest.approx(1 - cost / part)


def test_where_a_rule_decides_alone_it_refers_at_every_exchange() -> None:
    people = [(True, np.inf, False), (False, -2.0, False), (False, np.inf, False)]
    for curve in decision_curve_json(ways(people), FEW)["curves"]:
        way = way_of(curve, "chance")
        assert way["found"] == [1, 1, 1]
        assert all(wrong >= 1 for wrong in way["wrong"])


@pytest.mark.parametrize("is_victim", [True, False])
def test_of_one_side_alone_there_is_no_curve(is_victim: bool) -> None:
    one_side = ways([(is_victim, 0.0, True)])
    assert decision_curve_json(one_side, FEW) == cost_curve_json(one_side, FEW) == {}


def test_intervals_hold_at_least_as_often_as_they_say() -> None:
    """Two thousand cohorts: 60 victims of whom 30 % are found, 200 others of whom 4 % are flagged."""
    draws = np.random.Generator(np.random.SFC64(17))
    prevalence, chance = 0.01, 0.05
    truth = 10_000 * (prevalence * 0.3 - (1 - prevalence) * chance / (1 - chance) * 0.04)
    one = FEW.model_copy(
        update={"prevalences": (prevalence,), "threshold_chances": (chance,), "said_chance": chance}
    )
    is_victim = np.repeat([True, False], [60, 200])
    held = 0
    for _ in range(2000):
        flags = draws.random(260) < np.where(is_victim, 0.3, 0.04)
        (way,) = decision_curve_json(Ways(is_victim, {}, {"flag": flags}), one)["curves"][0]["ways"]
        held += way["low"][0] <= truth <= way["high"][0]
    assert held >= 0.95 * 2000


# --- the terms ----------------------------------------------------------------------------------------


def test_the_released_terms_hold_every_place_that_is_told() -> None:
    chosen = terms()
    assert {*chosen.told_chances, chosen.said_chance} <= set(chosen.threshold_chances)
    assert {*chosen.told_shares, chosen.said_share} <= set(chosen.cost_shares)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("prevalences = [0.01, 0.01]", "must rise"),
        ("threshold_chances = [0.5, 0.1]", "must rise"),
        ("said_share = 0.123", "must be one of its places"),
        ("prevalences = [0.0, 0.01]", "greater than 0"),
        ("cost_ratios = [-1]", "greater than 0"),
        ("surprise = 1", "surprise"),
    ],
)
def test_terms_that_make_no_sense_are_refused_with_file_and_line(
    line: str, told: str, tmp_path: Path
) -> None:
    text = Path(decision_curve.__file__).with_name("decisions.toml").read_text(encoding="utf-8")
    key = line.split(" = ", maxsplit=1)[0]
    kept = re.sub(rf"(?ms)^{key} = (\[.*?\]|[^\n]*)$", "", text)
    path = tmp_path / "decisions.toml"
    path.write_text(f"{line}\n{kept}", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        validated(Terms, read_toml(path))
    assert "decisions.toml" in str(refused.value)
    assert told in str(refused.value)
