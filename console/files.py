"""Writing results so that nothing half-written is ever left looking whole."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dossier.problems import BadInput


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, aside and then renamed.

    Raises:
        BadInput: If a folder stands where the file should go.
    """
    if path.is_dir():
        raise BadInput.of("this is a folder", where=str(path), mend="Give the name of a file.")
    aside = path.with_suffix(".unfinished")
    try:
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
