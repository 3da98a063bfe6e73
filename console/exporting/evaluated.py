"""What a run measured, as its evaluation says it: read for the datasheet and the model card, and checked.

Only what those pages tell of is read, so that an evaluation may say more than is known here. A rate keeps its
count, its number of people and its interval, or it does not exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Option

from dossier.problems import BadInput
from dossier.shown import shown
from dossier.texts import Text

LARGEST = 64 * 2**20
"""Bytes of the largest evaluation that is read; ours have one or two million."""

RUN_AGAIN = "Run the scenario again."
MOST_PROBLEMS = 10


class _Read(BaseModel):
    """What is read of an evaluation: nothing is converted, and what is not known is passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Rate(_Read):
    """A rate with its people and its exact interval; of nobody it cannot be said."""

    n: int = Option(ge=0)
    estimate: float | None
    low: float | None
    high: float | None
    missed: int | None = None
    flagged: int | None = None

    @property
    def count(self) -> int | None:
        """How many of the people it counts."""
        return self.flagged if self.missed is None else self.missed


class Group(_Read):
    """The rates of one group."""

    group: str
    miss_rate: Rate
    false_flag_rate: Rate
    lawful_flagged: Rate
    irregular_flagged: Rate


class Rival(_Read):
    """What another screener misses at the same workload."""

    miss_rate_at_same_workload: Rate


class Baseline(_Read):
    """What a published rulebook misses and stops by itself, on the same people."""

    rulebook: str
    title: Text
    miss_rate: Rate
    lawful_flagged: Rate


class Verdict(_Read):
    """Whether a gap between groups is within its margin, is shown, or cannot be told."""

    by: str
    verdict: str


class Fairness(_Read):
    """Verdicts on misses and on burdens."""

    miss: tuple[Verdict, ...] = ()
    burden: tuple[Verdict, ...] = ()


class About(_Read):
    """What the scenario says of itself."""

    title: Text
    narrative: Text
    sources: tuple[str, ...] = ()
    year: int
    levers: tuple[Text, ...] = ()
    difficulty_step: int


class StageClaim(_Read):
    """What a certificate claims of a stage's threshold."""

    claim: str | None = None


class Claims(_Read):
    """The certificate of the thresholds; empty where somebody chose the threshold himself or herself."""

    scenario: str | None = None
    statement: str | None = None
    stages: Mapping[str, StageClaim] = {}


class NetworkInterval(_Read):
    """The interval of the miss rate over networks, whose members are alike; of a few none can be said."""

    networks: int
    low: float | None
    high: float | None


class MeasuredOn(_Read):
    """The lawful and irregular people there are, and on how many of them sections rest."""

    others: int
    by_section: Mapping[str, int] = {}


class Evaluated(_Read):
    """What a run measured; see `Evaluation.to_json`, which writes it."""

    n: int = Option(gt=0)
    victims: int
    irregular: int
    lawful: int
    facilitators: int
    stage: str
    threshold: float | None
    scenario: str
    about: About
    rulebook_id: str
    decides: str
    base_rate: float | None = None
    flags_per_10000: float
    miss_rate: Rate
    miss_rate_over_networks: NetworkInterval | None = None
    false_flag_rate: Rate
    lawful_flagged: Rate
    irregular_flagged: Rate
    facilitators_flagged: Rate
    by: Mapping[str, tuple[Group, ...]]
    by_stage: tuple[Group, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    certificate: Claims = Claims()
    fairness: Fairness | None = None
    measured_on: MeasuredOn | None = None
    patterns: Mapping[str, Text] = {}
    oracle: Rival | None = None
    challenger: Rival | None = None
    logistic: Rival | None = None
    rules_only: Rival | None = None
    best_indicator: Rival | None = None

    def rivals(self) -> Iterator[tuple[str, Rate]]:
        """Yield those that were measured beside the cards, with what each misses at the same workload."""
        for name in ("oracle", "challenger", "logistic", "rules_only", "best_indicator"):
            found: Rival | None = getattr(self, name)
            if found is not None:
                yield name, found.miss_rate_at_same_workload

    @property
    def sampled(self) -> int | None:
        """How many lawful and irregular people others were measured on; None where it was everybody."""
        if self.measured_on is None:
            return None
        measured = self.measured_on.by_section.get("baselines", self.measured_on.others)
        return measured if measured < self.measured_on.others else None

    def silent(self, groupings: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the groups of which no miss rate can be said: nobody of them is a victim here."""
        for by in groupings:
            yield from ((by, one.group) for one in self.by.get(by, ()) if not one.miss_rate.n)


def read_evaluated(path: Path) -> Evaluated:
    """Return what a run's evaluation says.

    Raises:
        BadInput: If it is no ordinary file of a bearable size, or no evaluation of a run.
    """
    if not path.is_file() or path.stat().st_size > LARGEST:
        what = f"this is no ordinary file of at most {LARGEST:,} bytes"
        raise BadInput.of(what, where=str(path), mend=RUN_AGAIN)
    try:
        return Evaluated.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_url=False)[:MOST_PROBLEMS]
        ]
        what = f"this is not the evaluation of a run ({shown('; '.join(problems), longest=400)})"
        raise BadInput.of(what, where=str(path), mend=RUN_AGAIN) from None
