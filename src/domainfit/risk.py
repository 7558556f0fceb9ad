"""Cut-offs with a finite-sample guarantee: arrays in, numbers out."""

from __future__ import annotations

import numpy as np

from .exceptions import InputError
from .types import FloatArray


def risk_cutoff(successes: FloatArray, keep: float, confidence: float | None = None) -> float:
    """Return the highest cut-off that keeps enough of those who would have succeeded.

    Parameters
    ----------
    successes : ndarray of shape (n,)
        The fits, in [0, 1], of past candidates who succeeded.
    keep : float
        The part of future successes, in (0, 1), that is to stay at or above the cut-off.
    confidence : float, optional
        By default the promise holds on average over the draws of the past and of the future. Given
        a confidence in (0, 1), it holds for this very past with that probability.

    Returns
    -------
    float
        In [0, 1]; 0, under which nobody falls, where there are too few successes for the promise.

    Raises
    ------
    InputError
        If a value is outside its range.

    Notes
    -----
    With the loss 1 for a success below the cut-off, conformal risk control [1]_ asks for
    ``(m + 1) / (n + 1) <= 1 - keep``, where m of n successes lie below. It holds for a future success
    that is exchangeable with the past ones, whatever the distribution, ties included. The stricter
    promise uses that the part of the distribution below the (m + 1)-th smallest value is at most
    Beta(m + 1, n - m) distributed [2]_.

    References
    ----------
    .. [1] Angelopoulos, Bates, Fisch, Lei and Schuster, "Conformal Risk Control", ICLR 2024.
    .. [2] Wilks, "Determination of sample sizes for setting tolerance limits", Annals of
       Mathematical Statistics 12, 1941.

    Examples
    --------
    >>> risk_cutoff(np.arange(1, 20) / 20, keep=0.9)
    0.1
    >>> risk_cutoff(np.array([0.4, 0.6]), keep=0.9)
    0.0
    """
    fits = np.sort(_fits(successes))
    below = allowed_below(len(fits), keep, confidence)
    return float(fits[below]) if below >= 0 else 0.0


def allowed_below(n: int, keep: float, confidence: float | None = None) -> int:
    """Return how many of n past successes may lie below the cut-off; -1 where n is too small for any promise."""
    if not 0 < keep < 1:
        raise InputError(f"keep must lie between 0 and 1, not {keep!r}")
    if confidence is not None and not 0 < confidence < 1:
        raise InputError(f"confidence must lie between 0 and 1, not {confidence!r}")
    lose = 1.0 - keep
    # A hair's breadth, so that 0.05 * 20 is one and not a little less.
    on_average = int(np.floor(lose * (n + 1) + 1e-9)) - 1
    if confidence is None or on_average < 0:
        return min(on_average, n - 1)
    from scipy.stats import beta

    sure = beta.cdf(lose, np.arange(1, on_average + 2), n - np.arange(on_average + 1)) >= confidence
    return int(sure.sum()) - 1


def successes_needed(keep: float, confidence: float | None = None) -> int:
    """Return the fewest past successes that allow a cut-off above 0."""
    n = 1
    while allowed_below(n, keep, confidence) < 0:
        n += 1
    return n


def drift_p_value(one: FloatArray, two: FloatArray) -> float:
    """Return how probable two samples this different are, if they come from one source (Kolmogorov and Smirnov).

    Returns
    -------
    float
        NaN where either has fewer than five values.
    """
    if min(len(one), len(two)) < 5:
        return float("nan")
    from scipy.stats import ks_2samp

    return float(ks_2samp(one, two).pvalue)


def _fits(values: FloatArray) -> FloatArray:
    fits = np.asarray(values, np.float64)
    if fits.ndim != 1 or not ((fits >= 0) & (fits <= 1)).all():
        raise InputError("fits must be one row of numbers in [0, 1]: leave out candidates who were not scored")
    return fits
