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
from console.web.materials.gathering import (
    decision_records,
    dossier_records,
    dossiers_in_order,
    sitting_record,
)
from console.web.materials.wanted import Wanted, file_name, wanted

SCHEMA_VERSION = 1
OVER = (Sitting.State.CLOSED, Sitting.State.REVEALED)
KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json", "xml": "application/xml"}
"""What a file is, by the ending of its name."""
TABLES: tuple[Table, ...] = ("decisions", "dossiers")


@require_safe
@for_trainers
def export_csv(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the decisions of a sitting as CSV."""
    return _csv(request, _closed(request, sitting_id), "decisions")


@require_safe
@for_trainers
def export_dossiers(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the dossiers of a sitting as CSV."""
    return _csv(request, _closed(request, sitting_id), "dossiers")


@require_safe
@for_trainers
def export_json(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send both tables of a sitting as JSON; after the reveal with what the class is told."""
    sitting = _closed(request, sitting_id)
    wish = wanted(request, sitting)
    record = sitting_record(sitting, wish.language)
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
    lists = {str(table): _shown(wish, sitting, record, table) for table in TABLES}
    return _sent(json_pieces(head, lists), sitting, "sitting", "json")


@require_safe
@for_trainers
def export_xapi(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the decisions of a sitting as xAPI statements."""
    sitting = _closed(request, sitting_id)
    wish = wanted(request, sitting)
    record = sitting_record(sitting, wish.language)
    found = decision_records(sitting, dossier_records(sitting), named=wish.named)
    statements = json_list(statement(record, decision) for decision in found)
    return _sent(statements, sitting, "xapi", "json")


@require_safe
@for_trainers
def export_moodle(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """Send the dossiers of a revealed sitting as Moodle questions; a question tells its answer."""
    sitting = _closed(request, sitting_id)
    if sitting.state != Sitting.State.REVEALED:
        raise PermissionDenied
    record = sitting_record(sitting, wanted(request, sitting).language)
    pieces = quiz(record, dossier_records(sitting).values())
    return _sent(pieces, sitting, "moodle", "xml")


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
    wish = wanted(request, sitting)
    rows = _rows(wish, sitting, sitting_record(sitting, wish.language), table)
    first = list(islice(rows, 1))
    names = _columns(wish, sitting, table, first[0] if first else {})
    lines = csv_lines(names, chain(first, rows), wish.manner, marked=wish.marked)
    return _sent(lines, sitting, table, "csv")


def _columns(wish: Wanted, sitting: Sitting, table: Table, row: Row) -> list[str]:
    """Return the columns of an export: the declared ones that may be shown, and the fields that a row has."""
    shown = columns_shown(table, revealed=sitting.state == Sitting.State.REVEALED, named=wish.named)
    return [*shown, *(name for name in row if name.startswith("field."))]


def _shown(
    wish: Wanted, sitting: Sitting, record: SittingRecord, table: Table
) -> Iterator[dict[str, object]]:
    for row in _rows(wish, sitting, record, table):
        yield {name: row.get(name) for name in _columns(wish, sitting, table, row)}


def _rows(wish: Wanted, sitting: Sitting, record: SittingRecord, table: Table) -> Iterator[Row]:
    dossiers = dossier_records(sitting)
    if table == "decisions":
        for decision in decision_records(sitting, dossiers, named=wish.named):
            yield decision_row(record, decision)
        return
    for pk, dossier in dossiers.items():
        made = list(decision_records(sitting, dossiers, named=wish.named, only=pk))
        yield dossier_row(record, dossier, made)


def _sent(pieces: Iterator[str], sitting: Sitting, what: str, ending: str) -> HttpResponse:
    """Return a file to be saved."""
    body: HttpResponseBase = StreamingHttpResponse(
        (piece.encode() for piece in pieces),
        content_type=KINDS[ending],
        headers={"Content-Disposition": f'attachment; filename="{file_name(sitting, what)}.{ending}"'},
    )
    return cast(HttpResponse, body)
