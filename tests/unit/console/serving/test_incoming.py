"""A request that comes in is whole when all of it is there, however it was cut into pieces."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.web.serving.incoming import LONGEST_HEAD, NO_LENGTH, TOO_LONG, Incoming

LARGEST = 1_000


def received(*pieces: bytes) -> Incoming:
    incoming = Incoming(LARGEST)
    for piece in pieces:
        incoming.add(piece)
    return incoming


def request(headers: bytes = b"", body: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: here\r\n" + headers + b"\r\n" + body


def with_body(body: bytes) -> bytes:
    return request(b"Content-Length: %d\r\n" % len(body), body)


def naively(sent: bytes) -> tuple[list[bytes], bytes]:
    """Return the requests that are whole, and what is left; the twin that sees everything at once."""
    found = []
    while b"\r\n\r\n" in sent:
        head, _, rest = sent.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        size = len(head) + 4 + (int(length[1]) if length else 0)
        if size > len(head) + 4 + len(rest):
            break
        found.append(sent[:size])
        sent = sent[size:]
    return found, sent


@given(
    bodies=st.lists(st.none() | st.binary(max_size=40), max_size=4),
    cut=st.integers(0, 60),
    sizes=st.lists(st.integers(1, 30), min_size=1),
)
def test_pieces_change_nothing(bodies: list[bytes | None], cut: int, sizes: list[int]) -> None:
    sent = b"".join(request() if body is None else with_body(body) for body in bodies)
    sent = sent[: max(0, len(sent) - cut)]
    incoming, found, place, turn = Incoming(LARGEST), [], 0, 0
    while place < len(sent):
        size = sizes[turn % len(sizes)]
        incoming.add(sent[place : place + size])
        while incoming.is_whole:
            found.append(incoming.taken())
        place, turn = place + size, turn + 1
    whole, rest = naively(sent)
    assert found == whole
    assert len(incoming) == len(rest)


def test_a_body_is_waited_for_by_its_length() -> None:
    incoming = received(request(b"content-length:  10 \r\n", b"1234"))
    assert (incoming.has_head, incoming.is_whole, incoming.missing) == (True, False, 6)
    incoming.add(b"567890")
    assert incoming.is_whole


def test_a_body_larger_than_any_form_is_not_waited_for() -> None:
    incoming = received(request(b"Content-Length: 1001\r\n", b"x"))
    assert (incoming.is_whole, incoming.is_last) == (True, True)
    assert incoming.taken().endswith(b"\r\n\r\n")


@pytest.mark.parametrize("length", [b"+5", b"5, 5", b"", b"-1", b"five", b"9" * 30])
def test_a_length_that_is_none_is_left_to_the_parser(length: bytes) -> None:
    incoming = received(request(b"Content-Length: " + length + b"\r\n", b"12345"))
    assert (incoming.is_whole, incoming.is_last) == (True, True)


def test_two_lengths_are_left_to_the_parser() -> None:
    assert received(request(b"Content-Length: 5\r\nContent-Length: 6\r\n")).is_last


def test_a_body_in_chunks_is_refused_as_no_browser_sends_one() -> None:
    incoming = received(request(b"Transfer-Encoding: chunked\r\n"))
    assert (incoming.is_whole, incoming.refused) == (False, NO_LENGTH)


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
def test_headers_that_do_not_end_are_refused(end: bytes) -> None:
    incoming = received(b"GET / HTTP/1.1\r\nCookie: " + b"a" * LONGEST_HEAD + end)
    assert (incoming.is_whole, incoming.refused) == (False, TOO_LONG)


@pytest.mark.parametrize(("sent", "waits"), [(b"", True), (b"12345", False)])
def test_whoever_waits_for_a_word_before_the_body_is_noticed(sent: bytes, waits: bool) -> None:
    head = request(b"Content-Length: 5\r\nExpect: 100-continue\r\n")
    assert received(head + sent).waits_for_us == waits
