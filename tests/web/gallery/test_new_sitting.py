"""A new sitting begins with the lesson plan, says what cannot be, and is made once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from console.casebook.lessons import lesson_for
from console.web.classroom.models import Dossier, Sitting
from console.web.classroom.seats import CannotJoin, take_seat
from console.web.gallery import views
from console.web.sittings.rosters import printed
from dossier.problems import BadInput
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases

ADDRESS = "/scenarios/phnom_penh_2022/new-sitting/"
TOKEN = "8d3f4f0e-0f1e-4b4e-9f0a-3b8f6a1c2d3e"


@pytest.fixture
def signed_in(client: Client, trainer: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(views, "case_maker", lambda: few_cases)
    client.force_login(trainer)
    return client


def asked(*blocks: tuple[int, int, str], **changes: Any) -> dict[str, Any]:
    """Return what a browser sends for a sitting with blocks."""
    blocks = blocks or ((4, 50, "each"), (6, 10, "reveal"))
    sent: dict[str, Any] = {
        "token": TOKEN,
        "title": "Class A",
        "language": "id",
        "place": "office",
        "minutes": "45",
        "assistance": "after",
        "counts_documents": "on",
        "roster": "",
        "do": "create",
        "blocks-TOTAL_FORMS": str(len(blocks)),
        "blocks-INITIAL_FORMS": str(len(blocks)),
    }
    for number, (size, victims, feedback) in enumerate(blocks):
        here = {"size": size, "victims_in_100": victims, "feedback": feedback}
        sent |= {f"blocks-{number}-{name}": value for name, value in here.items()}
    return {**sent, **changes}


def test_the_form_begins_with_the_lesson_plan_of_the_scenario(signed_in: Client) -> None:
    found = signed_in.get("/scenarios/airport_day/new-sitting/")
    lesson = lesson_for("airport_day")
    assert found.context["form"]["place"].value() == "checkpoint"
    assert found.context["form"]["minutes"].value() == lesson.minutes
    planned = [(block.size, block.victims_in_100, block.feedback) for block in lesson.blocks]
    names = ("size", "victims_in_100", "feedback")
    assert [tuple(form[name].value() for name in names) for form in found.context["blocks"]] == planned
    assert found.context["estimate"].minutes == lesson.minutes
    assert found.context["estimate"].whole == lesson.whole_minutes


def test_a_sitting_is_made_as_asked_and_its_page_follows(signed_in: Client, trainer: User) -> None:
    answer = signed_in.post(ADDRESS, asked())
    made = Sitting.objects.get()
    assert answer.headers["Location"] == reverse("sitting", args=[made.pk])
    facts = (made.trainer, made.title, made.language, made.place, made.minutes, made.assistance)
    assert facts == (trainer, "Class A", "id", "office", 45, "after")
    assert (made.counts_documents, made.state, len(str(made.code))) == (True, "lobby", 6)
    blocks = list(made.blocks.values_list("size", "victims_in_100", "feedback"))
    assert blocks == [(4, 50, "each"), (6, 10, "reveal")]
    assert Dossier.objects.filter(block__sitting=made).count() == 10


def test_a_form_that_is_sent_twice_makes_one_sitting(signed_in: Client) -> None:
    first, second = signed_in.post(ADDRESS, asked()), signed_in.post(ADDRESS, asked())
    assert first.headers["Location"] == second.headers["Location"]
    assert Sitting.objects.count() == 1


def test_the_same_form_of_two_trainers_makes_two_sittings(signed_in: Client) -> None:
    first = signed_in.post(ADDRESS, asked()).headers["Location"]
    signed_in.force_login(user_of("another", "trainers"))
    assert signed_in.post(ADDRESS, asked()).headers["Location"] != first
    assert Sitting.objects.count() == 2


def test_blocks_are_added_and_taken_away_by_buttons_and_nothing_typed_is_lost(signed_in: Client) -> None:
    more = signed_in.post(ADDRESS, asked((4, 50, "each"), do="add", title="Kelas B"))
    assert sizes(more) == [4, 4]
    assert more.context["form"]["title"].value() == "Kelas B"
    assert str(more.context["form"]["token"].value()) == TOKEN
    three = ((1, 0, "each"), (2, 0, "block"), (3, 0, "reveal"))
    assert sizes(signed_in.post(ADDRESS, asked(*three, do="remove-1"))) == [1, 3]
    assert sizes(signed_in.post(ADDRESS, asked((4, 50, "each"), do="remove-0"))) == [4]
    full = [(2, 0, "each")] * 6
    assert sizes(signed_in.post(ADDRESS, asked(*full, do="add"))) == [2] * 6
    assert Sitting.objects.count() == 0


def sizes(answer: Any) -> list[int]:
    assert answer.status_code == 200
    assert 'class="errorlist' not in answer.content.decode()
    return [int(form["size"].value()) for form in answer.context["blocks"]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": " "}, "This field is required."),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"minutes": "481"}, "less than or equal to 480"),
        ({"place": "moon"}, "Select a valid choice"),
        ({"blocks-0-size": "0"}, "greater than or equal to 1"),
        ({"blocks-0-size": ""}, "This field is required."),
        ({"blocks-0-victims_in_100": "101"}, "less than or equal to 100"),
        ({"blocks-0-feedback": "now"}, "Select a valid choice"),
        ({"blocks-0-size": "40", "blocks-1-size": "41"}, "81 dossiers together. At most 80"),
        ({"blocks-TOTAL_FORMS": "0"}, "Please submit at least 1 form"),
        ({"blocks-TOTAL_FORMS": "x"}, "Please submit at least 1 form"),
        ({"blocks-INITIAL_FORMS": "0", "blocks-0-size": "", "blocks-1-size": ""}, "This field is required."),
        ({"token": "x"}, "Nothing was made yet."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_makes_nothing(
    signed_in: Client, changes: dict[str, str], says: str
) -> None:
    answer = signed_in.post(ADDRESS, asked(**changes))
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert Sitting.objects.count() == 0


def test_messages_of_a_form_are_said_in_the_language_of_the_page(signed_in: Client) -> None:
    signed_in.cookies["language"] = "id"
    page = signed_in.post(ADDRESS, asked(roster="Ayu,12", title="")).content.decode()
    assert "Bidang ini tidak boleh kosong." in page
    assert "Baris 1: “12” bukan PIN." in page
    assert "Tambah blok" in page


def test_a_scenario_that_cannot_give_what_is_asked_says_so(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> Any:
        raise BadInput.of("there are too few victims", mend="Ask for fewer.")

    monkeypatch.setattr(views, "case_maker", lambda: none)
    page = signed_in.post(ADDRESS, asked()).content.decode()
    assert "there are too few victims" in page
    assert Sitting.objects.count() == 0


def test_a_roster_makes_pins_and_lets_nobody_else_in(signed_in: Client) -> None:
    signed_in.post(ADDRESS, asked(roster="Ayu\r\nBudi,4711\r\n"))
    made = Sitting.objects.get()
    on_list = {one.nickname: one.pin for one in printed(made)}
    assert on_list["Budi"] == ""
    assert len(on_list["Ayu"]) == 6
    assert take_seat(made, "Ayu", "id", on_list["Ayu"]).seat.nickname == "Ayu"
    assert take_seat(made, "Budi", "id", "4711").seat.nickname == "Budi"
    with pytest.raises(CannotJoin, match="wrong_pin"):
        take_seat(made, "Citra", "id", on_list["Ayu"])


def test_an_uploaded_roster_joins_the_typed_one_and_stays_in_the_form(signed_in: Client) -> None:
    upload = SimpleUploadedFile("kelas.csv", "\ufeffCitra;1234\nDewi\n".encode())
    again = signed_in.post(ADDRESS, asked(roster="Ayu", do="reckon", roster_file=upload))
    assert again.context["form"]["roster"].value() == "Ayu\nCitra;1234\nDewi\n"
    upload = SimpleUploadedFile("kelas.csv", b"Citra;1234\nDewi\n")
    signed_in.post(ADDRESS, asked(roster="Ayu", roster_file=upload))
    assert [one.nickname for one in printed(Sitting.objects.get())] == ["Ayu", "Citra", "Dewi"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x80\x04\x95pickle", "no plain text in UTF-8"),
        (b"Ayu\0", "no plain text in UTF-8"),
        (b"a" * 40_001, "larger than 40,000 bytes"),
        (b"Ayu\nBudi,12\n", "Line 2: “12” is no PIN."),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_a_sentence(
    signed_in: Client, data: bytes, says: str
) -> None:
    upload = SimpleUploadedFile("kelas.csv", data)
    assert says in signed_in.post(ADDRESS, asked(roster_file=upload)).content.decode()
    assert Sitting.objects.count() == 0


def test_a_plan_is_taken_over_from_an_own_sitting_and_from_nobody_elses(
    signed_in: Client, sitting: Sitting
) -> None:
    like = {"like": str(sitting.pk)}
    found = signed_in.get(ADDRESS, like)
    assert found.context["form"]["title"].value() == "Class A (again)"
    sitting.title = "Class A (again)"
    sitting.save()
    assert signed_in.get(ADDRESS, like).context["form"]["title"].value() == "Class A (again)"
    assert sizes(found) == [4, 4]
    assert sizes(signed_in.get(ADDRESS, {"like": "nonsense"})) != [4, 4]
    signed_in.force_login(user_of("another", "trainers"))
    assert sizes(signed_in.get(ADDRESS, like)) != [4, 4]
