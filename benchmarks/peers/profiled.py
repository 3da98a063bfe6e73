"""Where the time of a job goes: the share of each of our functions, with what numpy does on its behalf."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from pathlib import Path

OURS = ("dossier", "evidence", "synthetic", "models", "screening", "console")

SHOWN = 8
"""Functions that are named; the rest is told in one sum."""

REST = "all other functions"


def shares(job: Callable[[], object]) -> dict[str, float]:
    """Return the share of processor time spent in each function of ours, largest first, and in all others.

    What functions of other packages take is added to those that called them.
    """
    profile = cProfile.Profile()
    profile.enable()
    job()
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    own: Counter[str] = Counter()
    for place, (_, _, alone, _, callers) in stats.items():
        if (name := _name(place)) is not None:
            own[name] += alone
            continue
        for caller, (_, _, there, _) in callers.items():
            own[_name(caller) or REST] += there
    total = sum(own.values())
    named = [(name, seconds) for name, seconds in own.most_common() if name != REST][:SHOWN]
    found = {name: round(seconds / total, 4) for name, seconds in named}
    return {**found, REST: round(1 - sum(found.values()), 4)}


def _name(place: tuple[str, int, str]) -> str | None:
    """Return package, module and function if the code is ours."""
    file, _, function = place
    parts = Path(file).with_suffix("").parts
    for at, part in reversed(list(enumerate(parts))):
        if part in OURS and ".venv" not in parts:
            return f"{'.'.join(parts[at:])}: {function}"
    return None
