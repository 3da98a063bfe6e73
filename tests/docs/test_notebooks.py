"""The notebooks as they are read: with tables and still pictures, small, and without a trace of a machine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.keep_notebooks import METADATA, PICTURES, executed, notebooks, read

MOST_BYTES = 300_000
MACHINE = re.compile(r"(/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\Users|0x[0-9a-f]{6,})")
FETCHED = re.compile(
    r"(?:src|href)\s*=\s*[\"']https?://|<script|@import|url\(\s*[\"']?https?:", re.IGNORECASE
)

each = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


def outputs_of(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def test_there_are_four_notebooks_in_an_order() -> None:
    assert [path.name[:2] for path in notebooks()] == ["1_", "2_", "3_", "4_"]


@each
def test_a_notebook_is_small_and_says_only_that_it_is_python(path: Path) -> None:
    assert path.stat().st_size < MOST_BYTES
    assert json.loads(path.read_text(encoding="utf-8"))["metadata"] == METADATA


@each
def test_a_notebook_holds_no_trace_of_a_machine(path: Path) -> None:
    assert not MACHINE.findall(path.read_text(encoding="utf-8"))


@each
def test_a_notebook_was_executed_from_top_to_bottom(path: Path) -> None:
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for output in outputs_of(read(path)) if output.output_type == "error"]


@each
def test_a_notebook_has_a_still_picture_and_asks_no_host_for_anything(path: Path) -> None:
    data = [output.get("data", {}) for output in outputs_of(read(path))]
    assert any(kind in one for one in data for kind in PICTURES)
    assert not FETCHED.findall(path.read_text(encoding="utf-8"))
    assert not [one for one in data if any("vega" in kind or "javascript" in kind for kind in one)]


@each
def test_a_notebook_defines_nothing(path: Path) -> None:
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    assert not re.findall(r"^\s*(?:def|class|async def|lambda)\b", code, re.MULTILINE)


@each
def test_a_notebook_says_that_its_people_are_simulated(path: Path) -> None:
    first = read(path).cells[0].source + read(path).cells[1].source
    assert "synthetic" in first


@pytest.mark.slow
@each
def test_what_a_notebook_shows_is_what_its_code_gives(path: Path) -> None:
    shown, again = (_said(one) for one in (read(path), executed(read(path))))
    assert shown == again, "run `python -m scripts.keep_notebooks`"


def _said(notebook: Any) -> list[str]:
    """Return the text of all outputs; pictures depend on the fonts of a machine."""
    return [str(one.get("text") or one["data"].get("text/plain", "")) for one in outputs_of(notebook)]
