"""`saring train` and what it is composed of: draws, cards, a certificate, and the same again."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from console import paper, training
from console.certifying import Scorer, certificate_for, released_terms
from console.commands import train as train_command
from console.training import train_cards, trained_challenger, training_draw
from dossier.dossiers import Dossiers
from dossier.stages import STAGE_LABELS, Stage
from models import challengers, train
from models.card import CardSet, load_cards
from models.paper_card import load_paper_card
from models.paper_card import settings as paper_settings
from models.train import OTHERS, settings
from screening.operating_point import load_operating_point
from screening.rules_only import published_rulebooks
from screening.screener import released_rules
from synthetic import FreshDraws, load_scenario
from synthetic.compile import compile_world
from synthetic.scenarios import SCENARIOS
from synthetic.world import World
from tests.unit.console.terminal import OK, SCENARIO, json_of, nothing_left, refusal, saring
from tests.unit.screening.desks import ALL_TYPES, cohort, screener
from tests.unit.synthetic.worlds import world

FEW = {"victims_per_family": 250, "others": 900, "rounds": 15}
FEW |= {"challenger_victims": 400, "challenger_others": 900, "challenger_trees": 6}
TERMS = released_terms().model_copy(update={"victims": 200, "others": 600})
BY_HAND = {"rows": 4, "most_points": 2, "victims": 300, "others": 600}
BY_HAND |= {"measured_victims": 200, "measured_others": 400}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from shrunk(monkeypatch)


def shrunk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few people, few rounds and few trees, on one thread."""
    chosen = settings().model_copy(update=FEW)
    for module in (training, train, challengers, train_command):
        monkeypatch.setattr(module, "settings", lambda: chosen)
    by_hand = paper_settings().model_copy(update=BY_HAND)
    monkeypatch.setattr(paper, "settings", lambda: by_hand)
    monkeypatch.setattr(train_command, "released_terms", lambda: TERMS)
    with threadpool_limits(1):
        yield


def trained(name: str = ALL_TYPES, seed: int = 1) -> CardSet:
    return train_cards(world(name), released_rules(), seed, "small")


# --- the sample -------------------------------------------------------------------------------------


def test_a_sample_holds_as_many_of_each_family_as_it_should() -> None:
    found = training_draw(world(ALL_TYPES), seed=1)
    assert len(found.dossiers) == len(found.family)
    for family in range(len(found.families)):
        assert (found.family == family).sum() == FEW["victims_per_family"]
    assert (found.family == OTHERS).sum() == FEW["others"]


def test_shares_are_those_of_the_scenario() -> None:
    found, mix = training_draw(world(ALL_TYPES), seed=1), world(ALL_TYPES).scenario.mix
    by_family: dict[str, float] = {}
    for module in world(ALL_TYPES).modules:
        if module.module.family:
            by_family[module.module.family] = by_family.get(module.module.family, 0) + mix[module.id].share
    assert found.family_shares() == pytest.approx(by_family)
    assert found.shares == tuple(mix[typology].share for typology in found.typologies)
    facilitators = mix["journey.escort"].share + mix["journey.recruiter"].share
    assert found.share_of_others == pytest.approx(1 - sum(by_family.values()) - facilitators)


def same(one: Dossiers, other: Dossiers) -> bool:
    return all((one.columns[name] == other.columns[name]).all() for name in one.columns)


def test_others_hold_neither_victims_nor_facilitators() -> None:
    found = training_draw(world(ALL_TYPES), seed=1)
    expected, truth = FreshDraws(world(ALL_TYPES))("others", FEW["others"], 1)
    assert truth.is_counted_as_other.all()
    assert same(found.dossiers.take(found.family == OTHERS), expected)


def test_each_family_holds_victims_of_that_family_alone() -> None:
    found, draws = training_draw(world(ALL_TYPES), seed=1), FreshDraws(world(ALL_TYPES))
    for place, family in enumerate(found.families):
        modules = tuple(m.id for m in world(ALL_TYPES).modules if m.module.family == family)
        expected, truth = draws("victims", FEW["victims_per_family"], 2 + place, modules=modules)
        assert truth.is_victim.all()
        assert same(found.dossiers.take(found.family == place), expected)


def test_a_family_without_a_share_is_not_trained(tmp_path: Path) -> None:
    text, mix = (SCENARIOS / f"{ALL_TYPES}.toml").read_text(encoding="utf-8"), load_scenario(ALL_TYPES).mix
    gone, more = "typology.forced_marriage", "journey.tourist"
    for module, share in ((gone, 0.0), (more, mix[more].share + mix[gone].share)):
        text = re.sub(rf'("{module}" = {{ share = )[0-9.]+', rf"\g<1>{share}", text)
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    found = training_draw(compile_world(load_scenario(own)), seed=1)
    assert "forced_marriage" not in found.families
    assert len(found.families) == len(training_draw(world(ALL_TYPES), seed=1).families) - 1


def test_a_scenario_with_one_family_trains_one_card() -> None:
    assert training_draw(world(SCENARIO), seed=1).families == ("online_scam",)


def test_a_sample_holds_nothing_but_dossiers_and_families() -> None:
    found = training_draw(world(ALL_TYPES), seed=1)
    assert set(found.dossiers.columns) == set(cohort().dossiers.columns)


# --- the cards --------------------------------------------------------------------------------------


def test_cards_are_trained_for_every_stage_and_these_rules() -> None:
    cards = trained()
    assert [stage.stage for stage in cards.stages] == list(STAGE_LABELS)
    assert cards.columns_hash == released_rules().columns_hash
    assert cards.training.victims == dict.fromkeys(cards.families, FEW["victims_per_family"])
    assert (cards.training.scenario, cards.training.others) == (ALL_TYPES, FEW["others"])


def test_training_twice_gives_the_same_cards() -> None:
    assert trained(seed=3).model_dump_json() == trained(seed=3).model_dump_json()


def test_another_seed_gives_other_cards() -> None:
    assert trained(SCENARIO, seed=3).stages != trained(SCENARIO, seed=4).stages


def test_trained_cards_can_screen_and_find_victims() -> None:
    scorer = Scorer.of(released_rules(), trained())
    risk = scorer.risk(cohort().dossiers, Stage.VERIFICATION)
    is_victim = cohort().truth.is_victim
    assert np.median(risk[is_victim]) > np.quantile(risk[~is_victim], 0.8)


def test_trained_cards_never_fall_where_they_should_rise() -> None:
    for stage in trained().stages:
        for entry, table in zip(stage.inputs, stage.tables, strict=True):
            assert not entry.is_rising or (np.diff(table, axis=1) >= 0).all()


def test_a_challenger_is_trained_on_the_same_scenario_and_always_the_same() -> None:
    one, other = (trained_challenger(world(SCENARIO), 5, Stage.INTERVIEW) for _ in range(2))
    scores = [rival.scores(cohort().dossiers) for rival in (one, other)]
    assert (scores[0] == scores[1]).all()


# --- the certificate --------------------------------------------------------------------------------


def test_a_scorer_scores_as_the_screener_whatever_the_threshold() -> None:
    scorer = Scorer.of(screener().rulebook, screener().cards)
    for stage in Stage:
        expected = screener().assess(cohort().dossiers, stage).risk
        assert (scorer.risk(cohort().dossiers, stage) == expected).all()


def certified(of: World) -> dict[str, Any]:
    return certificate_for(of, screener().rulebook, screener().cards, TERMS)


def test_a_certificate_says_everything_that_is_needed_to_make_it_again() -> None:
    found = certified(world(SCENARIO))
    names = {"cards", "columns_hash", "scenario", "scenario_hash", "evidence_hash", "code_version", "terms"}
    assert names <= set(found)
    assert found["scenario"] == SCENARIO
    assert json.dumps(found, allow_nan=False) == json.dumps(certified(world(SCENARIO)), allow_nan=False)


def test_its_counts_are_those_of_the_draw_it_names() -> None:
    found, draws = certified(world(SCENARIO)), FreshDraws(world(SCENARIO))
    victims = draws("victims", TERMS.victims, TERMS.seed, one_per_network=True)[0]
    for stage in Stage:
        risk = screener().assess(victims, stage).risk
        of_stage = found["stages"][stage.label]
        assert of_stage["miss_rate"]["missed"] == (risk < of_stage["threshold"]).sum()


def test_released_terms_promise_what_the_design_promises() -> None:
    found = released_terms()
    assert (found.max_miss, found.max_flagged, found.confidence) == (0.20, 0.05, 0.95)


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    """What `saring train` wrote into a folder of its own, what it printed to programs, and what to people."""
    out = tmp_path_factory.mktemp("trained") / "new" / "mine.json"
    with pytest.MonkeyPatch.context() as patch:
        for _ in shrunk(patch):
            found = json_of("train", SCENARIO, "--out", out, "--seed", 2)
            again = saring(
                "train", SCENARIO, "--out", out.with_name("again.json"), "--seed", 2, "--name", "mine"
            )
    assert again.exit_code == OK
    return out, found, again.stdout


def test_cards_certificate_and_paper_card_are_written_and_nothing_else(
    written: tuple[Path, dict[str, Any], str],
) -> None:
    out, found, _ = written
    beside = {"certificate": ".certificate.json", "paper_card": ".paper.json"}
    artifacts = {name: str(out.with_suffix(ending)) for name, ending in beside.items()}
    assert found["artifacts"] == {"cards": str(out), **artifacts}
    names = {f"{name}{ending}" for name in ("mine", "again") for ending in (".json", *beside.values())}
    assert {path.name for path in out.parent.iterdir()} == names


def test_the_same_words_write_the_same_three_files(written: tuple[Path, dict[str, Any], str]) -> None:
    out = written[0]
    for ending in (".json", ".certificate.json", ".paper.json"):
        again = out.with_name("again.json").with_suffix(ending)
        assert again.read_bytes() == out.with_suffix(ending).read_bytes()


def test_what_was_trained_can_be_screened_with(
    written: tuple[Path, dict[str, Any], str], tmp_path: Path
) -> None:
    out, found, _ = written
    cards, point = load_cards(out), load_operating_point(out.with_suffix(".certificate.json"))
    assert (cards.id, point.cards) == ("mine", "mine")
    assert found["thresholds"] == {s.label: point.threshold(s) / 100 for s in Stage}
    run = json_of("run", SCENARIO, "--n", 300, "--no-yardsticks", "--cards", out, "--out", tmp_path / "run")
    assert run["threshold"] == found["thresholds"]["verification"]


def test_the_paper_card_is_of_the_same_rules_and_measured_beside_the_same_cards(
    written: tuple[Path, dict[str, Any], str],
) -> None:
    out, found, _ = written
    cards, by_hand = load_cards(out), load_paper_card(out.with_suffix(".paper.json"))
    assert (by_hand.id, by_hand.columns_hash) == (cards.id, cards.columns_hash)
    assert (by_hand.scenario, by_hand.seed) == (SCENARIO, 2)
    assert len(by_hand.rows) <= BY_HAND["rows"]
    assert found["paper_card"] == by_hand.measured
    assert by_hand.measured["miss_rate"]["n"] == BY_HAND["measured_victims"]


def test_people_read_thresholds_and_what_they_miss(written: tuple[Path, dict[str, Any], str]) -> None:
    out, found, said = written
    assert load_cards(out.with_name("again.json")).id == "mine"
    for stage, of_stage in found["stages"].items():
        (row,) = [line for line in said.splitlines() if stage in line]
        assert f"{of_stage['threshold'] / 100:.2f}" in row
        assert f"{100 * of_stage['miss_rate']['estimate']:.1f} %" in row


@pytest.mark.parametrize("rulebook", sorted(published_rulebooks()))
def test_a_rulebook_that_decides_by_itself_is_not_trained_for(rulebook: str, tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        said = refusal("train", SCENARIO, "--rulebook", rulebook, "--out", tmp_path / "cards.json")
    assert f"the rulebook '{rulebook}' decides by itself; no card would ever be read" in said
    assert "To mend it: Choose a rulebook that is meant for cards." in said


def test_cards_need_the_name_of_a_json_file(tmp_path: Path) -> None:
    with nothing_left(tmp_path):
        for name in ("cards", "cards.toml", ""):
            assert "the cards are a JSON file" in refusal("train", SCENARIO, "--out", tmp_path / name)


def test_a_scenario_with_nobody_to_tell_apart_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    head = (
        '[scenario]\nid = "own"\nversion = "1"\nyear = 2022\nsize = 100\nlearning_aims = []\nsources = []\n'
    )
    texts = 'title = { en = "x", id = "x" }\nnarrative = { en = "x", id = "x" }\n'
    own.write_text(f'{head}{texts}[mix]\n"journey.tourist" = {{ share = 1.0 }}\n', encoding="utf-8")
    assert "has no victims" in refusal("train", own, "--out", tmp_path / "cards.json")
    assert list(tmp_path.iterdir()) == [own]
