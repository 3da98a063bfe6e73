"""How guides and the gallery name the works that a scenario rests on, in both languages.

Names that others gave stay as they are, with a line in the other language; what is our own description is
said in both. Which works a line cites is for `evidence.citations`. Nothing here says how far a work can be
trusted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dossier.problems import BadInput
from dossier.texts import Language, Text
from dossier.toml_files import Declared, read_toml, validated
from evidence import figure, registry, works_behind
from evidence.citations import key_and_place, notes
from evidence.entries import ARITHMETIC, Figure, Source
from screening.reasons import filled

PAPER = "paper_"
"""How the key of a paper begins, before the number by which texts name it."""
FILE = "sources.toml"


class Described(Declared):
    """A work that we describe in our own words.

    Attributes:
        title: The description, in Indonesian.
        published: Who published it, in Indonesian; empty where the name stays as it is.
    """

    title: str
    published: str = ""


class About(Declared):
    """A work that has a name of its own.

    Attributes:
        named_in: Language of the name.
        says: What the work is about, in the other language.
    """

    named_in: Language
    says: str


class SourcesFile(Declared):
    """The file `sources.toml`.

    Attributes:
        described: Works that we describe, by key.
        about: Works with a name of their own, by key.
        figures: What figures measure, in Indonesian.
        places: Places in a work that are our own words, in Indonesian.
        texts: Further words.
    """

    described: Mapping[str, Described]
    about: Mapping[str, About]
    figures: Mapping[str, str]
    places: Mapping[str, str]
    texts: Mapping[str, Text]


@dataclass(frozen=True)
class Work:
    """A work as a guide names it.

    Attributes:
        name: Authors, title, where it was published and when.
        named_in: Language of the name; None where both languages say it in their own words.
        about: What it is about, where the name does not say it to everybody.
        number: The number by which texts name it, such as `004`; empty for all but the papers.
        places: Which places in it are meant.
    """

    name: Text
    named_in: Language | None
    about: Text | None
    number: str = ""
    places: tuple[str, ...] = ()


@cache
def _file() -> SourcesFile:
    return validated(SourcesFile, read_toml(Path(__file__).with_name(FILE)))


def works_of(references: Iterable[str]) -> tuple[Work, ...]:
    """Return the works that references such as `paper_004, Table 1` mean, each once with all its places.

    Raises:
        BadInput: If a reference means no work that can be named in both languages.
    """
    places: dict[str, dict[str, None]] = {}
    for reference in works_behind(references):
        key, place = key_and_place(reference)
        places.setdefault(key, {}).update({place: None} if place else {})
    return tuple(work_named(key, tuple(inside)) for key, inside in places.items())


def work_named(key: str, places: tuple[str, ...] = ()) -> Work:
    """Return a work by its key.

    Args:
        key: Its key in the evidence.
        places: Which places in it are meant.

    Raises:
        BadInput: If nobody said how to name it in both languages.
    """
    file = _file()
    if further := notes().further.get(key):
        return Work(Text(en=further.name, id=further.name), None, further.says, places=places)
    source = registry().sources.get(key)
    if source and (described := file.described.get(key)):
        published = described.published or source.published
        indonesian = source.model_copy(update={"title": described.title, "published": published})
        return Work(Text(en=source.citation, id=indonesian.citation), None, None, places=places)
    if source and (about := file.about.get(key)):
        name = source.citation
        said = Text(en=about.says, id=about.says)
        number = key.removeprefix(PAPER) if key.startswith(PAPER) else ""
        return Work(Text(en=name, id=name), about.named_in, said, number, places)
    raise _unnamed(f"nothing says how to name the work {key!r}", "[described] or [about]")


@cache
def papers() -> tuple[Work, ...]:
    """Return the papers that texts name by number, in order."""
    return tuple(work_named(key) for key in sorted(registry().sources) if key.startswith(PAPER))


def measured(found: Figure) -> Text:
    """Return what a figure measures.

    Raises:
        BadInput: If nobody said it in Indonesian.
    """
    if found.key not in _file().figures:
        raise _unnamed(f"nothing says in Indonesian what the figure {found.key!r} measures", "[figures]")
    return Text(en=found.what, id=_file().figures[found.key])


def place_of(found: Figure) -> Text:
    """Return where a figure stands in its work, or from which works it is computed."""
    if found.source != ARITHMETIC:
        return Text(en=found.locator, id=_file().places.get(found.locator, found.locator))
    short = "; ".join(dict.fromkeys(_short(registry().sources[key]) for key in origins(found)))
    return filled(_file().texts["computed"], works=short)


def origins(found: Figure) -> tuple[str, ...]:
    """Return the keys of the works that a figure comes from in the end, each once."""
    if not found.inputs:
        return (found.source,)
    return tuple(dict.fromkeys(key for name in found.inputs for key in origins(figure(name))))


def _short(source: Source) -> str:
    """Return whose work it is, and its year."""
    whose = "; ".join(source.authors) or source.published or source.title
    return ", ".join(part for part in (whose, str(source.year or "")) if part)


def _unnamed(what: str, parts: str) -> BadInput:
    return BadInput.of(what, where=FILE, mend=f"Write it under {parts}.")
