"""Numbers on record: they change only on purpose, and then a line in the changelog says so."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ACCEPT = "SARING_ACCEPT_BASELINE"
HINT = (
    f"If this is meant, accept it by running this test once with {ACCEPT}=1, "
    "and say so under 'Results change' in CHANGELOG.md."
)
HERE = Path(__file__).parent


def on_record(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the baseline called `name`, after putting `found` in its place where the user asks for it."""
    path = HERE / f"{name}.json"
    if os.environ.get(ACCEPT) == "1":
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    recorded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return recorded
