"""The pages of rulebooks: every rule with all that it says of itself, and every parameter over time."""

import json
from collections.abc import Iterator

from docs._generator.links import field_links, indicator_links
from docs._generator.markdown import (
    Markdown,
    block,
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
from docs._generator.sources import cited, cited_list, figure_links
from dossier.recommendations import agencies
from screening.rulebook import load_rulebook, released_rulebooks
from screening.rules import Parameter, Row, Rule, Rulebook, RuleTests

INTRODUCTION = """\
A rulebook is policy: dated, versioned, and never edited once it is released. One of these is saring's
own; the others are what somebody published, written so that they decide by themselves. Every run reads
them on the same people, and they are nobody's advice."""

OUTCOMES = {"fires": "present", "does_not": "absent", "unknown": "unknown"}
"""What a rule answers on the rows of its tests, by their name in the file."""


def rule_pages() -> dict[str, str]:
    """Return a page for each released rulebook and one that lists them, by their names."""
    books = {name: load_rulebook(name) for name in released_rulebooks()}
    rows = [
        (link(book.title.en, "rulebook", name), f"`{name}`", book.decides, str(len(book.rules)))
        for name, book in books.items()
    ]
    listing = page(
        heading(1, "Rulebooks"),
        INTRODUCTION,
        table(("rulebook", "name", "decided by", "rules"), rows),
        contents(books, hidden=True),
    )
    pages = {f"reference/rulebooks/{name}": _rulebook(name, book) for name, book in books.items()}
    return {"reference/rulebooks/index": listing, **pages}


def _rulebook(name: str, book: Rulebook) -> str:
    parameters = [_parameter(key, one) for key, one in book.params.items()]
    return page(
        heading(1, book.title.en, "rulebook", name),
        prose(book.description.en) if book.description else "",
        facts(
            [
                ("name", f"`{name}`, version {book.version}"),
                ("Indonesian", book.title.id),
                ("decided by", book.decides),
                ("refers from", f"{book.refers_from} rules of evidence together" if book.refers_from else ""),
                ("valid from", f"{book.valid_from}"),
            ]
        ),
        heading(2, "Rules"),
        *(_rule(name, rule) for rule in book.rules),
        heading(2, "Parameters") if parameters else "",
        *parameters,
    )


def _rule(rulebook: str, rule: Rule) -> str:
    receiver = agencies()[rule.agency].name.en if rule.agency else ""
    last = f" to {rule.valid_to}" if rule.valid_to else ""
    return page(
        heading(3, f"{rule.title.en} (`{rule.id}`)", f"rule-{rulebook}", rule.id),
        translated(rule.question),
        facts(
            [
                ("why it matters", rule.why.en),
                ("the officer reads", rule.reason.en),
                ("harm if it misleads", rule.harm_if_wrong.en),
                ("tier", f"{rule.tier}, {rule.status}, version {rule.version}"),
                ("stage", rule.stage.label),
                ("valid", f"from {rule.valid_from}{last}"),
                ("received by", receiver),
                ("typologies", ", ".join(f"`{one}`" for one in rule.typologies)),
                ("reads", field_links(rule.reads)),
                ("indicators", indicator_links(rule.condition.indicators)),
            ]
        ),
        block(rule.when),
        "**Innocent explanations**\n\n" + bullets(text.en for text in rule.innocent) if rule.innocent else "",
        "**Sources**\n\n" + cited_list(rule.sources) if rule.sources else "",
        table(("test row; all else is neutral", "the rule is"), _tests(rule.tests)),
    ).rstrip()


def _tests(tests: RuleTests) -> Iterator[tuple[str, str]]:
    for name, outcome in OUTCOMES.items():
        rows: tuple[Row, ...] = getattr(tests, name)
        for row in rows:
            values = (f"`{field}` = `{json.dumps(value)}`" for field, value in row.items())
            yield Markdown(", ".join(values) or "nothing"), outcome


def _parameter(name: str, parameter: Parameter) -> str:
    rows = [
        (
            f"{value.since}",
            f"{value.value:,}",
            cited(value.source) if value.source else figure_links([value.evidence]),
        )
        for value in parameter.values
    ]
    return page(
        heading(3, f"`{name}`"),
        translated(parameter.description),
        facts([("unit", parameter.unit)]),
        table(("from", "value", "source"), rows),
    ).rstrip()
