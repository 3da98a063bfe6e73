"""`saring show scenarios NAME` for people: what happens, what a class can learn, and what is changed."""

from collections.abc import Iterator

from console.pages import facts, heading, paragraph, points, text_table
from console.words import Speaker
from dossier.fields import fields
from evidence import citations
from screening.evaluation.texts import day_of_year, limit, number, text
from synthetic.scenarios import POPULATION, Scenario, Target


def print_scenario(scenario: Scenario, speaker: Speaker) -> None:
    """Print a scenario as a page."""
    head, say, of = scenario.scenario, speaker.say, speaker.of
    heading(f"{of(head.title)} ({scenario.id})", first=True)
    paragraph(say("scenario.made_up", year=str(head.year), n=head.size))
    if head.variant_of:
        paragraph(say("scenario.variant", scenario=head.variant_of))
    if head.stage:
        paragraph(say("scenario.stage", stage=text(f"stage.{head.stage}")))
    print()
    paragraph(of(head.narrative))
    if head.learning_aims:
        heading(say("scenario.aims"))
        points([of(aim) for aim in head.learning_aims])
    if head.difficulty is not None:
        heading(say("scenario.difficulty"))
        paragraph(of(head.difficulty))
    if head.conflict is not None:
        heading(say("scenario.conflict"))
        paragraph(of(head.conflict))
    _print_mix(scenario, speaker)
    _print_changes(scenario, speaker)
    if scenario.targets:
        heading(say("scenario.targets"))
        points([_target(target, speaker) for target in scenario.targets.values()])
    if head.exempt:
        heading(say("scenario.exempt"))
        facts({_label(exempt.field, speaker): exempt.why for exempt in head.exempt})
    heading(say("scenario.sources"))
    points(citations(head.sources))


def _print_mix(scenario: Scenario, speaker: Speaker) -> None:
    """Print the modules by what their people truly are, the largest share first."""
    say = speaker.say
    heading(say("scenario.mix"))
    parts: dict[str, list[list[str]]] = {}
    for module_id, share in sorted(scenario.mix.items(), key=lambda item: -item[1].share):
        head = scenario.library[module_id][0].module
        row = [speaker.of(head.title), module_id, speaker.of(limit(share.share))]
        parts.setdefault(say(f"class.{head.truth}"), []).append(row)
    text_table([say(f"scenario.{name}") for name in ("module", "id", "share")], parts, numbers=(2,))


def _print_changes(scenario: Scenario, speaker: Speaker) -> None:
    changes = list(_changes(scenario, speaker))
    if changes:
        heading(speaker.say("scenario.changes"))
        points(changes)


def _changes(scenario: Scenario, speaker: Speaker) -> Iterator[str]:
    for module_id, overlay in scenario.overlay.items():
        yield f"{_who(scenario, module_id, speaker)}: {overlay.why}"
    for regime in scenario.regimes.values():
        since = day_of_year(regime.since, scenario.scenario.year)
        yield speaker.say("scenario.since", date=since, why=regime.why)


def _who(scenario: Scenario, module_id: str, speaker: Speaker) -> str:
    if module_id == POPULATION:
        return speaker.say("scenario.population")
    return speaker.of(scenario.library[module_id][0].module.title)


def _target(target: Target, speaker: Speaker) -> str:
    keys = [key for key in (target.figure, target.of, *target.evidence) if key]
    band = [end for end in (target.low, target.high) if end is not None]
    ends = "–".join(speaker.of(number(100 * end)) for end in band)
    return f"{speaker.of(target.title)} [{', '.join(keys)}{f'; {ends} %' if ends else ''}]"


def _label(field: str, speaker: Speaker) -> str:
    return speaker.of(fields()[field].label)
