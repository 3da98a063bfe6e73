"""The worst re-mix: how many victims would be missed if other kinds of victims came than were expected.

A miss rate is an average over kinds of victims. If their shares may be anything, it can rise to that of the
worst kind, and no further. If every share may change at most by a stated factor, the worst mixture is the
answer of a linear programme. Nobody is drawn or screened anew; only weights change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.learning import family_title
from console.stress.pairs import together
from console.stress.settings import settings
from console.stress.wording import fine, percent, rate_text, say, words
from dossier.texts import Text
from screening.evaluation.measures import MISS
from screening.evaluation.outcomes import CROSSED_BY, grouping
from screening.evaluation.rates import Rate
from screening.evaluation.tally import tallied
from screening.evaluation.texts import Said

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Kinds of victims, and how many of each are missed.

    Attributes:
        by: How victims are divided.
        names: What each kind is called.
        rates: Victims of the kind missed; all intervals of a division hold together.
    """

    by: str
    names: tuple[str, ...]
    rates: tuple[Rate, ...]

    @property
    def shares(self) -> Shares:
        """Shape (kinds,): share of each kind among the victims, in the scenario's own mixture."""
        n = np.array([rate.n for rate in self.rates], dtype=np.float64)
        return np.asarray(n / n.sum())

    @property
    def worst(self) -> int:
        """The kind of whom most are missed."""
        return int(np.argmax(self.estimates))

    @property
    def estimates(self) -> Shares:
        """Shape (kinds,): miss rates."""
        return np.array([rate.estimate for rate in self.rates])

    @property
    def lows(self) -> Shares:
        """Shape (kinds,): lower ends, which hold together."""
        return np.array([rate.low for rate in self.rates])

    @property
    def highs(self) -> Shares:
        """Shape (kinds,): upper ends of the intervals."""
        return np.array([rate.high for rate in self.rates])


def remix(setting: Setting, done: Done) -> Finding:
    """Return what the worst mixture of the scenario's kinds of victims would mean for the miss rate."""
    how = settings().remix
    rows, divided = [_as_it_is(setting)], []
    for by in how.by:
        done(1)
        cells = cells_of(setting, by)
        if len(cells.names) == 1 or any(
            len(cells_of(setting, part).names) == 1 for part in by.split(CROSSED_BY)
        ):
            continue
        divided.append(cells)
        rows += [_mixed_row(cells, factor) for factor in how.factors]
        rows.append(_anything_row(cells))
        rows += [_cell_row(cells, place) for place in range(len(cells.names))]
    return Finding(
        "remix",
        say("remix.title"),
        say("remix.question"),
        _answer(setting, divided),
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
        rise=_largest_rise(setting, divided),
    )


def _names(divided: Sequence[Cells]) -> dict[str, Text]:
    """Return what the series are called: for each division its mixtures, and its kinds by themselves."""
    keys = {cells.by: cells.by.replace(CROSSED_BY, "_") for cells in divided}
    mixtures = {by: say(f"by.{key}") for by, key in keys.items()}
    return {**mixtures, **{f"kinds by {by}": say(f"by.kinds_{key}") for by, key in keys.items()}}


def steps(_: Setting) -> int:
    """Return how often `remix` tells of its progress."""
    return len(settings().remix.by)


def cells_of(setting: Setting, by: str) -> Cells:
    """Return the kinds of victims of a setting, as far as there are any of them."""
    outcomes, judge = setting.victims.outcomes, setting.judge
    tally = tallied(outcomes.risk[judge.stage.label], outcomes.truth.truth_class, [grouping(outcomes, by)])
    found = tally.rates(MISS, [judge.threshold])
    there = [place for place in range(len(found.groups)) if found.n[place, 0]]
    confidence = together(len(there))
    rates = tuple(Rate(found.rate(place).count, found.rate(place).n, confidence) for place in there)
    return Cells(by, tuple(found.groups[place][0] for place in there), rates)


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


def _as_it_is(setting: Setting) -> Row:
    miss = setting.miss
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


def _largest_rise(setting: Setting, divided: Sequence[Cells]) -> float:
    """Return by how much the worst mixture raises the misses at least, as far as the intervals tell."""
    stated = settings().remix.stated
    before = setting.miss.estimate
    rises = [
        float(worst_mixture(cells.shares, cells.estimates, stated) @ cells.lows) - before for cells in divided
    ]
    return max([0.0, *rises])


def _answer(setting: Setting, divided: Sequence[Cells]) -> Text:
    stated = settings().remix.stated
    if not divided:
        return say("remix.one_kind", miss=rate_text(setting.miss))
    worst = max(divided, key=lambda c: float(worst_mixture(c.shares, c.highs, stated) @ c.highs))
    estimate = float(worst_mixture(worst.shares, worst.estimates, stated) @ worst.estimates)
    high = float(worst_mixture(worst.shares, worst.highs, stated) @ worst.highs)
    return say(
        "remix.answer",
        miss=rate_text(setting.miss),
        factor=fine(stated),
        worst=percent(estimate),
        high=percent(high),
        by=say(f"by.{worst.by.replace(CROSSED_BY, '_')}"),
        kind=_kind(worst, worst.worst),
        cell=rate_text(worst.rates[worst.worst]),
    )
