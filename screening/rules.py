"""The anatomy of a rulebook: what stands in its file, part by part, and what a rule must say of itself.

A rule carries its question, its reason, its innocent explanations, its sources and its own test rows, so
that nobody has to look elsewhere to judge it. These types hold what was written and judge nothing beyond its
form: `rules_checks` lints it, `rulebook` loads and compiles it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import ConfigDict, InstanceOf, StrictFloat, StrictInt, StringConstraints, model_validator
from pydantic import Field as Key

from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared
from screening.language import Condition

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""Lower case, digits and underscores: fit for a column, a file and a web address alike."""

Row: TypeAlias = Mapping[str, StrictInt | str]
"""Values of a few fields: whole numbers, code strings, or "missing"; all other fields are neutral."""

Status: TypeAlias = Literal["draft", "shadow", "live", "retired"]
Tier: TypeAlias = Literal["override", "evidence"]
Decider: TypeAlias = Literal["cards", "rules"]


class ParameterValue(Declared):
    """A parameter's value from a day onwards.

    Attributes:
        since: The first day; `from` in files.
        value: The value.
        source: Where the value comes from, or that it is assumed.
        evidence: Key of a figure in `evidence/`, instead of a source in words.
    """

    model_config = ConfigDict(populate_by_name=True)

    since: date = Key(alias="from")
    value: StrictInt | StrictFloat
    source: str = ""
    evidence: str = ""

    @model_validator(mode="after")
    def _says_where_it_comes_from(self) -> Self:
        if not (self.source or self.evidence):
            raise ValueError("a value needs a 'source' or an 'evidence' key; an assumption says so")
        return self


class Parameter(Declared):
    """A number on which rules or indicators turn, with its history.

    Attributes:
        unit: The unit of all its values.
        description: What it means, in both languages.
        values: The values in order of time.
    """

    unit: str
    description: Text
    values: tuple[ParameterValue, ...]

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        days = [value.since for value in self.values]
        if not days or days != sorted(set(days)):
            raise ValueError("'values' must hold at least one value, in order of time")
        return self

    def on(self, day: date) -> ParameterValue | None:
        """Return the value in force on `day`, or nothing if the first value starts later."""
        return next((value for value in reversed(self.values) if value.since <= day), None)


class RuleTests(Declared):
    """The rows on which a rule shows what it does.

    Attributes:
        fires: Rows on which it must be present.
        does_not: Rows on which it must be absent.
        unknown: Rows on which it must be unknown.
    """

    fires: tuple[Row, ...] = ()
    does_not: tuple[Row, ...] = ()
    unknown: tuple[Row, ...] = ()


class WrittenRule(Declared):
    """A rule as its file states it.

    Attributes:
        id: Its permanent name, never used again for another rule.
        version: Raised with every change of meaning.
        status: Only live rules take part in a recommendation.
        tier: An override refers by itself; evidence adds to a score.
        title: A few words to call it by.
        question: What the officer asks or looks at.
        why: Why it matters.
        reason: The sentence that is shown when it fires.
        when: The condition.
        agency: Key of the agency that receives the person: required of an override, advice otherwise.
        innocent: Honest explanations for the same picture.
        harm_if_wrong: What it costs somebody if the rule misleads.
        sources: Where it comes from; never empty.
        typologies: The ways of being trafficked that it serves, where it is meant for some.
        valid_from, valid_to: The first and the last day on which it applies.
        tests: Its test rows.
    """

    id: Name
    version: int = Key(ge=1)
    status: Status
    tier: Tier
    title: Text
    question: Text
    why: Text
    reason: Text
    when: str
    agency: str = ""
    innocent: tuple[Text, ...] = ()
    harm_if_wrong: Text
    sources: tuple[str, ...] = ()
    typologies: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None
    tests: RuleTests = RuleTests()

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` lies between the rule's first and last day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Rule(WrittenRule):
    """A rule whose condition has been checked and compiled."""

    condition: InstanceOf[Condition]

    @property
    def stage(self) -> Stage:
        """The first stage at which all that the rule reads is visible."""
        return self.condition.stage

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the fields that the rule reads, directly or through indicators."""
        return self.condition.reads


class WrittenRulebook(Declared):
    """A rulebook as its file states it.

    Attributes:
        id: Its permanent name; a released file is called by it.
        version: Raised with every change.
        title: What it is called, in both languages.
        description: What it is for, where its title does not say enough.
        decides: Whether cards weigh its findings, or the rules decide by themselves.
        refers_from: Where rules decide: how many evidence rules refer when they are present together; without
            it they never do. A rule that refers alone is an override.
        valid_from: The first day on which it applies.
        neutral: Values in test rows that do not name the field, where neither the first code nor the lowest
            number is neutral.
        params: The parameters, by name.
        rules: The rules, in the order in which they are shown.
    """

    id: str
    version: int = Key(ge=1)
    title: Text
    description: Text | None = None
    decides: Decider = "cards"
    refers_from: StrictInt | None = Key(default=None, ge=2)
    valid_from: date
    neutral: Row = Key(default_factory=dict)
    params: Mapping[Name, Parameter] = Key(default_factory=dict)
    rules: tuple[WrittenRule, ...] = ()

    def values_on(self, day: date) -> dict[str, float]:
        """Return the value of each parameter that has one on `day`, by name."""
        in_force = {name: parameter.on(day) for name, parameter in self.params.items()}
        return {name: entry.value for name, entry in in_force.items() if entry is not None}


class Rulebook(WrittenRulebook):
    """A rulebook that has passed every check, with the conditions of its rules compiled."""

    rules: tuple[Rule, ...] = ()
