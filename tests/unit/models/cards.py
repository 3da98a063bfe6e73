"""A small card set that can be reckoned by hand, as the JSON content of its file, for tests to spoil."""

import copy
from pathlib import Path
from typing import Any

from models.card import CardFile, CardSet, load_cards, save_cards

CONTENT: dict[str, Any] = {
    "schema_version": "2",
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
    "levels": {
        "rule:trial": ["absent", "unknown", "present"],
        "setting:visa_kind": ["missing", "work", "tourist"],
    },
    "stages": [
        {
            "stage": "counter",
            "contexts": ["work", "other"],
            "family_of": [0, 1],
            "start": [[-500, -400], [-700, -600]],
            "rows": [
                {
                    "input": "rule:trial",
                    "cards": [[0, 10, 90], [0, 0, 50]],
                    "contexts": [[], []],
                    "apart": [[1, 0, [0, 5, 5]], [1, 1, []]],
                },
                {
                    "input": "setting:visa_kind",
                    "cards": [[30, 0, 20], [0, 7, 3]],
                    "contexts": [[], []],
                    "apart": [[1, 0, []], [1, 1, [4, 0, 9]]],
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
    return CardFile.model_validate(content()).cards


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
