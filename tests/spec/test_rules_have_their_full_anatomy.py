"""Every rule of the released rulebook says all that a rule must say, and its tests would notice a change."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dossier.fields import field_named
from dossier.findings import ABSENT, PRESENT, UNKNOWN
from dossier.indicators import indicators
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from screening import rulebook as rulebooks
from screening.rulebook import Rule, compile_rulebook, load_rulebook, released_rulebooks
from screening.rules import Row
from screening.rules_examples import example_dossiers
from screening.rules_tree import Every, Indicates, Negated, Node, Some, children_of, parts_of

RULEBOOK = load_rulebook("saring-2026")
COMPILED = compile_rulebook(RULEBOOK)
BANNED = re.compile(
    r"\b(hits?|suspect(s|ed)?|positives?|tersangka|reject(s|ed|ion)?|ditolak)\b", re.IGNORECASE
)
# Sex and home province are for the audit of a rulebook; the office would give the province away.
NEVER_READ = {"sex", "province", "office"}

every_rule = pytest.mark.parametrize("rule", RULEBOOK.rules, ids=lambda rule: rule.id)


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
def test_a_rule_is_built_of_named_indicators_only(rule: Rule) -> None:
    leaves = [part for part in parts_of(rule.condition.tree) if not children_of(part)]
    assert all(isinstance(leaf, Indicates) for leaf in leaves)


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
    """Yield the tree with one part left out, one count moved, or one sense turned round."""
    yield Negated(node)
    match node:
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


def naive(node: Node, findings: dict[str, int]) -> int:
    match node:
        case Indicates(name):
            return findings[name]
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
    found = COMPILED.indicator_findings(dossiers, Stage.CHECKPOINT)
    findings = [
        {name: int(found[name][row]) for name in rule.condition.indicators} for row in range(len(rows))
    ]
    outcomes = [naive(rule.condition.tree, finding) for finding in findings]
    assert outcomes == rule.condition.evaluate(dossiers, COMPILED.parameters).tolist()
    for mutant in mutants(rule.condition.tree):
        assert [naive(mutant, finding) for finding in findings] != outcomes, mutant


# --- the rulebook as a whole ----------------------------------------------------------------------


def test_a_released_rulebook_is_called_by_the_name_of_its_file() -> None:
    for name in released_rulebooks():
        assert load_rulebook(name).id == name


def test_every_stage_has_rules_of_its_own() -> None:
    rules = [rule.stage for rule in COMPILED.rules]
    assert {stage.label: rules.count(stage) for stage in Stage} == {
        "counter": 8,
        "interview": 11,
        "verification": 9,
        "checkpoint": 5,
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


def test_every_screening_step_of_paper_004_has_a_rule() -> None:
    sources = " ".join(source for rule in COMPILED.rules for source in rule.sources if "paper-004" in source)
    for step in (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13):
        assert re.search(rf"\b{step}\b", sources), f"step {step}"


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
        edges = {edge for read in read_with[name] for edge in field_named(read).edges}
        assert value in edges, f"{name} splits a bin, so that a card could not tell its two sides apart"


def test_a_released_rulebook_is_data_only() -> None:
    folder = Path(rulebooks.__file__).with_name("rulebooks")
    assert {path.suffix for path in folder.iterdir()} == {".toml"}
    assert np.all([path.stat().st_size < 100_000 for path in folder.iterdir()])
