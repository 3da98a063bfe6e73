"""Names of codes: one for every answer that a field knows, in both languages, and none left over."""

from pathlib import Path

import pytest

from dossier import codes
from dossier.codes import code_name, code_names
from dossier.fields import fields
from dossier.problems import BadInput


def test_every_code_of_every_field_has_a_name_and_no_name_is_left_over() -> None:
    declared = {(name, code) for name, field in fields().items() for code in field.codes}
    assert {(name, code) for name, named in code_names().items() for code in named} == declared


def test_a_name_is_said_in_both_languages() -> None:
    assert all(
        name.en.strip() and name.id.strip() for named in code_names().values() for name in named.values()
    )
    assert code_name("debt", "recruiter").en == "to the recruiter"
    assert code_name("debt", "recruiter").id == "kepada perekrut"


def test_a_code_without_a_name_is_named_in_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(codes.__file__).with_name("codes.toml").read_text(encoding="utf-8")
    lacking = text.replace('female = { en = "female", id = "perempuan" }\n', "")
    (tmp_path / "codes.toml").write_text(lacking, encoding="utf-8")
    monkeypatch.setattr(codes, "__file__", str(tmp_path / "codes.py"))
    with pytest.raises(BadInput, match=r"sex\.female"):
        codes.code_names.__wrapped__()
