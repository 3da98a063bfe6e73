"""What the form for a new sitting begins with, and how it goes on when a block is added or taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import QueryDict
from django.utils import timezone

from console.casebook.lessons import Lesson
from console.web.classroom.models import LONGEST_TITLE, Sitting
from console.web.gallery.forms import BLOCKS, MOST_BLOCKS
from console.web.speech import language_now, speaker_now
from screening.evaluation.texts import day_of_year

REMOVE = "remove-"
"""What the button that takes a block away sends, before the block's place (from 0)."""


@dataclass(frozen=True)
class Proposed:
    """What a form is filled with before anybody has changed it, by field and for each block."""

    sitting: dict[str, Any]
    blocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Estimate:
    """How long a class will need, in minutes, at the pace that the lesson plan assumes."""

    dossiers: int
    minutes: int
    briefing: int
    debrief: int

    @property
    def whole(self) -> int:
        """Minutes with briefing and debrief."""
        return self.briefing + self.minutes + self.debrief


def from_lesson(lesson: Lesson) -> Proposed:
    """Return a form filled from a scenario's lesson plan; its title gives nothing of the scenario away."""
    speak, now = speaker_now(), timezone.localtime()
    day = day_of_year(now.timetuple().tm_yday, now.year)
    sitting = {
        "title": speak.say("new_sitting.proposed_title", day=day),
        "language": language_now(),
        "place": lesson.place,
        "minutes": lesson.minutes,
        "assistance": lesson.assistance,
        "counts_documents": lesson.counts_documents,
    }
    fields = {"size", "victims_in_100", "feedback"}
    return Proposed(sitting, [block.model_dump(include=fields) for block in lesson.blocks])


def from_sitting(sitting: Sitting) -> Proposed:
    """Return a form filled like an earlier sitting; its dossiers will be others, and so may be its people."""
    names = ("language", "place", "minutes", "assistance", "counts_documents")
    fields = {"title": _again(sitting.title), **{name: getattr(sitting, name) for name in names}}
    return Proposed(fields, list(sitting.blocks.values("size", "victims_in_100", "feedback")))


def _again(title: str) -> str:
    """Return the title of a sitting that is held once more; what is held again already keeps its title."""
    speaker = speaker_now()
    ending = speaker.say("new_sitting.again", title="")
    return title if title.endswith(ending) else speaker.say("new_sitting.again", title=title)[:LONGEST_TITLE]


def earlier(user: AbstractBaseUser | AnonymousUser, scenario: str, sitting_id: str) -> Sitting | None:
    """Return a trainer's own earlier sitting of a scenario; None if there is no such one."""
    own = Sitting.objects.filter(trainer_id=user.pk, scenario=scenario)
    return next((sitting for sitting in own if str(sitting.pk) == sitting_id), None)


def rewritten(posted: QueryDict, wish: str) -> Proposed:
    """Return what was typed so far, after a block was added or taken away as a button says."""
    blocks = typed_blocks(posted)
    if wish == "add" and len(blocks) < MOST_BLOCKS:
        blocks.append({**blocks[-1], "feedback": "reveal"} if blocks else {})
    place = wish.removeprefix(REMOVE) if wish.startswith(REMOVE) else ""
    if place.isdecimal() and int(place) < len(blocks) and len(blocks) > 1:
        del blocks[int(place)]
    return Proposed({name: posted[name] for name in posted}, blocks)


def typed_blocks(posted: QueryDict) -> list[dict[str, str]]:
    """Return what stands in the fields of each block, whether it can be used or not."""
    names = ("size", "victims_in_100", "feedback")
    told = posted.get(f"{BLOCKS}-TOTAL_FORMS", "")
    count = min(int(told), MOST_BLOCKS) if told.isdecimal() else 0
    return [{name: posted.get(f"{BLOCKS}-{n}-{name}", "") for name in names} for n in range(count)]


def estimate(lesson: Lesson, blocks: Sequence[Mapping[str, Any]]) -> Estimate:
    """Return how long the blocks will take at the pace of a lesson plan; what is no number counts as none."""
    sizes = (str(block.get("size", "")) for block in blocks)
    dossiers = sum(int(size) for size in sizes if size.isdecimal() and len(size) < 4)  # noqa: PLR2004
    pace = lesson.minutes / sum(block.size for block in lesson.blocks)
    return Estimate(dossiers, round(pace * dossiers), lesson.briefing_minutes, lesson.debrief_minutes)
