"""What aequitas says of groups; runs by itself, in a virtual environment where aequitas and pandas 2 are.

It reads one JSON object on stdin and writes one on stdout, and imports nothing of ours:

    {"sizes": [people of each group], "misses": [[missed of each group] for each run], "rows": n to time}
    {"version": ..., "smallest_p": [of each run, null where none was given], "crosstabs_seconds": ...}
"""

import contextlib
import importlib.metadata
import json
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from aequitas.bias import Bias  # type: ignore[import-not-found]
from aequitas.group import Group  # type: ignore[import-not-found]

PREDEFINED = "0"


def victims(sizes: list[int], misses: list[int]) -> pd.DataFrame:
    """Return victims alone, as aequitas wants them: a score of 0 is a miss."""
    names = [str(place) for place in range(len(sizes))]
    score = [[0] * missed + [1] * (n - missed) for n, missed in zip(sizes, misses, strict=True)]
    return pd.DataFrame(
        {"group": np.repeat(names, sizes), "score": np.concatenate(score).astype(int), "label_value": 1}
    )


def smallest_p(people: pd.DataFrame) -> float | None:
    """Return the smallest p-value of any group's miss rate against that of the first group.

    Asked for by the name of the miss rate, "fnr", aequitas leaves out whoever is flagged and tests something
    else; among victims alone its share of the flagged, "pprev", is one less the miss rate, and is tested.
    """
    counts, _ = Group().get_crosstabs(people, attr_cols=["group"])
    found = Bias().get_disparity_predefined_groups(
        counts,
        people,
        {"group": PREDEFINED},
        check_significance=True,
        mask_significance=False,
        selected_significance=["pprev"],
    )
    values = found.loc[found["attribute_value"] != PREDEFINED, "pprev_significance"].astype(float).dropna()
    return float(values.min()) if len(values) else None


def crosstabs_seconds(rows: int) -> float:
    """Return the time of counting `rows` people in 30 groups at one threshold, without any interval."""
    rng = np.random.default_rng(1)
    label = rng.random(rows) < 0.05
    people = pd.DataFrame(
        {
            "group": rng.integers(0, 30, rows).astype(str),
            "score": (rng.random(rows) < np.where(label, 0.9, 0.05)).astype(int),
            "label_value": label.astype(int),
        }
    )
    begin = time.process_time()
    Group().get_crosstabs(people, attr_cols=["group"])
    return time.process_time() - begin


def main() -> None:
    """Answer the one question on stdin."""
    warnings.simplefilter("ignore")
    asked: dict[str, Any] = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        found = {
            "version": importlib.metadata.version("aequitas"),
            "pandas": pd.__version__,
            "smallest_p": [smallest_p(victims(asked["sizes"], run)) for run in asked["misses"]],
            "crosstabs_seconds": crosstabs_seconds(asked["rows"]) if asked["rows"] else None,
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
