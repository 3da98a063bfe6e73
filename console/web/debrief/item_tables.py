"""The table of the dossiers' statistics, for the trainer, in the language of the page; never for the wall."""

from collections.abc import Iterable, Mapping

from console.debriefing.items import Discrimination, ItemStatistics
from console.debriefing.settings import settings, shows_distributions
from console.web.debrief.sentences import NOT_SHOWN, cell, decimal, limits_said
from console.web.debrief.tables import Row
from console.words import Speaker
from dossier.texts import Text


def item_rows(
    speaker: Speaker, items: Iterable[ItemStatistics], letters: Mapping[str, str], kinds: Mapping[str, Text]
) -> list[Row]:
    """Return the statistics of each dossier, for the trainer."""
    return [_item_row(speaker, item, letters[item.dossier], kinds[item.dossier]) for item in items]


def _item_row(speaker: Speaker, item: ItemStatistics, letter: str, kind: Text) -> Row:
    rightly, parts, doubted = [NOT_SHOWN] * 3
    fewest = settings().seats.fewest
    remarks = [] if item.is_shown else [speaker.say("debrief.too_few_seats", fewest=fewest)]
    if item.is_shown:
        rightly = cell(speaker, item.right, item.judged, item.facility_interval)
        parts = _discrimination(speaker, item.discrimination)
    if shows_distributions(item.seats):
        doubted = speaker.say("debrief.count_of", count=item.doubted, n=item.seats)
        remarks += _item_remarks(speaker, item)
    return Row(letter, [speaker.of(kind), rightly, parts, doubted, "; ".join(remarks)])


def _item_remarks(speaker: Speaker, item: ItemStatistics) -> list[str]:
    remarks = {
        "item_doubted": item.is_doubted,
        "item_easy": item.is_too_easy,
        "item_wrong_way": item.parts_wrongly,
    }
    said = [speaker.say(f"debrief.{name}") for name, holds in remarks.items() if holds]
    outside = item.seats - item.judged
    return [*said, speaker.say("debrief.item_outside", count=outside)] if outside else said


def _discrimination(speaker: Speaker, found: Discrimination | None) -> str:
    if found is None:
        return speaker.say("debrief.too_few_to_compare")
    return speaker.say(
        "debrief.discrimination_said",
        value=decimal(speaker, found.value, 2),
        interval=limits_said(speaker, found.low, found.high, 2),
        seats=found.seats,
        dossiers=found.dossiers,
    )
