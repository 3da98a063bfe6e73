"""The workbench's charts: those of the report, as Vega-Lite, with marks that move to the chosen threshold.

The same functions draw the pictures of the report, so that both look alike. The browser evaluates no text as
a program: every expression here is run by Vega's interpreter. The table beside the charts holds the figures.
"""

from collections.abc import Mapping
from typing import Any

from console.workbench.points import OperatingPoints
from dossier.texts import Language

NOWHERE = 1e9
"""A threshold that nobody reaches; nothing is marked as within the officers' capacity from there on."""

Spec = dict[str, Any]


def specs(
    points: OperatingPoints, own: int | None, language: Language, decides: str = "cards"
) -> dict[str, Spec]:
    """Return the charts by name, as Vega-Lite; both follow the signals `chosen` and `reachable`, in log-odds.

    Args:
        points: What is drawn.
        own: The run's own threshold at this stage, in hundredths; it stays marked.
        language: Of the axes.
        decides: Whether cards or rules decide; the axis is called by it.
    """
    from screening.evaluation.pages import charts

    content = _content(points, own, decides)
    found = {
        "thresholds": charts.thresholds(content, language).to_dict(validate=False),
        "tradeoff": charts.tradeoff(content, language).to_dict(validate=False),
    }
    chosen = (points.thresholds[0] if own is None else own) / 100
    return {name: _with_moving_marks(spec, chosen, name == "thresholds") for name, spec in found.items()}


def _content(points: OperatingPoints, own: int | None, decides: str) -> Mapping[str, Any]:
    """Return the points in the form of an evaluation, as the report's charts read it."""
    whole = points.everybody
    counts = zip(points.thresholds, whole.missed, whole.lawful_flagged, whole.irregular_flagged, strict=True)
    return {
        "victims": whole.victims,
        "lawful": whole.lawful,
        "irregular": whole.irregular,
        "threshold": None if own is None else own / 100,
        "decides": decides,
        "curve": [
            {"threshold": threshold / 100, "missed": missed, "lawful": lawful, "irregular": irregular}
            for threshold, missed, lawful, irregular in counts
        ],
    }


def _with_moving_marks(spec: Spec, chosen: float, along_threshold: bool) -> Spec:
    lines, marks = (_layer(spec, kind) for kind in ("line", "point"))
    moving = {
        "data": lines["data"],
        "transform": [{"filter": "datum.order === chosen"}],
        "mark": {"type": "point", "filled": False, "size": 240, "strokeWidth": 2.5, "opacity": 1},
        "encoding": marks["encoding"],
    }
    within = {
        "data": lines["data"],
        "transform": [{"filter": "datum.order >= reachable && datum.who === 'lawful'"}],
        "mark": {"type": "line", "strokeWidth": 7, "color": "#007A5A", "opacity": 0.85, "clip": True},
        "encoding": {"x": marks["encoding"]["x"], "y": {"datum": 0.0, "type": "quantitative"}},
    }
    return {
        **spec,
        "params": [{"name": "chosen", "value": chosen}, {"name": "reachable", "value": NOWHERE}],
        "layer": [*([within] if along_threshold else []), *spec["layer"], moving],
    }


def _layer(spec: Spec, kind: str) -> Spec:
    """Return the first layer whose mark is of a kind."""
    found: Spec = next(
        layer
        for layer in spec["layer"]
        if (layer["mark"]["type"] if isinstance(layer["mark"], dict) else layer["mark"]) == kind
    )
    return found
