"""Scenarios and levers of which nothing can come, written for tests."""

from pathlib import Path

LEVER = """[lever]
id = "{name}"
version = "1"
grade = "D"
title = {{ en = "A test", id = "Uji" }}
description = {{ en = "x", id = "x" }}
limits = {{ en = "It is only a test.", id = "x" }}
"""

SCENARIO = """[scenario]
id = "one_sided"
version = "1.0.0"
year = 2022
size = {size}
title = {{ en = "One side", id = "Satu sisi" }}
narrative = {{ en = "x", id = "x" }}
learning_aims = [{{ en = "x", id = "x" }}]
difficulty = {{ en = "x", id = "x" }}
sources = ["x"]

[mix]
"{module}" = {{ share = 1.0 }}
"""


def one_sided(folder: Path, module: str, size: int = 1000) -> Path:
    """Write a scenario in which everybody is of one module and return its file."""
    path = folder / "one_sided.toml"
    path.write_text(SCENARIO.format(module=module, size=size), encoding="utf-8")
    return path


def idle_lever(folder: Path) -> Path:
    """Write a lever that diverts people whom the scenario of these tests does not list."""
    path = folder / "idle.toml"
    to = 'to = "journey.family_visit"\nprobability = 0.5\nwhy = "x"'
    divert = f'[divert."typology.forced_marriage"]\n{to}\n'
    path.write_text(LEVER.format(name="idle") + divert, encoding="utf-8")
    return path
