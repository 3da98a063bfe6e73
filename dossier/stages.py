"""The stages at which an officer sees more and more of a dossier, in their fixed order.

A stage is a moment, not a place: *counter* and *interview* happen in the passport office on one day,
*verification* is what comes back from registries and agencies, *checkpoint* is the day of departure.
"""

from enum import IntEnum

from dossier.problems import BadInput


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


def stage_labelled(label: str, where: str) -> Stage:
    """Return the stage that somebody named.

    Args:
        label: The name.
        where: Where it was named, such as an option.

    Raises:
        BadInput: If there is no such stage.

    Examples:
        >>> stage_labelled("interview", "--stage") is Stage.INTERVIEW
        True
    """
    if label not in STAGE_LABELS:
        mend = f"Choose from: {', '.join(STAGE_LABELS)}."
        raise BadInput.of(f"there is no stage '{label}'", where=where, mend=mend)
    return Stage.of(label)
