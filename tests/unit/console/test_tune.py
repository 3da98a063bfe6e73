"""`saring tune` on the command line: what it prints, and what it refuses."""

import json
from pathlib import Path

import pytest

from console.commands.tune import _closing
from tests.unit.console.terminal import SCENARIO, USAGE, json_of, nothing_left, refusal, saring
from tests.unit.console.tunes import leave_pages_out
from tests.unit.console.worlds import one_sided

FEW = ("--victims", 100, "--others", 500, "--max-miss", 0.2, "--groups", "sex")


@pytest.fixture(autouse=True)
def _pages_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_pages_out(monkeypatch)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--max-miss", 0), "--max-miss: 0 is no share"),
        (("--max-miss", 1), "--max-miss: 1 is no share"),
        (("--max-miss", "nan"), "--max-miss: nan is no share"),
        (("--confidence", 1), "--confidence: 1 is no share"),
        (("--groups", "hair"), "there is no grouping 'hair'"),
        (("--groups", "truth"), "does not divide victims"),
        (("--groups", ","), "no groups are named"),
        (("--victims", 0), "--victims: 0 people"),
        (("--others", 0), "--others: 0 people"),
        (("--capacity", -1), "--capacity: -1 is no number of flags"),
        (("--capacity", "nan"), "--capacity: nan is no number of flags"),
        (("--base-rate", "2"), "no share of victims"),
        (("--stage", "noon"), "there is no stage 'noon'"),
        (("--cards", "nobody"), "there are no cards 'nobody'"),
        (("--seed", 20_260_101), "the training of the cards"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(words: tuple[object, ...], what: str, tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        ledger = tmp_path.parent / "refused.json"
        assert what in refusal("tune", SCENARIO, *FEW, "--ledger", ledger, "--out", tmp_path / "t", *words)


def test_a_scenario_with_one_side_is_refused(tmp_path: Path) -> None:
    for module, what in (
        ("journey.tourist", "no victims"),
        ("typology.online_scam", "no lawful or irregular"),
    ):
        scenario = one_sided(tmp_path, module)
        assert what in refusal("tune", scenario, *FEW, "--ledger", tmp_path / "l", "--out", tmp_path / "t")


def test_a_word_for_a_number_is_a_wrong_call() -> None:
    assert saring("tune", SCENARIO, "--max-miss", "abc").exit_code == USAGE


def test_a_folder_of_somebody_is_kept(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    with nothing_left(tmp_path / "t"):
        words = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
        assert "exists already" in refusal(*words)
    assert not (tmp_path / "l.json").exists()  # nobody was looked at


def test_a_person_reads_headline_groups_and_what_the_next_step_needs(tmp_path: Path) -> None:
    words = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
    said = saring(*words, "--capacity", 9000).stdout
    lines = said.splitlines()
    assert "certifies the simulation and not the world" in lines[0]
    assert lines[1].startswith(("Usable: ", "Not usable at this difficulty: "))
    assert "sex: female" in said
    (tighter,) = [line for line in lines if line.startswith("To promise at most 10 %")]
    assert "29 with none missed, 46 with 1, " in tighter
    assert tighter.endswith("; all groups have enough.")
    assert "lawful travellers" in said
    assert "irregular travellers" in said
    assert "The capacity of 9,000 flags among 10,000 applicants is kept." in said
    assert f"saring verify {tmp_path / 't' / 'certificate.json'}" in said


def test_rules_that_decide_alone_can_be_tuned_too(tmp_path: Path) -> None:
    words = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
    found = json_of(*words, "--rulebook", "paper-004")
    assert found["cards"] == "none"
    assert found["threshold"] % 100 == 0
    assert json_of("verify", tmp_path / "t" / "certificate.json")["holds"] is True


def test_groups_with_too_few_for_the_next_step_are_named(tmp_path: Path) -> None:
    words = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
    said = saring(*words, "--victims", 20).stdout
    (tighter,) = [line for line in said.splitlines() if line.startswith("To promise at most 10 %")]
    short = tighter.partition("; too few victims were drawn of ")[2].removesuffix(".").split(", ")
    assert set(short) == {"sex: female (9 more needed)", "sex: male (9 more needed)"}


def test_rare_groups_of_age_are_said_to_go_by_the_recorded_age() -> None:
    group = {"grouping": "age_band", "group": "under 17", "n": 60}
    asked = {"max_miss": 0.05, "confidence": 0.95, "victims": 100}
    made = {"page": "p", "certificate": "c"}
    (rare, *_) = _closing({"asked": asked, "groups": [group], "artifacts": made, "wall_s": 1.0})
    assert rare.endswith("no fewer than 59: under 17 (60, by recorded age).")


def test_the_tuning_holds_all_that_a_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # this one is about the page
    words = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
    printed = json_of(*words, "--base-rate", "1:1000")
    found = json.loads((tmp_path / "t" / "tuning.json").read_text("utf-8"))
    assert found.keys() == {
        "schema_version",
        "synthetic",
        "certificate",
        "groups",
        "capacity",
        "sweep",
        "title",
        "patterns",
        "travellers",
        "cues",
        "recommendations",
        "reliability",
    }
    assert found["capacity"]["share_of_victims"] == found["sweep"]["share_of_victims"] == 0.001
    assert [point["threshold"] for point in found["capacity"]["points"]] == [
        round(100 * step) for step in found["sweep"]["thresholds"]
    ]
    assert {group["grouping"] for group in found["sweep"]["groups"]} == {"typology", "sex"}
    assert printed["wall_s"] > 0
    assert "wall_s" not in found["certificate"]
