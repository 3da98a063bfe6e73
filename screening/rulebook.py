"""Loading a rulebook, and compiling what is in force on one day.

A released rulebook is a file in `rulebooks/` and is never edited once released; a new version stands beside
it. Loading runs every check, the rules' own test rows included, and refuses a rulebook that fails one. A
compiled rulebook reads dossiers; it holds no thresholds and makes no recommendation.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from dossier.dossiers import Dossiers
from dossier.findings import Findings
from dossier.indicators import indicators
from dossier.indicators.registry import Indicator
from dossier.problems import BadInput, raise_if_any
from dossier.stages import Stage
from dossier.text_files import bytes_of
from dossier.toml_files import parsed_toml, validated
from screening.language import Memo, read_indicator
from screening.rules import Parameter, Rule, Rulebook, Status, WrittenRulebook
from screening.rules_checks import Draft, compiled_conditions, problems_of
from screening.rules_grammar import near_match

__all__ = [
    "CompiledRulebook",
    "Parameter",
    "Rule",
    "Rulebook",
    "compile_rulebook",
    "load_rulebook",
    "released_rulebooks",
    "rulebook_file",
]

_LIVE: tuple[Status, ...] = ("live",)
_RELEASED = Path(__file__).with_name("rulebooks")


@dataclass(frozen=True)
class CompiledRulebook:
    """The rules, indicators and parameter values that are in force on one day.

    Attributes:
        rulebook: The rulebook they come from.
        as_of: The day.
        rules: The rules in force, in the rulebook's order.
        indicators: The indicators whose parameters are all supplied, by name.
        parameters: The parameters' values on that day.
    """

    rulebook: Rulebook
    as_of: date
    rules: tuple[Rule, ...]
    indicators: Mapping[str, Indicator]
    parameters: Mapping[str, float]

    def rule(self, rule_id: str) -> Rule:
        """Return the rule in force called `rule_id`.

        Raises:
            BadInput: If there is none.
        """
        found = {rule.id: rule for rule in self.rules}
        if rule_id not in found:
            what = f"no rule '{rule_id}' is in force on {self.as_of}"
            raise BadInput.of(what, where=self.rulebook.id, mend=near_match(rule_id, found))
        return found[rule_id]

    def overrides_at(self, stage: Stage) -> tuple[Rule, ...]:
        """Return the rules in force that refer by themselves and can be evaluated at `stage`."""
        return tuple(rule for rule in self.rules if rule.tier == "override" and rule.stage <= stage)

    def indicator_findings(
        self, dossiers: Dossiers, stage: Stage, memo: Memo | None = None
    ) -> dict[str, Findings]:
        """Return the findings of every indicator that can be read at `stage`, by name.

        Args:
            dossiers: Must hold the fields visible at `stage`.
            stage: Indicators of later stages are left out.
            memo: Pass one dictionary here and to `outcomes`, and no reading is made twice.
        """
        memo = {} if memo is None else memo
        readable = self.indicators_at(stage)
        return {name: self.read_indicator(one, dossiers, memo) for name, one in readable.items()}

    def outcomes(self, dossiers: Dossiers, stage: Stage, memo: Memo | None = None) -> dict[str, Findings]:
        """Return the outcome of every rule that can be evaluated at `stage`, by rule id.

        Args:
            dossiers: Must hold the fields visible at `stage`.
            stage: Rules of later stages are left out.
            memo: Findings already made for the same dossiers; see `indicator_findings`.
        """
        memo = {} if memo is None else memo
        ready = self.rules_at(stage)
        return {rule.id: rule.condition.evaluate(dossiers, self.parameters, memo) for rule in ready}

    def indicators_at(self, stage: Stage) -> Mapping[str, Indicator]:
        """Return the indicators that can be read at `stage`, by name."""
        return self._indicators_by_stage[stage]

    def rules_at(self, stage: Stage) -> tuple[Rule, ...]:
        """Return the rules in force that can be evaluated at `stage`."""
        return tuple(rule for rule in self.rules if rule.stage <= stage)

    def read_indicator(self, indicator: Indicator, dossiers: Dossiers, memo: Memo) -> Findings:
        """Return the findings of one indicator; arguments as for `indicator_findings`."""
        return read_indicator(indicator, dossiers, self.parameters, memo)

    @cached_property
    def _indicators_by_stage(self) -> Mapping[Stage, Mapping[str, Indicator]]:
        first = {name: one.stage for name, one in self.indicators.items()}
        return {
            stage: {name: one for name, one in self.indicators.items() if first[name] <= stage}
            for stage in Stage
        }

    @cached_property
    def columns_hash(self) -> str:
        """SHA-256 over all that gives the columns their meaning; a learned card is bound to it."""
        columns = {
            "rules": [[rule.id, rule.version, rule.tier, rule.condition.text] for rule in self.rules],
            "parameters": {name: float(value) for name, value in self.parameters.items()},
            "indicators": sorted(self.indicators),
        }
        text = json.dumps(columns, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def released_rulebooks() -> tuple[str, ...]:
    """Return the names of the released rulebooks."""
    return tuple(sorted(path.stem for path in _RELEASED.glob("*.toml")))


def load_rulebook(name_or_path: str | Path) -> Rulebook:
    """Load and check a rulebook.

    Args:
        name_or_path: The name of a released rulebook, or the path of a TOML file.

    Raises:
        BadInput: With everything that is wrong with the file, each with its line.
    """
    path = rulebook_file(name_or_path)
    return _checked(bytes_of(path, ending=".toml"), path)


@lru_cache(maxsize=16)
def _checked(raw: bytes, path: Path) -> Rulebook:
    """Return the rulebook in a file; one command asks for the same one several times."""
    file = parsed_toml(raw, path)
    written = validated(WrittenRulebook, file)
    conditions, problems = compiled_conditions(file, written)
    raise_if_any([*problems, *problems_of(Draft(file, written, conditions))])
    rules = [Rule(**dict(rule), condition=conditions[place]) for place, rule in enumerate(written.rules)]
    return Rulebook(**{**dict(written), "rules": rules})


def compile_rulebook(
    rulebook: Rulebook, as_of: date | None = None, statuses: Collection[Status] = _LIVE
) -> CompiledRulebook:
    """Return what is in force on one day.

    Args:
        rulebook: A loaded rulebook.
        as_of: The day; the rulebook's first day when left out, never the clock's.
        statuses: The statuses that take part; a shadow run adds "shadow".

    Raises:
        BadInput: If the rulebook does not apply on that day.
    """
    day = rulebook.valid_from if as_of is None else as_of
    if day < rulebook.valid_from:
        what = f"the rulebook applies from {rulebook.valid_from}, not on {day}"
        raise BadInput.of(what, where=rulebook.id, mend="Choose a later day or an earlier rulebook.")
    parameters = rulebook.values_on(day)
    supplied = {name: one for name, one in indicators().items() if set(one.parameters) <= set(parameters)}
    rules = tuple(rule for rule in rulebook.rules if rule.status in statuses and rule.is_valid_on(day))
    return CompiledRulebook(rulebook, day, rules, supplied, parameters)


def rulebook_file(name_or_path: str | Path) -> Path:
    """Return the file of a rulebook: anything with a folder or an ending is a path, all else a released name.

    Raises:
        BadInput: If nothing of that name is released.
    """
    path = Path(name_or_path)
    if path.suffix or len(path.parts) > 1:
        return path
    if path.name not in released_rulebooks():
        what = f"there is no released rulebook '{path.name}'"
        raise BadInput.of(what, mend=near_match(path.name, released_rulebooks()))
    return _RELEASED / f"{path.name}.toml"
