"""Measures of profiles and matches: arrays in, numbers out; NaN, never a perfect score, for empty groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .types import FloatArray

BoolArray = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]
NAN = float("nan")


def mean_or_nan(values: Any) -> float:
    """Return the mean of the values that are not NaN; NaN when there is none."""
    values = np.asarray(values, dtype=np.float64)
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else NAN


def top(scores: FloatArray) -> Index:
    """Return each row's largest column, the first among equals.

    Parameters
    ----------
    scores : ndarray of shape (n_documents, n_disciplines)
        Any scores.

    Returns
    -------
    ndarray of shape (n_documents,)
        -1 where a row says nothing: it holds a NaN, or the same score in all of several columns.
    """
    # Else a model that gives nothing but zeros would be credited with the first discipline.
    silent = np.isnan(scores).any(axis=1) | ((scores == scores[:, :1]).all(axis=1) & (scores.shape[1] > 1))
    return np.where(silent, -1, scores.argmax(axis=1))


def top_allowed(scores: FloatArray, allowed: BoolArray) -> float:
    """Return how often the top-scored column is among the allowed ones.

    Parameters
    ----------
    scores : ndarray of shape (n_documents, n_disciplines)
        Any scores; a row without a `top` is wrong.
    allowed : ndarray of shape (n_documents, n_disciplines)
        The disciplines that count as right. Rows without one are left out.

    Returns
    -------
    float
        In [0, 1]; NaN when no row has an allowed discipline.
    """
    some = allowed.any(axis=1)
    guess = top(scores[some])
    return mean_or_nan(allowed[some, guess] & (guess >= 0))


def top_unsubstantial(scores: FloatArray, strengths: FloatArray, some: BoolArray) -> float:
    """Return how often the top-scored discipline has a strength of 1 or less.

    Parameters
    ----------
    scores, strengths : ndarray of shape (n_documents, n_disciplines)
        Any scores, and the true strengths, 0 to 3. A row without a `top` counts.
    some : ndarray of shape (n_documents,)
        The documents to look at.

    Returns
    -------
    float
        In [0, 1], smaller is better; NaN when `some` is nowhere true.
    """
    guess = top(scores[some])
    return mean_or_nan((strengths[some, guess] <= 1) | (guess < 0))


def recall(guess: Index, truth: Index, k: int) -> float:
    """Return the share of the items of class `k` that are guessed to be; NaN when it does not occur."""
    return mean_or_nan(guess[truth == k] == k)


def macro_f1(guess: Index, truth: Index) -> float:
    """Return the mean, over the classes that occur in `truth`, of F1 = 2 TP / (2 TP + FP + FN).

    Parameters
    ----------
    guess, truth : ndarray of shape (n_items,)
        Class numbers; a guess that is no class, such as -1, is a miss.

    Returns
    -------
    float
        In [0, 1]; NaN without any item.
    """
    sides = [(guess == k, truth == k) for k in np.unique(truth)]
    return mean_or_nan([2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in sides])


def comparisons(positive: BoolArray, scores: FloatArray) -> tuple[float, int]:
    """Count the pairs of a positive and a negative, and those that the positive wins.

    Parameters
    ----------
    positive : ndarray of shape (n,)
        The classes.
    scores : ndarray of shape (n,)
        Larger means more likely positive; not NaN.

    Returns
    -------
    won : float
        The Mann-Whitney statistic: pairs in which the positive scores higher, ties counted half.
    compared : int
        All pairs.
    """
    n = int(positive.sum())
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float(rank[positive].sum() - n * (n + 1) / 2), n * (len(positive) - n)


def auroc(positive: BoolArray, scores: FloatArray) -> float:
    """Return the area under the ROC curve: the part of the `comparisons` that the positive wins.

    Parameters
    ----------
    positive, scores : ndarray of shape (n,)
        As `comparisons` takes them.

    Returns
    -------
    float
        In [0, 1]; NaN when either class is empty.

    References
    ----------
    .. [1] Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology, 1982.
    """
    won, compared = comparisons(positive, scores)
    return won / compared if compared else NAN


def ndcg(gain: FloatArray, scores: FloatArray) -> float:
    """Return the normalised discounted cumulative gain of one whole ranked list.

    Parameters
    ----------
    gain : ndarray of shape (n,)
        What each item is worth, not negative; taken as it is, discounted by ``log2(rank + 1)``.
    scores : ndarray of shape (n,)
        Larger ranks higher. Equal scores share the mean of their gains: the order of the input,
        which may be the right one by accident, has no say.

    Returns
    -------
    float
        In [0, 1]; NaN when nothing has a gain.

    References
    ----------
    .. [1] Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
    .. [2] McSherry and Najork, "Computing IR performance measures efficiently [...] tied scores", 2008.
    """
    discount = 1 / np.log2(np.arange(2, len(gain) + 2))
    best = float(np.sort(gain)[::-1] @ discount)
    return float(_level(gain, scores)[np.argsort(-scores)] @ discount) / best if best else NAN


def calibration_error(probability: FloatArray, positive: BoolArray, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal mass (Nguyen and O'Connor, EMNLP 2015).

    Parameters
    ----------
    probability, positive : ndarray
        Predicted probabilities and what came true, of one shape; all are pooled.
    bins : int, default 10
        The number of bins; where there are fewer predictions, each has its own.

    Returns
    -------
    float
        The mean distance of predicted and observed rates, in [0, 1]; NaN without any prediction.
    """
    p, y = np.ravel(probability), np.ravel(positive).astype(np.float64)
    if not p.size:
        return NAN
    order = np.argsort(p)
    distance = (p - _level(y, p))[order]  # levelled, so that a bin's edge among equals does not matter
    return float(sum(abs(part.sum()) for part in np.array_split(distance, bins)) / p.size)


def brier(probability: FloatArray, positive: BoolArray) -> float:
    """Return the mean squared distance of probabilities and outcomes (Brier, 1950), in [0, 1]; NaN without any."""
    return mean_or_nan(np.square(np.ravel(probability) - np.ravel(positive)))


def quadratic_kappa(truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64], n: int) -> float:
    """Return Cohen's kappa with quadratic weights (Cohen, "Weighted kappa", 1968).

    Parameters
    ----------
    truth, guess : ndarray of shape (n_items,)
        Two ratings, 0 to ``n - 1``.
    n : int
        The number of ratings there are.

    Returns
    -------
    float
        1 for full agreement, 0 for agreement by chance; NaN when `truth` never varies.
    """
    observed = np.bincount(truth * n + guess, minlength=n * n).reshape(n, n)
    if np.count_nonzero(observed.sum(axis=1)) < 2:
        return NAN
    weight = np.square(np.subtract.outer(np.arange(n), np.arange(n)))
    chance = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / observed.sum()
    return 1.0 - float((weight * observed).sum() / (weight * chance).sum())


def bootstrap_interval(measure: Callable[[Index], float], draws: Index) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of a measure (Efron, 1979).

    Parameters
    ----------
    measure : callable
        From the numbers of the units drawn, repeats included, to a value.
    draws : ndarray of shape (n_resamples, n_units)
        Units drawn with replacement; a unit may be a document or a cluster of dependent ones.

    Returns
    -------
    low, high : float
        Over the resamples in which the measure is defined; NaN when it is in none.
    """
    values = np.array([measure(units) for units in draws], dtype=np.float64)
    low, high = np.quantile(values[~np.isnan(values)], [0.025, 0.975]) if (values == values).any() else (NAN, NAN)
    return float(low), float(high)


def _level(values: FloatArray, key: FloatArray) -> FloatArray:
    """Give all that share a key the mean of their values."""
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray((np.bincount(inverse, values) / counts)[inverse])
