"""Every measured number of the README is written by a command, and a command finds where one is not."""

from pathlib import Path

import pytest

from scripts import readme_numbers
from scripts.readme_numbers import BLOCK, BLOCKS, QUICK, README, main, with_numbers

PAGE = "Before.\n<!-- numbers: said -->\nold\n<!-- numbers: end -->\nAfter.\n"


def test_the_readme_has_every_block_once_and_no_other() -> None:
    found = [block["name"] for block in BLOCK.finditer(README.read_text("utf-8"))]
    assert sorted(found) == sorted(BLOCKS)


def test_what_benchmarks_and_trainings_kept_is_what_the_readme_says() -> None:
    page = README.read_text("utf-8")
    assert with_numbers(page, QUICK) == page, "run: python -m scripts.readme_numbers"


def test_a_number_that_was_typed_is_found_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    monkeypatch.setattr(readme_numbers, "README", page)
    monkeypatch.setattr(readme_numbers, "BLOCKS", {"said": lambda: ["new"]})
    assert main(["--check"]) == 1
    assert "-old\n+new" in capsys.readouterr().out
    assert page.read_text() == PAGE
    assert main([]) == 0
    assert page.read_text() == PAGE.replace("old", "new")
    assert main(["--check"]) == 0


@pytest.mark.slow
def test_what_saring_says_today_is_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out
