"""Answers stay behind the door: before a decision nothing that a trainee receives tells what is true.

Canaries, truth classes, kinds, stories, risks and the seed are searched in every answer of every address. What
is left are the manners of an answer: its structure, its headers, the questions it asks of the database, the
order and the ids of the dossiers. They are the same for a victim and for anybody else.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from scipy.stats import binom

from console.casebook.cases import Case
from console.casebook.drawing import cases_for
from console.web.access import TRAINERS
from console.web.classroom.models import Block, Decision, Dossier, Seat, Sitting, Turn
from console.web.classroom.seats import take_seat
from console.web.classroom.sittings import open_sitting
from console.web.classroom.turns import Answer, current_turn, decide, opened
from console.web.sealed.models import DossierKey
from console.web.sittings.making import BlockPlan, SittingPlan, created
from tests.web.conftest import user_of
from tests.web.few_cases import few_cases
from tests.web.security.addresses import filled, patterns, places
from tests.web.security.leaks import (
    MARKS,
    TRUTH_WORDS,
    leaked,
    received,
    secrets_of,
    secrets_of_sitting,
    words_of_answers,
)
from tests.web.security.roles import holding

ROOT = Path(__file__).parents[2]
SCENARIO_AT = {"office": "phnom_penh_2022", "checkpoint": "airport_day"}
SEED = 8_214_365_709_213
ASKING = ("documents", "interview")
WAYS = tuple(product(Sitting.Place.values, Sitting.Assistance.values, Block.Feedback.values))

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> User:
    return user_of("trainer", TRAINERS)


@cache
def drawn(place: str) -> list[Case]:
    """Return four dossiers of real cases, drawn once; two of them are of victims."""
    return cases_for(SCENARIO_AT[place], place, [(4, 50)], SEED)[0]


def drawn_cases(scenario: str, place: str, blocks: Sequence[tuple[int, int]], seed: int) -> list[list[Case]]:
    assert scenario == SCENARIO_AT[place]
    assert seed != SEED
    return [drawn(place)[:size] for size, _ in blocks]


def sitting_of(trainer: User, place: str = "office", **plan: Any) -> Sitting:
    feedback = plan.pop("feedback", Block.Feedback.REVEAL)
    wanted = SittingPlan(SCENARIO_AT[place], "Class", [BlockPlan(4, 50, feedback)], place=place, **plan)
    sitting = created(wanted, trainer, drawn_cases)
    open_sitting(sitting)
    return sitting


def seated(sitting: Sitting, nickname: str = "Ayu") -> tuple[Client, Seat]:
    seat = take_seat(sitting, nickname, "en").seat
    return holding(seat), seat


def on_desk(seat: Seat) -> Turn:
    found = current_turn(Seat.objects.select_related("sitting").get(pk=seat.pk))
    assert found is not None
    return found


def everything(client: Client, seat: Seat) -> Iterator[tuple[str, str]]:
    """Yield every address, asked by a seat's browser, with all that it receives; then the forms of the desk."""
    values = {**places(seat.sitting, seat), "<str:name>": "point.toml"}
    for pattern in patterns():
        address = filled(pattern, values)
        for headers in ({}, {"HX-Request": "true"}):
            yield address, received(client.get(address, headers=headers), client)


def forms(client: Client, turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield the answers to forms of the desk that decide nothing, and the desk after each."""
    desk = f"/seat/desk/{turn.dossier_id}"
    for address, form in (
        *((f"{desk}/ask", {"kind": kind}) for kind in ASKING),
        (f"{desk}/decide", {"confidence": "3", "reason": "unsure"}),
        ("/language/", {"language": "id", "next": "/seat/desk"}),
        ("/language/", {"language": "en", "next": "https://elsewhere.example/"}),
        ("/seat/return", {"key": "BCDF-GHJK-2345"}),
    ):
        yield address, received(client.post(address, form), client)
        yield "/seat/desk", received(client.get("/seat/desk"), client)


@pytest.mark.parametrize(("place", "assistance", "feedback"), WAYS)
def test_nothing_tells_an_answer_before_the_decision(
    teacher: User, place: str, assistance: str, feedback: str
) -> None:
    sitting = sitting_of(teacher, place, assistance=assistance, feedback=feedback)
    client, seat = seated(sitting)
    secrets, turn = secrets_of_sitting(sitting) | words_of_answers(), on_desk(seat)
    for address, sent in (*everything(client, seat), *forms(client, turn), *everything(client, seat)):
        assert leaked(sent, secrets) == [], address
        assert MARKS.findall(sent) == [], address
    assert not turn.decisions.exists()
    assert leaked(str(dict(client.session.items())), secrets) == []


@pytest.mark.parametrize(
    "mark", ['class="tag victim"', '"truth_class": "lawful"', "value='irregular'", "typology.online_scam"]
)
def test_a_truth_class_as_the_value_of_anything_would_be_found(mark: str) -> None:
    assert MARKS.search(mark)


@pytest.mark.parametrize(("place", "assistance", "feedback"), WAYS)
def test_a_decision_on_one_dossier_tells_nothing_of_the_others(
    teacher: User, place: str, assistance: str, feedback: str
) -> None:
    sitting = sitting_of(teacher, place, assistance=assistance, feedback=feedback)
    client, seat = seated(sitting)
    turn = on_desk(seat)
    client.get("/seat/desk")
    for number in (1, 2) if assistance == Sitting.Assistance.AFTER else (1,):
        form = {"action": "3", "confidence": "3", "round": str(number)}
        client.post(f"/seat/desk/{turn.dossier_id}/decide", form)
    own, secrets = secrets_of(turn.dossier), secrets_of_sitting(sitting)
    hidden = {secret for secret in secrets if not any(secret in known for known in own)}
    if feedback != Block.Feedback.EACH:
        hidden = secrets | words_of_answers()
    following = on_desk(seat)
    assert following.pk != turn.pk
    recorded = f"/seat/desk/{turn.dossier_id}/recorded"
    pages = [(recorded, received(client.get(recorded), client)), *everything(client, seat)]
    for address, sent in (*pages, *forms(client, following)):
        assert leaked(sent, hidden) == [], address
        if feedback != Block.Feedback.EACH:
            assert MARKS.findall(sent) == [], address
    told = leaked(pages[0][1], {turn.dossier.content["name"], *own})
    assert bool(told) == (feedback == Block.Feedback.EACH), "the own answer is told where it is to be"


def test_the_search_would_find_an_answer(teacher: User) -> None:
    sitting = sitting_of(teacher, feedback=Block.Feedback.EACH)
    client, seat = seated(sitting)
    turn = on_desk(seat)
    key = DossierKey.objects.get(dossier=turn.dossier)
    client.get("/seat/desk")
    form = {"action": "3", "confidence": "3"}
    told = received(client.post(f"/seat/desk/{turn.dossier_id}/decide", form, follow=True), client)
    assert key.content["story"]["en"] in leaked(told, secrets_of(turn.dossier))
    assert leaked(told, words_of_answers())
    Dossier.objects.filter(pk=on_desk(seat).dossier_id).update(
        content={**on_desk(seat).dossier.content, "name": key.canary}
    )
    assert leaked(received(client.get("/seat/desk"), client), [key.canary]) == [key.canary]


class Structure(HTMLParser):
    """The tags of a page with their classes and the names of their attributes, in order; no value, no text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = next((value or "" for name, value in attrs if name == "class"), "")
        self.found.append((tag, classes, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}",))


def structure(page: str) -> list[tuple[str, ...]]:
    parser = Structure()
    parser.feed(page)
    return parser.found


def in_front_of(sitting: Sitting, truth: str) -> tuple[Client, Turn]:
    """Return a new seat that has a dossier of a truth class on its desk first."""
    for _ in range(60):
        client, seat = seated(sitting, f"Ayu {uuid4().hex[:8]}")
        turn = on_desk(seat)
        if DossierKey.objects.get(dossier=turn.dossier).content["truth_class"] == truth:
            return client, turn
    raise AssertionError("shuffling never puts a dossier first")


def steps(turn: Turn) -> list[Callable[[Client], Any]]:
    """Return what a trainee does with a dossier, one request after the other."""
    desk = f"/seat/desk/{turn.dossier_id}"
    asking = [lambda client, kind=kind: client.post(f"{desk}/ask", {"kind": kind}) for kind in ASKING]
    return [
        lambda client: client.get("/seat/desk"),
        asking[0],
        asking[1],
        lambda client: client.get("/seat/desk"),
        lambda client: client.post(f"{desk}/decide", {"action": "3", "confidence": "3"}),
        lambda client: client.get(f"{desk}/recorded"),
    ]


def test_an_answer_differs_by_nothing_but_values(teacher: User) -> None:
    """Tags, classes, headers and the queries that were needed are the same, whatever is true."""
    sitting = sitting_of(teacher)
    (first, of_victim), (second, of_other) = (in_front_of(sitting, truth) for truth in ("victim", "lawful"))
    for one, other in zip(steps(of_victim), steps(of_other), strict=True):
        with CaptureQueriesContext(connection) as asked:
            here = one(first)
        with CaptureQueriesContext(connection) as asked_there:
            there = other(second)
        assert structure(here.text) == structure(there.text)
        assert TRUTH_WORDS.findall(here.text) == TRUTH_WORDS.findall(there.text)
        assert list(here.headers) == list(there.headers)
        assert here.status_code == there.status_code
        assert kinds_of(asked) == kinds_of(asked_there)
        assert {"ETag", "Last-Modified", "Expires", "Age"} & set(here.headers) <= {"Expires"}
        assert "no-store" in here.headers["Cache-Control"]


def kinds_of(asked: CaptureQueriesContext) -> list[str]:
    """Return queries without the values in them: no quoted text, number or random name."""
    return [
        re.sub(r"\"s\d+_x\d+\"|'(?:[^']|'')*'|\b\d[\d.]*\b", "?", query["sql"])
        for query in asked.captured_queries
    ]


def test_a_page_of_a_desk_is_as_long_for_a_victim_as_for_others(teacher: User) -> None:
    sitting = sitting_of(teacher)
    lengths = {}
    for truth in ("victim", "lawful"):
        client, turn = in_front_of(sitting, truth)
        for kind in ASKING:
            client.post(f"/seat/desk/{turn.dossier_id}/ask", {"kind": kind})
        lengths[truth] = len(client.get("/seat/desk").content)
    assert lengths["victim"] == pytest.approx(lengths["lawful"], rel=0.03)


SITTINGS = 200
ONCE_IN_A_MILLION = 1e-6


def test_letters_ids_and_orders_are_drawn_without_the_truth(teacher: User) -> None:
    """Each order puts the victims of a block late in half of all sittings, which is binomial exactly.

    Five of ten are victims. Their ranks sum to 27.5 in the mean; no sum is 27.5, and high and low are alike.
    """
    plan = SittingPlan("phnom_penh_2022", "Class", [BlockPlan(10, 50)])
    late = dict.fromkeys(("letter", "id", "row", "turn"), 0)
    for _ in range(SITTINGS):
        sitting = created(plan, teacher, few_cases)
        for name, places_of_victims in orders(sitting).items():
            late[name] += sum(places_of_victims) > 27.5
    few = ONCE_IN_A_MILLION / len(late) / 2
    least, most = (float(binom.ppf(share, SITTINGS, 0.5)) for share in (few, 1 - few))
    assert all(least <= count <= most for count in late.values()), (late, least, most)


def orders(sitting: Sitting) -> dict[str, list[int]]:
    """Return the places (from 1) of the victims' dossiers in every order that somebody could look at."""
    keys = DossierKey.objects.filter(dossier__block__sitting=sitting)
    victims = {key.dossier_id for key in keys if key.content["needs_protection"]}
    seat = take_seat(sitting, "Ayu", "en").seat
    dossiers = list(Dossier.objects.filter(block__sitting=sitting))
    found = {
        "letter": [one.pk for one in sorted(dossiers, key=lambda one: int(one.letter[1:]))],
        "id": sorted(one.pk for one in dossiers),
        "row": list(Dossier.objects.filter(block__sitting=sitting).order_by().values_list("pk", flat=True)),
        "turn": list(seat.turns.order_by("position").values_list("dossier", flat=True)),
    }
    return {name: [n for n, pk in enumerate(order, 1) if pk in victims] for name, order in found.items()}


def test_ids_are_random_and_hold_no_time_or_place(teacher: User) -> None:
    sitting = sitting_of(teacher)
    seat = take_seat(sitting, "Ayu", "en").seat
    ids = [sitting.pk, seat.pk, *Dossier.objects.values_list("pk", flat=True)]
    assert {one.version for one in ids} == {4}


def test_the_database_refuses_a_second_decision(teacher: User) -> None:
    _, seat = seated(sitting_of(teacher))
    turn = opened(on_desk(seat))
    decide(turn, Answer(Decision.Action.PROCEED, Decision.Confidence.SURE))
    columns = "turn_id, round, action, confidence, indicators, reason, is_doubted, seconds, decided_at"
    values = f"{columns.replace('action', '3', 1)}"
    again = f"INSERT INTO classroom_decision ({columns}) SELECT {values} FROM classroom_decision"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(again)
    assert [made.action for made in turn.decisions.all()] == [Decision.Action.PROCEED]


def test_whatever_a_trainee_sends_after_a_decision_changes_no_row_of_it(teacher: User) -> None:
    client, seat = seated(sitting_of(teacher))
    turn = on_desk(seat)
    desk = f"/seat/desk/{turn.dossier_id}"
    client.get("/seat/desk")
    client.post(f"{desk}/decide", {"action": "0", "confidence": "1"})
    before = list(Decision.objects.values_list())
    with CaptureQueriesContext(connection) as asked:
        for number in ("1", "2", "0", "3", "x"):
            client.post(f"{desk}/decide", {"action": "3", "confidence": "3", "round": number})
        client.post(f"{desk}/ask", {"kind": "interview"})
        client.post(f"/seat/desk/{uuid4()}/decide", {"action": "3", "confidence": "3"})
    assert list(Decision.objects.values_list()) == before
    writing = re.compile(r'^\s*(UPDATE|DELETE|INSERT)\b.*"classroom_decision"', re.IGNORECASE)
    assert not [query["sql"] for query in asked.captured_queries if writing.match(query["sql"])]


CHANGING = {"update", "delete", "save", "bulk_update", "update_or_create", "aupdate", "adelete", "asave"}
RAW = {"raw", "cursor", "executescript", "RunSQL"}
SAVED = {"sitting", "seat", "user", "form"}
"""What is saved again after it was made, by the names that the code gives it; no decision is among them."""


def changes_of_decisions(source: str) -> list[str]:
    """Return the calls in a module that could change or delete a decision that was recorded."""
    return [ast.unparse(call) for call in calls(source) if is_change(call)]


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def is_change(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    receiver = ast.unparse(call.func.value)
    if call.func.attr in RAW or (
        re.search(r"decision", receiver, re.IGNORECASE) and call.func.attr in CHANGING
    ):
        return True
    return call.func.attr in {"save", "asave"} and receiver not in SAVED


def test_no_code_changes_a_decision_and_one_place_deletes_them_with_their_sitting() -> None:
    found = {
        str(path.relative_to(ROOT)): changes
        for path in sorted((ROOT / "console" / "web").rglob("*.py"))
        if (changes := changes_of_decisions(path.read_text("utf-8")))
    }
    deletion = "Decision.objects.filter(turn__seat__sitting=sitting).delete()"
    assert found == {"console/web/sittings/changing.py": [deletion]}


@pytest.mark.parametrize(
    "source",
    [
        "Decision.objects.filter(pk=1).update(action=0)",
        "turn.decisions.all().delete()",
        "decision.save()",
        "made.save()",
        "connection.cursor()",
        "Decision.objects.update_or_create(turn=turn)",
    ],
)
def test_the_scan_would_see_a_change(source: str) -> None:
    assert changes_of_decisions(source)
