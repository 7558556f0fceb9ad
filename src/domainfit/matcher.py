"""The scikit-learn estimator that learns what a covered demand says about fit."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .exceptions import InputError
from .match_scoring import MatchHead, match_features, supply
from .scoring import sigmoid
from .taxonomy import default_taxonomy
from .types import FloatArray

DEPTH_WORTH = (0.0, 0.0, 0.6, 0.9, 1.0)
"""What command a depth of 0 to 4 is worth before any data: built is nearly all, named nothing."""
_START = (3.0, 3.0, -3.5)


def starting_head(adjacency: FloatArray, depth_worth: tuple[float, ...] = DEPTH_WORTH) -> MatchHead:
    """Return what is believed of matching before any pair has been seen."""
    return MatchHead(np.asarray(adjacency), np.asarray(depth_worth, np.float64), np.array(_START))


class Matcher(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Monotone logistic regression from demand and supply to P(fit).

    Parameters
    ----------
    adjacency : ndarray of shape (n_disciplines, n_disciplines), optional
        The part of a need in the row's discipline that command of the column's covers; the six
        AI disciplines' by default.
    depth_worth : tuple of 5 floats
        What command a depth of 0, 1, 2, 3, 4 is worth, rising, in [0, 1].
    prior : float, default 0.1
        How strongly the weights are held to their starting values.

    Attributes
    ----------
    head_ : MatchHead
        The fitted values.
    classes_ : ndarray of shape (2,)
        ``[False, True]``.
    """

    def __init__(
        self,
        adjacency: FloatArray | None = None,
        depth_worth: tuple[float, ...] = DEPTH_WORTH,
        prior: float = 0.1,
    ) -> None:
        self.adjacency = adjacency
        self.depth_worth = depth_worth
        self.prior = prior

    def fit(self, X: FloatArray, y: Any, sample_weight: Any = None) -> Self:
        """Fit the weights.

        Parameters
        ----------
        X : ndarray of shape (n_pairs, 3 * n_disciplines)
            The role's shares, the candidate's strengths (0 to 3) and depths (0 to 4), side by side.
        y : ndarray of shape (n_pairs,)
            Whether, or how probably, the pair is a fit; in [0, 1].
        sample_weight : ndarray of shape (n_pairs,), optional
            How much each pair counts.

        Returns
        -------
        Matcher
            The estimator itself.

        Raises
        ------
        InputError
            If y is outside [0, 1] or X has another width.
        """
        X = validate_data(self, X, dtype=np.float64)
        y = np.asarray(y, np.float64)
        if y.shape != (len(X),) or not ((y >= 0) & (y <= 1)).all():
            raise InputError(f"y must hold one value in [0, 1] for each of the {len(X)} pairs")
        weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        adjacency = default_taxonomy().adjacency if self.adjacency is None else self.adjacency
        blank = starting_head(adjacency, self.depth_worth)
        start, features = blank.fit, self._features(blank, X)

        def loss(w: FloatArray) -> tuple[float, FloatArray]:
            z = features @ w[:-1] + w[-1]
            residual = weight * (sigmoid(z) - y)
            value = weight @ (np.logaddexp(0.0, z) - y * z) + 0.5 * self.prior * np.square(w - start).sum()
            return float(value), np.append(features.T @ residual, residual.sum()) + self.prior * (w - start)

        # Weights below zero would let more evidence lower the fit.
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)])
        self.head_ = MatchHead(blank.adjacency, blank.depth, found.x)
        self.classes_ = np.array([False, True])
        return self

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Return P(no fit) and P(fit), shape (n_pairs, 2)."""
        check_is_fitted(self)
        features = self._features(self.head_, validate_data(self, X, dtype=np.float64, reset=False))
        p = sigmoid(features @ self.head_.fit[:-1] + self.head_.fit[-1])
        return np.stack([1 - p, p], axis=1)

    def predict(self, X: FloatArray) -> npt.NDArray[np.bool_]:
        """Return whether each pair is a fit, shape (n_pairs,)."""
        return np.asarray(self.predict_proba(X)[:, 1] >= 0.5)

    def _features(self, head: MatchHead, X: FloatArray) -> FloatArray:
        n = len(head.adjacency)
        if X.shape[1] != 3 * n:
            raise InputError(f"X has {X.shape[1]} columns; {n} disciplines need {3 * n}: shares, strengths, depths")
        return match_features(head, X[:, :n], supply(head, X[:, n : 2 * n], X[:, 2 * n :]))
