"""The gallery shows every released scenario in both languages, and finds those for a place and an aim."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.web.gallery.described import all_described, all_taught, chosen
from synthetic.scenarios import scenario_names

PAGES = ["gallery", "scenario", "new_sitting"]


@pytest.fixture
def signed_in(client: Client, trainer: User) -> Client:
    client.force_login(trainer)
    return client


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_released_scenario_stands_in_the_gallery(signed_in: Client, language: str) -> None:
    signed_in.cookies["language"] = language
    page = signed_in.get(reverse("gallery")).content.decode()
    assert f'<html lang="{language}">' in page
    for scenario in all_described().values():
        head = scenario.head
        texts = [
            head.title,
            head.narrative,
            *head.learning_aims,
            *([head.difficulty] if head.difficulty else []),
        ]
        for text in texts:
            assert escaped(text.id if language == "id" else text.en) in page
    assert page.count('class="card scenario"') == len(scenario_names())


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", scenario_names())
def test_each_scenario_has_a_page_of_who_travels_and_a_form(
    signed_in: Client, name: str, language: str
) -> None:
    signed_in.cookies["language"] = language
    page = signed_in.get(reverse("scenario", args=[name])).content.decode()
    for heads in all_described()[name].kinds.values():
        for head in heads:
            assert escaped(head.title.id if language == "id" else head.title.en) in page
    assert reverse("new_sitting", args=[name]) in page
    assert signed_in.get(reverse("new_sitting", args=[name])).status_code == 200


def test_a_filter_keeps_the_scenarios_of_a_place_that_teach_something(signed_in: Client) -> None:
    found = chosen("checkpoint", "")
    assert {scenario.id for scenario in found} == {"airport_day", "third_country_cambodia"}
    page = signed_in.get(reverse("gallery"), {"place": "checkpoint"}).content.decode()
    assert page.count('class="card scenario"') == 2
    kidney = signed_in.get(reverse("gallery"), {"teaches": "typology.organ_removal"}).content.decode()
    assert reverse("scenario", args=["bekasi_kidney_2023"]) in kidney
    assert reverse("scenario", args=["phnom_penh_2022"]) not in kidney
    assert "No scenario has both." in signed_in.get(reverse("gallery"), {"place": "nowhere"}).content.decode()


def test_every_way_of_being_trafficked_can_be_chosen_and_is_taught_somewhere() -> None:
    for name in all_taught():
        assert chosen("", name), name


def test_no_page_of_the_gallery_links_to_another_host(signed_in: Client) -> None:
    for page in (
        signed_in.get(reverse("gallery")),
        signed_in.get(reverse("scenario", args=["phnom_penh_2022"])),
    ):
        assert re.findall(r'(?:href|src|action)="(?:https?:)?//', page.content.decode()) == []


def test_a_scenario_that_does_not_exist_has_no_page(signed_in: Client) -> None:
    assert signed_in.get(reverse("scenario", args=["atlantis"])).status_code == 404
    assert signed_in.get(reverse("new_sitting", args=["atlantis"])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_the_gallery_is_for_trainers(client: Client, researcher: User, name: str) -> None:
    address = reverse(name, args=[] if name == "gallery" else ["phnom_penh_2022"])
    found = client.get(address)
    assert (found.status_code, found.headers["Location"]) == (302, f"{reverse('sign_in')}?next={address}")
    client.force_login(researcher)
    assert client.get(address).status_code == 403


def escaped(text: str) -> str:
    from django.utils.html import escape

    return str(escape(text))
