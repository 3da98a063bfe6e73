"""What has to be documented, from the program's own lists, under the names that an inventory knows it by."""

from collections.abc import Callable, Mapping
from functools import cache, partial

from console.commands.listings import LISTINGS, rules_of
from docs._generator.command_pages import commands
from docs._generator.manual_pages import chapters
from docs._generator.python_pages import public_names
from screening.rulebook import released_rulebooks
from synthetic.modules import released_modules

LABEL, OPTION = "std:label", "std:cmdoption"
KINDS = {
    "fields": "field",
    "indicators": "indicator",
    "scenarios": "scenario",
    "journeys": "module",
    "levers": "lever",
    "evidence": "figure",
    "rulebooks": "rulebook",
    "agencies": "agency",
    "policies": "policy",
    "channels": "channel",
}
"""What `saring show` lists, and the beginning of the labels it is documented under."""


def _shown(kind: str) -> set[str]:
    return {f"{LABEL} {KINDS[kind]}-{name}" for name in LISTINGS[kind]("en").items}


def _rules() -> set[str]:
    return {
        f"{LABEL} rule-{book}-{rule}" for book in released_rulebooks() for rule in rules_of(book)("en").items
    }


def _options() -> set[str]:
    return {
        f"{OPTION} {command.slug}.{name}"
        for command in commands()
        for option in command.options
        for name in option.names
    }


def _promises() -> set[str]:
    return {
        f"{LABEL} promise-{chapter.slug}-{name}" for chapter in chapters() for name, _ in chapter.sections
    }


def _python() -> set[str]:
    return {f"py {module}.{name}" for module, names in public_names().items() for name in names}


def _typologies() -> set[str]:
    return {f"{LABEL} module-{name}" for name in released_modules() if name.startswith("typology.")}


def _commands() -> set[str]:
    return {f"{LABEL} command-{command.slug}" for command in commands()}


LISTS: Mapping[str, Callable[[], set[str]]] = {
    **{kind: partial(_shown, kind) for kind in KINDS},
    "rules": _rules,
    "typologies": _typologies,
    "commands": _commands,
    "options": _options,
    "promises": _promises,
    "Python": _python,
}


@cache
def listed(kind: str) -> frozenset[str]:
    """Return all things of a kind that have to be documented, as `type name`: `std:label field-sex`."""
    return frozenset(LISTS[kind]())
