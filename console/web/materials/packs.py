"""What a print pack holds: sheets to hand out, and apart from them the answers for the trainer.

A pack without key is made from what trainees can see, and nothing else reaches its page. The share of victims
in a block is part of the answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from console.materials.export_texts import indicator_title
from console.materials.records import full_evidence
from console.materials.sheets import Sheet, first_sheet, later_sheets
from console.web.classroom.models import Block, Dossier, Sitting
from console.web.materials.gathering import action_titles, dossiers_in_order
from dossier.texts import Text


@dataclass(frozen=True)
class KeyPage:
    """The answers of one dossier as a trainer reads them.

    Attributes:
        truth_class: What the synthetic applicant truly is.
        kind: Title of the typology, lookalike or journey.
        tier: How well the network camouflages; None without one.
        story, advice: What was so, and what a good officer would do.
        present: Titles of the indicators that the whole dossier shows.
        recommended: What the screener recommends with all evidence.
        agency: Who would receive the person, as content; None where nobody is named.
        reasons: Why, the weightiest first, as content.
    """

    truth_class: str
    kind: Mapping[str, str]
    tier: str | None
    story: Mapping[str, str]
    advice: Mapping[str, str]
    present: Sequence[Text]
    recommended: Text | None
    agency: Mapping[str, str] | None
    reasons: Sequence[Mapping[str, str]]

    @property
    def short(self) -> str:
        """The word for the class of truth in a table."""
        return f"pack.short_{self.truth_class}"

    @property
    def long(self) -> str:
        """The words for the class of truth."""
        return f"pack.class_{self.truth_class}"

    @property
    def tier_word(self) -> str:
        """The words for the tier; empty without one."""
        return f"pack.tier_{self.tier}" if self.tier else ""


@dataclass(frozen=True)
class PackDossier:
    """One dossier in a pack.

    Attributes:
        letter: What the class calls it.
        content: Name, numbers and data page, as on the desk.
        first: What is handed out at first.
        later: What is handed out on request.
        key: Its answers; None in a pack without key.
    """

    letter: str
    content: Mapping[str, Any]
    first: Sheet
    later: Sequence[Sheet]
    key: KeyPage | None


@dataclass(frozen=True)
class PackBlock:
    """The dossiers of one block.

    Attributes:
        number: Number of the block.
        feedback: When a seat learns what was so.
        victims_in_100: None in a pack without key.
        dossiers: Its dossiers.
    """

    number: int
    feedback: str
    victims_in_100: int | None
    dossiers: Sequence[PackDossier]

    @property
    def feedback_word(self) -> str:
        """The words for its feedback."""
        return f"guide.feedback_{self.feedback}"


def pack_of(sitting: Sitting, keys: Mapping[str, Mapping[str, Any]] | None = None) -> list[PackBlock]:
    """Return the blocks of a sitting's pack.

    Args:
        sitting: The sitting.
        keys: The answers by the dossier's id; without them the pack has no key.
    """
    grouped = groupby(dossiers_in_order(sitting), key=lambda dossier: dossier.block)
    return [_block(block, list(inside), sitting.place, keys) for block, inside in grouped]


def _block(
    block: Block, dossiers: Sequence[Dossier], place: str, keys: Mapping[str, Mapping[str, Any]] | None
) -> PackBlock:
    return PackBlock(
        number=block.number,
        feedback=block.feedback,
        victims_in_100=None if keys is None else block.victims_in_100,
        dossiers=[_dossier(dossier, place, keys) for dossier in dossiers],
    )


def _dossier(dossier: Dossier, place: str, keys: Mapping[str, Mapping[str, Any]] | None) -> PackDossier:
    return PackDossier(
        letter=dossier.letter,
        content=dossier.content,
        first=first_sheet(dossier.content, place),
        later=later_sheets(dossier.content),
        key=None if keys is None else _key_page(keys[str(dossier.pk)], place),
    )


def _key_page(key: Mapping[str, Any], place: str) -> KeyPage:
    said = key["screener"].get(full_evidence(place), {})
    explained = said.get("explanation", {})
    reasons = [*explained.get("decided", []), *explained.get("reasons", [])]
    present = sorted(name for name, reading in key["indicators"].items() if reading == "present")
    return KeyPage(
        truth_class=key["truth_class"],
        kind=key["kind"]["title"],
        tier=key["tier"],
        story=key["story"],
        advice=key["advice"],
        present=[indicator_title(name) for name in present],
        recommended=action_titles(place).get(said.get("recommendation", "")),
        agency=explained.get("agency_name"),
        reasons=[reason["sentence"] for reason in reasons if reason.get("is_sign", True)],
    )
