"""The pages of commands: every argument and option of `saring`, from the program's own declarations."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from console.cli import app
from docs._generator.markdown import code, contents, facts, heading, link, page, prose, table

INTRODUCTION = """\
`saring COMMAND --help` prints the same. Data go to standard output and progress to standard error; every
command takes `--json`. Exit codes: 0 all is well · 1 it ran, but a check failed · 2 the command line was
not understood · 3 the input was refused, and nothing half-written is left · 130 interrupted."""

KINDS = {int: "INTEGER", float: "NUMBER", Path: "PATH"}
"""What an option's value is called where its declaration does not say."""


@dataclass(frozen=True)
class Option:
    """An argument or option of a command.

    Attributes:
        names: How it is written; an argument has one name, in capitals.
        value: What stands behind it; empty for a switch.
        help: What it does.
        default: Its value when left out; empty where there is none.
        is_argument: Whether it stands by its place and not by its name.
        is_required: Whether the command refuses to run without it.
        is_repeatable: Whether it may be given several times.
    """

    names: tuple[str, ...]
    value: str
    help: str
    default: str
    is_argument: bool
    is_required: bool
    is_repeatable: bool


@dataclass(frozen=True)
class Command:
    """A command with all that it takes.

    Attributes:
        words: What one types, `saring` first.
        help: What it does.
        options: Its arguments and options, in the order of its help.
    """

    words: tuple[str, ...]
    help: str
    options: tuple[Option, ...]

    @property
    def name(self) -> str:
        """The words with spaces between them."""
        return " ".join(self.words)

    @property
    def slug(self) -> str:
        """The words as a file's name."""
        return "-".join(self.words)


@cache
def commands() -> tuple[Command, ...]:
    """Return `saring` itself and all its commands, those of groups too, in the order of its help."""
    return tuple(_walked(typer.main.get_command(app), ("saring",)))


def _walked(found: Any, words: tuple[str, ...]) -> Iterator[Command]:
    yield Command(words, found.help or "", tuple(_option(one) for one in found.params))
    for name, inner in getattr(found, "commands", {}).items():
        yield from _walked(inner, (*words, name))


def _option(found: Any) -> Option:
    is_argument = found.param_type_name == "argument"
    names = (found.name.upper(),) if is_argument else (*found.opts, *found.secondary_opts)
    is_switch = getattr(found, "is_flag", False)
    return Option(
        names,
        "" if is_argument or is_switch else found.metavar or _kind(found.type_descriptor.annotation),
        found.help or "",
        "" if is_switch or found.default in (None, (), []) else f"{found.default}",
        is_argument,
        found.required,
        found.multiple or found.nargs != 1,
    )


def _kind(annotation: Any) -> str:
    """Return what values of a type are called, such as INTEGER or `auto|threads`.

    Examples:
        >>> _kind(Literal["auto", "threads"]), _kind(int), _kind(str)
        ('auto|threads', 'INTEGER', 'TEXT')
    """
    if get_origin(annotation) is Literal:
        return "|".join(get_args(annotation))
    inner = next(iter(get_args(annotation)), annotation)
    return KINDS.get(inner, "TEXT")


def command_pages() -> dict[str, str]:
    """Return a page for each command and one that lists them, by their names."""
    found = commands()
    rows = [(link(one.name, "command", one.slug), prose(one.help.split("\n\n")[0])) for one in found[1:]]
    listing = page(
        heading(1, "Commands"),
        INTRODUCTION,
        table(("command", "what it does"), rows),
        contents([one.slug for one in found], hidden=True),
    )
    pages = {f"reference/commands/{one.slug}": _command(one) for one in found}
    return {"reference/commands/index": listing, **pages}


def _command(command: Command) -> str:
    return page(
        heading(1, f"`{command.name}`", "command", command.slug),
        prose(command.help),
        f"```{{program}} {command.name}\n```",
        *(_section(one) for one in command.options),
    )


def _section(option: Option) -> str:
    signatures = (" ".join(part for part in (name, option.value) if part) for name in option.names)
    spoken = [
        ("required", "yes" if option.is_required else ""),
        ("when left out", code(option.default) if option.default else ""),
        ("repeatable", "yes" if option.is_repeatable else ""),
    ]
    content = page(prose(option.help), facts(spoken))
    return f"```{{option}} {', '.join(signatures)}\n\n{content}```"
