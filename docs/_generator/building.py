"""Building the site: written and generated pages side by side in one folder, then Sphinx.

Pages are written only where they changed, so that a second build reads only those. Warnings are errors.
"""

from collections.abc import Iterator
from pathlib import Path

from docs._generator.all_pages import all_pages

DOCS = Path(__file__).parents[1]
LEFT_OUT = ("_generator", "__pycache__")
"""Folders below `docs/` that are no pages."""


def build(folder: Path) -> int:
    """Build the site below `folder` and return what Sphinx returned: 0 where nothing was wrong.

    Args:
        folder: Gets `source/`, the pages as Markdown, `html/`, the site, and `read/`, what Sphinx keeps.
    """
    from sphinx.cmd.build import main  # noqa: PLC0415

    assemble(folder / "source")
    places = [str(folder / name) for name in ("source", "html")]
    return main(["-W", "--keep-going", "-q", "-b", "html", "-d", str(folder / "read"), *places])


def assemble(source: Path) -> None:
    """Put all pages, written and generated, into the folder `source`, and nothing else.

    Raises:
        ValueError: If a generated page would take the place of a written one.
    """
    written = {path.relative_to(DOCS): path.read_bytes() for path in _written()}
    generated = {Path(f"{name}.md"): text.encode() for name, text in all_pages().items()}
    if both := sorted(str(path) for path in written.keys() & generated.keys()):
        raise ValueError(f"these pages are generated and written too: {', '.join(both)}")
    pages = written | generated
    for path, content in pages.items():
        _write(source / path, content)
    for path in source.rglob("*"):
        if path.is_file() and path.relative_to(source) not in pages:
            path.unlink()


def _written() -> Iterator[Path]:
    """Yield the files below `docs/` that belong to the site."""
    for path in sorted(DOCS.rglob("*")):
        if path.is_file() and not set(path.relative_to(DOCS).parts) & set(LEFT_OUT):
            yield path


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
