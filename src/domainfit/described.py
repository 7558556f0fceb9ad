"""Which lines of a candidate's text describe work, and which only claim skill.

A list of tools, praise of oneself, a course, a certificate or a textbook exercise says what
somebody names, not what they did. Such lines are recognised one by one, from their own words, so
that nothing pasted beside an honest line can change how that line is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .scoring import Head, sigmoid
from .types import FloatArray

BUCKETS = 2**15
"""Words and word pairs are hashed into this many weights."""
MIN_WORDS = 3
"""A shorter line names something; it describes nothing."""

_TOKEN = re.compile(r"[a-z][a-z0-9+#-]*|\d+|[,;:•|/()]")
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class WorkHead(Head):
    """A logistic regression from a line's words and word pairs to P(describes work).

    Parameters
    ----------
    weights : ndarray of shape (32768,)
        One weight a bucket of hashed words and word pairs.
    intercept : ndarray of shape (1,)
        The log-odds of a line without words.
    """

    weights: FloatArray
    intercept: FloatArray

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        return {"weights": (BUCKETS,), "intercept": (1,)}


def buckets(text: str) -> list[int]:
    """Return the buckets of a line's words, word pairs and shape, each once, in rising order.

    Digits are all alike, and the line's beginning and end count as words: what a sentence opens
    with tells a deed ("Trained ...") from a claim ("Proficient in ..."). The shape is how many words
    stand between two separators: few, in a list.
    """
    words = ["^", *("0" if t[0].isdigit() else t for t in _TOKEN.findall(text.lower())), "$"]
    terms = {*words[1:-1], *(f"{a} {b}" for a, b in pairwise(words))}
    separators = sum(w in ",;:•|/" for w in words)
    terms.add(f"#{min(9, len(words) // (separators + 1))}")
    return sorted({zlib.crc32(t.encode("utf-8", "replace")) % BUCKETS for t in terms})


def work_probability(head: WorkHead, texts: Sequence[str]) -> FloatArray:
    """Tell how probably each line describes work.

    Parameters
    ----------
    head : WorkHead
        The fitted weights.
    texts : sequence of str
        The lines.

    Returns
    -------
    ndarray of shape (n_texts,)
        In [0, 1]; 0 for a line of fewer than three words, addresses left out. Each depends on its own line alone.
    """
    logits = np.empty(len(texts))
    for i, text in enumerate(texts):
        found = buckets(text)
        logits[i] = head.weights[found].sum() / np.sqrt(len(found)) + head.intercept[0]
    long_enough = np.array([len(_LETTERS.findall(_ADDRESS.sub("", t))) >= MIN_WORDS for t in texts], bool)
    return np.where(long_enough, sigmoid(logits), 0.0)


def copied(role: str, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which lines repeat the role's own words.

    Parameters
    ----------
    role : str
        The role's text.
    texts : sequence of str
        The candidate's lines.

    Returns
    -------
    ndarray of shape (n_texts,), bool
        True where at least half of a line's word triples, and at least three of them, stand in the
        role as well. Words are compared by their first five letters: a duty put into the past is
        still the role's.
    """
    known = set(_triples(role))
    own = [_triples(text) for text in texts]
    return np.array([(n := sum(t in known for t in ts)) >= 3 and 2 * n >= len(ts) for ts in own], bool)


def _triples(text: str) -> list[tuple[str, ...]]:
    stems = [w[:5] for w in _LETTERS.findall(text.casefold())]
    return list(zip(stems, stems[1:], stems[2:], strict=False))


def repeats(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Tell which lines say again what earlier lines said.

    Parameters
    ----------
    texts : sequence of str
        The lines in reading order.

    Returns
    -------
    ndarray of shape (n_texts,), bool
        True where four fifths of a line's word triples have been read before, or where it is an
        earlier line, letter for letter. Digits, signs and word endings do not count.
    """
    seen: set[tuple[str, ...]] = set()
    again = np.zeros(len(texts), bool)
    for i, text in enumerate(texts):
        own = _triples(text) or [tuple(_LETTERS.findall(text.casefold()))]
        again[i] = sum(t in seen for t in own) >= 0.8 * len(own)
        seen.update(own)
    return again
