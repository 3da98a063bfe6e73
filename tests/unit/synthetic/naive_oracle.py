"""The oracle's naive twin: everything that could have happened, one thing after the other, in plain Python.

Hidden variables, true codes, lies, cover stories, loss and misreading are enumerated for a single dossier
from the arrays of a world.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import inf, log

import numpy as np
import pytest
from scipy.special import logsumexp

from dossier.fields import MISSING, NOT_APPLICABLE, Codes, fields
from dossier.stages import Stage
from synthetic.oracle import Oracle
from synthetic.world import STORY, STORY_LABELS, Conditional, Recording, World

IMPOSSIBLE = -500.0
"""The oracle never says never: what cannot be has a logarithm below this."""


def assert_oracle_agrees(world_: World, observed: Mapping[str, Codes], stage: Stage) -> None:
    """Compare the oracle's log P(type | dossier) with the twin's, for each dossier and type."""
    joint = Oracle(world_, stage).log_joint(observed)
    kinds = range(len(world_.kinds))
    for row in range(len(joint)):
        seen = {field: int(codes[row]) for field, codes in observed.items()}
        expected = np.array([naive_log_joint(world_, seen, kind, stage) for kind in kinds])
        possible = np.isfinite(expected)
        found, wanted = (logs - logsumexp(logs) for logs in (joint[row], expected))
        assert possible.any()
        assert found[possible] == pytest.approx(wanted[possible], abs=1e-9)
        assert (found[~possible] < IMPOSSIBLE).all()


def naive_log_joint(world_: World, seen: dict[str, int], kind: int, stage: Stage) -> float:
    """Return log P(type, dossier) of one dossier, by enumeration."""
    visible = [c for c in world_.conditionals if fields()[c.name].visible_from <= stage]
    total = 0.0
    for chance, hidden in _hidden_states(world_, kind):
        likelihood = chance
        for conditional in visible:
            likelihood *= _field_chance(world_, conditional, kind, {**seen, **hidden}, seen)
            if likelihood == 0:
                break
        total += likelihood
    return log(world_.kinds[kind].share * total) if total > 0 else -inf


def _hidden_states(world_: World, kind: int) -> Iterator[tuple[float, dict[str, int]]]:
    for codes in product(*(range(c.codes) for c in world_.hidden)):
        state = dict(zip((c.name for c in world_.hidden), codes, strict=True))
        chance = 1.0
        for conditional in world_.hidden:
            chance *= float(conditional.truth[kind, _group(conditional, state), state[conditional.name]])
        if chance > 0:
            yield chance, state


def _group(conditional: Conditional, state: dict[str, int]) -> int:
    group = 0
    for parent, size in zip(conditional.parents, conditional.sizes, strict=True):
        group = group * size + state[parent]
    return group


def _field_chance(
    world_: World, conditional: Conditional, kind: int, state: dict[str, int], seen: dict[str, int]
) -> float:
    """Return P(what stands in one cell | type, hidden state, parents that are seen as they are)."""
    code = seen[conditional.name]
    if code == NOT_APPLICABLE:
        return 1.0
    recording = world_.recordings[conditional.name]
    group = _group(conditional, state)
    return sum(
        chance * _recorded(recording, seen["office"], said, code)
        for said, chance in _declarations(conditional, kind, group, state[STORY])
    )


def _declarations(conditional: Conditional, kind: int, group: int, story: int) -> Iterator[tuple[int, float]]:
    """Yield what may be declared, and how likely; the same code more than once."""
    slip = float(conditional.slip[kind]) if STORY_LABELS[story] == "cover" else 1.0
    for true, chance in enumerate(conditional.truth[kind, group].tolist()):
        lie = 0.0 if STORY_LABELS[story] == "unaware" else float(conditional.lie[kind, true])
        yield true, chance * slip * (1 - lie)
        yield int(conditional.lie_to[kind]), chance * slip * lie
    if slip < 1:
        for borrowed, chance in enumerate(conditional.cover[kind, group].tolist()):
            yield borrowed, (1 - slip) * chance


def _recorded(recording: Recording, office: int, said: int, code: int) -> float:
    lost = float(recording.missing[office, said])
    if code == MISSING:
        return lost
    right = (1 - recording.noise) if code == said else 0.0
    return (1 - lost) * (right + recording.noise * float(recording.misread[said, code]))
