"""Cohorts: the public face of the generator, in memory or as a folder of files.

A cohort is a folder. `observed/` is all that a screener may open; `truth/` is sealed apart and holds the
seed, for who holds the seed holds the answers. Files are written in parts of a fixed number of rows, aside
and then renamed, and the manifest last, so that nothing half-written looks whole. The bytes are the same for
any number of workers.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dossier.dossiers import Dossiers, joined
from dossier.draws import Who
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.tables import APPLICANT, REFERENCES, SCHEMA_VERSION, to_arrow, to_pandas
from dossier.truth import Truth, TruthClass, joined_truths
from evidence import evidence_hash
from synthetic.audit import modules_with, only
from synthetic.changes import scenario_hash
from synthetic.compile import compile_world, labels_of
from synthetic.draw import Drawn, Plan, victim_share
from synthetic.entities import ALONE, LINKS
from synthetic.mechanisms import mechanisms
from synthetic.scenarios import Scenario
from synthetic.world import World

if TYPE_CHECKING:
    import pandas as pd

ROWS_PER_GROUP = 65_536
ROWS_PER_PART = 4 * ROWS_PER_GROUP
CHUNK = 32_768
"""Rows drawn at once; changing it changes no byte of any file."""


@dataclass(frozen=True)
class Cohort:
    """A cohort in memory.

    Attributes:
        dossiers: What the officers see.
        truth: What only the simulator knows, in the same order.
    """

    dossiers: Dossiers
    truth: Truth

    @cached_property
    def observed(self) -> "pd.DataFrame":
        """The dossiers as a frame that carries the synthetic mark."""
        return to_pandas(self.dossiers)

    def __len__(self) -> int:
        return len(self.dossiers)


def draw(scenario: Scenario, n: int | None = None, seed: int = 1) -> Cohort:
    """Draw a cohort into memory.

    Args:
        scenario: From `load_scenario`.
        n: Number of applicants; the scenario's own size when left out.
        seed: Any integer; the same scenario, seed and n give the same cohort everywhere.

    Raises:
        BadInput: If n is not positive, or the scenario does not compile.
    """
    size = scenario.scenario.size if n is None else n
    plan = plan_for(compile_world(scenario), size, seed)
    return Cohort(*_gathered(plan, range(size)))


def plan_for(world: World, size: int, seed: int, base_rate: float | None = None) -> Plan:
    """Return the plan of a cohort in the scenario's own mix.

    Args:
        world: The compiled scenario.
        size: Number of applicants.
        seed: Any integer.
        base_rate: Share of victims for which the cohort stands. The number of victims is then exactly what
            the scenario's mix gives, and weights say how many people each row stands for.

    Raises:
        BadInput: If `size` is not positive, or a base rate is asked for where there would be no victim.
    """
    if size < 1:
        raise BadInput.of(
            f"a cohort needs at least one applicant, not {size}", where="--n", mend="Give a number from 1."
        )
    if base_rate is None:
        return Plan(world, seed, size)
    victims = round(size * victim_share(world))
    if not 0 < victims < size:
        what = f"{size:,} applicants of '{world.scenario.id}' would hold {victims:,} victims"
        raise BadInput.of(what, where="--n", mend="Draw more applicants, or leave the base rate out.")
    return Plan(world, seed, size, victims=victims, base_rate=base_rate)


class FreshDraws:
    """Draws fresh applicants of one world for an evaluation; a `dossier.draws.Draw`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> tuple[Dossiers, Truth]:
        """Return `size` applicants and their truth; see `dossier.draws.Draw`."""
        drawn = self.drawn(who, size, seed, modules=modules, one_per_network=one_per_network)
        return _joined(self.world, drawn)

    def drawn(
        self, who: Who, size: int, seed: int, *, modules: tuple[str, ...] = (), one_per_network: bool = False
    ) -> list[Drawn]:
        """Return the same applicants with all their layers, for the oracle."""
        classes = {
            "everybody": tuple(TruthClass),
            "victims": (TruthClass.VICTIM,),
            "others": (TruthClass.LAWFUL, TruthClass.IRREGULAR),
        }[who]
        wanted = modules or tuple(modules_with(self.world, *classes))
        plan = Plan(self.world, seed, size, only(self.world, wanted), one_per_network)
        return [plan.draw(rows) for rows in chunks_of(range(size))]


def truth_of(world: World, drawn: Drawn) -> Truth:
    """Return the truth of drawn rows."""
    module = np.array([kind.module for kind in world.kinds], dtype=np.int16)[drawn.kinds]
    tier = np.array([kind.tier for kind in world.kinds], dtype=np.int8)[drawn.kinds]
    truth_class = np.array([kind.truth_class for kind in world.kinds], dtype=np.int8)[drawn.kinds]
    return Truth(
        drawn.applicants,
        truth_class,
        module,
        tier,
        drawn.network,
        world.module_ids,
        world.tiers,
        tuple(m.module.kind for m in world.modules),
        tuple(m.module.family for m in world.modules),
    )


def dossiers_of(drawn: Drawn) -> Dossiers:
    """Return what the officers see of drawn rows, fields in the declared order."""
    return Dossiers(
        drawn.applicants,
        {name: drawn.values[name] for name in fields()},
        {name: drawn.references[one.field] for name, one in REFERENCES.items()},
    )


def chunks_of(rows: range, size: int = CHUNK) -> Iterator[range]:
    """Yield `rows` in consecutive ranges of at most `size`."""
    for start in range(rows.start, rows.stop, size):
        yield range(start, min(start + size, rows.stop))


def parts_of(size: int) -> list[range]:
    """Return the row ranges of a cohort's files."""
    return list(chunks_of(range(size), ROWS_PER_PART))


# --- files ------------------------------------------------------------------------------------------


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
    "profiles.json",
    "_profiles.json",
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
    dossiers, truth = _joined(world, drawn)
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


def _joined(world: World, drawn: list[Drawn]) -> tuple[Dossiers, Truth]:
    truth = joined_truths(truth_of(world, chunk) for chunk in drawn)
    return joined([dossiers_of(chunk) for chunk in drawn]), truth


def _gathered(plan: Plan, rows: range) -> tuple[Dossiers, Truth]:
    return _joined(plan.world, [plan.draw(chunk) for chunk in chunks_of(rows)])
