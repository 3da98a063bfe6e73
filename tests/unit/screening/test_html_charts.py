"""The charts of the report: drawn without a browser, and in place under the slider's marks."""

import re
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dossier.texts import Language
from screening.evaluation.pages import charts, html_charts
from screening.evaluation.pages.charts import Frame, as_svg
from tests.web.report_sample import sample

MAKERS = (
    charts.tradeoff,
    charts.thresholds,
    html_charts.yardsticks,
    html_charts.recommendations,
    html_charts.missed_by_rulebooks,
    partial(html_charts.burden, place=0),
    html_charts.lost,
    html_charts.fates,
    html_charts.reliability,
)


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


def test_a_threshold_that_counts_rules_is_not_called_log_odds() -> None:
    content = {**sample(), "decides": "rules"}
    assert "Threshold (rules together)" in as_svg(charts.thresholds(content, "en"), "chart")
    assert "log-odds" not in as_svg(charts.thresholds(content, "en"), "chart")


def test_every_published_rulebook_within_the_frame_has_its_letter() -> None:
    content = sample()
    assert _letters(content) == {"A", "B", "C"}
    content["baselines"][0]["lawful_flagged"]["estimate"] = 0.8
    content["baselines"][0]["irregular_flagged"]["estimate"] = 0.9
    assert _letters(content) == {"B", "C"}


def _letters(content: dict[str, Any]) -> set[str]:
    picture = as_svg(charts.tradeoff(content, "en"), "chart")
    return set(re.findall(r">([A-Z])</text>", picture))


def test_yardsticks_run_from_the_best_possible_to_the_simplest() -> None:
    names = list(html_charts.rivals(sample()))
    assert names == ["oracle", "challenger", "screener", "logistic", "rules_only"]
    without = {key: value for key, value in sample().items() if key != "oracle"}
    assert "oracle" not in html_charts.rivals(without)


def test_a_bin_without_victims_stands_at_the_lower_edge_with_an_open_mark() -> None:
    content = sample()
    content["reliability"]["bins"] = [
        {
            "low": 0.0,
            "high": 0.001,
            "shown": 0.0004,
            "victims": {"estimate": 0.0, "low": 0.0, "high": 0.002, "n": 2000, "count": 0},
        }
    ]
    assert 'fill="#FFFFFF"' in as_svg(html_charts.reliability(content, "en"), "chart")


def test_burdens_share_one_scale() -> None:
    content = sample()
    assert html_charts.most_burdened(content) == 1.0
    for one in content["baselines"]:
        for group in one["burdened_groups"]:
            group["lawful_flagged"]["high"] = 0.21
    assert html_charts.most_burdened(content) == pytest.approx(0.3)


def test_missed_victims_are_drawn_in_all_and_by_sex() -> None:
    content = sample()
    groups = html_charts.lost_groups(content)
    assert [name.en for name, _ in groups] == ["All", "Women and girls", "Men and boys"]
    assert sum(groups[0][1].values()) == sum(sum(causes.values()) for _, causes in groups[1:])
