"""The registry of evidence: every figure, source, unit and instrument, read once and checked as a whole.

All problems of all files are collected and raised together. What loads is frozen; the hash of its content
stands in the manifest of every cohort and card, so that nobody need wonder which figures a result rests on.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dossier.problems import BadInput, Problem, raise_if_any
from dossier.toml_files import Declared
from evidence.checks import nearest, problems_in
from evidence.drafts import Draft, read_draft
from evidence.entries import Figure, Source, Unit
from evidence.instruments import Instrument, read_instrument
from evidence.workings import worked_out

Value = TypeVar("Value")


@dataclass(frozen=True)
class Registry:
    """All evidence that was read from one folder.

    Attributes:
        figures, sources, units, instruments: By key, in the order of their keys.
    """

    figures: Mapping[str, Figure]
    sources: Mapping[str, Source]
    units: Mapping[str, Unit]
    instruments: Mapping[str, Instrument]

    def figure(self, key: str) -> Figure:
        """Return the figure called `key`.

        Raises:
            BadInput: If there is none; the message names those most like it.
        """
        if key not in self.figures:
            mend = nearest(key, self.figures) or "`saring show evidence` lists all figures."
            raise BadInput.of(f"there is no figure '{key}'", where="evidence", mend=mend)
        return self.figures[key]

    def family(self, name: str) -> Mapping[str, Figure]:
        """Return the members of the family called `name`, by their own short names.

        Raises:
            BadInput: If there is no such family; the message names those most like it.
        """
        start = f"{name}."
        members = {
            key.removeprefix(start): each for key, each in self.figures.items() if key.startswith(start)
        }
        if not members:
            families = {key.partition(".")[0] for key in self.figures if "." in key}
            raise BadInput.of(f"there is no family '{name}'", where="evidence", mend=nearest(name, families))
        return members

    @property
    def hash(self) -> str:
        """SHA-256 over the content, in hexadecimal: comments and the order in files do not change it."""
        content = {
            "figures": {key: figure.declared for key, figure in self.figures.items()},
            "sources": _as_json(self.sources),
            "units": _as_json(self.units),
            "instruments": _as_json(self.instruments),
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def read_registry(folder: Path) -> Registry:
    """Read and check the evidence below `folder`.

    Args:
        folder: Holds `units.toml`, `sources.toml`, `figures/*.toml` and `instruments/*.toml`.

    Raises:
        BadInput: With everything that is wrong with it, each with its file and line.
    """
    draft = read_draft(folder)
    instruments = _read_instruments(draft, folder)
    raise_if_any([*draft.problems, *problems_in(draft), *_unknown_sources(draft, instruments)])
    return Registry(
        _frozen(worked_out(draft)), _frozen(draft.sources), _frozen(draft.units), _frozen(instruments)
    )


@cache
def registry() -> Registry:
    """Return the evidence that saring ships, read once.

    Raises:
        BadInput: If it breaks a rule of its own format.
    """
    return read_registry(Path(__file__).parent)


def figures() -> Mapping[str, Figure]:
    """Return all figures by key."""
    return registry().figures


def sources() -> Mapping[str, Source]:
    """Return all sources by key."""
    return registry().sources


def units() -> Mapping[str, Unit]:
    """Return all units by key."""
    return registry().units


def instruments() -> Mapping[str, Instrument]:
    """Return all published instruments by key."""
    return registry().instruments


def figure(key: str) -> Figure:
    """Return the figure called `key`.

    Raises:
        BadInput: If there is none; the message names those most like it.

    Examples:
        >>> round(figure("phnom_penh_2022_share_men").estimate, 1)
        93.6
    """
    return registry().figure(key)


def family(name: str) -> Mapping[str, Figure]:
    """Return the members of the family called `name`, such as the parts of a mix, by their short names.

    Raises:
        BadInput: If there is no such family.
    """
    return registry().family(name)


def evidence_hash() -> str:
    """Return the SHA-256 of all evidence, in hexadecimal."""
    return registry().hash


def _read_instruments(draft: Draft, folder: Path) -> dict[str, Instrument]:
    instruments: dict[str, Instrument] = {}
    for path in sorted((folder / "instruments").glob("*.toml")):
        with draft.collecting():
            instruments[path.stem] = read_instrument(path)
    return instruments


def _unknown_sources(draft: Draft, instruments: Mapping[str, Instrument]) -> Iterator[Problem]:
    for name, instrument in instruments.items():
        for key in (instrument.source, *instrument.also_in):
            if key not in draft.sources:
                mend = nearest(key, draft.sources) or "Add it to sources.toml."
                yield Problem(f"'{name}' names the unknown source '{key}'", f"{name}.toml", mend)


def _frozen(items: Mapping[str, Value]) -> Mapping[str, Value]:
    return MappingProxyType(dict(sorted(items.items())))


def _as_json(items: Mapping[str, Declared]) -> dict[str, Any]:
    return {key: item.model_dump(mode="json") for key, item in items.items()}
