"""A small card set that can be reckoned by hand, as the JSON content of its file, for tests to spoil."""

import copy
from pathlib import Path
from typing import Any

from models.card import CardSet, load_cards, save_cards

CONTENT: dict[str, Any] = {
    "schema_version": "1",
    "id": "small",
    "rulebook": "trial",
    "columns_hash": "0" * 64,
    "families": ["first", "second"],
    "training": {
        "scenario": "trial",
        "scenario_hash": "1" * 64,
        "seed": 1,
        "victims": {"first": 10, "second": 20},
        "others": 100,
        "shares": {"first": 0.01, "second": 0.02},
        "share_of_others": 0.97,
    },
    "stages": [
        {
            "stage": "counter",
            "contexts": ["work", "other"],
            "start": [[-500, -400], [-700, -600]],
            "rows": [
                {
                    "input": "rule:trial",
                    "levels": ["absent", "unknown", "present"],
                    "points": [[[0, 10, 90], [0, 0, 50]], [[0, 5, 5], []]],
                },
                {
                    "input": "setting:visa_kind",
                    "levels": ["missing", "work", "tourist"],
                    "points": [[[30, 0, 20], [0, 7, 3]], [[], [4, 0, 9]]],
                },
            ],
        }
    ],
}


def content() -> dict[str, Any]:
    """Return the content anew, so that a test may change it."""
    return copy.deepcopy(CONTENT)


def card_set() -> CardSet:
    """Return the small card set."""
    return CardSet.model_validate_json(_as_text(content()))


def saved(folder: Path) -> Path:
    """Write the small card set and return its file."""
    path = folder / "small.json"
    save_cards(card_set(), path)
    return path


def loaded(folder: Path, text: str | bytes) -> CardSet:
    """Write `text` as a file of cards and load it."""
    path = folder / "cards.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_cards(path)


def _as_text(found: dict[str, Any]) -> str:
    import json

    return json.dumps(found)
