"""TOML files: every complaint names the file, the line, and what the writer probably meant."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import Field as Option
from pydantic import ValidationError, field_validator

from dossier.problems import BadInput
from dossier.toml_files import Declared, TomlFile, read_toml, validated


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
    with pytest.raises(BadInput, match="cannot be read as text"):
        read_toml(tmp_path)


def test_bad_toml_is_named_with_its_line(write: Writer) -> None:
    with pytest.raises(BadInput, match=r"sample\.toml: this is not valid TOML: .*line 2"):
        write("[part]\nshare = \n")


def test_a_key_that_stands_twice_is_refused(write: Writer) -> None:
    with pytest.raises(BadInput, match="not valid TOML"):
        write("[part]\nshare = 1\nshare = 2\n")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "Réunion"\n'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"latin\.toml: this file cannot be read as text \('utf-8'"):
        read_toml(path)
