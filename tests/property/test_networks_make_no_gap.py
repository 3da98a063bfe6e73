"""Victims who come in networks make no gap between groups that are missed equally often.

Every network is missed or found as a whole, and few networks bring most victims: then a gap between two groups
of networks turns up in almost every cohort, and is gone with the next. Where there is none, it may be called
shown no more often than declared, on one victim of each network as on fresh victims.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from dossier.stages import Stage
from dossier.truth import TruthClass
from models.calibration import Calibration
from screening.evaluation.fairness.fairness_report import Facts, fairness_json
from screening.evaluation.fairness.gaps import Verdict, parity, terms
from screening.evaluation.fairness.independent import in_proportion, one_of_each_network
from screening.evaluation.groups import group_rates
from screening.evaluation.outcomes import Outcomes, gathered, grouping
from screening.evaluation.summary import EVERYBODY_BELOW, Summary, summarised
from tests.unit.screening.results import LAWFUL, VICTIM, made

STAGE, THRESHOLD = Stage.COUNTER, 0
DRAWS, SHARE_MISSED, RARE = 300, 0.2, 1e-3
NETWORKS = 200
"""Of each draw; so many that a group of networks can be judged on one victim of each."""

TOURIST, ONE, OTHER = 0, 3, 4
CURVE = Calibration(risks=(-100, 0, 100), log_odds=(-3.0, -1.0, 1.0), prior=0.5)


def networks(seed: int, *, sizes: int = 60) -> Outcomes:
    """Return a cohort of whole networks; neither typology nor sex has to do with being missed."""
    rng = np.random.default_rng(seed)
    size = np.minimum(rng.pareto(1.0, NETWORKS) * 3 + 1, sizes).astype(np.int64)
    kind, sex = rng.integers(ONE, OTHER + 1, NETWORKS), rng.integers(0, 2, NETWORKS)
    risk = np.where(rng.random(NETWORKS) < SHARE_MISSED, -1, 1)
    network = np.repeat(np.arange(NETWORKS), size)
    people = made(kind[network].tolist(), risk[network].tolist(), sex=sex[network].tolist())
    numbers = rng.permutation(len(people)).astype(np.int64)
    return replace(people, truth=replace(people.truth, network=network, applicants=numbers))


def shown(people: Outcomes, by: str, victims: Outcomes | None = None) -> bool:
    """Return whether the section calls a gap of misses shown."""
    asked = terms()
    sides = {side: getattr(asked, side).model_copy(update={"by": (by,)}) for side in ("miss", "burden")}
    only = asked.model_copy(update=sides)
    found = fairness_json(Facts.of(people, STAGE, THRESHOLD, victims=victims), only)["miss"]
    return bool(found[0]["verdict"] == Verdict.GAP)


@pytest.mark.parametrize("by", ["typology", "sex"])
def test_whole_networks_make_no_gap_between_groups_that_are_missed_alike(by: str) -> None:
    invented = sum(shown(networks(seed), by) for seed in range(DRAWS))
    assert binom.sf(invented - 1, DRAWS, 1 - terms().miss.confidence) >= RARE


def test_nor_do_they_where_fresh_victims_are_given() -> None:
    invented = sum(shown(networks(seed), "sex", networks(DRAWS + seed, sizes=1)) for seed in range(DRAWS))
    assert binom.sf(invented - 1, DRAWS, 1 - terms().miss.confidence) >= RARE


def test_counting_all_victims_of_a_cohort_would_make_one() -> None:
    """What the section must not do; without this the tests above would prove nothing."""
    asked, invented = terms().miss, 0
    for seed in range(DRAWS):
        people = networks(seed)
        rates = group_rates(people, people.flagged(STAGE, THRESHOLD), grouping(people, "typology"))
        found = parity([(one.group, one.miss) for one in rates], asked.margin, asked.confidence)
        invented += found.verdict is Verdict.GAP
    assert invented > DRAWS / 4


def test_a_gap_there_is_is_shown_on_one_victim_of_each_network() -> None:
    people = networks(1)
    missed = np.where(people.sex == 0, -1, 1).astype(np.int32)
    assert shown(replace(people, risk=dict.fromkeys(people.risk, missed)), "sex")


def naive(people: Outcomes) -> set[int]:
    """Return the applicant numbers of one victim of each network, going from one to the next."""
    least: dict[object, int] = {}
    truth = people.truth
    for number, network, kind in zip(truth.applicants, truth.network, truth.truth_class, strict=True):
        if kind == TruthClass.VICTIM:
            key = int(network) if network >= 0 else ("alone", int(number))
            least[key] = min(int(number), least.get(key, int(number)))
    return set(least.values())


def mixed(seed: int) -> Outcomes:
    """Return networks, some of whose members came alone, beside lawful people and facilitators."""
    rng = np.random.default_rng(seed)
    whole = networks(seed)
    others = made([TOURIST] * 900 + [5] * 50, rng.integers(-100, 100, 950).tolist())
    people = gathered([whole, others])
    network: npt.NDArray[np.int64] = people.truth.network.copy()
    network[: len(whole)][rng.random(len(whole)) < 0.1] = -1
    network[-50:] = rng.integers(0, NETWORKS, 50)
    numbers = rng.permutation(len(people)).astype(np.int64)
    return replace(people, truth=replace(people.truth, network=network, applicants=numbers))


@pytest.mark.parametrize("seed", range(5))
def test_one_of_each_network_is_that_of_a_naive_search(seed: int) -> None:
    people = mixed(seed)
    chosen = one_of_each_network(people)
    assert chosen.truth.is_victim.all()
    assert set(chosen.truth.applicants.tolist()) == naive(people)
    assert len(chosen) == len(naive(people))


def summary_of(people: Outcomes, below: int = EVERYBODY_BELOW) -> Summary:
    return summarised(people, STAGE, {STAGE.label: THRESHOLD}, below=below)


@pytest.mark.parametrize("fresh", [40, 5000])
def test_chances_are_judged_at_the_cohorts_own_share_of_victims(fresh: int) -> None:
    people, victims = mixed(1), made([ONE] * fresh, [5] * fresh)
    found = in_proportion(summary_of(people), victims)
    classes = [
        int((one.truth.truth_class == kind).sum()) for one in (found, people) for kind in (LAWFUL, VICTIM)
    ]
    assert classes[1] == min(fresh, classes[3])
    assert classes[0] / classes[1] == pytest.approx(classes[2] / classes[3], rel=0.02)
    assert len(found) == classes[0] + classes[1]
    assert set(found.risk[STAGE.label][found.truth.is_victim].tolist()) == {5}


def test_where_fewer_others_were_kept_as_persons_fewer_fresh_victims_stand_beside_them() -> None:
    people, victims = mixed(1), made([ONE] * 5000, [5] * 5000)
    few = summary_of(people, below=len(people) // 4)
    assert 100 < len(few.sample) < few.others / 2
    found = in_proportion(few, victims)
    own, others = int(found.truth.is_victim.sum()), int(found.truth.is_counted_as_other.sum())
    assert others == len(few.sample)
    assert own / others == pytest.approx(few.victims / few.others, rel=0.02)


def test_the_others_are_those_with_the_smallest_numbers_in_the_order_of_their_rows() -> None:
    people, victims = mixed(3), made([ONE] * 40, [5] * 40)
    found = in_proportion(summary_of(people), victims)
    numbers = people.truth.applicants[people.truth.is_counted_as_other]
    kept = found.truth.applicants[found.truth.is_counted_as_other]
    assert 0 < len(kept) < len(numbers)
    assert kept.tolist() == [one for one in numbers.tolist() if one <= np.sort(numbers)[len(kept) - 1]]


def test_chances_are_not_judged_by_victims_of_the_cohort() -> None:
    people = mixed(2)
    assert fairness_json(Facts.of(people, STAGE, THRESHOLD, CURVE))["chances"] == []
    judged = fairness_json(Facts.of(people, STAGE, THRESHOLD, CURVE, victims=made([ONE] * 800, [0] * 800)))
    assert judged["chances"]
    assert judged["victims"]["chances"]["victims"] == min(800, int(people.truth.is_victim.sum()))
