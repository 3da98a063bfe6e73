"""The screener: rules and cards together, from dossiers to recommendations.

Override rules come first, then the cards' joined score against a threshold. It reads only the fields that
are visible at its stage, and nothing in it can reach a truth. It recommends; people decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields, fields_visible_at
from dossier.findings import PRESENT, Findings, any_of
from dossier.recommendations import Recommendation
from dossier.stages import STAGE_LABELS, Stage
from dossier.tables import categorical, from_pandas
from models.card import CardSet, Points, Score, StageCards, joined_score, load_cards
from models.features import CardInput, Levels, card_inputs, context_of, contexts_at, encode
from screening.conditions import Desk
from screening.language import Memo
from screening.operating_point import OperatingPoint, load_operating_point
from screening.referral import agency_names, headline_stage, policy
from screening.referral_policy import NOBODY, ReferralPolicy, Route, load_policy
from screening.routes import Overrides, Resemblance, routed, unsettled
from screening.rulebook import CompiledRulebook, Rule, compile_rulebook, load_rulebook
from screening.rules_tree import Indicates
from screening.unasked import cards_without, rules_without, with_empty_cells

if TYPE_CHECKING:
    import pandas as pd

RELEASED = "saring-2026"
OVERRIDE = np.iinfo(np.int32).max
"""The risk of a dossier on which an override rule fired; shown as "by rule", never as a number."""

NOBODY_WORD = "nobody"
RECEIVERS = (*agency_names(), NOBODY_WORD)
"""What stands in the column of agencies: an agency, or that a policy names none and the application ends."""

NONE_SKIPPED: frozenset[Stage] = frozenset()


@dataclass(frozen=True)
class Evidence:
    """What rules and indicators found in many dossiers.

    Attributes:
        indicators: Findings by indicator.
        outcomes: Outcomes by rule.
    """

    indicators: Mapping[str, Findings]
    outcomes: Mapping[str, Findings]


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
        route: Shape (n,): index of the policy's route that decides so.
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
        visible = fields_visible_at(stage)
        unasked = frozenset(name for name in visible if fields()[name].visible_from in skipped)
        seen = dossiers.select(name for name in visible if name not in unasked)
        rulebook, cards = self._reading(stage, skipped, unasked)
        evidence = read_evidence(rulebook, seen, stage)
        levels = encode(cards.inputs, seen, evidence.indicators, evidence.outcomes)
        context = context_of(with_empty_cells(seen, unasked), stage)
        score = joined_score(cards.family_scores(levels, context))
        overridden = self._overridden(evidence, len(seen))
        risk = np.where(overridden, OVERRIDE, score.risk).astype(np.int32)
        resembles = Resemblance(score.leading, self.cards.families)
        received = routed(self.referral, self.desk(seen, evidence), resembles, self.overrides(evidence))
        return Assessment(
            stage,
            seen.applicants,
            evidence,
            levels,
            context,
            score,
            risk,
            self._recommendations(risk, evidence, self.operating_point.threshold(stage)),
            received.agency,
            received.route,
            skipped,
        )

    def screen(self, observed: "pd.DataFrame", stage: Stage | None = None) -> "pd.DataFrame":
        """Screen a frame of observed dossiers that carries the synthetic mark.

        Args:
            observed: Such as `cohort.observed`; needs the fields visible at the stage.
            stage: The policy's stage when left out.

        Returns:
            One row for each dossier, in the same order: applicant, stage, recommendation, risk (log-odds
            units; infinite where an override rule fired), resembles, agency, grounds, rules.

        Raises:
            BadInput: If the mark, a column or a code is missing or wrong.
        """
        chosen = headline_stage() if stage is None else stage
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
        lacking = any_of(*asked) == PRESENT if asked else np.zeros(len(risk), dtype=bool)
        recommendation = np.where(lacking, Recommendation.DOCUMENTS, Recommendation.PROCEED)
        near = risk >= threshold - policy().interview_margin
        recommendation = np.where(near, Recommendation.INTERVIEW, recommendation)
        return np.where(risk >= threshold, Recommendation.REFER, recommendation).astype(np.int8)

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


def released_rules(name: str = RELEASED, as_of: date | None = None) -> CompiledRulebook:
    """Return a rulebook as it is in force on a day; its own first day when left out."""
    rulebook = load_rulebook(name)
    return compile_rulebook(rulebook, as_of or rulebook.valid_from)


def read_evidence(rulebook: CompiledRulebook, dossiers: Dossiers, stage: Stage) -> Evidence:
    """Return what rules and indicators find in dossiers at a stage; nothing is read twice."""
    memo: Memo = {}
    indicators = rulebook.indicator_findings(dossiers, stage, memo)
    return Evidence(indicators, rulebook.outcomes(dossiers, stage, memo))


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
