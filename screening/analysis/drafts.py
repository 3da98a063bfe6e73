"""Reading a rulebook for lint: as much of it as can be read, with everything that cannot be named."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dossier.problems import BadInput, Problem
from dossier.toml_files import KeyPath, TomlFile, read_toml, validated
from screening.rulebook import rulebook_file
from screening.rules import WrittenRule, WrittenRulebook
from screening.rules_checks import Draft, compiled_conditions


@dataclass(frozen=True)
class ReadDraft:
    """A rulebook as far as it could be read.

    Attributes:
        file: The file.
        draft: What could be read of it; none where its head is faulty.
        form: What has not the right form.
        unreadable: What is wrong with conditions that could not be compiled.
        left_out: Rules whose form is faulty and which are not in the draft.
    """

    file: TomlFile
    draft: Draft | None
    form: tuple[Problem, ...]
    unreadable: tuple[Problem, ...]
    left_out: int


def read_draft(name_or_path: str | Path) -> ReadDraft:
    """Read a rulebook as far as it can be read.

    Args:
        name_or_path: The name of a released rulebook, or the path of a TOML file.

    Raises:
        BadInput: If there is no such rulebook, or the file is not TOML.
    """
    file = read_toml(rulebook_file(name_or_path))
    try:
        written = validated(WrittenRulebook, file)
    except BadInput as error:
        return _sound_part(file, error.problems)
    return _with_conditions(file, file, written, (), 0)


def _sound_part(file: TomlFile, form: tuple[Problem, ...]) -> ReadDraft:
    """Return the draft without the rules whose form is faulty, lines and all."""
    rules = file.data.get("rules", ())
    rules = rules if isinstance(rules, list) else []
    kept = [place for place, rule in enumerate(rules) if _is_sound(file, rule)]
    data = {**file.data, "rules": [rules[place] for place in kept]}
    moved = replace(
        file, data=data, lines=_moved_lines(file.lines, {old: new for new, old in enumerate(kept)})
    )
    try:
        written = validated(WrittenRulebook, moved)
    except BadInput:
        return ReadDraft(file, None, form, (), len(rules))
    return _with_conditions(file, moved, written, form, len(rules) - len(kept))


def _with_conditions(
    file: TomlFile, sound: TomlFile, written: WrittenRulebook, form: tuple[Problem, ...], left_out: int
) -> ReadDraft:
    conditions, problems = compiled_conditions(sound, written)
    return ReadDraft(file, Draft(sound, written, conditions), form, tuple(problems), left_out)


def _is_sound(file: TomlFile, rule: Any) -> bool:
    try:
        validated(WrittenRule, file, rule)
    except BadInput:
        return False
    return True


def _moved_lines(lines: Mapping[KeyPath, int], places: Mapping[int, int]) -> dict[KeyPath, int]:
    """Return where keys stand when rules are renumbered; those of rules left out are forgotten."""
    moved: dict[KeyPath, int] = {}
    for path, line in lines.items():
        place = path[1] if path[:1] == ("rules",) and len(path) > 1 else None
        if not isinstance(place, int):
            moved[path] = line
        elif place in places:
            moved["rules", places[place], *path[2:]] = line
    return moved
