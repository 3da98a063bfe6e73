"""`saring draw`: a cohort in a folder."""

import json
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from console.comparing import idle_levers
from console.errors import GATE_FAILED
from console.output import Output, number_of
from console.parallel import each_part
from console.setting import nothing_applies
from console.worlds import WorldOptions
from dossier.stages import Stage
from screening.referral import headline_stage
from synthetic.cohort_files import parts_of, write_manifests, write_part, written_aside
from synthetic.draw import Plan

if TYPE_CHECKING:
    from synthetic.fidelity import Fidelity

COHORTS = Path("var/cohorts")


def draw_cohort(
    options: WorldOptions,
    workers: int,
    out: Path | None,
    *,
    force: bool,
    output: Output,
    audit: bool = False,
) -> None:
    """Draw a cohort and print where it is; with `audit`, examine it too and leave with 1 where that fails."""
    started = time.perf_counter()
    world = options.world()
    plan = options.plan(world)
    folder = out or COHORTS / f"{options.name}-n{plan.size}"
    with written_aside(folder, force=force or out is None) as aside:
        write_cohort(plan, aside, workers, output)
        manifest = json.loads((aside / "manifest.json").read_text(encoding="utf-8"))
        found = audited(plan, aside, workers, output) if audit else None
    content = _content(plan, folder, manifest, started)
    if found is None:
        output.result(content, lambda: _print(content))
        return
    content |= _audit_content(found, content["artifacts"], folder)
    output.result(content, lambda: _print_audit(found, content, output))
    if not found.holds:
        raise typer.Exit(GATE_FAILED)


def write_cohort(plan: Plan, folder: Path, workers: int, output: Output) -> None:
    """Write all parts of a cohort, several at a time, and then its manifests."""
    parts = parts_of(plan.size)
    with output.progress("Drawing", plan.size) as advance:
        for number, _ in enumerate(each_part(partial(write_part, plan, folder), len(parts), workers)):
            advance(len(parts[number]))
    write_manifests(plan, folder)


def audited(plan: Plan, folder: Path, workers: int, output: Output) -> "Fidelity":
    """Examine a cohort that lies in `folder` and write what was found beside it."""
    from synthetic.fidelity import examine, steps, write

    scenario = plan.world.scenario
    stage = Stage.of(scenario.scenario.stage) if scenario.scenario.stage else headline_stage()
    with output.progress("Examining", steps(scenario)) as advance:
        found = examine(plan, folder, stage, workers=workers, advance=lambda _, step: advance(step))
    write(found, folder)
    return found


def _content(plan: Plan, folder: Path, manifest: dict[str, Any], started: float) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "scenario": plan.world.scenario.id,
        "n": plan.size,
        "base_rate": plan.base_rate,
        "weights": dict(zip(("victims", "others"), plan.weights, strict=True)),
        "idle_levers": list(idle_levers(plan.world.scenario)),
        "files": manifest["files"],
        "wall_s": round(time.perf_counter() - started, 2),
        "artifacts": {
            "cohort": str(folder),
            "observed": str(folder / "observed"),
            "truth": str(folder / "truth"),
        },
    }


def _audit_content(found: "Fidelity", artifacts: dict[str, str], folder: Path) -> dict[str, Any]:
    checks = [
        {"requirement": c.requirement, "verdict": c.verdict, "n": c.n, "fresh": c.fresh} for c in found.checks
    ]
    paths = {"audit": str(folder / "audit.json"), "audit_page": str(folder / "audit.html")}
    return {"audit": {"verdict": found.verdict, "checks": checks}, "artifacts": {**artifacts, **paths}}


def _print_audit(found: "Fidelity", content: dict[str, Any], output: Output) -> None:
    _print(content)
    rows = [
        (
            check.requirement,
            check.verdict,
            f"{check.n:,} {check.unit}, {'drawn afresh' if check.fresh else 'this cohort'}",
        )
        for check in found.checks
    ]
    output.table("Fidelity without real data", ("requirement", "verdict", "examined on"), rows)
    output.say(
        "What is examined on people drawn afresh speaks of the scenario and its levers, not of this cohort."
    )
    output.say("Meeting a target is calibration, not validation: there is no real data to compare with.")
    print(f"The whole report: {content['artifacts']['audit_page']}")


def _print(content: dict[str, Any]) -> None:
    for lever in content["idle_levers"]:
        print(nothing_applies(lever))
    print(_sentence(content))


def _sentence(content: dict[str, Any]) -> str:
    drawn, folder = number_of(content["n"], "synthetic applicant"), content["artifacts"]["cohort"]
    return (
        f"Drew {drawn} of '{content['scenario']}' into {folder} ({content['wall_s']:.1f} s). "
        "A screener may open observed/ only; truth/ holds the answers and the seed."
    )
