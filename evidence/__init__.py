"""Facts: every published figure that saring knows, once, with its source, unit, period and grade.

Generators, rulebooks and reports take their facts from here by key, so that a number can always be traced
to the page it stands on, and a doubtful one is seen to be doubtful. Where sources disagree, both figures
stand and say so; a scenario chooses one by name. Assumptions live in `synthetic/`, policy in
`screening/rulebooks/`; this package holds neither, and it never says anything about a person.
"""

from evidence.citations import citations, works_behind
from evidence.entries import Entry, Figure, Grade, Period, Provenance, Source, Unit
from evidence.instruments import Combination, Dimension, Instrument, Outcome
from evidence.registry import (
    Registry,
    evidence_hash,
    family,
    figure,
    figures,
    instruments,
    read_registry,
    registry,
    sources,
    units,
)

__all__ = [
    "Combination",
    "Dimension",
    "Entry",
    "Figure",
    "Grade",
    "Instrument",
    "Outcome",
    "Period",
    "Provenance",
    "Registry",
    "Source",
    "Unit",
    "citations",
    "evidence_hash",
    "family",
    "figure",
    "figures",
    "instruments",
    "read_registry",
    "registry",
    "sources",
    "units",
    "works_behind",
]
