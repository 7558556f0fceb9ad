"""scikit-learn estimators for the segment and the document classifier.

They fit the heads that `scoring` applies. Scoring itself does not need scikit-learn, so this
module is imported only by those who train.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import _check_sample_weight, check_array, check_is_fitted, validate_data

from .document_scoring import DocumentHead, Totals, document_features, document_probability, totals
from .exceptions import InputError
from .scoring import LEVELS, RUNGS, SegmentHead, SegmentScores, score_segments, sigmoid
from .types import FloatArray

IntArray = npt.NDArray[np.int64]


class SegmentClassifier(BaseEstimator):  # type: ignore[misc]
    """Cumulative logistic regressions from a segment's vector to strengths, depth and section.

    Parameters
    ----------
    C : float, default 1.0
        Inverse strength of the L2 penalty, as in `sklearn.linear_model.LogisticRegression`.
    n_sections : int, default 14
        How many sections there are.
    max_iter : int, default 300
        Iterations of the solver.

    Attributes
    ----------
    head_ : SegmentHead
        The fitted read-outs.
    n_features_in_ : int
        The length of a vector.
    n_outputs_ : int
        The number of disciplines.
    """

    def __init__(self, C: float = 1.0, n_sections: int = 14, max_iter: int = 300) -> None:
        self.C = C
        self.n_sections = n_sections
        self.max_iter = max_iter

    def fit(
        self,
        X: FloatArray,
        y: Any,
        *,
        depth: Any = None,
        section: Any = None,
        sample_weight: Any = None,
    ) -> Self:
        """Fit the read-outs.

        Parameters
        ----------
        X : ndarray of shape (n_segments, n_dimensions)
            The segments' vectors.
        y : ndarray of shape (n_segments, n_disciplines) or (n_segments,)
            Strengths, 0 to 3.
        depth : ndarray of shape (n_segments,), optional
            Depths, 0 to 4; negative where there is none to learn from (roles).
        section : ndarray of shape (n_segments,), optional
            Indices of the sections; negative where unknown.
        sample_weight : ndarray of shape (n_segments,), optional
            How much each segment counts.

        Returns
        -------
        SegmentClassifier
            The estimator itself.
        """
        X = validate_data(self, X, dtype=np.float64)
        y = check_array(y, ensure_2d=False, dtype=np.float64)
        targets = y.reshape(len(y), -1)
        if len(targets) != len(X):
            raise ValueError(f"X has {len(X)} rows, y has {len(targets)}: they must be the same")
        weight = _check_sample_weight(sample_weight, X)
        depth = np.full(len(X), -1) if depth is None else np.asarray(depth)
        section = np.full(len(X), -1) if section is None else np.asarray(section)
        self.n_outputs_ = targets.shape[1]
        columns = [targets[:, k] >= level for k in range(self.n_outputs_) for level in range(1, LEVELS + 1)]
        everyone = np.ones(len(X), bool)
        self.head_ = SegmentHead(
            strength=self._columns(X, columns, everyone, weight),
            depth=self._columns(X, [depth >= rung for rung in range(1, RUNGS + 1)], depth >= 0, weight),
            section=self._columns(X, [section == s for s in range(self.n_sections)], section >= 0, weight),
        )
        return self

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Return P(strength ≥ 2), shape (n_segments, n_disciplines)."""
        return self.score_segments(X).probability

    def predict(self, X: FloatArray) -> IntArray:
        """Return the most likely strengths, 0 to 3, shape (n_segments, n_disciplines)."""
        return np.rint(LEVELS * self.score_segments(X).level).astype(np.int64)

    def score_segments(self, X: FloatArray) -> SegmentScores:
        """Return strengths, depth and section of each segment."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return score_segments(self.head_, X, np.ones(len(X), bool))

    def _columns(
        self, X: FloatArray, columns: Sequence[npt.NDArray[np.bool_]], rows: npt.NDArray[np.bool_], weight: FloatArray
    ) -> FloatArray:
        return np.stack([self._column(X[rows], c[rows], weight[rows]) for c in columns], axis=1)

    def _column(self, X: FloatArray, hit: npt.NDArray[np.bool_], weight: FloatArray) -> FloatArray:
        """Fit one read-out; where every target is alike, its rate is all there is to learn."""
        if len(hit) == 0 or hit.all() or not hit.any():
            rate = (hit.sum() + 0.5) / (len(hit) + 1.0) if len(hit) else 0.5
            return np.concatenate([np.zeros(X.shape[1]), [np.log(rate / (1 - rate))]])
        model = LogisticRegression(C=self.C, max_iter=self.max_iter).fit(X, hit, sample_weight=weight)
        return np.concatenate([model.coef_[0], model.intercept_])


class DocumentClassifier(BaseEstimator):  # type: ignore[misc]
    """Few, monotone parameters from a document's segment scores to its calibrated strengths.

    All disciplines share the parameters, and a prior holds each near a value that is sensible
    before any data: authored documents are not distributed like real ones, and a freer model
    learns the difference.

    Parameters
    ----------
    prior : float, default 1.0
        How strongly the parameters are held to their starting values.
    words : float, default 0.5
        The part, in [0, 1], that all words together have in the log-odds; the segments have the rest.
        It is not fitted: the segment classifier was tuned on text by the same hands as the documents
        it is fitted on, and would be trusted too much.

    Attributes
    ----------
    head_ : DocumentHead
        The fitted parameters.
    """

    def __init__(self, prior: float = 1.0, words: float = 0.5) -> None:
        self.prior = prior
        self.words = words

    def fit(self, X: Sequence[SegmentScores], y: Any, *, depths: Any = None) -> Self:
        """Fit the parameters on documents that the segment classifier has not seen.

        Parameters
        ----------
        X : sequence of SegmentScores
            One a document, each with at least one segment.
        y : ndarray of shape (n_documents, n_disciplines)
            Strengths, 0 to 3.
        depths : ndarray of shape (n_documents, n_disciplines), optional
            Depths, 0 to 4, for candidates.

        Returns
        -------
        DocumentClassifier
            The estimator itself.

        Raises
        ------
        InputError
            If there is no document, one has no segment, or y has another length.
        """
        scores = _checked(X)
        y = check_array(y, dtype=np.float64)
        if len(y) != len(scores):
            raise InputError(f"X has {len(scores)} documents, y has {len(y)} rows: they must be the same")
        section = self._fit_sections(scores, y)
        features = np.concatenate([document_features(section, s) for s in scores])
        targets = y.ravel()
        self.head_ = DocumentHead(
            section=section,
            probability=self._read_out(features, targets >= 2),
            core=self._read_out(features, targets >= 3),
            minor=self._read_out(features, targets >= 1),
            depth=_fit_depth([totals(section, s) for s in scores], y, depths),
            plausible=np.zeros(1),
        )
        return self

    def predict_proba(self, X: Sequence[SegmentScores]) -> FloatArray:
        """Return P(strength ≥ 2), shape (n_documents, n_disciplines)."""
        check_is_fitted(self)
        head = self.head_
        return np.stack(
            [document_probability(head.probability, document_features(head.section, s)) for s in _checked(X)]
        )

    def predict(self, X: Sequence[SegmentScores]) -> IntArray:
        """Return the index of the most probable discipline of each document."""
        return np.asarray(self.predict_proba(X).argmax(axis=1), np.int64)

    def _fit_sections(self, scores: Sequence[SegmentScores], y: FloatArray) -> FloatArray:
        """Learn how much each section counts, all else at its best given that."""
        n = scores[0].section.shape[1]
        targets = (y >= 2).ravel()

        def loss(log_weight: FloatArray) -> float:
            features = np.concatenate([document_features(np.exp(log_weight), s) for s in scores])
            weights = self._of_segments(features, targets)
            return (
                _log_loss(features[:, :-1], targets, weights)
                + 0.5 * self.prior * float(log_weight @ log_weight) / 0.5**2
            )

        found = minimize(loss, np.zeros(n), method="L-BFGS-B", bounds=[(-3, 1.5)] * n, options={"maxiter": 15})
        return np.asarray(np.exp(found.x))

    def _read_out(self, features: FloatArray, hit: npt.NDArray[np.bool_]) -> FloatArray:
        """Fit a read-out of the segments and one of the words, the last feature, and put them together."""
        segments = self._of_segments(features, hit)
        words = self._fitted(features[:, -1:], hit, np.array([1.0, 0.0]))
        both = np.concatenate([(1 - self.words) * segments[:-1], self.words * words[:-1]])
        return np.append(both, (1 - self.words) * segments[-1] + self.words * words[-1])

    def _of_segments(self, features: FloatArray, hit: npt.NDArray[np.bool_]) -> FloatArray:
        return self._fitted(features[:, :-1], hit, np.array([1.0, 0.5, 0.5, 3.0]))

    def _fitted(self, features: FloatArray, hit: npt.NDArray[np.bool_], start: FloatArray) -> FloatArray:
        """Fit weights ≥ 0 and an intercept by penalised maximum likelihood."""
        spread = np.array([1.0] * features.shape[1] + [10.0]) / max(self.prior, 1e-9)

        def loss(w: FloatArray) -> tuple[float, FloatArray]:
            p = sigmoid(features @ w[:-1] + w[-1])
            residual = p - hit
            penalty = (w - start) / spread**2
            gradient = np.append(features.T @ residual, residual.sum()) + penalty
            return _log_loss(features, hit, w) + 0.5 * float(((w - start) / spread) @ ((w - start) / spread)), gradient

        bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
        return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _log_loss(features: FloatArray, hit: npt.NDArray[np.bool_], weights: FloatArray) -> float:
    z = features @ weights[:-1] + weights[-1]
    return float(np.logaddexp(0.0, np.where(hit, -z, z)).sum())


def _fit_depth(found: Sequence[Totals], y: FloatArray, depths: Any) -> FloatArray:
    """Fit the document's depth where the discipline is there, by least squares with weights ≥ 0."""
    default = np.array([0.5, 0.6, 0.3])
    if depths is None:
        return default
    depths = check_array(depths, dtype=np.float64)
    there = (y >= 1).ravel()
    if there.sum() < 10:
        return default
    features = np.concatenate([np.stack([t.deepest, t.typical], axis=1) for t in found])[there]
    wanted = depths.ravel()[there]

    def loss(w: FloatArray) -> float:
        return float(np.square(features @ w[:2] + w[2] - wanted).sum() + np.square(w - default).sum())

    return np.asarray(minimize(loss, default, method="L-BFGS-B", bounds=[(0, 3), (0, 3), (-2, 2)]).x)


def _checked(X: Sequence[SegmentScores]) -> Sequence[SegmentScores]:
    if not len(X):
        raise InputError("X holds no document: at least one is needed")
    for i, scores in enumerate(X):
        if not isinstance(scores, SegmentScores) or not len(scores):
            raise InputError(f"X[{i}] must be the SegmentScores of a document with at least one segment")
    return X
