"""Dossiers as tables: Arrow and pandas, with the synthetic mark, checked against the field declarations.

A table is read only if it says that it is synthetic: saring is a simulator for training and research, and
real people's data does not belong in it. What is wrong with a table is collected, with columns and rows, and
reported together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dossier.arrow_arrays import coded, numbers
from dossier.coded_texts import codes_of
from dossier.coded_texts import known_codes as known_codes  # noqa: PLC0414  (others take it from here)
from dossier.dossiers import Dossiers, References
from dossier.fields import MISSING, NOT_APPLICABLE, Field, Values, fields
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.shown import shown
from dossier.texts import Text

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = "1"
MARK = b"saring.synthetic"
APPLICANT = "applicant"
RESERVED_BELOW = 10**14
"""Identity numbers have sixteen digits and begin with 00: no province has that code, so nobody has one."""

REFERENCES_BELOW = 2**44
"""References are numbers from 0 to below this; neither their order nor their size says anything."""


@dataclass(frozen=True)
class Reference:
    """A column beside the fields that says who shares with whom, and nothing else.

    It is empty exactly where its field does not show that somebody shares, and visible from the stage on at
    which that field is. It is no field: it has no codes, and rules, cards and forms never see it.

    Attributes:
        field: The field that counts the applicants who share.
        description: What the reference stands for.
    """

    field: str
    description: Text


REFERENCES: Mapping[str, Reference] = {
    "sponsor_ref": Reference(
        "sponsor_applicants",
        Text(
            en="Applicants with the same number named the same sponsor.",
            id="Pemohon dengan nomor yang sama menyebut penjamin yang sama.",
        ),
    ),
    "phone_ref": Reference(
        "phone_applicants",
        Text(
            en="Applicants with the same number gave the same telephone number.",
            id="Pemohon dengan nomor yang sama memberi nomor telepon yang sama.",
        ),
    ),
    "address_ref": Reference(
        "address_applicants",
        Text(
            en="Applicants with the same number gave the same address.",
            id="Pemohon dengan nomor yang sama memberi alamat yang sama.",
        ),
    ),
    "booking_ref": Reference(
        "booking_applicants",
        Text(
            en="The tickets of applicants with the same number were booked by the same person or desk.",
            id="Tiket para pemohon dengan nomor yang sama dipesan oleh orang atau loket yang sama.",
        ),
    ),
}

EXTENSION = b"ARROW:extension:name"
"""What a column carries whose type only another program knows, whatever it is stored as."""

REFUSAL = "this data does not say that it is synthetic"
REFUSAL_MEND = (
    "saring is a simulator for training and research; it screens only what carries its synthetic mark, "
    "and never real people's data. Draw a cohort with `saring draw`."
)


def schema(names: Iterable[str], metadata: Mapping[str, str], references: Iterable[str] = ()) -> pa.Schema:
    """Return the Arrow schema for a table of these fields, with the synthetic mark in its metadata."""
    columns = [pa.field(APPLICANT, pa.int64(), nullable=False)]
    columns += [pa.field(name, pa.int64()) for name in references]
    columns += [pa.field(name, _arrow_type(fields()[name])) for name in names]
    marks = {MARK.decode(): "true", "saring.schema_version": SCHEMA_VERSION, **metadata}
    return pa.schema(columns, metadata=marks)


def to_arrow(dossiers: Dossiers, metadata: Mapping[str, str] | None = None) -> pa.RecordBatch:
    """Return the dossiers as an Arrow batch; missing and not applicable both become null."""
    names = list(dossiers.columns)
    arrays = [numbers(dossiers.applicants)]
    arrays += [numbers(shared, shared < 0) for shared in dossiers.references.values()]
    arrays += [_to_array(fields()[name], dossiers.columns[name]) for name in names]
    return pa.RecordBatch.from_arrays(arrays, schema=schema(names, metadata or {}, dossiers.references))


def to_pandas(dossiers: Dossiers) -> "pd.DataFrame":
    """Return the dossiers as a frame of categoricals and nullable integers, marked synthetic in `attrs`."""
    import pandas as pd

    columns: dict[str, object] = {APPLICANT: dossiers.applicants}
    for name, shared in dossiers.references.items():
        columns[name] = pd.arrays.IntegerArray(shared.copy(), shared < 0)
    for name, values in dossiers.columns.items():
        field = fields()[name]
        if field.is_number:
            columns[name] = pd.arrays.IntegerArray(values.astype(np.int32), values < 0)
        else:
            columns[name] = categorical(np.maximum(values, -1).astype(np.int8), field.codes)
    frame = pd.DataFrame(columns)
    frame.attrs["synthetic"] = True
    return frame


def categorical(
    codes: npt.NDArray[np.int8], labels: Sequence[str], *, ordered: bool = False
) -> "pd.Categorical":
    """Return codes of shape (n,) as a pandas categorical; -1 is an empty cell."""
    import pandas as pd

    # The stubs know no codes of eight bits.
    return pd.Categorical.from_codes(codes, categories=list(labels), ordered=ordered)  # type: ignore[call-overload,no-any-return]


def from_pandas(frame: "pd.DataFrame", names: Iterable[str]) -> Dossiers:
    """Return the dossiers in a frame that carries the synthetic mark.

    Raises:
        BadInput: If the mark, a column or a code is missing or wrong.
    """
    if frame.attrs.get("synthetic") is not True:
        raise BadInput.of(REFUSAL, where="the frame's attrs", mend=REFUSAL_MEND)
    names = list(names)
    wanted = [APPLICANT, *references_in(frame.columns, names), *names]
    table = pa.Table.from_pandas(frame[[name for name in wanted if name in frame]], preserve_index=False)
    return from_arrow(table.replace_schema_metadata({MARK: b"true"}), names, where="the frame")


def references_in(columns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return which references a table has, of those that are visible as soon as the fields `names` are.

    Older cohorts, and files that another program made, need have none.
    """
    found, visible = set(columns), set(names)
    return [name for name, one in REFERENCES.items() if name in found and one.field in visible]


def check_mark(arrow_schema: pa.Schema, where: str) -> None:
    """Refuse a table that does not carry the synthetic mark.

    Raises:
        BadInput: With the reason why saring screens nothing else.
    """
    if (arrow_schema.metadata or {}).get(MARK) != b"true":
        raise BadInput.of(REFUSAL, where=where, mend=REFUSAL_MEND)


def check_columns(arrow_schema: pa.Schema, names: Iterable[str], where: str) -> None:
    """Refuse a table that lacks a column or holds one of the wrong type.

    Raises:
        BadInput: With one problem for each column.
    """
    raise_if_any(_column_problems(arrow_schema, names, where))


def from_arrow(
    table: pa.Table | pa.RecordBatch, names: Iterable[str], *, where: str, first_row: int = 0
) -> Dossiers:
    """Return the dossiers in an Arrow table, after checking mark, columns, codes, ranges and numbers.

    Args:
        table: The table or batch.
        names: The fields that are needed. The references that belong to them are read where there are any;
            other columns are not looked at.
        where: The file, for messages.
        first_row: Number of the first row within its file, for messages.

    Raises:
        BadInput: With every problem of every column.
    """
    names = list(names)
    check_mark(table.schema, where)
    check_columns(table.schema, names, where)
    problems: list[Problem] = []
    applicants = _applicants(table.column(APPLICANT), where, first_row, problems)
    columns = {
        name: _from_array(fields()[name], table.column(name), where, first_row, problems) for name in names
    }
    references = {
        name: _references(name, table.column(name), where, first_row, problems)
        for name in references_in(table.schema.names, names)
    }
    raise_if_any(problems)
    return Dossiers(applicants, _with_closed_gates(columns), references)


# --- writing ----------------------------------------------------------------------------------------


def _arrow_type(field: Field) -> pa.DataType:
    return pa.int32() if field.is_number else pa.dictionary(pa.int8(), pa.string())


def _to_array(field: Field, values: Values) -> pa.Array:
    if field.is_number:
        return numbers(values, values < 0)
    return coded(values, field.codes)


# --- reading ----------------------------------------------------------------------------------------


def _column_problems(arrow_schema: pa.Schema, names: Iterable[str], where: str) -> Iterator[Problem]:
    names = list(names)
    there = Counter(arrow_schema.names)
    for name in [APPLICANT, *references_in(there, names), *names]:
        if there[name] != 1:
            yield _not_once(name, there, where)
            continue
        found = arrow_schema.field(name).type
        is_integer = name not in fields() or fields()[name].is_number
        fits = pa.types.is_integer(found) if is_integer else _is_text(found)
        if extension := (arrow_schema.field(name).metadata or {}).get(EXTENSION):
            found, fits = f"extension<{extension.decode('utf-8', 'replace')}>", False
        if not fits and found != pa.null():
            expected = "whole numbers" if is_integer else "the field's codes as text"
            what = f"the column '{name}' is of type {shown(found)}"
            yield Problem(what, where, f"It must hold {expected}.")


def _not_once(name: str, there: Mapping[str, int], where: str) -> Problem:
    """Return what is wrong with a column that is there several times, or not at all."""
    if there[name]:
        what = f"there are {there[name]} columns '{name}', and nobody can say which is meant"
        return Problem(what, where, "Leave one of them.")
    what = f"the column '{name}' is missing"
    if written := next((other for other in there if other.casefold() == name), None):
        return Problem(f"{what}, and there is '{shown(written)}'", where, f"Name that column '{name}'.")
    return Problem(what, where, "Draw the cohort again, or add the column.")


def _is_text(found: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _applicants(
    column: pa.ChunkedArray | pa.Array, where: str, first_row: int, problems: list[Problem]
) -> npt.NDArray[np.int64]:
    if column.null_count:
        problems.append(
            Problem(f"'{APPLICANT}' is empty in {column.null_count} rows", where, "Every row needs a number.")
        )
        return np.zeros(len(column), dtype=np.int64)
    numbers = np.asarray(column, dtype=np.int64)
    outside = np.flatnonzero((numbers < 0) | (numbers >= RESERVED_BELOW))
    if outside.size:
        problems.append(
            Problem(
                f"'{APPLICANT}' holds {outside.size} identity numbers outside the reserved synthetic range",
                f"{where}, row {first_row + int(outside[0]) + 1}",
                "Numbers that could belong to a person are never screened. " + REFUSAL_MEND,
            )
        )
    return numbers


def _references(
    name: str, column: pa.ChunkedArray | pa.Array, where: str, first_row: int, problems: list[Problem]
) -> References:
    if pa.types.is_null(column.type):
        return np.full(len(column), MISSING, dtype=np.int64)
    null = np.asarray(pc.is_null(column))
    numbers = np.asarray(pc.fill_null(column, 0)).astype(np.int64)
    outside = np.flatnonzero(~null & ((numbers < 0) | (numbers >= REFERENCES_BELOW)))
    if outside.size:
        row = int(outside[0])
        problems.append(
            Problem(
                f"'{name}' holds {numbers[row]} and {outside.size - 1} more that are no references",
                f"{where}, row {first_row + row + 1}",
                f"References run from 0 to {REFERENCES_BELOW - 1}; leave the other cells empty.",
            )
        )
    return np.where(null, MISSING, numbers)


def _from_array(
    field: Field, column: pa.ChunkedArray | pa.Array, where: str, first_row: int, problems: list[Problem]
) -> Values:
    if pa.types.is_null(column.type):
        empty: Values = np.full(len(column), MISSING, dtype=np.int32)
        return empty if field.is_number else empty.astype(np.int8)
    return (_numbers if field.is_number else _codes)(field, column, where, first_row, problems)


def _numbers(
    field: Field, column: pa.ChunkedArray | pa.Array, where: str, first_row: int, problems: list[Problem]
) -> Values:
    null = np.asarray(pc.is_null(column))
    filled = np.where(null, MISSING, np.asarray(pc.fill_null(column, 0)).astype(np.int64))
    outside = np.flatnonzero(~null & ((filled < field.edges[0]) | (filled > field.upper)))
    if outside.size:
        row = int(outside[0])
        problems.append(
            Problem(
                f"'{field.name}' holds {filled[row]} and {outside.size - 1} more outside "
                f"{field.edges[0]} to {field.upper} {field.unit}",
                f"{where}, row {first_row + row + 1}",
                "Correct the numbers, or leave the cells empty.",
            )
        )
    return np.clip(filled, MISSING, field.upper).astype(np.int32)


def _codes(
    field: Field, column: pa.ChunkedArray | pa.Array, where: str, first_row: int, problems: list[Problem]
) -> Values:
    try:
        codes, strangers = codes_of(column, field.codes)
    except ValueError as error:
        mend = f"The codes are: {', '.join(field.codes)}."
        problems.append(Problem(f"'{field.name}' {error}", f"{where}, row {first_row + 1} and after", mend))
        return np.full(len(column), MISSING, dtype=np.int8)
    if strangers:
        row = next(iter(strangers))
        problems.append(
            Problem(
                f"'{field.name}' holds the unknown code '{strangers[row]}' ({len(strangers)} rows)",
                f"{where}, row {first_row + row + 1}",
                f"The codes are: {', '.join(field.codes)}.",
            )
        )
    return codes


def _with_closed_gates(columns: dict[str, Values]) -> dict[str, Values]:
    """Return the columns, "not applicable" where a field's gate is closed; a missing gate closes nothing."""
    gated: dict[str, Values] = {}
    for name, values in columns.items():
        gate = fields()[name].gate_field
        if gate is None or gate not in columns:
            gated[name] = values
            continue
        opening = [fields()[gate].code(label) for label in (fields()[name].gate or {})[gate]]
        closed = ~np.isin(columns[gate], [*opening, MISSING])
        gated[name] = np.where(closed, values.dtype.type(NOT_APPLICABLE), values)
    return gated
