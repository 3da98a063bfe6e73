"""Results as JSON files, whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dossier.text_files import write_text


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, aside and then renamed.

    Raises:
        BadInput: If a folder stands where the file should go.
    """
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
