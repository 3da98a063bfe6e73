"""Cohorts in memory: dossiers and truth in one order, and fresh applicants on request."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dossier.draws import Draw, Who
from dossier.fields import fields
from dossier.problems import BadInput
from dossier.tables import REFERENCES, from_pandas
from dossier.truth import TruthClass
from synthetic import Cohort, FreshDraws, draw, load_scenario
from synthetic.audit import only
from synthetic.cohort import CHUNK, chunks_of, dossiers_of, plan_for, truth_of
from synthetic.cohort_files import ROWS_PER_GROUP, ROWS_PER_PART, ParquetSheet, parts_of, written_aside
from synthetic.draw import Drawn, Plan
from synthetic.world import World
from tests.unit.synthetic.worlds import ALL_TYPES, SEED, SIZE
from tests.unit.synthetic.worlds import world as world_named

VICTIMS = ("typology.online_scam", "typology.debt_bondage")


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return draw(load_scenario(ALL_TYPES), n=SIZE, seed=SEED)


# --- drawing ----------------------------------------------------------------------------------------


def test_a_cohort_has_the_size_asked_for(cohort: Cohort) -> None:
    assert len(cohort) == len(cohort.dossiers) == len(cohort.truth) == SIZE


def test_a_cohort_is_what_its_plan_draws(cohort: Cohort, drawn: Drawn) -> None:
    assert cohort.dossiers.applicants.tolist() == drawn.applicants.tolist()
    for name in fields():
        assert cohort.dossiers.columns[name].tolist() == drawn.values[name].tolist(), name


def test_dossiers_and_truth_stand_in_one_order(cohort: Cohort) -> None:
    assert cohort.dossiers.applicants.tolist() == cohort.truth.applicants.tolist()


def test_a_cohort_longer_than_a_chunk_is_the_same_rows() -> None:
    long = draw(load_scenario("phnom_penh_2022"), n=CHUNK + 5, seed=SEED)
    plan = plan_for(world_named("phnom_penh_2022"), CHUNK + 5, SEED)
    assert long.dossiers.applicants[-5:].tolist() == plan.draw(range(CHUNK, CHUNK + 5)).applicants.tolist()


def test_a_scenario_may_be_named() -> None:
    named, loaded = (draw(one, n=20) for one in ("phnom_penh_2022", load_scenario("phnom_penh_2022")))
    assert named.dossiers.applicants.tolist() == loaded.dossiers.applicants.tolist()
    with pytest.raises(BadInput, match="there is no scenario 'phnom_pen'"):
        draw("phnom_pen", n=20)


@pytest.mark.parametrize("n", [0, -1])
def test_a_cohort_of_nobody_is_refused(n: int) -> None:
    with pytest.raises(BadInput, match="at least one applicant"):
        draw(load_scenario("phnom_penh_2022"), n=n)


def test_the_observed_frame_is_marked_and_can_be_read_back(cohort: Cohort) -> None:
    frame = cohort.observed
    assert frame.attrs["synthetic"] is True
    assert list(frame.columns) == ["applicant", *REFERENCES, *fields()]
    back = from_pandas(frame, fields())
    for name, values in cohort.dossiers.columns.items():
        assert back.columns[name].tolist() == values.tolist(), name


# --- truth ------------------------------------------------------------------------------------------


def test_truth_says_what_each_applicant_is(world: World, cohort: Cohort, drawn: Drawn) -> None:
    truth = truth_of(world, drawn)
    assert truth.module.tolist() == cohort.truth.module.tolist()
    for index, module in enumerate(world.modules):
        rows = truth.module == index
        assert set(truth.truth_class[rows].tolist()) == {module.module.truth_class}
    assert truth.is_victim.sum() > 0


def test_tiers_and_networks_belong_to_victims_and_escorts(cohort: Cohort) -> None:
    truth = cohort.truth
    assert ((truth.tier >= 0) == truth.is_victim).all()
    facilitators = truth.truth_class == TruthClass.FACILITATOR
    assert ((truth.network >= 0) == (truth.is_victim | facilitators)).all()


def test_families_are_those_of_the_modules(world: World, cohort: Cohort) -> None:
    expected = {module.module.family for module in world.modules if module.module.family}
    assert set(cohort.truth.family_names) == expected
    assert ((cohort.truth.family >= 0) == cohort.truth.is_victim).all()


def test_dossiers_hold_nothing_but_what_an_officer_sees(drawn: Drawn) -> None:
    assert list(dossiers_of(drawn).columns) == list(fields())


# --- fresh draws ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "classes"),
    [
        ("everybody", set(TruthClass)),
        ("victims", {TruthClass.VICTIM}),
        ("others", {TruthClass.LAWFUL, TruthClass.IRREGULAR}),
    ],
)
def test_fresh_applicants_are_those_asked_for(world: World, who: Who, classes: set[TruthClass]) -> None:
    fresh: Draw = FreshDraws(world)
    dossiers, truth = fresh(who, 3000, 5)
    assert set(truth.truth_class.tolist()) == classes
    assert dossiers.applicants.tolist() == truth.applicants.tolist()
    assert len(dossiers) == 3000


def test_fresh_applicants_may_be_of_some_modules_only(world: World) -> None:
    _, truth = FreshDraws(world)("victims", 500, 5, modules=VICTIMS)
    assert {truth.modules[module] for module in set(truth.module.tolist())} == set(VICTIMS)


def test_everybody_comes_in_the_scenarios_shares(world: World) -> None:
    _, truth = FreshDraws(world)("everybody", 500, SEED)
    expected = Plan(world, SEED, 500, only(world, world.module_ids)).draw(range(500))
    assert truth.applicants.tolist() == expected.applicants.tolist()
    assert truth.module.tolist() == truth_of(world, expected).module.tolist()


def test_fresh_victims_may_each_have_a_network_of_their_own(world: World) -> None:
    _, truth = FreshDraws(world)("victims", 2000, 5, one_per_network=True)
    assert len(np.unique(truth.network)) == 2000
    _, shared = FreshDraws(world)("victims", 2000, 5)
    assert len(np.unique(shared.network)) < 2000


def test_the_layers_of_fresh_applicants_are_theirs(world: World) -> None:
    fresh = FreshDraws(world)
    dossiers, _ = fresh("others", 100, 5)
    (layers,) = fresh.drawn("others", 100, 5)
    assert layers.applicants.tolist() == dossiers.applicants.tolist()


# --- rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [range(0), range(1), range(3, 10), range(7, 21)])
def test_chunks_cover_all_rows_once_and_in_order(rows: range) -> None:
    chunks = list(chunks_of(rows, 7))
    assert [row for chunk in chunks for row in chunk] == list(rows)
    assert all(0 < len(chunk) <= 7 for chunk in chunks)


def test_a_cohort_has_as_many_files_as_it_needs() -> None:
    assert parts_of(1) == [range(1)]
    assert parts_of(ROWS_PER_PART) == [range(ROWS_PER_PART)]
    assert parts_of(ROWS_PER_PART + 1)[1] == range(ROWS_PER_PART, ROWS_PER_PART + 1)


def test_files_row_groups_and_chunks_fit_into_each_other() -> None:
    assert ROWS_PER_PART % ROWS_PER_GROUP == ROWS_PER_GROUP % CHUNK == 0


# --- written aside ------------------------------------------------------------------------------------


def fail_in(folder: Path) -> None:
    """Begin to write a folder, and fail."""
    with written_aside(folder) as aside:
        (aside / "half").touch()
        raise RuntimeError("the lamp went out")


def test_folders_above_a_result_that_failed_go_with_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        fail_in(tmp_path / "made" / "for" / "cohort")
    assert list(tmp_path.iterdir()) == []


def test_folders_above_that_were_there_stay(tmp_path: Path) -> None:
    (tmp_path / "mine" / "empty").mkdir(parents=True)
    with pytest.raises(RuntimeError):
        fail_in(tmp_path / "mine" / "empty" / "made" / "cohort")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "empty"]


def test_folders_above_in_which_somebody_else_wrote_stay(tmp_path: Path) -> None:
    def fail() -> None:
        with written_aside(tmp_path / "made" / "for" / "cohort"):
            (tmp_path / "made" / "notes.txt").touch()
            raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError):
        fail()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["made", "notes.txt"]


def test_folders_above_a_whole_result_stay(tmp_path: Path) -> None:
    with written_aside(tmp_path / "made" / "for" / "cohort") as aside:
        (aside / "whole").touch()
    assert (tmp_path / "made" / "for" / "cohort" / "whole").is_file()


def test_a_place_where_nothing_can_be_made_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for" / ("long" * 63)  # with the ending of an unfinished one, too long
    with pytest.raises(BadInput, match="cannot be written"), written_aside(folder):
        pytest.fail("nothing may be written")
    assert list(tmp_path.iterdir()) == []


def test_a_thread_that_has_not_heard_of_the_failure_writes_no_more(tmp_path: Path) -> None:
    """Threads cannot be stopped; one that goes on would make the folders again that were removed."""
    sheets = []

    def fail() -> None:
        with written_aside(tmp_path / "cohort") as aside:
            sheets.append(ParquetSheet(aside / "truth" / "edges" / "part-00001.parquet"))
            raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError):
        fail()
    with pytest.raises(InterruptedError, match="given up"):
        sheets[0].write(pa.record_batch({"x": [1]}))
    sheets[0].close()
    assert list(tmp_path.iterdir()) == []
    with written_aside(tmp_path / "cohort") as aside, ParquetSheet(aside / "again.parquet") as sheet:
        sheet.write(pa.record_batch({"x": [1]}))
    assert (tmp_path / "cohort" / "again.parquet").is_file()


def ended_process() -> int:
    """Return the number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_ended_processes_left_unfinished_is_cleared(tmp_path: Path) -> None:
    own = f".cohort.unfinished-{os.getpid()}"  # of an earlier process, for numbers come again
    for left in (f".cohort.unfinished-{ended_process()}", own):
        (tmp_path / left / "truth").mkdir(parents=True)
        (tmp_path / left / "truth" / "part-00000.parquet").touch()
    with written_aside(tmp_path / "cohort") as aside:
        assert [path.name for path in tmp_path.iterdir()] == [own]
        assert list(aside.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["cohort"]


def test_nothing_else_is_cleared(tmp_path: Path) -> None:
    ended = ended_process()
    kept = {
        f".cohort.unfinished-{os.getppid()}",
        f".cohort.unfinished-{ended}-mine",
        ".cohort.unfinished-",
        f".other.unfinished-{ended}",
        f"cohort.unfinished-{ended}",
    }
    for name in kept:
        (tmp_path / name).mkdir()
    (tmp_path / f".cohort.unfinished-0{ended}").touch()
    with written_aside(tmp_path / "cohort"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {*kept, "cohort", f".cohort.unfinished-0{ended}"}
