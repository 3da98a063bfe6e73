"""The page of indicators: each observation, what it reads, and the rules that ask for it."""

from docs._generator.links import field_links, released_rules, rule_links
from docs._generator.markdown import Markdown, code, facts, heading, page, prose
from dossier.indicators import indicator_texts, indicators
from dossier.indicators.registry import Indicator

INTRODUCTION = """\
An indicator reads a dossier and answers *present*, *absent* or *unknown*. It names an observation and
accuses nobody; an unanswered question is *unknown*, which never counts as *absent*."""


def indicator_pages() -> dict[str, str]:
    """Return the page of indicators, by its name."""
    sections = [_section(name, indicator) for name, indicator in indicators().items()]
    return {"reference/indicators": page(heading(1, "Indicators"), INTRODUCTION, *sections)}


def _section(name: str, indicator: Indicator) -> str:
    text = indicator_texts()[name]
    askers = [rule for rule in released_rules() if name in rule.condition.indicators]
    return page(
        heading(2, f"{text.title.en} (`{name}`)", "indicator", name),
        prose(indicator.explanation),
        Markdown(f"*{prose(text.explanation_id)}*"),
        facts(
            [
                ("Indonesian", text.title.id),
                ("can be read from", indicator.stage.label),
                ("reads", field_links(indicator.reads)),
                ("parameters", Markdown(", ".join(code(one) for one in indicator.parameters))),
                ("asked for by rules", rule_links(askers)),
            ]
        ),
    ).rstrip()
