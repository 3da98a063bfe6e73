"""The cards in docs/cards say what the released screener and generator are today."""

import json
import re
import tomllib

import mlcroissant as mlc
import pytest

from console.exporting.words import words
from scripts.freshness import ROOT, digest_of
from scripts.write_cards import COMMAND, FOLDER, KEPT, PAGES, SOURCES

pages = sorted(page for found in PAGES.values() for page in found.values())


def test_the_cards_are_as_fresh_as_what_they_are_made_from() -> None:
    made_from = json.loads((FOLDER / KEPT).read_text(encoding="utf-8"))["sources"]
    assert made_from == digest_of(SOURCES), "run `python -m scripts.write_cards`"


@pytest.mark.parametrize("page", pages)
def test_a_card_is_there_and_is_linked(page: str) -> None:
    assert (FOLDER / page).stat().st_size > 1_000
    assert f"]({page})" in (FOLDER / "index.md").read_text(encoding="utf-8")


def test_the_index_names_the_command_that_made_them() -> None:
    assert " ".join(COMMAND) in (FOLDER / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_model_card_says_what_the_screener_must_not_be_used_for(language: str) -> None:
    text = (FOLDER / PAGES[language]["model-card.md"]).read_text(encoding="utf-8")
    for misuse in words().misuse:
        assert misuse.in_language("id" if language == "id" else "en").split(":")[0] in text


# mlcroissant's own, of the library by which it reads JSON-LD
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_dataset_card_is_read_by_a_reader_that_is_not_ours() -> None:
    found = mlc.Dataset(FOLDER / "croissant.json")
    assert found.metadata.license == ["https://creativecommons.org/licenses/by/4.0/"]


def test_the_pages_of_the_repository_name_only_files_that_are_there() -> None:
    for name in ("SECURITY.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = re.findall(r"`((?:tests|docs|console|synthetic|evidence|scripts)/[^`\s]*)`", text)
        assert len(named) > 5
        assert [one for one in named if not (ROOT / one).exists()] == []


def test_the_citation_names_the_version_and_both_licences() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    for licence in project["license"].split(" AND "):
        assert f"  - {licence}\n" in citation
