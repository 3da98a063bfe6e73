"""Reading our JSON files: validated by a declared model, with every problem named, and nothing executed."""

from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from dossier.problems import BadInput, Problem
from dossier.text_files import bytes_of, check_lists

Model = TypeVar("Model", bound=BaseModel)

MOST_PROBLEMS = 10
"""A file of the wrong kind breaks hundreds of rules; the first few tell which kind it is."""


def read_json(model: type[Model], path: Path, *, missing: str, mend: str) -> Model:
    """Read one JSON file.

    Args:
        model: The pydantic model that declares what may stand there.
        path: The file.
        missing: What to say when there is no such file.
        mend: How to come by one.

    Raises:
        BadInput: If the file is missing, no ordinary file, too large, not JSON, or breaks the model's rules.
    """
    raw = bytes_of(path, ending=".json", missing=missing, mend=mend)
    with suppress(ValueError):  # what is no JSON is said below
        check_lists(from_json(raw), path.name)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors()[:MOST_PROBLEMS]
        places = (".".join(str(part) for part in detail["loc"]) for detail in found)
        problems = [
            Problem(f"{place}: {detail['msg']}" if place else detail["msg"], path.name, mend)
            for place, detail in zip(places, found, strict=True)
        ]
        raise BadInput(problems) from None
