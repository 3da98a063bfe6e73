"""What a cluster costs: the page tells what was measured, and the sums are what the page says they are."""

import json
from copy import deepcopy
from typing import Any

import pytest

from benchmarks.cluster import PAGE, RESULTS
from benchmarks.peers.cluster_costs import (
    APPLICANTS,
    BEGIN,
    DEPARTURES,
    END,
    VARIANT_ROWS,
    VARIANTS,
    costs,
    measured,
    page_with,
)


@pytest.fixture
def found() -> dict[str, Any]:
    """Figures that can be reckoned by hand."""
    return {
        "rows_of_a_part": 1_000_000,
        "fixed": {"start_worker_s": 1.0, "compile_s": 0.5},
        "row": {
            "draw_ns": 1_000.0,
            "draw_and_write_ns": 3_000.0,
            "screen_one_stage_ns": 500.0,
            "screen_all_stages_ns": 1_000.0,
            "run_ns": 6_000.0,
            "cohort_bytes": 90.0,
            "screened_bytes": 10.0,
        },
        "result_bytes": {"1000": 5_000, "2000": 6_000},
        "parts": {"agree_s": {"1": 1.0}, "overhead_s": {"1": 0.001, "2": 0.002}},
    }


def test_a_decade_is_reckoned_by_its_rows(found: dict[str, Any]) -> None:
    decade = costs(found)["decade"]
    seconds = APPLICANTS * 6e-6 + DEPARTURES * 3.5e-6
    assert decade["parts"] == 240
    assert decade["processor_hours"] == pytest.approx(seconds / 3600)
    assert decade["hours"]["2"] == pytest.approx((2 + 120 * seconds / 240) / 3600)
    assert decade["hours"]["1024"] == pytest.approx((2 + seconds / 240) / 3600)
    assert decade["kept_bytes"] == 240e6 * 100
    assert decade["sent_back_bytes"] == 240 * (4_000 + 1_000_000)


def test_a_sweep_compiles_each_variant_and_keeps_no_files(found: dict[str, Any]) -> None:
    sweep = costs(found)["sweep"]
    seconds = VARIANTS * (0.5 + VARIANT_ROWS * 3.5e-6)
    assert sweep["processor_hours"] == pytest.approx(seconds / 3600)
    assert sweep["parts"] == VARIANTS
    assert sweep["kept_bytes"] == 0


def test_collecting_is_a_floor_that_no_number_of_cores_goes_below(found: dict[str, Any]) -> None:
    slow = deepcopy(found)
    slow["parts"]["overhead_s"]["2"] = 10.0
    decade = costs(slow)["decade"]
    assert decade["hours"]["1024"] == pytest.approx((2 + 240 * 10) / 3600)
    assert decade["cores_of_use"] == round(decade["processor_hours"] * 3600 / 240 / 10)


def test_the_page_tells_what_was_found() -> None:
    content = json.loads(RESULTS.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(page, content) == page
    assert measured(content) in page
    assert content["costs"] == costs(content)


def test_a_page_without_room_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="the page needs"):
        page_with(f"{BEGIN} only", {})
    with pytest.raises(ValueError, match="the page needs"):
        page_with(f"{END} only", {})
