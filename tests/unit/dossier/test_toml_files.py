"""TOML files: every complaint names the file, the line, and what the writer probably meant."""

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field as Option
from pydantic import ValidationError, field_validator

from dossier.problems import BadInput
from dossier.text_files import LARGEST_FILE
from dossier.toml_files import (
    Declared,
    Finite,
    TomlFile,
    read_toml,
    released_or_path,
    validated,
)


class Part(Declared):
    """A table inside the sample."""

    share: float
    label: str = ""


class Sample(Declared):
    """What a sample file may hold."""

    part: Part
    odds: Mapping[str, Part] = Option(default_factory=dict)
    people: tuple[Part, ...] = ()

    @field_validator("odds")
    @classmethod
    def _no_ghosts(cls, odds: Mapping[str, Part]) -> Mapping[str, Part]:
        if "ghost" in odds:
            raise ValueError("there are no ghosts")
        return odds


GOOD = """# a sample
[part]
share = 0.5

[odds."a.b"]  # a quoted name
share = 1

[[people]]
share = 2

[[people]]
share = 3
label = "last"
"""


@pytest.fixture
def write(tmp_path: Path) -> "Writer":
    return Writer(tmp_path / "sample.toml")


class Writer:
    """Writes one file, reads it, and notes the complaint."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str) -> TomlFile:
        self.path.write_text(text, encoding="utf-8")
        return read_toml(self.path)

    def complaint(self, text: str) -> BadInput:
        """Return what reading and validating `text` complains of."""
        with pytest.raises(BadInput) as error:
            validated(Sample, self(text))
        return error.value


def test_a_good_file_is_read_as_it_stands(write: Writer) -> None:
    sample = validated(Sample, write(GOOD))
    assert sample.part.share == 0.5
    assert [person.label for person in sample.people] == ["", "last"]


def test_what_was_read_cannot_be_changed(write: Writer) -> None:
    sample = validated(Sample, write(GOOD))
    with pytest.raises(ValidationError):
        sample.part = Part(share=1)


@pytest.mark.parametrize(
    ("key_path", "place"),
    [
        (("part",), "sample.toml, line 2"),
        (("part", "share"), "sample.toml, line 3"),
        (("odds", "a.b"), "sample.toml, line 5"),
        (("people", 0, "share"), "sample.toml, line 9"),
        (("people", 1, "label"), "sample.toml, line 13"),
        (("part", "share", "deeper", "still"), "sample.toml, line 3"),
        (("elsewhere",), "sample.toml"),
        ((), "sample.toml"),
    ],
)
def test_a_key_is_found_on_its_line(write: Writer, key_path: tuple[str | int, ...], place: str) -> None:
    assert write(GOOD).where(key_path) == place


def test_the_part_of_a_key_that_has_a_line_is_told(write: Writer) -> None:
    file = write(GOOD)
    assert file.placed(("part", "share", "deeper")) == ("part", "share")
    assert file.placed(("elsewhere", "deeper")) == ()


@pytest.mark.parametrize(
    "line", ["part.share = 1", '"part" . "share" = 1', "'part'.share = 1", "part . share=1"]
)
def test_a_dotted_key_is_found_however_it_is_spelt(write: Writer, line: str) -> None:
    assert write(f"\n{line}\n").where(("part", "share")) == "sample.toml, line 2"


def test_a_value_that_looks_like_a_key_moves_no_line(write: Writer) -> None:
    file = write('[part]\nlabel = "share = 3"\nshare = 1\n')
    assert file.where(("part", "share")) == "sample.toml, line 3"


def test_an_unknown_key_is_named_with_its_line_and_what_was_meant(write: Writer) -> None:
    (problem,) = write.complaint("[part]\nshare = 1\nlabl = 'x'\n").problems
    assert problem.what == "unknown key 'part.labl'"
    assert problem.where == "sample.toml, line 3"
    assert problem.mend == "Did you mean 'label'?"


def test_an_unknown_key_far_from_all_others_gets_no_wild_guess(write: Writer) -> None:
    (problem,) = write.complaint("[part]\nshare = 1\nzzz = 1\n").problems
    assert "Did you mean" not in problem.mend
    assert problem.mend


def test_a_missing_key_is_named_with_the_line_of_its_table(write: Writer) -> None:
    (problem,) = write.complaint("\n[part]\nlabel = 'x'\n").problems
    assert problem.what == "'part.share' is missing"
    assert problem.where == "sample.toml, line 2"
    assert problem.mend == "Add 'part.share'."


def test_a_wrong_type_is_named_with_its_line(write: Writer) -> None:
    (problem,) = write.complaint("[part]\nshare = 'much'\n").problems
    assert problem.where == "sample.toml, line 2"
    assert problem.what.startswith("'part.share': ")


def test_a_rule_of_the_format_speaks_in_its_own_words(write: Writer) -> None:
    (problem,) = write.complaint("[part]\nshare = 1\n[odds.ghost]\nshare = 1\n").problems
    assert problem.what == "'odds': there are no ghosts"


def test_all_problems_of_a_file_are_told_at_once(write: Writer) -> None:
    problems = write.complaint("[part]\nlabl = 1\n[[people]]\nshare = 'x'\n").problems
    assert {problem.where for problem in problems} == {
        "sample.toml, line 1",
        "sample.toml, line 2",
        "sample.toml, line 4",
    }


def test_a_part_of_a_file_is_placed_within_the_whole(write: Writer) -> None:
    file = write("[part]\nshare = 1\nlabl = 'x'\n")
    with pytest.raises(BadInput, match=r"sample\.toml, line 3: unknown key 'labl'"):
        validated(Part, file, file.data["part"], at=("part",))


def test_an_empty_part_is_not_mistaken_for_the_whole_file(write: Writer) -> None:
    file = write("[part]\nshare = 1\n[odds.x]\n")
    with pytest.raises(BadInput) as error:
        validated(Part, file, file.data["odds"]["x"], at=("odds", "x"))
    assert [problem.what for problem in error.value.problems] == ["'share' is missing"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.toml: there is no such file"):
        read_toml(tmp_path / "nowhere.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="this is a folder, so it cannot be read as text\n.*To mend it"):
        read_toml(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    with pytest.raises(BadInput, match=r"pipe\.toml: this is not an ordinary file"):
        read_toml(path)


def test_a_device_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zero.toml"
    path.symlink_to("/dev/zero")
    with pytest.raises(BadInput, match="this is not an ordinary file"):
        read_toml(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(BadInput, match=rf"huge\.toml: this file has {LARGEST_FILE + 1:,} bytes"):
        read_toml(path)


def test_a_link_that_leads_to_itself_is_named_with_a_mend(tmp_path: Path) -> None:
    path = tmp_path / "loop.toml"
    path.symlink_to(path)
    with pytest.raises(BadInput, match=r"loop\.toml: this file cannot be read \(.*\n.*may read the file"):
        read_toml(path)


def test_a_path_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_toml(Path("a\0b.toml"))


def test_bad_toml_is_named_with_its_line(write: Writer) -> None:
    with pytest.raises(BadInput, match=r"sample\.toml, line 2: this is not valid TOML: .*\(column \d+\)\n"):
        write("[part]\nshare = \n")


def test_bad_toml_at_the_very_end_is_named_with_the_last_line(write: Writer) -> None:
    with pytest.raises(BadInput, match=r"sample\.toml, line 2: this is not valid TOML"):
        write('[part]\nlabel = """')


def test_a_number_of_too_many_digits_is_refused(write: Writer) -> None:
    with pytest.raises(BadInput, match=r"sample\.toml: this is not valid TOML.*\n.*Shorten the number"):
        write(f"x = 1{'0' * 5000}\n")


def test_a_key_that_stands_twice_is_refused(write: Writer) -> None:
    with pytest.raises(BadInput, match=r"sample\.toml, line 3: this is not valid TOML"):
        write("[part]\nshare = 1\nshare = 2\n")


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('a = 1\nname = "Réunion"\n'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml, line 2: .* it is not UTF-8\n.*Save it as UTF-8"):
        read_toml(path)


def test_lines_that_end_as_on_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sample.toml"
    path.write_bytes(b"[part]\r\nshare = 1\r\n")
    assert read_toml(path).where(("part", "share")) == "sample.toml, line 2"


def test_a_file_is_named_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "sample.toml"
    path.write_text("[part]\nlabl = 1\n", encoding="utf-8")
    assert read_toml(path, "here/sample.toml").where(("part",)) == "here/sample.toml, line 1"


# --- the words ----------------------------------------------------------------------------------------


class Many(Finite):
    """One of each kind of value."""

    count: int = Option(default=1, gt=0, le=9)
    size: float = Option(default=1.0, ge=0)
    names: tuple[str, ...] = Option(default=(), max_length=2)
    kind: Literal["crude", "expert"] = "crude"
    table: Mapping[str, float] = Option(default_factory=dict)
    flag: bool = False


@pytest.mark.parametrize(
    ("line", "what", "mend"),
    [
        ('count = "big"', "'count': must be a whole number, not 'big'", "without quotation marks"),
        ("count = 1.5", "'count': must be a whole number, not 1.5", "without a decimal point"),
        ("count = 0", "'count': must be greater than 0, not 0", "Give more than 0."),
        ("count = 10", "'count': must be less than or equal to 9, not 10", "Give 9 or less."),
        ("size = -2.5", "'size': must be greater than or equal to 0, not -2.5", "Give 0 or more."),
        ("size = nan", "'size': must be finite, not nan", "ordinary number"),
        ("size = inf", "'size': must be finite, not inf", "ordinary number"),
        ("size = -1e999", "'size': must be finite, not -inf", "ordinary number"),
        ("size = [1]", "'size': must be a number, not a list of 1", "such as 0.25"),
        (f"size = 0x{'f' * 5000}", "'size': must be a number, not one of very many digits", "number"),
        ('names = "male"', "'names': must be a list, not 'male'", 'Put it into brackets: ["male"].'),
        ("names = [1]", "'names.0': must be text, not 1", "quotation marks"),
        ('names = ["a", "b", "c"]', "'names': must hold at most 2, not a list of 3", "Take some out."),
        ('kind = "exprt"', "'kind': must be 'crude' or 'expert', not 'exprt'", "Did you mean 'expert'?"),
        ("kind = 3", "'kind': must be 'crude' or 'expert', not 3", "Choose from: crude, expert."),
        ("table = 3", "'table': must be a table, not 3", "{ key = value }"),
        ("table = { a = nan }", "'table.a': must be finite, not nan", "ordinary number"),
        ('flag = "perhaps"', "'flag': must be true or false, not 'perhaps'", "Write true or false"),
        (f'count = "{"x" * 500}"', "must be a whole number, not 'xxx", "decimal point"),
    ],
)
def test_a_wrong_value_is_said_in_plain_words_with_the_value_and_a_mend(
    write: Writer, line: str, what: str, mend: str
) -> None:
    with pytest.raises(BadInput) as error:
        validated(Many, write(line))
    (problem,) = error.value.problems
    assert what in problem.what
    assert len(problem.what) < 120
    assert mend in problem.mend
    assert problem.where == "sample.toml, line 1"


# --- released names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "ending"), [("hidden", False), ("here/hidden", True), ("hidden.tml", True)])
def test_only_what_looks_like_a_path_is_told_how_a_path_ends(tmp_path: Path, name: str, ending: bool) -> None:
    with pytest.raises(BadInput) as error:
        released_or_path(name, tmp_path, "lever", "--lever")
    (problem,) = error.value.problems
    assert problem.where == "--lever"
    assert ("A path must end in .toml" in problem.mend) == ending


def test_what_follows_from_values_is_not_copied_with_them() -> None:
    class Numbered(Declared):
        number: int

        @cached_property
        def doubled(self) -> int:
            return 2 * self.number

    first = Numbered(number=2)
    assert first.doubled == 4
    assert first.model_copy(update={"number": 5}).doubled == 10
    assert first.doubled == 4
