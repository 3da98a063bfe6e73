"""The finished runs below one folder: which there are, and what each says of itself.

A run is named by the name of its folder, which must be one of those listed; no path is ever taken from
whoever asks. A folder that holds something else, or a run that cannot be read, is told and not passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.kept_runs import EVALUATION, evaluation_in
from dossier.problems import BadInput, Problem
from dossier.shown import shown
from dossier.texts import Text

AGAIN = "Run the scenario again with `saring run`."
MOST_RULES_BROKEN = 5
"""Problems told of one file; the first few tell what kind of file it is."""

Count = Annotated[int, Field(ge=0)]


class _Read(BaseModel):
    """A part of `evaluation.json`; what else stands there is of no concern here."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class CurvePoint(_Read):
    """What one threshold, in log-odds, misses and flags of everybody."""

    threshold: float
    missed: Count
    lawful: Count
    irregular: Count


class About(_Read):
    """What a scenario is called."""

    title: Text
    difficulty_step: int | None = None


class Terms(_Read):
    """What a certificate promises, as far as it is known."""

    max_miss: float | None = None


class Certified(_Read):
    """What a run says of its certificate."""

    cards: str = ""
    terms: Terms = Terms()


class Facts(_Read):
    """What a run says of itself.

    Attributes:
        scenario: Its id.
        n, victims, lawful, irregular: People.
        stage: The headline stage.
        threshold: At that stage, in log-odds.
        base_rate_after_levers: The share of victims for which flags are counted; None for that of the people.
        curve: Counts of everybody along the threshold.
        about, certificate, rulebook_id: Of the scenario, the promise and the rules.
        decides: Whether cards or rules decide.
    """

    scenario: str
    n: Count
    victims: Count
    lawful: Count
    irregular: Count
    stage: Literal["counter", "interview", "verification", "checkpoint"]
    threshold: float
    base_rate_after_levers: Annotated[float, Field(gt=0, lt=1)] | None = None
    curve: tuple[CurvePoint, ...]
    about: About
    certificate: Certified = Certified()
    rulebook_id: str = ""
    decides: Literal["cards", "rules"] = "cards"

    @property
    def share_of_victims(self) -> float:
        """Victims among victims and others, as far as the run says; 0 where there is nobody."""
        people = self.victims + self.lawful + self.irregular
        return self.base_rate_after_levers or (self.victims / people if people else 0.0)


@dataclass(frozen=True)
class FinishedRun:
    """A run that can be read.

    Attributes:
        folder: Where it stands.
        facts: What it says of itself.
        content: The whole of its evaluation.
    """

    folder: Path
    facts: Facts
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Of its folder."""
        return self.folder.name


@dataclass(frozen=True)
class BrokenRun:
    """A folder that looks like a run's and cannot be read.

    Attributes:
        name: Of the folder.
        problem: Why.
    """

    name: str
    problem: BadInput


def run_names(folder: Path) -> Sequence[str]:
    """Return the names of the folders below `folder` that hold an evaluation, rising; none without it."""
    if not folder.is_dir():
        return ()
    return sorted(one.name for one in folder.iterdir() if (one / EVALUATION).is_file())


def runs_in(folder: Path) -> list[FinishedRun | BrokenRun]:
    """Return every run below a folder, by name."""
    found: list[FinishedRun | BrokenRun] = []
    for name in run_names(folder):
        try:
            found.append(run_named(folder, name))
        except BadInput as error:
            found.append(BrokenRun(name, error))
    return found


def run_named(folder: Path, name: str) -> FinishedRun:
    """Return one run by the name of its folder.

    Raises:
        KeyError: If there is none of this name; no path is taken for one.
        BadInput: If it is no finished run, or cannot be read.
    """
    if name not in run_names(folder):
        raise KeyError(name)
    content = evaluation_in(folder / name / EVALUATION)
    try:
        return FinishedRun(folder / name, Facts.model_validate(content), content)
    except ValidationError as error:
        raise BadInput(
            Problem(
                f"this is no evaluation of a finished run: {'.'.join(map(str, one['loc']))}: {one['msg']}",
                shown(Path(name) / EVALUATION, 200),
                AGAIN,
            )
            for one in error.errors()[:MOST_RULES_BROKEN]
        ) from None
