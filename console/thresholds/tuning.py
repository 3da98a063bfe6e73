"""Tuning composed: fresh victims from the generator, risks from rules and cards, a threshold with a promise.

What somebody asked for is all that decides the certificate, so that `saring verify` asks the same again and
compares. No person is drawn twice: every group has a seed of its own, once to set the threshold and once to
check it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field as Option

from console.certifying import Scorer
from console.comparisons.comparing import stage_named
from console.thresholds.group_draws import Drawer, GroupDraw, Side, counts_of, group_draws, modules_left
from console.worlds import WorldOptions, parsed_base_rate
from dossier.problems import BadInput
from dossier.stages import Stage
from dossier.toml_files import Declared, read_toml
from evidence import evidence_hash
from models.card import CardSet, load_cards
from screening.evaluation.guarantee.capacity import People, curve_of
from screening.evaluation.guarantee.tuned_certificate import Others, Tuned, certificate_json
from screening.evaluation.guarantee.tuning import (
    GroupName,
    Sample,
    Samples,
    Terms,
    check_sizes,
    check_terms,
    group_of,
    guaranteed,
)
from screening.evaluation.measures import IRREGULAR_FLAGGED, LAWFUL_FLAGGED, Measure
from screening.evaluation.pages.html_sides import crossed_name
from screening.evaluation.rates import PER, Rate
from screening.evaluation.sweep import steps_of, sweep_json
from screening.evaluation.tally import tallied
from screening.evaluation.texts import Said
from screening.referral import policy
from screening.rulebook import CompiledRulebook, rulebook_file
from screening.rules_only import NO_CARDS, rule_cards
from screening.screener import released_rules
from synthetic.audit import check_both_sides
from synthetic.changes import scenario_hash
from synthetic.cohort_files import code_version
from synthetic.scenarios import USUAL_DIFFICULTY
from synthetic.world import World

Progress = Callable[[str], None]

_SEED_BYTES = 6
"""Seeds of our own making are below 2**48, which every reader of JSON keeps whole."""


class Asked(Declared):
    """Everything that decides a certificate.

    Attributes:
        scenario: A released scenario or a path.
        modules: A folder of further modules.
        levers: Released levers or paths.
        difficulty: A step from 1 to 5.
        rulebook, cards: Released names or paths; cards may be "none".
        stage: The stage of the threshold; the scenario's own when None.
        groups: Groupings, such as `sex` or `typology+sex`.
        max_miss, confidence: What is promised.
        victims, others: People of each sample.
        most_rows: Victims looked at for one group.
        seed: Seed of all draws; made of the hashes of rules, cards and scenario when None.
        capacity: Flags among 10,000 applicants that there are officers for.
        base_rate: Share of victims for which flags are counted, such as "1:1000"; the scenario's when None.
    """

    scenario: str
    modules: str | None = None
    levers: tuple[str, ...] = ()
    difficulty: int = Option(default=USUAL_DIFFICULTY, ge=1, le=5)
    rulebook: str
    cards: str
    stage: str | None = None
    groups: tuple[str, ...]
    max_miss: float
    confidence: float
    victims: int
    others: int
    most_rows: int
    seed: int | None = None
    capacity: float | None = None
    base_rate: str | None = None

    @property
    def terms(self) -> Terms:
        """What is promised."""
        return Terms(self.max_miss, self.confidence, self.victims, self.others, self.most_rows)


@dataclass(frozen=True)
class Tuning:
    """A world, rules and cards for which somebody asks a threshold.

    Attributes:
        asked: What was asked for, with its stage and seed.
        world: The compiled scenario.
        rules: The rules.
        cards: The cards.
        draws: How the victims of each group are drawn.
    """

    asked: Asked
    world: World
    rules: CompiledRulebook
    cards: CardSet
    draws: tuple[GroupDraw, ...]

    @property
    def stage(self) -> Stage:
        """The stage of the threshold."""
        return stage_named(self.asked.stage)

    @cached_property
    def made_of(self) -> dict[str, str]:
        """Ids and hashes of all that the certificate rests on."""
        return {
            "cards": self.cards.id,
            "cards_hash": self.cards.content_hash,
            "columns_hash": self.cards.columns_hash,
            "rulebook": self.rules.rulebook.id,
            "rulebook_hash": rulebook_hash(self.asked.rulebook),
            "scenario": self.world.scenario.id,
            "scenario_hash": scenario_hash(self.world.scenario),
            "evidence_hash": evidence_hash(),
            "code_version": code_version(),
        }

    def spoken(self, name: GroupName) -> Said:
        """Return what a group is called, as the pages call it."""
        titles = {
            "patterns": {family: title.model_dump() for family, title in policy().title.items()},
            "travellers": {m.id: m.module.title.model_dump() for m in self.world.modules},
        }
        return crossed_name({"grouping": name.grouping, "group": name.group}, titles)

    def seed_of(self, purpose: str, name: GroupName) -> int:
        """Return the seed of one draw, its own for every purpose and group, in any order of crossing."""
        one = name.in_order
        return _seed(str(self.asked.seed), purpose, one.grouping, one.group)


def rulebook_hash(name_or_path: str) -> str:
    """Return the SHA-256 of what a rulebook's file says; spaces and comments do not count."""
    data = read_toml(rulebook_file(name_or_path)).data
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def prepared(asked: Asked) -> Tuning:
    """Return what is needed to tune, with the stage and the seed that were left out.

    Raises:
        BadInput: If something that was asked for cannot be, or the scenario has nobody to tell apart.
    """
    check_terms(asked.terms)
    _check_flags(asked)
    folder = None if asked.modules is None else Path(asked.modules)
    options = WorldOptions(asked.scenario, None, 0, folder, asked.levers, asked.difficulty)
    world = options.world()
    mend = "A threshold needs victims to protect, and others whom it costs something."
    check_both_sides(world, where=asked.scenario, mend=mend)
    rules = released_rules(asked.rulebook)
    cards = _cards(rules, asked.cards)
    stage = stage_named(asked.stage, world.scenario).label
    found = Tuning(asked, world, rules, cards, tuple(group_draws(world, asked.groups)))
    hashes = (found.made_of[part] for part in ("rulebook_hash", "cards_hash", "scenario_hash"))
    seed = _seed("calibration", *hashes) if asked.seed is None else asked.seed
    complete = asked.model_copy(update={"stage": stage, "seed": seed})
    return Tuning(complete, world, rules, cards, found.draws)


def _check_flags(asked: Asked) -> None:
    if asked.base_rate is not None:
        parsed_base_rate(asked.base_rate)
    if asked.capacity is not None and not 0 < asked.capacity <= PER:
        what = f"{asked.capacity:g} is no number of flags among {PER:,} applicants"
        raise BadInput.of(what, where="--capacity", mend="Give a number above 0, such as 300.")


def _cards(rules: CompiledRulebook, name: str) -> CardSet:
    if rules.rulebook.decides == "rules" or name == NO_CARDS:
        return rule_cards(rules)
    cards = load_cards(name)
    cards.check_rulebook(rules.columns_hash)
    return cards


def _seed(*parts: str) -> int:
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return int.from_bytes(digest[:_SEED_BYTES], "big")


def tuned_json(tuning: Tuning, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Draw, set the threshold, check it; return what stands in `tuning.json`.

    Raises:
        BadInput: If a group has too few victims; it says how many more are needed.
    """
    drawer = Drawer(tuning.world, Scorer.of(tuning.rules, tuning.cards), tuning.stage)
    found, empty = _calibrations(tuning, drawer, progress)
    threshold, own = guaranteed([(draw.name, sample) for draw, sample in found], tuning.asked.terms)
    checks = []
    for place, (draw, _) in enumerate(found, start=1):
        progress(f"Checking group {place} of {len(found)} on fresh victims: {draw.name}")
        checks.append((draw.name, _drawn(tuning, drawer, draw, "check")))
    check_sizes(checks, tuning.asked.terms)
    groups = [
        group_of(Samples(name, sample, check), own[name], threshold, tuning.asked.terms)
        for (_, sample), (name, check) in zip(found, checks, strict=True)
    ]
    progress("Counting flags among others")
    victims, others = _sides(tuning, drawer)
    counts = counts_of((victims, others), tuning.asked.groups)
    people = People(
        victims.sample.risk,
        others.sample.risk,
        [(group.name, group.samples.check.risk) for group in groups],
        share_of_victims(tuning),
        tuning.asked.confidence,
    )
    curve = curve_of(people, threshold, steps_of(counts, threshold), tuning.asked.capacity)
    tuned = Tuned(
        tuning.stage,
        threshold,
        tuning.asked.terms,
        sorted(groups, key=lambda group: group.own.threshold),
        empty,
        victims.sample,
        _others_at(others, threshold, tuning.asked.confidence),
        curve,
        tuning.spoken,
    )
    certificate = certificate_json(tuned, tuning.made_of, tuning.asked.model_dump(mode="json"))
    return {
        "schema_version": "1",
        "synthetic": True,
        "certificate": certificate,
        "groups": certificate["groups"],
        "capacity": curve.to_json(),
        "sweep": sweep_json(counts, threshold, share_of_victims=people.share_of_victims),
    }


def share_of_victims(tuning: Tuning) -> float:
    """Return the share of victims, among victims and others, for which flags are counted."""
    if tuning.asked.base_rate is not None:
        return parsed_base_rate(tuning.asked.base_rate)
    shares = tuning.world.shares_by_truth
    victims, others = shares["victim"], shares["lawful"] + shares["irregular"]
    return victims / (victims + others)


def _calibrations(
    tuning: Tuning, drawer: Drawer, progress: Progress
) -> tuple[list[tuple[GroupDraw, Sample]], list[tuple[GroupName, int]]]:
    """Return the groups with the victims who set the threshold, and the groups of whom nobody was found."""
    found, empty = [], []
    for place, draw in enumerate(tuning.draws, start=1):
        progress(f"Drawing victims of group {place} of {len(tuning.draws)}: {draw.name}")
        sample = _drawn(tuning, drawer, draw, "calibration")
        if len(sample):
            found.append((draw, sample))
        else:
            empty.append((draw.name, sample.looked_at))
    if not found:
        what = "nobody of any group was found, so there is no one to protect"
        raise BadInput.of(what, where="--groups", mend="Name other groups, or look at more people.")
    check_sizes([(draw.name, sample) for draw, sample in found], tuning.asked.terms)
    return found, empty


def _drawn(tuning: Tuning, drawer: Drawer, draw: GroupDraw, purpose: str) -> Sample:
    asked = tuning.asked
    return drawer.sample(draw, asked.victims, asked.most_rows, tuning.seed_of(purpose, draw.name))


def _sides(tuning: Tuning, drawer: Drawer) -> Iterator[Side]:
    """Yield fresh victims of all kinds, one for each network, and fresh others."""
    for truths, size in ((("victim",), tuning.asked.victims), (("lawful", "irregular"), tuning.asked.others)):
        are_victims = truths == ("victim",)
        rows = max(tuning.asked.most_rows, size) if are_victims else size
        seed = tuning.seed_of("check", GroupName("everybody", truths[0]))
        modules = modules_left(tuning.world, *truths)
        yield drawer.side(modules, size, rows, seed, one_per_network=are_victims)


def _others_at(side: Side, threshold: int, confidence: float) -> Others:
    tally = tallied(side.sample.risk, side.outcomes.truth.truth_class)

    def rate(measure: Measure) -> Rate:
        found = tally.rates(measure, threshold)
        return Rate(int(found.count[0, 0]), int(found.n[0, 0]), confidence)

    flagged = side.sample.flagged(threshold, confidence)
    return Others(side.sample, flagged, rate(LAWFUL_FLAGGED), rate(IRREGULAR_FLAGGED))
