"""Every word of the console's pages stands in `words/`, in both languages, and is used; no page has words of its own."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Module, modules
from tests.architecture.test_texts import BANNED

WEB = Path("console/web")
WORDS = sorted((ROOT / WEB / "words").glob("*.toml"))
TEMPLATES = sorted((ROOT / WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / WEB / "static/saring").glob("*.js"))

KEY = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_0-9]*")
SAID = re.compile(r"""\{%\s*say\s+(["'])(?P<key>[^"']+)\1""")
JOINED = re.compile(r"""(["'])(?P<part>[a-z_]+\.)\1\|add:""")
"""A key that is made of a part and of a name that comes with the data."""
CLASSES = re.compile(r"\{% block (?:body_class|manner) %\}.*?\{% endblock %\}")
"""Blocks that fill an attribute nobody reads."""
TAG_OR_PLACE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
QUOTED = re.compile(r"""(["'`])((?:(?!\1).)*)\1""")
LETTERS = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {"alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "label"}
READ_ALOUD |= {"placeholder", "summary", "title", "data-busy", "data-confirm"}

NO_WORDS = {"kbd", "code", "script", "style"}
NAMES = {"API", "CSV", "JSON", "PIN", "QR", "SVG", "xAPI"}


@dataclass(frozen=True)
class Word:
    """A text of the console: its key and both languages."""

    key: str
    en: str
    id: str


@cache
def words() -> dict[str, Word]:
    return {word.key: word for path in WORDS for word in words_in(path)}


def words_in(path: Path) -> Iterator[Word]:
    for part, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
        yield from (Word(f"{part}.{name}", **text) for name, text in texts.items())


def parts() -> set[str]:
    return {key.partition(".")[0] for key in words()}


def text_of_template(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def console_modules() -> list[Module]:
    return [module for module in modules() if module.path.is_relative_to("console")]


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield the strings of a tree; the parts of an f-string are none."""
    if isinstance(tree, ast.JoinedStr):
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.value
    for node in ast.iter_child_nodes(tree):
        yield from strings(node)


def keys_said_outright() -> Iterator[tuple[str, str]]:
    """Yield every whole key in a `{% say %}` or a `.say()`, with the file."""
    for path in TEMPLATES:
        yield from ((path.name, found["key"]) for found in SAID.finditer(text_of_template(path)))
    for module in console_modules():
        if not module.path.is_relative_to(WEB):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and called(node) in {"say", "say_later", "_say"} and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield module.at(node), str(key.value)


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


@dataclass(frozen=True)
class Joint:
    """A key that is put together where it is said, such as `grid.` and the value of a cell.

    Attributes:
        pieces: What stands there as it is; None for what is filled in.
        parts: What the part may be where that is filled in, too: the strings of the same module.
    """

    pieces: tuple[str | None, ...]
    parts: frozenset[str]

    def makes(self, key: str) -> bool:
        """Tell whether names that exist somewhere, filled in, make a key."""
        if self.pieces[0] is None:
            return key.partition(".")[0] in self.parts and _made(key, self.pieces)
        return _made(key, self.pieces)


def _made(text: str, pieces: tuple[str | None, ...]) -> bool:
    if not pieces:
        return not text
    head, rest = pieces[0], pieces[1:]
    if head is None:
        ends = range(1, len(text) + 1)
        return any(text[:end] in names() and _made(text[end:], rest) for end in ends)
    return text.startswith(head) and _made(text[len(head) :], rest)


@cache
def names() -> frozenset[str]:
    """Return what is called something in the code or in a string of it, in small letters."""
    found: set[str] = set()
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                    found.add(name.lower())
                case ast.Constant(value=str(text)):
                    found.update(re.findall(r"\w+", text))
    return frozenset(found)


def joints() -> set[Joint]:
    """Return how keys are put together in templates and modules."""
    texts = map(text_of_template, TEMPLATES)
    found = {Joint((match["part"], None), frozenset()) for text in texts for match in JOINED.finditer(text)}
    for module in console_modules():
        own = frozenset(strings(module.tree))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.JoinedStr):
                pieces = tuple(
                    str(value.value) if isinstance(value, ast.Constant) else None for value in node.values
                )
                whole = "".join(piece or "x" for piece in pieces)
                if KEY.fullmatch(whole) and "." in "".join(filter(None, pieces)):
                    found.add(Joint(pieces, own))
    return found


def used_keys() -> set[str]:
    """Return the keys that a template or a module can say."""
    whole = {text for module in console_modules() for text in strings(module.tree)}
    for path in TEMPLATES:
        whole |= set(KEY.findall(" ".join(TAG_OR_PLACE.findall(text_of_template(path)))))
    ways = joints()
    return {key for key in words() if key in whole or any(way.makes(key) for way in ways)}


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


class Page(HTMLParser):
    """Collects what somebody reads or hears on a page: text, and attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in READ_ALOUD and value]
        if tag in NO_WORDS:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.texts.append(data)


def own_words(template: str) -> list[str]:
    """Return the words that stand in a template itself."""
    page = Page()
    page.feed(TAG_OR_PLACE.sub("", CLASSES.sub("", template)))
    return [word for text in page.texts for word in LETTERS.findall(text) if word not in NAMES]


def words_of_script(script: str) -> list[str]:
    """Return strings of a script that begin like a sentence; a selector or the name of an event does not."""
    code = COMMENT.sub("", script)
    return [text for _, text in QUOTED.findall(code) if re.match(r"[A-Z][a-z]+ [a-z]", text)]


def test_every_key_that_is_said_exists() -> None:
    said = list(keys_said_outright())
    assert len(said) > 400
    assert [(where, key) for where, key in said if key not in words()] == []


def test_every_string_that_reads_like_a_key_exists() -> None:
    like_keys = {
        (str(module.path), text)
        for module in console_modules()
        if module.path.is_relative_to(WEB)
        for text in strings(module.tree)
        if KEY.fullmatch(text) and text.partition(".")[0] in parts()
    }
    assert sorted(pair for pair in like_keys if pair[1] not in words()) == []


def test_every_word_is_used() -> None:
    assert sorted(words().keys() - used_keys()) == []


def test_no_part_stands_in_two_files() -> None:
    found = [part for path in WORDS for part in tomllib.loads(path.read_text(encoding="utf-8"))]
    assert len(found) == len(set(found))


def test_both_languages_say_something_with_the_same_places() -> None:
    other = [word.key for word in words().values() if places(word.en) != places(word.id)]
    assert other == []
    assert [word.key for word in words().values() if not (word.en.strip() and word.id.strip())] == []


def test_no_text_begins_or_ends_with_a_space() -> None:
    texts = [(word.key, text) for word in words().values() for text in (word.en, word.id)]
    assert [key for key, text in texts if text != text.strip() or "  " in text] == []


def test_no_template_has_words_of_its_own() -> None:
    found = {path.name: own for path in TEMPLATES if (own := own_words(text_of_template(path)))}
    assert found == {}


def test_no_script_puts_words_on_a_page() -> None:
    """A script takes its words from the page; two words in a row in quotes would be its own."""
    found = {path.name: own for path in SCRIPTS if (own := words_of_script(path.read_text(encoding="utf-8")))}
    assert found == {}


@pytest.mark.parametrize("script", ['label.textContent = "Please wait";', "const TITLE = `Good morning`;"])
def test_words_of_a_script_are_found(script: str) -> None:
    assert words_of_script(script)


def test_nothing_that_is_said_is_a_sentence_in_python() -> None:
    """What goes to a page from Python is a key; a message or an error of a form is said by its key."""
    told = {"info", "success", "warning", "error", "ValidationError", "HttpResponse", "add_error"}
    found = [
        module.at(node)
        for module in console_modules()
        if module.path.is_relative_to(WEB)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in told
        for argument in node.args
        if isinstance(argument, ast.Constant | ast.JoinedStr)
        for text in strings(argument)
        if len(LETTERS.findall(text)) > 1 and not KEY.fullmatch(text)
    ]
    assert found == []


def test_nobody_is_called_what_nobody_is() -> None:
    found = [word.key for word in words().values() if BANNED.search(word.en) or BANNED.search(word.id)]
    assert found == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Good morning</p>",
        '<button aria-label="Close">×</button>',
        '<input placeholder="a name">',
        "{% block title %}Home{% endblock %}",
        '<img alt="a person" src="x.svg">',
    ],
)
def test_words_of_a_template_are_found(template: str) -> None:
    assert own_words(template)


@pytest.mark.parametrize(
    "template",
    [
        '<p class="big number">{% say "home.title" %}</p>',
        "<p>{{ name }} · {{ n }}</p>",
        "<button aria-label=\"{% say 'home.close' %}\">×</button>",
        "{# A remark about nothing. #}<kbd>Tab</kbd>",
    ],
)
def test_what_is_said_is_not_taken_for_a_template_s_own_words(template: str) -> None:
    assert own_words(template) == []
