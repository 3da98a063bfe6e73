"""Cohorts as folders of files.

`observed/` is all that a screener may open; `truth/` is sealed apart and holds the seed, for who holds the
seed holds the answers. Files are written in parts of a fixed number of rows, aside and then renamed, and the
manifest last, so that nothing half-written looks whole. The bytes are the same for any number of workers.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dossier.dossiers import Dossiers, joined
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.tables import APPLICANT, SCHEMA_VERSION, to_arrow
from dossier.truth import Truth, TruthClass
from evidence import evidence_hash
from synthetic.changes import scenario_hash
from synthetic.cohort import chunks_of, dossiers_and_truth_of
from synthetic.compile import labels_of
from synthetic.draw import Drawn, Plan
from synthetic.entities import ALONE, LINKS
from synthetic.mechanisms import mechanisms
from synthetic.world import World

ROWS_PER_GROUP = 65_536
ROWS_PER_PART = 4 * ROWS_PER_GROUP


def parts_of(size: int) -> list[range]:
    """Return the row ranges of a cohort's files."""
    return list(chunks_of(range(size), ROWS_PER_PART))


def code_version() -> str:
    """Return the installed version of saring."""
    try:
        return version("saring")
    except PackageNotFoundError:
        return "uninstalled"


def write_part(plan: Plan, folder: Path, number: int, seen: Callable[[Drawn], None] | None = None) -> None:
    """Draw part `number` of a plan and write all its files below `folder`.

    Args:
        plan: The plan of the cohort.
        folder: The cohort's folder, still under its temporary name.
        number: Which part.
        seen: Called with every chunk that was drawn, in order, so that it can be screened without rereading.
    """
    rows = parts_of(plan.size)[number]
    marks = {f"saring.{key}": str(value) for key, value in _marks(plan).items() if key != "synthetic"}
    sheets = {layer: ParquetSheet(folder / layer / part_name(number)) for layer in _LAYERS}
    try:
        for group in chunks_of(rows, ROWS_PER_GROUP):
            drawn = [plan.draw(chunk) for chunk in chunks_of(group)]
            for layer, batch in _batches(plan.world, drawn, marks).items():
                sheets[layer].write(batch)
            if seen is not None:
                for chunk in drawn:
                    seen(chunk)
    finally:
        for sheet in sheets.values():
            sheet.close()


def write_manifests(plan: Plan, folder: Path) -> None:
    """Write the two manifests of a cohort whose parts are all there; the public one last."""
    marks = _marks(plan)
    hashes = {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }
    sealed = {
        **marks,
        "scenario": plan.world.scenario.id,
        "year": plan.world.scenario.scenario.year,
        "seed": plan.seed,
        "stage": plan.world.scenario.scenario.stage,
        "base_rate": plan.base_rate,
        "weights": dict(zip(("victims", "others"), plan.weights, strict=True)),
        "levers": [lever.id for lever in plan.world.scenario.levers],
        "difficulty": plan.world.scenario.difficulty,
        "modules": [
            {"id": m.id, "kind": m.module.kind, "family": m.module.family} for m in plan.world.modules
        ],
        "tiers": plan.world.tiers,
        "files": {name: digest for name, digest in hashes.items() if name.startswith("truth/")},
    }
    public = {
        **marks,
        "rows": plan.size,
        "files": {name: digest for name, digest in hashes.items() if name.startswith("observed/")},
    }
    _write_json(folder / "truth" / "manifest.json", sealed)
    _write_json(folder / "manifest.json", public)


@contextmanager
def written_aside(folder: Path, *, force: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that becomes `folder` when all went well, and vanishes when not.

    Raises:
        BadInput: If `folder` exists and `force` is not given or it holds anything that is not ours, or if
            its parent cannot be written to.
    """
    if folder.exists() and not force:
        raise BadInput.of(
            "this folder exists already", where=str(folder), mend="Choose another --out, or add --force."
        )
    if folder.exists() and not _is_ours(folder):
        what = "this is not a folder with results of saring alone, and --force replaces no other"
        raise BadInput.of(what, where=str(folder), mend="Choose another --out.")
    folder = folder.resolve()
    aside = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    made = [parent for parent in folder.parents if not parent.exists()]
    try:
        _clear_unfinished(folder)
        _GIVEN_UP.discard(aside)
        try:
            aside.mkdir(parents=True)
        except OSError as error:
            raise BadInput.of(
                f"this folder cannot be written ({error.strerror})",
                where=str(folder),
                mend="Choose another --out.",
            ) from None
        yield aside
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    finally:
        with _OPENING:
            _GIVEN_UP.add(aside)
        shutil.rmtree(aside, ignore_errors=True)
        for parent in made:
            with suppress(OSError):  # it holds the result, or something of somebody else
                parent.rmdir()


_OPENING = Lock()
_GIVEN_UP: set[Path] = set()
"""Unfinished folders that are done with; a thread that has not heard of it yet opens no file there again."""


def _clear_unfinished(folder: Path) -> None:
    """Remove what processes that are no more left of `folder` when they were killed.

    Numbers of processes come again, in a container nearly always: one that bears our own is an earlier one's.
    """
    prefix = f".{folder.name}.unfinished-"
    with suppress(OSError):  # whether the place can be written to, making the folder will tell
        for left in folder.parent.iterdir():
            number = left.name.removeprefix(prefix)
            if left.name.startswith(prefix) and number.isdecimal() and _has_ended(int(number)):
                shutil.rmtree(left, ignore_errors=True)


def _has_ended(process: int) -> bool:
    if process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


_RESULTS = {
    "cohort",
    "screened",
    "observed",
    "truth",
    "manifest.json",
    "evaluation.json",
    "comparison.json",
    "comparison.html",
    "certificate.json",
    "tuning.json",
    "tune.html",
    "stress.json",
    "stress.html",
    "profiles.json",
    "_profiles.json",
    "_screener",
    "report.html",
    "audit.json",
    "audit.html",
}


def _is_ours(folder: Path) -> bool:
    """Tell whether nothing would be lost with a folder but what saring can write again."""
    return folder.is_dir() and all(
        path.name in _RESULTS or path.suffix == ".parquet" for path in folder.iterdir()
    )


_LAYERS = (
    "observed",
    "truth/truth",
    "truth/fields",
    "truth/declared",
    "truth/hidden",
    "truth/mechanisms",
    "truth/edges",
)


class ParquetSheet:
    """One Parquet file that is opened with its first batch; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch as one row group."""
        if self._writer is None:
            with _OPENING:
                self._writer = self._opened(batch.schema)
        self._writer.write_table(pa.Table.from_batches([batch]), row_group_size=max(len(batch), 1))

    def _opened(self, schema: pa.Schema) -> pq.ParquetWriter:
        """Return a writer; raises if the file's folder was given up meanwhile."""
        if not _GIVEN_UP.isdisjoint(self.path.parents):
            raise InterruptedError(f"{self.path.parent} was given up")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        categories = [f.name for f in schema if not pa.types.is_primitive(f.type)]
        return pq.ParquetWriter(
            self.path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=categories or False,
            write_statistics=False,
        )

    def close(self) -> None:
        """Finish the file, if it was begun."""
        if self._writer is not None:
            self._writer.close()


def part_name(number: int) -> str:
    """Return the file name of a part."""
    return f"part-{number:05d}.parquet"


def _batches(world: World, drawn: list[Drawn], marks: Mapping[str, str]) -> dict[str, pa.RecordBatch]:
    """Return one batch for each layer; all that follows from a row group."""
    dossiers, truth = dossiers_and_truth_of(world, drawn)
    layer = {
        which: joined([Dossiers(d.applicants, _labels_only(getattr(d, which))) for d in drawn])
        for which in ("truth", "declared")
    }
    return {
        "observed": to_arrow(dossiers, marks),
        "truth/truth": _truth_batch(truth, marks),
        "truth/fields": _codes_batch(layer["truth"], marks),
        "truth/declared": _codes_batch(layer["declared"], marks),
        "truth/hidden": _hidden_batch(world, drawn, marks),
        "truth/mechanisms": _plain_batch(mechanisms(world, drawn), marks),
        "truth/edges": _plain_batch(_edges(drawn), marks),
    }


def _labels_only(codes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: codes[name] for name in fields()}


def _truth_batch(truth: Truth, marks: Mapping[str, str]) -> pa.RecordBatch:
    classes = [truth_class.label for truth_class in TruthClass]
    columns = {
        APPLICANT: pa.array(truth.applicants),
        "truth_class": _dictionary(truth.truth_class, classes),
        "module": _dictionary(truth.module, truth.modules),
        "tier": _dictionary(truth.tier, truth.tiers),
        "network": pa.array(truth.network, mask=truth.network < 0),
    }
    return _with_marks(columns, marks)


def _codes_batch(dossiers: Dossiers, marks: Mapping[str, str]) -> pa.RecordBatch:
    """Return true or declared codes; a number is given by the label of its bin."""
    columns: dict[str, pa.Array] = {APPLICANT: pa.array(dossiers.applicants)}
    for name, codes in dossiers.columns.items():
        columns[name] = _dictionary(codes, fields()[name].bin_labels)
    return _with_marks(columns, marks)


def _hidden_batch(world: World, drawn: list[Drawn], marks: Mapping[str, str]) -> pa.RecordBatch:
    """Return what is hidden of each applicant, such as whether he or she knows of the deceit."""
    columns: dict[str, pa.Array] = {APPLICANT: pa.array(np.concatenate([d.applicants for d in drawn]))}
    for conditional in world.hidden:
        codes = np.concatenate([d.hidden[conditional.name] for d in drawn])
        columns[conditional.name] = _dictionary(codes, labels_of(conditional.name))
    return _with_marks(columns, marks)


def _plain_batch(columns: Mapping[str, Any], marks: Mapping[str, str]) -> pa.RecordBatch:
    return _with_marks(
        {
            name: column if isinstance(column, pa.Array) else pa.array(column)
            for name, column in columns.items()
        },
        marks,
    )


def _edges(drawn: Iterable[Drawn]) -> dict[str, Any]:
    """Return who shares which actor: applicant, kind of actor, actor; by kind and row, however chunked."""
    applicants, kinds, actors = [], [], []
    chunks = list(drawn)
    for index, name in enumerate(LINKS):
        for chunk in chunks:
            shares = np.flatnonzero(chunk.actors[name] != ALONE)
            applicants.append(chunk.applicants[shares])
            kinds.append(np.full(len(shares), index, dtype=np.int8))
            actors.append(chunk.actors[name][shares])
    return {
        APPLICANT: np.concatenate(applicants),
        "kind": _dictionary(np.concatenate(kinds), list(LINKS.values())),
        "actor": np.concatenate(actors),
    }


def _dictionary(codes: Any, labels: Iterable[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0), pa.array(list(labels), type=pa.string())
    )


def _with_marks(columns: Mapping[str, pa.Array], marks: Mapping[str, str]) -> pa.RecordBatch:
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    return batch.replace_schema_metadata({"saring.synthetic": "true", **marks})


def _marks(plan: Plan) -> dict[str, Any]:
    """Return what every file and manifest says about its origin; the seed is not among it."""
    return {
        "synthetic": True,
        "schema_version": SCHEMA_VERSION,
        "scenario_hash": scenario_hash(plan.world.scenario),
        "evidence_hash": evidence_hash(),
        "code_version": code_version(),
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
