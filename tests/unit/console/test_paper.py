"""Paper cards learned and measured: what the card says of itself, counted again by hand on the same people."""

from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
import pytest

from console import paper
from console.certifying import Scorer
from console.paper import Desk, paper_card_for
from dossier.findings import PRESENT
from dossier.problems import BadInput
from dossier.stages import Stage
from models.paper_card import PaperCard, settings
from screening.screener import read_evidence
from synthetic.cohort import FreshDraws
from tests.unit.screening.desks import cohort, screener
from tests.unit.synthetic.worlds import world

Side: TypeAlias = Literal["victims", "others"]

SCENARIO, STAGE = "phnom_penh_2022", Stage.VERIFICATION
FEW = {"rows": 4, "most_points": 3, "victims": 500, "others": 1500}
FEW |= {"measured_victims": 400, "measured_others": 1200}
SIDES: tuple[Side, Side] = ("victims", "others")
DESK = Desk(screener().rulebook, STAGE)


@cache
def learned(stage: Stage = STAGE, **changes: Any) -> PaperCard:
    few = settings().model_copy(update={**FEW, **changes})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "settings", lambda: few)
        return paper_card_for(world(SCENARIO), Desk(screener().rulebook, stage), screener().cards, "trial")


def sums_by_hand(card: PaperCard, side: Side) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of each fresh person's points, and on whom a rule recommends referral by itself."""
    seed = settings().measured_seed + (side == "others")
    people = FreshDraws(world(SCENARIO))(side, FEW[f"measured_{side}"], seed)[0]
    evidence = read_evidence(screener().rulebook, people, STAGE)
    total = np.zeros(len(people), dtype=np.int64)
    for row in card.rows:
        kind, name = row.finding.split(":")
        found = evidence.indicators[name] if kind == "indicator" else evidence.outcomes[name]
        total += row.points * (found == PRESENT)
    by_rule = np.zeros(len(people), dtype=bool)
    for rule in screener().rulebook.rules:
        if rule.tier == "override":
            by_rule |= evidence.outcomes.get(rule.id, np.zeros(len(people))) == PRESENT
    return total, by_rule


def test_a_card_says_where_it_comes_from() -> None:
    card = learned()
    assert (card.id, card.stage, card.scenario) == ("trial", "verification", SCENARIO)
    assert card.columns_hash == screener().rulebook.columns_hash
    assert card.seed == screener().cards.training.seed
    assert 1 <= len(card.rows) <= FEW["rows"]
    assert [row.points for row in card.rows] == sorted((row.points for row in card.rows), reverse=True)
    assert {row.finding for row in card.rows} <= set(DESK.candidates())


def test_learning_twice_gives_the_same_card() -> None:
    one = learned()
    learned.cache_clear()
    assert learned() == one


def test_its_rates_are_those_of_fresh_people_counted_by_hand() -> None:
    card = learned()
    (victims, by_rule), (others, other_by_rule) = (sums_by_hand(card, side) for side in SIDES)
    missed = ~((victims >= card.refer_from) | by_rule)
    flagged = (others >= card.refer_from) | other_by_rule
    rates = [card.measured["miss_rate"], card.measured["false_flag_rate"]]
    assert [(rate["n"], rate.get("missed", rate.get("flagged"))) for rate in rates] == [
        (FEW["measured_victims"], missed.sum()),
        (FEW["measured_others"], flagged.sum()),
    ]
    assert all(rate["low"] < rate["estimate"] < rate["high"] for rate in rates)


def test_every_sum_has_its_rates() -> None:
    card = learned()
    victims, others = (sums_by_hand(card, side)[0] for side in SIDES)
    found = card.measured["by_sum"]
    assert [one["sum"] for one in found] == list(range(1, max(victims.max(), others.max()) + 1))
    for one in found:
        assert one["miss_rate"]["missed"] == (victims < one["sum"]).sum()
        assert one["false_flag_rate"]["flagged"] == (others >= one["sum"]).sum()


def test_the_loss_is_against_the_cards_at_the_same_false_flags_on_the_same_people() -> None:
    """The cards may flag as many others as the paper card, whoever scores highest; then victims are counted."""
    card, draws = learned(), FreshDraws(world(SCENARIO))
    seed = settings().measured_seed
    people = [draws(side, FEW[f"measured_{side}"], seed + place)[0] for place, side in enumerate(SIDES)]
    scorer = Scorer.of(screener().rulebook, screener().cards)
    victims, others = (np.sort(scorer.risk(side, STAGE)) for side in people)
    allowed = card.measured["false_flag_rate"]["flagged"]
    above = others[-allowed - 1]
    most, fewest = (victims <= above).sum(), (victims < others[-allowed]).sum()
    missed = card.measured["cards_miss_rate"]["missed"]
    assert min(most, fewest) <= missed <= max(most, fewest)
    loss, n = card.measured["loss"], FEW["measured_victims"]
    assert loss["n"] == n
    assert loss["estimate"] == pytest.approx((card.measured["miss_rate"]["missed"] - missed) / n)
    assert loss["low"] < loss["estimate"] < loss["high"]


def test_referral_starts_where_few_enough_others_are_flagged() -> None:
    strict, generous = learned(max_flagged=0.01), learned(max_flagged=0.2)
    rates = [card.measured["false_flag_rate"]["estimate"] for card in (strict, generous)]
    assert rates[0] < rates[1]
    assert strict.rows == generous.rows
    assert strict.refer_from > generous.refer_from


def test_where_nobody_may_be_flagged_there_is_no_card() -> None:
    with pytest.raises(BadInput, match="no sum of points flags at most 0%"):
        learned(max_flagged=0.0, rows=1)


def test_a_sum_that_nobody_reaches_is_no_sum_for_referral(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody shows all signs at once, so a card that asks for all points would refer nobody."""
    card = learned(rows=8)
    together = sum(row.points for row in card.rows)
    assert card.measured["by_sum"][-1]["sum"] < together
    monkeypatch.setattr(paper, "threshold_for_share", lambda *_: together)
    learned.cache_clear()
    with pytest.raises(BadInput, match="and anybody at all"):
        learned(rows=8)


@pytest.mark.parametrize("stage", [Stage.COUNTER, Stage.INTERVIEW])
def test_only_what_has_been_seen_by_then_can_stand_on_a_card(stage: Stage) -> None:
    seen, later = set(Desk(screener().rulebook, stage).candidates()), set(DESK.candidates())
    assert seen < later
    for sign in seen:
        kind, name = sign.split(":")
        book = screener().rulebook
        assert (book.indicators[name] if kind == "indicator" else book.rule(name)).stage <= stage
    blind = cohort().dossiers
    assert Desk(screener().rulebook, stage).read(blind).signs.shape == (len(blind), len(seen))


def test_a_sign_that_was_not_assessed_is_not_present() -> None:
    people = cohort().dossiers
    read, evidence = DESK.read(people), read_evidence(screener().rulebook, people, STAGE)
    for column, sign in enumerate(DESK.candidates()):
        kind, name = sign.split(":")
        found = evidence.indicators[name] if kind == "indicator" else evidence.outcomes[name]
        assert (read.signs[:, column] == (found == PRESENT)).all()
    assert len(read) == len(people)
