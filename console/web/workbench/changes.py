"""What the page of two runs says: who is missed or flagged by one of them alone, in the words of a language.

Every number is one of a `Comparison`; nothing is estimated here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from console.web.speech import speaker_now
from console.web.workbench.showing import RateShown, name_of, rate_text
from console.workbench.runs import FinishedRun
from screening.evaluation.texts import Said, number


@dataclass(frozen=True)
class ChangeShown:
    """One row of a comparison: what was counted in both runs, and in one alone.

    Attributes:
        name: Of whom it speaks.
        first, second: The rate in either run.
        only_first, only_second: People counted in that run alone.
        difference: The second rate minus the first.
        is_clear: Whether the interval of the difference lies on one side of zero.
    """

    name: str
    first: RateShown
    second: RateShown
    only_first: int
    only_second: int
    difference: str
    is_clear: bool


def changes(content: Any, run: FinishedRun) -> dict[str, list[ChangeShown]]:
    """Return the tables of a comparison: in total, misses by typology, and flags of other travellers."""
    speaker = speaker_now()
    total = [
        _change(speaker.say(f"workbench_change.{key}"), content[key], counted)
        for key, counted in (
            ("misses", "missed"),
            ("lawful_flagged", "flagged"),
            ("irregular_flagged", "flagged"),
        )
    ]
    return {
        "total": total,
        "typology": list(_changes(content["by_typology"], "typology", "missed", run)),
        "traveller": list(_changes(content["by_traveller"], "traveller", "flagged", run)),
    }


def _changes(found: Any, grouping: str, counted: str, run: FinishedRun) -> Iterator[ChangeShown]:
    for one in found:
        yield _change(name_of(grouping, one["group"], run), one, counted)


def _change(name: str, found: Any, counted: str) -> ChangeShown:
    ends = found["difference"]
    first, second = (
        rate_text(found[side][counted], found["n"], found[side]["low"] or 0.0, found[side]["high"] or 1.0)
        for side in ("before", "after")
    )
    return ChangeShown(
        name,
        first,
        second,
        found[f"no_longer_{counted}"],
        found[f"newly_{counted}"],
        _difference_text(ends),
        is_clear=ends["low"] is not None and not ends["low"] <= 0 <= ends["high"],
    )


def _difference_text(difference: Any) -> str:
    """Return a difference in percentage points with its interval; a dash where there is none.

    Args:
        difference: `estimate`, `low` and `high`, as from `change_json`.
    """
    if difference["estimate"] is None:
        return "–"
    values = (_signed_points(difference[name]) for name in ("estimate", "low", "high"))
    return speaker_now().say(
        "workbench.difference", **dict(zip(("found", "low", "high"), values, strict=True))
    )


def _signed_points(share: float) -> Said:
    return number(100 * share, 2, signed=True)
