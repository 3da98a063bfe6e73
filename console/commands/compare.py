"""`saring compare`: the same people with and without levers, before and after networks learn, in two runs."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.adapting import adapted, adversary_json, rounds
from console.comparisons.comparing import Comparing, Effects, each_alone, stage_named
from console.comparisons.comparing_runs import A_RUN, Run, check_same_people, compare_runs, read_run
from console.comparisons.comparison_text import print_comparison, titles
from console.files import write_json
from console.output import Output
from console.parts.memory import peak_rss_mib
from console.screeners import screener_for
from console.worlds import WorldOptions
from dossier.problems import BadInput
from dossier.stages import Stage
from screening.evaluation.pages.html_compare import write_compare_html
from screening.evaluation.screenings import paired_sweeps_json
from screening.screener import RELEASED, Screener
from synthetic.audit import check_both_sides
from synthetic.cohort_files import written_aside
from synthetic.compile import compile_world
from synthetic.levers import lever_names
from synthetic.scenarios import USUAL_DIFFICULTY, Scenario

RESULT, PAGE = "comparison.json", "comparison.html"
WITHOUT_WITH = ("without", "with")
BEFORE_AFTER = ("before", "after")
FIRST_SECOND = ("first", "second")


@dataclass(frozen=True)
class CompareOptions:
    """The options of `saring compare`; see its help. None where a scenario's usual value holds."""

    what: tuple[str, ...]
    levers: tuple[str, ...]
    adversary: bool
    n: int | None
    seed: int | None
    stage: str | None
    rulebook: str | None
    cards: str | None
    threshold: float | None
    difficulty: int | None
    modules: Path | None
    workers: int
    out: Path | None
    force: bool


def compare(options: CompareOptions, output: Output) -> None:
    """Compare, print what changed for whom, and write it as JSON and as a page where that is asked for.

    Raises:
        BadInput: If the options describe no comparison, or one of different people.
    """
    started = time.perf_counter()
    kept = nullcontext(None) if options.out is None else written_aside(options.out, force=options.force)
    with kept as aside:
        found = _made_by(options)(options, output)
        spent = {
            "wall_s": round(time.perf_counter() - started, 2),
            "peak_rss_mib": round(peak_rss_mib(), 1),
        }
        content = {"schema_version": "1", **found, **spent}
        if aside is not None:
            write_json(aside / RESULT, content)
            write_compare_html({**content, **titles(content)}, aside / PAGE)
    written = () if options.out is None else (options.out / RESULT, options.out / PAGE)
    output.result(content, lambda: print_comparison(content, output, written))


def _made_by(options: CompareOptions) -> Callable[[CompareOptions, Output], dict[str, Any]]:
    if len(options.what) != 1:
        return _two_runs
    return _before_and_after_learning if options.adversary else _with_levers


def _world_options(options: CompareOptions) -> WorldOptions:
    return WorldOptions(
        options.what[0],
        options.n,
        1 if options.seed is None else options.seed,
        options.modules,
        options.levers,
        USUAL_DIFFICULTY if options.difficulty is None else options.difficulty,
    )


def _screener(options: CompareOptions, stage: Stage) -> Screener:
    rulebook, cards = options.rulebook or RELEASED, options.cards or RELEASED
    return screener_for(rulebook, cards, options.threshold, stage=stage)


# --- with and without levers ------------------------------------------------------------------------


def _with_levers(options: CompareOptions, output: Output) -> dict[str, Any]:
    _check_levers(options)
    what = _world_options(options)
    with output.step("Compiling the scenario"):
        after = what.world()
        before = compile_world(after.scenario.with_levers(()))
        stage = stage_named(options.stage, before.scenario)
        effects = each_alone(after.scenario, before)
    screener = _screener(options, stage)
    comparing = Comparing(what.plan(before), what.plan(after), screener, stage)
    with output.progress("Drawing and screening twice", comparing.before.size) as advance:
        comparison, desks = comparing.run(options.workers, advance)
    return {
        "kind": "levers",
        "sides": dict(zip(("before", "after"), WITHOUT_WITH, strict=True)),
        **_about(before.scenario, comparing),
        "levers": [_effects_json(found, stage) for found in effects],
        **desks,
        **comparison.to_json(),
    }


def _refuse_one_run(options: CompareOptions) -> None:
    path = Path(options.what[0])
    if options.what[0] and path.is_dir():
        what = "one run alone cannot be compared"
        raise BadInput.of(what, where=str(path), mend="Give two runs, or a scenario and --lever.")


def _check_levers(options: CompareOptions) -> None:
    _refuse_one_run(options)
    path = Path(options.what[0])
    if not options.levers:
        mend = (
            f"Add --adversary, or --lever with one of: {', '.join(lever_names())}; or give two run folders."
        )
        raise BadInput.of("there is nothing to compare the scenario with", where=str(path), mend=mend)


def _about(scenario: Scenario, comparing: Comparing) -> dict[str, Any]:
    return {
        "scenario": scenario.id,
        "title": scenario.scenario.title.model_dump(),
        "difficulty": scenario.difficulty,
        "stage": comparing.stage.label,
        "threshold": comparing.threshold / 100,
        "cards": comparing.screener.cards.id,
        "rulebook": comparing.screener.rulebook.rulebook.id,
    }


def _effects_json(found: Effects, stage: Stage) -> dict[str, Any]:
    first = found.first_seen_at
    return {
        **found.lever.lever.model_dump(),
        "applies": not found.is_idle,
        "seen_at_this_stage": first is not None and first <= stage,
        "first_seen_at": None if first is None else first.label,
        "acts_on": list(found.answers),
        "diverts": list(found.diverts),
        "nowhere_to_go": list(found.nowhere_to_go),
    }


# --- before and after networks learn ----------------------------------------------------------------


def _before_and_after_learning(options: CompareOptions, output: Output) -> dict[str, Any]:
    _refuse_one_run(options)
    what = _world_options(options)
    with output.step("Compiling the scenario"):
        before = what.world()
        check_both_sides(before, where="--adversary", mend="Leave it out, or give the scenario both.")
        stage = stage_named(options.stage, before.scenario)
        screener = _screener(options, stage)
    with output.progress("Networks learn", rounds()) as advance:
        scenario, found = adapted(before.scenario, screener, stage, what.seed, advance)
    after = compile_world(scenario)
    comparing = Comparing(what.plan(before), what.plan(after), screener, stage)
    with output.progress("Drawing and screening twice", comparing.before.size) as advance:
        comparison, desks = comparing.run(options.workers, advance)
    with output.step("Asking what finding as many as before would take"):
        learning = adversary_json(found, before, after, screener, stage, what.seed)
    return {
        "kind": "adversary",
        "sides": dict(zip(("before", "after"), BEFORE_AFTER, strict=True)),
        **_about(before.scenario, comparing),
        "levers": [{**lever.lever.model_dump(), "applies": True} for lever in before.scenario.levers],
        "adversary": learning,
        **desks,
        **comparison.to_json(),
    }


# --- two finished runs ------------------------------------------------------------------------------

OF_A_SCENARIO = (
    "levers",
    "adversary",
    "n",
    "seed",
    "rulebook",
    "cards",
    "threshold",
    "difficulty",
    "modules",
)


def _two_runs(options: CompareOptions, output: Output) -> dict[str, Any]:
    if len(options.what) != len(FIRST_SECOND):
        what = f"{len(options.what)} things cannot be compared at once"
        raise BadInput.of(what, mend="Give a scenario and --lever, or two run folders.")
    given = [name for name in OF_A_SCENARIO if _is_given(getattr(options, name))]
    if given:
        option = f"--{given[0].removesuffix('s') if given[0] == 'levers' else given[0]}"
        what = f"{option} belongs to a scenario, and runs are finished"
        raise BadInput.of(what, mend="Leave it out, or compare a scenario.")
    if not all(options.what):
        raise BadInput.of("the name of a run is empty", where="saring compare", mend=A_RUN)
    if Path(options.what[0]).resolve() == Path(options.what[1]).resolve():
        raise BadInput.of("this is one run, named twice", where=options.what[0], mend="Give two runs.")
    first, second = (read_run(Path(name)) for name in options.what)
    check_same_people(first, second)
    if options.stage is None and first.stage != second.stage:
        what = f"the runs were evaluated at different stages: {first.stage} and {second.stage}"
        raise BadInput.of(what, mend="Choose one with --stage.")
    stage = stage_named(options.stage or first.stage)
    with output.step("Reading both runs"):
        found = compare_runs(first, second, stage)
    both = (first, second)
    runs = [_run_json(run, threshold) for run, threshold in zip(both, found.thresholds, strict=True)]
    shares = first.base_rate, second.base_rate
    return {
        "kind": "runs",
        "sides": dict(zip(("before", "after"), FIRST_SECOND, strict=True)),
        "scenario": first.origin.scenario,
        "stage": stage.label,
        "runs": runs,
        "same_dossiers": first.observed == second.observed,
        "sweeps": paired_sweeps_json(found.counts, found.thresholds, shares),
        **found.comparison.to_json(),
    }


def _is_given(value: Any) -> bool:
    """Tell whether an option was given; 0 is a seed and a threshold like any other."""
    return value is not None and value is not False and value != ()


def _run_json(run: Run, threshold: int) -> dict[str, Any]:
    return {
        "folder": str(run.folder),
        **run.marks,
        "base_rate": run.base_rate,
        "threshold": threshold / 100,
        "levers": list(run.origin.levers),
    }
