"""Published sums that a scenario must reproduce, and what is wrong with one before anything is drawn.

A target that could never be missed, that counts nobody, or whose codes no field has, says nothing: it is
refused with file and line. How a target is counted is for `synthetic.fidelity` to say.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field as Option

from dossier.fields import fields
from dossier.problems import BadInput, Problem
from dossier.texts import Text
from dossier.toml_files import Finite, KeyPath, TomlFile, read_toml
from dossier.truth import TruthClass
from evidence import Figure, figure
from synthetic.modules import Chance, Library, missing_module

LARGEST_TOLERANCE = 0.2
"""No target may be missed by more than this and still count as met."""

CHANNELS = Path(__file__).with_name("channels.toml")


class Target(Finite):
    """A published sum that the scenario must reproduce: a share of victims, as one channel would count them.

    Attributes:
        title: What is counted.
        figure: Evidence key of the published share, or of its numerator.
        of: Evidence key of the denominator, where `figure` is a count.
        low, high: Published range of a share, where there is no single figure; with `evidence`.
        channel: Detection channel through which it was observed; empty for all victims.
        modules: Whose people are counted; all victims when empty.
        where: Codes or bins, by field, that count; true answers.
        among: Codes or bins, by field, that restrict who is counted at all.
        tolerance: Allowed distance where the published figure has no count of its own.
    """

    title: Text
    figure: str = ""
    of: str = ""
    low: Chance | None = None
    high: Chance | None = None
    evidence: tuple[str, ...] = ()
    channel: str = ""
    modules: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]]
    among: Mapping[str, tuple[str, ...]] = Option(default_factory=dict)
    tolerance: float = Option(default=0.0, ge=0, le=LARGEST_TOLERANCE)
    why: str = ""


def target_problems(
    targets: Mapping[str, Target], mix: Iterable[str], library: Library, file: TomlFile
) -> Iterator[Problem]:
    """Yield everything that is wrong with the targets of a scenario.

    Args:
        targets: The targets, by name.
        mix: Ids of the modules that take part.
        library: The modules that may be named.
        file: The scenario's file, for the places.
    """
    for name, target in targets.items():
        at = ("targets", name)
        yield from _what_was_published(target, file, at)
        yield from _whom_it_counts(target, tuple(mix), library, file, at)
        for part in ("where", "among"):
            yield from _codes(getattr(target, part), file, (*at, part))
        if not target.where:
            mend = 'Name at least one field with its codes, such as { sex = ["male"] }.'
            yield file.problem(f"the target '{name}' counts no answer", (*at, "where"), mend)


@cache
def channel_names() -> tuple[str, ...]:
    """Return the names of the detection channels."""
    return tuple(read_toml(CHANNELS).data)


# --- the published side -----------------------------------------------------------------------------


def _what_was_published(target: Target, file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    """Yield the problem of a target that names no sum, two sums, or a range that is none."""
    has_range = target.low is not None or target.high is not None
    if target.of and not target.figure:
        yield file.problem(
            "'of' without 'figure' says nothing", (*at, "of"), "Name the numerator in 'figure'."
        )
    elif target.figure and has_range:
        mend = "Keep one of them: 'figure', or 'low' and 'high'."
        yield file.problem("a target has a figure or a range, not both", (*at, "figure"), mend)
    elif target.figure:
        yield from _figures(target, file, at)
    else:
        yield from _range(target, file, at)


def _range(target: Target, file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    low, high = target.low or 0.0, 1.0 if target.high is None else target.high
    if low > high:
        mend = "Exchange them, or mend the wrong one."
        yield file.problem(f"'low' ({low:g}) is larger than 'high' ({high:g})", (*at, "low"), mend)
    elif low - target.tolerance <= 0 and high + target.tolerance >= 1:
        mend = "Name a 'figure', or give 'low' and 'high' so that some shares lie outside."
        yield file.problem("whatever is drawn meets this target", at, mend)


def _figures(target: Target, file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    numerator, denominator = _found(target.figure), _found(target.of)
    if numerator is None or (target.of and denominator is None):
        return  # an unknown key is told where the provenance of every number is
    if denominator is not None:
        if denominator.estimate <= 0 or numerator.estimate > denominator.estimate:
            what = f"the numerator ({numerator.estimate:g}) is larger than the denominator"
            mend = "Exchange 'figure' and 'of', or name the figures that belong together."
            yield file.problem(f"{what} ({denominator.estimate:g})", (*at, "figure"), mend)
    elif not 0 <= numerator.fraction <= 1:
        what = f"'{target.figure}' is no share: it stands for {numerator.fraction:g}"
        yield file.problem(what, (*at, "figure"), "Name the figure it is a part of in 'of'.")


def _found(key: str) -> Figure | None:
    try:
        return figure(key) if key else None
    except BadInput:
        return None


# --- who is counted ---------------------------------------------------------------------------------


def _whom_it_counts(
    target: Target, mix: tuple[str, ...], library: Library, file: TomlFile, at: KeyPath
) -> Iterator[Problem]:
    """Yield channels that do not exist, and modules without victims or without a share."""
    if target.channel and target.channel not in channel_names():
        what = f"there is no detection channel '{target.channel}'"
        yield file.problem(what, (*at, "channel"), _did_you_mean(target.channel, channel_names()))
    place = (*at, "modules")
    for module_id in target.modules:
        if module_id not in library:
            yield from missing_module(library, module_id, file, place)
        elif library[module_id][0].module.truth_class != TruthClass.VICTIM:
            what = f"'{module_id}' has no victims to count"
            yield file.problem(
                what, place, "Name typologies; lawful people meet no published sum of victims."
            )
        elif module_id not in mix:
            yield file.problem(f"'{module_id}' has no share in [mix]", place, "Give it one, or leave it out.")


def _codes(wanted: Mapping[str, tuple[str, ...]], file: TomlFile, at: KeyPath) -> Iterator[Problem]:
    """Yield fields and codes that do not exist, and fields of which no code is named."""
    for name, labels in wanted.items():
        if name not in fields():
            yield file.problem(f"there is no field '{name}'", (*at, name), _did_you_mean(name, fields()))
            continue
        field = fields()[name]
        known = (*map(str, field.edges), *field.bin_labels)
        if not labels:
            mend = f"Name at least one of: {', '.join(field.bin_labels)}."
            yield file.problem(f"no code of '{name}' is named", (*at, name), mend)
        for label in labels:
            if label not in known:
                mend = _did_you_mean(label, field.bin_labels)
                yield file.problem(f"'{name}' has no code '{label}'", (*at, name), mend)


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the nearest of what there is; all of it where nothing is near."""
    known = tuple(known)
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
