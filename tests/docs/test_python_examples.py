"""Python in the documents runs: the blocks of a page one after another, in one folder and one namespace."""

from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

from tests.docs.documents import ROOT, blocks_of, documents, name_of
from tests.unit.console.terminal import json_of

COHORT = "cohort"
"""The folder that pages about files read from; it is there before they are run."""

WITH_PYTHON = [
    name_of(path)
    for path in documents()
    if any(block.language == "python" for block in blocks_of(path.read_text(encoding="utf-8")))
]


def lines_not_run(path: Path) -> set[int]:
    """Return where the blocks begin that say why they are not run."""
    blocks = blocks_of(path.read_text(encoding="utf-8"))
    return {block.line for block in blocks if "not run" in block.marks}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small cohort, in which the test runs."""
    monkeypatch.chdir(tmp_path)
    json_of("draw", "phnom_penh_2022", "--n", 300, "--out", COHORT)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("document", WITH_PYTHON)
def test_python_in_a_document_runs(document: str, folder: Path) -> None:
    skipped = lines_not_run(ROOT / document)
    for example in Sybil([PythonCodeBlockParser()]).parse(ROOT / document).examples():
        if example.line not in skipped:
            example.evaluate()


def test_python_that_does_not_run_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    (example,) = Sybil([PythonCodeBlockParser()]).parse(page).examples()
    with pytest.raises(AssertionError, match="Expected"):
        example.evaluate()
