"""Three published ways of screening stand beside ours, as their authors wrote them, and are measured."""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

import evidence
from dossier.dossiers import Dossiers
from dossier.fields import fields
from dossier.findings import ABSENT, PRESENT
from dossier.indicators import indicators
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from screening.analysis.lint import lint
from screening.analysis.mutation import mutation_of
from screening.language import parse_condition
from screening.rulebook import CompiledRulebook, Rule, Rulebook, load_rulebook, released_rulebooks
from screening.rules import Row
from screening.rules_examples import example_dossiers
from screening.rules_only import published_rulebooks
from screening.screener import released_rules

PUBLISHED = ("ilo-pre-departure", "paper-004", "women-17-45")
BOOKS = {name: load_rulebook(name) for name in PUBLISHED}
RULES = [
    pytest.param(book, rule, id=f"{book.id}/{rule.id}") for book in BOOKS.values() for rule in book.rules
]
BANNED = re.compile(
    r"\b(hits?|suspect(s|ed)?|positives?|tersangka|reject(s|ed|ion)?|ditolak)\b", re.IGNORECASE
)

every_published = pytest.mark.parametrize("book", BOOKS.values(), ids=PUBLISHED)
every_rule = pytest.mark.parametrize(("book", "rule"), RULES)


def compiled(name: str) -> CompiledRulebook:
    return released_rules(name)


def referred(name: str, rows: list[Row], stage: Stage = Stage.CHECKPOINT) -> list[list[str]]:
    """Return for each row the override rules of a rulebook that fire on it."""
    book = compiled(name)
    outcomes = book.outcomes(example_dossiers(rows, book.rulebook.neutral), stage)
    overrides = [rule.id for rule in book.rules if rule.tier == "override"]
    return [
        [one for one in overrides if one in outcomes and outcomes[one][row] == PRESENT]
        for row in range(len(rows))
    ]


# --- what they are ----------------------------------------------------------------------------------


def test_these_three_decide_by_themselves_and_ours_is_weighed_by_cards() -> None:
    deciding = {name: load_rulebook(name).decides for name in released_rulebooks()}
    assert {name for name, decides in deciding.items() if decides == "rules"} == set(PUBLISHED)
    assert deciding["saring-2026"] == "cards"
    assert set(published_rulebooks()) == set(PUBLISHED)


@every_published
def test_a_published_rulebook_says_in_both_languages_what_it_is_for(book: Rulebook) -> None:
    assert book.description is not None
    assert "measured" in book.description.en or "secondary source" in book.description.en
    assert book.description.id
    assert book.description.id != book.description.en


@pytest.mark.parametrize("name", ["paper-004", "women-17-45"])
def test_a_rulebook_that_reads_sex_or_age_says_so(name: str) -> None:
    book = BOOKS[name]
    assert {"sex", "age"} <= {read for rule in book.rules for read in rule.reads}
    assert book.description is not None
    assert "reads sex and age" in book.description.en
    assert "jenis kelamin dan usia" in book.description.id


def test_no_rulebook_reads_home_or_office_and_only_two_read_sex() -> None:
    for name in released_rulebooks():
        reads = {read for rule in load_rulebook(name).rules for read in rule.reads}
        assert not reads & {"province", "office"}
        assert ("sex" in reads) == (name in ("paper-004", "women-17-45"))


def texts_of(rule: Rule) -> Iterator[Text]:
    yield from (rule.title, rule.question, rule.why, rule.reason, rule.harm_if_wrong)
    yield from rule.innocent


@every_rule
def test_a_published_rule_has_its_full_anatomy(book: Rulebook, rule: Rule) -> None:
    for text in texts_of(rule):
        assert text.en.strip()
        assert text.id.strip()
        assert text.en != text.id
        assert not BANNED.search(f"{text.en} {text.id}")
    assert rule.question.en.endswith(("?", "."))
    assert all(one.endswith(".") and one.count(". ") == 0 for one in (rule.reason.en, rule.reason.id))
    assert all("," in source or ":" in source for source in rule.sources)
    assert rule.agency in agencies() or rule.tier == "evidence"
    assert len(rule.innocent) >= (1 if rule.tier == "override" else 2)
    assert rule.status == "live"
    assert rule.valid_from == book.valid_from


@every_published
def test_no_slip_in_a_published_rule_escapes_its_test_rows(book: Rulebook) -> None:
    for found in mutation_of(book):
        assert found.caught > 0, found.rule
        assert [one.change for one in found.survivors] == [], found.rule


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_in_a_published_rulebook_wants_mending(name: str) -> None:
    assert list(lint(name).findings) == []


# --- the procedure of paper 004 -----------------------------------------------------------------------


def test_paper_004_has_every_step_that_leaves_a_sign_on_a_dossier_in_the_papers_order() -> None:
    steps = [
        [int(step) for source in rule.sources for step in re.findall(r"\d+", source.split(",")[2])]
        for rule in BOOKS["paper-004"].rules
    ]
    assert [found[0] for found in steps] == [2, 3, 4, 5, 5, 9, 6, 7, 4, 4, 12]
    assert {step for found in steps for step in found} == {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}


def test_in_paper_004_one_sign_is_an_indication_and_no_number_of_lesser_steps_adds_up() -> None:
    assert BOOKS["paper-004"].refers_from is None


SIGNS: dict[str, Row] = {
    "women_and_minors_ultraviolet": {"ultraviolet_check": "irregular"},
    "women_and_minors_data_refuted": {"issuing_agency_answer": "refuted"},
    "women_and_minors_purpose": {"answers_consistent": "contradictory"},
    "women_and_minors_family_tree": {"family_card": "inconsistent"},
}


@pytest.mark.parametrize(("rule", "sign"), SIGNS.items())
def test_the_same_sign_refers_a_woman_and_a_child_and_leaves_a_man_alone(rule: str, sign: Row) -> None:
    women: list[Row] = [{"sex": "female", "age": age, **sign} for age in (12, 17, 18, 25, 46, 60)]
    boys: list[Row] = [{"sex": "male", "age": age, **sign} for age in (12, 17)]
    men: list[Row] = [{"sex": "male", "age": age, **sign} for age in (18, 25, 60)]
    assert referred("paper-004", women + boys) == [[rule]] * 8
    assert referred("paper-004", men) == [[]] * 3


@pytest.mark.parametrize("sex", ["female", "male"])
def test_a_doubtful_appearance_and_a_police_request_refer_anybody(sex: str) -> None:
    rows: list[Row] = [
        {"sex": sex, "apparent_age": "looks_older"},
        {"sex": sex, "apparent_age": "looks_younger"},
        {"sex": sex, "watch_list": "named"},
    ]
    assert referred("paper-004", rows) == [["physical_data_differs"]] * 2 + [["ban_at_police_request"]]


def test_a_man_may_show_every_other_sign_and_paper_004_refers_him_nowhere() -> None:
    everything: Row = {
        **{name: value for sign in SIGNS.values() for name, value in sign.items()},
        "registry_match": "mismatch",
        "supporting_letter": "lacking",
        "job_offer": "yes",
        "debt": "recruiter",
        "documents_held_by": "another_person",
        "told_to_keep_silent": "yes",
        "repatriation_record": "linked",
    }
    assert referred("paper-004", [{"sex": "male", **everything}]) == [[]]
    assert len(referred("paper-004", [{"sex": "female", **everything}])[0]) == len(SIGNS)


# --- the ILO's indicators before departure --------------------------------------------------------------

ILO = BOOKS["ilo-pre-departure"]
INSTRUMENT = evidence.instruments()["ilo"]
BEFORE_DEPARTURE = INSTRUMENT.before_departure
READING = re.compile(r"^ilo (\w+)\.(\w+) \((strong|medium|weak)\): (.+)$")
UNREADABLE = re.compile(r"^ilo (\w+), cannot be read before departure: (.+)$")


def readings(rule: Rule) -> list[tuple[str, str, str, str]]:
    """Return dimension, indicator, strength and reading of every ILO indicator that a rule says it reads."""
    found = (READING.match(source) for source in rule.sources)
    return [(m[1], m[2], m[3], m[4]) for m in found if m]


every_dimension = pytest.mark.parametrize("rule", ILO.rules, ids=lambda rule: rule.id)


def test_there_is_one_rule_for_each_dimension_that_exists_before_departure() -> None:
    dimensions = [{dimension for dimension, *_ in readings(rule)} for rule in ILO.rules]
    assert dimensions == [{key} for key in BEFORE_DEPARTURE]


@every_dimension
def test_every_strength_is_the_one_in_the_evidence(rule: Rule) -> None:
    assert len(readings(rule)) >= 4
    for dimension, indicator, strength, _ in readings(rule):
        assert indicator in getattr(BEFORE_DEPARTURE[dimension], strength), indicator


@every_dimension
def test_every_indicator_of_a_dimension_is_read_or_named_as_one_that_cannot_be(rule: Rule) -> None:
    (dimension,) = {found for found, *_ in readings(rule)}
    (unread,) = [m for m in map(UNREADABLE.match, rule.sources) if m]
    assert unread[1] == dimension
    named = [indicator for _, indicator, *_ in readings(rule)] + unread[2].split(", ")
    assert sorted(named) == sorted(BEFORE_DEPARTURE[dimension].indicators)


def mixed_dossiers(neutral: Row, rows: list[Row]) -> Dossiers:
    """Return dossiers that mix the values of many rows, so that readings meet in every number."""
    names = sorted({name for row in rows for name in row})
    choices = {name: sorted({str(row[name]) for row in rows if name in row}) for name in names}
    rng = np.random.default_rng(17)
    mixed: list[Row] = []
    for _ in range(4000):
        row = {name: str(rng.choice(values)) for name, values in choices.items() if rng.random() < 0.5}
        mixed.append({name: int(value) if value.isdigit() else value for name, value in row.items()})
    return example_dossiers([row for row in mixed if is_open(row, neutral)], neutral)


def is_open(row: Row, neutral: Row) -> bool:
    whole = {**neutral, **row}
    gates = ((fields()[name].gate or {}) for name in row)
    return all(
        whole.get(gate, fields()[gate].codes[0]) in codes for found in gates for gate, codes in found.items()
    )


@every_dimension
def test_a_dimension_is_met_exactly_where_the_published_rule_of_combination_says_so(rule: Rule) -> None:
    rows = [row for row in (*rule.tests.fires, *rule.tests.does_not) if "missing" not in row.values()]
    dossiers = mixed_dossiers(ILO.neutral, rows)
    parameters = compiled(ILO.id).parameters
    counts = {name: np.zeros(len(dossiers), dtype=np.int64) for name in ("strong", "medium", "weak")}
    for _, _, strength, text in readings(rule):
        condition = parse_condition(text, fields=fields(), indicators=indicators(), parameters=ILO.params)
        outcome = condition.evaluate(dossiers, parameters)
        assert set(np.unique(outcome)) <= {ABSENT, PRESENT}
        counts[strength] = counts[strength] + (outcome == PRESENT)
    expected = [
        INSTRUMENT.is_met(strong=int(strong), medium=int(medium), weak=int(weak))
        for strong, medium, weak in zip(counts["strong"], counts["medium"], counts["weak"], strict=True)
    ]
    found = rule.condition.evaluate(dossiers, parameters) == PRESENT
    assert found.tolist() == expected
    assert 50 < sum(expected) < len(expected) - 50


def test_the_weights_are_shown_as_read_from_a_secondary_source_while_they_are() -> None:
    assert (INSTRUMENT.grade, INSTRUMENT.provenance, INSTRUMENT.verify_primary) == ("C", "secondary", True)
    assert "secondary source, grade C" in ILO.title.en
    assert "sumber sekunder, tingkat C" in ILO.title.id
    for rule in ILO.rules:
        assert "secondary source, grade C" in rule.sources[0]
        assert "secondary source, grade C" in rule.why.en
        assert "sumber sekunder, tingkat C" in rule.why.id


def test_deception_and_coercion_refer_because_the_instrument_concludes_from_them_and_not_from_hardship() -> (
    None
):
    (serious,) = [one for one in INSTRUMENT.outcomes if one.name == "trafficking_for_forced_labour"]
    leading = {*serious.any_of, *serious.all_of} & set(BEFORE_DEPARTURE)
    tiers = {readings(rule)[0][0]: rule.tier for rule in ILO.rules}
    assert {dimension for dimension, tier in tiers.items() if tier == "override"} == leading
    assert ILO.refers_from is None


# --- the instruction of 2023 ----------------------------------------------------------------------------


def test_the_instruction_names_exactly_the_women_of_the_ages_in_the_evidence() -> None:
    low, high = evidence.figure("instruction_2023_women_age").spread
    rows: list[Row] = [{"sex": sex, "age": age} for sex, age in product(("female", "male"), range(81))]
    named = [bool(found) for found in referred("women-17-45", rows)]
    assert named == [row["sex"] == "female" and low <= int(row["age"]) <= high for row in rows]


def test_its_ages_are_the_figure_and_name_it() -> None:
    low, high = evidence.figure("instruction_2023_women_age").spread
    values = {name: one.values for name, one in BOOKS["women-17-45"].params.items()}
    assert {name: [v.value for v in found] for name, found in values.items()} == {
        "youngest_years": [low],
        "oldest_years": [high],
    }
    assert {v.evidence for found in values.values() for v in found} == {"instruction_2023_women_age"}


def test_nothing_that_a_person_says_or_shows_changes_what_the_instruction_decides() -> None:
    (rule,) = BOOKS["women-17-45"].rules
    assert rule.reads == ("sex", "age")
    assert "nothing that she says or shows can change it" in rule.harm_if_wrong.en
    assert "A man" in rule.harm_if_wrong.en
