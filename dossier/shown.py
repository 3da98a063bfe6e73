"""What a stranger wrote, fit to be shown in a message: short, on one line, and steering no terminal."""

LONGEST = 60
"""Characters of a stranger's text that a message repeats; enough to find the place by."""


def shown(text: object, longest: int = LONGEST) -> str:
    r"""Return a text for a message: unseen marks are spelled out, a long one is cut.

    Examples:
        >>> shown("by_rocket"), shown("a\x1b[2Jb"), shown("é\u202e")
        ('by_rocket', 'a\\x1b[2Jb', 'é\\u202e')
        >>> shown("x" * 99, longest=5)
        'xxxxx… (99 characters)'
    """
    plain = str(text)
    kept = "".join(mark if mark.isprintable() else _spelled(mark) for mark in plain[:longest])
    return kept if len(plain) <= longest else f"{kept}… ({len(plain):,} characters)"


def _spelled(mark: str) -> str:
    return mark.encode("unicode_escape").decode("ascii")
