"""Networks that learn which of their people are flagged: misses before, on the way, and afterwards.

`adversary` meets the screener as it is, and says what finding as many victims as before would cost others.
`retrain_loop` lets cards and networks take turns: cards are trained again on what the networks have become,
and the networks learn anew against them. How fast anybody learns is assumed, and the answers are abstract:
nothing here tells how to do anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from console.adapting import adapted, adversary_json, rounds
from console.stress.frame import Done, Finding, Row, Setting
from console.stress.learning import learning
from console.stress.pairs import Before, change, held_together, rate_of
from console.stress.retraining import Workshop, check_learned, paired_rise, row_of
from console.stress.wording import change_text, number, rate_text, say
from dossier.texts import Text
from screening.evaluation.guarantee.thresholds import threshold_for_share
from screening.evaluation.rates import PairedDifference, Rate
from screening.operating_point import OperatingPoint
from screening.screener import Screener
from synthetic.adversary import Learned
from synthetic.compile import compile_world
from synthetic.world import World

ADVERSARY, RETRAIN_LOOP = "adversary", "retrain_loop"


# --- against the screener as it is ----------------------------------------------------------------------


def adversary(setting: Setting, done: Done) -> Finding:
    """Let the networks learn against the screener and measure before, on the way and afterwards.

    Args:
        setting: Where it is measured.
        done: Called with 1 after each round, and after each of two measurements.

    Raises:
        BadInput: If the scenario has no victims, so that there are no networks.
    """
    judge = setting.judge
    scenario, found = adapted(judge.world.scenario, judge.screener, judge.stage, setting.seed, done)
    world = compile_world(scenario, judge.world.unlevered or judge.world)
    before, after = _chosen(setting, judge.world), _chosen(setting, world)
    done(1)
    content = adversary_json(found, judge.world, world, judge.screener, judge.stage, setting.seed)
    done(1)
    met = _Met(judge.world, found, before, after, content)
    return held_together(lambda confidence: _finding(met, confidence))


@dataclass(frozen=True)
class _Met:
    """What was measured: the world, what its networks did, whom the screener chooses, and the JSON of it."""

    world: World
    found: Learned
    before: Before
    after: Before
    content: Mapping[str, Any]


def _finding(met: _Met, confidence: float) -> Finding:
    restoring, before, after = met.content["restoring"], met.before, met.after
    answer = say(
        "adversary.answer",
        rounds=rounds(),
        before=rate_text(rate_of(before.missed, confidence)),
        after=rate_text(rate_of(after.missed, confidence)),
        change=change_text(change(after.missed, before.missed, confidence)),
        victims=restoring["found_before"]["n"],
        threshold=number(restoring["threshold_restored"], 2),
        flagged=rate_text(_rate(restoring["others"]["flagged"], confidence)),
        restored=rate_text(_rate(restoring["others"]["flagged_restored"], confidence)),
    )
    ends = (
        row_of(say("adversary.before"), "before", before, at=0.0, series="all", confidence=confidence),
        row_of(
            say("adversary.after"),
            "after",
            after,
            before,
            at=float(rounds()),
            series="all",
            confidence=confidence,
        ),
    )
    return Finding(
        ADVERSARY,
        say("adversary.title"),
        say("adversary.question"),
        answer,
        [*ends, *_rounds(met.found, met.world, confidence), *_restored(restoring, met.world, confidence)],
        say("adversary.assumed"),
        axis=say("adversary.axis"),
        names={
            "all": say("adversary_series.all"),
            "restored": say("adversary_series.restored"),
            **{one.module: _title(met.world, one.module) for one in met.found.rounds},
        },
        rise=paired_rise(ends),
        beside=1,  # the others flagged now, of a further draw
        more={"learning": met.content},
    )


def adversary_steps(_: Setting) -> int:
    """Return how often `adversary` tells of its progress."""
    return rounds() + 2


def _chosen(setting: Setting, world: World) -> Before:
    """Return whom the screener chooses in a world, of the same streams of people."""
    moved = replace(setting, judge=replace(setting.judge, world=world))
    stage, threshold = setting.judge.stage, setting.judge.threshold
    return Before(
        ~moved.victims.outcomes.flagged(stage, threshold), moved.others.outcomes.flagged(stage, threshold)
    )


def _rounds(found: Learned, world: World, confidence: float) -> Iterator[Row]:
    """Yield what each typology's networks saw in each round, before they moved in it."""
    for one in found.rounds:
        yield Row(
            _title(world, one.module),
            one.module,
            miss=Rate(one.n - one.flagged, one.n, confidence),
            at=float(one.period - 1),
            series=one.module,
            more={"moved": list(one.moves), "share_still_at_work": one.share},
        )


def _restored(restoring: Mapping[str, Any], world: World, confidence: float) -> Iterator[Row]:
    """Yield whom the threshold flags that finds as many victims as before: all others, and each kind."""
    sides = [(say("adversary.restored"), "others", restoring["others"])]
    sides += [(_title(world, one["module"]), one["module"], one) for one in restoring["travellers"]]
    for name, key, side in sides:
        usual, lowered = (_rate(side[key], confidence) for key in ("flagged", "flagged_restored"))
        # The threshold only falls: whoever was flagged still is.
        more_flagged = PairedDifference(lowered.count - usual.count, 0, usual.n, confidence)
        yield Row(name, key, false_flag=lowered, flag_change=more_flagged, series="restored")


def _rate(found: Mapping[str, Any], confidence: float) -> Rate:
    return Rate(found["flagged"], found["n"], confidence)


def _title(world: World, module_id: str) -> Text:
    return next(module.module.title for module in world.modules if module.id == module_id)


# --- turns of cards and networks ------------------------------------------------------------------------


def retrain_loop(setting: Setting, done: Done) -> Finding:
    """Let cards and networks take turns, at the sizes of `learning.toml`.

    Args:
        setting: Where it is measured.
        done: Called with 1 after each training and after each round of learning.

    Raises:
        BadInput: If the screener learned nothing, or there are no networks.
    """
    check_learned(setting)
    screener, first = _trained(setting)
    done(1)
    turns: list[_Turn] = []
    before = first
    for turn in range(1, learning().retraining.turns + 1):
        facing = replace(setting, judge=replace(setting.judge, screener=screener))
        moved = replace(setting, judge=replace(setting.judge, world=_learned(facing, done)))
        tired = _chosen(facing, moved.judge.world)
        turns.append(_Turn("learned", turn, tired, before))
        screener, before = _trained(moved)
        done(1)
        turns.append(_Turn("trained", turn, before, tired))
    return held_together(lambda confidence: _retraining_finding(first, turns, confidence))


@dataclass(frozen=True)
class _Turn:
    """Whom the screener chooses after one half of a turn, and before it."""

    series: str
    number: int
    chosen: Before
    before: Before

    def row(self, confidence: float) -> Row:
        """Return the half of the turn as it is told."""
        return row_of(
            say(f"retraining.{self.series}", turn=self.number),
            f"{self.series}_{self.number}",
            self.chosen,
            self.before,
            at=float(self.number),
            series=self.series,
            confidence=confidence,
        )


def retrain_loop_steps(_: Setting) -> int:
    """Return how often `retrain_loop` tells of its progress."""
    turns = learning().retraining.turns
    return 1 + turns * (rounds() + 1)


def _learned(setting: Setting, done: Done) -> World:
    """Return what the networks make of the scenario's people, once they have learned against the screener."""
    judge = setting.judge
    scenario, _ = adapted(judge.world.scenario, judge.screener, judge.stage, setting.seed, done)
    return compile_world(scenario, judge.world.unlevered or judge.world)


def _trained(setting: Setting) -> tuple[Screener, Before]:
    """Return a screener trained on the setting's own world, and whom it chooses there.

    Its threshold flags the same share of others as the setting's screener does.
    """
    workshop, judge = Workshop(setting, setting.judge.world), setting.judge
    cards = workshop.cards()
    people, share = workshop.people
    threshold = threshold_for_share(np.asarray(workshop.score_of(cards)(people), dtype=np.int32), share)
    point = OperatingPoint(
        cards=cards.id, columns_hash=cards.columns_hash, thresholds={judge.stage.label: threshold}
    )
    screener = Screener(judge.screener.rulebook, cards, point)
    measured = replace(setting, judge=replace(judge, screener=screener))
    return screener, _chosen(measured, judge.world)


def _retraining_finding(first: Before, turns: Sequence[_Turn], confidence: float) -> Finding:
    sizes, tired, last = learning().sizes, turns[-1].before, turns[-1].chosen
    start = row_of(say("retraining.first"), "first", first, at=0.0, series="trained", confidence=confidence)
    rows = [start, *(turn.row(confidence) for turn in turns)]
    answer = say(
        "retraining.answer",
        turns=learning().retraining.turns,
        first=rate_text(rate_of(first.missed, confidence)),
        learned=rate_text(rate_of(tired.missed, confidence)),
        trained=rate_text(rate_of(last.missed, confidence)),
        change=change_text(change(last.missed, tired.missed, confidence)),
        left=change_text(change(last.missed, first.missed, confidence)),
        flagged=rate_text(rate_of(last.flagged, confidence)),
    )
    return Finding(
        RETRAIN_LOOP,
        say("retraining.title"),
        say("retraining.question"),
        answer,
        rows,
        say("retraining.assumed", victims=sizes.victims_per_family, others=sizes.others),
        axis=say("retraining.axis"),
        names={name: say(f"retraining_series.{name}") for name in ("trained", "learned")},
        rise=paired_rise(rows),
        beside=1,  # what stays against the beginning
        more={"trained_on": sizes.model_dump()},
    )
