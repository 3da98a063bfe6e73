"""Reading the sealed side of a cohort back from disk, for an evaluation or a story and for nothing else.

Whatever is wrong with it is said with the file in which it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.stages import STAGE_LABELS
from dossier.tables import APPLICANT, known_codes
from dossier.truth import Truth, TruthClass, joined_truths

MEND = "Give the folder of a cohort that `saring draw` made, or draw it again."
CLASSES = tuple(truth_class.label for truth_class in TruthClass)
LAST_YEAR = MAXYEAR - 10
"""The calendar ends soon after, and a departure may be years after the application."""


class FileList(BaseModel):
    """What both manifests of a cohort say.

    Attributes:
        files: SHA-256 of every file, by its name within the cohort's folder.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    files: Mapping[str, str]


class ModuleEntry(BaseModel):
    """What the sealed manifest says of one module; see `Truth`."""

    model_config = ConfigDict(frozen=True, strict=True)

    id: str
    kind: str
    family: str


def _known_stage(stage: str) -> str:
    if stage and stage not in STAGE_LABELS:
        raise ValueError(f"there is no stage '{stage}'")
    return stage


class Manifest(FileList):
    """What the sealed manifest says; what older ones do not name has a default.

    Attributes:
        scenario, scenario_hash: Id of the scenario, and the hash of everything that decides its cohorts.
        year: Its year.
        stage: The stage at which it meets its people; empty for the usual one.
        base_rate: Share of victims for which the cohort stands; None where it stands for itself.
        weights: People for which a row planned as a victim's or another's stands.
        levers: Ids of the levers it took.
        difficulty: The step of difficulty.
        modules: In the order of their numbers.
        tiers: From crude to expert.
    """

    scenario: str
    scenario_hash: str
    year: Annotated[int, Field(ge=MINYEAR, le=LAST_YEAR)] | None = None
    stage: Annotated[str, AfterValidator(_known_stage)] = ""
    base_rate: Annotated[float, Field(gt=0, lt=1)] | None = None
    weights: Mapping[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}
    levers: tuple[str, ...] = ()
    difficulty: Annotated[int, Field(ge=1, le=5)] | None = None
    modules: tuple[ModuleEntry, ...]
    tiers: tuple[str, ...]


@dataclass(frozen=True)
class Sealed:
    """The sealed side of a cohort.

    Attributes:
        truth: The truth of every applicant.
        codes: True codes or bins of the fields that were asked for, in the same order.
        scenario: Id of the scenario.
        stage: The stage at which the scenario meets its people; empty for the usual one.
        base_rate: Share of victims for which the cohort stands, before levers divert any of them; None where
            it stands for itself.
        weight: People for which a row that was planned as a victim stands; None where that is not recorded.
    """

    truth: Truth
    codes: dict[str, npt.NDArray[np.int8]]
    scenario: str
    stage: str = ""
    base_rate: float | None = None
    weight: float | None = None

    @property
    def share_left(self) -> float | None:
        """The share of victims that levers left; the base rate itself where no weight is recorded."""
        if self.base_rate is None or self.weight is None:
            return self.base_rate
        planned = max(1, round(self.base_rate * len(self.truth) / self.weight))
        return self.base_rate * (int(self.truth.is_victim.sum()) / planned)


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
    manifest = sealed_manifest(folder)
    files = sorted((folder / "truth").glob("*.parquet"))
    if not files:
        raise _unreadable(folder / "truth", "no file is in it")
    truths = [_truth(file, manifest) for file in files]
    codes = [
        _true_codes(folder / "fields" / file.name, names, truth)
        for file, truth in zip(files, truths, strict=True)
    ]
    return Sealed(
        joined_truths(truths),
        {name: np.concatenate([part[name] for part in codes]) for name in names},
        manifest.scenario,
        manifest.stage,
        manifest.base_rate,
        manifest.weights.get("victims"),
    )


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
    manifest = sealed_manifest(folder)
    return Origin(manifest.scenario, manifest.scenario_hash, manifest.levers, parts)


def truths_of(path: Path, parts: Sequence[str]) -> Iterator[Truth]:
    """Yield the truth of one part after the other, so that a cohort of any size can be gone through.

    Raises:
        BadInput: If there is no sealed truth, or it cannot be read.
    """
    folder = sealed_folder(path)
    manifest = sealed_manifest(folder)
    for part in parts:
        yield _truth(folder / "truth" / part, manifest)


# --- manifests --------------------------------------------------------------------------------------


def sealed_manifest(folder: Path) -> Manifest:
    """Return the manifest of a sealed folder.

    Raises:
        BadInput: With one problem for each thing that it cannot say.
    """
    return read_manifest(Manifest, folder / "manifest.json")


Listed = TypeVar("Listed", bound=FileList)


def read_manifest(model: type[Listed], path: Path) -> Listed:
    """Return what a manifest says.

    Raises:
        BadInput: If it is not there, is no JSON object, or with one problem for each thing it cannot say.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BadInput.of("this file is not there", where=str(path), mend=MEND) from None
    except ValidationError as error:
        raise BadInput(_manifest_problems(error, str(path))) from None


def _manifest_problems(error: ValidationError, where: str) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        name = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "missing":
            what = f"the manifest lacks '{name}'"
        elif name:
            what = f"the manifest says what '{name}' cannot be: {_shortened(detail['input'])}"
        else:
            what = "this is no manifest of a cohort"
        yield Problem(what, where, MEND)


def _shortened(value: Any) -> str:
    said, longest = str(value), 60
    return said if len(said) <= longest else f"{said[:longest]}..."


# --- layers -----------------------------------------------------------------------------------------


def _truth(file: Path, manifest: Manifest) -> Truth:
    """Return the truth in one file."""
    table = _table(file, (APPLICANT, "truth_class", "module", "tier", "network"))
    modules = tuple(module.id for module in manifest.modules)
    truth_class = _codes(table, "truth_class", CLASSES, file)
    module = _codes(table, "module", modules, file).astype(np.int16)
    for name, codes in (("truth_class", truth_class), ("module", module)):
        if (codes < 0).any():
            raise _unreadable(file, f"the column '{name}' is empty for somebody")
    return Truth(
        applicants=_numbers(table, APPLICANT, file),
        truth_class=truth_class,
        module=module,
        tier=_codes(table, "tier", manifest.tiers, file),
        network=_numbers(table, "network", file, empty=-1),
        modules=modules,
        tiers=manifest.tiers,
        kinds=tuple(module.kind for module in manifest.modules),
        families=tuple(module.family for module in manifest.modules),
    )


def _true_codes(file: Path, names: Sequence[str], truth: Truth) -> dict[str, npt.NDArray[np.int8]]:
    """Return the true codes in one file, which must be about the people of `truth`."""
    table = _table(file, (APPLICANT, *names))
    if not np.array_equal(_numbers(table, APPLICANT, file), truth.applicants):
        raise _unreadable(file, "it is of another cohort than the truth")
    return {name: _codes(table, name, fields()[name].bin_labels, file) for name in names}


def _codes(table: pa.Table, name: str, labels: Sequence[str], file: Path) -> npt.NDArray[np.int8]:
    try:
        return known_codes(table[name], labels)
    except ValueError as error:
        raise _unreadable(file, f"{error} in the column '{name}'") from None
    except (TypeError, pa.ArrowException):
        raise _unreadable(file, f"the column '{name}' holds no words") from None


def _numbers(table: pa.Table, name: str, file: Path, empty: int | None = None) -> npt.NDArray[np.int64]:
    """Return a column of whole numbers; `empty` stands for an empty cell, which is an error without it."""
    column = table[name]
    if not pa.types.is_integer(column.type) and not (empty is not None and pa.types.is_null(column.type)):
        raise _unreadable(file, f"the column '{name}' holds no whole numbers")
    if empty is not None:
        column = column.cast(pa.int64()).fill_null(empty)
    if column.null_count:
        raise _unreadable(file, f"the column '{name}' is empty for somebody")
    return np.asarray(column, dtype=np.int64)


def _table(file: Path, columns: Iterable[str]) -> pa.Table:
    columns = list(columns)
    if not file.is_file():
        raise _unreadable(file, "this file is not there")
    try:
        present = pq.read_schema(file).names
        lacking = [name for name in columns if name not in present]
        if not lacking:
            return pq.read_table(file, columns=columns)
    except (pa.ArrowException, OSError):
        raise _unreadable(file, "this is not a readable Parquet file") from None
    raise _unreadable(file, f"the column '{lacking[0]}' is missing")


def _unreadable(place: Path, why: str) -> BadInput:
    return BadInput.of(f"the sealed truth cannot be read: {why}", where=str(place), mend=MEND)


def problem_of_file(path: Path, digest: str | None) -> Problem | None:
    """Return why a file is not the one that a manifest names; None where it is.

    Args:
        path: The file.
        digest: The SHA-256 that the manifest gives for it; None where it names no such file.
    """
    if not path.is_file():
        return Problem("this file is not there", str(path), MEND)
    if digest is None:
        return Problem("the manifest names no such file", str(path), MEND)
    with path.open("rb") as opened:
        found = file_digest(opened, "sha256").hexdigest()
    if found == digest:
        return None
    what = "this is not the file that the manifest names; it was changed after the cohort was drawn"
    return Problem(what, str(path), MEND)
