"""Which stages' evidence lies on the desk from the beginning; what is asked for later is not known here."""

from dossier.stages import Stage

CHECKPOINT = "checkpoint"
"""The place where the day's journey lies beside the file; at an office it does not."""


def first_stages(place: str) -> frozenset[Stage]:
    """Return the stages whose evidence lies on the desk before anybody asks for more.

    Args:
        place: `office` or `checkpoint`.

    Examples:
        >>> [stage.label for stage in sorted(first_stages("checkpoint"))]
        ['counter', 'checkpoint']
    """
    return frozenset({Stage.COUNTER, Stage.CHECKPOINT} if place == CHECKPOINT else {Stage.COUNTER})
