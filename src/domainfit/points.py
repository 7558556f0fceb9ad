"""The points of curves that judge a model: arrays in, arrays out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .exceptions import InputError
from .types import FloatArray


class ReliabilityPoints(NamedTuple):
    """Predicted and observed rates, a bin each.

    Parameters
    ----------
    predicted, observed : ndarray of shape (n_bins,)
        The mean probability, and the part that came true.
    low, high : ndarray of shape (n_bins,)
        The 95% interval of the observed rate.
    size : ndarray of shape (n_bins,)
        How many predictions.
    """

    predicted: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray
    size: FloatArray


def reliability_points(probability: Any, outcome: Any, bins: int = 10) -> ReliabilityPoints:
    """Sort predictions into bins of equal mass and count what came true.

    Parameters
    ----------
    probability, outcome : array-like of one shape
        Predicted probabilities in [0, 1], and what came true; all are pooled.
    bins : int, default 10
        The number of bins; fewer where many predictions are equal, which are never parted.

    Returns
    -------
    ReliabilityPoints
        In rising order, with Wilson's score interval.

    Raises
    ------
    InputError
        If the arrays do not match, are empty, or a probability is outside [0, 1].

    References
    ----------
    .. [1] Wilson, "Probable inference, the law of succession, and statistical inference", JASA, 1927.

    Examples
    --------
    >>> points = reliability_points([0.2, 0.2, 0.8, 0.8], [False, False, True, False], bins=2)
    >>> points.observed.tolist()
    [0.0, 0.5]
    """
    p, y = _pair(probability, outcome)
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError("every probability must lie in [0, 1]")
    order = np.argsort(p, kind="stable")
    wanted = np.arange(1, bins) * len(p) // bins
    # An edge moves back to the first of its equals.
    edges = np.unique(np.searchsorted(p[order], p[order][wanted[wanted > 0]]))
    parts = [part for part in np.split(order, edges) if len(part)]
    count = np.array([len(part) for part in parts], np.float64)
    hits = np.array([y[part].sum() for part in parts])
    low, high = wilson_interval(hits, count)
    return ReliabilityPoints(np.array([p[part].mean() for part in parts]), hits / count, low, high, count)


def wilson_interval(hits: FloatArray, count: FloatArray, z: float = 1.959964) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of rates; z = 1.96 gives 95%.

    Parameters
    ----------
    hits, count : ndarray of shape (n,)
        How many came true, and of how many; `count` positive.
    z : float
        The normal quantile.
    """
    rate, spread = hits / count, z * z / count
    middle = (rate + spread / 2) / (1 + spread)
    half = np.sqrt(rate * (1 - rate) * spread + spread * spread / 4) / (1 + spread)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def risk_coverage_points(confidence: Any, wrong: Any) -> tuple[FloatArray, FloatArray]:
    """Return how many answers are given and how many of those are wrong, as the bar for answering falls.

    Parameters
    ----------
    confidence : array-like of shape (n,)
        How sure each answer is; larger is surer.
    wrong : array-like of bool, shape (n,)
        Whether it is wrong.

    Returns
    -------
    coverage, risk : ndarray of shape (n_distinct_confidences,)
        In (0, 1] and [0, 1]. Equally sure answers are given together.

    Raises
    ------
    InputError
        If the arrays do not match, are empty, or hold NaN.

    References
    ----------
    .. [1] El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR, 2010.

    Examples
    --------
    >>> coverage, risk = risk_coverage_points([0.9, 0.8, 0.7, 0.7], [False, True, False, False])
    >>> coverage.tolist(), risk.tolist()
    ([0.25, 0.5, 1.0], [0.0, 0.5, 0.25])
    """
    sure, mistake = _pair(confidence, wrong)
    order = np.argsort(-sure, kind="stable")
    last = np.append(np.flatnonzero(np.diff(sure[order])), len(sure) - 1)
    given = np.arange(1, len(sure) + 1)
    return given[last] / len(sure), (np.cumsum(mistake[order]) / given)[last]


def _pair(values: Any, outcome: Any) -> tuple[FloatArray, FloatArray]:
    a, b = np.asarray(values, np.float64), np.asarray(outcome, np.float64)
    if a.shape != b.shape or not a.size:
        raise InputError(f"give two arrays of one shape that are not empty, not {a.shape} and {b.shape}")
    if np.isnan(a).any() or np.isnan(b).any():
        raise InputError("the arrays hold NaN: leave out what the model does not answer")
    return a.ravel(), b.ravel()
