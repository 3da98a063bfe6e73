"""The people of a finished run, read back from its files: truth, groups and risk, as `saring evaluate` does.

Only counts of them leave the workbench. Runs of very many people are left to the command line, since a page
must not take the memory that a class beside it needs.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from console.belonging import check_belonging
from console.kept_runs import EVALUATION, check_keeps_people
from console.screened import Screened, read_screened
from console.screeners import SCREENED
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS
from screening.evaluation.groups import people_by
from screening.evaluation.outcomes import Outcomes, bands_of, check_typologies, matching_rows
from screening.evaluation.tally import Tally
from synthetic.sealed import Sealed, read_sealed

TRUE_FIELDS = ("sex", "age", "province")
"""True fields by which people are divided."""

GROUPINGS = ("typology", "tier", "sex", "age_band", "province", "traveller")
"""How the people of a run are divided, in the order of the page."""

EVERYBODY = ""
"""The grouping that puts everybody into one group."""

MOST_PEOPLE = 2_000_000
"""About a hundred bytes each, for as long as they are counted."""

MOST_HELD = 2
"""Runs of which people are held in memory: those that are compared."""

MOST_COUNTED = 8
"""Runs of which counts are held; a few megabytes each."""

Tallies = Mapping[str, Mapping[str, Tally]]
"""People counted by their risk: by stage, and then by grouping."""


def outcomes_of_files(
    screened: Screened, sealed: Sealed, screened_at: str = "", truth_at: str = ""
) -> Outcomes:
    """Return what an evaluation needs to know of whoever was screened, in the order of the screening.

    Args:
        screened: What a screening found.
        sealed: The truth of the same people, with the codes of `TRUE_FIELDS`.
        screened_at, truth_at: Where either stands, for messages.

    Raises:
        BadInput: If they are not of the same people.
    """
    rows = matching_rows(sealed.truth, screened.applicants, screened_at, truth_at)
    check_typologies(sealed.truth, truth_at)
    edges = np.array(fields()["age"].edges)
    return Outcomes(
        truth=sealed.truth.take(rows),
        sex=sealed.codes["sex"][rows],
        age_band=bands_of(edges)[sealed.codes["age"][rows]],
        province=sealed.codes["province"][rows],
        risk=screened.risk,
        recommendation=screened.recommendation,
        agency=screened.agency,
        leading=screened.leading,
    )


def people_of(folder: Path) -> Outcomes:
    """Return the people of a run.

    Args:
        folder: Of the run.

    Raises:
        BadInput: If the run keeps no files of people, has too many of them, or its files do not belong
            together.
    """
    return _people(folder, _version(folder))


def tallies_of(folder: Path) -> Tallies:
    """Return the people of a run counted by risk, for every stage at which they were screened.

    Raises:
        BadInput: As `people_of` does.
    """
    return _tallies(folder, _version(folder))


def _version(folder: Path) -> int:
    """Return what changes when a run is made again, so that nobody is shown counts of the one before."""
    return (folder / EVALUATION).stat().st_mtime_ns


@lru_cache(MOST_HELD)
def _people(folder: Path, _: int) -> Outcomes:
    check_keeps_people(folder)
    screened_at = folder / SCREENED
    screened = read_screened(screened_at)
    if len(screened.applicants) > MOST_PEOPLE:
        what = f"this run has {len(screened.applicants):,} people, and a page reads {MOST_PEOPLE:,} at most"
        raise BadInput.of(what, where=folder.name, mend="Use `saring evaluate` and `saring compare`.")
    sealed = read_sealed(folder, TRUE_FIELDS)
    check_belonging(screened_at, screened, folder)
    return outcomes_of_files(screened, sealed, str(screened_at), str(folder))


@lru_cache(MOST_COUNTED)
def _tallies(folder: Path, version: int) -> Tallies:
    people = _people(folder, version)
    return {
        stage: {
            EVERYBODY: people_by(people, stage),
            **{name: people_by(people, stage, [name]) for name in GROUPINGS},
        }
        for stage in STAGE_LABELS
        if stage in people.risk
    }
