"""Every number has a source, or says that it is an assumption.

Whoever doubts a result can list what it rests on: which numbers are published, which were typed with a figure in
mind, and which nobody knows. The last are called grade D, and nothing hides among them: a number that is neither
supported nor called an assumption stops the build.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from console.commands.show_unsourced import LISTED
from dossier.problems import BadInput
from evidence import figures
from synthetic.compile import compile_world
from synthetic.modules import released_modules
from synthetic.provenance import ROOT, Number, blocks_of, numbers_of, released_numbers, tally
from synthetic.scenarios import load_scenario, released_scenarios
from tests.unit.console.terminal import json_of, refusal, saring

GRADED = 'grade = "D"\n'
NO_ASSUMPTIONS = {
    "pools/names.toml": "names are drawn evenly; their pool holds no number",
    "fidelity/settings.toml": "how a report looks at a cohort; none of it is about people, none changes a cohort",
}

NUMBERS = released_numbers()
ASSUMED = [number for number in NUMBERS if number.grade == "D"]


def files_of_assumptions() -> list[Path]:
    """Return every file of the generator that could hold a number; a template is nobody's assumption."""
    folder = ROOT / "synthetic"
    left_out = {folder / name for name in NO_ASSUMPTIONS}
    return [path for path in sorted({*folder.rglob("*.toml")} - left_out) if not path.name.startswith("_")]


def plain_numbers(value: Any) -> int:
    """Count the numbers in parsed TOML, by the plainest way there is."""
    match value:
        case bool() | str():
            return 0
        case int() | float():
            return 1
        case dict():
            return sum(plain_numbers(inner) for inner in value.values())
        case list():
            return sum(plain_numbers(inner) for inner in value)
        case _:
            return 0


# --- no number without ------------------------------------------------------------------------------


def test_every_released_number_has_a_grade() -> None:
    assert len(NUMBERS) > 2000
    assert {number.grade for number in NUMBERS} <= {"A", "B", "C", "D"}


def test_a_number_that_is_better_than_assumed_names_a_figure_of_that_grade() -> None:
    better = [number for number in NUMBERS if number.grade != "D"]
    assert better
    for number in better:
        assert number.grade == max(figures()[key].grade for key in number.evidence), number.place


def test_a_published_number_is_the_figure_itself() -> None:
    published = [number for number in NUMBERS if number.basis == "published"]
    assert published
    assert all(number.value == figures()[number.evidence[0]].estimate for number in published)


@pytest.mark.parametrize("path", files_of_assumptions(), ids=lambda path: path.name)
def test_no_number_of_any_file_is_passed_over(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    own = [number for number in NUMBERS if number.file == str(path.relative_to(ROOT))]
    named = sum(number.basis == "published" for number in own)
    scenario_only = 2 if "scenario" in data else 0  # its year and its size
    assert len(own) - named == plain_numbers(data) - scenario_only


def test_what_is_left_out_is_there_and_has_a_reason() -> None:
    assert all((ROOT / "synthetic" / name).is_file() and reason for name, reason in NO_ASSUMPTIONS.items())


def test_every_number_is_found_on_the_line_that_is_named() -> None:
    lines: dict[str, list[str]] = {}
    for block in blocks_of(NUMBERS):
        first = block.first
        text = lines.setdefault(first.file, (ROOT / first.file).read_text(encoding="utf-8").splitlines())
        assert 1 <= first.line <= len(text)
        named = {str(part) for part in (*first.block, *first.key)}
        assert any(part in text[first.line - 1] for part in named), first.place


@pytest.mark.parametrize("name", released_scenarios())
def test_every_scenario_knows_what_it_rests_on(name: str) -> None:
    own = numbers_of(released_scenarios()[name])
    places = {(number.file, number.key) for number in NUMBERS}
    assert {(number.file, number.key) for number in own} <= places
    assert tally(own).n == sum(tally(own).by_grade.values())


# --- the build fails on one with neither ------------------------------------------------------------


def spoiled_copy(module_id: str, folder: Path) -> Path:
    """Write a released module under another id without the grade of its file, and a scenario of it alone."""
    module, file = released_modules()[module_id]
    text = file.path.read_text(encoding="utf-8")
    head = text.index("[module]")
    cut = text.index(GRADED, head)
    spoiled = text[:cut] + text[cut + len(GRADED) :]
    spoiled = spoiled.replace(f'id = "{module_id}"', f'id = "{module.module.kind}.spoiled"', 1)
    (folder / "modules").mkdir()
    (folder / "modules" / "spoiled.toml").write_text(spoiled, encoding="utf-8")
    scenario = folder / "spoiled_mix.toml"
    scenario.write_text(
        '[scenario]\nid = "spoiled_mix"\nversion = "1"\nyear = 2022\nsize = 1000\n'
        'title = { en = "x", id = "x" }\nnarrative = { en = "x", id = "x" }\nlearning_aims = []\nsources = []\n'
        f'[mix]\n"{module.module.kind}.spoiled" = {{ share = 1.0 }}\n',
        encoding="utf-8",
    )
    return scenario


@pytest.mark.parametrize(
    "module_id", ["typology.online_scam", "journey.procedural_worker", "lookalike.knowing_scam_worker"]
)
def test_a_module_without_its_grade_does_not_compile(module_id: str, tmp_path: Path) -> None:
    scenario = load_scenario(spoiled_copy(module_id, tmp_path), tmp_path / "modules")
    with pytest.raises(BadInput) as error:
        compile_world(scenario)
    unsupported = [p for p in error.value.problems if p.what.endswith("have no evidence and no grade")]
    assert unsupported == list(error.value.problems)
    own = [n for n in NUMBERS if n.file.endswith(f"/{module_id.partition('.')[2]}.toml")]
    assumed = [n for n in own if n.basis == "assumed" and not _says_so_itself(module_id, n)]
    assert len(unsupported) == len(blocks_of(assumed))
    for problem in unsupported:
        assert re.fullmatch(r".*spoiled\.toml, line \d+", problem.where)
        assert 'grade = "D"' in problem.mend


def _says_so_itself(module_id: str, number: Number) -> bool:
    block: Any = released_modules()[module_id][1].data
    for part in number.block:
        block = block[part]
    return bool(block.get("grade") == "D")


def test_the_command_line_refuses_it_too(tmp_path: Path) -> None:
    scenario = spoiled_copy("typology.online_scam", tmp_path)
    said = refusal("draw", scenario, "--modules", tmp_path / "modules", "--n", 10, "--out", tmp_path / "out")
    assert "the numbers of 'network' have no evidence and no grade" in said
    assert "To mend it" in said
    assert not (tmp_path / "out").exists()


# --- and the assumptions can be read ----------------------------------------------------------------


def test_the_command_lists_all_assumptions_and_nothing_else() -> None:
    found = json_of("show", "evidence", "--unsourced")
    assert found["scenario"] is None
    assert len(found["unsourced"]) == len(ASSUMED)
    assert {entry["grade"] for entry in found["unsourced"]} == {"D"}
    first = found["unsourced"][0]
    assert {"file", "line", "key", "block", "value", "why", "evidence", "basis"} <= set(first)


def test_totals_add_up_over_files_and_grades() -> None:
    found = json_of("show", "evidence", "--unsourced")
    totals = found["totals"]
    assert totals["n"] == len(NUMBERS) == totals["sourced"] + totals["assumed"]
    assert totals["n"] == sum(totals["by_grade"].values()) == sum(f["n"] for f in found["files"].values())
    assert totals["assumed"] == len(ASSUMED) == sum(f["assumed"] for f in found["files"].values())


def test_one_scenario_can_be_asked_for() -> None:
    found = json_of("show", "evidence", "--unsourced", "--scenario", "phnom_penh_2022")
    expected = tally(numbers_of(load_scenario("phnom_penh_2022")))
    assert found["totals"]["n"] == expected.n < len(NUMBERS)
    assert found["totals"]["assumed"] == expected.by_grade["D"]


def test_people_read_a_row_for_each_block_and_not_for_each_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    result = saring("show", "evidence", "--unsourced", "--scenario", "phnom_penh_2022")
    numbers = numbers_of(load_scenario("phnom_penh_2022"))
    blocks = blocks_of(number for number in numbers if number.grade == "D")
    rows = [re.split(r" {2,}", line.strip()) for line in result.stdout.splitlines()]
    for block in blocks:
        first, values = block.first, [number.value for number in block.numbers]
        fitting = [r for r in rows if r[:3] == [str(first.block[-1]), str(first.line), str(len(values))]]
        shown = [f"{value:g}" for value in ({min(values), max(values)} if len(values) > LISTED else values)]
        assert any(all(part in row[3] for part in shown) for row in fitting), first.place
    assert "% assumed." in result.stdout
