"""Axes that a notebook shows without pyplot; imported once matplotlib is known to be there."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.projections.polar import PolarAxes

_DPI = 144


class _Shown:
    figure: Any

    def _repr_png_(self) -> tuple[bytes, dict[str, float]]:
        """Give a notebook the whole figure, sharp on a screen of high resolution."""
        image = BytesIO()
        self.figure.savefig(image, format="png", dpi=_DPI)
        width, height = 96 * self.figure.get_size_inches()
        return image.getvalue(), {"width": float(width), "height": float(height)}


class ShownAxes(_Shown, Axes):
    """Plain axes."""


class ShownPolarAxes(_Shown, PolarAxes):
    """Axes for a radar."""
