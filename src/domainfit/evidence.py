"""Which segments to show for a score: the ones that carry it, the strongest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .results import Evidence
from .scoring import SegmentScores
from .taxonomy import Taxonomy
from .types import FloatArray, Segment

MIN_LEVEL = 0.2
"""A segment whose expected strength is under a fifth of the full one is not shown as evidence."""


def collect_evidence(
    segments: Sequence[Segment],
    scores: SegmentScores,
    contribution: FloatArray,
    taxonomy: Taxonomy,
    *,
    depths: bool,
) -> tuple[Evidence, ...]:
    """List every segment that speaks for a discipline.

    Parameters
    ----------
    segments : sequence of Segment
        The scored segments.
    scores : SegmentScores
        What the classifier says of each.
    contribution : ndarray of shape (n_segments, n_disciplines)
        What each adds to each discipline's support.
    taxonomy : Taxonomy
        Names the columns.
    depths : bool
        Whether depth means something here (it does not in a role).

    Returns
    -------
    tuple of Evidence
        Largest contribution first; ties in reading order.
    """
    which, rows = np.nonzero((scores.level >= MIN_LEVEL).T)
    keys = taxonomy.keys
    found = [
        Evidence(keys[k], s.text, s.start, s.end, s.section, depth, part, described)
        for k, s, depth, part, described in zip(
            which.tolist(),
            [segments[i] for i in rows.tolist()],
            (scores.depth[rows] if depths else np.zeros(len(rows))).tolist(),
            contribution[rows, which].tolist(),
            scores.work[rows].tolist(),
            strict=True,
        )
    ]
    return tuple(sorted(found, key=lambda e: (-e.contribution, e.start)))
