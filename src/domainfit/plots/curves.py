"""Curves of how good a model is: its calibration, what abstaining buys, what more data would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import InputError
from ..points import reliability_points, risk_coverage_points
from ._canvas import MARKERS, ink, new_axes, spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_reliability(probability: Any, outcome: Any, *, bins: int = 10, ax: Axes | None = None) -> Axes:
    """Draw how often what was given a probability came true.

    Parameters
    ----------
    probability, outcome : array-like of one shape
        Predicted probabilities in [0, 1], and what came true.
    bins : int, default 10
        Bins of equal mass.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        A point a bin with its 95% Wilson interval; a calibrated model lies on the diagonal.

    Raises
    ------
    InputError
        If the arrays do not match, are empty, or a probability is outside [0, 1].
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, (4.6, 4.4))
    p = reliability_points(probability, outcome, bins)
    axes.plot([0, 1], [0, 1], linestyle=":", color=ink(axes), label="calibrated")
    error = spans(p.observed, p.low, p.high)
    axes.errorbar(p.predicted, p.observed, error, fmt="o-", color=ink(axes), capsize=3, label="observed, 95% interval")
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="predicted probability", ylabel="came true")
    axes.set_title(f"n = {int(p.size.sum())}")
    axes.legend(loc="upper left", frameon=False)
    return axes  # type: ignore[no-any-return]


def plot_risk_coverage(confidence: Any, wrong: Any, *, label: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the error rate among the surest answers against how many of them are given.

    Parameters
    ----------
    confidence : array-like of shape (n,)
        How sure the model is of each answer; larger is surer.
    wrong : array-like of bool, shape (n,)
        Whether the answer is wrong.
    label : str, optional
        What to call the curve. Curves drawn on the same axes differ in line and marker.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        If the arrays do not match, are empty, or hold NaN.
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax)
    coverage, risk = risk_coverage_points(confidence, wrong)
    _line(axes, coverage, risk, None, label, marker=False)
    axes.set(xlim=(0, 1), xlabel="coverage: part that is answered", ylabel="risk: part of those that is wrong")
    highest = max(float(np.max(line.get_ydata())) for line in axes.lines)
    axes.set_ylim(0, 1.1 * highest or 1.0)
    return axes  # type: ignore[no-any-return]


def plot_learning_curve(
    sizes: Any,
    values: Any,
    low: Any = None,
    high: Any = None,
    *,
    measure: str = "value",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a measure against the size of the training data.

    Parameters
    ----------
    sizes, values : array-like of shape (n,)
        How much data, and what was measured.
    low, high : array-like of shape (n,), optional
        The interval of each value.
    measure : str, default "value"
        What was measured.
    label : str, optional
        What to call the curve. Curves drawn on the same axes differ in line and marker.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        The sizes on a logarithmic scale, in rising order.

    Raises
    ------
    InputError
        If the lengths differ, nothing is given, or a size is not positive.
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax)
    columns = [np.asarray(c, float) for c in (sizes, values, low, high) if c is not None]
    n = columns[0].shape
    if len(n) != 1 or not n[0] or any(c.shape != n for c in columns) or not (columns[0] > 0).all():
        raise InputError("give positive sizes, as many values, and, if at all, as many low and high ends")
    order = np.argsort(columns[0])
    size, value, *ends = [c[order] for c in columns]
    _line(axes, size, value, spans(value, *ends) if len(ends) == 2 else None, label)
    axes.set_xscale("log")
    axes.set_xticks(size, [f"{int(s):,}" for s in size])
    axes.minorticks_off()
    axes.set(xlabel="training examples (logarithmic)", ylabel=measure)
    return axes  # type: ignore[no-any-return]


def _line(axes: Any, x: Any, y: Any, error: Any, label: str | None, *, marker: bool = True) -> None:
    """Add a curve that differs from those already there by more than its colour."""
    i = len(axes.lines)
    look = {"marker": MARKERS[i % len(MARKERS)] if marker else None, "linestyle": ("-", "--", ":", "-.")[i % 4]}
    if error is not None:
        axes.fill_between(x, y - error[0], y + error[1], alpha=0.2, linewidth=0)
    axes.plot(x, y, label=label, **look)
    if label is not None:
        axes.legend(frameon=False)
