"""`saring show fields --format markdown|json`: the whole data dictionary, as a page or for programs."""

import json
from pathlib import Path

from dossier.problems import BadInput
from dossier.shown import shown
from dossier.text_files import write_text

DICTIONARY_FORMATS = ("markdown", "json")


def dictionary_text(form: str) -> str:
    """Return the data dictionary in a format.

    Raises:
        BadInput: If there is no such format.
    """
    from console.exporting.dictionary import dictionary_json
    from console.exporting.dictionary_page import dictionary_page

    match form:
        case "markdown":
            return dictionary_page()
        case "json":
            return json.dumps(dictionary_json(), indent=1, ensure_ascii=False) + "\n"
        case _:
            what = f"there is no format '{shown(form)}'"
            mend = f"Choose from: {', '.join(DICTIONARY_FORMATS)}."
            raise BadInput.of(what, where="--format", mend=mend)


def show_dictionary(form: str, out: Path | None = None) -> None:
    """Print the data dictionary, or write it into a file.

    Raises:
        BadInput: If there is no such format, or a folder stands where the file should go.
    """
    text = dictionary_text(form)
    if out is None:
        print(text, end="")
    else:
        write_text(out, text)
        print(f"The data dictionary: {out}")
