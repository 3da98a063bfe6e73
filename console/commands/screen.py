"""`saring screen`: recommendations for a cohort on disk, chunk by chunk."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from console.certifying import certificate_sentences
from console.files import write_json
from console.kept import Sources, keep_screener
from console.output import Output
from console.profiling import counts_of, investigations_sentence
from console.screened import SCENARIO, screened_batch
from console.screeners import screener_for
from dossier.dossiers import Dossiers
from dossier.fields import fields_visible_at
from dossier.problems import BadInput, Problem, raise_if_any
from dossier.recommendations import Recommendation
from dossier.stages import Stage
from dossier.tables import APPLICANT, check_columns, check_mark, from_arrow, references_in
from screening.profiles import Tallies, merged, profiles_json, recommended, tallied
from screening.referral import headline_stage
from screening.referral_policy import RELEASED, load_policy
from screening.screener import Screener
from synthetic.cohort import CHUNK
from synthetic.cohort_files import ParquetSheet, written_aside

SCREENED = Path("var/screened")
PROFILES = "_profiles.json"
"""Readers of Parquet pass over a name that begins so, and can still be given the whole folder."""


@dataclass(frozen=True)
class ScreenOptions:
    """The options of `saring screen`; see its help."""

    cohort: Path
    rulebook: str
    cards: str
    certificate: str
    threshold: float | None
    out: Path | None
    force: bool
    policy: str = RELEASED


def screen_cohort(options: ScreenOptions, output: Output) -> None:
    """Screen a cohort and print how many dossiers got which recommendation."""
    started = time.perf_counter()
    certificate = None if options.certificate == options.cards else options.certificate
    chosen = screener_for(options.rulebook, options.cards, options.threshold, certificate)
    screener = replace(chosen, referral=load_policy(options.policy))
    for line in certificate_sentences(screener.operating_point):
        output.say(line)
    files = observed_files(options.cohort)
    sizes = [_checked_size(file) for file in files]
    folder = options.out or SCREENED / options.cohort.resolve().name
    _keeps_its_input(options.cohort, files, folder)
    counts: Counter[str] = Counter()
    tallies: list[Tallies] = []
    with (
        written_aside(folder, force=options.force or options.out is None) as aside,
        output.progress("Screening", sum(sizes)) as advance,
    ):
        keep_screener(screener, Sources(options.rulebook, options.policy), aside)
        for file in files:
            with ParquetSheet(aside / file.name) as sheet:
                scenario_hash = scenario_of(file)
                for dossiers in read_dossiers(file):
                    batch, tally = _screen(screener, dossiers, scenario_hash)
                    tallies.append(tally)
                    counts.update(batch.column("recommendation").to_pylist())
                    sheet.write(batch)
                    advance(len(dossiers))
            tallies = [merged(tallies)]
        (whole,) = tallies
        profiles = profiles_json(whole, recommended(whole))
        write_json(aside / PROFILES, profiles)
    recommendations = {r.label: counts[r.label] for r in Recommendation}
    content = {
        "schema_version": "1",
        "n": sum(sizes),
        "recommendations": recommendations,
        "investigations": counts_of(profiles),
        "cards": screener.cards.id,
        "rulebook": screener.rulebook.rulebook.id,
        "thresholds": {stage.label: screener.operating_point.threshold(stage) / 100 for stage in Stage},
        "wall_s": round(time.perf_counter() - started, 2),
        "artifacts": {"screened": str(folder), "profiles": str(folder / PROFILES)},
    }
    rows = [[label, f"{count:,}"] for label, count in recommendations.items()]
    output.result(content, lambda: _print(content, rows, output))


def _keeps_its_input(cohort: Path, files: Sequence[Path], folder: Path) -> None:
    """Refuse to write the results where the dossiers or the truth are."""
    target = folder.resolve()
    kept = [*files, cohort / "truth", cohort / "cohort" / "truth"]
    if any(target in (place, *place.parents) for place in (one.resolve() for one in kept)):
        what = "the results would take the place of what is screened"
        raise BadInput.of(what, where=str(folder), mend="Give --out a folder of its own.")


def _print(content: Mapping[str, Any], rows: Sequence[Sequence[str]], output: Output) -> None:
    folder = content["artifacts"]["screened"]
    title = f"{content['n']:,} synthetic applicants screened into {folder}"
    output.table(title, ("recommendation", "applicants"), rows)
    print(investigations_sentence(content["investigations"]))


def observed_files(path: Path) -> list[Path]:
    """Return the observed Parquet files of a cohort folder, a plain folder or a single file.

    Raises:
        BadInput: If there is none, or the path leads to the sealed truth.
    """
    if _is_sealed(path.resolve()):
        raise BadInput.of(
            "this is the sealed truth", where=str(path), mend="A screener may open observed/ only."
        )
    if path.is_file():
        found = [path]
    elif (path / "observed").is_dir():
        found = sorted((path / "observed").glob("*.parquet"))
    elif (path / "cohort" / "observed").is_dir():
        found = sorted((path / "cohort" / "observed").glob("*.parquet"))
    else:
        found = sorted(path.glob("*.parquet"))
    if not found:
        raise BadInput.of(
            "there are no observed files here", where=str(path), mend="Draw a cohort with `saring draw`."
        )
    return found


def _is_sealed(path: Path) -> bool:
    """Tell whether a path leads to or below the sealed side of a cohort."""
    return any(
        folder.name == "truth" and (folder / "manifest.json").is_file() for folder in (path, *path.parents)
    )


def scenario_of(file: Path) -> str | None:
    """Return the hash of the scenario that an observed file names; None where it names none."""
    named = (_opened(file).schema_arrow.metadata or {}).get(SCENARIO)
    return named.decode() if named else None


def read_dossiers(file: Path) -> Iterator[Dossiers]:
    """Yield the dossiers of one observed file, a chunk at a time.

    Raises:
        BadInput: If something in the file cannot be used; it says what and in which row.
    """
    names = fields_visible_at(Stage.CHECKPOINT)
    row = 0
    opened = _opened(file)
    check_mark(opened.schema_arrow, file.name)
    for batch in _batches(opened, names, file):
        table = batch.replace_schema_metadata({b"saring.synthetic": b"true"})
        yield from_arrow(table, names, where=file.name, first_row=row)
        row += len(batch)


def _batches(opened: pq.ParquetFile, names: Sequence[str], file: Path) -> Iterator[pa.RecordBatch]:
    references = references_in(opened.schema_arrow.names, names)
    try:
        yield from opened.iter_batches(batch_size=CHUNK, columns=[APPLICANT, *references, *names])
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def _checked_size(file: Path) -> int:
    """Check mark, columns and types of a file before anything is written; return its number of rows."""
    opened = _opened(file)
    schema = opened.schema_arrow
    check_mark(schema, file.name)
    check_columns(schema, fields_visible_at(Stage.CHECKPOINT), file.name)
    size = int(opened.metadata.num_rows)
    empty = [Problem("this cohort is empty", file.name, "Draw one with applicants.")] if size == 0 else []
    raise_if_any(empty)
    return size


def _opened(file: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> BadInput:
    return BadInput.of(
        f"this is not a readable Parquet file ({str(error).splitlines()[0]})",
        where=str(file),
        mend="saring reads Parquet only; if the file was cut short, draw the cohort again.",
    )


def _screen(
    screener: Screener, dossiers: Dossiers, scenario_hash: str | None
) -> tuple[pa.RecordBatch, Tallies]:
    assessments = {stage: screener.assess(dossiers, stage) for stage in Stage}
    headline = assessments[headline_stage()]
    tallies = tallied(dossiers, headline.recommendation, headline.stage)
    return screened_batch(screener, assessments, scenario_hash=scenario_hash), tallies
