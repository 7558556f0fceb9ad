"""Groups beside one another: rates, ratios, tests, intervals and bounds. Arrays in, a table out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..exceptions import InputError
from ..types import FloatArray

SMALL = 0.02
"""Groups below this part of the sample may be left out under the New York rule; they are marked."""
RESAMPLES, SEED = 2000, 0


def group_table(
    group: npt.NDArray[np.object_],
    favoured: FloatArray,
    *,
    outcome: FloatArray | None = None,
    score: FloatArray | None = None,
    comparator: str | None = None,
    least: float = 0.0,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> pd.DataFrame:
    """Compare groups.

    Parameters
    ----------
    group : ndarray of shape (n,), of str or None
        Each person's group; None where unknown.
    favoured : ndarray of shape (n,)
        1 for those selected, or scored above the median; else 0.
    outcome, score : ndarray of shape (n,), optional
        Who did well (NaN where unknown), and the scores in [0, 1], for the calibration gap.
    comparator, least, resamples, seed
        As in `audit`.

    Returns
    -------
    DataFrame
        As in `Audit.tables`, sorted by group.

    Examples
    --------
    The example of the Uniform Guidelines' Questions and Answers: 48 of 80 and 12 of 40 selected.

    >>> group = np.array(["white"] * 80 + ["black"] * 40, object)
    >>> table = group_table(group, np.repeat([1.0, 0, 1, 0], [48, 32, 12, 28]), resamples=0)
    >>> table["rate"].tolist(), table["ratio"].tolist()
    ([0.3, 0.6], [0.5, 1.0])
    """
    known = np.array([g is not None for g in group], bool)
    names = sorted({g for g in group if g is not None})
    n = np.array([(group == g).sum() for g in names])
    won = np.array([favoured[group == g].sum() for g in names])
    rate = won / n if len(names) else np.zeros(0)
    part = n / max(1, known.sum())
    reference = _reference(names, rate, part, comparator, least)
    top = rate[reference] if reference is not None else np.nan
    low, high = _intervals(n, won, reference, resamples, seed)
    unknown, unknown_won = int((~known).sum()), float(favoured[~known].sum())
    rows: dict[str, Any] = {
        "n": n,
        "part": part,
        "selected": won.astype(int),
        "rate": rate,
        "ratio": [_over(r, top) for r in rate],
        "low": low,
        "high": high,
        "p": [
            _fisher(won[i], n[i], won[reference], n[reference]) if reference is not None else np.nan
            for i in range(len(n))
        ],
    }
    bounds = [_bounds(i, n, won, reference, unknown, unknown_won) for i in range(len(names))]
    rows |= {"bound_low": [b[0] for b in bounds], "bound_high": [b[1] for b in bounds], "small": part < SMALL}
    if outcome is not None:
        rows |= _errors(names, group, favoured, outcome, score)
    return pd.DataFrame(rows, index=pd.Index(names, name="group", dtype=object))


def _reference(
    names: Sequence[str], rate: FloatArray, part: FloatArray, comparator: str | None, least: float
) -> int | None:
    if comparator is not None:
        if comparator not in names:
            raise InputError(f"comparator {comparator!r} is not among the groups {list(names)}")
        return list(names).index(comparator)
    allowed = [i for i in range(len(names)) if part[i] >= least]
    return max(allowed, key=lambda i: (rate[i], -i), default=None)


def _over(rate: float, top: float) -> float:
    return rate / top if top > 0 else float("nan")


def _intervals(
    n: npt.NDArray[np.int64], won: FloatArray, reference: int | None, resamples: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Resample people within groups: each group's number selected is then binomial."""
    nothing = np.full(len(n), np.nan)
    if reference is None or resamples == 0:
        return nothing, nothing
    drawn = np.random.default_rng(seed).binomial(n, won / n, (resamples, len(n))) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = drawn / drawn[:, [reference]]
    ratios[~np.isfinite(ratios)] = np.nan
    ends = np.full((2, len(n)), np.nan)
    usable = (~np.isnan(ratios)).mean(axis=0) > 0.5
    ends[:, usable] = np.nanpercentile(ratios[:, usable], [2.5, 97.5], axis=0)
    return ends[0], ends[1]


def _fisher(a: float, n: int, b: float, m: int) -> float:
    from scipy.stats import fisher_exact

    if n == 0 or m == 0:
        return float("nan")
    return float(fisher_exact([[a, n - a], [b, m - b]]).pvalue)


def _bounds(
    i: int, n: npt.NDArray[np.int64], won: FloatArray, reference: int | None, unknown: int, unknown_won: float
) -> tuple[float, float]:
    """Move everyone of unknown group to where it makes the ratio smallest, and largest."""
    if reference is None or i == reference:
        return float("nan"), float("nan")
    lost = unknown - unknown_won
    a, b, c, d = won[i], n[i], won[reference], n[reference]
    # The worst: those not selected were of this group, the selected of the other; the best: the reverse.
    low = _over(a / (b + lost), (c + unknown_won) / (d + unknown_won))
    high = _over((a + unknown_won) / (b + unknown_won), c / (d + lost))
    return low, high


def _errors(
    names: Sequence[str],
    group: npt.NDArray[np.object_],
    favoured: FloatArray,
    outcome: FloatArray,
    score: FloatArray | None,
) -> dict[str, list[float]]:
    out: dict[str, list[float]] = {
        "outcomes": [],
        "true_positive_rate": [],
        "false_positive_rate": [],
        "calibration_gap": [],
    }
    for g in names:
        own = (group == g) & ~np.isnan(outcome)
        good, bad = own & (outcome == 1), own & (outcome == 0)
        out["outcomes"].append(int(own.sum()))
        out["true_positive_rate"].append(_mean(favoured[good]))
        out["false_positive_rate"].append(_mean(favoured[bad]))
        gap = float("nan") if score is None else _mean(score[own]) - _mean(outcome[own])
        out["calibration_gap"].append(gap)
    return out


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")
