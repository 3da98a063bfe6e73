"""Every name in the files of assumptions must exist: a misspelt field would otherwise be passed over.

A name is checked wherever one may stand: in the population, in the modules that take part, and in the
scenario's overlays. What the numbers beside a name are worth is for `compile` to say.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping

from dossier.fields import fields
from dossier.problems import Problem
from dossier.toml_files import KeyPath, TomlFile
from synthetic.modules import Module, Numbers
from synthetic.population import Population
from synthetic.scenarios import POPULATION, Overlay, Scenario


def unknown_names(
    scenario: Scenario, modules: Mapping[str, tuple[Module, TomlFile]], population: Population, file: TomlFile
) -> Iterator[Problem]:
    """Yield every field, hidden variable or office that is named somewhere and does not exist.

    Args:
        scenario: The scenario, for its overlays.
        modules: The modules that take part, with bases and cover journeys, as released, with their files.
        population: The population.
        file: The population's file.
    """
    variables = (*population.hidden, *fields())
    for module, own_file in modules.values():
        yield from _in_module(module, own_file, variables)
    for at, name, overlay in _overlays(scenario):
        if name != POPULATION and name not in modules:
            mend = "Give it a share in [mix], or leave the overlay out."
            yield scenario.file.problem(f"'{name}' takes no part, so nothing changes", at, mend)
        yield from _in_blocks({"table": overlay.table, "odds": overlay.odds}, scenario.file, at, variables)
        if overlay.cover is not None:
            yield from _unknown(overlay.cover.fields, fields(), scenario.file, (*at, "cover", "fields"))
        if name == POPULATION:
            yield from _not_for_the_population(
                {"odds": overlay.odds, "tiers": overlay.tiers, "cover": overlay.cover}, scenario.file, at
            )
    yield from _in_population(population, file)


def _overlays(scenario: Scenario) -> Iterator[tuple[KeyPath, str, Overlay]]:
    """Yield every overlay of a scenario and its regimes: where it stands, what it changes, the overlay."""
    for name, overlay in scenario.overlay.items():
        yield ("overlay", name), name, overlay
    for key, regime in scenario.regimes.items():
        for name, overlay in regime.overlay.items():
            yield ("regimes", key, "overlay", name), name, overlay


def _in_module(module: Module, file: TomlFile, variables: Iterable[str]) -> Iterator[Problem]:
    yield from _in_blocks({"table": module.table, "odds": module.odds}, file, (), variables)
    yield from _unknown(module.hard_to_fake, variables, file, ("hard_to_fake",))
    yield from _unknown(module.lies, fields(), file, ("lies",))
    if module.cover is not None:
        yield from _unknown(module.cover.fields, fields(), file, ("cover", "fields"))


def _in_population(population: Population, file: TomlFile) -> Iterator[Problem]:
    for part in ("table", "observe", "known", "fit"):
        yield from _unknown(getattr(population, part), fields(), file, (part,))
    yield from _unknown(
        population.population.drawn_in_order, fields(), file, ("population", "drawn_in_order")
    )
    yield from _in_splits(population, file)
    offices = fields()["office"].codes
    yield from _unknown(population.recording, offices, file, ("recording",))
    for office in offices:
        if office not in population.recording:
            yield file.problem(
                f"the office '{office}' has no recording habit", ("recording",), f"Add '{office}'."
            )


def _in_splits(population: Population, file: TomlFile) -> Iterator[Problem]:
    """Yield splits that do not divide their field's codes, and fits to groups or codes that do not exist."""
    for name, split in population.split.items():
        if split.field not in fields():
            yield from _unknown([split.field], fields(), file, ("split", name, "field"))
            continue
        codes = [code for group in split.groups.values() for code in group]
        if sorted(codes) != sorted(fields()[split.field].codes):
            what = f"the groups of '{name}' do not hold every code of '{split.field}' exactly once"
            yield file.problem(what, ("split", name, "groups"), "Put each code into one group.")
    for name, fits in population.fit.items():
        yield from _unknown(fits, population.split, file, ("fit", name))
        labels = (tuple(map(str, fields()[name].edges)) or fields()[name].codes) if name in fields() else ()
        for by, fit in fits.items():
            groups = population.split[by].groups if by in population.split else fit.rows
            yield from _unknown(fit.rows, groups, file, ("fit", name, by))
            for row in fit.rows.values():
                yield from _unknown(row, labels or row, file, ("fit", name, by))


def _in_blocks(
    parts: Mapping[str, Mapping[str, Numbers]], file: TomlFile, at: KeyPath, variables: Iterable[str]
) -> Iterator[Problem]:
    for part, blocks in parts.items():
        yield from _unknown(blocks, variables, file, (*at, part))


def _not_for_the_population(parts: Mapping[str, object], file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    for part, blocks in parts.items():
        if blocks:
            mend = "Change a table of the population, or a module."
            yield file.problem(f"the population has no {part} to change", (*at, part), mend)


def _unknown(named: Iterable[str], known: Iterable[str], file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    known = tuple(known)
    for name in named:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"Did you mean '{near[0]}'?" if near else "`saring show fields` lists the fields."
            yield file.problem(f"the name '{name}' is unknown here", (*at, name), mend)
