"""Everything that a plan names, opened once: scenarios with levers, rulebooks, cards, policies, thresholds.

What cannot be read, or does not go together, is an error at its line of the plan before anybody is drawn. The
worlds are compiled later, where they are drawn, and not all at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any, TypeAlias

from console.comparisons.comparing import stage_named
from console.screeners import screener_for
from console.sweeping.plan import SweepPlan
from console.sweeping.settings import AS_CERTIFIED, LISTS, Settings, Variant
from dossier.problems import BadInput, Problem
from dossier.stages import Stage
from screening.referral_policy import ReferralPolicy, load_policy, policy_file
from screening.rulebook import rulebook_file
from screening.screener import Screener
from synthetic.changes import scenario_hash
from synthetic.levers import Lever, load_lever
from synthetic.scenarios import USUAL_DIFFICULTY, Scenario, load_scenario

WorldKey: TypeAlias = tuple[str, tuple[str, ...], int]
"""Scenario, levers and difficulty, as a plan names them: what decides how people are drawn."""

ReadingKey: TypeAlias = tuple[str, str]
"""Rulebook and cards: what decides anybody's risk."""

_ThresholdKey: TypeAlias = tuple[str, str, Any, Stage]


def world_key(settings: Settings) -> WorldKey:
    """Return what decides how people are drawn."""
    return settings.scenario, settings.levers, settings.difficulty


def reading_key(settings: Settings) -> ReadingKey:
    """Return what decides the risks of people who are drawn."""
    return settings.rulebook, settings.cards


@dataclass(frozen=True)
class Opened:
    """What a plan names, by the names it uses.

    Attributes:
        scenarios: With levers and difficulty, by all that decides how people are drawn.
        stages: At which each scenario's people are screened.
        sizes: Applicants of each draw, by scenario.
        screeners: By rulebook and cards; their thresholds are not used.
        policies: By name.
        thresholds: Hundredths, by rulebook, cards, what was asked for, and stage.
        hashes: Of everything that decides a result, by what it is the hash of.
    """

    scenarios: Mapping[WorldKey, Scenario]
    stages: Mapping[str, Stage]
    sizes: Mapping[str, int]
    screeners: Mapping[ReadingKey, Screener]
    policies: Mapping[str, ReferralPolicy]
    thresholds: Mapping[_ThresholdKey, int]
    hashes: Mapping[str, str]

    def threshold(self, settings: Settings) -> int:
        """Return the threshold of a variant, in hundredths."""
        return self.thresholds[_threshold_key(settings, self.stages[settings.scenario])]


def opened(plan: SweepPlan, variants: Sequence[Variant]) -> Opened:
    """Open everything that the variants of a plan name.

    Raises:
        BadInput: If something cannot be read, or does not go together, at its line of the plan.
    """
    return _Opening(plan, tuple(one.settings for one in variants)).all()


@dataclass(frozen=True)
class _Opening:
    plan: SweepPlan
    settings: Sequence[Settings]

    def all(self) -> Opened:
        plain = self._each("scenario", load_scenario)
        with self._at(self.plan.file.where(("stage",))):
            stages = {name: stage_named(self.plan.written.stage, one) for name, one in plain.items()}
        scenarios = dict(self._scenarios(plain))
        policies = self._each("policy", load_policy)
        thresholds, screeners = self._screeners(stages)
        hashes = {
            **{f"scenario {_spelled(key)}": scenario_hash(one) for key, one in scenarios.items()},
            **self._file_hashes("rulebook", rulebook_file),
            **self._file_hashes("policy", policy_file),
            **{f"cards {' with '.join(key)}": one.cards.content_hash for key, one in screeners.items()},
        }
        n = self.plan.written.n
        sizes = {name: n or one.scenario.size for name, one in plain.items()}
        return Opened(scenarios, stages, sizes, screeners, policies, thresholds, hashes)

    def _each(self, name: str, load: Callable[[str], Any]) -> dict[str, Any]:
        """Return everything of one kind that the variants name, loaded, by the name they use."""
        found = {}
        for value in dict.fromkeys(getattr(one, name) for one in self.settings):
            with self._at(self._where(name, value)):
                found[value] = load(self.plan.path_of(value))
        return found

    def _scenarios(self, plain: Mapping[str, Scenario]) -> Iterator[tuple[WorldKey, Scenario]]:
        @cache
        def lever(name: str, scenario: str) -> Lever:
            return load_lever(self.plan.path_of(name), plain[scenario].library)

        for key in dict.fromkeys(world_key(one) for one in self.settings):
            name, levers, step = key
            where = self._where("levers", levers)
            with self._at(where):
                taken = [lever(one, name) for one in levers]
            ids = [one.id for one in taken]
            if again := [id_ for id_ in ids if ids.count(id_) > 1]:
                what = f"the lever '{again[0]}' is named twice in one set, and would act twice"
                raise BadInput.of(what, where=where, mend="Name it once.")
            found = plain[name]
            if step != USUAL_DIFFICULTY:
                found = found.with_difficulty(step)
            yield key, found.with_levers(taken) if taken else found

    def _screeners(
        self, stages: Mapping[str, Stage]
    ) -> tuple[dict[_ThresholdKey, int], dict[ReadingKey, Screener]]:
        """Return all thresholds, and a screener for each rulebook with its cards."""
        thresholds: dict[_ThresholdKey, int] = {}
        screeners: dict[ReadingKey, Screener] = {}
        for one in self.settings:
            stage = stages[one.scenario]
            key = _threshold_key(one, stage)
            if key in thresholds:
                continue
            with self._at(self._where_together(one), "Or leave this combination out with [[except]]."):
                asked = None if one.threshold == AS_CERTIFIED else float(one.threshold)
                rulebook, cards = self.plan.path_of(one.rulebook), self.plan.path_of(one.cards)
                found = screener_for(rulebook, cards, asked, stage=stage)
            thresholds[key] = found.operating_point.threshold(stage)
            screeners.setdefault(reading_key(one), found)
        return thresholds, screeners

    def _file_hashes(self, name: str, file: Callable[[str], Any]) -> dict[str, str]:
        names = dict.fromkeys(getattr(one, name) for one in self.settings)
        return {
            f"{name} {one}": sha256(file(self.plan.path_of(one)).read_bytes()).hexdigest() for one in names
        }

    def _where(self, name: str, value: Any) -> str:
        """Return the place of the plan that names a value: its list, or the single variant that has it."""
        if value in self.plan.written.lists[name]:
            return self.plan.file.where((LISTS[name],))
        places = (
            ("variant", place, name)
            for place, one in enumerate(self.plan.written.variant)
            if one.values.get(name) == value
        )
        return self.plan.file.where(next(places, ()))

    def _where_together(self, settings: Settings) -> str:
        """Return the place of a combination of rulebook, cards and threshold, and what is combined."""
        names = ("rulebook", "cards", "threshold")
        combined = ", ".join(f"{name} {settings.columns[name]}" for name in names)
        return f"{self._where('threshold', settings.threshold)} ({combined})"

    @contextmanager
    def _at(self, where: str, more: str = "") -> Iterator[None]:
        """Place every problem that says no file of its own at a line of the plan."""
        try:
            yield
        except BadInput as error:
            raise BadInput(_placed(error.problems, where, more)) from None


def _placed(problems: Iterable[Problem], where: str, more: str) -> Iterator[Problem]:
    for one in problems:
        nowhere = not one.where or one.where.startswith("--")
        mend = f"{one.mend} {more}".strip()
        yield replace(one, where=where if nowhere else f"{where}: {one.where}", mend=mend)


def _threshold_key(settings: Settings, stage: Stage) -> _ThresholdKey:
    return settings.rulebook, settings.cards, settings.threshold, stage


def _spelled(key: WorldKey) -> str:
    scenario, levers, step = key
    return f"{scenario} with {', '.join(levers) or 'no lever'} at difficulty {step}"
