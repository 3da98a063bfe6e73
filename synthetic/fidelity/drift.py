"""Whether a cohort changes over its year: classes of truth and main answers by month of application.

A simulated year may have months without victims by mistake, and a model trained on them learns the calendar.
What changes where a dated regime begins is meant; what changes elsewhere is to be looked at.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2_contingency

from dossier.fields import fields
from dossier.truth import TruthClass
from synthetic.fidelity.counts import Share, Verdict, whole
from synthetic.fidelity.gathered import MONTH, Gathered, Index
from synthetic.fidelity.settings import settings
from synthetic.world import World

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Month:
    """The applicants of one month.

    Attributes:
        month: Its name.
        classes: Share of each class of truth among them.
        regimes: Names of the regimes that begin with it.
    """

    month: str
    classes: dict[str, Share]
    regimes: tuple[str, ...]


@dataclass(frozen=True)
class FieldDrift:
    """One field over the months.

    Attributes:
        field: The field.
        answer: The answer that changes most.
        by_month: Its share among the known answers of each month.
        association: Cramér's V of month and answer: 0 for none, 1 where the month decides.
        chance: Probability of such an association, or a stronger one, if no month differed.
        n: Known answers.
    """

    field: str
    answer: str
    by_month: tuple[Share, ...]
    association: float
    chance: float
    n: int


@dataclass(frozen=True)
class Began:
    """A dated regime of the scenario."""

    name: str
    month: str
    why: str


@dataclass(frozen=True)
class Drift:
    """A cohort over its year.

    Attributes:
        months: The months in which somebody can apply.
        fields: The fields that are followed, the strongest drift first.
        regimes: What was to change, and when.
        verdict: Whether every month that should hold victims and others does.
    """

    months: tuple[Month, ...]
    fields: tuple[FieldDrift, ...]
    regimes: tuple[Began, ...]
    verdict: Verdict


def drift(gathered: Gathered) -> Drift:
    """Return how a cohort changes over its year."""
    names = _month_names()
    counts = _table(gathered.month.astype(np.int64), gathered.classes, len(names), len(TruthClass))
    began = _regimes(gathered.plan.world)
    months = tuple(
        Month(
            name,
            {each.label: Share(int(row[each]), int(row.sum())) for each in TruthClass},
            tuple(regime.name for regime in began if regime.month == name),
        )
        for name, row in zip(names, counts, strict=True)
    )
    followed = sorted((_field(gathered, name) for name in gathered.observed), key=lambda f: -f.association)
    return Drift(months, tuple(followed), began, _nobody_left_out(counts))


def _nobody_left_out(counts: Index) -> Verdict:
    """Return whether every month has victims and non-victims where enough of them are expected."""
    victims, everybody = counts[:, TruthClass.VICTIM], counts.sum(axis=1)
    verdicts: list[Verdict] = []
    for found in (victims, everybody - victims):
        expected = everybody * found.sum() / max(everybody.sum(), 1)
        for count, enough in zip(found, expected >= settings().sizes.least_expected, strict=True):
            verdicts.append("met" if count else ("not met" if enough else "cannot tell"))
    return whole(verdicts)


def _field(gathered: Gathered, name: str) -> FieldDrift:
    field, months = fields()[name], len(_month_names())
    known = gathered.observed[name] >= 0
    month, codes = gathered.month[known].astype(np.int64), gathered.observed[name][known].astype(np.int64)
    table = _table(month, codes, months, field.size)
    total = np.maximum(table.sum(axis=1), 1)
    answer = int(np.ptp(table / total[:, None], axis=0).argmax())
    association, chance = _association(table)
    return FieldDrift(
        name,
        field.bin_labels[answer],
        tuple(Share(int(row[answer]), int(row.sum())) for row in table),
        association,
        chance,
        int(table.sum()),
    )


def _association(table: Index) -> tuple[float, float]:
    """Return Cramér's V and the probability of the chi-squared test; (0, 1) with nothing to test."""
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(kept.shape, default=0) <= 1:
        return 0.0, 1.0
    found = chi2_contingency(kept, correction=False)
    return float(np.sqrt(found.statistic / (kept.sum() * (min(kept.shape) - 1)))), float(found.pvalue)


def _regimes(world: World) -> tuple[Began, ...]:
    starts, names = fields()[MONTH].edges, _month_names()
    return tuple(
        Began(name, names[int(np.searchsorted(starts, regime.since, side="right")) - 1], regime.why)
        for name, regime in world.scenario.regimes.items()
    )


def _month_names() -> tuple[str, ...]:
    bins = fields()[MONTH].bin_labels
    return MONTHS if len(bins) == len(MONTHS) else bins


def _table(rows: Index, columns: Index, height: int, width: int) -> Index:
    return np.bincount(rows * width + columns, minlength=height * width).reshape(height, width)
