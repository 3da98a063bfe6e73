"""Verdicts on gaps between groups: against a twin that looks at every pair, and against counts by hand."""

from itertools import permutations
from pathlib import Path

import pytest
from scipy.stats import beta

from dossier.problems import BadInput
from dossier.toml_files import read_toml, validated
from screening.evaluation.fairness import gaps as fairness
from screening.evaluation.fairness.gaps import Group, Terms, Verdict, parity, terms, verdict_of
from screening.evaluation.rates import Rate

MARGIN, SURE = 0.05, 0.95

CASES = [
    [("a", Rate(10, 1000)), ("b", Rate(12, 1000))],
    [("a", Rate(10, 1000)), ("b", Rate(200, 1000)), ("c", Rate(100, 1000))],
    [("a", Rate(0, 40)), ("b", Rate(1, 60)), ("c", Rate(3, 3)), ("d", Rate(0, 1))],
    [("a", Rate(500, 10_000)), ("b", Rate(650, 10_000))],
    [("a", Rate(40, 40)), ("b", Rate(0, 40))],
    [("a", Rate(0, 500)), ("b", Rate(0, 500))],
    [("a", Rate(3, 100)), ("b", Rate(6, 100)), ("c", Rate(0, 2))],
]


def interval(rate: Rate, tail: float) -> tuple[float, float]:
    """Return Clopper and Pearson's interval from its definition."""
    low = beta.ppf(tail, rate.count, rate.n - rate.count + 1) if rate.count else 0.0
    high = beta.ppf(1 - tail, rate.count + 1, rate.n - rate.count) if rate.count < rate.n else 1.0
    return float(low), float(high)


def brute(groups: list[Group], confidence: float) -> tuple[float, float]:
    """Return the interval of the largest gap by looking at every ordered pair of groups."""
    tail = (1 - confidence) / len(groups) / 2
    ends = [interval(rate, tail) for _, rate in groups]
    pairs = list(permutations(ends, 2))
    return max(0.0, *(one[0] - other[1] for one, other in pairs)), max(
        one[1] - other[0] for one, other in pairs
    )


@pytest.mark.parametrize("groups", CASES)
def test_the_interval_is_that_of_all_pairs(groups: list[Group]) -> None:
    found = parity(groups, MARGIN, SURE)
    low, high = brute(groups, SURE)
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)
    expected = Verdict.EQUAL if high <= MARGIN else Verdict.GAP if low > 0 else Verdict.UNKNOWN
    assert found.verdict is expected


def test_all_three_verdicts_occur_among_the_cases() -> None:
    assert {parity(groups, MARGIN, SURE).verdict for groups in CASES} == set(Verdict)


def test_a_shown_gap_within_the_margin_is_called_equal() -> None:
    assert verdict_of(0.01, 0.04, MARGIN) is Verdict.EQUAL


def test_each_group_has_its_share_of_the_confidence() -> None:
    found = parity(CASES[1], MARGIN, SURE)
    assert [rate.confidence for _, rate in found.groups] == pytest.approx([1 - 0.05 / 3] * 3)


def test_the_two_groups_of_a_shown_gap_are_those_that_surely_differ_most() -> None:
    few = ("few", Rate(3, 4))
    found = parity([("many", Rate(300, 1000)), few, ("none", Rate(10, 1000))], MARGIN, SURE)
    assert found.ends is not None
    assert found.shown is not None
    assert [name for name, _ in found.ends] == ["few", "none"]
    assert [name for name, _ in found.shown] == ["many", "none"]


def test_groups_of_too_few_people_are_named_and_not_compared() -> None:
    groups = [("a", Rate(10, 1000)), ("b", Rate(12, 1000)), ("few", Rate(5, 5)), ("nobody", Rate(0, 0))]
    found = parity(groups, MARGIN, SURE, fewest=30)
    assert [name for name, _ in found.groups] == ["a", "b"]
    assert [name for name, _ in found.silent] == ["few", "nobody"]
    assert found.verdict is Verdict.EQUAL
    assert found.low == parity(groups[:2], MARGIN, SURE).low


def test_of_fewer_than_two_groups_nothing_is_told() -> None:
    for groups in ([], [("a", Rate(1, 100))], [("a", Rate(1, 100)), ("nobody", Rate(0, 0))]):
        found = parity(groups, MARGIN, SURE)
        assert (found.verdict, found.low, found.high) == (Verdict.UNKNOWN, 0.0, 1.0)
        assert (found.ends, found.gap, found.shown, found.needs) == (None, None, None, None)


@pytest.mark.parametrize(
    ("groups", "margin", "confidence", "says"),
    [
        ([("a", Rate(1, 2)), ("a", Rate(1, 2))], 0.05, 0.95, "stands twice"),
        ([("a", Rate(3, 2)), ("b", Rate(1, 2))], 0.05, 0.95, "counts 3 of 2"),
        ([("a", Rate(-1, 2)), ("b", Rate(1, 2))], 0.05, 0.95, "counts -1 of 2"),
        ([("a", Rate(1, 2)), ("b", Rate(1, 2))], 0.0, 0.95, "margin"),
        ([("a", Rate(1, 2)), ("b", Rate(1, 2))], 0.05, 1.0, "confidence"),
        ([("a", Rate(1, 2)), ("b", Rate(1, 2))], float("nan"), 0.95, "margin"),
    ],
)
def test_wrong_input_is_an_error_and_never_a_number(
    groups: list[Group], margin: float, confidence: float, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        parity(groups, margin, confidence)


UNDECIDED = [
    [("a", Rate(3, 100)), ("b", Rate(2, 100))],
    [("a", Rate(5, 30)), ("b", Rate(60, 300)), ("c", Rate(12, 90))],
    [("a", Rate(0, 50)), ("b", Rate(0, 1000)), ("c", Rate(0, 60))],
    [("a", Rate(50, 50)), ("b", Rate(49, 50))],
]


def grown(groups: list[Group], more: dict[str, int]) -> list[Group]:
    """Return groups with so many more people, at rates as near as whole numbers come."""
    sizes = {name: rate.n + more.get(name, 0) for name, rate in groups}
    return [(name, Rate(round(rate.count / rate.n * sizes[name]), sizes[name])) for name, rate in groups]


@pytest.mark.parametrize("groups", UNDECIDED)
def test_twice_what_is_needed_decides_and_half_of_it_does_not(groups: list[Group]) -> None:
    needs = parity(groups, MARGIN, SURE).needs
    assert needs is not None
    assert needs.total > 0
    twice, half = ({name: round(n * factor) for name, n in needs.more.items()} for factor in (2, 0.5))
    assert parity(grown(groups, twice), MARGIN, SURE).verdict is not Verdict.UNKNOWN
    assert parity(grown(groups, half), MARGIN, SURE).verdict is Verdict.UNKNOWN


def test_what_is_needed_is_the_least_where_rates_stay_exactly() -> None:
    """With nobody counted the rate stays whole at every size, so the bound can be tried person by person."""
    groups = UNDECIDED[2]
    needs = parity(groups, MARGIN, SURE).needs
    assert needs is not None
    assert set(needs.more) == {"a", "c"}
    assert parity(grown(groups, dict(needs.more)), MARGIN, SURE).verdict is needs.becomes
    for name in needs.more:
        one_less = {**needs.more, name: needs.more[name] - 1}
        assert parity(grown(groups, one_less), MARGIN, SURE).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("groups", UNDECIDED)
def test_more_people_at_the_same_rates_never_need_more(groups: list[Group]) -> None:
    sizes = []
    for factor in (1, 2, 4, 8, 16, 32):
        many = [(name, Rate(rate.count * factor, rate.n * factor)) for name, rate in groups]
        needs = parity(many, MARGIN, SURE).needs
        sizes.append(needs.total if needs else 0)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0 or sizes[-1] < sizes[0]


def test_a_wider_margin_never_needs_more() -> None:
    totals = []
    for margin in (0.02, 0.05, 0.1, 0.15):
        needs = parity(UNDECIDED[2], margin, SURE).needs
        totals.append(needs.total if needs else 0)
    assert totals == sorted(totals, reverse=True)


def test_where_the_declared_maximum_would_not_do_no_number_is_given() -> None:
    groups = [("a", Rate(1000, 20_000)), ("b", Rate(1001, 20_000))]
    margin = 0.0001
    assert parity(groups, margin, SURE, most=50_000).needs is None
    assert parity(groups, margin, SURE, most=10**12).needs is not None


def test_what_is_decided_needs_nobody() -> None:
    assert parity(CASES[1], MARGIN, SURE).needs is None


def test_the_declared_terms_are_choices_of_grade_d() -> None:
    declared = terms()
    for part in (declared.miss, declared.burden, declared.chances, declared.attribution, declared.proxy):
        assert part.grade == "D"


def test_an_unknown_grouping_in_the_terms_is_an_error_with_its_line(tmp_path: Path) -> None:
    text = Path(fairness.__file__).with_name("fairness.toml").read_text(encoding="utf-8")
    broken = tmp_path / "fairness.toml"
    broken.write_text(text.replace('"typology+sex"', '"typology+star_sign"'), encoding="utf-8")
    with pytest.raises(BadInput, match=r"fairness\.toml, line \d+.*star_sign"):
        validated(Terms, read_toml(broken))
