"""A small folder of evidence that holds together, for each test to break in its own way."""

from pathlib import Path

import pytest

from dossier.problems import BadInput
from evidence import Registry, read_registry

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


class Sample:
    """Makes small folders of evidence in a temporary place, and reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry(self, key: str, *lines: str, unit: str = "persons", stated: str = STATED) -> str:
        """Return one figure; `lines` stand first and say its number."""
        first = "\n".join((f"[{key}]", *lines))
        return f'{first}\nunit = "{unit}"\n{COMMON}{stated}\n'

    def derived(self, key: str, formula: str, *lines: str, unit: str = "percent", grade: str = "B") -> str:
        """Return one derived figure."""
        stated = f'provenance = "derived"\ngrade = "{grade}"\n'
        return self.entry(key, f"formula = {formula}", *lines, unit=unit, stated=stated)

    def read(self, *figures: str, units: str = UNITS, sources: str = SOURCES, **files: str) -> Registry:
        """Write the figures, and further files of figures by name, and read the folder."""
        (self.folder / "figures").mkdir(exist_ok=True)
        (self.folder / "units.toml").write_text(units, encoding="utf-8")
        (self.folder / "sources.toml").write_text(sources, encoding="utf-8")
        for name, text in {"facts": "".join(figures), **files}.items():
            (self.folder / "figures" / f"{name}.toml").write_text(text, encoding="utf-8")
        return read_registry(self.folder)

    def complaint(self, *figures: str, **files: str) -> str:
        """Return what reading the figures complains of."""
        with pytest.raises(BadInput) as error:
            self.read(*figures, **files)
        return str(error.value)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return Sample(tmp_path)
