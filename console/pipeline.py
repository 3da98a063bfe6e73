"""The main job, composed: draw, screen, evaluate, report, part by part and never the whole cohort at once.

Each part is drawn, written, screened at every stage and reduced to what the evaluation needs. Yardsticks run
on all victims and on at most a fixed number of others, chosen by the row's own random word and weighted.
Parts are independent, so any number of workers gives the same result.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from console.fair import STREAM, Fair, fair, fair_content, joined_fair
from console.mixtures import declared_mixture
from console.parallel import each_part
from console.rivals import MOST_OTHERS, Rivals, compared_content
from console.routing import Followed, followed, followed_content, joined_followed
from console.screened import screened_batch
from dossier.dossiers import Dossiers
from dossier.stages import Stage
from screening.evaluation.baselines import Counts as PublishedCounts
from screening.evaluation.baselines import baseline_counts, baseline_report, baselines_json
from screening.evaluation.detection import Counts as KnownCounts
from screening.evaluation.detection import People, detection_json, known_counts, seen
from screening.evaluation.outcomes import Outcomes, gathered, outcomes_of
from screening.evaluation.panel import Panel, joined_panels, panel_of
from screening.evaluation.pathway_report import Walked, walk_json
from screening.evaluation.reliability import reliability_json
from screening.evaluation.report import Evaluation, rule_json
from screening.evaluation.rule_value import Counts, rule_counts, rule_values
from screening.pathway import Travellers, joined_travellers, travellers, walk
from screening.pathway_policy import PathwayPolicy
from screening.profiles import Tallies, merged, tallied
from screening.referral import agency_names
from screening.rulebook import CompiledRulebook
from screening.rules_only import Flags, published_flags
from screening.screener import Screener
from synthetic.changes import scenario_hash
from synthetic.channels import GROUPS, POOLED, identified, person_groups, released_channels
from synthetic.cohort import dossiers_of, truth_of
from synthetic.cohort_files import ParquetSheet, part_name, parts_of, write_part
from synthetic.draw import Drawn, Plan
from synthetic.streams import words


@dataclass(frozen=True)
class PartResult:
    """All that remains of a part once it is drawn, written and screened."""

    outcomes: Outcomes
    rules: Counts
    panel: Panel | None
    published: PublishedCounts
    known: KnownCounts
    tallies: Tallies
    followed: Followed
    fair: Fair
    people: Travellers | None = None


@dataclass(frozen=True)
class Job:
    """One run of the main job.

    Attributes:
        plan: What is drawn.
        screener: Who screens.
        rivals: Yardsticks; None to leave them out.
        stage: The headline stage.
        published: Rulebooks that decide by themselves, by name; measured beside.
        pathway: Who is sent where, and how many can be seen; None not to walk the pathway.
    """

    plan: Plan
    screener: Screener
    rivals: Rivals | None
    stage: Stage
    published: Mapping[str, CompiledRulebook]
    pathway: PathwayPolicy | None = None

    @property
    def threshold(self) -> int:
        """Hundredths, at the headline stage."""
        return self.screener.operating_point.threshold(self.stage)

    @cached_property
    def _scenario_hash(self) -> str:
        return scenario_hash(self.plan.world.scenario)

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
        sheet.write(screened_batch(self.screener, assessments, self.stage, self._scenario_hash))
        headline = assessments[self.stage]
        outcomes = outcomes_of(dossiers, truth, assessments, self.stage)
        rules = rule_counts(self.screener, headline, self.threshold, truth.truth_class)
        published = published_flags(self.published, dossiers, self.stage)
        return PartResult(
            outcomes,
            rules,
            self._panel(drawn, dossiers, outcomes, published),
            baseline_counts(outcomes.truth, outcomes.sex, outcomes.age_band, list(published.values())),
            self._known(drawn, outcomes),
            tallied(dossiers, headline.recommendation, self.stage),
            followed(self.screener, dossiers, outcomes, headline),
            fair(
                self.screener,
                headline,
                self.threshold,
                outcomes,
                words(self.plan.seed, STREAM, rows=drawn.rows),
                self.plan.size,
                audit=self.rivals is not None,
            ),
            travellers(self.screener, dossiers, assessments) if self.pathway else None,
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

    def _panel(
        self, drawn: Drawn, dossiers: Dossiers, outcomes: Outcomes, published: Mapping[str, Flags]
    ) -> Panel | None:
        """Return the people of a part on whom everybody is compared; None without rivals."""
        if self.rivals is None:
            return None
        truth = outcomes.truth
        share = min(1.0, MOST_OTHERS / self.plan.size)
        lot = words(self.plan.seed, "yardstick", rows=drawn.rows) / 2.0**64
        rows = np.flatnonzero(truth.is_victim | (truth.is_counted_as_other & (lot < share)))
        scores = self.rivals.scores(drawn, dossiers, self.screener.rulebook, rows)
        return panel_of(outcomes, self.stage, rows, 1.0 / share, scores, published)


def _carrying_on(before: list[PartResult], result: PartResult) -> PartResult:
    """Return a part's result with the tallies of all before it, which give theirs up; actors recur."""
    if not before:
        return result
    carried, before[-1] = before[-1].tallies, replace(before[-1], tallies={})
    return replace(result, tallies=merged([carried, result.tallies]))


def _one(chunks: list[PartResult]) -> PartResult:
    return PartResult(
        gathered([chunk.outcomes for chunk in chunks]),
        np.sum([chunk.rules for chunk in chunks], axis=0),
        joined_panels([chunk.panel for chunk in chunks if chunk.panel is not None]),
        np.sum([chunk.published for chunk in chunks], axis=0),
        np.sum([chunk.known for chunk in chunks], axis=0),
        merged(chunk.tallies for chunk in chunks),
        joined_followed([chunk.followed for chunk in chunks]),
        joined_fair([chunk.fair for chunk in chunks]),
        joined_travellers([chunk.people for chunk in chunks if chunk.people is not None]),
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
        "baselines": _baselines_content(job, whole),
        **_reliability_content(job, outcomes),
        "detection": _detection_content(whole),
        **followed_content(screener, whole.followed),
        **fair_content(screener, whole.fair, outcomes, job.stage, job.plan),
        **_walk_content(job, whole),
        "mixtures": {"scenario": declared_mixture(job.plan.world)},
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
    """Return how the screener compares with everybody it was measured against, on the same people."""
    if whole.panel is None or job.rivals is None:
        return {}
    weights = _weights(job.plan, whole.outcomes)
    calibration = job.screener.operating_point.calibration(job.stage)
    return compared_content(whole.panel, job.threshold, weights, job.rivals, calibration)


def _baselines_content(job: Job, whole: PartResult) -> list[dict[str, Any]]:
    """Return what the published rulebooks would miss, and whom they would stop."""
    report = baseline_report(list(job.published), whole.outcomes.truth.family_names, whole.published)
    return baselines_json(report, {name: book.rulebook.title for name, book in job.published.items()})


def _reliability_content(job: Job, outcomes: Outcomes) -> dict[str, Any]:
    """Return whether shown chances come true; nothing where no calibration belongs to the screener."""
    calibration = job.screener.operating_point.calibration(job.stage)
    if calibration is None:
        return {}
    found = reliability_json(outcomes.risk[job.stage.label], outcomes, calibration)
    return {"reliability": found} if found else {}


def _walk_content(job: Job, whole: PartResult) -> dict[str, Any]:
    """Return the walk of the pathway, as far as the officers' time allows; nothing if not asked for."""
    if job.pathway is None or whole.people is None:
        return {}
    year = job.plan.world.scenario.scenario.year
    walked = walk(whole.people, job.pathway, year)
    return {"pathway_walk": walk_json(Walked(whole.outcomes, whole.people, walked, job.pathway))}


def _detection_content(whole: PartResult) -> dict[str, Any]:
    """Return who becomes known to each channel, and what each looks for."""
    channels = released_channels()
    titles = {
        name: {part: getattr(channel, part).model_dump() for part in ("title", "description", "limits")}
        for name, channel in channels.items()
    }
    return detection_json(seen(list(channels), whole.known, People(GROUPS, POOLED)), titles)
