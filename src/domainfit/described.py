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
# What happens in a life is nobody's work and nobody's fault: it must not weigh in any way.
_LIFE = re.compile(
    r"\b(?:parental|maternity|paternity|family|adoption|medical|sick|bereavement)\s+leave\b|\bcareer\s+(?:break|gap)\b|"
    r"\bemployment\s+gap\b|\bgap\s+year\b|\bsabbatical\b|\bunemployed\b|\bbetween\s+jobs\b|\bchild\s?care\b|"
    r"\bcare\s?giv(?:er|ing)\b|\bstay[- ]at[- ]home\b|\bfull[- ]time\s+(?:parent|mother|father|care)\b|"
    r"\b(?:care|caring|cared|looking|looked)\s+(?:for|of|after)\s+(?:an?\s|my\s|our\s|two\s|three\s|the\s)?"
    r"(?:\w+\s)?(?:parents?|mother|father|child(?:ren)?|son|daughter|relatives?|family|grand\w+|twins|partner|wife|husband)\b|"
    r"\b(?:military|national|civil|community)\s+service\b|\b(?:illness|recovery\s+from)\b",
    re.IGNORECASE,
)


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
        In [0, 1]; 0 for a line of fewer than three words, and for one about leave, care or a gap.
        Each depends on its own line alone.
    """
    logits = np.empty(len(texts))
    for i, text in enumerate(texts):
        found = buckets(text)
        logits[i] = head.weights[found].sum() / np.sqrt(len(found)) + head.intercept[0]
    told = np.array([len(_LETTERS.findall(t)) >= MIN_WORDS and not _LIFE.search(t) for t in texts], bool)
    return np.where(told, sigmoid(logits), 0.0)


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
        role as well, or all of a short line's. Words are compared by their first five letters: a
        duty put into the past is still the role's.
    """
    known = set(_triples(role))
    shared = [(sum(t in known for t in own), len(own)) for own in map(_triples, texts)]
    return np.array([2 * n >= of > 0 and n >= min(3, of) for n, of in shared], bool)


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
