"""Reading the sealed side of a cohort back from disk, for an evaluation and for nothing else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dossier.fields import fields
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS
from dossier.tables import APPLICANT, known_codes
from dossier.truth import Truth, TruthClass

MEND = "Give the folder of a cohort that `saring draw` made, or draw it again."


@dataclass(frozen=True)
class Sealed:
    """The sealed side of a cohort.

    Attributes:
        truth: The truth of every applicant.
        codes: True codes or bins of the fields that were asked for, in the same order.
        scenario: Id of the scenario.
        stage: The stage at which the scenario meets its people; empty for the usual one.
        base_rate: Share of victims for which the cohort stands; None where it stands for itself.
    """

    truth: Truth
    codes: dict[str, npt.NDArray[np.int8]]
    scenario: str
    stage: str = ""
    base_rate: float | None = None


def sealed_folder(path: Path) -> Path:
    """Return the truth folder of a cohort, of a run, or itself.

    Raises:
        BadInput: If there is none.
    """
    for candidate in (path, path / "truth", path / "cohort" / "truth"):
        if (candidate / "manifest.json").is_file() and (candidate / "fields").is_dir():
            return candidate
    raise BadInput.of("there is no sealed truth here", where=str(path), mend=MEND)


def read_sealed(path: Path, names: Sequence[str] = ()) -> Sealed:
    """Return the sealed side of the cohort at `path`, with the true codes of the fields `names`.

    Raises:
        BadInput: If there is no sealed truth, or it cannot be read.
    """
    folder = sealed_folder(path)
    table = _read(folder / "truth")
    true_fields = _read(folder / "fields", [APPLICANT, *names])
    try:
        manifest = _manifest(folder)
        codes = {name: known_codes(true_fields[name], fields()[name].bin_labels) for name in names}
        return Sealed(_truth(table, manifest), codes, manifest["scenario"], *_setting(manifest))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _unreadable(folder, error) from None


@dataclass(frozen=True)
class Origin:
    """What the sealed manifest says of a cohort's origin; the seed stays there.

    Attributes:
        scenario, scenario_hash: Id of the scenario, and the hash of everything that decides its cohorts.
        levers: Ids of the levers it took.
        parts: File names of the parts, in order.
    """

    scenario: str
    scenario_hash: str
    levers: tuple[str, ...]
    parts: tuple[str, ...]


def read_origin(path: Path) -> Origin:
    """Return the origin of the cohort at `path`.

    Raises:
        BadInput: If there is no sealed truth, or it cannot be read.
    """
    folder = sealed_folder(path)
    parts = tuple(sorted(file.name for file in (folder / "truth").glob("*.parquet")))
    manifest = _manifest(folder)
    try:
        levers = tuple(str(lever) for lever in manifest.get("levers", ()))
        return Origin(str(manifest["scenario"]), str(manifest["scenario_hash"]), levers, parts)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(folder, error) from None


def truths_of(path: Path, parts: Sequence[str]) -> Iterator[Truth]:
    """Yield the truth of one part after the other, so that a cohort of any size can be gone through.

    Raises:
        BadInput: If there is no sealed truth, or it cannot be read.
    """
    folder = sealed_folder(path)
    manifest = _manifest(folder)
    for part in parts:
        table = _table([folder / "truth" / part], folder)
        try:
            yield _truth(table, manifest)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(folder, error) from None


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(folder, error) from None
    return found


def _setting(manifest: Mapping[str, Any]) -> tuple[str, float | None]:
    """Return stage and base rate; older manifests name neither.

    Raises:
        ValueError: If they cannot be.
    """
    stage, rate = str(manifest.get("stage", "")), manifest.get("base_rate")
    base_rate = None if rate is None else float(rate)
    if (stage and stage not in STAGE_LABELS) or (base_rate is not None and not 0 < base_rate < 1):
        raise ValueError("its manifest names a stage or a base rate that cannot be")
    return stage, base_rate


def _truth(table: pa.Table, manifest: dict[str, Any]) -> Truth:
    modules = [module["id"] for module in manifest["modules"]]
    network = np.asarray(table["network"].fill_null(-1), dtype=np.int64)
    return Truth(
        applicants=np.asarray(table[APPLICANT], dtype=np.int64),
        truth_class=known_codes(table["truth_class"], [c.label for c in TruthClass]),
        module=known_codes(table["module"], modules).astype(np.int16),
        tier=known_codes(table["tier"], manifest["tiers"]),
        network=network,
        modules=tuple(modules),
        tiers=tuple(manifest["tiers"]),
        kinds=tuple(module["kind"] for module in manifest["modules"]),
        families=tuple(module["family"] for module in manifest["modules"]),
    )


def _read(folder: Path, columns: list[str] | None = None) -> pa.Table:
    return _table(sorted(folder.glob("*.parquet")), folder, columns)


def _table(files: Sequence[Path], folder: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        return pa.concat_tables([pq.read_table(file, columns=columns) for file in files])
    except (pa.ArrowInvalid, OSError) as error:
        raise _unreadable(folder, error) from None


def _unreadable(folder: Path, error: Exception) -> BadInput:
    return BadInput.of(f"the sealed truth cannot be read ({error})", where=str(folder), mend=MEND)
