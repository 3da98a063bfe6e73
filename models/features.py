"""The inputs of a card: answers, multi-field indicators and rule outcomes, each as a small number of levels.

A rising input has its levels from least to most concern, and a higher level never lowers a score. A finding
runs absent, unknown, present; an answer has "missing" just above its least concerning code. A setting, such
as the destination, has no direction. The context says which card reads a dossier. This module encodes; it
learns nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import MISSING, NOT_APPLICABLE, Field, fields
from dossier.findings import FINDING_LABELS, Findings, one_of
from dossier.indicators.registry import Indicator
from dossier.problems import Problem, raise_if_any
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, TomlFile, read_toml, validated

Levels: TypeAlias = npt.NDArray[np.uint8]
"""Shape (n, inputs): the level of each input for each dossier."""

Answers: TypeAlias = dict[str, npt.NDArray[np.uint8]]
"""Levels of fields, each of shape (n,), for one batch of dossiers."""

Kind: TypeAlias = Literal["answer", "setting", "indicator", "rule"]

ABSENT_LABEL, MISSING_LABEL = "not applicable", "missing"


class Context(Declared):
    """One context: the answers that lead to it, by field."""

    name: str
    title: Text
    answers: Mapping[str, tuple[str, ...]]

    def exists_at(self, stage: Stage) -> bool:
        """Whether everything it asks for is visible at `stage`."""
        return all(fields()[name].visible_from <= stage for name in self.answers)


class InputPolicy(Declared):
    """What may enter a card: the file `inputs.toml`."""

    withheld: Mapping[str, str]
    rising: Mapping[str, tuple[str, ...] | Literal["bins", "bins reversed"]]
    setting: Mapping[str, str]
    context: tuple[Context, ...]


@dataclass(frozen=True)
class CardInput:
    """One input of a card.

    Attributes:
        kind: Where it comes from.
        name: Name of the field or indicator, or id of the rule.
        levels: Labels of the levels; from the least concerning, except for a setting.
    """

    kind: Kind
    name: str
    levels: tuple[str, ...]

    @property
    def key(self) -> str:
        """Kind and name, as they stand in a card file."""
        return f"{self.kind}:{self.name}"

    @property
    def is_rising(self) -> bool:
        """Whether a higher level may never lower a score."""
        return self.kind != "setting"


@cache
def input_policy() -> InputPolicy:
    """Return what may enter a card.

    Raises:
        BadInput: If the file names an unknown field or code, or gives a field two parts.
    """
    file = read_toml(Path(__file__).with_name("inputs.toml"))
    policy = validated(InputPolicy, file)
    raise_if_any(_problems(policy, file))
    return policy


def card_inputs(
    stage: Stage, indicators: Iterable[Indicator], rule_ids: Iterable[str]
) -> tuple[CardInput, ...]:
    """Return the inputs of a card for `stage`.

    An indicator of a single field is not an input of its own: it reaches the card as a level of that field.

    Args:
        stage: Only fields visible by then are read.
        indicators: Indicators whose parameters are known.
        rule_ids: Evidence rules that can be evaluated at the stage.
    """
    policy = input_policy()
    visible = [field for field in fields().values() if field.visible_from <= stage]
    found = [CardInput("answer", f.name, _answer_levels(f)) for f in visible if f.name in policy.rising]
    found += [CardInput("setting", f.name, _setting_levels(f)) for f in visible if f.name in policy.setting]
    joined = [i for i in indicators if i.stage <= stage and len(i.reads) > 1]
    found += [CardInput("indicator", i.name, FINDING_LABELS) for i in joined]
    return (*found, *(CardInput("rule", rule_id, FINDING_LABELS) for rule_id in rule_ids))


def encode(
    inputs: Sequence[CardInput],
    dossiers: Dossiers,
    indicator_findings: Mapping[str, Findings],
    rule_outcomes: Mapping[str, Findings],
    answers: Answers | None = None,
) -> Levels:
    """Return the level of each input, shape (n, inputs).

    Args:
        inputs: The inputs.
        dossiers: Must hold the fields that they read.
        indicator_findings: By indicator.
        rule_outcomes: By rule.
        answers: Levels of fields that are known for these dossiers already; new ones are added to it.
    """
    answers = {} if answers is None else answers
    levels = np.empty((len(dossiers), len(inputs)), dtype=np.uint8, order="F")
    for column, entry in enumerate(inputs):
        if entry.kind == "indicator":
            levels[:, column] = indicator_findings[entry.name]
        elif entry.kind == "rule":
            levels[:, column] = rule_outcomes[entry.name]
        else:
            if entry.name not in answers:
                answers[entry.name] = _answer(entry.name, dossiers)
            levels[:, column] = answers[entry.name]
    return levels


def _answer(name: str, dossiers: Dossiers) -> npt.NDArray[np.uint8]:
    """Return the level of a field, shape (n,)."""
    codes = fields()[name].bins(dossiers.columns[name])
    # Python translates bytes three times faster than numpy looks up single bytes.
    return np.frombuffer(codes.tobytes().translate(_level_bytes(name)), dtype=np.uint8)


def contexts_at(stage: Stage) -> tuple[Context, ...]:
    """Return the contexts that exist at `stage`, in the order in which they are tried."""
    return tuple(context for context in input_policy().context if context.exists_at(stage))


def context_of(dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.int8]:
    """Return the index of each dossier's context among `contexts_at(stage)`, shape (n,)."""
    contexts = contexts_at(stage)
    known: dict[tuple[str, tuple[str, ...]], npt.NDArray[np.bool_]] = {}
    ahead = np.zeros(len(dossiers), dtype=np.int8)
    for before_last, context in enumerate(reversed(contexts)):
        answers = context.answers.items()
        for name, labels in answers:
            if (name, labels) not in known:
                codes = [fields()[name].code(label) for label in labels]
                known[name, labels] = one_of(dossiers.columns[name], codes)
        if answers:
            fits = reduce(np.logical_and, [known[answer] for answer in answers])
            np.maximum(ahead, fits.view(np.int8) * np.int8(before_last), out=ahead)
    return np.int8(len(contexts) - 1) - ahead


def challenger_codes(dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.int16]:
    """Return the raw codes that an unrestricted model may read: every field that is not withheld.

    Returns:
        Shape (n, fields): 0 not applicable, 1 missing, then the codes or bins.
    """
    names = challenger_fields(stage)
    return np.stack([fields()[name].bins(dossiers.columns[name]) + np.int16(2) for name in names], axis=1)


def challenger_fields(stage: Stage) -> tuple[str, ...]:
    """Return the names of the fields that an unrestricted model may read at `stage`."""
    withheld = input_policy().withheld
    return tuple(f.name for f in fields().values() if f.visible_from <= stage and f.name not in withheld)


def rising_order(name: str) -> tuple[str, ...]:
    """Return the codes or bins of a rising field, from the least to the most concerning."""
    order = input_policy().rising[name]
    labels = fields()[name].bin_labels
    if order == "bins":
        return labels
    return tuple(reversed(labels)) if order == "bins reversed" else tuple(order)


def _answer_levels(field: Field) -> tuple[str, ...]:
    least, *others = rising_order(field.name)
    return (*((ABSENT_LABEL,) if field.gate else ()), least, MISSING_LABEL, *others)


def _setting_levels(field: Field) -> tuple[str, ...]:
    return (*((ABSENT_LABEL,) if field.gate else ()), MISSING_LABEL, *field.bin_labels)


@cache
def _level_bytes(name: str) -> bytes:
    """Return the level by code, a byte for each of 256; missing is the last, not applicable that before."""
    field = fields()[name]
    levels = _answer_levels(field) if name in input_policy().rising else _setting_levels(field)
    table = np.zeros(256, dtype=np.uint8)
    for code, label in enumerate(field.bin_labels):
        table[code] = levels.index(label)
    table[MISSING] = levels.index(MISSING_LABEL)
    table[NOT_APPLICABLE] = 0
    return table.tobytes()


def _problems(policy: InputPolicy, file: TomlFile) -> Iterable[Problem]:
    parts = {"withheld": policy.withheld, "rising": policy.rising, "setting": policy.setting}
    for part, entries in parts.items():
        for name in entries:
            if name not in fields():
                yield file.problem(f"there is no field '{name}'", (part, name))
            elif sum(name in other for other in parts.values()) > 1:
                yield file.problem(f"'{name}' stands in two parts", (part, name), "Leave it in one of them.")
    yield from _order_problems(policy, file)
    yield from _context_problems(policy, file)


def _order_problems(policy: InputPolicy, file: TomlFile) -> Iterable[Problem]:
    for name, order in policy.rising.items():
        if name in fields() and not isinstance(order, str) and sorted(order) != sorted(fields()[name].codes):
            yield file.problem(f"the order of '{name}' must name each of its codes once", ("rising", name))


def _context_problems(policy: InputPolicy, file: TomlFile) -> Iterable[Problem]:
    for place, context in enumerate(policy.context):
        for name, answers in context.answers.items():
            if name not in fields() or not set(answers) <= set(fields()[name].codes):
                what = f"the context '{context.name}' asks for an unknown field or code: {name} {answers}"
                yield file.problem(what, ("context", place))
    if not policy.context or policy.context[-1].answers:
        yield file.problem("the last context must ask for nothing, and so take everybody else", ("context",))
