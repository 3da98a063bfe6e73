"""Small cases for tests of the classroom: every second one, from the share asked for, is a victim's."""

from collections.abc import Sequence
from typing import Any

from console.casebook.cases import Case

EVIDENCE = ("counter", "counter+interview", "counter+verification", "counter+interview+verification")


def few_cases(scenario: str, place: str, blocks: Sequence[tuple[int, int]], seed: int) -> list[list[Case]]:
    """Return cases of the right form without drawing anybody; `seed` and `scenario` change nothing."""
    assert scenario
    assert seed >= 0
    return [[_case(n, n < size * victims // 100, place) for n in range(size)] for size, victims in blocks]


def both(text: str) -> dict[str, str]:
    return {"en": text, "id": f"{text} (id)"}


def _case(number: int, is_victim: bool, place: str) -> Case:
    sex = "male" if number % 2 else "female"
    values = {"field": "f", "label": both("Label"), "value": both(f"value {number}")}
    tabs = {
        "form": [{"stage": "counter", "theme": "identity", **values}],
        "documents": [
            {"stage": "counter", "theme": "documents", **values},
            {"stage": "verification", "theme": "sponsor", **values, "value": both("from the registry")},
        ],
        "interview": [
            {"stage": "interview", "field": "f", "question": both("Who pays?"), "answer": both("My aunt.")}
        ],
        "timeline": [
            {"stage": "counter", "when": both("2 May 2022"), "what": both("Applied")},
            {"stage": "checkpoint", "when": both("9 May 2022"), "what": both("At departure")},
        ],
    }
    content = {
        "name": f"Sari {number}",
        "applicant": f"{number:016d}",
        "passport_number": f"X{number:07d}",
        "machine_line": ["P<IDN", "X0000"],
        "data_page": [{"label": both("Name"), "value": both(f"Sari {number}")}],
        "tabs": tabs,
    }
    last = "+checkpoint" if place == "checkpoint" else ""
    screener: dict[str, Any] = {name + last: _said(is_victim) for name in EVIDENCE}
    kind = "typology.online_scam" if is_victim else "journey.tourist"
    key = {
        "truth_class": "victim" if is_victim else "lawful",
        "needs_protection": is_victim,
        "kind": {
            "id": kind,
            "title": both("Online scam" if is_victim else "Holiday"),
            "family": None,
            "lookalike_of": None,
        },
        "tier": "standard" if is_victim else None,
        "story": both("SECRET story"),
        "advice": both("SECRET advice"),
        "groups": {"sex": sex, "age_band": "18-29", "online_offer": is_victim},
        "indicators": {"easy_offer": "present" if is_victim else "absent", "no_return_ticket": "present"},
        "screener": screener,
    }
    return Case(content, key)


def _said(is_victim: bool) -> dict[str, Any]:
    label = "refer" if is_victim else "proceed"
    return {
        "risk": 1.5 if is_victim else -2.0,
        "recommendation": label,
        "explanation": {"recommendation": label, "reasons": []},
    }
