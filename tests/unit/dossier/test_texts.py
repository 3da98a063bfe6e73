"""Texts: both languages or none."""

import pytest
from pydantic import ValidationError

from dossier.texts import Text


def test_a_text_speaks_the_language_asked_for() -> None:
    text = Text(en="Sex", id="Jenis kelamin")
    assert (text.in_language("en"), text.in_language("id")) == ("Sex", "Jenis kelamin")


@pytest.mark.parametrize("half", [{"en": "Sex"}, {"id": "Jenis kelamin"}])
def test_half_a_text_is_refused(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(half)


def test_a_third_language_is_refused() -> None:
    with pytest.raises(ValidationError):
        Text.model_validate({"en": "Sex", "id": "Jenis kelamin", "fr": "Sexe"})
