"""Routing many people at once agrees with reading one dossier after the other, answer by answer.

The twin is written out from the policy's own words, with no compiler, no matrix and no logic of its own: a
missing answer is nobody's answer, and so never a ground.
"""

from dataclasses import replace

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Values, fields, fields_visible_at
from dossier.findings import PRESENT
from dossier.stages import Stage
from screening.conditions import Desk
from screening.referral_policy import load_policy
from screening.routes import Resemblance, routed
from screening.rules import Rule
from tests.unit.screening.desks import assessment, cohort, screener

STAGES = pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
PEOPLE = 1500
DANGER = {
    "told_to_keep_silent": "yes",
    "documents_held_by": "another_person",
    "reluctance": "afraid",
    "accompanied_by": "unrelated_adult",
}
HANDS = {
    "documents_held_by": ("another_person",),
    "told_to_keep_silent": ("yes",),
    "offer_channel": ("recruiter_visit",),
    "sponsor_relation": ("met_online", "recruiter"),
    "accompanied_by": ("unrelated_adult",),
}
PLACEMENT = {
    "fee_payer": ("wage_deduction", "recruiter_advance"),
    "debt": ("recruiter",),
    "contract": ("verbal", "none", "written_foreign"),
    "work_permit": ("on_arrival", "none"),
    "offer_channel": ("recruiter_visit",),
    "agency_licence": ("expired", "not_found"),
    "employer_registry": ("not_found",),
}


class Person:
    """One dossier, answer by answer."""

    def __init__(self, dossiers: Dossiers, row: int) -> None:
        self.answers = {name: int(values[row]) for name, values in dossiers.columns.items()}

    def says(self, name: str, *labels: str) -> bool:
        value = self.answers.get(name, MISSING)
        return value >= 0 and fields()[name].codes[value] in labels

    def number(self, name: str) -> int | None:
        value = self.answers.get(name, MISSING)
        return None if value in (MISSING, NOT_APPLICABLE) else value

    def asked(self, *names: str) -> bool:
        return all(name in self.answers for name in names)


def in_danger(one: Person) -> bool:
    signs = sum(one.says(name, label) for name, label in DANGER.items())
    led = one.says("companions_seen", "group_of_strangers", "escorted")
    return one.asked(*DANGER) and (signs >= 2 or (led and signs >= 1))


def another_had_a_hand(one: Person) -> bool:
    lamp, letter = one.says("ultraviolet_check", "irregular"), one.says("issuing_agency_answer", "refuted")
    if lamp and one.says("accompanied_by", "unrelated_adult"):
        return True
    return one.asked(*HANDS) and (lamp or letter) and any(one.says(n, *labels) for n, labels in HANDS.items())


def labour_rights(one: Person) -> bool:
    fee = one.number("fee_idr")
    return (fee is not None and fee >= 50_000_000) or any(
        one.says(n, *codes) for n, codes in PLACEMENT.items()
    )


def twin(one: Person, pattern: str, by_rule: bool) -> str:
    age, woman = one.number("age"), one.says("sex", "female")
    identity = [("registry_match", "mismatch"), ("family_card", "inconsistent")]
    applies = {
        "minor": age is not None and age < 18,
        "by_rule": by_rule,
        "organ": pattern == "organ_removal",
        "drug_courier": pattern == "drug_courier",
        "woman_in_danger": woman and in_danger(one),
        "person_in_danger": in_danger(one),
        "people_brought_home": one.says("repatriation_record", "linked")
        or one.says("watch_list", "linked", "named"),
        "forged_by_another": another_had_a_hand(one),
        "online_scam": pattern == "online_scam",
        "marriage_of_a_woman": woman and pattern == "forced_marriage",
        "marriage": pattern == "forced_marriage",
        "sexual_exploitation_of_a_woman": woman and pattern == "sexual_exploitation",
        "sexual_exploitation": pattern == "sexual_exploitation",
        "child_exploitation": pattern == "child_exploitation"
        and ((age is not None and age < 25) or one.says("apparent_age", "looks_younger")),
        "labour_rights": labour_rights(one),
        "identity": any(one.says(*answer) for answer in identity)
        or one.says("apparent_age", "looks_younger", "looks_older"),
        "papers": one.says("ultraviolet_check", "irregular") or one.says("issuing_agency_answer", "refuted"),
        "worker": True,
    }
    return next(name for name, holds in applies.items() if holds)


def fired(rows: np.ndarray, stage: Stage) -> np.ndarray:
    found = assessment(stage).evidence.outcomes
    overrides = [rule for rule in screener().rulebook.rules if rule.tier == "override" and rule.id in found]
    return np.array([any(found[rule.id][row] == PRESENT for rule in overrides) for row in rows])


@STAGES
def test_the_routes_of_drawn_people_are_those_that_a_reader_finds(stage: Stage) -> None:
    rows = np.argsort(-assessment(stage).score.risk, kind="stable")[:PEOPLE]
    seen, found, chosen = cohort().dossiers.select(fields_visible_at(stage)), assessment(stage), load_policy()
    families, by_rule = screener().cards.families, fired(rows, stage)
    expected = [
        twin(Person(seen, row), families[found.score.leading[row]], bool(by_rule[place]))
        for place, row in enumerate(rows)
    ]
    assert [chosen.route_ids[place] for place in found.route[rows]] == expected


def column(name: str, values: np.ndarray) -> Values:
    return values.astype(np.int32) if fields()[name].is_number else values.astype(np.int8)


def at_random(seed: int, size: int, stage: Stage) -> Dossiers:
    """Return people whose answers go together with nothing; a third of them are missing."""
    rng = np.random.default_rng(seed)
    dossiers = Dossiers(np.arange(size), {})
    columns: dict[str, Values] = {}
    for name in fields_visible_at(stage):
        field = fields()[name]
        values = rng.integers(0, field.upper + 1 if field.is_number else len(field.codes), size)
        columns[name] = column(name, np.where(rng.random(size) < 1 / 3, MISSING, values))
    return Dossiers(dossiers.applicants, columns)


@STAGES
def test_the_routes_of_people_at_random_are_those_that_a_reader_finds(stage: Stage) -> None:
    dossiers, families, chosen = at_random(7, PEOPLE, stage), screener().cards.families, load_policy()
    leading = np.random.default_rng(8).integers(0, len(families), PEOPLE).astype(np.int8)
    found = routed(chosen, Desk(dossiers), Resemblance(leading, families), {})
    expected = [twin(Person(dossiers, row), families[leading[row]], by_rule=False) for row in range(PEOPLE)]
    assert [chosen.route_ids[place] for place in found.route] == expected
    assert len(set(expected)) > 10


def test_more_asked_and_not_answered_changes_nobodys_route() -> None:
    """A question that nobody has answered is no ground: with it or without it the same route applies."""
    stage, chosen, families = Stage.CHECKPOINT, load_policy(), screener().cards.families
    asked = cohort().dossiers.select(fields_visible_at(Stage.VERIFICATION))
    empty = {
        name: column(name, np.full(len(asked), MISSING))
        for name in fields_visible_at(stage)
        if name not in asked.columns
    }
    unanswered = Dossiers(asked.applicants, {**asked.columns, **empty})
    resembles = Resemblance(assessment(Stage.VERIFICATION).score.leading, families)
    overrides: dict[str, tuple[Rule, np.ndarray]] = {}
    before, after = (routed(chosen, Desk(one), resembles, overrides) for one in (asked, unanswered))
    assert (before.route == after.route).all()
    assert (before.agency == after.agency).all()


def test_a_route_touches_no_risk_and_no_recommendation() -> None:
    paper = replace(screener(), referral=load_policy("paper-004"))
    for stage in Stage:
        found = paper.assess(cohort().dossiers, stage)
        assert (found.risk == assessment(stage).risk).all()
        assert (found.recommendation == assessment(stage).recommendation).all()
