"""Dossiers as multiple-choice questions in Moodle's XML: the four actions, partly right ones among them.

A question shows the whole evidence at once, since Moodle has no stages, and its feedback tells the answer: so
questions are made only of dossiers whose answers have been revealed. Dossiers are HTML in CDATA, built as
elements, so that nothing that stands in a dossier or a title is ever taken for markup.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from console.materials.export_texts import export_texts, indicator_title, remark, said
from console.materials.marks import mark_of
from console.materials.records import DossierRecord, SittingRecord
from console.materials.sheets import Entry, Part, all_parts
from dossier.recommendations import Recommendation
from dossier.texts import Language

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def quiz(sitting: SittingRecord, dossiers: Iterable[DossierRecord]) -> Iterator[str]:
    """Yield a file of questions in the language of the export, question by question.

    Args:
        sitting: The sitting; its title names the category.
        dossiers: With their keys.

    Raises:
        ValueError: If a dossier has no key.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    yield f"<!-- {escape(said('synthetic', sitting.language))} -->\n"
    yield _category(sitting)
    for dossier in dossiers:
        yield _question(sitting, dossier)
    yield "</quiz>\n"


def _category(sitting: SittingRecord) -> str:
    """Return the category, whose parts have slashes between them; a slash within a part is doubled."""
    title = _clean(sitting.title).replace("/", "//")
    return (
        '<question type="category">\n'
        f"<category><text>$course$/top/saring/{escape(title)}</text></category>\n"
        f'<info format="html">{_text(_paragraph(said("synthetic", sitting.language)))}</info>\n'
        "</question>\n"
    )


def _question(sitting: SittingRecord, dossier: DossierRecord) -> str:
    if dossier.key is None:
        raise ValueError("a question tells its answer, so that it needs one")
    language, truth_class = sitting.language, dossier.key["truth_class"]
    name = f"{_clean(sitting.title)}: {said('dossier', language, letter=dossier.letter)}"
    text = _dossier_html(dossier, sitting.place, language)
    answers = "".join(
        _answer(action, truth_class, sitting.actions[action.label].in_language(language), language)
        for action in Recommendation
    )
    return (
        '<question type="multichoice">\n'
        f"<name><text>{escape(name)}</text></name>\n"
        f'<questiontext format="html">{_text(text)}</questiontext>\n'
        f'<generalfeedback format="html">{_text(_feedback_html(dossier.key, language))}</generalfeedback>\n'
        "<defaultgrade>1</defaultgrade>\n<penalty>0.3333333</penalty>\n<hidden>0</hidden>\n"
        f"<idnumber>{dossier.id}</idnumber>\n"
        "<single>true</single>\n<shuffleanswers>false</shuffleanswers>\n<answernumbering>none</answernumbering>\n"
        f"{answers}"
        "<tags><tag><text>saring</text></tag><tag><text>synthetic</text></tag></tags>\n"
        "</question>\n"
    )


def _answer(action: Recommendation, truth_class: str, title: str, language: Language) -> str:
    mark = mark_of(truth_class, action)
    feedback = remark(truth_class, mark.verdict).in_language(language)
    return (
        f'<answer fraction={quoteattr(str(mark.percent))} format="html">{_text(_paragraph(title))}\n'
        f'<feedback format="html">{_text(_paragraph(feedback))}</feedback>\n</answer>\n'
    )


# --- HTML -------------------------------------------------------------------------------------------


def _dossier_html(dossier: DossierRecord, place: str, language: Language) -> str:
    top = ET.Element("div", lang=language)
    _add(top, "p", said("synthetic", language))
    _add(top, "h4", f"{said('dossier', language, letter=dossier.letter)}: {dossier.content['name']}")
    page = [(entry["label"][language], entry["value"][language]) for entry in dossier.content["data_page"]]
    _add_table(top, said("data_page", language), page)
    for part in all_parts(dossier.content, place):
        rows = [_row(part, entry, language) for entry in part.entries]
        _add_table(top, export_texts().tabs[part.tab].in_language(language), rows)
    _add(top, "p", said("what_to_do", language))
    return _written(top)


def _feedback_html(key: Mapping[str, Any], language: Language) -> str:
    top = ET.Element("div", lang=language)
    for heading, text in (("what_was_so", key["story"]), ("advice", key["advice"])):
        _add(top, "h4", said(heading, language))
        _add(top, "p", text[language])
    names = sorted(name for name, reading in key["indicators"].items() if reading == "present")
    _add(top, "h4", said("present", language))
    if names:
        listed = ET.SubElement(top, "ul")
        for name in names:
            _add(listed, "li", indicator_title(name).in_language(language))
    else:
        _add(top, "p", said("none_present", language))
    _add(top, "p", said("people_decide", language))
    return _written(top)


def _row(part: Part, entry: Entry, language: Language) -> tuple[str, str]:
    names = {"interview": ("question", "answer"), "timeline": ("when", "what")}
    head, value = names.get(part.tab, ("label", "value"))
    return entry[head][language], entry[value][language]


def _add_table(top: ET.Element, caption: str, rows: Iterable[tuple[str, str]]) -> None:
    table = ET.SubElement(top, "table", border="1")
    _add(table, "caption", caption)
    body = ET.SubElement(table, "tbody")
    for head, value in rows:
        row = ET.SubElement(body, "tr")
        _add(row, "th", head).set("scope", "row")
        _add(row, "td", value)


def _add(top: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(top, tag)
    element.text = _clean(text)
    return element


def _paragraph(text: str) -> str:
    paragraph = ET.Element("p")
    paragraph.text = _clean(text)
    return _written(paragraph)


def _written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", method="html")


def _text(html: str) -> str:
    """Return HTML as Moodle's `text` element; the end of a CDATA part cannot stand within one."""
    return f"<text><![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]></text>"


def _clean(text: str) -> str:
    """Return a text without the characters that no XML file may hold."""
    return _NOT_XML.sub("\ufffd", text)
