"""`saring run`: the main job from a scenario's name to a report."""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from console.certifying import certificate_sentences
from console.comparing import idle_levers, stage_named
from console.examples import example_dossiers
from console.files import write_json
from console.kept import Sources, keep_screener
from console.output import Output, counted_of, number_of, percent
from console.pipeline import Job, evaluation_of
from console.profiling import PROFILES, outcome_sentences, profiled
from console.rivals import trained_rivals
from console.routing import print_followed
from console.screeners import SCREENED, decides, refers_from, screener_for
from console.setting import networks_sentence, nothing_applies, setting_sentences, workload_sentence
from console.walking import pathway_for, print_walk
from console.worlds import WorldOptions
from dossier.recommendations import agencies
from screening.evaluation.pages.html_report import write_html
from screening.evaluation.report import Evaluation
from screening.referral import policy
from screening.referral_policy import RELEASED, load_policy
from screening.rules_only import published_rulebooks
from screening.screener import Screener
from synthetic.audit import check_both_sides, difficulty
from synthetic.cohort_files import write_manifests, written_aside
from synthetic.scenarios import USUAL_DIFFICULTY, Scenario

RUNS = Path("var/runs")
DIFFICULTY_SEED = 20_260_501


@dataclass(frozen=True)
class RunOptions:
    """The options of `saring run`; see its help."""

    world: WorldOptions
    workers: int
    rulebook: str
    cards: str
    threshold: float | None
    yardsticks: bool
    pathway: bool
    out: Path | None
    force: bool
    capacities: tuple[str, ...] = ()
    policy: str = RELEASED
    certificate: str | None = None


def run_scenario(options: RunOptions, output: Output) -> None:
    """Draw, screen, evaluate and report; print the result."""
    started = time.perf_counter()
    pathway = pathway_for(options.capacities, asked=options.pathway)
    referral = load_policy(options.policy)
    world = options.world.world()
    if options.yardsticks:
        mend = "Give the scenario both, or add --no-yardsticks."
        check_both_sides(world, where="the oracle and the challenger", mend=mend)
    scenario = world.scenario
    plan = options.world.plan(world)
    stage = stage_named(None, scenario)
    screener = screener_for(
        options.rulebook, options.cards, options.threshold, options.certificate, stage=stage
    )
    screener = replace(screener, referral=referral)
    for line in certificate_sentences(screener.operating_point):
        output.say(line)
    folder = options.out or RUNS / f"{options.world.name}-n{plan.size}"
    with written_aside(folder, force=options.force or options.out is None) as aside:
        keep_screener(screener, Sources(options.rulebook, options.policy), aside / SCREENED)
        with output.step("Training the challenger") as status:
            rivals = trained_rivals(world, screener.cards, stage) if options.yardsticks else None
            status("Stating the difficulty")
            hardness = [vars(found) for found in difficulty(world, stage, DIFFICULTY_SEED)] if rivals else []
        job = Job(plan, screener, rivals, stage, published_rulebooks(), pathway)
        with output.progress("Drawing and screening", plan.size) as advance:
            results, seconds = job.run(aside, options.workers, advance)
        with output.step("Writing the report"):
            write_manifests(plan, aside / "cohort")
            extras = _extras(scenario, screener, job, hardness, seconds)
            evaluation = evaluation_of(job, results, extras)
            profiles, investigations = profiled(
                [result.tallies for result in results],
                evaluation.outcomes,
                job.stage,
                job.threshold,
                aside / "cohort" / "observed",
            )
            write_json(aside / PROFILES, profiles)
            content = _finished(job, evaluation, folder, started, investigations)
            write_json(aside / "evaluation.json", content)
            write_html(content, aside / "report.html")
    output.result(_printed(content), lambda: _print(content, output, pathway=options.pathway))


def _extras(
    scenario: Scenario,
    screener: Screener,
    job: Job,
    hardness: list[dict[str, Any]],
    seconds: float,
) -> dict[str, Any]:
    head = scenario.scenario
    return {
        "scenario": scenario.id,
        "about": {
            "title": head.title.model_dump(),
            "narrative": head.narrative.model_dump(),
            "learning_aims": [aim.model_dump() for aim in head.learning_aims],
            "sources": list(head.sources),
            "conflict": head.conflict.model_dump() if head.conflict else None,
            "year": head.year,
            "levers": [lever.lever.title.model_dump() for lever in scenario.levers],
            "idle_levers": list(idle_levers(scenario)),
            "difficulty_step": scenario.difficulty,
        },
        "difficulty": hardness,
        "certificate": {**screener.operating_point.details, "cards": screener.cards.id},
        "rulebook": _rule_texts(screener),
        "patterns": {family: text.model_dump() for family, text in policy().title.items()},
        "travellers": {m.id: m.module.title.model_dump() for m in job.plan.world.modules},
        "lookalike_of": {
            m.id: m.module.extends for m in job.plan.world.modules if m.module.kind == "lookalike"
        },
        "rulebook_id": screener.rulebook.rulebook.id,
        "decides": decides(screener),
        "refers_from": refers_from(screener),
        "agency_names": _agency_names(),
        "draw_and_screen_s": round(seconds, 3),
    }


def _rule_texts(screener: Screener) -> dict[str, Any]:
    return {
        rule.id: {
            "title": rule.title.model_dump(),
            "question": rule.question.model_dump(),
            "stage": rule.stage.label,
            "tier": rule.tier,
            "innocent": [text.model_dump() for text in rule.innocent],
        }
        for rule in screener.rulebook.rules
    }


def _agency_names() -> dict[str, Any]:
    return {key: agency.name.model_dump() for key, agency in agencies().items()}


def _finished(
    job: Job, evaluation: Evaluation, folder: Path, started: float, investigations: Mapping[str, Any]
) -> dict[str, Any]:
    artifacts = {
        name: str(folder / name)
        for name in ("report.html", "evaluation.json", PROFILES, "cohort", "screened")
    }
    return {
        **evaluation.to_json(),
        "investigations": investigations,
        "examples": example_dossiers(job, evaluation.outcomes),
        "wall_s": round(time.perf_counter() - started, 2),
        "peak_rss_mib": round(peak_rss_mib(), 1),
        "artifacts": artifacts,
    }


def peak_rss_mib() -> float:
    """Return the largest memory this process has held, in MiB; systems count it in different units."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


RIVALS = {
    "oracle": "The best possible",
    "challenger": "The unrestricted challenger",
    "logistic": "Plain logistic regression",
    "rules_only": "Counting the rules, without cards,",
    "best_indicator": "The best single indicator",
}

LONG = (
    "curve",
    "examples",
    "rulebook",
    "certificate",
    "about",
    "travellers",
    "lookalike_of",
    "rulebook_id",
    "agency_names",
    "policy",
    "patterns",
    "rules",
)
"""Parts of the evaluation that stand in its file and would drown the printed object."""


def _printed(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in LONG}


def _print(content: Mapping[str, Any], output: Output, *, pathway: bool) -> None:
    """Print the result for a person: what was missed, who was flagged wrongly, where the report is."""
    for line in _sentences(content):
        print(line)
    columns = ("", "victims", "missed (95 % interval)", "others", "others flagged (95 % interval)")
    for grouping in ("typology", "sex"):
        rows = [
            [
                g["group"],
                f"{g['miss_rate']['n']:,}",
                percent(g["miss_rate"]),
                f"{g['false_flag_rate']['n']:,}",
                percent(g["false_flag_rate"]),
            ]
            for g in content["by"][grouping]
        ]
        if rows:
            output.table(f"By {grouping}", columns, rows)
    print_followed(content, output)
    if pathway:
        along = [
            [
                g["group"],
                percent(g["miss_rate"]),
                percent(g["lawful_flagged"]),
                percent(g["irregular_flagged"]),
            ]
            for g in content["pathway"]
        ]
        titles = ("", "missed so far", "lawful flagged so far", "irregular flagged so far")
        output.table("If everybody were seen everywhere: flagged at a stage or before it", titles, along)
        print_walk(content, output)
    cost = f"{content['wall_s']:.0f} s, {content['peak_rss_mib']:.0f} MiB"
    print(f"Report: {content['artifacts']['report.html']}  ({cost})")


def _sentences(content: Mapping[str, Any]) -> Iterator[str]:
    about, count = content["about"], number_of(content["n"], "synthetic applicant")
    yield f"{about['title']['en']}: {count}, {number_of(content['victims'], 'victim')} among them."
    if about["levers"]:
        yield f"With: {', '.join(lever['en'] for lever in about['levers'])}."
    if about["difficulty_step"] != USUAL_DIFFICULTY:
        yield f"At step {about['difficulty_step']} of difficulty, of 1 to 5."
    for lever in about["idle_levers"]:
        yield nothing_applies(lever)
    yield from setting_sentences(content)
    if content["decides"] == "rules":
        yield f"Decided by the rules of {content['rulebook_id']} without cards; no threshold is certified."
    yield f"Missed:          {counted_of(content['miss_rate'], 'missed', 'victim')}"
    if said := networks_sentence(content):
        yield f"                 {said}"
    wrong = counted_of(content["false_flag_rate"], "flagged", "lawful or irregular traveller")
    yield f"Flagged wrongly: {wrong}"
    yield f"Workload:        {workload_sentence(content)}"
    yield from _rival_sentences(content)
    for baseline in content["baselines"]:
        missed = counted_of(baseline["miss_rate"], "missed", "victim")
        stopped = counted_of(baseline["lawful_flagged"], "flagged", "lawful traveller")
        yield f"If {baseline['rulebook']} decided instead ({baseline['title']['en']}):"
        yield f"    Missed: {missed}; stopped: {stopped}."
        yield f"    {baseline['summary']['missed']['en']}"
        yield f"    {baseline['summary']['burdened']['en']}"
    yield from outcome_sentences(content["investigations"])


def _rival_sentences(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what each rival misses where it flags as many people."""
    for name, words in RIVALS.items():
        if name in content:
            same = content[name]["miss_rate_at_same_workload"]
            area = content[name].get("area_under_curve")
            yield f"{words} at the same workload misses: {counted_of(same, 'missed', 'victim')}."
            if area:
                reach = f"{area['low']:.3f}-{area['high']:.3f}"
                yield f"    Its area under the curve is {area['estimate']:.3f} ({reach})."
