"""What every answer carries, whoever asks: only our own files, no guessing of types, nothing kept."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLResolver, get_resolver

ROLES = ("anonymous", "researcher", "trainer")


def plain_addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Yield every address of the console that has no place to fill."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from plain_addresses(pattern, address)
        elif "<" not in address:
            yield address


@pytest.fixture
def clients(trainer: User, researcher: User) -> dict[str, Client]:
    found = {role: Client() for role in ROLES}
    found["trainer"].force_login(trainer)
    found["researcher"].force_login(researcher)
    return found


@pytest.mark.parametrize("address", [*plain_addresses(), "/nothing/"])
def test_every_answer_is_guarded(clients: dict[str, Client], address: str) -> None:
    for role, client in clients.items():
        response = client.get(address)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, role
        assert "unsafe" not in policy
        assert "http" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "same-origin"
        if response.status_code == 200:
            assert "no-store" in response.headers["Cache-Control"], (role, address)


@pytest.mark.parametrize("address", [*plain_addresses(), "/nothing/"])
def test_no_page_holds_script_or_style_of_its_own(clients: dict[str, Client], address: str) -> None:
    for client in clients.values():
        page = client.get(address).text
        for part in ("<style", "style=", "onclick=", "onsubmit=", "hx-on", "javascript:", "//cdn"):
            assert part not in page, part
        assert page.count("<script") == page.count("<script src=") + page.count('type="application/json"')


def test_what_trainers_see_does_not_stay_in_a_browser_after_signing_out(clients: dict[str, Client]) -> None:
    for address in ("/home/", "/password/"):
        assert "no-store" in clients["trainer"].get(address).headers["Cache-Control"]
