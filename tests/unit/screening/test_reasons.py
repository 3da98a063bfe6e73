"""The sentences of reasons: one for everything that can carry points, plain, in both languages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.indicators import indicator_texts
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.texts import Text
from models.card import load_cards
from models.features import ABSENT_LABEL, MISSING_LABEL, CardInput, input_policy, rising_order
from screening import reason_texts as reason_file
from screening.reason_texts import reason_texts
from screening.reasons import (
    clear_answers,
    field_sentence,
    filled,
    indicator_sentence,
    innocent_explanations,
    rule_sentence,
    said_value,
)
from screening.rules_examples import example_dossiers
from screening.screener import RELEASED, released_rules
from tests.architecture.test_texts import BANNED

FILE = Path(reason_file.__file__).with_name("reasons.toml")
RULES = released_rules()


def levels_with_points() -> list[tuple[CardInput, str]]:
    """Return every input and level of the released cards that can carry points."""
    found: dict[tuple[str, str], tuple[CardInput, str]] = {}
    for stage in load_cards(RELEASED).stages:
        for entry, table in zip(stage.inputs, stage.tables, strict=True):
            for place in np.flatnonzero(table.any(axis=(0, 2))).tolist():
                found[entry.key, entry.levels[place]] = (entry, entry.levels[place])
    return list(found.values())


def empty_dossier() -> Dossiers:
    one = example_dossiers([{}], RULES.rulebook.neutral)
    columns = {name: np.full_like(values, MISSING) for name, values in one.columns.items()}
    return Dossiers(one.applicants, columns)


def value_of(entry: CardInput, level: str) -> int:
    field = fields()[entry.name]
    if level == MISSING_LABEL:
        return MISSING
    if level == ABSENT_LABEL:
        return NOT_APPLICABLE
    code = field.bin_labels.index(level)
    return field.edges[code] if field.is_number else code


def sentence_of(entry: CardInput, level: str) -> Text:
    is_present = level == "present"
    if entry.kind == "indicator":
        return indicator_sentence(entry.name, is_present=is_present, dossier=empty_dossier())
    if entry.kind == "rule":
        return rule_sentence(RULES.rule(entry.name), is_present=is_present, dossier=empty_dossier())
    return field_sentence(entry.name, value_of(entry, level))


def test_cards_give_points_to_many_levels() -> None:
    kinds = {entry.kind for entry, _ in levels_with_points()}
    assert kinds == {"answer", "setting", "indicator", "rule"}
    assert len(levels_with_points()) > 200


@pytest.mark.parametrize(("entry", "level"), levels_with_points(), ids=lambda one: getattr(one, "key", one))
def test_whatever_can_carry_points_has_a_sentence_in_both_languages(entry: CardInput, level: str) -> None:
    sentence = sentence_of(entry, level)
    for said in (sentence.en, sentence.id):
        assert said.strip().endswith((".", ".)"))
        assert said[0].isupper() or said[0] in "“0123456789"
        assert "_" not in said
        assert "{" not in said
        assert not BANNED.search(said)
    assert sentence.en != sentence.id


def test_whatever_counts_as_evidence_has_an_honest_explanation() -> None:
    for entry, level in levels_with_points():
        is_concerning = entry.kind == "indicator" or (
            entry.kind == "answer" and level not in (ABSENT_LABEL, *clear_answers(entry.name))
        )
        if is_concerning:
            (innocent,) = innocent_explanations(entry.kind, entry.name, level)
            assert innocent.en != innocent.id
        if entry.kind == "rule":
            assert RULES.rule(entry.name).innocent


def test_an_answer_that_leaves_nothing_to_clear_up_needs_none() -> None:
    assert innocent_explanations("answer", "guardian_letter", "given") == ()
    assert innocent_explanations("answer", "sponsor_reachable", "confirms") == ()
    assert innocent_explanations("answer", "guardian_letter", "lacking")


OF_ONE_VALUE = {
    "accompanied_by": {
        "alone": "by themselves",
        "friend": "friend",
        "agency_staff": "agenc",
        "tour_group": "tour",
    },
    "sponsor_relation": {"met_online": "online", "friend_of_friend": "friends of", "recruiter": "agency"},
    "documents_held_by": {"family": "famil", "another_person": "leader"},
    "contract": {"written_foreign": "language", "verbal": "word is given", "none": "only after"},
    "debt": {"family_or_bank": "bank", "recruiter": "agency"},
    "fee_payer": {"wage_deduction": "wages", "recruiter_advance": "lay out"},
    "offer_channel": {"job_portal": "portal", "social_media": "telephone", "recruiter_visit": "village"},
    "companions_seen": {"escorted": "guide", "group_of_strangers": "never met"},
}
"""Words that belong to the honest explanation of one value, and would be beside the point for another."""

ONE_FOR_ALL = {"apparent_age"}
"""Fields with several concerning values for which one explanation is as good for each."""


def concerning(name: str) -> list[str]:
    return [level for level in rising_order(name) if level not in clear_answers(name)]


@pytest.mark.parametrize("name", input_policy().rising)
def test_every_concerning_value_has_an_honest_explanation_of_its_own(name: str) -> None:
    said = [innocent_explanations("answer", name, level) for level in concerning(name)]
    assert said
    assert all(len(one) == 1 for one in said)
    if not fields()[name].is_number and name not in ONE_FOR_ALL:
        assert len({texts[0].en for texts in said}) == len(said)
        assert len({texts[0].id for texts in said}) == len(said)


@pytest.mark.parametrize("name", OF_ONE_VALUE)
def test_no_explanation_speaks_of_another_value(name: str) -> None:
    assert set(OF_ONE_VALUE[name]) <= set(concerning(name))
    for value, word in OF_ONE_VALUE[name].items():
        for level in concerning(name):
            (innocent,) = innocent_explanations("answer", name, level)
            assert (word in innocent.en.lower()) == (level == value), (level, innocent.en)


def test_only_pilgrims_leave_the_address_to_the_organiser() -> None:
    for purpose in fields()["stated_purpose"].codes:
        one = example_dossiers([{"stated_purpose": purpose}], RULES.rulebook.neutral)
        said = innocent_explanations("answer", "knows_address", "does_not_know", one)
        assert any("organiser" in text.en for text in said) == (purpose == "pilgrimage")
        assert any("organiser" not in text.en for text in said)


def test_what_is_no_sign_has_a_heading() -> None:
    assert reason_texts().line["no_signs"].en == "Answers that count although they are no sign"


def test_a_setting_is_context_and_needs_no_honest_explanation() -> None:
    assert innocent_explanations("setting", "stated_country", "cambodia") == ()
    assert set(reason_texts().setting) == set(input_policy().setting)


def texts_of(value: object) -> Iterator[Text]:
    match value:
        case Text():
            yield value
        case dict():
            for inner in value.values():
                yield from texts_of(inner)
        case _ if hasattr(value, "model_fields_set"):
            for name in type(value).model_fields:  # type: ignore[attr-defined]
                yield from texts_of(getattr(value, name))


def test_both_languages_have_the_same_places() -> None:
    found = list(texts_of(reason_texts()))
    assert len(found) > 250
    for text in found:
        places = [
            {place for _, place, _, _ in Formatter().parse(said) if place} for said in (text.en, text.id)
        ]
        assert places[0] == places[1], text
        assert text.en.strip()
        assert text.id.strip()


@pytest.mark.parametrize(
    ("name", "value", "english", "indonesian"),
    [
        ("fee_idr", 12_500_000, "IDR 12,500,000 is asked", "Rp12.500.000"),
        ("offer_pay_usd", 1_200, "USD 1,200 per month", "US$1.200 per bulan"),
        ("stay_days", 1, "one day", "satu hari"),
        ("phone_applicants", 1, "nobody else", "tidak ada orang lain"),
        ("stated_country", 4, "The stated destination is Cambodia.", "adalah Kamboja."),
        ("contract", MISSING, "No answer on “Contract”", "Tidak ada jawaban"),
        ("offer_sector", NOT_APPLICABLE, "no offer of work", "tidak menceritakan tawaran"),
    ],
)
def test_values_are_said_as_each_language_writes_them(
    name: str, value: int, english: str, indonesian: str
) -> None:
    sentence = field_sentence(name, value)
    assert english in sentence.en
    assert indonesian in sentence.id


def test_every_value_of_every_field_can_be_said() -> None:
    for name, field in fields().items():
        for value in (MISSING, NOT_APPLICABLE, *(field.edges or range(len(field.codes)))):
            assert said_value(name, value).en
            assert said_value(name, value).id


def test_what_could_not_be_told_names_the_empty_cells() -> None:
    sentence = indicator_sentence("too_good_an_offer", is_present=False, dossier=empty_dossier())
    assert "Promised pay, Qualifications asked" in sentence.en
    assert "Gaji yang dijanjikan, Kualifikasi yang diminta" in sentence.id


def test_a_present_indicator_speaks_its_first_sentence_only() -> None:
    for name in indicator_texts():
        sentence = indicator_sentence(name, is_present=True, dossier=empty_dossier())
        assert "\n" not in sentence.en
        assert ". " not in sentence.en


def test_a_place_that_is_not_filled_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled(Text(en="{one}", id="{one}"), other="x")


def test_the_sentences_about_a_person_are_not_for_checking() -> None:
    checked = set(reason_texts().check)
    assert not checked & set(input_policy().withheld)
    assert not checked & {"apparent_age", "reluctance", "coached_phrasing", "told_to_keep_silent"}
    for check in reason_texts().check.values():
        assert check.how.en != check.how.id


def cut(start: str) -> Callable[[str], str]:
    """Return how to take out the first line that begins so."""
    return lambda text: "\n".join(line for line in text.splitlines() if not line.startswith(start))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (cut("codes.written_foreign"), "needs a sentence for each of its answers"),
        (
            lambda text: text.replace("[answer.contract]", "[answer.kontrak]"),
            "has no sentences, or needs none",
        ),
        (lambda text: text.replace("[check.debt]", "[check.job_offer]"), "no answer that carries evidence"),
        (lambda text: text.replace("[check.debt]", "[check.fee_band]"), "no answer that carries evidence"),
        (
            lambda text: text.replace('clears = { answer = "given"', 'clears = { answer = "lacking"'),
            "less concerning",
        ),
        (cut("below = "), "'below' and 'reached'"),
        (lambda text: text.replace("by_value.alone", "by_value.lonely"), "explains an unknown answer"),
        (lambda text: text.replace('answer = "pilgrimage"', 'answer = "hajj"'), "explains an unknown answer"),
        (lambda text: text.replace('reluctance = "afraid"', 'reluctance = "angry"'), "has no answer 'angry'"),
        (
            lambda text: text.replace('fields = ["accompanied_by", ', 'fields = ["age", '),
            "never read otherwise anyway",
        ),
        (
            lambda text: text.replace('judgements = ["answers', 'judgements = ["contract", "answers'),
            "only a person judges",
        ),
        (lambda text: text.replace("most_answers = 3", "most_answers = 30"), "less than or equal to 3"),
        (lambda text: text + "\n[check.visa]\nwho = 1\n", "unknown key"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(
    change: Callable[[str], str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reasons.toml").write_text(change(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr(reason_file, "__file__", str(tmp_path / "reason_texts.py"))
    with pytest.raises(BadInput) as caught:
        reason_file.reason_texts.__wrapped__()
    assert said in str(caught.value)
    assert "reasons.toml" in str(caught.value)


def test_every_stage_has_something_to_check() -> None:
    assert {fields()[name].visible_from for name in reason_texts().check} == set(Stage)
