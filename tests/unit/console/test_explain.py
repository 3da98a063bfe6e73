"""`saring explain`: reasons for one applicant, adding up."""

from typing import Any

import pytest

from console.screened import read_screened
from dossier.stages import STAGE_LABELS
from tests.unit.console.conftest import Made
from tests.unit.console.terminal import OK, json_of, saring


def applicants(run: Made, count: int = 3) -> list[int]:
    """Return some applicants: those with most risk."""
    found = read_screened(run.folder / "screened")
    order = found.risk["verification"].argsort()[-count:]
    return [int(one) for one in found.applicants[order]]


def explained(run: Made, applicant: int, *words: object) -> dict[str, Any]:
    return json_of("explain", run.folder, "--applicant", applicant, *words)


@pytest.mark.parametrize("stage", STAGE_LABELS)
def test_points_add_up_to_the_risk_that_was_screened(stage: str, finished_run: Made) -> None:
    screened = read_screened(finished_run.folder / "screened")
    for applicant in applicants(finished_run):
        found = explained(finished_run, applicant, "--stage", stage)
        parts = [found["start"], found["resembles_others"], *(one["points"] for one in found["reasons"])]
        if found["risk"] is not None:
            assert sum(round(100 * part) for part in parts) == round(100 * found["risk"])
            row = screened.applicants.tolist().index(applicant)
            assert round(100 * found["risk"]) == screened.risk[stage][row]


def test_the_headline_stage_is_explained_when_none_is_named(finished_run: Made) -> None:
    (applicant,) = applicants(finished_run, 1)
    named = explained(finished_run, applicant, "--stage", "verification")
    assert explained(finished_run, applicant) == named


@pytest.mark.parametrize(("language", "word"), [("en", "resembles other patterns too"), ("id", "Pola")])
def test_people_read_the_reasons_as_a_table(language: str, word: str, finished_run: Made) -> None:
    (applicant,) = applicants(finished_run, 1)
    result = saring("explain", finished_run.folder, "--applicant", applicant, "--language", language)
    assert result.exit_code == OK
    assert f"{applicant:016d}" in result.stdout
    assert "Not yet asked" in result.stdout or language == "id"
    titles = [one["title"][language] for one in explained(finished_run, applicant)["reasons"]]
    assert all(title.split()[0] in result.stdout for title in titles)
