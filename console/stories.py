"""One person's story from a cohort on disk: what is so, what was said, what is on file, and why they differ.

For trainers: it opens the sealed truth, and a folder of observed dossiers alone has no story to tell. Only
the parts that hold the person are read, and of those who share something with the person only the columns
that say so. What is told is what the files say; nothing is drawn again, and all of a story is checked before
any of it is told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from console.screened import read_screened
from console.story_files import (
    TRUTH,
    CohortFiles,
    PersonPlace,
    known_word,
    named,
    sealed_of,
    unreadable,
    where_numbers_are,
)
from dossier.fields import MISSING, NOT_APPLICABLE, fields
from dossier.problems import BadInput
from dossier.recommendations import Recommendation
from dossier.tables import APPLICANT, from_arrow
from screening.explain import shown_value
from screening.referral import agency_names
from synthetic.compile import labels_of
from synthetic.entities import LINKS
from synthetic.mechanisms import MECHANISMS
from synthetic.scenarios import load_scenario, scenario_names
from synthetic.sealed import CLASSES, Manifest

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
    cohort = CohortFiles(sealed_of(folder))
    return _told(cohort, PersonPlace.of(cohort, applicant))


def example_numbers(folder: Path) -> str:
    """Return a sentence that says where identity numbers stand, and names some people worth a look."""
    return where_numbers_are(CohortFiles(sealed_of(folder)))


def _told(cohort: CohortFiles, place: PersonPlace) -> Story:
    truth, manifest = place.in_layer(TRUTH), cohort.manifest
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


def _answers(place: PersonPlace) -> Iterator[Answer]:
    true, said = (place.in_layer(f"truth/{layer}") for layer in ("fields", "declared"))
    observed = place.in_layer("observed")
    with named(observed.file):
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
            raise unreadable(log, f"the log of mechanisms is of another cohort than the answers: '{name}'")
        mechanisms = tuple(why[name, layer] for layer, is_so in differs.items() if is_so)
        yield Answer(name, layers[0], layers[1], shown_value(name, int(value[0])), mechanisms)


def _log(place: PersonPlace) -> tuple[Path, dict[tuple[str, str], str]]:
    """Return the log's file, and why the layers of the person's answers differ, by field and layer."""
    entries = place.all_rows("truth/mechanisms", ("field", "layer", "mechanism"))
    file = place.cohort.file("truth/mechanisms", place.part)
    why = {}
    for entry in entries:
        mechanism = known_word(entry["mechanism"], MECHANISMS, "mechanism", file)
        if mechanism is None:
            raise unreadable(file, f"the column 'mechanism' is empty for applicant {place.applicant}")
        why[entry["field"], entry["layer"]] = mechanism
    return file, why


def _hidden(place: PersonPlace) -> dict[str, str | None]:
    if not place.cohort.has("truth/hidden", place.part):
        return dict.fromkeys(HIDDEN)
    row = place.in_layer("truth/hidden")
    present = row.table.column_names
    return {name: row.word(name, labels_of(name)) if name in present else None for name in HIDDEN}


def _mates(cohort: CohortFiles, network: int) -> int:
    condition = pc.field("network") == network
    return sum(len(cohort.rows(TRUTH, part, ["network"], condition)) for part in cohort.parts) - 1


def _shared(place: PersonPlace, on_file: Mapping[str, str]) -> Iterator[Shared]:
    own = {edge["kind"]: edge["actor"] for edge in place.all_rows("truth/edges", ("kind", "actor"))}
    for field, kind in LINKS.items():
        if own.get(kind) is not None:
            yield Shared(kind, field, on_file[field], _others(place, kind, own[kind]))


def _others(place: PersonPlace, kind: str, actor: int) -> dict[str, int]:
    """Return who else of the cohort shares an actor, counted by what they truly are."""
    cohort, numbers = place.cohort, list[int]()
    for part in cohort.parts:
        found = cohort.rows("truth/edges", part, [APPLICANT, "kind", "actor"], pc.field("actor") == actor)
        same = pc.equal(found["kind"].cast(pa.string()), kind)
        numbers += found.filter(same)[APPLICANT].to_pylist()
    others = pa.array([number for number in numbers if number != place.applicant], type=pa.int64())
    classes: Counter[str] = Counter()
    for part in cohort.parts if len(others) else ():
        table = cohort.rows(TRUTH, part, [APPLICANT, "truth_class"], pc.field(APPLICANT).isin(others))
        file = cohort.file(TRUTH, part)
        labels = [known_word(word, CLASSES, "truth_class", file) for word in table["truth_class"].to_pylist()]
        if None in labels:
            raise unreadable(file, "the column 'truth_class' is empty for somebody")
        classes.update(filter(None, labels))
    return dict(classes)


def _recommended(place: PersonPlace) -> Recommended | None:
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
