"""The reference lacks nothing: every field, rule, figure, option and promise of the lists has its place.

This looks at the Markdown that is generated; `test_site` looks at what Sphinx made of it.
"""

import re
from collections.abc import Mapping

import pytest

from docs._generator.command_pages import command_pages
from docs._generator.python_pages import public_names
from tests.docs.listed import LABEL, LISTS, OPTION, listed


@pytest.fixture(scope="module")
def found(pages: Mapping[str, str]) -> set[str]:
    """All that has a place of its own."""
    return placed(pages)


def placed(pages: Mapping[str, str]) -> set[str]:
    """Return all that the pages give a place of its own, named as in `listed`."""
    found: set[str] = set()
    for name, text in pages.items():
        found |= {f"{LABEL} {label}" for label in re.findall(r"^\(([^()]+)\)=$", text, re.MULTILINE)}
        if name.startswith("reference/commands/"):
            found |= _options(name, text)
        found |= _python(text)
    return found


def _options(name: str, text: str) -> set[str]:
    program = name.rpartition("/")[2]
    lines = re.findall(r"^```\{option\} (.+)$", text, re.MULTILINE)
    return {f"{OPTION} {program}.{word.split()[0]}" for line in lines for word in line.split(", ")}


def _python(text: str) -> set[str]:
    alone = re.findall(r"^\.\. auto(?:class|function|data):: (\S+)$", text, re.MULTILINE)
    modules = re.findall(r"^\.\. automodule:: (\S+)$", text, re.MULTILINE)
    members = (f"{module}.{name}" for module in modules for name in public_names().get(module, ()))
    return {f"py {path}" for path in (*alone, *members)}


@pytest.mark.parametrize("kind", LISTS)
def test_everything_on_the_programs_lists_is_documented(kind: str, found: set[str]) -> None:
    wanted = listed(kind)
    assert wanted, "an empty list would prove nothing"
    assert not wanted - found


@pytest.mark.parametrize("kind", LISTS)
def test_whatever_is_left_out_is_noticed(kind: str, pages: Mapping[str, str]) -> None:
    one = max(listed(kind))
    name = one.partition(" ")[2].rpartition(".")[2]
    line = re.compile(rf"^.*{re.escape(name)}.*$", re.MULTILINE)
    touched = {page: text for page, text in pages.items() if one in placed({page: text})}
    assert touched
    assert one not in placed({page: line.sub("", text) for page, text in touched.items()})


def test_what_is_documented_is_still_there(found: set[str]) -> None:
    wanted = set().union(*map(listed, LISTS))
    kinds = ("field-", "indicator-", "rule-", "scenario-", "module-", "lever-", "figure-", "command-")
    assert {one for one in found if one.partition(" ")[2].startswith(kinds)} <= wanted


def test_every_page_has_one_title_and_stands_first_with_it(pages: Mapping[str, str]) -> None:
    for name, text in pages.items():
        lines = [line for line in text.splitlines() if line and not line.startswith("(")]
        assert lines[0].startswith("# "), name
        fenced = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        assert len(re.findall(r"^# ", fenced, re.MULTILINE)) == 1, name


def test_every_option_says_what_it_does() -> None:
    for name, text in command_pages().items():
        for option, content in re.findall(
            r"^```\{option\} (.+)\n\n(.*?)```$", text, re.MULTILINE | re.DOTALL
        ):
            is_told = content.strip() and not content.startswith("- **")
            assert is_told, f"{name}: {option}"
