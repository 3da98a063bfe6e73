"""Reading the evidence files into entries that remember where they stand.

A table is one figure. A table with sub-tables is a family: what it says itself holds for all its members,
so that a mix of shares states its source once. Entries that break the format are reported and left out;
whether entries agree with one another is for `evidence.checks`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dossier.problems import BadInput, Problem
from dossier.toml_files import Declared, KeyPath, TomlFile, read_toml, validated
from evidence.entries import Entry, Source, Unit

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_FIELDS = frozenset(Entry.model_fields) - {"key"}
_NUMBERS = frozenset({"value", "low", "high", "formula"})

Model = TypeVar("Model", bound=Declared)


@dataclass(frozen=True)
class Placed:
    """An entry and the place it stands at."""

    entry: Entry
    file: TomlFile
    at: KeyPath

    def problem(self, what: str, *, at_field: str = "", mend: str = "") -> Problem:
        """Return a problem with this entry, placed at one of its fields if that has a line."""
        path = (*self.at, at_field) if at_field else self.at
        return self.file.problem(f"'{self.entry.key}' {what}", path, mend)


@dataclass
class Draft:
    """Everything that was read, before entries are compared with one another.

    Attributes:
        units, sources: By key.
        entries: The figures that keep to the format, by key.
        places: Where each key stands, those that break the format included.
        problems: What broke the format.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    entries: dict[str, Placed] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Note the problems of any bad input met inside the block, and go on after it."""
        try:
            yield
        except BadInput as error:
            self.problems.extend(error.problems)


def read_draft(folder: Path) -> Draft:
    """Read `units.toml`, `sources.toml` and `figures/*.toml` below `folder`.

    Nothing is raised: whatever is wrong stands in the draft's `problems`.
    """
    draft = Draft()
    with draft.collecting():
        _read_units(draft, read_toml(folder / "units.toml"))
    with draft.collecting():
        _read_sources(draft, read_toml(folder / "sources.toml"))
    for path in sorted((folder / "figures").glob("*.toml")):
        with draft.collecting():
            _read_figures(draft, read_toml(path))
    return draft


def _read_units(draft: Draft, file: TomlFile) -> None:
    for key, raw in file.data.items():
        with draft.collecting():
            draft.units[key] = validated(Unit, file, raw, at=(key,))


def _read_sources(draft: Draft, file: TomlFile) -> None:
    for key, raw in file.data.items():
        with draft.collecting():
            draft.sources[key] = validated(Source, file, {"key": key, **raw}, at=(key,))


def _read_figures(draft: Draft, file: TomlFile) -> None:
    for at, raw in _figures_and_members(draft, file):
        key = ".".join(str(part) for part in at)
        with draft.collecting():
            _refuse_key(draft, file, at, key)
            draft.places[key] = file.where(at)
            draft.entries[key] = Placed(validated(Entry, file, {"key": key, **raw}, at=at), file, at)


def _figures_and_members(draft: Draft, file: TomlFile) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    for key, table in file.data.items():
        if not isinstance(table, dict):
            draft.problems.append(file.problem(f"'{key}' stands outside any table", (key,)))
        elif members := _members(table):
            shared = {name: value for name, value in table.items() if name not in members}
            draft.problems.extend(_unknown_shared(file, key, shared))
            yield from (((key, member), {**shared, **raw}) for member, raw in members.items())
        else:
            yield (key,), table


def _members(table: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the sub-tables of a family; none for a figure, even one with a misspelt field."""
    if table.keys() & _NUMBERS:
        return {}
    return {name: value for name, value in table.items() if isinstance(value, dict) and name not in _FIELDS}


def _unknown_shared(file: TomlFile, key: str, shared: dict[str, Any]) -> Iterator[Problem]:
    for name in sorted(shared.keys() - _FIELDS):
        shared.pop(name)
        yield file.problem(f"unknown key '{name}' in the family '{key}'", (key, name))


def _refuse_key(draft: Draft, file: TomlFile, at: KeyPath, key: str) -> None:
    if not all(_NAME.fullmatch(str(part)) for part in at):
        raise BadInput.of(f"'{key}' is not a lower_snake name", where=file.where(at))
    if key in draft.places:
        raise BadInput.of(
            f"'{key}' is declared a second time; the first stands in {draft.places[key]}",
            where=file.where(at),
            mend="Two sources for one fact are two entries with two keys.",
        )
