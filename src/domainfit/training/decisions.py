"""Learning to rate accounts of decisions, from accounts that say what each sentence carries."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import bundle as bundles
from ..decision_scoring import (
    DIMENSIONS,
    WORDS,
    DecisionHead,
    Sentences,
    account_features,
    account_ratings,
    sentence_levels,
)
from ..exceptions import DataError, InputError
from ..progress import progress_bar
from ..scoring import LEVELS, sigmoid
from ..segments import segment
from ..types import Encoder, FloatArray
from .accounts import Account, decisions_hash, load_accounts, load_silent

C, ITERATIONS = 3.0, 60
"""Inverse strength of the L2 penalty on the sentences' read-outs, and steps of the solver."""
SHRINK = 0.3
"""How strongly the weights of the reading are drawn to 0."""
COVERAGE = 0.8
"""So many new accounts fall within the margin."""
FOLDS, SEED = 5, 0


@dataclass(frozen=True)
class _Material:
    """Accounts as arrays: sentences one below the other, and whose they are; and sentences that carry nothing."""

    sentences: Sentences
    carried: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    ratings: FloatArray
    silent: Sentences

    def of(self, rows: npt.NDArray[np.int64]) -> Sentences:
        """Pick the sentences of some accounts."""
        own = np.isin(self.owner, rows)
        return Sentences(
            self.sentences.vectors[own], tuple(w for w, o in zip(self.sentences.words, own, strict=True) if o)
        )


def _material(encoder: Encoder, accounts: Sequence[Account], silent: Sequence[str], progress: bool | None) -> _Material:
    read, carried, owner = [], [], []
    with progress_bar("accounts", len(accounts), shown=progress) as bar:
        for i, account in enumerate(accounts):
            sentences = segment(account.text)
            read.append(Sentences.of(encoder, [s.text for s in sentences]))
            carried += [_carried(account, s.start, s.end) for s in sentences]
            owner += [i] * len(sentences)
            bar.update(1)
    together = Sentences(np.concatenate([r.vectors for r in read]), tuple(w for r in read for w in r.words))
    nothing = Sentences.of(encoder, silent) if silent else Sentences(together.vectors[:0], ())
    ratings = np.array([a.ratings for a in accounts], np.float64)
    return _Material(together, np.array(carried), np.array(owner), ratings, nothing)


def _carried(account: Account, start: int, end: int) -> list[int]:
    """Give a stretch what the labelled stretches that lie under it carry."""
    out = dict.fromkeys(DIMENSIONS, 0)
    for a, b, carries in account.carries:
        if min(b, end) - max(a, start) > 0.3 * min(b - a, end - start):
            out |= {k: max(out[k], n) for k, n in carries.items()}
    return list(out.values())


def fit_decision_head(
    encoder: Encoder, accounts: Sequence[Account], silent: Sequence[str] = (), *, progress: bool | None = None
) -> tuple[DecisionHead, FloatArray]:
    """Fit the head, and rate every account by heads that did not learn from it.

    Parameters
    ----------
    encoder : Encoder
        Encodes the sentences.
    accounts : sequence of Account
        What to learn from.
    silent : sequence of str
        Sentences that carry nothing: praise of oneself, lists of tools.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody is watching.

    Returns
    -------
    head : DecisionHead
        Fitted on all accounts.
    ratings : ndarray of shape (n_accounts, 9)
        Out of fold; the margins come from them.

    Raises
    ------
    InputError
        If there are fewer accounts than folds.
    """
    if len(accounts) < FOLDS**2:
        raise InputError(f"{len(accounts)} accounts are too few to learn from: give at least {FOLDS**2}")
    material = _material(encoder, accounts, silent, progress)
    everyone = np.arange(len(accounts))
    outside = np.zeros_like(material.ratings)
    with progress_bar("folds", FOLDS + 1, shown=progress) as bar:
        for learn, rest in _folds(everyone):
            outside[rest] = _rate(material, _fit(material, learn), rest)
            bar.update(1)
        weights, reading = _fit(material, everyone)
        bar.update(1)
    margin = np.quantile(np.abs(outside - material.ratings), COVERAGE, axis=0, method="higher")
    return DecisionHead(*weights, reading, margin), outside


def _folds(rows: npt.NDArray[np.int64]) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    from sklearn.model_selection import KFold

    return [(rows[a], rows[b]) for a, b in KFold(FOLDS, shuffle=True, random_state=SEED).split(rows)]


_Weights = tuple[FloatArray, FloatArray]
_Fitted = tuple[_Weights, FloatArray]


def _fit(material: _Material, rows: npt.NDArray[np.int64]) -> _Fitted:
    """Fit the reading on sentences rated out of fold: rated by what learned from them, they say too much."""
    levels = np.zeros((len(material.owner), len(DIMENSIONS)))
    for learn, rest in _folds(rows):
        weights = _fit_sentences(material, learn)
        levels[np.isin(material.owner, rest)] = sentence_levels(*weights, material.of(rest))
    features = np.stack([account_features(levels[material.owner == i]) for i in rows])
    return _fit_sentences(material, rows), _fit_reading(features, material.ratings[rows])


def _fit_sentences(material: _Material, rows: npt.NDArray[np.int64]) -> _Weights:
    """Fit all read-outs at once, as logistic regressions with one penalty."""
    own = material.of(rows)
    # Encoders differ in how long their vectors are; the penalty should not.
    length = np.linalg.norm(own.vectors, axis=1).mean()
    X = np.concatenate([own.vectors, material.silent.vectors]) / length
    carried = material.carried[np.isin(material.owner, rows)]
    carried = np.concatenate([carried, np.zeros((len(material.silent.words), len(DIMENSIONS)), np.int64)])
    Y = np.stack([carried[:, d] >= level for d in range(len(DIMENSIONS)) for level in range(1, LEVELS + 1)], axis=1)
    found = _logistic(X, _counted((*own.words, *material.silent.words)), Y.astype(np.float64))
    dense, words, intercept = np.split(found, [X.shape[1], X.shape[1] + WORDS])
    return np.concatenate([dense / length, intercept]), words


def _counted(words: Sequence[npt.NDArray[np.int64]]) -> Any:
    from scipy.sparse import csr_matrix

    values = np.concatenate([np.full(len(w), 1 / np.sqrt(len(w))) for w in words])
    ends = np.cumsum([0, *map(len, words)])
    return csr_matrix((values, np.concatenate(words), ends), shape=(len(words), WORDS))


def _logistic(X: FloatArray, B: Any, Y: FloatArray) -> FloatArray:
    """Minimise the penalised log-loss of every column of Y; weights of X, of B, and intercepts below each other."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix, hstack

    A = hstack([csr_matrix(X), B, np.ones((len(X), 1))]).tocsr()
    rate = np.clip(Y.mean(axis=0), 1e-3, 1 - 1e-3)
    start = np.zeros((A.shape[1], Y.shape[1]))
    start[-1] = np.log(rate / (1 - rate))
    penalty = np.full((len(start), 1), 1 / C)
    penalty[-1] = 0.0

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        W = flat.reshape(start.shape)
        Z = A @ W
        value = np.logaddexp(0.0, Z).sum() - (Y * Z).sum() + 0.5 * (penalty * W * W).sum()
        return float(value), np.asarray(A.T @ (sigmoid(Z) - Y) + penalty * W).ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    return np.asarray(found.x).reshape(start.shape)


def _fit_reading(features: FloatArray, ratings: FloatArray) -> FloatArray:
    """Fit weights that are never negative, and an intercept, by least squares."""
    from scipy.optimize import lsq_linear

    out = []
    for d in range(ratings.shape[1]):
        n = features.shape[2]
        X = np.concatenate([features[:, d], np.ones((len(features), 1))], axis=1)
        drawn = np.concatenate([SHRINK * np.eye(n), np.zeros((n, 1))], axis=1)
        target = np.concatenate([ratings[:, d], np.zeros(n)])
        found = lsq_linear(np.concatenate([X, drawn]), target, ([0.0] * n + [-np.inf], np.inf))
        out.append(found.x)
    return np.stack(out)


def _rate(material: _Material, fitted: _Fitted, rows: npt.NDArray[np.int64]) -> FloatArray:
    weights, reading = fitted
    levels = [sentence_levels(*weights, material.of(np.array([i]))) for i in rows]
    return np.stack([account_ratings(reading, account_features(x)) for x in levels])


def learn_decisions(
    encoder: Encoder, data: str | os.PathLike[str], *, progress: bool | None = None
) -> DecisionHead | None:
    """Fit the head on a corpus folder; None where it has no accounts."""
    accounts = Path(data) / "decisions"
    if not accounts.is_dir():
        return None
    return fit_decision_head(encoder, load_accounts(accounts), load_silent(data), progress=progress)[0]


def teach_decisions(
    bundle: str | Path, data: str | os.PathLike[str] = "data", *, progress: bool | None = None
) -> DecisionHead:
    """Fit a bundle's decision head and write it into the bundle.

    Parameters
    ----------
    bundle : path
        A bundle's folder; nothing else in it changes.
    data : path
        The corpus folder: accounts in ``decisions/``, sentences that carry nothing in `CLAIMS`.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    DecisionHead

    Raises
    ------
    DataError
        If there are no accounts, or a row is malformed.
    """
    model, info = bundles.load_bundle(Path(bundle)), bundles.bundle_info(bundle)
    head = learn_decisions(model.encoder, data, progress=progress)
    if head is None:
        raise DataError(f"no accounts in {Path(data) / 'decisions'}: expected .jsonl files there")
    model.heads = dataclasses.replace(model.heads, decision=head)
    record = {**info.training, "decisions_sha256": decisions_hash(data)}
    bundles.save_bundle(bundle, model, dataclasses.replace(info, training=record))
    return head
