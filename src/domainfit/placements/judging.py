"""Heads beside one another on the same placements: figures with intervals, discipline by discipline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..match_scoring import MatchHead
from ..types import FloatArray
from .model import head_probability

RESAMPLES, SEED = 500, 0
FEWEST = 30
"""A discipline with fewer placements is shown and judges nothing."""
WORSE = 0.01
"""A log-loss higher by less than this is no loss."""


def judge(
    heads: Mapping[str, MatchHead], features: FloatArray, outcome: FloatArray, weight: FloatArray, keys: Sequence[str]
) -> pd.DataFrame:
    """Measure heads on placements that none of them learned from.

    Parameters
    ----------
    heads : mapping of str to MatchHead
        By name; the first is what the others are compared with.
    features, outcome, weight : ndarray
        As `fit_head` takes them.
    keys : sequence of str
        The disciplines; a placement counts for the one that its role needs most.

    Returns
    -------
    DataFrame
        Indexed by (discipline or ``"all"``, head): ``n``, ``auroc``, ``log_loss`` with ``low`` and
        ``high`` (95% bootstrap over placements), and ``change``, ``change_low``, ``change_high``: the
        log-loss less the first head's. NaN where there are not both outcomes.
    """
    need = features[:, : len(keys)].argmax(axis=1)
    given = [(name, head_probability(head, features)) for name, head in heads.items()]
    return judge_many(given, need, outcome, weight, keys)


def judge_many(
    given: Sequence[tuple[str, FloatArray]],
    need: npt.NDArray[np.intp],
    outcome: FloatArray,
    weight: FloatArray,
    keys: Sequence[str],
) -> pd.DataFrame:
    """Measure probabilities of success side by side; see `judge`.

    Parameters
    ----------
    given : sequence of (str, ndarray of shape (n,))
        The probabilities by name.
    need : ndarray of shape (n,)
        The discipline that each role needs most, as an index.
    outcome, weight, keys
        As in `judge`.
    """
    rows = {}
    for name, own in [("all", np.ones(len(need), bool)), *((k, need == i) for i, k in enumerate(keys))]:
        first = None
        for head_name, probability in given:
            p = probability[own]
            loss = losses(p, outcome[own])
            first = loss if first is None else first
            rows[name, head_name] = _row(p, loss, first, outcome[own], weight[own])
    table = pd.DataFrame(rows).T
    table.index.names = ["discipline", "head"]
    return table


def regressions(table: pd.DataFrame, head: str) -> tuple[str, ...]:
    """Name the disciplines in which a head is worse than the first, by more than chance explains."""
    own = table.xs(head, level="head")
    worse = (own["n"] >= FEWEST) & (own["change"] > WORSE) & (own["change_low"] > 0)
    return tuple(str(i) for i in own.index[worse])


def losses(p: FloatArray, outcome: FloatArray) -> FloatArray:
    """Return each placement's log-loss."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return -(outcome * np.log(p) + (1 - outcome) * np.log(1 - p))


def _row(
    p: FloatArray, loss: FloatArray, first: FloatArray, outcome: FloatArray, weight: FloatArray
) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    nan = float("nan")
    if len(np.unique(outcome)) < 2:
        names = ("auroc", "log_loss", "low", "high", "change", "change_low", "change_high")
        return {"n": len(p), **dict.fromkeys(names, nan)}
    drawn = np.random.default_rng(SEED).integers(0, len(p), (RESAMPLES, len(p)))
    means = [np.average(x[drawn], weights=weight[drawn], axis=1) for x in (loss, loss - first)]
    (low, high), (change_low, change_high) = (np.percentile(m, [2.5, 97.5]) for m in means)
    return {
        "n": len(p),
        "auroc": float(roc_auc_score(outcome, p, sample_weight=weight)),
        "log_loss": float(np.average(loss, weights=weight)),
        "low": float(low),
        "high": float(high),
        "change": float(np.average(loss - first, weights=weight)),
        "change_low": float(change_low),
        "change_high": float(change_high),
    }
