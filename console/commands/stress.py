"""`saring stress`: a screener under stress tests, from a scenario's name to one page in order of harm."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.comparisons.comparing import stage_named
from console.files import write_json
from console.judging import Judge
from console.output import Output
from console.parts.memory import peak_rss_mib
from console.screeners import decides, screener_for
from console.stress.frame import Finding, Setting
from console.stress.listed import ALL, LISTED, Listed, chosen_tests
from console.stress.printing import print_findings
from console.stress.settings import settings
from console.worlds import WorldOptions
from dossier.problems import BadInput
from evidence import evidence_hash
from screening.evaluation.groups import group_rates
from screening.evaluation.guarantee.tuning import defaults
from screening.evaluation.pages.html_stress import write_stress_html
from screening.evaluation.report import group_json
from synthetic.audit import check_both_sides
from synthetic.changes import scenario_hash
from synthetic.cohort_files import written_aside

FOLDER = Path("var/stress")
RESULT, PAGE = "stress.json", "stress.html"


@dataclass(frozen=True)
class StressOptions:
    """The options of `saring stress`; see its help."""

    world: WorldOptions
    tests: str | None
    stage: str | None
    rulebook: str
    cards: str
    threshold: float | None
    certificate: str
    victims: int | None
    others: int | None
    workers: int
    out: Path | None
    force: bool


def put_under_stress(options: StressOptions, output: Output) -> None:
    """Run the stress tests, write what they found as JSON and as a page, and print it.

    Raises:
        BadInput: If the options name no tests, nobody to measure, or no screener.
    """
    started = time.perf_counter()
    tests = chosen_tests(options.tests)
    setting = _setting(options)
    folder = options.out or FOLDER / options.world.name
    with written_aside(folder, force=options.force or options.out is None) as aside:
        with output.step("Drawing and screening"):
            before = {**_about(setting), **_rates(setting)}
        findings, refused = _run(tests, setting, _is_demanded(options), output)
        content = {
            **before,
            "findings": _in_order(findings, setting),
            "left_out": [*refused, *_left_out(tests, options)],
            "wall_s": round(time.perf_counter() - started, 2),
            "peak_rss_mib": round(peak_rss_mib(), 1),
        }
        with output.step("Writing the page"):
            write_json(aside / RESULT, content)
            write_stress_html(content, aside / PAGE)
    output.result(content, lambda: print_findings(content, folder / PAGE, output))


def _setting(options: StressOptions) -> Setting:
    people = settings().people
    victims = people.victims if options.victims is None else options.victims
    others = people.others if options.others is None else options.others
    for name, number in (("victims", victims), ("others", others)):
        if number < people.fewest:
            mend = f"Give at least {people.fewest}; the intervals say how much more would be better."
            raise BadInput.of(f"{number} {name} would say next to nothing", where=f"--{name}", mend=mend)
        if number > (most := getattr(defaults().most, name)):
            what, mend = f"{number:,} {name} do not fit into memory", f"Give at most {most:,}."
            raise BadInput.of(what, where=f"--{name}", mend=mend)
    world = options.world.world()
    check_both_sides(world, where="saring stress", mend="Give a scenario with both.")
    stage = stage_named(options.stage, world.scenario)
    certificate = None if options.certificate == options.cards else options.certificate
    screener = screener_for(options.rulebook, options.cards, options.threshold, certificate, stage)
    return Setting(Judge(world, screener, stage), options.world.seed, victims, others, options.workers)


def _is_demanded(options: StressOptions) -> bool:
    """Whether the tests were named one by one, so that none may be passed over."""
    return options.tests not in (None, ALL)


def _run(
    tests: Sequence[Listed], setting: Setting, is_demanded: bool, output: Output
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Return what the tests found, and which of them had nothing to measure, with the reason."""
    findings, refused = [], []
    for place, one in enumerate(tests, start=1):
        try:
            what = f"Stress test {place} of {len(tests)}: {one.name}"
            with output.progress(what, one.steps(setting)) as advance:
                findings.append(one.test(setting, advance))
        except BadInput as error:
            if is_demanded:
                raise
            refused.append({"test": one.name, "why": error.problems[0].what})
    return findings, refused


def _left_out(tests: Sequence[Listed], options: StressOptions) -> Iterator[dict[str, Any]]:
    """Yield the tests that nobody asked for, and how to run each."""
    for one in LISTED:
        if one not in tests:
            yield {"test": one.name, "run": f"saring stress {options.world.scenario} --tests {one.name}"}


def _in_order(findings: Sequence[Finding], setting: Setting) -> list[dict[str, Any]]:
    """Return the findings for JSON, the one first in which the miss rate rose most."""
    rises = [(finding.largest_rise(setting.miss), finding) for finding in findings]
    rises.sort(key=lambda one: -one[0])
    return [
        {**finding.to_json(), "rise": rise, "rise_of_flags": finding.largest_rise_of_flags}
        for rise, finding in rises
    ]


def _about(setting: Setting) -> dict[str, Any]:
    judge = setting.judge
    scenario = judge.world.scenario
    return {
        "schema_version": "1",
        "kind": "stress",
        "synthetic": True,
        "scenario": scenario.id,
        "title": scenario.scenario.title.model_dump(),
        "levers": [lever.id for lever in scenario.levers],
        "difficulty": scenario.difficulty,
        "stage": judge.stage.label,
        "threshold": judge.threshold / 100,
        "rulebook": judge.screener.rulebook.rulebook.id,
        "cards": judge.screener.cards.id,
        "decides": decides(judge.screener),
        "corpus": _corpus(setting),
        "victims": setting.victim_count,
        "others": setting.other_count,
    }


def _corpus(setting: Setting) -> str:
    """Return the hash of all that decides who is measured; whoever reads it does not learn the seed."""
    scenario = setting.judge.world.scenario
    decided = {
        "scenario": scenario_hash(scenario),
        "evidence": evidence_hash(),
        "seed": setting.seed,
        "victims": setting.victim_count,
        "others": setting.other_count,
    }
    return hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()


def _rates(setting: Setting) -> dict[str, Any]:
    """Return what is missed and flagged before anything is changed, the lawful and the irregular apart."""
    others = group_json(group_rates(setting.others.outcomes, setting.is_flagged)[0])
    victims = group_json(
        group_rates(
            setting.victims.outcomes,
            ~setting.is_missed,
        )[0]
    )
    return {
        "miss_rate": victims["miss_rate"],
        **{name: others[name] for name in ("false_flag_rate", "lawful_flagged", "irregular_flagged")},
    }
