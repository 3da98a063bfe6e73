"""The data dictionary says what stands in the files, all of it and nothing else."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console.commands.show_dictionary import dictionary_text, show_dictionary
from console.exporting.columns import OBSERVED, SCREENED, SEALED_TABLES, TABLES, columns_of
from console.exporting.dictionary import dictionary_json
from console.exporting.dictionary_page import dictionary_page
from console.exporting.markdown import Markdown, code, escaped
from console.exporting.reading import arrow_type
from dossier.codes import code_names
from dossier.fields import fields
from dossier.problems import BadInput

ROOT = Path(__file__).parents[4]


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary_page(), "run `python -m scripts.write_data_dictionary`"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_a_run_is_declared_with_its_type_and_order(table: str, run: Path) -> None:
    folder = run / table if table == SCREENED else run / "cohort" / table
    schema = pq.read_schema(
        next((run / "cohort" / "truth" / table if table in SEALED_TABLES else folder).glob("*.parquet"))
    )
    declared = columns_of(table)
    assert schema.names == list(declared)
    assert {name: schema.field(name).type for name in schema.names} == {
        name: arrow_type(column) for name, column in declared.items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_every_code_of_a_run_is_declared_and_numbered_as_in_the_file(table: str, run: Path) -> None:
    folder = run if table == SCREENED else run / "cohort"
    found = pq.read_table(folder / (f"truth/{table}" if table in SEALED_TABLES else table))
    for name, column in columns_of(table).items():
        if column.kind == "category" and column.codes:
            for chunk in found[name].chunks:
                assert chunk.dictionary.to_pylist() == list(column.codes), name


def test_empty_cells_stand_only_where_the_dictionary_gives_them_a_meaning(run: Path) -> None:
    for table in TABLES:
        folder = run if table == SCREENED else run / "cohort"
        found = pq.read_table(folder / (f"truth/{table}" if table in SEALED_TABLES else table))
        for name, column in columns_of(table).items():
            if column.missing.startswith("never missing"):
                assert found[name].null_count == 0, f"{table}.{name}"


def test_every_metadata_key_of_a_run_is_explained(run: Path) -> None:
    keys = {
        key.decode()
        for file in run.rglob("*.parquet")
        for key in pq.read_schema(file).metadata
        if key.startswith(b"saring.")
    }
    assert keys == set(dictionary_json()["metadata_keys"])


def test_every_field_stands_there_with_all_that_is_declared_of_it() -> None:
    columns = {one["name"]: one for one in dictionary_json()["tables"][OBSERVED]["columns"]}
    for name, field in fields().items():
        column = columns[name]
        assert column["stage"] == field.stage
        assert column["missing"] == field.missing
        assert column["label"] == {"en": field.label.en, "id": field.label.id}
        assert column.get("unit", "") == field.unit
        assert column["gate"] == (
            {key: list(codes) for key, codes in field.gate.items()} if field.gate else None
        )
        if field.is_number:
            assert [one["from"] for one in column["bins"]] == list(field.edges)
            assert column["range"] == {"lowest": field.edges[0], "highest": field.upper, "step": field.step}
        else:
            named = {one["code"]: (one["label"]["en"], one["label"]["id"]) for one in column["codes"]}
            assert named == {key: (text.en, text.id) for key, text in code_names()[name].items()}


def test_the_page_names_every_field_and_code() -> None:
    page = dictionary_page()
    for name, column in columns_of(OBSERVED).items():
        assert f"`{name}`: " in page
        assert all(f"| `{one}` |" in page for one in column.codes)


def test_the_dictionary_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_dictionary("json")
    assert json.loads(capsys.readouterr().out) == dictionary_json()
    show_dictionary("markdown", tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == dictionary_page()
    with pytest.raises(BadInput, match="there is no format 'html'"):
        dictionary_text("html")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a", "\\# a"),
        ("a\n\n# b", "a \\# b"),
        ("[x](javascript:y)", "\\[x\\](javascript:y)"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("a | b", "a \\| b"),
        ("- a", "\\- a"),
        ("`x`", "\\`x\\`"),
    ],
)
def test_what_comes_from_a_run_is_never_markup(text: str, shown: str) -> None:
    assert escaped(text) == shown
    assert escaped(Markdown(text)) == text


def test_code_cannot_be_left() -> None:
    assert code("a` <b>\n`") == "`a' <b> '`"


def test_types_are_spelled_as_arrow_spells_them() -> None:
    assert arrow_type(columns_of("truth")["module"]) == pa.dictionary(pa.int16(), pa.string())
