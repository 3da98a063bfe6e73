"""Whether the mechanism log explains every cell in which what is on file is not what is true.

The files themselves are read. The log is replayed backwards, from observed to declared and from declared to
true; a cell that then differs from the file of that layer is unexplained. Apart from that, what was lost and
misread is compared with the rates that the population declares.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dossier.fields import MISSING, NOT_APPLICABLE, Codes, fields
from dossier.tables import from_arrow, known_codes
from synthetic.draw import Plan
from synthetic.fidelity.counts import Share, Verdict
from synthetic.fidelity.gathered import Index, chunks
from synthetic.fidelity.settings import settings
from synthetic.mechanisms import LAYERS

Layer = Mapping[str, Codes]


@dataclass(frozen=True)
class Log:
    """Entries of a mechanism log.

    Attributes:
        row: Row of the part.
        field: Index of the field.
        layer: Index into `LAYERS`: which layer the entry changed.
        original: Code before the change.
    """

    row: Index
    field: Index
    layer: Index
    original: Codes


@dataclass(frozen=True)
class Reconciliation:
    """The files of a cohort against its mechanism log.

    Attributes:
        n: Cells that were compared, each in two steps.
        changed: Cells that a step changed, counted for each step.
        by_mechanism: Entries of the log.
        unexplained: Changed cells from which the log does not lead back.
        idle: Entries of the log that explain no change.
        verdict: Whether nothing is unexplained and nothing idle.
    """

    n: int
    changed: int
    by_mechanism: dict[str, int]
    unexplained: int
    idle: int
    verdict: Verdict


@dataclass(frozen=True)
class Recorded:
    """What became of the answers to one question on their way into the file.

    Attributes:
        field: The field.
        lost: Answers that are empty on file.
        declared_loss: The rate that office and answer should give on average.
        misread: Answers that stand wrongly on file, of those that stand there.
        declared_noise: The rate that is declared.
        verdict: Whether both are credible.
    """

    field: str
    lost: Share
    declared_loss: float
    misread: Share
    declared_noise: float
    verdict: Verdict


def reconcile(folder: Path) -> Reconciliation:
    """Compare all parts of a cohort's folder with its mechanism log."""
    n = changed = unexplained = idle = 0
    mechanisms: Counter[str] = Counter()
    for number, path in enumerate(sorted((folder / "observed").glob("*.parquet"))):
        first_row = number and n // len(fields())
        observed, declared, truth, log, causes = _part(folder, path.name, first_row)
        mechanisms += causes
        found = [replayed(observed, declared, log, 1), replayed(declared, truth, log, 0)]
        n += len(fields()) * len(next(iter(observed.values())))
        changed += sum(each[0] for each in found)
        unexplained += sum(each[1] for each in found)
        idle += sum(each[2] for each in found)
    verdict: Verdict = "not met" if unexplained or idle else "met"
    return Reconciliation(n, changed, dict(mechanisms.most_common()), unexplained, idle, verdict)


def replayed(after: Layer, before: Layer, log: Log, layer: int) -> tuple[int, int, int]:
    """Replay the entries of one layer backwards.

    Args:
        after, before: Codes by field after and before that step.
        log: The log.
        layer: Index into `LAYERS`.

    Returns:
        How many cells the step changed, how many of all cells the log does not lead back to what they were,
        and how many entries change nothing.
    """
    changed = unexplained = idle = 0
    own = log.layer == layer
    for index, name in enumerate(fields()):
        entries = own & (log.field == index)
        rows, original = log.row[entries], log.original[entries]
        back = after[name].copy()
        idle += int((back[rows] == original).sum())
        back[rows] = original
        changed += int((after[name] != before[name]).sum())
        unexplained += int((back != before[name]).sum())
    return changed, unexplained, idle


def _part(folder: Path, name: str, first_row: int) -> tuple[Layer, Layer, Layer, Log, Counter[str]]:
    """Read all layers of one part, and its log with the number of entries by mechanism."""
    names = list(fields())
    table = pq.read_table(folder / "observed" / name)
    dossiers = from_arrow(table, names, where=f"observed/{name}", first_row=first_row)
    observed = {each: fields()[each].bins(dossiers.columns[each]) for each in names}
    layers = [_coded(pq.read_table(folder / "truth" / layer / name)) for layer in ("declared", "fields")]
    entries = pq.read_table(folder / "truth" / "mechanisms" / name)
    original = np.asarray(entries["original"].fill_null(NOT_APPLICABLE), dtype=np.int8)
    log = Log(
        _rows_of(np.asarray(entries["applicant"], dtype=np.int64), dossiers.applicants),
        known_codes(entries["field"], names).astype(np.int64),
        known_codes(entries["layer"], LAYERS).astype(np.int64),
        original,
    )
    causes = Counter(
        {item["values"]: item["counts"] for item in entries["mechanism"].value_counts().to_pylist()}
    )
    return observed, layers[0], layers[1], log, causes


def _coded(table: pa.Table) -> dict[str, Codes]:
    """Return the codes of a sealed layer; an empty cell stands for a question that did not arise."""
    codes = {name: known_codes(table[name], fields()[name].bin_labels) for name in fields()}
    return {name: np.where(column < 0, np.int8(NOT_APPLICABLE), column) for name, column in codes.items()}


def _rows_of(applicants: npt.NDArray[np.int64], all_: npt.NDArray[np.int64]) -> Index:
    order = np.argsort(all_)
    return np.asarray(order[np.searchsorted(all_[order], applicants)], dtype=np.int64)


def recorded(plan: Plan) -> list[Recorded]:
    """Compare losses and misreadings in a plan's first rows with the declared rates, field by field."""
    size = min(plan.size, settings().sizes.recorded)
    counts: dict[str, npt.NDArray[np.float64]] = {}
    for chunk in chunks(plan, size):
        for name, recording in plan.world.recordings.items():
            declared, observed = chunk.declared[name], chunk.observed[name]
            asked = (declared != NOT_APPLICABLE) & (observed != NOT_APPLICABLE)
            office = chunk.truth["office"].astype(np.int64)[asked]
            told, read = declared[asked], observed[asked]
            kept = read != MISSING
            found = [
                asked.sum(),
                (~kept).sum(),
                recording.missing[office, told].sum(),
                kept.sum(),
                (told[kept] != read[kept]).sum(),
            ]
            counts[name] = counts.get(name, np.zeros(len(found))) + np.array(found, dtype=np.float64)
    return [_recorded(plan, name, found) for name, found in counts.items()]


def _recorded(plan: Plan, name: str, counts: npt.NDArray[np.float64]) -> Recorded:
    asked, empty, expected, kept, wrong = counts.tolist()
    lost, misread = Share(int(empty), int(asked)), Share(int(wrong), int(kept))
    loss, noise = expected / asked if asked else 0.0, plan.world.recordings[name].noise
    credible = all(_credible(share, rate) for share, rate in ((lost, loss), (misread, noise)))
    return Recorded(name, lost, loss, misread, noise, "met" if credible else "not met")


def _credible(share: Share, rate: float) -> bool:
    low, high = share.for_verdict(together=2 * len(fields()))
    return low <= rate <= high
