"""What all the words of a document say together: a linear classifier on the bag of its words and word pairs.

The segment classifier reads line by line what is said; this one sees what recurs, and what stands in
lines that say nothing by themselves (titles, lists, names of tools).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ._compiled import words as compiled
from .described import Hashes
from .scoring import CLAIM_CAP, Head, unit
from .types import FloatArray

BUCKETS = 2**16
"""So many rows of weights; a word or word pair has its row by the lower half of its hash."""


@dataclass(frozen=True)
class BagHead(Head):
    """A logistic regression from the words and word pairs of a document to P(strength ≥ 2).

    Parameters
    ----------
    weights : ndarray of shape (65536, n_disciplines)
        A row a bucket of hashed words and word pairs.
    owner : ndarray of shape (65536,)
        The upper half of the hash of the one word that a row is for; -1 for none. Any other word is
        unknown: a name must not weigh because its hash is that of a word in half its digits.
    intercept : ndarray of shape (n_disciplines,)
        The log-odds of a document without known words.
    """

    weights: FloatArray
    owner: FloatArray
    intercept: FloatArray

    @cached_property
    def one(self) -> float:
        """So many units make a log-odds of one."""
        return unit(self.weights, 14)

    @cached_property
    def units(self) -> npt.NDArray[np.int16]:
        """The weights in whole units: they add up to the same in any order."""
        return np.asarray(np.rint(self.weights * self.one), np.int16, order="C")

    @cached_property
    def owners(self) -> npt.NDArray[np.int32]:
        """The owners as whole numbers."""
        return np.asarray(self.owner, np.int32)

    @cached_property
    def sums(self) -> Any:
        """The kernel that adds up a document's weights; None where there is none."""
        return compiled.BagSums(self.units, self.owners) if compiled is not None else None

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        return {"weights": (BUCKETS, n_disciplines), "owner": (BUCKETS,), "intercept": (n_disciplines,)}


def bag_log_odds(head: BagHead, hashes: Hashes, work: npt.NDArray[np.bool_]) -> FloatArray:
    """Tell from all words of a document how probably each discipline is substantial, as log-odds.

    Parameters
    ----------
    head : BagHead
        The fitted weights.
    hashes : Hashes
        The words of its lines.
    work : ndarray of shape (n_lines,), bool
        Which lines describe work.

    Returns
    -------
    ndarray of shape (2, n_disciplines)
        First of the whole text, in which what only claims say counts at most `CLAIM_CAP` times as much
        as what described work says; then of the described work alone, which no claim changes by a bit.
    """
    if head.sums is not None:
        (shown, claimed), (n_shown, n_claimed) = head.sums.of(*hashes, work.view(np.uint8))
    else:
        (shown, claimed), (n_shown, n_claimed) = _sums(head, hashes, work)
    part = min(1.0, CLAIM_CAP * n_shown / max(n_claimed, 1))
    whole = (shown + part * claimed) / np.sqrt(max(n_shown + part * n_claimed, 1.0))
    return np.stack([whole, shown / np.sqrt(max(n_shown, 1.0))]) / head.one + head.intercept


def document_buckets(
    owners: npt.NDArray[np.int32], hashes: Hashes, work: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the known buckets of the lines that describe work, then those that only the others have, each once."""
    described = np.repeat(work, np.diff(hashes.ends, prepend=0))
    bucket = (hashes.values % BUCKETS).astype(np.int64)
    known = owners[bucket] == hashes.values // BUCKETS
    shown = np.unique(bucket[described & known])
    return shown, np.setdiff1d(bucket[~described & known], shown)


def _sums(head: BagHead, hashes: Hashes, work: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """Do it without a kernel."""
    own = document_buckets(head.owners, hashes, work)
    return np.stack([head.units[b].sum(axis=0, dtype=np.int64) for b in own]), np.array(list(map(len, own)))
