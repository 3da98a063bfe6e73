"""`saring doctor`: whole where all is whole, and pointing at what is not."""

from pathlib import Path

import pytest

from console.commands import doctor
from dossier.problems import BadInput
from tests.unit.console.terminal import GATE_FAILED, OK, json_of, saring


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_this_installation_is_whole(tmp_path: Path) -> None:
    found = json_of("doctor")
    assert found["ok"] is True
    assert all(check["ok"] for check in found["checks"].values())
    assert list(tmp_path.iterdir()) == []


def test_people_read_each_check() -> None:
    result = saring("doctor")
    assert result.exit_code == OK
    assert "NOT OK" not in result.stdout
    assert "a small run" in result.stdout


@pytest.mark.parametrize(
    "error", [BadInput.of("the cards are gone"), OSError("the disk is on fire")], ids=str
)
def test_what_is_broken_is_named_and_the_gate_fails(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise error

    monkeypatch.setattr(doctor, "_screener", broken)
    result = saring("doctor")
    assert result.exit_code == GATE_FAILED
    assert "NOT OK" in result.stdout
    assert str(error) in result.stdout
    assert "Traceback" not in result.stderr
