"""Whether all intervals of a finding hold together, counted by hand in what is written of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from console.stress.frame import Finding
from screening.evaluation.rates import Rate


def assert_all_hold_together(finding: Finding) -> None:
    """Assert that every interval is as wide as the number of all of them asks for."""
    written = [one for row in finding.to_json()["rows"] for one in _intervals(row)]
    assert written
    assert finding.intervals == len(written) + finding.beside
    confidence = 1 - 0.05 / finding.intervals
    for row in finding.rows:
        for one in (row.miss, row.false_flag, row.miss_change, row.flag_change):
            assert one is None or one.confidence == pytest.approx(confidence, abs=1e-12)
        for rate in _intervals(row.more):
            _check_ends(rate, confidence)


def _intervals(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield whatever a row holds that has an n and the ends of an interval."""
    for value in row.values():
        if isinstance(value, dict) and value.get("n") and "low" in value:
            yield value


def _check_ends(written: Mapping[str, Any], confidence: float) -> None:
    """Assert that a rate has the exact interval; a difference is written without its counts."""
    counts = [value for key, value in written.items() if key not in ("estimate", "low", "high", "n")]
    for count in counts:
        rate = Rate(count, written["n"], confidence)
        assert (written["low"], written["high"]) == pytest.approx((rate.low, rate.high))
