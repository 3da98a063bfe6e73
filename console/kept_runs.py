"""A run or a cohort on disk, as its manifests describe it, and the plan that draws anybody in it again.

A run of very many people keeps no files of them. What it keeps is enough: scenario, seed and size say who
stands in which row, and an identity number says in which row somebody stands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from console.kept import kept_screener
from console.screeners import SCREENED
from console.worlds import MOST_APPLICANTS, WorldOptions
from dossier.dossiers import Dossiers
from dossier.problems import BadInput
from dossier.shown import shown
from dossier.stages import STAGE_LABELS, Stage
from screening.screener import Screener
from synthetic.changes import scenario_hash
from synthetic.cohort import dossiers_of, plan_for
from synthetic.cohort_files import part_name
from synthetic.draw import Plan
from synthetic.scenarios import USUAL_DIFFICULTY
from synthetic.sealed import FileList, Manifest, read_manifest
from synthetic.sheets import ENDINGS

EVALUATION = "evaluation.json"
SEALED = "truth"
_INSIDE = ("cohort", "observed", SCREENED, SEALED)
"""Folders within a run or a cohort, by which somebody may mean the whole."""


class PublicManifest(FileList):
    """What the public manifest says beside its files.

    Attributes:
        rows: How many applicants there are.
        exported_by: The version of saring that made it from another folder; None for what it drew itself.
    """

    rows: Annotated[int, Field(ge=1, le=MOST_APPLICANTS)]
    exported_by: str | None = None


class SealedManifest(Manifest):
    """What the sealed manifest says that is needed to draw anybody again.

    Attributes:
        seed: Who holds it holds the answers.
        results: SHA-256 of what a run made of each part, in order; empty for a cohort that nobody screened.
        beside: SHA-256 of what stands beside the cohort in the folder of a run, by its name there.
    """

    seed: int
    results: tuple[str, ...] = ()
    beside: Mapping[str, str] = {}


@dataclass(frozen=True)
class KeptRun:
    """A run or a cohort on disk, as its manifests describe it.

    Attributes:
        run: Its folder.
    """

    run: Path

    @cached_property
    def cohort(self) -> Path:
        """The folder of the cohort, which may be the whole."""
        return self.run / "cohort" if (self.run / "cohort").is_dir() else self.run

    @cached_property
    def public(self) -> PublicManifest:
        """The manifest that anybody may read."""
        return read_manifest(PublicManifest, self.cohort / "manifest.json")

    @cached_property
    def sealed(self) -> SealedManifest:
        """The manifest that stands with the truth."""
        return read_manifest(SealedManifest, self.cohort / SEALED / "manifest.json")

    @property
    def named(self) -> Mapping[str, str]:
        """Every file of the cohort that a manifest names, with its SHA-256."""
        return {**self.public.files, **self.sealed.files}

    @cached_property
    def screener(self) -> Screener | None:
        """Who screened a run; None for a cohort that nobody screened."""
        return kept_screener(self.run / SCREENED)

    @property
    def ending(self) -> str:
        """Of the cohort's files."""
        return Path(next(iter(self.named), "")).suffix

    @cached_property
    def stage(self) -> Stage | None:
        """The stage whose recommendation a run tells; None for a cohort that nobody screened."""
        file = self.run / EVALUATION
        said = evaluation_in(file).get("stage") if file.is_file() else None
        return Stage.of(said) if said in STAGE_LABELS else None

    def file(self, layer: str, number: int) -> Path | None:
        """Return the file of a part in a folder within the run; None where there is none."""
        found = (self.run / layer / part_name(number, form) for form in ENDINGS)
        return next((one for one in found if one.is_file()), None)

    def plan(self, scenario: str | None = None, modules: Path | None = None) -> Plan:
        """Return the plan that the sealed manifest describes.

        Args:
            scenario: A name or path, where the scenario is not where the run took it from.
            modules: A folder of further modules, as the run was given.

        Raises:
            BadInput: If the world it was drawn from cannot be made.
        """
        sealed, size = self.sealed, self.public.rows
        step = sealed.difficulty or USUAL_DIFFICULTY
        chosen = scenario or sealed.scenario
        options = WorldOptions(chosen, size, sealed.seed, modules, sealed.levers, step)
        try:
            return plan_for(options.world(), size, sealed.seed, sealed.base_rate)
        except BadInput as error:
            what = f"the world that this was drawn from cannot be made: {error.problems[0].what}"
            mend = "Give the scenario with --scenario, and its modules with --modules."
            raise BadInput.of(what, where=str(self.run), mend=mend) from None

    def dossier_of(self, applicant: int) -> Dossiers | None:
        """Return the dossier of one applicant, drawn again; None where nobody of this number is here.

        Raises:
            BadInput: If the world it was drawn from cannot be made, or is another one by now.
        """
        plan = self.plan()
        if scenario_hash(plan.world.scenario) != self.sealed.scenario_hash:
            what = f"the scenario '{self.sealed.scenario}' is not the one that this was drawn from"
            raise BadInput.of(what, where=str(self.run), mend="Draw or run it again.")
        row = plan.row_of(applicant)
        return None if row is None else dossiers_of(plan.draw(range(row, row + 1)))


def is_run(folder: Path) -> bool:
    """Tell whether a folder is that of a run or of a cohort, truth and all."""
    places = (folder / "cohort", folder)
    return any((one / SEALED / "manifest.json").is_file() for one in places)


def keeps_nobody(folder: Path) -> bool:
    """Tell whether a folder is that of a whole run which kept no files of people."""
    return is_run(folder) and not KeptRun(folder).public.files


def check_keeps_people(folder: Path) -> None:
    """Raise where a folder is that of a run which kept no files of people, or one within it.

    A manifest that cannot be read says nothing here; whoever needs it says what is wrong with it.

    Raises:
        BadInput: If only the run's counts are here, so that there is nobody to read.
    """
    place = folder.absolute()
    whole = place.parent if place.name in _INSIDE else place
    if any(_says_nobody(one) for one in (place, whole)):
        mend = (
            "Run it again with --export parquet --force; `saring explain` and `saring verify` draw anybody "
            "of it again."
        )
        raise BadInput.of("this run kept no files of people", where=shown(folder, 400), mend=mend)


def _says_nobody(folder: Path) -> bool:
    try:
        return keeps_nobody(folder)
    except (BadInput, OSError):
        return False


def evaluation_in(file: Path) -> Mapping[str, Any]:
    """Return what stands in the file of an evaluation.

    Raises:
        BadInput: If it is none.
    """
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        what = f"this is no evaluation ({error})"
        raise BadInput.of(what, where=str(file), mend="Run it again.") from None
    if not isinstance(found, dict):
        raise BadInput.of("this is no evaluation", where=str(file), mend="Run it again.")
    return found
