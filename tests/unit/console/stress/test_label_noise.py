"""Wrong labels: whose label is wrong, how often, and what somebody with such labels would report."""

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from console.stress.frame import Finding, Setting
from console.stress.label_noise import Noise, apparent, label_noise, mislabelled, noises, steps
from console.stress.pairs import Before
from console.training import TrainingDraw
from dossier.dossiers import Dossiers
from models.train import OTHERS
from screening.evaluation.rates import Rate
from tests.unit.console.stress.counted import assert_all_hold_together
from tests.unit.console.stress.small_learning import shrunk, small_setting

VICTIMS, OTHER_PEOPLE = (400, 600), 20_000
SHARES, SHARE_OF_OTHERS = (0.02, 0.01), 0.96
LABELLED_WRONGLY = Noise(0.3, 0.05, "both")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shrunk(monkeypatch)
    with threadpool_limits(1):
        yield


def sample() -> TrainingDraw:
    """A sample of two typologies of two families, in which everybody is known by number."""
    typology = np.repeat([0, 1, OTHERS], [*VICTIMS, OTHER_PEOPLE]).astype(np.int16)
    numbers = np.arange(len(typology))
    return TrainingDraw(
        dossiers=Dossiers(numbers, {"sex": np.zeros(len(typology), dtype=np.int8)}),
        family=np.array([0, 1, OTHERS], dtype=np.int16)[typology],
        typology=typology,
        families=("one", "two"),
        typologies=("typology.one", "typology.two"),
        family_of=(0, 1),
        shares=SHARES,
        share_of_others=SHARE_OF_OTHERS,
    )


def risk() -> np.ndarray:
    """Risks in no order, all different."""
    return np.random.default_rng(1).permutation(len(sample().typology))


def true_typology(drawn: TrainingDraw) -> np.ndarray:
    return sample().typology[drawn.dossiers.applicants]


def test_true_labels_leave_everybody_where_he_was() -> None:
    found = mislabelled(sample(), Noise(0.0, series="none"), risk())
    assert (found.typology == true_typology(found)).all()
    assert sorted(found.dossiers.applicants.tolist()) == list(range(len(sample().typology)))
    assert found.shares == SHARES
    assert found.share_of_others == pytest.approx(SHARE_OF_OTHERS)


@pytest.mark.parametrize("noise", [Noise(0.15), LABELLED_WRONGLY, Noise(0.3, series="hard")])
def test_nobody_stands_in_a_sample_twice(noise: Noise) -> None:
    numbers = mislabelled(sample(), noise, risk()).dossiers.applicants
    assert len(np.unique(numbers)) == len(numbers)


@pytest.mark.parametrize("noise", [Noise(0.15), LABELLED_WRONGLY, Noise(0.3, series="hard")])
def test_labelled_victims_of_each_typology_lack_the_share_that_is_unlabelled(noise: Noise) -> None:
    found = mislabelled(sample(), noise, risk())
    for typology, drawn in enumerate(VICTIMS):
        labelled = found.typology == typology
        truly = true_typology(found)[labelled]
        assert (truly == typology).sum() == round(drawn * (1 - noise.unlabelled))
        assert (truly == OTHERS).mean() == pytest.approx(noise.wrong, abs=1 / drawn)


@pytest.mark.parametrize("noise", [Noise(0.15), LABELLED_WRONGLY, Noise(0.3, series="hard")])
def test_unlabelled_victims_are_as_rare_among_the_others_as_in_the_scenario(noise: Noise) -> None:
    found = mislabelled(sample(), noise, risk())
    truly = true_typology(found)[found.typology == OTHERS]
    everybody = sum(SHARES) + SHARE_OF_OTHERS
    called_victims = [share * (1 - noise.unlabelled) / (1 - noise.wrong) for share in SHARES]
    called_others = everybody - sum(called_victims)
    for typology, share in enumerate(SHARES):
        expected = share * noise.unlabelled / called_others
        assert (truly == typology).mean() == pytest.approx(expected, abs=2 / OTHER_PEOPLE)
    assert found.share_of_others == pytest.approx(called_others)
    assert found.shares == pytest.approx(called_victims)


def test_families_follow_the_labels() -> None:
    found = mislabelled(sample(), LABELLED_WRONGLY, risk())
    assert (found.family == found.typology).all()


def test_those_who_look_least_like_victims_are_the_ones_without_a_label() -> None:
    values = risk()
    found = mislabelled(sample(), Noise(0.3, series="hard"), values)
    for typology in range(len(VICTIMS)):
        own = np.flatnonzero(sample().typology == typology)
        labelled = found.dossiers.applicants[found.typology == typology]
        unseen = np.setdiff1d(own, labelled)
        assert values[unseen].max() < values[labelled].min()


def test_what_is_reported_counts_every_person_by_his_label() -> None:
    rng = np.random.default_rng(2)
    chosen = Before(rng.random(500) < 0.3, rng.random(4000) < 0.1)
    noise, per_other = Noise(0.2, 0.1, "both"), 0.05
    found = apparent(chosen, noise, per_other)
    victims = [{"victim": True, "flagged": not missed} for missed in chosen.missed[:200]]
    others = [{"victim": False, "flagged": bool(flagged)} for flagged in chosen.flagged]
    for person in victims[:40]:
        person["victim"] = False
    for person in others[:18]:
        person["victim"] = True
    called = [person for person in victims + others if person["victim"]]
    rest = [person for person in victims + others if not person["victim"]]
    assert found.miss == Rate(sum(not person["flagged"] for person in called), len(called))
    assert found.false_flag == Rate(sum(person["flagged"] for person in rest), len(rest))


def test_with_true_labels_the_report_is_the_truth() -> None:
    chosen = Before(np.arange(100) < 24, np.arange(1000) < 90)
    found = apparent(chosen, Noise(0.0), 0.1)
    assert (found.miss, found.false_flag) == (Rate(24, 100), Rate(90, 1000))


def test_unlabelled_victims_who_are_flagged_raise_the_false_flag_rate_that_is_reported() -> None:
    chosen = Before(np.zeros(100, dtype=bool), np.zeros(1000, dtype=bool))
    assert apparent(chosen, Noise(0.3), 0.1).false_flag == Rate(30, 1030)


@pytest.fixture(scope="module")
def found() -> Iterator[tuple[Finding, list[int], Setting]]:
    """What wrong labels do to small cards, with what was told on the way."""
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        shrunk(patch, label_noise={"unlabelled": (0.3,)})
        setting = small_setting()
        assert steps(setting) == len(noises()) == 4
        yield label_noise(setting, told.append), told, setting


def test_every_noise_is_measured_on_the_same_people_and_told_against_true_labels(
    found: tuple[Finding, list[int], Setting],
) -> None:
    clean, *rows = found[0].rows
    assert (clean.series, [row.series for row in rows]) == ("none", ["random", "both", "hard"])
    assert clean.miss
    for row in rows:
        assert row.miss
        assert row.miss_change
        assert row.at == 0.3
        assert row.miss_change.estimate == pytest.approx(row.miss.estimate - clean.miss.estimate)
    assert sum(found[1]) == 4
    assert_all_hold_together(found[0])


def test_what_is_reported_stands_beside_random_noise_and_not_beside_noise_that_goes_by_risk(
    found: tuple[Finding, list[int], Setting],
) -> None:
    for row in found[0].rows[1:]:
        assert ("apparent_false_flag_rate" in row.more) == (row.series != "hard")
    assert set(found[0].to_json()["answer"]) == {"en", "id"}
