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
from pydantic import Field

from dossier.dossiers import Dossiers
from dossier.findings import PRESENT, Findings
from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated
from screening.rules import Rule


class Investigated(Declared):
    """One kind of actor that applicants share.

    Attributes:
        agency: Who looks into it, where nothing says otherwise.
        title: What many of them are called.
        innocent: Why lawful applicants share one.
    """

    agency: str
    title: Text
    innocent: Text


class Investigation(Declared):
    """When a sponsor, telephone number, address or booking is recommended for investigation.

    Attributes:
        smallest: Applicants, by the register and in the cohort at hand, from which one is followed.
        confidence: Of the exact intervals whose lower ends decide.
        referred_times: How many times the share of its applicants who are referred must exceed that of all
            who share one of its kind; sharing raises a risk by itself.
        linked_times: The same for the share that is linked to a record of people brought home.
        mostly_licensed: Share of a sponsor's applicants above which it is looked into as a licensed agency.
        licensed, linked: Agencies that look into licensed agencies, and into what is linked to such records.
        kinds: The kinds of actors.
    """

    smallest: int = Field(ge=1)
    confidence: float = Field(gt=0, lt=1)
    referred_times: float = Field(ge=1)
    linked_times: float = Field(ge=1)
    mostly_licensed: float = Field(ge=0, le=1)
    licensed: str
    linked: str
    kinds: Mapping[str, Investigated]


class Policy(Declared):
    """The released policy: the file `policy.toml`.

    Attributes:
        stage: The stage whose recommendations are reported first.
        interview_margin: Hundredths below the threshold within which a further interview is recommended.
        ask_for_documents: Indicators on which papers are asked for.
        minor: Agency that receives minors.
        pattern: Agency by typology family.
        title: What a family is called in a sentence.
        investigation: When an actor is looked into, apart from any person.
    """

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    interview_margin: int
    ask_for_documents: tuple[str, ...]
    minor: str
    pattern: Mapping[str, str]
    title: Mapping[str, Text]
    investigation: Investigation


@cache
def policy() -> Policy:
    """Return the released policy.

    Raises:
        BadInput: If it names an unknown agency.
    """
    file = read_toml(Path(__file__).with_name("policy.toml"))
    found = validated(Policy, file)
    looked_into = found.investigation
    looks = (looked_into.licensed, looked_into.linked, *(kind.agency for kind in looked_into.kinds.values()))
    for agency in (found.minor, *found.pattern.values(), *looks):
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
