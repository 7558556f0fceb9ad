"""The fit of `bag_of_words.BagHead` on whole documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..bag_of_words import BUCKETS, BagHead, document_buckets
from ..described import WorkHead
from ..reading import read_lines
from ..scoring import CLAIM_CAP
from ..types import FloatArray
from .corpus import Corpus
from .recompose import lengthened

C, PLATT_C = 30.0, 100.0
"""Inverse strengths of the L2 penalties: of the weights, and of their scale."""
FOLDS = 5
MIN_DOCUMENTS = 2
"""A word that fewer documents have is unknown."""


def fit_bag(corpus: Corpus, work_head: WorkHead) -> BagHead:
    """Fit the head on the strengths of documents.

    Each document is shown as it is and lengthened; a candidate's as a whole, and its described work alone.

    Parameters
    ----------
    corpus : Corpus
        Its documents are learned from, as they will be read.
    work_head : WorkHead
        Tells which lines of a candidate describe work.

    Returns
    -------
    BagHead
    """
    from scipy.sparse import csr_matrix

    documents = [*corpus.documents, *lengthened(corpus.documents)]
    read = [read_lines(work_head, d.text, "role" if d.source == "role" else "candidate") for d in documents]
    owners = _owners([lines.hashes.values for lines in read[: len(corpus.documents)]])
    rows: list[dict[int, float]] = []
    strengths, weight, fold = [], [], []
    for i, (document, lines) in enumerate(zip(documents, read, strict=True)):
        shown, claimed = (own.tolist() for own in document_buckets(owners, lines.hashes, lines.work))
        part = min(1.0, CLAIM_CAP * len(shown) / max(len(claimed), 1))
        views = [{**dict.fromkeys(shown, 1.0), **dict.fromkeys(claimed, part)}]
        views += [dict.fromkeys(shown, 1.0)] if document.source == "candidate" else []
        rows += views
        strengths += [corpus.taxonomy.vector(document.strengths)] * len(views)
        weight += [0.5 / len(views)] * len(views)
        fold += [i % len(corpus.documents) % FOLDS] * len(views)
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([bucket for row in rows for bucket in row], np.int64)
    values = np.array([x / np.sqrt(max(sum(row.values()), 1.0)) for row in rows for x in row.values()])
    X = csr_matrix((values, columns, ends), shape=(len(rows), BUCKETS))
    Y = np.stack(strengths) >= 2
    fitted = [_calibrated(X, hit, np.array(weight), np.array(fold)) for hit in Y.T]
    return BagHead(
        np.stack([w for w, _ in fitted], axis=1), owners.astype(np.float64), np.array([b for _, b in fitted])
    )


def _owners(documents: Sequence[npt.NDArray[np.uint32]]) -> npt.NDArray[np.int32]:
    """Give each bucket to the word that most documents have, of those with its lower half; -1 where none has enough."""
    words, counts = np.unique(np.concatenate([np.unique(own) for own in documents]), return_counts=True)
    words, counts = words[counts >= MIN_DOCUMENTS], counts[counts >= MIN_DOCUMENTS]
    order = np.lexsort((words, counts))  # The commonest last, and so the one that stays.
    owners = np.full(BUCKETS, -1, np.int32)
    owners[words[order] % BUCKETS] = words[order] // BUCKETS
    return owners


def _calibrated(X: Any, hit: npt.NDArray[np.bool_], weight: FloatArray, fold: Any) -> tuple[FloatArray, float]:
    """Fit weights and intercept, scaled so that the log-odds are right for documents that were not learned from.

    The scale is Platt's, fitted on what each fold is told by a fit on the others: a penalty on so many
    weights makes all of them too small.
    """
    from sklearn.linear_model import LogisticRegression

    told, found = np.zeros(len(hit)), np.zeros(len(hit), bool)
    for k in range(FOLDS):
        out = fold == k
        if out.any() and len(set(hit[~out])) == 2:
            model = LogisticRegression(C=C, max_iter=500).fit(X[~out], hit[~out], sample_weight=weight[~out])
            told[out], found[out] = model.decision_function(X[out]), True
    if len(set(hit[found])) < 2:
        rate = (hit.sum() + 0.5) / (len(hit) + 1.0)
        return np.zeros(X.shape[1]), float(np.log(rate / (1 - rate)))
    model = LogisticRegression(C=C, max_iter=500).fit(X, hit, sample_weight=weight)
    scale = LogisticRegression(C=PLATT_C).fit(told[found, None], hit[found], sample_weight=weight[found])
    slope, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    return slope * model.coef_[0], slope * float(model.intercept_[0]) + shift
