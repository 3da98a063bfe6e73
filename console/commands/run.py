"""`saring run`: the main job from a scenario's name to a report."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from console.certifying import certificate_sentences
from console.commands.draw import already
from console.comparisons.comparing import idle_levers, stage_named
from console.examples import example_dossiers
from console.files import write_json
from console.kept import KEPT, Sources, keep_screener
from console.output import Output, counted_of, number_of, percent
from console.parts.memory import peak_rss_mib
from console.parts.parallel import Workers, apart
from console.parts.unfinished import Begun, begun, digests_of, finished_before
from console.pipeline import Job, evaluation_of
from console.profiling import PROFILES, outcome_sentences, profiled
from console.rivals import trained_rivals
from console.routing import print_followed
from console.screeners import SCREENED, decides, refers_from, screener_for
from console.setting import (
    networks_sentence,
    nothing_applies,
    sample_sentence,
    setting_sentences,
    workload_sentence,
)
from console.thresholds.tuning import rulebook_hash
from console.walking import check_walkable, pathway_for, print_walk
from console.workbench.points import KEPT as OPERATING_POINTS
from console.workbench.points import kept_points
from console.working import AUTO, MOST_KEPT, NO_FILES, exported
from console.worlds import WorldOptions
from dossier.places import Place, place_of
from dossier.recommendations import agencies
from dossier.stages import Stage
from evidence import works_behind
from screening.evaluation.report import Report
from screening.pathway_policy import PathwayPolicy
from screening.referral import policy
from screening.referral_policy import RELEASED, load_policy, policy_file
from screening.rules_only import published_rulebooks
from screening.screener import Screener
from synthetic.audit import check_both_sides, difficulty
from synthetic.cohort_files import identity_of, write_manifests
from synthetic.draw import Plan
from synthetic.scenarios import USUAL_DIFFICULTY, Scenario
from synthetic.sheets import Form

RUNS = Path("var/runs")
EVALUATION, REPORT = "evaluation.json", "report.html"
DIFFICULTY_SEED = 20_260_501


@dataclass(frozen=True)
class RunOptions:
    """The options of `saring run`; see its help."""

    world: WorldOptions
    workers: Workers
    rulebook: str
    cards: str
    threshold: float | None
    yardsticks: bool
    pathway: bool
    out: str | None
    force: bool
    capacities: tuple[str, ...] = ()
    policy: str = RELEASED
    certificate: str | None = None
    export: str = AUTO
    resume: bool = False


@dataclass(frozen=True)
class Prepared:
    """A run before anybody is drawn.

    Attributes:
        plan: Who is drawn.
        screener: Who screens.
        stage: The headline stage.
        pathway: The officers there are; None not to walk the pathway.
        form: How files of people are written; None to write none.
        target: Folder or URL of the result.
        identity: Everything that decides the result.
    """

    plan: Plan
    screener: Screener
    stage: Stage
    pathway: PathwayPolicy | None
    form: Form | None
    target: str
    identity: Mapping[str, Any]

    @property
    def is_large(self) -> bool:
        """Whether what takes much memory is left to processes of their own."""
        return self.plan.size > MOST_KEPT


def run_scenario(options: RunOptions, output: Output) -> None:
    """Draw, screen, evaluate and report; print the result."""
    started = time.perf_counter()
    found = prepared(options)
    for line in certificate_sentences(found.screener.operating_point):
        output.say(line)
    if options.resume and finished_before(found.target, found.identity):
        output.say(already(found.target))
        content = json.loads(place_of(found.target).read_bytes(EVALUATION))
    else:
        beginning = begun(
            found.target,
            resume=options.resume,
            force=options.force,
            identity=found.identity,
            replaces=options.out is None,
        )
        with beginning as here:
            content = _run(found, options, here, output, started)
    output.result(_printed(content), lambda: _print(content, output, pathway=options.pathway))


def prepared(options: RunOptions) -> Prepared:
    """Return what the options of a run describe.

    Raises:
        BadInput: If they cannot be, or do not go together.
    """
    pathway = pathway_for(options.capacities, asked=options.pathway)
    referral = load_policy(options.policy)
    world = options.world.world()
    if options.yardsticks:
        mend = "Give the scenario both, or add --no-yardsticks."
        check_both_sides(world, where="the oracle and the challenger", mend=mend)
    plan = options.world.plan(world)
    check_walkable(plan.size, pathway)
    stage = stage_named(None, world.scenario)
    screener = screener_for(
        options.rulebook, options.cards, options.threshold, options.certificate, stage=stage
    )
    form = exported(options.export, plan.size)
    point = screener.operating_point
    identity = {
        "command": "run",
        **identity_of(plan),
        "rulebook": rulebook_hash(options.rulebook),
        "cards": screener.cards.content_hash,
        "thresholds": dict(point.thresholds),
        "stage": stage.label,
        "policy": sha256(policy_file(options.policy).read_bytes()).hexdigest(),
        "yardsticks": options.yardsticks,
        "pathway": options.pathway,
        "capacities": list(options.capacities),
        "export": form or NO_FILES,
    }
    target = options.out or str(RUNS / f"{options.world.name}-n{plan.size}")
    return Prepared(plan, replace(screener, referral=referral), stage, pathway, form, target, identity)


def _run(found: Prepared, options: RunOptions, here: Begun, output: Output, started: float) -> dict[str, Any]:
    """Do the run in an unfinished folder; return what the evaluation says."""
    world, screener, stage = found.plan.world, found.screener, found.stage
    keep_screener(screener, Sources(options.rulebook, options.policy), here.folder / SCREENED)
    before = time.perf_counter()
    with output.step("Training the challenger") as status:
        rivals = (
            trained_rivals(world, screener.cards, stage, alone=found.is_large) if options.yardsticks else None
        )
        status("Stating the difficulty")
        hardness = [vars(one) for one in difficulty(world, stage, DIFFICULTY_SEED)] if rivals else []
    trained_s = time.perf_counter() - before
    job = Job(found.plan, screener, rivals, stage, published_rulebooks(), found.pathway, found.form)
    with output.progress("Drawing and screening", found.plan.size) as advance:
        whole, seconds = job.run(
            here.place,
            options.workers,
            found.identity,
            resume=options.resume,
            done=advance,
            say=output.say,
        )
    with output.step("Writing the report"):
        before = time.perf_counter()
        evaluation = evaluation_of(job, whole, _extras(world.scenario, screener, job, hardness, seconds))
        profiles, investigations = profiled(whole.tallies, whole.uses, whole.summary, job.share_of_actors)
        evaluated_s = time.perf_counter() - before
        digests = _digests(here.place) if found.form else {"cohort": {}, "run": {}}
        content = {
            **_finished(job, evaluation, found.target, started, investigations),
            **({} if found.form else {OPERATING_POINTS: kept_points(whole.summary)}),
            "export": found.form or NO_FILES,
            "timings": {
                "draw_and_screen_s": round(seconds, 3),
                "yardsticks_trained_s": round(trained_s, 3),
                "yardsticks_scored_cpu_s": round(whole.yardsticks_s, 3),
                "evaluated_s": round(evaluated_s, 3),
            },
        }
        _write(here.folder, found, content, profiles, digests, whole.digests)
    return content


def _digests(place: Place) -> dict[str, dict[str, str]]:
    """Return the hashes of the files of people: by their names in the cohort, and in the run beside it."""
    screened = digests_of(place, SCREENED)
    return {
        "cohort": digests_of(place, "cohort"),
        "run": {f"{SCREENED}/{name}": digest for name, digest in screened.items()},
    }


def _write(
    folder: Path,
    found: Prepared,
    content: Mapping[str, Any],
    profiles: Mapping[str, Any],
    digests: Mapping[str, Mapping[str, str]],
    results: Sequence[str],
) -> None:
    """Write what is made of all parts together; manifests last."""
    # The libraries of charts take much memory that nothing before needs.
    from screening.evaluation.pages.html_report import write_html

    write_json(folder / PROFILES, profiles)
    write_json(folder / EVALUATION, content)
    page = partial(write_html, content, folder / REPORT)
    apart(page) if found.is_large else page()
    here = place_of(folder)
    kept = here.names(f"{SCREENED}/{KEPT}/**")
    made = here.names("*")
    beside = {name: here.digest(name) for name in (*made, *kept) if not name.startswith("_")}
    write_manifests(found.plan, folder / "cohort", digests["cohort"], results, {**beside, **digests["run"]})


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
            "sources": list(works_behind(head.sources)),
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
    job: Job, evaluation: Report, target: str, started: float, investigations: Mapping[str, Any]
) -> dict[str, Any]:
    artifacts = {name: f"{target}/{name}" for name in (REPORT, EVALUATION, PROFILES, "cohort", "screened")}
    return {
        **evaluation.to_json(),
        "investigations": investigations,
        "examples": example_dossiers(job, evaluation.summary.candidates),
        "wall_s": round(time.perf_counter() - started, 2),
        "peak_rss_mib": round(peak_rss_mib(), 1),
        "artifacts": artifacts,
    }


RIVALS = {
    "oracle": "The best possible",
    "challenger": "The unrestricted challenger",
    "logistic": "Plain logistic regression",
    "rules_only": "Counting the rules, without cards,",
    "best_indicator": "The best single indicator",
}

LONG = (
    OPERATING_POINTS,
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
    for grouping in ("typology", "sex"):
        if groups := content["by"][grouping]:
            output.rates_of_groups(f"By {grouping}", groups)
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
    if content["export"] == NO_FILES:
        print(
            "No files of people were written; --export parquet writes them. `saring verify` draws any part "
            "of this run again."
        )
    cost = f"{content['wall_s']:.0f} s; peak memory of this process {content['peak_rss_mib']:.0f} MiB"
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
    if content["baselines"] and (said := sample_sentence(content, "baselines")):
        yield f"{said.removesuffix('.')}:"
    for baseline in content["baselines"]:
        missed = counted_of(baseline["miss_rate"], "missed", "victim")
        flagged = counted_of(baseline["lawful_flagged"], "flagged", "lawful traveller")
        yield f"If {baseline['rulebook']} decided instead ({baseline['title']['en']}):"
        yield f"    Missed: {missed}; flagged: {flagged}."
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
