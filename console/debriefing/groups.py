"""Who is missed and who is stopped wrongly, by kind of case and by group.

A row tells what a class did with some of its dossiers. It is a finding only where its interval is narrow
enough (`Share.is_told`) and, for a class, where enough seats made it up (`Share.is_shown`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from console.debriefing.judgements import Case, Judgement
from console.debriefing.settings import settings
from console.debriefing.shares import Gap, gap, share
from console.debriefing.shares import Share as Shared
from dossier.recommendations import Recommendation
from dossier.texts import Text

Belongs: TypeAlias = Callable[[Case], bool]
SEXES = ("female", "male")


@dataclass(frozen=True)
class Kind:
    """What was made of the dossiers of one typology, or of one kind of traveller.

    Attributes:
        id: Of the module.
        title: What it is called.
        truth_class: victim, lawful or irregular.
        lookalike_of: Family that a lookalike resembles; None for others.
        share: Missed, of victims' dossiers; flagged, of others'.
        referred: Referred, of all of them.
    """

    id: str
    title: Text
    truth_class: str
    lookalike_of: str | None
    share: Shared
    referred: Shared


@dataclass(frozen=True)
class Crossing:
    """What was made of the dossiers of one sex, with or without a job offered online.

    Attributes:
        sex: Code.
        online_offer: Whether a job was offered online.
        misses: Of victims' dossiers.
        false_flags: Of others'.
    """

    sex: str
    online_offer: bool
    misses: Shared
    false_flags: Shared


@dataclass(frozen=True)
class Groups:
    """All that is told by group.

    Attributes:
        typologies: Misses by typology, most often missed first.
        travellers: False flags by kind of traveller, most often flagged first.
        crossings: By sex and online offer.
        men_with_online_offers: Misses among victims, men with online offers against women with online offers.
        young_women: False flags among honest and irregular travellers, young women against everybody else.
    """

    typologies: Sequence[Kind]
    travellers: Sequence[Kind]
    crossings: Sequence[Crossing]
    men_with_online_offers: Gap
    young_women: Gap


def groups(judgements: Iterable[Judgement], cases: Mapping[str, Case], flags_from: int) -> Groups:
    """Return who was missed and who was stopped wrongly, by group.

    Args:
        judgements: Of one seat or of many.
        cases: By dossier.
        flags_from: Least action that counts as a flag.
    """
    made = list(judgements)

    def victims(belongs: Belongs) -> list[Judgement]:
        return [one for one in made if cases[one.dossier].is_victim and belongs(cases[one.dossier])]

    def others(belongs: Belongs) -> list[Judgement]:
        return [one for one in made if _is_counted(cases[one.dossier]) and belongs(cases[one.dossier])]

    def is_missed(judgement: Judgement) -> bool:
        return judgement.action < flags_from

    def is_flagged(judgement: Judgement) -> bool:
        return judgement.action >= flags_from

    def is_referred(judgement: Judgement) -> bool:
        return judgement.action == Recommendation.REFER

    def kind(case: Case) -> Kind:
        mine = (victims if case.is_victim else others)(_same_kind(case))
        counted, referred = share(mine, is_missed if case.is_victim else is_flagged), share(mine, is_referred)
        return Kind(case.kind, case.kind_title, case.truth_class, case.lookalike_of, counted, referred)

    def missed(belongs: Belongs) -> Shared:
        return share(victims(belongs), is_missed)

    def stopped(belongs: Belongs) -> Shared:
        return share(others(belongs), is_flagged)

    dealt = {one.dossier: cases[one.dossier] for one in made}.values()
    kinds = {case.kind: case for case in dealt}.values()
    return Groups(
        typologies=_ordered(kind(case) for case in kinds if case.is_victim),
        travellers=_ordered(kind(case) for case in kinds if _is_counted(case)),
        crossings=[
            Crossing(sex, online, missed(_crossed(sex, online)), stopped(_crossed(sex, online)))
            for online in (True, False)
            for sex in SEXES
        ],
        men_with_online_offers=gap(
            victims(_crossed("male", True)), victims(_crossed("female", True)), cases, is_missed
        ),
        young_women=gap(
            others(is_young_woman), others(lambda case: not is_young_woman(case)), cases, is_flagged
        ),
    )


def is_young_woman(case: Case) -> bool:
    """Return whether the applicant is a woman of the ages that `debriefing.toml` calls young."""
    return case.sex == "female" and case.age_band in settings().young.bands


def _is_counted(case: Case) -> bool:
    """Return whether a flag would be a false one; facilitators are in no rate."""
    return case.truth_class in {"lawful", "irregular"}


def _same_kind(case: Case) -> Belongs:
    return lambda other: other.kind == case.kind


def _crossed(sex: str, online_offer: bool) -> Belongs:
    return lambda case: case.sex == sex and case.online_offer == online_offer


def _ordered(kinds: Iterable[Kind]) -> list[Kind]:
    return sorted(kinds, key=lambda kind: (-(kind.share.estimate or 0), kind.id))
