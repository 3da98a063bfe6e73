"""Moodle XML, read by the rules of Moodle's own importer.

What is refused here is refused there: `question/format/xml/format.php` takes the tree apart, and
`question/type/multichoice/questiontype.php` and `question/format.php` check the answers and their fractions. Only
multiple-choice questions and categories are read. It is written from those rules, and shares no code with the writer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.dom.minidom import Element, Node, parseString

# The shares that Moodle offers for an answer, in percent; others are an error on import by default.
GRADES = (
    100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0,
)  # fmt: skip
NUMBERINGS = ("abc", "ABCD", "123", "iii", "IIII", "none")


class Refused(Exception):
    """Moodle would not import it."""


@dataclass(frozen=True)
class Answer:
    """An answer with its share of the mark, in percent, and its feedback."""

    text: str
    fraction: float
    feedback: str


@dataclass(frozen=True)
class Question:
    """A multiple-choice question as Moodle keeps it."""

    category: tuple[str, ...]
    name: str
    text: str
    general_feedback: str
    answers: tuple[Answer, ...]
    idnumber: str
    tags: tuple[str, ...]


def read(xml: str) -> list[Question]:
    """Return the questions of a file.

    Raises:
        Refused: If Moodle would not import it.
    """
    top = parseString(xml.encode()).documentElement
    if top is None or top.tagName != "quiz":
        raise Refused("the top is no quiz")
    category: tuple[str, ...] = ()
    found: list[Question] = []
    for question in inside(top, "question"):
        match question.getAttribute("type"):
            case "category":
                category = path_of(text_in(one(question, "category")))
            case "multichoice":
                found.append(multichoice(question, category))
            case other:
                raise Refused(f"unknown type {other}")
    if len({question.idnumber for question in found}) < len(found):
        raise Refused("an idnumber stands twice in one category")
    return found


def path_of(text: str) -> tuple[str, ...]:
    """Return the parts of a category's path; a slash within a part stands there twice."""
    return tuple(part.replace("\0", "/") for part in text.replace("//", "\0").split("/"))


def multichoice(question: Element, category: tuple[str, ...]) -> Question:
    answers = tuple(answer(element) for element in inside(question, "answer"))
    if len([each for each in answers if each.text]) < 2:
        raise Refused("too few answers")
    if plain(question, "single") not in ("true", "1") or max(each.fraction for each in answers) != 100:
        raise Refused("one answer must be worth the whole mark")
    if plain(question, "answernumbering") not in NUMBERINGS:
        raise Refused("unknown numbering")
    name = text_in(one(question, "name"))
    if not name or len(plain(question, "idnumber")) > 100 or float(plain(question, "defaultgrade")) <= 0:
        raise Refused("no name, an idnumber that is too long, or no mark")
    return Question(
        category=category,
        name=name,
        text=html_in(question, "questiontext"),
        general_feedback=html_in(question, "generalfeedback"),
        answers=answers,
        idnumber=plain(question, "idnumber"),
        tags=tuple(text_in(tag) for tags in inside(question, "tags") for tag in inside(tags, "tag")),
    )


def answer(element: Element) -> Answer:
    fraction = float(element.getAttribute("fraction"))
    if not any(abs(fraction - grade) < 1e-5 for grade in GRADES):
        raise Refused(f"Moodle knows no share of {fraction}")
    return Answer(text_in(element), fraction, html_in(element, "feedback"))


def html_in(element: Element, name: str) -> str:
    found = one(element, name)
    if found.getAttribute("format") != "html":
        raise Refused(f"{name} is no HTML")
    return text_in(found)


def text_in(element: Element) -> str:
    """Return what stands in the `text` child; children there are an error."""
    text = one(element, "text")
    if any(child.nodeType == Node.ELEMENT_NODE for child in text.childNodes):
        raise Refused("markup outside CDATA")
    return "".join(getattr(child, "data", "") for child in text.childNodes).strip()


def plain(element: Element, name: str) -> str:
    return "".join(getattr(child, "data", "") for child in one(element, name).childNodes).strip()


def one(element: Element, name: str) -> Element:
    found = next(inside(element, name), None)
    if found is None:
        raise Refused(f"no {name}")
    return found


def inside(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element.childNodes if isinstance(child, Element) and child.tagName == name)
