"""What can be exported: a cohort, a run or a screening, found and checked before a row is read.

A cohort's manifests name its files, and each file must be the one that is named. The sealed side is looked
at only when it is asked for.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import Field as Option

from console.exporting.columns import OBSERVED, SCREENED, SEALED_TABLES
from console.exporting.tables import (
    DRAW_AGAIN,
    NOT_OURS,
    Table,
    observed_table,
    screened_table,
    sealed_table,
)
from console.kept_runs import check_keeps_people
from dossier.problems import BadInput
from synthetic.sealed import FileList, read_manifest, sealed_manifest

What: TypeAlias = Literal["cohort", "run", "screening"]

LARGEST_MANIFEST = 64 * 2**20
"""Bytes; the manifest of a hundred million applicants has a quarter of a million."""


class PublicManifest(FileList):
    """What the public manifest of a cohort says.

    Attributes:
        synthetic: The mark.
        schema_version, scenario_hash, evidence_hash, code_version: Where the cohort comes from.
        rows: Number of applicants.
    """

    synthetic: Literal[True]
    schema_version: Literal["1"]
    scenario_hash: str
    evidence_hash: str
    code_version: str
    rows: int = Option(gt=0)


@dataclass(frozen=True)
class Source:
    """What is to be exported.

    Attributes:
        path: The folder that was given.
        what: Which kind of folder it is.
        tables: The tables, the sealed ones last.
        marks: Hashes and versions of where it comes from, for the manifest.
        evaluation: The evaluation of a run.
        screened: The folder of the run's screening, which keeps the screener.
        sealed: The sealed manifest as it stands, the seed within; None unless the truth is exported.
    """

    path: Path
    what: What
    tables: tuple[Table, ...]
    marks: Mapping[str, str] = field(default_factory=dict)
    evaluation: Path | None = None
    screened: Path | None = None
    sealed: Mapping[str, Any] | None = None

    def table(self, name: str) -> Table | None:
        """Return a table by its name; None where it is not exported."""
        return next((table for table in self.tables if table.name == name), None)


def found(
    path: Path, *, fields: Sequence[str] | None, with_truth: bool = False, with_screened: bool = False
) -> Source:
    """Return what is to be exported of a folder.

    Args:
        path: A cohort, a run, or what was screened.
        fields: The fields to export; all of them where None.
        with_truth: Whether the sealed side is exported too.
        with_screened: Whether a run's recommendations are exported too.

    Raises:
        BadInput: If the folder is none of these, something in it is not what its manifest names, or it
            has not what is asked for.
    """
    if not path.is_dir():
        what = "this is no folder" if path.exists() else "there is no such folder"
        raise BadInput.of(what, where=str(path), mend=NOT_OURS)
    if _is_sealed(path.resolve()):
        mend = "Give the cohort's folder, and --with-truth if the answers are to be exported with it."
        raise BadInput.of("this is the sealed truth of a cohort", where=str(path), mend=mend)
    cohort = next((one for one in (path, path / "cohort") if (one / OBSERVED).is_dir()), None)
    if cohort is None:
        check_keeps_people(path)
        return _screening(path, fields, with_truth=with_truth)
    run = path if cohort != path else None
    screened = path / SCREENED if (path / SCREENED).is_dir() else None
    manifest, sealed = _public(cohort), _sealed(cohort) if with_truth else None
    tables = [observed_table(cohort, manifest.files, manifest.rows, fields)]
    if with_screened:
        tables.append(screened_table(screened, path))
    if sealed:
        listed = sealed_manifest(cohort / "truth")
        tables += [sealed_table(cohort, name, listed) for name in SEALED_TABLES]
    evaluation = path / "evaluation.json"
    return Source(
        path,
        "run" if run else "cohort",
        tuple(tables),
        _origin(manifest),
        evaluation if run and evaluation.is_file() else None,
        screened if run else None,
        sealed,
    )


# --- folders ----------------------------------------------------------------------------------------


def _screening(path: Path, fields: Sequence[str] | None, *, with_truth: bool) -> Source:
    """Return the export of a folder that `saring screen` wrote."""
    if with_truth:
        what = "a screening holds no truth, so that there is none to export"
        raise BadInput.of(what, where=str(path), mend="Give the folder of a cohort or a run.")
    table = screened_table(path, path)
    if fields is not None:
        what = "a screening holds no fields, so that there are none to choose"
        raise BadInput.of(what, where="--fields", mend="Leave it out, or give a cohort or a run.")
    marks = {
        key: table.marks[f"saring.{key}"] for key in ("scenario_hash",) if f"saring.{key}" in table.marks
    }
    return Source(path, "screening", (table,), marks)


def _is_sealed(path: Path) -> bool:
    return any(one.name == "truth" and (one / "manifest.json").is_file() for one in (path, *path.parents))


def _public(cohort: Path) -> PublicManifest:
    return read_manifest(PublicManifest, _bounded(cohort / "manifest.json"))


def _sealed(cohort: Path) -> Mapping[str, Any]:
    place = _bounded(cohort / "truth" / "manifest.json")
    if not place.is_file():
        what = "the sealed truth of this cohort is not here, so that it cannot be exported"
        raise BadInput.of(
            what, where=str(place), mend="Leave --with-truth out, or give a cohort that has it."
        )
    sealed_manifest(place.parent)  # which says what is wrong with it
    content: dict[str, Any] = json.loads(place.read_bytes())
    return content


def _bounded(place: Path) -> Path:
    """Refuse a manifest that is no ordinary file of a bearable size."""
    if place.exists() and not place.is_file():
        raise BadInput.of("this is no ordinary file", where=str(place), mend=DRAW_AGAIN)
    if place.is_file() and place.stat().st_size > LARGEST_MANIFEST:
        what = (
            f"this manifest has {place.stat().st_size:,} bytes; more than {LARGEST_MANIFEST:,} are not read"
        )
        raise BadInput.of(what, where=str(place), mend=DRAW_AGAIN)
    return place


def _origin(manifest: PublicManifest) -> dict[str, str]:
    names = ("scenario_hash", "evidence_hash", "code_version")
    return {name: getattr(manifest, name) for name in names}
