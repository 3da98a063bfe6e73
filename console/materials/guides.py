"""The facilitator guide of a scenario, gathered from scenario, modules, lesson plan, rules and evidence.

A guide is about the scenario and about teaching. It holds no dossier and no answer of a sitting, so that it
can lie open on a desk. It adds nothing to what the files say but the advice in `guide.toml`.
"""

from dataclasses import dataclass
from functools import cache

from console.casebook.lessons import Lesson, lesson_for
from console.materials.guide_referral import Referral, referral_for
from console.materials.guide_signs import (
    Knowledge,
    Lookalike,
    StageSigns,
    knowledge,
    lookalikes,
    signs_by_stage,
    typologies,
)
from console.materials.guide_sources import Basis, basis_of
from console.materials.guide_texts import GuideTexts, Particular, guide_texts
from console.materials.sources import Work, papers, works_of
from synthetic.descriptions import as_told
from synthetic.modules import ModuleHead
from synthetic.scenarios import ScenarioHead, load_scenario, scenario_names


@dataclass(frozen=True)
class Guide:
    """Everything that a facilitator guide prints.

    Attributes:
        scenario: The head of the scenario's file: title, narrative, aims, difficulty.
        lesson: The time plan.
        texts: Advice that is the same for every scenario.
        particular: What is particular to this one.
        typologies: The ways of being trafficked that it plays.
        journeys: The ordinary journeys beside them.
        knowledge: What its victims know and say; None where it has none.
        signs: What can be seen at which stage.
        lookalikes: Who looks alike.
        referral: What follows a flag.
        basis: What is sourced and what is assumed.
        advice: The works that the advice on teaching rests on.
        papers: The papers that texts name by number.
    """

    scenario: ScenarioHead
    lesson: Lesson
    texts: GuideTexts
    particular: Particular
    typologies: tuple[ModuleHead, ...]
    journeys: tuple[ModuleHead, ...]
    knowledge: Knowledge | None
    signs: tuple[StageSigns, ...]
    lookalikes: tuple[Lookalike, ...]
    referral: Referral
    basis: Basis
    advice: tuple[Work, ...]
    papers: tuple[Work, ...]


@cache
def guide_for(name: str) -> Guide:
    """Return the guide of a released scenario.

    Raises:
        KeyError: If there is no released scenario of that name.
    """
    if name not in scenario_names():
        raise KeyError(name)
    scenario, lesson, texts = load_scenario(name), lesson_for(name), guide_texts()
    heads = [as_told(scenario.library[module_id][0].module) for module_id in scenario.mix]
    victims = typologies(scenario)
    return Guide(
        scenario=scenario.scenario,
        lesson=lesson,
        texts=texts,
        particular=texts.scenarios[name],
        typologies=tuple(as_told(module.module) for module in victims),
        journeys=tuple(head for head in heads if head.kind == "journey" and head.truth != "facilitator"),
        knowledge=knowledge(scenario) if victims else None,
        signs=signs_by_stage(scenario, lesson.place, texts),
        lookalikes=lookalikes(scenario, lesson.place, texts),
        referral=referral_for({module.module.family for module in victims}),
        basis=basis_of(scenario),
        advice=works_of(texts.sources),
        papers=papers(),
    )
