"""What a reader sees where something went wrong: in the own language, how to go on, and nothing technical."""

import logging
import logging.config

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client

from console.web.speech import web_words
from tests.web.conftest import user_of

KINDS = ("bad_request", "not_allowed", "out_of_date", "not_found", "server_error")
TECHNICAL = ("Traceback", "Exception", "Django", "console.web", "RuntimeError", "CSRF")


@pytest.fixture
def asking(db: None) -> Client:
    """A browser whose forms are checked as those of strangers, and that sees our errors as readers do."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user_of("somebody"))
    return client


def failing(request: HttpRequest) -> None:
    raise RuntimeError(f"nobody may read this: {request.path}")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_error_has_a_page_in_each_language(
    asking: Client,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    language: str,
) -> None:
    asking.cookies["language"] = language
    settings.ALLOWED_HOSTS = ["testserver"]
    match kind:
        case "bad_request":
            response, status = asking.get("/", headers={"host": "elsewhere.invalid"}), 400
        case "not_allowed":
            response, status = asking.get("/home/"), 403
        case "out_of_date":
            response, status = asking.post("/language/", {"language": "en"}), 403
        case "not_found":
            response, status = asking.get("/nothing/here/"), 404
        case _:
            monkeypatch.setattr("console.web.people.views.seat_of", failing)
            response, status = asking.get("/"), 500
    assert response.status_code == status
    words = web_words()["error"]
    for name in (kind, f"{kind}_mend", "to_the_door"):
        assert words[name].in_language("id" if language == "id" else "en") in response.text
    assert f'<html lang="{language}">' in response.text
    assert not [word for word in TECHNICAL if word in response.text]


def test_the_page_of_our_own_error_needs_neither_database_nor_login_state(
    client: Client, trainer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(trainer)
    client.raise_request_exception = False
    with monkeypatch.context() as without_database:
        without_database.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", failing)
        response = client.get("/home/")
    assert response.status_code == 500
    assert "Decisions that were recorded are kept" in response.text


def test_what_was_asked_for_is_not_repeated_as_markup(client: Client, db: None) -> None:
    page = client.get("/<script>alert(1)</script>").text
    assert "<script>alert" not in page


@pytest.mark.parametrize("refused", ["DisallowedHost", "RequestDataTooBig"])
def test_what_strangers_are_refused_does_not_fill_the_terminal(
    refused: str, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger(f"django.security.{refused}").error("refused")
    assert capsys.readouterr().err == ""
