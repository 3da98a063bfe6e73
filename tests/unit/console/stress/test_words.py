"""What stress tests say: both languages, the same places, every sentence used, every choice checked."""

import re
from pathlib import Path
from string import Formatter

import pytest
from pydantic import ValidationError

from console import stress
from console.stress.settings import Settings, settings
from console.stress.wording import change_text, rate_text, say, words
from screening.evaluation.rates import PairedDifference, Rate

KEYS = [f"{part}.{name}" for part, texts in words().items() for name in texts]
SOURCES = "\n".join(path.read_text("utf-8") for path in Path(stress.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_have_the_same_places(key: str) -> None:
    part, name = key.split(".")
    sentence = words()[part][name]
    places = [
        {place for _, place, _, _ in Formatter().parse(text) if place} for text in (sentence.en, sentence.id)
    ]
    assert places[0] == places[1]
    assert sentence.en.strip()
    assert sentence.id.strip()


def test_every_sentence_is_used() -> None:
    begun = set(re.findall(r"f\"([a-z_]+\.[a-z_]*)\{", SOURCES))
    unused = [
        key for key in KEYS if f'"{key}"' not in SOURCES and not any(key.startswith(one) for one in begun)
    ]
    assert unused == []


def test_a_rate_of_nobody_cannot_be_said() -> None:
    assert rate_text(Rate(0, 0)) == rate_text(None) == say("word.nobody")
    assert change_text(PairedDifference(0, 0, 0)) == say("word.nobody")


def test_a_rate_is_said_with_its_n_and_its_interval_in_each_languages_manner() -> None:
    said = rate_text(Rate(1234, 4936))
    assert said.en.startswith("25.0\u00a0% (1,234 of 4,936; 95\u00a0% interval ")
    assert said.id.startswith("25,0% (1.234 dari 4.936; selang 95% ")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("remix", {"stated": 7.0}),
        ("missing", {"shares": (0.3, 0.1)}),
        ("missing", {"shares": (0.5, 1.5)}),
        ("coached", {"stated": 0}),
        ("backlog", {"capacities": (0.5, 0.25)}),
        ("offices", {"spread": 0.0}),
    ],
)
def test_choices_that_cannot_be_are_refused(part: str, change: dict[str, object]) -> None:
    content = settings().model_dump()
    with pytest.raises(ValidationError):
        Settings.model_validate({**content, part: {**content[part], **change}})
