"""Running the main job into a folder, as tests of it do."""

from collections.abc import Callable
from pathlib import Path

from console.parts.parallel import Workers
from console.pipeline import Job, PartResult
from dossier.places import place_of


def ran(
    job: Job, folder: Path, workers: int = 1, done: Callable[[int], None] = lambda _: None
) -> tuple[PartResult, float]:
    """Run a job by so many threads; return what remains of it, and the seconds it took."""
    return job.run(place_of(folder), Workers(workers), {"test": True}, done=done)
