"""Builds the documentation: generated and written pages, as HTML that needs no network.

    python -m scripts.build_docs FOLDER

Exit code 1 where Sphinx warns of anything. The site stands in FOLDER/html.
"""

import sys
from pathlib import Path

from docs._generator.building import build


def main(folder: Path) -> int:
    """Build the site below `folder`; return 0 where nothing was wrong."""
    code = build(folder)
    if code == 0:
        print(f"The documentation: {folder / 'html' / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
