"""The documentation, made once for all tests that look at it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from docs._generator.all_pages import all_pages
from tests.docs.documents import ROOT


@pytest.fixture(scope="session")
def pages() -> Mapping[str, str]:
    """The Markdown of all generated pages, by name."""
    return all_pages()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; workers that test side by side share one."""
    temporary = tmp_path_factory.getbasetemp()
    shared = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    folder = shared / "documentation"
    with (shared / "documentation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "html" / "objects.inv").is_file():
            built = subprocess.run(
                [sys.executable, "-m", "scripts.build_docs", str(folder)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert built.returncode == 0, built.stderr
    return folder / "html"
