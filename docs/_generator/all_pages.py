"""All generated pages together."""

from collections.abc import Callable, Mapping

from docs._generator.command_pages import command_pages
from docs._generator.decision_pages import decision_pages
from docs._generator.evidence_pages import evidence_pages
from docs._generator.field_pages import field_pages
from docs._generator.indicator_pages import indicator_pages
from docs._generator.lever_pages import lever_pages
from docs._generator.manual_pages import manual_pages
from docs._generator.module_pages import module_pages
from docs._generator.python_pages import python_pages
from docs._generator.referral_pages import referral_pages
from docs._generator.rule_pages import rule_pages
from docs._generator.scenario_pages import scenario_pages

MAKERS: tuple[Callable[[], Mapping[str, str]], ...] = (
    field_pages,
    indicator_pages,
    rule_pages,
    scenario_pages,
    module_pages,
    lever_pages,
    referral_pages,
    evidence_pages,
    command_pages,
    python_pages,
    manual_pages,
    decision_pages,
)


def all_pages() -> dict[str, str]:
    """Return the Markdown of every generated page, by its name without an ending."""
    return {name: text for make in MAKERS for name, text in make().items()}
