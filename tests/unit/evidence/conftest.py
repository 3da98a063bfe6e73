"""A small folder of evidence that holds together, for each test to break in its own way."""

from collections.abc import Callable
from pathlib import Path

import pytest

UNITS = """
[persons]
name = { en = "persons", id = "orang" }
bounds = [0, inf]

[percent]
name = { en = "percent", id = "persen" }
bounds = [0, 100]
whole = 100
"""

SOURCES = """
[paper]
kind = "paper"
authors = ["Somebody"]
title = "A paper"
provenance = "full"

[press]
kind = "press"
title = "A report"
reference = "an outlet"
provenance = "excerpt"

[lost]
kind = "press"
title = "A report that nobody can find again"
provenance = "excerpt"

[arithmetic]
kind = "convention"
title = "Arithmetic"
reference = "formulas"
provenance = "full"
"""

COMMON = """what = "people"
population = "everybody"
geography = "somewhere"
period = { start = 2022, end = 2022 }
last_checked = 2026-11-22
"""

STATED = """source = "paper"
locator = "section 1"
provenance = "full"
grade = "B"
"""

Write = Callable[..., Path]


def entry(key: str, *lines: str, unit: str = "persons", stated: str = STATED) -> str:
    """Return one figure of the small folder; `lines` go first and say the number."""
    return f'[{key}]\n{"".join(f"{line}{chr(10)}" for line in lines)}unit = "{unit}"\n{COMMON}{stated}\n'


def derived(key: str, formula: str, *lines: str, unit: str = "percent", grade: str = "B") -> str:
    """Return one derived figure of the small folder."""
    stated = f'provenance = "derived"\ngrade = "{grade}"\n'
    return entry(key, f"formula = {formula}", *lines, unit=unit, stated=stated)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a folder of evidence and returns it."""

    def _write(*figures: str, units: str = UNITS, sources: str = SOURCES, **files: str) -> Path:
        (tmp_path / "figures").mkdir(exist_ok=True)
        (tmp_path / "units.toml").write_text(units, encoding="utf-8")
        (tmp_path / "sources.toml").write_text(sources, encoding="utf-8")
        for name, text in {"facts": "".join(figures), **files}.items():
            (tmp_path / "figures" / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return _write
