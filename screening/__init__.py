"""Screening: policy that turns dossiers into recommendations, with reasons.

`rulebooks` holds what officers look for, `policy.toml` what follows from it, `certificates` where the
threshold lies and why. Nothing here can see whether anybody is a victim; `screening.evaluation` can, and
nothing here imports it.
"""

from screening.rulebook import load_rulebook
from screening.screener import Screener

__all__ = ["Screener", "load_rulebook"]
