"""Role-candidate pairs composed from labelled documents, and the rule that labels them.

The rule. A role's demand is its strengths of 2 and more, squared and normalised. A candidate
commands a discipline by strength (1: 0.25, 2: 0.75, 3: 1) times what its depth is worth
(`matcher.DEPTH_WORTH`). A need is covered by the best adjacent command. The pair's probability of
a fit is the logistic function of the demand's covered part, 0.5 at 0.4 and 0.88 at 0.6: to have used
what the role needs as a real part of one's work (0.75 × 0.6 = 0.45) is just enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..matcher import DEPTH_WORTH
from ..scoring import sigmoid
from ..types import FloatArray
from .corpus import LabelledDocument

COMMAND = np.array([0.0, 0.25, 0.75, 1.0])
MIDDLE, STEEPNESS = 0.4, 10.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A composed pair: indices into the roles and the candidates, and P(fit)."""

    role: int
    candidate: int
    fit: float


def compose_pairs(
    roles: Sequence[LabelledDocument],
    candidates: Sequence[LabelledDocument],
    adjacency: FloatArray,
    keys: Sequence[str],
) -> list[Pair]:
    """Label every pair of a role with a primary discipline and a candidate.

    Parameters
    ----------
    roles, candidates : sequence of LabelledDocument
        The documents to pair.
    adjacency : ndarray of shape (n_disciplines, n_disciplines)
        As in `Taxonomy`.
    keys : sequence of str
        The disciplines, in order.

    Returns
    -------
    list of Pair
    """
    pairs = []
    for i, role in enumerate(roles):
        demand = demand_of(role, keys)
        if demand.sum() == 0:
            continue
        for j, candidate in enumerate(candidates):
            covered = (adjacency * command_of(candidate, keys)[None, :]).max(axis=1)
            pairs.append(Pair(i, j, float(sigmoid(np.asarray(STEEPNESS * (demand @ covered - MIDDLE))))))
    return pairs


def demand_of(role: LabelledDocument, keys: Sequence[str]) -> FloatArray:
    """Return a labelled role's demand, summing to one (all 0 when it needs no discipline)."""
    strength = np.array([role.strengths.get(k, 0) for k in keys], np.float64)
    weight = np.where(strength >= 2, strength**2, 0.0)
    return np.asarray(weight / max(weight.sum(), 1e-9))


def command_of(candidate: LabelledDocument, keys: Sequence[str]) -> FloatArray:
    """Return a labelled candidate's command of each discipline, in [0, 1]."""
    strength = np.array([candidate.strengths.get(k, 0) for k in keys])
    depth = np.array([candidate.depths.get(k, 0) for k in keys])
    return np.asarray(COMMAND[strength] * np.asarray(DEPTH_WORTH)[depth])
