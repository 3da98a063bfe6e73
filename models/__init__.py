"""Cards learned from labelled synthetic cohorts, and what they are measured against.

`features` says what may be read, `card` scores and gives points, `train` learns, `challengers` holds the
unrestricted rival. `cards/` holds the released files. `screening_classifier` is the same kind of card for any
table of numbers, as a scikit-learn classifier. Nothing here knows how applicants are simulated.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.screening_classifier import ScreeningClassifier

__all__ = ["ScreeningClassifier"]


def __getattr__(name: str) -> Any:
    """Import scikit-learn, which takes a second, only for whoever asks for an estimator."""
    if name == "ScreeningClassifier":
        from models.screening_classifier import ScreeningClassifier  # noqa: PLC0415

        return ScreeningClassifier
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
