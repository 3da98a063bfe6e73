"""Whatever rows and fields of a cohort are looked at, and whoever wrote them, they are the same people.

A cohort is written part by part with any number of workers and any size of chunk. Of its files any rows and
fields are read, and compared with what is drawn of the plan anew, for those rows alone. The naive twin is the
whole cohort drawn at once.
"""

from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from console.parts.parallel import Workers, each_part
from dossier.fields import fields
from dossier.tables import APPLICANT, to_arrow
from synthetic import cohort_files
from synthetic.cohort import dossiers_of, plan_for
from synthetic.cohort_files import parts_of, write_part
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.scenarios import load_scenario

SIZE, ROWS_PER_PART = 3000, 700

NAMES = tuple(fields())


@cache
def plan() -> Plan:
    return plan_for(compile_world(load_scenario("airport_day")), SIZE, 12)


def drawn(rows: range) -> pa.Table:
    return pa.Table.from_batches([to_arrow(dossiers_of(plan().draw(rows)))])


@cache
def whole() -> pa.Table:
    """Everybody, drawn at once."""
    return drawn(range(SIZE))


row_ranges = st.integers(0, SIZE - 1).flatmap(
    lambda start: st.integers(start + 1, SIZE).map(lambda stop: range(start, stop))
)
some_fields = st.lists(st.sampled_from(NAMES), min_size=1, max_size=8, unique=True)


@given(rows=row_ranges, names=some_fields)
@hypothesis_settings(max_examples=60)
def test_any_rows_drawn_alone_are_those_of_the_whole(rows: range, names: list[str]) -> None:
    columns = [APPLICANT, *names]
    assert drawn(rows).select(columns).equals(whole().slice(rows.start, len(rows)).select(columns))


@given(
    rows=row_ranges,
    names=some_fields,
    workers=st.integers(1, 3),
    chunk=st.sampled_from([1, 17, 699, 1000, 32_768, 1_000_000]).filter(lambda size: size > 1),
)
@hypothesis_settings(max_examples=6)
def test_any_rows_read_from_files_are_those_of_the_whole(
    rows: range, names: list[str], workers: int, chunk: int
) -> None:
    columns = [APPLICANT, *names]
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(cohort_files, "ROWS_PER_PART", ROWS_PER_PART)
        write = partial(write_part, plan(), Path(folder), chunk=chunk)
        list(each_part(write, len(parts_of(SIZE)), Workers(workers)))
        files = sorted((Path(folder) / "observed").iterdir())
        read = ds.dataset([str(file) for file in files]).to_table(columns=columns)
    theirs = whole().select(columns).slice(rows.start, len(rows))
    assert read.slice(rows.start, len(rows)).to_pydict() == theirs.to_pydict()


@given(row=st.integers(0, SIZE - 1))
def test_an_identity_number_says_in_which_row_somebody_stands(row: int) -> None:
    applicant = int(whole()[APPLICANT][row].as_py())
    assert plan().row_of(applicant) == row


@pytest.mark.parametrize("stranger", [-1, 2**40, 2**63 - 1])
def test_a_number_of_nobody_stands_in_no_row(stranger: int) -> None:
    assert plan().row_of(stranger) is None
