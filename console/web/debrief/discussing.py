"""One dossier as a class talks about it: what was decided, what could be seen, what was so, what to do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.debriefing.judgements import Case, Finding, Judgement
from console.debriefing.settings import settings, shows_distributions
from console.web.classroom.models import Dossier, Sitting
from console.web.debrief import tables
from console.web.debrief.presenting import to_discuss
from console.web.debrief.reading import Told
from console.web.debrief.sentences import NOT_SHOWN
from console.web.debrief.tables import Row
from console.web.speech import speaker_now
from console.words import Speaker
from dossier.recommendations import Recommendation


@dataclass(frozen=True)
class Ticked:
    """An indicator, and how many of those who could read it ticked it.

    Attributes:
        title: What it is called.
        counts: How many.
        said: How many of how many; a dash where fewer than five could.
    """

    title: str
    counts: int
    said: str


def dossier_page(sitting: Sitting, dossier: Dossier, told: Told) -> dict[str, Any]:
    """Return what the page of one dossier shows; what few seats decided is kept back."""
    found = told.of_class
    speaker = speaker_now()
    case, key = told.cases[str(dossier.pk)], told.keys[str(dossier.pk)]
    made = [one for one in told.first if one.dossier == case.dossier]
    shows = shows_distributions(len(made))
    return {
        "sitting": sitting,
        "dossier": dossier,
        "case": case,
        "truth": speaker.say(f"debrief.one_{case.truth_class}"),
        "story": key["story"],
        "advice": key["advice"],
        "judged": speaker.say("debrief.judged_irregular") if case.truth_class == "irregular" else "",
        "fewest": settings().seats.fewest,
        "decided": _decided(speaker, sitting, made) if shows else [],
        "seen": _ticked(speaker, case, made, "present"),
        "cited": [row for row in _ticked(speaker, case, made, "absent") if row.counts] if shows else [],
        "screener": _screener(speaker, sitting, case),
        **_neighbours(dossier, to_discuss(sitting, found)),
    }


def _neighbours(dossier: Dossier, order: Sequence[Dossier]) -> dict[str, Dossier | None]:
    """Return the dossiers before and after one that is talked about; the first one after any other."""
    if dossier not in order:
        return {"previous": None, "next": order[0] if order else None}
    place = order.index(dossier)
    before, after = order[max(place - 1, 0) : place], order[place + 1 : place + 2]
    return {"previous": before[0] if before else None, "next": after[0] if after else None}


def _decided(speaker: Speaker, sitting: Sitting, made: Sequence[Judgement]) -> list[Row]:
    counts = Counter(one.action for one in made)
    words = tables.action_words(speaker, sitting)
    return [
        Row(words[action], [speaker.say("debrief.count_of", count=counts[action], n=len(made))])
        for action in Recommendation
    ]


def _ticked(speaker: Speaker, case: Case, made: Sequence[Judgement], finding: Finding) -> list[Ticked]:
    """Return the indicators that all the evidence shows as present, or absent, and how many ticked them."""
    titles = tables.indicator_titles()
    wanted = case.shown(full_evidence(case), finding)
    rows = []
    for name in (name for name in case.stages if name in wanted):
        able = [one for one in made if name in case.shown(one.evidence, finding)]
        counts = sum(name in one.indicators for one in able)
        said = speaker.say("debrief.count_of", count=counts, n=len(able))
        shows = shows_distributions(len(able))
        rows.append(Ticked(speaker.of(titles[name]), counts, said if shows else NOT_SHOWN))
    return rows


def full_evidence(case: Case) -> str:
    """Return the name of all the evidence that a seat could open."""
    return max(case.screened, key=len)


def _screener(speaker: Speaker, sitting: Sitting, case: Case) -> str:
    found = case.screened[full_evidence(case)].recommendation
    return speaker.say("debrief.screener_said", action=tables.action_words(speaker, sitting)[found])
