"""Writes the model card, the datasheet and the Croissant metadata of docs/cards from a run and its export.

    python -m scripts.write_cards [RUN]

Not a word of them is written here: `saring run` measures and `saring export` tells, as for any run. Run it
when released rules, cards, thresholds or the generator change; a test says so. RUN names a finished run of
`COMMAND`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dossier.text_files import write_text
from scripts.freshness import ROOT, digest_of

FOLDER = ROOT / "docs" / "cards"
KEPT = "cards.json"
COMMAND = ("run", "baseline_year", "--n", "200000", "--seed", "1")
DAY = "1767225600"
"""1 January 2026 in seconds since 1970: the day in the metadata, so that no page changes by itself."""

PAGES = {
    "en": {name: name for name in ("model-card.md", "datasheet.md", "croissant.json")},
    "id": {"model-card.md": "model-card.id.md", "datasheet.md": "datasheet.id.md"},
}
"""Which files of an export become which pages, by its language."""

SOURCES = (
    "console/exporting/*.py",
    "console/exporting/*.toml",
    "console/exporting/templates/datasheet.*",
    "console/exporting/templates/model-card.*",
    "models/cards/saring-2026.json",
    "screening/certificates/*",
    "screening/rulebooks/*.toml",
    "synthetic/scenarios/baseline_year.toml",
    "tests/baseline/generator.json",
)
"""What the pages are made from; the last changes whenever anything that draws people does."""


def exported(run: Path, language: str, folder: Path) -> Path:
    """Export a run in a language into a folder of its own; return it."""
    out = folder / f"export-{language}"
    _saring("export", str(run), "--format", "parquet", "--language", language, out=out)
    return out


def write(run: Path, folder: Path) -> None:
    """Write the pages from a run, and what they were made from; its exports go into `folder`."""
    for language, pages in PAGES.items():
        source = exported(run, language, folder)
        for name, page in pages.items():
            write_text(FOLDER / page, (source / name).read_text(encoding="utf-8"))
    write_text(FOLDER / KEPT, json.dumps({"schema_version": "1", "sources": digest_of(SOURCES)}) + "\n")


def _saring(*words: str, out: Path) -> None:
    command: list[str | Path] = [Path(sys.executable).with_name("saring"), *words, "--quiet", "--out", out]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": DAY}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="saring-cards-") as place:
        finished = Path(sys.argv[1]) if sys.argv[1:] else Path(place) / "run"
        if not sys.argv[1:]:
            _saring(*COMMAND, out=finished)
        write(finished, Path(place))
    print(f"Wrote {FOLDER}")
