"""The content of a small `stress.json`, made up to hold every kind of row and column that the page must show."""

from functools import cache
from typing import Any

from console.stress.frame import Column, Finding, Row
from dossier.texts import Text
from screening.evaluation.rates import PairedDifference, Rate, rate_json

MANY_ROWS = 17


def sample() -> dict[str, Any]:
    """Return the content, as it would be read from its file."""
    return {
        "schema_version": "1",
        "kind": "stress",
        "synthetic": True,
        "scenario": "sample_2022",
        "title": _text("A sample, 2022").model_dump(),
        "stage": "verification",
        "threshold": -2.9,
        "rulebook": "saring-2026",
        "cards": "saring-2026",
        "corpus": "0123456789abcdef" * 4,
        "victims": 1000,
        "others": 2000,
        "miss_rate": rate_json(Rate(240, 1000), "missed"),
        "lawful_flagged": rate_json(Rate(130, 1800), "flagged"),
        "irregular_flagged": rate_json(Rate(45, 200), "flagged"),
        "findings": [{**finding.to_json(), "rise": 0.1, "rise_of_flags": 0.0} for finding in _findings()],
        "left_out": [
            {"test": "tornado", "run": "saring stress sample_2022 --tests tornado"},
            {"test": "left_out", "why": "nothing was <learned>"},
        ],
    }


@cache
def _findings() -> tuple[Finding, ...]:
    return (_curve(), _changes(), _rates(), _numbers())


def _curve() -> Finding:
    rows = [
        _row(f"{size} hidden", at=float(size), series=series, count=200 + 60 * size)
        for series in ("plain", "wide")
        for size in range(5)
    ]
    names = {"plain": _text("evidence <b>"), "wide": _text("evidence or setting")}
    return _finding("curve", rows, axis=_text("pieces hidden"), leads="plain", names=names)


def _changes() -> Finding:
    rows = [
        _row(f"a field with a long name, number {place}", count=250 + place) for place in range(MANY_ROWS)
    ]
    return _finding("changes", rows)


def _rates() -> Finding:
    rows = [Row(_text(name), name, miss=Rate(count, 40)) for name, count in (("one", 4), ("two", 40))]
    return _finding("rates", rows)


def _numbers() -> Finding:
    ends = {"estimate": 0.0008, "low": 0.0007, "high": 0.0009}
    rows = [
        Row(_text(f"1 in {many}"), str(many), at=1 / many, more={"worth": ends, "days": 3, "nobody": None})
        for many in (100_000, 10_000, 1_000, 100)
    ]
    rows.append(Row(_text("nobody at all"), "none", more={"worth": dict.fromkeys(ends), "days": 1234}))
    columns = (Column("worth", _text("worth"), "share"), Column("days", _text("days"), "number"))
    return _finding("numbers", rows, axis=_text("share"), columns=columns, drawn=("worth",))


def _row(name: str, *, count: int, at: float | None = None, series: str = "") -> Row:
    return Row(
        _text(name),
        name,
        miss=Rate(count, 1000),
        false_flag=Rate(100, 2000),
        miss_change=PairedDifference(count - 190, 10, 1000),
        flag_change=PairedDifference(5, 30, 2000),
        at=at,
        series=series,
    )


def _finding(test: str, rows: list[Row], **others: Any) -> Finding:
    title, question, answer = (_text(f"{part} of {test}") for part in ("Title", "Question", "Answer & more"))
    return Finding(test, title, question, answer, rows, _text(f"Assumed in {test}"), **others)


def _text(english: str) -> Text:
    return Text(en=english, id=f"[{english}]")
