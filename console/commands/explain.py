"""`saring explain`: reasons for one applicant, adding up to the score."""

from pathlib import Path
from typing import Any

import numpy as np

from console.commands.screen import observed_files, read_dossiers
from console.examples import explanation_json
from console.output import Output
from console.screeners import screener_for
from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import STAGE_LABELS, Stage
from screening.explain import Explanation, explain
from screening.referral import headline_stage, policy
from screening.screener import RELEASED


def explain_applicant(folder: Path, applicant: int, stage: str | None, language: str, output: Output) -> None:
    """Find the applicant in the cohort and print the explanation."""
    chosen = _stage(stage)
    if language not in ("en", "id"):
        raise BadInput.of(f"there is no language '{language}'", where="--language", mend="Choose en or id.")
    screener = screener_for(RELEASED, RELEASED, None)
    dossiers, row = _find(folder, applicant)
    found = explain(screener, dossiers, row, chosen)
    output.result({"schema_version": "1", **explanation_json(found)}, lambda: _print(found, language, output))


def _stage(label: str | None) -> Stage:
    if label is None:
        return headline_stage()
    if label not in STAGE_LABELS:
        raise BadInput.of(
            f"there is no stage '{label}'", where="--stage", mend=f"Choose from: {', '.join(STAGE_LABELS)}."
        )
    return Stage.of(label)


def _find(folder: Path, applicant: int) -> tuple[Dossiers, int]:
    for file in observed_files(folder):
        for dossiers in read_dossiers(file):
            rows = np.flatnonzero(dossiers.applicants == applicant)
            if rows.size:
                return dossiers, int(rows[0])
    raise BadInput.of(
        f"there is no applicant {applicant} in this cohort",
        where=str(folder),
        mend="Check the identity number.",
    )


def _print(found: Explanation, language: str, output: Output) -> None:
    tongue: Any = "id" if language == "id" else "en"
    print(f"Synthetic applicant {found.applicant:016d}, {found.stage.label}: {found.recommendation.label}")
    if found.agency:
        print(f"Would be received by: {agencies()[found.agency].name.in_language(tongue)}")
    if found.overrides:
        print(f"Decided by rule: {', '.join(found.overrides)}")
    print(f"Resembles most: {policy().title[found.family].in_language(tongue)}")
    rows = [["every dossier of this card starts with", "", f"{found.start / 100:+.2f}"]]
    rows += [
        [r.title.in_language(tongue), r.level.replace("_", " "), f"{r.points / 100:+.2f}"]
        for r in found.reasons
    ]
    rows.append(["resembles other patterns too", "", f"{found.resembles_others / 100:+.2f}"])
    total = "by rule" if found.risk is None else f"{found.risk / 100:+.2f}"
    rows.append(["risk (log-odds)", "", total])
    output.table("Reasons", ("", "found", "points"), rows)
    print(f"Not assessed: {', '.join(found.not_assessed) or 'nothing'}")
    print(f"Not yet asked at this stage: {', '.join(found.not_yet_asked) or 'nothing'}")
