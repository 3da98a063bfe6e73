"""Whether a screening and a sealed truth belong together, as far as hashes can tell.

Identity numbers alone cannot: the same seed gives the people of two scenarios the same numbers, and rates
from the one's risks and the other's truth would look like any others. Nothing is counted before this holds.
"""

from collections.abc import Iterator
from pathlib import Path

from console.screened import Screened
from dossier.problems import BadInput, Problem, raise_if_any
from synthetic.sealed import problem_of_file, sealed_folder, sealed_manifest

LAYERS = ("truth", "fields")
"""Layers of a sealed truth that an evaluation reads."""

VERY = "Evaluate with the truth of the very cohort that was screened."


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
