"""Published rulebooks beside ours: counts that add up, whom they miss, whom they burden, in words."""

import json
import re

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import fields
from dossier.texts import Text
from dossier.truth import TruthClass
from screening.evaluation.baselines import (
    Baseline,
    baseline_counts,
    baseline_report,
    baselines_json,
    burdened_sentence,
    missed_sentence,
)
from screening.evaluation.groups import group_rates
from screening.evaluation.outcomes import AGE_LABELS, Grouping, Outcomes
from screening.evaluation.rates import Rate
from tests.unit.screening.results import MODULES, made, random_outcomes

TOURIST, BACKPACKER, IRREGULAR, A, B, ESCORT = range(len(MODULES))
WOMAN, MAN = 0, 1
Flags = npt.NDArray[np.bool_]


def flags(seed: int, size: int) -> Flags:
    return np.random.default_rng(seed).random(size) < 0.3


def people(seed: int, size: int = 2000) -> Outcomes:
    """Return people of all kinds, sexes and ages; of some, sex or age is not known."""
    found = random_outcomes(seed, size)
    bands = np.random.default_rng(seed + 1).integers(-1, len(AGE_LABELS), size).astype(np.int8)
    return Outcomes(**{**vars(found), "age_band": bands})


def reported(outcomes: Outcomes, *flagged: Flags) -> tuple[Baseline, ...]:
    counts = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, flagged)
    names = [f"book-{number}" for number in range(len(flagged))]
    return baseline_report(names, outcomes.truth.family_names, counts)


def whole(rate: Rate) -> tuple[int, int]:
    return rate.count, rate.n


# --- counts -----------------------------------------------------------------------------------------


def test_counts_add_up_over_the_parts_of_a_cohort() -> None:
    outcomes = people(1)
    flagged = [flags(2, len(outcomes)), flags(3, len(outcomes))]
    parts = np.array_split(np.arange(len(outcomes)), 7)
    summed = np.sum(
        [
            baseline_counts(
                outcomes.truth.take(rows),
                outcomes.sex[rows],
                outcomes.age_band[rows],
                [f[rows] for f in flagged],
            )
            for rows in parts
        ],
        axis=0,
    )
    together = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, flagged)
    assert summed.dtype == np.int64
    assert (summed == together).all()


def test_everybody_but_the_facilitators_is_counted_once() -> None:
    outcomes = people(4)
    counts = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, [flags(5, len(outcomes))])
    facilitators = int((outcomes.truth.truth_class == TruthClass.FACILITATOR).sum())
    assert facilitators > 0
    assert int(counts.sum()) == len(outcomes) - facilitators


def test_a_part_without_anybody_counts_nobody() -> None:
    outcomes = people(6).take(np.zeros(2000, dtype=bool))
    counts = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, [np.zeros(0, dtype=bool)])
    assert not counts.any()


@pytest.mark.parametrize("seed", range(4))
def test_rates_are_those_of_the_general_grouping(seed: int) -> None:
    outcomes = people(seed)
    flagged = flags(seed + 50, len(outcomes))
    (found,) = reported(outcomes, flagged)
    (overall,) = group_rates(outcomes, flagged)
    assert (found.miss, found.lawful, found.irregular) == (overall.miss, overall.lawful, overall.irregular)

    sexes = fields()["sex"].codes
    families = outcomes.truth.family_names
    pair = np.where(outcomes.sex < 0, -1, outcomes.truth.family * len(sexes) + outcomes.sex)
    pair = np.where(outcomes.truth.family < 0, -1, pair).astype(np.int64)
    labels = tuple(f"{family}/{sex}" for family in families for sex in sexes)
    expected = group_rates(outcomes, flagged, Grouping("family and sex", labels, pair))
    assert {f"{g.family}/{g.sex}": g.rate for g in found.missed} == {g.group: g.miss for g in expected}

    place = np.where((outcomes.sex < 0) | (outcomes.age_band < 0), -1, outcomes.sex * 10 + outcomes.age_band)
    labels = tuple(f"{sex}/{band}" for sex in range(len(sexes)) for band in range(10))
    expected = group_rates(outcomes, flagged, Grouping("sex and age", labels, place.astype(np.int64)))
    burdened = {
        f"{sexes.index(g.sex)}/{AGE_LABELS.index(g.age_band)}": (g.rate, g.irregular) for g in found.burdened
    }
    assert burdened == {g.group: (g.lawful, g.irregular) for g in expected if g.lawful.n or g.irregular.n}


def test_each_rulebook_is_counted_by_its_own_flags() -> None:
    outcomes = people(9)
    everybody, nobody = np.ones(len(outcomes), dtype=bool), np.zeros(len(outcomes), dtype=bool)
    first, second = reported(outcomes, everybody, nobody)
    assert (first.miss.count, first.lawful.count) == (0, first.lawful.n)
    assert (second.miss.count, second.lawful.count) == (second.miss.n, 0)


# --- whom it misses and whom it burdens ---------------------------------------------------------------


def one_sided() -> tuple[Outcomes, Flags]:
    """Return people of whom every woman is flagged and no man: thirty women, seventy men, half of them victims."""
    module = [A] * 10 + [A] * 40 + [B] * 5 + [TOURIST] * 15 + [TOURIST] * 30
    sex = [WOMAN] * 10 + [MAN] * 40 + [WOMAN] * 5 + [WOMAN] * 15 + [MAN] * 30
    outcomes = made(module, [0] * len(module), sex=sex)
    return outcomes, outcomes.sex == WOMAN


def test_the_group_missed_most_and_the_one_burdened_most_are_named() -> None:
    outcomes, flagged = one_sided()
    (found,) = reported(outcomes, flagged)
    worst, most = found.worst_missed, found.most_burdened
    assert worst is not None
    assert (worst.family, worst.sex, whole(worst.rate)) == ("a", "male", (40, 40))
    assert most is not None
    assert (most.sex, most.age_band, whole(most.rate)) == ("female", "under 17", (15, 15))
    assert (whole(most.of_flags), whole(most.of_people)) == ((15, 15), (15, 45))
    assert most.per_10000 == 10_000


def test_a_handful_of_people_does_not_come_first_by_chance() -> None:
    module = [A] * 2 + [B] * 200
    outcomes = made(module, [0] * 202, sex=[WOMAN] * 2 + [MAN] * 200)
    flagged = np.array([False] * 2 + [True] * 20 + [False] * 180)
    (found,) = reported(outcomes, flagged)
    assert found.worst_missed is not None
    assert whole(found.worst_missed.rate) == (180, 200)


def test_shares_of_flags_and_of_people_each_add_up_to_all() -> None:
    outcomes = people(12)
    known = (outcomes.sex >= 0) & (outcomes.age_band >= 0)
    outcomes = outcomes.take(known)
    (found,) = reported(outcomes, flags(13, len(outcomes)))
    assert sum(group.of_flags.count for group in found.burdened) == found.lawful.count
    assert sum(group.of_people.count for group in found.burdened) == found.lawful.n
    assert {group.of_flags.n for group in found.burdened} == {found.lawful.count}
    assert {group.of_people.n for group in found.burdened} == {found.lawful.n}


# --- in words and in JSON -----------------------------------------------------------------------------


def test_each_sentence_has_counts_and_intervals_in_each_languages_manner() -> None:
    outcomes, flagged = one_sided()
    (found,) = reported(outcomes, flagged)
    missed, burdened = missed_sentence(found), burdened_sentence(found)
    assert "men and boys (a): 40 of 40 = 100\u00a0% (91.2–100\u00a0%)" in missed.en
    assert "Of all simulated victims it misses 40 of 55 = 72.7\u00a0% (59.0–83.9\u00a0%)." in missed.en
    assert "laki-laki (a): 40 dari 40 = 100% (91,2–100%)" in missed.id
    assert "lawful women and girls aged under 17: it flags 15 of 15" in burdened.en
    assert "10,000 in 10,000" in burdened.en
    assert "15 of 45 = 33.3\u00a0%" in burdened.en
    assert "perempuan berusia di bawah 17 yang bepergian secara sah: 15 dari 15" in burdened.id


def test_every_share_in_a_sentence_has_its_n_and_its_interval() -> None:
    (found,) = reported(people(14), flags(15, 2000))
    for sentence in (missed_sentence(found), burdened_sentence(found)):
        shares = re.findall(r"= [\d.]+\u00a0%", sentence.en)
        assert shares
        assert len(
            re.findall(r"[\d,]+ of [\d,]+ = [\d.]+\u00a0% \([\d.]+–[\d.]+\u00a0%\)", sentence.en)
        ) == len(shares)


def test_a_known_pattern_is_called_by_its_title() -> None:
    outcomes, flagged = one_sided()
    counts = baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, [flagged])
    (found,) = baseline_report(["x"], ["online_scam", "debt_bondage"], counts)
    assert "(recruitment into online-scam work)" in missed_sentence(found).en
    assert "(perekrutan ke kerja penipuan daring)" in missed_sentence(found).id


@pytest.mark.parametrize(
    ("module", "is_flagged", "missed", "burdened"),
    [
        ([A, A], True, "misses nobody of 2", "no lawful people here"),
        ([TOURIST], False, "no victims here", "flags nobody of 1 lawful"),
        ([ESCORT], True, "no victims here", "no lawful people here"),
    ],
)
def test_where_nobody_is_missed_or_stopped_a_sentence_says_so(
    module: list[int], is_flagged: bool, missed: str, burdened: str
) -> None:
    (found,) = reported(made(module, [0] * len(module)), np.full(len(module), is_flagged))
    assert missed in missed_sentence(found).en
    assert burdened in burdened_sentence(found).en
    assert missed_sentence(found).id != missed_sentence(found).en
    assert found.worst_missed is None
    assert found.most_burdened is None


def test_the_report_is_plain_json_with_an_interval_beside_every_rate() -> None:
    outcomes = people(16)
    names = {"book-0": Text(en="First", id="Pertama"), "book-1": Text(en="Second", id="Kedua")}
    found = baselines_json(reported(outcomes, flags(17, 2000), flags(18, 2000)), names)
    again = json.loads(json.dumps(found, allow_nan=False))
    assert [one["rulebook"] for one in again] == ["book-0", "book-1"]
    assert again[0]["title"] == {"en": "First", "id": "Pertama"}
    assert set(again[0]["summary"]) == {"missed", "burdened"}
    assert set(again[0]["summary"]["missed"]) == {"en", "id"}
    rates = [again[0][key] for key in ("miss_rate", "false_flag_rate", "lawful_flagged", "irregular_flagged")]
    rates += [one["miss_rate"] for one in again[0]["missed_groups"]]
    rates += [one["lawful_flagged"] for one in again[0]["burdened_groups"]]
    assert all(rate["low"] <= rate["estimate"] <= rate["high"] and rate["n"] > 0 for rate in rates)
    wrong = again[0]["false_flag_rate"]
    apart = again[0]["lawful_flagged"], again[0]["irregular_flagged"]
    assert wrong["flagged"] == sum(one["flagged"] for one in apart)
    assert wrong["n"] == sum(one["n"] for one in apart)
