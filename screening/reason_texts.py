"""The file `reasons.toml`, read and checked: what reasons say, and how an officer can check an answer.

Every answer that a card may count has a sentence and an honest explanation. A check never concerns a field
that decides what else is asked or which card reads: such an answer cannot be read otherwise alone.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import Field as Option
from pydantic import model_validator

from dossier.fields import fields
from dossier.problems import Problem, raise_if_any
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from models.features import input_policy, rising_order


class Occasion(Declared):
    """An honest explanation that holds only on one kind of journey.

    Attributes:
        field: The field that tells the journey.
        answer: Its code.
        innocent: The explanation.
    """

    field: str
    answer: str
    innocent: Text


class AnswerText(Declared):
    """What is said about the answers of one field that carries evidence.

    Attributes:
        innocent: The honest explanation for concerning answers that have none of their own.
        by_value: The honest explanation for one code, which mentions no other.
        occasion: Explanations that hold only where another answer says so; the first that fits comes first.
        codes: A sentence for each code of a category.
        number: The sentence for a number, with a place for its value.
        lowest: The same where the number is the lowest there is, such as none at all.
    """

    innocent: Text
    by_value: Mapping[str, Text] = Option(default_factory=dict)
    occasion: tuple[Occasion, ...] = ()
    codes: Mapping[str, Text] = Option(default_factory=dict)
    number: Text | None = None
    lowest: Text | None = None


class SettingText(Declared):
    """What is said about a field that tells which journey it is; never a finding.

    Attributes:
        known: The sentence, with a place for the answer's name.
        codes: Sentences for codes whose name would not fit the place.
        lowest: The sentence for the lowest number there is.
        not_applicable: The sentence where the question does not arise.
    """

    known: Text
    codes: Mapping[str, Text] = Option(default_factory=dict)
    lowest: Text | None = None
    not_applicable: Text | None = None


class IndicatorText(Declared):
    """The honest explanation for an indicator of several fields."""

    innocent: Text


class Outcome(Declared):
    """An answer to which checking can lead.

    Attributes:
        answer: The code.
        when: It as a condition, after "if".
    """

    answer: str
    when: Text


class Check(Declared):
    """How an officer can check one field by a document, a call or a query.

    Attributes:
        how: What the officer does.
        clears: The answer to which it can lead if all is well; of a category.
        raises: The most concerning answer to which it can lead; of a category.
        below, reached: Conditions on a number, after "if", with a place for the limit.
        settled: Answers that leave nothing to check.
        alone: The condition that a number is the lowest there is, where "below" would sound odd.
        lowers_last: Whether a less concerning answer is offered only where no set without it is enough.
    """

    how: Text
    lowers_last: bool = False
    settled: tuple[str, ...] = ()
    clears: Outcome | None = None
    raises: Outcome | None = None
    below: Text | None = None
    reached: Text | None = None
    alone: Text | None = None

    @model_validator(mode="after")
    def _is_for_a_category_or_a_number(self) -> Self:
        category = (self.clears is not None, self.raises is not None)
        number = (self.below is not None, self.reached is not None)
        if category == number or not (all(category) or all(number)):
            raise ValueError("a check has 'clears' and 'raises', or 'below' and 'reached'")
        return self


class Search(Declared):
    """How far the search for what would have changed a recommendation goes.

    Attributes:
        most_answers: The largest number of answers that are read otherwise at once.
        most_shown: How many sets of the same size are kept.
        judgements: Fields that hold an officer's judgement, which no document changes.
    """

    most_answers: int = Option(ge=1, le=3)
    most_shown: int = Option(ge=1)
    judgements: tuple[str, ...]


class Withheld(Declared):
    """Answers that are never offered to undo a referral with some leading patterns.

    Attributes:
        patterns: The leading patterns.
        fields: The checkable fields.
    """

    patterns: tuple[str, ...]
    fields: tuple[str, ...]


class ReasonTexts(Declared):
    """The file `reasons.toml`."""

    line: Mapping[str, Text]
    amount: Mapping[str, Text]
    otherwise: Mapping[str, Text]
    recommendation: Mapping[str, Text]
    search: Search
    withheld: tuple[Withheld, ...]
    control: Mapping[str, str]
    setting: Mapping[str, SettingText]
    answer: Mapping[str, AnswerText]
    indicator: Mapping[str, IndicatorText]
    check: Mapping[str, Check]


@cache
def reason_texts() -> ReasonTexts:
    """Return all sentences.

    Raises:
        BadInput: If a field that may enter a card, or one of its codes, has no sentence, or a check does not
            fit its field.
    """
    file = read_toml(Path(__file__).with_name("reasons.toml"))
    texts = validated(ReasonTexts, file)
    raise_if_any(
        [*_answer_problems(texts, file), *_search_problems(texts, file), *_check_problems(texts, file)]
    )
    return texts


def _answer_problems(texts: ReasonTexts, file: TomlFile) -> Iterable[Problem]:
    parts: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("answer", input_policy().rising, texts.answer),
        ("setting", input_policy().setting, texts.setting),
    )
    for part, wanted, found in parts:
        for name in sorted(set(wanted) ^ set(found)):
            yield file.problem(f"'{name}' has no sentences, or needs none", (part, name))
    for name in sorted(set(texts.answer) & set(fields())):
        field, said = fields()[name], texts.answer[name]
        if set(said.codes) != set(field.codes) or field.is_number != (said.number is not None):
            yield file.problem(f"'{name}' needs a sentence for each of its answers", ("answer", name))
        journeys = all(_is_answer(one.field, one.answer) for one in said.occasion)
        if not set(said.by_value) <= set(field.codes) or not journeys:
            yield file.problem(f"'{name}' explains an unknown answer", ("answer", name))
    for name in sorted(set(texts.setting) & set(fields())):
        if not set(texts.setting[name].codes) <= set(fields()[name].codes):
            yield file.problem(f"'{name}' has a sentence for an unknown code", ("setting", name))


def _search_problems(texts: ReasonTexts, file: TomlFile) -> Iterable[Problem]:
    for name in sorted(set(texts.search.judgements) - (set(input_policy().rising) - set(texts.check))):
        yield file.problem(f"'{name}' is no answer that only a person judges", ("search", "judgements"))
    for name, answer in texts.control.items():
        if not _is_answer(name, answer):
            yield file.problem(f"'{name}' has no answer '{answer}'", ("control", name))
    for place, one in enumerate(texts.withheld):
        for name in sorted(set(one.fields) - set(texts.check)):
            yield file.problem(f"'{name}' is never read otherwise anyway", ("withheld", place))


def _is_answer(name: str, answer: str) -> bool:
    return name in fields() and answer in fields()[name].codes


def _check_problems(texts: ReasonTexts, file: TomlFile) -> Iterable[Problem]:
    """Yield what is wrong with the checks: a field of another kind, a gate, or an answer out of order."""
    gates = {field.gate_field for field in fields().values()}
    decide = {name for context in input_policy().context for name in context.answers}
    for name, check in texts.check.items():
        if name not in input_policy().rising:
            yield file.problem(f"'{name}' is no answer that carries evidence", ("check", name))
        elif name in gates | decide:
            what = f"'{name}' decides what is asked or which card reads, so it cannot be read otherwise alone"
            yield file.problem(what, ("check", name))
        elif fields()[name].is_number != (check.clears is None):
            yield file.problem(f"the check of '{name}' is for another kind of field", ("check", name))
        elif check.clears and check.raises:
            order = rising_order(name)
            known = {check.clears.answer, check.raises.answer, *check.settled} <= set(order)
            if not known or order.index(check.clears.answer) >= order.index(check.raises.answer):
                what = f"'{name}' must clear to a less concerning answer than it raises to"
                yield file.problem(what, ("check", name))
