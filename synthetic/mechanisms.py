"""The mechanism log: every cell in which what is on file is not what is true, and why.

It is derived from the layers of drawn rows, so it can never disagree with them. Four mechanisms are told
apart: a cover story, a coached lie, a cell that was lost, a cell that was misread; and a fifth, that a
question arose or did not because another answer changed.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dossier.arrow_arrays import coded, numbers
from dossier.fields import MISSING, NOT_APPLICABLE, Codes, fields
from synthetic.draw import Drawn
from synthetic.world import COVER, STORY, World

MECHANISMS = ("cover_story", "coached_lie", "lost", "misread", "follows_other_answer")
LAYERS = ("declared", "observed")


def mechanisms(world: World, drawn: Iterable[Drawn]) -> dict[str, Any]:
    """Return the log as columns: applicant, field, layer, mechanism, original code.

    The original is the number of a code or bin; it is null where the question did not arise. The order is by
    field, layer and row, however the rows are chunked.

    Args:
        world: The compiled scenario.
        drawn: Drawn rows with all layers.
    """
    covered = {c.name: c.slip < 1 for c in world.conditionals}
    names = list(fields())
    entries: list[tuple[npt.NDArray[Any], ...]] = []
    chunks = list(drawn)
    for index, name in enumerate(names):
        stories = [(chunk.hidden[STORY] == COVER) & covered[name][chunk.kinds] for chunk in chunks]
        for chunk, story in zip(chunks, stories, strict=True):
            entries.append(_changes(chunk, index, 0, chunk.truth[name], chunk.declared[name], story))
        for chunk, story in zip(chunks, stories, strict=True):
            entries.append(_changes(chunk, index, 1, chunk.declared[name], chunk.observed[name], story))
    applicants, field, layer, mechanism, original = (
        np.concatenate(part) for part in zip(*entries, strict=True)
    )
    return {
        "applicant": applicants,
        "field": _named(field, names),
        "layer": _named(layer, LAYERS),
        "mechanism": _named(mechanism, MECHANISMS),
        "original": numbers(original, original < 0),
    }


def _changes(
    chunk: Drawn, field: int, layer: int, before: Codes, after: Codes, story: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[Any], ...]:
    rows = np.flatnonzero(before != after)
    old, new = before[rows], after[rows]
    if layer == 0:
        cause = np.where(story[rows], MECHANISMS.index("cover_story"), MECHANISMS.index("coached_lie"))
    else:
        cause = np.where(new == MISSING, MECHANISMS.index("lost"), MECHANISMS.index("misread"))
    follows = (old == NOT_APPLICABLE) | (new == NOT_APPLICABLE)
    cause = np.where(follows, MECHANISMS.index("follows_other_answer"), cause).astype(np.int8)
    size = len(rows)
    return (chunk.applicants[rows], np.full(size, field, np.int8), np.full(size, layer, np.int8), cause, old)


def _named(codes: npt.NDArray[np.int8], labels: Iterable[str]) -> pa.Array:
    return coded(codes, labels)
