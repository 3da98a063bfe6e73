"""The words of the pages: both languages, filled places, and nobody who speaks a third."""

import pytest

from console.words import Speaker, speaker_of, words
from dossier.problems import BadInput
from dossier.texts import Text
from dossier.truth import TruthClass
from synthetic.entities import LINKS
from synthetic.mechanisms import MECHANISMS
from synthetic.world import STORY_LABELS


def test_a_word_is_said_in_the_language_that_was_asked_for() -> None:
    assert Speaker("en").say("mechanism.lost") == "not recorded"
    assert Speaker("id").say("mechanism.lost") == "tidak tercatat"


def test_numbers_are_said_in_the_manner_of_the_language() -> None:
    assert Speaker("en").say("among.victim", n=12345) == "victims 12,345"
    assert Speaker("id").say("among.victim", n=12345) == "korban 12.345"


def test_a_text_in_both_languages_fills_a_place() -> None:
    assert Speaker("id").of(Text(en="one", id="satu")) == "satu"


def test_an_unfilled_place_is_an_error() -> None:
    with pytest.raises(KeyError):
        Speaker("en").say("among.victim")


@pytest.mark.parametrize("language", ["fr", "", "EN"])
def test_nobody_speaks_another_language(language: str) -> None:
    with pytest.raises(BadInput, match="Choose en or id"):
        speaker_of(language)


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("class", [truth_class.label for truth_class in TruthClass]),
        ("among", [truth_class.label for truth_class in TruthClass]),
        ("mechanism", MECHANISMS),
        ("kind", LINKS.values()),
        ("story", STORY_LABELS),
        ("means", ["low", "middle", "high"]),
        ("preparation", ["well", "ordinary", "poor"]),
    ],
)
def test_everything_that_a_story_may_tell_has_a_word(part: str, names: list[str]) -> None:
    assert set(words()[part]) == set(names)
