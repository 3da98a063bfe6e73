"""Reading our JSON files: validated by a declared model, with every problem named, and nothing executed."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

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
    return parsed_json(model, bytes_of(path, ending=".json", missing=missing, mend=mend), path.name, mend)


def parsed_json(model: type[Model], raw: bytes, where: str, mend: str) -> Model:
    """Return what stands in the bytes of a JSON file; see `read_json`.

    Args:
        model: The pydantic model that declares what may stand there.
        raw: The bytes.
        where: Name of the file.
        mend: How to come by another.

    Raises:
        BadInput: If they are not JSON, or break the model's rules.
    """
    with suppress(ValueError):  # what is no JSON is said below
        check_lists(from_json(raw), where)
    try:
        found_model = model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors()[:MOST_PROBLEMS]
        places = (".".join(str(part) for part in detail["loc"]) for detail in found)
        problems = [
            Problem(f"{place}: {detail['msg']}" if place else detail["msg"], where, mend)
            for place, detail in zip(places, found, strict=True)
        ]
        raise BadInput(problems) from None
    check_names_once(raw, where, mend)
    return found_model


def check_names_once(raw: bytes, where: str, mend: str) -> None:
    """Refuse valid JSON in which a name stands twice in one object: readers differ in which they take.

    Raises:
        BadInput: Naming the first that does.
    """

    def once(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise BadInput.of(f"'{name}' stands twice in one object", where=where, mend=mend)
            seen.add(name)

    json.loads(raw, object_pairs_hook=once)
