"""The arithmetic of segments, and what every head is: arrays in, arrays out.

Each fitted model is a small frozen value of named arrays (a *head*) and a function that applies
it. Notebooks, frames, services and clusters all score through these functions; the scikit-learn
estimators in `classifier` and `matcher` fit the heads.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ._compiled import pooling, products
from .types import FloatArray

LEVELS = 3
"""Strength is 0 to 3, so a segment has three cumulative probabilities a discipline."""
RUNGS = 4
"""Depth is 0 to 4, so a segment has four cumulative probabilities."""
CLAIM_CAP = 2.0
"""Claims together count at most twice as much as the described work, however long the list."""


def sigmoid(x: FloatArray) -> FloatArray:
    """Return the logistic function, without overflow at either end."""
    # Beyond 700 the exponential would overflow; the result is 0 to the last digit long before.
    return np.asarray(1.0 / (1.0 + np.exp(np.minimum(-x, 700.0))))


class Head:
    """A frozen set of named float arrays that can be stored and read back."""

    def arrays(self) -> dict[str, FloatArray]:
        """Return the arrays by name."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out from the arrays stays behind.
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:
        """Return the shape each array must have; None where any length will do."""
        raise NotImplementedError

    @classmethod
    def from_arrays(cls, arrays: dict[str, Any]) -> Self:
        """Build the head from arrays by name; the inverse of `arrays`."""
        return cls(**{f.name: np.asarray(arrays[f.name], dtype=np.float64) for f in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class SegmentHead(Head):
    """Linear read-outs of a segment's vector.

    Parameters
    ----------
    strength : ndarray of shape (n_dimensions + 1, n_disciplines * 3)
        Weights and, in the last row, intercepts of P(strength ≥ 1, 2, 3), discipline by discipline.
    depth : ndarray of shape (n_dimensions + 1, 4)
        The same for P(depth ≥ 1, 2, 3, 4).
    section : ndarray of shape (n_dimensions + 1, n_sections)
        The same for the section that the segment belongs to.
    """

    strength: FloatArray
    depth: FloatArray
    section: FloatArray

    @cached_property
    def side_by_side(self) -> FloatArray:
        """All read-outs, in the precision of vectors: one product serves them."""
        beside = np.concatenate([self.strength, self.depth, self.section], axis=1, dtype=np.float32)
        return np.ascontiguousarray(beside)

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        return {"strength": (None, LEVELS * n_disciplines), "depth": (None, RUNGS), "section": (None, n_sections)}


@dataclass(frozen=True)
class SegmentScores:
    """What the segment classifier says of each segment of a document.

    Parameters
    ----------
    probability : ndarray of shape (n_segments, n_disciplines)
        P(strength ≥ 2).
    level : ndarray of shape (n_segments, n_disciplines)
        Expected strength over 3, in [0, 1].
    depth : ndarray of shape (n_segments,)
        Expected depth, 0 to 4.
    section : ndarray of shape (n_segments, n_sections)
        P(section).
    work : ndarray of shape (n_segments,), bool
        Whether the segment describes work, rather than lists or claims; true throughout a role.
    whole : ndarray of shape (2, n_disciplines)
        What all words of the document say together, as log-odds of strength ≥ 2: first of the whole
        text, then of the described work alone; see `bag_of_words.bag_log_odds`.
    """

    probability: FloatArray
    level: FloatArray
    depth: FloatArray
    section: FloatArray
    work: npt.NDArray[np.bool_]
    whole: FloatArray

    def __len__(self) -> int:
        return len(self.probability)


def score_segments(
    head: SegmentHead, vectors: FloatArray, work: npt.NDArray[np.bool_], whole: FloatArray | None = None
) -> SegmentScores:
    """Apply a segment head.

    Parameters
    ----------
    head : SegmentHead
        The fitted read-outs.
    vectors : ndarray of shape (n_segments, n_dimensions)
        The segments' vectors.
    work : ndarray of shape (n_segments,), bool
        Whether each describes work.
    whole : ndarray of shape (2, n_disciplines), optional
        What all words of the document say; by default 0, which says nothing.

    Returns
    -------
    SegmentScores
    """
    weights = head.side_by_side
    log_odds = product(np.asarray(vectors, np.float32, order="C"), weights[:-1]) + weights[-1]
    # Beyond fifty, no probability changes by as much as its last digit.
    odds = np.exp(np.minimum(np.maximum(log_odds, -50.0), 50.0).astype(np.float64))
    read_out = plain_scores if pooling is None else pooling.scores
    disciplines = head.strength.shape[1] // LEVELS
    probability, level, depth, section = read_out(odds, disciplines, RUNGS)
    return SegmentScores(
        probability, level, depth, section, work, np.zeros((2, disciplines)) if whole is None else whole
    )


def plain_scores(odds: FloatArray, disciplines: int, rungs: int) -> list[FloatArray]:
    """Read segments' scores from the odds of each read-out, without a kernel.

    Parameters
    ----------
    odds : ndarray of shape (n_segments, n_disciplines * 3 + n_rungs + n_sections)
        Of strength ≥ 1, 2, 3, discipline by discipline; of depth ≥ 1, 2, 3, 4; and of each section.
    disciplines, rungs : int
        How many there are.

    Returns
    -------
    list of ndarray
        The first four of `SegmentScores`.
    """
    first = LEVELS * disciplines
    reached = odds[:, : first + rungs] / (1.0 + odds[:, : first + rungs])
    section = odds[:, first + rungs :]
    one, two, three = (reached[:, i:first:LEVELS] for i in range(LEVELS))
    depth = sum_of_columns(reached[:, first:])
    return [two, (one + two + three) / LEVELS, depth, section / sum_of_columns(section)[:, None]]


def sum_of_columns(x: FloatArray) -> FloatArray:
    """Add up the columns from the first to the last; ``np.sum`` has an order of its own."""
    total = np.zeros(len(x))
    for column in x.T:
        total += column
    return total


def cumulative_strengths(head: SegmentHead, vectors: FloatArray) -> FloatArray:
    """Return P(strength ≥ 1, 2, 3), discipline by discipline, shape (n_segments, n_disciplines * 3)."""
    return sigmoid(affine(np.asarray(vectors, dtype=np.float64), head.strength))


def product(x: FloatArray, weights: FloatArray) -> FloatArray:
    """Multiply matrices of single precision so that a row's result depends on that row alone, to the bit.

    A library's product rounds by the number of rows, and by the number of threads that share a large
    one. Here every sum is made in one order, from the first column of `x` to the last.

    Parameters
    ----------
    x : ndarray of shape (n, width), float32
        Contiguous in memory.
    weights : ndarray of shape (width, n_columns), float32
        The same.

    Returns
    -------
    ndarray of shape (n, n_columns), float32
    """
    if products is not None:
        return np.asarray(products.product(x, weights))
    sums = np.zeros((len(x), weights.shape[1]), np.float32)
    for column, row in zip(x.T, weights, strict=True):
        sums += column[:, None] * row
    return sums


def unit(weights: FloatArray, bits: int) -> float:
    """Return how many units make one: a power of two with which the largest weight needs so many bits and a sign."""
    return float(2.0 ** (bits - np.frexp(np.abs(weights).max(initial=1.0))[1]))


def affine(x: FloatArray, weights: FloatArray) -> FloatArray:
    """Apply linear read-outs whose last row holds the intercepts."""
    return np.asarray(x @ weights[:-1] + weights[-1])
