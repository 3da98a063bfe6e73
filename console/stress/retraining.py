"""Training again for a stress test: the same way as the released cards, on fewer people.

Whatever is trained here is compared at the same share of people flagged, with its threshold set on people who
are not measured. It lives in memory and never screens anybody outside of its test.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from console.certifying import Scorer
from console.judging import Judge
from console.stress.frame import Row, Setting
from console.stress.learning import Sizes, learning
from console.stress.pairs import Before, change, rate_of
from console.training import TrainingDraw, home_of, learned_cards, train_cards, training_draw, training_of
from dossier.dossiers import Dossiers
from dossier.draws import Who
from dossier.problems import BadInput
from dossier.texts import Text
from models.card import CardSet
from models.challengers import Challenger
from screening.evaluation.rates import CONFIDENCE
from screening.evaluation.yardsticks import at_false_flag_rate
from screening.rules_only import decided_by_rules
from synthetic.world import World

Score: TypeAlias = Callable[[Dossiers], "npt.NDArray[np.float64] | npt.NDArray[np.int32]"]
"""Gives each dossier a number; higher is more concerning."""

NAME = "retrained"


@dataclass(frozen=True)
class Workshop:
    """Where cards are trained again for one setting.

    Attributes:
        setting: Where they are measured.
        world: Where they are trained.
        among: Of whom the same share is always flagged: the others, or everybody in the scenario's mixture,
            which needs no labels.
    """

    setting: Setting
    world: World
    among: Who = "others"

    @classmethod
    def at_home(cls, setting: Setting, among: Who = "others") -> "Workshop":
        """Return the workshop where the screener's own cards were trained.

        Raises:
            BadInput: If the screener learned nothing.
        """
        check_learned(setting)
        return cls(setting, home_of(setting.judge.screener.cards.training, setting.judge.world), among)

    @property
    def seed(self) -> int:
        """Seed of what is learned from."""
        return self.setting.seed + self.sizes.apart

    @property
    def sizes(self) -> Sizes:
        """How much is learned from."""
        return learning().sizes

    @property
    def judge(self) -> Judge:
        """World, screener and stage of the setting."""
        return self.setting.judge

    def cards(self, without: str | None = None) -> CardSet:
        """Return cards of the stage, trained without one family or with all."""
        return train_cards(
            self.world,
            self.judge.screener.rulebook,
            self.seed,
            NAME,
            without=without,
            stages=(self.judge.stage,),
            workers=1,
            chosen=self.sizes.training(),
        )

    def sample(self) -> TrainingDraw:
        """Return the sample that `cards` learns from."""
        return training_draw(self.world, self.seed, chosen=self.sizes.training())

    def cards_from(self, drawn: TrainingDraw) -> CardSet:
        """Return cards of the stage, learned from a sample that somebody labelled otherwise."""
        return learned_cards(
            drawn,
            training_of(self.world, drawn, self.seed),
            self.judge.screener.rulebook,
            NAME,
            stages=(self.judge.stage,),
            workers=1,
            chosen=self.sizes.training(),
        )

    def score_of(self, made: CardSet | Challenger) -> Score:
        """Return how trained cards, or a challenger, score dossiers at the stage."""
        if isinstance(made, Challenger):
            return made.scores
        scorer = Scorer.of(self.judge.screener.rulebook, made)
        return lambda dossiers: scorer.risk(dossiers, self.judge.stage)

    @cached_property
    def people(self) -> tuple[Dossiers, float]:
        """People on whom thresholds are set, and the share of them whom the screener itself flags.

        None of them is measured, and facilitators are not among them.

        Raises:
            BadInput: If it flags everybody, so that nothing could be compared.
        """
        found = self.judge.fresh(self.among, self.sizes.threshold_people, self.setting.seed_for("threshold"))
        counted = found.outcomes.truth.is_victim | found.outcomes.truth.is_counted_as_other
        flagged = found.outcomes.flagged(self.judge.stage, self.judge.threshold)[counted]
        if flagged.all():
            what = "the screener flags everybody, so there is nothing that training could change"
            raise BadInput.of(what, where="--threshold", mend="Choose a higher threshold.")
        return found.dossiers.take(counted), float(flagged.mean())

    def chosen(self, score: Score, victims: Dossiers, others: Dossiers) -> Before:
        """Return whom a score flags where it flags the same share of `people` as the screener.

        Args:
            score: The score.
            victims, others: The people who are measured.
        """
        people, share = self.people
        limits = score(people)
        missed = at_false_flag_rate(score(victims), limits, share)
        return Before(missed, ~at_false_flag_rate(score(others), limits, share))


def row_of(
    name: Text,
    key: str,
    chosen: Before,
    before: Before | None = None,
    *,
    confidence: float = CONFIDENCE,
    at: float | None = None,
    series: str = "",
    more: Mapping[str, Any] | None = None,
) -> Row:
    """Return a row of a finding.

    Args:
        name, key: What was changed.
        chosen: Whom the screener chooses then.
        before: Whom it, or another, chooses of the same people without it; None where there is nothing to
            compare with.
        confidence: Of every interval.
        at, series, more: See `Row`.
    """
    return Row(
        name,
        key,
        rate_of(chosen.missed, confidence),
        rate_of(chosen.flagged, confidence),
        change(chosen.missed, before.missed, confidence) if before else None,
        change(chosen.flagged, before.flagged, confidence) if before else None,
        at,
        series,
        more or {},
    )


def paired_rise(rows: Iterable[Row]) -> float:
    """Return the largest rise of the miss rate on the same people, at the lower end of its interval."""
    return max([0.0, *(row.miss_change.interval[0] for row in rows if row.miss_change)])


def check_learned(setting: Setting) -> None:
    """Raise where rules decide by themselves, so that nothing was ever learned.

    Raises:
        BadInput: If so.
    """
    if decided_by_rules(setting.judge.screener.cards):
        what = "rules decide by themselves here, so there is nothing that could be trained again"
        raise BadInput.of(what, where="--cards", mend="Choose a rulebook with cards, or another stress test.")
