"""Training composed: applicants from the generator, rules from the rulebook, cards from the models.

The packages below do not know each other; this module hands draws and findings from one to the other. The
same scenario, rulebook and seed give the same cards, to the last hundredth, under the lock file.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dossier.dossiers import Dossiers, joined
from dossier.fields import fields_visible_at
from dossier.stages import Stage
from models.card import CardSet, StageCards, Training
from models.challengers import Challenger, train_challenger
from models.features import context_of, contexts_at, encode
from models.train import OTHERS, Sample, settings, train_stage
from screening.rulebook import CompiledRulebook
from screening.screener import inputs_at, read_evidence
from synthetic.changes import scenario_hash
from synthetic.cohort import FreshDraws
from synthetic.world import World


@dataclass(frozen=True)
class TrainingDraw:
    """A case-control sample of labelled dossiers.

    Attributes:
        dossiers: Victims family by family, then the others.
        family: Shape (n,): index into `families`; -1 for the others.
        families: Typology families.
        shares: Share of each family among the scenario's applicants.
        share_of_others: Share of non-victims.
    """

    dossiers: Dossiers
    family: npt.NDArray[np.int16]
    families: tuple[str, ...]
    shares: tuple[float, ...]
    share_of_others: float


def training_draw(world: World, seed: int) -> TrainingDraw:
    """Draw the sample on which the cards of one scenario are trained."""
    chosen, draws = settings(), FreshDraws(world)
    shares: dict[str, float] = {}
    members: dict[str, list[str]] = {}
    for module in world.modules:
        share = world.scenario.mix[module.id].share
        if module.module.family and share > 0:
            shares[module.module.family] = shares.get(module.module.family, 0.0) + share
            members.setdefault(module.module.family, []).append(module.id)
    parts = [
        draws("victims", chosen.victims_per_family, seed + 1 + i, modules=tuple(members[f]))[0]
        for i, f in enumerate(shares)
    ]
    parts.append(draws("others", chosen.others, seed)[0])
    labels = [*range(len(shares)), OTHERS]
    family = np.concatenate(
        [np.full(len(part), label, dtype=np.int16) for part, label in zip(parts, labels, strict=True)]
    )
    others = sum(
        world.scenario.mix[m.id].share for m in world.modules if m.module.truth in ("lawful", "irregular")
    )
    return TrainingDraw(joined(parts), family, tuple(shares), tuple(shares.values()), others)


def train_cards(
    world: World,
    rulebook: CompiledRulebook,
    seed: int,
    name: str,
    progress: Callable[[str], None] = lambda _: None,
) -> CardSet:
    """Train cards for every stage.

    Args:
        world: The compiled scenario.
        rulebook: The rules whose outcomes the cards read.
        seed: Seed of the training draw.
        name: Id of the new cards.
        progress: Called with a sentence before each stage.
    """
    progress("Drawing applicants to learn from")
    drawn = training_draw(world, seed)
    stages = []
    for stage in Stage:
        progress(f"Learning the cards of the {stage.label}")
        stages.append(_train_one(stage, rulebook, drawn))
    counts = {family: int((drawn.family == i).sum()) for i, family in enumerate(drawn.families)}
    training = Training(
        scenario=world.scenario.id,
        scenario_hash=scenario_hash(world.scenario),
        seed=seed,
        victims=counts,
        others=int((drawn.family == OTHERS).sum()),
        shares=dict(zip(drawn.families, drawn.shares, strict=True)),
        share_of_others=drawn.share_of_others,
    )
    return CardSet(
        id=name,
        rulebook=rulebook.rulebook.id,
        columns_hash=rulebook.columns_hash,
        families=drawn.families,
        training=training,
        stages=tuple(stages),
    )


def trained_challenger(world: World, seed: int, stage: Stage) -> Challenger:
    """Train the unrestricted rival on as many victims and others, each in the scenario's own mixture."""
    chosen, draws = settings(), FreshDraws(world)
    victims = draws("victims", chosen.challenger_victims, seed + 1)[0]
    others = draws("others", chosen.challenger_others, seed)[0]
    is_victim = np.concatenate([np.ones(len(victims), dtype=bool), np.zeros(len(others), dtype=bool)])
    return train_challenger(joined([victims, others]), is_victim, stage)


def _train_one(stage: Stage, rulebook: CompiledRulebook, drawn: TrainingDraw) -> StageCards:
    seen = drawn.dossiers.select(fields_visible_at(stage))
    evidence = read_evidence(rulebook, seen, stage)
    inputs = inputs_at(rulebook, stage)
    levels = encode(inputs, seen, evidence.indicators, evidence.outcomes)
    contexts = tuple(context.name for context in contexts_at(stage))
    odds = tuple(share / drawn.share_of_others for share in drawn.shares)
    sample = Sample(levels, context_of(seen, stage), drawn.family, contexts, odds)
    return train_stage(stage, inputs, sample)
