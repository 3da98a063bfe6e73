"""The files of a sitting, for its trainer: tables, xAPI statements and Moodle questions.

A file is written while it is sent, so that the largest sitting takes little memory. Who may see what is
decided before the first line is sent: nothing before the sitting is over, no answer before the reveal.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from console.debriefing.debrief import plain
from console.materials.columns import Table, columns_shown
from console.materials.moodle import quiz
from console.materials.records import SittingRecord
from console.materials.rows import Row, decision_row, dossier_row
from console.materials.spreadsheets import csv_lines, json_list, json_pieces
from console.materials.xapi import statement
from console.web.access import for_trainers, own_sitting
from console.web.classroom.models import Sitting
from console.web.debrief.kept import told_once
from console.web.materials.asked import in_asked_language
from console.web.materials.gathering import (
    action_titles,
    decision_records,
    dossier_records,
    dossiers_in_order,
    sitting_record,
)
from console.web.speech import language_now

SCHEMA_VERSION = 1
OVER = (Sitting.State.CLOSED, Sitting.State.REVEALED)
TABLES: tuple[Table, ...] = ("decisions", "dossiers")


@require_safe
@for_trainers
@in_asked_language
def export_csv(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the decisions of a sitting as CSV."""
    return _csv(request, _closed(request, sitting_id), "decisions")


@require_safe
@for_trainers
@in_asked_language
def export_dossiers(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the dossiers of a sitting as CSV."""
    return _csv(request, _closed(request, sitting_id), "dossiers")


@require_safe
@for_trainers
@in_asked_language
def export_json(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send both tables of a sitting as JSON; after the reveal with what the class is told."""
    sitting = _closed(request, sitting_id)
    record = sitting_record(sitting, language_now())
    revealed = sitting.state == Sitting.State.REVEALED
    head = {
        "synthetic": True,
        "schema_version": SCHEMA_VERSION,
        "sitting": str(sitting.pk),
        "title": sitting.title,
        "scenario": sitting.scenario,
        "place": sitting.place,
        "revealed": revealed,
        "seats": record.seats,
        "simulated_seats": record.simulated_seats,
        "simulated_class": record.is_simulated_class,
        **({"debrief": _debrief(sitting)} if revealed else {}),
    }
    lists = {str(table): _shown(request, sitting, record, table) for table in TABLES}
    return _sent(json_pieces(head, lists), sitting, "tables.json", "application/json")


@require_safe
@for_trainers
@in_asked_language
def export_xapi(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the decisions of a sitting as xAPI statements."""
    sitting = _closed(request, sitting_id)
    record, actions = sitting_record(sitting, language_now()), action_titles(sitting.place)
    found = decision_records(sitting, dossier_records(sitting), named=_is_asked(request, "names"))
    statements = json_list(statement(record, decision, actions) for decision in found)
    return _sent(statements, sitting, "xapi.json", "application/json")


@require_safe
@for_trainers
@in_asked_language
def export_moodle(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the dossiers of a revealed sitting as Moodle questions; a question tells its answer."""
    sitting = _closed(request, sitting_id)
    if sitting.state != Sitting.State.REVEALED:
        raise PermissionDenied
    record, actions = sitting_record(sitting, language_now()), action_titles(sitting.place)
    pieces = quiz(record, dossier_records(sitting).values(), actions)
    return _sent(pieces, sitting, "moodle.xml", "application/xml")


def _closed(request: HttpRequest, sitting_id: UUID) -> Sitting:
    """Return a trainer's own sitting that takes no more decisions.

    Raises:
        Http404: If it is not the trainer's.
        PermissionDenied: If it is not over.
    """
    sitting = own_sitting(request, sitting_id)
    if sitting.state not in OVER:
        raise PermissionDenied
    return sitting


def _debrief(sitting: Sitting) -> dict[str, object]:
    """Return what a class is told, and what the dossiers are called that it names by their ids."""
    letters = {str(dossier.pk): dossier.letter for dossier in dossiers_in_order(sitting)}
    return {"letters": letters, **plain(told_once(sitting).of_class)}


def _csv(request: HttpRequest, sitting: Sitting, table: Table) -> HttpResponse:
    record = sitting_record(sitting, language_now())
    rows = _rows(request, sitting, record, table)
    first = list(islice(rows, 1))
    names = _columns(request, sitting, table, first[0] if first else {})
    lines = csv_lines(names, chain(first, rows), marked=_is_asked(request, "mark"))
    return _sent(lines, sitting, f"{table}.csv", "text/csv; charset=utf-8")


def _columns(request: HttpRequest, sitting: Sitting, table: Table, row: Row) -> list[str]:
    """Return the columns of an export: the declared ones that may be shown, and the fields that a row has."""
    revealed = sitting.state == Sitting.State.REVEALED
    shown = columns_shown(table, revealed=revealed, named=_is_asked(request, "names"))
    return [*shown, *(name for name in row if name.startswith("field."))]


def _shown(
    request: HttpRequest, sitting: Sitting, record: SittingRecord, table: Table
) -> Iterator[dict[str, object]]:
    for row in _rows(request, sitting, record, table):
        yield {name: row.get(name) for name in _columns(request, sitting, table, row)}


def _rows(request: HttpRequest, sitting: Sitting, record: SittingRecord, table: Table) -> Iterator[Row]:
    dossiers, named = dossier_records(sitting), _is_asked(request, "names")
    if table == "decisions":
        for decision in decision_records(sitting, dossiers, named=named):
            yield decision_row(record, decision)
        return
    for pk, dossier in dossiers.items():
        made = list(decision_records(sitting, dossiers, named=named, only=pk))
        yield dossier_row(record, dossier, made)


def _is_asked(request: HttpRequest, name: str) -> bool:
    return request.GET.get(name) == "1"


def _sent(pieces: Iterator[str], sitting: Sitting, name: str, kind: str) -> HttpResponse:
    """Return a file to be saved under a name that no title or nickname has a part in."""
    body: HttpResponseBase = StreamingHttpResponse(
        (piece.encode() for piece in pieces),
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="saring-synthetic-{sitting.pk.hex[:8]}-{name}"'
        },
    )
    return cast(HttpResponse, body)
