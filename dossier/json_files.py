"""Reading our JSON files: validated by a declared model, with every problem named, and nothing executed."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dossier.problems import BadInput, Problem

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
        BadInput: If the file is missing, is not JSON, or breaks a rule of the model.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BadInput.of(missing, where=str(path), mend=mend) from None
    except ValidationError as error:
        found = error.errors()[:MOST_PROBLEMS]
        places = (".".join(str(part) for part in detail["loc"]) for detail in found)
        problems = [
            Problem(f"{place}: {detail['msg']}" if place else detail["msg"], path.name, mend)
            for place, detail in zip(places, found, strict=True)
        ]
        raise BadInput(problems) from None
