"""The ledger of calibration seeds: spent once for one screener, never lost, never begun anew."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console.thresholds import ledger
from console.thresholds.ledger import Spent, reserved_seeds, spend
from dossier.problems import BadInput
from models.card import load_cards
from models.train import settings
from screening.rules_only import rule_cards
from screening.screener import RELEASED, released_rules

CARDS = load_cards(RELEASED)
OURS = Spent(
    rulebook="ours",
    cards="small",
    scenario="harbour",
    rulebook_hash="a" * 64,
    cards_hash="b" * 64,
    scenario_hash="d" * 64,
    stage="verification",
)
OTHER_RULES = OURS.model_copy(update={"rulebook_hash": "c" * 64})
OTHER_CARDS = OURS.model_copy(update={"cards_hash": "c" * 64})
OTHER_SCENARIO = OURS.model_copy(update={"scenario_hash": "c" * 64})
OTHER_STAGE = OURS.model_copy(update={"stage": "interview"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "ledger.json"


def test_a_seed_is_entered_with_what_it_was_spent_on(path: Path) -> None:
    spend(path, 5, OURS, CARDS)
    assert json.loads(path.read_text("utf-8")) == {"schema_version": "1", "spent": {"5": [OURS.model_dump()]}}


def test_the_same_rules_and_cards_may_draw_the_same_people_again(path: Path) -> None:
    spend(path, 5, OURS, CARDS)
    before = path.read_bytes()
    spend(path, 5, OURS.model_copy(update={"rulebook": "the same by another name"}), CARDS)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("other", "what"), [(OTHER_RULES, "rulebook now is"), (OTHER_CARDS, "cards now are")]
)
def test_a_seed_that_is_spent_on_another_screener_is_refused(other: Spent, what: str, path: Path) -> None:
    spend(path, 5, OURS, CARDS)
    spend(path, 6, OTHER_STAGE, CARDS)
    before = path.read_bytes()
    with pytest.raises(
        BadInput, match=rf"spent on the rulebook 'ours' with the cards 'small'; the {what}"
    ) as error:
        spend(path, 5, other, CARDS)
    assert "--seed 7" in error.value.problems[0].mend  # the first that is free
    assert path.read_bytes() == before


def test_a_second_seed_for_the_same_screener_scenario_and_stage_is_refused(path: Path) -> None:
    """Of twenty draws the luckiest breaks a promise far more often than it says."""
    spend(path, 5, OURS, CARDS)
    before = path.read_bytes()
    with pytest.raises(
        BadInput, match="the seed 5 was spent .* one draw that was chosen beforehand"
    ) as error:
        spend(path, 6, OURS, CARDS)
    assert error.value.problems[0].mend.startswith("Give --seed 5, or leave --seed out")
    assert path.read_bytes() == before
    spend(path, 5, OURS, CARDS)


@pytest.mark.parametrize("other", [OTHER_SCENARIO, OTHER_STAGE])
@pytest.mark.parametrize("seed", [5, 6])
def test_another_scenario_or_stage_has_a_seed_of_its_own_choice(seed: int, other: Spent, path: Path) -> None:
    spend(path, 5, OURS, CARDS)
    spend(path, seed, other, CARDS)
    spend(path, seed, other, CARDS)
    with pytest.raises(BadInput, match=f"the seed {seed} was spent"):
        spend(path, 7, other, CARDS)
    entered = json.loads(path.read_text("utf-8"))["spent"]
    assert sum(len(ones) for ones in entered.values()) == 2


def test_the_draws_of_training_and_of_the_released_certificate_are_not_fresh(path: Path) -> None:
    trained = range(settings().seed, settings().seed + len(CARDS.families) + 1)
    assert set(trained) <= reserved_seeds(CARDS).keys()
    for seed in (*trained, 20_260_401, 20_260_402):
        with pytest.raises(BadInput, match="are not fresh") as error:
            spend(path, seed, OURS, CARDS)
        free = int(error.value.problems[0].mend.split()[-1].strip("."))
        assert free not in reserved_seeds(CARDS)
    assert not path.exists()


def test_where_nothing_was_learned_no_training_seed_is_spent() -> None:
    reserved = reserved_seeds(rule_cards(released_rules()))
    assert set(reserved) == {20_260_401, 20_260_402}


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        '{"spent": 1}',
        '{"spent": {"x": 1}}',
        '{"schema_version": "2", "spent": {}}',
        '{"schema_version": "1", "spent": {"5": [{"rulebook": "without a scenario"}]}}',
    ],
)
def test_a_broken_ledger_is_an_error_and_stays_as_it_is(broken: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        spend(path, 5, OURS, CARDS)
    assert "Restore it" in error.value.problems[0].mend
    assert path.read_text("utf-8") == broken


def test_a_full_ledger_is_kept_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spend(path, 5, OURS, CARDS)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "LARGEST_FILE", len(before) + 10)
        with pytest.raises(BadInput, match="full"):
            spend(path, 6, OTHER_STAGE, CARDS)
    monkeypatch.setattr(ledger, "MOST_ITEMS", 1)  # a longer list could not be read again
    with pytest.raises(BadInput, match="full"):
        spend(path, 5, OTHER_STAGE, CARDS)
    assert path.read_bytes() == before


def test_many_at_once_lose_nothing(path: Path) -> None:
    def at_its_own(seed: int) -> None:
        spend(path, seed, OURS.model_copy(update={"scenario_hash": f"{seed:064}"}), CARDS)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(at_its_own, range(40)))
    assert set(json.loads(path.read_text("utf-8"))["spent"]) == {str(seed) for seed in range(40)}


def test_who_is_interrupted_while_writing_leaves_the_ledger_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(path, 5, OURS, CARDS)
    before = path.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spend(path, 6, OTHER_STAGE, CARDS)
    assert path.read_bytes() == before


HOLDER = """
import sys, time
from pathlib import Path
from console.thresholds.ledger import _locked
with _locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_who_is_killed_holds_nobody_up(path: Path) -> None:
    path.parent.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        started = time.monotonic()
        spend(path, 5, OURS, CARDS)
        assert time.monotonic() - started < 5
    finally:
        holder.kill()
        holder.communicate()
