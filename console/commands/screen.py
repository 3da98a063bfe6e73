"""`saring screen`: recommendations for observed files on disk or at a URL, part by part, in bounded memory.

Every file is looked at before anything is written: its mark, columns, types and sizes, and whether it is the
one that its cohort's manifest names. Only the columns that are needed are read. The screening can be stopped
and gone on with.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.belonging import check_observed
from console.certifying import certificate_sentences
from console.files import write_json
from console.foreign.cohort_source import Part, Source, cohort_of, found_at, parts_of
from console.foreign.foreign_files import Facts, ForeignFile, facts_of, open_ordinary, read_groups
from console.foreign.foreign_limits import KIB, MOST_COMPARED, MOST_PROBLEMS
from console.kept import Sources, keep_screener
from console.output import Output
from console.parts.memory import peak_rss_mib
from console.parts.parallel import Workers
from console.parts.unfinished import Work, begun, finished_before, worked
from console.profiling import counts_of, investigations_sentence
from console.screeners import screener_for
from console.screening_parts import Merging, PartScreened, PartScreener, check_once
from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.places import Folder, place_of
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from screening.profiles import profiles_json, recommended
from screening.referral import headline_stage
from screening.referral_policy import RELEASED, load_policy, policy_file
from screening.rulebook import rulebook_file
from screening.screener import Screener
from synthetic.cohort import CHUNK
from synthetic.cohort_files import code_version

SCREENED = Path("var/screened")
PROFILES = "_profiles.json"
"""Readers of Parquet pass over a name that begins so, and can still be given the whole folder."""

THREADS = Workers(2)
_TAIL = 64 * KIB
"""Bytes at the end of a file by which it is known again; there the footer says where all columns lie."""


@dataclass(frozen=True)
class ScreenOptions:
    """The options of `saring screen`; see its help."""

    cohort: str | Path
    rulebook: str
    cards: str
    certificate: str
    threshold: float | None
    out: str | Path | None
    force: bool
    policy: str = RELEASED
    workers: Workers = THREADS
    stages: Literal["all", "headline"] = "all"
    resume: bool = False

    @property
    def wanted_stages(self) -> tuple[Stage, ...]:
        """The stages at which risks are wanted."""
        return tuple(Stage) if self.stages == "all" else (headline_stage(),)


@dataclass(frozen=True)
class _Job:
    """What is to be screened, by whom, and where to.

    Attributes:
        screener: Who screens.
        source: The files.
        facts: What they say of themselves.
        is_listed: Whether every file is one that a manifest names.
        parts: Their parts.
        target: The folder or URL of the results.
    """

    screener: Screener
    source: Source
    facts: tuple[Facts, ...]
    is_listed: bool
    parts: tuple[Part, ...]
    target: str | Path

    @property
    def size(self) -> int:
        """How many applicants."""
        return sum(part.rows for part in self.parts)

    @property
    def compares(self) -> bool:
        """Whether all applicants are compared with each other."""
        return self.size <= MOST_COMPARED


def screen_cohort(options: ScreenOptions, output: Output) -> None:
    """Screen a cohort and print how many dossiers got which recommendation."""
    started = time.perf_counter()
    certificate = None if options.certificate == options.cards else options.certificate
    chosen = screener_for(options.rulebook, options.cards, options.threshold, certificate)
    screener = replace(chosen, referral=load_policy(options.policy))
    for line in certificate_sentences(screener.operating_point):
        output.say(line)
    job = _job(options, screener)
    identity = _identity(options, job)
    if options.resume and finished_before(job.target, identity):
        output.say(f"{job.target} is finished already, and is what was asked for.")
        content = _content(job, options, *_finished(job.target))
    else:
        content = _content(job, options, *_screened(options, job, identity, output))
    elapsed = time.perf_counter() - started
    content["wall_s"] = round(elapsed, 2)
    content["rows_per_s"] = round(job.size / elapsed)
    content["peak_rss_mib"] = round(peak_rss_mib(), 1)
    output.result(content, lambda: _print(content, output))


def _job(options: ScreenOptions, screener: Screener) -> _Job:
    """Look at everything that is to be screened; nothing is written before all of it can be used."""
    source = found_at(options.cohort)
    names = fields_visible_at(max(options.wanted_stages))
    facts = tuple(_facts(source.files, names))
    raise_if_any(list(_differences(source.files, facts))[:MOST_PROBLEMS])
    target = options.out or SCREENED / (source.title or "screened")
    _keeps_its_input(source.files, target)
    is_listed = check_observed(source, facts, Workers(options.workers.count))
    return _Job(screener, source, facts, is_listed, tuple(parts_of(source.files, facts)), target)


def _facts(files: Sequence[ForeignFile], names: Sequence[str]) -> Iterator[Facts]:
    """Yield what files say of themselves; raises with the problems of all that cannot be screened."""
    problems: list[Problem] = []
    for file in files:
        try:
            found = facts_of(file, names)
        except BadInput as error:
            problems += error.problems
            if len(problems) >= MOST_PROBLEMS:
                break
        else:
            yield found
    raise_if_any(problems[:MOST_PROBLEMS])


def _differences(files: Sequence[ForeignFile], facts: Sequence[Facts]) -> Iterator[Problem]:
    """Yield the files that are not of one cohort with the first."""
    first = facts[0]
    for file, one in zip(files[1:], facts[1:], strict=True):
        if one.scenario != first.scenario:
            what = f"this file holds people of another scenario than {files[0].shown}"
            yield Problem(what, file.shown, "Screen each cohort by itself.")
        if one.references != first.references:
            other = ", ".join(sorted(set(one.references) ^ set(first.references)))
            what = f"only one of this file and {files[0].shown} has the columns {other}"
            yield Problem(what, file.shown, "Screen each by itself, or add the columns.")


def _keeps_its_input(files: Sequence[ForeignFile], target: str | Path) -> None:
    """Refuse to write the results where the dossiers or the truth are."""
    place = place_of(target)
    kept = {above for file in files for above in (file.place, cohort_of(file)) if above is not None}
    if isinstance(place, Folder):
        here = place.path.resolve()
        folders = [one.path.resolve() for one in kept if isinstance(one, Folder)]
        paths = [Path(file.path).resolve() for file in files if file.path is not None]
        lies_there = any(
            here in (one, *one.parents) for one in (*paths, *folders, *(one / "truth" for one in folders))
        )
    else:
        lies_there = any(f"{one.shown}/".startswith(f"{place.shown.rstrip('/')}/") for one in kept)
    if lies_there:
        what = "the results would take the place of what is screened"
        raise BadInput.of(what, where=place.shown, mend="Give --out a folder of its own.")


# --- screening --------------------------------------------------------------------------------------


def _screened(
    options: ScreenOptions, job: _Job, identity: Mapping[str, Any], output: Output
) -> tuple[dict[str, int], dict[str, Any]]:
    """Screen all parts; return how many applicants got which recommendation, and the investigations."""
    counts = np.zeros(len(Recommendation), dtype=np.int64)
    tallies, applicants = Merging(), []
    do = PartScreener(job.screener, job.parts, options.wanted_stages, CHUNK, job.compares)
    work = Work(identity, len(job.parts), do, PartScreened)
    beginning = begun(
        job.target,
        resume=options.resume,
        force=options.force,
        identity=identity,
        replaces=options.out is None,
    )
    with beginning as found, output.progress("Screening", job.size) as advance:
        for part in worked(
            work,
            found.place,
            options.workers,
            resume=options.resume,
            done=lambda number: advance(job.parts[number].rows),
            say=output.say,
        ):
            counts += part.recommendations
            tallies.add(part.tallies)
            applicants.append(part.applicants)
        if job.compares:
            check_once(job.parts, applicants)
        whole = tallies.whole()
        profiles = profiles_json(whole, recommended(whole))
        keep_screener(job.screener, Sources(options.rulebook, options.policy), found.folder)
        write_json(found.folder / PROFILES, profiles)
    return {one.label: int(counts[one]) for one in Recommendation}, profiles


def _finished(target: str | Path) -> tuple[dict[str, int], dict[str, Any]]:
    """Return from finished results what `_screened` returned when they were made."""
    place = place_of(target)
    counts = dict.fromkeys((one.label for one in Recommendation), 0)
    for name in place.names("*.parquet"):
        with place.open(name) as file:
            column = pq.read_table(file, columns=["recommendation"])["recommendation"].cast("string")
        for found in pc.value_counts(column).to_pylist():
            counts[found["values"]] += found["counts"]
    return counts, json.loads(place.read_bytes(PROFILES))


def _identity(options: ScreenOptions, job: _Job) -> dict[str, Any]:
    """Return everything that decides the results."""
    screener = job.screener
    return {
        "command": "screen",
        "code_version": code_version(),
        "rulebook": _hashed(rulebook_file(options.rulebook).read_bytes()),
        "cards": _hashed(screener.cards.model_dump_json().encode()),
        "thresholds": {stage.label: screener.operating_point.threshold(stage) for stage in Stage},
        "policy": _hashed(policy_file(options.policy).read_bytes()),
        "stages": options.stages,
        "applicants": job.size,
        "files": _hashed(*(_trace(file) for file in job.source.files)),
    }


def _trace(file: ForeignFile) -> bytes:
    """Return by what a file is known again without reading it through: name, size and end."""
    with open_ordinary(file) as opened:
        size = opened.seek(0, 2)
        opened.seek(max(size - _TAIL, 0))
        return f"{file.shown}\0{size}\0".encode("utf-8", "replace") + opened.read(_TAIL)


def _hashed(*contents: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()


# --- printing ---------------------------------------------------------------------------------------


def _content(
    job: _Job, options: ScreenOptions, counts: Mapping[str, int], profiles: Mapping[str, Any]
) -> dict[str, Any]:
    folder = str(job.target)
    return {
        "schema_version": "1",
        "n": job.size,
        "recommendations": dict(counts),
        "investigations": counts_of(profiles),
        "cards": job.screener.cards.id,
        "rulebook": job.screener.rulebook.rulebook.id,
        "thresholds": {stage.label: job.screener.operating_point.threshold(stage) / 100 for stage in Stage},
        "stages": [stage.label for stage in options.wanted_stages],
        "files": len(job.source.files),
        "parts": len(job.parts),
        "manifest": "agrees" if job.is_listed else "none for all files",
        "applicants_compared": "all" if job.compares else "within each part",
        "artifacts": {"screened": folder, "profiles": f"{folder}/{PROFILES}"},
    }


def _print(content: Mapping[str, Any], output: Output) -> None:
    folder = content["artifacts"]["screened"]
    title = f"{content['n']:,} synthetic applicants screened into {folder}"
    rows = [[label, f"{count:,}"] for label, count in content["recommendations"].items()]
    output.table(title, ("recommendation", "applicants"), rows)
    print(investigations_sentence(content["investigations"]))


# --- for other commands -----------------------------------------------------------------------------


def observed_files(path: Path) -> list[Path]:
    """Return the observed files of a cohort folder, a plain folder or a single file, on this machine.

    Raises:
        BadInput: If there is none, or the path leads to the sealed truth.
    """
    return [Path(file.path) for file in found_at(path).files if file.path is not None]


def read_dossiers(file: Path) -> Iterator[Dossiers]:
    """Yield the dossiers of one observed file, a chunk at a time.

    Raises:
        BadInput: If something in the file cannot be used; it says what and in which row.
    """
    foreign = ForeignFile(Folder(file.parent.absolute()), file.name)
    yield from read_groups(foreign, fields_visible_at(Stage.CHECKPOINT), CHUNK)
