"""The sentences of reasons: what was read in a dossier, said in English and Indonesian.

They stand in `reasons.toml`: one for every answer that a card may count, with its honest explanation. Rules
and indicators bring sentences of their own. Nothing here weighs anything, and no sentence says what a finding
may mean.
"""

from collections.abc import Iterable

from dossier.codes import code_name
from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.indicators import indicator_texts, indicators
from dossier.texts import Text
from models.features import ABSENT_LABEL, MISSING_LABEL, Kind, rising_order
from screening.reason_texts import AnswerText, Occasion, SettingText, reason_texts
from screening.rules import Rule

_SWAPPED = str.maketrans(",.", ".,")


def filled(text: Text, **places: Text | str) -> Text:
    """Return a sentence with its places filled, in each language with the text in that language.

    Examples:
        >>> filled(Text(en="{who} waits.", id="{who} menunggu."), who=Text(en="She", id="Dia")).id
        'Dia menunggu.'
    """
    both = {
        place: said if isinstance(said, Text) else Text(en=said, id=said) for place, said in places.items()
    }
    return Text(
        en=text.en.format_map({place: said.en for place, said in both.items()}),
        id=text.id.format_map({place: said.id for place, said in both.items()}),
    )


def line(name: str, **places: Text | str) -> Text:
    """Return a sentence of the part `line`, its places filled."""
    return filled(reason_texts().line[name], **places)


def listed(texts: Iterable[Text]) -> Text:
    """Return several texts, separated by commas.

    Examples:
        >>> listed([Text(en="Age", id="Usia"), Text(en="Sex", id="Jenis kelamin")]).en
        'Age, Sex'
    """
    kept = list(texts)
    return Text(en=", ".join(text.en for text in kept), id=", ".join(text.id for text in kept))


def said_amount(name: str, amount: int) -> Text:
    """Return a number of a field with its unit, in groups of three as each language writes it.

    Examples:
        >>> said_amount("fee_idr", 12_500_000)
        Text(en='IDR 12,500,000', id='Rp12.500.000')
    """
    english = f"{amount:,}"
    number = Text(en=english, id=english.translate(_SWAPPED))
    return filled(reason_texts().amount[fields()[name].unit], number=number)


def said_value(name: str, value: int) -> Text:
    """Return a field's value in words: the name of a code, a number with its unit, or why there is none.

    Examples:
        >>> said_value("contract", -1).id
        'tidak dinilai'
    """
    if value == MISSING:
        return line("value_missing")
    if value == NOT_APPLICABLE:
        return line("value_not_applicable")
    field = fields()[name]
    return said_amount(name, value) if field.is_number else code_name(name, field.codes[value])


def field_sentence(name: str, value: int) -> Text:
    """Return the sentence for one answer of a field that may enter a card.

    Examples:
        >>> field_sentence("fee_idr", 0).en
        'No fee is asked for the placement.'
        >>> field_sentence("stated_country", fields()["stated_country"].code("cambodia")).id
        'Negara tujuan yang dinyatakan adalah Kamboja.'
    """
    field, texts = fields()[name], reason_texts()
    said = texts.answer.get(name) or texts.setting[name]
    if value == MISSING:
        return line("missing", label=field.label)
    if value == NOT_APPLICABLE:
        own = said.not_applicable if isinstance(said, SettingText) else None
        return own or line("not_applicable", label=field.label)
    if field.is_number and value == field.edges[0] and said.lowest:
        return said.lowest
    if not field.is_number and field.codes[value] in said.codes:
        return said.codes[field.codes[value]]
    pattern = said.known if isinstance(said, SettingText) else said.number
    assert pattern is not None, f"checked on loading: '{name}' has a sentence for every answer"  # noqa: S101
    return filled(pattern, value=said_value(name, value))


def indicator_sentence(name: str, *, is_present: bool, dossier: Dossiers) -> Text:
    """Return the sentence for an indicator that is present or unknown: its own, or what could not be told.

    Args:
        name: The indicator.
        is_present: Whether it is present; else it is unknown.
        dossier: The one dossier that was read.
    """
    own = indicator_texts()[name]
    if is_present:
        return Text(
            en=_first_sentence(indicators()[name].explanation), id=_first_sentence(own.explanation_id)
        )
    return line("unknown_indicator", title=own.title, labels=_unread(indicators()[name].reads, dossier))


def rule_sentence(rule: Rule, *, is_present: bool, dossier: Dossiers) -> Text:
    """Return the sentence for a rule that fired or is unknown: its reason, or what could not be told."""
    if is_present:
        return rule.reason
    return line("unknown_rule", title=rule.title, labels=_unread(rule.reads, dossier))


def innocent_explanations(
    kind: Kind, name: str, level: str, dossier: Dossiers | None = None
) -> tuple[Text, ...]:
    """Return the honest explanations for what a field or an indicator shows.

    A setting needs none, nor does an answer that leaves nothing to clear up; a rule carries its own.

    Args:
        kind: `answer`, `setting` or `indicator`.
        name: Field or indicator.
        level: The level found; what is missing has another explanation than what was answered.
        dossier: The one dossier, for explanations that hold on one kind of journey only.
    """
    texts = reason_texts()
    if level == MISSING_LABEL:
        return (line("innocent_missing"),) if kind == "answer" else ()
    if kind == "answer" and level not in clear_answers(name):
        return _explained(texts.answer[name], level, dossier)
    return (texts.indicator[name].innocent,) if kind == "indicator" and name in texts.indicator else ()


def _explained(said: AnswerText, level: str, dossier: Dossiers | None) -> tuple[Text, ...]:
    """Return what may explain one answer: for this journey, if something does, then for the value found."""
    fitting = [one.innocent for one in said.occasion if dossier is not None and _holds(one, dossier)]
    return (*fitting[:1], said.by_value.get(level, said.innocent))


def _holds(occasion: Occasion, dossier: Dossiers) -> bool:
    values = dossier.columns.get(occasion.field)
    return values is not None and int(values[0]) == fields()[occasion.field].code(occasion.answer)


def is_sign(kind: Kind, name: str, level: str) -> bool:
    """Tell whether a level is a finding: present, or a known answer that leaves something to clear up.

    Settings, missing answers and what could not be told are none, whatever they count.

    Examples:
        >>> is_sign("answer", "agency_licence", "in_force"), is_sign("answer", "agency_licence", "expired")
        (False, True)
    """
    if kind == "answer":
        return level not in (MISSING_LABEL, ABSENT_LABEL, *clear_answers(name))
    return kind != "setting" and level == "present"


def clear_answers(name: str) -> tuple[str, ...]:
    """Return the answers of a rising field that leave nothing to clear up, from the least concerning one.

    Examples:
        >>> clear_answers("guardian_letter")
        ('not_needed', 'given')
    """
    order, check = rising_order(name), reason_texts().check.get(name)
    last = check.clears.answer if check and check.clears else order[0]
    return order[: order.index(last) + 1]


def _first_sentence(text: str) -> str:
    """Return the first sentence of an explanation, whose lines may be broken anywhere."""
    first, ends, _ = " ".join(text.split()).partition(". ")
    return f"{first}." if ends else first


def _unread(reads: Iterable[str], dossier: Dossiers) -> Text:
    return listed(fields()[name].label for name in reads if dossier.columns[name][0] == MISSING)
