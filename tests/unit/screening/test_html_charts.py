"""The charts of the report: drawn without a browser, and in place under the slider's marks."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dossier.texts import Language
from screening.evaluation import charts
from screening.evaluation.charts import Frame, as_svg
from tests.web.report_sample import sample

MAKERS = (charts.tradeoff, charts.thresholds, charts.yardsticks, charts.recommendations)


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("make", MAKERS)
def test_each_chart_is_a_picture_that_scales(make: Any, language: Language) -> None:
    picture = as_svg(make(sample(), language), "chart")
    root = ET.fromstring(picture)
    assert "width" not in root.attrib
    assert root.attrib["viewBox"].startswith("0 0 ")
    assert "style=" not in picture


def test_titles_are_in_the_language_asked_for() -> None:
    assert "Korban terlewat" in as_svg(charts.tradeoff(sample(), "id"), "chart")
    assert "Victims missed" in as_svg(charts.tradeoff(sample(), "en"), "chart")


def test_the_mark_of_the_run_stands_where_the_frame_says() -> None:
    """The slider lays its marks over the picture by the frame alone, so the two must agree."""
    content = sample()
    picture = as_svg(charts.tradeoff(content, "en"), "chart")
    drawn = _marks(picture)
    expected = _place(
        charts.tradeoff_frame(), content["lawful_flagged"]["estimate"], content["miss_rate"]["estimate"]
    )
    assert any(abs(x - expected[0]) < 0.6 and abs(y - expected[1]) < 0.6 for x, y in drawn)


def _marks(picture: str) -> list[tuple[float, float]]:
    """Return where the picture has marks."""
    places = re.findall(r'<path transform="translate\(([-\d.]+),([-\d.]+)\)', picture)
    return [(float(x), float(y)) for x, y in places]


def _place(frame: Frame, x: float, y: float) -> tuple[float, float]:
    return (
        frame.width * (x - frame.x[0]) / (frame.x[1] - frame.x[0]),
        frame.height * (1 - (y - frame.y[0]) / (frame.y[1] - frame.y[0])),
    )


def test_the_curve_keeps_the_threshold_of_the_run_even_where_it_flags_nearly_everybody() -> None:
    content = sample()
    content["threshold"] = content["curve"][0]["threshold"]
    assert content["threshold"] in [point["threshold"] for point in charts.affordable(content)]


def test_frames_leave_room_for_the_whole_plot() -> None:
    for frame in (charts.tradeoff_frame(), charts.thresholds_frame(charts.affordable(sample()))):
        assert frame.x[0] < frame.x[1]
        assert frame.left > 0
        assert frame.bottom > 0
