"""Results as JSON files: whole or not at all."""

import json
from pathlib import Path

import pytest

from console.files import write_json
from dossier.problems import BadInput


def test_json_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1}
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text(encoding="utf-8")) == {"a": 1}
    assert [one.name for one in tmp_path.iterdir()] == ["x.json"]


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="this is a folder"):
        write_json(tmp_path, {})
