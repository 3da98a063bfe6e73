"""A class and its seats are told what they overlooked once the trainer has revealed it, and not before."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.debriefing.debrief import class_debrief, seat_debrief
from console.debriefing.items import Discrimination, ItemStatistics
from console.web.access import TRAINERS
from console.web.classroom.models import Block, Seat, Sitting
from console.web.classroom.seats import remove_seat, take_seat
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.classroom.turns import opened_evidence
from console.web.debrief import sentences
from console.web.debrief.item_tables import item_rows
from console.web.debrief.reading import judgements_of, told
from console.web.sealed.models import DossierKey
from console.web.speech import web_words
from console.words import Speaker
from dossier.texts import Text
from tests.web.conftest import user_of
from tests.web.debrief.played import ClassPlan, hold, played, turns_of

CLASS_PAGES = ("class_debrief", "class_debrief_shown")


def page_of(client: Client, name: str, *args: Any, language: str = "en") -> str:
    client.cookies["language"] = language
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


@pytest.fixture
def revealed(trainer: User) -> Sitting:
    return played(trainer)


@pytest.fixture
def signed_in(client: Client, trainer: User) -> Client:
    client.force_login(trainer)
    return client


@pytest.mark.parametrize("name", CLASS_PAGES)
def test_the_class_page_says_in_words_first_what_was_missed(
    signed_in: Client, revealed: Sitting, name: str
) -> None:
    sums = class_debrief(*_arguments(revealed)).sums
    shown = words(page_of(signed_in, name, revealed.pk))
    let_go, missed = sums.taken["victim"][0], sums.rates.misses
    first = f"{let_go} of {missed.n} times, a passport was issued on a victim’s dossier."
    rate = f"({missed.count} of {missed.n}; 95 % interval"
    assert first in shown
    assert rate in shown
    assert shown.index(first) < shown.index(rate)


def test_in_indonesian_the_numbers_follow_its_manner(signed_in: Client, revealed: Sitting) -> None:
    shown = words(page_of(signed_in, "class_debrief", revealed.pk, language="id"))
    assert "paspor diterbitkan untuk berkas korban" in shown
    assert re.search(r"membedakan 6 −?\d,\d", shown)
    assert not re.search(r"\d\.\d %|\d,\d{3},", shown)


def test_figures_keep_their_decimal_points_in_indonesian(signed_in: Client, revealed: Sitting) -> None:
    """A comma in a coordinate would break the drawing."""
    page = page_of(signed_in, "class_debrief", revealed.pk, language="id")
    for found in re.findall(r'<(?:rect|circle|text) [^>]*?\b(?:x|cx|width)="([^"]+)"', page):
        assert float(found) >= 0


def test_every_word_that_a_page_asks_for_exists_in_both_languages_and_none_is_left_over() -> None:
    from console.web.speech import FOLDER, web_words

    folder = FOLDER.parent
    sources = [*folder.glob("templates/debrief/**/*.html"), *folder.glob("debrief/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    said = web_words()
    for name in re.findall(r"[\"'](debrief\.\w+)[\"']", text):
        part, key = name.split(".")
        assert said[part][key].id
    made_up = re.compile(
        r"^(truth_|one_|men_|young_|apart_|flags_|women_|item_|line_|area_|assistance_|flag_means|simulated_|irregular_|needed_)"
    )
    left_over = [
        key for key in said["debrief"] if not made_up.match(key) and not re.search(rf"\b{key}\b", text)
    ]
    assert left_over == []
    assert set(said["debrief_class"]) <= set(said["debrief_seat"])


@pytest.mark.parametrize("name", [*CLASS_PAGES, "class_dossier"])
def test_no_nickname_stands_in_what_a_class_sees(signed_in: Client, revealed: Sitting, name: str) -> None:
    args = [revealed.pk, turns_of(revealed)[0].dossier_id] if name == "class_dossier" else [revealed.pk]
    page = page_of(signed_in, name, *args)
    assert "Nickname" not in page
    assert not any(str(seat.pk) in page for seat in revealed.seats.all())


def test_statistics_of_dossiers_are_for_the_trainer_and_not_for_the_wall(
    signed_in: Client, revealed: Sitting
) -> None:
    trainers, walls = (page_of(signed_in, name, revealed.pk) for name in CLASS_PAGES)
    for word in ("Discrimination", "Statistics of the dossiers"):
        assert word in trainers
        assert word not in walls


def test_an_irregular_traveller_who_was_talked_with_is_not_judged_wrongly(
    signed_in: Client, revealed: Sitting
) -> None:
    sums = class_debrief(*_arguments(revealed)).sums
    taken = sums.taken["irregular"]
    assert sum(taken), "the class has such a dossier"
    hold(signed_in, first_seat(revealed))
    for name, of_class in (("class_debrief_shown", True), ("class_debrief", True), ("seat_profile", False)):
        shown = words(page_of(signed_in, name, *([revealed.pk] if of_class else [])))
        assert "Irregular travellers were referred as if they were victims in" in shown
        assert "a matter of law that saring does not judge" in shown
        if of_class:
            asked = f"({taken[3]} of {sum(taken)}; 95 % interval"
            assert asked in shown.split("as if they were victims")[1]
            assert f"as their cases advise: {taken[1] + taken[2]}. Let proceed: {taken[0]}" in shown
    irregular = next(
        case.dossier for case in told(revealed).cases.values() if case.truth_class == "irregular"
    )
    assert "only a referral as a victim is wrong" in words(
        page_of(signed_in, "class_dossier", revealed.pk, irregular)
    )


def test_every_operating_point_and_the_area_of_the_class_have_an_interval(
    signed_in: Client, revealed: Sitting
) -> None:
    shown = words(page_of(signed_in, "class_debrief_shown", revealed.pk))
    points = shown.split("Line drawn")[1].split("Intervals count")[0]
    assert len(re.findall(r"\d+ of \d+; [\d.]+\u2060–\u2060[\d.]+ %\)", points)) == 2 * 4
    assert re.search(
        r"curve of the class, with confidence: \d\.\d\d \(95 % interval \d\.\d\d to \d\.\d\d", shown
    )


@pytest.mark.parametrize("name", CLASS_PAGES)
def test_a_question_that_cannot_be_answered_says_how_much_more_would_answer_it(
    signed_in: Client, revealed: Sitting, name: str
) -> None:
    shown = words(page_of(signed_in, name, revealed.pk))
    unanswered = shown.count("Nobody can tell from these dossiers")
    assert unanswered > 0
    assert len(re.findall(r"(To compare them at all|To tell) takes more such dossiers", shown)) == unanswered


@pytest.mark.parametrize("value", [-0.004, -0.0, 0.0, 0.004])
def test_nought_has_no_sign(value: float) -> None:
    speaker = Speaker("id", web_words)
    assert sentences.decimal(speaker, value, 2) == "0,00"
    assert sentences.limits_said(speaker, value, -0.3, 2) == "0,00 sampai −0,30"
    told = Discrimination(value, 12, 6)
    assert (
        item_rows(speaker, [_item(told)], {"d": "A"}, {"d": Text(en="k", id="k")})[0]
        .cells[2]
        .startswith("0,00 (")
    )


def _item(told: Discrimination) -> ItemStatistics:
    return ItemStatistics("d", seats=12, judged=12, right=5, doubted=0, discrimination=told)


@pytest.mark.parametrize("seats", [4, 5])
def test_five_seats_show_distributions_and_four_do_not(signed_in: Client, trainer: User, seats: int) -> None:
    sitting = played(trainer, ClassPlan(seats=seats))
    page = page_of(signed_in, "class_debrief", sitting.pk)
    for sign in ('class="cloud"', 'class="parts"', "Discrimination", "Men with an online offer"):
        assert (sign in page) == (seats == 5)
    assert ("Fewer than 5 seats decided" in page) == (seats == 4)
    assert "Miss rate" in page


def test_a_seat_of_a_small_class_sees_its_own_debrief_without_the_others(
    client: Client, trainer: User
) -> None:
    sitting = played(trainer, ClassPlan(seats=4))
    hold(client, first_seat(sitting))
    page = page_of(client, "seat_profile")
    assert 'class="mark own"' in page
    assert 'class="cloud"' not in page
    assert 'class="mark class"' not in page


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_seat_sees_its_own_numbers(client: Client, revealed: Sitting, language: str) -> None:
    seat = first_seat(revealed)
    hold(client, seat)
    page = page_of(client, "seat_profile", language=language)
    first, second, cases, flags_from = _arguments(revealed)
    own = seat_debrief([one for one in first if one.seat == str(seat.pk)], second, cases, flags_from)
    missed = own.sums.rates.misses
    said = f"({missed.count} of {missed.n};" if language == "en" else f"({missed.count} dari {missed.n};"
    assert said in words(page)
    assert "Nickname" not in page.replace(seat.nickname, "")
    assert "Discrimination" not in page


@pytest.mark.parametrize("assistance", Sitting.Assistance.values)
def test_what_a_recommendation_changed_is_told_where_there_was_one(
    signed_in: Client, trainer: User, assistance: str
) -> None:
    sitting = played(trainer, ClassPlan(assistance=assistance))
    page = page_of(signed_in, "class_debrief", sitting.pk)
    assert ("automation bias" in page) == (assistance != Sitting.Assistance.NONE)
    assert ("switched to it" in page) == (assistance == Sitting.Assistance.AFTER)
    assert ("Agreed with it" in page) == (assistance == Sitting.Assistance.START)
    headline = {
        "none": "Decided without",
        "after": "First decisions, made before",
        "start": "people and screener",
    }
    assert [name for name, said in headline.items() if said in page] == [assistance]


def test_where_asking_for_documents_is_a_flag_it_is_no_miss(signed_in: Client, trainer: User) -> None:
    counted = played(trainer, ClassPlan(counts_documents=True))
    shown = words(page_of(signed_in, "class_debrief", counted.pk))
    assert "or asking for documents" in shown
    assert "only documents were asked for" not in shown
    assert "only documents were asked for" in words(page_of(signed_in, "class_debrief", played(trainer).pk))


def test_at_departure_nobody_is_issued_a_passport(signed_in: Client, trainer: User) -> None:
    sitting = played(trainer, ClassPlan(place=Sitting.Place.CHECKPOINT))
    shown = words(page_of(signed_in, "class_debrief", sitting.pk))
    assert "a victim was let depart" in shown
    assert "passport" not in shown.lower()


def test_without_victims_or_without_others_a_page_still_stands(signed_in: Client, trainer: User) -> None:
    for share in (0, 100):
        sitting = played(trainer, ClassPlan(victims_in_100=share))
        assert page_of(signed_in, "class_debrief", sitting.pk)
        hold(signed_in, first_seat(sitting))
        assert "nobody can say how you tell them apart" in page_of(signed_in, "seat_profile")


def test_a_simulated_class_is_said_to_be_simulated(signed_in: Client, revealed: Sitting) -> None:
    assert "simulated: a program" not in page_of(signed_in, "class_debrief", revealed.pk)
    revealed.seats.filter(pk=first_seat(revealed).pk).update(is_simulated=True)
    assert "1 of the 6 seats are simulated" in page_of(signed_in, "class_debrief_shown", revealed.pk)
    revealed.seats.update(is_simulated=True)
    assert "This class is simulated: its 6 seats" in page_of(signed_in, "class_debrief_shown", revealed.pk)


def test_a_dossier_is_opened_for_discussion_with_story_advice_and_the_next_one(
    signed_in: Client, revealed: Sitting
) -> None:
    debrief = page_of(signed_in, "class_debrief_shown", revealed.pk)
    address = re.findall(r'href="([^"]+/dossier/[^"]+)"', debrief)
    assert len(address) == len(set(address)) == 8
    first, folded = debrief.split("All other dossiers")
    assert [one in first for one in address] == [True] * 5 + [False] * 3
    assert all(one in folded for one in address[5:])
    page = signed_in.get(address[0]).content.decode()
    assert "SECRET story" in page
    assert "SECRET advice" in page
    assert address[1] in page


def test_a_dossier_that_few_decided_shows_no_counts(signed_in: Client, trainer: User) -> None:
    sitting = played(trainer, ClassPlan(seats=4))
    page = page_of(signed_in, "class_dossier", sitting.pk, turns_of(sitting)[0].dossier_id)
    assert "Fewer than 5 seats decided on this dossier" in page
    assert "SECRET story" in page
    assert " of 4" not in words(page)


def test_a_removed_seat_counts_no_more(revealed: Sitting) -> None:
    before = len(judgements_of(revealed, 1))
    remove_seat(first_seat(revealed))
    assert len(judgements_of(revealed, 1)) == before - 8


def test_evidence_is_named_as_the_desk_names_it(revealed: Sitting) -> None:
    found = {(one.seat, one.dossier): one.evidence for one in judgements_of(revealed, 1)}
    for turn in turns_of(revealed):
        assert found[str(turn.seat_id), str(turn.dossier_id)] == opened_evidence(turn)


def test_blocks_are_told_apart_and_one_with_feedback_after_each_decision_is_no_headline(
    signed_in: Client, revealed: Sitting
) -> None:
    both = words(page_of(signed_in, "class_debrief_shown", revealed.pk))
    assert "decisions: 48" in both
    assert "Block 2" in both
    assert "feedback after each decision" not in both
    sitting = played_with_feedback(revealed.trainer, first_block_only=True)
    one = words(page_of(signed_in, "class_debrief_shown", sitting.pk))
    assert "decisions: 24" in one
    assert "Blocks that gave feedback after each decision (1; decisions: 24)" in one
    sitting = played_with_feedback(revealed.trainer, first_block_only=False)
    assert "are no measurement" in words(page_of(signed_in, "class_debrief_shown", sitting.pk))
    hold(signed_in, first_seat(sitting))
    assert "are no measurement" in words(page_of(signed_in, "seat_profile"))


def test_medians_say_of_how_many_seats_and_the_screener_has_the_same_rates_as_the_class(
    signed_in: Client, revealed: Sitting
) -> None:
    sums = class_debrief(*_arguments(revealed)).sums
    shown = words(page_of(signed_in, "class_debrief_shown", revealed.pk))
    assert "All decisions together (95 % interval)" in shown
    assert "the middle of 6 seats" in shown
    assert "Share overlooked (95 % interval)" in shown
    assert shown.count("Miss rate: ") == shown.count("False-flag rate: ") == 2
    found = sums.screener.misses
    assert f"({found.count} of {found.n}; 95 % interval" in shown.split("followed the screener")[1]


def played_with_feedback(trainer: User, *, first_block_only: bool) -> Sitting:
    sitting = played(trainer)
    blocks = sitting.blocks.filter(number=1) if first_block_only else sitting.blocks.all()
    blocks.update(feedback=Block.Feedback.EACH)
    return sitting


@pytest.mark.parametrize("name", CLASS_PAGES)
def test_queries_do_not_grow_with_the_class(
    signed_in: Client, trainer: User, name: str, django_assert_max_num_queries: Any
) -> None:
    sitting = played(trainer, ClassPlan(seats=12))
    with django_assert_max_num_queries(16):
        page_of(signed_in, name, sitting.pk)


# Who may see what, and when


@pytest.mark.parametrize("name", [*CLASS_PAGES, "class_dossier"])
def test_before_the_reveal_a_trainer_is_told_what_is_missing(
    signed_in: Client, trainer: User, name: str
) -> None:
    sitting = played(trainer, ClassPlan(revealed=False))
    args = [sitting.pk, turns_of(sitting)[0].dossier_id] if name == "class_dossier" else [sitting.pk]
    canaries = DossierKey.objects.values_list("canary", flat=True)
    steps = ((open_sitting, "not closed yet"), (close_sitting, "not revealed yet"))
    for step, said in steps:
        step(sitting)
        page = page_of(signed_in, name, *args)
        assert said in page
        assert "SECRET" not in page
        assert not any(canary in page for canary in canaries)


def test_before_the_reveal_a_seat_is_told_to_wait(client: Client, trainer: User) -> None:
    sitting = played(trainer, ClassPlan(revealed=False))
    hold(client, first_seat(sitting))
    for step in (open_sitting, close_sitting):
        step(sitting)
        page = page_of(client, "seat_profile")
        assert "once the trainer has revealed" in page
        assert "SECRET" not in page
    reveal_sitting(sitting)
    assert "Miss rate" in page_of(client, "seat_profile")


def test_a_class_that_decided_nothing_is_told_so(signed_in: Client, sitting: Sitting) -> None:
    seat = take_seat(sitting, "Late", "en").seat
    for step in (open_sitting, close_sitting, reveal_sitting):
        step(sitting)
    assert "Nobody decided" in page_of(signed_in, "class_debrief", sitting.pk)
    hold(signed_in, seat)
    assert "You did not decide" in page_of(signed_in, "seat_profile")


@pytest.mark.parametrize("name", [*CLASS_PAGES, "class_dossier"])
def test_nobody_else_sees_a_class(client: Client, revealed: Sitting, researcher: User, name: str) -> None:
    args = [revealed.pk, turns_of(revealed)[0].dossier_id] if name == "class_dossier" else [revealed.pk]
    address = reverse(name, args=args)
    assert client.get(address).status_code == 302
    hold(client, first_seat(revealed))
    assert client.get(address).status_code == 302
    client.force_login(researcher)
    assert client.get(address).status_code == 403
    client.force_login(user_of("other", TRAINERS))
    assert client.get(address).status_code == 404


def test_a_dossier_of_another_sitting_is_not_opened(
    signed_in: Client, revealed: Sitting, trainer: User
) -> None:
    other = played(trainer, ClassPlan(revealed=False))
    address = reverse("class_dossier", args=[revealed.pk, turns_of(other)[0].dossier_id])
    assert signed_in.get(address).status_code == 404


def test_without_a_seat_there_is_no_profile(client: Client, revealed: Sitting) -> None:
    assert client.get(reverse("seat_profile")).status_code == 302
    hold(client, first_seat(revealed))
    remove_seat(first_seat(revealed))
    assert client.get(reverse("seat_profile")).status_code == 302


@pytest.mark.parametrize("name", CLASS_PAGES)
def test_pages_carry_no_style_and_no_script_of_their_own(
    signed_in: Client, revealed: Sitting, name: str
) -> None:
    page = page_of(signed_in, name, revealed.pk)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]+src=)", page)


def first_seat(sitting: Sitting) -> Seat:
    seat = sitting.seats.first()
    assert seat is not None
    return seat


def _arguments(sitting: Sitting) -> Any:
    found = told(sitting)
    return found.first, found.second, found.cases, found.flags_from
