"""Trainers print guides and packs in both languages; a pack without key holds nothing of any answer."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.web.access import TRAINERS
from console.web.classroom.models import Dossier, Sitting
from console.web.sealed.models import DossierKey, SealedDraw
from console.web.sittings.making import BlockPlan, SittingPlan, created
from synthetic.scenarios import scenario_names
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

OF_SITTINGS = (
    "pack",
    "pack_with_key",
    "exports",
    "export_csv",
    "export_dossiers",
    "export_json",
    "export_xapi",
    "export_moodle",
)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.slow), "id"])
@pytest.mark.parametrize("scenario", scenario_names())
def test_every_scenario_has_a_guide_in_both_languages(
    client: Client, trainer: User, scenario: str, language: str
) -> None:
    client.force_login(trainer)
    answer = client.get(reverse("guide", args=[scenario]), {"language": language})
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    assert f'<html lang="{language}">' in page
    assert {"en": "Facilitator guide", "id": "Panduan pelatih"}[language] in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_guide_holds_no_answer_of_any_sitting(client: Client, trainer: User, sitting: Sitting) -> None:
    client.force_login(trainer)
    page = client.get(reverse("guide", args=[sitting.scenario])).content.decode()
    assert [secret for secret in secrets_of(sitting) if secret in page] == []
    assert "SECRET" not in page


def test_a_guide_that_does_not_exist_is_not_found(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    assert client.get(reverse("guide", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_pack_without_key_holds_nothing_of_any_answer(client: Client, trainer: User, language: str) -> None:
    plan = SittingPlan("phnom_penh_2022", "Class", [BlockPlan(4, 73), BlockPlan(4, 73)])
    sitting = created(plan, trainer, few_cases)
    client.force_login(trainer)
    answer = client.get(reverse("pack", args=[sitting.pk]), {"language": language})
    page = answer.content.decode()
    for secret in (
        *secrets_of(sitting),
        "SECRET",
        "easy_offer",
        ">73<",
        "victim",
        "typology",
        "journey.",
        "Online scam",
        "tier",
    ):
        assert secret not in page, secret
    for letter in Dossier.objects.filter(block__sitting=sitting).values_list("letter", flat=True):
        assert f'id="d-{letter}"' in page
        assert f'id="s-{letter}"' in page


def test_a_pack_holds_all_evidence_and_that_of_later_stages_on_sheets_of_its_own(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    page = client.get(reverse("pack", args=[sitting.pk])).content.decode()
    first, _, later = page.partition('class="sheet later"')
    for said in ("from the registry", "My aunt."):
        assert said not in first
        assert later.count(said) == 8
    assert "At departure" not in page


def test_a_pack_with_key_tells_every_answer_to_its_trainer(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    page = client.get(reverse("pack_with_key", args=[sitting.pk])).content.decode()
    assert page.count("SECRET story") == page.count("SECRET advice") == 8
    assert page.count("needs protection: a victim") == 4
    assert "no return ticket" in page
    assert "The sitting is not over" in page
    assert not any(canary in page for canary in DossierKey.objects.values_list("canary", flat=True))
    assert not any(str(seed) in page for seed in SealedDraw.objects.values_list("seed", flat=True))


@pytest.mark.parametrize("name", OF_SITTINGS)
def test_only_the_trainer_of_a_sitting_has_its_materials(
    client: Client, sitting: Sitting, researcher: User, name: str
) -> None:
    address = reverse(name, args=[sitting.pk])
    assert client.get(address).headers["Location"].startswith(reverse("sign_in"))
    client.force_login(researcher)
    assert client.get(address).status_code == 403
    client.force_login(user_of("somebody", TRAINERS))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", OF_SITTINGS)
def test_materials_are_read_and_never_posted(
    client: Client, trainer: User, sitting: Sitting, name: str
) -> None:
    client.force_login(trainer)
    assert client.post(reverse(name, args=[sitting.pk])).status_code == 405


def test_a_title_is_never_taken_for_markup(client: Client, trainer: User, sitting: Sitting) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(title="<script>alert(1)</script>")
    client.force_login(trainer)
    for name in ("pack", "pack_with_key", "exports"):
        assert b"<script>alert" not in client.get(reverse(name, args=[sitting.pk])).content


def secrets_of(sitting: Sitting) -> list[str]:
    """Return the words that stand in the sealed tables and nowhere else."""
    keys = DossierKey.objects.filter(dossier__block__sitting=sitting)
    return [*keys.values_list("canary", flat=True), str(SealedDraw.objects.get(sitting=sitting).seed)]
