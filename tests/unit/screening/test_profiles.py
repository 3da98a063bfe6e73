"""Profiles of shared actors: what is counted, that parts add up, and when one is recommended."""

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Codes, Values, fields
from dossier.recommendations import Recommendation, agencies
from dossier.stages import Stage
from dossier.tables import REFERENCES
from screening import profiles
from screening.intervals import exact_interval
from screening.profiles import (
    KINDS,
    Tallies,
    followed,
    merged,
    profiles_json,
    recommended,
    tallied,
)
from screening.referral import policy

SMALLEST = policy().investigation.smallest
PROCEED, INTERVIEW, REFER = Recommendation.PROCEED, Recommendation.INTERVIEW, Recommendation.REFER
NOBODY = -1


def codes(field: str, label: str, n: int) -> Codes:
    return np.full(n, fields()[field].code(label), dtype=np.int8)


def desk(references: Sequence[int], kind: str = "sponsor", shared_by: int = SMALLEST) -> Dossiers:
    """Return applicants who share actors of one kind, and nothing else remarkable."""
    n = len(references)
    numbers = np.array(references, dtype=np.int64)
    counts: dict[str, Values] = {one.field: np.ones(n, dtype=np.int32) for one in REFERENCES.values()}
    counts[REFERENCES[KINDS[kind]].field] = np.where(numbers >= 0, shared_by, 1).astype(np.int32)
    columns: dict[str, Values] = {
        "sponsor_kind": codes("sponsor_kind", "individual", n),
        "repatriation_record": codes("repatriation_record", "clear", n),
        "office": codes("office", "batam", n),
        "stated_country": codes("stated_country", "thailand", n),
        "offer_sector": np.full(n, NOT_APPLICABLE, dtype=np.int8),
        "application_day": np.full(n, 40, dtype=np.int32),
        **counts,
    }
    alone = np.full(n, NOBODY, dtype=np.int64)
    return Dossiers(np.arange(n), columns, dict.fromkeys(REFERENCES, alone) | {KINDS[kind]: numbers})


def changed(dossiers: Dossiers, **columns: Sequence[int]) -> Dossiers:
    """Return the same dossiers with other values in some columns."""
    new: dict[str, Values] = {
        name: np.array(values).astype(np.int32)
        if fields()[name].is_number
        else np.array(values).astype(np.int8)
        for name, values in columns.items()
    }
    return Dossiers(dossiers.applicants, {**dossiers.columns, **new}, dossiers.references)


def tally(dossiers: Dossiers, given: Sequence[int], stage: Stage = Stage.VERIFICATION) -> Tallies:
    return tallied(dossiers, np.array(given, dtype=np.int8), stage)


def among_others(dossiers: Dossiers, given: Sequence[int], kind: str = "sponsor") -> Tallies:
    """Return the counts of the dossiers with those of fifty other actors, of whom a few are referred."""
    others = desk([1000 + row // 8 for row in range(400)], kind)
    few = [REFER if row % 50 == 0 else PROCEED for row in range(400)]
    return merged([tally(dossiers, given), tally(others, few)])


# --- what is counted ----------------------------------------------------------------------------------


def test_applicants_of_an_actor_are_counted_with_what_was_recommended() -> None:
    found = tally(desk([7, 3, 7, NOBODY]), [REFER, INTERVIEW, PROCEED, REFER])
    sponsors = found["sponsor"]
    assert sponsors.references.tolist() == [3, 7]
    assert sponsors["applicants"].tolist() == [1, 2]
    assert sponsors["referred"].tolist() == [0, 1]
    assert sponsors["interview"].tolist() == [1, 0]
    assert sponsors.share("referred", "applicants") == pytest.approx(1 / 3)
    assert all(not len(found[kind].references) for kind in KINDS if kind != "sponsor")


def test_records_that_were_not_queried_are_not_taken_for_clear() -> None:
    linked, clear = (fields()["repatriation_record"].code(code) for code in ("linked", "clear"))
    found = tally(changed(desk([7] * 3), repatriation_record=[linked, MISSING, clear]), [PROCEED] * 3)
    assert found["sponsor"]["queried"].tolist() == [2]
    assert found["sponsor"]["linked"].tolist() == [1]
    assert found["sponsor"].share("linked", "queried") == 0.5


def test_whoever_shares_with_few_is_not_followed() -> None:
    found = tally(desk([7] * 3, shared_by=SMALLEST - 1), [REFER] * 3)
    assert not len(found["sponsor"].references)


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.label)
def test_before_the_registers_answered_nobody_is_known_to_share(stage: Stage) -> None:
    found = tally(desk([7] * 9), [REFER] * 9, stage)
    assert bool(found) == (stage >= Stage.VERIFICATION)


def test_a_cohort_without_references_has_no_profiles() -> None:
    sharing = desk([7] * 9)
    found = tally(Dossiers(sharing.applicants, sharing.columns), [REFER] * 9)
    assert found == {}
    assert recommended(found) == []
    assert profiles_json(found, [])["investigations"] == []
    with_others = merged([found, tally(sharing, [REFER] * 9)])
    assert with_others["sponsor"]["applicants"].tolist() == [9]


def test_no_dossiers_are_no_profiles() -> None:
    assert recommended(tally(desk([]), [])) == []


def test_parts_add_up_wherever_they_are_cut() -> None:
    rng = np.random.default_rng(1)
    n = 300
    whole = changed(
        desk(rng.integers(-1, 12, n).tolist(), kind="phone"),
        office=rng.integers(0, fields()["office"].size, n).tolist(),
        application_day=rng.integers(1, 366, n).tolist(),
        repatriation_record=rng.integers(-1, 2, n).tolist(),
    )
    given = rng.integers(0, 4, n)
    expected = tally(whole, given.tolist())
    cuts = [0, 1, 50, 50, 170, n]
    found = merged(tally(whole.take(slice(a, b)), given[a:b].tolist()) for a, b in pairwise(cuts))
    for kind in KINDS:
        for part in ("references", "counts", "seen"):
            assert getattr(found[kind], part).tolist() == getattr(expected[kind], part).tolist()


# --- when one is recommended ----------------------------------------------------------------------------


def test_an_actor_whose_applicants_are_often_referred_is_recommended() -> None:
    (one,) = recommended(among_others(desk([7] * 8), [REFER] * 8))
    assert (one.kind, one.reference, one.reasons) == ("sponsor", 7, ("referred",))
    assert one.counts["applicants"] == one.counts["referred"] == 8
    assert one.agency == policy().investigation.kinds["sponsor"].agency


def test_a_large_actor_whose_applicants_are_referred_as_often_as_others_is_not() -> None:
    """A licensed agency sends hundreds; how many it sends says nothing."""
    assert recommended(among_others(desk([7] * 500), [REFER] * 10 + [PROCEED] * 490)) == []


def test_too_few_applicants_are_never_enough() -> None:
    few, enough = SMALLEST - 1, SMALLEST
    found = among_others(desk([7] * few + [9] * enough, shared_by=100), [REFER] * (few + enough))
    assert [one.reference for one in recommended(found)] == [9]
    assert set(followed(found["sponsor"])) & {7, 9} == {9}


def test_the_lower_end_of_the_interval_decides() -> None:
    found = policy().investigation
    reached = {}
    for referred in range(9):
        tallies = among_others(desk([7] * 8), [REFER] * referred + [PROCEED] * (8 - referred))
        low, _ = exact_interval(referred, 8, found.confidence)
        reached[referred] = low > found.referred_times * tallies["sponsor"].share("referred", "applicants")
        assert bool(recommended(tallies)) == reached[referred]
    assert set(reached.values()) == {True, False}


def test_an_actor_linked_to_people_brought_home_goes_to_its_own_agency() -> None:
    linked = fields()["repatriation_record"].code("linked")
    dossiers = changed(desk([7] * 8), repatriation_record=[linked] * 8)
    (one,) = recommended(among_others(dossiers, [PROCEED] * 8))
    assert one.reasons == ("linked",)
    assert one.agency == policy().investigation.linked


def test_a_sponsor_that_most_name_as_a_licensed_agency_goes_to_its_own_agency() -> None:
    licensed, other = (fields()["sponsor_kind"].code(code) for code in ("licensed_agency", "relative"))
    for many, agency in ((5, policy().investigation.licensed), (4, None)):
        dossiers = changed(desk([7] * 8), sponsor_kind=[licensed] * many + [other] * (8 - many))
        (one,) = recommended(among_others(dossiers, [REFER] * 8))
        assert one.agency == (agency or policy().investigation.kinds["sponsor"].agency)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "sponsor"])
def test_only_a_sponsor_is_a_licensed_agency(kind: str) -> None:
    licensed = fields()["sponsor_kind"].code("licensed_agency")
    dossiers = changed(desk([7] * 8, kind), sponsor_kind=[licensed] * 8)
    (one,) = recommended(among_others(dossiers, [REFER] * 8, kind))
    assert (one.kind, one.agency) == (kind, policy().investigation.kinds[kind].agency)


def test_the_most_striking_comes_first() -> None:
    dossiers = desk([5] * 8 + [4] * 20 + [6] * 8)
    found = recommended(among_others(dossiers, [REFER] * 36))
    assert [one.reference for one in found] == [4, 5, 6]


def test_hardly_any_is_recommended_by_chance_alone() -> None:
    """With recommendations that have nothing to do with who shares, about one in forty at the very most."""
    rng = np.random.default_rng(4)
    references = rng.integers(0, 2000, 30_000)
    found = tally(desk(references.tolist()), np.where(rng.random(30_000) < 0.05, REFER, PROCEED).tolist())
    actors = len(followed(found["sponsor"]))
    assert actors > 1900
    assert len(recommended(found)) < actors * (1 - policy().investigation.confidence) / 2


# --- what is said of it -----------------------------------------------------------------------------------


def test_a_profile_says_where_its_applicants_come_from_and_go_to() -> None:
    dossiers = changed(
        desk([7] * 8),
        office=[fields()["office"].code("batam")] * 4 + [fields()["office"].code("manado")] * 4,
        stated_country=[fields()["stated_country"].code("thailand")] * 7 + [MISSING],
        offer_sector=[NOT_APPLICABLE] * 7 + [fields()["offer_sector"].code("customer_service")],
        application_day=[1, 31, 32, 40, 335, 366, 40, 40],
    )
    tallies = among_others(dossiers, [REFER] * 8)
    (one,) = recommended(tallies)
    (found,) = profiles_json(tallies, [one])["investigations"]
    assert found["offices"] == ["batam", "manado"]
    assert found["countries"] == ["thailand"]
    assert found["sectors"] == ["customer_service"]
    assert found["months"] == [1, 2, 12]


def test_every_rate_stands_with_count_and_interval_and_the_whole_is_json() -> None:
    tallies = among_others(desk([7] * 8), [REFER] * 7 + [INTERVIEW])
    content = profiles_json(tallies, recommended(tallies))
    assert json.loads(json.dumps(content)) == content
    assert content["synthetic"] is True
    (found,) = content["investigations"]
    low, high = exact_interval(7, 8, policy().investigation.confidence)
    assert found["referred"] == {"estimate": 7 / 8, "low": low, "high": high, "n": 8, "referred": 7}
    assert found["linked"]["n"] == 8
    assert found["interview"] == 1
    assert content["kinds"]["sponsor"]["recommended"] == 1
    assert content["kinds"]["sponsor"]["followed"] == 51
    assert content["kinds"]["sponsor"]["referred"]["n"] == 408


def test_a_profile_names_no_applicant() -> None:
    dossiers = desk([7] * 8)
    named = Dossiers(np.arange(8) + 987_654_321, dossiers.columns, dossiers.references)
    tallies = among_others(named, [REFER] * 8)
    assert "98765432" not in json.dumps(profiles_json(tallies, recommended(tallies)))


# --- the policy -----------------------------------------------------------------------------------------


def test_the_policy_knows_every_kind_and_only_agencies_there_are() -> None:
    found = policy().investigation
    assert set(found.kinds) == set(KINDS)
    assert {found.licensed, found.linked, *(kind.agency for kind in found.kinds.values())} <= set(agencies())


def test_every_set_of_codes_has_room_in_its_bits() -> None:
    assert all(fields()[name].size < 31 for name in profiles.SEEN.values())


def test_what_a_profile_reads_is_visible_when_its_reference_is() -> None:
    read = {*profiles.SEEN.values(), "sponsor_kind", "repatriation_record"}
    for one in REFERENCES.values():
        assert all(fields()[name].visible_from <= fields()[one.field].visible_from for name in read)


@pytest.mark.parametrize(("count", "n"), [(0, 0), (0, 7), (7, 7), (3, 40), (1, 1)])
def test_the_interval_is_the_one_of_the_evaluation(count: int, n: int) -> None:
    from screening.evaluation.rates import clopper_pearson

    low, high = exact_interval([count], [n], 0.95)
    expected = clopper_pearson(count, n) if n else (0.0, 1.0)
    assert (low[0], high[0]) == pytest.approx(expected)
