"""A sitting whose dossiers cannot be drawn: what is wrong, in the reader's language, and the program's words below."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.web.classroom.models import Sitting
from console.web.gallery import views
from dossier.problems import BadInput
from tests.web.gallery.test_new_sitting import ADDRESS, asked

DETAIL = "100% of <b> are too few"


@pytest.fixture
def refused(client: Client, trainer: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A trainer's browser; every drawing is refused."""

    def none(*_: Any) -> Any:
        raise BadInput.of(DETAIL, where="a.toml", mend="Ask for fewer.")

    monkeypatch.setattr(views, "case_maker", lambda: none)
    client.force_login(trainer)
    return client


@pytest.mark.parametrize(
    ("language", "general", "to_mend"),
    [
        ("en", "The dossiers could not be drawn: this scenario does not give", "To mend it:"),
        ("id", "Berkas tidak dapat disusun: skenario ini tidak memuat", "Cara memperbaiki:"),
    ],
)
def test_a_refused_drawing_is_explained_in_the_language_of_the_page(
    refused: Client, language: str, general: str, to_mend: str
) -> None:
    refused.cookies["language"] = language
    page = refused.post(ADDRESS, asked()).content.decode()
    assert general in page
    before, detail = page.split('<ul lang="en">', 1)
    assert "<details>" in before[before.index(general) :]
    assert "100% of &lt;b&gt; are too few" in detail
    assert to_mend in detail
    assert DETAIL not in page
    assert Sitting.objects.count() == 0


def test_what_was_typed_is_kept(refused: Client) -> None:
    page = refused.post(ADDRESS, asked(title="Kelas pagi")).content.decode()
    assert 'value="Kelas pagi"' in page
