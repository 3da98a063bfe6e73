"""What the pages of a debrief show, gathered for their templates, in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from django.db.models.fields.json import KT

from console.debriefing.debrief import (
    ClassDebrief,
    ClassDetail,
    SeatDebrief,
    Sums,
    seat_debrief,
)
from console.debriefing.detection import Readiness, TellingApart
from console.debriefing.rating import Point
from console.debriefing.settings import settings
from console.web.classroom.models import Dossier, Seat, Sitting
from console.web.debrief import sentences, tables
from console.web.debrief.figures import figure
from console.web.debrief.item_tables import item_rows
from console.web.debrief.reading import Told
from console.web.debrief.sentences import Whose
from console.web.speech import speaker_now
from console.words import Speaker


def class_page(sitting: Sitting, told: Told, *, for_trainer: bool) -> dict[str, Any]:
    """Return what the debrief of a class shows.

    Args:
        sitting: Whose.
        told: Its judgements and answers.
        for_trainer: Whether statistics of the dossiers may be seen; never on the wall.
    """
    speaker = speaker_now()
    found = told.of_class
    page = {
        **_sums(speaker, "class", sitting, found.sums),
        "for_trainer": for_trainer,
        "simulated": _simulated(speaker, sitting),
        "fewest": settings().seats.fewest,
        **_discussed(sitting, found),
    }
    if found.detail is None:
        return page
    page |= {"detail": True, **_class_detail(speaker, found.sums, found.detail)}
    return page | (_items(speaker, sitting, told, found.detail) if for_trainer else _tops(page))


def _tops(page: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first rows of the tables of a page, which are all that stands on a screen of the wall."""
    most = settings().wall
    return {
        "top_cues": page["cue_rows"][: most.cues],
        "top_typologies": page["typology_rows"][: most.kinds],
        "top_travellers": page["traveller_rows"][: most.kinds],
    }


def seat_page(seat: Seat, told: Told) -> dict[str, Any]:
    """Return what a seat sees of itself; the class behind it as a cloud, from five seats on."""
    speaker = speaker_now()
    own = told.of_seat(seat)
    found = seat_debrief(own.first, own.second, own.cases, own.flags_from, own.learning)
    behind = told.of_class.detail
    return {
        **_sums(speaker, "seat", seat.sitting, found.sums),
        "detail": True,
        "in_words": sentences.in_words(speaker, found),
        "detection_rows": tables.detection_rows(speaker, found.detection),
        **_cues_and_groups(speaker, found, of_class=False),
        **_seat_curve(speaker, found, behind),
        "time": sentences.time(speaker, found.seconds),
    }


def _sums(speaker: Speaker, whose: Whose, sitting: Sitting, sums: Sums) -> dict[str, Any]:
    flag_means = "flag_means_documents" if sitting.counts_documents else "flag_means"
    return {
        "sitting": sitting,
        "whose": f"debrief_{whose}",
        "sums": sums,
        "title": speaker.say(f"debrief_{whose}.title"),
        "size": sentences.size(speaker, whose, sums),
        "misses": sentences.misses(speaker, whose, sums, sitting),
        "false_flags": sentences.false_flags(speaker, whose, sums),
        "irregular": sentences.irregular(speaker, sums, sitting),
        "screener": sentences.beside_the_screener(speaker, whose, sums),
        "screener_rates": sentences.screener_rates(speaker, sums),
        "flag_means": speaker.say(f"debrief.{flag_means}"),
        "interval_means": speaker.say(f"debrief_{whose}.interval_means"),
        "noticing": sentences.noticing(speaker, whose, sums),
        "actions": tables.action_words(speaker, sitting),
        "taken": tables.taken(speaker, sums),
        "blocks_said": sentences.blocks(speaker, sums),
        "block_rows": tables.block_rows(speaker, sums),
        "assistance": speaker.say(f"debrief.assistance_{sitting.assistance}"),
        **_second(speaker, whose, sums),
        **_agreement(speaker, sitting, sums),
    }


def _second(speaker: Speaker, whose: Whose, sums: Sums) -> dict[str, Any]:
    if sums.second is None:
        return {}
    counts = {"n": sums.second.n, "right": sums.second.made_right, "wrong": sums.second.made_wrong}
    return {
        "second_said": speaker.say(f"debrief_{whose}.second_said", **counts),
        "second_rows": tables.second_rows(speaker, sums.second),
    }


def _agreement(speaker: Speaker, sitting: Sitting, sums: Sums) -> dict[str, Any]:
    if sitting.assistance != Sitting.Assistance.START:
        return {}
    return {"agreement_rows": tables.agreement_rows(speaker, sums.agreement)}


def _cues_and_groups(speaker: Speaker, of: ClassDetail | SeatDebrief, *, of_class: bool) -> dict[str, Any]:
    return {
        "cue_rows": tables.cue_rows(speaker, of.cues),
        "cited_rows": tables.cited_rows(speaker, of.cues),
        "typology_rows": tables.kind_rows(speaker, of.groups.typologies, of_class=of_class),
        "traveller_rows": tables.kind_rows(speaker, of.groups.travellers, of_class=of_class),
        "crossing_rows": tables.crossing_rows(speaker, of.groups.crossings, of_class=of_class),
        "questions": sentences.questions(speaker, of.groups, of_class=of_class),
    }


def _class_detail(speaker: Speaker, sums: Sums, detail: ClassDetail) -> dict[str, Any]:
    who = speaker.say("debrief.the_class")
    curves = [("screener", detail.screener.points), ("class", detail.curve)]
    marked = [("screener", [sums.screener_point]), ("class", detail.curve)]
    return {
        **_cues_and_groups(speaker, detail, of_class=True),
        "quartile_rows": tables.quartile_rows(speaker, detail),
        "word_rows": [
            *tables.word_rows(speaker, detail.telling_apart, "apart", get_args(TellingApart)),
            *tables.word_rows(speaker, detail.readiness, "flags", get_args(Readiness)),
        ],
        "figure": figure(detail.curves, curves, marked),
        "point_rows": [*tables.point_rows(speaker, who, detail.lines), tables.screener_row(speaker, sums)],
        "points_assume": speaker.say("debrief.points_assume"),
        "areas": sentences.areas_of_class(speaker, detail.area, detail.areas),
        "time": sentences.time(speaker, detail.seconds),
    }


def _seat_curve(speaker: Speaker, own: SeatDebrief, behind: ClassDetail | None) -> dict[str, Any]:
    you, everybody = (speaker.say(f"debrief.{who}") for who in ("you", "the_class"))
    curves = [("screener", own.screener.points), ("own", own.confident)]
    marked = [("screener", [own.sums.screener_point]), ("own", own.curve.points)]
    rows = tables.point_rows(speaker, you, own.lines)
    cloud: Sequence[Sequence[Point]] = ()
    if behind is not None:
        cloud = behind.curves
        curves.insert(1, ("class", behind.curve))
        marked.insert(1, ("class", behind.curve))
        rows += tables.point_rows(speaker, everybody, behind.lines)
    return {
        "figure": figure(cloud, curves, marked),
        "point_rows": [*rows, tables.screener_row(speaker, own.sums)],
        "areas": sentences.areas_of_seat(speaker, own.curve, own.screener),
    }


def _items(speaker: Speaker, sitting: Sitting, told: Told, detail: ClassDetail) -> dict[str, Any]:
    kinds = {dossier: case.kind_title for dossier, case in told.cases.items()}
    return {"item_rows": item_rows(speaker, detail.items, letters(sitting), kinds)}


def _discussed(sitting: Sitting, found: ClassDebrief) -> dict[str, Any]:
    """Return the dossiers to talk about, and all others."""
    most, order = settings().dossiers.discussed, to_discuss(sitting, found)
    return {"discussed": order[:most], "undiscussed": order[most:]}


def to_discuss(sitting: Sitting, found: ClassDebrief) -> list[Dossier]:
    """Return the dossiers, those judged wrongly most often first; in a small class in their own order."""
    dossiers = {str(dossier.pk): dossier for dossier in _dossiers(sitting)}
    if found.detail is None:
        return list(dossiers.values())
    judged = [dossiers.pop(item.dossier) for item in found.detail.items]
    return [*judged, *dossiers.values()]


def letters(sitting: Sitting) -> Mapping[str, str]:
    """Return what each dossier is called aloud, by its id."""
    return {str(dossier.pk): dossier.letter for dossier in _dossiers(sitting)}


def _dossiers(sitting: Sitting) -> list[Dossier]:
    dealt = Dossier.objects.filter(block__sitting=sitting).select_related("block").defer("content")
    found = dealt.annotate(called=KT("content__name"))
    return sorted(found, key=lambda dossier: (dossier.block.number, len(dossier.letter), dossier.letter))


def _simulated(speaker: Speaker, sitting: Sitting) -> str:
    """Return that seats of a class are simulated; empty if none is."""
    seats = sitting.seats.filter(removed_at=None)
    n, some = seats.count(), seats.filter(is_simulated=True).count()
    if not some:
        return ""
    which = "all" if some == n else "some"
    return speaker.say(f"debrief.simulated_{which}", n=n, some=some)
