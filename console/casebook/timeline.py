"""The timeline of an application: what happened when, as far as each stage knows it.

Dates are those of the file, in the scenario's year. Counter and interview happen on one day; when registries
and agencies answered is not on file, and so is said without a date.
"""

from typing import Any

from console.casebook.desk import Desk
from console.casebook.settings import settings
from console.casebook.wording import DAY, date_text, spoken
from dossier.stages import Stage
from dossier.texts import Text


def timeline(desk: Desk) -> list[dict[str, Any]]:
    """Return the entries of the timeline, in order: stage, when and what."""
    applied = desk.text(DAY)
    return [
        _entry(Stage.COUNTER, applied, spoken("timeline.applied", office=desk.text("office"))),
        _entry(
            Stage.COUNTER,
            spoken("timeline.planned"),
            spoken("timeline.journey", country=desk.text("stated_country"), stay=desk.text("stay_days")),
        ),
        _entry(Stage.INTERVIEW, applied, _interviewed(desk)),
        _entry(Stage.VERIFICATION, spoken("timeline.later"), spoken("timeline.answered")),
        _entry(
            Stage.CHECKPOINT, _day(desk, 0), spoken("timeline.departed", days=desk.text("days_to_departure"))
        ),
        _entry(Stage.CHECKPOINT, _day(desk, desk.value("stay_days")), spoken("timeline.returns")),
    ]


def _interviewed(desk: Desk) -> Text:
    """Say who answered: an adult for a small child, whose age stands in the papers."""
    is_child = desk.value("age") < settings().interview.answered_for_below
    return spoken("timeline.interviewed_for_child" if is_child else "timeline.interviewed")


def _day(desk: Desk, days: int) -> Text:
    """Return the date so many days after the departure; that it is not known, where one of the two is not."""
    waited = desk.value("days_to_departure")
    if waited < 0 or days < 0:
        return spoken("timeline.unknown")
    return date_text(desk.value(DAY) + waited + days, desk.year)


def _entry(stage: Stage, when: Text, what: Text) -> dict[str, Any]:
    return {"stage": stage.label, "when": when.model_dump(), "what": what.model_dump()}
