"""Files that a stranger might send: each family of them is written as large as the loaders take, and then some."""

import json
from collections.abc import Callable, Mapping

from dossier.text_files import LARGEST_FILE

ROOM = LARGEST_FILE - 64
"""Bytes of a file that is as large as one may be."""

RULE_HEAD = 'id = "stranger"\nversion = 1\ntitle = { en = "a", id = "b" }\nvalid_from = 2026-01-01\n'
RULE = """[[rules]]
id = "rule_{number}"
version = 1
status = "live"
tier = "evidence"
title = {{ en = "a", id = "b" }}
question = {{ en = "a", id = "b" }}
why = {{ en = "a", id = "b" }}
reason = {{ en = "a", id = "b" }}
when = {when}
harm_if_wrong = {{ en = "a", id = "b" }}
valid_from = 2026-01-01
"""


def filled(line: Callable[[int], str], head: str = "") -> str:
    """Return lines, numbered from zero, up to the size of the largest file."""
    parts, size, number = [head], len(head), 0
    while True:
        added = line(number)
        size += len(added.encode())
        if size > ROOM:
            return "".join(parts)
        parts.append(added)
        number += 1


def rules(when: Callable[[int], str]) -> str:
    """Return a rulebook of as many rules as there is room for, each with its own condition."""
    return filled(lambda n: RULE.format(number=n, when=json.dumps(when(n))), RULE_HEAD)


def nested(inside: str, depth: int) -> str:
    """Return a condition in round brackets, many deep."""
    return "(" * depth + inside + ")" * depth


TOML_BOMBS: Mapping[str, Callable[[], str]] = {
    "many keys": lambda: filled(lambda n: f"k{n} = 1\n"),
    "many tables": lambda: filled(lambda n: f"[t{n}]\n"),
    "many tables in a list": lambda: filled(lambda n: "[[rules]]\n"),
    "many dotted keys": lambda: filled(lambda n: f"a.b.c.d.e.f.g.h.k{n} = 1\n"),
    "tables inside each other": lambda: filled(lambda n: "[" + ".".join(["t"] * (n + 1)) + "]\n"),
    "one long key": lambda: "k" * (ROOM - 4) + " = 1",
    "one long key of parts": lambda: ".".join(["k"] * (ROOM // 2 - 4)) + " = 1",
    "one long text": lambda: 'id = "' + "x" * (ROOM - 8) + '"',
    "one long escaped text": lambda: 'id = "' + "\\u00e9" * (ROOM // 6 - 2) + '"',
    "one long number": lambda: "version = " + "9" * (ROOM - 12),
    "one long number with bars": lambda: "version = " + "9_" * (ROOM // 2 - 8) + "9",
    "one long list": lambda: "rules = [" + "1," * (ROOM // 2 - 8) + "]",
    "one long list of texts": lambda: "sources = [" + '"",' * (ROOM // 3 - 8) + "]",
    "one deep list": lambda: "rules = " + "[" * (ROOM // 2 - 8) + "]" * (ROOM // 2 - 8),
    "blank lines": lambda: "\n" * ROOM,
    "spaces": lambda: " " * ROOM,
    "brackets": lambda: "[" * ROOM,
    "comments": lambda: filled(lambda n: "#\n"),
    "quotes": lambda: '"' * ROOM,
    "spaces before a bracket": lambda: "[" + " " * (ROOM - 2) + "x",
    "names that resemble": lambda: filled(lambda n: f"versio{'n' * (n % 40)}{n} = 1\n"),
    "marks that turn the line round": lambda: filled(lambda n: f'"\u202e{n}\u2066" = "\u202e"\n'),
    "letters beyond the first plane": lambda: filled(lambda n: f'"\U0001f600{n}" = "\U0010ffff"\n'),
}
"""Texts that are TOML or nearly so, whatever is expected of them."""

RULE_BOMBS: Mapping[str, Callable[[], str]] = {
    "many rules that fail": lambda: rules(lambda n: f"no_such_indicator_{n}"),
    "many rules of one name each": lambda: rules(lambda n: "debt_ties"),
    "long conditions": lambda: rules(lambda n: " and ".join(["debt_ties"] * 180)),
    "deep conditions": lambda: rules(lambda n: nested("debt_ties", 900)),
    "long names": lambda: rules(lambda n: "debt_tie" * 240),
    "attribute access": lambda: rules(lambda n: "debt_ties.__class__.__mro__"),
    "comprehension bombs": lambda: rules(lambda n: "[x for x in (1,) for y in (1,) for z in x]"),
    "power towers": lambda: rules(lambda n: "9 ** 9 ** 9 ** 9 == 1"),
    "chains of comparisons": lambda: rules(lambda n: " < ".join(["age"] * 60)),
    "numbers of many digits": lambda: rules(lambda n: "age < " + "9" * 1900),
    "at least of many": lambda: rules(lambda n: f"at_least(1, {', '.join(['debt_ties'] * 150)})"),
    "letters that look alike": lambda: rules(lambda n: "d\u0435bt_ties"),
}
"""Rulebooks whose conditions cost as much as a condition may."""

JSON_BOMBS: Mapping[str, Callable[[], str]] = {
    "many keys": lambda: "{" + ",".join(f'"k{n}":1' for n in range(ROOM // 12)) + "}",
    "the same key again and again": lambda: "{" + ",".join(['"id":1'] * (ROOM // 7)) + "}",
    "one long list": lambda: '{"stages":[' + ",".join(["1"] * (ROOM // 2 - 20)) + "]}",
    "one deep list": lambda: "[" * ROOM,
    "one deep object": lambda: '{"a":' * (ROOM // 5),
    "one long text": lambda: '{"id":"' + "x" * (ROOM - 20) + '"}',
    "one long number": lambda: '{"id":' + "9" * (ROOM - 20) + "}",
    "one exponent": lambda: '{"id":1e' + "9" * (ROOM - 20) + "}",
    "spaces": lambda: " " * ROOM,
    "quotes": lambda: '"' * ROOM,
    "escapes": lambda: '{"id":"' + "\\ud83d\\ude00" * (ROOM // 12 - 4) + '"}',
    "lone surrogates": lambda: '{"id":"' + "\\ud83d" * (ROOM // 6 - 4) + '"}',
    "rows of points": lambda: (
        '{"stages":[{"rows":[' + ",".join(['{"points":[[[]]]}'] * (ROOM // 18)) + "]}]}"
    ),
    "stages of nothing": lambda: '{"schema_version":"1","stages":[' + ",".join(["{}"] * (ROOM // 4)) + "]}",
}
"""Texts that are JSON or nearly so, whatever is expected of them."""
