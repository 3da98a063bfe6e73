"""Numbers on record: they change only on purpose, and then a line in the changelog says so.

Whoever accepts new numbers has to have said so before: they are refused while the changelog's "Results change" reads
as it did when numbers were last accepted.
"""

import json
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

ACCEPT = "SARING_ACCEPT_BASELINE"
HINT = (
    "If this is meant, say so under 'Results change' in CHANGELOG.md, and accept it by running this test "
    f"once with {ACCEPT}=1."
)
HERE = Path(__file__).parent
CHANGELOG = HERE.parent.parent / "CHANGELOG.md"
RESULTS_CHANGE = re.compile(r"^### Results change\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


class NotSaid(Exception):
    """Numbers were to be accepted, and the changelog does not say that they change."""


def on_record(
    name: str, found: Mapping[str, Any] | None = None, folder: Path = HERE, changelog: Path = CHANGELOG
) -> dict[str, Any]:
    """Return the baseline called `name`, after putting `found` in its place where the user asks for it.

    Without `found` nothing is put anywhere.

    Raises:
        NotSaid: If other numbers are to be accepted than those on record, with no new line in the changelog.
    """
    path, said = folder / f"{name}.json", folder / "said_in_changelog.json"
    recorded = _read(path)
    if found is None or os.environ.get(ACCEPT) != "1" or found == recorded:
        return recorded
    last, now = _read(said), said_of(changelog.read_text("utf-8"))
    if last.get(name) == now:
        raise NotSaid(
            f"{name}: the changelog says nothing new under 'Results change'. Write there what moves."
        )
    _write(path, found)
    _write(said, dict(sorted({**last, name: now}.items())))
    return dict(found)


def said_of(changelog: str) -> str:
    """Return a digest of all that a changelog says under "Results change", however its lines are broken."""
    words = " ".join(" ".join(RESULTS_CHANGE.findall(changelog)).split())
    return sha256(words.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
