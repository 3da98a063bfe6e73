"""Choosing the world that a command's options describe: scenario, modules, levers, difficulty, base rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier.problems import BadInput
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.levers import Lever, load_lever
from synthetic.scenarios import USUAL_DIFFICULTY, Scenario, load_scenario
from synthetic.world import World

MOST_APPLICANTS = 2_000_000_000
"""Applicants of one cohort; far more than there are people to apply, and the lists of parts still fit."""

LEAST_BASE_RATE = 1e-9
"""A smaller share than one victim among all people there are stands for nobody."""


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
            BadInput: If a name is unknown, a file breaks a rule of its format, a lever is named twice, or
                there would be too many applicants.
        """
        scenario = load_scenario(self.scenario, self.modules)
        self._size(scenario)
        if self.difficulty != USUAL_DIFFICULTY:
            scenario = scenario.with_difficulty(self.difficulty)
        if self.levers:
            levers = [load_lever(name, scenario.library) for name in self.levers]
            _refuse_twice(levers)
            scenario = scenario.with_levers(levers)
        return compile_world(scenario)

    def plan(self, world: World) -> Plan:
        """Return the plan of the cohort.

        Raises:
            BadInput: If the number of applicants or the base rate cannot be.
        """
        size = self._size(world.scenario)
        base_rate = None if self.base_rate is None else parsed_base_rate(self.base_rate)
        return plan_for(world, size, self.seed, base_rate)

    def _size(self, scenario: Scenario) -> int:
        """Return the number of applicants, if there can be so many."""
        size = scenario.scenario.size if self.n is None else self.n
        if size > MOST_APPLICANTS:
            where = f"{scenario.id}, scenario.size" if self.n is None else "--n"
            mend = f"Give at most {MOST_APPLICANTS:,}; rates are certain to many digits with far fewer."
            raise BadInput.of(f"{size:,} applicants are too many for one cohort", where=where, mend=mend)
        return size


def _refuse_twice(levers: Sequence[Lever]) -> None:
    """Raise if one lever stands twice among them, by name or by path: it would act twice."""
    ids = [lever.id for lever in levers]
    twice = [id_ for id_ in ids if ids.count(id_) > 1]
    if twice:
        raise BadInput.of(f"the lever '{twice[0]}' is named twice", where="--lever", mend="Name it once.")


def parsed_base_rate(text: str) -> float:
    """Return the share that `text` names: "0.001", "1:1000" or "1/1000".

    Raises:
        BadInput: If it names none between 0 and 1, or one that is too small to stand for anybody.

    Examples:
        >>> parsed_base_rate("1:1000") == parsed_base_rate("0.001")
        True
    """
    counted, _, among = text.replace(":", "/").partition("/")
    try:
        share = float(counted) / float(among if "/" in text or ":" in text else 1)
    except (ValueError, ZeroDivisionError):
        share = -1.0
    if not 0 < share < 1:
        raise BadInput.of(
            f"'{text}' is no share of victims", where="--base-rate", mend="Give one such as 1:1000 or 0.001."
        )
    if share < LEAST_BASE_RATE:
        mend = f"Give at least {LEAST_BASE_RATE:g}, one in a thousand million."
        raise BadInput.of(f"'{text}' is too small a share of victims", where="--base-rate", mend=mend)
    return share
