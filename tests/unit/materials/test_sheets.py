"""Sheets together hold every entry of a dossier once, and the first one only what lies there at first."""

import pytest

from console.materials.sheets import all_parts, first_sheet, later_sheets
from tests.unit.materials.samples import dossiers


@pytest.mark.parametrize(("place", "departures"), [("office", 0), ("checkpoint", 1)])
def test_the_sheets_hold_each_entry_that_a_place_can_show_once(place: str, departures: int) -> None:
    content = dossiers()[0].content
    sheets = [first_sheet(content, place), *later_sheets(content)]
    shown = [entry["stage"] for sheet in sheets for part in sheet.parts for entry in part.entries]
    assert sorted(shown) == sorted(
        ["counter"] * 3 + ["interview", "verification"] + ["checkpoint"] * departures
    )
    whole = [entry["stage"] for part in all_parts(content, place) for entry in part.entries]
    assert sorted(whole) == sorted(shown)


def test_what_is_asked_for_stands_on_sheets_of_its_own() -> None:
    content = dossiers()[0].content
    first = {entry["stage"] for part in first_sheet(content, "office").parts for entry in part.entries}
    assert first == {"counter"}
    assert [sheet.stage for sheet in later_sheets(content)] == ["interview", "verification"]
    assert all(
        entry["stage"] == sheet.stage
        for sheet in later_sheets(content)
        for part in sheet.parts
        for entry in part.entries
    )


def test_a_theme_is_called_as_everywhere_else() -> None:
    (form, *_) = first_sheet(dossiers()[0].content, "office").parts
    assert form.theme_title is not None
    assert form.theme_title.id == "Identitas dan keluarga"
