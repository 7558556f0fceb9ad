"""What all pictures share: axes to draw on, the look of a discipline, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._optional import require
from ..exceptions import InputError
from ..taxonomy import Taxonomy
from ..types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HATCHES = ("", "//", "..", "\\\\", "xx", "--", "++", "oo", "**")
"""The hatch of each discipline, by its place in the taxonomy: nobody has to tell colours apart."""
MARKERS = "osD^vPX*"
EDGE = 0.8


def new_axes(ax: Axes | None, size: tuple[float, float] = (6.4, 3.4), *, polar: bool = False) -> Any:
    """Return the axes given, or new ones on a figure that pyplot does not know.

    Raises
    ------
    InputError
        If a radar is to be drawn on axes that are not polar.
    MissingExtraError
        If matplotlib is not installed.
    """
    figure = require("matplotlib.figure", "plots", "drawing")
    if ax is not None:
        if polar and ax.name != "polar":
            raise InputError("a radar needs polar axes: make them with subplot_kw={'projection': 'polar'}")
        return ax
    from ._axes import ShownAxes, ShownPolarAxes

    made = figure.Figure(figsize=size, layout="constrained")
    return made.add_subplot(axes_class=ShownPolarAxes if polar else ShownAxes)


def ink(ax: Any) -> Any:
    """Return the colour of the text on these axes: it stands out on their ground, dark styles too."""
    return ax.xaxis.label.get_color()


def hatches(n: int) -> list[str]:
    """Return one hatch for each of `n` disciplines."""
    return [HATCHES[i % len(HATCHES)] for i in range(n)]


def colors(taxonomy: Taxonomy) -> list[str]:
    """Return the disciplines' colours, in order."""
    return [d.color for d in taxonomy.disciplines]


def label_rows(ax: Any, names: Sequence[str]) -> None:
    """Name the rows, the first on top."""
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)


def write_beside(ax: Any, row: float, text: str, *, bold: bool = False) -> None:
    """Write a row's numbers to the right of the axes."""
    weight = "bold" if bold else "normal"
    ax.text(1.02, row, text, transform=ax.get_yaxis_transform(), va="center", fontsize="small", fontweight=weight)


def legend_below(ax: Any, points: float = 40.0, **options: Any) -> None:
    """Put the legend under the axes and their labels, `points` down, whatever the figure's height."""
    transforms = require("matplotlib.transforms", "plots", "drawing")
    below = transforms.offset_copy(ax.transAxes, fig=ax.figure, y=-points, units="points")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=below, frameon=False, **options)


def spans(values: FloatArray, low: Any, high: Any) -> FloatArray | None:
    """Lay an interval out as distances from its values, as error bars are given; None where there is none."""
    if low is None or high is None:
        return None
    distances: FloatArray = np.stack([values - np.asarray(low, float), np.asarray(high, float) - values])
    return np.maximum(distances, 0.0)
