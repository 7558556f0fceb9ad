"""The scikit-learn estimator that learns from placements what adjacency and depth are worth."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from ..bundle import ModelLike, load_bundle
from ..exceptions import InputError
from ..match_scoring import MatchHead, match_features, supply
from ..scoring import sigmoid
from ..types import FloatArray
from .features import pair_features
from .schema import Placements, read_placements

SPREAD = {"adjacency": 0.15, "depth": 0.15, "weight": 1.0, "intercept": 1.5}
"""How far each kind of parameter is expected to lie from the shipped one: standard deviations of the prior."""


class PlacementModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """P(success) of a placement, held to the shipped match head by a prior.

    The model is the library's own: a candidate's command of a discipline is strength times what its
    depth is worth, a need is covered by the best adjacent command, and the fit is logistic in what
    is covered. What is learned are the adjacencies, the worth of each depth, and the three weights.
    All of it stays monotone: no placement can teach it that more of what is needed is worse.

    Parameters
    ----------
    model : {"base", "fast"}, path or Model
        The model whose profiles are read and whose match head is the prior's centre.
    prior : float, default 1.0
        How strongly it is held to that centre; doubled, it takes twice as many placements to move it.
    texts : mapping or path, optional
        What ids stand for; see `read_placements`.

    Attributes
    ----------
    head_ : MatchHead
        The fitted values.
    classes_ : ndarray of shape (2,)
        ``[False, True]``.
    """

    def __init__(self, model: ModelLike = "base", prior: float = 1.0, texts: Any = None) -> None:
        self.model = model
        self.prior = prior
        self.texts = texts

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Learn from placements.

        Parameters
        ----------
        X : Placements, DataFrame or ndarray of shape (n, 3 * n_disciplines)
            Placements or their table (`read_placements`), or what `pair_features` returned.
        y : ndarray of shape (n,), optional
            Whether each succeeded; taken from the placements where it is left out. Rows whose
            outcome or profile is unknown (NaN) are left out.
        sample_weight : ndarray of shape (n,), optional
            How much each counts; the placements' own weights where it is left out.

        Returns
        -------
        PlacementModel
            The estimator itself.

        Raises
        ------
        InputError
            If `prior` is not positive, there is no outcome, or all outcomes are alike.
        """
        if not self.prior > 0:
            raise InputError(f"prior must be above 0, not {self.prior!r}")
        given, features = self._features(X)
        outcome = given.outcome if y is None and given is not None else y
        if outcome is None:
            raise InputError("fit needs y, where X is an array of features")
        outcome = np.asarray(outcome, np.float64)
        weight = given.weight if sample_weight is None and given is not None else sample_weight
        weight = np.ones(len(features)) if weight is None else np.asarray(weight, np.float64)
        if not len(outcome) == len(weight) == len(features):
            raise InputError(f"X has {len(features)} rows, y {len(outcome)}, sample_weight {len(weight)}")
        known = ~np.isnan(outcome) & ~np.isnan(features).any(axis=1) & (weight > 0)
        if len(np.unique(outcome[known])) < 2:
            raise InputError(f"{int(known.sum())} usable placements, all with one outcome: nothing can be learned")
        centre = load_bundle(self.model).heads.match
        self.head_ = fit_head(centre, features[known], outcome[known], weight[known], self.prior)
        self.classes_ = np.array([False, True])
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        """Return P(failure) and P(success), shape (n, 2); NaN where a side cannot be scored."""
        check_is_fitted(self)
        p = head_probability(self.head_, self._features(X)[1])
        return np.stack([1 - p, p], axis=1)

    def predict(self, X: Any) -> npt.NDArray[np.bool_]:
        """Return whether each is likelier to succeed than not, shape (n,)."""
        return np.asarray(self.predict_proba(X)[:, 1] >= 0.5)

    def _features(self, X: Any) -> tuple[Placements | None, FloatArray]:
        chosen = load_bundle(self.model)
        if isinstance(X, np.ndarray):
            wide = 3 * len(chosen.taxonomy)
            if X.ndim != 2 or X.shape[1] != wide:
                raise InputError(f"X has shape {X.shape}: {len(chosen.taxonomy)} disciplines need {wide} columns")
            return None, X.astype(np.float64)
        given = read_placements(X, texts=self.texts)
        return given, pair_features(chosen, given)


def head_probability(head: MatchHead, features: FloatArray) -> FloatArray:
    """Apply a match head to rows of shares, strengths and depths, shape (n, 3 * n_disciplines)."""
    n = len(head.adjacency)
    shares, strength, depth = features[:, :n], features[:, n : 2 * n], features[:, 2 * n :]
    covered = match_features(head, shares, supply(head, strength, depth))
    p = sigmoid(covered @ head.fit[:-1] + head.fit[-1])
    return np.where(np.isnan(features).any(axis=1), np.nan, p)


def fit_head(
    centre: MatchHead, features: FloatArray, outcome: FloatArray, weight: FloatArray, prior: float = 1.0
) -> MatchHead:
    """Find the most probable head, given placements and a normal prior round the centre.

    Parameters
    ----------
    centre : MatchHead
        Where the prior has its centre; its spread is `SPREAD`.
    features : ndarray of shape (n, 3 * n_disciplines)
        Shares, strengths and depths, side by side.
    outcome, weight : ndarray of shape (n,)
        Successes, in [0, 1], and how much each counts.
    prior : float
        Multiplies the prior's precision.

    Returns
    -------
    MatchHead
    """
    n = len(centre.adjacency)
    free = ~np.eye(n, dtype=bool)
    shares, strength, depth = features[:, :n], np.clip(features[:, n : 2 * n] / 2.5, 0, 1), features[:, 2 * n :]
    # What a depth is worth is piecewise linear in it: hats over the five rungs.
    hats = np.maximum(0.0, 1.0 - np.abs(depth[..., None] - np.arange(5)))
    largest = shares.argmax(axis=1)
    rows = np.arange(len(shares))

    # Each rung is worth a part of the next one, so that worth never falls; the highest is worth 1.
    ratios = np.array([_part(centre.depth[i], centre.depth[i + 1]) for i in (1, 2, 3)])
    start = np.concatenate([centre.adjacency[free], ratios, centre.fit])
    spread = np.concatenate(
        [
            np.full(free.sum(), SPREAD["adjacency"]),
            np.full(3, SPREAD["depth"]),
            [SPREAD["weight"]] * 2,
            [SPREAD["intercept"]],
        ]
    )
    bounds = [(0.0, 1.0)] * (int(free.sum()) + 3) + [(0.0, None)] * 2 + [(None, None)]

    def unpack(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        adjacency = np.eye(n)
        adjacency[free] = theta[: free.sum()]
        r1, r2, r3 = theta[free.sum() : -3]
        return adjacency, np.array([0.0, r1 * r2 * r3, r2 * r3, r3, 1.0]), theta[-3:]

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        adjacency, worth, (a, b, c) = unpack(theta)
        command = strength * (hats @ worth)
        credit = adjacency * command[:, None, :]
        # Where nothing covers a need, it is the strongest command that would, if its adjacency rose from 0.
        through = (credit + 1e-9 * command[:, None, :]).argmax(axis=2)
        covered = np.take_along_axis(credit, through[..., None], axis=2)[..., 0]
        part, top = (shares * covered).sum(axis=1), covered[rows, largest]
        z = a * part + b * top + c
        residual = weight * (sigmoid(z) - outcome)
        # Down the chain: z to what is covered, to the adjacency and the command that cover it, to the worth.
        d_covered = a * shares
        d_covered[rows, largest] += b
        d_covered *= residual[:, None]
        d_adjacency = np.zeros((n, n))
        d_command = np.zeros_like(command)
        for i in range(n):
            k = through[:, i]
            np.add.at(d_adjacency[i], k, d_covered[:, i] * command[rows, k])
            np.add.at(d_command, (rows, k), d_covered[:, i] * adjacency[i, k])
        d_worth = ((d_command * strength)[..., None] * hats).sum(axis=(0, 1))
        r1, r2, r3 = theta[free.sum() : -3]
        d_ratio = [
            d_worth[1] * r2 * r3,
            d_worth[1] * r1 * r3 + d_worth[2] * r3,
            d_worth[1] * r1 * r2 + d_worth[2] * r2 + d_worth[3],
        ]
        d_fit = [residual @ part, residual @ top, residual.sum()]
        away = (theta - start) / spread
        value = weight @ (np.logaddexp(0.0, z) - outcome * z) + 0.5 * prior * (away @ away)
        return float(value), np.concatenate([d_adjacency[free], d_ratio, d_fit]) + prior * away / spread

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    adjacency, worth, fit = unpack(found.x)
    return MatchHead(adjacency, worth, fit)


def _part(lower: float, upper: float) -> float:
    return lower / upper if upper > 0 else 1.0
