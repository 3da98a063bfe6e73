"""What of a dossier lies on the desk: the entries of the stages that a seat has opened, and no other.

An entry that was not asked for is not here, neither shown nor hidden; a page knows how many there are, which
is the same for every dossier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from console.web.classroom.models import Decision, Request, Sitting, Turn
from console.web.classroom.turns import STAGE_OF, stages_seen
from dossier.stages import Stage

Entry: TypeAlias = Mapping[str, Any]
TABS = ("form", "documents", "interview", "timeline")


@dataclass(frozen=True)
class Shown:
    """An entry, and whether a request brought it."""

    entry: Entry
    is_new: bool


@dataclass(frozen=True)
class Unasked:
    """What a request would bring to a tab: its kind and the number of entries."""

    kind: str
    count: int

    @property
    def word(self) -> str:
        """What is said in the place of the entries."""
        return f"desk.unasked_{self.kind}"

    @property
    def ask(self) -> str:
        """What the button says that asks for them."""
        return f"desk.ask_{self.kind}"


@dataclass(frozen=True)
class Tab:
    """One part of the dossier.

    Attributes:
        name: One of `TABS`.
        entries: What is there, in the order of the content.
        unasked: What is not.
    """

    name: str
    entries: tuple[Shown, ...]
    unasked: tuple[Unasked, ...]

    @property
    def title(self) -> str:
        """What the tab is called, in `words/`."""
        return f"desk.tab_{self.name}"

    @property
    def has_new(self) -> bool:
        """Whether a request brought something."""
        return any(shown.is_new for shown in self.entries)


@dataclass(frozen=True)
class OnDesk:
    """A dossier as far as a seat has opened it.

    Attributes:
        letter: What the class calls it.
        name, passport_number: Of the applicant.
        data_page: Labels and values.
        machine_line: The two lines at the foot of the data page.
        tabs: Its parts.
    """

    letter: str
    name: str
    passport_number: str
    data_page: Sequence[Entry]
    machine_line: Sequence[str]
    tabs: tuple[Tab, ...]


def on_desk(turn: Turn) -> OnDesk:
    """Return what a seat may see of a dossier now."""
    content, seen = turn.dossier.content, stages_seen(turn)
    unasked = {kind: stage for kind, stage in STAGE_OF.items() if stage not in seen}
    return OnDesk(
        letter=turn.dossier.letter,
        name=content["name"],
        passport_number=content["passport_number"],
        data_page=content["data_page"],
        machine_line=content["machine_line"],
        tabs=tuple(_tab(name, content["tabs"][name], seen, unasked) for name in TABS),
    )


def _tab(
    name: str, entries: Sequence[Entry], seen: frozenset[Stage], unasked: Mapping[Request.Kind, Stage]
) -> Tab:
    brought = {stage.label for stage in seen & frozenset(STAGE_OF.values())}
    shown = [entry for entry in entries if Stage.of(entry["stage"]) in seen]
    stages = [entry["stage"] for entry in entries]
    counts = {kind: stages.count(stage.label) for kind, stage in unasked.items()}
    return Tab(
        name=name,
        entries=tuple(Shown(entry, entry["stage"] in brought) for entry in shown),
        unasked=tuple(Unasked(kind.value, count) for kind, count in counts.items() if count),
    )


def action_word(action: int, sitting: Sitting) -> str:
    """Return the word for one of the four actions where the sitting takes place."""
    part = "action_at_departure" if sitting.place == Sitting.Place.CHECKPOINT else "action"
    return f"{part}.{Decision.Action(action).name.lower()}"


def confidence_word(confidence: int) -> str:
    """Return the word for how sure a seat is."""
    return f"confidence.{Decision.Confidence(confidence).name.lower()}"
