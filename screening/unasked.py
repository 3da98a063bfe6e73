"""Reading dossiers of which some fields were never asked for, because a stage was passed over.

Not asked is neither unknown nor absent: what would read such a field is left out, and so contributes nothing.
It changes no rule and no card; it only takes away. Which card reads a dossier may itself depend on an answer,
that somebody has an offer of work: unasked, the dossier is read as one that tells of none, and then the two
scores are not comparable. Cards of their own for such dossiers would be better; there are none.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from dossier.dossiers import Dossiers
from dossier.fields import MISSING
from models.card import StageCards
from models.features import CardInput
from screening.rulebook import CompiledRulebook


def rules_without(rulebook: CompiledRulebook, unasked: Collection[str]) -> CompiledRulebook:
    """Return the rules and indicators that read none of the fields in `unasked`."""
    return replace(
        rulebook,
        rules=tuple(rule for rule in rulebook.rules if not set(rule.reads) & set(unasked)),
        indicators={
            name: one for name, one in rulebook.indicators.items() if not set(one.reads) & set(unasked)
        },
    )


def cards_without(cards: StageCards, unasked: Collection[str], left: CompiledRulebook) -> StageCards:
    """Return the same cards without the rows that read a field in `unasked`: these give no points.

    Args:
        cards: The cards of a stage.
        unasked: Names of fields.
        left: The rules and indicators that read none of them.
    """
    rules = {rule.id for rule in left.rules}

    def is_left(entry: CardInput) -> bool:
        match entry.kind:
            case "rule":
                return entry.name in rules
            case "indicator":
                return entry.name in left.indicators
            case _:
                return entry.name not in unasked

    rows = tuple(row for row in cards.rows if is_left(row.card_input))
    return StageCards(
        stage=cards.stage, contexts=cards.contexts, start=cards.start, rows=rows, family_of=cards.family_of
    )


def with_empty_cells(dossiers: Dossiers, names: Collection[str]) -> Dossiers:
    """Return dossiers in which fields that were not asked for decide on no context."""
    empty = np.broadcast_to(np.int8(MISSING), len(dossiers))
    return replace(dossiers, columns={**dossiers.columns, **dict.fromkeys(names, empty)})
