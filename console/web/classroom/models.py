"""The tables of the classroom: sittings, their blocks and dossiers, seats, and what each seat does.

Ids are random and tell nothing of order or truth. A decision is one row that is written once: no code changes
or deletes it, and the database refuses a second one. Rows about answers stand in `console.web.sealed`.
"""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from console.web.classroom.nicknames import LONGEST_LOOK, LONGEST_NICKNAME

LANGUAGES = [("en", "English"), ("id", "Bahasa Indonesia")]
LONGEST_EVIDENCE = 80
"""Characters of the name of what lies on a desk, with all stages seen."""
LONGEST_TITLE = 120
"""Characters of a sitting's title."""


class Sitting(models.Model):
    """One class working through one set of dossiers."""

    class Place(models.TextChoices):
        """Where the officers of the sitting stand: at the passport counter or at departure."""

        OFFICE = "office"
        CHECKPOINT = "checkpoint"

    class Assistance(models.TextChoices):
        """When a trainee sees what the screener recommends."""

        NONE = "none"
        AFTER = "after"
        START = "start"

    class State(models.TextChoices):
        """A sitting goes through these in order and never back."""

        LOBBY = "lobby"
        OPEN = "open"
        CLOSED = "closed"
        REVEALED = "revealed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trainer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    scenario = models.CharField(max_length=80)
    title = models.CharField(max_length=LONGEST_TITLE)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    place = models.CharField(max_length=10, choices=Place.choices, default=Place.OFFICE)
    assistance = models.CharField(max_length=5, choices=Assistance.choices, default=Assistance.NONE)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    counts_documents = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.LOBBY)
    code = models.CharField(max_length=6, unique=True, null=True, blank=True)
    code_expires = models.DateTimeField(null=True, blank=True)
    locked = models.BooleanField(default=False)
    told_early_at = models.DateTimeField(null=True, blank=True)
    """When a seat was first shown an answer that the class had not yet seen."""
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime | None:
        """When the time of an open sitting is over; None without a limit."""
        if self.opened_at is None or self.minutes is None:
            return None
        return self.opened_at + timedelta(minutes=self.minutes)


class Block(models.Model):
    """A run of dossiers within a sitting, with its own share of victims and its own feedback."""

    class Feedback(models.TextChoices):
        """When a seat learns what was so: after each decision, after the block, or when the class does."""

        EACH = "each"
        BLOCK = "block"
        REVEAL = "reveal"

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="blocks")
    number = models.PositiveSmallIntegerField()
    size = models.PositiveSmallIntegerField()
    victims_in_100 = models.PositiveSmallIntegerField()
    feedback = models.CharField(max_length=6, choices=Feedback.choices, default=Feedback.REVEAL)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sitting", "number"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.sitting}: {self.number}"


class Dossier(models.Model):
    """What lies on the desk: see `console.casebook` for the form of `content`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="dossiers")
    letter = models.CharField(max_length=4)
    """What the class calls it aloud, such as B7; given at random."""
    content = models.JSONField()

    def __str__(self) -> str:
        return self.letter


class RosterEntry(models.Model):
    """Somebody whom the trainer expects: a nickname and a PIN, instead of a free choice of names."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="roster")
    nickname = models.CharField(max_length=LONGEST_NICKNAME)
    pin = models.CharField(max_length=128)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("sitting", Lower("nickname"), name="roster_nickname_once")
        ]

    def __str__(self) -> str:
        return self.nickname


class Seat(models.Model):
    """One trainee in a sitting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="seats")
    nickname = models.CharField(max_length=LONGEST_NICKNAME)
    look = models.CharField(max_length=LONGEST_LOOK)
    """What the nickname looks like; see `nicknames`."""
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    return_key = models.CharField(max_length=128)
    """Hash of the key by which another browser takes the seat up again."""
    joined_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["joined_at"]
        constraints: ClassVar = [
            models.UniqueConstraint("sitting", Lower("nickname"), name="seat_nickname_once"),
            models.UniqueConstraint(fields=["sitting", "look"], name="seat_look_once"),
        ]

    def __str__(self) -> str:
        return self.nickname


class Turn(models.Model):
    """One dossier before one seat, in the seat's own order within each block."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="turns")
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="turns")
    position = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seat", "dossier"], name="turn_once"),
            models.UniqueConstraint(fields=["seat", "position"], name="turn_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.position}"


class Request(models.Model):
    """New evidence that a seat asked for."""

    class Kind(models.TextChoices):
        """Asking for documents brings what registries answer; a further interview brings its answers."""

        DOCUMENTS = "documents"
        INTERVIEW = "interview"

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["turn", "kind"], name="request_once")]

    def __str__(self) -> str:
        return f"{self.turn}: {self.kind}"


class AssistanceShown(models.Model):
    """What the screener said to a seat, as a log: at which evidence, and when."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="assistance")
    evidence = models.CharField(max_length=LONGEST_EVIDENCE)
    shown_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["turn", "evidence"], name="assistance_once")]

    def __str__(self) -> str:
        return f"{self.turn}: {self.evidence}"


class Decision(models.Model):
    """What a seat decided, written once; a second round exists where assistance comes after the first."""

    class Action(models.IntegerChoices):
        """The four actions, from least to most attention; numbers are those of `Recommendation`."""

        PROCEED = 0
        DOCUMENTS = 1
        INTERVIEW = 2
        REFER = 3

    class Confidence(models.IntegerChoices):
        """How sure a seat is."""

        UNSURE = 1
        FAIRLY = 2
        SURE = 3

    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField(default=1)
    action = models.PositiveSmallIntegerField(choices=Action.choices)
    confidence = models.PositiveSmallIntegerField(choices=Confidence.choices)
    indicators = models.JSONField(default=list)
    """Names of the indicators that were ticked, sorted."""
    reason = models.TextField(blank=True, max_length=1000)
    is_doubted = models.BooleanField(default=False)
    """Whether the seat says that no such dossier could exist."""
    seconds = models.FloatField()
    """From the first look at the dossier, by the server's clock."""
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["decided_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["turn", "round"], name="decision_once")]

    def __str__(self) -> str:
        return f"{self.turn}: {self.get_action_display()}"


class FailedAttempt(models.Model):
    """A code, PIN, key or password that was wrong, kept for an hour, so that guessing is slowed down."""

    class Kind(models.TextChoices):
        """What was guessed; each kind has a budget of its own."""

        CODE = "code"
        PIN = "pin"
        KEY = "key"
        SIGN_IN = "sign_in"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.CharField(max_length=64)
    """Whose failure it counts as: an address, or a hash of what it belongs to."""
    mistake = models.CharField(max_length=64, blank=True)
    """A hash of what was wrong, where the same mistake counts once; else empty."""
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "subject", "at"], name="attempt_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
