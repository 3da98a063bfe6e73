"""A request as it comes in, byte by byte: whether it is whole, and what is refused before it is.

Only the length of a request is read here; whether it is a good one, gunicorn's parser says once it is there.
Nothing in here waits, or knows of connections.
"""

import re

HEAD_END = b"\r\n\r\n"
LONGEST_HEAD = 65_536
"""Bytes. Browsers send less than two thousand, with all our cookies."""
TOO_LONG = "431 Request Header Fields Too Large"
NO_LENGTH = "411 Length Required"

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([^\r]*)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_WAITS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{1,18}")


class Incoming:
    """What a connection has sent of its next request.

    Attributes:
        refused: Status by which the request is refused although it is not whole; empty if it is not.
        is_last: Whether what follows on the connection cannot be read, because the request is not taken
            in whole: its body is larger than any form, or nobody can say how long it is.
        waits_for_us: Whether the sender waits for a word before it sends the body.
    """

    def __init__(self, largest_body: int) -> None:
        self.largest_body = largest_body
        self._received = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._head = self._body = 0
        self.refused, self.is_last, self.waits_for_us = "", False, False

    def __len__(self) -> int:
        return len(self._received)

    @property
    def has_head(self) -> bool:
        """Whether request line and headers are whole."""
        return self._head > 0

    @property
    def is_whole(self) -> bool:
        """Whether the request can be answered."""
        return self.has_head and not self.refused and not self.missing

    @property
    def missing(self) -> int:
        """Bytes of the body that are still to come, as far as its length is known."""
        return max(0, self._head + self._body - len(self._received))

    def add(self, data: bytes | bytearray) -> None:
        """Take in what was received."""
        looked_through = max(0, len(self._received) + 1 - len(HEAD_END))
        self._received += data
        if self._head:
            return
        end = self._received.find(HEAD_END, looked_through)
        if max(end, 0) > LONGEST_HEAD or (end < 0 and len(self._received) > LONGEST_HEAD):
            self.refused = TOO_LONG
        elif end >= 0:
            self._head = end + len(HEAD_END)
            self._read_head(bytes(self._received[: self._head]))

    def _read_head(self, head: bytes) -> None:
        """Read from the headers how long the body is.

        A length that is said twice, or is no number, is gunicorn's to refuse: it gets the head alone.
        """
        lengths = _LENGTH.findall(head)
        if _CHUNKED.search(head):
            self.refused = NO_LENGTH
        elif lengths:
            length = lengths[0].strip()
            is_clear = len(lengths) == 1 and _DIGITS.fullmatch(length) is not None
            self.is_last = not is_clear or int(length) > self.largest_body
            self._body = 0 if self.is_last else int(length)
            self.waits_for_us = bool(self.missing and _WAITS.search(head))

    def taken(self) -> bytes:
        """Return the request, which has to be whole, and go on with what was received after it."""
        end = self._head + self._body
        request, rest = bytes(self._received[:end]), self._received[end:]
        self._received = bytearray()
        self._begin()
        self.add(rest)
        return request
