"""From a document's segment scores to calibrated strengths, depths and plausible primaries: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._compiled import pooling as compiled
from .scoring import CLAIM_CAP, Head, SegmentScores, affine, sigmoid, sum_of_columns
from .types import FloatArray

FEATURES = ("support", "strongest", "lead", "words")
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


_FLOOR = 0.003
_STRONGEST, _DEEPEST = 8, 3


class Totals(NamedTuple):
    """What a document's segments say of each discipline, added up.

    Parameters
    ----------
    contribution : ndarray of shape (n_segments, n_disciplines)
        What each segment adds to the support: its level, by its weight over the sum of the weights.
    support : ndarray of shape (2, n_disciplines)
        The weighted mean level; first of all segments, then of those that describe work.
    strongest : ndarray of shape (2, n_disciplines)
        The mean of the eight largest levels, of the same; with fewer, as if the rest had none.
    deepest, typical : ndarray of shape (n_disciplines,)
        Of those that describe work, the mean of the three largest ``level × depth``, and the depth
        averaged by level.
    """

    contribution: FloatArray
    support: FloatArray
    strongest: FloatArray
    deepest: FloatArray
    typical: FloatArray


def totals(section_weight: FloatArray, scores: SegmentScores) -> Totals:
    """Add up a document's segments.

    Described work counts fully; claims so that no length of list outweighs it. No claim changes by a
    bit what the described work adds up to.

    Parameters
    ----------
    section_weight : ndarray of shape (n_sections,)
        How much a segment of each section counts.
    scores : SegmentScores
        The document's segments; at least one.

    Returns
    -------
    Totals
    """
    if compiled is None:
        return plain_totals(section_weight, scores)
    work = scores.work.view(np.uint8)
    contribution, (support, strongest, (deepest, typical)) = compiled.totals(
        section_weight, scores.level, scores.depth, scores.section, work, CLAIM_CAP
    )
    return Totals(contribution, support, strongest, deepest, typical)


def plain_totals(section_weight: FloatArray, scores: SegmentScores) -> Totals:
    """Do it without a kernel, in the same order of additions."""
    level, work = scores.level, scores.work
    weight = sum_of_columns(scores.section * section_weight)
    own, shown = weight[work], level[work]
    described, claimed = _sum(own), _sum(weight[~work])
    part = min(1.0, CLAIM_CAP * described / max(claimed, 1e-9))
    counts = np.where(work, 1.0, part)
    contribution = level * (weight * counts / max(described + part * claimed, 1e-9))[:, None]
    mean = np.add.reduce(shown * (own / max(described, 1e-9))[:, None], axis=0)
    deep = shown * scores.depth[work][:, None]
    return Totals(
        contribution,
        np.stack([np.add.reduce(contribution, axis=0), mean]),
        np.stack([_largest(level * counts[:, None], _STRONGEST), _largest(shown, _STRONGEST)]) / _STRONGEST,
        _largest(deep, _DEEPEST) / max(1, min(_DEEPEST, len(deep))),
        np.add.reduce(deep, axis=0) / (np.add.reduce(shown, axis=0) + 0.1),
    )


def _sum(values: FloatArray) -> float:
    """Add up from the first to the last; ``np.sum`` has an order of its own."""
    return float(np.add.accumulate(values)[-1]) if len(values) else 0.0


def _largest(values: FloatArray, n: int) -> FloatArray:
    """Return the sum of the n largest values of each column."""
    return np.asarray(np.add.reduce(np.sort(values, axis=0)[-n:], axis=0))


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
    ndarray of shape (n_disciplines, 4)
        The logarithm of the support; the logarithm of the mean level of the eight segments that
        speak most for the discipline (which long boilerplate does not dilute); how far the support
        leads or trails the other disciplines', as log-odds; and what all words of the text say
        together, as log-odds.
    """
    found = totals(section_weight, scores)
    return _features(found.support[0], found.strongest[0], scores.whole[0])


def _features(support: FloatArray, strongest: FloatArray, whole: FloatArray) -> FloatArray:
    """Put the features together, all given as (..., n_disciplines)."""
    features = np.empty((*support.shape, len(FEATURES)))
    features[..., 0] = support + _FLOOR
    features[..., 1] = strongest + 10 * _FLOOR
    others = np.add.reduce(support, axis=-1, keepdims=True) - support
    features[..., 2] = features[..., 0] / (others + 3 * _FLOOR)
    np.log(features[..., :-1], out=features[..., :-1])
    features[..., -1] = whole
    return features


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
    found = totals(head.section, scores)
    p = document_probability(head.read_outs, _features(found.support, found.strongest, scores.whole))
    minor, probability, core = p[..., 0], p[..., 1], p[..., 2]
    strength = np.maximum(minor, probability) + probability + np.minimum(core, probability)
    some = float(scores.work.any())
    deep = document_depth(head, found.deepest, found.typical)
    return Pooled(
        found.contribution, found.support[0], probability[0], core[0], strength[0], some * strength[1], some * deep
    )


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


def document_depth(head: DocumentHead, deepest: FloatArray, typical: FloatArray) -> FloatArray:
    """Estimate a document's depth in each discipline.

    Parameters
    ----------
    head : DocumentHead
        The fitted read-outs.
    deepest, typical : ndarray of shape (n_disciplines,)
        See `Totals`.

    Returns
    -------
    ndarray of shape (n_disciplines,)
        0 to 4, before it is scaled down where the discipline is hardly there.
    """
    found = head.depth[0] * deepest + head.depth[1] * typical + head.depth[2]
    return np.asarray(np.minimum(np.maximum(found, 0.0), 4.0))
