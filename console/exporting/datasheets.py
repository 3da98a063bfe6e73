"""The datasheet of an export and the model card of a run: Markdown, in either language.

No number in a template is typed by hand: each comes from this very run, its manifests or its cards. What was
not measured is said to be missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.exporting.columns import OBSERVED, columns_of
from console.exporting.dictionary_page import environment
from console.exporting.evaluated import Evaluated, Rate
from console.exporting.exported import EMPTY, Counts, Written
from console.exporting.markdown import Markdown
from console.exporting.sources import Source
from console.exporting.words import words
from dossier.texts import Language, Text
from models.card import Training
from screening.evaluation.pages.html_parts import group_name
from screening.evaluation.texts import SPACE, Said, number, percent, percents
from screening.screener import Screener

SHOWN = ("sex", "office", "stated_purpose", "job_offer", "stated_country")
"""Fields whose answers the datasheet counts."""

GROUPINGS = ("typology", "sex", "age_band")
"""Groups of the model card; the evaluation has more."""


@dataclass(frozen=True)
class Told:
    """What the pages tell of.

    Attributes:
        source: Where the export comes from.
        written: Its files.
        counts: How often each answer stands in them.
        evaluated: What the run measured; None where it is no run's export.
        form: The format.
    """

    source: Source
    written: Sequence[Written]
    counts: Counts
    evaluated: Evaluated | None
    form: str


@dataclass(frozen=True)
class Speech:
    """Numbers and rates as one language says them.

    Attributes:
        language: Which.
    """

    language: Language

    def of(self, text: Text | Said) -> str:
        """Return a text in this language."""
        return text.in_language(self.language)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with this language's separators."""
        return self.of(number(value, digits))

    def percent(self, share: float) -> str:
        """Return a share in per cent."""
        return self.of(percent(share))

    def interval(self, low: float, high: float) -> str:
        """Return an interval of shares in per cent."""
        return self.of(percents(low, high))

    def group(self, by: str, key: str, patterns: Mapping[str, Text] | None = None) -> str:
        """Return what a group or a stage is called in the report; `patterns` names typologies."""
        titles = {name: title.model_dump() for name, title in (patterns or {}).items()}
        return self.of(group_name(by, key, {"patterns": titles}))

    def rate(self, rate: Rate) -> str:
        """Return a rate with its count, its people and its interval; of nobody, that it cannot be said."""
        if not rate.n or rate.count is None or None in {rate.estimate, rate.low, rate.high}:
            return "tidak dapat dikatakan (n = 0)" if self.language == "id" else "cannot be said (n = 0)"
        of = "dari" if self.language == "id" else "of"
        people = f"{self.number(rate.count)} {of} {self.number(rate.n)}"
        interval = self.interval(float(rate.low or 0), float(rate.high or 0))
        return f"{self.percent(float(rate.estimate or 0))} ({people}; 95{_sign(self.language)} {interval})"


def _sign(language: Language) -> str:
    return "%" if language == "id" else f"{SPACE}%"


def datasheet(told: Told, language: Language) -> str:
    """Return the datasheet of an export."""
    speech = Speech(language)
    rows = told.source.tables[0].rows
    return _rendered(
        "datasheet",
        language,
        told=told,
        rows=rows,
        sizes=list(_sizes(told)),
        answers=list(_answers(told, speech)),
        empty=list(_empty(told, rows)),
        classes=_classes(told, speech),
        held=[table.name for table in told.source.tables],
    )


def model_card(told: Told, evaluated: Evaluated, screener: Screener, language: Language) -> str:
    """Return the model card of the screener of a run."""
    training: Training | None = screener.cards.training if evaluated.decides == "cards" else None
    claim = evaluated.certificate.stages.get(evaluated.stage)
    return _rendered(
        "model-card",
        language,
        told=told,
        found=evaluated,
        screener=screener,
        training=training,
        claim=claim.claim if claim else None,
        groupings=[(name, evaluated.by.get(name, ())) for name in GROUPINGS],
        silent=list(evaluated.silent(GROUPINGS)),
        rivals=list(evaluated.rivals()),
        open_gaps=list(_gaps(evaluated)),
    )


def _rendered(name: str, language: Language, **content: Any) -> str:
    said = words()
    template = environment().get_template(f"{name}.{language}.md")
    return template.render(speech=Speech(language), words=said, language=language, md=Markdown, **content)


def _sizes(told: Told) -> Iterator[tuple[str, int, int, int]]:
    """Yield each table's folder, its rows, files and bytes."""
    for table in told.source.tables:
        files = [one for one in told.written if one.table == table.name]
        yield table.folder, table.rows, len(files), sum(one.size for one in files)


def _answers(told: Told, speech: Speech) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield some fields with how often each of their answers stands in the dossiers."""
    for name in SHOWN:
        counts = told.counts.get((OBSERVED, name))
        if counts:
            column = columns_of(OBSERVED)[name]
            found = [(speech.of(label), counts.get(code, 0)) for code, label in column.codes.items()]
            found.append(("—", counts.get(EMPTY, 0)))
            yield speech.of(column.label), [one for one in found if one[1]]


def _empty(told: Told, rows: int) -> Iterator[tuple[str, int, float]]:
    """Yield each column of the dossiers with its empty cells, and their share."""
    for (table, name), counts in told.counts.items():
        if table == OBSERVED and counts.get(EMPTY, 0):
            yield name, counts[EMPTY], counts[EMPTY] / rows


def _classes(told: Told, speech: Speech) -> Mapping[str, int] | None:
    """Return how many applicants are truly what, as it is called; None where the export does not tell."""
    counts = told.counts.get(("truth", "truth_class"))
    if found := told.evaluated:
        counts = {
            "lawful": found.lawful,
            "irregular": found.irregular,
            "victim": found.victims,
            "facilitator": found.facilitators,
        }
    if not counts:
        return None
    called = columns_of("truth")["truth_class"].codes
    return {speech.of(called[code]): count for code, count in counts.items() if code != EMPTY}


def _gaps(evaluated: Evaluated) -> Iterator[tuple[str, str, str]]:
    """Yield what, by which groups and with which verdict is not equal within its margin."""
    if evaluated.fairness is None:
        return
    for kind, verdicts in (("miss", evaluated.fairness.miss), ("burden", evaluated.fairness.burden)):
        yield from ((kind, one.by, one.verdict) for one in verdicts if one.verdict != "equal_within_margin")
