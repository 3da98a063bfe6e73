"""The page of levers: each intervention, what it cannot do, whom it burdens, and what it changes."""

from docs._generator.markdown import facts, heading, page, translated
from docs._generator.number_tables import numbers_table
from docs._generator.sources import cited_list
from synthetic.levers import Lever, released_levers

INTRODUCTION = """\
A lever is an intervention that any scenario can take. It changes what is seen of people, and never who
they are, so that a difference is the lever's effect. The size of every effect is an assumption unless a
figure is named."""


def lever_pages() -> dict[str, str]:
    """Return the page of levers, by its name."""
    sections = [_section(lever) for lever in released_levers().values()]
    return {"reference/levers": page(heading(1, "Levers"), INTRODUCTION, *sections)}


def _section(lever: Lever) -> str:
    head = lever.lever
    return page(
        heading(2, head.title.en, "lever", lever.id),
        facts([("name", f"`{lever.id}`, version {head.version}"), ("Indonesian", head.title.id)]),
        translated(head.description),
        "**What it cannot do, and whom it may burden**",
        translated(head.limits),
        "**Sources**\n\n" + cited_list(head.sources) if head.sources else "",
        numbers_table(f"synthetic/levers/{lever.id}.toml"),
    ).rstrip()
