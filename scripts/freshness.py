"""Whether something that was made and committed is as fresh as the files it was made from.

Patterns name these files below the project's folder; a digest over their names and bytes is kept beside what
was made. Nothing is made here.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]


def files_matching(patterns: Sequence[str], root: Path = ROOT) -> list[Path]:
    """Return the files that patterns name, each once and in order.

    Raises:
        ValueError: If a pattern names no file, so that nobody would notice that one was renamed.
    """
    found: set[Path] = set()
    for pattern in patterns:
        files = {path for path in root.glob(pattern) if path.is_file()}
        if not files:
            raise ValueError(f"the pattern '{pattern}' names no file")
        found |= files
    return sorted(found)


def digest_of(patterns: Sequence[str], root: Path = ROOT) -> str:
    """Return the SHA-256 over names and bytes of the files that patterns name."""
    whole = sha256()
    for path in files_matching(patterns, root):
        name, content = path.relative_to(root).as_posix().encode(), path.read_bytes()
        whole.update(b"%d %b %d " % (len(name), name, len(content)))
        whole.update(content)
    return whole.hexdigest()
