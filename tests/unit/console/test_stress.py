"""`saring stress`: what it prints and writes, in which order, and what it refuses."""

import json
from pathlib import Path

import pytest

from console.commands import stress as command
from console.stress.listed import LISTED, chosen_tests
from dossier.problems import BadInput
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.console.worlds import one_sided

FEW = ("--victims", 300, "--others", 400)
QUICK = ("--tests", "remix,prevalence,single_point,offices")


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write no charts, which take longer than the tests that stand on the page."""
    monkeypatch.setattr(command, "write_stress_html", lambda _, path: path.write_text("simulated", "utf-8"))


def test_it_writes_what_it_prints_and_a_page_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "stress"
    printed = json_of("stress", SCENARIO, *QUICK, *FEW, "--out", out)
    assert {path.name for path in out.iterdir()} == {"stress.json", "stress.html"}
    assert json.loads((out / "stress.json").read_text("utf-8")) == printed
    assert (printed["schema_version"], printed["kind"], printed["synthetic"]) == ("1", "stress", True)
    assert (printed["scenario"], printed["stage"]) == (SCENARIO, "verification")
    assert (printed["miss_rate"]["n"], printed["false_flag_rate"]["n"]) == (300, 400)
    assert printed["lawful_flagged"]["n"] + printed["irregular_flagged"]["n"] == 400
    assert "seed" not in printed


@pytest.mark.usefixtures("plain_page")
def test_findings_stand_in_the_order_of_harm_and_each_has_its_words(tmp_path: Path) -> None:
    printed = json_of("stress", SCENARIO, *QUICK, *FEW, "--out", tmp_path / "stress")
    rises = [finding["rise"] for finding in printed["findings"]]
    assert rises == sorted(rises, reverse=True)
    assert {finding["test"] for finding in printed["findings"]} == set(QUICK[1].split(","))
    for finding in printed["findings"]:
        for part in ("title", "question", "answer", "assumed"):
            assert finding[part]["en"].strip() != finding[part]["id"].strip()
        assert finding["rows"]


@pytest.mark.usefixtures("plain_page")
def test_it_says_which_tests_were_left_out_and_how_to_run_them(tmp_path: Path) -> None:
    out = tmp_path / "stress"
    result = saring("stress", SCENARIO, "--tests", "prevalence", *FEW, "--out", out)
    assert result.exit_code == OK, result.stderr
    left = [one.name for one in LISTED if one.name != "prevalence"]
    assert f"saring stress {SCENARIO} --tests {','.join(left)}" in " ".join(result.stdout.split())
    assert "Simulated" in result.stdout


def test_when_nobody_says_otherwise_the_slow_tests_are_left_out() -> None:
    assert {one.name for one in LISTED} - {one.name for one in chosen_tests(None)} == {
        one.name for one in LISTED if one.is_slow
    }
    assert chosen_tests("all") == LISTED
    assert [one.name for one in chosen_tests("offices, remix")] == ["remix", "offices"]


@pytest.mark.usefixtures("plain_page")
def test_neither_workers_nor_a_second_run_change_anything(tmp_path: Path) -> None:
    found = [
        json_of("stress", SCENARIO, *QUICK, *FEW, "--workers", workers, "--out", tmp_path / f"{place}")
        for place, workers in enumerate((1, 3))
    ]
    for one in found:
        del one["wall_s"], one["peak_rss_mib"]
    assert found[0] == found[1]


@pytest.mark.usefixtures("plain_page")
def test_other_people_have_another_hash(tmp_path: Path) -> None:
    words = ("stress", SCENARIO, "--tests", "prevalence", *FEW)
    hashes = {json_of(*words, "--seed", seed, "--out", tmp_path / f"{seed}")["corpus"] for seed in (1, 2)}
    assert len(hashes) == 2


@pytest.mark.usefixtures("plain_page")
def test_a_folder_is_replaced_only_if_that_is_asked_for(tmp_path: Path) -> None:
    words = ("stress", SCENARIO, "--tests", "prevalence", *FEW, "--out", tmp_path / "stress")
    json_of(*words)
    with nothing_left(tmp_path):
        assert "exists already" in refusal(*words)
    assert json_of(*words, "--force")["findings"]


@pytest.mark.usefixtures("plain_page")
def test_a_test_without_anything_to_measure_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that nobody trained cannot be trained again: asked for by name that is an error, else it is said."""
    known = {one.name: one for one in LISTED}
    two = (known["prevalence"], known["left_out"])
    monkeypatch.setattr(command, "chosen_tests", lambda _: two)
    words = ("stress", SCENARIO, *FEW, "--cards", "none", "--threshold", 2)
    found = json_of(*words, "--tests", "all", "--out", tmp_path / "all")
    assert [finding["test"] for finding in found["findings"]] == ["prevalence"]
    assert "trained again" in found["left_out"][0]["why"]
    with nothing_left(tmp_path):
        assert "trained again" in refusal(*words, "--tests", "left_out", "--out", tmp_path / "named")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--tests", "remixx"), "no stress test 'remixx'"),
        (("--tests", "remix,remix"), "stands here twice"),
        (("--tests", ""), "no stress test ''"),
        (("--victims", 5), "5 victims would say next to nothing"),
        (("--others", 5), "5 others would say next to nothing"),
        (("--threshold", "nan"), "no threshold"),
        (("--stage", "airport"), "no stage 'airport'"),
        (("--cards", "none"), "how many of its rules refer"),
        (("--cards", "nobodys"), "no cards 'nobodys'"),
        (("--lever", "nothing"), "no lever 'nothing'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(
    words: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    with nothing_left(tmp_path):
        assert expected in refusal("stress", SCENARIO, *words, "--out", tmp_path / "stress")


@pytest.mark.parametrize("module", ["journey.tourist", "typology.online_scam"])
def test_a_scenario_of_one_side_is_refused(module: str, tmp_path: Path) -> None:
    scenario = one_sided(tmp_path, module)
    with nothing_left(tmp_path):
        assert "nothing to tell apart" in refusal("stress", scenario, "--out", tmp_path / "stress")


def test_a_name_that_nobody_listed_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="Choose from: remix, prevalence"):
        chosen_tests("everything")
