"""Learning to rate accounts of decisions, from accounts that say what each sentence carries."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import bundle as bundles
from ..decision_scoring import (
    DIMENSIONS,
    HIGHEST,
    DecisionHead,
    account_features,
    account_ratings,
    sentence_levels,
    sentence_vectors,
)
from ..exceptions import DataError, InputError
from ..progress import progress_bar
from ..scoring import LEVELS
from ..segments import segment
from ..types import Encoder, FloatArray
from .corpus import read_rows

C = 3.0
"""Inverse strength of the L2 penalty on the sentences' read-outs."""
SHRINK = 0.3
"""How strongly the weights of the reading are drawn to 0."""
COVERAGE = 0.8
"""So many new accounts fall within the margin."""
FOLDS, SEED = 5, 0


@dataclass(frozen=True)
class Account:
    """A rated account of a decision.

    Parameters
    ----------
    id, text, style : str
        What it is called, what it says, and the manner in which it was written.
    ratings : tuple of 9 int
        The eight dimensions and the whole, 0 to 4.
    carries : tuple of (int, int, dict)
        Stretches of the text, and what each carries: dimension to 1, 2 or 3.
    """

    id: str
    text: str
    style: str
    ratings: tuple[int, ...]
    carries: tuple[tuple[int, int, dict[str, int]], ...]


def load_accounts(folder: str | Path = "data/decisions") -> tuple[Account, ...]:
    """Read and check rated accounts.

    Parameters
    ----------
    folder : path
        A folder of ``.jsonl`` files, one account a line.

    Raises
    ------
    DataError
        If there is none, or a row is malformed; the message names file, line and field.
    """
    files = sorted(Path(folder).glob("*.jsonl"))
    accounts = tuple(_account(row) for row in read_rows(files))
    if not accounts:
        raise DataError(f"no accounts in {folder}: expected .jsonl files there")
    return accounts


def _account(row: Any) -> Account:
    text = row.text("text")
    ratings = row.labels("ratings", HIGHEST, DIMENSIONS)
    carries = []
    for i, sentence in enumerate(row.rows("sentences")):
        start, end = sentence.integer("start", 0, len(text)), sentence.integer("end", 0, len(text))
        if end <= start:
            raise DataError(f"{row.where}, sentences[{i}]: 'end' must lie behind 'start'")
        carries.append((start, end, {k: n for k, n in sentence.labels("carries", 3, DIMENSIONS).items() if n}))
    return Account(
        row.text("id"),
        text,
        row.text("style"),
        (*(ratings.get(d, 0) for d in DIMENSIONS), row.integer("overall", 0, HIGHEST)),
        tuple(carries),
    )


@dataclass(frozen=True)
class _Material:
    """Accounts as arrays: sentences one below the other, and whose they are."""

    vectors: FloatArray
    carried: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    ratings: FloatArray

    def of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        return np.isin(self.owner, rows)


def _material(encoder: Encoder, accounts: Sequence[Account], progress: bool | None) -> _Material:
    vectors, carried, owner = [], [], []
    with progress_bar("accounts", len(accounts), shown=progress) as bar:
        for i, account in enumerate(accounts):
            sentences = segment(account.text)
            vectors.append(sentence_vectors(encoder, [s.text for s in sentences]))
            carried += [_carried(account, s.start, s.end) for s in sentences]
            owner += [i] * len(sentences)
            bar.update(1)
    ratings = np.array([a.ratings for a in accounts], np.float64)
    return _Material(np.concatenate(vectors).astype(np.float64), np.array(carried), np.array(owner), ratings)


def _carried(account: Account, start: int, end: int) -> list[int]:
    """Give a stretch what the labelled stretches that lie under it carry."""
    out = dict.fromkeys(DIMENSIONS, 0)
    for a, b, carries in account.carries:
        if min(b, end) - max(a, start) > 0.3 * min(b - a, end - start):
            out |= {k: max(out[k], n) for k, n in carries.items()}
    return list(out.values())


def fit_decision_head(
    encoder: Encoder, accounts: Sequence[Account], *, progress: bool | None = None
) -> tuple[DecisionHead, FloatArray]:
    """Fit the head, and rate every account by heads that did not learn from it.

    Parameters
    ----------
    encoder : Encoder
        Encodes the sentences.
    accounts : sequence of Account
        What to learn from.
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
    material = _material(encoder, accounts, progress)
    everyone = np.arange(len(accounts))
    outside = np.zeros_like(material.ratings)
    for learn, rest in _folds(everyone):
        sentence, reading = _fit(material, learn)
        outside[rest] = _rate(material, sentence, reading, rest)
    sentence, reading = _fit(material, everyone)
    margin = np.quantile(np.abs(outside - material.ratings), COVERAGE, axis=0, method="higher")
    return DecisionHead(sentence, reading, margin), outside


def _folds(rows: npt.NDArray[np.int64]) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    from sklearn.model_selection import KFold

    return [(rows[a], rows[b]) for a, b in KFold(FOLDS, shuffle=True, random_state=SEED).split(rows)]


def _fit(material: _Material, rows: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Fit the reading on sentences rated out of fold: rated by what learned from them, they say too much."""
    levels = np.zeros((len(material.owner), len(DIMENSIONS)))
    for learn, rest in _folds(rows):
        own = material.of(rest)
        levels[own] = sentence_levels(_fit_sentences(material, learn), material.vectors[own])
    features = np.stack([account_features(levels[material.owner == i]) for i in rows])
    return _fit_sentences(material, rows), _fit_reading(features, material.ratings[rows])


def _fit_sentences(material: _Material, rows: npt.NDArray[np.int64]) -> FloatArray:
    from sklearn.linear_model import LogisticRegression

    own = material.of(rows)
    columns = [material.carried[own, d] >= level for d in range(len(DIMENSIONS)) for level in range(1, LEVELS + 1)]
    # Encoders differ in how long their vectors are; the penalty should not.
    length = np.linalg.norm(material.vectors[own], axis=1).mean()
    X = material.vectors[own] / length
    # Few columns, many rows: second order is exact, and many times as fast as the default solver.
    fits = [LogisticRegression(C=C, solver="newton-cholesky").fit(X, c) for c in columns]
    return np.stack([np.concatenate([m.coef_[0] / length, m.intercept_]) for m in fits], axis=1)


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


def _rate(material: _Material, sentence: FloatArray, reading: FloatArray, rows: npt.NDArray[np.int64]) -> FloatArray:
    levels = [sentence_levels(sentence, material.vectors[material.owner == i]) for i in rows]
    return np.stack([account_ratings(reading, account_features(x)) for x in levels])


def accounts_hash(folder: str | Path) -> str:
    """Return a SHA-256 over the folder's files, in name order."""
    files = sorted(Path(folder).glob("*.jsonl"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()


def teach_decisions(
    bundle: str | Path, data: str | Path = "data/decisions", *, progress: bool | None = None
) -> DecisionHead:
    """Fit a bundle's decision head and write it into the bundle.

    Parameters
    ----------
    bundle : path
        A bundle's folder; nothing else in it changes.
    data : path
        The accounts.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    DecisionHead
    """
    model, info = bundles.load_bundle(Path(bundle)), bundles.bundle_info(bundle)
    head, _ = fit_decision_head(model.encoder, load_accounts(data), progress=progress)
    model.heads = dataclasses.replace(model.heads, decision=head)
    record = {**info.training, "decisions_sha256": accounts_hash(data)}
    bundles.save_bundle(bundle, model, dataclasses.replace(info, training=record))
    return head
