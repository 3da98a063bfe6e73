"""Drawing the cases of a sitting: people of a scenario, chosen for a class; what is shown, and what was so.

The same scenario, place, blocks and seed give the same cases everywhere. The seed is a secret: the generator
is open, so that whoever holds the seed holds the answers.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from console.casebook.cases import Case
from console.casebook.choosing import chosen_rows
from console.casebook.content import content_of
from console.casebook.keys import keys_of
from console.casebook.people import Person
from dossier.problems import BadInput
from screening.screener import Screener
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario

PLACES = ("office", "checkpoint")


def cases_for(scenario: str, place: str, blocks: Sequence[tuple[int, int]], seed: int) -> list[list[Case]]:
    """Return the cases of each block; the released `console.casebook.cases.CaseMaker`.

    Args:
        scenario: A released name, or the path of a TOML file.
        place: `office` or `checkpoint`.
        blocks: For each block the number of dossiers, and of victims among 100.
        seed: Secret.

    Raises:
        BadInput: If there is no such scenario or place, a block cannot be, or the scenario has too few people
            of a kind.
    """
    _check(place, blocks)
    found = load_scenario(scenario)
    plan = plan_for(compile_world(found), found.scenario.size, seed)
    rows = chosen_rows(plan, blocks)
    people = [Person.of(plan, row) for block in rows for row in block]
    keys = keys_of(people, place, _released())
    cases = (Case(content_of(person.desk), key) for person, key in zip(people, keys, strict=True))
    return list(_blocks(cases, blocks))


@cache
def _released() -> Screener:
    """Return the released screener, which is read once."""
    return Screener.default()


def _blocks(cases: Iterator[Case], blocks: Sequence[tuple[int, int]]) -> Iterator[list[Case]]:
    for size, _ in blocks:
        yield list(islice(cases, size))


def _check(place: str, blocks: Sequence[tuple[int, int]]) -> None:
    if place not in PLACES:
        raise BadInput.of(f"there is no place '{place}'", mend=f"Choose from: {', '.join(PLACES)}.")
    if not blocks or any(size < 1 or not 0 <= share <= 100 for size, share in blocks):  # noqa: PLR2004
        what = "a sitting needs at least one block, each with a dossier and from 0 to 100 victims in 100"
        raise BadInput.of(what, mend="Change the size or the share of the block.")
