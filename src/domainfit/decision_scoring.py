"""How well an account of a decision is told: the arithmetic. Arrays in, arrays out.

A sentence is read twice: from its vector, which knows what is said, and from its own words and word
pairs, which know how ("instead of", "I counted"). Every sentence is rated alone, so that nothing
written beside it can change how it is read. A dimension is read from its best sentence and its best
three, with weights that are never negative: more sentences never lower a rating, and a sentence that
says nothing adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .described import buckets
from .encoders import encode_alone
from .scoring import LEVELS, Head, sigmoid
from .spelling import normalize
from .types import Encoder, FloatArray

DIMENSIONS = (
    "problem",
    "constraints",
    "alternatives",
    "trade_off",
    "evidence",
    "outcome",
    "ownership",
    "clarity",
)
"""What an account is rated on, in this order everywhere."""
HIGHEST = 4
"""Ratings go from 0, nothing said, to 4, said as well as one could wish."""
SILENT = 0.05
"""A sentence that carries less of a dimension than this carries nothing of it."""
CARRIED = 0.03
"""What a dimension's best sentence must carry for the account as a whole to count towards its rating in full."""
BEST = 3
_READ = 5
WORDS = 2**13
"""Words and word pairs are hashed into this many weights a dimension and step."""
_NUMBER = re.compile(r"[€$£]?[+\-−±~≈]?\d[\d.,:]*%?")


@dataclass(frozen=True)
class DecisionHead(Head):
    """From sentences to ratings.

    Parameters
    ----------
    sentence : ndarray of shape (n_dimensions + 1, 24)
        Weights and, in the last row, intercepts of P(the sentence carries at least 1, 2, 3 of a
        dimension), dimension by dimension.
    words : ndarray of shape (8192, 24)
        The same for the sentence's hashed words and word pairs.
    reading : ndarray of shape (9, 5)
        For each dimension and, last, the whole: the weights of its best sentence, of its best
        three, of the same two averaged over all dimensions, and the intercept.
    margin : ndarray of shape (9,)
        Four in five accounts that were not learned from are rated at most this far from the person.
    """

    sentence: FloatArray
    words: FloatArray
    reading: FloatArray
    margin: FloatArray

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        n = len(DIMENSIONS)
        columns = LEVELS * n
        return {"sentence": (None, columns), "words": (WORDS, columns), "reading": (n + 1, _READ), "margin": (n + 1,)}


@dataclass(frozen=True)
class Sentences:
    """Sentences as the head reads them, figures left out: a number shows nothing by being one.

    Parameters
    ----------
    vectors : ndarray of shape (n_sentences, n_dimensions)
        From the encoder, each sentence alone.
    words : tuple of ndarray
        The buckets of each sentence's words and word pairs.
    """

    vectors: FloatArray
    words: tuple[npt.NDArray[np.int64], ...]

    @classmethod
    def of(cls, encoder: Encoder, texts: Sequence[str]) -> Sentences:
        """Read sentences, one by one."""
        plain = [_NUMBER.sub(" ", t) for t in texts]
        words = tuple(np.unique(np.array(buckets(normalize(t)), np.int64) % WORDS) for t in plain)
        return cls(encode_alone(encoder, plain).astype(np.float64), words)


def sentence_levels(sentence: FloatArray, words: FloatArray, given: Sentences) -> FloatArray:
    """Tell how much of each dimension each sentence carries.

    Parameters
    ----------
    sentence, words : ndarray
        As in `DecisionHead`.
    given : Sentences
        What to rate.

    Returns
    -------
    ndarray of shape (n_sentences, 8)
        Expected rating over 3, in [0, 1]; what is below `SILENT` is 0.
    """
    # Row by row: a library's product of matrices rounds by shape, and the same sentence must give the same bits.
    logits = [
        (v[:, None] * sentence[:-1]).sum(axis=0) + sentence[-1] + words[w].sum(axis=0) / np.sqrt(len(w))
        for v, w in zip(given.vectors, given.words, strict=True)
    ]
    steps = sigmoid(np.reshape(logits, (len(given.words), len(DIMENSIONS), LEVELS)))
    return np.asarray(np.maximum(0.0, steps.mean(axis=2) - SILENT) / (1.0 - SILENT))


def account_features(levels: FloatArray) -> FloatArray:
    """Summarise an account's sentences.

    Parameters
    ----------
    levels : ndarray of shape (n_sentences, 8)
        What `sentence_levels` returned.

    Returns
    -------
    ndarray of shape (9, 4)
        For each dimension its best sentence, the mean of its best three, and both averaged over
        all dimensions. The average counts for a dimension only as far as a sentence of its own
        carries it: no rating without a sentence. For the whole, last, the first two are 0.
    """
    padded = np.concatenate([levels, np.zeros((BEST, levels.shape[1]))])
    best = np.sort(padded, axis=0)[::-1][:BEST]
    own = np.stack([best[0], best.mean(axis=0)], axis=1)
    told = np.minimum(1.0, np.append(own[:, 0], CARRIED) / CARRIED)
    everywhere = told[:, None] * own.mean(axis=0)
    return np.concatenate([np.concatenate([own, np.zeros((1, 2))]), everywhere], axis=1)


def account_ratings(reading: FloatArray, features: FloatArray) -> FloatArray:
    """Read the ratings, 0 to 4, of the eight dimensions and, last, of the whole, shape (9,)."""
    return np.asarray(np.clip((reading[:, :-1] * features).sum(axis=1) + reading[:, -1], 0.0, float(HIGHEST)))
