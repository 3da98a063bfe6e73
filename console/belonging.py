"""Whether files belong together, as far as hashes can tell: those of a cohort, a screening and its truth.

Identity numbers alone cannot: the same seed gives the people of two scenarios the same numbers, and rates
from the one's risks and the other's truth would look like any others. Nothing is counted before this holds.
Nor is a cohort screened whose files are not those that its manifest names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.foreign.cohort_source import MANIFEST, OBSERVED, Source, cohort_of
from console.foreign.foreign_files import Facts, ForeignFile, open_ordinary
from console.foreign.foreign_limits import LARGEST_MANIFEST, MOST_PROBLEMS
from console.parts.parallel import Workers, each_part
from console.screened import Screened
from dossier.places import Place
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.shown import shown
from synthetic.sealed import problem_of_file, sealed_folder, sealed_manifest

LAYERS = ("truth", "fields")
"""Layers of a sealed truth that an evaluation reads."""

VERY = "Evaluate with the truth of the very cohort that was screened."


AGAIN = "Draw the cohort again, or copy it anew."


class PublicManifest(BaseModel):
    """What the public manifest of a cohort says of its files.

    Attributes:
        rows: How many applicants the cohort has.
        files: SHA-256 of every observed file, by its name within the cohort's folder.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    rows: int | None = Field(default=None, ge=0)
    files: dict[str, str]


@dataclass(frozen=True)
class _Listed:
    """A cohort with a manifest, and those of its files that are to be screened.

    Attributes:
        where: The manifest, for messages.
        manifest: What it says.
        files: By their names in the manifest.
    """

    where: str
    manifest: PublicManifest
    files: Mapping[str, ForeignFile]


def check_observed(source: Source, facts: Sequence[Facts], workers: Workers) -> bool:
    """Raise where observed files are not those that their cohort's manifest names.

    Args:
        source: The files; the manifest of each cohort is looked for from which some are.
        facts: What they say of themselves.
        workers: Who reads them through.

    Returns:
        Whether every file is one that a manifest names.

    Raises:
        BadInput: Naming each file that a manifest does not name or that has another content, and for a whole
            cohort those that are missing; or if a manifest cannot be read, or names a file elsewhere.
    """
    listed = list(_listed(source.files))
    problems = [one for found in listed for one in _unnamed(found)]
    if source.is_whole and listed:
        problems += [*_missing(listed[0]), *_other_rows(listed[0], sum(sum(one.rows) for one in facts))]
    raise_if_any(problems[:MOST_PROBLEMS])
    named = [(file, one.manifest.files[name]) for one in listed for name, file in one.files.items()]
    digests = each_part(_Digests(tuple(file for file, _ in named)), len(named), workers)
    what = "this is not the file that the manifest names: its SHA-256 differs"
    changed = (
        Problem(what, file.shown, AGAIN)
        for (file, expected), digest in zip(named, digests, strict=True)
        if digest != expected
    )
    raise_if_any(list(changed)[:MOST_PROBLEMS])
    return len(named) == len(source.files)


@dataclass(frozen=True)
class _Digests:
    """Reads files through; travels to whoever works."""

    files: tuple[ForeignFile, ...]

    def __call__(self, number: int) -> str:
        file = self.files[number]
        return file.place.digest(file.name)


def _listed(files: Iterable[ForeignFile]) -> Iterator[_Listed]:
    """Yield the cohorts with a manifest among whose files some of these are."""
    cohorts: dict[Place, dict[str, ForeignFile]] = {}
    for file in files:
        if (cohort := cohort_of(file)) is not None:
            cohorts.setdefault(cohort, {})[f"{OBSERVED}/{PurePosixPath(file.name).name}"] = file
    for cohort, named in cohorts.items():
        if MANIFEST in cohort.names():
            yield _Listed(f"{cohort}/{MANIFEST}", _public_manifest(cohort), named)


def _public_manifest(cohort: Place) -> PublicManifest:
    where = f"{cohort}/{MANIFEST}"
    with open_ordinary(ForeignFile(cohort, MANIFEST)) as opened:
        raw = opened.read(LARGEST_MANIFEST + 1)
    if len(raw) > LARGEST_MANIFEST:
        what = f"this manifest has more than {LARGEST_MANIFEST:,} bytes, and is not read"
        raise BadInput.of(what, where=where, mend=AGAIN)
    try:
        return PublicManifest.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(shown(part) for part in first["loc"])
        what = f"this is not the manifest of a cohort ({place}: {shown(first['msg'], 120)})"
        raise BadInput.of(what, where=where, mend=AGAIN) from None


def _unnamed(found: _Listed) -> Iterator[Problem]:
    """Yield the names that lead elsewhere, which nobody follows, and the files that have none."""
    for name in sorted(found.manifest.files):
        parts = name.split("/")
        if len(parts) != 2 or parts[0] != OBSERVED or parts[1] in ("", ".", "..") or not name.isprintable():  # noqa: PLR2004  (folder and file)
            what = f"the manifest names '{shown(name)}', which is no observed file of this cohort"
            yield Problem(what, found.where, AGAIN)
    for name in sorted(found.files.keys() - found.manifest.files.keys()):
        what = f"the manifest does not name '{shown(name)}'"
        yield Problem(what, found.where, "Take the file away from there, or draw the cohort again.")


def _missing(found: _Listed) -> Iterator[Problem]:
    for name in sorted(found.manifest.files.keys() - found.files.keys()):
        what = f"the manifest names '{shown(name)}', and there is no such file"
        yield Problem(what, found.where, AGAIN)


def _other_rows(found: _Listed, rows: int) -> Iterator[Problem]:
    if found.manifest.rows not in (None, rows):
        what = f"the manifest names {found.manifest.rows:,} applicants, and the files hold {rows:,}"
        yield Problem(what, found.where, AGAIN)


def check_belonging(screened: Path, found: Screened, truth: Path) -> None:
    """Raise where a screening and a truth are known not to belong together, or the truth was changed.

    Args:
        screened: Folder or file of the screening.
        found: What stands there.
        truth: The cohort's folder, or its sealed truth.

    Raises:
        BadInput: If a file of the truth is not the one that its manifest names, if the people screened are of
            another scenario, or if the screening is a run's and the run has another truth of its own.
    """
    folder = sealed_folder(truth)
    raise_if_any(_changed(folder))
    scenario_hash = sealed_manifest(folder).scenario_hash
    if found.scenario_hash not in (None, scenario_hash):
        what = "the screened applicants are of another scenario than this truth"
        raise BadInput.of(what, where=str(folder), mend=VERY)
    own = _own_truth(screened)
    if own is not None and sealed_manifest(own).files != sealed_manifest(folder).files:
        what = f"what was screened is part of a run with a truth of its own, {own}, and this is another"
        raise BadInput.of(what, where=str(folder), mend=VERY)


def _changed(folder: Path) -> Iterator[Problem]:
    """Yield the files that an evaluation reads and that are not those which the manifest names."""
    named = {
        name: digest
        for name, digest in sealed_manifest(folder).files.items()
        if name.split("/")[1:-1] in [[layer] for layer in LAYERS]
    }
    there = {
        f"truth/{layer}/{path.name}": path for layer in LAYERS for path in (folder / layer).glob("*.parquet")
    }
    for name in sorted(named.keys() | there.keys()):
        path = there.get(name, folder / Path(*name.split("/")[1:]))
        if problem := problem_of_file(path, named.get(name)):
            yield problem


def _own_truth(screened: Path) -> Path | None:
    """Return the sealed truth of the run that a screening is part of; None where it is part of none."""
    folder = screened if screened.is_dir() else screened.parent
    own = folder.resolve().parent / "cohort" / "truth"
    return own if folder.resolve().name == "screened" and (own / "manifest.json").is_file() else None
