"""Links between what is read and who reads it: fields, indicators and the rules of the released rulebook."""

from collections.abc import Iterable
from functools import cache

from docs._generator.markdown import Markdown, link
from dossier.fields import fields
from dossier.indicators import indicator_texts
from screening.rulebook import load_rulebook
from screening.rules import Rule
from screening.screener import RELEASED


@cache
def released_rules() -> tuple[Rule, ...]:
    """Return the rules of the released rulebook."""
    return load_rulebook(RELEASED).rules


def field_links(names: Iterable[str]) -> Markdown:
    """Return links to fields, by their labels."""
    return Markdown(", ".join(link(fields()[name].label.en, "field", name) for name in names))


def indicator_links(names: Iterable[str]) -> Markdown:
    """Return links to indicators, by their titles."""
    return Markdown(", ".join(link(indicator_texts()[name].title.en, "indicator", name) for name in names))


def rule_links(rules: Iterable[Rule]) -> Markdown:
    """Return links to rules of the released rulebook, by their titles."""
    return Markdown(", ".join(link(rule.title.en, f"rule-{RELEASED}", rule.id) for rule in rules))
