"""Randomness by address: every draw has a name and a row, and nothing else decides its value.

A stream is named by seed, table, field and layer. Row *i* of a stream is one 64-bit integer, the same
whatever rows are drawn around it, by however many workers. Only integers leave this module; probabilities
are compared as integers too, so that the codes are equal on every platform. It knows no clock and no
global state.
"""

from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
"""Shape (n,): raw 64-bit words."""

FULL = 2**32
"""Probabilities are integers in parts of this."""

_HALF = np.uint64(32)
_LOW = np.uint64(FULL - 1)


@lru_cache(maxsize=4_096)
def stream_key(seed: int, *address: str) -> int:
    """Return the 128-bit key of a stream.

    Examples:
        >>> stream_key(1, "row", "age", "truth") != stream_key(1, "row", "agetruth", "")
        True
    """
    digest = blake2b(digest_size=16)
    for part in (str(seed), *address):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return int.from_bytes(digest.digest(), "big")


def words(seed: int, *address: str, rows: range) -> Words:
    """Return the words of consecutive `rows` of the stream at `address`.

    Examples:
        >>> whole = words(7, "row", "sex", rows=range(0, 10))
        >>> bool((whole[4:] == words(7, "row", "sex", rows=range(4, 10))).all())
        True
    """
    bits = np.random.PCG64DXSM(np.random.SeedSequence(stream_key(seed, *address))).advance(rows.start)
    raw: Words = bits.random_raw(len(rows))
    return raw


def scattered_words(seed: int, *address: str, ids: npt.NDArray[np.int64]) -> Words:
    """Return one word for each of `ids`, in any order and with repeats; used for networks and actors.

    The mixing function is a public 64-bit finaliser (splitmix64), applied twice.
    """
    key = np.uint64(stream_key(seed, *address) & (2**64 - 1))
    with np.errstate(over="ignore"):
        state = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + key
        state = _mixed(state)
        state ^= key
        return _mixed(state)


def high(raw: Words) -> Words:
    """Return the upper half of each word, an integer below `FULL`."""
    return raw >> _HALF


def low(raw: Words) -> Words:
    """Return the lower half of each word, an integer below `FULL`."""
    return raw & _LOW


def below(raw: Words, count: npt.NDArray[np.int64] | int) -> npt.NDArray[np.int64]:
    """Return an integer from 0 to `count` - 1 for each word, from its upper half."""
    return ((high(raw) * np.asarray(count).astype(np.uint64)) >> _HALF).astype(np.int64)


def permuted(seed: int, *address: str, rows: range, bits: int) -> npt.NDArray[np.int64]:
    """Return a pseudo-random permutation of 0 .. 2**bits - 1 at `rows`: unique numbers without memory."""
    return permuted_ids(seed, *address, ids=np.arange(rows.start, rows.stop, dtype=np.int64), bits=bits)


def permuted_ids(seed: int, *address: str, ids: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.int64]:
    """Return the same permutation at scattered `ids` from 0 to 2**bits - 1, in any order and with repeats.

    Four rounds of a Feistel network over two halves of `bits` / 2 bits each; `bits` must be even.
    """
    half = np.uint64(bits // 2)
    mask = np.uint64(2 ** (bits // 2) - 1)
    numbers = ids.astype(np.uint64)
    left, right = numbers >> half, numbers & mask
    for turn in range(4):
        scrambled = scattered_words(seed, *address, str(turn), ids=right.astype(np.int64)) & mask
        left, right = right, left ^ scrambled
    return ((left << half) | right).astype(np.int64)


def unpermuted(seed: int, *address: str, number: int, bits: int) -> int:
    """Return the id from 0 to 2**bits - 1 that `permuted_ids` turns into `number`: its rounds backwards.

    Examples:
        >>> number = int(permuted_ids(3, "row", ids=np.array([77]), bits=40)[0])
        >>> unpermuted(3, "row", number=number, bits=40)
        77
    """
    half, mask = bits // 2, 2 ** (bits // 2) - 1
    left, right = number >> half, number & mask
    for turn in reversed(range(4)):
        scrambled = int(scattered_words(seed, *address, str(turn), ids=np.array([left]))[0]) & mask
        left, right = right ^ scrambled, left
    return int((left << half) | right)


def permuted_below(seed: int, *address: str, rows: range, count: int) -> npt.NDArray[np.int64]:
    """Return a pseudo-random permutation of 0 .. `count` - 1 at `rows`, all of which must be below `count`.

    The permutation of the next power of four is walked on until it comes back below `count`.

    Examples:
        >>> sorted(permuted_below(3, "row", rows=range(0, 5), count=5).tolist())
        [0, 1, 2, 3, 4]
    """
    bits = 2 * max(1, -(-(count - 1).bit_length() // 2))
    places = permuted(seed, *address, rows=rows, bits=bits)
    while (outside := np.flatnonzero(places >= count)).size:
        places[outside] = permuted_ids(seed, *address, ids=places[outside], bits=bits)
    return places


def _mixed(state: Words) -> Words:
    """Return `state` after the finaliser, which works in place."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state ^= state >> np.uint64(shift)
        state *= np.uint64(factor)
    state ^= state >> np.uint64(31)
    return state
