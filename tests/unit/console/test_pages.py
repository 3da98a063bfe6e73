"""Pages for people: tables that fit the line and break what must be broken last."""

import pytest

from console.pages import LEAST_WIDTH, facts, heading, paragraph, points, text_table

COLUMNS = ("id", "n", "why")
LONG = "because of many words that go on and on until no line could hold them all at once"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", "40")
    return 40


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_what_fits_stays_on_one_line(narrow: int, capsys: pytest.CaptureFixture[str]) -> None:
    text_table(COLUMNS, {"": [["a_name", "12,000", "short"]]}, numbers=(1,))
    assert [line.split() for line in lines(capsys)] == [["id", "n", "why"], ["a_name", "12,000", "short"]]


def test_numbers_stand_to_the_right_and_text_to_the_left(
    narrow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text_table(COLUMNS, {"": [["a", "7", "x"], ["b", "12,000", "x"]]}, numbers=(1,))
    _, first, second = lines(capsys)
    assert first.index("7") == second.index("0", second.index(",") + 3)
    assert first.rindex("x") == second.rindex("x")


def test_long_text_is_broken_and_names_and_numbers_are_not(
    narrow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text_table(COLUMNS, {"": [["a_rather_long_name", "12,000", LONG]]}, numbers=(1,))
    found = lines(capsys)
    assert max(map(len, found)) <= narrow
    assert "a_rather_long_name  12,000" in found[1]
    assert " ".join(" ".join(line[28:].split()) for line in found[1:]) == LONG


def test_a_name_of_more_than_half_the_line_is_broken_too(
    narrow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text_table(COLUMNS, {"": [["x" * 60, "1", LONG]]}, numbers=(1,))
    found = lines(capsys)
    assert max(map(len, found)) <= narrow
    assert "".join(found).count("x") == 60


def test_a_name_is_broken_at_blanks_before_any_word_is_broken(
    narrow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text_table(("name", "now", "then"), {"": [["a name of words", "electronically", "not applicable"]]})
    found = lines(capsys)
    assert max(map(len, found)) <= narrow
    words = " ".join(found).split()
    assert {"name", "words", "electronically", "not", "applicable"} <= set(words)


def test_parts_have_a_line_of_their_own_and_share_their_columns(
    narrow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text_table(("id", "what"), {"first": [["a", "one"]], "second": [["longer", "two"]]})
    found = [line.rstrip() for line in lines(capsys)]
    assert found == ["id      what", "first", "a       one", "second", "longer  two"]


def test_a_screen_of_no_width_still_shows_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    text_table(("id", "what"), {"": [["abcdefghij", "klmnopqrst"]]})
    assert LEAST_WIDTH * 2 + 2 >= 12
    text = "".join(lines(capsys))
    assert all(letter in text for letter in "abcdefghijklmnopqrst")


def test_square_brackets_are_no_markup(narrow: int, capsys: pytest.CaptureFixture[str]) -> None:
    text_table(("id",), {"[table]": [["[bold]"]]})
    heading("[head]", first=True)
    paragraph("[red]text[/red]")
    points(["[point]"])
    facts({"[name]": "[value]"})
    text = "\n".join(lines(capsys))
    for word in ("[table]", "[bold]", "[head]", "[red]text[/red]", "[point]", "[name]", "[value]"):
        assert word in text
