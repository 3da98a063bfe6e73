"""How much the misses at a fixed threshold depend on the numbers that nobody knows.

The evidence leaves ranges: shares, published spreads, how well networks camouflage. Each number is set to
either end while all others stay, and the screener, with its threshold as it is, meets the same streams of
people again; so a difference is the number's and not chance's. A number without a range is varied by a share
of itself, which is an assumption and says so; of those, a look at few people decides which are measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from console.parts.parallel import each_part
from console.stress.frame import Column, Done, Finding, Row, Setting
from console.stress.learning import learning
from console.stress.pairs import Before, change, held_together, rate_of
from console.stress.retraining import paired_rise, row_of
from console.stress.wording import change_text, rate_text, say
from dossier.fields import fields
from dossier.texts import Text
from screening.evaluation.rates import CONFIDENCE, Rate
from screening.evaluation.texts import code_text, has_text, limit, said, text
from synthetic.compile import compile_world
from synthetic.fidelity.sensitivity import Parameter, parameters, without_range
from synthetic.fidelity.settings import settings as fidelity_settings
from synthetic.scenarios import POPULATION, Scenario

ID = "tornado"


@dataclass(frozen=True)
class Measured:
    """What the screener makes of one simulation.

    Attributes:
        chosen: Whom it misses and flags.
        kinds: Shape (victims + others,): index of everybody's module.
    """

    chosen: Before
    kinds: npt.NDArray[np.int16]

    def kept(self, other: "Measured") -> int:
        """Return how many are of the same module as in another simulation."""
        return int((self.kinds == other.kinds).sum())


@dataclass(frozen=True)
class Bar:
    """One number at both ends of its range, beside everything as it stands."""

    parameter: Parameter
    low: Measured
    usual: Measured
    high: Measured

    @property
    def swing(self) -> float:
        """Distance between the lowest and the highest of its three miss rates."""
        return _spread([float(one.chosen.missed.mean()) for one in (self.low, self.usual, self.high)])

    @property
    def flag_swing(self) -> float:
        """The same of its false-flag rates."""
        return _spread([float(one.chosen.flagged.mean()) for one in (self.low, self.usual, self.high)])


@dataclass(frozen=True)
class _Stand:
    """How simulations are measured: so many people, of these seeds."""

    setting: Setting
    victims: int
    others: int
    seed: int
    done: Done

    def bars(self, varied: Sequence[Parameter]) -> list[Bar]:
        """Measure every number at both ends of its range."""
        ends = [end for one in varied for end in (one.at_low, one.at_high)]
        scenarios = [self.setting.judge.world.scenario, *ends]
        usual, *found = each_part(
            lambda place: self.measured(scenarios[place]), len(scenarios), self.setting.workers
        )
        return [
            Bar(one, low, usual, high) for one, low, high in zip(varied, found[::2], found[1::2], strict=True)
        ]

    def measured(self, scenario: Scenario) -> Measured:
        """Draw and screen the same streams of people in a simulation."""
        judge = replace(self.setting.judge, world=compile_world(scenario))
        victims = judge.fresh("victims", self.victims, self.seed, one_per_network=True)
        others = judge.fresh("others", self.others, self.seed + 1)
        self.done(1)
        return Measured(
            Before(
                ~victims.outcomes.flagged(judge.stage, judge.threshold),
                others.outcomes.flagged(judge.stage, judge.threshold),
            ),
            np.concatenate([victims.outcomes.truth.module, others.outcomes.truth.module]),
        )


def tornado(setting: Setting, done: Done) -> Finding:
    """Vary the uncertain numbers of the simulation one at a time.

    Args:
        setting: Where it is measured.
        done: Called with 1 after each simulation.
    """
    sizes = learning().tornado
    scenario = setting.judge.world.scenario
    look = _Stand(setting, sizes.look_victims, sizes.look_others, setting.seed + learning().sizes.apart, done)
    looked = look.bars(_without_range(scenario))
    most = sorted(looked, key=lambda bar: -max(bar.swing, bar.flag_swing))[: sizes.kept]
    stand = _Stand(setting, sizes.victims, sizes.others, setting.seed, done)
    bars = stand.bars([*_with_range(scenario), *(bar.parameter for bar in most)])
    bars.sort(key=lambda bar: (-bar.swing, -bar.flag_swing))
    return held_together(lambda confidence: _finding(setting, bars, confidence))


def steps(setting: Setting) -> int:
    """Return how often `tornado` tells of its progress."""
    scenario = setting.judge.world.scenario
    looked = len(_without_range(scenario))
    return 2 + 2 * (looked + min(looked, learning().tornado.kept) + len(_with_range(scenario)))


def _with_range(scenario: Scenario) -> list[Parameter]:
    return parameters(scenario)[: fidelity_settings().tornado.parameters]


def _without_range(scenario: Scenario) -> list[Parameter]:
    sizes = learning().tornado
    return without_range(scenario, sizes.without_range)[: sizes.looked_at]


def _finding(setting: Setting, bars: Sequence[Bar], confidence: float) -> Finding:
    scenario, sizes = setting.judge.world.scenario, learning().tornado
    usual, top = bars[0].usual.chosen, bars[0]
    lower, upper = sorted((top.low, top.high), key=lambda one: float(one.chosen.missed.mean()))
    answer = say(
        "tornado.answer",
        usual=rate_text(rate_of(usual.missed, confidence)),
        number=len(bars),
        name=name_of(top.parameter, scenario),
        low=rate_text(rate_of(lower.chosen.missed, confidence)),
        high=rate_text(rate_of(upper.chosen.missed, confidence)),
        change=change_text(change(upper.chosen.missed, lower.chosen.missed, confidence)),
    )
    looked, everything = len(_without_range(scenario)), len(without_range(scenario, sizes.without_range))
    assumed = say(
        "tornado.assumed",
        share=limit(sizes.without_range),
        looked=looked,
        everything=everything,
        kept=min(sizes.kept, looked),
    )
    first = row_of(
        say("tornado.usual"), "usual", usual, series="usual", confidence=confidence, more=_at_most(usual)
    )
    certified = setting.judge.screener.operating_point.details.get("stages", {})
    rows = [row for bar in bars for row in _rows(bar, scenario, confidence)]
    return Finding(
        ID,
        say("tornado.title"),
        say("tornado.question"),
        answer,
        [first, *rows],
        assumed,
        columns=(
            Column("missed_at_most", say("tornado.missed_at_most"), "share"),
            Column("swing", say("tornado.swing"), "share"),
            Column("flag_swing", say("tornado.flag_swing"), "share"),
        ),
        names={name: say(f"tornado_series.{name}") for name in ("usual", "low", "high")},
        rise=paired_rise(rows),
        beside=len(bars),  # the change from end to end, of which the answer tells the one it chose
        more={
            "certified_miss_rate": certified.get(setting.judge.stage.label, {}).get("miss_rate"),
            "left_out": [one.name for one in parameters(scenario)[len(_with_range(scenario)) :]],
            "looked_at": looked,
            "not_looked_at": everything - looked,
        },
    )


def _rows(bar: Bar, scenario: Scenario, confidence: float) -> Iterator[Row]:
    one = bar.parameter
    for series, end, found in (("low", one.low, bar.low), ("high", one.high, bar.high)):
        yield row_of(
            name_of(one, scenario),
            one.name,
            found.chosen,
            bar.usual.chosen,
            at=end,
            series=series,
            confidence=confidence,
            more={
                "basis": one.basis,
                "value": one.value,
                "swing": bar.swing,
                "flag_swing": bar.flag_swing,
                "same_kind_of_person": found.kept(bar.usual),
                **_at_most(found.chosen),
            },
        )


def name_of(parameter: Parameter, scenario: Scenario) -> Text:
    """Return what a number is called, in both languages."""
    modules = {id_: module.module.title for id_, (module, _) in scenario.library.items()}
    modules[POPULATION] = say("tornado.population")
    match parameter.parts:
        case ():
            return say("tornado.camouflage_of_all")
        case (module_id,):
            return say(f"tornado.{parameter.kind}", module=modules[module_id])
        case (module_id, tier):
            called = text(f"tier.{tier}") if has_text(f"tier.{tier}") else said(tier)
            return say("tornado.tier", module=modules[module_id], tier=called)
        case (module_id, variable, code):
            label = fields()[variable].label if variable in fields() else variable.replace("_", " ")
            return say(
                f"tornado.{parameter.kind}",
                module=modules[module_id],
                variable=label,
                code=code_text(variable, code),
            )
        case _:
            raise ValueError(parameter.parts)


def _at_most(chosen: Before) -> dict[str, Any]:
    """Return the largest miss rate that these victims leave open, as a certificate of them alone would."""
    one_sided = Rate(int(chosen.missed.sum()), len(chosen.missed), 2 * CONFIDENCE - 1)
    return {"missed_at_most": one_sided.high}


def _spread(rates: Sequence[float]) -> float:
    return max(rates) - min(rates)
