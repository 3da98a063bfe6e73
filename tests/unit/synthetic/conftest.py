"""A workshop: a small folder of assumptions that holds together, for each test to break in its own way."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from dossier.problems import BadInput, Problem
from synthetic import modules, population, scenarios
from synthetic.compile import compile_world
from synthetic.draw import Drawn
from synthetic.scenarios import Scenario, load_scenario
from synthetic.world import World
from tests.unit.synthetic import worlds

HEAD = """[module]
id = "{id}"
kind = "{kind}"
version = "1"
truth = "{truth}"
grade = "D"
title = {{ en = "x", id = "x" }}
description = {{ en = "x", id = "x" }}
"""

LAWFUL = HEAD.format(id="journey.base", kind="journey", truth="lawful")
LOOKALIKE = HEAD.format(id="lookalike.twin", kind="lookalike", truth="lawful") + 'extends = "journey.base"\n'
VICTIM = HEAD.format(id="typology.harm", kind="typology", truth="victim")
VICTIM += """family = "harm"
extends = "journey.base"

[tiers]
crude = { weight = 0.6, camouflage = 0.0, cover = 0.2, coaching = 0.1 }
expert = { weight = 0.4, camouflage = 0.8, cover = 0.6, coaching = 0.5 }

[network]
mean_size = 5
largest = 40
"""

SCENARIO = """[scenario]
id = "sample"
version = "1"
year = 2022
size = 1000
title = { en = "x", id = "x" }
narrative = { en = "x", id = "x" }
learning_aims = []
sources = []
"""

MIX = {"journey.base": 0.7, "lookalike.twin": 0.1, "typology.harm": 0.2}


def overlay(module: str, part: str, body: str) -> str:
    """Return an overlay that changes one part of a module."""
    return f'[overlay."{module}"]\nwhy = "x"\n[overlay."{module}".{part}]\n{body}\n'


class Workshop:
    """A copy of the population with three small modules, which a test may add to or spoil.

    Attributes:
        folder: Where the files lie.
        base, twin, harm: What the modules say below their heads.
        ungraded: Whether the lookalike goes without the grade that calls all its numbers assumptions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = self.twin = self.harm = ""
        self.ungraded = False
        for name in modules.FOLDERS.values():
            (folder / name).mkdir()

    def spoil(self, old: str, new: str) -> None:
        """Replace a text that stands once in the population file."""
        path = self.folder / "population.toml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, place: str, text: str) -> Path:
        """Write one file and return its path."""
        path = self.folder / place
        path.write_text(text, encoding="utf-8")
        return path

    def forget(self) -> None:
        """Make the next scenario read all files anew."""
        for cached in (modules.released_modules, population.load_population, scenarios.released_scenarios):
            cached.cache_clear()

    def scenario(self, more: str = "", mix: Mapping[str, float] = MIX) -> Scenario:
        """Write the modules and a scenario of them, and load it."""
        self.write("journeys/base.toml", LAWFUL + self.base)
        twin = LOOKALIKE.replace('grade = "D"\n', "") if self.ungraded else LOOKALIKE
        self.write("lookalikes/twin.toml", twin + self.twin)
        self.write("typologies/harm.toml", VICTIM + self.harm)
        shares = "".join(f'"{name}" = {{ share = {share} }}\n' for name, share in mix.items())
        return load_scenario(self.write("sample.toml", f"{SCENARIO}{more}\n[mix]\n{shares}"))

    def compiled(self, more: str = "", mix: Mapping[str, float] = MIX) -> World:
        """Return the compiled scenario."""
        return compile_world(self.scenario(more, mix))

    def problems(self, more: str = "", mix: Mapping[str, float] = MIX) -> tuple[Problem, ...]:
        """Return what compiling complains of."""
        with pytest.raises(BadInput) as error:
            self.compiled(more, mix)
        return error.value.problems

    def problem(self, more: str = "", mix: Mapping[str, float] = MIX) -> Problem:
        """Return the only thing that compiling complains of."""
        (problem,) = self.problems(more, mix)
        return problem

    def problem_of(self, path: Path) -> Problem:
        """Return the only thing that loading and compiling a scenario file complains of."""
        with pytest.raises(BadInput) as error:
            compile_world(load_scenario(path))
        (problem,) = error.value.problems
        return problem

    def place(self, file: str, text: str) -> str:
        """Return how messages name the line of `file` that begins with `text`.

        The scenario is given by its path and named so; the modules pass for released ones.
        """
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        (number,) = [number for number, line in enumerate(lines, start=1) if line.startswith(text)]
        shown = self.folder / file if file == "sample.toml" else Path(file).name
        return f"{shown}, line {number}"


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    shutil.copy(modules.HERE / "population.toml", tmp_path)
    shop = Workshop(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(modules, "HERE", tmp_path)
        patch.setattr(population, "HERE", tmp_path)
        shop.forget()
        yield shop
    shop.forget()


@pytest.fixture(scope="session")
def drawn() -> Drawn:
    """Rows of the scenario in which every released module has a share."""
    return worlds.drawn()


@pytest.fixture(scope="session")
def world() -> World:
    """The compiled scenario in which every released module has a share."""
    return worlds.world(worlds.ALL_TYPES)


@pytest.fixture(scope="session")
def world_of() -> Callable[[str], World]:
    """Compile a released scenario by name, once."""
    return worlds.world
