"""The import contracts hold, and each of them notices when it is broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

# For each contract, modules that break it (and perhaps others too).
VIOLATIONS = {
    "layers": {"models/a.py": "import synthetic"},
    "no-generator-in-the-screener": {"screening/a.py": "import synthetic"},
    "truth-is-sealed": {"models/card.py": "from dossier.truth import Truth"},
    "no-way-to-truth-from-the-screener": {
        "models/train.py": "from dossier.truth import Truth",
        "screening/screener.py": "import models.train",
    },
    "evaluation-judges-from-outside": {"screening/__init__.py": "import screening.evaluation"},
    "inside-screening": {"screening/language.py": "import screening.rulebook", "screening/rulebook.py": ""},
    "answers-behind-one-door": {"console/web/seats.py": "from console.web.sealed.models import DossierKey"},
    "inside-the-classroom": {
        "console/web/classroom.py": "import console.web.sealed.reveal",
        "console/web/sealed/reveal.py": "",
    },
    "no-cycles": {"evidence/a.py": "import evidence.b", "evidence/b.py": "import evidence.a"},
}


def test_the_contracts_hold() -> None:
    assert _broken(ROOT) == set()


def test_every_contract_is_tried() -> None:
    assert set(_contracts(ROOT)) == set(VIOLATIONS)


def test_what_is_allowed_breaks_none(repository: Path) -> None:
    _write(
        repository,
        {
            "dossier/draws.py": "from dossier.truth import Truth",
            "models/train.py": "from dossier.truth import Truth",
            "synthetic/cohort.py": "from dossier.truth import Truth",
            "screening/evaluation/rates.py": "from dossier.truth import Truth\nimport screening.screener",
            "screening/screener.py": "import models",
            "console/cli.py": "import models.train\nimport screening.evaluation\nimport synthetic",
        },
    )
    assert _broken(repository) == set()


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_contract_notices_when_it_is_broken(contract: str, repository: Path) -> None:
    _write(repository, VIOLATIONS[contract])
    assert contract in _broken(repository)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of empty packages under our contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    packages = (*PACKAGES, "screening/evaluation", "console/web", "console/web/sealed")
    modules = ("dossier/truth.py", "console/web/sealed/models.py")
    _write(tmp_path, dict.fromkeys([*(f"{package}/__init__.py" for package in packages), *modules], ""))
    return tmp_path


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _contracts(root: Path) -> dict[str, str]:
    """Return the names of the contracts by id."""
    with (root / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in contracts}


def _broken(root: Path) -> set[str]:
    """Return the ids of the contracts that are broken in `root`; the linter's own errors fail the test."""
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    wide = {**os.environ, "COLUMNS": "200"}
    result = subprocess.run(linter, cwd=root, env=wide, capture_output=True, text=True, check=False)
    report = "\n" + result.stdout
    verdicts = {
        id_: verdict
        for id_, name in _contracts(root).items()
        for verdict in ("KEPT", "BROKEN")
        if f"\n{name} {verdict}" in report
    }
    assert verdicts.keys() == _contracts(root).keys(), result.stdout + result.stderr
    return {id_ for id_, verdict in verdicts.items() if verdict == "BROKEN"}
