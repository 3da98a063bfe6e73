"""Files of policies: what they must say, and what is refused with its line and a way to mend it."""

from pathlib import Path

import numpy as np
import pytest

import evidence
from dossier.problems import BadInput
from dossier.recommendations import agencies
from models.card import load_cards
from screening.referral_policy import RELEASED, Fate, load_policy, released_policies
from tests.unit.screening.desks import screener

POLICIES = pytest.mark.parametrize("name", released_policies())

HEAD = """
id = "trial"
title = { en = "Trial", id = "Uji" }
description = { en = "For a test.", id = "Untuk uji." }
offers_lawful_route = true
[parameters.adult_age_years]
value = 18
source = "a test"
"""

LAST = """
[[routes]]
id = "rest"
title = { en = "Rest", id = "Sisa" }
grounds = { en = "Nothing else applies.", id = "Tidak ada yang lain." }
agency = "bp2mi"
sources = ["assumed, grade D"]
"""


def route(name: str = "first", **keys: str) -> str:
    said = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return LAST.replace('"rest"', f'"{name}"') + said


def refusal(text: str, folder: Path) -> str:
    file = folder / "trial.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_policy(file)
    return str(refused.value)


# --- the released ones ------------------------------------------------------------------------------


def test_there_are_two_and_ours_is_followed_unless_another_is_named() -> None:
    assert released_policies() == ("paper-004", "saring-2026")
    assert load_policy().id == RELEASED == "saring-2026"
    assert screener().referral is load_policy(RELEASED)


@POLICIES
def test_a_policy_is_called_by_its_file(name: str) -> None:
    assert load_policy(name).id == name


@POLICIES
def test_every_route_says_its_grounds_in_at_most_two_sentences_of_both_languages_with_a_source(
    name: str,
) -> None:
    for one in load_policy(name).routes:
        for grounds in (one.grounds.en, one.grounds.id):
            assert grounds.endswith(".")
            assert grounds.count(". ") <= 1
        assert any("paper-" in source for source in one.sources), one.id


@POLICIES
def test_what_becomes_of_people_afterwards_is_assumed_visibly_and_rests_on_figures_that_exist(
    name: str,
) -> None:
    assumed = load_policy(name).written.assumed
    assert {one.people for one in assumed} == {"lawful", "irregular", "victim"}
    for one in assumed:
        assert one.grade == "D"
        assert one.source.startswith("assumed")
        assert one.low < one.high
        for key in one.evidence:
            assert evidence.figure(key).unit


def test_under_ours_somebody_who_protects_receives_each_person_or_is_told() -> None:
    for one in load_policy().routes:
        told = [key for key in (one.agency, *one.informs) if key]
        assert any(agencies()[key].protects for key in told), one.id


def test_ours_has_a_route_for_every_pattern_the_cards_know() -> None:
    named = {pattern for one in load_policy().routes for pattern in one.patterns}
    at_work = {"domestic_servitude", "debt_bondage"}
    assert named | at_work == set(load_cards(RELEASED).families)


def test_only_the_papers_own_procedure_ends_applications() -> None:
    ends = {
        name
        for name in released_policies()
        if any(not r.agency and not r.by_rule for r in load_policy(name).routes)
    }
    assert ends == {"paper-004"}
    assert not load_policy("paper-004").written.offers_lawful_route
    assert load_policy().written.offers_lawful_route


# --- what is refused --------------------------------------------------------------------------------


def test_an_unknown_name_is_answered_with_the_list() -> None:
    with pytest.raises(BadInput, match="There are: paper-004, saring-2026"):
        load_policy("paper-005")


def test_a_policy_of_ones_own_is_taken_from_a_path(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(HEAD + LAST.replace('agency = "bp2mi"', ""), encoding="utf-8")
    own = load_policy(file)
    assert own.fates(np.array([0], np.int8), np.array([-1], np.int8)).tolist() == [Fate.TURNED_AWAY]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + route(when='["age < 18"]') + route(when='["age < 20"]') + LAST, "a second route 'first'"),
        (HEAD + LAST.replace("bp2mi", "bp2m"), "Did you mean 'bp2mi'?"),
        (HEAD + route(when='["age < 18"]', informs='["army"]') + LAST, "there is no agency 'army'"),
        (HEAD + route(by_rule="true") + LAST, "the rule both name an agency"),
        (HEAD + route(when='["age < 18"]'), "somebody may be left without a route"),
        (HEAD + route(when='["agee < 18"]') + LAST, "agee"),
        (HEAD + route(when='["fee_high"]') + LAST, "needs the number 'fee_high_idr'"),
        (HEAD + route(when='["not told_to_be_silent"]') + LAST, "rests on what is absent"),
        (HEAD + route(when="[\"__import__('os')\"]") + LAST, "there is no function '__import__'"),
        (
            HEAD.replace("[parameters.adult_age_years]", "[parameters.age_of_adults]") + LAST,
            "adult_age_years",
        ),
        (HEAD + LAST + "colour = 1", "colour"),
        (HEAD + LAST.replace('["assumed, grade D"]', "[]"), "sources"),
        (HEAD, "routes"),
    ],
)
def test_what_cannot_be_followed_is_refused_and_said(text: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(text, tmp_path)


def test_everything_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    said = refusal(HEAD + route(when='["age < old", "not told_to_be_silent"]') + LAST, tmp_path)
    assert "there is no parameter 'old'" in said
    assert "rests on what is absent" in said
    assert "trial.toml, line" in said
