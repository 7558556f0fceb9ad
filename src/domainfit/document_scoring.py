"""From a document's segment scores to calibrated strengths, depths and plausible primaries: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .scoring import Head, SegmentScores, affine, sigmoid
from .types import FloatArray

FEATURES = ("support", "strongest", "lead")
"""What a discipline's probability is read from; see `document_features`."""


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

    @cached_property
    def read_outs(self) -> FloatArray:
        """The weights of P(strength ≥ 1), P(strength ≥ 2) and P(strength ≥ 3), a column each."""
        return np.stack([self.minor, self.probability, self.core], axis=1)

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
    return _weighed(section_weight, scores)[0]


CLAIM_CAP = 2.0
"""Claims together count at most twice as much as the described work, however long the list."""


def _weighed(section_weight: FloatArray, scores: SegmentScores) -> tuple[FloatArray, FloatArray]:
    """Return what each segment adds, and what it counts: claims so that no length of list outweighs work."""
    weight = scores.section @ section_weight
    total, work = float(np.add.reduce(weight)), float(weight @ scores.work)
    counts = np.where(scores.work, 1.0, min(1.0, CLAIM_CAP * work / max(total - work, 1e-9)))
    weight = weight * counts
    return scores.level * (weight / max(float(np.add.reduce(weight)), 1e-9))[:, None], counts


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
    added, counts = _weighed(section_weight, scores)
    support = np.add.reduce(added, axis=0)
    strongest = np.add.reduce(np.sort(scores.level * counts[:, None], axis=0)[-_STRONGEST:], axis=0) / _STRONGEST
    others = np.add.reduce(support) - support
    lead = (support + _FLOOR) / (others + 3 * _FLOOR)
    return np.asarray(np.log(np.stack([support + _FLOOR, strongest + 10 * _FLOOR, lead], axis=1)))


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
    minor, probability, core = document_probability(head.read_outs, document_features(head.section, scores)).T
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


COVERAGE = 0.9
"""How often the plausible primaries are to hold the true one: on text like the documents held out, by
calibration; elsewhere, as far as the belief can be believed."""
RIVAL = 0.5
"""A discipline with at least this part of the largest one's belief is its rival."""


def plausible_primaries(head: DocumentHead, distribution: FloatArray) -> npt.NDArray[np.intp]:
    """Return the primaries that cannot be ruled out: a conformal set, and at least 0.9 of the belief.

    The conformal part promises its coverage for documents like those held out, which the model reads
    better than others; where its belief is divided, the set grows beyond it.

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
    believed = int((np.cumsum(distribution[order])[:-1] < COVERAGE).sum()) + 1
    return np.asarray(order[: max(believed, int((distribution >= head.plausible[0]).sum()))])


def rivals(distribution: FloatArray) -> npt.NDArray[np.intp]:
    """Return the disciplines between which the belief is divided, the likeliest first; one, where it is not.

    Parameters
    ----------
    distribution : ndarray of shape (n_disciplines + 1,)
        See `primary_distribution`.

    Returns
    -------
    ndarray of int
        Indices of disciplines with at least half of the largest one's belief.
    """
    named = distribution[:-1]
    order = np.argsort(-named, kind="stable")
    return np.asarray(order[: int((named >= RIVAL * named.max()).sum())])


def document_probability(weights: FloatArray, features: FloatArray) -> FloatArray:
    """Apply one of a document head's read-outs, or all of them, to `document_features`."""
    return sigmoid(affine(features, weights))


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
    deep = scores.level * scores.depth[:, None]
    reached = np.sort(deep, axis=0)[::-1][:3].mean(axis=0)
    typical = np.add.reduce(deep, axis=0) / (np.add.reduce(scores.level, axis=0) + 0.1)
    return np.stack([reached, typical], axis=1)
