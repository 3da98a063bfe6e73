"""Checking a run or a cohort: its files against their hashes, its people drawn again, its counts made again.

Whoever was given a folder need not believe it. Every file must be the one that a manifest names; one whole
part is drawn and written anew and must have the same bytes; ranges of rows elsewhere, chosen at random, are
drawn and screened anew and compared value by value; and what the evaluation counted is counted again. What
differs is named with file, row and column. Nothing in the folder is changed.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from console.kept_runs import EVALUATION, SEALED, KeptRun, evaluation_in
from console.parts.digests import PartDigest
from console.screened import screened_batch
from console.screeners import SCREENED
from console.thresholds.verifying import NOT_THERE, Difference, Instead, Verification
from dossier.places import place_of
from dossier.problems import BadInput
from screening.evaluation.outcomes import outcomes_of
from screening.referral import headline_stage
from screening.screener import Screener
from synthetic.changes import scenario_hash
from synthetic.cohort import chunks_of, dossiers_of, truth_of
from synthetic.cohort_files import parts_of, row_layers, write_part
from synthetic.draw import Plan
from synthetic.sheets import ENDINGS, Form

Progress = Callable[[str], None]

KIND = "run"

LONGEST_RANGE = 4_096
"""Rows of a range; many short ranges find more than a few long ones."""

MOST_EACH = 5
"""Differences that are told of one range; a wrong seed changes every row."""


@dataclass(frozen=True)
class Asked:
    """What is to be checked.

    Attributes:
        folder: Of a run or of a cohort.
        instead: Scenario and the like, where they are no longer where the run took them from.
        ranges: How many ranges of rows are drawn again.
        lot: Decides which; the same number chooses the same rows.
        modules: A folder of further modules, as the run was given.
    """

    folder: Path
    instead: Instead
    ranges: int
    lot: int
    modules: Path | None = None


def verify_run(asked: Asked, progress: Progress = lambda _: None) -> Verification:
    """Check a run or a cohort; see the head of this module.

    Raises:
        BadInput: If the folder holds no cohort, or the world it was drawn from cannot be found.
    """
    folder = KeptRun(asked.folder)
    if folder.public.exported_by is not None:
        what = "this is an export, whose files are written otherwise than those of a run or a cohort"
        raise BadInput.of(what, where=str(asked.folder), mend="Give what it was exported from.")
    progress("Comparing files with their hashes")
    found = list(_files(folder))
    plan = folder.plan(asked.instead.scenario, asked.modules)
    fields = len(folder.named) + len(folder.sealed.beside)
    if (drawn_from := scenario_hash(plan.world.scenario)) != folder.sealed.scenario_hash:
        found.append(Difference("scenario_hash", folder.sealed.scenario_hash, drawn_from))
        return Verification(KIND, tuple(found), fields + 1)
    for check in (_whole_part, _results, _ranges):
        told, compared = check(folder, plan, asked, progress)
        found += told
        fields += compared
    progress("Counting again")
    told, compared = _counts(folder, plan)
    once = {one.field: one for one in (*found, *told)}  # ranges overlap
    return Verification(KIND, tuple(once.values()), fields + compared)


# --- files ------------------------------------------------------------------------------------------


def _files(folder: KeptRun) -> Iterator[Difference]:
    """Yield files that are not what a manifest says, that are not there, or that no manifest names."""
    place = place_of(folder.cohort)
    there = {name for name in place.names("**") if name.endswith(tuple(ENDINGS.values()))}
    for name, digest in folder.named.items():
        if name not in there:
            yield Difference(name, NOT_THERE, digest)
        elif (found := place.digest(name)) != digest:
            yield Difference(name, found, digest)
    for name in sorted(there - set(folder.named)):
        yield Difference(name, place.digest(name), NOT_THERE)
    run = place_of(folder.run)
    if folder.run == folder.cohort:  # what stood beside the cohort is not asked for
        return
    yield from _needed(folder)
    for name in run.names(f"{SCREENED}/**"):
        if name not in folder.sealed.beside:
            yield Difference(name, run.digest(name), NOT_THERE)
    for name, digest in folder.sealed.beside.items():
        found = run.digest(name) if name in run.names("**") else NOT_THERE
        if found != digest:
            yield Difference(name, found, digest)


def _needed(folder: KeptRun) -> Iterator[Difference]:
    """Yield what a run must have for anything to be checked; what is taken away shall not go unnoticed."""
    sealed = folder.sealed
    there = {
        "hashes of the evaluation": EVALUATION in sealed.beside,
        "hashes of the results": bool(sealed.results),
        f"a stage in {EVALUATION}": folder.stage is not None,
        f"{SCREENED}/_screener": folder.screener is not None,
    }
    for name, has in there.items():
        if not has:
            yield Difference(name, NOT_THERE, "(needed)")


# --- drawing again ----------------------------------------------------------------------------------


def _lots(asked: Asked) -> np.random.Generator:
    return np.random.default_rng(asked.lot)


def _whole_part(
    folder: KeptRun, plan: Plan, asked: Asked, progress: Progress
) -> tuple[list[Difference], int]:
    """Draw and write one part anew; its files must have the bytes that the manifests name."""
    number, count = _one_part(plan, asked)
    ending = folder.ending
    own = {name: digest for name, digest in folder.named.items() if name.endswith(f"{number:05d}{ending}")}
    if not own:
        return [], 0
    progress(f"Writing part {number + 1:,} of {count:,} anew")
    made: dict[str, str] = {}
    for form in (form for form, one in ENDINGS.items() if one == ending):
        made = _written(plan, number, form)
        if made == own:
            break
    told = [
        Difference(f"{name}, by the manifest", own.get(name, NOT_THERE), made.get(name, NOT_THERE))
        for name in sorted({**own, **made})
        if own.get(name) != made.get(name)
    ]
    return told, len(made)


def _one_part(plan: Plan, asked: Asked) -> tuple[int, int]:
    """Return the part that is made again as a whole, and how many parts there are."""
    count = len(parts_of(plan.size))
    return int(_lots(asked).integers(count)), count


def _written(plan: Plan, number: int, form: Form) -> dict[str, str]:
    """Write a part into a folder that vanishes; return the hashes of its files."""
    with tempfile.TemporaryDirectory(prefix="saring-") as scratch:
        write_part(plan, Path(scratch), number, form=form)
        again = place_of(Path(scratch))
        return {name: again.digest(name) for name in again.names("**")}


def _results(folder: KeptRun, plan: Plan, asked: Asked, progress: Progress) -> tuple[list[Difference], int]:
    """Draw and screen one part anew and compare its results with the hash that the run kept of them."""
    kept, screener = folder.sealed.results, folder.screener
    if not kept or screener is None:
        return [], 0
    number, count = _one_part(plan, asked)
    if len(kept) != count:
        return [Difference("results", f"of {len(kept):,} parts", f"of {count:,} parts")], 1
    progress(f"Screening part {number + 1:,} of {count:,} again")
    digest, stage = PartDigest(), folder.stage or headline_stage()
    for rows in chunks_of(parts_of(plan.size)[number]):
        drawn = plan.draw(rows)
        dossiers = dossiers_of(drawn)
        found = screener.assess_all(dossiers, stage)
        digest.add(outcomes_of(dossiers, truth_of(plan.world, drawn), found, stage))
    made = digest.hexdigest()
    values = len(parts_of(plan.size)[number]) * digest.columns
    same = made == kept[number]
    return ([] if same else [Difference(f"results of part {number + 1:,}", kept[number], made)]), values


def _ranges(folder: KeptRun, plan: Plan, asked: Asked, progress: Progress) -> tuple[list[Difference], int]:
    """Draw and screen ranges of rows anew and compare every value."""
    lots, found, compared = _lots(asked), list[Difference](), 0
    parts = parts_of(plan.size)
    for turn in range(asked.ranges):
        number = int(lots.integers(len(parts)))
        rows = _range_within(parts[number], lots)
        progress(f"Drawing rows {rows.start + 1:,} to {rows.stop:,} again ({turn + 1} of {asked.ranges})")
        for name, batch in _made_again(folder, plan, rows).items():
            file = folder.file(name, number)
            if file is None:  # told already, or the run kept no files
                continue
            stored = _stored(file, rows.start - parts[number].start, len(rows))
            where = f"{name}/{file.name}"
            found += list(_differing(stored, batch, where, rows.start - parts[number].start))[:MOST_EACH]
            compared += batch.num_rows * batch.num_columns
    return found, compared


def _range_within(part: range, lots: np.random.Generator) -> range:
    """Return some rows of a part; each row is as likely among them as any other, the first and last too."""
    length = int(lots.integers(1, min(LONGEST_RANGE, len(part)) + 1))
    start = part.start + int(lots.integers(1 - length, len(part)))
    return range(max(start, part.start), min(start + length, part.stop))


def _made_again(folder: KeptRun, plan: Plan, rows: range) -> dict[str, pa.RecordBatch]:
    """Return what must stand in the files of a run for some rows, by the files' folder within the run."""
    drawn = [plan.draw(chunk) for chunk in chunks_of(rows)]
    inside = folder.cohort.relative_to(folder.run)
    found = {str(inside / layer): batch for layer, batch in row_layers(plan.world, drawn).items()}
    screener = folder.screener
    if screener is not None:
        found[SCREENED] = _screened_again(folder, plan, screener, rows)
    return found


def _screened_again(folder: KeptRun, plan: Plan, screener: Screener, rows: range) -> pa.RecordBatch:
    stage = folder.stage or headline_stage()
    found = screener.assess_all(dossiers_of(plan.draw(rows)), stage)
    return screened_batch(screener, found, stage, folder.sealed.scenario_hash)


def _stored(file: Path, start: int, count: int) -> pa.Table:
    """Return some consecutive rows of a file; as many as there are."""
    with _read_errors(file):
        if file.suffix == ENDINGS["arrow"]:
            with pa.memory_map(str(file)) as opened:
                return pa.ipc.open_file(opened).read_all().slice(start, count)
        opened = pq.ParquetFile(file)
        sizes = [opened.metadata.row_group(group).num_rows for group in range(opened.num_row_groups)]
        ends = np.cumsum(sizes)
        groups = [at for at, end in enumerate(ends) if end > start and end - sizes[at] < start + count]
        before = int(ends[groups[0]] - sizes[groups[0]]) if groups else 0
        return opened.read_row_groups(groups).slice(start - before, count)


def _columns(file: Path, names: list[str]) -> pa.Table:
    with _read_errors(file):
        if file.suffix == ENDINGS["arrow"]:
            return pa.ipc.open_file(str(file)).read_all().select(names)
        return pq.read_table(file, columns=names)


@contextmanager
def _read_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, KeyError) as error:
        what = f"this file cannot be read ({str(error).splitlines()[0]})"
        raise BadInput.of(
            what, where=str(file), mend="Run it again; nothing of it can be compared."
        ) from None


def _differing(stored: pa.Table, again: pa.RecordBatch, where: str, first: int) -> Iterator[Difference]:
    """Yield for each column the first row in which it is not what was drawn again."""
    if len(stored) != len(again):
        yield Difference(f"{where}, rows from {first + 1:,}", len(stored), len(again))
        return
    for name in dict.fromkeys([*again.schema.names, *stored.column_names]):
        if name not in stored.column_names or name not in again.schema.names:
            sides = (NOT_THERE if name not in side else "(a column)" for side in _names(stored, again))
            yield Difference(f"{where}, {name}", *sides)
            continue
        ours, theirs = (_plain(side.column(name)) for side in (again, stored))
        if not ours.equals(theirs):
            pairs = zip(theirs.to_pylist(), ours.to_pylist(), strict=True)
            row, pair = next((row, pair) for row, pair in enumerate(pairs) if pair[0] != pair[1])
            yield Difference(f"{where}, row {first + row + 1:,}, {name}", *(_told(one) for one in pair))


def _names(stored: pa.Table, again: pa.RecordBatch) -> tuple[Sequence[str], Sequence[str]]:
    return stored.column_names, again.schema.names


def _plain(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def _told(value: Any) -> Any:
    return "(empty)" if value is None else value


# --- counting again ---------------------------------------------------------------------------------


def _counts(folder: KeptRun, plan: Plan) -> tuple[list[Difference], int]:
    """Compare what the evaluation counted with the files; nothing where either is missing."""
    if folder.stage is None:
        return [], 0
    numbers = range(len(parts_of(plan.size)))
    inside = str((folder.cohort / SEALED / "truth").relative_to(folder.run))
    pairs = [(folder.file(inside, number), folder.file(SCREENED, number)) for number in numbers]
    files = [(truth, screened) for truth, screened in pairs if truth and screened]
    if len(files) < len(pairs):
        return [], 0
    said, found = evaluation_in(folder.run / EVALUATION), _counted(files)
    told = [
        Difference(f"{EVALUATION}: {name}", _at(said, name), value)
        for name, value in found.items()
        if _at(said, name) != value
    ]
    return told, len(found)


def _counted(files: Sequence[tuple[Path, Path]]) -> dict[str, int]:
    """Return the counts of a run: people by what is true of them and by whether they are referred.

    Args:
        files: For each part that of the truth, and that of what was screened.
    """
    people = dict.fromkeys(("victim", "irregular", "lawful", "facilitator"), 0)
    referred = dict(people)
    for sealed, screened in files:
        truth, given = _columns(sealed, ["truth_class"]), _columns(screened, ["recommendation"])
        if len(truth) != len(given):
            continue  # told already
        classes = np.asarray(_plain(truth.column(0)).to_numpy(zero_copy_only=False))
        refer = np.asarray(_plain(given.column(0)).to_numpy(zero_copy_only=False)) == "refer"
        for name in people:
            people[name] += int((classes == name).sum())
            referred[name] += int(((classes == name) & refer).sum())
    others = ("lawful", "irregular")
    return {
        "n": sum(people.values()),
        "victims": people["victim"],
        "lawful": people["lawful"],
        "irregular": people["irregular"],
        "miss_rate.n": people["victim"],
        "miss_rate.missed": people["victim"] - referred["victim"],
        "false_flag_rate.n": sum(people[name] for name in others),
        "false_flag_rate.flagged": sum(referred[name] for name in others),
        "facilitators_flagged.flagged": referred["facilitator"],
    }


def _at(content: Mapping[str, Any], name: str) -> Any:
    found: Any = content
    for part in name.split("."):
        found = found.get(part, NOT_THERE) if isinstance(found, Mapping) else NOT_THERE
    return found
