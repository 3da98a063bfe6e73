"""Screening: policy that turns dossiers into recommendations, with reasons.

`rulebooks` holds what officers look for, `policy.toml` what follows from it, `certificates` where the
threshold lies and why. Nothing here can see whether anybody is a victim; `screening.evaluation` can, and
nothing here imports it.
"""

from typing import TYPE_CHECKING, Any

from screening.rulebook import load_rulebook
from screening.screener import Screener

if TYPE_CHECKING:
    from screening.rule_transformer import RuleTransformer

__all__ = ["RuleTransformer", "Screener", "load_rulebook"]


def __getattr__(name: str) -> Any:
    """Import scikit-learn and pandas, which take a second, only for whoever asks for an estimator."""
    if name == "RuleTransformer":
        from screening.rule_transformer import RuleTransformer  # noqa: PLC0415

        return RuleTransformer
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
