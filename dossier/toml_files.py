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
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dossier.problems import BadInput, Problem

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"^\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")

KeyPath: TypeAlias = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


class Declared(BaseModel):
    """Base of everything that is read from TOML: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class TomlFile:
    """A parsed TOML file that remembers where its keys stand.

    Attributes:
        path: The file.
        data: What `tomllib` made of it.
        lines: Line number (from 1) of each table header and key, by key path.
    """

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[KeyPath, int]

    def where(self, key_path: Iterable[str | int] = ()) -> str:
        """Return `file, line n` for the longest leading part of `key_path` that has a line."""
        placed = self.placed(key_path)
        return f"{self.path.name}, line {self.lines[placed]}" if placed else self.path.name

    def placed(self, key_path: Iterable[str | int]) -> KeyPath:
        """Return the longest leading part of `key_path` that has a line; empty if none has."""
        path = tuple(key_path)
        lengths = range(len(path), 0, -1)
        return next((path[:length] for length in lengths if path[:length] in self.lines), ())

    def problem(self, what: str, key_path: Iterable[str | int] = (), mend: str = "") -> Problem:
        """Return a problem placed at `key_path` in this file."""
        return Problem(what, self.where(key_path), mend)


def released_or_path(name: str | Path, folder: Path, kind: str) -> Path:
    """Return the file of a released thing by its name, or the path itself where `name` ends in .toml.

    Args:
        name: A released name or a path.
        folder: Where the released files of this kind lie.
        kind: What it is called, such as "scenario", for the message.

    Raises:
        BadInput: If nothing of that name is released.
    """
    if Path(name).suffix == ".toml":
        return Path(name)
    path = folder / f"{name}.toml"
    if not path.is_file():
        near = difflib.get_close_matches(str(name), [other.stem for other in folder.glob("*.toml")], n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"`saring show {kind}s` lists them."
        raise BadInput.of(f"there is no {kind} '{name}'", mend=f"{hint} A path must end in .toml.")
    return path


def read_toml(path: Path) -> TomlFile:
    """Parse one TOML file.

    Raises:
        BadInput: If the file is missing, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput.of("there is no such file", where=str(path), mend="Check the path.") from None
    except (IsADirectoryError, PermissionError, UnicodeDecodeError) as error:
        raise BadInput.of(f"this file cannot be read as text ({error})", where=str(path)) from None
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BadInput.of("this file is nested too deeply", where=path.name) from None
    except ValueError as error:  # a number of thousands of digits is no TOMLDecodeError
        raise BadInput.of(
            f"this is not valid TOML: {error}", where=path.name, mend="Mend the line that the message names."
        ) from None
    return TomlFile(path, data, _find_lines(text))


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
        raise BadInput(_as_problem(model, file, at, detail) for detail in error.errors()) from None


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
    message = detail["msg"].removeprefix("Value error, ")
    return file.problem(f"'{name}': {message}" if name else message, at + location)


def _known_keys(model: type[BaseModel]) -> list[str]:
    """Return all keys that occur anywhere in `model`, for the suggestion in an error."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return [key for part in parts for key in part.get("properties", {})]


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
