# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""From a segment's exponentials to its scores, and from segments to what a document has in all.

The compiled twins of `scoring.plain_scores` and `document_scoring.plain_totals`: every sum is made in the
same order, from the first segment (or column) to the last.
"""

from libc.stdint cimport uint8_t

import numpy as np


cdef enum:
    LEVELS = 3
    STRONGEST = 8
    DEEPEST = 3


def scores(const double[:, ::1] odds, Py_ssize_t disciplines, Py_ssize_t rungs):
    """Read segments' scores from the exponentials of their log-odds; see `scoring.plain_scores`."""
    cdef Py_ssize_t n = odds.shape[0], columns = odds.shape[1], first = LEVELS * disciplines
    cdef Py_ssize_t sections = columns - first - rungs, i, k
    out = [np.empty((n, disciplines)), np.empty((n, disciplines)), np.empty(n), np.empty((n, sections))]
    cdef double[:, ::1] probability = out[0], level = out[1], section = out[3]
    cdef double[::1] depth = out[2]
    cdef double reached
    cdef const double* own
    for i in range(n):
        own = &odds[i, 0]
        for k in range(disciplines):
            probability[i, k] = _part(own[LEVELS * k + 1])
            level[i, k] = (_part(own[LEVELS * k]) + probability[i, k] + _part(own[LEVELS * k + 2])) / LEVELS
        reached = 0
        for k in range(first, first + rungs):
            reached += _part(own[k])
        depth[i] = reached
        reached = 0
        for k in range(first + rungs, columns):
            reached += own[k]
        for k in range(sections):
            section[i, k] = own[first + rungs + k] / reached
    return out


cdef inline double _part(double odds) noexcept nogil:
    return odds / (1.0 + odds)


def totals(
    const double[::1] section_weight,
    const double[:, :] level,
    const double[::1] depth,
    const double[:, :] section,
    const uint8_t[::1] work,
    double cap,
):
    """Add up what segments say of each discipline; see `document_scoring.plain_totals`."""
    cdef Py_ssize_t n = level.shape[0], disciplines = level.shape[1], sections = section.shape[1], i, k, described = 0
    contributions, of_both = np.empty((n, disciplines)), np.zeros((3, 2, disciplines))
    cdef double[:, ::1] contribution = contributions
    cdef double[:, :, ::1] sums = of_both  # Support; the strongest; the deepest and the typical depth.
    cdef double[::1] weight = np.zeros(n)
    cdef double own = 0, claimed = 0, part, total, share, shown, deep, there
    cdef double[STRONGEST] strongest, shown_strongest, deepest
    for i in range(n):
        for k in range(sections):
            weight[i] += section_weight[k] * section[i, k]
        if work[i]:
            own += weight[i]
            described += 1
        else:
            claimed += weight[i]
    part = min(1.0, cap * own / max(claimed, 1e-9))
    total = max(own + part * claimed, 1e-9)
    own = max(own, 1e-9)
    for k in range(disciplines):
        for i in range(STRONGEST):
            strongest[i] = shown_strongest[i] = deepest[i] = 0
        deep = there = 0
        for i in range(n):
            share = weight[i] / total if work[i] else weight[i] * part / total
            contribution[i, k] = level[i, k] * share
            sums[0, 0, k] += contribution[i, k]
            _keep(strongest, STRONGEST, level[i, k] if work[i] else level[i, k] * part)
            if work[i]:
                sums[0, 1, k] += level[i, k] * (weight[i] / own)
                _keep(shown_strongest, STRONGEST, level[i, k])
                shown = level[i, k] * depth[i]
                _keep(deepest, DEEPEST, shown)
                deep += shown
                there += level[i, k]
        for i in range(STRONGEST):
            sums[1, 0, k] += strongest[i]
            sums[1, 1, k] += shown_strongest[i]
        sums[1, 0, k] /= STRONGEST
        sums[1, 1, k] /= STRONGEST
        for i in range(DEEPEST):
            sums[2, 0, k] += deepest[i]
        sums[2, 0, k] /= max(1, min(DEEPEST, described))
        sums[2, 1, k] = deep / (there + 0.1)
    return contributions, of_both


cdef inline void _keep(double* largest, Py_ssize_t n, double value) noexcept nogil:
    """Put a value among the n largest, which rise, in place of the least."""
    cdef Py_ssize_t i = 0
    if value <= largest[0]:
        return
    while i + 1 < n and largest[i + 1] < value:
        largest[i] = largest[i + 1]
        i += 1
    largest[i] = value
