"""Some rows of one world, drawn once and screened by every variant of it.

Rulebook and cards read a dossier once; thresholds then only divide the risks, and policies only route those
whom the lowest threshold flags.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from console.rivals import MOST_OTHERS
from console.sweeping.counts import Screened, States, groupings_of
from console.sweeping.opened import Opened, reading_key
from console.sweeping.settings import Settings
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from screening.evaluation.outcomes import Outcomes, outcomes_of
from screening.evaluation.panel import ORACLE, Panel, panel_of
from screening.referral_policy import Fate, ReferralPolicy
from screening.screener import Assessment, Screener
from synthetic.cohort import dossiers_of, truth_of
from synthetic.draw import Drawn, Plan
from synthetic.oracle import Oracle
from synthetic.streams import words

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Chunk:
    """Rows of one world.

    Attributes:
        opened: What the variants name.
        plan: Who is drawn.
        rows: Which of them.
        stage: At which they are screened.
        by: How they are divided.
        oracle: Who judges them too; None to leave it out.
    """

    opened: Opened
    plan: Plan
    rows: range
    stage: Stage
    by: tuple[str, ...]
    oracle: Oracle | None = None

    def screened(self, variants: Mapping[int, Settings]) -> Iterator[tuple[int, Screened, Panel | None]]:
        """Yield the people as each variant has them, and on whom the oracle was asked, by its position.

        Args:
            variants: Of this very world, by position.
        """
        for places in grouped(variants, lambda place: reading_key(variants[place])).values():
            own = {place: variants[place] for place in places}
            yield from self._read_alike(own)

    def _read_alike(self, variants: Mapping[int, Settings]) -> Iterator[tuple[int, Screened, Panel | None]]:
        """Yield the same for variants of one rulebook with its cards."""
        thresholds = {place: self.opened.threshold(one) for place, one in variants.items()}
        policies = [self.opened.policies[name] for name in dict.fromkeys(v.policy for v in variants.values())]
        screener = self._screener(next(iter(variants.values())), min(thresholds.values()), policies[0])
        found = screener.assess(self._dossiers, self.stage)
        outcomes = outcomes_of(self._dossiers, self._truth, {self.stage: found}, self.stage)
        panel, groupings = self._panel(outcomes), groupings_of(outcomes, self.by)
        fates = {policy.id: self._fates(screener, policy, found) for policy in policies}
        for place, one in variants.items():
            fate = fates[self.opened.policies[one.policy].id]
            state = np.where(found.risk >= thresholds[place], fate, Fate.GOES_ON).astype(np.int8)
            yield place, Screened(outcomes, groupings, state), panel

    def _screener(self, settings: Settings, threshold: int, policy: ReferralPolicy) -> Screener:
        screener = self.opened.screeners[reading_key(settings)]
        point = screener.operating_point.with_threshold(self.stage, threshold)
        return replace(screener, operating_point=point, referral=policy)

    def _fates(self, screener: Screener, policy: ReferralPolicy, found: Assessment) -> States:
        """Return what would follow for everybody whom the screener flags, shape (n,)."""
        fates = np.full(len(found.risk), Fate.GOES_ON, dtype=np.int8)
        flagged = np.flatnonzero(found.is_flagged)
        route, agency = found.route[flagged], found.agency[flagged]
        if flagged.size and policy is not screener.referral:
            other = replace(screener, referral=policy)
            again = other.assess(self._dossiers.take(flagged), self.stage)
            route, agency = again.route, again.agency
        fates[flagged] = policy.fates(route, agency)
        return fates

    def _panel(self, outcomes: Outcomes) -> Panel | None:
        """Return the people on whom the oracle is asked, as `saring run` chooses them; None without it."""
        if self.oracle is None:
            return None
        rows, stands_for = self._asked
        return panel_of(outcomes, self.stage, rows, stands_for, {ORACLE: self._scores}, {})

    @cached_property
    def _asked(self) -> tuple[npt.NDArray[np.intp], float]:
        """Who is on the panel, and for how many each of them stands who is no victim."""
        share = min(1.0, MOST_OTHERS / self.plan.size)
        lot = words(self.plan.seed, "yardstick", rows=self.rows) / 2.0**64
        truth = self._truth
        return np.flatnonzero(truth.is_victim | (truth.is_counted_as_other & (lot < share))), 1.0 / share

    @cached_property
    def _scores(self) -> npt.NDArray[np.float64]:
        rows, _ = self._asked
        observed = {name: codes[rows] for name, codes in self._drawn.observed.items()}
        return np.empty(0) if self.oracle is None else self.oracle.log_odds(observed)

    @cached_property
    def _drawn(self) -> Drawn:
        return self.plan.draw(self.rows)

    @cached_property
    def _dossiers(self) -> Dossiers:
        return dossiers_of(self._drawn)

    @cached_property
    def _truth(self) -> Any:  # the console names no type of the truth
        return truth_of(self.plan.world, self._drawn)


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Return items by key, keys and items in the order in which they come."""
    found: dict[Key, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
