"""Writes docs/data-dictionary.md from the declarations of fields and columns.

    python -m scripts.write_data_dictionary

Run it after a change to them; a test compares the page with the declarations.
"""

from pathlib import Path

from console.exporting.dictionary_page import dictionary_page
from dossier.text_files import write_text

PAGE = Path(__file__).parents[1] / "docs" / "data-dictionary.md"

if __name__ == "__main__":
    write_text(PAGE, dictionary_page())
    print(f"Wrote {PAGE}")
