"""A reader that we did not write makes an examination paper of the questions: amc2moodle, from Moodle XML to LaTeX.

Nobody has published a schema of Moodle's XML that we could find, so that only a program can tell whether a file
can be read. amc2moodle takes every share of a mark above nought for a right answer.
"""

import importlib
import logging
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from console.materials.marks import mark_of
from console.materials.moodle import quiz
from console.materials.records import DossierRecord
from dossier.recommendations import Recommendation
from tests.unit.materials.samples import ACTIONS, SITTING, dossiers, with_truth

QUESTION = re.compile(r"\\element\{(?P<category>.*?)\}\{\s*\\begin\{question\}\{(?P<name>.*?)\}")
CHOICE = re.compile(r"\\(correct|wrong)choice\{(.*?)\}")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class that reads a file; what it converts pictures with is left out where the system lacks it."""
    pytest.importorskip("amc2moodle", reason="amc2moodle is not installed: pip install -e '.[dev]'")
    try:
        importlib.import_module("wand.image")
    except ImportError:
        monkeypatch.setitem(sys.modules, "wand.image", SimpleNamespace(Image=None))
    loggers = logging.getLoggerClass()
    quiz_class = importlib.import_module("amc2moodle.moodle2amc").Quiz
    logging.setLoggerClass(loggers)  # importing it changes the class of everybody's loggers
    return quiz_class


def paper(reader: Any, folder: Path, text: str) -> list[str]:
    """Return the questions of the examination paper, as LaTeX."""
    (folder / "quiz.xml").write_text(text, encoding="utf-8")
    reader(str(folder / "quiz.xml")).convert(str(folder / "paper.tex"))
    return re.split(r"(?=\\element)", (folder / "paper.tex").read_text(encoding="utf-8"))[1:]


def three() -> list[DossierRecord]:
    victim, other, lawful, _ = dossiers()
    return [victim, with_truth(other, "irregular"), lawful]


def test_every_dossier_becomes_a_question_with_its_evidence_and_its_four_actions(
    reader: Any, tmp_path: Path
) -> None:
    asked = three()
    questions = paper(reader, tmp_path, "".join(quiz(SITTING, asked)))
    assert len(questions) == len(asked)
    for question, dossier in zip(questions, asked, strict=True):
        head = QUESTION.match(question)
        assert head is not None
        assert (head["category"], head["name"]) == (
            "top-saring-Class A",
            f"Class A: Dossier {dossier.letter}",
        )
        assert all(said in question for said in (dossier.content["name"], "from the registry", "My aunt."))
        assert dossier.key is not None
        assert CHOICE.findall(question) == [
            ("correct" if mark_of(dossier.key["truth_class"], action).percent else "wrong", text.en)
            for action, text in zip(Recommendation, ACTIONS.values(), strict=True)
        ]
        assert "SECRET" not in question


@pytest.mark.parametrize("damage", ["</answer>", '<questiontext format="html">', ' fraction="100"'])
def test_the_reader_refuses_a_damaged_file(reader: Any, tmp_path: Path, damage: str) -> None:
    right = "".join(quiz(SITTING, three()))
    assert damage in right
    with pytest.raises((ValueError, SyntaxError, AttributeError, TypeError)):
        paper(reader, tmp_path, right.replace(damage, ""))
