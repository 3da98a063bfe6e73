"""Fairness within the main job: what each chunk leaves behind, and the section made of all of it.

While a chunk's dossiers are at hand, whose flag depends on which row or rule is counted, and the reasons of a
few lawful people are kept. Who is asked is decided by a random word of the row, so any chunk size and any
number of workers ask the same people. Dossiers do not leave the chunk. Once all chunks are done, victims are
drawn afresh, each from a network of its own, to judge misses by; they are not of the cohort and not written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from console.judging import Judge
from dossier.stages import Stage
from screening.evaluation.fairness.burden import Dependence, dependence, joined_dependences
from screening.evaluation.fairness.fairness_report import Facts, fairness_json
from screening.evaluation.fairness.gaps import terms
from screening.evaluation.fairness.proxy_audit import Reasons, joined_reasons, reasons_of
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.summary import Summary
from screening.screener import Assessment, Screener
from synthetic.draw import Plan
from synthetic.streams import stream_key

STREAM = "fairness"
"""Name of the stream of random words that decide who is asked, and of the seed of the fresh victims."""

VICTIM = "victim"
"""What the truth of victims is called."""

WORD = 2.0**64


@dataclass(frozen=True)
class Fair:
    """What a part of a cohort leaves behind.

    Attributes:
        dependence: On what its flags depend.
        reasons: Reasons of a sample of its lawful people; None where no audit is asked for.
    """

    dependence: Dependence
    reasons: Reasons | None


def fair(
    screener: Screener,
    assessment: Assessment,
    threshold: int,
    outcomes: Outcomes,
    words: npt.NDArray[np.uint64],
    size: int,
    *,
    audit: bool = True,
) -> Fair:
    """Return what a chunk leaves behind.

    Args:
        screener: The screener that made the assessment.
        assessment: Its result at the headline stage.
        threshold: Hundredths, at that stage.
        outcomes: The same people.
        words: Shape (n,): a random word for each row, of the stream `STREAM`.
        size: People of the whole cohort.
        audit: Whether to keep reasons for the audit.
    """
    lot, asked = words / WORD, terms()
    chosen = lot < asked.attribution.people / size
    counted = dependence(screener, assessment, threshold, outcomes, asked.burden.by, chosen)
    sampled = lot < asked.proxy.people / size
    return Fair(counted, reasons_of(screener, assessment, outcomes, sampled) if audit else None)


def joined_fair(parts: Sequence[Fair]) -> Fair:
    """Return what all parts leave behind together; there is at least one."""
    reasons = [part.reasons for part in parts if part.reasons is not None]
    return Fair(
        joined_dependences([part.dependence for part in parts]), joined_reasons(reasons) if reasons else None
    )


def fresh_victims(plan: Plan, screener: Screener, stage: Stage) -> Outcomes | None:
    """Return victims by whom misses are judged; None where the world has none.

    They share no random word with the cohort: their seed is derived from that of the plan.

    Args:
        plan: Of the cohort.
        screener: Who screens.
        stage: The headline stage.
    """
    if not plan.world.shares_by_truth[VICTIM]:
        return None
    judge, seed = Judge(plan.world, screener, stage), stream_key(plan.seed, STREAM)
    return judge.fresh("victims", terms().victims.people, seed, one_per_network=True).outcomes


def fair_content(
    screener: Screener, found: Fair | None, people: Summary, victims: Outcomes | None
) -> dict[str, Any]:
    """Return the fairness section of a finished job, as part of the report's content.

    Args:
        screener: Who screened.
        found: What the whole cohort left behind; None where only rates can be compared.
        people: Everybody, counted.
        victims: What `fresh_victims` returned.
    """
    facts = Facts(
        people,
        people.nobody if victims is None else victims,
        victims is not None,
        screener.operating_point.calibration(Stage.of(people.stage)),
        found.dependence if found else None,
        found.reasons if found else None,
    )
    return {"fairness": fairness_json(facts)}
