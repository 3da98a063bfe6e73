"""What a scenario lets be seen where: signs of its victims by stage, who else shows them, and why they might.

Everything is read from the modules' own numbers, so that a guide never claims more than the simulation does.
How strong a sign is, stays out of the guide: most of these numbers are assumed. Who people are is no sign.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.casebook.wording import amount_text, text_of
from console.materials.guide_texts import GuideTexts
from dossier.codes import code_name
from dossier.fields import Field, fields
from dossier.stages import Stage
from dossier.texts import Text
from screening.evaluation.texts import limit
from screening.reasons import filled
from screening.rulebook import Rule
from screening.screener import released_rules
from synthetic.modules import Module, Tier
from synthetic.scenarios import Scenario

Odds = Mapping[str, Mapping[str, float]]
"""How many times as common an answer is, by field and code."""


@dataclass(frozen=True)
class StageSigns:
    """What a stage shows first.

    Attributes:
        stage: Its label.
        signs: What is more common among the victims, the strongest first.
        explanations: Rules that ask about such signs, with their innocent explanations.
    """

    stage: str
    signs: tuple[Text, ...]
    explanations: tuple[Rule, ...]


@dataclass(frozen=True)
class Lookalike:
    """Honest or irregular travellers who look alike.

    Attributes:
        title, description: Who they are.
        truth: Label of their class: lawful or irregular.
        in_common: Signs of the victims that are more common among them, too.
    """

    title: Text
    description: Text
    truth: str
    in_common: tuple[Text, ...]


@dataclass(frozen=True)
class Knowledge:
    """What the victims of a scenario know and say, as it assumes.

    Attributes:
        unaware: Share who do not know that they are deceived.
        covered: Share who travel under a cover story.
        expert: Share of the networks that camouflage like experts.
    """

    unaware: float
    covered: float
    expert: float

    @property
    def unaware_said(self) -> Text:
        """The share of the unaware, in whole per cent."""
        return _whole(self.unaware)

    @property
    def covered_said(self) -> Text:
        """The share under a cover story, in whole per cent."""
        return _whole(self.covered)

    @property
    def expert_said(self) -> Text:
        """The share of expert networks, in whole per cent."""
        return _whole(self.expert)


def stages_at(place: str) -> tuple[Stage, ...]:
    """Return the stages that a sitting at a place has: at the office the day of departure has not come."""
    return tuple(stage for stage in Stage if place == "checkpoint" or stage != Stage.CHECKPOINT)


def signs_by_stage(scenario: Scenario, place: str, texts: GuideTexts) -> tuple[StageSigns, ...]:
    """Return what each stage of a place shows first of the scenario's victims."""
    odds = _signs(scenario, texts)
    return tuple(_stage_signs(stage, odds, texts) for stage in stages_at(place))


def lookalikes(scenario: Scenario, place: str, texts: GuideTexts) -> tuple[Lookalike, ...]:
    """Return the lookalikes of a scenario, the largest share first."""
    stages = {stage.label for stage in stages_at(place)}
    signs = {name: codes for name, codes in _signs(scenario, texts).items() if fields()[name].stage in stages}
    found = []
    for module_id, _ in sorted(scenario.mix.items(), key=lambda item: -item[1].share):
        module = scenario.library[module_id][0]
        if module.module.kind == "lookalike":
            shared = _shared(signs, _odds(scenario, module))
            common = tuple(_said(name, codes, texts) for name, codes in shared.items())[: texts.signs_shared]
            head = module.module
            found.append(Lookalike(head.title, head.description, head.truth, common))
    return tuple(found)


def typologies(scenario: Scenario) -> tuple[Module, ...]:
    """Return the ways of being trafficked of a scenario, the largest share first."""
    ordered = sorted(scenario.mix.items(), key=lambda item: -item[1].share)
    modules = (scenario.library[module_id][0] for module_id, _ in ordered)
    return tuple(module for module in modules if module.module.kind == "typology")


def knowledge(scenario: Scenario) -> Knowledge:
    """Return what the scenario assumes of its victims' knowledge, over all its typologies by their shares."""
    weighted = [
        (scenario.mix[module.id].share * tier.weight, name, tier)
        for module in typologies(scenario)
        for name, tier in _tiers(scenario, module).items()
    ]
    total = sum(weight for weight, _, _ in weighted)
    unaware = sum(weight * tier.unaware for weight, _, tier in weighted)
    covered = sum(weight * (1 - tier.unaware) * tier.cover for weight, _, tier in weighted)
    expert = sum(weight for weight, name, _ in weighted if name == "expert")
    return Knowledge(unaware / total, covered / total, expert / total)


def _whole(share: float) -> Text:
    return text_of(limit(round(share, 2)))


def _tiers(scenario: Scenario, module: Module) -> dict[str, Tier]:
    overlay = scenario.overlay.get(module.id)
    return {**module.tiers, **(overlay.tiers if overlay else {})}


def _odds(scenario: Scenario, module: Module) -> Odds:
    """Return a module's odds as the scenario has them; a whole distribution of its own leaves no odds."""
    overlay = scenario.overlay.get(module.id)
    odds = {**module.odds, **(overlay.odds if overlay else {})}
    tables = set(overlay.table) if overlay else set()
    return {name: block.values for name, block in odds.items() if name in fields() and name not in tables}


def _signs(scenario: Scenario, texts: GuideTexts) -> Odds:
    """Return the answers that some typology makes common enough, each with its strongest number."""
    found: dict[str, dict[str, float]] = {}
    for module in typologies(scenario):
        for name, numbers in _odds(scenario, module).items():
            if fields()[name].theme in texts.themes_left_out or name in texts.fields_left_out:
                continue
            for code, times in numbers.items():
                if times >= texts.signs_from:
                    codes = found.setdefault(name, {})
                    codes[code] = max(times, codes.get(code, times))
    return found


def _shared(signs: Odds, others: Odds) -> dict[str, list[str]]:
    """Return the signs that others make more common, too."""
    more = {name: [code for code, times in codes.items() if times > 1] for name, codes in others.items()}
    both = {name: [code for code in codes if code in more.get(name, [])] for name, codes in signs.items()}
    return {name: codes for name, codes in both.items() if codes}


def _stage_signs(stage: Stage, odds: Odds, texts: GuideTexts) -> StageSigns:
    here = {name: codes for name, codes in odds.items() if fields()[name].stage == stage.label}
    strongest = sorted(here, key=lambda name: -max(here[name].values()))[: texts.signs_per_stage]
    said = tuple(_said(name, here[name], texts) for name in strongest)
    return StageSigns(stage.label, said, _explanations(stage, set(odds), texts.explanations_per_stage))


def _explanations(stage: Stage, names: set[str], most: int) -> tuple[Rule, ...]:
    """Return the rules of a stage that ask most about the named fields."""
    at_stage = (rule for rule in released_rules().rules if rule.stage == stage)
    asking = [rule for rule in at_stage if names.intersection(rule.reads)]
    return tuple(sorted(asking, key=lambda rule: _coverage(rule, names), reverse=True)[:most])


def _coverage(rule: Rule, names: set[str]) -> tuple[float, int]:
    common = len(names.intersection(rule.reads))
    return common / len(rule.reads), common


def _said(name: str, codes: Iterable[str], texts: GuideTexts) -> Text:
    """Return a field with the answers that are meant."""
    field = fields()[name]
    values = _amounts(field, sorted(map(int, codes)), texts) if field.is_number else _names(name, codes)
    return filled(texts.sign, label=field.label, values=values)


def _names(name: str, codes: Iterable[str]) -> Text:
    said = [code_name(name, code) for code in codes]
    return Text(en=", ".join(one.en for one in said), id=", ".join(one.id for one in said))


def _amounts(field: Field, bins: list[int], texts: GuideTexts) -> Text:
    """Return bins of a number, named by their lower edges, as one range; an open one says from where."""
    higher = [edge for edge in field.edges if edge > bins[-1]]
    if higher:
        return amount_text(field.unit, bins[0], higher[0] - field.step)
    return filled(texts.from_limit, limit=amount_text(field.unit, bins[0]))
