"""Signing in and out: who gets where, whither one is sent on, and how guessing is slowed down."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.web.classroom.guessing import MINUTES
from console.web.classroom.models import FailedAttempt
from console.web.people import guessing
from tests.web.conftest import PASSWORD, user_of

DOOR, SIGN_IN, SIGN_OUT, HOME, WORKBENCH, OWN_PASSWORD = (
    "/",
    "/sign-in/",
    "/sign-out/",
    "/home/",
    "/workbench/",
    "/password/",
)
ELSEWHERE = {"REMOTE_ADDR": "10.0.0.9"}


def sign_in(client: Client, name: str, password: str, following: str = "", **extra: str) -> str:
    """Send the form; return where the answer leads, or an empty string where it shows the form again."""
    sent = {"username": name, "password": password, "next": following}
    response = client.post(SIGN_IN, sent, headers=None, **extra)  # type: ignore[arg-type]
    return str(response.headers.get("Location", ""))


def test_a_trainer_signs_in_and_finds_the_own_sittings(client: Client, trainer: User) -> None:
    assert sign_in(client, "trainer", PASSWORD) == HOME
    assert "My sittings" in client.get(HOME).text


def test_whoever_asks_for_a_page_is_sent_there_after_signing_in(client: Client, trainer: User) -> None:
    asked = client.get(OWN_PASSWORD)
    assert asked.headers["Location"] == f"{SIGN_IN}?next={OWN_PASSWORD}"
    assert f'name="next" value="{OWN_PASSWORD}"' in client.get(asked.headers["Location"]).text
    assert sign_in(client, "trainer", PASSWORD, OWN_PASSWORD) == OWN_PASSWORD


@pytest.mark.parametrize(
    "following", ["https://elsewhere.invalid/", "//elsewhere.invalid/", "javascript:alert(1)", "http:///x"]
)
def test_nobody_is_sent_to_another_host_after_signing_in(
    client: Client, trainer: User, following: str
) -> None:
    assert sign_in(client, "trainer", PASSWORD, following) == HOME


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Please enter a correct username and password."),
        ("id", "Masukkan nama pengguna dan kata sandi yang benar."),
    ],
)
def test_a_wrong_password_is_told_without_saying_what_was_wrong(
    client: Client, trainer: User, language: str, sentence: str
) -> None:
    client.cookies["language"] = language
    for name in ("trainer", "nobody"):
        response = client.post(SIGN_IN, {"username": name, "password": "wrong"})
        assert response.status_code == 200
        assert sentence in response.text
        assert 'role="alert"' in response.text


def test_a_researcher_is_shown_the_workbench_and_not_the_sittings(client: Client, researcher: User) -> None:
    client.force_login(researcher)
    assert client.get(HOME).headers["Location"] == WORKBENCH
    page = client.get(DOOR).text
    assert f'href="{WORKBENCH}"' in page
    assert 'href="/scenarios/"' not in page


def test_an_account_without_any_group_is_shown_nothing(client: Client, db: None) -> None:
    client.force_login(user_of("somebody"))
    assert client.get(HOME).status_code == 403


def test_signing_out_takes_a_form_and_ends_all_access(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    assert client.get(SIGN_OUT).status_code == 405
    assert client.get(HOME).status_code == 200
    assert client.post(SIGN_OUT).headers["Location"] == DOOR
    assert client.get(HOME).headers["Location"].startswith(SIGN_IN)


def test_who_is_signed_in_already_is_not_asked_again(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    assert client.get(SIGN_IN).headers["Location"] == HOME


def test_after_many_failures_not_even_the_right_password_is_looked_at(client: Client, trainer: User) -> None:
    for _ in range(guessing.OF_A_NAME_AT_AN_ADDRESS):
        sign_in(client, "trainer", "wrong")
    page = client.post(SIGN_IN, {"username": "Trainer ", "password": PASSWORD})
    assert "too many attempts" in page.text
    assert sign_in(client, "trainer", PASSWORD) == ""


def test_the_trainer_signs_in_at_another_computer_while_somebody_guesses(
    client: Client, trainer: User
) -> None:
    for _ in range(guessing.OF_A_NAME_AT_AN_ADDRESS):
        sign_in(client, "trainer", "wrong")
    assert sign_in(Client(), "trainer", PASSWORD, **ELSEWHERE) == HOME


def test_guessing_many_names_from_one_address_ends(client: Client, trainer: User) -> None:
    for number in range(guessing.OF_AN_ADDRESS):
        sign_in(client, f"name-{number}", "wrong")
    assert sign_in(client, "trainer", PASSWORD) == ""
    assert sign_in(Client(), "trainer", PASSWORD, **ELSEWHERE) == HOME


def test_guessing_one_name_from_many_addresses_ends(client: Client, trainer: User) -> None:
    for number in range(guessing.OF_A_NAME):
        guessing.count_failure("trainer", f"10.0.1.{number}")
    assert sign_in(client, "trainer", PASSWORD) == ""


def test_after_some_minutes_one_may_try_again(client: Client, trainer: User) -> None:
    for _ in range(guessing.OF_A_NAME_AT_AN_ADDRESS):
        sign_in(client, "trainer", "wrong")
    FailedAttempt.objects.update(at=timezone.now() - timedelta(minutes=MINUTES, seconds=1))
    assert sign_in(client, "trainer", PASSWORD) == HOME


def test_one_who_mistyped_and_then_signs_in_begins_anew(client: Client, trainer: User) -> None:
    for _ in range(3):
        for _ in range(guessing.OF_A_NAME_AT_AN_ADDRESS - 1):
            sign_in(client, "trainer", "wrong")
        assert sign_in(client, "trainer", PASSWORD) == HOME
        client.post(SIGN_OUT)


def test_a_class_that_mistypes_its_code_shuts_no_trainer_out(client: Client, trainer: User) -> None:
    FailedAttempt.objects.bulk_create(FailedAttempt(kind="code", subject="127.0.0.1") for _ in range(500))
    assert sign_in(client, "trainer", PASSWORD) == HOME


def test_what_was_typed_as_a_name_is_not_kept(client: Client, trainer: User) -> None:
    sign_in(client, "my secret password", "wrong")
    kept = " ".join(FailedAttempt.objects.values_list("subject", flat=True))
    assert kept
    assert "secret" not in kept
    assert "127.0.0.1" not in kept


def test_a_new_password_holds_here_and_signs_other_browsers_out(client: Client, trainer: User) -> None:
    other = Client()
    client.force_login(trainer)
    other.force_login(trainer)
    chosen = "another long password"
    sent = {"old_password": PASSWORD, "new_password1": chosen, "new_password2": chosen}
    assert client.post(OWN_PASSWORD, sent).headers["Location"] == HOME
    assert "new password holds" in client.get(HOME).text
    assert other.get(HOME).headers["Location"].startswith(SIGN_IN)
    assert sign_in(Client(), "trainer", chosen) == HOME


def test_a_password_that_many_people_use_is_refused(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    sent = {"old_password": PASSWORD, "new_password1": "password1", "new_password2": "password1"}
    page = client.post(OWN_PASSWORD, sent)
    assert page.status_code == 200
    assert "was not changed" in page.text
    assert sign_in(Client(), "trainer", PASSWORD) == HOME


@pytest.mark.parametrize(
    ("new", "again", "refused"),
    [
        ("short", "short", "Kata sandi ini terlalu pendek: perlu paling sedikit 8"),
        ("password1", "password1", "Kata sandi ini dipakai banyak orang."),
        ("a long new password", "a long old password", "Kedua kata sandi baru tidak sama."),
    ],
)
def test_indonesian_calls_a_password_by_one_name(
    client: Client, trainer: User, new: str, again: str, refused: str
) -> None:
    client.force_login(trainer)
    client.cookies["language"] = "id"
    page = client.post(OWN_PASSWORD, {"old_password": "x", "new_password1": new, "new_password2": again}).text
    assert refused in page
    assert "Kata sandi lama tidak benar." in page
    assert "Paling sedikit 8 huruf" in page
    assert re.findall(r"(?<![Kk]ata )\b[Ss]andi\b", page) == []
