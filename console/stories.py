"""One person's story from a cohort on disk: what is so, what was said, what is on file, and why they differ.

For trainers: it opens the sealed truth, and a folder of observed dossiers alone has no story to tell. Only
the parts that hold the person are read, and of those who share something with the person only the columns
that say so. What is told is what the files say; nothing is drawn again.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from console.screened import read_screened
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.tables import APPLICANT, check_mark, from_arrow
from screening.explain import shown_value
from screening.referral import agency_names
from synthetic.entities import LINKS
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.sealed import MEND, sealed_folder

NOT_ASKED = "not applicable"
EMPTY = "missing"
HIDDEN = ("means", "preparation", "story")
_ABSENT = {MISSING: EMPTY, NOT_APPLICABLE: NOT_ASKED}


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
        recommendation: Its label, at the headline stage.
        agency: Key of the agency that would receive the person; None without a flag.
        resembles: The pattern that the dossier resembles most.
        flagged_at: Labels of the stages at which the risk reaches the threshold.
    """

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
        hidden: Hidden variables by name, the story among them; empty where the cohort keeps none.
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
    hidden: Mapping[str, str]
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
    sealed = _sealed(folder)
    try:
        return _told(sealed, _Place.of(sealed, applicant))
    except (pa.ArrowException, KeyError, ValueError, TypeError, RecursionError) as error:
        what = (
            f"the cohort cannot be read ({str(error).splitlines()[0] if str(error) else 'a part is missing'})"
        )
        raise BadInput.of(what, where=str(folder), mend=MEND) from None


# --- finding the person -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where a person's rows stand: the same in every layer of a cohort.

    Attributes:
        applicant: Identity number.
        part: Name of the part's file.
        group: Number of the row group.
        row: Row within it.
    """

    applicant: int
    part: str
    group: int
    row: int

    @classmethod
    def of(cls, sealed: Path, applicant: int) -> "_Place":
        """Return where `applicant` stands; raises if nobody has that number."""
        for file in _files(sealed / "truth"):
            opened = pq.ParquetFile(file)
            check_mark(opened.schema_arrow, file.name)
            for group in range(opened.num_row_groups):
                numbers = np.asarray(opened.read_row_group(group, columns=[APPLICANT])[APPLICANT])
                rows = np.flatnonzero(numbers == applicant)
                if rows.size:
                    return cls(applicant, file.name, group, int(rows[0]))
        raise BadInput.of(
            f"there is no applicant {applicant} in this cohort",
            where=str(sealed.parent),
            mend=_where_numbers_are(sealed),
        )

    def in_layer(self, layer: Path) -> pa.Table:
        """Return the person's row in one layer; raises if the layer is another cohort's."""
        opened = pq.ParquetFile(layer / self.part)
        check_mark(opened.schema_arrow, self.part)
        row = opened.read_row_group(self.group).slice(self.row, 1)
        if row[APPLICANT].to_pylist() != [self.applicant]:
            raise ValueError(f"{layer.name}/{self.part} is of another cohort than the truth")
        return row

    def all_rows(self, layer: Path) -> pa.Table:
        """Return all rows about the person in a layer that has any number of them."""
        return _rows(layer / self.part, None, pc.field(APPLICANT) == self.applicant)


def example_numbers(folder: Path) -> str:
    """Return a sentence that says where identity numbers stand, and names some people worth a look."""
    return _where_numbers_are(_sealed(folder))


def _where_numbers_are(sealed: Path) -> str:
    where = "The identity numbers stand in the column 'applicant' of every file of the cohort"
    files = _files(sealed / "truth")
    if not files:
        return f"{where}; this one holds none. {MEND}"
    table = pq.ParquetFile(files[0]).read_row_group(0, columns=[APPLICANT, "truth_class", "module"])
    classes = table["truth_class"].to_pylist()
    rows = [classes.index(label) for label in ("victim", "irregular", "lawful") if label in classes]
    some = [f"{table[APPLICANT][row].as_py():016d} ({table['module'][row].as_py()})" for row in rows]
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
        mend = "A story needs the truth. Give the whole folder that `saring draw` or `saring run` made."
        raise BadInput.of("there is no sealed truth here", where=str(folder), mend=mend) from None
    if not (sealed.parent / "observed").is_dir():
        what = "the observed dossiers do not stand beside the sealed truth"
        mend = "Give the cohort's own folder, with observed/ and truth/ in it."
        raise BadInput.of(what, where=str(folder), mend=mend)
    return sealed


# --- reading ----------------------------------------------------------------------------------------


def _told(sealed: Path, place: _Place) -> Story:
    truth = place.in_layer(sealed / "truth").to_pylist()[0]
    manifest = json.loads((sealed / "manifest.json").read_text(encoding="utf-8"))
    answers = tuple(_answers(sealed, place))
    return Story(
        applicant=place.applicant,
        scenario=manifest["scenario"],
        year=_year(manifest),
        difficulty=manifest.get("difficulty"),
        levers=tuple(manifest.get("levers", ())),
        truth_class=truth["truth_class"],
        module=truth["module"],
        tier=truth["tier"],
        mates=None if truth["network"] is None else _mates(sealed, truth["network"]),
        hidden=_hidden(sealed, place),
        answers=answers,
        shared=tuple(_shared(sealed, place, {answer.field: answer.observed for answer in answers})),
        recommended=_recommended(sealed, place),
    )


def _year(manifest: Mapping[str, Any]) -> int | None:
    """Return the scenario's year: the manifest's, or that of the released scenario of the same name."""
    if "year" in manifest:
        return int(manifest["year"])
    name = manifest["scenario"]
    return load_scenario(name).scenario.year if name in scenario_names() else None


def _answers(sealed: Path, place: _Place) -> Iterator[Answer]:
    true, said = (place.in_layer(sealed / layer).to_pylist()[0] for layer in ("fields", "declared"))
    on_file = from_arrow(place.in_layer(sealed.parent / "observed"), fields(), where=place.part)
    log = place.all_rows(sealed / "mechanisms").to_pylist()
    why = {(entry["field"], entry["layer"]): entry["mechanism"] for entry in log}
    for name, field in fields().items():
        value = on_file.columns[name]
        bins = int(field.bins(value)[0])
        layers = [_label(true[name]), _label(said[name]), _ABSENT.get(bins) or field.bin_labels[bins]]
        differs = {"declared": layers[0] != layers[1], "observed": layers[1] != layers[2]}
        if any(((name, layer) in why) != is_so for layer, is_so in differs.items()):
            raise ValueError(f"the log of mechanisms is of another cohort than the answers: '{name}'")
        mechanisms = tuple(why[name, layer] for layer, is_so in differs.items() if is_so)
        yield Answer(name, layers[0], layers[1], shown_value(name, int(value[0])), mechanisms)


def _label(code: str | None) -> str:
    """Return a true or declared code; what is empty there was never asked."""
    return NOT_ASKED if code is None else code


def _hidden(sealed: Path, place: _Place) -> dict[str, str]:
    folder = sealed / "hidden"
    if not (folder / place.part).is_file():
        return {}
    row = place.in_layer(folder).to_pylist()[0]
    return {name: row[name] for name in HIDDEN if row.get(name) is not None}


def _mates(sealed: Path, network: int) -> int:
    same = (_rows(file, ["network"], pc.field("network") == network) for file in _files(sealed / "truth"))
    return sum(len(table) for table in same) - 1


def _shared(sealed: Path, place: _Place, on_file: Mapping[str, str]) -> Iterator[Shared]:
    own = {edge["kind"]: edge["actor"] for edge in place.all_rows(sealed / "edges").to_pylist()}
    for field, kind in LINKS.items():
        if kind in own:
            others = _others(sealed, place.applicant, kind, own[kind])
            yield Shared(kind, field, on_file[field], others)


def _others(sealed: Path, applicant: int, kind: str, actor: int) -> dict[str, int]:
    """Return who else of the cohort shares an actor, counted by what they truly are."""
    numbers: list[int] = []
    for file in _files(sealed / "edges"):
        found = _rows(file, [APPLICANT, "kind"], pc.field("actor") == actor)
        same = pc.equal(found["kind"].cast(pa.string()), kind)
        numbers += found.filter(same)[APPLICANT].to_pylist()
    others = pa.array([number for number in numbers if number != applicant], type=pa.int64())
    classes: Counter[str] = Counter()
    for file in _files(sealed / "truth") if len(others) else ():
        classes.update(
            _rows(file, ["truth_class"], pc.field(APPLICANT).isin(others))["truth_class"].to_pylist()
        )
    return dict(classes)


def _rows(file: Path, columns: list[str] | None, condition: pc.Expression) -> pa.Table:
    """Return the rows of one file for which a condition holds; all columns where none are named."""
    check_mark(pq.read_schema(file), file.name)
    return pq.read_table(file, columns=columns, filters=condition)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _recommended(sealed: Path, place: _Place) -> Recommended | None:
    """Return what a run's screener recommended; a cohort outside a run has no screening of its own."""
    run = sealed.parent.parent
    file = run / "screened" / place.part
    if sealed.parent.name != "cohort" or not file.is_file():
        return None
    found = read_screened(file)
    rows = np.flatnonzero(found.applicants == place.applicant)
    if not rows.size:
        return None
    row = int(rows[0])
    flagged = found.recommendation[row] == Recommendation.REFER
    return Recommended(
        recommendation=Recommendation(int(found.recommendation[row])).label,
        agency=agency_names()[found.agency[row]] if flagged else None,
        resembles=found.patterns[found.leading[row]],
        flagged_at=tuple(s for s, risk in found.risk.items() if risk[row] >= found.thresholds[s]),
    )
