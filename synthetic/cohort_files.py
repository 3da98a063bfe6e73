"""Cohorts as folders of files.

`observed/` is all that a screener may open; `truth/` is sealed apart and holds the seed, for who holds the
seed holds the answers. Files are written in parts of a fixed number of rows, and the manifests last. The
bytes are the same for any number of workers and however many rows are drawn at once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields as members
from dataclasses import replace
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from dossier.arrow_arrays import coded, numbers
from dossier.dossiers import Dossiers, joined
from dossier.fields import fields
from dossier.tables import APPLICANT, SCHEMA_VERSION, to_arrow
from dossier.truth import Truth, TruthClass
from evidence import evidence_hash
from synthetic.asides import written_aside
from synthetic.changes import scenario_hash
from synthetic.cohort import CHUNK, chunks_of, dossiers_and_truth_of
from synthetic.compile import labels_of
from synthetic.draw import Drawn, Plan
from synthetic.entities import ALONE, LINKS
from synthetic.mechanisms import mechanisms
from synthetic.sheets import ENDINGS, ArrowSheet, Form, ParquetSheet, part_name, sheet_of
from synthetic.world import World

__all__ = [
    "ROWS_PER_GROUP",
    "ROWS_PER_PART",
    "ArrowSheet",
    "Form",
    "ParquetSheet",
    "code_version",
    "identity_of",
    "part_name",
    "parts_of",
    "row_layers",
    "write_manifests",
    "write_part",
    "written_aside",
]

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


def write_part(
    plan: Plan,
    folder: Path,
    number: int,
    seen: Callable[[Drawn], None] | None = None,
    *,
    chunk: int = CHUNK,
    form: Form | None = "parquet",
) -> None:
    """Draw part `number` of a plan and write all its files below `folder`.

    Args:
        plan: The plan of the cohort.
        folder: The cohort's folder, still under its temporary name.
        number: Which part.
        seen: Called with everything that was drawn, in order and at most a row group at a time, so that it
            can be screened without rereading.
        chunk: Rows drawn at once, at most a part; it changes no byte. More take more memory.
        form: How the files are written; None writes none.

    Raises:
        ValueError: If `chunk` is not positive.
    """
    if chunk < 1:
        raise ValueError("at least one row must be drawn at once")
    marks = {f"saring.{key}": str(value) for key, value in _marks(plan).items() if key != "synthetic"}
    sheets = _sheets(folder, number, form) if form else {}
    try:
        for drawn in _groups(plan, parts_of(plan.size)[number], chunk):
            batches = _batches(plan.world, drawn, marks) if sheets else {}
            for layer, batch in batches.items():
                sheets[layer].write(batch)
            if seen is not None:
                for one in drawn:
                    seen(one)
    finally:
        for sheet in sheets.values():
            sheet.close()


def _sheets(folder: Path, number: int, form: Form) -> dict[str, Any]:
    """Return a sheet for each layer."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    return {layer: sheet_of(folder / layer / part_name(number, form), form) for layer in _LAYERS}


def _groups(plan: Plan, rows: range, chunk: int) -> Iterator[list[Drawn]]:
    """Yield the drawn rows of each row group, in one piece or several."""
    at_once = max(chunk // ROWS_PER_GROUP, 1) * ROWS_PER_GROUP
    for block in chunks_of(rows, at_once):
        if chunk < ROWS_PER_GROUP:
            yield [plan.draw(one) for one in chunks_of(block, chunk)]
        else:
            whole = plan.draw(block)
            yield from ([_cut(whole, group)] for group in chunks_of(block, ROWS_PER_GROUP))


def _cut(drawn: Drawn, rows: range) -> Drawn:
    """Return some consecutive rows of what was drawn."""
    if rows == drawn.rows:
        return drawn
    place = slice(rows.start - drawn.rows.start, rows.stop - drawn.rows.start)
    cut: dict[str, Any] = {"rows": rows}
    for member in members(Drawn):
        found = getattr(drawn, member.name)
        if isinstance(found, Mapping):
            cut[member.name] = {name: column[place] for name, column in found.items()}
        elif member.name != "rows":
            cut[member.name] = found[place]
    return replace(drawn, **cut)


def write_manifests(
    plan: Plan,
    folder: Path,
    digests: Mapping[str, str] | None = None,
    results: Sequence[str] = (),
    beside: Mapping[str, str] | None = None,
) -> None:
    """Write the two manifests of a cohort whose parts are all there; the public one last.

    Args:
        plan: The plan of the cohort.
        folder: The cohort's folder; it is made if the cohort was drawn without files.
        digests: SHA-256 of every file by its name within the cohort, where they are known already. Every file
            below `folder` is read again where this is None.
        results: SHA-256 of what a screening made of each part, in order; it stands in the sealed manifest, so
            that a run can be checked even where no files were written.
        beside: SHA-256 of what a run has beside its cohort, by its name there; sealed likewise.
    """
    marks = _marks(plan)
    hashes = dict(sorted((_digests(folder) if digests is None else digests).items()))
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
        **({"results": list(results)} if results else {}),
        **({"beside": dict(sorted(beside.items()))} if beside else {}),
    }
    public = {
        **marks,
        "rows": plan.size,
        "files": {name: digest for name, digest in hashes.items() if name.startswith("observed/")},
    }
    _write_json(folder / "truth" / "manifest.json", sealed)
    _write_json(folder / "manifest.json", public)


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of rows below a folder, by its name there."""
    found = {}
    for path in folder.rglob("*"):
        if path.suffix in ENDINGS.values() and path.is_file():
            with path.open("rb") as opened:
                found[path.relative_to(folder).as_posix()] = file_digest(opened, "sha256").hexdigest()
    return found


def identity_of(plan: Plan) -> dict[str, Any]:
    """Return everything that decides a cohort's files, the seed too, so that work can be resumed."""
    return {
        **_marks(plan),
        "n": plan.size,
        "seed": plan.seed,
        "base_rate": plan.base_rate,
        "shares": list(plan.shares),
        "one_per_network": plan.one_per_network,
        "victims": plan.victims,
        "rows_per_part": ROWS_PER_PART,
        "rows_per_group": ROWS_PER_GROUP,
    }


_LAYERS = (
    "observed",
    "truth/truth",
    "truth/fields",
    "truth/declared",
    "truth/hidden",
    "truth/mechanisms",
    "truth/edges",
)


def _batches(world: World, drawn: list[Drawn], marks: Mapping[str, str]) -> dict[str, pa.RecordBatch]:
    """Return one batch for each layer; all that follows from a row group."""
    return {
        **row_layers(world, drawn, marks),
        "truth/mechanisms": _plain_batch(mechanisms(world, drawn), marks),
        "truth/edges": _plain_batch(_edges(drawn), marks),
    }


def row_layers(
    world: World, drawn: list[Drawn], marks: Mapping[str, str] = MappingProxyType({})
) -> dict[str, pa.RecordBatch]:
    """Return what the layers hold that have one row for each applicant, by their folder in the cohort.

    Args:
        world: The compiled scenario.
        drawn: Consecutive rows, in one piece or several.
        marks: Further metadata of the batches, beside the synthetic mark.
    """
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
    }


def _labels_only(codes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: codes[name] for name in fields()}


def _truth_batch(truth: Truth, marks: Mapping[str, str]) -> pa.RecordBatch:
    classes = [truth_class.label for truth_class in TruthClass]
    columns = {
        APPLICANT: numbers(truth.applicants),
        "truth_class": _dictionary(truth.truth_class, classes),
        "module": _dictionary(truth.module, truth.modules),
        "tier": _dictionary(truth.tier, truth.tiers),
        "network": numbers(truth.network, truth.network < 0),
    }
    return _with_marks(columns, marks)


def _codes_batch(dossiers: Dossiers, marks: Mapping[str, str]) -> pa.RecordBatch:
    """Return true or declared codes; a number is given by the label of its bin."""
    columns: dict[str, pa.Array] = {APPLICANT: numbers(dossiers.applicants)}
    for name, codes in dossiers.columns.items():
        columns[name] = _dictionary(codes, fields()[name].bin_labels)
    return _with_marks(columns, marks)


def _hidden_batch(world: World, drawn: list[Drawn], marks: Mapping[str, str]) -> pa.RecordBatch:
    """Return what is hidden of each applicant, such as whether he or she knows of the deceit."""
    columns: dict[str, pa.Array] = {APPLICANT: numbers(np.concatenate([d.applicants for d in drawn]))}
    for conditional in world.hidden:
        codes = np.concatenate([d.hidden[conditional.name] for d in drawn])
        columns[conditional.name] = _dictionary(codes, labels_of(conditional.name))
    return _with_marks(columns, marks)


def _plain_batch(columns: Mapping[str, Any], marks: Mapping[str, str]) -> pa.RecordBatch:
    return _with_marks(
        {
            name: column if isinstance(column, pa.Array) else numbers(column)
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
    return coded(codes, labels)


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
