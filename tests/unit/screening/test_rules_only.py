"""Rules that decide by themselves: counting cards, thresholds, and flags without any card."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dossier.findings import PRESENT
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from models.features import contexts_at
from screening.explain import explain
from screening.referral import policy
from screening.rulebook import Rulebook, load_rulebook
from screening.rules_only import (
    NO_CARDS,
    UNSPECIFIED,
    decided_by_rules,
    published_flags,
    published_rulebooks,
    rank_scores,
    rule_cards,
    rules_screener,
)
from screening.screener import OVERRIDE, released_rules
from tests.unit.screening.desks import cohort, screener
from tests.unit.screening.test_rulebook import HEAD, rule

OURS = load_rulebook("saring-2026")
PAPER = load_rulebook("paper-004")

SECOND = {
    "id": '"to_cambodia"',
    "when": '"stated_country == \\"cambodia\\""',
    "tests.fires": '[{ stated_country = "cambodia" }]',
    "tests.does_not": '[{ stated_country = "laos" }]',
    "tests.unknown": '[{ stated_country = "missing" }]',
}


def written(folder: Path, keys: str, *rules: str) -> Path:
    """Write a rulebook of two evidence rules, or of other rules, with further keys in its head."""
    path = folder / "trial.toml"
    path.write_text(HEAD + keys + "".join(rules or (rule(), rule(SECOND))), encoding="utf-8")
    return path


def loaded(folder: Path, keys: str, *rules: str) -> Rulebook:
    return load_rulebook(written(folder, keys, *rules))


# --- the cards that count ---------------------------------------------------------------------------


def test_the_cards_have_one_family_one_row_for_each_evidence_rule_and_no_training() -> None:
    cards = rule_cards(released_rules("paper-004"))
    assert (cards.id, cards.families) == (NO_CARDS, (UNSPECIFIED,))
    assert (cards.training.scenario, cards.training.others) == ("", 0)
    assert [[row.input for row in stage.rows] for stage in cards.stages] == [
        ["rule:attached_data", "rule:minor_without_letter"],
        ["rule:attached_data", "rule:minor_without_letter", "rule:purpose_at_interview"],
        [f"rule:{one.id}" for one in PAPER.rules if one.tier == "evidence"],
        [f"rule:{one.id}" for one in PAPER.rules if one.tier == "evidence"],
    ]


def test_every_context_starts_at_nothing_and_counts_alike() -> None:
    for stage in rule_cards(released_rules("saring-2026")).stages:
        assert set(stage.start) == {((0),)}
        assert len(stage.start) == len(contexts_at(Stage.of(stage.stage)))
        for row in stage.rows:
            assert row.levels == ("absent", "unknown", "present")
            assert set(row.points) == {((0, 0, 100),)}


def test_the_only_pattern_has_a_name_in_both_languages() -> None:
    title = policy().title[UNSPECIFIED]
    assert title.en
    assert title.id
    assert title.en != title.id


def test_only_counting_cards_are_known_as_such() -> None:
    assert decided_by_rules(rule_cards(released_rules("women-17-45")))
    assert not decided_by_rules(screener().cards)


# --- the decision -----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("number", [2, 3])
def test_enough_evidence_rules_refer_and_one_fewer_does_not(stage: Stage, number: int) -> None:
    by_rules = rules_screener(OURS, number)
    found = by_rules.assess(cohort().dossiers, stage)
    tiers = {one.id: one.tier for one in OURS.rules}
    present = {name: outcome == PRESENT for name, outcome in found.evidence.outcomes.items()}
    counted = sum(outcome.astype(int) for name, outcome in present.items() if tiers[name] == "evidence")
    overridden = np.zeros(len(counted), dtype=bool)
    for name, outcome in present.items():
        overridden |= outcome & (tiers[name] == "override")
    assert found.is_flagged.tolist() == (overridden | (counted >= number)).tolist()
    assert (found.risk[~overridden] == 100 * counted[~overridden]).all()
    assert (found.risk[overridden] == OVERRIDE).all()


def test_a_dossier_one_rule_short_is_interviewed_and_a_clear_one_is_not() -> None:
    found = rules_screener(OURS, 2).assess(cohort().dossiers, Stage.VERIFICATION)
    given = {count: set(found.recommendation[found.risk == 100 * count].tolist()) for count in (0, 1, 2)}
    assert given[0] <= {Recommendation.PROCEED, Recommendation.DOCUMENTS}
    assert given[1] == {Recommendation.INTERVIEW}
    assert given[2] == {Recommendation.REFER}


def test_without_a_number_no_count_of_evidence_rules_refers_or_interviews() -> None:
    by_rules = rules_screener(PAPER)
    evidence = sum(one.tier == "evidence" for one in PAPER.rules)
    for stage in Stage:
        assert by_rules.operating_point.threshold(stage) - policy().interview_margin > 100 * evidence
    found = by_rules.assess(cohort().dossiers, Stage.VERIFICATION)
    assert found.is_flagged.any()
    assert (found.is_flagged == (found.risk == OVERRIDE)).all()
    assert not (found.recommendation == Recommendation.INTERVIEW).any()


def test_a_rulebooks_own_number_decides_unless_another_is_asked_for(tmp_path: Path) -> None:
    book = loaded(tmp_path, 'decides = "rules"\nrefers_from = 2\n')
    assert rules_screener(book).operating_point.threshold(Stage.COUNTER) == 200
    assert rules_screener(book, 1).operating_point.threshold(Stage.COUNTER) == 100


@pytest.mark.parametrize("number", [0, -1, 3, 1000])
def test_a_number_of_rules_that_there_is_not_is_refused(number: int, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="from 1 to 2"):
        rules_screener(loaded(tmp_path, ""), number)


def test_a_rulebook_of_evidence_rules_alone_needs_a_number(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nobody could be referred"):
        rules_screener(loaded(tmp_path, ""))


# --- ranks and flags without cards ------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
def test_a_rank_is_the_number_of_evidence_rules_and_infinite_under_an_override(stage: Stage) -> None:
    by_rules = rules_screener(OURS, 2)
    ranks = rank_scores(by_rules.rulebook, cohort().dossiers, stage)
    risk = by_rules.assess(cohort().dossiers, stage).risk
    assert ranks.tolist() == np.where(risk == OVERRIDE, np.inf, risk / 100).tolist()


@pytest.mark.parametrize("stage", Stage)
def test_published_rulebooks_flag_whom_their_screeners_flag(stage: Stage) -> None:
    books = published_rulebooks()
    assert set(books) == {"ilo-pre-departure", "paper-004", "women-17-45"}
    for name, flags in published_flags(books, cohort().dossiers, stage).items():
        found = rules_screener(load_rulebook(name)).assess(cohort().dossiers, stage)
        assert flags.tolist() == found.is_flagged.tolist()


def test_a_number_of_its_own_counts_for_flags_too(tmp_path: Path) -> None:
    by_rules = rules_screener(loaded(tmp_path, 'decides = "rules"\nrefers_from = 2\n'))
    flags = published_flags({"trial": by_rules.rulebook}, cohort().dossiers, Stage.COUNTER)["trial"]
    assert flags.any()
    assert flags.tolist() == by_rules.assess(cohort().dossiers, Stage.COUNTER).is_flagged.tolist()


# --- reasons ------------------------------------------------------------------------------------------


def test_reasons_are_the_rules_that_are_present_and_add_up_to_their_number() -> None:
    by_rules = rules_screener(OURS, 2)
    risk = by_rules.assess(cohort().dossiers, Stage.VERIFICATION).risk
    row = int(np.flatnonzero(risk == 200)[0])
    found = explain(by_rules, cohort().dossiers, row, Stage.VERIFICATION)
    assert (found.start, found.family, found.risk) == (0, UNSPECIFIED, 200)
    assert [(one.kind, one.points) for one in found.reasons] == [("rule", 100)] * 2
    assert found.sum_of_points == found.risk


def test_a_rulebook_without_rules_of_a_stage_flags_nobody_there() -> None:
    late = [one for one in PAPER.rules if one.stage == Stage.CHECKPOINT]
    book = PAPER.model_copy(update={"rules": tuple(late)})
    assert not rules_screener(book).assess(cohort().dossiers, Stage.VERIFICATION).is_flagged.any()


def test_cards_that_count_fit_their_own_rulebook_only() -> None:
    with pytest.raises(BadInput, match="other rules"):
        replace(rules_screener(PAPER), cards=rule_cards(released_rules("women-17-45")))


# --- what a file may say ------------------------------------------------------------------------------


def test_a_rulebook_is_for_cards_unless_it_says_otherwise(tmp_path: Path) -> None:
    book = loaded(tmp_path, "")
    assert (book.decides, book.refers_from, book.description) == ("cards", None, None)
    assert OURS.decides == "cards"


def test_a_rulebook_that_could_refer_nobody_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        loaded(tmp_path, 'decides = "rules"\n')
    (problem,) = caught.value.problems
    assert "none of them refers by itself" in problem.what
    assert "trial.toml, line 6" in problem.where
    assert "refers_from = 2" in problem.mend


def test_a_draft_override_refers_nobody(tmp_path: Path) -> None:
    override = {"tier": '"override"', "agency": '"police"'}
    assert loaded(tmp_path, 'decides = "rules"\n', rule(override)).rules
    with pytest.raises(BadInput, match="none of them refers by itself"):
        loaded(tmp_path, 'decides = "rules"\n', rule({**override, "status": '"draft"'}))


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ("refers_from = 1\n", "greater than or equal to 2"),
        ("refers_from = 2.5\n", "must be a whole number"),
        ('refers_from = "2"\n', "must be a whole number"),
        ("refers_from = true\n", "must be a whole number"),
        ("refers_from = 3\n", "asks for 3 evidence rules, and 2 are live"),
        ('decides = "officer"\n', "cards"),
    ],
)
def test_a_wrong_word_about_deciding_is_refused(keys: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        loaded(tmp_path, keys)
    assert what in str(caught.value)
    assert "trial.toml, line 6" in str(caught.value)
