"""How much the results depend on the numbers nobody knows: one at a time, at both ends of its range.

Varied are the shares of a scenario that state a range, numbers whose figure has a published spread, and the
camouflage of the tiers. The measure is the best possible miss rate, on the same streams every time, so that
a difference is the parameter's and not chance's. Ranges that no number takes are left out, and dated regimes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from dossier.stages import Stage
from dossier.truth import TruthClass
from evidence import Figure, figure
from synthetic.audit import judge_afresh
from synthetic.compile import compile_world
from synthetic.fidelity.counts import Share
from synthetic.fidelity.settings import settings
from synthetic.modules import Numbers, Tier
from synthetic.population import Population, load_population
from synthetic.provenance import Number, numbers_of
from synthetic.scenarios import POPULATION, Overlay, Scenario

Part: TypeAlias = Literal["table", "odds"]
Kind: TypeAlias = Literal["share", "tier", "camouflage"] | Part
WHY = "A parameter of the sensitivity analysis."


@dataclass(frozen=True, eq=False)
class Parameter:
    """A number that nobody knows for sure, and the scenario at both ends of its range.

    Attributes:
        kind: What it is a number of.
        parts: Where it stands: the module, or nothing for all typologies; its tier; its variable and code.
        basis: Why it has that range: "share", "evidence" or "camouflage"; "assumed" where it has none of its
            own.
        low, value, high: The ends, and what is used; for camouflage, what is added to every tier.
        at_low, at_high: The scenario with it.
    """

    kind: Kind
    parts: tuple[str, ...]
    basis: str
    low: float
    value: float
    high: float
    at_low: Scenario
    at_high: Scenario

    @property
    def name(self) -> str:
        """Where it stands, in words."""
        match self.kind:
            case "table" | "odds":
                module_id, variable, code = self.parts
                return f"{module_id}: {variable}, {code}"
            case "tier":
                module_id, tier = self.parts
                return f"weight of the tier {tier} of {module_id}"
            case _:
                return f"{self.kind} of {', '.join(self.parts) or 'all typologies'}"


@dataclass(frozen=True)
class Swing:
    """What a parameter does to the best possible miss rate.

    Attributes:
        name, basis, low, value, high: The parameter.
        missed_low, usual, missed_high: Victims the oracle misses at either end, and as it stands.
    """

    name: str
    basis: str
    low: float
    value: float
    high: float
    missed_low: Share
    usual: Share
    missed_high: Share

    @property
    def size(self) -> float:
        """Distance between the lowest and the highest of its miss rates, the usual one among them."""
        rates = [share.estimate or 0.0 for share in (self.missed_low, self.usual, self.missed_high)]
        return max(rates) - min(rates)


@dataclass(frozen=True)
class Tornado:
    """The parameters, the strongest first.

    Attributes:
        usual: What the oracle misses with every number as it stands.
        swings: By size.
        left_out: Parameters with a range that were not varied, for the number of them is limited.
        others: Non-victims drawn for every measurement.
    """

    usual: Share
    swings: tuple[Swing, ...]
    left_out: tuple[str, ...]
    others: int


def tornado(
    scenario: Scenario, stage: Stage, seed: int, workers: int, advance: Callable[[int], None]
) -> Tornado:
    """Vary the parameters of a scenario one by one.

    Args:
        scenario: The scenario.
        stage: What has been seen.
        seed: The same for every measurement.
        workers: Measurements at a time; changes no result.
        advance: Told of every measurement that is done.
    """
    found = parameters(scenario)
    varied = found[: settings().tornado.parameters]

    def measure(variant: Scenario) -> Share:
        share = missed(variant, stage, seed)
        advance(1)
        return share

    with ThreadPoolExecutor(workers) as pool:
        ends = [scenario, *(end for p in varied for end in (p.at_low, p.at_high))]
        usual, *shares = pool.map(measure, ends)
    ends_of = zip(varied, shares[::2], shares[1::2], strict=True)
    swings = [Swing(p.name, p.basis, p.low, p.value, p.high, low, usual, high) for p, low, high in ends_of]
    return Tornado(
        usual,
        tuple(sorted(swings, key=lambda swing: -swing.size)),
        tuple(p.name for p in found[len(varied) :]),
        settings().sizes.tornado_others,
    )


def missed(scenario: Scenario, stage: Stage, seed: int) -> Share:
    """Return how many victims the oracle misses where it flags the stated share of the others."""
    sizes = settings().sizes
    judged = judge_afresh(
        compile_world(scenario), stage, seed, victims=sizes.tornado_victims, others=sizes.tornado_others
    )
    return Share.of(judged.victim_odds < judged.limit(settings().bounds.false_flags))


def measurements(scenario: Scenario) -> int:
    """Return how many measurements `tornado` takes."""
    return 1 + 2 * min(settings().tornado.parameters, len(parameters(scenario)))


def parameters(scenario: Scenario) -> list[Parameter]:
    """Return every parameter that has a range, those that are kept when there are too many first.

    Camouflage of all typologies together, shares with a range, numbers whose figure has a spread, and then
    the camouflage of each typology, those with the most victims first.
    """
    typologies = sorted(
        (
            id_
            for id_, share in scenario.mix.items()
            if share.share > 0 and scenario.library[id_][0].module.truth_class == TruthClass.VICTIM
        ),
        key=lambda id_: -scenario.mix[id_].share,
    )
    return [
        _camouflage(scenario, typologies),
        *_shares(scenario),
        *_supported(scenario),
        *(_camouflage(scenario, [id_], (id_,)) for id_ in typologies if len(typologies) > 1),
    ]


def without_range(scenario: Scenario, share: float) -> list[Parameter]:
    """Return numbers without a range, varied by a share of themselves, which is an assumption.

    Shares of modules come first, then weights of tiers, then single odds; within each those of the modules
    that are commonest on their own side, victims or others. Facilitators are left out, and numbers that stand
    in rows or rest on a figure.

    Args:
        scenario: The scenario.
        share: 0.5 halves a number and makes it half as large again.
    """
    side = {id_: scenario.library[id_][0].module.truth_class for id_ in scenario.mix}
    victims = sum(each.share for id_, each in scenario.mix.items() if side[id_] == TruthClass.VICTIM)
    common = sorted(
        (id_ for id_, each in scenario.mix.items() if each.share > 0 and side[id_] != TruthClass.FACILITATOR),
        key=lambda id_: (
            -scenario.mix[id_].share / (victims if side[id_] == TruthClass.VICTIM else 1 - victims)
        ),
    )
    return [
        *_assumed_shares(scenario, common, share),
        *(found for id_ in common for found in _tier_weights(scenario, id_, share)),
        *(found for id_ in common for found in _assumed_odds(scenario, id_, share)),
    ]


# --- shares ---------------------------------------------------------------------------------------------


def _shares(scenario: Scenario) -> Iterator[Parameter]:
    for id_, share in scenario.mix.items():
        if share.low is not None and share.high is not None and share.low < share.high:
            ends = (with_share(scenario, id_, end) for end in (share.low, share.high))
            yield Parameter("share", (id_,), "share", share.low, share.share, share.high, *ends)


def with_share(scenario: Scenario, module_id: str, share: float) -> Scenario:
    """Return the scenario with another share of one module; the others keep their proportions."""
    rest = sum(each.share for id_, each in scenario.mix.items() if id_ != module_id)
    mix = {
        id_: each.model_copy(update={"share": share if id_ == module_id else each.share * (1 - share) / rest})
        for id_, each in scenario.mix.items()
    }
    return scenario.model_copy(update={"mix": mix})


def _assumed_shares(scenario: Scenario, module_ids: list[str], share: float) -> Iterator[Parameter]:
    for id_ in module_ids:
        each = scenario.mix[id_]
        if each.low is None or each.high is None:
            low, high = each.share * (1 - share), min(1.0, each.share * (1 + share))
            ends = (with_share(scenario, id_, end) for end in (low, high))
            yield Parameter("share", (id_,), "assumed", low, each.share, high, *ends)


# --- tiers ----------------------------------------------------------------------------------------------


def _tier_weights(scenario: Scenario, id_: str, share: float) -> Iterator[Parameter]:
    overlay = _overlay(scenario, id_)
    tiers = {**scenario.library[id_][0].tiers, **overlay.tiers}
    for name, tier in tiers.items():
        low, high = tier.weight * (1 - share), min(1.0, tier.weight * (1 + share))
        if len(tiers) > 1 and 0 < tier.weight < 1:
            ends = (_with_tiers(scenario, id_, _weighted(tiers, name, end)) for end in (low, high))
            yield Parameter("tier", (id_, name), "assumed", low, tier.weight, high, *ends)


def _with_tiers(scenario: Scenario, id_: str, tiers: Mapping[str, Tier]) -> Scenario:
    return _with_overlay(scenario, id_, _overlay(scenario, id_).model_copy(update={"tiers": tiers}))


def _weighted(tiers: Mapping[str, Tier], name: str, weight: float) -> dict[str, Tier]:
    """Return tiers with another weight of one of them; the others keep their proportions."""
    rest = sum(tier.weight for each, tier in tiers.items() if each != name)
    return {
        each: tier.model_copy(
            update={"weight": weight if each == name else tier.weight * (1 - weight) / rest}
        )
        for each, tier in tiers.items()
    }


# --- camouflage -----------------------------------------------------------------------------------------


def _camouflage(scenario: Scenario, module_ids: list[str], parts: tuple[str, ...] = ()) -> Parameter:
    step = settings().tornado.camouflage
    ends = (with_camouflage(scenario, module_ids, change) for change in (-step, step))
    return Parameter("camouflage", parts, "camouflage", -step, 0.0, step, *ends)


def with_camouflage(scenario: Scenario, module_ids: Iterable[str], change: float) -> Scenario:
    """Return the scenario with `change` added to every camouflage of some modules, within 0 and 1."""
    for id_ in module_ids:
        overlay = _overlay(scenario, id_)
        tiers = {**scenario.library[id_][0].tiers, **overlay.tiers}
        changed = {
            name: tier.model_copy(update={"camouflage": min(1.0, max(0.0, tier.camouflage + change))})
            for name, tier in tiers.items()
        }
        scenario = _with_tiers(scenario, id_, changed)
    return scenario


# --- numbers with evidence ------------------------------------------------------------------------------


def _supported(scenario: Scenario) -> Iterator[Parameter]:
    """Yield the numbers that are a published share with a spread, or were typed within one."""
    for number in numbers_of(scenario):
        place = _place(scenario, number)
        for key in number.evidence if place else ():
            said = figure(key)
            low, high = (end / said.whole for end in said.spread)
            if place is None or not low < high or not _takes(number, said, low, high):
                continue
            ends = (_with_number(scenario, place, number, said, end) for end in (low, high))
            parts = (place[0], place[2], str(number.key[-1]))
            value = number.value / said.whole if number.basis == "published" else number.value
            yield Parameter(place[1], parts, "evidence", low, value, high, *ends)


def _assumed_odds(scenario: Scenario, id_: str, share: float) -> Iterator[Parameter]:
    """Yield the single odds of a module that are neither published nor within a published spread."""
    overlay = _overlay(scenario, id_)
    blocks = {**scenario.library[id_][0].odds, **overlay.odds}
    for variable, block in blocks.items():
        if block.rows or block.figures or block.evidence:
            continue
        for code, value in block.values.items():
            low, high = value * (1 - share), value * (1 + share)
            ends = (_with_odds(scenario, id_, variable, {**block.values, code: end}) for end in (low, high))
            yield Parameter("odds", (id_, variable, code), "assumed", low, value, high, *ends)


def _with_odds(scenario: Scenario, id_: str, variable: str, values: Mapping[str, float]) -> Scenario:
    overlay = _overlay(scenario, id_)
    block = overlay.odds.get(variable) or scenario.library[id_][0].odds[variable]
    odds = {**overlay.odds, variable: block.model_copy(update={"values": values})}
    return _with_overlay(scenario, id_, overlay.model_copy(update={"odds": odds}))


def _takes(number: Number, said: Figure, low: float, high: float) -> bool:
    """Return whether a number is what a figure says, and not only informed by it."""
    return number.basis == "published" or (said.unit == "percent" and low <= number.value <= high)


def _place(scenario: Scenario, number: Number) -> tuple[str, Part, str] | None:
    """Return the module or population, the part and the variable in which a plain table's number stands."""
    key = [str(part) for part in number.key]
    owner = {file.path.name: id_ for id_, (_, file) in scenario.library.items()}
    owner[load_population()[1].path.name] = POPULATION
    if key[0] == "overlay":
        id_, key = key[1], key[2:]
    else:
        id_ = owner.get(number.file.rpartition("/")[2], "")
    if not id_ or "rows" in key or key[0] not in ("table", "odds"):
        return None
    return id_, "table" if key[0] == "table" else "odds", key[1]


def _with_number(
    scenario: Scenario, place: tuple[str, Part, str], number: Number, said: Figure, end: float
) -> Scenario:
    id_, part, variable = place
    overlay = _overlay(scenario, id_)
    block = getattr(overlay, part).get(variable) or getattr(_owner(scenario, id_), part)[variable]
    values = changed_values(block, str(number.key[-1]), end, said, is_table=part == "table")
    numbers = block.model_copy(update={"values": values, "figures": {}})
    update: dict[str, Any] = {part: {**getattr(overlay, part), variable: numbers}}
    return _with_overlay(scenario, id_, overlay.model_copy(update=update))


def changed_values(
    block: Numbers, code: str, end: float, said: Figure, *, is_table: bool
) -> Mapping[str, float]:
    """Return a block with one number changed; in a table the others keep their proportions."""
    if block.figures:
        weights = {each: figure(key).estimate for each, key in block.figures.items()}
        weights[code] = end * said.whole
        return {each: weight / sum(weights.values()) for each, weight in weights.items()}
    if not is_table:
        return {**block.values, code: end}
    rest = sum(value for each, value in block.values.items() if each != code)
    return {each: end if each == code else value * (1 - end) / rest for each, value in block.values.items()}


def _owner(scenario: Scenario, id_: str) -> Population | object:
    return load_population()[0] if id_ == POPULATION else scenario.library[id_][0]


def _overlay(scenario: Scenario, id_: str) -> Overlay:
    return scenario.overlay.get(id_) or Overlay(why=WHY)


def _with_overlay(scenario: Scenario, id_: str, overlay: Overlay) -> Scenario:
    return scenario.model_copy(update={"overlay": {**scenario.overlay, id_: overlay}})
