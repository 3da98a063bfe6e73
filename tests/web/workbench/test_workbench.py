"""The pages of the workbench without a script: who may see them, what they say, and what they refuse."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from console.web.access import TRAINERS
from console.workbench.points import opened
from console.workbench.runs import run_named
from console.workbench.saved import read_point
from screening.evaluation.texts import percent, percents
from tests.web.conftest import user_of
from tests.web.workbench.finished import Folders

RUN = "/workbench/runs/cards/"
ADDRESSES = (
    "/workbench/",
    RUN,
    f"{RUN}chart.json",
    f"{RUN}points.json",
    "/workbench/compare/?first=cards&second=paper&basis=own",
)


def text_of(answer: Any) -> str:
    """Return what a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode())).replace("\xa0", " ")


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_researchers_see_the_workbench(client: Client, folders: Folders, db: None, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(user_of("somebody", TRAINERS))
    assert client.get(address).status_code == 403
    assert client.post(f"{RUN}save/").status_code == 403
    assert not folders.points.exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_answers_a_researcher_and_is_not_stored(desk: Client, address: str) -> None:
    answer = desk.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["..", "../cards", "%2e%2e", "..%2fcards", "nobody", "no run at all"])
@pytest.mark.parametrize("end", ["", "chart.json", "points.json"])
def test_no_path_opens_what_is_not_listed(desk: Client, name: str, end: str) -> None:
    assert desk.get(f"/workbench/runs/{name}/{end}").status_code == 404


@pytest.mark.parametrize("name", ["..", "nothing.json", "..%2fruns%2fcards%2fevaluation.json"])
def test_only_saved_points_are_handed_out(desk: Client, folders: Folders, name: str) -> None:
    folders.points.mkdir()
    assert desk.get(f"/workbench/points/{name}").status_code in {301, 302, 404}


def test_the_listing_names_runs_and_says_what_is_wrong_with_others(desk: Client) -> None:
    said = text_of(desk.get("/workbench/"))
    assert "cards" in said
    assert "20,000" in said
    assert "this is no evaluation" in said


def test_a_broken_run_is_explained(desk: Client) -> None:
    for name in ("broken", "foreign"):
        answer = desk.get(f"/workbench/runs/{name}/")
        assert answer.status_code == 422
        assert "this is no evaluation" in text_of(answer)


def test_an_empty_folder_says_how_to_come_by_a_run(
    desk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARING_RUNS", str(tmp_path / "none"))
    assert "saring run" in text_of(desk.get("/workbench/"))


def test_a_page_says_the_counts_of_its_threshold_with_intervals(desk: Client, folders: Folders) -> None:
    points = opened(run_named(folders.runs, "cards"), None, -137).points
    miss = points.everybody.at(points.step(-137)).miss
    said = text_of(desk.get(f"{RUN}?threshold=-1.37"))
    share, interval = percent(miss.estimate).en, percents(miss.low, miss.high).en
    rate = f"{share} ({miss.count} of {miss.n}; {interval})".replace("\xa0", " ")
    assert "At the threshold −1.37" in said
    assert rate in said


def test_a_part_asked_for_by_the_script_is_the_page_s_own(desk: Client) -> None:
    address = f"{RUN}?threshold=-1.37&hours=8&applicants=400"
    whole = desk.get(address).content.decode()
    part = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    assert part.lstrip().startswith('<div id="figures"')
    assert token.sub("", part).strip() in token.sub("", whole)


def test_the_bound_marks_groups_in_words(desk: Client) -> None:
    assert "above 1 %" in text_of(desk.get(f"{RUN}?max_miss=1"))
    assert "Groups whose miss rate is above the bound" in text_of(desk.get(f"{RUN}?max_miss=1"))
    assert "No group" in text_of(desk.get(f"{RUN}?max_miss=99"))


def test_officers_mark_what_is_within_reach(desk: Client) -> None:
    few = text_of(desk.get(f"{RUN}?hours=1&applicants=400&victims=5"))
    assert "within reach" in few
    assert "beyond reach" in few
    assert "do not keep up" in text_of(desk.get(f"{RUN}?hours=0.1&applicants=400&threshold=-5"))
    assert "within reach" not in text_of(desk.get(RUN))


@pytest.mark.parametrize(
    "wrong", ["threshold=x", "threshold=1e999", "threshold=nan", "max_miss=0", "victims=-1", "hours=8"]
)
def test_a_number_that_cannot_be_is_said_and_the_page_stays(desk: Client, wrong: str) -> None:
    answer = desk.get(f"{RUN}?{wrong}")
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert "At the threshold" in text_of(answer)


def test_a_run_without_files_says_that_totals_are_all(desk: Client) -> None:
    said = text_of(desk.get("/workbench/runs/bare/"))
    assert "only totals are shown" in said
    assert "Group by group" not in said


def test_both_languages_say_the_same_numbers_in_their_manner(desk: Client) -> None:
    english = text_of(desk.get(f"{RUN}?threshold=-1.37"))
    desk.cookies["language"] = "id"
    indonesian = text_of(desk.get(f"{RUN}?threshold=-1.37"))
    assert "Korban terlewat" in indonesian
    assert "−1,37" in indonesian
    assert "Victims missed" not in indonesian
    counts = re.compile(r"\((\d[\d.,]*) (?:of|dari) (\d[\d.,]*);")
    bare = [[re.sub(r"\D", "", part) for part in found] for found in counts.findall(english)]
    assert bare == [[re.sub(r"\D", "", part) for part in found] for found in counts.findall(indonesian)]


def test_a_point_is_saved_listed_and_handed_out(desk: Client, folders: Folders) -> None:
    form = {"stage": "verification", "threshold": "-1.37", "max_miss": "10", "victims": "5", "minutes": "25"}
    answer = desk.post(f"{RUN}save/", {**form, "hours": "", "applicants": "", "note": "=1+1 <b>"})
    assert answer.status_code == 302
    assert "threshold=-1.37" in answer.headers["Location"]
    (path,) = folders.points.iterdir()
    point = read_point(path)
    assert (point.threshold, point.max_miss, point.prevalence, point.note) == (-137, 0.1, 0.0005, "=1+1 <b>")
    listed = desk.get("/workbench/").content.decode()
    assert path.name in listed
    assert "<b>" not in listed
    handed = desk.get(reverse("workbench_point", args=[path.name]))
    assert json.loads(handed.content) == json.loads(path.read_text(encoding="utf-8"))


def test_a_point_that_cannot_be_is_not_saved(desk: Client, folders: Folders) -> None:
    answer = desk.post(f"{RUN}save/", {"stage": "verification", "threshold": "x"}, follow=True)
    assert "Nothing was saved" in text_of(answer)
    assert not folders.points.exists()


def test_saving_asks_for_the_form_s_own_token(researcher: User, folders: Folders) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(researcher)
    assert client.post(f"{RUN}save/", {"threshold": "0"}).status_code == 403
    assert not folders.points.exists()


def test_two_rulebooks_are_compared_side_by_side(desk: Client) -> None:
    said = text_of(desk.get("/workbench/compare/?first=cards&second=paper&basis=own"))
    assert "The same 20,000 synthetic applicants" in said
    assert "paper-004" in said
    assert "difference shown" in said


def test_runs_of_other_people_are_not_compared(desk: Client) -> None:
    answer = desk.get("/workbench/compare/?first=cards&second=others&basis=own")
    assert answer.status_code == 422
    assert "not of the same people" in text_of(answer)
    assert desk.get("/workbench/compare/?first=..&second=cards&basis=own").status_code == 200


def test_the_counts_handed_out_are_those_of_every_threshold(desk: Client, folders: Folders) -> None:
    found = desk.get(f"{RUN}points.json?stage=counter").json()
    points = opened(run_named(folders.runs, "cards"), "counter").points
    assert found["synthetic"] is True
    assert found["groups"] == json.loads(points.model_dump_json())["groups"]
