"""Cases of a sitting: as many and of such kinds as the blocks ask for, and the same for the same seed."""

import json
from collections import Counter
from hashlib import sha256
from itertools import chain
from pathlib import Path

import pytest

from console.casebook.cases import CaseMaker
from console.casebook.choosing import chosen_rows, kind_of
from console.casebook.drawing import cases_for
from console.casebook.people import Person
from console.casebook.settings import settings
from console.web.classroom.turns import evidence_name
from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import Stage
from screening.screener import Screener
from synthetic.cohort import plan_for
from synthetic.compile import compile_world
from synthetic.scenarios import SCENARIOS, load_scenario, scenario_names
from tests.web.few_cases import few_cases

MAKER: CaseMaker = cases_for


def test_blocks_hold_as_many_victims_as_was_asked_for() -> None:
    blocks = cases_for("phnom_penh_2022", "office", [(4, 50), (5, 12), (1, 0)], 11)
    assert [len(block) for block in blocks] == [4, 5, 1]
    assert [sum(case.key["needs_protection"] for case in block) for block in blocks] == [2, 1, 0]


def test_the_others_are_lookalikes_irregular_and_ordinary_travellers() -> None:
    found = load_scenario("batam_2022")
    plan = plan_for(compile_world(found), found.scenario.size, 3)
    (rows,) = chosen_rows(plan, [(50, 0)])
    dealt = Counter(kind_of(Person.of(plan, row).module) for row in rows)
    assert dealt == {kind: share // 2 for kind, share in settings().others.shares.items()}


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_scenario_makes_cases(scenario: str) -> None:
    (block,) = cases_for(scenario, "office", [(2, 50)], 21)
    assert sorted(case.key["needs_protection"] for case in block) == [False, True]


def test_one_case_is_what_it_was() -> None:
    (case,) = chain(*cases_for("phnom_penh_2022", "office", [(1, 100)], 7))
    key = {name: part for name, part in case.key.items() if name != "screener"}
    assert (digest(case.content), digest(key)) == ("9faac9c26ed8b4f6", "8361384074265500")


def digest(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def test_an_agency_that_is_called_otherwise_today_is_named_both_ways() -> None:
    renamed = {agency.name.en: agency.now for agency in agencies().values() if agency.now}
    (block,) = cases_for("phnom_penh_2022", "office", [(12, 100)], 7)
    told = [case.key["advice"] for case in block]
    found = [
        (one, then, now)
        for one in told
        for then, now in renamed.items()
        if f"received by: {then}" in one["en"]
    ]
    assert found
    for one, then, now in found:
        assert f"received by: {then} (so called in 2022; today: {now.en})." in one["en"]
        assert f"(namanya pada 2022; kini: {now.id})." in one["id"]
    assert any("today:" not in one["en"] for one in told)


def test_keys_have_the_parts_that_pages_read() -> None:
    (block,) = cases_for("third_country_cambodia", "checkpoint", [(2, 50)], 5)
    for case in block:
        assert set(case.key) == {
            "truth_class", "needs_protection", "kind", "tier", "story", "advice", "groups", "indicators", "screener",
        }  # fmt: skip
        assert set(case.key["kind"]) == {"id", "title", "family", "lookalike_of"}
        assert set(case.key["groups"]) == {"sex", "age_band", "online_offer"}
        assert set(case.key["indicators"].values()) <= {"present", "absent", "unknown"}
        json.dumps(case.key, allow_nan=False)


def test_the_small_cases_of_the_classroom_s_tests_have_the_same_form() -> None:
    ((small,),) = few_cases("phnom_penh_2022", "office", [(1, 100)], 5)
    ((drawn,),) = cases_for("phnom_penh_2022", "office", [(1, 100)], 5)
    assert set(small.key) == set(drawn.key)
    assert set(small.key["kind"]) == set(drawn.key["kind"])
    assert set(small.key["groups"]) == set(drawn.key["groups"])
    assert set(small.key["screener"]) == set(drawn.key["screener"])
    assert set(small.content) == set(drawn.content)
    for tab, entries in small.content["tabs"].items():
        assert set(entries[0]) == set(drawn.content["tabs"][tab][0])


@pytest.mark.parametrize(("place", "last"), [("office", set()), ("checkpoint", {Stage.CHECKPOINT})])
def test_the_screener_answers_for_every_evidence_that_a_seat_can_open(place: str, last: set[Stage]) -> None:
    (case,) = chain(*cases_for("airport_day", place, [(1, 0)], 9))
    asked = [set(), {Stage.INTERVIEW}, {Stage.VERIFICATION}, {Stage.INTERVIEW, Stage.VERIFICATION}]
    assert set(case.key["screener"]) == {
        evidence_name(frozenset({Stage.COUNTER} | one | last)) for one in asked
    }
    for name, said in case.key["screener"].items():
        assert said["explanation"]["stage"] == name.rpartition("+")[2]
        assert said["recommendation"] == said["explanation"]["recommendation"]


def test_what_was_not_asked_for_is_named_as_skipped() -> None:
    (case,) = chain(*cases_for("airport_day", "checkpoint", [(1, 0)], 9))
    skipped = case.key["screener"]["counter+checkpoint"]["explanation"]["skipped"]
    assert {
        "field": "job_offer",
        "label": {"en": "Job offer abroad", "id": "Tawaran kerja di luar negeri"},
    } in skipped
    assert case.key["screener"]["counter+interview+verification+checkpoint"]["explanation"]["skipped"] == []


def test_indicators_are_those_of_the_released_rulebook_at_the_last_evidence() -> None:
    at_office = next(chain(*cases_for("airport_day", "office", [(1, 0)], 9))).key["indicators"]
    rules = Screener.default().rulebook
    assert list(at_office) == list(rules.indicators_at(Stage.VERIFICATION))
    assert "route_differs_on_the_day" not in at_office


def test_a_scenario_without_victims_is_refused_where_some_are_asked_for(tmp_path: Path) -> None:
    text = (SCENARIOS / "phnom_penh_2022.toml").read_text(encoding="utf-8")
    peaceful = text.replace(
        '"typology.online_scam" = { share = 0.030', '"typology.online_scam" = { share = 0.0'
    )
    peaceful = peaceful.replace('"journey.tourist" = { share = 0.230', '"journey.tourist" = { share = 0.260')
    file = tmp_path / "peaceful.toml"
    file.write_text(peaceful.replace("size = 200000", "size = 3000"), encoding="utf-8")
    assert len(cases_for(str(file), "office", [(3, 0)], 1)[0]) == 3
    with pytest.raises(
        BadInput, match=r"1 victims, each of another network, and there are 0[\s\S]*another scenario"
    ):
        cases_for(str(file), "office", [(2, 50)], 1)


@pytest.mark.parametrize(
    ("place", "blocks", "message"),
    [
        ("harbour", [(2, 50)], "no place 'harbour'"),
        ("office", [], "at least one block"),
        ("office", [(0, 50)], "at least one block"),
        ("office", [(2, 101)], "from 0 to 100"),
    ],
)
def test_what_cannot_be_is_refused_with_a_mend(
    place: str, blocks: list[tuple[int, int]], message: str
) -> None:
    with pytest.raises(BadInput, match=message) as error:
        cases_for("phnom_penh_2022", place, blocks, 1)
    assert error.value.problems[0].mend
