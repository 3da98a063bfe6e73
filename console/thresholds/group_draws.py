"""Independent victims of each protected group, drawn from the group's declared mixture and screened.

The mixture of a group is the scenario's shares, given that somebody is a victim and belongs to the group;
where levers keep people from setting out, it is what they leave. Every victim comes from a network of its
own. Of rows in order those are kept that belong to the group, so that they are independent draws from it, and
the looking ends at a stated number of rows. Plans are long and only begun: people then share few actors.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from console.certifying import Scorer
from dossier.dossiers import Dossiers, joined
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.guarantee.tuning import BETWEEN, GroupName, Sample, defaults
from screening.evaluation.outcomes import CROSSED_BY, Grouping, Outcomes, age_bands, gathered, grouping
from screening.evaluation.sweep import Counted, counted
from synthetic.audit import only
from synthetic.cohort import CHUNK, chunks_of, dossiers_of, truth_of
from synthetic.draw import Drawn, Plan
from synthetic.world import World

GROUPINGS = ("typology", "tier", "sex", "age_band", "province")
"""Ways of grouping victims; each may stand alone or be crossed with others."""

EVERYBODY = "everybody"
"""All victims as one group."""

_FAMILIES = "typology"


@dataclass(frozen=True)
class GroupDraw:
    """How the victims of one group are drawn.

    Attributes:
        name: The group.
        modules: The typologies they come from.
        code: Index of the group in its grouping; None where everybody drawn belongs to it.
    """

    name: GroupName
    modules: tuple[str, ...]
    code: int | None = None


@dataclass(frozen=True)
class Side:
    """Fresh victims, or others, in the scenario's mixture.

    Attributes:
        sample: Where they come from, with their risks.
        outcomes: Their truth and groups, in the same order; risks are in the sample.
    """

    sample: Sample
    outcomes: Outcomes


@dataclass(frozen=True)
class Drawer:
    """Draws and screens people of one world.

    Attributes:
        world: Where they come from.
        scorer: Rules and cards.
        stage: What has been seen.
    """

    world: World
    scorer: Scorer
    stage: Stage

    def sample(
        self, draw: GroupDraw, size: int, rows: int, seed: int, done: Callable[[int], None] = lambda _: None
    ) -> Sample:
        """Return up to `size` victims of a group; fewer where `rows` rows hold no more of them.

        Args:
            draw: The group.
            size: Victims wanted.
            rows: Rows looked at, at most.
            seed: Seed of the draw.
            done: Called with the number of victims of each finished chunk.
        """
        plan = Plan(self.world, seed, rows, only(self.world, draw.modules), one_per_network=True)
        kept: list[Dossiers] = []
        found = looked_at = 0
        for chunk in _growing(rows, size):
            dossiers, inside = self._members(draw, plan.draw(chunk))
            places = np.flatnonzero(inside)[: size - found]
            kept.append(dossiers.take(places))
            found += len(places)
            done(len(places))
            looked_at = chunk.start + int(places[-1]) + 1 if found == size else chunk.stop
            if found == size:
                break
        risk = self.scorer.risk(joined(kept), self.stage) if found else np.empty(0, dtype=np.int32)
        return Sample(seed, rows, looked_at, risk)

    def side(self, modules: Sequence[str], size: int, rows: int, seed: int, *, one_per_network: bool) -> Side:
        """Return the first `size` people of a plan of `rows` rows, all of these modules."""
        plan = Plan(self.world, seed, rows, only(self.world, modules), one_per_network)
        chunks = [_unscreened(self.world, plan.draw(chunk)) for chunk in chunks_of(range(size))]
        risk = np.concatenate([self.scorer.risk(dossiers, self.stage) for dossiers, _ in chunks])
        return Side(Sample(seed, rows, size, risk), gathered([outcomes for _, outcomes in chunks]))

    def _members(self, draw: GroupDraw, drawn: Drawn) -> tuple[Dossiers, npt.NDArray[np.bool_]]:
        dossiers, outcomes = _unscreened(self.world, drawn)
        if draw.code is None:
            return dossiers, np.ones(len(dossiers), dtype=bool)
        return dossiers, grouping(outcomes, draw.name.grouping).codes == draw.code


def _growing(rows: int, first: int) -> Iterator[range]:
    """Yield rows in ranges that grow, so that neither a common group nor a rare one takes long to find."""
    start, size = 0, min(CHUNK, first)
    while start < rows:
        yield range(start, min(start + size, rows))
        start, size = start + size, min(CHUNK, 2 * size)


def counts_of(sides: Sequence[Side], groupings: Sequence[str]) -> Counted:
    """Return the people of both sides counted, by typology and by these groupings, for a sweep."""
    people = gathered([side.outcomes for side in sides])
    risk = np.concatenate([side.sample.risk for side in sides])
    further = [grouping(people, name) for name in groupings if name not in (_FAMILIES, EVERYBODY)]
    return counted(risk, people.truth, further)


def modules_left(world: World, *truths: str) -> tuple[str, ...]:
    """Return the modules whose people are of one of these truths, and of whom some set out."""
    return tuple(
        module.id
        for module, share in zip(world.modules, world.shares_left, strict=True)
        if share > 0 and module.module.truth in truths
    )


def group_draws(world: World, names: Sequence[str]) -> list[GroupDraw]:
    """Return how the victims of every group of these groupings are drawn.

    Args:
        world: The compiled scenario.
        names: Groupings, such as `sex` or `typology+sex`.

    Raises:
        BadInput: If a grouping is unknown, named twice, does not divide victims, or makes too many.
    """
    _check_names(names)
    victims = modules_left(world, "victim")
    example = _unscreened(world, Plan(world, 0, 1).draw(range(1)))[1]
    draws = [draw for name in names for draw in _draws_of(world, example, name, victims)]
    most = defaults().most.groups
    if len(draws) > most:
        what = f"{', '.join(names)} make {len(draws):,} groups; more than {most:,} are not tuned at once"
        raise BadInput.of(what, where="--groups", mend="Cross fewer groupings.")
    return draws


def _draws_of(world: World, example: Outcomes, name: str, victims: tuple[str, ...]) -> Iterator[GroupDraw]:
    if name == EVERYBODY:
        yield GroupDraw(GroupName(EVERYBODY, "victims"), victims)
        return
    parts = [grouping(example, part) for part in name.split(CROSSED_BY)]
    family_of = {module.id: module.module.family for module in world.modules}
    for code, labels in enumerate(product(*(part.labels for part in parts))):
        family = _family(parts, labels)
        modules = tuple(module for module in victims if family in (None, family_of[module]))
        if modules:
            alone = name == _FAMILIES
            yield GroupDraw(GroupName(name, BETWEEN.join(labels)), modules, None if alone else code)


def _family(parts: Sequence[Grouping], labels: Sequence[str]) -> str | None:
    """Return which typology family a group belongs to; None where it may be of any."""
    named = [label for part, label in zip(parts, labels, strict=True) if part.name == _FAMILIES]
    return named[0] if named else None


def _check_names(names: Sequence[str]) -> None:
    mend = f"Choose from {', '.join((EVERYBODY, *GROUPINGS))}, or cross some, as in typology+sex."
    if not names:
        raise BadInput.of("no groups are named", where="--groups", mend=mend)
    seen: set[frozenset[str]] = set()
    for name in names:
        parts = name.split(CROSSED_BY)
        strangers = [part for part in parts if part not in GROUPINGS]
        if strangers and name != EVERYBODY:
            raise BadInput.of(_why_not(strangers[0]), where="--groups", mend=mend)
        if len(set(parts)) < len(parts) or frozenset(parts) in seen:
            what = f"'{name}' names a grouping twice"
            raise BadInput.of(what, where="--groups", mend="Name each grouping once.")
        seen.add(frozenset(parts))


def _why_not(name: str) -> str:
    if name in ("truth", "traveller"):
        return f"'{name}' does not divide victims, so there is nobody in its groups to protect"
    return f"there is no grouping '{name}' of victims"


def _unscreened(world: World, drawn: Drawn) -> tuple[Dossiers, Outcomes]:
    """Return the dossiers of drawn rows, and their truth and groups before anybody has screened them."""
    dossiers = dossiers_of(drawn)
    nothing = np.zeros(len(dossiers), dtype=np.int8)
    return dossiers, Outcomes(
        truth=truth_of(world, drawn),
        sex=dossiers.columns["sex"].astype(np.int8),
        age_band=age_bands(dossiers),
        province=dossiers.columns["province"].astype(np.int8),
        risk={},
        recommendation=nothing,
        agency=nothing,
        leading=nothing,
    )
