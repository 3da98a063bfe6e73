"""Evaluation: where recommendations meet the truth, and every rate is counted with its n and its interval.

Only the console may import this package; a screener cannot reach it. It knows no simulator: where it needs
fresh applicants it is handed a draw.
"""

from screening.evaluation.frames import evaluate
from screening.evaluation.outcomes import Outcomes
from screening.evaluation.rates import Rate
from screening.evaluation.report import Evaluation

__all__ = ["Evaluation", "Outcomes", "Rate", "evaluate"]
