"""The screener: rules and cards together, from dossiers to recommendations.

Override rules come first, then the cards' joined score against a threshold. It reads only the fields that
are visible at its stage, and nothing in it can reach a truth. It recommends; people decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields, fields_visible_at
from dossier.findings import PRESENT, any_of
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage, stage_labelled
from dossier.tables import categorical, from_pandas
from models.card import CardSet, Points, Score, StageCards, load_cards
from models.features import CardInput, Levels, card_inputs, contexts_at
from screening.conditions import Desk
from screening.operating_point import OperatingPoint, load_operating_point
from screening.readings import Evidence, Readings, read_evidence
from screening.referral import agency_names, headline_stage, policy
from screening.referral_policy import NOBODY, ReferralPolicy, Route, load_policy
from screening.routes import Overrides, Resemblance, fields_of_routes, routed, unsettled
from screening.rulebook import CompiledRulebook, Rule, compile_rulebook, load_rulebook
from screening.rules_tree import Indicates
from screening.unasked import cards_without, rules_without

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Evidence", "read_evidence"]

RELEASED = "saring-2026"
OVERRIDE = np.iinfo(np.int32).max
"""The risk of a dossier on which an override rule fired; shown as "by rule", never as a number."""

NOBODY_WORD = "nobody"
RECEIVERS = (*agency_names(), NOBODY_WORD)
"""What stands in the column of agencies: an agency, or that a policy names none and the application ends."""

NOT_ROUTED = -1
"""Stands where no route was looked up."""

NONE_SKIPPED: frozenset[Stage] = frozenset()


@dataclass(frozen=True)
class Assessment:
    """What the screener makes of many dossiers at one stage.

    Attributes:
        stage: The stage.
        applicants: Shape (n,): identity numbers.
        evidence: Findings and outcomes.
        levels: Shape (n, inputs): what the cards read.
        context: Shape (n,): index of the context whose cards read the dossier.
        score: Scores of the cards.
        risk: Shape (n,): hundredths; `OVERRIDE` where an override rule fired.
        recommendation: Shape (n,): a `Recommendation`.
        agency: Shape (n,): index of the agency that would receive the person; -1 where the policy names none.
        route: Shape (n,): index of the policy's route that decides so. Where `assess_all` looked up no route,
            both are -1.
        skipped: Stages that were passed over; their fields were never asked for, and nothing of them is here.
    """

    stage: Stage
    applicants: npt.NDArray[np.int64]
    evidence: Evidence
    levels: Levels
    context: npt.NDArray[np.int8]
    score: Score
    risk: Points
    recommendation: npt.NDArray[np.int8]
    agency: npt.NDArray[np.int8]
    route: npt.NDArray[np.int8]
    skipped: frozenset[Stage] = NONE_SKIPPED

    @property
    def is_flagged(self) -> npt.NDArray[np.bool_]:
        """Shape (n,): whether referral is recommended."""
        return np.asarray(self.recommendation == Recommendation.REFER)


@dataclass(frozen=True)
class Screener:
    """A rulebook in force, cards trained for it, and an operating point.

    Attributes:
        rulebook: The compiled rulebook.
        cards: The cards; they must have been trained on these rules.
        operating_point: The thresholds, by stage.
        referral: Who receives a person; it changes no risk and no recommendation.
    """

    rulebook: CompiledRulebook
    cards: CardSet
    operating_point: OperatingPoint
    referral: ReferralPolicy = field(default_factory=load_policy)

    def __post_init__(self) -> None:
        self.cards.check_rulebook(self.rulebook.columns_hash)
        for stage in (Stage.of(cards.stage) for cards in self.cards.stages):
            contexts = [context.name for context in contexts_at(stage)]
            self.cards.check_inputs(stage, contexts, inputs_at(self.rulebook, stage))

    @classmethod
    def default(cls) -> "Screener":
        """Return the released screener."""
        cards = load_cards(RELEASED)
        return cls(released_rules(), cards, load_operating_point(RELEASED))

    def assess(
        self, dossiers: Dossiers, stage: Stage, skipped: frozenset[Stage] = NONE_SKIPPED
    ) -> Assessment:
        """Screen dossiers at a stage.

        What a skipped stage would have asked contributes nothing: rules and indicators that read it are left
        out, as those of a later stage are, and the cards' rows that read it give no points. Points are never
        negative, so in the same context an answer only adds to what is known without it.

        Args:
            dossiers: Fields of later and of skipped stages are not looked at, even where they are there.
            stage: What has been seen.
            skipped: Stages before it that were passed over.

        Raises:
            ValueError: If the counter or a stage that is not before `stage` is to be skipped.
        """
        if not all(Stage.COUNTER < one < stage for one in skipped):
            raise ValueError("only stages between the counter and the one at hand can have been skipped")
        seen = dossiers.select(_asked(stage, skipped))
        found = self._assessed(seen, Readings(), stage, skipped)
        resembles = Resemblance(found.score.leading, self.cards.families)
        desk, fired = self.desk(seen, found.evidence), self.overrides(found.evidence)
        received = routed(self.referral, desk, resembles, fired)
        return replace(found, agency=received.agency, route=received.route)

    def assess_all(
        self, dossiers: Dossiers, routed_at: Stage, stages: Sequence[Stage] = tuple(Stage)
    ) -> dict[Stage, Assessment]:
        """Screen dossiers at several stages, none of them skipped, and read nothing twice.

        Each assessment equals that of `assess`, but for the routes: they are looked up only for those who are
        flagged at one stage, and everywhere else `agency` and `route` are -1.

        Args:
            dossiers: Must hold the fields of all these stages.
            routed_at: The one of them whose flags lead to referrals.
            stages: The stages, all of them when left out.
        """
        readings, found = Readings(), {}
        for stage in stages:
            seen = dossiers.select(_asked(stage, NONE_SKIPPED))
            found[stage] = self._assessed(seen, readings, stage, NONE_SKIPPED)
        seen = dossiers.select(_asked(routed_at, NONE_SKIPPED))
        return {**found, routed_at: self._with_flagged_routed(seen, found[routed_at])}

    def _assessed(
        self, seen: Dossiers, readings: Readings, stage: Stage, skipped: frozenset[Stage]
    ) -> Assessment:
        """Return what is made of dossiers, before anybody asks who would receive a person."""
        unasked = _unasked(stage, skipped)
        rulebook, cards = self._reading(stage, skipped, unasked)
        evidence = readings.evidence(rulebook, seen, stage)
        levels = readings.levels(cards, seen, evidence)
        context = readings.context(seen, stage, unasked)
        score = cards.score(levels, context)
        risk = score.risk.copy()
        risk[self._overridden(evidence, len(seen))] = OVERRIDE
        nobody = np.full(len(seen), NOT_ROUTED, dtype=np.int8)
        recommended = self._recommendations(risk, evidence, self.operating_point.threshold(stage))
        return Assessment(
            stage,
            seen.applicants,
            evidence,
            levels,
            context,
            score,
            risk,
            recommended,
            agency=nobody,
            route=nobody,
            skipped=skipped,
        )

    def _with_flagged_routed(self, seen: Dossiers, found: Assessment) -> Assessment:
        """Return an assessment in which the routes of those who are flagged have been looked up."""
        rows = np.flatnonzero(found.is_flagged)
        desk = Desk(seen.select(name for name in fields_of_routes(self.referral) if name in seen).take(rows))
        fired = {key: (rule, one[rows]) for key, (rule, one) in self.overrides(found.evidence).items()}
        resembles = Resemblance(found.score.leading[rows], self.cards.families)
        received = routed(self.referral, desk, resembles, fired)
        agency, route = found.agency.copy(), found.route.copy()
        agency[rows], route[rows] = received.agency, received.route
        return replace(found, agency=agency, route=route)

    def screen(self, observed: "pd.DataFrame", stage: Stage | str | None = None) -> "pd.DataFrame":
        """Screen a frame of observed dossiers that carries the synthetic mark.

        Args:
            observed: Such as `cohort.observed`; needs the fields visible at the stage.
            stage: Or its label, such as "interview"; the policy's when left out.

        Returns:
            One row for each dossier, in the same order: applicant, stage, recommendation, risk (log-odds
            units; infinite where an override rule fired), resembles, agency, grounds, rules.

        Raises:
            BadInput: If the mark, a column, a code or the stage is missing or wrong.
        """
        chosen = _stage_meant(stage)
        dossiers = from_pandas(observed, fields_visible_at(chosen))
        return as_frame(self, self.assess(dossiers, chosen))

    def _reading(
        self, stage: Stage, skipped: frozenset[Stage], unasked: frozenset[str]
    ) -> tuple[CompiledRulebook, StageCards]:
        """Return the rules and cards that are left without the unasked fields; made once for each case."""
        if not unasked:
            return self.rulebook, self.cards.at(stage)
        if (stage, skipped) not in self._readings:
            rulebook = rules_without(self.rulebook, unasked)
            self._readings[stage, skipped] = rulebook, cards_without(self.cards.at(stage), unasked, rulebook)
        return self._readings[stage, skipped]

    @cached_property
    def _readings(self) -> dict[tuple[Stage, frozenset[Stage]], tuple[CompiledRulebook, StageCards]]:
        return {}

    @cached_property
    def _overrides(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rulebook.rules if rule.tier == "override")

    def _overridden(self, evidence: Evidence, size: int) -> npt.NDArray[np.bool_]:
        fired = np.zeros(size, dtype=bool)
        for rule in self._overrides:
            if rule.id in evidence.outcomes:
                fired |= evidence.outcomes[rule.id] == PRESENT
        return fired

    def _recommendations(self, risk: Points, evidence: Evidence, threshold: int) -> npt.NDArray[np.int8]:
        asked = [
            evidence.indicators[name] for name in policy().ask_for_documents if name in evidence.indicators
        ]
        recommendation = np.full(len(risk), Recommendation.PROCEED, dtype=np.int8)
        if asked:
            recommendation[any_of(*asked) == PRESENT] = Recommendation.DOCUMENTS
        recommendation[risk >= threshold - policy().interview_margin] = Recommendation.INTERVIEW
        recommendation[risk >= threshold] = Recommendation.REFER
        return recommendation

    def desk(self, seen: Dossiers, evidence: Evidence) -> Desk:
        """Return dossiers as the policy of referral reads them; they must hold only what was asked for."""
        read = self.rulebook.indicators
        found = {name: one for name, one in evidence.indicators.items() if not read[name].parameters}
        return Desk(seen, {Indicates(name): one for name, one in found.items()})

    def unsettled(self, seen: Dossiers, found: Assessment, row: int) -> tuple[Route, ...]:
        """Return the routes before the deciding one that an unknown answer leaves open.

        They are to be settled before a letter of referral goes out.

        Args:
            seen: The dossiers that were assessed, only with what was asked for.
            found: What `assess` made of them.
            row: Which of them.
        """
        resembles = Resemblance(found.score.leading, self.cards.families)
        desk = self.desk(seen, found.evidence)
        return unsettled(self.referral, desk, resembles, self.overrides(found.evidence), row)

    def overrides(self, evidence: Evidence) -> Overrides:
        """Return the override rules that could be read, with their outcomes."""
        return {r.id: (r, evidence.outcomes[r.id]) for r in self._overrides if r.id in evidence.outcomes}


def _stage_meant(stage: Stage | str | None) -> Stage:
    if stage is None:
        return headline_stage()
    return stage if isinstance(stage, Stage) else stage_labelled(stage, "stage")


@cache
def _unasked(stage: Stage, skipped: frozenset[Stage]) -> frozenset[str]:
    """Return the fields that a stage shows, had none been skipped, and that were never asked for."""
    return frozenset(name for name in fields_visible_at(stage) if fields()[name].visible_from in skipped)


@cache
def _asked(stage: Stage, skipped: frozenset[Stage]) -> tuple[str, ...]:
    return tuple(name for name in fields_visible_at(stage) if name not in _unasked(stage, skipped))


def released_rules(name: str = RELEASED, as_of: date | None = None) -> CompiledRulebook:
    """Return a rulebook as it is in force on a day; its own first day when left out."""
    rulebook = load_rulebook(name)
    return compile_rulebook(rulebook, as_of or rulebook.valid_from)


def inputs_at(rulebook: CompiledRulebook, stage: Stage) -> tuple[CardInput, ...]:
    """Return what cards for this rulebook may read at a stage; override rules are not among it."""
    rule_ids = [rule.id for rule in rulebook.rules if rule.tier == "evidence" and rule.stage <= stage]
    return card_inputs(stage, rulebook.indicators.values(), rule_ids)


def as_frame(screener: Screener, assessment: Assessment) -> "pd.DataFrame":
    """Return an assessment as a frame, one row for each dossier; it keeps the synthetic mark."""
    import pandas as pd

    stages = np.full(len(assessment.risk), assessment.stage, dtype=np.int8)
    labels = [recommendation.label for recommendation in Recommendation]
    routes = screener.referral.route_ids
    spelled, combination = fired_rules(assessment)
    frame = pd.DataFrame(
        {
            "applicant": assessment.applicants,
            "stage": categorical(stages, STAGE_LABELS),
            "recommendation": categorical(assessment.recommendation, labels, ordered=True),
            "risk": np.where(assessment.risk == OVERRIDE, np.inf, assessment.score.risk / 100),
            "resembles": categorical(assessment.score.leading, screener.cards.families),
            "agency": categorical(receivers(assessment), RECEIVERS),
            "grounds": categorical(np.where(assessment.is_flagged, assessment.route, -1), routes),
            "rules": np.array(spelled, dtype=object)[combination],
        }
    )
    frame.attrs["synthetic"] = True
    frame.attrs["threshold"] = screener.operating_point.threshold(assessment.stage)
    return frame


def receivers(assessment: Assessment) -> npt.NDArray[np.int8]:
    """Return who receives each person, as positions in `RECEIVERS`; -1 for whoever is not referred."""
    known = np.where(assessment.agency == NOBODY, RECEIVERS.index(NOBODY_WORD), assessment.agency)
    return np.where(assessment.is_flagged, known, -1).astype(np.int8)


def fired_rules(assessment: Assessment) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return which rules fired: each combination of ids, joined by spaces, and its index for each dossier."""
    ids, size = list(assessment.evidence.outcomes), len(assessment.risk)
    fired = np.array([found == PRESENT for found in assessment.evidence.outcomes.values()], dtype=bool)
    fired = fired.reshape(len(ids), size)
    combination = np.zeros(size, dtype=np.int64)
    for eight in np.packbits(fired, axis=0):
        combination = np.unique(combination * 256 + eight, return_inverse=True)[1]
    first = np.unique(combination, return_index=True)[1]
    spelled = [
        " ".join(rule for rule, found in zip(ids, fired[:, row], strict=True) if found) for row in first
    ]
    return spelled, combination
