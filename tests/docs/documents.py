"""What the documents show: their fenced blocks, what was typed in them, and what may not be run and why.

A mark stands as a comment right before a block: `<!-- not run: REASON -->`, `<!-- exit 1: REASON -->` where
another exit code than 0 is meant, and `<!-- file: NAME -->` or `<!-- file: NAME (append) -->` where the block
is the content of a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
MARK = re.compile(r"^<!-- (?P<name>not run|exit \d+|file): (?P<text>.+) -->$")
PROMPT = "$ "
TYPED = ("", "console", "sh", "bash", "text")
"""Languages of blocks in which a command may stand."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a document.

    Attributes:
        line: The line on which it begins, from 1.
        language: The word behind the fence.
        text: What stands in it.
        marks: What the comment before it says, by the mark's name.
    """

    line: int
    language: str
    text: str
    marks: dict[str, str]

    @property
    def exit_code(self) -> int:
        """The exit code that its last command is meant to have."""
        return next((int(name.split()[1]) for name in self.marks if name.startswith("exit")), 0)

    @property
    def is_run(self) -> bool:
        """Whether it is an example that a test runs."""
        return "not run" not in self.marks and self.language == "console"

    def steps(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each command with the lines that are shown as its answer."""
        command, answer = "", list[str]()
        for line in self.text.splitlines():
            if line.startswith(PROMPT):
                if command:
                    yield command, answer
                command, answer = line.removeprefix(PROMPT), []
            elif command.endswith("\\"):
                command = f"{command[:-1]} {line.strip()}"
            else:
                answer.append(line)
        if command:
            yield command, answer


def documents() -> list[Path]:
    """Return everything that people wrote to be read: the pages of `docs/` and the README in both languages."""
    readmes = [path for path in (ROOT / "README.md", ROOT / "README.id.md") if path.is_file()]
    return [*readmes, *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(path: Path) -> str:
    """Return a document's name from the repository's root."""
    return path.relative_to(ROOT).as_posix()


def blocks_of(text: str) -> list[Block]:
    """Return the fenced blocks of a document, those in lists too."""
    found: list[Block] = []
    marks: dict[str, str] = {}
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block":
            marks = marks_of(token.content)
        elif token.type == "fence":
            assert token.map is not None
            found.append(Block(token.map[0] + 1, token.info.strip(), token.content, marks))
        if token.type != "html_block":
            marks = {}
    return found


def marks_of(comment: str) -> dict[str, str]:
    """Return the marks in a comment, by name."""
    lines = (MARK.match(line.strip()) for line in comment.splitlines())
    return {line["name"]: line["text"] for line in lines if line}


def commands_in(block: Block) -> list[str]:
    """Return the calls of `saring` in a block, with a prompt or without."""
    if block.language not in TYPED:
        return []
    if block.language == "console":
        lines = [command for command, _ in block.steps()]
    else:
        lines = block.text.splitlines()
    bare = (line.strip().removeprefix(PROMPT) for line in lines)
    return [line for line in bare if re.match(r"(\w+=\S+ )*saring ", line)]
