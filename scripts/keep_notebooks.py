"""Executes the notebooks and keeps their tables and pictures in the files, for whoever only reads them.

    python -m scripts.keep_notebooks [NOTEBOOK ...]

Run it after a change to a notebook or to what it shows. A notebook is executed from top to bottom in a fresh
kernel; where a cell fails, its file stays as it was. Nothing of the machine or the moment is kept.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
SECONDS = 600
"""After this a cell counts as hanging."""

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""All that a notebook says of where it runs."""

PICTURES = ("image/png", "image/svg+xml")


def notebooks() -> list[Path]:
    """Return the files of all notebooks, in order."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """Return a notebook as it stands in its file."""
    found: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # has no types
    return found


def executed(notebook: NotebookNode) -> NotebookNode:
    """Execute a notebook in place, from top to bottom in a fresh kernel; return it.

    Raises:
        CellExecutionError: If a cell fails.
    """
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name=METADATA["kernelspec"]["name"],
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute()
    return cleaned(notebook)


def cleaned(notebook: NotebookNode) -> NotebookNode:
    """Take away, in place, whatever speaks of a machine or a moment, and count the cells anew; return it."""
    notebook.metadata = METADATA
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number:02d}"
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = {}
            if any(kind in output.get("data", {}) for kind in PICTURES):
                output.data.pop("text/plain", None)  # of a picture it holds an address in memory
    return notebook


def main(paths: Sequence[Path]) -> None:
    """Execute notebooks and write them back, one after the other."""
    for path in paths:
        nbformat.write(executed(read(path)), path)  # type: ignore[no-untyped-call]  # has no types
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or notebooks())
