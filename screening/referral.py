"""Who receives a person, and why: the policy that turns a recommendation into a referral.

An override rule names its agency; a minor goes to the child-protection ministry; otherwise the pattern that
the dossier resembles most decides. A referral protects; nothing here rejects anybody.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.findings import PRESENT, Findings
from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from screening.rules import Rule


class Policy(Declared):
    """The released policy: the file `policy.toml`.

    Attributes:
        stage: The stage whose recommendations are reported first.
        interview_margin: Hundredths below the threshold within which a further interview is recommended.
        ask_for_documents: Indicators on which papers are asked for.
        minor: Agency that receives minors.
        pattern: Agency by typology family.
        title: What a family is called in a sentence.
    """

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    interview_margin: int
    ask_for_documents: tuple[str, ...]
    minor: str
    pattern: Mapping[str, str]
    title: Mapping[str, Text]


@cache
def policy() -> Policy:
    """Return the released policy.

    Raises:
        BadInput: If it names an unknown agency.
    """
    file = read_toml(Path(__file__).with_name("policy.toml"))
    found = validated(Policy, file)
    for agency in (found.minor, *found.pattern.values()):
        if agency not in agencies():
            raise BadInput.of(f"there is no agency '{agency}'", where=file.path.name)
    return found


def headline_stage() -> Stage:
    """Return the stage whose recommendations are reported first."""
    return Stage.of(policy().stage)


def agency_names() -> tuple[str, ...]:
    """Return the agencies by index."""
    return tuple(agencies())


def receiving_agencies(
    dossiers: Dossiers,
    leading: npt.NDArray[np.int8],
    families: tuple[str, ...],
    overrides: Mapping[str, tuple[Rule, Findings]],
    adult_age: float,
) -> npt.NDArray[np.int8]:
    """Return the index of the agency that would receive each person, shape (n,).

    Args:
        dossiers: Must hold the age.
        leading: Shape (n,): index of the family that the dossier resembles most.
        families: The families by index.
        overrides: Override rules with their outcomes.
        adult_age: Age from which a person is an adult, in years.
    """
    names = agency_names()
    by_family = [names.index(policy().pattern.get(family, "bp2mi")) for family in families]
    receiving = np.array(by_family, dtype=np.int8)[leading]
    minor = dossiers["age"].below(adult_age) == PRESENT
    receiving[minor] = names.index(policy().minor)
    for rule, outcome in overrides.values():
        receiving[outcome == PRESENT] = names.index(rule.agency or "police")
    return receiving
