"""Reading our TOML files so that every error names its file and line.

`tomllib` parses, pydantic validates, and a light second look at the text finds the line on which a key
stands. Unknown keys are errors everywhere. Nothing here executes, imports or interpolates anything that a
file says.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dossier.problems import BadInput, Problem
from dossier.text_files import bytes_of, check_lists
from dossier.toml_words import worded

MOST_PROBLEMS = 100
"""More than anybody mends at a time; a file of the wrong kind breaks a rule on every line."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"^\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="
)
# A key of thousands of parts takes the parser longer than all the rest of a file.
_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)[ \t]*\.[ \t]*){64}""")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")

KeyPath: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class Declared(BaseModel):
    """Base of everything that is read from TOML: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values; what follows from values, such as a hash, follows from its own."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy


class Finite(Declared):
    """The same where every number must be finite, as in every file of assumptions."""

    model_config = ConfigDict(allow_inf_nan=False)


@dataclass(frozen=True)
class TomlFile:
    """A parsed TOML file that remembers where its keys stand.

    Attributes:
        path: The file.
        data: What `tomllib` made of it.
        lines: Line number (from 1) of each table header and key, by key path.
        shown: How messages name it: the path as somebody gave it; the bare name of a released file.
    """

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]
    shown: str = ""

    @property
    def name(self) -> str:
        """How messages name the file."""
        return self.shown or self.path.name

    def where(self, key_path: Iterable[str | int] = ()) -> str:
        """Return `file, line n` for the longest leading part of `key_path` that has a line."""
        placed = self.placed(key_path)
        return f"{self.name}, line {self.lines[placed]}" if placed else self.name

    def placed(self, key_path: Iterable[str | int]) -> KeyPath:
        """Return the longest leading part of `key_path` that has a line; empty if none has."""
        path = tuple(key_path)
        lengths = range(len(path), 0, -1)
        return next((path[:length] for length in lengths if path[:length] in self.lines), ())

    def problem(self, what: str, key_path: Iterable[str | int] = (), mend: str = "") -> Problem:
        """Return a problem placed at `key_path` in this file."""
        return Problem(what, self.where(key_path), mend)


def released_or_path(name: str | Path, folder: Path, kind: str, option: str = "") -> Path:
    """Return the file of a released thing by its name, or the path itself where `name` ends in .toml.

    Args:
        name: A released name or a path.
        folder: Where the released files of this kind lie.
        kind: What it is called, such as "scenario", for the message.
        option: The option of the command line that names such a thing, for the message.

    Raises:
        BadInput: If nothing of that name is released.
    """
    if is_path(name):
        return Path(name)
    path = folder / f"{name}.toml"
    if not path.is_file():
        near = difflib.get_close_matches(str(name), [other.stem for other in folder.glob("*.toml")], n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"`saring show {kind}s` lists them."
        ending = " A path must end in .toml." if set(str(name)) & set("./\\") else ""
        raise BadInput.of(f"there is no {kind} '{name}'", where=option, mend=f"{hint}{ending}")
    return path


def is_path(name: str | Path) -> bool:
    """Whether `name` is the path of a file of somebody's own, and not the name of a released thing."""
    return Path(name).suffix == ".toml"


def read_toml(path: Path, shown: str = "") -> TomlFile:
    """Parse one TOML file.

    Args:
        path: The file.
        shown: How messages name it; the bare file name when left out.

    Raises:
        BadInput: If the file is missing, no ordinary file, too large, not UTF-8, or not TOML.
    """
    return parsed_toml(bytes_of(path, ending=".toml"), path, shown)


def parsed_toml(raw: bytes, path: Path, shown: str = "") -> TomlFile:
    """Return what stands in the bytes of a TOML file; see `read_toml`.

    Raises:
        BadInput: If they are not UTF-8, or not TOML.
    """
    text = _decoded(raw, path)
    name = shown or path.name
    if found := _DEEP_KEY.search(text):
        where = f"{name}, line {text.count(chr(10), 0, found.start()) + 1}"
        raise BadInput.of("a key has too many parts", where=where, mend="Write it with fewer dots.")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        mend = "Write it with fewer tables or lists inside each other."
        raise BadInput.of("this file is nested too deeply", where=name, mend=mend) from None
    except ValueError as error:  # a number of thousands of digits is no TOMLDecodeError
        raise _no_toml(str(error), name, text) from None
    check_lists(data, name)
    return TomlFile(path, data, _find_lines(text), shown)


def _decoded(raw: bytes, path: Path) -> str:
    """Return bytes as text with plain line ends; raises with the first line that is not UTF-8."""
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput.of(
            "this file cannot be read as text: it is not UTF-8",
            where=f"{path}, line {line}",
            mend="Save it as UTF-8 text.",
        ) from None


def _no_toml(message: str, name: str, text: str) -> BadInput:
    """Return the error for a text that is not TOML, placed on its line."""
    if found := _LINE.search(message):
        line, column = found.groups()
        reason = f"{message[: found.start()]} (column {column})"
    else:  # at the end of the document, or a number that is too long
        line, reason = str(max(len(text.splitlines()), 1)), message
        if "end of document" not in message:
            return BadInput.of(
                f"this is not valid TOML: {reason}", where=name, mend="Shorten the number that is too long."
            )
    mend = "Mend what stands there; text needs quotation marks, and a key stands once."
    return BadInput.of(f"this is not valid TOML: {reason}", where=f"{name}, line {line}", mend=mend)


def validated(model: type[Model], file: TomlFile, data: Any = None, at: KeyPath = ()) -> Model:
    """Validate `data` (by default the whole file) as `model`.

    Args:
        model: The pydantic model that declares what may stand there.
        file: The file the data came from, for the line numbers.
        data: A part of the file's data; the whole of it when left out.
        at: The key path of that part.

    Raises:
        BadInput: With one problem for each thing pydantic found.
    """
    try:
        return model.model_validate(file.data if data is None else data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_as_problem(model, file, at, detail) for detail in details[:MOST_PROBLEMS]]
        if len(details) > MOST_PROBLEMS:
            problems.append(Problem(f"and {len(details) - MOST_PROBLEMS:,} more problems", file.name))
        raise BadInput(problems) from None


def _as_problem(model: type[BaseModel], file: TomlFile, at: KeyPath, detail: Any) -> Problem:
    location: KeyPath = tuple(detail["loc"])
    name = ".".join(str(part) for part in location)
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), _known_keys(model), n=1)
        mend = (
            f"Did you mean '{near[0]}'?" if near else "Remove it, or look up the format in the documentation."
        )
        return file.problem(f"unknown key '{name}'", at + location, mend)
    if detail["type"] == "missing":
        return file.problem(f"'{name}' is missing", at + location, f"Add '{name}'.")
    message, mend = worded(detail)
    return file.problem(f"'{name}': {message}" if name else message, at + location, mend)


@cache
def _known_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Return all keys that occur anywhere in `model`, for the suggestion in an error."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return tuple(key for part in parts for key in part.get("properties", {}))


def _find_lines(text: str) -> dict[KeyPath, int]:
    """Map key paths to line numbers; good enough for messages, and never used to parse."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                index = counts.get(table, -1) + 1
                counts[table] = index
                table = (*table, index)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key[1]), number)
    return lines


def _parts(dotted: str) -> KeyPath:
    return tuple(
        next(group for group in match.groups() if group is not None) for match in _PART.finditer(dotted)
    )
