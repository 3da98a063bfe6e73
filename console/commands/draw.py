"""`saring draw`: a cohort in a folder."""

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

from console.output import Output
from console.parallel import each_part
from synthetic.cohort import parts_of, plan_for, write_manifests, write_part, written_aside
from synthetic.compile import compile_world
from synthetic.draw import Plan
from synthetic.scenarios import load_scenario

COHORTS = Path("var/cohorts")


def draw_cohort(
    scenario_name: str,
    n: int | None,
    seed: int,
    workers: int,
    out: Path | None,
    *,
    force: bool,
    output: Output,
) -> None:
    """Draw a cohort and print where it is."""
    started = time.perf_counter()
    scenario = load_scenario(scenario_name)
    plan = plan_for(compile_world(scenario), n or scenario.scenario.size, seed)
    folder = out or COHORTS / f"{scenario.id}-n{plan.size}"
    with written_aside(folder, force=force or out is None) as aside:
        write_cohort(plan, aside, workers, output)
        manifest = json.loads((aside / "manifest.json").read_text(encoding="utf-8"))
    content = _content(scenario.id, plan, folder, manifest, started)
    output.result(content, lambda: print(_sentence(content)))


def write_cohort(plan: Plan, folder: Path, workers: int, output: Output) -> None:
    """Write all parts of a cohort, several at a time, and then its manifests."""
    parts = parts_of(plan.size)
    with output.progress("Drawing", plan.size) as advance:
        for number, _ in enumerate(each_part(partial(write_part, plan, folder), len(parts), workers)):
            advance(len(parts[number]))
    write_manifests(plan, folder)


def _content(
    scenario: str, plan: Plan, folder: Path, manifest: dict[str, Any], started: float
) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "scenario": scenario,
        "n": plan.size,
        "files": manifest["files"],
        "wall_s": round(time.perf_counter() - started, 2),
        "artifacts": {
            "cohort": str(folder),
            "observed": str(folder / "observed"),
            "truth": str(folder / "truth"),
        },
    }


def _sentence(content: dict[str, Any]) -> str:
    people, folder = f"{content['n']:,} synthetic applicants", content["artifacts"]["cohort"]
    return (
        f"Drew {people} of '{content['scenario']}' into {folder} ({content['wall_s']:.1f} s). "
        "A screener may open observed/ only; truth/ holds the answers and the seed."
    )
