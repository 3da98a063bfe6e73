"""Values in Markdown: whatever comes from a run or a scenario is text there, and never markup."""

import re
from typing import Any

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_LINE_ENDS = re.compile(r"\s*[\r\n\u0085\u2028\u2029]+\s*")
_LIST_MARKS = re.compile(r"^(\s*\d*)([-+.)])(?=\s)")


class Markdown(str):
    """Text that is Markdown already, made by our own code."""

    __slots__ = ()


def escaped(value: Any) -> Any:
    r"""Return a value as text that Markdown shows as it is; what is Markdown already stays so.

    Examples:
        >>> escaped("a|b <script> *c*")
        'a\\|b \\<script\\> \\*c\\*'
        >>> escaped("1. d"), escaped("- e")
        ('1\\. d', '\\- e')
        >>> escaped(Markdown("*c*"))
        '*c*'
    """
    if isinstance(value, Markdown) or not isinstance(value, str):
        return value
    one_line = _LINE_ENDS.sub(" ", value)
    return _LIST_MARKS.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line))


def code(value: object) -> Markdown:
    """Return a word of a file as inline code; it may hold no backtick.

    Examples:
        >>> code("fee_idr")
        '`fee_idr`'
    """
    return Markdown("`" + _LINE_ENDS.sub(" ", str(value)).replace("`", "'") + "`")
