"""The encoding of Parquet's footers and page headers (Thrift's compact protocol), as far as we read it.

Only numbers and structures that somebody asks for are made; all else is passed over without being held, so
that no content costs more memory than what is asked for.
"""

from collections.abc import Iterator

STRUCTURE, TEXT = 12, 8
_BOOLEANS, _NUMBERS, _LISTS = (1, 2), (4, 5, 6), (9, 10)
_FIXED = {3: 1, 7: 8}
_DEEPEST = 12
_LAST_BIT, _LONGEST_NUMBER, _LONG_LIST = 128, 63, 15


class Malformed(ValueError):
    """These bytes are not in this encoding, or use what nobody needs here."""


class Compact:
    """Reads structures from some bytes, from a place on.

    Attributes:
        raw: The bytes.
        at: The place.

    Every method raises `IndexError` where the bytes end too early, and `Malformed` where they are wrong.
    """

    def __init__(self, raw: bytes, at: int = 0) -> None:
        self.raw = raw
        self.at = at

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and kind of each field of a structure; whoever iterates takes or passes its value."""
        number = 0
        while (head := self._byte()) != 0:
            number = number + (head >> 4) if head >> 4 else self.number()
            yield number, head & 15

    def items(self, kind: int) -> Iterator[int]:
        """Yield the kind of each item of a list; whoever iterates takes or passes it."""
        if kind not in _LISTS:
            raise Malformed
        head = self._byte()
        count = head >> 4
        for _ in range(self._varint() if count == _LONG_LIST else count):
            yield head & 15

    def whole(self, kind: int) -> int:
        """Return the value of a field that holds a number."""
        if kind not in _NUMBERS:
            raise Malformed
        return self.number()

    def numbers(self, kind: int) -> dict[int, int]:
        """Return the fields of a structure that hold numbers; pass over the others."""
        if kind != STRUCTURE:
            raise Malformed
        found: dict[int, int] = {}
        for number, inner in self.fields():
            if inner in _NUMBERS:
                found[number] = self.number()
            else:
                self.skip(inner)
        return found

    def skip(self, kind: int, depth: int = 0, *, in_list: bool = False) -> None:
        """Pass over a value."""
        if depth > _DEEPEST:
            raise Malformed
        if kind in _BOOLEANS:
            self._pass(1 if in_list else 0)
        elif kind in _NUMBERS:
            self._varint()
        elif kind == TEXT:
            self._pass(self._varint())
        elif kind in _FIXED:
            self._pass(_FIXED[kind])
        elif kind == STRUCTURE:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            for inner in self.items(kind):
                self.skip(inner, depth + 1, in_list=True)

    def number(self) -> int:
        """Return a number with a sign."""
        found = self._varint()
        return (found >> 1) ^ -(found & 1)

    def _pass(self, size: int) -> None:
        self.at += size
        if self.at > len(self.raw):
            raise IndexError

    def _byte(self) -> int:
        self.at += 1
        return self.raw[self.at - 1]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            if byte < _LAST_BIT:
                return found
            shift += 7
            if shift > _LONGEST_NUMBER:
                raise Malformed
