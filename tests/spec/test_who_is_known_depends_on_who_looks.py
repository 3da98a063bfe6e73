"""The same victims look mostly male to one channel and mostly female to another.

Each published sum is met by the victims whom its channel would know on the scenario where it belongs: after
selection, never before. The factors were solved for that, so it is calibration; what is shown here is that the
sums do come out of drawn rows, and that who is known says who looked.
"""

from functools import cache

import numpy as np
import pytest

from dossier.truth import TruthClass
from screening.evaluation.rates import Rate
from synthetic.audit import modules_with, only
from synthetic.channels import GROUPS, POOLED, identified, person_groups, released_channels
from synthetic.draw import Plan
from tests.unit.synthetic.worlds import world

SEED = 2207
VICTIMS = 60_000
STEP = 20_000
YEAR = "baseline_year"
SURE = 0.999
SUMS = [
    (name, group)
    for name, channel in released_channels().items()
    if channel.calibration is not None
    for group in channel.calibration.figures
]


@cache
def counts(scenario: str) -> dict[str, dict[str, int]]:
    """Return the victims of a scenario by group: all of them, and those whom each channel knows."""
    found = world(scenario)
    plan = Plan(found, SEED, VICTIMS, shares=only(found, modules_with(found, TruthClass.VICTIM)))
    total = {name: np.zeros(len(GROUPS), dtype=np.int64) for name in ("all", *released_channels())}
    for start in range(0, VICTIMS, STEP):
        drawn = plan.draw(range(start, start + STEP))
        groups = person_groups(drawn.truth)
        known = {"all": np.ones(STEP, dtype=bool), **identified(found, drawn, SEED)}
        for name, rows in known.items():
            total[name] += np.bincount(groups[rows], minlength=len(GROUPS))
    return {name: dict(zip(GROUPS, found.tolist(), strict=True)) for name, found in total.items()}


def share(scenario: str, channel: str, *groups: str) -> float:
    found = counts(scenario)[channel]
    return sum(found[group] for group in groups) / sum(found.values())


@pytest.mark.parametrize(("name", "group"), SUMS)
def test_a_published_sum_is_met_after_selection(name: str, group: str) -> None:
    calibration = released_channels()[name].calibration
    assert calibration is not None
    found = counts(calibration.scenario)[name]
    counted = [each for pooled in calibration.figures for each in POOLED[pooled]]
    n = sum(found[each] for each in counted)
    assert n >= calibration.people
    rate = Rate(sum(found[each] for each in POOLED[group]), n, SURE)
    assert rate.low <= calibration.published[group] <= rate.high


@pytest.mark.parametrize(
    ("name", "group"), [(n, g) for n, g in SUMS if n in ("police", "child_protection_register")]
)
def test_before_selection_the_same_sum_is_not_met(name: str, group: str) -> None:
    calibration = released_channels()[name].calibration
    assert calibration is not None
    found = counts(calibration.scenario)["all"]
    rate = Rate(sum(found[each] for each in POOLED[group]), sum(found.values()), SURE)
    assert not rate.low <= calibration.published[group] <= rate.high


def test_one_population_looks_male_female_or_young() -> None:
    assert share(YEAR, "embassy", "men", "boys") > 0.5
    assert share(YEAR, "airport", "women", "girls") > 0.75
    assert share(YEAR, "child_protection_register", "girls", "boys") > 0.45
    assert share(YEAR, "child_protection_register", "men") < 0.05 < share(YEAR, "all", "men")


def test_no_channel_knows_everybody_and_each_knows_somebody_of_every_group() -> None:
    found = counts(YEAR)
    for name in released_channels():
        for group in GROUPS:
            assert 0 < found[name][group] < found["all"][group]
