"""Statements are read by a library that others wrote, and say what was decided and by whom, under a pseudonym."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tincan import Statement

from console.materials.xapi import statement
from dossier.recommendations import Recommendation
from tests.unit.materials.samples import SITTING, WHEN, decision, dossiers, with_truth


def test_a_reader_that_we_did_not_write_reads_every_statement_back() -> None:
    for dossier in dossiers():
        for action in Recommendation:
            made = statement(SITTING, decision(dossier, action))
            read = Statement.from_json(json.dumps(made))
            again = json.loads(read.to_json())
            assert {name: again[name] for name in ("actor", "verb", "context")} == {
                name: made[name] for name in ("actor", "verb", "context")
            }
            assert again["object"] == made["object"]
            assert read.id == UUID(made["id"])
            assert read.timestamp == WHEN
            assert read.context.registration == SITTING.id
            assert read.result.duration.total_seconds() == 75.25
            assert read.result.response == action.label


@pytest.mark.parametrize(
    "broken", [{"verb": {"display": {"en": 3}, "id": ""}}, {"actor": {"mail": "x"}}, {"extra": 1}]
)
def test_the_reader_refuses_what_is_no_statement(broken: dict[str, Any]) -> None:
    made = {**statement(SITTING, decision(dossiers()[0])), **broken}
    with pytest.raises((ValueError, TypeError, AttributeError)):
        Statement.from_json(json.dumps(made))


def test_a_score_and_the_right_answer_are_there_only_where_the_answer_may_be_told() -> None:
    told = statement(SITTING, decision(dossiers()[0]))
    assert told["result"]["success"] is True
    assert told["result"]["score"]["scaled"] == 1.0
    assert told["object"]["definition"]["correctResponsesPattern"] == ["interview", "refer"]
    hidden = statement(SITTING, decision(dossiers(revealed=False)[0]))
    assert not {"success", "score"} & hidden["result"].keys()
    assert "correctResponsesPattern" not in hidden["object"]["definition"]


@pytest.mark.parametrize("truth_class", ["victim", "irregular", "lawful"])
@pytest.mark.parametrize("counts_documents", [False, True])
def test_a_success_is_exactly_a_response_of_the_right_pattern(
    truth_class: str, counts_documents: bool
) -> None:
    sitting = replace(SITTING, counts_documents=counts_documents)
    dossier = with_truth(dossiers()[0], truth_class)
    made = [statement(sitting, decision(dossier, action)) for action in Recommendation]
    for one in made:
        pattern = one["object"]["definition"]["correctResponsesPattern"]
        assert one["result"].get("success", False) == (one["result"]["response"] in pattern)
        assert ("score" in one["result"]) == ("success" in one["result"])
        if one["result"].get("score", {}).get("raw") == 100:
            assert one["result"]["success"]


def test_letting_an_irregular_traveller_proceed_neither_succeeds_nor_fails() -> None:
    irregular = with_truth(dossiers()[0], "irregular")
    proceed, documents, interview, refer = (
        statement(SITTING, decision(irregular, action))["result"] for action in Recommendation
    )
    assert not {"success", "score"} & proceed.keys()
    assert [documents["success"], interview["success"], refer["success"]] == [True, True, False]
    assert [documents["score"]["raw"], interview["score"]["raw"], refer["score"]["raw"]] == [100, 100, 0]


def test_whatever_is_displayed_stands_in_both_languages_whoever_exports() -> None:
    for language in ("en", "id"):
        made = statement(replace(SITTING, language=language), decision(dossiers()[0]))
        definition = made["object"]["definition"]
        displayed = [
            made["verb"]["display"],
            definition["name"],
            definition["description"],
            *(choice["description"] for choice in definition["choices"]),
            parent_of(made)["name"],
        ]
        assert all(text.keys() == {"en", "id"} and text["en"] != text["id"] for text in displayed)
        assert "July 2022" in parent_of(made)["name"]["en"]
        assert "Juli 2022" in parent_of(made)["name"]["id"]


def test_a_simulated_trainee_and_a_simulated_class_are_called_so() -> None:
    simulated = decision(dossiers()[0], is_simulated=True)
    among_people = statement(replace(SITTING, simulated_seats=3), simulated)
    assert among_people["actor"]["name"] == "Simulated trainee S07"
    assert parent_of(among_people)["name"]["en"].startswith("Sitting on the scenario")
    alone = replace(SITTING, simulated_seats=SITTING.seats, language="id")
    named = statement(alone, replace(simulated, nickname="Ayu"))
    assert named["actor"]["name"] == "Peserta simulasi Ayu"
    assert parent_of(named)["name"]["en"].startswith("Sitting of a simulated class")
    assert Statement.from_json(json.dumps(named)).actor.account.name == "S07"


def test_a_sitting_without_seats_is_no_simulated_class() -> None:
    assert not replace(SITTING, seats=0).is_simulated_class


def test_an_actor_is_a_pseudonym_at_an_address_that_exists_nowhere() -> None:
    actor = statement(SITTING, decision(dossiers()[0]))["actor"]
    assert actor["account"]["name"] == "S07"
    assert actor["account"]["homePage"].endswith(".saring.invalid")
    assert "name" not in actor
    named = statement(SITTING, decision(dossiers()[0], nickname="Ayu"))["actor"]
    assert named["name"] == "Ayu"


def test_the_same_decision_has_the_same_id_and_another_one_another() -> None:
    one, other = dossiers()[:2]
    ids = [
        statement(SITTING, made)["id"]
        for made in (decision(one), decision(one), decision(other), decision(one, round=2))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_every_statement_says_that_the_person_is_synthetic() -> None:
    context = statement(SITTING, decision(dossiers()[0]))["context"]
    assert context["extensions"]["https://saring.invalid/xapi/synthetic"] is True


def parent_of(made: dict[str, Any]) -> Any:
    return made["context"]["contextActivities"]["parent"][0]["definition"]
