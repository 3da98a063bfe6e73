"""One dossier after the other: evidence that was asked for, decisions that count once, and nothing of the key."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.casebook.checklist import checklist, checklist_names
from console.web.classroom.models import AssistanceShown, Block, Decision, Request, Sitting, Turn
from console.web.classroom.seats import remove_seat
from console.web.classroom.sittings import close_sitting, open_sitting
from console.web.sealed.models import DossierKey
from console.web.sittings.making import BlockPlan
from tests.web.seats.trainee import (
    PROCEED,
    REFER,
    SURE,
    UNSURE,
    asked,
    at_desk,
    decided,
    joined,
    made,
    other_seat,
    page,
    revealed,
    turn_of,
)

TEMPLATES = Path(__file__).parents[3] / "console/web/templates/seats"
MARKUP = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)
HTMX = {"HX-Request": "true"}


def test_the_lobby_says_how_the_sitting_goes_and_leads_on_when_it_opens(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer, BlockPlan(2, 50, "each"), BlockPlan(1, 0), minutes=20)
    joined(client, sitting)
    lobby = page(client.get("/seat/"))
    assert "20 minutes" in lobby
    assert "2 dossiers; you learn what was so after each decision" in lobby
    assert "one dossier; you learn what was so together with the class" in lobby
    assert "All people in the dossiers are synthetic" in lobby
    assert client.get("/seat/waiting?phase=lobby", headers=HTMX).status_code == 204
    open_sitting(sitting)
    polled = client.get("/seat/waiting?phase=lobby", headers=HTMX)
    assert polled.headers["HX-Redirect"] == "/seat/desk"
    assert "Begin with the first dossier" in page(client.get("/seat/"))


def test_a_desk_on_which_somebody_thinks_hears_that_the_sitting_was_closed(
    client: Client, sitting: Sitting
) -> None:
    at_desk(client, sitting)
    asks = re.search(r'hx-get="(/seat/waiting[^"]*)"', page(client.get("/seat/desk")))
    assert asks is not None
    assert client.get(asks[1], headers=HTMX).status_code == 204
    close_sitting(sitting)
    assert client.get(asks[1], headers=HTMX).headers["HX-Redirect"] == "/seat/"


@pytest.mark.parametrize("assistance", ["none", "start", "after"])
def test_where_a_second_decision_is_asked_the_rules_say_so(
    client: Client, trainer: User, assistance: str
) -> None:
    sitting = made(trainer, assistance=assistance)
    joined(client, sitting)
    has_second = assistance == "after"
    assert ("you are asked for a second; the first stays" in page(client.get("/seat/"))) == has_second
    open_sitting(sitting)
    assert ("then asked for a second one" in page(client.get("/seat/desk"))) == has_second


def test_what_is_recorded_says_once_that_it_is_the_own_decision(client: Client, trainer: User) -> None:
    shown = page(decided(client, at_desk(client, made(trainer))))
    assert (shown.count("Your decision"), shown.count("You decided")) == (1, 0)
    assert re.search(r", \d\d:\d\d WIB</time>", shown), "a time says in which zone"


def test_there_is_no_desk_before_the_sitting_opens(client: Client, sitting: Sitting) -> None:
    joined(client, sitting)
    assert client.get("/seat/desk").headers["Location"] == "/seat/"
    assert not Turn.objects.filter(opened_at__isnull=False).exists()


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_whole_way_in_both_languages(client: Client, trainer: User, language: str) -> None:
    sitting = made(trainer)
    seat = joined(client, sitting, language=language)
    open_sitting(sitting)
    words = {
        "en": ("Dossier 1 of 2", "Recorded: dossier", "You have decided on all 2 dossiers", "Look back"),
        "id": ("Berkas 1 dari 2", "Tercatat: berkas", "Anda telah memutuskan semua 2 berkas", "Tinjau"),
    }[language]
    assert words[0] in page(client.get("/seat/desk"))
    for _ in range(2):
        assert words[1] in page(decided(client, turn_of(seat)))
        last = page(client.get("/seat/desk", follow=True))
    assert words[2] in last
    assert f'<html lang="{language}">' in last
    revealed(sitting)
    assert words[3] in page(client.get("/seat/"))
    assert page(client.get("/seat/looking-back")).count("<details") == 2


def test_only_what_was_asked_for_is_in_the_page(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    before = page(client.get("/seat/desk"))
    assert "value " in before
    assert "from the registry" not in before
    assert "My aunt" not in before
    assert "Not asked yet. Answers that a further interview brings: 1" in before
    after = page(asked(client, turn, "interview"))
    assert "My aunt" in after
    assert "from the registry" not in after
    assert page(asked(client, turn, "documents")).count('class="is-new"') == 2
    assert Request.objects.count() == 2


def test_what_happens_at_departure_stays_out_of_an_office(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    for kind in Request.Kind.values:
        asked(client, turn, kind)
    assert "9 May 2022" not in page(client.get("/seat/desk"))


def test_at_departure_the_actions_have_its_words(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer, place="checkpoint"))
    desk = page(client.get("/seat/desk"))
    assert "Let them depart" in desk
    assert "Issue the passport" not in desk
    assert "9 May 2022" in desk
    assert "Let them depart" in page(decided(client, turn, action=PROCEED))


def test_asking_keeps_what_is_entered(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    name = checklist_names()[0]
    reason = "Two <lines>\nof mine"
    shown = page(asked(client, turn, "documents", action=REFER, indicators=name, reason=reason))
    assert f'value="{name}" checked' in shown
    assert 'value="3" data-key="4" checked' in shown
    assert "Two &lt;lines&gt;\nof mine" in shown
    assert "Nothing is recorded yet" not in shown
    assert not Decision.objects.exists()


@pytest.mark.parametrize("field", ["action", "confidence"])
def test_what_is_missing_is_said_and_what_is_entered_stays(client: Client, trainer: User, field: str) -> None:
    turn = at_desk(client, made(trainer))
    name = checklist_names()[1]
    shown = page(decided(client, turn, indicators=name, is_doubted="yes", **{field: ""}))
    assert "Nothing is recorded yet" in shown
    assert f'id="{field}-error"' in shown
    assert f'value="{name}" checked' in shown
    assert 'name="is_doubted" value="yes" checked' in shown
    assert not Decision.objects.exists()


@pytest.mark.parametrize("wrong", ["4", "-1", "x", "٣", "3 "])
def test_what_is_no_action_is_not_recorded(client: Client, trainer: User, wrong: str) -> None:
    assert "Choose one of the four" in page(decided(client, at_desk(client, made(trainer)), action=wrong))
    assert not Decision.objects.exists()


def test_a_decision_is_recorded_as_it_was_sent(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    names = list(checklist_names()[:2])
    decided(
        client,
        turn,
        confidence=UNSURE,
        indicators=[*names, "made_up"],
        reason=" a\r\nb\x00 ",
        is_doubted="yes",
    )
    found = Decision.objects.get()
    assert (found.action, found.confidence, found.is_doubted) == (3, 1, True)
    assert (found.indicators, found.reason) == (sorted(names), "a\nb")
    assert found.seconds >= 0


def test_a_long_reason_is_cut_and_never_refused(client: Client, trainer: User) -> None:
    decided(client, at_desk(client, made(trainer)), reason="é" * 3000)
    assert len(Decision.objects.get().reason) == 1000


def test_the_same_decision_sent_twice_is_one(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    first = decided(client, turn)
    again = decided(client, turn)
    assert Decision.objects.count() == 1
    assert "Refer for protection" in page(first)
    assert "Refer for protection" in page(again)
    assert "decided on this dossier before" not in page(again)


def test_another_tab_that_decides_otherwise_is_told_which_one_counts(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    decided(client, turn)
    second = page(decided(client, turn, action=PROCEED))
    assert "The first decision counts" in second
    assert "Refer for protection" in second
    assert Decision.objects.get().action == 3


def test_a_tab_left_open_at_an_earlier_dossier_asks_for_nothing_more(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    decided(client, turn)
    shown = page(asked(client, turn, "documents"))
    assert "not on your desk now" in shown
    assert "Recorded: dossier" in shown
    assert not Request.objects.exists()


def test_a_later_dossier_cannot_be_decided_before_its_turn(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    later = turn.seat.turns.get(position=2)
    shown = page(decided(client, later))
    assert "not on your desk now" in shown
    assert "Dossier 1 of 2" in shown
    assert not Decision.objects.exists()


def test_a_form_that_a_browser_opens_as_a_page_leads_back(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    for address in ("ask", "decide", "recorded"):
        shown = client.get(f"/seat/desk/{turn.dossier_id}/{address}", follow=True)
        assert "Dossier 1 of 2" in page(shown)
    assert "Dossier 1 of 2" in page(asked(client, turn, "everything"))


def test_going_back_after_a_decision_shows_the_next_dossier(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    decided(client, turn)
    assert "Dossier 2 of 2" in page(client.get("/seat/desk"))


def test_a_late_decision_is_not_recorded_and_says_so(client: Client, trainer: User) -> None:
    sitting = made(trainer)
    turn = at_desk(client, sitting)
    close_sitting(sitting)
    for late in (decided(client, turn), asked(client, turn, "documents"), decided(client, turn, action="")):
        assert "came after the end and was not recorded" in page(late)
        assert "The sitting is closed" in page(late)
    assert not Decision.objects.exists()


def test_when_the_time_is_over_the_page_says_how_far_the_seat_came(client: Client, trainer: User) -> None:
    sitting = made(trainer, minutes=10)
    turn = at_desk(client, sitting)
    desk = client.get("/seat/desk")
    assert 590 <= desk.context["seconds_left"] <= 600
    ends = timezone.localtime(Sitting.objects.get().ends_at)
    assert f"until {ends:%H:%M} WIB" in page(desk)
    decided(client, turn)
    Sitting.objects.update(opened_at=timezone.now() - timedelta(minutes=11))
    assert "came after the end" in page(decided(client, turn_of(turn.seat)))
    assert "You decided on 1 of 2 dossiers" in page(client.get("/seat/desk", follow=True))
    recorded = page(client.get(f"/seat/desk/{turn.dossier_id}/recorded"))
    assert "Refer for protection" in recorded
    assert "Next dossier" not in recorded


def test_a_removed_seat_records_nothing(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    remove_seat(turn.seat)
    assert "taken this seat away" in page(decided(client, turn))
    assert not Decision.objects.exists()


def test_a_dossier_of_another_sitting_does_not_exist_here(client: Client, trainer: User) -> None:
    other = made(trainer)
    open_sitting(other)
    strange = turn_of(other_seat(other))
    at_desk(client, made(trainer))
    for address in (strange.dossier_id, uuid4()):
        assert client.get(f"/seat/desk/{address}/recorded").status_code == 404
        for form in ("ask", "decide"):
            sent = {"kind": "documents", "action": REFER, "confidence": SURE}
            assert client.post(f"/seat/desk/{address}/{form}", sent).status_code == 404
    assert not Decision.objects.exists()
    assert not Request.objects.exists()


def test_without_a_seat_there_is_only_the_door(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    stranger = Client()
    for address in ("desk", "waiting", "looking-back", "leave", f"desk/{turn.dossier_id}/recorded"):
        assert stranger.get(f"/seat/{address}").headers["Location"] == "/seat/join"
    assert stranger.post(f"/seat/desk/{turn.dossier_id}/decide").headers["Location"] == "/seat/join"


def test_a_lost_login_state_loses_no_decision(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    del client.cookies["sessionid"]
    assert "Recorded: dossier" in page(decided(client, turn))
    assert Decision.objects.count() == 1


def test_nothing_of_a_desk_is_kept_by_the_browser(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer))
    addresses = ["/seat/desk", "/seat/", f"/seat/desk/{turn.dossier_id}/recorded", "/seat/looking-back"]
    for address in addresses:
        assert "no-store" in client.get(address).headers["Cache-Control"], address


def test_nothing_of_the_key_reaches_the_browser_before_it_may(client: Client, trainer: User) -> None:
    """The answers of dossiers that are decided but not revealed are as secret as the others."""
    sitting = made(trainer)
    turn = at_desk(client, sitting)
    received = [
        client.get("/seat/"),
        client.get("/seat/desk"),
        *(asked(client, turn, kind) for kind in ("documents", "interview")),
    ]
    received += [decided(client, turn, action=""), decided(client, turn), client.get("/seat/desk")]
    received += [client.get("/seat/looking-back"), client.get("/seat/waiting?phase=x", headers=HTMX)]
    secrets = [key.canary for key in DossierKey.objects.all()]
    secrets += ["SECRET", "typology", "truth", "lookalike", "canary"]
    for response in received:
        sent = page(response) + str(response.headers) + str(client.cookies)
        assert [secret for secret in secrets if secret in sent] == []
    kept = str(dict(client.session.items()))
    assert [secret for secret in secrets if secret in kept] == []


@pytest.mark.parametrize("action", [REFER, PROCEED])
def test_feedback_after_each_decision_says_what_was_so(client: Client, trainer: User, action: str) -> None:
    turn = at_desk(client, made(trainer, BlockPlan(2, 50, "each")))
    names = [name for name in checklist_names() if name == "no_return_ticket"]
    shown = page(decided(client, turn, action=action, indicators=names))
    assert "SECRET story" in shown
    assert "SECRET advice" in shown
    is_victim = DossierKey.objects.get(dossier=turn.dossier).content["needs_protection"]
    is_right = (action == REFER) == is_victim
    assert ("As it should be" in shown) == is_right
    assert ("Worth a second look" in shown) != is_right


def test_feedback_after_a_block_comes_with_its_last_decision(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer, BlockPlan(2, 50, "block"), BlockPlan(1, 0)))
    first = page(decided(client, turn))
    assert "SECRET" not in first
    assert "You learn later what was so" in first
    assert "nothing to look back on yet" in page(client.get("/seat/looking-back"))
    assert "The block is over" in page(decided(client, turn_of(turn.seat)))
    assert page(client.get("/seat/looking-back")).count("SECRET story") == 2


def test_the_screener_speaks_from_the_start_where_the_sitting_says_so_and_is_logged(
    client: Client, trainer: User
) -> None:
    turn = at_desk(client, made(trainer, assistance=Sitting.Assistance.START))
    desk = page(client.get("/seat/desk"))
    assert "What the screener says" in desk
    assert "people decide" in desk
    asked(client, turn, "documents")
    client.get("/seat/desk")
    logged = AssistanceShown.objects.values_list("evidence", flat=True)
    assert sorted(logged) == ["counter", "counter+verification"]


@pytest.mark.parametrize(
    ("place", "language", "at_first"),
    [
        (
            "office",
            "en",
            "only what lay here from the start: the form and the papers with it. Nobody has asked",
        ),
        ("checkpoint", "en", "and the journey of the day. Nobody has asked for documents or interviewed"),
        (
            "office",
            "id",
            "hanya yang ada di meja sejak awal: formulir dan surat yang menyertainya. Belum ada",
        ),
        ("checkpoint", "id", "dan perjalanan hari itu. Belum ada yang meminta dokumen"),
    ],
)
def test_the_screener_says_how_little_it_has_read(
    client: Client, trainer: User, place: str, language: str, at_first: str
) -> None:
    turn = at_desk(client, made(trainer, assistance=Sitting.Assistance.START, place=place))
    client.cookies["language"] = language
    assert at_first in page(client.get("/seat/desk"))
    after = page(asked(client, turn, "documents"))
    assert at_first not in after
    assert {"en": "Nobody has interviewed further:", "id": "Belum ada yang mewawancarai"}[language] in after
    whole = page(asked(client, turn, "interview"))
    assert 'class="unread"' in after
    assert 'class="unread"' not in whole


def test_what_was_not_asked_for_is_said_by_its_name(client: Client, trainer: User) -> None:
    turn = at_desk(client, made(trainer, assistance=Sitting.Assistance.START))
    shown = page(asked(client, turn, "interview"))
    assert "Nobody has asked for documents: what they and the registries would bring" in shown


def test_without_assistance_the_screener_says_nothing(client: Client, trainer: User) -> None:
    at_desk(client, made(trainer))
    assert "What the screener says" not in page(client.get("/seat/desk"))
    assert not AssistanceShown.objects.exists()


def test_after_the_first_decision_the_screener_speaks_and_a_second_is_made(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer, BlockPlan(1, 100, Block.Feedback.EACH), assistance=Sitting.Assistance.AFTER)
    turn = at_desk(client, sitting)
    name = checklist_names()[0]
    assert "What the screener says" not in page(client.get("/seat/desk"))
    second = page(decided(client, turn, action=PROCEED, confidence=UNSURE, indicators=name))
    assert "Your first decision is recorded: Issue the passport (unsure)" in second
    assert "What the screener says" in second
    assert f'value="{name}" checked' in second
    assert 'data-key="1" checked' not in second
    assert "Ask for documents</button>" not in second
    assert "SECRET" not in second
    stale = page(decided(client, turn, action=PROCEED, confidence=UNSURE, round="1"))
    assert "Your first decision is recorded" in stale
    last = page(decided(client, turn, round="2"))
    assert "With the screener's recommendation" in last.replace("&#x27;", "'")
    assert "SECRET story" in last
    assert "This is about your first decision" in last
    assert [found.action for found in Decision.objects.order_by("round")] == [0, 3]


def test_a_first_round_that_was_recorded_is_shown_when_the_second_came_too_late(
    client: Client, trainer: User
) -> None:
    sitting = made(trainer, assistance=Sitting.Assistance.AFTER)
    turn = at_desk(client, sitting)
    decided(client, turn)
    close_sitting(sitting)
    late = page(decided(client, turn, action=PROCEED, round="2"))
    assert "came after the end" in late
    assert "Refer for protection" in late


def test_looking_back_shows_the_own_decided_dossiers_and_no_other(client: Client, trainer: User) -> None:
    sitting = made(trainer, BlockPlan(4, 50))
    turn = at_desk(client, sitting)
    decided(client, turn, indicators=checklist_names()[0])
    revealed(sitting)
    shown = page(client.get("/seat/looking-back"))
    assert shown.count("SECRET story") == 1
    assert "/debrief/profile/" in shown
    again = page(client.get(f"/seat/desk/{turn.dossier_id}/recorded"))
    assert "The dossier as you had opened it" in again
    assert "from the registry" not in again
    later = turn.seat.turns.get(position=2)
    assert "SECRET" not in page(client.get(f"/seat/desk/{later.dossier_id}/recorded", follow=True))


def test_a_page_that_waits_asks_little_of_the_database(
    client: Client, sitting: Sitting, django_assert_max_num_queries: Any
) -> None:
    joined(client, sitting)
    with django_assert_max_num_queries(2):
        client.get("/seat/waiting?phase=lobby", headers=HTMX)


def test_a_decision_takes_few_queries_however_long_the_sitting(
    client: Client, trainer: User, django_assert_max_num_queries: Any
) -> None:
    for size in (2, 30):
        turn = at_desk(client, made(trainer, BlockPlan(size, 50)))
        with django_assert_max_num_queries(9):
            client.post(f"/seat/desk/{turn.dossier_id}/decide", {"action": REFER, "confidence": SURE})


def test_the_list_of_signs_leaves_out_what_nobody_can_see_here(client: Client, trainer: User) -> None:
    at_departure = {item.name for theme in checklist() for item in theme.items if item.stage == "checkpoint"}
    assert at_departure
    at_desk(client, made(trainer))
    office = page(client.get("/seat/desk"))
    assert not any(f'value="{name}"' in office for name in at_departure)
    other = Client()
    at_desk(other, made(trainer, place="checkpoint"))
    checkpoint = page(other.get("/seat/desk"))
    assert all(f'value="{name}"' in checkpoint for name in checklist_names())


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_a_word_of_its_own(template: Path) -> None:
    """Every word stands in `words/`, in both languages."""
    bare = MARKUP.sub(" ", template.read_text(encoding="utf-8"))
    assert re.findall(r"\w{2,}", bare.replace("&nbsp;", " ")) == []
