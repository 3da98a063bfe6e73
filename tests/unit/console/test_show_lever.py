"""A lever is a page for people: what is done, whom it burdens, every size, and its sources, in both languages."""

import pytest

from console.commands.show_lever import print_lever
from console.words import Speaker
from dossier.fields import fields
from dossier.texts import Language
from evidence import citations
from synthetic.levers import lever_names, released_levers

WIDTH = 80


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", lever_names())
def test_a_lever_is_a_page(
    name: str, language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("TERM", "dumb")
    lever = released_levers()[name]
    print_lever(lever, Speaker(language))
    lines = capsys.readouterr().out.splitlines()
    page = " ".join(" ".join(lines).split())
    assert all(len(line) <= WIDTH for line in lines[1:])
    for text in (lever.lever.title, lever.lever.description, lever.lever.limits):
        assert " ".join(text.in_language(language).split()) in page
    assert all(" ".join(work.split()) in page for work in citations(lever.lever.sources))
    assert "D)" in page
    assert "{" not in page


def test_every_answer_that_it_changes_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lever = released_levers()["interview_training"]
    print_lever(lever, Speaker("en"))
    page = capsys.readouterr().out
    for part in (lever.missing, lever.noise, lever.lies, lever.cover, lever.hard_to_fake):
        assert all(fields()[field].label.en in page for field in part)
