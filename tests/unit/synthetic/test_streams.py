"""Streams: a word has an address and a row, and nothing else decides it."""

from collections.abc import Callable

import numpy as np
import pytest

from synthetic.streams import FULL, Words, below, high, low, permuted, scattered_words, stream_key, words

ADDRESS = ("row", "sex", "truth")
SAMPLE = 40_000

# What the streams gave when cohorts were first released: who changes them changes every cohort.
KEY = 214978837650561310610755292644692484795
WORDS = [16869983164161239970, 2178699851608514424, 3674795303032335819]
SCATTERED = [265606212128736118, 8060437095434532246, 5392300496666938591]


def test_a_key_is_the_same_for_ever() -> None:
    assert stream_key(7, *ADDRESS) == KEY


def test_words_are_the_same_for_ever() -> None:
    assert words(7, *ADDRESS, rows=range(3)).tolist() == WORDS
    assert scattered_words(7, *ADDRESS, ids=np.array([0, 1, 2**62])).tolist() == SCATTERED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, "a"), (2, "a")),
        ((1, "a", "b"), (1, "b", "a")),
        ((1, "ab", "c"), (1, "a", "bc")),
        ((1, "a"), (1, "a", "")),
        ((1, "1", "a"), (11, "a")),
        ((-1, "a"), (1, "a")),
    ],
)
def test_different_addresses_have_different_keys(one: tuple[int, str], other: tuple[int, str]) -> None:
    assert stream_key(*one) != stream_key(*other)


def test_a_row_far_out_is_the_same_alone() -> None:
    whole = words(7, *ADDRESS, rows=range(770_000, 780_000))
    assert words(7, *ADDRESS, rows=range(777_777, 777_778)).tolist() == [whole[7_777]]


def test_no_rows_are_no_words() -> None:
    assert words(7, *ADDRESS, rows=range(5, 5)).size == 0


def test_words_are_the_generators_raw_output() -> None:
    """Naive twin: step the bit generator by hand, without `advance` and without `Generator`."""
    bits = np.random.PCG64DXSM(np.random.SeedSequence(stream_key(7, *ADDRESS)))
    raw = bits.random_raw(20)
    assert words(7, *ADDRESS, rows=range(12, 20)).tolist() == raw[12:].tolist()


def test_streams_of_neighbouring_seeds_and_fields_do_not_resemble_each_other() -> None:
    first, other_seed, other_field = (
        high(words(seed, "row", field, "truth", rows=range(SAMPLE))).astype(float)
        for seed, field in ((1, "sex"), (2, "sex"), (1, "age"))
    )
    limit = 4 / np.sqrt(SAMPLE)
    assert abs(np.corrcoef(first, other_seed)[0, 1]) < limit
    assert abs(np.corrcoef(first, other_field)[0, 1]) < limit


@pytest.mark.parametrize("half", [high, low])
@pytest.mark.parametrize("scattered", [False, True])
def test_words_are_evenly_spread(half: Callable[[Words], Words], scattered: bool) -> None:
    """Sixteen bins of equal width; the chi-square statistic has mean 15 and 99.99 % point 44.3."""
    ids = np.arange(SAMPLE)
    raw = scattered_words(7, *ADDRESS, ids=ids) if scattered else words(7, *ADDRESS, rows=range(SAMPLE))
    counts = np.bincount((half(raw) >> np.uint64(28)).astype(int), minlength=16)
    assert ((counts - SAMPLE / 16) ** 2 / (SAMPLE / 16)).sum() < 44.3


def test_scattered_words_depend_on_the_id_alone() -> None:
    ids = np.array([5, 2**61, 0, 5])
    found = scattered_words(7, *ADDRESS, ids=ids)
    assert found[0] == found[3]
    assert scattered_words(7, *ADDRESS, ids=ids[::-1]).tolist() == found[::-1].tolist()
    assert scattered_words(8, *ADDRESS, ids=ids).tolist() != found.tolist()


def test_scattered_words_do_not_collide() -> None:
    assert len(np.unique(scattered_words(7, *ADDRESS, ids=np.arange(SAMPLE)))) == SAMPLE


def test_the_halves_of_a_word_make_the_word() -> None:
    raw = words(7, *ADDRESS, rows=range(50))
    assert ((high(raw) << np.uint64(32)) + low(raw)).tolist() == raw.tolist()
    assert max(high(raw).max(), low(raw).max()) < FULL


@pytest.mark.parametrize("count", [1, 2, 7, 2**31, FULL])
def test_an_integer_below_a_count_reaches_from_zero_to_the_last(count: int) -> None:
    ends = np.array([0, 2**64 - 1], dtype=np.uint64)
    assert below(ends, count).tolist() == [0, count - 1]


def test_integers_below_a_count_are_equally_frequent() -> None:
    found = np.bincount(below(words(7, *ADDRESS, rows=range(SAMPLE)), 5), minlength=5)
    assert (abs(found - SAMPLE / 5) < 4 * np.sqrt(SAMPLE * 0.2 * 0.8)).all()


def test_each_word_may_have_a_count_of_its_own() -> None:
    ends = np.full(3, 2**64 - 1, dtype=np.uint64)
    assert below(ends, np.array([1, 10, 100])).tolist() == [0, 9, 99]


@pytest.mark.parametrize("bits", [2, 8, 16])
def test_a_permutation_meets_every_number_once(bits: int) -> None:
    found = permuted(7, *ADDRESS, rows=range(2**bits), bits=bits)
    assert sorted(found.tolist()) == list(range(2**bits))


def test_a_permutation_keeps_no_order() -> None:
    found = permuted(7, *ADDRESS, rows=range(SAMPLE), bits=40)
    assert abs(np.corrcoef(found.astype(float), np.arange(SAMPLE))[0, 1]) < 4 / np.sqrt(SAMPLE)


def test_another_seed_is_another_permutation() -> None:
    one, other = (permuted(seed, *ADDRESS, rows=range(20), bits=40).tolist() for seed in (1, 2))
    assert one != other
