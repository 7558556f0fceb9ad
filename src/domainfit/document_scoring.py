"""From a document's segment scores to calibrated strengths, depths and plausible primaries: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

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


CLAIM_CAP = 2.0
"""Claims together count at most twice as much as the described work, however long the list."""
_FLOOR = 0.003
_STRONGEST = 8


def _weighed(section_weight: FloatArray, scores: SegmentScores) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return each segment's weight, what of it counts, and its contribution to the support of each discipline.

    Described work counts fully; claims so that no length of list outweighs it.
    """
    # Added up along each row: a library's product would round a row by how many there are.
    weight = np.add.reduce(scores.section * section_weight, axis=1)
    described = float(np.add.reduce(weight[scores.work]))
    claimed = float(np.add.reduce(weight)) - described
    part = min(1.0, CLAIM_CAP * described / max(claimed, 1e-9))
    counts = np.where(scores.work, 1.0, part)
    total = max(described + part * claimed, 1e-9)
    return weight, counts, scores.level * (weight * counts / total)[:, None]


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
    _, counts, contribution = _weighed(section_weight, scores)
    return _features(np.add.reduce(contribution, axis=0), _strongest(scores.level * counts[:, None]))


def _strongest(level: FloatArray) -> FloatArray:
    """Return the mean of the eight largest levels of each discipline; with fewer segments, as if the rest had none."""
    return np.asarray(np.add.reduce(np.sort(level, axis=0)[-_STRONGEST:], axis=0) / _STRONGEST)


def _features(support: FloatArray, strongest: FloatArray) -> FloatArray:
    """Put the features together, both given as (..., n_disciplines)."""
    features = np.empty((*support.shape, len(FEATURES)))
    features[..., 0] = support + _FLOOR
    features[..., 1] = strongest + 10 * _FLOOR
    others = np.add.reduce(support, axis=-1, keepdims=True) - support
    features[..., 2] = features[..., 0] / (others + 3 * _FLOOR)
    return np.asarray(np.log(features, out=features))


class Pooled(NamedTuple):
    """What a document's segments add up to.

    Parameters
    ----------
    contribution : ndarray of shape (n_segments, n_disciplines)
        What each segment adds to the support of each discipline: weighted levels over the sum of the
        weights.
    support : ndarray of shape (n_disciplines,)
        The sum of the contributions: the weighted mean level of the document.
    probability, core : ndarray of shape (n_disciplines,)
        P(strength ≥ 2) and P(strength ≥ 3).
    strength : ndarray of shape (n_disciplines,)
        The expected strength, 0 to 3, of all that the text says.
    shown : ndarray of shape (n_disciplines,)
        The same of the segments that describe work alone; 0 throughout where there is none.
    deep : ndarray of shape (n_disciplines,)
        The depth, 0 to 4, of the work described; see `document_depth`.
    """

    contribution: FloatArray
    support: FloatArray
    probability: FloatArray
    core: FloatArray
    strength: FloatArray
    shown: FloatArray
    deep: FloatArray


def pool(head: DocumentHead, scores: SegmentScores) -> Pooled:
    """Read a document's strengths from its segments.

    Parameters
    ----------
    head : DocumentHead
        The fitted read-outs.
    scores : SegmentScores
        The document's segments; at least one.

    Returns
    -------
    Pooled
    """
    weight, counts, contribution = _weighed(head.section, scores)
    # All segments above, and below only those that describe work, which no other changes by a bit.
    level, own = scores.level[scores.work], weight[scores.work]
    support, strongest = np.empty((2, 2, level.shape[1]))
    np.add.reduce(contribution, axis=0, out=support[0])
    np.add.reduce(level * (own / max(float(np.add.reduce(own)), 1e-9))[:, None], axis=0, out=support[1])
    strongest[0], strongest[1] = _strongest(scores.level * counts[:, None]), _strongest(level)
    p = document_probability(head.read_outs, _features(support, strongest))
    minor, probability, core = p[..., 0], p[..., 1], p[..., 2]
    strength = np.maximum(minor, probability) + probability + np.minimum(core, probability)
    shown, deep = np.zeros_like(support)
    if len(own):
        shown, deep = strength[1], document_depth(head, level, scores.depth[scores.work])
    return Pooled(contribution, support[0], probability[0], core[0], strength[0], shown, deep)


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
    # A handful of numbers: plain ones are quicker than arrays.
    weight = [x * x for x in (probability + core).tolist()]
    some = max(probability.tolist())
    part = some / max(sum(weight), 1e-12)
    return np.array([*(part * w for w in weight), 1.0 - some])


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
    # A handful of numbers: plain ones are quicker than arrays.
    parts, least = distribution.tolist(), float(head.plausible[0])
    order = sorted(range(len(parts)), key=lambda i: -parts[i])
    total, n = 0.0, 0
    while n < len(order) and (total < COVERAGE or parts[order[n]] >= least):
        total += parts[order[n]]
        n += 1
    return np.array(order[:n])


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
    named = distribution[:-1].tolist()
    least = RIVAL * max(named)
    return np.array(sorted((i for i, part in enumerate(named) if part >= least), key=lambda i: -named[i]))


def document_probability(weights: FloatArray, features: FloatArray) -> FloatArray:
    """Apply one of a document head's read-outs, or all of them, to `document_features`."""
    return sigmoid(affine(features, weights))


def document_depth(head: DocumentHead, level: FloatArray, depth: FloatArray) -> FloatArray:
    """Estimate a document's depth in each discipline.

    Parameters
    ----------
    head : DocumentHead
        The fitted read-outs.
    level : ndarray of shape (n_segments, n_disciplines)
        The expected strength, over 3, of the segments that describe work; at least one.
    depth : ndarray of shape (n_segments,)
        Their expected depth.

    Returns
    -------
    ndarray of shape (n_disciplines,)
        0 to 4, before it is scaled down where the discipline is hardly there.
    """
    deepest, typical = depth_features(level, depth)
    found = head.depth[0] * deepest + head.depth[1] * typical + head.depth[2]
    return np.asarray(np.minimum(np.maximum(found, 0.0), 4.0))


def depth_features(level: FloatArray, depth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the deepest and the typical depth of the segments that speak for each discipline.

    Returns
    -------
    deepest, typical : ndarray of shape (n_disciplines,)
        The mean of the three largest ``level × depth``, and the depth averaged by level; 0 without
        any segment.
    """
    deep = level * depth[:, None]
    deepest = np.sort(deep, axis=0)[-3:]
    typical = np.add.reduce(deep, axis=0) / (np.add.reduce(level, axis=0) + 0.1)
    return np.add.reduce(deepest, axis=0) / max(1, len(deepest)), typical
