"""What users read keeps to docs/how-we-write.md, and no file tells whose machine it was written on."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import PACKAGES, ROOT, modules, repository_files, text_of

# People are none of these, in English or Indonesian.
BANNED = re.compile(r"\b(hits?|suspects?|positives?|tersangka)\b", re.IGNORECASE)

# Where such a word stands all the same, and why. Paths are from the root; the text must contain the phrase.
ALLOWED: dict[str, dict[str, str]] = {}

# A folder of somebody's machine; an index or a mirror of packages, by option or by address.
MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:home|root|work|opt|Users|mnt)/\w"
    r"|\b[A-Z]:\\\w"
    r"|file:///\w"
    r"|--(?:extra-)?index-url|--find-links"
    r"|https?://[^\s/\"')]*\b(?:pypi|pythonhosted|npmjs|conda|artifactory|nexus|mirrors?)\b"
)

CODE_IN_MARKDOWN = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TAGS = r"<script\b.*?</script>|<style\b.*?</style>|<[^>]*>"
TEMPLATE_TAGS = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
MARKUP = re.compile(f"{TAGS}|{TEMPLATE_TAGS}", re.DOTALL)


def user_texts() -> Iterator[tuple[Path, str]]:
    """Yield every text that a user may read, with its file."""
    for path in repository_files():
        text = text_of(path) if path.suffix in READERS and _is_for_users(path) else None
        if text is not None:
            yield from ((path, part) for part in READERS[path.suffix](text))
    for module in modules():
        if module.path.is_relative_to("dossier/indicators") or module.path.is_relative_to("console"):
            yield from ((module.path, text) for text in _strings(ast.walk(module.tree)))


def _is_for_users(path: Path) -> bool:
    return path.parts[0] in {*PACKAGES, "docs", "notebooks", "README.md", "README.id.md", "CHANGELOG.md"}


def _strings(nodes: Iterator[ast.AST]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _leaves(value: Any) -> Iterator[str]:
    """Yield the strings in parsed TOML."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)


def _toml_texts(text: str) -> Iterator[str]:
    return _leaves(tomllib.loads(text))


def _markdown_texts(text: str) -> Iterator[str]:
    """Yield the prose without code, where a library may call a thing what we never call a person."""
    yield CODE_IN_MARKDOWN.sub("", text)


def _template_texts(text: str) -> Iterator[str]:
    yield MARKUP.sub(" ", text)


def _notebook_texts(text: str) -> Iterator[str]:
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "markdown":
            yield from _markdown_texts("".join(cell["source"]))


READERS = {
    ".toml": _toml_texts,
    ".md": _markdown_texts,
    ".html": _template_texts,
    ".po": _markdown_texts,
    ".txt": _markdown_texts,
    ".ipynb": _notebook_texts,
}


def _is_allowed(path: Path, text: str, start: int) -> bool:
    """Tell whether an allowed phrase covers the word at `start`."""
    phrases = ALLOWED.get(path.as_posix(), {})
    return any(
        found.start() <= start < found.end() for phrase in phrases for found in re.finditer(phrase, text)
    )


def test_nobody_is_called_what_nobody_is() -> None:
    named = [
        f"{path}: …{text[max(0, found.start() - 30) : found.end() + 30]!r}…"
        for path, text in user_texts()
        for found in BANNED.finditer(text)
        if not _is_allowed(path, text, found.start())
    ]
    assert named == [], "see docs/how-we-write.md"


def test_every_allowed_phrase_still_stands_in_its_file() -> None:
    stale = [
        f"{path}: {phrase}"
        for path, phrases in ALLOWED.items()
        for phrase in phrases
        if not re.search(phrase, (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert stale == []


def test_no_file_names_a_machine_or_an_index() -> None:
    told = [
        f"{path}: {found.group()}"
        for path in repository_files()
        if (text := text_of(path)) is not None and path != Path(__file__).relative_to(ROOT)
        for found in MACHINE.finditer(text)
    ]
    assert told == []


@pytest.mark.parametrize(
    "text",
    [
        "see /home/ana/saring",
        "cd /work/builder",
        "C:\\Users\\ana",
        "pip --index-url x",
        "https://pypi.example/simple",
    ],
)
def test_the_scan_finds_machines(text: str) -> None:
    assert MACHINE.search(text)


@pytest.mark.parametrize(
    "text", ["/usr/bin/env", "https://example.org/work/permits", "docs/work/x", "and/or"]
)
def test_the_scan_leaves_ordinary_paths_alone(text: str) -> None:
    assert not MACHINE.search(text)


@pytest.mark.parametrize("word", ["Hits", "suspect", "false positive", "tersangka"])
def test_the_banned_words_are_found(word: str) -> None:
    assert BANNED.search(f"Here is a {word}.")


@pytest.mark.parametrize("word", ["white", "positively", "suspected by nobody", "architecture"])
def test_only_whole_words_are_banned(word: str) -> None:
    assert not BANNED.search(f"Here is {word}.")
