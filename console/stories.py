"""One person's story from a cohort on disk: what is so, what was said, what is on file, and why they differ.

For trainers: it opens the sealed truth, and a folder of observed dossiers alone has no story to tell. Only
the parts that hold the person are read, and of those who share something with the person only the columns
that say so. What is told is what the files say; nothing is drawn again. A file is believed as long as it is
the one that the cohort's manifest names, and all of a story is checked before any of it is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.kept_runs import check_keeps_people
from console.screened import read_screened
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.tables import APPLICANT, check_mark, from_arrow
from screening.explain import shown_value
from screening.referral import agency_names
from synthetic.compile import labels_of
from synthetic.entities import LINKS
from synthetic.mechanisms import MECHANISMS
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.sealed import (
    CLASSES,
    MEND,
    FileList,
    Manifest,
    problem_of_file,
    read_manifest,
    sealed_folder,
    sealed_manifest,
)

NOT_ASKED = "not applicable"
EMPTY = "missing"
HIDDEN = ("means", "preparation", "story")
_ABSENT = {MISSING: EMPTY, NOT_APPLICABLE: NOT_ASKED}
_TRUTH = "truth/truth"


@dataclass(frozen=True)
class Answer:
    """One field in its three layers.

    Attributes:
        field: The field.
        truth, declared: The code, or the bin of a number; `not applicable` where it is not asked.
        observed: The code or the number on file; `missing` or `not applicable` where there is none.
        mechanisms: Why the layers differ, the earlier first; empty where they agree.
    """

    field: str
    truth: str
    declared: str
    observed: str
    mechanisms: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """Something that the person shares with other applicants.

    Attributes:
        kind: What is shared, such as `phone`.
        field: The field that tells how many share it.
        on_file: How many applicants of 90 days the dossier says share it.
        others: How many others of the cohort do, by what they truly are.
    """

    kind: str
    field: str
    on_file: str
    others: Mapping[str, int]


@dataclass(frozen=True)
class Recommended:
    """What the screener of a run recommended.

    Attributes:
        stage: Label of the stage at which it was given.
        recommendation: Its label.
        agency: Key of the agency that would receive the person; None without a flag.
        resembles: The pattern that the dossier resembles most.
        flagged_at: Labels of the stages at which the risk reaches the threshold.
    """

    stage: str
    recommendation: str
    agency: str | None
    resembles: str
    flagged_at: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """One person's story.

    Attributes:
        applicant: Identity number.
        scenario: Id of the scenario.
        year: Its year; None where the scenario is no longer known.
        difficulty: The step of difficulty, if the cohort names one.
        levers: Ids of the levers that it takes.
        truth_class, module: What the person truly is.
        tier: How well the network camouflages; None without one.
        mates: Others of the same network in this cohort; None without a network.
        hidden: Hidden variables by name, the story among them; None for those that the cohort does not keep.
        answers: All fields, in the declared order.
        shared: What is shared with others.
        recommended: What the screener recommended; None where the cohort was not screened.
    """

    applicant: int
    scenario: str
    year: int | None
    difficulty: int | None
    levers: tuple[str, ...]
    truth_class: str
    module: str
    tier: str | None
    mates: int | None
    hidden: Mapping[str, str | None]
    answers: tuple[Answer, ...]
    shared: tuple[Shared, ...]
    recommended: Recommended | None

    @property
    def changed(self) -> tuple[Answer, ...]:
        """The answers whose layers differ."""
        return tuple(answer for answer in self.answers if answer.mechanisms)

    def answer(self, field: str) -> Answer:
        """Return the answer to one field."""
        return next(answer for answer in self.answers if answer.field == field)

    @property
    def applied(self) -> date | None:
        """The day of the application; None where the year is not known."""
        day = self._observed("application_day")
        if self.year is None or day is None:
            return None
        return date(self.year, 1, 1) + timedelta(days=day - 1)

    @property
    def days_to_departure(self) -> int | None:
        """Days from the application to the departure, as on file; None where they are not."""
        return self._observed("days_to_departure")

    @property
    def departs(self) -> date | None:
        """The day of the departure; None where it is not on file."""
        if self.applied is None or self.days_to_departure is None:
            return None
        return self.applied + timedelta(days=self.days_to_departure)

    def _observed(self, field: str) -> int | None:
        on_file = self.answer(field).observed
        return None if on_file in (EMPTY, NOT_ASKED) else int(on_file.replace(",", ""))


def story_of(folder: Path, applicant: int) -> Story:
    """Return one person's story.

    Args:
        folder: Of a run or of a cohort, with the sealed truth in it.
        applicant: Identity number.

    Raises:
        BadInput: If there is no sealed truth, nobody has that number, or the files do not belong together.
    """
    cohort = _Cohort(_sealed(folder))
    return _told(cohort, _Place.of(cohort, applicant))


# --- the files --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cohort:
    """A cohort on disk, each file of which is compared with what the manifests say before it is believed.

    Layers are named as the manifests name them, such as `truth/edges`.

    Attributes:
        sealed: Its sealed folder.
    """

    sealed: Path

    @cached_property
    def manifest(self) -> Manifest:
        """What the sealed manifest says."""
        return sealed_manifest(self.sealed)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 of the files of all layers, by layer and part; each manifest vouches for its own side."""
        public = read_manifest(FileList, self.sealed.parent / "manifest.json")
        observed = {name: found for name, found in public.files.items() if name.startswith("observed/")}
        sealed = {name: found for name, found in self.manifest.files.items() if name.startswith("truth/")}
        return observed | sealed

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of the files that each layer consists of, in order; raises if the manifest names none."""
        names = sorted(name for name in self.hashes if name.startswith(f"{_TRUTH}/"))
        parts = tuple(name.removeprefix(f"{_TRUTH}/") for name in names)
        if not parts or any(Path(part).name != part for part in parts):
            what = "the manifest names no files of the truth"
            raise BadInput.of(what, where=str(self.sealed / "manifest.json"), mend=MEND)
        return parts

    @cached_property
    def _believed(self) -> set[Path]:
        return set()

    def has(self, layer: str, part: str) -> bool:
        """Tell whether the cohort keeps this layer; older ones lack some."""
        return f"{layer}/{part}" in self.hashes

    def file(self, layer: str, part: str) -> Path:
        """Return a file of a layer; raises if it is not the one that the manifest names."""
        side, _, name = layer.partition("/")
        path = (self.sealed / name if side == "truth" else self.sealed.parent / layer) / part
        if path in self._believed:
            return path
        if problem := problem_of_file(path, self.hashes.get(f"{layer}/{part}")):
            raise BadInput([problem])
        self._believed.add(path)
        return path

    def rows(self, layer: str, part: str, columns: Sequence[str], condition: pc.Expression) -> pa.Table:
        """Return the rows of one file for which a condition holds."""
        file = self.file(layer, part)
        with _named(file):
            _check_columns(pq.read_schema(file), columns, file)
            return pq.read_table(file, columns=list(columns), filters=condition)


@dataclass(frozen=True)
class _Row:
    """One person's row in one layer.

    Attributes:
        file: Where it stands.
        table: The row, of length one.
    """

    file: Path
    table: pa.Table

    def value(self, column: str) -> Any:
        """Return what stands in a column; raises if there is no such column."""
        _check_columns(self.table.schema, [column], self.file)
        return self.table[column][0].as_py()

    def word(self, column: str, known: Sequence[str]) -> str | None:
        """Return the word in a column, None where it is empty; raises unless it is known."""
        return _known(self.value(column), known, column, self.file)

    def some_word(self, column: str, known: Sequence[str]) -> str:
        """Return the word in a column, which must not be empty."""
        found = self.word(column, known)
        if found is None:
            raise _unreadable(
                self.file, f"the column '{column}' is empty for applicant {self.value(APPLICANT)}"
            )
        return found


def _known(word: Any, known: Sequence[str], column: str, file: Path) -> str | None:
    if word is not None and word not in known:
        raise _unreadable(file, f"unknown word '{word}' in the column '{column}'")
    return None if word is None else str(word)


def _check_columns(schema: pa.Schema, columns: Sequence[str], file: Path) -> None:
    check_mark(schema, str(file))
    for name in columns:
        if name not in schema.names:
            raise _unreadable(file, f"the column '{name}' is missing")


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Say of a file that cannot be read which one it is, and not what a library thinks of it."""
    try:
        yield
    except (pa.ArrowException, OSError, TypeError):
        raise _unreadable(file, "this is not what `saring draw` writes") from None


def _unreadable(file: Path, why: str) -> BadInput:
    return BadInput.of(why, where=str(file), mend=MEND)


# --- finding the person -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where a person's rows stand: the same in every layer of a cohort.

    Attributes:
        cohort: The person's cohort.
        applicant: Identity number.
        part: Name of the part's file.
        group: Number of the row group.
        row: Row within it.
    """

    cohort: _Cohort
    applicant: int
    part: str
    group: int
    row: int

    @classmethod
    def of(cls, cohort: _Cohort, applicant: int) -> "_Place":
        """Return where `applicant` stands; raises if nobody has that number."""
        for part in cohort.parts:
            file = cohort.file(_TRUTH, part)
            with _named(file):
                opened = pq.ParquetFile(file)
                _check_columns(opened.schema_arrow, [APPLICANT], file)
                for group in range(opened.num_row_groups):
                    numbers = np.asarray(opened.read_row_group(group, columns=[APPLICANT])[APPLICANT])
                    rows = np.flatnonzero(numbers == applicant)
                    if rows.size:
                        return cls(cohort, applicant, part, group, int(rows[0]))
        raise BadInput.of(
            f"there is no applicant {applicant} in this cohort",
            where=str(cohort.sealed.parent),
            mend=_where_numbers_are(cohort),
        )

    def in_layer(self, layer: str) -> _Row:
        """Return the person's row in one layer; raises if the layer is another cohort's."""
        file = self.cohort.file(layer, self.part)
        with _named(file):
            opened = pq.ParquetFile(file)
            _check_columns(opened.schema_arrow, [APPLICANT], file)
            table = (
                opened.read_row_group(self.group).slice(self.row, 1)
                if self.group < opened.num_row_groups
                else opened.schema_arrow.empty_table()
            )
        if table[APPLICANT].to_pylist() != [self.applicant]:
            raise _unreadable(file, "this file is of another cohort than the truth")
        return _Row(file, table)

    def all_rows(self, layer: str, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Return all rows about the person in a layer that has any number of them."""
        condition = pc.field(APPLICANT) == self.applicant
        found = self.cohort.rows(layer, self.part, [APPLICANT, *columns], condition)
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows


def example_numbers(folder: Path) -> str:
    """Return a sentence that says where identity numbers stand, and names some people worth a look."""
    return _where_numbers_are(_Cohort(_sealed(folder)))


def _where_numbers_are(cohort: _Cohort) -> str:
    file = cohort.file(_TRUTH, cohort.parts[0])
    columns = [APPLICANT, "truth_class", "module"]
    with _named(file):
        _check_columns(pq.read_schema(file), columns, file)
        opened = pq.ParquetFile(file)
        rows = opened.read_row_group(0, columns=columns).to_pylist() if opened.num_row_groups else []
    first: dict[str, str] = {}
    for row in reversed(rows):
        first[str(row["truth_class"])] = f"{row[APPLICANT]:016d} ({row['module']})"
    some = [first[label] for label in ("victim", "irregular", "lawful") if label in first]
    where = "The identity numbers stand in the column 'applicant' of every file of the cohort"
    return f"{where}, such as {', '.join(some)}." if some else f"{where}."


def _sealed(folder: Path) -> Path:
    """Return the sealed folder of a cohort or run; raises with what is lacking."""
    if not folder.exists():
        raise BadInput.of(
            "there is no such folder", where=str(folder), mend="Give the folder of a run or a cohort."
        )
    try:
        sealed = sealed_folder(folder)
    except BadInput:
        check_keeps_people(folder)
        mend = "A story needs the truth. Give the whole folder that `saring draw` or `saring run` made."
        raise BadInput.of("there is no sealed truth here", where=str(folder), mend=mend) from None
    if not (sealed.parent / "observed").is_dir():
        what = "the observed dossiers do not stand beside the sealed truth"
        mend = "Give the cohort's own folder, with observed/ and truth/ in it."
        raise BadInput.of(what, where=str(folder), mend=mend)
    return sealed


# --- reading ----------------------------------------------------------------------------------------


def _told(cohort: _Cohort, place: _Place) -> Story:
    truth, manifest = place.in_layer(_TRUTH), cohort.manifest
    network = truth.value("network")
    answers = tuple(_answers(place))
    return Story(
        applicant=place.applicant,
        scenario=manifest.scenario,
        year=_year(manifest),
        difficulty=manifest.difficulty,
        levers=manifest.levers,
        truth_class=truth.some_word("truth_class", CLASSES),
        module=truth.some_word("module", [module.id for module in manifest.modules]),
        tier=truth.word("tier", manifest.tiers),
        mates=None if network is None else _mates(cohort, network),
        hidden=_hidden(place),
        answers=answers,
        shared=tuple(_shared(place, {answer.field: answer.observed for answer in answers})),
        recommended=_recommended(place),
    )


def _year(manifest: Manifest) -> int | None:
    """Return the scenario's year: the manifest's, or that of the released scenario of the same name."""
    if manifest.year is not None:
        return manifest.year
    name = manifest.scenario
    return load_scenario(name).scenario.year if name in scenario_names() else None


def _answers(place: _Place) -> Iterator[Answer]:
    true, said = (place.in_layer(f"truth/{layer}") for layer in ("fields", "declared"))
    observed = place.in_layer("observed")
    with _named(observed.file):
        on_file = from_arrow(observed.table, fields(), where=str(observed.file))
    log, why = _log(place)
    for name, field in fields().items():
        value = on_file.columns[name]
        bins = int(field.bins(value)[0])
        layers = [
            # What is empty in truth or declaration was never asked.
            true.word(name, field.bin_labels) or NOT_ASKED,
            said.word(name, field.bin_labels) or NOT_ASKED,
            _ABSENT.get(bins) or field.bin_labels[bins],
        ]
        differs = {"declared": layers[0] != layers[1], "observed": layers[1] != layers[2]}
        if any(((name, layer) in why) != is_so for layer, is_so in differs.items()):
            raise _unreadable(log, f"the log of mechanisms is of another cohort than the answers: '{name}'")
        mechanisms = tuple(why[name, layer] for layer, is_so in differs.items() if is_so)
        yield Answer(name, layers[0], layers[1], shown_value(name, int(value[0])), mechanisms)


def _log(place: _Place) -> tuple[Path, dict[tuple[str, str], str]]:
    """Return the log's file, and why the layers of the person's answers differ, by field and layer."""
    entries = place.all_rows("truth/mechanisms", ("field", "layer", "mechanism"))
    file = place.cohort.file("truth/mechanisms", place.part)
    why = {}
    for entry in entries:
        mechanism = _known(entry["mechanism"], MECHANISMS, "mechanism", file)
        if mechanism is None:
            raise _unreadable(file, f"the column 'mechanism' is empty for applicant {place.applicant}")
        why[entry["field"], entry["layer"]] = mechanism
    return file, why


def _hidden(place: _Place) -> dict[str, str | None]:
    if not place.cohort.has("truth/hidden", place.part):
        return dict.fromkeys(HIDDEN)
    row = place.in_layer("truth/hidden")
    present = row.table.column_names
    return {name: row.word(name, labels_of(name)) if name in present else None for name in HIDDEN}


def _mates(cohort: _Cohort, network: int) -> int:
    condition = pc.field("network") == network
    return sum(len(cohort.rows(_TRUTH, part, ["network"], condition)) for part in cohort.parts) - 1


def _shared(place: _Place, on_file: Mapping[str, str]) -> Iterator[Shared]:
    own = {edge["kind"]: edge["actor"] for edge in place.all_rows("truth/edges", ("kind", "actor"))}
    for field, kind in LINKS.items():
        if own.get(kind) is not None:
            yield Shared(kind, field, on_file[field], _others(place, kind, own[kind]))


def _others(place: _Place, kind: str, actor: int) -> dict[str, int]:
    """Return who else of the cohort shares an actor, counted by what they truly are."""
    cohort, numbers = place.cohort, list[int]()
    for part in cohort.parts:
        found = cohort.rows("truth/edges", part, [APPLICANT, "kind", "actor"], pc.field("actor") == actor)
        same = pc.equal(found["kind"].cast(pa.string()), kind)
        numbers += found.filter(same)[APPLICANT].to_pylist()
    others = pa.array([number for number in numbers if number != place.applicant], type=pa.int64())
    classes: Counter[str] = Counter()
    for part in cohort.parts if len(others) else ():
        table = cohort.rows(_TRUTH, part, [APPLICANT, "truth_class"], pc.field(APPLICANT).isin(others))
        file = cohort.file(_TRUTH, part)
        labels = [_known(word, CLASSES, "truth_class", file) for word in table["truth_class"].to_pylist()]
        if None in labels:
            raise _unreadable(file, "the column 'truth_class' is empty for somebody")
        classes.update(filter(None, labels))
    return dict(classes)


def _recommended(place: _Place) -> Recommended | None:
    """Return what a run's screener recommended; a cohort outside a run has no screening of its own."""
    cohort = place.cohort.sealed.parent
    folder = cohort.parent / "screened"
    if cohort.name != "cohort" or not folder.is_dir():
        return None
    file = folder / place.part
    found = read_screened(file)
    rows = np.flatnonzero(found.applicants == place.applicant)
    if not rows.size:
        raise BadInput.of(
            "this screening is of another cohort than the truth", where=str(file), mend=_SCREEN_AGAIN
        )
    row = int(rows[0])
    flagged = found.recommendation[row] == Recommendation.REFER
    empty = {
        "recommendation": found.recommendation[row] < 0,
        "resembles": found.leading[row] < 0,
        "grounds": flagged and found.route[row] < 0,
    }
    for column, is_empty in empty.items():
        if is_empty:
            what = f"the column '{column}' is empty for applicant {place.applicant}"
            raise BadInput.of(what, where=str(file), mend=_SCREEN_AGAIN)
    return Recommended(
        recommendation=Recommendation(int(found.recommendation[row])).label,
        agency=agency_names()[found.agency[row]] if found.agency[row] >= 0 else None,
        resembles=found.patterns[found.leading[row]],
        stage=found.stage,
        flagged_at=tuple(s for s, risk in found.risk.items() if risk[row] >= found.thresholds[s]),
    )


_SCREEN_AGAIN = "Run the scenario again, or give the cohort's folder outside a run."
