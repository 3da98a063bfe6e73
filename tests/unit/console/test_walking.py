"""The pathway on the command line: capacities that people give, and what is printed of a walk."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.commands.run import RunOptions, run_scenario
from console.output import Output
from console.parts.parallel import Workers
from console.walking import (
    MOST_WALKED,
    Walkers,
    check_walkable,
    joined_walkers,
    pathway_for,
    print_walk,
)
from console.worlds import WorldOptions
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.pathway import travellers
from screening.pathway_policy import pathway_policy
from tests.unit.console.terminal import OK, SCENARIO, saring
from tests.unit.screening.desks import assessment, cohort, screener
from tests.unit.screening.results import drawn_outcomes

LOUD = Output(as_json=False, quiet=True)
SIZE = 1500


# --- capacities -------------------------------------------------------------------------------------


def test_capacities_are_given_by_stage() -> None:
    found = pathway_for(["interview=0.25", "verification=unlimited"], asked=True)
    assert found is not None
    assert found.at(Stage.INTERVIEW).capacity == 0.25
    assert found.at(Stage.VERIFICATION).capacity is None
    assert found.at(Stage.CHECKPOINT) == pathway_policy().at(Stage.CHECKPOINT)


def test_the_released_policy_is_taken_where_none_is_given_and_none_where_nobody_asks() -> None:
    assert pathway_for([], asked=True) == pathway_policy()
    assert pathway_for([], asked=False) is None


def test_more_people_than_can_be_held_at_once_are_refused_before_anything_is_drawn() -> None:
    check_walkable(MOST_WALKED, pathway_policy())
    check_walkable(100 * MOST_WALKED, None)
    with pytest.raises(BadInput, match="2,000,001 applicants are more than 2,000,000") as error:
        check_walkable(MOST_WALKED + 1, pathway_policy())
    assert error.value.problems[0].where == "--pathway"


def test_who_walks_is_kept_as_plain_arrays_and_comes_back_the_same() -> None:
    people = travellers(screener(), cohort().dossiers, {stage: assessment(stage) for stage in Stage})
    kept = Walkers.of(drawn_outcomes(), people)
    back = kept.travellers
    for name in ("office", "day", "departs"):
        assert np.array_equal(getattr(back, name), getattr(people, name))
    for name in ("recommendation", "below"):
        found, expected = getattr(back, name), getattr(people, name)
        assert list(found) == list(expected)
        assert all(np.array_equal(found[case], expected[case]) for case in expected)
    both = joined_walkers([kept, kept])
    assert both is not None
    assert len(both.outcomes) == len(both.travellers) == 2 * len(people)
    assert joined_walkers([]) is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (["interview"], "'interview' is no STAGE=SHARE"),
        (["interview=many"], "'interview=many' is no STAGE=SHARE"),
        (["interview=0.1=0.2"], "is no STAGE=SHARE"),
        (["=0.1"], "there is no stage ''"),
        (["lounge=0.1"], "there is no stage 'lounge'"),
        (["interview=0.1", "interview=0.2"], "stands here twice"),
        (["interview=-1"], "-1 cannot be the capacity"),
        (["interview=nan"], "nan cannot be the capacity"),
        (["counter=0.2"], "0.2 cannot be the capacity"),
    ],
    ids=str,
)
def test_a_capacity_that_cannot_be_is_refused_with_its_place_and_a_mend(given: list[str], wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        pathway_for(given, asked=True)
    (problem,) = refused.value.problems
    assert wrong in problem.what
    assert problem.where.startswith("--capacity")
    assert problem.mend


def test_a_capacity_is_of_no_use_without_the_pathway() -> None:
    with pytest.raises(BadInput, match="only on the pathway"):
        pathway_for(["interview=0.1"], asked=False)


def test_nothing_is_left_where_a_capacity_is_refused(tmp_path: Path) -> None:
    world = WorldOptions(SCENARIO, 50, 1, None, (), 3, None)
    options = RunOptions(
        world=world,
        workers=Workers(1),
        rulebook="saring-2026",
        cards="saring-2026",
        threshold=None,
        yardsticks=False,
        pathway=True,
        out=str(tmp_path / "run"),
        force=False,
        capacities=("interview=x",),
    )
    with pytest.raises(BadInput, match="is no STAGE=SHARE"):
        run_scenario(options, LOUD)
    assert list(tmp_path.iterdir()) == []


# --- what is printed --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walked_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What a run with the pathway leaves, and what people read."""
    folder = tmp_path_factory.mktemp("walked") / "run"
    words = ("run", SCENARIO, "--n", SIZE, "--seed", 5, "--no-yardsticks", "--pathway", "--out", folder)
    result = saring(*words)
    assert result.exit_code == OK
    content = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    return content, " ".join(result.stdout.split())


def test_the_walk_stands_in_the_evaluation(walked_run: tuple[dict[str, Any], str]) -> None:
    walk = walked_run[0]["pathway_walk"]
    assert [stage["stage"] for stage in walk["stages"]] == [stage.label for stage in Stage]
    assert walk["applicants"] == SIZE
    assert walk["lost"]["missed"] == walk["miss_rate"]["missed"]


def test_people_read_the_same_numbers(walked_run: tuple[dict[str, Any], str]) -> None:
    content, text = walked_run
    walk = content["pathway_walk"]
    assert f"Missed along the pathway: {walk['miss_rate']['missed']:,} of {walk['miss_rate']['n']:,}" in text
    for entry in walk["lost"]["causes"]:
        said = f"{entry['lost']['lost']:,} {entry['title']['en']}."
        assert (said in text) == (entry["lost"]["lost"] > 0)
    assert f"Officer-minutes: {walk['officer_minutes']['total']:,};" in text
    sent = walk["cost"]["lawful"]["sent_to_interview"]
    assert f"Sent to interview: {sent['sent']:,} of {sent['n']:,} lawful travellers" in text
    assert "assumed (grade D)" in text


def test_who_lost_nobody_reads_of_no_cause(
    walked_run: tuple[dict[str, Any], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A cohort without victims: nothing is missed, and nothing is said of causes."""
    walk = walked_run[0]["pathway_walk"]
    nobody = {"estimate": None, "low": None, "high": None, "n": 0}
    causes = [{**entry, "lost": {**nobody, "lost": 0}} for entry in walk["lost"]["causes"]]
    none = {"missed": 0, "causes": causes, "by": {"typology": [], "sex": []}}
    minutes = {**walk["officer_minutes"], "per_victim_found": None}
    changed = {**walk, "miss_rate": {**nobody, "missed": 0}, "lost": none, "officer_minutes": minutes}
    print_walk({"pathway_walk": changed, "base_rate": 0.001}, LOUD)
    text = " ".join(capsys.readouterr().out.split())
    assert "there were no victims: cannot be said" in text
    assert "Where missed victims were lost" not in text
    assert "for each victim found" not in text
    assert "as they were drawn" in text
