"""A typology is one file: whoever knows the field can add one, without touching the program.

The template is copied to a folder outside, given a name, and listed in a scenario. Whatever is wrong with it is
said with file, line and key, and with how to mend it, before anybody is drawn.
"""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from synthetic.modules import HERE, released_modules
from tests.unit.console.terminal import json_of, nothing_left, refusal

TEMPLATE = HERE / "typologies" / "_template.toml"
SCENARIO = """[scenario]
id = "own"
version = "1"
year = 2022
size = 4000
title = { en = "A scenario of one's own", id = "Skenario sendiri" }
narrative = { en = "Workers, some of them in debt.", id = "Pekerja, sebagian berutang." }
learning_aims = []
sources = []

[mix]
"journey.tourist" = { share = 0.5 }
"journey.procedural_worker" = { share = 0.4 }
"typology.my_typology" = { share = 0.1 }
"""


class Folder:
    """A folder outside the repository with a typology and a scenario that lists it."""

    def __init__(self, path: Path) -> None:
        self.modules = path / "modules"
        self.modules.mkdir()
        self.typology = self.modules / "my_typology.toml"
        self.typology.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        self.scenario = path / "own.toml"
        self.scenario.write_text(SCENARIO, encoding="utf-8")
        self.out = path / "cohort"

    def change(self, old: str, new: str) -> int:
        """Replace a line of the typology that begins with `old`; returns its number."""
        lines = self.typology.read_text(encoding="utf-8").splitlines()
        (number,) = [n for n, line in enumerate(lines) if line.startswith(old)]
        lines[number] = new
        self.typology.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return number + 1

    def command(self) -> list[object]:
        return ["draw", self.scenario, "--modules", self.modules, "--out", self.out]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_copy_of_the_template_works_as_it_stands(folder: Folder) -> None:
    found = json_of(*folder.command())
    assert found["n"] == 4000
    table = pq.read_table(folder.out / "truth" / "truth")
    people = table["module"].to_pylist()
    assert 250 < people.count("typology.my_typology") < 550


def test_the_template_itself_is_never_loaded() -> None:
    assert not any("template" in name for name in released_modules())


def test_without_the_folder_the_scenario_says_what_is_missing(folder: Folder) -> None:
    said = refusal("draw", folder.scenario, "--out", folder.out)
    assert "own.toml, line" in said
    assert "there is no module 'typology.my_typology'" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id = ", 'id = "typology.other"', ("does not fit the file", "typology.my_typology")),
        (
            "extends = ",
            'extends = "journey.procedural_workers"',
            ("Did you mean 'journey.procedural_worker'",),
        ),
        ("truth = ", 'truth = "lawful"', ("a typology, and only a typology, has truth = 'victim'",)),
        ("mean_size = ", "mean_sise = 6.0", ("unknown key", "Did you mean 'mean_size'?")),
        ("largest = ", 'largest = "many"', ("largest",)),
        ("burst = ", "burst = 1.5", ("burst",)),
        ("version = ", "", ("'module.version' is missing",)),
        ("title = ", 'title = { en = "Only English" }', ("title.id",)),
        ("[network]", "[netwrok]", ("netwrok", "network")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    folder: Folder, tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    folder.change(old, new)
    with nothing_left(tmp_path):
        said = refusal(*folder.command())
    assert "my_typology.toml" in said
    assert "To mend it" in said or "line" in said
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("odds.debtt = { recruiter = 3.0 }", ("the name 'debtt' is unknown", "Did you mean 'debt'?")),
        ("odds.debt = { recruitre = 3.0 }", ("'debt' has no code 'recruitre'", "Did you mean 'recruiter'?")),
        ("odds.debt = { recruiter = -3.0 }", ("cannot be negative",)),
        ("table.sex = { female = 0.9, male = 0.2 }", ("sum to 1.1, not to 1", "sum to 1")),
        (
            'table.sex = { figures = { male = "nobody_knows", female = "phnom_penh_2022_women" } }',
            ("nobody_knows",),
        ),
    ],
)
def test_a_number_that_cannot_be_is_said_with_its_line(
    folder: Folder, tmp_path: Path, line: str, words: tuple[str, ...]
) -> None:
    part, _, rest = line.partition(".")
    lines = folder.typology.read_text(encoding="utf-8").splitlines()
    place = lines.index(f"[{part}]") if f"[{part}]" in lines else None
    name = rest.split(" = ")[0]
    lines = [own for own in lines if not own.startswith(f"{name} = ")]
    if place is None:
        lines += [f"[{part}]", rest]
    else:
        lines.insert(place + 1, rest)
    folder.typology.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with nothing_left(tmp_path):
        said = refusal(*folder.command())
    assert f"my_typology.toml, line {lines.index(rest) + 1}" in said
    assert all(word in said for word in words), said


def test_a_number_without_evidence_or_grade_is_refused(folder: Folder, tmp_path: Path) -> None:
    folder.change("grade = ", "")
    with nothing_left(tmp_path):
        said = refusal(*folder.command())
    assert "my_typology.toml, line" in said
    assert "evidence" in said
    assert 'grade = "D"' in said


@pytest.mark.parametrize("what", ["nowhere", "empty", "released"])
def test_a_folder_of_modules_must_hold_modules_of_ones_own(tmp_path: Path, what: str) -> None:
    folder = tmp_path / what
    if what != "nowhere":
        folder.mkdir()
    if what == "released":
        text = (HERE / "typologies" / "online_scam.toml").read_text(encoding="utf-8")
        (folder / "online_scam.toml").write_text(text, encoding="utf-8")
    said = refusal("draw", "phnom_penh_2022", "--modules", folder, "--out", tmp_path / "out")
    expected = {"nowhere": "no such folder", "empty": "holds no module", "released": "is a released module"}
    assert expected[what] in said
    assert not (tmp_path / "out").exists()
