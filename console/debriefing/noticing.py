"""What a seat noticed, and what it made of it: the difference between not seeing a sign and not heeding it.

An indicator counts as present only where the evidence that the seat had opened shows it. For one judgement:

- *overlooked*: present, and not ticked
- *under-weighted*: present and ticked, yet a victim was not flagged
- *over-weighted*: present and ticked, and the decision on somebody else was wrong
- *seen and used*: present and ticked, and nothing was wrong with the decision
- *cited but not there*: ticked although the evidence shows that it is absent
- *cited without knowing*: ticked although nobody can read it from the evidence: unknown, or never asked
- *right for the wrong reason*: a victim was flagged, something was ticked, and none of it is present
- *right without a reason*: a victim was flagged, and nothing was ticked

Nothing here says that a ticked sign was the reason: it is what the seat says it saw.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from console.debriefing.judgements import Case, Finding, Judgement, flag_from, verdict
from console.debriefing.shares import Share, share


@dataclass(frozen=True)
class Noticing:
    """What a seat noticed in one dossier; see the head of this module for every word.

    Attributes:
        overlooked, underweighted, overweighted, seen_and_used: Names of indicators.
        cited_absent, cited_unknown: Names of indicators.
        right_for_the_wrong_reason, right_without_a_reason: Of a victim who was flagged.
    """

    overlooked: frozenset[str]
    underweighted: frozenset[str]
    overweighted: frozenset[str]
    seen_and_used: frozenset[str]
    cited_absent: frozenset[str]
    cited_unknown: frozenset[str]
    right_for_the_wrong_reason: bool
    right_without_a_reason: bool


NOTHING: frozenset[str] = frozenset()


def noticed(
    judgement: Judgement, case: Case, flags_from: int = flag_from(counts_documents=False)
) -> Noticing:
    """Return what a seat noticed in a dossier.

    Args:
        judgement: What it decided and ticked.
        case: What was so.
        flags_from: Least action that counts as a flag.
    """
    ticked = judgement.indicators
    present, absent = case.present(judgement.evidence), case.absent(judgement.evidence)
    noticed_rightly = ticked & present
    is_wrong = verdict(judgement.action, case, flags_from) == "wrong"
    flagged_victim = case.is_victim and not is_wrong
    return Noticing(
        overlooked=present - ticked,
        underweighted=noticed_rightly if case.is_victim and is_wrong else NOTHING,
        overweighted=noticed_rightly if is_wrong and not case.is_victim else NOTHING,
        seen_and_used=NOTHING if is_wrong else noticed_rightly,
        cited_absent=ticked & absent,
        cited_unknown=ticked - present - absent,
        right_for_the_wrong_reason=flagged_victim and bool(ticked) and not noticed_rightly,
        right_without_a_reason=flagged_victim and not ticked,
    )


@dataclass(frozen=True)
class NoticingSums:
    """How often each of these happened over many judgements; a judgement may show several of one.

    Attributes:
        overlooked, underweighted, used: Indicators present in victims' dossiers, by what was made of them.
        overweighted: Indicators that were present and ticked where the decision on somebody else was wrong.
        cited_absent, cited_unknown: Ticks without anything to be seen.
        flagged_victims: Judgements that flagged a victim.
        wrong_reasons, no_reasons: Of these, for the wrong reason, and without one.
    """

    overlooked: int
    underweighted: int
    used: int
    overweighted: int
    cited_absent: int
    cited_unknown: int
    flagged_victims: int
    wrong_reasons: int
    no_reasons: int

    @property
    def present(self) -> int:
        """Indicators that could be noticed in victims' dossiers."""
        return self.overlooked + self.underweighted + self.used


def noticing_sums(
    judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int
) -> NoticingSums:
    """Return how often something was overlooked, under-weighted and so on."""
    read = [(one, noticed(one, cases[one.dossier], flags_from)) for one in judgements]
    found = [seen for _, seen in read]
    of_victims = [(one, seen) for one, seen in read if cases[one.dossier].is_victim]
    victims = [seen for _, seen in of_victims]
    return NoticingSums(
        overlooked=sum(len(seen.overlooked) for seen in victims),
        underweighted=sum(len(seen.underweighted) for seen in victims),
        used=sum(len(seen.seen_and_used) for seen in victims),
        overweighted=sum(len(seen.overweighted) for seen in found),
        cited_absent=sum(len(seen.cited_absent) for seen in found),
        cited_unknown=sum(len(seen.cited_unknown) for seen in found),
        flagged_victims=sum(one.action >= flags_from for one, _ in of_victims),
        wrong_reasons=sum(seen.right_for_the_wrong_reason for seen in victims),
        no_reasons=sum(seen.right_without_a_reason for seen in victims),
    )


@dataclass(frozen=True)
class Cue:
    """What a class, or a seat, made of one indicator over all the judgements in which it could be read.

    Attributes:
        name: Of the indicator.
        overlooked: In victims' dossiers, of the judgements whose opened evidence showed it.
        underweighted: Of those that noticed it there.
        overlooked_elsewhere: The same as `overlooked` in dossiers of others.
        overweighted: Of those that noticed it there.
        cited_absent: Ticked, of the judgements whose evidence showed that it was absent.
        cited_unknown: Ticked, of those whose evidence did not tell.
    """

    name: str
    overlooked: Share
    underweighted: Share
    overlooked_elsewhere: Share
    overweighted: Share
    cited_absent: Share
    cited_unknown: Share

    @property
    def present(self) -> int:
        """Judgements of victims' dossiers whose opened evidence showed it."""
        return self.overlooked.n

    @property
    def used(self) -> int:
        """Those of them that noticed it and flagged the victim."""
        return self.underweighted.n - self.underweighted.count


def cues(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> list[Cue]:
    """Return what was made of each indicator, those overlooked most often in victims' dossiers first.

    Indicators that were neither shown nor ticked are left out.
    """
    made = list(judgements)
    wrong = {
        (one.seat, one.dossier)
        for one in made
        if verdict(one.action, cases[one.dossier], flags_from) == "wrong"
    }
    names = sorted({name for case in cases.values() for name in case.stages})
    told = [cue for name in names if _is_worth_telling(cue := _cue(name, made, cases, wrong))]
    return sorted(told, key=lambda cue: (-cue.overlooked.count, -cue.underweighted.count, cue.name))


def _is_worth_telling(cue: Cue) -> bool:
    shown = cue.overlooked.n + cue.overlooked_elsewhere.n
    return any((shown, cue.cited_absent.count, cue.cited_unknown.count))


def _cue(
    name: str, made: Sequence[Judgement], cases: Mapping[str, Case], wrong: AbstractSet[tuple[str, str]]
) -> Cue:
    """Return what was made of one indicator; `wrong` holds seat and dossier of each wrong decision."""
    shown: dict[Finding, list[Judgement]] = {"present": [], "absent": [], "unknown": []}
    for one in made:
        shown[cases[one.dossier].reading(name, one.evidence)].append(one)
    victims = [one for one in shown["present"] if cases[one.dossier].is_victim]
    others = [one for one in shown["present"] if not cases[one.dossier].is_victim]

    def is_ticked(one: Judgement) -> bool:
        return name in one.indicators

    def is_overlooked(one: Judgement) -> bool:
        return name not in one.indicators

    def is_wrong(one: Judgement) -> bool:
        return (one.seat, one.dossier) in wrong

    return Cue(
        name=name,
        overlooked=share(victims, is_overlooked),
        underweighted=share(filter(is_ticked, victims), is_wrong),
        overlooked_elsewhere=share(others, is_overlooked),
        overweighted=share(filter(is_ticked, others), is_wrong),
        cited_absent=share(shown["absent"], is_ticked),
        cited_unknown=share(shown["unknown"], is_ticked),
    )
