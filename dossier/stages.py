"""The stages at which an officer sees more and more of a dossier, in their fixed order.

A stage is a moment, not a place: *counter* and *interview* happen in the passport office on one day,
*verification* is what comes back from registries and agencies, *checkpoint* is the day of departure.
"""

from enum import IntEnum


class Stage(IntEnum):
    """A stage of the pathway; a later stage sees all that an earlier one saw.

    Examples:
        >>> Stage.COUNTER < Stage.CHECKPOINT
        True
        >>> Stage.of("interview").label
        'interview'
    """

    COUNTER = 0
    INTERVIEW = 1
    VERIFICATION = 2
    CHECKPOINT = 3

    @property
    def label(self) -> str:
        """The stage's name in lower case, as it stands in files."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> "Stage":
        """Return the stage named `label`; raises `KeyError` for any other word."""
        return cls[label.upper()]


STAGE_LABELS = tuple(stage.label for stage in Stage)
