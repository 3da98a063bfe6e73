"""Exports for the tests of exporting: `saring export` as its command would call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.commands.export import ExportOptions, export_data
from console.output import Output
from dossier.problems import BadInput

SEED = 918_273_645
"""A number that stands nowhere by chance."""


def export(folder: Path, out: Path, form: str = "parquet", **options: Any) -> Path:
    """Export a folder and return where the export lies."""
    export_data(ExportOptions(folder, form, out, **options), Output(as_json=False, quiet=True))
    return out


def refused(folder: Path, out: Path, form: str = "parquet", **options: Any) -> str:
    """Export a folder, which must be refused and leave nothing; return what was said."""
    before = sorted(out.parent.iterdir()) if out.parent.is_dir() else None
    with pytest.raises(BadInput) as caught:
        export(folder, out, form, **options)
    after = sorted(out.parent.iterdir()) if out.parent.is_dir() else None
    assert after == before, "something was left behind"
    return str(caught.value)


def json_in(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
