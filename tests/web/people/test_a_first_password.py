"""Who sets the console up types a password; what is easily guessed is asked for again, and nothing ends."""

import pytest

from console.commands import serve
from dossier.texts import Language


@pytest.mark.parametrize(("language", "says"), [("en", "at least 8"), ("id", "paling sedikit 8")])
def test_a_password_that_is_too_short_is_asked_for_again(
    language: Language, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["short", "password123", "kapal pagi 27"])
    monkeypatch.setattr(serve, "_asked", lambda *_, **__: next(typed))
    assert serve._password_for("trainer", language) == "kapal pagi 27"
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert says in told[0]
