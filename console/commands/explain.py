"""`saring explain`: reasons for one applicant, adding up to the score, and what would have changed it.

The applicant is explained by the rules, cards and thresholds that screened the run. Where the screened file
tells another risk than they give today, nothing is explained: reasons for another score would mislead.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from console.commands.draw import COHORTS
from console.commands.screen import observed_files, read_dossiers
from console.examples import explanation_json
from console.explanations import ExplanationPage
from console.kept_runs import KeptRun, is_run, keeps_nobody
from console.output import Output
from console.screened import STAGE, THRESHOLDS
from console.screeners import SCREENED, decides, screener_of
from console.words import Speaker, speaker_of
from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from dossier.stages import STAGE_LABELS, Stage, stage_labelled
from dossier.tables import APPLICANT
from screening.counterfactual import what_would_change
from screening.explain import Explanation, explain
from screening.referral import headline_stage
from screening.screener import Screener

Found = TypeVar("Found")

HALF_A_HUNDREDTH = 0.005
"""Points are whole hundredths, so this is how far a risk from a file may be off."""

_NAMED = 3
"""Identity numbers that are named to somebody who gave one that is not there."""


def explain_applicant(folder: Path, applicant: int, stage: str | None, language: str, output: Output) -> None:
    """Find the applicant and print the explanation.

    Args:
        folder: Of a run, of a cohort, or of what was screened.
        applicant: Identity number.
        stage: Label of a stage; the stage of the run when left out.
        language: `en` or `id`.
        output: How to speak.

    Raises:
        BadInput: If the folder, the applicant, the stage or the language is not there, or the run was
            screened with rules, cards or dossiers that are no longer found.
    """
    speaker = speaker_of(language)
    place = _with_dossiers(folder)
    chosen = _whole(folder, lambda: _stage(stage, place, _screened_files(folder)))
    screener = screener_of(_folder(folder) if _is_screened(folder) else place)
    dossiers, row = _find(place, applicant)
    found = explain(screener, dossiers, row, chosen)
    _whole(folder, lambda: _check_screened(_screened_files(folder), found))
    what_if = what_would_change(screener, dossiers, row, chosen)
    content = {
        "schema_version": "1",
        "synthetic": True,
        "applicant": f"{applicant:016d}",
        "rulebook": screener.rulebook.rulebook.id,
        "cards": screener.cards.id,
        **explanation_json(found, what_if),
    }
    output.result(content, ExplanationPage(found, what_if, speaker, _by(screener, speaker)).print)


def _by(screener: Screener, speaker: Speaker) -> str:
    key = "explain.by_rules" if decides(screener) == "rules" else "explain.by"
    return speaker.say(key, rulebook=screener.rulebook.rulebook.id, cards=screener.cards.id)


def _stage(label: str | None, folder: Path, screened: Sequence[Path]) -> Stage:
    """Return the stage asked for: without one, that of the run, or of the policy where there is none."""
    if label is None:
        marked = [_schema(file)[STAGE].decode() for file in screened[:1] if STAGE in _schema(file)]
        if not screened and (kept := KeptRun(folder).stage if is_run(folder) else None) is not None:
            return kept
        return Stage.of(marked[0]) if marked and marked[0] in STAGE_LABELS else headline_stage()
    return stage_labelled(label, "--stage")


def _with_dossiers(folder: Path) -> Path:
    """Return the run or cohort that holds the dossiers of a folder: itself, or the one it is a part of."""
    if not folder.exists():
        raise BadInput.of(
            "there is no such folder", where=str(folder), mend="Give the folder of a run or a cohort."
        )
    run = folder.resolve().parent
    if not _is_screened(folder):
        return run if folder.name == "cohort" and (run / SCREENED).is_dir() else folder
    here = _folder(folder)
    run = here.resolve().parent
    if (run / "cohort").is_dir():
        return run
    cohort = COHORTS / here.resolve().name
    if cohort.is_dir():
        return cohort
    raise BadInput.of(
        "what was screened holds no dossiers, and their cohort was not found",
        where=str(folder),
        mend="Give the folder of the run or of the cohort.",
    )


def _find(place: Path, applicant: int) -> tuple[Dossiers, int]:
    """Return dossiers of which one is the applicant's, and its row; drawn again where no files were kept."""
    if keeps_nobody(place):
        again = KeptRun(place).dossier_of(applicant)
        if again is None:
            raise BadInput.of(
                f"there is no applicant {applicant} here",
                where=str(place),
                mend="This run kept no files of people; its report names some of them.",
            )
        return again, 0
    seen: list[int] = []
    for file in observed_files(place):
        for dossiers in read_dossiers(file):
            rows = np.flatnonzero(dossiers.applicants == applicant)
            if rows.size:
                return dossiers, int(rows[0])
            seen = seen or dossiers.applicants[:_NAMED].tolist()
    some = ", ".join(f"{one:016d}" for one in seen)
    mend = (
        f"Identity numbers stand in the column 'applicant' of the observed files, such as {some}; "
        f"`saring show applicant {place}` names some people worth a look."
    )
    raise BadInput.of(f"there is no applicant {applicant} here", where=str(place), mend=mend)


def _is_screened(path: Path) -> bool:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return bool(files) and THRESHOLDS in _schema(files[0])


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _screened_files(folder: Path) -> list[Path]:
    """Return the screened files that a folder stands for; none for a cohort that nobody screened."""
    if _is_screened(folder):
        return sorted(folder.glob("*.parquet")) if folder.is_dir() else [folder]
    return sorted((folder / SCREENED).glob("*.parquet"))


def _whole(folder: Path, read: Callable[[], Found]) -> Found:
    """Return what is read from screened files; whatever is wrong with them is one error."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, pa.ArrowException) as error:
        what = f"what was screened cannot be read ({str(error).splitlines()[0] if str(error) else 'damaged'})"
        raise BadInput.of(what, where=str(folder), mend="Screen the cohort again, then explain.") from None


def _check_screened(files: list[Path], found: Explanation) -> None:
    """Refuse to explain where a file tells another risk or threshold than the screener gives today."""
    today = (np.inf if found.risk is None else found.risk / 100, found.threshold / 100)
    for file in files:
        column = f"risk_{found.stage.label}"
        if column not in pq.read_schema(file).names:
            continue
        threshold = json.loads(_schema(file)[THRESHOLDS]).get(found.stage.label, found.threshold) / 100
        told = pq.read_table(file, columns=[APPLICANT, column], filters=[(APPLICANT, "=", found.applicant)])
        for risk in told.column(column).to_pylist():
            if not np.allclose((risk, threshold), today, rtol=0, atol=HALF_A_HUNDREDTH):
                what = (
                    f"this applicant was screened with risk {risk:.2f} and threshold {threshold:.2f}; today "
                    f"they are {today[0]:.2f} and {today[1]:.2f}, so what the run used is no longer found"
                )
                raise BadInput.of(what, where=str(file), mend="Screen the cohort again, then explain.")


def _schema(file: Path) -> dict[bytes, bytes]:
    """Return the marks of a Parquet file; none where it is not one, which whoever reads it will say."""
    try:
        return dict(pq.read_schema(file).metadata or {})
    except (pa.ArrowException, OSError):
        return {}
