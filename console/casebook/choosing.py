"""Who sits in a sitting: people of a plan by their rows, so many victims in each block, nobody twice.

Rows are looked through from the first, as a plan deals them: which row holds whom, only the seed tells. Of
each network one victim is taken at most. Facilitators are not dealt to classes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from console.casebook.settings import settings
from dossier.problems import BadInput
from synthetic.draw import Drawn, Plan
from synthetic.modules import Module
from synthetic.streams import scattered_words

VICTIM = "victim"
CALLED = {
    VICTIM: "victims, each of another network",
    "lookalike": "lookalikes",
    "irregular": "irregular travellers",
    "ordinary": "ordinary travellers",
}
"""What the kinds of people are called in a message."""


@dataclass
class _Wanted:
    """What is still looked for.

    Attributes:
        numbers: People still wanted, by kind.
        rows: Rows found so far, by kind.
        networks: Networks of which a victim has been taken.
    """

    numbers: dict[str, int]
    rows: dict[str, list[int]]
    networks: set[int] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        return all(len(self.rows[kind]) >= number for kind, number in self.numbers.items())

    def take(self, kind: str, row: int, network: int) -> None:
        """Take a person who is still wanted, and of a victim's network nobody else."""
        if len(self.rows.get(kind, ())) >= self.numbers.get(kind, 0) or network in self.networks:
            return
        self.rows[kind].append(row)
        if network >= 0:
            self.networks.add(network)


def kind_of(module: Module) -> str:
    """Return how a module's people are dealt: `lookalike`, `ordinary`, or else by their class of truth."""
    truth, is_lookalike = module.module.truth, module.module.kind == "lookalike"
    if truth != "lawful":
        return truth
    return "lookalike" if is_lookalike else "ordinary"


def chosen_rows(plan: Plan, blocks: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the rows of each block, in an order that the plan's seed decides.

    Args:
        plan: The scenario's own mix.
        blocks: For each block the number of dossiers, and of victims among 100.

    Raises:
        BadInput: If the scenario holds too few people of some kind.
    """
    kinds = [kind_of(module) for module in plan.world.modules]
    victims = [round(size * share / 100) for size, share in blocks]
    parts = [
        {VICTIM: number, **_others(size - number, set(kinds))}
        for (size, _), number in zip(blocks, victims, strict=True)
    ]
    found = _found(plan, kinds, sum(map(Counter, parts), Counter()))
    return [_dealt(found, part, plan.seed) for part in parts]


def _others(number: int, kinds: set[str]) -> dict[str, int]:
    """Return how many non-victims are dealt of each kind that the scenario has; the parts sum to `number`."""
    shares = {kind: share for kind, share in settings().others.shares.items() if kind in kinds}
    shares = shares or {"ordinary": 1}  # of whom there is nobody, as the error will say
    total, before, dealt = sum(shares.values()), 0, {}
    for kind, share in shares.items():
        first, before = round(number * before / total), before + share
        dealt[kind] = round(number * before / total) - first
    return dealt


def _found(plan: Plan, kinds: Sequence[str], numbers: Mapping[str, int]) -> dict[str, list[int]]:
    wanted = _Wanted(dict(numbers), {kind: [] for kind in numbers})
    step = settings().looked_through.rows
    for first in range(0, plan.size, step):
        if wanted.is_complete:
            break
        _look_through(plan.draw(range(first, min(first + step, plan.size))), plan, kinds, wanted)
    if not wanted.is_complete:
        raise _too_few(plan, wanted)
    return wanted.rows


def _look_through(drawn: Drawn, plan: Plan, kinds: Sequence[str], wanted: _Wanted) -> None:
    module = np.array([kind.module for kind in plan.world.kinds])[drawn.kinds]
    for row, place, network in zip(drawn.rows, module.tolist(), drawn.network.tolist(), strict=True):
        wanted.take(kinds[place], row, network if kinds[place] == VICTIM else -1)


def _dealt(found: Mapping[str, list[int]], part: Mapping[str, int], seed: int) -> list[int]:
    """Take a block's people from those who were found, and mix them."""
    rows = np.array(
        [found[kind].pop() for kind, number in part.items() for _ in range(number)], dtype=np.int64
    )
    mixed: list[int] = rows[np.argsort(scattered_words(seed, "casebook", "order", ids=rows))].tolist()
    return mixed


def _too_few(plan: Plan, wanted: _Wanted) -> BadInput:
    missing = [
        f"{number} {CALLED.get(kind, kind)}, and there are {len(wanted.rows[kind])}"
        for kind, number in sorted(wanted.numbers.items())
        if len(wanted.rows[kind]) < number
    ]
    what = f"the blocks ask for more people than '{plan.world.scenario.id}' has: {'; '.join(missing)}"
    mend = "Ask for fewer dossiers or fewer victims in 100, or choose another scenario."
    return BadInput.of(what, where=plan.world.scenario.file.name, mend=mend)
