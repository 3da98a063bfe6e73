"""A sponsor, a telephone number, an address or a booking can be referred for investigation, apart from people.

The records are there to trace who sends people. Who shares with whom is said by numbers that say nothing
else, from the stage on at which the registers answer; no rule, card or challenger ever sees them. What is
recommended for investigation is told with its burden: the lawful applicants who share the same.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import pytest
from scipy.stats import spearmanr

from console.commands.screen import read_dossiers
from console.profiling import outcome_sentences, profiled
from dossier.dossiers import Dossiers, joined
from dossier.fields import fields, fields_visible_at
from dossier.indicators import indicators
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.tables import REFERENCES, REFERENCES_BELOW
from dossier.truth import Truth, TruthClass
from models.features import challenger_codes, encode, input_policy
from screening.evaluation.investigations import investigations_json, joined_uses, uses_of
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.summary import Summary, summarised
from screening.profiles import (
    KINDS,
    MOST_FOLLOWED,
    Tallies,
    followed,
    merged,
    recommended,
    share_followed,
    tallied,
)
from screening.referral import policy
from screening.screener import inputs_at, read_evidence, released_rules
from synthetic import cohort_files
from synthetic.cohort import chunks_of, dossiers_of, truth_of
from synthetic.cohort_files import written_aside
from synthetic.draw import Plan
from synthetic.entities import ALONE
from tests.unit.screening.desks import screener
from tests.unit.synthetic.worlds import ALL_TYPES, SIZE, drawn, plan, world

EVERY_REFERENCE = pytest.mark.parametrize("name", REFERENCES)
ALWAYS, SELDOM = 0.8, 0.04
"""How often the screener that stands in here refers victims, and others."""


@cache
def dossiers() -> Dossiers:
    return dossiers_of(drawn())


@cache
def truth() -> Truth:
    return truth_of(world(ALL_TYPES), drawn())


@cache
def referred() -> npt.NDArray[np.bool_]:
    """Return whom a screener that stands in here refers: most victims, and a few others."""
    lot = np.random.default_rng(3).random(SIZE)
    return np.asarray(lot < np.where(truth().is_victim, ALWAYS, SELDOM))


def given(flagged: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    return np.where(flagged, Recommendation.REFER, Recommendation.PROCEED).astype(np.int8)


@cache
def tallies() -> Tallies:
    return tallied(dossiers(), given(referred()), Stage.VERIFICATION)


# --- a reference says who shares, and nothing else --------------------------------------------------------


@EVERY_REFERENCE
def test_a_reference_is_empty_exactly_where_nobody_is_known_to_share(name: str) -> None:
    """An empty cell tells nothing that the count beside it does not tell."""
    shared_by = dossiers().columns[REFERENCES[name].field]
    assert np.array_equal(dossiers().references[name] >= 0, shared_by > 1)
    assert 0 < np.mean(shared_by > 1) < 1


@EVERY_REFERENCE
def test_one_number_stands_for_one_actor(name: str) -> None:
    field = REFERENCES[name].field
    reference, actor = drawn().references[field], drawn().actors[field]
    shown = reference >= 0
    assert (actor[shown] != ALONE).all()
    pairs = np.unique(np.stack([reference[shown], actor[shown]], axis=1), axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))


@EVERY_REFERENCE
def test_all_who_share_are_told_the_same_count(name: str) -> None:
    reference, count = dossiers().references[name], dossiers().columns[REFERENCES[name].field]
    pairs = np.unique(np.stack([reference, count], axis=1)[reference >= 0], axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 0]))


@EVERY_REFERENCE
def test_neither_order_nor_size_of_a_reference_says_anything(name: str) -> None:
    field = REFERENCES[name].field
    actor, first = np.unique(drawn().actors[field], return_index=True)
    numbers = drawn().references[field][first]
    known = (actor != ALONE) & (numbers >= 0)
    assert known.sum() > 300
    chance = 1 / np.sqrt(known.sum())
    for other in (actor[known], drawn().values[field][first][known], truth().is_victim[first][known]):
        assert abs(spearmanr(numbers[known], other).statistic) < 5 * chance
    spread = np.histogram(numbers[known], bins=4, range=(0, REFERENCES_BELOW))[0] / known.sum()
    assert spread == pytest.approx([0.25] * 4, abs=0.1)


def test_references_of_different_kinds_and_seeds_have_nothing_in_common() -> None:
    other = dossiers_of(Plan(world(ALL_TYPES), plan().seed + 1, SIZE).draw(range(2000)))
    seen: Counter[int] = Counter()
    for references in (dossiers().references, other.references):
        for name in REFERENCES:
            seen.update(np.unique(references[name][references[name] >= 0]).tolist())
    assert max(seen.values()) == 1


@pytest.mark.parametrize(
    ("size", "rows"), [(1, range(70, 90)), (7, range(70, 120)), (900, range(2000, 6000))]
)
def test_references_are_the_same_however_the_rows_are_cut(size: int, rows: range) -> None:
    parts = joined(dossiers_of(plan().draw(chunk)) for chunk in chunks_of(rows, size))
    for name in REFERENCES:
        assert np.array_equal(parts.references[name], dossiers().references[name][rows.start : rows.stop])


# --- who may see them -------------------------------------------------------------------------------------


@EVERY_REFERENCE
def test_references_are_seen_once_the_registers_have_answered(name: str) -> None:
    assert fields()[REFERENCES[name].field].visible_from == Stage.VERIFICATION


def test_a_reference_is_no_field_no_indicator_and_no_input_of_a_card() -> None:
    found = input_policy()
    inputs = {*found.withheld, *found.rising, *found.setting, *(n for c in found.context for n in c.answers)}
    assert inputs <= set(fields())
    assert not set(REFERENCES) & {*fields(), *indicators()}
    assert not set(REFERENCES) & {one.name for stage in Stage for one in inputs_at(released_rules(), stage)}


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_what_is_visible_at_a_stage_holds_no_reference(stage: Stage) -> None:
    """The screener selects the fields of its stage first, and what it selects has no references."""
    assert dossiers().select(fields_visible_at(stage)).references == {}


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_rules_cards_and_challenger_read_the_same_whoever_shares(stage: Stage) -> None:
    """Even where somebody forgot to select: what enters a card or the challenger is made of fields alone."""
    some = dossiers().take(slice(0, 500))
    all_share = dict.fromkeys(REFERENCES, np.zeros(len(some), dtype=np.int64))
    read = []
    for references in ({}, some.references, all_share):
        desk = Dossiers(some.applicants, some.columns, references)
        evidence = read_evidence(released_rules(), desk, stage)
        levels = encode(inputs_at(released_rules(), stage), desk, evidence.indicators, evidence.outcomes)
        read.append((levels.tolist(), challenger_codes(desk, stage).tolist()))
    assert read[0] == read[1] == read[2]


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_references_change_no_score_and_no_recommendation(stage: Stage) -> None:
    some = dossiers().take(slice(0, 500))
    without = screener().assess(Dossiers(some.applicants, some.columns), stage)
    one = np.zeros(len(some), dtype=np.int64)
    for references in (some.references, dict.fromkeys(REFERENCES, one)):
        found = screener().assess(Dossiers(some.applicants, some.columns, references), stage)
        for name in ("levels", "risk", "recommendation", "agency"):
            assert np.array_equal(getattr(found, name), getattr(without, name)), name


# --- in files ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of the drawn cohort as a cohort of its own, in parts."""
    made = tmp_path_factory.mktemp("cohorts") / "cohort"
    small = Plan(world(ALL_TYPES), plan().seed, 3000)
    with pytest.MonkeyPatch.context() as patch, written_aside(made) as aside:
        patch.setattr(cohort_files, "ROWS_PER_GROUP", 500)
        patch.setattr(cohort_files, "ROWS_PER_PART", 1000)
        for number in range(3):
            cohort_files.write_part(small, aside, number)
    return made


def test_references_stand_in_the_observed_files(folder: Path) -> None:
    small = dossiers_of(Plan(world(ALL_TYPES), plan().seed, 3000).draw(range(3000)))
    files = sorted((folder / "observed").glob("*.parquet"))
    found = joined(part for file in files for part in read_dossiers(file))
    for name in REFERENCES:
        assert np.array_equal(found.references[name], small.references[name])


def test_a_cohort_of_before_is_read_all_the_same_and_has_no_profiles(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.parquet"
    table = pq.read_table(folder / "observed" / "part-00000.parquet")
    pq.write_table(table.drop_columns(list(REFERENCES)), file)
    (old,) = read_dossiers(file)
    assert old.references == {}
    assert recommended(tallied(old, given(np.ones(len(old), dtype=bool)), Stage.VERIFICATION)) == []


# --- what is recommended ----------------------------------------------------------------------------------


def test_parts_of_a_cohort_give_the_recommendations_of_the_whole() -> None:
    parts = merged(
        tallied(
            dossiers().take(slice(r.start, r.stop)), given(referred()[r.start : r.stop]), Stage.VERIFICATION
        )
        for r in chunks_of(range(SIZE), 777)
    )
    assert recommended(parts) == recommended(tallies())
    assert recommended(parts)


def test_networks_use_what_is_recommended_more_often_than_what_is_not() -> None:
    found = outcome(tallies())
    assert found["n"] > 10
    assert found["used_by_network"]["low"] > found["others_used_by_network"]["high"]


def test_recommendations_given_by_lot_lead_to_hardly_any_investigation() -> None:
    """It is the networks that are found, and not the large: shuffled among all, the same referrals find few."""
    shuffled = np.random.default_rng(5).permutation(referred())
    by_lot = tallied(dossiers(), given(shuffled), Stage.VERIFICATION)
    linked = [one for one in recommended(by_lot) if "referred" in one.reasons]
    assert len(linked) < 0.25 * len([one for one in recommended(tallies()) if "referred" in one.reasons])


def test_a_large_sponsor_is_not_recommended_for_being_large() -> None:
    sponsors = tallies()["sponsor"]
    large = sponsors.references[sponsors["applicants"] >= 40]
    chosen = {one.reference for one in recommended(tallies()) if one.kind == "sponsor"}
    assert len(large) > 10
    assert len(chosen & set(large.tolist())) < len(large) / 4


# --- and what it costs ------------------------------------------------------------------------------------


def outcome(counted: Tallies) -> dict[str, Any]:
    missed = truth().is_victim & ~referred()
    uses = uses_of(dossiers(), truth(), missed, Stage.VERIFICATION)
    found = investigations_json(uses, summary_of(truth(), referred()), counted, recommended(counted))
    assert json.loads(json.dumps(found)) == found
    return found


def summary_of(real: Truth, flagged: npt.NDArray[np.bool_]) -> Summary:
    """Return people whom a screener flags, counted."""
    zeros, risk = np.zeros(len(real), dtype=np.int8), {"verification": flagged.astype(np.int32)}
    outcomes = Outcomes(real, zeros, zeros, zeros, risk, given(flagged), zeros, zeros)
    return summarised(outcomes, Stage.VERIFICATION, {"verification": 1})


def test_the_outcome_is_what_counting_one_by_one_gives() -> None:
    """A slow and obvious twin: dossier by dossier, actor by actor."""
    found, chosen = outcome(tallies()), recommended(tallies())
    networks: dict[tuple[str, int], Counter[int]] = {}
    users: dict[TruthClass, set[int]] = {of: set() for of in TruthClass}
    wanted = {(one.kind, one.reference) for one in chosen}
    reached = set()
    for row in range(SIZE):
        for kind, name in KINDS.items():
            actor = (kind, int(dossiers().references[name][row]))
            if actor[1] >= 0 and truth().network[row] >= 0:
                networks.setdefault(actor, Counter())[int(truth().network[row])] += 1
            if actor in wanted:
                users[TruthClass(int(truth().truth_class[row]))].add(row)
                if truth().is_victim[row] and not referred()[row]:
                    reached.add(row)
    used = {actor for actor, members in networks.items() if max(members.values()) >= 2}
    all_of = {(k, int(r)) for k, tally in tallies().items() for r in followed(tally)}
    assert found["used_by_network"]["used"] == len(used & wanted)
    assert found["used_by_network"]["n"] == len(wanted) == found["recommended"]
    assert found["others_used_by_network"]["used"] == len(used & all_of - wanted)
    assert found["networks_found"]["n"] == len(used & all_of)
    for of, name in (
        (TruthClass.LAWFUL, "lawful"),
        (TruthClass.IRREGULAR, "irregular"),
        (TruthClass.VICTIM, "victims"),
    ):
        assert found[f"{name}_users"]["users"] == len(users[of])
        assert found[f"{name}_users"]["n"] == int((truth().truth_class == of).sum())
    assert found["missed_victims_reached"]["reached"] == len(reached)
    apart = found["facilitators"]
    assert sum(rate["users"] for rate in apart.values()) == len(users[TruthClass.FACILITATOR])


def test_facilitators_are_reported_apart_by_what_they_do() -> None:
    found = outcome(tallies())
    modules = {
        module
        for index, module in enumerate(truth().modules)
        if (truth().truth_class[truth().module == index] == TruthClass.FACILITATOR).any()
    }
    assert modules
    assert set(found["facilitators"]) == modules
    for rate in found["facilitators"].values():
        assert 0 <= rate["low"] <= rate["estimate"] <= rate["high"] <= 1


def test_kinds_add_up_to_the_whole() -> None:
    found = outcome(tallies())
    for name in ("recommended", "followed"):
        assert sum(kind[name] for kind in found["by_kind"].values()) == found[name]
    assert found["lawful_users"]["users"] <= sum(
        k["lawful_users"]["users"] for k in found["by_kind"].values()
    )
    assert sum(found["by_agency"].values()) == found["n"]


def test_without_anything_recommended_nothing_is_claimed() -> None:
    nobody = tallied(dossiers(), given(np.zeros(SIZE, dtype=bool)), Stage.VERIFICATION)
    chosen = [one for one in recommended(nobody) if one.reasons != ("linked",)]
    uses = uses_of(dossiers(), truth(), truth().is_victim, Stage.VERIFICATION)
    cohort = summary_of(truth(), np.zeros(SIZE, dtype=bool))
    found = investigations_json(uses, cohort, nobody, chosen)
    assert found["n"] == 0
    assert found["used_by_network"]["estimate"] is None
    assert found["lawful_users"]["users"] == 0


def test_parts_give_the_same_outcome_as_the_whole() -> None:
    missed = truth().is_victim & ~referred()
    parts = [
        uses_of(dossiers().take(rows), truth().take(rows), missed[rows], Stage.VERIFICATION)
        for rows in (slice(r.start, r.stop) for r in chunks_of(range(SIZE), 999))
    ]
    cohort = summary_of(truth(), referred())
    profiles, found = profiled(tallies(), joined_uses(parts), cohort, 1.0)
    for kind in found["by_kind"].values():
        assert kind.pop("title")
        assert kind.pop("innocent")
    assert found == outcome(tallies())
    assert [one["reference"] for one in profiles["investigations"]] == [
        one.reference for one in recommended(tallies())
    ]


def test_of_a_large_cohort_a_random_share_of_the_actors_is_followed_and_that_is_said() -> None:
    """Each actor with all its applicants, so that nothing about an actor changes with the share."""
    share, missed = 0.4, truth().is_victim & ~referred()
    some = tallied(dossiers(), given(referred()), Stage.VERIFICATION, share)
    uses = uses_of(dossiers(), truth(), missed, Stage.VERIFICATION, share)
    for kind, tally in some.items():
        whole = tallies()[kind]
        rows = np.flatnonzero(whole.references < share * REFERENCES_BELOW)
        for part in ("references", "counts", "seen"):
            assert np.array_equal(getattr(tally, part), getattr(whole, part)[rows])
        assert np.isin(uses.kinds[kind].references, tally.references).all()
    actors, all_actors = (sum(len(tally.references) for tally in one.values()) for one in (some, tallies()))
    assert actors / all_actors == pytest.approx(share, abs=0.05)
    profiles, found = profiled(some, uses, summary_of(truth(), referred()), share)
    assert profiles["share_followed"] == found["share_followed"] == share
    assert 0 < found["n"] < outcome(tallies())["n"]
    assert found["followed"] == sum(len(followed(tally)) for tally in some.values())
    assert "Only 40.0%" in next(outcome_sentences(found))
    assert "Only" not in next(outcome_sentences({**found, "share_followed": 1.0}))


def test_where_a_share_is_followed_the_people_who_share_are_at_least_so_many() -> None:
    """Whoever shares only what was not followed is not counted, and everybody stays in the denominator."""
    share, missed = 0.4, truth().is_victim & ~referred()
    some = tallied(dossiers(), given(referred()), Stage.VERIFICATION, share)
    uses = uses_of(dossiers(), truth(), missed, Stage.VERIFICATION, share)
    cohort = summary_of(truth(), referred())
    _, found = profiled(some, uses, cohort, share)
    everybody = outcome(tallies())
    for name, counted in (("lawful_users", "users"), ("missed_victims_reached", "reached")):
        assert found[name][counted] < everybody[name][counted]
        assert found[name]["n"] == everybody[name]["n"]
    text = "\n".join(outcome_sentences(found))
    assert f"At least {found['lawful_users']['users']:,} of " in text
    assert text.count("share with one = at least ") == 1 + len(found["facilitators"])
    assert "whoever shares only what was not followed is not counted" in text
    assert "at least" not in "\n".join(outcome_sentences({**found, "share_followed": 1.0})).lower()


@pytest.mark.parametrize(("size", "share"), [(1, 1.0), (MOST_FOLLOWED, 1.0), (4 * MOST_FOLLOWED, 0.25)])
def test_up_to_a_million_applicants_every_actor_is_followed(size: int, share: float) -> None:
    assert share_followed(size) == share


def test_every_kind_has_an_innocent_explanation_in_both_languages() -> None:
    for kind in policy().investigation.kinds.values():
        assert kind.innocent.en
        assert kind.innocent.id != kind.innocent.en
