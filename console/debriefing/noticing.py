"""What a seat noticed, and what it made of it: the difference between not seeing a sign and not heeding it.

An indicator counts as present only where the evidence that the seat had opened shows it. For one judgement:

- *overlooked*: present, and not ticked
- *under-weighted*: present and ticked, yet a victim was not flagged
- *over-weighted*: present and ticked, and somebody else was flagged
- *seen and used*: present and ticked, and the decision was right
- *cited but not there*: ticked although the evidence shows that it is absent
- *cited without knowing*: ticked although nobody can read it from the evidence: unknown, or never asked
- *right for the wrong reason*: a victim was flagged, something was ticked, and none of it is present
- *right without a reason*: a victim was flagged, and nothing was ticked

Nothing here says that a ticked sign was the reason: it is what the seat says it saw.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.debriefing.judgements import Case, Judgement, flag_from, is_right
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
    right = is_right(judgement, case, flags_from)
    flagged_victim = case.is_victim and right
    return Noticing(
        overlooked=present - ticked,
        underweighted=noticed_rightly if case.is_victim and not right else NOTHING,
        overweighted=noticed_rightly if not case.is_victim and not right else NOTHING,
        seen_and_used=noticed_rightly if right else NOTHING,
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
        overweighted: Indicators that were present and ticked in dossiers of others who were flagged.
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
    read = _read(judgements, cases, flags_from)
    found = [row.noticing for row in read]
    of_victims = [row for row in read if row.case.is_victim]
    victims = [row.noticing for row in of_victims]
    return NoticingSums(
        overlooked=sum(len(seen.overlooked) for seen in victims),
        underweighted=sum(len(seen.underweighted) for seen in victims),
        used=sum(len(seen.seen_and_used) for seen in victims),
        overweighted=sum(len(seen.overweighted) for seen in found),
        cited_absent=sum(len(seen.cited_absent) for seen in found),
        cited_unknown=sum(len(seen.cited_unknown) for seen in found),
        flagged_victims=sum(row.judgement.action >= flags_from for row in of_victims),
        wrong_reasons=sum(seen.right_for_the_wrong_reason for seen in victims),
        no_reasons=sum(seen.right_without_a_reason for seen in victims),
    )


@dataclass(frozen=True)
class Cue:
    """What a class, or a seat, made of one indicator over all the judgements in which it could be read.

    Attributes:
        name: Of the indicator.
        present: Judgements of victims' dossiers whose opened evidence showed it.
        dossiers: Victims' dossiers among them.
        seats: Seats that had it before them.
        overlooked, underweighted, used: Parts of `present`, which they add up to.
        overlooked_share: Overlooked, of `present`, with its interval.
        present_elsewhere, overlooked_elsewhere, overweighted: The same in dossiers of others.
        cited_absent: Times it was ticked although it was shown to be absent.
        cited_unknown: Times it was ticked although nobody could read it.
    """

    name: str
    present: int
    dossiers: int
    seats: int
    overlooked: int
    underweighted: int
    used: int
    overlooked_share: Share
    present_elsewhere: int
    overlooked_elsewhere: int
    overweighted: int
    cited_absent: int
    cited_unknown: int


def cues(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> list[Cue]:
    """Return what was made of each indicator, those overlooked most often in victims' dossiers first.

    Indicators that were neither shown nor ticked are left out.
    """
    read = _read(judgements, cases, flags_from)
    names = sorted({name for row in read for name in row.case.stages})
    found = [_cue(name, read) for name in names]
    told = [cue for cue in found if _is_worth_telling(cue)]
    return sorted(told, key=lambda cue: (-cue.overlooked, -cue.underweighted, cue.name))


def _is_worth_telling(cue: Cue) -> bool:
    return any((cue.present, cue.present_elsewhere, cue.cited_absent, cue.cited_unknown))


@dataclass(frozen=True)
class _Row:
    """A judgement with its case, what its evidence showed, and what was made of it."""

    judgement: Judgement
    case: Case
    present: frozenset[str]
    noticing: Noticing


def _read(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> list[_Row]:
    made = [(judgement, cases[judgement.dossier]) for judgement in judgements]
    return [_Row(one, case, case.present(one.evidence), noticed(one, case, flags_from)) for one, case in made]


def _cue(name: str, read: Sequence[_Row]) -> Cue:
    shown = [row for row in read if name in row.present]
    victims = [row for row in shown if row.case.is_victim]
    others = [row for row in shown if not row.case.is_victim]
    return Cue(
        name=name,
        present=len(victims),
        dossiers=len({row.judgement.dossier for row in victims}),
        seats=len({row.judgement.seat for row in shown}),
        overlooked=sum(name in row.noticing.overlooked for row in victims),
        underweighted=sum(name in row.noticing.underweighted for row in victims),
        used=sum(name in row.noticing.seen_and_used for row in victims),
        overlooked_share=share([row.judgement for row in victims], lambda one: name not in one.indicators),
        present_elsewhere=len(others),
        overlooked_elsewhere=sum(name in row.noticing.overlooked for row in others),
        overweighted=sum(name in row.noticing.overweighted for row in others),
        cited_absent=sum(name in row.noticing.cited_absent for row in read),
        cited_unknown=sum(name in row.noticing.cited_unknown for row in read),
    )
