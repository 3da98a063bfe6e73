"""How commands speak: results on stdout, progress on stderr and only to a terminal."""

import json
import sys

import pytest

from console.output import Output, counted_of, number_of, percent, said_percent

TALKATIVE, QUIET = Output(as_json=False, quiet=False), Output(as_json=False, quiet=True)
JSON = Output(as_json=True, quiet=False)


def test_json_is_one_object_and_the_text_is_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    JSON.result({"a": [1, None], "b": "é"}, lambda: pytest.fail("text was made"))
    out, err = capsys.readouterr()
    assert json.loads(out) == {"a": [1, None], "b": "é"}
    assert "é" in out
    assert err == ""


@pytest.mark.parametrize("output", [TALKATIVE, QUIET])
def test_text_is_printed_where_json_was_not_asked_for(
    output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    output.result({"a": 1}, lambda: print("one"))
    assert capsys.readouterr().out == "one\n"


def test_sentences_are_for_people_who_did_not_ask_for_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    TALKATIVE.say("A sentence.")
    assert capsys.readouterr().out == "A sentence.\n"
    QUIET.say("A sentence.")
    JSON.say("A sentence.")
    assert capsys.readouterr().out == ""


def test_a_table_shows_every_cell(capsys: pytest.CaptureFixture[str]) -> None:
    TALKATIVE.table("Title", ("name", "n"), [["some [bracketed] name", "1,234"], ["other", "5"]])
    out = capsys.readouterr().out
    assert all(word in out for word in ("Title", "name", "some [bracketed] name", "1,234", "other"))


def test_words_stand_at_the_left_of_their_column_and_numbers_at_the_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [["a", "x", "1"], ["b", "longer", "1,234"]]
    TALKATIVE.table("Title", ("name", "text", "count"), rows, words=["text"])
    assert capsys.readouterr().out.splitlines()[2] == "a     x           1"


def test_the_name_of_a_rule_is_not_broken_where_the_line_is_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name, column = "family_letter_lacking_outsider_near", "two words here"
    TALKATIVE.table("Title", ("rule", *[column] * 4), [[name, *["12 of 345"] * 4]])
    lines = capsys.readouterr().out.splitlines()
    assert any(name in line for line in lines)
    assert max(map(len, lines)) <= 80
    assert " ".join(lines).count("12 of 345") == 4


def test_a_name_of_more_than_half_the_line_is_broken_and_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    TALKATIVE.table("Title", ("rule", "n"), [["x" * 60, "1,234"]])
    out = capsys.readouterr().out
    assert out.count("x") == 60
    assert "1,234" in out


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with TALKATIVE.progress("Drawing", 10) as advance:
        advance(10)
    with TALKATIVE.step("Training") as status:
        status("Learning")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("output", [TALKATIVE, JSON])
def test_progress_speaks_to_a_terminal_on_stderr(
    output: Output, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with output.progress("Drawing", 10) as advance:
        advance(10)
    with output.step("Training") as status:
        status("Learning")
    out, err = capsys.readouterr()
    assert out == ""
    assert "Drawing" in err or "Training" in err


def test_progress_is_silent_where_quiet_was_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with QUIET.progress("Drawing", 10) as advance:
        advance(10)
    with QUIET.step("Training") as status:
        status("Learning")
    assert capsys.readouterr() == ("", "")


def test_a_rate_is_shown_with_its_interval() -> None:
    assert percent({"estimate": 1.0, "low": 0.5, "high": 1.0, "n": 3}) == "100.0 % (50.0-100.0)"
    assert percent({"estimate": None, "low": None, "high": None, "n": 0}) == "cannot be said"


def test_in_a_sentence_the_interval_is_called_what_it_is() -> None:
    half = {"estimate": 0.5, "low": 0.4, "high": 0.6, "n": 100}
    assert said_percent(half) == "50.0 % (95 % interval 40.0-60.0)"
    assert said_percent({"estimate": None, "low": None, "high": None, "n": 0}) == "cannot be said"


def test_of_nobody_nothing_is_said_that_reads_as_perfect() -> None:
    nobody = {"missed": 0, "estimate": None, "low": None, "high": None, "n": 0}
    assert counted_of(nobody, "missed", "victim") == "there were no victims: cannot be said"
    one = {"missed": 1, "estimate": 1.0, "low": 0.025, "high": 1.0, "n": 1}
    assert counted_of(one, "missed", "victim") == "1 of 1 victim = 100.0 % (95 % interval 2.5-100.0)"


def test_one_is_singular() -> None:
    assert [number_of(n, "victim") for n in (0, 1, 2000)] == ["0 victims", "1 victim", "2,000 victims"]
