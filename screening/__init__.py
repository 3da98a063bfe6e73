"""Screening: policy that turns dossiers into recommendations, with reasons.

`rulebooks` holds what officers look for, `policy.toml` what follows from it, `certificates` where the
threshold lies and why. Nothing here can see whether anybody is a victim; `screening.evaluation` can, and
nothing here imports it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screening.rule_transformer import RuleTransformer
    from screening.rulebook import load_rulebook
    from screening.screener import Screener

__all__ = ["RuleTransformer", "Screener", "load_rulebook"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for; an estimator brings scikit-learn and pandas along."""
    match name:
        case "RuleTransformer":
            from screening.rule_transformer import RuleTransformer  # noqa: PLC0415

            return RuleTransformer
        case "Screener":
            from screening.screener import Screener  # noqa: PLC0415

            return Screener
        case "load_rulebook":
            from screening.rulebook import load_rulebook  # noqa: PLC0415

            return load_rulebook
        case _:
            raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
