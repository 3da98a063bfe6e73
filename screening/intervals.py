"""The exact interval of a share, for one count or for many at once: the only place where it is computed."""

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv


def exact_interval(
    count: npt.ArrayLike, n: npt.ArrayLike, confidence: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the ends of Clopper and Pearson's interval for each count of n; 0 and 1 where n is zero.

    Examples:
        >>> low, high = exact_interval([0, 4], [40, 4], 0.95)
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.0, 0.398], [0.088, 1.0])
    """
    count, n = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    tail = (1 - confidence) / 2
    low = np.where(count == 0, 0.0, betaincinv(np.maximum(count, 1), n - count + 1, tail))
    high = np.where(count == n, 1.0, betaincinv(count + 1, np.maximum(n - count, 1), 1 - tail))
    return low, high
