"""A small change stays small: what is added to the assumptions moves nobody whom it does not concern.

A field that nothing depends on, and a module that a scenario does not list, change no other byte. A module that
is listed changes those who become its people, and those who share a sponsor, phone, address or booking with
somebody it reaches.
"""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthetic.changes import scenario_hash
from synthetic.cohort import plan_for, truth_of
from synthetic.cohort_files import write_part
from synthetic.compile import compile_world
from synthetic.draw import Drawn, Plan
from synthetic.scenarios import SCENARIOS, load_scenario
from tests.unit.synthetic.worlds import world

SCENARIO = "phnom_penh_2022"
SEED = 5
ROWS = 40_000
LEAF = "days_to_departure"
NEWCOMER = """[module]
id = "lookalike.newcomer"
kind = "lookalike"
version = "1.0.0"
truth = "lawful"
extends = "journey.tourist"
grade = "D"
title = { en = "A newcomer", id = "Pendatang baru" }
description = { en = "A module that a test adds.", id = "Modul yang ditambahkan sebuah uji." }

[odds]
accompanied_by = { alone = 3.0 }
"""


def drawn(plan: Plan) -> Drawn:
    return plan.draw(range(ROWS))


def rows_that_differ(before: Drawn, after: Drawn) -> npt.NDArray[np.bool_]:
    """Return which rows differ in anything that stands in the observed file."""
    differs = before.applicants != after.applicants
    for name, values in before.values.items():
        differs |= values != after.values[name]
    return np.asarray(differs)


def with_newcomer(folder: Path, share: float) -> Path:
    """Write the newcomer's module, and a scenario that takes its share from the tourists; returns the latter."""
    modules = folder / "modules"
    modules.mkdir()
    (modules / "newcomer.toml").write_text(NEWCOMER, encoding="utf-8")
    text = (SCENARIOS / f"{SCENARIO}.toml").read_text(encoding="utf-8")
    tourists = world(SCENARIO).scenario.mix["journey.tourist"].share
    lines = [
        f'"journey.tourist" = {{ share = {tourists - share:.6f} }}\n"lookalike.newcomer" = {{ share = {share} }}'
        if line.startswith('"journey.tourist" = { share')
        else line
        for line in text.splitlines()
    ]
    path = folder / f"{SCENARIO}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_field_on_which_nothing_depends_changes_no_other_code() -> None:
    whole = world(SCENARIO)
    without = replace(
        whole,
        conditionals=tuple(c for c in whole.conditionals if c.name != LEAF),
        recordings={name: recording for name, recording in whole.recordings.items() if name != LEAF},
    )
    assert len(without.conditionals) == len(whole.conditionals) - 1
    before, after = drawn(Plan(without, SEED, ROWS)), drawn(Plan(whole, SEED, ROWS))
    assert LEAF in after.values
    assert not rows_that_differ(before, after).any()


def test_a_module_that_is_not_listed_changes_no_byte(tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "newcomer.toml").write_text(NEWCOMER, encoding="utf-8")
    with_it = load_scenario(SCENARIO, modules)
    assert "lookalike.newcomer" in with_it.library
    assert scenario_hash(with_it) == scenario_hash(load_scenario(SCENARIO))
    sums = []
    for name, scenario in (("without", load_scenario(SCENARIO)), ("with", with_it)):
        write_part(plan_for(compile_world(scenario), 5000, SEED), tmp_path / name, 0)
        files = sorted((tmp_path / name).rglob("*.parquet"))
        sums.append({str(f.relative_to(tmp_path / name)): sha256(f.read_bytes()).hexdigest() for f in files})
    assert sums[0] == sums[1]
    assert len(sums[0]) > 1


def test_a_listed_module_changes_its_people_and_those_linked_to_them(tmp_path: Path) -> None:
    share = 0.01
    path = with_newcomer(tmp_path, share)
    grown = compile_world(load_scenario(path, tmp_path / "modules"))
    before, after = drawn(Plan(world(SCENARIO), SEED, ROWS)), drawn(Plan(grown, SEED, ROWS))
    modules = [
        np.array(t.modules)[t.module] for t in (truth_of(world(SCENARIO), before), truth_of(grown, after))
    ]
    reassigned = modules[0] != modules[1]
    relinked = np.zeros(ROWS, dtype=bool)
    for name, actors in before.actors.items():
        relinked |= actors != after.actors[name]
    differs = rows_that_differ(before, after)
    assert share / 2 < (modules[1] == "lookalike.newcomer").mean() < share * 2
    assert not (differs & ~reassigned & ~relinked).any()
    # Reassigned by inverse cumulative distribution: each boundary between modules moves by at most the share.
    assert reassigned.mean() < share * len(grown.modules)
    assert (relinked & ~reassigned).mean() < share
