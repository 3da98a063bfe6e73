"""Training composed: applicants from the generator, rules from the rulebook, cards from the models.

The packages below do not know each other; this module hands draws and findings from one to the other. The
same scenario, rulebook and seed give the same cards, to the last hundredth, under the lock file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from console.parts.memory import give_back
from console.parts.parallel import apart, each_part
from dossier.dossiers import Dossiers, joined
from dossier.fields import fields_visible_at
from dossier.stages import Stage
from models.card import CardSet, StageCards, Training
from models.challengers import Challenger, challenger_matrix, fit_challenger
from models.features import context_of, contexts_at, encode
from models.train import OTHERS, Sample, Settings, settings, train_stage
from screening.rulebook import CompiledRulebook
from screening.screener import inputs_at, read_evidence
from synthetic.changes import scenario_hash
from synthetic.cohort import FreshDraws, dossiers_of
from synthetic.compile import compile_world
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.world import World

WORKERS = 2
"""Stages learned at a time; each takes a few hundred megabytes."""


@dataclass(frozen=True)
class TrainingDraw:
    """A case-control sample of labelled dossiers.

    Attributes:
        dossiers: Victims family by family, then the others.
        family: Shape (n,): index into `families`; -1 for the others.
        typology: Shape (n,): index into `typologies`; -1 for the others.
        families: Typology families.
        typologies: Typologies; the members of a family stand together.
        family_of: For each typology, the index of its family.
        shares: Share of each typology among the scenario's applicants.
        share_of_others: Share of non-victims.
    """

    dossiers: Dossiers
    family: npt.NDArray[np.int16]
    typology: npt.NDArray[np.int16]
    families: tuple[str, ...]
    typologies: tuple[str, ...]
    family_of: tuple[int, ...]
    shares: tuple[float, ...]
    share_of_others: float

    def family_shares(self) -> dict[str, float]:
        """Return the share of each family among the scenario's applicants."""
        found = dict.fromkeys(self.families, 0.0)
        for family, share in zip(self.family_of, self.shares, strict=True):
            found[self.families[family]] += share
        return found


def home_of(training: Training, world: World) -> World:
    """Return where cards were trained: a released scenario, or `world` where theirs is none."""
    own = training.scenario in scenario_names()
    return compile_world(load_scenario(training.scenario)) if own else world


def training_draw(
    world: World, seed: int, without: str | None = None, chosen: Settings | None = None
) -> TrainingDraw:
    """Draw the sample on which the cards of one scenario are trained.

    Args:
        world: The compiled scenario.
        seed: Seed of the draw.
        without: A family to leave out, to measure what its absence from the training costs.
        chosen: Other settings than those of the training, where something is trained for a study.
    """
    chosen, draws, mix = chosen or settings(), FreshDraws(world), world.scenario.mix
    members: dict[str, list[str]] = {}
    for module in world.modules:
        if module.module.family not in ("", None, without) and mix[module.id].share > 0:
            members.setdefault(module.module.family, []).append(module.id)
    typologies = tuple(module for modules in members.values() for module in modules)
    parts, typology = [], []
    for place, modules in enumerate(members.values()):
        drawn, truth = draws("victims", chosen.victims_per_family, seed + 1 + place, modules=tuple(modules))
        card = np.array([typologies.index(name) if name in typologies else OTHERS for name in truth.modules])
        parts.append(drawn)
        typology.append(card[truth.module])
    parts.append(draws("others", chosen.others, seed)[0])
    typology.append(np.full(chosen.others, OTHERS))
    cards = np.concatenate(typology).astype(np.int16)
    family_of = tuple(place for place, modules in enumerate(members.values()) for _ in modules)
    return TrainingDraw(
        dossiers=joined(parts),
        family=np.array([*family_of, OTHERS], dtype=np.int16)[cards],
        typology=cards,
        families=tuple(members),
        typologies=typologies,
        family_of=family_of,
        shares=tuple(mix[name].share for name in typologies),
        share_of_others=sum(
            mix[m.id].share for m in world.modules if m.module.truth in ("lawful", "irregular")
        ),
    )


def train_cards(
    world: World,
    rulebook: CompiledRulebook,
    seed: int,
    name: str,
    progress: Callable[[str], None] = lambda _: None,
    *,
    without: str | None = None,
    stages: Sequence[Stage] = tuple(Stage),
    workers: int = WORKERS,
    chosen: Settings | None = None,
) -> CardSet:
    """Train cards, for every stage unless told otherwise.

    Args:
        world: The compiled scenario.
        rulebook: The rules whose outcomes the cards read.
        seed: Seed of the training draw.
        name: Id of the new cards.
        progress: Called with a sentence as the work goes on.
        without: A family to leave out of the training.
        stages: The stages.
        workers: How many stages are learned at a time; it changes nothing but the time.
        chosen: Other settings than those of the training, where something is trained for a study.
    """
    progress("Drawing applicants to learn from")
    drawn = training_draw(world, seed, without, chosen)
    training = training_of(world, drawn, seed)
    return learned_cards(
        drawn, training, rulebook, name, progress, stages=stages, workers=workers, chosen=chosen
    )


def learned_cards(
    drawn: TrainingDraw,
    training: Training,
    rulebook: CompiledRulebook,
    name: str,
    progress: Callable[[str], None] = lambda _: None,
    *,
    stages: Sequence[Stage] = tuple(Stage),
    workers: int = WORKERS,
    chosen: Settings | None = None,
) -> CardSet:
    """Learn cards from a sample; `train_cards` draws the sample and does this.

    Args:
        drawn: The sample, whoever labelled it.
        training: What the cards say of their training.
        rulebook: The rules whose outcomes the cards read.
        name: Id of the new cards.
        progress: Called with a sentence as the work goes on.
        stages: The stages.
        workers: How many stages are learned at a time; it changes nothing but the time.
        chosen: Other settings than those of the training, where something is trained for a study.
    """

    def one(place: int) -> StageCards:
        return _train_one(stages[place], rulebook, drawn, chosen)

    learned = []
    for cards in each_part(one, len(stages), workers):
        learned.append(cards)
        progress(f"Learned the cards of the {cards.stage} ({len(learned)} of {len(stages)} stages)")
    return CardSet(
        id=name,
        rulebook=rulebook.rulebook.id,
        columns_hash=rulebook.columns_hash,
        families=drawn.families,
        training=training,
        stages=tuple(learned),
    )


def training_of(world: World, drawn: TrainingDraw, seed: int) -> Training:
    """Return what cards say of the sample they were learned from."""
    counted = drawn.typology[drawn.typology != OTHERS]
    typologies = np.bincount(counted, minlength=len(drawn.typologies)).tolist()
    return Training(
        scenario=world.scenario.id,
        scenario_hash=scenario_hash(world.scenario),
        seed=seed,
        victims={family: int((drawn.family == i).sum()) for i, family in enumerate(drawn.families)},
        others=int((drawn.family == OTHERS).sum()),
        shares=drawn.family_shares(),
        share_of_others=drawn.share_of_others,
        typologies=dict(zip(drawn.typologies, typologies, strict=True)),
    )


def labelled_draw(
    world: World, victims: int, others: int, seed: int, modules: tuple[str, ...] = ()
) -> tuple[Dossiers, npt.NDArray[np.bool_]]:
    """Return victims and then others, each in the scenario's own mixture, and who is a victim, shape (n,).

    Args:
        world: The compiled scenario.
        victims, others: How many of each.
        seed: Seed of the others' draw; the victims have the next.
        modules: Typologies of the victims; all when left out.
    """
    people = joined(list(_labelled_parts(world, victims, others, seed, modules)))
    return people, np.repeat([True, False], [victims, others])


def _labelled_parts(
    world: World, victims: int, others: int, seed: int, modules: tuple[str, ...]
) -> Iterator[Dossiers]:
    """Yield victims and then others part by part; of what was drawn, nothing else is kept."""
    draws = FreshDraws(world)
    for part in draws.chunks("victims", victims, seed + 1, modules=modules):
        yield dossiers_of(part)
    for part in draws.chunks("others", others, seed):
        yield dossiers_of(part)


def trained_challenger(
    world: World,
    seed: int,
    stage: Stage,
    *,
    others: int | None = None,
    without: str | None = None,
    chosen: Settings | None = None,
    alone: bool = False,
) -> Challenger:
    """Train the unrestricted rival on as many victims and others, each in the scenario's own mixture.

    Args:
        world: The compiled scenario.
        seed: Seed of the training draw.
        stage: Which fields are visible.
        others: Number of others; that of the settings when left out.
        without: A family to leave out of the training.
        chosen: Other settings than those of the training; only the sizes of the sample are read here.
        alone: Whether a process of its own learns, whose memory ends with it; learning takes several times
            the memory of what it reads.
    """
    chosen = chosen or settings()
    modules = tuple(
        m.id
        for m in world.modules
        if m.module.family and m.module.family != without and world.scenario.mix[m.id].share > 0
    )
    sizes = chosen.challenger_victims, others or chosen.challenger_others
    matrix = challenger_matrix(
        _labelled_parts(world, *sizes, seed, modules if without else ()), sum(sizes), stage
    )
    give_back()
    fit = partial(fit_challenger, matrix, np.repeat([True, False], sizes), stage)
    return apart(fit) if alone else fit()


def _train_one(
    stage: Stage, rulebook: CompiledRulebook, drawn: TrainingDraw, chosen: Settings | None
) -> StageCards:
    seen = drawn.dossiers.select(fields_visible_at(stage))
    evidence = read_evidence(rulebook, seen, stage)
    inputs = inputs_at(rulebook, stage)
    levels = encode(inputs, seen, evidence.indicators, evidence.outcomes)
    contexts = tuple(context.name for context in contexts_at(stage))
    odds = tuple(share / drawn.share_of_others for share in drawn.shares)
    context = context_of(seen, stage)
    sample = Sample(levels, context, drawn.typology, contexts, odds, drawn.family_of)
    return train_stage(stage, inputs, sample, chosen)
