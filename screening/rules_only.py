"""Rules that decide by themselves: a rulebook read without any learned card.

An override rule refers, and so do enough evidence rules together. Everything else of the screener stays as it
is, because cards are made in memory that count: each evidence rule that is present adds one point, of no
pattern in particular. Nothing is learned here, and no threshold made here carries a certificate.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.findings import FINDING_LABELS, PRESENT
from dossier.problems import BadInput
from dossier.stages import Stage
from models.card import HUNDREDTHS, CardRow, CardSet, StageCards, Training
from models.features import contexts_at
from screening.operating_point import OperatingPoint
from screening.referral import policy
from screening.rulebook import CompiledRulebook, Rulebook, compile_rulebook, load_rulebook, released_rulebooks
from screening.screener import Screener, inputs_at

NO_CARDS = "none"
"""What stands in place of the id of cards where rules decide by themselves."""

UNSPECIFIED = "unspecified"
"""The only family of such cards: rules name no pattern."""

Flags = npt.NDArray[np.bool_]

_NOTHING_LEARNED = Training(
    scenario="", scenario_hash="", seed=0, victims={}, others=0, shares={}, share_of_others=1.0
)


def decided_by_rules(cards: CardSet) -> bool:
    """Whether these cards only count rules, and so were never trained."""
    return cards.id == NO_CARDS and cards.families == (UNSPECIFIED,)


def rule_cards(rulebook: CompiledRulebook) -> CardSet:
    """Return cards on which every evidence rule that is present adds one point, the same in every context."""
    return CardSet(
        id=NO_CARDS,
        rulebook=rulebook.rulebook.id,
        columns_hash=rulebook.columns_hash,
        families=(UNSPECIFIED,),
        training=_NOTHING_LEARNED,
        stages=tuple(_stage_cards(rulebook, stage) for stage in Stage),
    )


def rules_screener(rulebook: Rulebook, refers_from: int | None = None) -> Screener:
    """Return the screener by which a rulebook decides without cards, on its own first day.

    Args:
        rulebook: Any rulebook, also one that is meant for cards.
        refers_from: How many evidence rules refer when they are present together; the rulebook's own number
            when left out, and where it has none, only override rules refer.

    Raises:
        BadInput: If nobody could be referred, or more rules are asked for than there are.
    """
    compiled = compile_rulebook(rulebook)
    number = rulebook.refers_from if refers_from is None else refers_from
    _check(compiled, number)
    point = OperatingPoint(
        cards=NO_CARDS,
        columns_hash=compiled.columns_hash,
        thresholds={stage.label: _threshold(compiled, number) for stage in Stage},
    )
    return Screener(compiled, rule_cards(compiled), point)


def rank_scores(rulebook: CompiledRulebook, dossiers: Dossiers, stage: Stage) -> npt.NDArray[np.float64]:
    """Return how many evidence rules are present in each dossier, shape (n,); infinite under an override.

    Args:
        rulebook: The rules.
        dossiers: Fields of later stages are not looked at, even where they are there.
        stage: What has been seen.
    """
    counted, overridden = _present(rulebook, dossiers, stage)
    return np.where(overridden, np.inf, counted)


def published_rulebooks() -> dict[str, CompiledRulebook]:
    """Return the released rulebooks that decide by themselves, by name, each on its own first day."""
    loaded = {name: load_rulebook(name) for name in released_rulebooks()}
    return {name: compile_rulebook(book) for name, book in loaded.items() if book.decides == "rules"}


def published_flags(
    rulebooks: Mapping[str, CompiledRulebook], dossiers: Dossiers, stage: Stage
) -> dict[str, Flags]:
    """Return whom each of several rulebooks refers at a stage, shape (n,), by name; no card is looked at.

    Args:
        rulebooks: Such as `published_rulebooks()`.
        dossiers: Must hold the fields visible at the stage.
        stage: What has been seen.
    """
    found = {}
    for name, compiled in rulebooks.items():
        counted, overridden = _present(compiled, dossiers, stage)
        number = compiled.rulebook.refers_from
        found[name] = overridden if number is None else overridden | (counted >= number)
    return found


def _present(
    rulebook: CompiledRulebook, dossiers: Dossiers, stage: Stage
) -> tuple[npt.NDArray[np.int16], Flags]:
    """Return how many evidence rules are present, and whether an override rule is, each of shape (n,)."""
    outcomes = rulebook.outcomes(dossiers.select(fields_visible_at(stage)), stage)
    counted, overridden = np.zeros(len(dossiers), dtype=np.int16), np.zeros(len(dossiers), dtype=bool)
    for rule in rulebook.rules_at(stage):
        if rule.tier == "override":
            overridden |= outcomes[rule.id] == PRESENT
        else:
            counted += outcomes[rule.id] == PRESENT
    return counted, overridden


def _stage_cards(rulebook: CompiledRulebook, stage: Stage) -> StageCards:
    contexts = tuple(context.name for context in contexts_at(stage))
    points = tuple(HUNDREDTHS if label == FINDING_LABELS[PRESENT] else 0 for label in FINDING_LABELS)
    rows = tuple(
        CardRow(input=entry.key, levels=entry.levels, points=((points,),) * len(contexts))
        for entry in inputs_at(rulebook, stage)
        if entry.kind == "rule"
    )
    return StageCards.model_validate(
        {"stage": stage.label, "contexts": contexts, "start": ((0,),) * len(contexts), "rows": rows}
    )


def _threshold(rulebook: CompiledRulebook, refers_from: int | None) -> int:
    """Return the threshold in hundredths; without a number, one so high that no count comes near it."""
    if refers_from is not None:
        return HUNDREDTHS * refers_from
    return HUNDREDTHS * (1 + len(_evidence_rules(rulebook))) + policy().interview_margin


def _evidence_rules(rulebook: CompiledRulebook) -> list[str]:
    return [rule.id for rule in rulebook.rules if rule.tier == "evidence"]


def _check(rulebook: CompiledRulebook, refers_from: int | None) -> None:
    name, evidence = rulebook.rulebook.id, len(_evidence_rules(rulebook))
    if refers_from is None and evidence == len(rulebook.rules):
        what = "without cards nobody could be referred: no rule refers by itself, and no number of them does"
        raise BadInput.of(what, where=name, mend="Say how many rules refer together.")
    if refers_from is not None and not 1 <= refers_from <= evidence:
        what = f"{refers_from} evidence rules cannot be asked for; there are {evidence}"
        mend = (
            f"Ask for a number from 1 to {evidence}." if evidence else "Ask for none: its rules refer alone."
        )
        raise BadInput.of(what, where=name, mend=mend)
