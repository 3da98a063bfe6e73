"""Nicknames that a class can read and tell apart, in whichever script people write them.

It refuses words that mix scripts and letters under heaps of marks, and says what a nickname looks like, so
that nobody takes a seat that reads like a neighbour's. What looks alike across scripts is known here for
Latin, Cyrillic and Greek letters, and for no others.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_NICKNAME = 40
LONGEST_LOOK = 3 * LONGEST_NICKNAME
"""Folding makes up to three letters of one."""
MOST_STACKED, MOST_SIGNS = 2, 5
"""Marks over or under one letter, as in Vietnamese or pointed Arabic; and signs on one letter in all, as a
Javanese syllable has them."""
_STACKED = 10
"""Combining classes from here on are marks over and under a letter; those below belong to the letter itself,
as viramas and voicing marks do."""

_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Fillers, joiners and selectors that count as printable letters or marks, and of which nothing is seen."""

_TOGETHER = {
    "HIRAGANA": "CJK",
    "KATAKANA": "CJK",
    "KATAKANA-HIRAGANA": "CJK",
    "HANGUL": "CJK",
    "BOPOMOFO": "CJK",
}
"""Scripts that stand beside Chinese characters in one word."""
_NEUTRAL = frozenset({"MODIFIER"})
"""Letters of no script, such as an apostrophe that counts as a letter."""

_LOOKS_LATIN = str.maketrans(
    "авсԁеһніјкӏмоԛрѕтуүхԝαβεζηικμνορτυχı01",  # noqa: RUF001  (that they look alike is the point)
    "abcdehhijklmoqpstyyxwabezhikmnoptyxiol",
)
"""Small letters, and what they are read as; for Greek by their capitals, which look alike."""


def plain_nickname(nickname: str) -> str:
    """Return a nickname without marks that nobody sees and without space at its ends."""
    nickname = nickname[: 4 * LONGEST_NICKNAME]  # before anything is done with it: some letters become many
    whole = unicodedata.normalize("NFKC", nickname.replace("\u00b4", "'"))  # or the accent becomes a space
    seen = (letter for letter in whole if letter.isprintable() and not _UNSEEN.match(letter))
    return " ".join("".join(seen).split())[:LONGEST_NICKNAME].strip()


def is_legible(nickname: str) -> bool:
    r"""Return whether each word of a plain nickname keeps to one script, and no letter bears too many marks.

    Examples:
        >>> is_legible("Nguyễn Siti"), is_legible("ꦱꦶꦠꦶ"), is_legible("محمّد"), is_legible("小明")
        (True, True, True, True)
        >>> is_legible("\u0410yu"), is_legible("A\u0301\u0302\u0303yu")  # a Cyrillic A; three accents
        (False, False)
    """
    words = nickname.split()
    return all(len(set(_scripts(word))) <= 1 and _bears_few_marks(word) for word in words)


def look_of(nickname: str) -> str:
    r"""Return what a plain nickname looks like: two that look the same have the same.

    Accents, large and small letters, and letters of other scripts that read alike make no difference. A
    capital I looks like a small L and no more like a small I, so names that differ by case alone may look
    different here; the table refuses those, too.

    Examples:
        >>> look_of("Ayú") == look_of("AYU") == look_of("\u0410yu"), look_of("Ila") == look_of("lla")
        (True, True)
        >>> look_of("Lia") == look_of("Ila")
        False
    """
    letters = unicodedata.normalize("NFKD", nickname)
    bare = "".join(letter for letter in letters if unicodedata.combining(letter) < _STACKED)
    words = (_without_capital_i(word) for word in unicodedata.normalize("NFC", bare).split())
    return " ".join(words).casefold().translate(_LOOKS_LATIN)[:LONGEST_LOOK]


def _without_capital_i(word: str) -> str:
    """Return a word with each capital I among small letters written as the small L that it looks like."""
    return word if word.isupper() else word.replace("I", "l")


def _scripts(word: str) -> Iterator[str]:
    """Yield the script of each letter; what is no letter belongs to every script."""
    for letter in word:
        if unicodedata.category(letter).startswith("L"):
            script = unicodedata.name(letter, "").split()[0:1]
            found = _TOGETHER.get(script[0], script[0]) if script else ""
            if found not in _NEUTRAL:
                yield found


def _bears_few_marks(word: str) -> bool:
    """Return whether no letter bears more marks than letters do, and none stands without a letter."""
    stacked = signs = MOST_SIGNS  # a mark before any letter is one too many
    for letter in unicodedata.normalize("NFD", word):
        if not unicodedata.category(letter).startswith("M"):
            stacked = signs = 0
            continue
        signs += 1
        stacked += unicodedata.combining(letter) >= _STACKED
        if signs > MOST_SIGNS or stacked > MOST_STACKED:
            return False
    return True
