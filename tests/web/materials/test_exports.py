"""Files of a sitting: none before it is over, no answer before the reveal, no name unless asked, nothing that runs."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tincan import Statement

from console.materials.columns import columns_of
from console.web.classroom.models import Dossier, Seat, Sitting
from console.web.classroom.sittings import close_sitting, open_sitting, reveal_sitting
from console.web.debrief.reading import told
from console.web.sealed.models import DossierKey, SealedDraw
from tests.unit.materials.moodle_rules import read
from tests.web.debrief.played import ClassPlan
from tests.web.debrief.played import played as a_class
from tests.web.materials.played import FORMULA, closed, played, revealed

FILES = ("export_csv", "export_dossiers", "export_json", "export_xapi", "export_moodle")
ANSWERS = (
    "SECRET",
    "needs_protection",
    "truth_class",
    "journey.tourist",
    "typology.",
    "screener_",
    "victims_in_100",
    '"success"',
)


def sent(client: Client, name: str, sitting: Sitting, **options: str) -> str:
    answer = client.get(reverse(name, args=[sitting.pk]), options)
    assert answer.status_code == 200
    assert answer.streaming
    assert "no-store" in answer.headers["Cache-Control"]
    return b"".join(answer).decode()


def rows_of(table: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(table.removeprefix("\ufeff"), newline=""), delimiter=separator))


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_sent_before_the_sitting_is_over(
    client: Client, trainer: User, sitting: Sitting, name: str
) -> None:
    client.force_login(trainer)
    assert client.get(reverse(name, args=[sitting.pk])).status_code == 403
    played(sitting)
    assert client.get(reverse(name, args=[sitting.pk])).status_code == 403


def test_before_the_reveal_no_file_tells_an_answer(client: Client, trainer: User, sitting: Sitting) -> None:
    client.force_login(trainer)
    closed(sitting)
    keys = [*DossierKey.objects.values_list("canary", flat=True), str(SealedDraw.objects.get().seed)]
    for name in FILES[:4]:
        text = sent(client, name, sitting)
        assert [word for word in (*ANSWERS, *keys) if word in text] == [], name
    assert client.get(reverse("export_moodle", args=[sitting.pk])).status_code == 403


def test_decisions_are_one_row_each_with_pseudonyms_and_what_was_right(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    rows = rows_of(sent(client, "export_csv", revealed(sitting)))
    assert len(rows) == 16
    assert list(rows[0]) == [name for name, column in columns_of("decisions").items() if not column.named]
    assert {row["synthetic"] for row in rows} == {"yes"}
    assert {row["seat"] for row in rows} == {"S01", "S02"}
    assert {row["evidence"] for row in rows} == {"counter", "counter+interview"}
    assert {(row["needs_protection"], row["flag_was_right"]) for row in rows} == {
        ("yes", "yes"),
        ("no", "no"),
    }


def test_nicknames_stand_in_a_file_only_if_asked_for(client: Client, trainer: User, sitting: Sitting) -> None:
    client.force_login(trainer)
    revealed(sitting)
    for name in FILES:
        assert "Budi" not in sent(client, name, sitting), name
    assert {row["nickname"] for row in rows_of(sent(client, "export_csv", sitting, names="1"))} == {
        "'@Ayu",
        "Budi",
    }
    assert {one["actor"]["name"] for one in json.loads(sent(client, "export_xapi", sitting, names="1"))} == {
        "@Ayu",
        "Budi",
    }


def test_a_seats_number_tells_nothing_of_who_came_first(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    rows = rows_of(sent(client, "export_csv", revealed(sitting), names="1"))
    said = {row["nickname"].lstrip("'"): row["seat"] for row in rows}
    ordered = [seat.nickname for seat in sorted(Seat.objects.all(), key=lambda seat: seat.pk)]
    assert said == {name: f"S{number:02d}" for number, name in enumerate(ordered, start=1)}


@pytest.mark.parametrize("cells", ["commas", "semicolons"])
@pytest.mark.parametrize("name", ["export_csv", "export_dossiers"])
def test_no_cell_of_a_table_runs(
    client: Client, trainer: User, sitting: Sitting, name: str, cells: str
) -> None:
    client.force_login(trainer)
    Dossier.objects.filter(letter="A1").update(content=hostile(Dossier.objects.get(letter="A1").content))
    table = sent(client, name, revealed(sitting), names="1", cells=cells)
    rows = rows_of(table, {"commas": ",", "semicolons": ";"}[cells])
    texts = [cell for row in rows for column, cell in row.items() if column != "screener_risk"]
    assert f"'{FORMULA}" in texts
    assert [cell for cell in texts if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_dossiers_are_one_row_each_with_what_lay_on_the_desk(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    rows = rows_of(sent(client, "export_dossiers", revealed(sitting), language="id"), ";")
    assert [row["dossier"] for row in rows] == [f"{block}{place}" for block in "AB" for place in range(1, 5)]
    assert {(row["decisions"], row["refer"]) for row in rows} == {("2", "2")}
    assert rows[0]["field.f"].endswith("(id)")


@pytest.mark.parametrize(
    ("options", "begins"),
    [
        ({}, "synthetic,"),
        ({"mark": "1"}, "\ufeffsynthetic,"),
        ({"cells": "semicolons"}, "\ufeffsynthetic;"),
        ({"language": "id"}, "\ufeffsynthetic;"),
        ({"language": "id", "cells": "commas"}, "synthetic,"),
        ({"language": "xx", "cells": "xx"}, "synthetic,"),
    ],
)
def test_a_table_is_written_as_asked_or_as_its_language_expects(
    client: Client, trainer: User, sitting: Sitting, options: dict[str, str], begins: str
) -> None:
    client.force_login(trainer)
    assert sent(client, "export_csv", revealed(sitting), **options).startswith(begins)


def test_files_speak_the_language_of_the_sitting_unless_asked_otherwise(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(language="id")
    sitting.refresh_from_db()
    client.force_login(trainer)
    revealed(sitting)
    rows = rows_of(sent(client, "export_csv", sitting), ";")
    assert {(row["action"], row["action_title"]) for row in rows} == {("refer", "Rujuk untuk pelindungan")}
    assert {row["seconds"].count(".") for row in rows} == {0}
    assert "Berkas A1" in sent(client, "export_moodle", sitting)
    assert "Dossier A1" in sent(client, "export_moodle", sitting, language="en")


def test_json_says_the_same_as_the_tables(client: Client, trainer: User, sitting: Sitting) -> None:
    client.force_login(trainer)
    content: dict[str, Any] = json.loads(sent(client, "export_json", revealed(sitting)))
    assert (content["synthetic"], content["revealed"], content["schema_version"]) == (True, True, 1)
    for table, name in (("decisions", "export_csv"), ("dossiers", "export_dossiers")):
        rows = rows_of(sent(client, name, sitting))
        assert [list(row) for row in content[table]] == [list(row) for row in rows]
        assert [row["dossier"] for row in content[table]] == [row["dossier"] for row in rows]


def test_json_holds_what_the_class_is_told_once_it_is_revealed(client: Client, trainer: User) -> None:
    client.force_login(trainer)
    sitting = a_class(trainer, ClassPlan(seats=5, revealed=False))
    close_sitting(sitting)
    assert "debrief" not in json.loads(sent(client, "export_json", sitting))
    reveal_sitting(sitting)
    found = json.loads(sent(client, "export_json", sitting))["debrief"]
    misses, wanted = found["sums"]["rates"]["misses"], told(sitting).of_class
    assert (misses["count"], misses["n"]) == (wanted.sums.rates.misses.count, wanted.sums.rates.misses.n)
    assert misses["low"] < misses["estimate"] < misses["high"]
    assert sorted(item["dossier"] for item in found["detail"]["items"]) == sorted(found["letters"])
    assert set(found["letters"].values()) == {f"{block}{place}" for block in "AB" for place in range(1, 5)}


def test_json_of_a_sitting_without_decisions_is_told_all_the_same(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    for step in (open_sitting, close_sitting, reveal_sitting):
        step(sitting)
    content = json.loads(sent(client, "export_json", sitting))
    assert (content["debrief"]["sums"]["decided"], content["simulated_class"]) == (0, False)


@pytest.mark.parametrize(
    ("simulated", "word"),
    [
        (0, "The trainees are real"),
        (1, "1 of the 2 seats are simulated"),
        (2, "The class is simulated, too"),
    ],
)
def test_page_and_files_say_whether_people_sat_there(
    client: Client, trainer: User, sitting: Sitting, simulated: int, word: str
) -> None:
    client.force_login(trainer)
    closed(sitting)
    for seat in sitting.seats.all()[:simulated]:
        Seat.objects.filter(pk=seat.pk).update(is_simulated=True)
    assert word in client.get(reverse("exports", args=[sitting.pk])).content.decode()
    head = json.loads(sent(client, "export_json", sitting))
    assert [head[name] for name in ("seats", "simulated_seats", "simulated_class")] == [
        2,
        simulated,
        simulated == 2,
    ]
    statements = json.loads(sent(client, "export_xapi", sitting))
    marked = {one["actor"]["account"]["name"] for one in statements if "name" in one["actor"]}
    assert len(marked) == simulated


def test_a_reader_that_we_did_not_write_reads_the_statements(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    statements = json.loads(sent(client, "export_xapi", revealed(sitting)))
    read_back = [Statement.from_json(json.dumps(one)) for one in statements]
    assert len({one.id for one in read_back}) == 16
    assert {one.context.registration for one in read_back} == {sitting.pk}
    assert {one.result.success for one in read_back} == {True, False}


@pytest.mark.parametrize("language", ["en", "id"])
def test_moodles_rules_take_the_questions_in_both_languages(
    client: Client, trainer: User, sitting: Sitting, language: str
) -> None:
    client.force_login(trainer)
    questions = read(sent(client, "export_moodle", revealed(sitting), language=language))
    assert len(questions) == 8
    assert all({"en": "Dossier", "id": "Berkas"}[language] in question.name for question in questions)


@pytest.mark.parametrize(
    ("title", "begins"), [('../"\r\nX: y', "x-y"), ("Kelas A, Batam", "kelas-a-batam"), ("训练", None)]
)
def test_a_file_is_named_after_sitting_day_and_content_and_safely(
    client: Client, trainer: User, sitting: Sitting, title: str, begins: str | None
) -> None:
    Sitting.objects.filter(pk=sitting.pk).update(
        title=title, created_at=datetime(2026, 11, 20, 3, tzinfo=UTC)
    )
    sitting.refresh_from_db()
    client.force_login(trainer)
    revealed(sitting)
    Sitting.objects.filter(pk=sitting.pk).update(opened_at=datetime(2026, 11, 22, 3, tzinfo=UTC))
    day = f"{begins or sitting.pk.hex[:8]}-2026-11-22"
    names = [client.get(reverse(name, args=[sitting.pk])).headers["Content-Disposition"] for name in FILES]
    whats = ("decisions.csv", "dossiers.csv", "sitting.json", "xapi.json", "moodle.xml")
    assert names == [f'attachment; filename="{day}-{what}"' for what in whats]


def test_decisions_are_read_in_few_queries_however_many_there_are(
    client: Client, trainer: User, sitting: Sitting
) -> None:
    client.force_login(trainer)
    revealed(sitting)
    with CaptureQueriesContext(connection) as few:
        sent(client, "export_csv", sitting)
    assert len(few) <= 12


@pytest.mark.parametrize(("language", "word"), [("en", "Download"), ("id", "Unduh")])
def test_the_page_of_exports_says_what_is_ready_and_documents_every_column(
    client: Client, trainer: User, sitting: Sitting, language: str, word: str
) -> None:
    client.force_login(trainer)
    address = reverse("exports", args=[sitting.pk])
    assert word not in client.get(address, {"language": language}).content.decode()
    closed(sitting)
    page = client.get(address, {"language": language}).content.decode()
    assert word in page
    assert reverse("export_moodle", args=[sitting.pk]) not in page
    assert [
        name
        for table in ("decisions", "dossiers")
        for name in columns_of(table)
        if f"<code>{name}</code>" not in page
    ] == []


def hostile(content: dict[str, Any]) -> dict[str, Any]:
    """Return a dossier in which one value is a formula."""
    entry = {**content["tabs"]["form"][0], "value": {"en": FORMULA, "id": FORMULA}}
    return {**content, "tabs": {**content["tabs"], "form": [entry]}}
