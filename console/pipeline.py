"""The main job, composed: draw, screen, evaluate, report, part by part and never the whole cohort at once.

Each part is drawn, written, screened at every stage and reduced to counts that do not grow with the cohort.
Yardsticks and other side measurements are taken on all victims and on at most a fixed number of others, whom
the row's own random word chooses; the report says on how many. Parts are independent, so that any number of
workers gives the same result.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from console.fair import STREAM, Fair, fair, fair_content, fresh_victims, joined_fair
from console.mixtures import declared_mixture
from console.parts.digests import PartDigest
from console.parts.parallel import Workers
from console.parts.unfinished import Work, worked
from console.rivals import MOST_OTHERS, Rivals, compared_content
from console.routing import Followed, followed, followed_content, joined_followed
from console.screened import screened_batch
from console.screeners import SCREENED
from console.walking import Walkers, joined_walkers
from dossier.dossiers import Dossiers
from dossier.places import Place
from dossier.stages import Stage
from screening.evaluation.baselines import Counts as PublishedCounts
from screening.evaluation.baselines import baseline_counts, baseline_report, baselines_json
from screening.evaluation.detection import Counts as KnownCounts
from screening.evaluation.detection import People, detection_json, known_counts, seen
from screening.evaluation.fairness.gaps import terms
from screening.evaluation.investigations import Uses, joined_uses, uses_of
from screening.evaluation.measured import measured_json
from screening.evaluation.outcomes import Outcomes, outcomes_of
from screening.evaluation.panel import Panel, joined_panels, panel_of
from screening.evaluation.pathway_report import Walked, walk_json
from screening.evaluation.reliability import reliability_json
from screening.evaluation.report import Report, rule_json
from screening.evaluation.rule_value import Counts, rule_counts, rule_values
from screening.evaluation.summary import Summary, joined_summaries, sample_below, summarised
from screening.pathway import travellers, walk
from screening.pathway_policy import PathwayPolicy
from screening.profiles import Tallies, merged, share_followed, tallied
from screening.referral import agency_names
from screening.rulebook import CompiledRulebook
from screening.rules_only import Flags, published_flags
from screening.screener import Assessment, Screener
from synthetic.changes import scenario_hash
from synthetic.channels import GROUPS, POOLED, identified, person_groups, released_channels
from synthetic.cohort import CHUNK, dossiers_of, truth_of
from synthetic.cohort_files import ROWS_PER_GROUP, part_name, parts_of, write_part
from synthetic.draw import ID_BITS, Drawn, Plan
from synthetic.sheets import Form, GroupedSheet, sheet_of
from synthetic.streams import words

Rows: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True)
class PartResult:
    """All that remains of a part once it is drawn and screened; results of parts are joined.

    Attributes:
        summary: Everybody, counted.
        rules: Whom each rule fires on, and whose flag depends on it.
        panel: The people on whom rivals are compared; None without rivals.
        published: Whom published rulebooks would flag, of those who are measured.
        known: Victims by who knows them.
        tallies: Counts of the shared actors that are followed.
        uses: Who shares them.
        followed: What follows from a flag.
        fair: What fairness needs beside rates.
        walkers: Who walks the pathway; None where nobody does.
        digests: A hash for each part of whom it drew and what was made of them, in order.
        yardsticks_s: Seconds of processors that the yardsticks took to score.
    """

    summary: Summary
    rules: Counts
    panel: Panel | None
    published: PublishedCounts
    known: KnownCounts
    tallies: Tallies
    uses: Uses
    followed: Followed
    fair: Fair
    walkers: Walkers | None = None
    digests: tuple[str, ...] = ()
    yardsticks_s: float = 0.0


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
        form: How files of people are written; None to write none.
        chunk: Rows drawn and screened at once; changes no result.
    """

    plan: Plan
    screener: Screener
    rivals: Rivals | None
    stage: Stage
    published: Mapping[str, CompiledRulebook]
    pathway: PathwayPolicy | None = None
    form: Form | None = "parquet"
    chunk: int = CHUNK

    @property
    def threshold(self) -> int:
        """Hundredths, at the headline stage."""
        return self.screener.operating_point.threshold(self.stage)

    @cached_property
    def _scenario_hash(self) -> str:
        return scenario_hash(self.plan.world.scenario)

    @property
    def share_of_others(self) -> float:
        """Share of the lawful and irregular on whom yardsticks and other side measurements are taken."""
        return min(1.0, MOST_OTHERS / self.plan.size)

    @property
    def share_of_actors(self) -> float:
        """Share of the shared actors that is followed."""
        return share_followed(self.plan.size)

    def run(
        self,
        place: Place,
        workers: Workers,
        identity: Mapping[str, Any],
        *,
        resume: bool = False,
        done: Callable[[int], None] = lambda _: None,
        say: Callable[[str], None] = lambda _: None,
    ) -> tuple[PartResult, float]:
        """Draw, write and screen every part; returns what remains of them, and the seconds it took.

        Args:
            place: Where `cohort` and `screened` go.
            workers: Who works on the parts.
            identity: Everything that decides the results; see `console.parts.unfinished.Work`.
            resume: Whether to take parts that are there already.
            done: Called with the number of rows of each finished part.
            say: Called with a sentence about a part that has to be done again.

        Raises:
            BadInput: If a part's input is bad.
            Halted: If the work cannot go on; finished parts stay.
        """
        started, parts = time.perf_counter(), parts_of(self.plan.size)
        results = worked(
            Work(identity, len(parts), self.part, PartResult),
            place,
            workers,
            resume=resume,
            done=lambda number: done(len(parts[number])),
            say=say,
        )
        return joined_results(results), time.perf_counter() - started

    def part(self, number: int, folder: Path) -> PartResult:
        """Draw and screen part `number`; write `cohort` and `screened` below `folder` if files are wanted.

        Returns:
            What remains of it.
        """
        chunks: list[PartResult] = []
        digest = PartDigest()
        cohort, screened = folder / "cohort", folder / SCREENED
        with ExitStack() as open_sheets:
            sheet = None
            if self.form is not None:
                cohort.mkdir(parents=True)
                file = open_sheets.enter_context(sheet_of(screened / part_name(number, self.form), self.form))
                sheet = open_sheets.enter_context(GroupedSheet(file, ROWS_PER_GROUP))
            seen_rows = partial(self._seen, chunks, digest, sheet)
            write_part(self.plan, cohort, number, seen_rows, chunk=self.chunk, form=self.form)
        return replace(_one(chunks), digests=(digest.hexdigest(),))

    def _seen(
        self, chunks: list[PartResult], digest: PartDigest, sheet: GroupedSheet | None, drawn: Drawn
    ) -> None:
        chunks.append(self.reduced(drawn, sheet, digest))

    def reduced(
        self, drawn: Drawn, sheet: GroupedSheet | None = None, digest: PartDigest | None = None
    ) -> PartResult:
        """Return what remains of some rows.

        Args:
            drawn: The rows.
            sheet: The file of screened applicants; None to write none.
            digest: Takes up the results, in the order of the rows; None to keep no hash of them.
        """
        dossiers, truth = dossiers_of(drawn), truth_of(self.plan.world, drawn)
        assessments = self.screener.assess_all(dossiers, self.stage)
        if sheet is not None:
            sheet.write(screened_batch(self.screener, assessments, self.stage, self._scenario_hash))
        headline = assessments[self.stage]
        outcomes = outcomes_of(dossiers, truth, assessments, self.stage)
        if digest is not None:
            digest.add(outcomes)
        flagged = outcomes.flagged(self.stage, self.threshold)
        measured = self._measured(drawn, outcomes)
        few = outcomes.take(measured)
        published = published_flags(self.published, dossiers.take(measured), self.stage)
        share = self.share_of_actors
        before = time.thread_time()
        panel = self._panel(drawn, dossiers, few, measured, published)
        yardsticks_s = time.thread_time() - before if self.rivals else 0.0
        return PartResult(
            self._summary(outcomes, drawn.rows),
            rule_counts(self.screener, headline, self.threshold, truth.truth_class),
            panel,
            baseline_counts(few.truth, few.sex, few.age_band, list(published.values())),
            self._known(drawn, outcomes, flagged),
            tallied(dossiers, headline.recommendation, self.stage, share),
            uses_of(dossiers, truth, truth.is_victim & ~flagged, self.stage, share),
            followed(self.screener, dossiers, outcomes, headline, measured),
            fair(
                self.screener,
                headline,
                self.threshold,
                outcomes,
                words(self.plan.seed, STREAM, rows=drawn.rows),
                self.plan.size,
                audit=self.rivals is not None,
            ),
            self._walkers(dossiers, outcomes, assessments),
            yardsticks_s=yardsticks_s,
        )

    def _summary(self, outcomes: Outcomes, rows: range) -> Summary:
        below = sample_below(self.plan.size, 2**ID_BITS)
        thresholds = self.screener.operating_point.thresholds
        # A run that keeps no files is asked by the workbench for these, too.
        more = () if self.form else ("typology", "tier", "traveller")
        burdens = tuple(dict.fromkeys((*terms().burden.by, *more)))
        return summarised(outcomes, self.stage, thresholds, rows, burdens=burdens, below=below)

    def _measured(self, drawn: Drawn, outcomes: Outcomes) -> Rows:
        """Return on whom side measurements are taken: everybody but others beyond a share, by lot."""
        lot = words(self.plan.seed, "yardstick", rows=drawn.rows) / 2.0**64
        return np.flatnonzero(~outcomes.truth.is_counted_as_other | (lot < self.share_of_others))

    def _known(self, drawn: Drawn, outcomes: Outcomes, flagged: Flags) -> KnownCounts:
        """Return the victims counted by who knows them; nothing else of that leaves the part."""
        return known_counts(
            list(identified(self.plan.world, drawn, self.plan.seed).values()),
            person_groups(drawn.truth),
            outcomes.truth.is_victim,
            flagged,
            len(GROUPS),
        )

    def _panel(
        self,
        drawn: Drawn,
        dossiers: Dossiers,
        few: Outcomes,
        measured: Rows,
        published: Mapping[str, Flags],
    ) -> Panel | None:
        """Return the people of a part on whom everybody is compared; None without rivals."""
        if self.rivals is None:
            return None
        places = np.flatnonzero(few.truth.is_victim | few.truth.is_counted_as_other)
        scores = self.rivals.scores(drawn, dossiers, self.screener.rulebook, measured[places])
        return panel_of(few, self.stage, places, 1.0 / self.share_of_others, scores, published)

    def _walkers(
        self, dossiers: Dossiers, outcomes: Outcomes, assessments: Mapping[Stage, Assessment]
    ) -> Walkers | None:
        if self.pathway is None:
            return None
        return Walkers.of(outcomes, travellers(self.screener, dossiers, assessments))


def joined_results(parts: Iterable[PartResult]) -> PartResult:
    """Return the results of all parts together, of which there is at least one.

    They are joined as they come, each with one of equally many parts, so that few are held at a time and
    none is joined more often than the number of parts has digits.
    """
    held: list[tuple[int, PartResult]] = []
    for part in parts:
        number, result = 1, part
        while held and held[-1][0] == number:
            result, number = _one([held.pop()[1], result]), 2 * number
        held.append((number, result))
    return _one([result for _, result in held])


def _one(chunks: Sequence[PartResult]) -> PartResult:
    if len(chunks) == 1:
        return chunks[0]
    return PartResult(
        joined_summaries([chunk.summary for chunk in chunks]),
        np.sum([chunk.rules for chunk in chunks], axis=0),
        joined_panels([chunk.panel for chunk in chunks if chunk.panel is not None]),
        np.sum([chunk.published for chunk in chunks], axis=0),
        np.sum([chunk.known for chunk in chunks], axis=0),
        merged(chunk.tallies for chunk in chunks),
        joined_uses([chunk.uses for chunk in chunks]),
        joined_followed([chunk.followed for chunk in chunks]),
        joined_fair([chunk.fair for chunk in chunks]),
        joined_walkers([chunk.walkers for chunk in chunks if chunk.walkers is not None]),
        tuple(digest for chunk in chunks for digest in chunk.digests),
        sum(chunk.yardsticks_s for chunk in chunks),
    )


def evaluation_of(job: Job, whole: PartResult, extras: Mapping[str, Any]) -> Report:
    """Return the evaluation of a finished job.

    Args:
        job: The job.
        whole: What `Job.run` returned.
        extras: Further content of the report, such as examples and provenance.
    """
    summary, screener = whole.summary, job.screener
    rule_ids = [rule.id for rule in screener.rulebook.rules]
    values = rule_values(rule_ids, whole.rules, summary.by_class)
    victims = fresh_victims(job.plan, screener, job.stage)
    found = {
        "rules": [rule_json(value) for value in values],
        **_rival_content(job, whole),
        "baselines": _baselines_content(job, whole),
        **_reliability_content(job, summary),
        "detection": _detection_content(whole),
        **followed_content(screener, whole.followed),
        **fair_content(screener, whole.fair, summary, victims),
        **_walk_content(job, whole),
        "mixtures": {"scenario": declared_mixture(job.plan.world)},
        "measured_on": measured_json(
            summary, whole.followed.harms[0], whole.fair.dependence, whole.fair.reasons, whole.panel
        ),
        **extras,
    }
    left = _share_left(job.plan, summary)
    return Report(summary, agency_names(), found, job.plan.base_rate, left)


def _share_left(plan: Plan, summary: Summary) -> float | None:
    """Return the base rate as levers left it; None without a base rate."""
    return plan.share_left(summary.victims)


def _weights(plan: Plan, summary: Summary) -> tuple[float, float]:
    """Return the people for which a victim and anybody else stand, by the share of victims that is left."""
    share, victims, n = _share_left(plan, summary), summary.victims, len(summary)
    if share is None or not 0 < victims < n:
        return 1.0, 1.0
    return share * n / victims, (1 - share) * n / (n - victims)


def _rival_content(job: Job, whole: PartResult) -> dict[str, Any]:
    """Return how the screener compares with everybody it was measured against, on the same people."""
    if whole.panel is None or job.rivals is None:
        return {}
    weights = _weights(job.plan, whole.summary)
    calibration = job.screener.operating_point.calibration(job.stage)
    return compared_content(whole.panel, job.threshold, weights, job.rivals, calibration)


def _baselines_content(job: Job, whole: PartResult) -> list[dict[str, Any]]:
    """Return what the published rulebooks would miss, and whom they would stop."""
    report = baseline_report(list(job.published), whole.summary.nobody.truth.family_names, whole.published)
    return baselines_json(report, {name: book.rulebook.title for name, book in job.published.items()})


def _reliability_content(job: Job, summary: Summary) -> dict[str, Any]:
    """Return whether shown chances come true; nothing where no calibration belongs to the screener."""
    calibration = job.screener.operating_point.calibration(job.stage)
    if calibration is None:
        return {}
    found = reliability_json(summary.everybody, calibration)
    return {"reliability": found} if found else {}


def _walk_content(job: Job, whole: PartResult) -> dict[str, Any]:
    """Return the walk of the pathway, as far as the officers' time allows; nothing if not asked for."""
    if job.pathway is None or whole.walkers is None:
        return {}
    year, people = job.plan.world.scenario.scenario.year, whole.walkers.travellers
    walked = walk(people, job.pathway, year)
    return {"pathway_walk": walk_json(Walked(whole.walkers.outcomes, people, walked, job.pathway))}


def _detection_content(whole: PartResult) -> dict[str, Any]:
    """Return who becomes known to each channel, and what each looks for."""
    channels = released_channels()
    titles = {
        name: {part: getattr(channel, part).model_dump() for part in ("title", "description", "limits")}
        for name, channel in channels.items()
    }
    return detection_json(seen(list(channels), whole.known, People(GROUPS, POOLED)), titles)
