"""Evaluation: where recommendations meet the truth, and every rate is counted with its n and its interval.

Only the console may import this package; a screener cannot reach it. It knows no simulator: where it needs
fresh applicants it is handed a draw.
"""

from typing import TYPE_CHECKING, Any

from screening.evaluation.frames import evaluate
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate
from screening.evaluation.report import Evaluation

if TYPE_CHECKING:
    from screening.evaluation.guarantee.guaranteed_threshold import GuaranteedThreshold

__all__ = ["Evaluation", "GuaranteedThreshold", "Outcomes", "Rate", "evaluate"]


def __getattr__(name: str) -> Any:
    """Import scikit-learn and pandas, which take a second, only for whoever asks for an estimator."""
    if name == "GuaranteedThreshold":
        from screening.evaluation.guarantee.guaranteed_threshold import GuaranteedThreshold  # noqa: PLC0415

        return GuaranteedThreshold
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
