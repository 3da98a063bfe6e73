"""Streams: however rows are cut up and in whatever order they are asked for, a row has one word."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthetic.streams import FULL, below, high, low, permuted, scattered_words, stream_key, words

SEEDS = st.integers(-(2**63), 2**63)
PARTS = st.text(max_size=6)
STARTS = st.integers(0, 2**40)
ADDRESSES = st.lists(PARTS, min_size=1, max_size=4)


@given(SEEDS, ADDRESSES, STARTS, st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_any_cut_of_any_rows_gives_the_same_words(
    seed: int, address: list[str], start: int, sizes: list[int]
) -> None:
    cuts = np.cumsum([start, *sizes]).tolist()
    parts = [words(seed, *address, rows=range(*cut)) for cut in pairwise(cuts)]
    assert np.concatenate(parts).tolist() == words(seed, *address, rows=range(start, cuts[-1])).tolist()


@given(SEEDS, st.tuples(SEEDS, ADDRESSES), ADDRESSES)
def test_keys_are_equal_only_for_equal_addresses(
    seed: int, other: tuple[int, list[str]], address: list[str]
) -> None:
    same = (seed, address) == other
    assert (stream_key(seed, *address) == stream_key(other[0], *other[1])) == same


@given(ADDRESSES, st.data())
def test_joining_two_parts_of_an_address_makes_another(address: list[str], data: st.DataObject) -> None:
    longer = [*address, data.draw(PARTS)]
    assert stream_key(1, *longer) != stream_key(1, *longer[:-2], "".join(longer[-2:]))


@given(SEEDS, st.lists(st.integers(0, 2**62), min_size=1, max_size=30))
def test_an_id_has_one_word_in_any_order(seed: int, ids: list[int]) -> None:
    whole = scattered_words(seed, "network", ids=np.array(ids)).tolist()
    alone = [scattered_words(seed, "network", ids=np.array([one])).tolist()[0] for one in ids]
    assert whole == alone
    assert len(set(whole)) == len(set(ids))


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.integers(1, FULL))
def test_a_word_below_a_count_is_its_upper_half_in_proportion(raw: list[int], count: int) -> None:
    array = np.array(raw, dtype=np.uint64)
    assert below(array, count).tolist() == [(word >> 32) * count >> 32 for word in raw]
    assert high(array).tolist() == [word >> 32 for word in raw]
    assert low(array).tolist() == [word % FULL for word in raw]


@given(SEEDS, st.integers(0, 2**40 - 600), st.integers(1, 600))
def test_numbers_of_a_permutation_are_unique_and_in_range(seed: int, start: int, size: int) -> None:
    found = permuted(seed, "row", "applicant", rows=range(start, start + size), bits=40)
    assert len(np.unique(found)) == size
    assert 0 <= found.min() <= found.max() < 2**40


@given(SEEDS, st.integers(1, 5).map(lambda half: 2 * half))
def test_a_small_permutation_is_complete(seed: int, bits: int) -> None:
    assert sorted(permuted(seed, "x", rows=range(2**bits), bits=bits).tolist()) == list(range(2**bits))


@given(SEEDS, st.integers(0, 2**40 - 100), st.integers(0, 50), st.integers(1, 50))
def test_a_permutation_can_be_cut_anywhere(seed: int, start: int, first: int, second: int) -> None:
    cuts = (start, start + first, start + first + second)
    parts = [permuted(seed, "x", rows=range(*cut), bits=40) for cut in pairwise(cuts)]
    assert (
        np.concatenate(parts).tolist() == permuted(seed, "x", rows=range(cuts[0], cuts[-1]), bits=40).tolist()
    )
