"""The list of pictures, and whether each is as fresh as the code that draws it.

`gallery.toml` names the pictures and their sources; `docs/pictures/gallery.json` keeps what the sources were
when each was taken. Nothing here opens a browser.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from dossier.text_files import write_text
from dossier.texts import Text
from scripts.freshness import ROOT, digest_of

FOLDER = ROOT / "docs" / "pictures"
KEPT = "gallery.json"
SCHEMA_VERSION = "1"


@dataclass(frozen=True)
class Picture:
    """A picture of the gallery.

    Attributes:
        name: Its file's name, without the ending.
        shows: What is to be seen, for whoever cannot see it.
        sources: Patterns of the files that draw it, below the project's folder.
    """

    name: str
    shows: Text
    sources: Sequence[str]

    @property
    def file(self) -> str:
        """Its file's name."""
        return f"{self.name}.png"


@cache
def listed() -> tuple[Picture, ...]:
    """Return all pictures."""
    content = tomllib.loads(Path(__file__).with_name("gallery.toml").read_text(encoding="utf-8"))
    return tuple(
        Picture(one["name"], Text(**one["shows"]), tuple(one["sources"])) for one in content["picture"]
    )


def kept(folder: Path = FOLDER) -> Mapping[str, Any]:
    """Return what is kept of each picture, by its name; nothing where none was ever taken."""
    path = folder / KEPT
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["pictures"]
    return found


def keep(sources: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Write down what the pictures that lie in the folder are, and which sources they were taken from.

    Args:
        sources: The digest of its sources, by the picture's name.
        folder: Where the pictures lie.
    """
    pictures = {
        one.name: {
            "shows": one.shows.model_dump(),
            "sources": sources[one.name],
            "sha256": sha256((folder / one.file).read_bytes()).hexdigest(),
        }
        for one in listed()
        if one.name in sources
    }
    content = {"schema_version": SCHEMA_VERSION, "pictures": pictures}
    write_text(folder / KEPT, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def out_of_date(folder: Path = FOLDER) -> list[Picture]:
    """Return the pictures that are lacking, were changed by hand, or are older than what draws them."""
    return [one for one in listed() if not _is_fresh(one, kept(folder).get(one.name), folder / one.file)]


def _is_fresh(picture: Picture, then: Mapping[str, Any] | None, path: Path) -> bool:
    return (
        then is not None
        and path.exists()
        and then["sha256"] == sha256(path.read_bytes()).hexdigest()
        and then["sources"] == digest_of(picture.sources)
    )
