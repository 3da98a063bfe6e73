"""Moodle's importer takes every question, and finds the dossier, the right answer and the reason for it."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from console.materials.marks import mark_of, marks
from console.materials.moodle import quiz
from console.materials.records import DossierRecord, SittingRecord
from dossier.recommendations import Recommendation
from dossier.texts import Language
from tests.unit.materials.moodle_rules import GRADES, Question, Refused, read
from tests.unit.materials.samples import SITTING, dossiers, with_truth

HOSTILE = ']]><script>alert(1)</script> & "quoted" // /slash\x00\x0b\ud800'


def written(*found: DossierRecord, sitting: SittingRecord = SITTING) -> str:
    return "".join(quiz(sitting, found))


def test_each_dossier_becomes_one_question_with_the_four_actions() -> None:
    questions = read(written(*dossiers()))
    assert [question.name for question in questions] == [f"Class A: Dossier A{n}" for n in range(1, 5)]
    assert all(
        [answer.text for answer in one.answers] == [f"<p>Do {each.label}</p>" for each in Recommendation]
        for one in questions
    )
    assert {question.category for question in questions} == {("$course$", "top", "saring", "Class A")}


@pytest.mark.parametrize(
    ("truth", "fractions"),
    [("victim", [0, 30, 80, 100]), ("lawful", [100, 80, 30, 0]), ("irregular", [50, 100, 100, 0])],
)
def test_an_action_is_worth_what_the_file_of_marks_says(truth: str, fractions: list[float]) -> None:
    (question,) = read(written(with_truth(dossiers()[0], truth)))
    assert [answer.fraction for answer in question.answers] == fractions


def test_every_mark_is_one_that_moodle_offers_and_some_action_is_fully_right() -> None:
    for truth in marks().verdicts:
        percents = {mark_of(truth, action).percent for action in Recommendation}
        assert percents <= set(GRADES)
        assert 100 in percents


@pytest.mark.parametrize(
    ("language", "name", "action", "remark"),
    [
        ("en", "Class A: Dossier A1", "Do proceed", "outside this exercise"),
        ("id", "Class A: Berkas A1", "Lakukan proceed", "di luar latihan ini"),
    ],
)
def test_a_question_speaks_one_language_throughout(
    language: Language, name: str, action: str, remark: str
) -> None:
    dossier = with_truth(dossiers()[0], "irregular")
    (question,) = read(written(dossier, sitting=replace(SITTING, language=language)))
    assert question.name == name
    assert action in question.answers[0].text
    assert remark in question.answers[0].feedback
    assert (" (id)" in question.text) == (language == "id")


def test_the_feedback_holds_story_advice_and_indicators_and_the_question_holds_none_of_them() -> None:
    (question,) = read(written(dossiers()[0]))
    for said in ("SECRET story", "SECRET advice", "easy offer"):
        assert said in question.general_feedback
        assert said not in question.text
    assert "value 0" in question.text
    assert "Nobody here exists" in question.text


def test_nothing_in_a_title_or_a_dossier_is_taken_for_markup() -> None:
    dossier = dossiers()[0]
    content = {**dossier.content, "name": HOSTILE}
    sitting = replace(SITTING, title=HOSTILE)
    (question,) = read(written(replace(dossier, content=content), sitting=sitting))
    assert tags_in(question) <= {"div", "p", "h4", "table", "caption", "tbody", "tr", "th", "td", "ul", "li"}
    assert question.category[3:] == (
        HOSTILE.replace("\x00", "\ufffd").replace("\x0b", "\ufffd").replace("\ud800", "\ufffd"),
    )


def test_a_dossier_whose_answer_may_not_be_told_becomes_no_question() -> None:
    with pytest.raises(ValueError, match="answer"):
        written(*dossiers(revealed=False))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('fraction="30"', 'fraction="31"'),
        ('fraction="100"', 'fraction="90"'),
        ("<single>true</single>", "<single>false</single>"),
        ("<![CDATA[", ""),
        ("<answernumbering>none", "<answernumbering>nothing"),
    ],
)
def test_the_rules_of_the_importer_refuse_what_is_wrong(old: str, new: str) -> None:
    right = written(dossiers()[0])
    assert old in right
    with pytest.raises(Exception, match=r".") as caught:
        read(right.replace(old, new))
    assert (
        isinstance(caught.value, Refused)
        or "not well-formed" in str(caught.value)
        or "mismatched" in str(caught.value)
    )


def tags_in(question: Question) -> set[str]:
    found: set[str] = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)

    Tags().feed(question.text + question.general_feedback)
    return found
