"""Synthetic applicants: assumptions in TOML, compiled and drawn into cohorts whose truth is known and sealed.

The folders `journeys`, `lookalikes`, `typologies` and `scenarios` hold what is assumed about people; the
modules beside them draw it. Nobody who was ever real can be reconstructed from any of it.
"""

from synthetic.cohort import Cohort, FreshDraws, draw
from synthetic.scenarios import load_scenario

__all__ = ["Cohort", "FreshDraws", "draw", "load_scenario"]
