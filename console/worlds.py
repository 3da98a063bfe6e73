"""Choosing the world that a command's options describe: scenario, modules, levers, difficulty, base rate."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from dossier.problems import BadInput
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.levers import load_lever
from synthetic.scenarios import USUAL_DIFFICULTY, load_scenario
from synthetic.world import World


@dataclass(frozen=True)
class WorldOptions:
    """The options that say who is drawn; see the help of `saring run`.

    Attributes:
        scenario: A released scenario or a path.
        n: Number of applicants; the scenario's own size when None.
        seed: Any whole number.
        modules: A folder of further modules.
        levers: Released levers or paths.
        difficulty: A step from 1 to 5.
        base_rate: Share of victims for which the cohort stands, such as "1:1000".
    """

    scenario: str
    n: int | None = None
    seed: int = 1
    modules: Path | None = None
    levers: tuple[str, ...] = ()
    difficulty: int = USUAL_DIFFICULTY
    base_rate: str | None = None

    @property
    def name(self) -> str:
        """A name for folders of results, which tells apart what is drawn."""
        parts = [Path(self.scenario).stem, *(Path(lever).stem for lever in self.levers)]
        if self.difficulty != USUAL_DIFFICULTY:
            parts.append(f"difficulty{self.difficulty}")
        if self.base_rate is not None:
            parts.append(f"rate{parsed_base_rate(self.base_rate):.6g}")
        return "-".join(parts)

    def world(self) -> World:
        """Return the compiled world.

        Raises:
            BadInput: If a name is unknown, or a file breaks a rule of its format.
        """
        scenario = load_scenario(self.scenario, self.modules)
        if self.difficulty != USUAL_DIFFICULTY:
            scenario = scenario.with_difficulty(self.difficulty)
        if self.levers:
            scenario = scenario.with_levers(load_lever(name) for name in self.levers)
        return compile_world(scenario)

    def plan(self, world: World) -> Plan:
        """Return the plan of the cohort.

        Raises:
            BadInput: If the number of applicants or the base rate cannot be.
        """
        size = self.n or world.scenario.scenario.size
        base_rate = None if self.base_rate is None else parsed_base_rate(self.base_rate)
        return plan_for(world, size, self.seed, base_rate)


def parsed_base_rate(text: str) -> float:
    """Return the share that `text` names: "0.001", "1:1000" or "1/1000".

    Raises:
        BadInput: If it names none between 0 and 1.

    Examples:
        >>> parsed_base_rate("1:1000") == parsed_base_rate("0.001")
        True
    """
    try:
        share = float(Fraction(text.strip().replace(":", "/")))
    except (ValueError, ZeroDivisionError, OverflowError):
        share = -1.0
    if not 0 < share < 1:
        raise BadInput.of(
            f"'{text}' is no share of victims", where="--base-rate", mend="Give one such as 1:1000 or 0.001."
        )
    return share
