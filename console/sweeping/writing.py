"""The files of a sweep: a tidy table as CSV and Parquet, what its variants stand for, and all of it as JSON.

The rows stand in the order of the plan, so that the bytes are the same for any number of workers and after
any interruption. Every file of columns says that it is synthetic: Parquet in its metadata, CSV in a column.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from console.files import write_json
from console.sweeping.results import pairing, settings_columns
from console.sweeping.settings import Variant
from dossier.problems import BadInput
from dossier.text_files import write_text
from synthetic.cohort_files import code_version

RESULTS, TABLE, VARIANTS, WORKLOADS, WHOLE = (
    "results.csv",
    "results.parquet",
    "variants.csv",
    "workload.csv",
    "sweep.json",
)
FILES = (WHOLE, RESULTS, TABLE, VARIANTS, WORKLOADS)
SCHEMA_VERSION = "1"

_WHOLE_NUMBERS = ("seed", "count", "n", "paired_n", "only_here", "only_in_baseline", "oracle_count")
_TEXTS = ("variant", "scenario", "levers", "difficulty", "rulebook", "cards", "policy", "threshold_asked")
_MORE_TEXTS = ("base_rate", "baseline", "pairing", "stage", "by", "group", "rate", "counted")


def write_sweep(folder: Path, content: Mapping[str, Any], variants: Sequence[Variant]) -> None:
    """Write all files of a sweep.

    Args:
        folder: Where they go.
        content: All that is known of it, with its `results` and its `workload`.
        variants: The variants.
    """
    rows = content["results"]
    write_text(folder / RESULTS, as_csv(rows))
    pq.write_table(as_table(rows), folder / TABLE, compression="zstd", compression_level=1)
    write_text(folder / VARIANTS, as_csv(variant_rows(variants)))
    write_text(folder / WORKLOADS, as_csv(content["workload"]))
    write_json(folder / WHOLE, content)


def read_sweep(folder: Path) -> dict[str, Any]:
    """Return all that stands in the file of a finished sweep.

    Raises:
        BadInput: If it cannot be read.
    """
    try:
        found = json.loads((folder / WHOLE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        what, mend = f"this sweep can no longer be read ({error})", "Run it again with --force."
        raise BadInput.of(what, where=str(folder / WHOLE), mend=mend) from None
    return found if isinstance(found, dict) else {}


def variant_rows(variants: Sequence[Variant]) -> list[dict[str, Any]]:
    """Return what each variant stands for, and against which it is measured."""
    return [
        {
            "variant": one.id,
            **settings_columns(one),
            "baseline": one.id
            if one.is_baseline
            else ""
            if one.baseline is None
            else variants[one.baseline].id,
            "pairing": pairing(variants, place),
        }
        for place, one in enumerate(variants)
    ]


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV; an empty cell is what cannot be said, and each row says that it is synthetic."""
    text = StringIO()
    writer = csv.DictWriter(text, [*rows[0], "synthetic"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "synthetic": "true"} for row in rows)
    return text.getvalue()


def as_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as an Arrow table whose metadata says that it is synthetic."""
    marks = {
        "saring.synthetic": "true",
        "saring.schema_version": SCHEMA_VERSION,
        "saring.code_version": code_version(),
    }
    schema = pa.schema([pa.field(name, _type_of(name)) for name in rows[0]], metadata=marks)
    return pa.Table.from_pylist(list(rows), schema=schema)


def _type_of(name: str) -> pa.DataType:
    if name in _WHOLE_NUMBERS:
        return pa.int64()
    return pa.string() if name in _TEXTS + _MORE_TEXTS else pa.float64()
