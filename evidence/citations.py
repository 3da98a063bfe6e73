"""What the lines under `sources` in saring's files cite, as works that a reader can look up.

A line is a work that the evidence knows and a place in it (`paper_004, Table 1`), a section of the notes that
scenarios were written from, or the name of a work in plain words. Sections give way to the works behind them
(`notes.toml`), because nobody could open the notes. What somebody's own file cites stays as it is written:
nothing here refuses a line, and nothing says how far a work can be trusted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from dossier.problems import Problem, raise_if_any
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated
from evidence.registry import sources

NOTES = "handbook/"
"""How a line begins that names a section of the notes."""
_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_PAPER = re.compile(r"paper-(?=\d{3}\b)")


class FurtherWork(Declared):
    """A work that no figure is taken from.

    Attributes:
        name: How others name it.
        says: What it is about.
    """

    name: str
    says: Text


class Notes(Declared):
    """The file `notes.toml`.

    Attributes:
        further: Works that no figure is taken from, by key.
        sections: What each section of the notes rests on.
    """

    further: Mapping[str, FurtherWork]
    sections: Mapping[str, tuple[str, ...]]


@cache
def notes() -> Notes:
    """Return what lines may cite beside the works that figures are taken from.

    Raises:
        BadInput: If a section rests on a work that nobody knows, or a key stands for two works.
    """
    return read_notes(Path(__file__).with_name("notes.toml"))


def read_notes(path: Path) -> Notes:
    """Read a file of notes and check it against the works of the evidence.

    Raises:
        BadInput: With everything that is wrong with it, each with its line.
    """
    file = read_toml(path)
    found = validated(Notes, file)
    raise_if_any([*_doubled(found, file), *_unknown(found, file)])
    return found


def key_and_place(line: str) -> tuple[str, str]:
    """Return the key of the work that a line cites and the place in it; both as written, where it has no key.

    Examples:
        >>> key_and_place("paper-004, Immigration's Efforts, step 6")
        ('paper_004', "Immigration's Efforts, step 6")
    """
    key, _, place = _PAPER.sub("paper_", line.strip(), count=1).partition(",")
    return key.strip(), place.strip()


def works_behind(lines: Iterable[str]) -> tuple[str, ...]:
    """Return what lines cite, each once, with the works behind them in place of sections of the notes.

    Examples:
        >>> works_behind(["paper_002, Case Study", "handbook/evidence 5.1, line 31"])
        ('paper_002, Case Study',)
    """
    return tuple(dict.fromkeys(work for line in lines for work in notes().sections.get(line, (line,))))


def citations(lines: Iterable[str]) -> tuple[str, ...]:
    """Return what lines cite in full, in English: authors, title, where and when published, and the place."""
    return tuple(_in_full(line) for line in works_behind(lines))


def is_known(line: str) -> bool:
    """Whether a line cites a work by a known key, a known section of the notes, or a work in plain words."""
    key, _ = key_and_place(line)
    if line.startswith(NOTES):
        return line in notes().sections
    return key in sources() or key in notes().further or not _KEY.fullmatch(key)


def _in_full(line: str) -> str:
    key, place = key_and_place(line)
    if further := notes().further.get(key):
        return f"{further.name}: {further.says.en}"
    if source := sources().get(key):
        return f"{source.citation}. {place}" if place else source.citation
    return line


def _doubled(found: Notes, file: TomlFile) -> Iterator[Problem]:
    for key in sorted(found.further.keys() & sources().keys()):
        yield file.problem(f"'{key}' stands in sources.toml, too", ("further", key), "Keep one of the two.")


def _unknown(found: Notes, file: TomlFile) -> Iterator[Problem]:
    known = {*found.further, *sources()}
    mend = "Write it under [further], or into sources.toml."
    for section, works in found.sections.items():
        for key in (key_and_place(work)[0] for work in works):
            if key not in known:
                what = f"'{section}' rests on the unknown work '{key}'"
                yield file.problem(what, ("sections", section), mend)
