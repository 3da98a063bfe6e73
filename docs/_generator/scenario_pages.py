"""The pages of scenarios: what happens, what a class can learn, how hard it is, and who is in it."""

from collections.abc import Iterator

from docs._generator.markdown import (
    Markdown,
    bullets,
    contents,
    facts,
    heading,
    link,
    page,
    prose,
    table,
    translated,
)
from docs._generator.number_tables import numbers_table
from docs._generator.sources import cited_list, figure_links
from screening.evaluation.texts import day_of_year
from synthetic.scenarios import POPULATION, Scenario, Target, released_scenarios

INTRODUCTION = """\
A scenario is a recipe for cohorts. Each states how hard it is before any screener is trained: what the
best possible reading of one dossier misses where 5 in 100 others are flagged. Everybody in them is
synthetic."""


def scenario_pages() -> dict[str, str]:
    """Return a page for each released scenario and one that lists them, by their names."""
    found = released_scenarios()
    rows = [
        (
            link(one.scenario.title.en, "scenario", name),
            f"`{name}`",
            f"{one.scenario.year}",
            f"{one.scenario.size:,}",
        )
        for name, one in found.items()
    ]
    listing = page(
        heading(1, "Scenarios"),
        INTRODUCTION,
        table(("scenario", "name", "year", "applicants"), rows),
        contents(found, hidden=True),
    )
    pages = {f"reference/scenarios/{name}": _scenario(one) for name, one in found.items()}
    return {"reference/scenarios/index": listing, **pages}


def _scenario(scenario: Scenario) -> str:
    head = scenario.scenario
    return page(
        heading(1, head.title.en, "scenario", scenario.id),
        facts(
            [
                ("name", f"`{scenario.id}`, version {head.version}"),
                ("Indonesian", head.title.id),
                ("year", f"{head.year}"),
                ("applicants", f"{head.size:,} where no other number is asked for"),
                ("stage", head.stage),
                ("variant of", link(head.variant_of, "scenario", head.variant_of) if head.variant_of else ""),
            ]
        ),
        translated(head.narrative),
        *_titled("What a class can learn", bullets(aim.en for aim in head.learning_aims)),
        *_titled("How hard it is", prose(head.difficulty.en) if head.difficulty else ""),
        *_titled("Where sources disagree", prose(head.conflict.en) if head.conflict else ""),
        *_titled("Who is in it", table(("who", "module", "truth", "share"), _mix(scenario))),
        *_titled("What is changed for it", bullets(_changes(scenario))),
        *_titled("Published sums that it meets", bullets(map(_target, scenario.targets.values()))),
        *_titled("Fields that may tell the truth alone", facts((one.field, one.why) for one in head.exempt)),
        *_titled("Sources", cited_list(head.sources)),
        *_titled("Its numbers", numbers_table(f"synthetic/scenarios/{scenario.id}.toml")),
    )


def _titled(title: str, content: str) -> tuple[str, ...]:
    return (heading(2, title), content) if content else ()


def _mix(scenario: Scenario) -> Iterator[tuple[str, str, str, str]]:
    for name, share in sorted(scenario.mix.items(), key=lambda item: -item[1].share):
        head = scenario.library[name][0].module
        yield link(head.title.en, "module", name), f"`{name}`", head.truth, f"{100 * share.share:.3g} %"


def _changes(scenario: Scenario) -> Iterator[Markdown]:
    for name, overlay in scenario.overlay.items():
        who = "everybody" if name == POPULATION else scenario.library[name][0].module.title.en
        yield prose(f"{who}: {overlay.why}")
    for regime in scenario.regimes.values():
        since = day_of_year(regime.since, scenario.scenario.year)
        yield prose(f"From {since.en}: {regime.why}")


def _target(target: Target) -> Markdown:
    keys = [key for key in (target.figure, target.of, *target.evidence) if key]
    band = " to ".join(f"{100 * end:g} %" for end in (target.low, target.high) if end is not None)
    counted = f", as counted by `{target.channel}`" if target.channel else ""
    return Markdown(f"{prose(target.title.en)}{f', {band}' if band else ''}{counted} ({figure_links(keys)})")
