"""The pages of journeys, lookalikes and typologies: who travels, and every number they are drawn with."""

from collections.abc import Sequence

from docs._generator.markdown import facts, heading, link, page, table, translated
from docs._generator.number_tables import numbers_table
from docs._generator.sources import cited_list
from synthetic.descriptions import as_told
from synthetic.modules import FOLDERS, Module, released_modules

TITLES = {"journey": "Journeys", "lookalike": "Lookalikes", "typology": "Typologies"}
INTRODUCTIONS = {
    "journey": """\
Why somebody travels. A journey states how its applicants differ from the population; lookalikes and
typologies extend it. Numbers without a source are assumed, and say so.""",
    "lookalike": """\
Lawful and irregular journeys that look risky. They are who a careless screener stops, so every scenario
holds some. Irregular is not trafficked: nobody here is a victim.""",
    "typology": """\
Ways of being trafficked. A typology extends a journey and states, field by field, how many times as
common an answer is among its victims as among similar travellers. The pages describe patterns and no way
of doing anything.""",
}


def module_pages() -> dict[str, str]:
    """Return a page for journeys, one for lookalikes and one for typologies, by their names."""
    modules = [module for module, _ in released_modules().values()]
    return {
        f"reference/{FOLDERS[kind]}": _kind(kind, [one for one in modules if one.module.kind == kind])
        for kind in TITLES
    }


def _kind(kind: str, modules: Sequence[Module]) -> str:
    rows = [
        (link(one.module.title.en, "module", one.id), f"`{one.id}`", one.module.truth, one.module.family)
        for one in modules
    ]
    return page(
        heading(1, TITLES[kind]),
        INTRODUCTIONS[kind],
        table((kind, "name", "truth", "family"), rows),
        *(_module(one) for one in modules),
    )


def _module(module: Module) -> str:
    head = module.module
    base = link(head.extends, "module", head.extends) if head.extends != "population" else "the population"
    name = module.id.partition(".")[2]
    return page(
        heading(2, head.title.en, "module", module.id),
        facts(
            [
                ("name", f"`{module.id}`, version {head.version}"),
                ("Indonesian", head.title.id),
                ("truth", head.truth),
                ("family", f"`{head.family}`" if head.family else ""),
                ("extends", base),
            ]
        ),
        translated(as_told(head).description),
        "**Sources**\n\n" + cited_list(head.sources) if head.sources else "",
        numbers_table(f"synthetic/{FOLDERS[head.kind]}/{name}.toml"),
    ).rstrip()
