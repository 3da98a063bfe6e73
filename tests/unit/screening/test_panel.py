"""The panel: everybody on the same people, at one workload, each pair as a naive twin counts it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from dossier.stages import Stage
from dossier.truth import TruthClass
from screening.evaluation.panel import Panel, compared, comparisons_json, joined_panels, panel_of
from tests.unit.screening.results import made, random_outcomes

LAWFUL, IRREGULAR, VICTIM = (int(one) for one in (TruthClass.LAWFUL, TruthClass.IRREGULAR, TruthClass.VICTIM))
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([LAWFUL, IRREGULAR, VICTIM]),
        st.integers(-3, 3),
        st.integers(0, 2),
        st.integers(0, 4),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)
"""Truth, our risk, the score of a rival, that of the oracle, and the flag of a rulebook."""

Person = tuple[int, int, int, int, bool]


def panel(people: list[Person], other: float = 1.0) -> Panel:
    kinds, risk, score, oracle, flag = (np.array(column) for column in zip(*people, strict=True))
    return Panel(
        truth_class=kinds.astype(np.int8),
        family=np.where(kinds == VICTIM, np.cumsum(kinds == VICTIM) % 2, -1).astype(np.int16),
        families=("a", "b"),
        weights=np.where(kinds == VICTIM, 1.0, other),
        risk=risk.astype(np.int32),
        scores={"oracle": oracle.astype(np.float64), "rival": score.astype(np.float64)},
        flags={"book": flag.astype(bool)},
    )


def told(people: list[Person], threshold: int = 1, other: float = 1.0) -> dict[str, Any]:
    found = panel(people, other)
    return comparisons_json(found, threshold, compared(found, threshold))


def by_name(content: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in content["rivals"]}


# --- a naive twin -------------------------------------------------------------------------------------


def naive_flags(people: list[Person], scores: list[float], workload: float, other: float) -> list[bool]:
    """Flag one person after the other, most concerning first, as long as the flags last."""
    flagged, used = [False] * len(people), 0.0
    for row in sorted(range(len(people)), key=lambda row: -scores[row]):
        used += 1.0 if people[row][0] == VICTIM else other
        if used > workload + 1e-9:
            break
        flagged[row] = True
    return flagged


def naive_pair(
    ours: list[bool], theirs: list[bool], rows: list[int], *, missed: bool
) -> tuple[int, int, float]:
    """Return who is counted by us only, by them only, and the p-value of scipy's binomial test."""
    count = [(ours[row] != missed, theirs[row] != missed) for row in rows]
    first, second = count.count((True, False)), count.count((False, True))
    p_value = binomtest(first, first + second).pvalue if first + second else 1.0
    return first, second, float(p_value)


@settings(max_examples=50)
@given(PEOPLE, st.integers(-3, 4), st.sampled_from([1.0, 2.5]))
def test_every_comparison_agrees_with_its_naive_twin(
    people: list[Person], threshold: int, other: float
) -> None:
    found = by_name(told(people, threshold, other))
    weigh = [1.0 if one[0] == VICTIM else other for one in people]
    ours = [one[1] >= threshold for one in people]
    workload = sum(weight for weight, flag in zip(weigh, ours, strict=True) if flag)
    book = [one[4] for one in people]
    of_book = sum(weight for weight, flag in zip(weigh, book, strict=True) if flag)
    pairs = {
        "oracle": (ours, naive_flags(people, [one[3] for one in people], workload, other)),
        "rival": (ours, naive_flags(people, [one[2] for one in people], workload, other)),
        "book": (naive_flags(people, [one[1] for one in people], of_book, other), book),
    }
    for name, (mine, theirs) in pairs.items():
        for side, kind, missed in (("misses", VICTIM, True), ("lawful", LAWFUL, False)):
            rows = [row for row, one in enumerate(people) if one[0] == kind]
            first, second, p_value = naive_pair(mine, theirs, rows, missed=missed)
            gap = found[name][side]
            assert (gap["only_screener"], gap["only_this"]) == (first, second)
            assert gap["screener_minus_this"]["n"] == len(rows)
            if rows:
                assert gap["p_value"] == pytest.approx(p_value)
                assert gap["screener_minus_this"]["estimate"] == pytest.approx((first - second) / len(rows))
            else:
                assert gap["p_value"] is gap["p_value_holm"] is None


@settings(max_examples=50)
@given(PEOPLE, st.integers(-3, 4))
def test_a_rulebook_is_compared_at_its_own_workload_and_a_score_at_ours(
    people: list[Person], threshold: int
) -> None:
    found = by_name(told(people, threshold))
    for name, one in found.items():
        assert one["by_its_flags"] == (name == "book")
        assert one["flags_per_10000"] == pytest.approx(one["screener"]["flags_per_10000"])


@settings(max_examples=50)
@given(PEOPLE, st.integers(-3, 4), st.sampled_from([1.0, 2.5]))
def test_ties_lie_between_their_best_and_their_worst(
    people: list[Person], threshold: int, other: float
) -> None:
    for one in told(people, threshold, other)["rivals"]:
        for side in (one, one["screener"]):
            assert side["missed_best"] <= side["miss_rate"]["missed"] <= side["missed_worst"]
        if one["misses"]["best"]:
            ends = sorted(one["misses"][end]["estimate"] for end in ("best", "worst"))
            assert ends[0] <= one["misses"]["screener_minus_this"]["estimate"] <= ends[1]


@settings(max_examples=50)
@given(PEOPLE, st.integers(-3, 4))
def test_holms_p_values_never_fall_below_the_raw_ones_and_keep_their_order(
    people: list[Person], threshold: int
) -> None:
    content = told(people, threshold)
    gaps = [one[side] for one in content["rivals"] for side in ("misses", "lawful")]
    tested = sorted((gap["p_value"], gap["p_value_holm"]) for gap in gaps if gap["p_value"] is not None)
    assert content["tests"] == len(tested)
    for place, (raw, adjusted) in enumerate(tested):
        assert adjusted >= min(1.0, (len(tested) - place) * raw) - 1e-12
    assert all(first[1] <= second[1] for first, second in pairwise(tested))


# --- cases at the edge --------------------------------------------------------------------------------

MANY: list[Person] = [
    (kind, risk, score, oracle, flag)
    for kind, risk, score, oracle, flag in zip(
        [VICTIM, LAWFUL, LAWFUL, IRREGULAR] * 5,
        [2, -1, 0, 1] * 5,
        [0, 1, 2, 1, 0] * 4,
        [4, 0, 1, 2] * 5,
        [True, False, False, True, False] * 4,
        strict=True,
    )
]


def test_without_victims_no_miss_is_tested_and_no_share_is_told() -> None:
    content = told([one for one in MANY if one[0] != VICTIM])
    assert content["people"]["victims"] == 0
    assert content["tests"] == 3
    assert content["share_of_achievable"]["overall"]["estimate"] is None
    assert content["share_of_achievable"]["by_typology"] == []
    for one in content["rivals"]:
        assert one["miss_rate"]["estimate"] is one["misses"]["p_value"] is one["misses"]["best"] is None


@pytest.mark.parametrize(("threshold", "missed"), [(-9, 0), (9, 5)], ids=["everybody", "nobody"])
def test_where_we_flag_everybody_or_nobody_every_score_does_too(threshold: int, missed: int) -> None:
    content = told(MANY, threshold)
    for name in ("oracle", "rival"):
        one = by_name(content)[name]
        assert one["miss_rate"]["missed"] == one["missed_best"] == one["missed_worst"] == missed
        assert one["misses"]["p_value"] == one["lawful"]["p_value"] == 1.0
    overall = content["share_of_achievable"]["overall"]
    assert overall["estimate"] == (None if missed else 1.0)


@pytest.mark.parametrize(("flag", "missed"), [(True, 0), (False, 5)])
def test_a_rulebook_that_flags_everybody_or_nobody_leaves_us_no_choice(flag: bool, missed: int) -> None:
    content = told([(*one[:4], flag) for one in MANY])
    book = by_name(content)["book"]
    assert book["miss_rate"]["missed"] == book["screener"]["miss_rate"]["missed"] == missed
    assert book["misses"]["p_value"] == 1.0


def test_ties_of_a_heavily_tied_score_are_told_at_the_same_workload() -> None:
    """Four of eight are flagged; the rival gives all the same score, so all or none may be victims."""
    people: list[Person] = [(VICTIM, 2, 0, 0, False)] * 4 + [(LAWFUL, 0, 0, 0, False)] * 4
    rival = by_name(told(people))["rival"]
    assert (rival["missed_best"], rival["missed_worst"]) == (0, 4)
    assert (rival["lawful_flagged_best"], rival["lawful_flagged_worst"]) == (0, 4)
    assert rival["misses"]["best"] == {"estimate": 0.0, "p_value": 1.0}
    assert rival["misses"]["worst"] == {"estimate": -1.0, "p_value": 0.125}


def test_a_screener_that_beats_the_oracle_is_told_so_and_not_clipped() -> None:
    people: list[Person] = [(VICTIM, 2, 0, 0, False)] * 4 + [(VICTIM, 2, 0, 5, False)]
    people += [(LAWFUL, 0, 0, 3, False)] * 4
    overall = told(people)["share_of_achievable"]["overall"]
    assert (overall["detected"], overall["n"], overall["estimate"]) == (5, 1, 5.0)
    assert overall["high"] > 5.0 > overall["low"]


def test_shares_by_typology_add_up_to_the_whole() -> None:
    found = told(MANY)["share_of_achievable"]
    for count in ("n", "detected", "only_this", "only_oracle"):
        assert sum(one[count] for one in found["by_typology"]) == found["overall"][count]
    assert [one["group"] for one in found["by_typology"]] == ["a", "b"]


def test_without_the_oracle_no_share_is_told() -> None:
    whole = panel(MANY)
    without = Panel(**{**vars(whole), "scores": {"rival": whole.scores["rival"]}})
    content = comparisons_json(without, 1, compared(without, 1))
    assert content["share_of_achievable"] is None
    assert all(one["share_of_achievable"] is None for one in content["rivals"])


# --- making and joining -------------------------------------------------------------------------------


def test_a_panel_is_made_of_the_rows_that_are_asked_for() -> None:
    outcomes = random_outcomes(3, 200)
    rows = np.flatnonzero(outcomes.truth.is_victim | (outcomes.truth.truth_class == LAWFUL))[:50]
    flags = {"book": outcomes.risk["counter"] > 0}
    found = panel_of(outcomes, Stage.VERIFICATION, rows, 4.0, {"rival": rows.astype(np.float64)}, flags)
    assert found.truth_class.tolist() == outcomes.truth.truth_class[rows].tolist()
    assert found.flags["book"].tolist() == flags["book"][rows].tolist()
    assert found.risk.tolist() == outcomes.risk["verification"][rows].tolist()
    assert set(found.weights[found.is_victim]) == {1.0}
    assert set(found.weights[~found.is_victim]) == {4.0}
    families = [found.families[place] for place in found.family[found.is_victim]]
    assert set(families) <= {"a", "b"}


def parts_of(whole: Panel, size: int) -> Iterator[Panel]:
    for start in range(0, len(whole.risk), size):
        rows = slice(start, start + size)
        columns = {name: getattr(whole, name)[rows] for name in ("truth_class", "family", "weights", "risk")}
        scores = {name: found[rows] for name, found in whole.scores.items()}
        yield Panel(
            **columns,
            families=whole.families,
            scores=scores,
            flags={name: found[rows] for name, found in whole.flags.items()},
        )


def test_the_panels_of_parts_are_joined_in_their_order() -> None:
    whole = panel(MANY)
    joined = joined_panels(list(parts_of(whole, 7)))
    assert joined is not None
    assert comparisons_json(joined, 1, compared(joined, 1)) == told(MANY)
    assert joined_panels([]) is None


def test_people_of_one_side_must_stand_for_equally_many() -> None:
    whole = panel(MANY)
    with pytest.raises(ValueError, match="equally many people"):
        Panel(**{**vars(whole), "weights": np.arange(len(MANY), dtype=np.float64)})


def test_weights_of_a_base_rate_move_the_workload() -> None:
    found = panel(MANY).weighted(0.5, 3.0)
    assert set(found.weights[found.is_victim]) == {0.5}
    assert set(found.weights[~found.is_victim]) == {3.0}


def test_facilitators_stand_on_no_panel() -> None:
    """Nothing here drops them: whoever makes a panel leaves them out, and the counts show it."""
    people = made([0, 3, 5], [1, 1, 1])
    rows = np.flatnonzero(people.truth.is_victim | people.truth.is_counted_as_other)
    found = panel_of(people, Stage.VERIFICATION, rows, 1.0, {}, {})
    assert len(found.risk) == 2
