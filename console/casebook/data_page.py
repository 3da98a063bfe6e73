"""A data page like a passport's, which cannot be taken for one.

Nothing on it belongs to anybody: the number begins with a zero and holds the word SYN, which no passport's
does; the issuing state is UTO, the code that ICAO Doc 9303 keeps for specimens; where a reader expects check
digits stand letters, so that every reader refuses the lines.
"""

import re
from typing import Any

from console.casebook.desk import Desk
from console.casebook.wording import spoken
from dossier.fields import fields
from dossier.texts import Text

SPECIMEN_STATE = "UTO"
LINE = 44
"""Characters of a line of a passport's machine-readable zone."""

_MARK = "SYNTHETIC"
_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_NUMBER_DIGITS = 5
_NOT_A_LETTER = re.compile(r"[^A-Z]+")


def passport_number(desk: Desk) -> str:
    """Return nine characters that are no passport's number."""
    drawn = desk.lot(len(_DIGITS) ** _NUMBER_DIGITS, "passport number")
    digits = ""
    for _ in range(_NUMBER_DIGITS):
        drawn, digit = divmod(drawn, len(_DIGITS))
        digits += _DIGITS[digit]
    return f"0SYN{digits}"


def data_page(desk: Desk) -> list[dict[str, Any]]:
    """Return the lines of the page: a label and a value each, in both languages."""
    shown: list[tuple[Text, Text]] = [
        (spoken("page.kind"), spoken("page.specimen")),
        (spoken("page.state"), spoken("page.specimen_state", state=SPECIMEN_STATE)),
        (spoken("page.number"), _same(passport_number(desk))),
        (spoken("page.name"), _same(desk.name)),
        (fields()["sex"].label, desk.text("sex")),
        (spoken("page.born"), _same(str(_birth_year(desk)))),
        (fields()["province"].label, desk.text("province")),
        (spoken("page.identity"), _same(f"{desk.applicant:016d}")),
        (fields()["office"].label, desk.text("office")),
        (fields()["passport_validity"].label, desk.text("passport_validity")),
    ]
    return [{"label": label.model_dump(), "value": value.model_dump()} for label, value in shown]


def machine_line(desk: Desk) -> list[str]:
    """Return two lines that look machine-readable and that no machine reads.

    They have a passport's places: kind, state and name; number, state, birth, sex, expiry, further number. Of
    the birth only the year is known. The letter X stands for every check digit.
    """
    first, _, last = desk.name.upper().rpartition(" ")
    names = f"{_letters(last)}<<{_letters(first)}"
    born, sex = f"{_birth_year(desk) % 100:02d}", fields()["sex"].codes[desk.value("sex")][0].upper()
    upper = f"P<{SPECIMEN_STATE}{_MARK}<<{names}"
    lower = f"{passport_number(desk)}X{SPECIMEN_STATE}{born}<<<<X{sex}<<<<<<X{_MARK:<<14}XX"
    return [line[:LINE].ljust(LINE, "<") for line in (upper, lower)]


def _birth_year(desk: Desk) -> int:
    return desk.year - desk.value("age")


def _letters(name: str) -> str:
    return _NOT_A_LETTER.sub("<", name).strip("<")


def _same(text: str) -> Text:
    return Text(en=text, id=text)
