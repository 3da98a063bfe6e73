"""Documented examples run: each page is one session in one empty folder, from top to bottom.

What a page shows as an answer has to be in the answer. A block that cannot be run says why, and is counted.
"""

import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from docs._generator.command_pages import Command, commands
from tests.docs.documents import Block, blocks_of, commands_in, documents, name_of

NOT_RUN: dict[str, int] = {
    "README.id.md": 1,
    "README.md": 1,
    "docs/classroom.md": 2,
    "docs/cluster.md": 1,
    "docs/how-to/add-a-rule.md": 1,
    "docs/how-to/run-on-a-cluster.md": 1,
    "docs/id/pelatih.md": 1,
    "docs/tutorials/trainer.md": 1,
}
"""How many blocks with commands are not run, by document; each of them says why, or is no console block."""

LIMIT_SECONDS = 900

ALL = {name_of(path): blocks_of(path.read_text(encoding="utf-8")) for path in documents()}
RUN = sorted(name for name, blocks in ALL.items() if any(block.is_run for block in blocks))


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would, in a folder of its own and with this interpreter's `saring`."""
    # What other tests set for their own console is none of a reader's.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SARING_", "DJANGO_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**own, "PATH": path, "HOME": str(folder), "NO_COLOR": "1", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )


def perform(folder: Path, document: str, block: Block) -> None:
    """Do what a block shows: write its file, or run its commands and look for the answers that it shows."""
    if "file" in block.marks:
        name, append = re.fullmatch(r"(\S+)( \(append\))?", block.marks["file"]).groups()  # type: ignore[union-attr]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("a" if append else "w", encoding="utf-8") as file:
            file.write(block.text)
    if not block.is_run:
        return
    steps = list(block.steps())
    for number, (command, answer) in enumerate(steps, start=1):
        result = shell(folder, command)
        meant = block.exit_code if number == len(steps) else 0
        where = f"{document}:{block.line}: {command}"
        assert result.returncode == meant, f"{where}\n{result.stdout}\n{result.stderr}"
        missing = missing_lines(answer, result.stdout + result.stderr)
        assert not missing, f"{where}\ndoes not answer: {missing}\nbut:\n{result.stdout}\n{result.stderr}"


def missing_lines(shown: list[str], answer: str) -> list[str]:
    """Return the lines that are shown and were not answered, word for word.

    A page may break an answer's lines elsewhere, and leave some out; three dots stand for anything.
    """
    words = " ".join(answer.split())
    return [line for line in shown if line.strip() and not _answered(line, words)]


def _answered(line: str, words: str) -> bool:
    text = re.escape(" ".join(line.split())).replace(r"\.\.\.", ".*").replace("…", ".*")
    return re.search(rf"(?<!\w){text}(?!\w)", words) is not None


@pytest.mark.slow
@pytest.mark.parametrize("document", RUN)
def test_a_page_can_be_followed_from_top_to_bottom(document: str, tmp_path: Path) -> None:
    for block in ALL[document]:
        perform(tmp_path, document, block)


def unknown_in(line: str, known: dict[tuple[str, ...], Command]) -> list[str]:
    """Return the words of a call that `saring` does not know: a command, or options that it does not have."""
    words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=.*", word)]
    depth = max(size for size in range(1, 4) if tuple(words[:size]) in known)
    command = known[tuple(words[:depth])]
    if depth == 1 and len(words) > 1 and not words[1].startswith("-"):
        return [words[1]]
    names = {name for option in command.options for name in option.names} | {"--help"}
    return [word for word in words[depth:] if word.startswith("--") and word.partition("=")[0] not in names]


@pytest.mark.parametrize("document", sorted(ALL))
def test_every_documented_command_and_option_exists(document: str) -> None:
    known = {command.words: command for command in commands()}
    for block in ALL[document]:
        for line in commands_in(block):
            assert not unknown_in(line, known), f"{document}:{block.line}: {line}"


def test_a_command_or_option_that_is_gone_is_noticed() -> None:
    known = {command.words: command for command in commands()}
    assert unknown_in("saring run x --n 3 --shape round", known) == ["--shape"]
    assert unknown_in("saring divine x", known) == ["divine"]
    assert unknown_in("A=1 saring rules lint x.toml --mutants  # why --not", known) == []


def test_an_answer_that_changed_is_noticed() -> None:
    assert missing_lines(["  missed   3 of 9", "took ..."], "missed 3 of 9\ntook 4 s") == []
    assert missing_lines(["missed 3 of 9"], "missed 4 of 9") == ["missed 3 of 9"]


def test_an_example_that_does_not_run_fails(tmp_path: Path) -> None:
    (block,) = blocks_of("```console\n$ saring divine\n```")
    with pytest.raises(AssertionError, match="saring divine"):
        perform(tmp_path, "page", block)


def test_whatever_is_not_run_is_counted_and_says_why() -> None:
    found: Counter[str] = Counter()
    for document, blocks in ALL.items():
        for block in blocks:
            assert len(block.marks.get("not run", "because of this").split()) >= 3, f"{document}:{block.line}"
            found[document] += bool(commands_in(block)) and not block.is_run
    assert {name: count for name, count in found.items() if count} == NOT_RUN
