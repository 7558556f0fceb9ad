"""Measures of profiles and matches: arrays in, numbers out; NaN, never a perfect score, for empty groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .types import FloatArray

BoolArray = npt.NDArray[np.bool_]
NAN = float("nan")


def mean_or_nan(values: Any) -> float:
    """Return the mean of the values that are not NaN; NaN when there is none."""
    values = np.asarray(values, dtype=np.float64)
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else NAN


def top_allowed(scores: FloatArray, allowed: BoolArray) -> float:
    """Return how often the top-scored column is among the allowed ones.

    Parameters
    ----------
    scores : ndarray of shape (n_documents, n_disciplines)
        Any scores; the largest is the guess.
    allowed : ndarray of shape (n_documents, n_disciplines)
        The disciplines that count as right. Rows without one are left out.

    Returns
    -------
    float
        In [0, 1]; NaN when no row has an allowed discipline.
    """
    some = allowed.any(axis=1)
    return mean_or_nan(allowed[some, scores[some].argmax(axis=1)])


def top_unsubstantial(scores: FloatArray, strengths: FloatArray, some: BoolArray) -> float:
    """Return how often the top-scored discipline has a strength of 1 or less, over the rows in `some`."""
    rows = np.flatnonzero(some)
    return mean_or_nan(strengths[rows, scores[rows].argmax(axis=1)] <= 1)


def recall_by_class(guess: npt.NDArray[np.intp], truth: npt.NDArray[np.intp], n: int) -> FloatArray:
    """Return each class's recall; NaN for a class that does not occur."""
    return np.array([mean_or_nan(guess[truth == k] == k) for k in range(n)])


def macro_f1(guess: npt.NDArray[np.intp], truth: npt.NDArray[np.intp], n: int) -> float:
    """Return the mean F1 of the classes that occur in `truth`: 2 TP / (2 TP + FP + FN)."""
    scores = []
    for k in range(n):
        hit = int(((guess == k) & (truth == k)).sum())
        wrong = int(((guess == k) != (truth == k)).sum())
        if (truth == k).any():
            scores.append(2 * hit / (2 * hit + wrong))
    return mean_or_nan(scores)


def auroc(positive: BoolArray, scores: FloatArray) -> float:
    """Return the area under the ROC curve by the Mann-Whitney statistic, ties counted half.

    Parameters
    ----------
    positive : ndarray of shape (n,)
        The classes.
    scores : ndarray of shape (n,)
        Larger means more likely positive.

    Returns
    -------
    float
        In [0, 1]; NaN when either class is empty.

    References
    ----------
    .. [1] Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology, 1982.
    """
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return NAN
    ranks = average_ranks(scores)
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def average_ranks(values: FloatArray) -> FloatArray:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse])


def calibration_error(probability: FloatArray, positive: BoolArray, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal mass.

    Parameters
    ----------
    probability : ndarray
        Predicted probabilities, of any shape; all are pooled.
    positive : ndarray
        What came true, of the same shape.
    bins : int, default 10
        The number of bins.

    Returns
    -------
    float
        The mean distance of predicted and observed rates, in [0, 1]; NaN without any prediction.

    References
    ----------
    .. [1] Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural
       language processing models", EMNLP 2015, for bins of equal mass.
    """
    p, y = np.ravel(probability), np.ravel(positive).astype(np.float64)
    if not p.size:
        return NAN
    groups = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(abs(p[g].mean() - y[g].mean()) * len(g) for g in groups if len(g)) / p.size)


def brier(probability: FloatArray, positive: BoolArray) -> float:
    """Return the mean squared distance of probabilities and outcomes; NaN without any."""
    return mean_or_nan(np.square(np.ravel(probability) - np.ravel(positive)))


def quadratic_kappa(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], n: int) -> float:
    """Return Cohen's kappa with quadratic weights.

    Parameters
    ----------
    a, b : ndarray of shape (n_items,)
        Two ratings, 0 to ``n - 1``.
    n : int
        The number of ratings there are.

    Returns
    -------
    float
        1 for full agreement, 0 for agreement by chance; NaN when neither rater varies.

    References
    ----------
    .. [1] Cohen, "Weighted kappa", Psychological Bulletin, 1968.
    """
    observed = np.zeros((n, n))
    np.add.at(observed, (a, b), 1.0)
    weight = np.square(np.arange(n)[:, None] - np.arange(n)[None, :])
    chance = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(1.0, observed.sum())
    expected = float((weight * chance).sum())
    return 1.0 - float((weight * observed).sum()) / expected if expected else NAN


def auroc_within(positive: BoolArray, scores: FloatArray, group: npt.ArrayLike) -> float:
    """Return how often a positive outranks a negative of the same group, ties counted half.

    Every comparable pair counts alike; NaN when no group holds both classes.
    """
    won = compared = 0.0
    labels = np.asarray(group)
    for g in np.unique(labels):
        yes, no = scores[(labels == g) & positive], scores[(labels == g) & ~positive]
        difference = yes[:, None] - no[None, :]
        won += float((difference > 0).sum() + 0.5 * (difference == 0).sum())
        compared += difference.size
    return won / compared if compared else NAN


def ndcg_within(gain: FloatArray, scores: FloatArray, group: npt.ArrayLike) -> float:
    """Return the mean over groups of the normalised discounted cumulative gain of the whole list.

    References
    ----------
    .. [1] Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
    """
    labels = np.asarray(group)
    values = []
    for g in np.unique(labels):
        rows = np.flatnonzero(labels == g)
        discount = 1 / np.log2(np.arange(2, len(rows) + 2))
        best = float(np.sort(gain[rows])[::-1] @ discount)
        values.append(float(gain[rows][np.argsort(-scores[rows], kind="stable")] @ discount) / best if best else NAN)
    return mean_or_nan(values)
