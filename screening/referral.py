"""What follows from a score, whoever receives the person: the file `policy.toml`.

It holds the stage that is reported first, the margin for a further interview, the papers that are asked for,
and when a shared sponsor or address is looked into. Who receives a person stands in `routes`. A referral
protects; nothing here rejects anybody.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from dossier.problems import BadInput
from dossier.recommendations import agencies
from dossier.stages import Stage
from dossier.texts import Text
from dossier.toml_files import Declared, read_toml, validated


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
        shown_at: Share of victims among applicants at which a chance is shown.
        title: What a family is called in a sentence.
        investigation: When an actor is looked into, apart from any person.
    """

    stage: Literal["counter", "interview", "verification", "checkpoint"]
    interview_margin: int
    ask_for_documents: tuple[str, ...]
    shown_at: float = Field(gt=0, lt=1)
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
    for agency in looks:
        if agency not in agencies():
            raise BadInput.of(f"there is no agency '{agency}'", where=file.path.name)
    return found


def headline_stage() -> Stage:
    """Return the stage whose recommendations are reported first."""
    return Stage.of(policy().stage)


def agency_names() -> tuple[str, ...]:
    """Return the agencies by index."""
    return tuple(agencies())
