"""`saring compare`: what it prints, that it agrees with two runs, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from console import adapting
from console.comparisons import comparing
from screening.evaluation.pages import html_report
from synthetic import adversary, cohort_files
from synthetic import cohort as cohorts
from synthetic.draw import Plan
from tests.unit.console.small_cards import small_cards
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.console.worlds import LEVER, idle_lever, one_sided

SIZE, SEED = 6000, 5


@pytest.fixture(scope="session")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_cards(tmp_path_factory.mktemp("cards"), SCENARIO)


@pytest.fixture(scope="session")
def runs(cards: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Finished runs of one cohort, and of others."""
    folder = tmp_path_factory.mktemp("compared")
    words: dict[str, tuple[object, ...]] = {
        "plain": (SCENARIO, "--seed", SEED),
        "lower": (SCENARIO, "--seed", SEED, "--threshold", -4),
        "trained": (SCENARIO, "--seed", SEED, "--lever", "interview_training"),
        "warned": (SCENARIO, "--seed", SEED, "--lever", "awareness_campaign"),
        "other_seed": (SCENARIO, "--seed", SEED + 1),
        "other_scenario": ("batam_2022", "--seed", SEED),
        "rare": (SCENARIO, "--seed", SEED, "--base-rate", "1:1000"),
        "rarer": (SCENARIO, "--seed", SEED, "--base-rate", "1:10000"),
        "early": ("airport_day", "--seed", SEED),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html_report, "write_html", lambda *_: None)
        for name, given in words.items():
            json_of("run", *given, "--n", SIZE, "--no-yardsticks", "--cards", cards, "--out", folder / name)
        few = ("run", SCENARIO, "--seed", SEED, "--n", SIZE - 1, "--no-yardsticks", "--cards", cards)
        json_of(*few, "--out", folder / "other_size")
    return {name: folder / name for name in (*words, "other_size")}


def compared(cards: Path, *words: object, n: int = SIZE) -> dict[str, Any]:
    return json_of("compare", SCENARIO, "--n", n, "--seed", SEED, "--cards", cards, *words)


def lasting(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in ("wall_s", "peak_rss_mib")}


CHANGES = ["n", "victims_before", "victims_after", "misses", "lawful_flagged", "irregular_flagged"]
CHANGES += ["facilitators_flagged", "by_typology", "by_traveller", "set_out_otherwise", "networks"]


# --- with and without levers ------------------------------------------------------------------------


def test_the_printed_object_has_what_is_promised(cards: Path) -> None:
    found = compared(cards, "--lever", "interview_training")
    assert set(CHANGES) <= set(found)
    assert (found["schema_version"], found["kind"], found["scenario"]) == ("1", "levers", SCENARIO)
    assert (found["n"], found["stage"]) == (SIZE, "verification")
    assert found["sides"] == {"before": "without", "after": "with"}
    assert "seed" not in found
    (lever,) = found["levers"]
    assert lever["id"] == "interview_training"
    assert lever["applies"]
    assert {"offer_channel", "debt"} <= set(lever["acts_on"])
    assert lever["limits"]["id"]
    assert found["answers_changed"]["debt"] > 0
    answers = found["answers_changed"].values()
    assert max(answers) <= found["dossiers_changed"] < sum(answers)


@pytest.mark.parametrize(
    "lever", [pytest.param("interview_training", marks=pytest.mark.slow), "awareness_campaign"]
)
def test_it_agrees_with_two_runs(cards: Path, runs: dict[str, Path], lever: str) -> None:
    """Drawn twice in memory, or run twice to disk and read back: the same numbers."""
    ours = compared(cards, "--lever", lever)
    after = runs["trained" if lever == "interview_training" else "warned"]
    theirs = json_of("compare", runs["plain"], after)
    assert {name: ours[name] for name in CHANGES} == {name: theirs[name] for name in CHANGES}
    evaluations = [json.loads((run / "evaluation.json").read_text()) for run in (runs["plain"], after)]
    assert [evaluation["victims"] for evaluation in evaluations] == [
        ours["victims_before"],
        ours["victims_after"],
    ]
    if lever == "interview_training":
        missed = [evaluation["miss_rate"]["missed"] for evaluation in evaluations]
        assert missed == [ours["misses"][when]["missed"] for when in ("before", "after")]


def test_neither_workers_nor_chunks_change_anything(cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--lever", "interview_training", "--lever", "awareness_campaign")
    whole = lasting(compared(cards, *words, "--workers", 1))
    monkeypatch.setattr(comparing, "chunks_of", lambda rows: cohorts.chunks_of(rows, 700))
    for workers in (1, 3):
        assert lasting(compared(cards, *words, "--workers", workers)) == whole


def test_several_levers_act_together(cards: Path) -> None:
    words = ("--lever", "interview_training", "--lever", "repatriation_feedback")
    both, one = compared(cards, *words), compared(cards, *words[:2])
    assert [lever["id"] for lever in both["levers"]] == ["interview_training", "repatriation_feedback"]
    assert {"repatriation_record"} == set(both["answers_changed"]) - set(one["answers_changed"])


def test_trained_interviewers_miss_fewer(cards: Path) -> None:
    found = compared(cards, "--lever", "interview_training", n=60_000)["misses"]
    assert found["difference"]["high"] < 0
    assert found["no_longer_missed"] > 2 * found["newly_missed"]


def test_gates_at_departure_miss_more_at_the_checkpoint_and_nobody_before(cards: Path) -> None:
    found = compared(cards, "--lever", "autogates", "--stage", "checkpoint", n=60_000)
    assert found["misses"]["difference"]["low"] > 0
    assert found["lawful_flagged"]["difference"]["high"] < 0
    assert found["answers_changed"]["companions_seen"] > 0.6 * 60_000
    before = compared(cards, "--lever", "autogates", "--stage", "interview")
    assert before["dossiers_changed"] == 0
    assert before["answers_changed"] == {}
    assert before["answers_changed_later"]["checkpoint_lane"] > 0
    assert before["misses"]["newly_missed"] == before["misses"]["no_longer_missed"] == 0


def test_a_campaign_lowers_the_number_of_victims_and_changes_nobody_elses_dossier(cards: Path) -> None:
    found = compared(cards, "--lever", "awareness_campaign")
    (moved,) = found["set_out_otherwise"]
    assert (moved["module"], moved["module_after"]) == ("typology.online_scam", "journey.overseas_hire")
    assert found["victims_before"] - found["victims_after"] == moved["n"] > 0
    assert found["dossiers_changed"] == 0


def test_the_threshold_is_that_of_the_stage_compared(cards: Path) -> None:
    words = ("--lever", "officer_capacity", "--stage", "checkpoint", "--threshold")
    low, high = (compared(cards, *words, threshold) for threshold in (-5, 0))
    assert (low["threshold"], high["threshold"]) == (-5, 0)
    assert low["misses"]["before"]["missed"] < high["misses"]["before"]["missed"]


def test_people_read_words_first(cards: Path) -> None:
    words = ("--lever", "interview_training", "--n", SIZE, "--seed", SEED, "--cards", cards)
    result = saring("compare", SCENARIO, *words)
    assert result.exit_code == OK
    found = compared(cards, "--lever", "interview_training")
    misses = found["misses"]
    lines = result.stdout.splitlines()
    assert "with and without: Interview training" in lines[0]
    assert f"{misses['before']['missed']:,} of {misses['n']:,} victims without" in result.stdout
    assert "persons are not independent" in result.stdout
    assert "cannot do, and whom it burdens" in result.stdout
    assert "assumed (grade D)" in result.stdout
    assert result.stdout.index("Missed:") < result.stdout.index("Victims missed, by typology family")


def test_a_lever_of_which_nothing_applies_is_named_as_such(cards: Path, tmp_path: Path) -> None:
    words = ("--lever", idle_lever(tmp_path), "--n", SIZE, "--cards", cards)
    said = saring("compare", SCENARIO, *words).stdout
    assert "NOTHING OF 'idle' APPLIES" in said
    assert not any(word in said for word in ("Missed", "Dossiers", "points", "Intervals"))
    (lever,) = compared(cards, *words)["levers"]
    assert not lever["applies"]
    assert (lever["first_seen_at"], lever["acts_on"], lever["diverts"]) == (None, [], [])


def test_a_lever_that_is_seen_later_names_the_stage(cards: Path) -> None:
    words = ("--lever", "autogates", "--n", SIZE, "--cards", cards)
    said = saring("compare", SCENARIO, *words).stdout
    assert "NOTHING OF 'autogates' IS SEEN at the verification stage" in said
    assert "--stage checkpoint" in said


def test_whoever_has_nowhere_to_go_is_named(cards: Path, tmp_path: Path) -> None:
    path = tmp_path / "lost.toml"
    to = 'to = "journey.intern"\nprobability = 0.5\nwhy = "x"'
    path.write_text(f'{LEVER.format(name="lost")}[divert."typology.online_scam"]\n{to}\n', encoding="utf-8")
    said = saring("compare", SCENARIO, "--lever", path, "--n", 500, "--cards", cards).stdout
    assert "diverts nobody of typology.online_scam" in said


def test_the_result_is_written_and_replaced_on_request_only(cards: Path, tmp_path: Path) -> None:
    words = ("--lever", "interview_training", "--out", tmp_path / "found")
    content = compared(cards, *words)
    assert json.loads((tmp_path / "found" / "comparison.json").read_text()) == content
    with nothing_left(tmp_path):
        said = refusal("compare", SCENARIO, "--n", SIZE, "--cards", cards, *words)
        assert "exists already" in said
    compared(cards, *words, "--force")
    assert [path.name for path in tmp_path.iterdir()] == ["found"]


def test_people_who_are_somebody_else_stop_it(cards: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that broke its promise would be found out, not averaged over."""
    real = Plan._draw_modules

    def moved(plan: Plan, rows: range) -> Any:
        modules = real(plan, rows)
        if plan.world.scenario.levers:
            modules[:50] = 0
        return modules

    monkeypatch.setattr(Plan, "_draw_modules", moved)
    words = ("--lever", "interview_training", "--n", SIZE, "--cards", cards)
    result = saring("compare", SCENARIO, *words)
    assert isinstance(result.exception, RuntimeError)
    assert "somebody else" in str(result.exception)


# --- two runs ---------------------------------------------------------------------------------------


def test_a_lower_threshold_finds_more_and_stops_more(runs: dict[str, Path]) -> None:
    found = json_of("compare", runs["plain"], runs["lower"])
    assert found["kind"] == "runs"
    assert found["same_dossiers"]
    assert found["misses"]["newly_missed"] == 0 < found["misses"]["no_longer_missed"]
    assert found["lawful_flagged"]["no_longer_flagged"] == 0 < found["lawful_flagged"]["newly_flagged"]
    assert [run["threshold"] for run in found["runs"]][1] == -4


def test_changing_places_changes_the_signs(runs: dict[str, Path]) -> None:
    one, other = (json_of("compare", runs[a], runs[b]) for a, b in (("plain", "lower"), ("lower", "plain")))
    assert one["misses"]["before"] == other["misses"]["after"]
    assert one["misses"]["difference"]["low"] == pytest.approx(-other["misses"]["difference"]["high"])


def test_people_read_which_run_is_which(runs: dict[str, Path]) -> None:
    result = saring("compare", runs["plain"], runs["trained"])
    assert result.exit_code == OK
    assert f"The first run, {runs['plain']}: cards small" in result.stdout
    assert "levers interview_training" in result.stdout
    assert "Their dossiers differ" in result.stdout
    assert "in the first run" in result.stdout


def test_different_base_rates_are_both_named(runs: dict[str, Path]) -> None:
    """They weigh the same people differently, which changes no rate of the people drawn."""
    said = saring("compare", runs["rare"], runs["rarer"]).stdout
    assert "base rate 0.001." in said
    assert "base rate 0.0001." in said
    assert "stand for different shares of victims" in said
    found = json_of("compare", runs["rare"], runs["rarer"])
    assert [run["base_rate"] for run in found["runs"]] == [0.001, 0.0001]
    assert found["misses"]["newly_missed"] == found["misses"]["no_longer_missed"] == 0


def test_runs_are_read_part_by_part(
    cards: Path, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_files, "ROWS_PER_PART", 1000)
    monkeypatch.setattr(html_report, "write_html", lambda *_: None)
    for name, more in (("plain", ()), ("lower", ("--threshold", -4))):
        words = ("run", SCENARIO, "--n", SIZE, "--seed", SEED, "--no-yardsticks", "--cards", cards, *more)
        json_of(*words, "--out", tmp_path / name)
    assert len(list((tmp_path / "plain" / "screened").glob("*.parquet"))) == 6
    cut = json_of("compare", tmp_path / "plain", tmp_path / "lower")
    whole = json_of("compare", runs["plain"], runs["lower"])
    assert {name: cut[name] for name in CHANGES} == {name: whole[name] for name in CHANGES}


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("other_seed", "they differ in --seed"),
        ("other_size", "they differ in --n"),
        ("other_scenario", "one is of 'phnom_penh_2022', the other of 'batam_2022'"),
        ("early", "one is of 'phnom_penh_2022', the other of 'airport_day'"),
        ("rare", "one has no --base-rate, the other --base-rate 0.001"),
    ],
)
def test_runs_of_other_people_are_refused(runs: dict[str, Path], name: str, why: str) -> None:
    assert f"not of the same people: {why}" in refusal("compare", runs["plain"], runs[name])


def test_a_scenario_that_changed_between_the_runs_is_refused(runs: dict[str, Path]) -> None:
    """Had the manifest not named the lever, people would have changed for no known reason."""
    manifest = runs["warned"] / "cohort" / "truth" / "manifest.json"
    before = manifest.read_text(encoding="utf-8")
    manifest.write_text(json.dumps({**json.loads(before), "levers": []}), encoding="utf-8")
    try:
        said = refusal("compare", runs["plain"], runs["warned"])
    finally:
        manifest.write_text(before, encoding="utf-8")
    assert "the scenario was changed between the runs" in said


def test_a_run_with_other_peoples_truth_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    import shutil

    spoiled = tmp_path / "spoiled"
    shutil.copytree(runs["plain"], spoiled)
    file = spoiled / "screened" / "part-00000.parquet"
    table = pq.read_table(file)
    pq.write_table(pa.concat_tables([table.slice(1), table.slice(0, 1)]), file)
    assert "are not those of the cohort" in refusal("compare", runs["lower"], spoiled)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((SCENARIO,), "nothing to compare the scenario with"),
        (("phnom_pen_2022", "--lever", "autogates"), "Did you mean 'phnom_penh_2022'?"),
        ((SCENARIO, "--lever", "autogate"), "Did you mean 'autogates'?"),
        ((SCENARIO, "--lever", "autogates", "--lever", "autogates"), "is named twice"),
        ((SCENARIO, "--lever", "autogates", "--stage", "gate"), "there is no stage 'gate'"),
        ((SCENARIO, "--lever", "autogates", "--threshold", "nan"), "is no threshold"),
        ((SCENARIO, "--lever", "autogates", "--cards", "saring-1999"), "there are no cards 'saring-1999'"),
        ((SCENARIO, "--lever", "autogates", "--cards", "none"), "does not say how many of its rules refer"),
        ((SCENARIO, "--lever", "nowhere.toml"), "there is no such file"),
        ((SCENARIO, "baseline_year"), "not a finished run"),
        (("a", "b", "c"), "cannot be compared at once"),
        (("", "--lever", "autogates"), "there is no scenario ''"),
        (("", ""), "the name of a run is empty"),
        ((SCENARIO, "--lever", "autogates", "--n", "2000000000001"), "applicants are too many"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    cards: Path, words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = () if "--cards" in words or "--lever" not in words else ("--cards", cards)
    with nothing_left(tmp_path):
        found = refusal("compare", *words, *own)
    assert said in found
    assert "To mend it: " in found


def test_one_run_alone_or_twice_is_refused(runs: dict[str, Path]) -> None:
    assert "one run alone" in refusal("compare", runs["plain"])
    assert "named twice" in refusal("compare", runs["plain"], runs["plain"])


@pytest.mark.parametrize(
    "option",
    [
        ("--lever", "autogates"),
        ("--n", "5"),
        ("--seed", "1"),
        ("--seed", "0"),
        ("--threshold", "-2"),
        ("--threshold", "0"),
        ("--cards", "x"),
    ],
)
def test_options_of_a_scenario_do_not_belong_to_runs(runs: dict[str, Path], option: tuple[str, str]) -> None:
    said = refusal("compare", runs["plain"], runs["lower"], *option)
    assert f"saring: {option[0]} belongs to a scenario" in said


@pytest.mark.parametrize("missing", ["evaluation.json", "cohort/manifest.json", "screened", "cohort/truth"])
def test_an_unfinished_run_is_refused(runs: dict[str, Path], tmp_path: Path, missing: str) -> None:
    import shutil

    spoiled = tmp_path / "spoiled"
    shutil.copytree(runs["plain"], spoiled)
    gone = spoiled / missing
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()
    assert "To mend it: " in refusal("compare", runs["plain"], spoiled)
    (spoiled / "evaluation.json").write_text("{", encoding="utf-8")
    assert "not valid JSON" in refusal("compare", runs["plain"], spoiled)


# --- before and after networks learn ----------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let networks learn on few people, for two rounds."""
    few = adversary.settings().model_copy(update={"periods": 2, "members": 400})
    monkeypatch.setattr(adversary, "settings", lambda: few)
    monkeypatch.setattr(adapting, "settings", lambda: few)
    monkeypatch.setattr(adapting, "VICTIMS", 1000)
    monkeypatch.setattr(adapting, "OTHERS", 3000)


@pytest.mark.usefixtures("quick")
def test_networks_that_learn_are_compared_on_the_same_people(cards: Path) -> None:
    found = compared(cards, "--adversary")
    assert found["kind"] == "adversary"
    assert found["victims_before"] == found["victims_after"]
    assert found["set_out_otherwise"] == []
    rounds = found["adversary"]["rounds"]
    assert [one["period"] for one in rounds] == [1, 2]
    assert all(one["flagged"]["n"] == 400 for one in rounds)
    assert found["misses"]["newly_missed"] > found["misses"]["no_longer_missed"]
    for group in ("lawful_flagged", "irregular_flagged"):
        assert found[group]["newly_flagged"] == found[group]["no_longer_flagged"] == 0


@pytest.mark.usefixtures("quick")
def test_finding_as_many_as_before_burdens_others(cards: Path) -> None:
    restoring = compared(cards, "--adversary")["adversary"]["restoring"]
    assert restoring["threshold_restored"] <= restoring["threshold"]
    assert restoring["found_after"]["found"] <= restoring["found_before"]["found"]
    assert restoring["others"]["flagged_restored"]["flagged"] >= restoring["others"]["flagged"]["flagged"]
    assert sum(one["flagged"]["n"] for one in restoring["travellers"]) == 3000
    assert any(one["module"].startswith("lookalike.") for one in restoring["travellers"])


@pytest.mark.usefixtures("quick")
def test_what_networks_learned_is_told_in_words(cards: Path) -> None:
    result = saring(
        "compare", SCENARIO, "--adversary", "--lever", "interview_training", "--n", SIZE, "--cards", cards
    )
    assert result.exit_code == OK, result.stderr
    said = " ".join(result.stdout.split())
    assert "before and after networks learn" in said
    assert re.search(
        r"Lured into online-scam work: of 400 in each round were flagged, round by round, "
        r"(\d+\.\d % \(\d+\.\d-\d+\.\d\); )\d+\.\d % \(\d+\.\d-\d+\.\d\) \(95 % intervals\)\.",
        said,
    )
    assert "To find as many as before, the threshold would fall" in said
    assert re.search(
        r"at this very threshold \d+\.\d % \(95 % interval .*?\) of 3,000 others would be flagged", said
    )
    assert "grade D" in said


@pytest.mark.parametrize(
    ("module", "lacking"),
    [("typology.online_scam", "lawful or irregular people"), ("journey.tourist", "victims")],
)
def test_networks_learn_only_where_there_are_both_sides(
    module: str, lacking: str, cards: Path, tmp_path: Path
) -> None:
    said = refusal("compare", one_sided(tmp_path, module), "--adversary", "--cards", cards)
    assert f"--adversary: 'one_sided' has no {lacking}" in said


def test_finished_runs_learn_nothing(runs: dict[str, Path]) -> None:
    assert "--adversary" in refusal("compare", runs["plain"], runs["lower"], "--adversary")
    assert "one run alone" in refusal("compare", runs["plain"], "--adversary")
