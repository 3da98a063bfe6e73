"""A summary says what counting person by person says, whatever the chunks and their order.

The naive twin goes back to the people for every figure, as evaluations were made before they held nobody.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields as attributes
from dataclasses import is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.fields import fields
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from dossier.truth import TruthClass
from screening.evaluation.fairness.gaps import terms
from screening.evaluation.groups import group_rates
from screening.evaluation.networks import missed_by_network
from screening.evaluation.outcomes import AGE_LABELS, Outcomes, grouping
from screening.evaluation.report import GROUPED_BY, Evaluation, Report, group_json
from screening.evaluation.summary import EVERYBODY_BELOW, Summary, joined_summaries, summarised
from screening.evaluation.tally import tallied
from screening.referral import agency_names
from screening.screener import OVERRIDE
from tests.unit.screening.results import VICTIM, random_outcomes

STAGE = Stage.VERIFICATION
THRESHOLDS = dict(zip(STAGE_LABELS, (120, 90, 60, 30), strict=True))
SIZE = 600
CROSSED = ("province", "truth", "sex+age_band", "typology+sex", "tier+age_band")


def people(seed: int, size: int = SIZE) -> Outcomes:
    """Return people of every kind, some of unknown sex, age or province, some decided by rule, in networks."""
    rng = np.random.default_rng(seed)
    whole = random_outcomes(seed, size)
    risk = {stage: rng.integers(-300, 300, size).astype(np.int32) for stage in STAGE_LABELS}
    for one in risk.values():
        one[rng.random(size) < 0.05] = OVERRIDE
    network = np.where(rng.random(size) < 0.7, rng.integers(0, 25, size), -1).astype(np.int64)
    numbers = rng.permutation(10 * size)[:size].astype(np.int64)
    flagged = risk[STAGE.label] >= THRESHOLDS[STAGE.label]

    def codes(most: int) -> npt.NDArray[np.int8]:
        return rng.integers(-1, most, size).astype(np.int8)

    return replace(
        whole,
        truth=replace(whole.truth, network=network, applicants=numbers),
        age_band=codes(len(AGE_LABELS)),
        province=codes(len(fields()["province"].codes)),
        risk=risk,
        recommendation=np.where(flagged, Recommendation.REFER, rng.integers(0, 3, size)).astype(np.int8),
        agency=codes(len(agency_names())),
    )


def summary(outcomes: Outcomes, rows: range, below: int = EVERYBODY_BELOW) -> Summary:
    return summarised(outcomes, STAGE, THRESHOLDS, rows, burdens=terms().burden.by, below=below)


def plain(value: Any) -> Any:
    """Return anything that a summary is made of, comparable."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tolist()
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in attributes(value)}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    return value


# --- chunks ---------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    seed=st.integers(0, 20),
    cuts=st.lists(st.integers(0, SIZE), max_size=7),
    order=st.randoms(use_true_random=False),
    below=st.sampled_from([0, 3 * SIZE, EVERYBODY_BELOW]),
)
def test_any_chunks_in_any_order_give_one_summary(seed: int, cuts: list[int], order: Any, below: int) -> None:
    outcomes = people(seed)
    edges = [0, *sorted(cuts), SIZE]
    chunks = [range(a, b) for a, b in pairwise(edges)]
    order.shuffle(chunks)
    parts = [summary(outcomes.take(np.arange(rows.start, rows.stop)), rows, below) for rows in chunks]
    whole = summary(outcomes, range(SIZE), below)
    joined = joined_summaries(parts)
    assert plain(joined) == plain(whole)
    one_by_one = parts[0]
    for part in parts[1:]:
        one_by_one = one_by_one + part
    assert plain(one_by_one) == plain(whole)
    agencies = agency_names()
    assert Report(joined, agencies).to_json() == Report(whole, agencies).to_json()


def test_summaries_of_different_screenings_are_not_added() -> None:
    outcomes = people(1)
    other = summarised(outcomes, STAGE, {**THRESHOLDS, STAGE.label: 61})
    with pytest.raises(ValueError, match="one screening"):
        joined_summaries([summary(outcomes, range(SIZE)), other])


# --- the twin -------------------------------------------------------------------------------------------


def twin(outcomes: Outcomes) -> Iterator[tuple[str, Any]]:
    """Yield every figure of the JSON that is counted, from the people themselves."""
    flagged = outcomes.flagged(STAGE, THRESHOLDS[STAGE.label])
    classes, given_by = outcomes.truth.truth_class, outcomes.recommendation
    overall = group_json(group_rates(outcomes, flagged)[0])
    yield from ((name, overall[name]) for name in overall if name != "group")
    yield "n", len(outcomes)
    yield "victims", int((classes == TruthClass.VICTIM).sum())
    yield (
        "by",
        {
            name: [group_json(one) for one in group_rates(outcomes, flagged, grouping(outcomes, name))]
            for name in GROUPED_BY
        },
    )
    along, so_far = [], np.zeros(len(outcomes), dtype=bool)
    alone = []
    for stage in Stage:
        at = outcomes.flagged(stage, THRESHOLDS[stage.label])
        so_far = so_far | at
        alone.append({**group_json(group_rates(outcomes, at)[0]), "group": stage.label})
        along.append({**group_json(group_rates(outcomes, so_far)[0]), "group": stage.label})
    yield "by_stage", alone
    yield "pathway", along
    yield (
        "recommendations",
        {
            c.label: {r.label: int(((classes == c) & (given_by == r)).sum()) for r in Recommendation}
            for c in TruthClass
        },
    )
    yield (
        "referred_to",
        {
            name: {
                c.label: int((flagged & (outcomes.agency == place) & (classes == c)).sum())
                for c in TruthClass
            }
            for place, name in enumerate(agency_names())
        },
    )
    yield "curve", list(curve(outcomes))


def curve(outcomes: Outcomes) -> Iterator[dict[str, Any]]:
    risk, classes = outcomes.risk[STAGE.label], outcomes.truth.truth_class
    finite = risk[risk != OVERRIDE]
    low, high = np.quantile(finite, [0.2, 1.0])
    places = np.append(np.linspace(low, high + 1, 241), THRESHOLDS[STAGE.label])
    for step in np.unique(np.rint(places).astype(np.int32)):
        yield {
            "threshold": int(step) / 100,
            "missed": int(((classes == TruthClass.VICTIM) & (risk < step)).sum()),
            "lawful": int(((classes == TruthClass.LAWFUL) & (risk >= step)).sum()),
            "irregular": int(((classes == TruthClass.IRREGULAR) & (risk >= step)).sum()),
        }


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [7, 100, SIZE])
def test_the_json_is_that_of_counting_the_people(seed: int, size: int) -> None:
    outcomes = people(seed, size)
    content = Evaluation(outcomes, STAGE, THRESHOLDS, ("a", "b"), agency_names()).to_json()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    expected = dict(twin(outcomes))
    assert {key: content[key] for key in expected} == expected


@pytest.mark.parametrize("name", [*GROUPED_BY, *CROSSED])
@pytest.mark.parametrize("seed", range(3))
def test_any_grouping_is_counted_as_among_people(name: str, seed: int) -> None:
    outcomes = people(seed)
    flagged = outcomes.flagged(STAGE, THRESHOLDS[STAGE.label])
    expected = group_rates(outcomes, flagged, grouping(outcomes, name))
    assert summary(outcomes, range(SIZE)).rates_by(name) == expected


@pytest.mark.parametrize("seed", range(3))
def test_what_it_holds_beside_is_that_of_the_people(seed: int) -> None:
    outcomes = people(seed)
    found, truth, risk = summary(outcomes, range(SIZE)), outcomes.truth, outcomes.risk[STAGE.label]
    flagged = outcomes.flagged(STAGE, THRESHOLDS[STAGE.label])
    assert plain(found.networks) == plain(missed_by_network(truth, flagged))
    assert len(found) == SIZE
    assert found.victims == truth.is_victim.sum()
    assert found.others == truth.is_counted_as_other.sum()
    assert found.by_class.tolist() == [int((truth.truth_class == one).sum()) for one in TruthClass]
    facilitators = truth.truth_class == TruthClass.FACILITATOR
    assert found.facilitators == {"escort": facilitators.sum()}
    for name in terms().burden.by:
        expected = tallied(risk, truth.truth_class, [grouping(outcomes, name)])
        assert plain(found.burdened[name]) == plain(expected)
    assert plain(found.everybody) == plain(tallied(risk, truth.truth_class))


@pytest.mark.parametrize("below", [0, 1500, EVERYBODY_BELOW])
def test_the_sample_is_of_others_with_small_numbers_and_nobody_else(below: int) -> None:
    outcomes = people(2)
    sample = summary(outcomes, range(1000, 1000 + SIZE), below).sample
    truth = outcomes.truth
    rows = [row for row in range(SIZE) if truth.is_counted_as_other[row] and truth.applicants[row] < below]
    assert sample.rows.tolist() == [1000 + row for row in rows]
    assert plain(sample.people.truth) == plain(truth.take(np.array(rows, dtype=np.intp)))
    assert list(sample.people.risk) == [STAGE.label]
    few = sample.first(40)
    least = sorted(truth.applicants[rows].tolist())[:40]
    assert sorted(few.truth.applicants.tolist()) == least
    assert [n for n in truth.applicants.tolist() if n in set(least)] == few.truth.applicants.tolist()


def test_a_cohort_without_victims_or_of_nobody_but_victims_is_counted_too() -> None:
    outcomes = people(3)
    for rows in (outcomes.truth.truth_class == VICTIM, outcomes.truth.truth_class != VICTIM):
        some = outcomes.take(rows)
        content = Evaluation(some, STAGE, THRESHOLDS, ("a", "b"), agency_names()).to_json()
        assert json.loads(json.dumps(content, allow_nan=False)) == content
