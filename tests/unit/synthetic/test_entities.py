"""Actors and networks: planned for the whole cohort, and the same for every member who meets them."""

import numpy as np
import numpy.typing as npt
import pytest

from dossier.fields import fields
from synthetic.draw import Drawn
from synthetic.entities import ALONE, LINKS, ActorPool, NetworkPlan
from synthetic.modules import Network
from synthetic.streams import words

LAW = Network(mean_size=6.0, largest=60)
MEMBERS = 6_000


def raw(size: int) -> npt.NDArray[np.uint64]:
    return words(3, "entities", rows=range(size))


# --- networks ---------------------------------------------------------------------------------------


def test_there_are_as_many_networks_as_their_mean_size_asks() -> None:
    assert NetworkPlan.of(LAW, MEMBERS).count == MEMBERS / LAW.mean_size


def test_every_network_of_the_plan_can_be_met() -> None:
    found = NetworkPlan.of(LAW, MEMBERS).draw(raw(40 * MEMBERS))
    assert (found.min(), found.max()) == (0, MEMBERS / LAW.mean_size - 1)
    assert len(np.unique(found)) > 0.99 * MEMBERS / LAW.mean_size


def test_the_largest_network_has_the_declared_number_of_members() -> None:
    sizes = np.bincount(NetworkPlan.of(LAW, MEMBERS).draw(raw(MEMBERS)))
    assert sizes.max() == pytest.approx(LAW.largest, abs=4 * np.sqrt(LAW.largest))


def test_most_networks_are_smaller_than_their_mean() -> None:
    sizes = np.bincount(NetworkPlan.of(LAW, MEMBERS).draw(raw(MEMBERS)))
    assert np.median(sizes) < sizes.mean()


@pytest.mark.parametrize("members", [0.0, 0.5, 1.0, 5.0])
def test_a_handful_of_members_is_one_network(members: float) -> None:
    assert set(NetworkPlan.of(LAW, members).draw(raw(50)).tolist()) == {0}


def test_a_plan_ends_where_the_words_end() -> None:
    last = np.array([2**64 - 1], dtype=np.uint64)
    plan = NetworkPlan.of(LAW, MEMBERS)
    assert plan.draw(last).tolist() == [plan.count - 1]


# --- actors -----------------------------------------------------------------------------------------


@pytest.fixture
def pool() -> ActorPool:
    return ActorPool.of("phone_applicants", np.array([8000.0, 900.0, 700.0, 250.0, 1000.0]))


def test_a_pool_has_as_many_actors_as_share_its_members_out(pool: ActorPool) -> None:
    """The bands of a phone: 2-3, 4-9, 10-39, 40-160 applicants, at 3, 7, 25 and 100 in the middle."""
    assert pool.actors[1:].tolist() == [300, 100, 10, 10]


def test_a_band_without_members_still_has_an_actor() -> None:
    assert ActorPool.of("phone_applicants", np.zeros(5)).actors.min() == 1


def test_who_shares_with_nobody_has_no_actor_and_a_count_of_one(pool: ActorPool) -> None:
    alone = np.zeros(20, dtype=np.int8)
    actor = pool.actors_of(raw(20), alone)
    assert set(actor.tolist()) == {ALONE}
    assert set(pool.counts(1, actor, alone).tolist()) == {1}


@pytest.mark.parametrize("band", [1, 2, 3, 4])
def test_the_count_of_an_actor_lies_in_its_band(pool: ActorPool, band: int) -> None:
    bands = np.full(2000, band, dtype=np.int8)
    counts = pool.counts(1, pool.actors_of(raw(2000), bands), bands)
    assert set(fields()["phone_applicants"].bins(counts).tolist()) == {band}


def test_all_who_meet_an_actor_see_the_same_count(pool: ActorPool) -> None:
    bands = np.full(3000, 2, dtype=np.int8)
    actor = pool.actors_of(raw(3000), bands)
    assert _largest_spread(actor, pool.counts(1, actor, bands)) == 0


def test_actors_of_different_bands_are_different(pool: ActorPool) -> None:
    met = [set(pool.actors_of(raw(500), np.full(500, band, dtype=np.int8)).tolist()) for band in (1, 2, 3)]
    assert met[0].isdisjoint(met[1] | met[2])
    assert met[1].isdisjoint(met[2])


# --- drawn cohorts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LINKS)
def test_everybody_at_an_actor_reads_the_same_count(drawn: Drawn, name: str) -> None:
    met = (drawn.actors[name] != ALONE) & (drawn.values[name] > 0)
    assert met.sum() > 1000
    assert _largest_spread(drawn.actors[name][met], drawn.values[name][met]) == 0


@pytest.mark.parametrize("name", LINKS)
def test_members_of_a_network_in_one_band_meet_one_actor(drawn: Drawn, name: str) -> None:
    members = (drawn.network >= 0) & (drawn.actors[name] != ALONE)
    network_and_band = drawn.network[members] * 8 + drawn.declared[name][members]
    assert len(np.unique(network_and_band)) < members.sum()
    assert _largest_spread(network_and_band, drawn.actors[name][members]) == 0


@pytest.mark.parametrize("name", LINKS)
def test_a_shared_actor_gives_no_label_away(drawn: Drawn, name: str) -> None:
    """Most actors whom members of networks meet are met by others too: the pools are shared."""
    large = drawn.declared[name] >= 2
    in_network = drawn.network >= 0
    met = np.unique(drawn.actors[name][large & in_network])
    also_lawful = np.isin(met, drawn.actors[name][large & ~in_network])
    assert len(met) > 20
    assert also_lawful.mean() > 0.5


@pytest.mark.parametrize("name", ["phone_applicants", "address_applicants", "booking_applicants"])
def test_an_actor_is_met_as_often_as_its_count_says(drawn: Drawn, name: str) -> None:
    """In the mean of a band, by people who belong to no network; a few actors are met by nobody."""
    field = fields()[name]
    for band in range(1, field.size):
        outsiders = (drawn.declared[name] == band) & (drawn.network < 0)
        if outsiders.sum() < 500:
            continue
        met = len(np.unique(drawn.actors[name][outsiders]))
        middle = (field.edges[band] + [*field.edges, field.upper][band + 1]) / 2
        assert outsiders.sum() / met == pytest.approx(middle, rel=0.25), field.bin_labels[band]


def _largest_spread(
    group: npt.NDArray[np.int64], value: npt.NDArray[np.int32] | npt.NDArray[np.int64]
) -> int:
    """Return the largest difference of `value` between two rows of one group."""
    order = np.lexsort((value, group))
    group, value = group[order], value[order].astype(np.int64)
    same = group[1:] == group[:-1]
    return int(np.diff(value)[same].max(initial=0))
