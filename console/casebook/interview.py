"""The interview: a question for every field of that stage, and an answer as somebody would give it.

Answers stand in `interview.toml`, several ways of saying each, so that no dossier is known by its wording.
Which of them is said follows from the sitting's seed and the applicant's number, never from what is true.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field as Option

from console.casebook.desk import Desk
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields
from dossier.problems import Problem, raise_if_any
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from screening.reasons import filled

FEWEST_WAYS = 2
"""So that no answer is known by its wording."""


class Talk(Declared):
    """What is asked and answered about one field.

    Attributes:
        question: What the officer asks, or sets out to note.
        not_applicable: Ways of saying that the question does not arise; none for a field that always applies.
        lowest: Ways of saying the lowest number, such as none at all.
        known: Ways of saying an answer that has none of its own, with a place for it.
        codes: Ways of saying each code.
    """

    question: Text
    not_applicable: tuple[Text, ...] = ()
    lowest: tuple[Text, ...] = ()
    known: tuple[Text, ...] = ()
    codes: Mapping[str, tuple[Text, ...]] = Option(default_factory=dict)

    def ways(self, field: Field, value: int) -> tuple[Text, ...]:
        """Return the ways of saying what is on file."""
        if value == NOT_APPLICABLE:
            return self.not_applicable
        if field.is_number:
            return self.lowest if self.lowest and value == field.edges[0] else self.known
        return self.codes.get(field.codes[value], self.known)


class Common(Declared):
    """What is said about every question.

    Attributes:
        missing: Ways of saying that no answer is on file.
    """

    missing: tuple[Text, ...] = Option(min_length=FEWEST_WAYS)


class Interview(Declared):
    """The file `interview.toml`."""

    common: Common
    field: Mapping[str, Talk]

    def ways(self, field: Field, value: int) -> tuple[Text, ...]:
        """Return the ways of saying what is on file."""
        return self.common.missing if value == MISSING else self.field[field.name].ways(field, value)


def interview(desk: Desk) -> list[dict[str, Any]]:
    """Return the entries of the interview, in the order in which the fields are declared."""
    return [
        {
            "stage": field.stage,
            "field": field.name,
            "question": written().field[field.name].question.model_dump(),
            "answer": _answer(desk, field).model_dump(),
        }
        for field in asked_fields()
    ]


def asked_fields() -> tuple[Field, ...]:
    """Return the fields that an interview asks about, in the declared order."""
    return tuple(field for field in fields().values() if field.visible_from == Stage.INTERVIEW)


@cache
def written() -> Interview:
    """Return what is asked and answered.

    Raises:
        BadInput: If a question or the answer to a code is lacking, or one stands for nothing.
    """
    file = read_toml(Path(__file__).with_name("interview.toml"))
    found = validated(Interview, file)
    raise_if_any(list(_problems(found, file)))
    return found


def _answer(desk: Desk, field: Field) -> Text:
    ways = written().ways(field, desk.value(field.name))
    way = ways[desk.lot(len(ways), "answer", field.name)]
    said = desk.text(field.name)
    return filled(way, n=said, value=said)


def _problems(found: Interview, file: TomlFile) -> Iterator[Problem]:
    asked = {field.name: field for field in asked_fields()}
    for name in sorted(asked.keys() ^ found.field.keys()):
        yield file.problem(f"'{name}' has no question, or is no field of the interview", ("field", name))
    for name in sorted(asked.keys() & found.field.keys()):
        yield from _problems_of(asked[name], found.field[name], file)


def _problems_of(field: Field, talk: Talk, file: TomlFile) -> Iterator[Problem]:
    for code in sorted(talk.codes.keys() - set(field.codes)):
        yield file.problem(f"'{field.name}' has no code '{code}'", ("field", field.name, "codes", code))
    values = [field.edges[0], field.upper] if field.is_number else list(range(len(field.codes)))
    if field.gate:
        values.append(NOT_APPLICABLE)
    for value in values:
        if len(talk.ways(field, value)) < FEWEST_WAYS:
            mend = f"Give at least {FEWEST_WAYS} ways, so that no answer is known by its wording."
            yield file.problem(f"'{field.name}' cannot say the answer {value}", ("field", field.name), mend)
