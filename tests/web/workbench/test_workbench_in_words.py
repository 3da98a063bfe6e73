"""What the workbench says in words where a run or a form says it in names: what screened it, and why no more."""

from pathlib import Path

import pytest
from django.test import Client

from console.web.workbench import views
from console.web.workbench.proposed import proposed_pair
from console.workbench.runs import FinishedRun, runs_in
from tests.web.workbench.test_workbench import text_of


@pytest.fixture(scope="module")
def finished(runs: Path) -> list[FinishedRun]:
    return [run for run in runs_in(runs) if isinstance(run, FinishedRun)]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "rulebook paper-004 alone, no cards"), ("id", "hanya buku aturan paper-004, tanpa kartu")],
)
def test_a_run_without_cards_says_so_in_words(desk: Client, language: str, said: str) -> None:
    desk.cookies["language"] = language
    for address in (
        "/workbench/",
        "/workbench/runs/paper/",
        "/workbench/compare/?first=cards&second=paper&basis=own",
    ):
        page = text_of(desk.get(address))
        assert said in page
        assert "paper-004, none" not in page


def test_the_form_of_a_comparison_begins_with_two_runs_that_can_be_compared(
    desk: Client, finished: list[FinishedRun]
) -> None:
    proposed = proposed_pair(finished)
    assert {proposed["first"], proposed["second"]} == {"cards", "paper"}
    page = desk.get("/workbench/").content.decode()
    for name in ("cards", "paper"):
        assert f'<option value="{name}" selected>' in page
    answer = desk.get("/workbench/compare/", proposed)
    assert "The same 20,000 synthetic applicants" in text_of(answer)


def test_two_different_runs_are_proposed_wherever_there_are_two(finished: list[FinishedRun]) -> None:
    named = {run.name: run for run in finished}
    assert proposed_pair([named["cards"]]) == {"basis": "own"}
    unlike = proposed_pair([named["bare"], named["others"]])
    assert (unlike["first"], unlike["second"]) == ("bare", "others")


def test_an_address_that_names_two_runs_alone_compares_them_at_their_own_thresholds(desk: Client) -> None:
    said = text_of(desk.get("/workbench/compare/?first=cards&second=paper"))
    assert "The same 20,000 synthetic applicants" in said
    assert "required" not in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "has 20,000 synthetic applicants. A page counts group by group for 19,999 at most"),
        (
            "id",
            "memuat 20.000 pemohon sintetis. Halaman ini menghitung per kelompok untuk paling banyak 19.999",
        ),
    ],
)
def test_a_run_of_too_many_people_says_why_only_totals_are_shown(
    desk: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(views, "MOST_PEOPLE", 19_999)
    desk.cookies["language"] = language
    assert said in text_of(desk.get("/workbench/runs/bare/"))
    assert said not in text_of(desk.get("/workbench/runs/cards/"))
