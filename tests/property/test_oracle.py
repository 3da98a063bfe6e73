"""The oracle against its naive twin, and against what comes true."""

from math import log, sqrt

import numpy as np
import pytest
from scipy.special import expit, logsumexp

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.stages import Stage
from dossier.truth import TruthClass
from synthetic.audit import modules_with, only
from synthetic.draw import Plan
from synthetic.oracle import Oracle
from synthetic.world import STORY
from tests.unit.synthetic.naive_oracle import assert_oracle_agrees, naive_log_joint
from tests.unit.synthetic.worlds import ALL_TYPES, drawn, world

SAMPLE = 80_000


# --- the naive twin -----------------------------------------------------------------------------------


def interesting_rows(name: str) -> list[int]:
    """Return ordinary rows, victims under a cover story, and the row with most empty cells."""
    found = drawn(name)
    classes = np.array([kind.truth_class for kind in world(name).kinds])[found.kinds]
    covered = np.flatnonzero((classes == TruthClass.VICTIM) & (found.hidden[STORY] == 1))
    empty = np.sum([codes == MISSING for codes in found.observed.values()], axis=0)
    return [0, 1, *covered[:3].tolist(), int(empty.argmax())]


@pytest.mark.parametrize("name", ["phnom_penh_2022", pytest.param(ALL_TYPES, marks=pytest.mark.slow)])
@pytest.mark.parametrize("stage", [Stage.COUNTER, Stage.CHECKPOINT], ids=lambda stage: stage.label)
def test_the_oracle_agrees_with_its_naive_twin(name: str, stage: Stage) -> None:
    """Up to what an office loses whatever the answer, which is the same for every type."""
    rows = interesting_rows(name)
    observed = {field: codes[rows] for field, codes in drawn(name).observed.items()}
    assert_oracle_agrees(world(name), observed, stage)


def test_the_joint_itself_is_exact_where_every_office_has_the_mean_habit() -> None:
    """The constant that the other comparison leaves out is the offices' habit and nothing else."""
    name = "phnom_penh_2022"
    row = interesting_rows(name)[2]
    observed = {field: codes[row : row + 1] for field, codes in drawn(name).observed.items()}
    seen = {field: int(codes[0]) for field, codes in observed.items()}
    kind = int(drawn(name).kinds[row])
    expected = naive_log_joint(world(name), seen, kind, Stage.COUNTER)
    constant = 0.0
    for conditional in world(name).conditionals:
        missing = world(name).recordings[conditional.name].missing
        depends_on_answer = bool((missing != missing[:, :1]).any())
        code = seen[conditional.name]
        if (
            fields()[conditional.name].visible_from > Stage.COUNTER
            or depends_on_answer
            or code == NOT_APPLICABLE
        ):
            continue
        own, mean = missing[seen["office"], 0], missing[:, 0].mean()
        constant += log(own / mean) if code == MISSING else log((1 - own) / (1 - mean))
    joint = Oracle(world(name), Stage.COUNTER).log_joint(observed)[0, kind]
    assert joint + constant == pytest.approx(expected, abs=1e-9)


# --- calibration --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("phnom_penh_2022", Stage.COUNTER),
        ("phnom_penh_2022", Stage.CHECKPOINT),
        pytest.param(ALL_TYPES, Stage.CHECKPOINT, marks=pytest.mark.slow),
    ],
)
def test_what_the_oracle_says_comes_true(name: str, stage: Stage) -> None:
    """In each of twelve groups of like risk, victims are as many as said, within four standard deviations."""
    world_ = world(name)
    classes = (TruthClass.VICTIM, TruthClass.LAWFUL, TruthClass.IRREGULAR)
    plan = Plan(world_, 2022, SAMPLE, only(world_, modules_with(world_, *classes)), one_per_network=True)
    found = plan.draw(range(SAMPLE))
    said = expit(Oracle(world_, stage).log_odds(found.observed))
    victim = np.array([kind.truth_class == TruthClass.VICTIM for kind in world_.kinds])[found.kinds]
    edges = np.array([0, 1e-5, 1e-4, 1e-3, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 0.99, 1])
    group = np.digitize(said, edges[1:-1])
    checked = 0
    for index in range(len(edges) - 1):
        rows = group == index
        expected, spread = said[rows].sum(), sqrt((said[rows] * (1 - said[rows])).sum())
        if expected < 3:
            continue
        checked += 1
        assert abs(victim[rows].sum() - expected) < 4 * spread + 1, f"{edges[index]} to {edges[index + 1]}"
    assert checked >= 6
    assert victim.sum() == pytest.approx(said.sum(), abs=4 * sqrt((said * (1 - said)).sum()))


def test_each_type_is_as_frequent_as_the_oracle_says() -> None:
    """The posterior of every module, summed over people, is the number of its people."""
    world_ = world("phnom_penh_2022")
    found = Plan(world_, 7, 20_000, one_per_network=True).draw(range(20_000))
    joint = Oracle(world_, Stage.CHECKPOINT).log_joint(found.observed)
    posterior = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    for index, _ in enumerate(world_.kinds):
        spread = sqrt((posterior[:, index] * (1 - posterior[:, index])).sum())
        assert abs((found.kinds == index).sum() - posterior[:, index].sum()) < 4.5 * spread + 1
