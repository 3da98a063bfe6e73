"""Every rule of the released rulebook says all that a rule must say, and its tests would notice a change.

Shadow rules are held to everything that binds the live ones, so that making one live is no leap.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from models.features import input_policy, rising_order
from screening import rulebook as rulebooks
from screening.rulebook import Rule, compile_rulebook, load_rulebook, released_rulebooks
from screening.rules import Row
from screening.rules_examples import example_dossiers
from screening.rules_tree import Every, HasCode, Indicates, Negated, Node, Some, children_of, parts_of

RULEBOOK = load_rulebook("saring-2026")
COMPILED = compile_rulebook(RULEBOOK, statuses=("live", "shadow"))
BANNED = re.compile(
    r"\b(hits?|suspect(s|ed)?|positives?|tersangka|reject(s|ed|ion)?|ditolak)\b", re.IGNORECASE
)
# Sex and home province are for the audit of a rulebook; the office would give the province away.
NEVER_READ = {"sex", "province", "office"}

every_rule = pytest.mark.parametrize("rule", RULEBOOK.rules, ids=lambda rule: rule.id)


def leaves_of(node: Node) -> list[Node]:
    return [part for part in parts_of(node) if not children_of(part)]


def texts_of(rule: Rule) -> tuple[Text, ...]:
    spoken = (rule.title, rule.question, rule.why, rule.reason, rule.harm_if_wrong)
    return (*spoken, *rule.innocent)


# --- each rule ------------------------------------------------------------------------------------


@every_rule
def test_a_rule_speaks_english_and_indonesian(rule: Rule) -> None:
    for text in texts_of(rule):
        assert text.en.strip()
        assert text.id.strip()
        assert text.en != text.id


@every_rule
def test_a_rule_calls_nobody_what_nobody_is(rule: Rule) -> None:
    spoken = " ".join(f"{text.en} {text.id}" for text in texts_of(rule))
    assert not BANNED.search(spoken)


@every_rule
def test_a_rule_asks_the_officer_something(rule: Rule) -> None:
    assert rule.question.en.endswith(("?", "."))
    assert len(rule.question.en.split()) > 4


@every_rule
def test_a_rule_gives_its_reason_in_one_sentence(rule: Rule) -> None:
    for sentence in (rule.reason.en, rule.reason.id):
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


@every_rule
def test_a_rule_knows_honest_people_who_look_the_same(rule: Rule) -> None:
    assert len(rule.innocent) >= (1 if rule.tier == "override" else 2)


@every_rule
def test_a_rule_names_where_in_a_source_it_comes_from(rule: Rule) -> None:
    assert all("," in source or ":" in source for source in rule.sources)


@every_rule
def test_a_rule_is_built_of_named_indicators_and_of_answers_that_may_enter_a_card(rule: Rule) -> None:
    for leaf in leaves_of(rule.condition.tree):
        if not isinstance(leaf, Indicates):
            assert isinstance(leaf, HasCode)
            assert leaf.wanted
            assert leaf.field not in input_policy().withheld


@every_rule
def test_a_rule_reads_an_answer_in_the_same_direction_as_the_cards(rule: Rule) -> None:
    for leaf in leaves_of(rule.condition.tree):
        if isinstance(leaf, HasCode) and leaf.field in input_policy().rising:
            codes = {fields()[leaf.field].codes[code] for code in leaf.codes}
            assert codes == set(rising_order(leaf.field)[-len(codes) :])


@every_rule
def test_a_rule_reads_neither_sex_nor_home(rule: Rule) -> None:
    assert not NEVER_READ & set(rule.reads)


@every_rule
def test_more_evidence_never_lowers_a_rule(rule: Rule) -> None:
    assert rule.condition.is_monotone


@every_rule
def test_a_rule_that_refers_alone_names_who_receives_the_person(rule: Rule) -> None:
    assert rule.agency in agencies() or rule.tier == "evidence"


@every_rule
def test_a_rule_shows_on_rows_when_it_fires_when_not_and_when_nobody_can_tell(rule: Rule) -> None:
    expected = {PRESENT: rule.tests.fires, ABSENT: rule.tests.does_not, UNKNOWN: rule.tests.unknown}
    for outcome, rows in expected.items():
        dossiers = example_dossiers(rows, RULEBOOK.neutral)
        assert rule.condition.evaluate(dossiers, COMPILED.parameters).tolist() == [outcome] * len(rows)


def mutants(node: Node) -> Iterator[Node]:
    """Yield the tree with one part left out, one count or code moved, or one sense turned round."""
    yield Negated(node)
    match node:
        case HasCode(field, codes):
            for code in range(fields()[field].size):
                other = set(codes) ^ {code}
                yield HasCode(field, tuple(sorted(other)), wanted=True)
        case Every(parts):
            yield Some(1, parts)
            yield from (Every(parts[:place] + parts[place + 1 :]) for place in range(len(parts)))
            for place, part in enumerate(parts):
                yield from (Every((*parts[:place], other, *parts[place + 1 :])) for other in mutants(part))
        case Some(count, parts):
            yield from (Some(other, parts) for other in (count - 1, count + 1) if 1 <= other <= len(parts))
            yield from (Some(count, parts[:place] + parts[place + 1 :]) for place in range(len(parts)))
            for place, part in enumerate(parts):
                yield from (
                    Some(count, (*parts[:place], other, *parts[place + 1 :])) for other in mutants(part)
                )


Reading = Mapping[str, int]
"""What one row says, by name: the findings of indicators and the codes of fields."""


def readings_of(rule: Rule, dossiers: Dossiers) -> list[Reading]:
    found = COMPILED.indicator_findings(dossiers, Stage.CHECKPOINT)
    named = {name: found[name] for name in rule.condition.indicators}
    answered = {leaf.field for leaf in leaves_of(rule.condition.tree) if isinstance(leaf, HasCode)}
    said = {**named, **{name: dossiers.columns[name] for name in answered}}
    return [{name: int(values[row]) for name, values in said.items()} for row in range(len(dossiers))]


def naive(node: Node, findings: Reading) -> int:
    match node:
        case Indicates(name):
            return findings[name]
        case HasCode(field, codes, True):
            code = findings[field]
            special = {MISSING: UNKNOWN, NOT_APPLICABLE: ABSENT}
            return special.get(code, PRESENT if code in codes else ABSENT)
        case Every(parts):
            return min(naive(part, findings) for part in parts)
        case Some(count, parts):
            truths = sorted((naive(part, findings) for part in parts), reverse=True)
            return truths[count - 1] if count <= len(truths) else ABSENT
        case Negated(part):
            return PRESENT - naive(part, findings)
    raise AssertionError(node)


@every_rule
def test_no_part_of_a_condition_can_change_without_a_test_row_noticing(rule: Rule) -> None:
    rows = [*rule.tests.fires, *rule.tests.does_not, *rule.tests.unknown]
    dossiers = example_dossiers(rows, RULEBOOK.neutral)
    readings = readings_of(rule, dossiers)
    outcomes = [naive(rule.condition.tree, reading) for reading in readings]
    assert outcomes == rule.condition.evaluate(dossiers, COMPILED.parameters).tolist()
    for mutant in mutants(rule.condition.tree):
        assert [naive(mutant, reading) for reading in readings] != outcomes, mutant


@every_rule
def test_no_number_can_move_by_one_unit_without_a_test_row_noticing(rule: Rule) -> None:
    rows = [*rule.tests.fires, *rule.tests.does_not, *rule.tests.unknown]
    dossiers = example_dossiers(rows, RULEBOOK.neutral)
    outcomes = rule.condition.evaluate(dossiers, COMPILED.parameters).tolist()
    for name in rule.condition.parameters:
        for moved in (COMPILED.parameters[name] - 1, COMPILED.parameters[name] + 1):
            found = rule.condition.evaluate(dossiers, {**COMPILED.parameters, name: moved})
            assert found.tolist() != outcomes, f"{name} = {moved:,}"


# --- the rulebook as a whole ----------------------------------------------------------------------


def test_a_released_rulebook_is_called_by_the_name_of_its_file() -> None:
    for name in released_rulebooks():
        assert load_rulebook(name).id == name


def test_every_stage_has_rules_of_its_own() -> None:
    rules = [rule.stage for rule in COMPILED.rules]
    assert {stage.label: rules.count(stage) for stage in Stage} == {
        "counter": 12,
        "interview": 20,
        "verification": 17,
        "checkpoint": 7,
    }


def test_few_rules_refer_by_themselves() -> None:
    assert [rule.id for rule in COMPILED.rules if rule.tier == "override"] == [
        "silenced_held_and_indebted",
        "minor_with_refuted_papers",
        "named_on_prevention_list",
    ]


def test_most_rules_say_more_than_one_indicator_could() -> None:
    single = [rule.id for rule in COMPILED.rules if isinstance(rule.condition.tree, Indicates)]
    assert len(single) <= len(COMPILED.rules) // 5


def test_an_ordinary_holiday_fires_nothing() -> None:
    dossiers = example_dossiers([{}], RULEBOOK.neutral)
    findings = {
        **COMPILED.indicator_findings(dossiers, Stage.CHECKPOINT),
        **COMPILED.outcomes(dossiers, Stage.CHECKPOINT),
    }
    assert [name for name, found in findings.items() if found[0] != ABSENT] == []


def test_an_ordinary_lawful_placement_fires_nothing() -> None:
    worker: Row = {
        "stated_purpose": "work",
        "stated_country": "taiwan",
        "visa_kind": "work",
        "passport_type": "migrant_worker",
        "supporting_letter": "given",
        "return_ticket": "one_way",
        "stay_days": 1095,
        "sponsor_kind": "licensed_agency",
        "sponsor_applicants": 300,
        "phone_applicants": 40,
        "address_applicants": 40,
        "booking_applicants": 30,
        "job_offer": "yes",
        "offer_sector": "care",
        "offer_pay_usd": 800,
        "fee_idr": 15_000_000,
        "fee_payer": "wage_deduction",
        "debt": "family_or_bank",
    }
    outcomes = COMPILED.outcomes(example_dossiers([worker], RULEBOOK.neutral), Stage.CHECKPOINT)
    assert [name for name, found in outcomes.items() if found[0] != ABSENT] == []


def test_a_dossier_of_empty_cells_is_unknown_never_clear() -> None:
    unread = dict.fromkeys(("watch_list", "ultraviolet_check", "told_to_keep_silent"), "missing")
    dossiers = example_dossiers([{**unread, "coached_phrasing": "yes"}], RULEBOOK.neutral)
    outcomes = COMPILED.outcomes(dossiers, Stage.CHECKPOINT)
    unknown = {name for name, found in outcomes.items() if found[0] == UNKNOWN}
    assert unknown == {"papers_under_ultraviolet", "silence_about_the_journey", "named_on_prevention_list"}


def test_every_indicator_gets_its_parameters() -> None:
    assert set(COMPILED.indicators) == set(indicators())


def test_every_parameter_says_where_it_comes_from_or_that_it_is_assumed() -> None:
    for parameter in RULEBOOK.params.values():
        assert all(value.source or value.evidence for value in parameter.values)
    assumed = {name for name, one in RULEBOOK.params.items() if "grade D" in one.values[-1].source}
    assert assumed == {
        "funds_low_idr",
        "leisure_stay_days",
        "many_by_individual",
        "many_on_phone",
        "many_at_address",
        "many_on_booking",
    }


def test_a_threshold_on_a_number_stands_on_the_edge_of_a_bin() -> None:
    read_with = {name: one.reads for one in indicators().values() for name in one.parameters}
    for name, value in COMPILED.parameters.items():
        edges = {edge for read in read_with[name] for edge in fields()[read].edges}
        assert value in edges, f"{name} splits a bin, so that a card could not tell its two sides apart"


def test_a_released_rulebook_is_data_only() -> None:
    folder = Path(rulebooks.__file__).with_name("rulebooks")
    assert {path.suffix for path in folder.iterdir()} == {".toml"}
    assert np.all([path.stat().st_size < 200_000 for path in folder.iterdir()])


# --- what the papers ask of a screening -----------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing that a paper has an officer look at.

    Attributes:
        name: What it is.
        locator: Where the paper says so, as it stands in a rule's sources.
        reads: The fields in which it is written down.
        rules: Ids of rules that ask it.
    """

    name: str
    locator: str
    reads: frozenset[str]
    rules: tuple[str, ...]


EFFORTS = "paper-004, Immigration's Efforts"
STEPS = (
    Step(
        "validity of the attached data",
        f"{EFFORTS}, step 2",
        frozenset({"family_card", "supporting_letter"}),
        ("attached_papers_fall_short", "family_tree_and_stranger"),
    ),
    Step(
        "letter of the parents or the spouse",
        f"{EFFORTS}, step 3",
        frozenset({"guardian_letter"}),
        ("minor_without_parents_letter", "family_letter_lacking_outsider_near"),
    ),
    Step(
        "purpose of the journey",
        f"{EFFORTS}, step 4",
        frozenset({"stated_purpose"}),
        (
            "holiday_does_not_add_up",
            "hidden_offer_without_permit",
            "treatment_arranged_by_others",
            "pilgrimage_arranged_by_outsiders",
        ),
    ),
    Step(
        "family tree",
        f"{EFFORTS}, step 4",
        frozenset({"family_card"}),
        ("family_tree_and_stranger", "contradictions_on_the_essentials"),
    ),
    Step(
        "apparent age",
        f"{EFFORTS}, step 5",
        frozenset({"apparent_age"}),
        ("appearance_and_age", "identity_in_doubt"),
    ),
    Step(
        "match with the population registry",
        f"{EFFORTS}, step 5",
        frozenset({"registry_match"}),
        ("identity_in_doubt", "outsider_between_person_and_registry"),
    ),
    Step(
        "ultraviolet check",
        f"{EFFORTS}, step 6",
        frozenset({"ultraviolet_check"}),
        ("papers_under_ultraviolet", "identity_in_doubt"),
    ),
    Step(
        "query to the issuing agency",
        f"{EFFORTS}, step 7",
        frozenset({"issuing_agency_answer"}),
        ("letter_refuted_by_its_issuer", "minor_with_refuted_papers"),
    ),
    Step(
        "request of the police on the watch list",
        f"{EFFORTS}, step 9",
        frozenset({"watch_list"}),
        ("named_on_prevention_list", "listed_link_and_unclear_journey"),
    ),
    Step(
        "prevention list",
        f"{EFFORTS}, step 10",
        frozenset({"watch_list"}),
        ("listed_link_and_unclear_journey",),
    ),
    Step(
        "hand-over to the police",
        f"{EFFORTS}, step 11",
        frozenset({"told_to_keep_silent"}),
        ("silenced_held_and_indebted",),
    ),
    Step(
        "shared sponsor, followed to the syndicate",
        f"{EFFORTS}, step 12",
        frozenset({"sponsor_applicants", "phone_applicants", "booking_applicants"}),
        ("sponsor_of_many_not_confirmed", "shared_phone_private_sponsor", "shared_booking_without_means"),
    ),
    Step(
        "records of people brought home",
        f"{EFFORTS}, step 12",
        frozenset({"repatriation_record"}),
        ("recorded_link_and_unclear_journey", "recorded_link_still_sending_people"),
    ),
    Step(
        "district supervision team",
        f"{EFFORTS}, step 13",
        frozenset({"sponsor_applicants", "phone_applicants"}),
        ("sponsor_of_many_not_confirmed", "shared_phone_private_sponsor"),
    ),
    Step(
        "employer and agency check",
        "paper-001, section 4, Lack of Oversight and Education on Safe Migration",
        frozenset({"employer_registry", "agency_licence"}),
        (
            "unregistered_employer_by_recruiter",
            "employer_known_to_nobody",
            "unlicensed_agency_with_costs",
            "licence_lapsed_and_terms_open",
            "agency_with_unregistered_employer",
        ),
    ),
    Step(
        "fee",
        "paper-002, Case Study: fees",
        frozenset({"fee_idr", "fee_payer"}),
        ("high_fee_for_unclear_contract", "unlicensed_agency_with_costs"),
    ),
    Step(
        "debt",
        "paper-002, Human Trafficking Networks in ASEAN",
        frozenset({"debt"}),
        ("recruiter_and_debt", "debt_for_work_without_footing", "internship_that_binds"),
    ),
    Step(
        "recruitment over social media without qualifications",
        "paper-002, Case Study: offers over social media",
        frozenset({"offer_channel", "qualifications_asked"}),
        ("too_good_offer_online", "online_offer_with_nothing_firm"),
    ),
    Step(
        "offers by relatives and friends",
        "paper-003, section 3.5",
        frozenset({"offer_channel"}),
        ("informal_offer_in_scam_belt",),
    ),
    Step(
        "organ removal",
        "paper-003, section 3.4",
        frozenset({"stated_purpose"}),
        ("treatment_arranged_by_others",),
    ),
    Step(
        "stated against actual route",
        "paper-000, section 5 Supervision and monitoring",
        frozenset({"actual_route"}),
        ("other_route_with_hidden_ticket", "loose_offer_and_other_country"),
    ),
    Step(
        "another country than promised",
        "paper-002, Case Study: promised employment in other countries",
        frozenset({"actual_route"}),
        ("other_country_led_or_repurposed", "loose_offer_and_other_country"),
    ),
    Step(
        "somebody else holding the documents",
        "paper-001, section 4, Modus Operandi of Transnational Criminal Networks: control of identity documents",
        frozenset({"documents_held_by"}),
        ("papers_held_and_destination_unknown",),
    ),
)

every_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


@every_step
def test_a_step_of_the_papers_is_asked_by_rules_that_read_its_fields(step: Step) -> None:
    read = [set(COMPILED.rule(rule_id).reads) for rule_id in step.rules]
    assert all(step.reads & fields_read for fields_read in read)
    assert step.reads <= set().union(*read)


@every_step
def test_a_step_of_the_papers_is_named_in_the_sources_of_a_rule(step: Step) -> None:
    sources = [source for rule_id in step.rules for source in COMPILED.rule(rule_id).sources]
    place = re.compile(rf"{re.escape(step.locator)}(?!\d)")
    assert any(place.match(source) for source in sources)


def test_every_step_that_the_core_paper_lists_before_a_departure_has_a_rule() -> None:
    """Step 1 selects by sex and age, step 8 ends with a refusal, and from step 14 on nobody is screened."""
    listed = {int(found[1]) for step in STEPS if (found := re.search(r"004.*step (\d+)$", step.locator))}
    assert listed == {2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13}


def test_at_least_forty_rules_are_live() -> None:
    assert len(compile_rulebook(RULEBOOK).rules) >= 40
