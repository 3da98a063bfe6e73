"""One thing, one word: a seat is `kursi` in every Indonesian text of the console."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dossier.toml_files import read_toml

CONSOLE = Path(__file__).parents[3] / "console"
FILES = sorted(CONSOLE.rglob("*.toml"))


def pairs(found: Any) -> Iterator[tuple[str, str]]:
    """Yield each English text with its Indonesian one."""
    if isinstance(found, dict) and isinstance(found.get("en"), str) and isinstance(found.get("id"), str):
        yield found["en"], found["id"]
    elif isinstance(found, dict | list):
        for inner in found.values() if isinstance(found, dict) else found:
            yield from pairs(inner)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CONSOLE)))
def test_a_seat_is_never_a_place(path: Path) -> None:
    told = [texts for texts in pairs(read_toml(path)) if re.search(r"\bseats?\b", texts[0], re.IGNORECASE)]
    assert [texts for texts in told if re.search(r"\btempat", texts[1], re.IGNORECASE)] == []


CUE_WORDS = sorted(
    [*(CONSOLE / "web" / "words").glob("*.toml"), *(CONSOLE / "materials").glob("*.toml")],
)


@pytest.mark.parametrize("path", CUE_WORDS, ids=lambda path: path.name)
def test_a_class_reads_petunjuk_and_never_indikator(path: Path) -> None:
    assert [
        told for _, told in pairs(read_toml(path)) if re.search(r"\bindikator", told, re.IGNORECASE)
    ] == []
