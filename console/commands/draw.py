"""`saring draw`: a cohort in a folder."""

import json
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from console.errors import GATE_FAILED
from console.output import Output, number_of
from console.parts.parallel import Workers
from console.parts.unfinished import Begun, Work, begun, digests_of, finished_before, worked
from console.worlds import WorldOptions
from dossier.places import Folder, place_of
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.referral import headline_stage
from synthetic.cohort_files import identity_of, parts_of, write_manifests, write_part
from synthetic.draw import Plan
from synthetic.scenarios import Scenario
from synthetic.sheets import Form

if TYPE_CHECKING:
    from synthetic.fidelity import Fidelity

COHORTS = Path("var/cohorts")


@dataclass(frozen=True)
class DrawOptions:
    """The options of `saring draw`; see its help."""

    world: WorldOptions
    workers: Workers
    out: str | None = None
    form: Form = "parquet"
    resume: bool = False
    force: bool = False
    audit: bool = False


def draw_cohort(options: DrawOptions, output: Output) -> None:
    """Draw a cohort and print where it is; with `audit`, examine it too and leave with 1 where that fails."""
    started = time.perf_counter()
    plan = options.world.plan(options.world.world())
    target = options.out or str(COHORTS / f"{options.world.name}-n{plan.size}")
    _check_audit(options, target)
    identity = {"command": "draw", **identity_of(plan), "form": options.form, "audit": options.audit}
    if options.resume and finished_before(target, identity):
        output.result(_content(plan, target, _files_at(target), started), lambda: print(already(target)))
        return
    beginning = begun(
        target,
        resume=options.resume,
        force=options.force,
        identity=identity,
        replaces=options.out is None,
    )
    with beginning as here:
        _write(
            plan,
            options,
            Work(identity, len(parts_of(plan.size)), _Part(plan, options.form), Done),
            here,
            output,
        )
        content = _content(plan, target, _files_at(str(here.folder)), started)
        found = audited(plan, here.folder, options.workers.count, output) if options.audit else None
    if found is None:
        output.result(content, lambda: _print(content))
        return
    content |= _audit_content(found, content["artifacts"], Path(target))
    output.result(content, lambda: _print_audit(found, content, output))
    if not found.holds:
        raise typer.Exit(GATE_FAILED)


@dataclass(frozen=True)
class Done:
    """All that remains of a part once its files are there."""


@dataclass(frozen=True)
class _Part:
    """Draws one part of a cohort; travels to whoever works."""

    plan: Plan
    form: Form

    def __call__(self, number: int, scratch: Path) -> Done:
        write_part(self.plan, scratch, number, form=self.form)
        return Done()


def _write(plan: Plan, options: DrawOptions, work: Work[Done], here: Begun, output: Output) -> None:
    """Write all parts of a cohort, several at a time, and then its manifests."""
    parts = parts_of(plan.size)
    with output.progress("Drawing", plan.size) as advance:
        finished = worked(
            work,
            here.place,
            options.workers,
            resume=options.resume,
            done=lambda number: advance(len(parts[number])),
            say=output.say,
        )
        deque(finished, maxlen=0)
    write_manifests(plan, here.folder, digests_of(here.place))


def _check_audit(options: DrawOptions, target: str) -> None:
    """Refuse to examine a cohort that is not on this machine, or not in Parquet."""
    if options.audit and (not isinstance(place_of(target), Folder) or options.form != "parquet"):
        what = "only a cohort in Parquet files on this machine can be examined"
        raise BadInput.of(what, where="--audit", mend="Draw it into a folder, or leave --audit out.")


def _files_at(target: str) -> dict[str, str]:
    """Return the observed files of a finished cohort with their hashes."""
    found: dict[str, str] = json.loads(place_of(target).read_bytes("manifest.json"))["files"]
    return found


def already(target: str) -> str:
    """Return the sentence for work that `--resume` finds finished."""
    return f"{target} is finished already, and is what was asked for."


def audited(plan: Plan, folder: Path, workers: int, output: Output) -> "Fidelity":
    """Examine a cohort that lies in `folder` and write what was found beside it."""
    from synthetic.fidelity import examine, steps, write

    scenario = plan.world.scenario
    stage = Stage.of(scenario.scenario.stage) if scenario.scenario.stage else headline_stage()
    with output.progress("Examining", steps(scenario)) as advance:
        found = examine(plan, folder, stage, workers=workers, advance=lambda _, step: advance(step))
    write(found, folder)
    return found


def _content(plan: Plan, target: str, files: dict[str, str], started: float) -> dict[str, Any]:
    return {
        "schema_version": "1",
        "scenario": plan.world.scenario.id,
        "n": plan.size,
        "base_rate": plan.base_rate,
        "weights": dict(zip(("victims", "others"), plan.weights, strict=True)),
        "idle_levers": _idle_levers(plan.world.scenario),
        "files": files,
        "wall_s": round(time.perf_counter() - started, 2),
        "artifacts": {
            "cohort": target,
            "observed": f"{target}/observed",
            "truth": f"{target}/truth",
        },
    }


def _idle_levers(scenario: Scenario) -> list[str]:
    """Return the levers without effect; comparisons bring the screener along, so only who has levers pays."""
    if not scenario.levers:
        return []
    from console.comparisons.comparing import idle_levers

    return list(idle_levers(scenario))


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
    if content["idle_levers"]:
        from console.setting import nothing_applies

        for lever in content["idle_levers"]:
            print(nothing_applies(lever))
    print(_sentence(content))


def _sentence(content: dict[str, Any]) -> str:
    drawn, folder = number_of(content["n"], "synthetic applicant"), content["artifacts"]["cohort"]
    return (
        f"Drew {drawn} of '{content['scenario']}' into {folder} ({content['wall_s']:.1f} s). "
        "A screener may open observed/ only; truth/ holds the answers and the seed."
    )
