"""`saring sweep`: many variants of a simulation, on the same people wherever it can be, in one tidy table."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from console.output import Output, number_of
from console.parts.beginnings import begun, finished_before
from console.parts.memory import peak_rss_mib
from console.parts.parallel import Workers
from console.parts.unfinished import Work, worked
from console.sweeping.counts import Counts, Remains
from console.sweeping.estimate import Estimate, estimated
from console.sweeping.opened import Opened, opened
from console.sweeping.plan import SweepPlan, read_plan, too_many
from console.sweeping.results import Found, Table, baseline_id, lines_of, oracle_miss
from console.sweeping.running import Sweep
from console.sweeping.settings import JOINED_BY, NO_LEVERS, Variant
from console.sweeping.summary import pooled, print_summary, summary_json
from console.sweeping.units import units_of
from console.sweeping.variants import variants_of, varied
from console.sweeping.workloads import weights_of, workload_row
from console.sweeping.writing import FILES, SCHEMA_VERSION, read_sweep, write_sweep
from evidence import evidence_hash
from synthetic.cohort_files import code_version

SWEEPS = Path("var/sweeps")

LONG = ("results", "workload", "variants", "identity", "set_out_otherwise")
"""Parts of a sweep that stand in its file and would drown the printed object."""


@dataclass(frozen=True)
class SweepOptions:
    """The options of `saring sweep`; see its help."""

    plan: Path
    workers: Workers
    out: Path | None = None
    force: bool = False
    resume: bool = False
    dry_run: bool = False


def sweep_plan(options: SweepOptions, output: Output) -> None:
    """Run a sweep, write its files and print what came of it; or only say what it would be.

    Raises:
        BadInput: If the plan, or something it names, cannot be used.
    """
    started = time.perf_counter()
    plan = read_plan(options.plan)
    variants = variants_of(plan)
    with output.step("Opening what the plan names"):
        sweep = made_sweep(plan, variants)
    if options.dry_run:
        content = _foreseen(plan, sweep, estimated(sweep))
        output.result(content, lambda: _print_foreseen(content, output))
        return
    folder = options.out or SWEEPS / options.plan.stem
    content = _finished(folder, plan, sweep, options, output)
    printed = {
        **{key: value for key, value in content.items() if key not in LONG},
        "wall_s": round(time.perf_counter() - started, 2),
        "peak_rss_mib": round(peak_rss_mib(), 1),
        "artifacts": {name: str(folder / name) for name in FILES},
    }
    output.result(printed, lambda: print_summary(printed, output))


def _finished(
    folder: Path, plan: SweepPlan, sweep: Sweep, options: SweepOptions, output: Output
) -> dict[str, Any]:
    """Return what stands in the file of a sweep that is finished, now or before."""
    identity = identity_of(plan, sweep)
    if options.resume and finished_before(folder, identity):
        output.say("This sweep was finished before; nothing was left to do.")
        return read_sweep(folder)
    beginning = begun(
        folder,
        resume=options.resume,
        force=options.force,
        identity=identity,
        replaces=options.out is None,
    )
    with beginning as unfinished:
        work = Work(identity, len(sweep.units), sweep.count_part, Remains)
        with output.progress("Drawing and screening", sweep.applicants) as advance:
            remains = worked(
                work,
                unfinished.place,
                options.workers,
                resume=options.resume,
                done=lambda number: advance(sweep.units[number].applicants),
                say=output.say,
            )
            found = [_found(sweep, *one) for one in sweep.counts_of_variants(remains)]
        seeds = plan.written.seeds
        found.sort(key=lambda one: (one.place, seeds.index(one.seed)))
        content = {**_about(plan, sweep), **_content(plan, sweep, found)}
        write_sweep(unfinished.folder, content, sweep.variants)
    return content


def made_sweep(plan: SweepPlan, variants: Sequence[Variant]) -> Sweep:
    """Return all that is to be done; nobody is drawn yet.

    Raises:
        BadInput: If something the plan names cannot be used, or more people would be screened than it allows.
    """
    written = plan.written
    found: Opened = opened(plan, variants)
    asked = sum(found.sizes[one.settings.scenario] for one in variants) * len(written.seeds)
    if asked > written.most_applicants:
        what = "applicants, counted once for each variant that screens them,"
        raise too_many(written, plan.file, what, "most_applicants", asked)
    units = units_of(variants, written.seeds, found.sizes)
    return Sweep(variants, units, found, written.by, written.yardsticks)


def identity_of(plan: SweepPlan, sweep: Sweep) -> dict[str, Any]:
    """Return everything that decides what a sweep finds; one that differs in any of it cannot be resumed."""
    written = plan.written
    return {
        "command": "sweep",
        "schema_version": SCHEMA_VERSION,
        "code_version": code_version(),
        "evidence_hash": evidence_hash(),
        "seed": list(written.seeds),
        "n": written.n,
        "stage": written.stage,
        "rates": list(written.rates),
        "by": list(written.by),
        "yardsticks": written.yardsticks,
        "variants": [
            {"id": one.id, **one.settings.to_json(), "baseline": one.baseline} for one in sweep.variants
        ],
        **sweep.opened.hashes,
    }


def _found(sweep: Sweep, place: int, seed: int, counts: Counts) -> Found:
    """Return what one variant found, without the people on whom the oracle was asked."""
    settings = sweep.variants[place].settings
    threshold = sweep.opened.threshold(settings)
    weights = weights_of(sweep.plan_of(settings, seed), counts) if counts.panel else (1.0, 1.0)
    return Found(
        place,
        seed,
        threshold,
        sweep.opened.stages[settings.scenario].label,
        replace(counts, panel=None),
        oracle_miss(counts.panel, threshold, weights),
    )


def _about(plan: SweepPlan, sweep: Sweep) -> dict[str, Any]:
    written = plan.written
    return {
        "schema_version": SCHEMA_VERSION,
        "synthetic": True,
        "code_version": code_version(),
        "title": written.title,
        "plan": plan.file.path.name,
        "n": {name: sweep.opened.sizes[name] for name in sweep.opened.sizes},
        "stages": {name: stage.label for name, stage in sweep.opened.stages.items()},
        "seeds": list(written.seeds),
        "rates": list(written.rates),
        "by": list(written.by),
        "varied": varied(sweep.variants),
        "applicants": sweep.applicants,
        "variants": [
            {"variant": one.id, **one.settings.to_json(), "baseline": baseline_id(sweep.variants, place)}
            for place, one in enumerate(sweep.variants)
        ],
    }


def _content(plan: SweepPlan, sweep: Sweep, found: Sequence[Found]) -> dict[str, Any]:
    written = plan.written
    lines = [line for one in found for line in lines_of(one, written.rates, written.by)]
    table = Table(sweep.variants, lines)
    plans = (sweep.plan_of(sweep.variants[one.place].settings, one.seed) for one in found)
    return {
        "comparisons": table.comparisons,
        "confidence_simultaneous": table.confidence,
        "summary": summary_json(sweep.variants, pooled(found)),
        "set_out_otherwise": [
            {"variant": sweep.variants[one.place].id, "seed": one.seed, **vars(moved)}
            for one in found
            for moved in one.counts.otherwise
        ],
        "workload": [workload_row(sweep.variants, one, own) for one, own in zip(found, plans, strict=True)],
        "results": table.rows(),
    }


def _foreseen(plan: SweepPlan, sweep: Sweep, estimate: Estimate) -> dict[str, Any]:
    """Return what a sweep would be, for JSON."""
    return {
        **_about(plan, sweep),
        "dry_run": True,
        "worlds": len(sweep.opened.scenarios),
        "units": len(sweep.units),
        "estimate": vars(estimate),
    }


def _print_foreseen(content: Mapping[str, Any], output: Output) -> None:
    names = content["varied"]
    rows = [
        [one["variant"], *(_shown(one[name]) for name in names), one["baseline"] or "none"]
        for one in content["variants"]
    ]
    columns = ("variant", *names, "baseline")
    output.table(f"{content['title']}: nothing was drawn yet", columns, rows, words=columns)
    estimate, seeds = content["estimate"], number_of(len(content["seeds"]), "seed")
    variants, worlds = number_of(len(rows), "variant"), number_of(content["worlds"], "world")
    print(f"{variants}, {seeds} each, in {worlds}.")
    print(f"{content['applicants']:,} screenings of synthetic applicants.")
    sampled = f"{estimate['sampled']:,} screenings that took {estimate['sampled_s']:.2f} s"
    print(f"About {_duration(estimate['seconds'])} with one worker, reckoned from {sampled}.")


def _shown(value: Any) -> str:
    return (JOINED_BY.join(value) or NO_LEVERS) if isinstance(value, list) else str(value)


def _duration(seconds: float) -> str:
    """Return a time in the unit that suits it.

    Examples:
        >>> _duration(7.4), _duration(300), _duration(7300)
        ('7 s', '5 min', '2.0 h')
    """
    if seconds < _MINUTE:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"


_MINUTE, _HOUR = 60, 3600
