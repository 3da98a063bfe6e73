"""Saved operating points: a threshold that somebody chose on a run, as a file that `saring tune` can read.

Such a file says what the threshold missed and flagged in one run, of what rules and cards, by their hashes.
It promises nothing: a promise needs fresh people, whom `saring tune SCENARIO --point FILE` draws.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from console.files import write_json
from console.kept import CARDS, KEPT, RULEBOOK
from console.kept_runs import EVALUATION
from console.screeners import SCREENED
from console.thresholds.tuning import rulebook_hash
from console.workbench.points import GroupAt, OperatingPoints
from console.workbench.runs import Count, FinishedRun
from dossier.json_files import read_json
from dossier.problems import BadInput
from dossier.toml_files import Declared
from models.card import load_cards
from screening.evaluation.rates import CONFIDENCE, Rate

MEND = "Save the operating point on the workbench once more."
PLAIN_NAME = re.compile(r"[\w.+-]+\.json")
"""How a saved point may be called; a name holds no folder."""

MANIFEST = "cohort/manifest.json"
NOTE_LETTERS = 2000
DIGITS = 8
"""Of a hash, at the end of a name: two points of one threshold differ in it."""

ROUNDING = 1e-9
"""By how much a share may differ that was written as text and read again."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StageLabel = Literal["counter", "interview", "verification", "checkpoint"]


class SavedRate(Declared):
    """A rate as it stands in the file.

    Attributes:
        count, n: Of whom.
        estimate: None where n is zero.
        low, high: Ends of the exact 95 % interval.
    """

    count: Count
    n: Count
    estimate: Share | None
    low: Share
    high: Share

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """Return a rate as it is saved."""
        estimate = rate.estimate if rate.n else None
        return cls(count=rate.count, n=rate.n, estimate=estimate, low=rate.low, high=rate.high)

    @model_validator(mode="after")
    def _is_exact(self) -> Self:
        if self.count > self.n:
            raise ValueError("a rate counts more people than there are")
        wanted = Rate(self.count, self.n)
        said = (self.estimate or 0.0, self.low, self.high)
        if any(
            abs(one - other) > ROUNDING
            for one, other in zip(
                said, (wanted.count / max(wanted.n, 1), wanted.low, wanted.high), strict=True
            )
        ):
            raise ValueError("a rate is not that of its count and n")
        return self


class SavedGroup(Declared):
    """The rates of one group; of everybody where the names are empty."""

    grouping: str
    group: str
    miss_rate: SavedRate
    lawful_flagged: SavedRate
    irregular_flagged: SavedRate

    @classmethod
    def of(cls, found: GroupAt) -> Self:
        """Return a group as it is saved."""
        return cls(
            grouping=found.grouping,
            group=found.group,
            miss_rate=SavedRate.of(found.miss),
            lawful_flagged=SavedRate.of(found.lawful),
            irregular_flagged=SavedRate.of(found.irregular),
        )


class RunHashes(Declared):
    """SHA-256 of the files that tell a run: the public manifest of its cohort, and its evaluation."""

    manifest: Hash
    evaluation: Hash


class SavedPoint(Declared):
    """A saved operating point.

    Attributes:
        format, schema_version, synthetic: What file this is.
        saved_at: When.
        note: What whoever saved it wants to remember.
        run, run_hashes: The run, and by what it is known.
        scenario, scenario_hash: Whose people they were.
        rulebook, rulebook_hash, cards, cards_hash: By what they were screened; no cards where rules decide.
        stage, threshold: The point itself; the threshold in hundredths.
        max_miss: The bound that every group's miss rate was held against.
        prevalence: Share of victims for which flags were counted.
        flags_per_10000: At that share.
        confidence: Of every interval.
        groups: What it missed and flagged; everybody first.
    """

    format: Literal["saring-operating-point"]
    schema_version: Literal["1"]
    synthetic: Literal[True]
    saved_at: AwareDatetime
    note: Annotated[str, Field(max_length=NOTE_LETTERS)]
    run: str
    run_hashes: RunHashes
    scenario: str
    scenario_hash: Hash
    rulebook: str
    rulebook_hash: Hash
    cards: str
    cards_hash: Hash | None
    stage: StageLabel
    threshold: int
    max_miss: Annotated[float, Field(gt=0, lt=1)]
    prevalence: Annotated[float, Field(gt=0, lt=1)]
    flags_per_10000: Annotated[float, Field(ge=0, le=10_000)]
    confidence: Share
    groups: tuple[SavedGroup, ...]

    @model_validator(mode="after")
    def _begins_with_everybody(self) -> Self:
        if not self.groups or self.groups[0].grouping:
            raise ValueError("the first of the groups must be everybody")
        return self

    @property
    def everybody(self) -> SavedGroup:
        """The rates of everybody."""
        return self.groups[0]

    @property
    def file_name(self) -> str:
        """What its file is called: run, stage, threshold, and the beginning of its hash."""
        said = self.model_dump_json().encode()
        plain = re.sub(r"[^\w.-]", "-", self.run)
        mark = hashlib.sha256(said).hexdigest()[:DIGITS]
        return f"{plain}-{self.stage}{self.threshold / 100:+.2f}-{mark}.json"


def point_of(
    run: FinishedRun,
    points: OperatingPoints,
    step: int,
    *,
    max_miss: float,
    prevalence: float,
    flags: float,
    note: str = "",
) -> SavedPoint:
    """Return an operating point of a run, ready to be saved.

    Args:
        run: The run.
        points: Its operating points.
        step: Which of them.
        max_miss: The bound of every group's miss rate.
        prevalence: Share of victims among applicants.
        flags: Among 10,000 applicants, at that share.
        note: What whoever saves it wants to remember.

    Raises:
        BadInput: If the run does not keep the screener that it was screened with.
    """
    made_of = _made_of(run)
    content = {
        "format": "saring-operating-point",
        "schema_version": "1",
        "synthetic": True,
        "saved_at": datetime.now(UTC).replace(microsecond=0),
        "note": note,
        "run": run.name,
        "run_hashes": {
            "manifest": _digest(run.folder / MANIFEST),
            "evaluation": _digest(run.folder / EVALUATION),
        },
        **made_of,
        "stage": points.stage,
        "threshold": points.thresholds[step],
        "max_miss": max_miss,
        "prevalence": prevalence,
        "flags_per_10000": flags,
        "confidence": CONFIDENCE,
        "groups": tuple(SavedGroup.of(group.at(step)) for group in points.groups),
    }
    return SavedPoint.model_validate(content)


def save(point: SavedPoint, folder: Path) -> Path:
    """Write a point into a folder under a name of its own; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / point.file_name
    write_json(path, point.model_dump(mode="json"))
    return path


def read_point(path: Path) -> SavedPoint:
    """Return the operating point that a file holds.

    Raises:
        BadInput: If there is no such file, or it is no saved operating point.
    """
    return read_json(SavedPoint, path, missing=f"there is no operating point '{path.name}'", mend=MEND)


def point_names(folder: Path) -> list[str]:
    """Return the names of the points in a folder, rising; none without it."""
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if PLAIN_NAME.fullmatch(one.name) and one.is_file())


def points_in(folder: Path) -> Iterator[tuple[str, SavedPoint]]:
    """Yield the points of a folder by the names of their files; what is none is passed over."""
    for name in point_names(folder):
        try:
            yield name, read_point(folder / name)
        except BadInput:
            continue


def _made_of(run: FinishedRun) -> dict[str, str | None]:
    kept = run.folder / SCREENED / KEPT
    if not (kept / RULEBOOK).is_file():
        what = "this run does not keep the rulebook and cards that it was screened with"
        raise BadInput.of(what, where=run.name, mend="Run the scenario again with this version of saring.")
    cards = load_cards(kept / CARDS) if (kept / CARDS).is_file() else None
    return {
        "scenario": run.facts.scenario,
        "scenario_hash": json.loads((run.folder / MANIFEST).read_bytes())["scenario_hash"],
        "rulebook": run.facts.rulebook_id,
        "rulebook_hash": rulebook_hash(str(kept / RULEBOOK)),
        "cards": run.facts.certificate.cards,
        "cards_hash": cards.content_hash if cards else None,
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
