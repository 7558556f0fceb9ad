"""From demand and supply to the probability of a fit: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .scoring import RUNGS, Head, sigmoid
from .types import FloatArray


@dataclass(frozen=True)
class MatchHead(Head):
    """How demand and supply add up to a fit.

    Parameters
    ----------
    adjacency : ndarray of shape (n_disciplines, n_disciplines)
        The part of a need in the row's discipline that command of the column's covers.
    depth : ndarray of shape (5,)
        What command a depth of 0, 1, 2, 3, 4 is worth, rising, in [0, 1].
    fit : ndarray of shape (n_features + 1,)
        Weights, ≥ 0, and intercept of the log-odds of a fit; see `match_features`.
    """

    adjacency: FloatArray
    depth: FloatArray
    fit: FloatArray

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        return {"adjacency": (n_disciplines, n_disciplines), "depth": (RUNGS + 1,), "fit": (3,)}


def supply(head: MatchHead, strength: FloatArray, depth: FloatArray) -> FloatArray:
    """Return the command of each discipline that a candidate shows, in [0, 1].

    Parameters
    ----------
    head : MatchHead
        The fitted values.
    strength : ndarray of shape (..., n_disciplines)
        Expected strength, 0 to 3.
    depth : ndarray of shape (..., n_disciplines)
        Depth, 0 to 4.

    Returns
    -------
    ndarray of shape (..., n_disciplines)
    """
    return np.asarray(np.clip(strength / 2.5, 0, 1) * np.interp(depth, np.arange(5), head.depth))


def coverage(head: MatchHead, supplied: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Return how much of a need in each discipline a supply covers, and through which discipline.

    Demand is transported to supply at a cost of one less the adjacency. The transport is
    semi-relaxed (only the demand's side is a constraint): skill is not used up by being needed
    twice, so each need goes to whatever covers it best, and the optimum has this closed form.

    Parameters
    ----------
    head : MatchHead
        The fitted values.
    supplied : ndarray of shape (..., n_disciplines)
        The candidates' command, in [0, 1].

    Returns
    -------
    covered : ndarray of shape (..., n_disciplines)
        In [0, 1].
    through : ndarray of shape (..., n_disciplines)
        The index of the discipline that covers it.

    References
    ----------
    .. [1] Peyré and Cuturi, "Computational Optimal Transport", 2019, section 10.2, for transport
       with relaxed marginals.
    """
    credit = head.adjacency * supplied[..., None, :]
    through = credit.argmax(axis=-1)
    return np.take_along_axis(credit, through[..., None], axis=-1)[..., 0], through


def coverage_of_many(head: MatchHead, supplied: FloatArray) -> FloatArray:
    """Return only what is covered, several times as fast as `coverage` and the same to the bit.

    Parameters
    ----------
    head : MatchHead
        The fitted values.
    supplied : ndarray of shape (n_candidates, n_disciplines)
        The candidates' command, in [0, 1].

    Returns
    -------
    ndarray of shape (n_candidates, n_disciplines)
    """
    # With the candidates last in memory, each step of the maximum runs over all of them.
    return np.asarray((head.adjacency[:, :, None] * supplied.T[None]).max(axis=1).T)


def match_features(head: MatchHead, demand: FloatArray, supplied: FloatArray) -> FloatArray:
    """Summarise how a supply meets a demand; every value rises with the supply.

    Parameters
    ----------
    head : MatchHead
        The fitted values.
    demand : ndarray of shape (..., n_disciplines)
        The role's shares, summing to one.
    supplied : ndarray of shape (..., n_disciplines)
        The candidate's command, in [0, 1].

    Returns
    -------
    ndarray of shape (..., 2)
        The covered part of the demand, and the covered part of its largest need.
    """
    return coverage_features(demand, coverage(head, supplied)[0])


def coverage_features(demand: FloatArray, covered: FloatArray) -> FloatArray:
    """Summarise how far a demand is covered; see `match_features`.

    Parameters
    ----------
    demand : ndarray of shape (n_disciplines,) or (n_pairs, n_disciplines)
        The shares of one role, or of a role for each candidate.
    covered : ndarray of shape (..., n_disciplines)
        What `coverage` returned.

    Returns
    -------
    ndarray of shape (..., 2)
        The same to the bit for one candidate and for that candidate among a million.
    """
    # Added up discipline by discipline: a library's product of matrices rounds by shape.
    part = np.asarray(sum(demand[..., k] * covered[..., k] for k in range(demand.shape[-1])))
    largest = demand.argmax(axis=-1)
    if demand.ndim == 1:
        return np.stack([part, covered[..., largest]], axis=-1)
    covered = np.broadcast_to(covered, demand.shape)
    return np.stack([part, np.take_along_axis(covered, largest[..., None], axis=-1)[..., 0]], axis=-1)


def fit_probability(head: MatchHead, features: FloatArray) -> FloatArray:
    """Apply a match head to `match_features`; one probability for each row, the same to the bit for any number."""
    first, second, intercept = head.fit
    return sigmoid(first * features[..., 0] + second * features[..., 1] + intercept)
