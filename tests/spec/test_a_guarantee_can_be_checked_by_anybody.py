"""A guarantee can be checked by anybody: tuned once, it is drawn, computed and compared again, and answers.

How often a guarantee holds is a property test. Here it is tuned on the command line, with few people, and
whatever of the file, the rules or the cards is changed afterwards is found.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.certifying import certificate_for, certificate_sentences, released_terms
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.text_files import LARGEST_FILE
from models.card import load_cards
from screening.evaluation.guarantee.thresholds import allowed_misses
from screening.evaluation.texts import number
from screening.operating_point import RELEASED as CERTIFICATES
from screening.operating_point import load_operating_point
from screening.rulebook import rulebook_file
from screening.screener import RELEASED, released_rules
from tests.unit.console.terminal import (
    GATE_FAILED,
    OK,
    SCENARIO,
    json_of,
    nothing_left,
    refusal,
    saring,
)
from tests.unit.console.tunes import leave_pages_out
from tests.unit.synthetic.worlds import world

VICTIMS, OTHERS = 300, 2000
FEW = ("--victims", VICTIMS, "--others", OTHERS, "--max-miss", 0.2)

Content = dict[str, Any]


def tuned(folder: Path, *words: object, code: int = OK) -> Path:
    """Tune into a folder with a ledger beside it and return the certificate."""
    command = ("tune", SCENARIO, *FEW, "--ledger", folder.parent / "ledger.json", "--out", folder, *words)
    result = saring(*command)
    assert result.exit_code == code, result.output
    return folder / "certificate.json"


def content_of(path: Path) -> Content:
    found: Content = json.loads(path.read_text("utf-8"))
    return found


@pytest.fixture(scope="module", autouse=True)
def _pages_left_out() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        leave_pages_out(patch)
        yield


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tuned(tmp_path_factory.mktemp("tunes") / "tuned", "--groups", "typology,sex")


# --- what is promised -------------------------------------------------------------------------------


def test_the_threshold_is_the_lowest_that_a_group_needs(certificate: Path) -> None:
    found = content_of(certificate)
    assert {group["group"] for group in found["groups"]} == {"online_scam", "female", "male"}
    assert found["threshold"] == min(group["threshold"] for group in found["groups"])
    assert found["thresholds"] == {"verification": found["threshold"]}
    for group in found["groups"]:
        assert group["n"] == VICTIMS
        assert group["allowed"] == allowed_misses(VICTIMS, 0.2, 0.95)
        assert group["missed"] <= group["allowed"]


def test_no_two_groups_and_no_check_share_a_draw(certificate: Path) -> None:
    found = content_of(certificate)
    samples = [group[part] for group in found["groups"] for part in ("calibration", "check")]
    samples += [found["everybody"]["check"], found["others"]["check"]]
    assert len({sample["seed"] for sample in samples}) == len(samples) == 8
    assert len({sample["risks_sha256"] for sample in samples}) == 8


def test_it_speaks_of_the_simulated_population_and_not_of_the_world(certificate: Path) -> None:
    found = content_of(certificate)
    assert found["synthetic"] is True
    assert "certifies the simulation and not the world" in found["statement"]["en"]
    assert "bukan dunia nyata" in found["statement"]["id"]


def test_lawful_and_irregular_people_are_counted_apart(certificate: Path) -> None:
    others = content_of(certificate)["others"]
    assert others["lawful_flagged"]["n"] + others["irregular_flagged"]["n"] == OTHERS
    both = others["lawful_flagged"]["lawful_flagged"] + others["irregular_flagged"]["irregular_flagged"]
    assert both == others["false_flag_rate"]["flagged"]


def test_what_flags_more_than_a_fifth_of_others_is_headlined_so(tmp_path: Path) -> None:
    command = ("tune", SCENARIO, *FEW, "--ledger", tmp_path / "l.json", "--out", tmp_path / "t")
    found = json_of(*command, "--max-miss", 0.03)
    assert found["headline"]["verdict"] == "not_usable"
    assert found["headline"]["text"]["en"].startswith("Not usable at this difficulty")
    assert found["others"]["false_flag_rate"]["estimate"] > 0.2


def test_a_promise_that_no_capacity_meets_is_written_and_fails_the_gate(tmp_path: Path) -> None:
    found = content_of(tuned(tmp_path / "t", "--capacity", 500, code=GATE_FAILED))
    best = found["capacity"]["best"]
    assert found["headline"]["text"]["en"].startswith("Infeasible: capacity 500 allows at best")
    assert found["capacity"]["answer"] == "infeasible"
    assert found["capacity"]["feasible"] is False
    assert best["flags_per_10000"]["high"] <= 500 < found["capacity"]["here"]["flags_per_10000"]["low"]
    assert best["worst"]["estimate"] > 0.2
    assert best["threshold"] > found["threshold"]
    assert content_of(tmp_path / "t" / "tuning.json")["certificate"] == found


def test_what_the_capacity_allows_is_said_of_the_group_by_its_name_with_n_level_and_method(
    tmp_path: Path,
) -> None:
    found = content_of(tuned(tmp_path / "t", "--capacity", 500, "--groups", "typology", code=GATE_FAILED))
    worst, said = found["capacity"]["best"]["worst"], found["headline"]["text"]
    assert all("online_scam" not in words and "Clopper" in words for words in said.values())
    assert "“Lured into online-scam work”" in said["en"]
    assert "“Dijerat kerja penipuan daring”" in said["id"]
    assert number(found["capacity"]["best"]["threshold"] / 100, 2).en in said["en"]
    assert f"({worst['missed']} of {worst['n']} fresh victims; 95\xa0% interval" in said["en"]


def test_a_capacity_within_the_interval_is_neither_kept_nor_not(tmp_path: Path) -> None:
    """It says how many more others would tell; with so many it is told, and the promise is the same."""
    few = ("--groups", "everybody")
    here = content_of(tuned(tmp_path / "plain", *few))["capacity"]["here"]["flags_per_10000"]
    capacity = round((here["estimate"] + 3 * here["high"]) / 4)
    words = (*few, "--capacity", capacity)
    found = content_of(tuned(tmp_path / "open", *words))  # exit code 0
    more = found["capacity"]["more_others"]
    assert (found["capacity"]["answer"], found["capacity"]["feasible"]) == ("cannot_tell", None)
    assert more > 0
    assert f"Cannot tell whether capacity {capacity:,} is kept" in found["headline"]["text"]["en"]
    assert f"{more:,} more others would tell (--others {OTHERS + more})" in found["headline"]["text"]["en"]
    assert found["headline"]["verdict"] in ("usable", "not_usable")


def test_too_few_victims_are_asked_for_by_group_and_number(tmp_path: Path) -> None:
    command = ("tune", SCENARIO, "--max-miss", 0.05, "--victims", 50, "--others", OTHERS)
    with nothing_left(tmp_path):
        said = refusal(*command, "--ledger", tmp_path.parent / "few.json", "--out", tmp_path / "t")
    assert "9 more victims of the group 'sex: female' are needed" in said
    assert "--victims 59" in said


@pytest.mark.slow
def test_a_group_without_anybody_is_named_and_promised_nothing(tmp_path: Path) -> None:
    """Age is the recorded age: that nobody under 17 was found is no finding about how old victims are."""
    found = content_of(tuned(tmp_path / "t", "--groups", "age_band"))
    (empty,) = found["empty_groups"]
    assert empty["group"] == "under 17"
    assert "nothing is promised" in empty["text"]["en"]
    assert "by recorded age" in empty["text"]["en"]
    assert "menurut usia yang tercatat" in empty["text"]["id"]
    assert "age_band" not in empty["text"]["en"] + empty["text"]["id"]
    assert "under 17" not in {group["group"] for group in found["groups"]}


# --- the same again ---------------------------------------------------------------------------------


def test_the_same_question_has_the_same_answer_byte_for_byte(certificate: Path, tmp_path: Path) -> None:
    again = tuned(tmp_path / "again", "--groups", "typology,sex")
    assert again.read_bytes() == certificate.read_bytes()
    assert (tmp_path / "again" / "tuning.json").read_bytes() == certificate.with_name(
        "tuning.json"
    ).read_bytes()


def test_an_untouched_certificate_holds(certificate: Path) -> None:
    found = json_of("verify", certificate)
    assert found["holds"] is True
    assert found["differences"] == []
    assert saring("verify", certificate).stdout.startswith("Yes: ")


@pytest.mark.slow
def test_levers_and_difficulty_are_built_again(tmp_path: Path) -> None:
    levers = ("--lever", "interview_training", "--difficulty", 2, "--groups", "everybody")
    path = tuned(tmp_path / "t", *levers)
    assert content_of(path)["asked"]["levers"] == ["interview_training"]
    assert json_of("verify", path)["holds"] is True


def test_the_released_certificate_binds_its_cards_by_content_and_can_be_made_again(tmp_path: Path) -> None:
    released = content_of(CERTIFICATES / f"{RELEASED}.json")
    assert released["cards_hash"] == load_cards(RELEASED).content_hash
    few = released_terms().model_copy(update={"victims": 400, "others": 2000})
    small = certificate_for(world(SCENARIO), released_rules(), load_cards(RELEASED), few)
    path = tmp_path / "small.json"
    path.write_text(json.dumps(small), encoding="utf-8")
    assert json_of("verify", path)["kind"] == "released"
    path.write_text(json.dumps({**small, "thresholds": {**small["thresholds"], "counter": 3}}), "utf-8")
    result = saring("verify", path, "--json")
    assert result.exit_code == GATE_FAILED
    (difference,) = json.loads(result.stdout)["differences"]
    assert difference["field"] == "thresholds.counter"
    assert difference["certified"] == 3


@pytest.mark.slow
def test_the_released_certificate_holds() -> None:
    assert json_of("verify", RELEASED)["holds"] is True


# --- what was changed is found ------------------------------------------------------------------------


def lowered(found: Content) -> None:
    found["threshold"] -= 1


def kinder(found: Content) -> None:
    found["groups"][1]["miss_rate"]["missed"] -= 1


def renamed(found: Content) -> None:
    found["headline"]["text"]["en"] = "Usable."


def silenced(found: Content) -> None:
    del found["statement"]


def embellished(found: Content) -> None:
    found["approved"] = True


def rounder(found: Content) -> None:
    found["others"]["false_flag_rate"]["estimate"] += 1e-6


def bolder(found: Content) -> None:
    found["asked"]["confidence"] = 0.99


def luckier(found: Content) -> None:
    found["asked"]["seed"] += 1


CHANGES: dict[str, Callable[[Content], None]] = {
    "threshold": lowered,
    "groups[1].miss_rate.missed": kinder,
    "headline.text.en": renamed,
    "statement": silenced,
    "approved": embellished,
    "others.false_flag_rate.estimate": rounder,
}


def fields_that_differ(certificate: Path, path: Path, *changes: Callable[[Content], None]) -> set[str]:
    """Return what `saring verify` finds in a certificate with these changes, which it must not confirm."""
    found = content_of(certificate)
    for change in changes:
        change(found)
    path.write_text(json.dumps(found), encoding="utf-8")
    result = saring("verify", path, "--json")
    assert result.exit_code == GATE_FAILED
    answer = json.loads(result.stdout)
    assert answer["holds"] is False
    return {difference["field"] for difference in answer["differences"]}


def test_every_change_is_found_and_placed(certificate: Path, tmp_path: Path) -> None:
    found = fields_that_differ(certificate, tmp_path / "changed.json", *CHANGES.values())
    assert {field.split(".en")[0] for field in found} == {field.split(".en")[0] for field in CHANGES}


@pytest.mark.parametrize(
    ("change", "field"), [(bolder, "groups[0].allowed"), (luckier, "groups[0].calibration.seed")]
)
def test_another_question_has_another_answer(
    change: Callable[[Content], None], field: str, certificate: Path, tmp_path: Path
) -> None:
    assert field in fields_that_differ(certificate, tmp_path / "changed.json", change)


def test_other_rules_are_told_first_and_in_words(tmp_path: Path) -> None:
    """A rulebook that has the same columns, and says something else in words."""
    rules = tmp_path / "ours.toml"
    shutil.copyfile(rulebook_file(RELEASED), rules)
    path = tuned(tmp_path / "t", "--rulebook", rules, "--groups", "everybody")
    text = rules.read_text("utf-8")
    rules.write_text(text.replace('title = { en = "', 'title = { en = "Changed: ', 1), encoding="utf-8")
    result = saring("verify", path)
    assert result.exit_code == GATE_FAILED
    assert result.stdout.splitlines()[1] == "The rulebook is not the one that was certified."
    shutil.copyfile(rulebook_file(RELEASED), tmp_path / "kept.toml")
    assert saring("verify", path, "--rulebook", tmp_path / "kept.toml").exit_code == OK


def test_rules_that_no_longer_fit_the_cards_are_told_in_words(certificate: Path) -> None:
    result = saring("verify", certificate, "--rulebook", "paper-004")
    assert result.exit_code == GATE_FAILED
    assert "The rulebook is not the one that was certified." in result.stdout


def test_another_scenario_is_told_in_words(certificate: Path) -> None:
    result = saring("verify", certificate, "--scenario", "sihanoukville_2022")
    assert result.exit_code == GATE_FAILED
    assert "The scenario is not the one that was certified." in result.stdout


HOSTILE: dict[str, str] = {
    "empty": "",
    "cut short": '{"kind": "guarantee", "ask',
    "no object": "[1, 2]",
    "not a number": '{"kind": "guarantee", "asked": {"max_miss": NaN}}',
    "deep": "[" * 100_000,
    "long": json.dumps({"kind": "guarantee", "groups": [0] * 5000}),
    "large": " " * (LARGEST_FILE + 1),
    "unseen marks": '{"kind": "guarantee\\u202e"}',
    "nothing asked": '{"kind": "guarantee"}',
    "another kind": '{"kind": "promise"}',
    "nothing at all": "{}",
    "endless": '{"cards": "saring-2026", "scenario": "baseline_year", "terms": {"max_miss": 0.2, '
    '"max_flagged": 0.05, "confidence": 0.95, "victims": 1000000000000, "others": 1, "seed": 1}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_certificate_is_refused_in_words(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stranger.json"
    path.write_text(HOSTILE[name], encoding="utf-8")
    assert "stranger.json" in refusal("verify", path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("victims", 10**12),
        ("most_rows", 10**15),
        ("difficulty", 9),
        ("max_miss", 2),
        ("groups", ["truth"]),
        ("groups", 7),
        ("scenario", "/dev/zero"),
        ("stage", "noon"),
        ("surprise", 1),
    ],
)
def test_what_cannot_be_asked_is_refused(
    field: str, value: object, certificate: Path, tmp_path: Path
) -> None:
    found = content_of(certificate)
    found["asked"][field] = value
    path = tmp_path / "stranger.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    refusal("verify", path)


def test_a_folder_and_the_tuning_beside_are_pointed_to_the_certificate(certificate: Path) -> None:
    assert "certificate.json" in refusal("verify", certificate.parent)
    assert "certificate.json" in refusal("verify", certificate.with_name("tuning.json"))


# --- a draw is looked at for one screener -------------------------------------------------------------


def test_changed_rules_meet_fresh_people_by_themselves(certificate: Path, tmp_path: Path) -> None:
    rules = tmp_path / "ours.toml"
    text = rulebook_file(RELEASED).read_text("utf-8")
    rules.write_text(text.replace('title = { en = "', 'title = { en = "Changed: ', 1), encoding="utf-8")
    found = content_of(tuned(tmp_path / "t", "--rulebook", rules))
    assert found["asked"]["seed"] != content_of(certificate)["asked"]["seed"]


def test_a_seed_that_other_rules_have_seen_is_refused(tmp_path: Path) -> None:
    rules = tmp_path / "ours.toml"
    text = rulebook_file(RELEASED).read_text("utf-8")
    rules.write_text(text.replace('title = { en = "', 'title = { en = "Changed: ', 1), encoding="utf-8")
    tuned(tmp_path / "t", "--seed", 77, "--groups", "everybody")
    command = ("tune", SCENARIO, *FEW, "--seed", 77, "--ledger", tmp_path / "ledger.json")
    said = refusal(*command, "--rulebook", rules, "--out", tmp_path / "other")
    assert "the seed 77 was spent on the rulebook 'saring-2026'" in said
    assert "--seed 78" in said
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_second_seed_is_refused_and_the_first_serves_other_terms_too(tmp_path: Path) -> None:
    everybody = ("--groups", "everybody")
    tuned(tmp_path / "t", "--seed", 77, *everybody)
    command = ("tune", SCENARIO, *FEW, *everybody, "--ledger", tmp_path / "ledger.json")
    for words in (("--seed", 78), ()):
        said = refusal(*command, *words, "--out", tmp_path / "luckier")
        assert "the seed 77 was spent on these rules and cards" in said
        assert "one draw that was chosen beforehand" in said
        assert "Give --seed 77" in said
    assert not (tmp_path / "luckier").exists()
    tuned(tmp_path / "terms", "--seed", 77, *everybody, "--max-miss", 0.1)
    tuned(tmp_path / "harder", "--seed", 78, *everybody, "--difficulty", 4)  # another scenario
    claim = content_of(tmp_path / "t" / "certificate.json")["claim"]
    assert "holds by itself, for one draw that was chosen beforehand" in claim["en"]


def test_a_broken_ledger_stops_everything_and_stays(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    ledger.write_text("{", encoding="utf-8")
    said = refusal("tune", SCENARIO, *FEW, "--ledger", ledger, "--out", tmp_path / "t")
    assert "ledger.json" in said
    assert ledger.read_text("utf-8") == "{"
    assert not (tmp_path / "t").exists()


@pytest.mark.slow
def test_a_killed_tune_leaves_the_ledger_whole_and_no_results(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    words = ("tune", "baseline_year", "--groups", "province", "--ledger", ledger, "--out", tmp_path / "t")
    program = str(Path(sys.executable).with_name("saring"))
    process = subprocess.Popen([program, *map(str, words)], start_new_session=True)
    try:
        for _ in range(600):
            if ledger.exists():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert len(content_of(ledger)["spent"]) == 1  # what was looked at stays spent
    assert not (tmp_path / "t").exists()


# --- a certificate as operating point -----------------------------------------------------------------


def test_a_tuned_threshold_serves_one_stage_and_the_others_keep_theirs(certificate: Path) -> None:
    point, released = load_operating_point(certificate), load_operating_point(RELEASED)
    point.check_cards(load_cards(RELEASED), "certificate.json")
    assert point.lacking == (Stage.COUNTER, Stage.INTERVIEW, Stage.CHECKPOINT)
    whole = point.completed(released)
    for stage in Stage:
        own = point if stage == Stage.VERIFICATION else released
        assert whole.threshold(stage) == own.threshold(stage)
        assert whole.calibration(stage) == released.calibration(stage)
    assert whole.details["terms"]["max_miss"] == 0.2
    assert "threshold" not in whole.details["stages"]["counter"]  # the claim of the released one stays behind
    (sentence,) = certificate_sentences(whole)
    assert "keep the thresholds released with the cards" in sentence
    assert not list(certificate_sentences(released))


def test_a_certificate_is_for_the_very_cards_that_it_was_made_for(certificate: Path) -> None:
    cards = load_cards(RELEASED)
    training = cards.training.model_copy(update={"seed": 5})
    others = cards.model_copy(update={"training": training})
    assert (others.id, others.columns_hash) == (cards.id, cards.columns_hash)
    with pytest.raises(BadInput, match="their points have changed"):
        load_operating_point(certificate).check_cards(others, "certificate.json")
