"""The content of a dossier: what a trainee may see, made from what is on file and from nothing else.

Every dossier has the same entries in the same order; where a question does not arise, or has no answer, the
entry says so. Each entry names the stage from which on it lies on the desk.
"""

from typing import Any

from console.casebook.data_page import data_page, machine_line, passport_number
from console.casebook.desk import Desk
from console.casebook.interview import interview
from console.casebook.timeline import timeline
from dossier.fields import Field, fields
from dossier.stages import Stage

DOCUMENTS = "documents"
"""The theme of the papers that are handed in at the counter; registries and the departure join them."""


def content_of(desk: Desk) -> dict[str, Any]:
    """Return the content of one dossier, with the evidence of all stages."""
    return {
        "name": desk.name,
        "applicant": f"{desk.applicant:016d}",
        "passport_number": passport_number(desk),
        "machine_line": machine_line(desk),
        "data_page": data_page(desk),
        "tabs": {
            "form": _entries(desk, "form"),
            "documents": _entries(desk, "documents"),
            "interview": interview(desk),
            "timeline": timeline(desk),
        },
    }


def tab_of(field: Field) -> str:
    """Return where a field stands: `form`, `documents` or `interview`.

    Examples:
        >>> tab_of(fields()["age"]), tab_of(fields()["debt"]), tab_of(fields()["watch_list"])
        ('form', 'interview', 'documents')
    """
    if field.visible_from == Stage.INTERVIEW:
        return "interview"
    is_on_the_form = field.visible_from == Stage.COUNTER and field.theme != DOCUMENTS
    return "form" if is_on_the_form else "documents"


def _entries(desk: Desk, tab: str) -> list[dict[str, Any]]:
    return [
        {
            "stage": field.stage,
            "theme": field.theme,
            "field": name,
            "label": field.label.model_dump(),
            "value": desk.text(name).model_dump(),
        }
        for name, field in fields().items()
        if tab_of(field) == tab
    ]
