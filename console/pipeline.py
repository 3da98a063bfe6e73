"""The main job, composed: draw, screen, evaluate, report, part by part and never the whole cohort at once.

Each part is drawn, written, screened at every stage and reduced to what the evaluation needs. Yardsticks run
on all victims and on at most a fixed number of others, chosen by the row's own random word and weighted.
Parts are independent, so any number of workers gives the same result.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from console.parallel import each_part
from console.screened import screened_batch
from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from dossier.stages import Stage
from models.challengers import Challenger
from screening.evaluation.detection import Counts as KnownCounts
from screening.evaluation.detection import People, detection_json, known_counts, seen
from screening.evaluation.groups import group_rates
from screening.evaluation.outcomes import Outcomes, age_bands, gathered
from screening.evaluation.report import Evaluation, group_json, rate_json, rule_json
from screening.evaluation.rule_value import Counts, rule_counts, rule_values
from screening.evaluation.yardsticks import (
    SameWorkload,
    Yardstick,
    area_under_curve,
    at_same_workload,
    paired_misses,
)
from screening.profiles import Tallies, merged, tallied
from screening.referral import agency_names
from screening.screener import Screener
from synthetic.channels import GROUPS, POOLED, identified, person_groups, released_channels
from synthetic.cohort import dossiers_of, truth_of
from synthetic.cohort_files import ParquetSheet, part_name, parts_of, write_part
from synthetic.draw import Drawn, Plan
from synthetic.oracle import Oracle
from synthetic.streams import words

MOST_OTHERS = 200_000
"""Others on whom the yardsticks run; more add nothing but time."""


@dataclass(frozen=True)
class Rivals:
    """What the screener is measured against."""

    oracle: Oracle
    challenger: Challenger | None


@dataclass(frozen=True)
class RivalScores:
    """Scores of the rivals on the rows on which they ran.

    Attributes:
        oracle, challenger: Shape (m,): scores; the challenger's empty where there is none.
        weights: Shape (m,): rows of the cohort for which each stands, because only some were looked at.
        is_victim: Shape (m,): the truth; all others are lawful or irregular.
    """

    oracle: npt.NDArray[np.float64]
    challenger: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    is_victim: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PartResult:
    """All that remains of a part once it is drawn, written and screened."""

    outcomes: Outcomes
    rules: Counts
    rivals: RivalScores | None
    instructed: npt.NDArray[np.bool_]
    known: KnownCounts
    tallies: Tallies


@dataclass(frozen=True)
class Job:
    """One run of the main job.

    Attributes:
        plan: What is drawn.
        screener: Who screens.
        rivals: Yardsticks; None to leave them out.
        stage: The headline stage.
        instruction: Youngest and oldest age of the women whom the 2023 instruction names.
    """

    plan: Plan
    screener: Screener
    rivals: Rivals | None
    stage: Stage
    instruction: tuple[int, int]

    @property
    def threshold(self) -> int:
        """Hundredths, at the headline stage."""
        return self.screener.operating_point.threshold(self.stage)

    def run(
        self, folder: Path, workers: int, done: Callable[[int], None] = lambda _: None
    ) -> tuple[list[PartResult], float]:
        """Draw, write and screen every part; returns the results in order, and the seconds it took.

        Args:
            folder: Where `cohort` and `screened` go.
            workers: Parts worked on at a time.
            done: Called with the number of rows of each finished part.
        """
        started = time.perf_counter()
        results: list[PartResult] = []
        for result in each_part(partial(self._run_part, folder), len(parts_of(self.plan.size)), workers):
            results.append(_carrying_on(results, result))
            done(len(result.outcomes))
        return results, time.perf_counter() - started

    def _run_part(self, folder: Path, number: int) -> PartResult:
        chunks: list[PartResult] = []
        with ParquetSheet(folder / "screened" / part_name(number)) as sheet:
            write_part(
                self.plan,
                folder / "cohort",
                number,
                seen=lambda drawn: chunks.append(self._reduce(drawn, sheet)),
            )
        return _one(chunks)

    def _reduce(self, drawn: Drawn, sheet: ParquetSheet) -> PartResult:
        dossiers, truth = dossiers_of(drawn), truth_of(self.plan.world, drawn)
        assessments = {stage: self.screener.assess(dossiers, stage) for stage in Stage}
        sheet.write(screened_batch(self.screener, assessments, self.stage))
        headline = assessments[self.stage]
        outcomes = Outcomes(
            truth=truth,
            sex=dossiers.columns["sex"].astype(np.int8),
            age_band=age_bands(dossiers),
            province=dossiers.columns["province"].astype(np.int8),
            risk={stage.label: found.risk for stage, found in assessments.items()},
            recommendation=headline.recommendation,
            agency=headline.agency,
            leading=headline.score.leading,
        )
        rules = rule_counts(self.screener, headline, self.threshold, truth.truth_class)
        return PartResult(
            outcomes,
            rules,
            self._rival_scores(drawn, dossiers, outcomes),
            self._instructed(dossiers),
            self._known(drawn, outcomes),
            tallied(dossiers, headline.recommendation, self.stage),
        )

    def _known(self, drawn: Drawn, outcomes: Outcomes) -> KnownCounts:
        """Return the victims counted by who knows them; nothing else of that leaves the part."""
        return known_counts(
            list(identified(self.plan.world, drawn, self.plan.seed).values()),
            person_groups(drawn.truth),
            outcomes.truth.is_victim,
            outcomes.flagged(self.stage, self.threshold),
            len(GROUPS),
        )

    def _rival_scores(self, drawn: Drawn, dossiers: Dossiers, outcomes: Outcomes) -> RivalScores | None:
        if self.rivals is None:
            return None
        truth = outcomes.truth
        share = min(1.0, MOST_OTHERS / self.plan.size)
        lot = words(self.plan.seed, "yardstick", rows=drawn.rows) / 2.0**64
        rows = np.flatnonzero(truth.is_victim | (truth.is_counted_as_other & (lot < share)))
        observed = {name: codes[rows] for name, codes in drawn.observed.items()}
        challenger = self.rivals.challenger
        return RivalScores(
            oracle=self.rivals.oracle.log_odds(observed),
            challenger=challenger.scores(dossiers.take(rows)) if challenger and rows.size else np.empty(0),
            weights=np.where(truth.is_victim[rows], 1.0, 1.0 / share),
            is_victim=truth.is_victim[rows],
        )

    def _instructed(self, dossiers: Dossiers) -> npt.NDArray[np.bool_]:
        """Return whom the instruction of 2023 names: women of an age."""
        youngest, oldest = self.instruction
        age, sex = dossiers.columns["age"], dossiers["sex"]
        return np.asarray((sex.values == sex.field.code("female")) & (age >= youngest) & (age <= oldest))


def _carrying_on(before: list[PartResult], result: PartResult) -> PartResult:
    """Return a part's result with the tallies of all before it, which give theirs up; actors recur."""
    if not before:
        return result
    carried, before[-1] = before[-1].tallies, replace(before[-1], tallies={})
    return replace(result, tallies=merged([carried, result.tallies]))


def _one(chunks: list[PartResult]) -> PartResult:
    found = [chunk.rivals for chunk in chunks if chunk.rivals is not None]
    rivals = None
    if found:
        names = ("oracle", "challenger", "weights", "is_victim")
        rivals = RivalScores(*(np.concatenate([getattr(r, name) for r in found]) for name in names))
    return PartResult(
        gathered([chunk.outcomes for chunk in chunks]),
        np.sum([chunk.rules for chunk in chunks], axis=0),
        rivals,
        np.concatenate([chunk.instructed for chunk in chunks]),
        np.sum([chunk.known for chunk in chunks], axis=0),
        merged(chunk.tallies for chunk in chunks),
    )


def evaluation_of(job: Job, results: list[PartResult], extras: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation of a finished job.

    Args:
        job: The job.
        results: What `Job.run` returned.
        extras: Further content of the report, such as examples and provenance.
    """
    whole = _one(results)
    outcomes, screener = whole.outcomes, job.screener
    rule_ids = [rule.id for rule in screener.rulebook.rules]
    values = rule_values(rule_ids, whole.rules, outcomes)
    found = {
        "rules": [rule_json(value) for value in values],
        **_rival_content(job, whole),
        "instruction_2023": _instruction_content(whole),
        "detection": _detection_content(whole),
        **extras,
    }
    return Evaluation(
        outcomes,
        job.stage,
        screener.operating_point.thresholds,
        screener.cards.families,
        agency_names(),
        found,
        job.plan.base_rate,
        _share_left(job.plan, outcomes),
    )


def _share_left(plan: Plan, outcomes: Outcomes) -> float | None:
    """Return the base rate as levers left it; None without a base rate."""
    return plan.share_left(int(outcomes.truth.is_victim.sum()))


def _weights(plan: Plan, outcomes: Outcomes) -> tuple[float, float]:
    """Return the people for which a victim and anybody else stand, by the share of victims that is left."""
    share, victims = _share_left(plan, outcomes), int(outcomes.truth.is_victim.sum())
    if share is None or not 0 < victims < len(outcomes):
        return 1.0, 1.0
    return share * len(outcomes) / victims, (1 - share) * len(outcomes) / (len(outcomes) - victims)


def _rival_content(job: Job, whole: PartResult) -> dict[str, Any]:
    """Return the misses of oracle and challenger where they flag as many people as the screener."""
    outcomes, rivals = whole.outcomes, whole.rivals
    if rivals is None:
        return {}
    counted = outcomes.truth.is_victim | outcomes.truth.is_counted_as_other
    flagged = outcomes.flagged(job.stage, job.threshold)
    weights = _weights(job.plan, outcomes)
    by_class = np.where(outcomes.truth.is_victim, *weights)
    flags = float(by_class[flagged & counted].sum())
    ours = ~flagged[outcomes.truth.is_victim]
    content = {}
    for name in ("oracle", "challenger"):
        scores = getattr(rivals, name)
        if len(scores):
            stands_for = rivals.weights * np.where(rivals.is_victim, *weights)
            same = at_same_workload(Yardstick(scores, stands_for, rivals.is_victim), flags)
            content[name] = _same_workload_json(same, ours)
            if min(rivals.is_victim.sum(), (~rivals.is_victim).sum()) > 1:
                area = area_under_curve(scores[rivals.is_victim], scores[~rivals.is_victim])
                content[name]["area_under_curve"] = vars(area)
    return content


def _same_workload_json(same: SameWorkload, ours: npt.NDArray[np.bool_]) -> dict[str, Any]:
    difference = paired_misses(ours, same.missed)
    low, high = difference.interval
    return {
        "miss_rate_at_same_workload": rate_json(same.miss, "missed"),
        "missed_best": same.best,
        "missed_worst": same.worst,
        "screener_minus_this": {
            "estimate": difference.estimate if difference.n else None,
            "low": low,
            "high": high,
            "n": difference.n,
        },
    }


def _instruction_content(whole: PartResult) -> dict[str, Any]:
    """Return what the instruction of 2023, women of an age, would miss and whom it would stop."""
    return group_json(group_rates(whole.outcomes, whole.instructed)[0])


def _detection_content(whole: PartResult) -> dict[str, Any]:
    """Return who becomes known to each channel, and what each looks for."""
    channels = released_channels()
    titles = {
        name: {part: getattr(channel, part).model_dump() for part in ("title", "description", "limits")}
        for name, channel in channels.items()
    }
    return detection_json(seen(list(channels), whole.known, People(GROUPS, POOLED)), titles)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, aside and then renamed.

    Raises:
        BadInput: If a folder stands where the file should go.
    """
    if path.is_dir():
        raise BadInput.of("this is a folder", where=str(path), mend="Give the name of a file.")
    aside = path.with_suffix(".unfinished")
    try:
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
