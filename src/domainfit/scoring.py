"""The arithmetic of segments, documents and matches: arrays in, arrays out.

Each fitted model is a small frozen value of named arrays (a *head*) and a function that applies
it. Notebooks, frames, services and clusters all score through these functions; the scikit-learn
estimators in `classifier` and `matcher` fit the heads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .types import FloatArray

LEVELS = 3
"""Strength is 0 to 3, so a segment has three cumulative probabilities a discipline."""
RUNGS = 4
"""Depth is 0 to 4, so a segment has four cumulative probabilities."""
FEATURES = ("support", "strongest", "lead")
"""What a discipline's probability is read from; see `document_features`."""


def sigmoid(x: FloatArray) -> FloatArray:
    """Return the logistic function, without overflow at either end."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def softmax(x: FloatArray) -> FloatArray:
    """Return the softmax over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


class Head:
    """A frozen set of named float arrays that can be stored and read back."""

    def arrays(self) -> dict[str, FloatArray]:
        """Return the arrays by name."""
        return {f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]

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
    """

    probability: FloatArray
    level: FloatArray
    depth: FloatArray
    section: FloatArray
    work: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.probability)

    def take(self, rows: Any) -> SegmentScores:
        """Return the scores of some segments, given by index or by mask."""
        return SegmentScores(*(getattr(self, f.name)[rows] for f in fields(self)))

    def described(self) -> SegmentScores:
        """Return the scores of the segments that describe work."""
        return self.take(self.work)

    @classmethod
    def concatenate(cls, parts: Sequence[SegmentScores]) -> SegmentScores:
        """Put the scores of several lists of segments one after the other."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))


def score_segments(head: SegmentHead, vectors: FloatArray, work: npt.NDArray[np.bool_]) -> SegmentScores:
    """Apply a segment head.

    Parameters
    ----------
    head : SegmentHead
        The fitted read-outs.
    vectors : ndarray of shape (n_segments, n_dimensions)
        The segments' vectors.
    work : ndarray of shape (n_segments,), bool
        Whether each describes work.

    Returns
    -------
    SegmentScores
    """
    x = np.asarray(vectors, dtype=np.float64)
    cumulative = cumulative_strengths(head, x).reshape(len(x), -1, LEVELS)
    return SegmentScores(
        probability=cumulative[:, :, 1],
        level=cumulative.mean(axis=2),
        depth=sigmoid(_affine(x, head.depth)).sum(axis=1),
        section=softmax(_affine(x, head.section)),
        work=work,
    )


def cumulative_strengths(head: SegmentHead, vectors: FloatArray) -> FloatArray:
    """Return P(strength ≥ 1, 2, 3), discipline by discipline, shape (n_segments, n_disciplines * 3)."""
    return sigmoid(_affine(np.asarray(vectors, dtype=np.float64), head.strength))


def _affine(x: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(x @ weights[:-1] + weights[-1])


@dataclass(frozen=True)
class DocumentHead(Head):
    """How a document's segments add up to its profile; a few parameters, shared by all disciplines.

    Parameters
    ----------
    section : ndarray of shape (n_sections,)
        How much a segment of each section counts, ≥ 0.
    probability : ndarray of shape (n_features + 1,)
        Weights, ≥ 0, and intercept of the log-odds of P(strength ≥ 2); see `document_features`.
    core : ndarray of shape (n_features + 1,)
        The same for P(strength ≥ 3).
    minor : ndarray of shape (n_features + 1,)
        The same for P(strength ≥ 1).
    depth : ndarray of shape (3,)
        Weights, ≥ 0, of the deepest and the typical depth, and intercept; see `document_depth`.
    plausible : ndarray of shape (1,)
        The least part of `primary_distribution` that a plausible primary has; see `plausible_primaries`.
    """

    section: FloatArray
    probability: FloatArray
    core: FloatArray
    minor: FloatArray
    depth: FloatArray
    plausible: FloatArray

    @classmethod
    def shapes(cls, n_disciplines: int, n_sections: int) -> dict[str, tuple[int | None, ...]]:  # noqa: D102
        read_out = (len(FEATURES) + 1,)
        return {
            "section": (n_sections,),
            "probability": read_out,
            "core": read_out,
            "minor": read_out,
            "depth": (3,),
            "plausible": (1,),
        }


def contributions(section_weight: FloatArray, scores: SegmentScores) -> FloatArray:
    """Return what each segment adds to the support of each discipline.

    Parameters
    ----------
    section_weight : ndarray of shape (n_sections,)
        How much a segment of each section counts.
    scores : SegmentScores
        The document's segments.

    Returns
    -------
    ndarray of shape (n_segments, n_disciplines)
        Weighted levels over the sum of the weights: the columns sum to the support, the weighted
        mean level of the document.
    """
    weight = (scores.section @ section_weight) * _claim_weight(section_weight, scores)
    return np.asarray(scores.level * (weight / max(weight.sum(), 1e-9))[:, None])


CLAIM_CAP = 2.0
"""Claims together count at most twice as much as the described work, however long the list."""


def _claim_weight(section_weight: FloatArray, scores: SegmentScores) -> FloatArray:
    """Return what each segment counts: described work fully, claims so that no length of list outweighs it."""
    weight = scores.section @ section_weight
    work = weight[scores.work].sum()
    claims = weight[~scores.work].sum()
    return np.where(scores.work, 1.0, min(1.0, CLAIM_CAP * work / max(claims, 1e-9)))


_FLOOR = 0.003
_STRONGEST = 8


def document_features(section_weight: FloatArray, scores: SegmentScores) -> FloatArray:
    """Summarise a document's segments, discipline by discipline.

    Parameters
    ----------
    section_weight : ndarray of shape (n_sections,)
        How much a segment of each section counts.
    scores : SegmentScores
        The document's segments; at least one.

    Returns
    -------
    ndarray of shape (n_disciplines, 3)
        The logarithm of the support; the logarithm of the mean level of the eight segments that
        speak most for the discipline (which long boilerplate does not dilute); and how far the
        support leads or trails the other disciplines', as log-odds.
    """
    support = contributions(section_weight, scores).sum(axis=0)
    level = scores.level * _claim_weight(section_weight, scores)[:, None]
    strongest = np.sort(level, axis=0)[::-1][:_STRONGEST].sum(axis=0) / _STRONGEST
    others = support.sum() - support
    lead = np.log((support + _FLOOR) / (others + 3 * _FLOOR))
    return np.stack([np.log(support + _FLOOR), np.log(strongest + 10 * _FLOOR), lead], axis=1)


def document_strength(head: DocumentHead, scores: SegmentScores) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Read a document's strengths.

    Parameters
    ----------
    head : DocumentHead
        The fitted read-outs.
    scores : SegmentScores
        The document's segments, or those that describe work.

    Returns
    -------
    probability, core : ndarray of shape (n_disciplines,)
        P(strength ≥ 2) and P(strength ≥ 3).
    strength : ndarray of shape (n_disciplines,)
        The expected strength, 0 to 3; 0 throughout where there is no segment.
    """
    if not len(scores):
        none = np.zeros(scores.level.shape[1])
        return none, none, none
    features = document_features(head.section, scores)
    probability = document_probability(head.probability, features)
    minor, core = document_probability(head.minor, features), document_probability(head.core, features)
    return probability, core, np.maximum(minor, probability) + probability + np.minimum(core, probability)


def primary_distribution(probability: FloatArray, core: FloatArray) -> FloatArray:
    """Spread belief over what a document's primary discipline may be.

    Parameters
    ----------
    probability, core : ndarray of shape (n_disciplines,)
        P(strength ≥ 2) and P(strength ≥ 3).

    Returns
    -------
    ndarray of shape (n_disciplines + 1,)
        A part for each discipline and, last, for none of them; they sum to one. What is likely to be
        substantial at all is divided by the square of ``probability + core``.
    """
    weight = np.square(probability + core)
    some = probability.max()
    return np.append(some * weight / max(weight.sum(), 1e-12), 1.0 - some)


def plausible_primaries(head: DocumentHead, distribution: FloatArray) -> npt.NDArray[np.intp]:
    """Return the primaries that cannot be ruled out, by split conformal prediction.

    Parameters
    ----------
    head : DocumentHead
        Its ``plausible`` is a quantile of the true primaries' parts on held-out documents.
    distribution : ndarray of shape (n_disciplines + 1,)
        See `primary_distribution`.

    Returns
    -------
    ndarray of int
        Indices, the most probable first; the last index stands for none. Never empty.

    References
    ----------
    .. [1] Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers with bounded error
       levels", JASA 2019.
    """
    order = np.argsort(-distribution, kind="stable")
    return np.asarray(order[: max(1, int((distribution >= head.plausible[0]).sum()))])


def document_probability(weights: FloatArray, features: FloatArray) -> FloatArray:
    """Apply one of a document head's read-outs to `document_features`."""
    return sigmoid(_affine(features, weights))


def document_depth(head: DocumentHead, scores: SegmentScores) -> FloatArray:
    """Estimate a document's depth in each discipline.

    Parameters
    ----------
    head : DocumentHead
        The fitted read-outs.
    scores : SegmentScores
        The document's segments; at least one.

    Returns
    -------
    ndarray of shape (n_disciplines,)
        0 to 4, before it is scaled down where the discipline is hardly there.
    """
    deepest, typical = depth_features(scores).T
    return np.asarray(np.clip(head.depth[0] * deepest + head.depth[1] * typical + head.depth[2], 0.0, 4.0))


def depth_features(scores: SegmentScores) -> FloatArray:
    """Return the deepest and the typical depth of the segments that speak for each discipline.

    Returns
    -------
    ndarray of shape (n_disciplines, 2)
        The mean of the three largest ``level × depth``, and the depth averaged by level.
    """
    if not len(scores):
        return np.zeros((scores.level.shape[1], 2))
    reached = np.sort(scores.level * scores.depth[:, None], axis=0)[::-1][:3].mean(axis=0)
    typical = (scores.level * scores.depth[:, None]).sum(axis=0) / (scores.level.sum(axis=0) + 0.1)
    return np.stack([reached, typical], axis=1)


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
