"""Hidden evidence: what is summed up without a row, who hangs on one, and how many rows must be hidden."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from console.stress.coached import coached, radii
from console.stress.hidden import Evidence, evidence_of, name_of
from console.stress.radius import radius_of
from console.stress.single_point import pieces_of, single_point
from models.card import StageCards, joined_score
from screening.screener import OVERRIDE
from tests.unit.console.stress.people import by_rules, mixed, quiet, setting

MOST, STEPS, SETS = 4, 6, 100_000


def flagged_evidence(people: int = 120) -> Evidence:
    here = mixed()
    rows = np.flatnonzero(~here.is_missed)[:people]
    (found,) = evidence_of(here.judge, here.victims.dossiers.take(rows), people)
    return found


def made_up(cards: int, rows: int, people: int, seed: int) -> Evidence:
    """Return people with points drawn by chance, of whom all reach the threshold."""
    random = np.random.default_rng(seed)
    given = random.integers(0, 250, (people, rows, cards)) * (random.random((people, rows, cards)) < 0.6)
    start = random.integers(-700, -300, (people, cards))
    found = Evidence(
        tuple(f"answer:{row}" for row in range(rows)),
        ("by_rule",),
        (start + given.sum(axis=1)).astype(np.int32),
        given.astype(np.int32),
        random.random((people, 1)) < 0.1,
        tuple(range(cards)),
        -200,
    )
    kept = found.is_flagged_at(found.scores) | found.overrides.any(axis=1)
    return replace(found, scores=found.scores[kept], given=found.given[kept], overrides=found.overrides[kept])


def fewest_by_trying(evidence: Evidence, person: int, most: int) -> int:
    """Try every set of rows, smaller ones first: slow and obvious."""
    rows = range(len(evidence.keys))
    by_rule = int(evidence.overrides[person].sum())
    for size in range(most + 1):
        for hidden in combinations(rows, size):
            left = evidence.scores[person] - evidence.given[person, np.array(hidden, dtype=np.intp)].sum(
                axis=0
            )
            if not evidence.is_flagged_at(left[None, :].astype(np.int32))[0]:
                return min(size + by_rule, most + 1)
    return most + 1


def test_with_nothing_hidden_the_sums_are_the_screeners_own() -> None:
    here = mixed()
    (found,) = evidence_of(here.judge, here.victims.dossiers, len(here.victims))
    risk = here.victims.outcomes.risk[here.judge.stage.label]
    by_cards = found.is_flagged_at(found.scores)
    assert ((by_cards | found.overrides.any(axis=1)) == ~here.is_missed).all()
    assert (found.overrides.any(axis=1) == (risk == OVERRIDE)).all()


def test_hiding_a_row_is_reading_the_dossier_without_its_points() -> None:
    here = mixed()
    rows = np.flatnonzero(~here.is_missed)[:200]
    dossiers = here.victims.dossiers.take(rows)
    lost = pieces_of(here, quiet).lost[rows]
    screener = here.judge.screener
    assessed = screener.assess(dossiers, here.judge.stage)
    cards = screener.cards.at(here.judge.stage)
    for place in (0, 7, 40, 90):
        left = [row for other, row in enumerate(cards.rows) if other != place]
        without = StageCards.model_validate({**cards.model_dump(), "rows": left})
        levels = np.delete(assessed.levels, place, axis=1)
        risk = joined_score(without.family_scores(levels, assessed.context)).risk
        expected = (risk < here.judge.threshold) & (assessed.risk != OVERRIDE)
        assert (lost[:, place] == expected).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cards", [1, 3])
def test_the_fewest_rows_are_those_that_trying_every_set_finds(cards: int, seed: int) -> None:
    evidence = made_up(cards, rows=8, people=60, seed=seed)
    found = radius_of(evidence, MOST, STEPS, SETS)
    expected = [fewest_by_trying(evidence, person, MOST) for person in range(len(evidence))]
    assert found.is_exact.all()
    assert found.enough.tolist() == expected
    assert len(set(expected)) > 2


def test_going_piece_by_piece_is_not_enough_where_cards_are_joined() -> None:
    """One row lowers both cards a little, two others each lower one card wholly: greedy takes the first."""
    given = np.array([[[160, 160], [300, 0], [0, 300]]], dtype=np.int32)
    evidence = Evidence(
        ("answer:a", "answer:b", "answer:c"),
        (),
        np.array([[250, 250]], dtype=np.int32),
        given,
        np.zeros((1, 0), dtype=bool),
        (0, 1),
        30,
    )
    assert radius_of(evidence, 3, STEPS, SETS).enough.tolist() == [2]
    assert radius_of(evidence, 3, STEPS, 0).needed.tolist() == [2]
    assert radius_of(evidence, 3, STEPS, 0).enough.tolist() == [3]


def test_what_the_bound_leaves_open_is_never_guessed() -> None:
    evidence = made_up(3, rows=10, people=200, seed=9)
    exact = radius_of(evidence, MOST, STEPS, SETS)
    open_ = radius_of(evidence, MOST, 1, 0)
    assert exact.is_exact.all()
    assert not open_.is_exact.all()
    assert (open_.needed <= exact.needed).all()
    assert (exact.enough <= open_.enough).all()


def test_an_override_rule_must_be_hidden_as_well() -> None:
    evidence = made_up(2, rows=6, people=80, seed=5)
    by_rule = evidence.overrides.any(axis=1)
    free = radius_of(replace(evidence, overrides=np.zeros_like(evidence.overrides)), MOST, STEPS, SETS)
    held = radius_of(evidence, MOST, STEPS, SETS)
    assert by_rule.any()
    assert (held.enough == np.minimum(free.enough + by_rule, MOST + 1)).all()


def test_more_hidden_is_never_less_missed_and_one_hidden_is_the_single_point_of_failure() -> None:
    here = mixed()
    curve = [row for row in coached(here, quiet).rows if row.series == "hidden"]
    missed = [row.miss.count for row in curve if row.miss]
    assert missed == sorted(missed)
    assert missed[0] == here.miss.count
    whole = single_point(here, quiet).rows[0]
    assert whole.miss is not None
    assert whole.miss.count == missed[1]


def test_hiding_the_setting_too_is_never_harder() -> None:
    plain, widest = radii(setting(), quiet)
    assert (widest.enough <= plain.enough).all()
    assert (widest.enough < plain.enough).any()


def test_pieces_have_names_in_both_languages() -> None:
    here = mixed()
    hidden = pieces_of(here, quiet)
    names = [name_of(here.judge, key) for key in hidden.keys]
    assert len(names) == hidden.lost.shape[1]
    assert all(name.en and name.id for name in names)
    assert not hidden.lost[here.is_missed].any()


def test_rules_alone_are_evidence_too() -> None:
    found = single_point(by_rules(), quiet)
    assert {row.series for row in found.rows} <= {"", "typology", "piece"}
    assert coached(by_rules(), quiet).rows[-1].miss is not None
