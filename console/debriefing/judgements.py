"""What is measured: judgements of seats, and the facts of the cases they judged.

A judgement holds what a seat decided and which evidence lay before it. A case holds what was so, what each
indicator would read, and what the screener recommends at each evidence. An indicator is shown to a seat only
by evidence that the seat had opened; what it had not opened it can neither notice nor overlook.

Rates count flags; whether an action is *right* is another question. A victim should be flagged and a lawful
traveller should not. An irregular traveller should be talked with or asked for documents, and never be
referred as a victim; whether a passport may be issued is a matter of law, and lies outside the exercise.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from dossier.recommendations import Recommendation
from dossier.texts import Text

Finding: TypeAlias = Literal["present", "absent", "unknown"]
Verdict: TypeAlias = Literal["right", "wrong", "outside"]


@dataclass(frozen=True)
class Judgement:
    """What one seat decided on one dossier.

    Attributes:
        seat: Who, as an id; never a name.
        dossier: On what, as an id.
        action: From 0 (proceed) to 3 (refer), as `Recommendation` counts.
        confidence: From 1 (unsure) to 3 (sure).
        indicators: Names of those that were ticked.
        seconds: From the first look to the decision.
        is_doubted: Whether the seat says that no such dossier could exist.
        evidence: Stages that were open, such as `counter+interview`.
        block: Number of the block of the sitting in which the dossier lay.
    """

    seat: str
    dossier: str
    action: int
    confidence: int
    indicators: frozenset[str]
    seconds: float
    is_doubted: bool
    evidence: str
    block: int = 1


@dataclass(frozen=True)
class Screened:
    """What the screener says of a dossier at one evidence.

    Attributes:
        recommendation: From 0 (proceed) to 3 (refer).
        risk: Resemblance in log-odds; infinite where a rule decided alone.
    """

    recommendation: int
    risk: float


@dataclass(frozen=True)
class Case:
    """What was so in one dossier.

    Attributes:
        dossier: Its id.
        truth_class: victim, irregular or lawful.
        kind: Id of the journey, lookalike or typology.
        kind_title: What the kind is called.
        family: Family of the typology; None for all others.
        lookalike_of: Which family a lawful journey looks like; None for all others.
        sex, age_band: Codes.
        online_offer: Whether a job was offered online.
        stages: Stage that shows each indicator which can be ticked, by name.
        findings: Reading of these indicators with all evidence, by name.
        screened: What the screener says, by evidence.
    """

    dossier: str
    truth_class: str
    kind: str
    kind_title: Text
    family: str | None
    lookalike_of: str | None
    sex: str
    age_band: str
    online_offer: bool
    stages: Mapping[str, str]
    findings: Mapping[str, Finding]
    screened: Mapping[str, Screened]

    @property
    def is_victim(self) -> bool:
        """Whether the applicant needs protection."""
        return self.truth_class == "victim"

    def shown(self, evidence: str, finding: Finding) -> frozenset[str]:
        """Return the indicators that opened evidence shows as present, absent or unknown.

        Args:
            evidence: Stages that are open, with `+` between them.
            finding: Which reading.
        """
        opened = evidence.split("+")
        return frozenset(
            name for name, found in self.findings.items() if found == finding and self.stages[name] in opened
        )

    def reading(self, name: str, evidence: str) -> Finding:
        """Return how an indicator reads with opened evidence; what was not opened nobody can read."""
        return self.findings.get(name, "unknown") if self.stages[name] in evidence.split("+") else "unknown"

    def present(self, evidence: str) -> frozenset[str]:
        """Return the indicators that can be noticed with this evidence."""
        return self.shown(evidence, "present")

    def absent(self, evidence: str) -> frozenset[str]:
        """Return the indicators of which this evidence shows that they are not there."""
        return self.shown(evidence, "absent")

    def unknown(self, evidence: str) -> frozenset[str]:
        """Return the indicators that nobody can read from this evidence.

        They are all that neither is present nor absent: asked without an answer, or never asked.
        """
        return frozenset(self.stages) - self.present(evidence) - self.absent(evidence)


def case_of(dossier: str, key: Mapping[str, Any], stages: Mapping[str, str]) -> Case:
    """Return the facts of a case from its key.

    Args:
        dossier: Its id.
        key: As `console.casebook` writes it.
        stages: Stage of each indicator that can be ticked, by name; others do not count.
    """
    kind, groups, read = key["kind"], key["groups"], key["indicators"]
    return Case(
        dossier=dossier,
        truth_class=key["truth_class"],
        kind=kind["id"],
        kind_title=Text(**kind["title"]),
        family=kind["family"],
        lookalike_of=kind["lookalike_of"],
        sex=groups["sex"],
        age_band=groups["age_band"],
        online_offer=groups["online_offer"],
        stages=stages,
        findings={name: read.get(name, "unknown") for name in stages},
        screened={evidence: _screened(answer) for evidence, answer in key["screener"].items()},
    )


def _screened(answer: Mapping[str, Any]) -> Screened:
    risk = answer["risk"]
    recommendation = Recommendation[answer["recommendation"].upper()]
    return Screened(recommendation, math.inf if risk is None else float(risk))


def flag_from(*, counts_documents: bool) -> int:
    """Return the least action that counts as a flag in a sitting: an interview, or asking for documents."""
    return Recommendation.DOCUMENTS if counts_documents else Recommendation.INTERVIEW


def line(truth_class: str, flags_from: int) -> int:
    """Return the least action that is right for victims only.

    That is a flag; among irregular travellers, whom an interview and documents help, it is a referral.
    """
    return Recommendation.REFER if truth_class == "irregular" else flags_from


def verdict(action: int, case: Case, flags_from: int) -> Verdict:
    """Return whether an action is right for a case; see `verdict_of`."""
    return verdict_of(action, case.truth_class, flags_from)


def verdict_of(action: int, truth_class: str, flags_from: int) -> Verdict:
    """Return whether an action is right.

    Args:
        action: From 0 (proceed) to 3 (refer).
        truth_class: victim, irregular or lawful.
        flags_from: Least action that counts as a flag.

    Returns:
        `outside` where an irregular traveller was let proceed: that is a matter of law, not of this exercise.

    Examples:
        >>> [verdict_of(action, "irregular", 2) for action in range(4)]
        ['outside', 'right', 'right', 'wrong']
    """
    if truth_class == "irregular" and action == Recommendation.PROCEED:
        return "outside"
    return "right" if (action >= line(truth_class, flags_from)) == (truth_class == "victim") else "wrong"


def by_seat(judgements: Iterable[Judgement]) -> dict[str, Sequence[Judgement]]:
    """Return the judgements of each seat, in their order."""
    found: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        found.setdefault(judgement.seat, []).append(judgement)
    return dict(found)
