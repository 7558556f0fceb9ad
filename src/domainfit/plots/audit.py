"""Groups beside one another: how often each is selected, and against whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import InputError
from ._canvas import ink, label_rows, legend_below, new_axes, spans, write_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

FOUR_FIFTHS = 0.8
"""The line of the Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4(D)."""


def plot_selection_rates(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often each group is selected.

    Parameters
    ----------
    table : DataFrame
        Indexed by group; ``rate`` in [0, 1], and, if they are known, ``low``, ``high`` (the ends of
        an interval) and ``n`` (people). A rate of NaN is drawn as "too few to tell".
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        A row a group, in the table's order.

    Raises
    ------
    InputError
        If a column is missing or there is no group.
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, _size(table))
    rate = _column(table, "rate")
    bars = axes.barh(
        range(len(rate)), np.nan_to_num(rate), color="#BBBBBB", edgecolor=ink(axes), hatch="//", height=0.6
    )
    bars.set_label("selected")
    axes.errorbar(rate, range(len(rate)), xerr=_interval(table, rate), fmt="none", color=ink(axes), capsize=4)
    for row, value in enumerate(rate):
        people = f"  n = {int(table['n'].iloc[row]):,}" if "n" in table else ""
        write_beside(axes, row, f"{_number(value, '.0%')}{people}")
    label_rows(axes, [str(g) for g in table.index])
    axes.set(xlim=(0, 1), xlabel="selected (95% interval)" if "low" in table else "selected")
    return axes  # type: ignore[no-any-return]


def plot_impact_ratios(table: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw each group's selection rate over that of the group selected most, with the four-fifths line.

    Parameters
    ----------
    table : DataFrame
        Indexed by group; ``ratio``, 1 for the reference, and, if they are known, ``low`` and
        ``high`` (the ends of an interval). A ratio of NaN is drawn as "too few to tell".
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        A row a group, in the table's order. A ratio below four fifths is a hollow diamond, and
        said in words; one at or above it a filled circle.

    Raises
    ------
    InputError
        If a column is missing or there is no group.
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, _size(table))
    ratio, rows = _column(table, "ratio"), np.arange(len(table))
    below = ratio < FOUR_FIFTHS
    axes.axvline(FOUR_FIFTHS, linestyle="--", color=ink(axes), label="four fifths")
    axes.axvline(1.0, linestyle=":", color=ink(axes), label="equal")
    axes.errorbar(ratio, rows, xerr=_interval(table, ratio), fmt="none", color=ink(axes), capsize=4)
    axes.scatter(ratio[~below], rows[~below], marker="o", s=50, c="#0072B2", edgecolors=ink(axes), zorder=3)
    axes.scatter(ratio[below], rows[below], marker="D", s=50, c="white", edgecolors="#D55E00", linewidths=2, zorder=3)
    for row, value in enumerate(ratio):
        write_beside(
            axes, row, f"{_number(value, '.2f')}{'  below four fifths' if below[row] else ''}", bold=below[row]
        )
    label_rows(axes, [str(g) for g in table.index])
    axes.set_xlim(left=0)
    axes.set_xlabel("impact ratio (95% interval)" if "low" in table else "impact ratio")
    legend_below(axes, ncols=2)
    return axes  # type: ignore[no-any-return]


def _column(table: DataFrame, name: str) -> Any:
    if name not in table.columns or not len(table):
        raise InputError(f"the table needs a row a group and a column {name!r}; its columns are {list(table.columns)}")
    return table[name].to_numpy(float)


def _interval(table: DataFrame, values: Any) -> Any:
    known = "low" in table.columns and "high" in table.columns
    return spans(values, table["low"], table["high"]) if known else None


def _number(value: float, form: str) -> str:
    return "too few to tell" if np.isnan(value) else format(value, form)


def _size(table: DataFrame) -> tuple[float, float]:
    return 6.4, 1.7 + 0.4 * len(table)
