"""The fidelity report laid out in tables: what each row says, with counts and intervals beside every rate.

Formatting only; nothing is computed here that the report does not hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dossier.fields import fields
from synthetic.fidelity.ceiling import Bin
from synthetic.fidelity.counts import Area, Share, Verdict
from synthetic.fidelity.grades import GRADES
from synthetic.fidelity.networks import LinkBand
from synthetic.fidelity.noise import Recorded
from synthetic.fidelity.report import Fidelity
from synthetic.fidelity.sensitivity import Swing
from synthetic.fidelity.settings import settings
from synthetic.fidelity.targets import TargetFound

DIGITS = ((0.01, 1), (0.001, 2), (0.000001, 3))
"""Digits of a share in percent, by the least share that has them."""

WIDE, TALL = 140, 12
"""Size of the small bars, in their own units."""


@dataclass(frozen=True)
class Bar:
    """A small bar from 0 to 1: an interval and the estimate within it, in units of the drawing.

    Attributes:
        x, width: The interval.
        mark: The estimate.
        other: A second mark, such as what was declared; None without one.
    """

    x: float
    width: float
    mark: float
    other: float | None = None


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: What stands in it.
        note: What stands below, smaller.
        kind: "", "number", "rate" or "verdict".
        bar: A drawing above the text.
    """

    text: str
    note: str = ""
    kind: str = ""
    bar: Bar | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: What it shows, and on whom.
        columns: Heads; the first column names the row.
        rows: Cells.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(found: Fidelity) -> dict[str, Table]:
    """Return every table of the report by name."""
    return {
        "checks": _checks(found),
        "truth": _truth(found),
        "targets": _targets(found.targets),
        "kinds": _kinds(found),
        "groups": _groups(found),
        "calibration": _calibration(found.calibration.bins, found.calibration.n),
        "fields": _fields(found),
        "models": _models(found),
        "top": _top(found),
        "sizes": _sizes(found),
        "links": _links(found.links),
        "degrees": _degrees(found),
        "months": _months(found),
        "drift": _drift(found),
        "mechanisms": _mechanisms(found),
        "recorded": _recorded(found.recorded, found.recorded_n),
        "tornado": _tornado(found.tornado.swings, found.tornado.usual, found.tornado.others),
        "grades": _grades(found),
    }


# --- the parts ------------------------------------------------------------------------------------------


def _checks(found: Fidelity) -> Table:
    rows = [
        (
            Cell(_sentence(check.requirement)),
            Cell(check.part),
            verdict(check.verdict),
            Cell(f"{check.n:,} {check.unit}"),
        )
        for check in found.checks
    ]
    columns = ("Requirement", "Part", "Verdict", "Examined on")
    return _table("What must hold, and whether it does", columns, rows)


def _truth(found: Fidelity) -> Table:
    rows = [(Cell(name), rate(share)) for name, share in found.truth.items()]
    return _table("The cohort by class of truth", ("Class", "Share"), rows)


def _targets(found: Iterable[TargetFound]) -> Table:
    rows = []
    for target in found:
        said = target.published
        published = Cell(_range(said.low, said.high), f"grade {said.grade}: {', '.join(said.keys)}")
        if said.counts is not None:
            published = rate(said.counts, note=f"grade {said.grade}: {', '.join(said.keys)}")
        elif said.estimate is not None:
            published = Cell(f"{percent(said.estimate)} ({_range(said.low, said.high)})", published.note)
        channel = target.channel.replace("_", " ") or "all victims"
        title = Cell(target.title.en, target.why)
        rows.append((title, Cell(channel), rate(target.observed), published, verdict(target.verdict)))
    columns = ("Target", "Seen through", "In the cohort", "Published", "Verdict")
    return _table("Published sums and the same sums of the cohort", columns, rows)


def _kinds(found: Fidelity) -> Table:
    rows = []
    for kind in found.kinds:
        name = plain(kind.module) or "all victims"
        rows.append((Cell(f"{name}, {kind.tier}" if kind.tier else name), area(kind.area), rate(kind.missed)))
    columns = ("Victims", "Area under the curve", _missed())
    return _table(f"The oracle at the {found.stage.label} stage, on freshly drawn people", columns, rows)


def _groups(found: Fidelity) -> Table:
    rows = [
        (Cell(plain(each.group), each.field), rate(each.missed), rate(each.flagged)) for each in found.groups
    ]
    columns = ("Group", "Victims missed", "Others flagged")
    return _table("The oracle's errors by group, at one limit for everybody", columns, rows)


def _calibration(bins: Iterable[Bin], n: int) -> Table:
    rows = [
        (
            Cell(f"{100 * each.low:g}–{100 * each.high:g} %"),
            Cell(percent(each.predicted), kind="number"),
            rate(each.victims, other=each.predicted),
            verdict(each.verdict),
        )
        for each in bins
    ]
    columns = ("Predicted", "Mean prediction", "Victims", "Verdict")
    return _table(f"Predicted probability and share, {n:,} people", columns, rows)


def _fields(found: Fidelity) -> Table:
    rows = [
        (
            Cell(plain(each.module)),
            Cell(
                fields()[each.field].label.en, "empty or not" if each.what == "emptiness" else "its answers"
            ),
            area(each.area),
            Cell(f"{each.bound:.2f}", "declared exception" if each.declared else "", "number"),
            verdict(each.verdict),
        )
        for each in found.fields
    ]
    columns = ("Typology", "Strongest field", "Area under the curve", "Bound", "Verdict")
    return _table("One field alone, within the base journey and its lookalikes", columns, rows)


def _models(found: Fidelity) -> Table:
    rows = [
        (
            Cell(each.name, each.rule),
            area(each.area),
            rate(each.missed) if each.missed is not None else Cell("–"),
            Cell(f"{each.bound:.2f}", kind="number"),
            verdict(each.verdict),
        )
        for each in found.models
    ]
    columns = ("Looks at", "Area under the curve", _missed(), "Bound", "Verdict")
    return _table("Small models, fitted on one half and measured on the other", columns, rows)


def _top(found: Fidelity) -> Table:
    top = found.top
    rows = [(Cell(name), rate(share), rate(top.all_groups[name])) for name, share in top.groups.items()]
    columns = ("Who", f"Among the first {top.k:,}", f"Among all {top.n:,}")
    return _table("The head of the oracle's ranking, as long as there are victims", columns, rows)


def _sizes(found: Fidelity) -> Table:
    rows = [
        (
            Cell(each.band),
            number(each.planned),
            number(each.drawn),
            number(each.planned_members),
            number(each.drawn_members),
        )
        for each in found.network_sizes
    ]
    columns = ("Members", "Networks planned", "Networks drawn", "Members planned", "Members drawn")
    return _table("Recruiting networks by number of members among the applicants", columns, rows)


def _links(found: Iterable[LinkBand]) -> Table:
    rows = [
        (
            Cell(
                f"{each.link}, {each.band}", ", ".join(f"{n:,} {name}" for name, n in each.by_class.items())
            ),
            rate(each.not_victims),
            rate(each.mixed),
            Cell(f"{_mean(each.drawn)} ({_mean(each.planned)})", f"{each.actors:,} actors", "number"),
            verdict(each.verdict),
        )
        for each in found
    ]
    columns = (
        "Shared, with how many on file",
        "Users who are no victims",
        "Of a victim's actors, used by others too",
        "Applicants of an actor: drawn (on file)",
        "Verdict",
    )
    return _table("Who shares a sponsor, phone, address or booking", columns, rows)


def _degrees(found: Fidelity) -> Table:
    rows = [
        (Cell(each.link), *(number(count) for count in each.actors.values()), number(each.largest))
        for each in found.degrees
    ]
    bands = tuple(found.degrees[0].actors) if found.degrees else ()
    return _table("Actors by number of applicants in the cohort", ("Shared", *bands, "most"), rows)


def _months(found: Fidelity) -> Table:
    rows = [
        (
            Cell(month.month, ", ".join(plain(name) for name in month.regimes)),
            *(rate(share) for share in month.classes.values()),
        )
        for month in found.drift.months
    ]
    return _table("Class of truth by month of application", ("Month", *found.truth), rows)


def _drift(found: Fidelity) -> Table:
    rows = []
    for each in found.drift.fields:
        known = [share for share in each.by_month if share.n]
        ends = sorted(known, key=lambda share: share.estimate or 0.0)
        label = fields()[each.field].label.en
        rows.append(
            (
                Cell(label, f"{each.n:,} known answers"),
                Cell(f"{each.association:.3f}", f"p = {each.chance:.3f}", "number"),
                Cell(plain(each.answer)),
                rate(ends[0]) if ends else Cell("nobody"),
                rate(ends[-1]) if ends else Cell("nobody"),
            )
        )
    columns = ("Field", "Association with the month", "Answer that moves most", "Least month", "Most month")
    return _table("Answers over the months, the strongest drift first", columns, rows)


def _mechanisms(found: Fidelity) -> Table:
    log = found.reconciliation
    rows = [(Cell(plain(name)), rate(Share(count, log.changed))) for name, count in log.by_mechanism.items()]
    rows.append((Cell("unexplained"), rate(Share(log.unexplained, log.changed))))
    return _table(
        f"{log.changed:,} changes in {log.n:,} cells, by mechanism", ("Mechanism", "Share of changes"), rows
    )


def _recorded(found: Iterable[Recorded], n: int) -> Table:
    rows = [
        (
            Cell(fields()[each.field].label.en),
            rate(each.lost, other=each.declared_loss),
            Cell(percent(each.declared_loss), kind="number"),
            rate(each.misread, other=each.declared_noise),
            Cell(percent(each.declared_noise), kind="number"),
            verdict(each.verdict),
        )
        for each in found
    ]
    columns = ("Field", "Empty on file", "Declared", "Misread", "Declared", "Verdict")
    return _table(f"Answers on their way into the file, first {n:,} rows", columns, rows)


def _tornado(swings: Sequence[Swing], usual: Share, others: int) -> Table:
    rows = []
    for each in swings:
        rates = [share.estimate or 0.0 for share in (each.missed_low, usual, each.missed_high)]
        bar = Bar(WIDE * min(rates), max(1.0, WIDE * (max(rates) - min(rates))), WIDE * rates[1])
        rows.append(
            (
                Cell(plain(each.name), _varied(each)),
                Cell(f"{100 * each.size:.1f} points", kind="number", bar=bar),
                rate(each.missed_low, drawn=False),
                rate(each.missed_high, drawn=False),
            )
        )
    caption = (
        f"{_missed()} by the oracle; as it stands {_rate_text(usual)}, "
        f"{usual.count:,} of {usual.n:,}; {others:,} others in each measurement"
    )
    return _table(caption, ("Parameter", "Swing", "Missed at the low end", "Missed at the high end"), rows)


def _varied(swing: Swing) -> str:
    if swing.basis == "camouflage":
        return f"{swing.low:+.2f} and {swing.high:+.2f} on every tier"
    return f"from {swing.low:.4g} to {swing.high:.4g}, used {swing.value:.4g}"


def _grades(found: Fidelity) -> Table:
    rows = [
        (
            Cell(plain(each.part)),
            number(each.n),
            *(_of_all(each.by_grade[grade], each.n) for grade in GRADES),
            number(each.published),
        )
        for each in found.grades
    ]
    columns = (
        "Part",
        "Numbers",
        *(f"{grade}: {what}" for grade, what in GRADES.items()),
        "Published as they are",
    )
    return _table("Every number behind the scenario by grade of its evidence", columns, rows)


# --- cells ----------------------------------------------------------------------------------------------


def rate(share: Share, *, note: str = "", other: float | None = None, drawn: bool = True) -> Cell:
    """Return a share with its interval, its count and a small bar."""
    if share.estimate is None:
        return Cell("nobody", note, "rate")
    low, high = share.interval()
    bar = Bar(WIDE * low, max(1.0, WIDE * (high - low)), WIDE * share.estimate, other and WIDE * other)
    count = f"{share.count:,} of {share.n:,}"
    return Cell(_rate_text(share), f"{count}; {note}" if note else count, "rate", bar if drawn else None)


def area(found: Area) -> Cell:
    """Return an area under the curve with its interval and the sizes of the two groups."""
    low, high = found.interval()
    sizes = f"{found.first:,} against {found.second:,}"
    return Cell(f"{found.estimate:.3f} ({low:.3f}–{high:.3f})", sizes, "rate")


def verdict(found: Verdict) -> Cell:
    """Return a verdict."""
    return Cell(found, kind="verdict")


def number(count: int) -> Cell:
    """Return a whole number."""
    return Cell(f"{count:,}", kind="number")


def _of_all(count: int, n: int) -> Cell:
    """Return a count of things that were all counted, with what it is in percent."""
    return Cell(f"{count:,}", percent(count / n) if n else "", "number")


def percent(share: float) -> str:
    """Return a share in percent, with more digits where it is near nothing.

    Examples:
        >>> percent(0.123), percent(0.00012), percent(0)
        ('12.3 %', '0.012 %', '0.0 %')
    """
    digits = next((digits for least, digits in DIGITS if share >= least), 1)
    return f"{100 * share:.{digits}f} %"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def plain(name: str) -> str:
    """Return an id as words.

    Examples:
        >>> plain("typology.online_scam")
        'online scam'
    """
    for prefix in ("typology.", "journey.", "lookalike."):
        name = name.replace(prefix, "")
    return name.replace("_", " ")


def _missed() -> str:
    return f"Missed at {100 * settings().bounds.false_flags:g} % false flags"


def _rate_text(share: Share) -> str:
    return f"{percent(share.estimate or 0.0)} ({_range(*share.interval())})"


def _range(low: float, high: float) -> str:
    return f"{percent(low).removesuffix(' %')}–{percent(high)}"


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _table(caption: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(caption, tuple(columns), tuple(rows))
