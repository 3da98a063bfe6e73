"""The report's sentences and numbers, in both languages."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from dossier.codes import code_names
from dossier.fields import fields
from dossier.stages import STAGE_LABELS
from screening.evaluation import texts
from screening.evaluation.pages.html_examples import shown
from screening.evaluation.texts import Said, code_text, number, one_in, percent, percents, text

FOLDER = Path(texts.__file__).parent
SENTENCES: dict[str, dict[str, dict[str, str]]] = {
    part: sentences
    for path in FOLDER.glob("*.toml")
    for part, sentences in tomllib.loads(path.read_text("utf-8")).items()
}
KEYS = [f"{part}.{name}" for part, names in SENTENCES.items() for name in names]


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_say_the_same_with_the_same_places(key: str) -> None:
    part, name = key.split(".")
    both = SENTENCES[part][name]
    assert set(both) == {"en", "id"}
    assert both["en"].strip()
    assert both["id"].strip()
    assert _places(both["en"]) == _places(both["id"])


def _places(sentence: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(sentence) if place}


def test_every_theme_unit_and_stage_has_a_name() -> None:
    units = {field.unit.replace(" ", "_") for field in fields().values() if field.is_number}
    assert {field.theme for field in fields().values()} <= set(SENTENCES["theme"])
    assert units - {"day_of_the_year"} <= set(SENTENCES["unit"])
    assert set(STAGE_LABELS) == set(SENTENCES["stage"])


def test_every_sentence_is_used() -> None:
    """A sentence is used if a template or a module names it, or the part of it that is fixed."""
    sources = "\n".join(
        path.read_text("utf-8")
        for path in (*FOLDER.parent.rglob("*.py"), *(FOLDER.parent / "pages" / "templates").rglob("*.html"))
    )
    begun = set(re.findall(r"[\"']([a-z_]+\.[a-z_0-9]*)[\"'] ~", sources))
    begun |= set(re.findall(r"f\"([a-z_]+\.[a-z_]*)\{", sources))
    begun |= {"tier.", "stage."}  # group_name joins these from the kind of a group
    unused = [
        key
        for key in KEYS
        if f'"{key}"' not in sources and not any(key.startswith(beginning) for beginning in begun)
    ]
    assert not unused, unused


def test_an_unfilled_place_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("word.of", count=1)


@pytest.mark.parametrize(
    ("share", "english", "indonesian"),
    [
        (0.3065, "30.6\u00a0%", "30,6%"),
        (0.05, "5.0\u00a0%", "5,0%"),
        (0.0034, "0.34\u00a0%", "0,34%"),
        (0.00025, "0.025\u00a0%", "0,025%"),
        (0.000004, "<0.001\u00a0%", "<0,001%"),
        (0.0, "0\u00a0%", "0%"),
        (0.9999, "99.99\u00a0%", "99,99%"),
        (1.0, "100\u00a0%", "100%"),
    ],
)
def test_shares_are_written_in_each_languages_manner(share: float, english: str, indonesian: str) -> None:
    assert percent(share) == Said(english, indonesian)


def test_numbers_have_true_minus_signs_and_grouped_thousands() -> None:
    assert number(-1234567.891, 2) == Said("−1,234,567.89", "−1.234.567,89")
    assert number(4.2, 2, signed=True).id == "+4,20"
    assert percents(0.0, 0.975) == Said("0–97.5\u00a0%", "0–97,5%")
    assert one_in(0.00001).id == "1 dari 100.000"


def test_a_text_of_a_run_is_escaped_in_both_languages() -> None:
    assert "<b>" not in str(Said("<b>one</b>", "<b>satu</b>").__html__())


@pytest.mark.parametrize(
    ("field", "value", "indonesian"),
    [
        ("income_idr", "6,600,000", "6.600.000 rupiah per bulan"),
        ("application_day", "138", "18 Mei 2022"),
        ("stated_country", "cambodia", "Kamboja"),
        ("debt", "missing", "tidak dinilai"),
        ("agency_licence", "not applicable", "tidak berlaku"),
        ("no_such_field", "some_code", "some code"),
    ],
)
def test_values_are_shown_in_words(field: str, value: str, indonesian: str) -> None:
    assert shown(field, value, 2022).id == indonesian


def test_a_code_without_a_name_keeps_its_letters() -> None:
    assert code_text("stated_country", "new_country") == Said("new country", "new country")


def _sentences(value: Any) -> Iterator[str]:
    yield from (sentence for names in value.values() for both in names.values() for sentence in both.values())


def test_no_sentence_is_markup() -> None:
    names = {
        field: {code: name.model_dump() for code, name in codes.items()}
        for field, codes in code_names().items()
    }
    assert [s for s in (*_sentences(SENTENCES), *_sentences(names)) if re.search(r"[<>]|&\w+;", s)] == []
