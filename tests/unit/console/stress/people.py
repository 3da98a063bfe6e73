"""Small settings that the tests of stress tests measure in, each drawn once."""

from functools import cache

from console.judging import Judge
from console.screeners import screener_for
from console.stress.frame import Setting
from dossier.stages import Stage
from screening.screener import Screener
from tests.unit.synthetic.worlds import ALL_TYPES, world

VICTIMS, OTHERS, SEED = 1500, 2500, 11


@cache
def released() -> Screener:
    return Screener.default()


@cache
def setting(scenario: str = "phnom_penh_2022", victims: int = VICTIMS, others: int = OTHERS) -> Setting:
    """Return people of a scenario at verification, screened by the released screener."""
    return Setting(Judge(world(scenario), released(), Stage.VERIFICATION), SEED, victims, others, workers=1)


@cache
def mixed() -> Setting:
    """Return people of the scenario in which every released typology has a share."""
    return setting(ALL_TYPES)


@cache
def by_rules() -> Setting:
    """Return people screened by rules alone, two of which refer together."""
    screener = screener_for("saring-2026", "none", 2.0)
    return Setting(Judge(world("phnom_penh_2022"), screener, Stage.VERIFICATION), SEED, 400, 600, workers=1)


def quiet(_: int) -> None:
    """Take note of nothing."""
