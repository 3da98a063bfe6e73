"""The worst re-mix: how many victims would be missed if other kinds of victims came than were expected.

A miss rate is an average over kinds of victims. If their shares may be anything, it can rise to that of the
worst kind, and no further. If every share may change at most by a stated factor, the worst mixture is the
answer of a linear programme. Nobody is drawn or screened anew; only weights change.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.learning import family_title
from console.stress.pairs import held_together
from console.stress.settings import settings
from console.stress.wording import fine, percent, rate_text, say, words
from dossier.texts import Text
from screening.evaluation.measures import MISS
from screening.evaluation.outcomes import CROSSED_BY, grouping
from screening.evaluation.rates import CONFIDENCE, Rate
from screening.evaluation.tally import tallied
from screening.evaluation.texts import Said
from synthetic.world import World

Shares = npt.NDArray[np.float64]

VICTIM = "victim"


@dataclass(frozen=True)
class Cells:
    """Kinds of victims, and how many of each are missed.

    Attributes:
        by: How victims are divided.
        names: What each kind is called.
        rates: Victims of the kind missed.
        shares: Shape (kinds,): share of each kind among the scenario's victims of these kinds.
    """

    by: str
    names: tuple[str, ...]
    rates: tuple[Rate, ...]
    shares: Shares

    @property
    def worst(self) -> int:
        """The kind of whom most are missed, by estimate."""
        return int(np.argmax(self.estimates))

    @property
    def estimates(self) -> Shares:
        """Shape (kinds,): miss rates."""
        return np.array([rate.estimate for rate in self.rates])

    @property
    def lows(self) -> Shares:
        """Shape (kinds,): lower ends of the intervals."""
        return np.array([rate.low for rate in self.rates])

    @property
    def highs(self) -> Shares:
        """Shape (kinds,): upper ends of the intervals."""
        return np.array([rate.high for rate in self.rates])


def remix(setting: Setting, done: Done) -> Finding:
    """Return what the worst mixture of the scenario's kinds of victims would mean for the miss rate."""
    divisions = []
    for by in settings().remix.by:
        done(1)
        if all(len(cells_of(setting, part).names) > 1 for part in (by, *by.split(CROSSED_BY))):
            divisions.append(by)
    return held_together(lambda confidence: _finding(setting, divisions, confidence))


def _finding(setting: Setting, divisions: Sequence[str], confidence: float) -> Finding:
    how = settings().remix
    before = replace(setting.miss, confidence=confidence)
    divided = [cells_of(setting, by, confidence) for by in divisions]
    rows = [_as_it_is(before)]
    for cells in divided:
        rows += [_mixed_row(cells, factor) for factor in how.factors]
        rows.append(_anything_row(cells))
        rows += [_cell_row(cells, place) for place in range(len(cells.names))]
    return Finding(
        "remix",
        say("remix.title"),
        say("remix.question"),
        _answer(before, divided),
        rows,
        say("remix.assumed", factors=_listed([fine(factor) for factor in how.factors])),
        axis=say("remix.axis"),
        columns=(
            Column("worst", say("remix.worst"), "share"),
            Column("worst_high", say("remix.worst_high"), "share"),
        ),
        drawn=("mixture",),
        names=_names(divided),
        leads=divided[0].by if divided else "",
        rise=_largest_rise(before, divided),
    )


def _names(divided: Sequence[Cells]) -> dict[str, Text]:
    """Return what the series are called: for each division its mixtures, and its kinds by themselves."""
    keys = {cells.by: cells.by.replace(CROSSED_BY, "_") for cells in divided}
    mixtures = {by: say(f"by.{key}") for by, key in keys.items()}
    return {**mixtures, **{f"kinds by {by}": say(f"by.kinds_{key}") for by, key in keys.items()}}


def steps(_: Setting) -> int:
    """Return how often `remix` tells of its progress."""
    return len(settings().remix.by)


def cells_of(setting: Setting, by: str, confidence: float = CONFIDENCE) -> Cells:
    """Return the kinds of victims of a setting, as far as any of them were drawn.

    Args:
        setting: Where they were drawn.
        by: How they are divided.
        confidence: Of the interval of each kind.
    """
    outcomes, judge = setting.victims.outcomes, setting.judge
    tally = tallied(outcomes.risk[judge.stage.label], outcomes.truth.truth_class, [grouping(outcomes, by)])
    found = tally.rates(MISS, [judge.threshold])
    there = [place for place in range(len(found.groups)) if found.n[place, 0]]
    names = tuple(found.groups[place][0] for place in there)
    rates = tuple(replace(found.rate(place), confidence=confidence) for place in there)
    declared = shares_of(judge.world, by)
    shares = np.array([declared[name] for name in names])
    return Cells(by, names, rates, np.asarray(shares / shares.sum()))


def shares_of(world: World, by: str) -> dict[str, float]:
    """Return the share of each kind of victim among all applicants, as levers leave them.

    Args:
        world: Whose victims.
        by: `typology`, `tier`, or both crossed.
    """
    found: dict[str, float] = defaultdict(float)
    for kind in world.kinds:
        module = world.modules[kind.module]
        if module.module.truth != VICTIM:
            continue
        tier = world.tiers[kind.tier] if kind.tier >= 0 else ""
        weight = module.tiers[tier].weight if tier else 1.0
        parts = {"typology": module.module.family, "tier": tier}
        name = ", ".join(parts[part] for part in by.split(CROSSED_BY))
        found[name] += float(world.shares_left[kind.module]) * weight
    return dict(found)


def worst_mixture(shares: Shares, misses: Shares, factor: float) -> Shares:
    """Return the mixture with the highest miss rate if every share may change at most by a factor.

    Args:
        shares: Shape (kinds,): they add up to 1.
        misses: Shape (kinds,): miss rates, or upper ends of them.
        factor: More than 1; a share may grow or shrink so many times.

    Returns:
        Shape (kinds,): shares that add up to 1.
    """
    bounds = [(share / factor, min(1.0, share * factor)) for share in shares]
    found = linprog(-misses, A_eq=[np.ones(len(shares))], b_eq=[1.0], bounds=bounds, method="highs")
    if not found.success:
        raise RuntimeError(f"no mixture was found: {found.message}")
    return np.asarray(found.x, dtype=np.float64)


def _as_it_is(miss: Rate) -> Row:
    mixture = {"estimate": miss.estimate, "low": miss.low, "high": miss.high}
    return Row(say("word.unchanged"), "unchanged", miss=miss, more={"mixture": mixture})


def _mixed_row(cells: Cells, factor: float) -> Row:
    worst = worst_mixture(cells.shares, cells.estimates, factor)
    highest = worst_mixture(cells.shares, cells.highs, factor)
    estimate, high = float(worst @ cells.estimates), float(highest @ cells.highs)
    return Row(
        say("remix.row", factor=fine(factor)),
        f"{cells.by}:{factor:g}",
        at=factor,
        series=cells.by,
        more={
            "worst": estimate,
            "worst_high": high,
            "mixture": {"estimate": estimate, "low": estimate, "high": high},
            "shares": dict(zip(cells.names, worst.tolist(), strict=True)),
        },
    )


def _anything_row(cells: Cells) -> Row:
    """Return what any mixture at all could come to: the kind that is missed most."""
    worst = cells.worst
    high = float(cells.highs.max())
    return Row(
        say("remix.anything", kind=_kind(cells, worst)),
        f"{cells.by}:any",
        series=cells.by,
        more={"worst": float(cells.estimates[worst]), "worst_high": high},
    )


def _cell_row(cells: Cells, place: int) -> Row:
    return Row(
        say("remix.cell", kind=_kind(cells, place), share=percent(float(cells.shares[place]))),
        f"{cells.by}:{cells.names[place]}",
        miss=cells.rates[place],
        series=f"kinds by {cells.by}",
    )


def _kind(cells: Cells, place: int) -> Text:
    return kind_name(cells.names[place])


def kind_name(name: str) -> Text:
    """Return what a typology, a tier or both are called, one after the other."""
    parts = [words_of(part) for part in name.split(", ")]
    return Text(en=", ".join(part.en for part in parts), id=", ".join(part.id for part in parts))


def words_of(name: str) -> Text:
    """Return a tier or a typology in words."""
    return say(f"tier.{name}") if name in words()["tier"] else family_title(name)


def _listed(parts: Sequence[Said]) -> Said:
    return Said("; ".join(part.en for part in parts), "; ".join(part.id for part in parts))


def _largest_rise(before: Rate, divided: Sequence[Cells]) -> float:
    """Return by how much the worst mixture raises the misses at least, as far as the intervals tell."""
    stated = settings().remix.stated
    least = [float(worst_mixture(cells.shares, cells.lows, stated) @ cells.lows) for cells in divided]
    return max([0.0, *(low - before.high for low in least)])


def _answer(before: Rate, divided: Sequence[Cells]) -> Text:
    stated = settings().remix.stated
    if not divided:
        return say("remix.one_kind", miss=rate_text(before))
    worst = max(divided, key=lambda c: float(worst_mixture(c.shares, c.highs, stated) @ c.highs))
    estimate = float(worst_mixture(worst.shares, worst.estimates, stated) @ worst.estimates)
    high = float(worst_mixture(worst.shares, worst.highs, stated) @ worst.highs)
    limit = int(np.argmax(worst.highs))
    return say(
        "remix.answer",
        miss=rate_text(before),
        factor=fine(stated),
        worst=percent(estimate),
        high=percent(high),
        by=say(f"by.{worst.by.replace(CROSSED_BY, '_')}"),
        most=percent(float(worst.highs[limit])),
        kind=_kind(worst, limit),
        cell=rate_text(worst.rates[limit]),
    )
