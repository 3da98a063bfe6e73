"""Referrals by their grounds: the classes stand apart, nobody is counted who is not flagged."""

import numpy as np

from dossier.recommendations import agencies
from screening.evaluation.referrals import policy_json, referral_counts, referrals_json
from screening.referral_policy import load_policy, released_policies
from tests.unit.screening.results import made

TOURIST, IRREGULAR, VICTIM, ESCORT = 0, 2, 3, 5
POLICE = list(agencies()).index("police")

OUTCOMES = made([TOURIST, IRREGULAR, VICTIM, VICTIM, ESCORT, VICTIM], [0] * 6)
FLAGGED = np.array([True, True, True, True, True, False])
ROUTE = np.array([0, 0, 0, 1, 0, 1], dtype=np.int8)
AGENCY = np.array([POLICE, POLICE, POLICE, -1, 0, POLICE], dtype=np.int8)
COUNTS = referral_counts(OUTCOMES, FLAGGED, ROUTE, AGENCY, 2)


def test_the_classes_stand_apart_and_only_the_flagged_are_counted() -> None:
    first, second = referrals_json(("first", "second"), COUNTS)
    people = {label: first[label] for label in ("victim", "irregular", "lawful", "facilitator")}
    assert people == {"victim": 1, "irregular": 1, "lawful": 1, "facilitator": 1}
    assert (second["victim"], second["lawful"]) == (1, 0)


def test_facilitators_enter_no_share_and_the_share_has_its_n() -> None:
    first = referrals_json(("first", "second"), COUNTS)[0]
    assert (first["victims_among"]["victims"], first["victims_among"]["n"]) == (1, 3)
    assert first["victims_among"]["low"] < 1 / 3 < first["victims_among"]["high"]


def test_one_route_may_lead_to_several_agencies_or_to_nobody() -> None:
    first, second = referrals_json(("first", "second"), COUNTS)
    assert first["received_by"] == {next(iter(agencies())): 1, "police": 3}
    assert second["received_by"] == {"nobody": 1}


def test_the_counts_of_parts_add_up() -> None:
    parts = [np.arange(2), np.arange(2, 6)]
    found = [referral_counts(OUTCOMES.take(p), FLAGGED[p], ROUTE[p], AGENCY[p], 2) for p in parts]
    assert (found[0] + found[1] == COUNTS).all()


def test_a_policy_is_told_with_its_grounds_and_sources() -> None:
    for name in released_policies():
        found = policy_json(load_policy(name))
        assert list(found["routes"]) == list(load_policy(name).route_ids)
        for route in found["routes"].values():
            assert route["grounds"]["id"]
            assert route["sources"]
