"""Where in a document its evidence stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._optional import require
from ..results import DEPTH_NAMES, Evidence, Profile
from ._canvas import EDGE, ink, label_rows, legend_below, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLAIM_HEIGHT = 0.15
_ROLE_DEPTH = 3.0


def plot_evidence(profile: Profile, *, ax: Axes | None = None) -> Axes:
    """Draw where in the text the evidence for each discipline stands: the deeper, the taller and the darker.

    Parameters
    ----------
    profile : Profile
        What to draw. A role's evidence has no depth and is drawn at one height.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        A row a discipline and a bar a stretch, from its first to its last character. Claims are
        low, hollow and hatched.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, (7.5, 3.2))
    disciplines = profile.taxonomy.disciplines
    for row, d in enumerate(disciplines):
        own = [e for e in profile.evidence if e.discipline == d.key]
        _bars(axes, row, [e for e in own if e.described], d.color, profile.kind)
        _bars(axes, row, [e for e in own if not e.described], d.color, profile.kind)
        axes.axhline(row + 0.5, color=ink(axes), linewidth=0.4, alpha=0.4)
    label_rows(axes, [d.name for d in disciplines])
    length = max([len(profile.document.text), *(e.end for e in profile.evidence)], default=1) or 1
    axes.set_xlim(0, length)
    axes.set_xticks([length * i / 5 for i in range(6)], [f"{20 * i}%" for i in range(6)])
    axes.set(xlabel="place in the text, from its beginning", title=profile.document.name or profile.kind)
    if profile.kind == "candidate":
        _legend(axes)
    return axes  # type: ignore[no-any-return]


def _bars(axes: Any, row: int, evidence: list[Evidence], color: str, kind: str) -> None:
    if not evidence:
        return
    described = evidence[0].described
    depth = np.array([e.depth if kind == "candidate" else _ROLE_DEPTH for e in evidence])
    height = _height(depth) if described else np.full(len(evidence), _CLAIM_HEIGHT)
    axes.barh(
        row + 0.45 - height / 2,
        [e.end - e.start for e in evidence],
        left=[e.start for e in evidence],
        height=height,
        color=[(color, a) for a in _alpha(depth)] if described else "none",
        edgecolor=ink(axes),
        hatch=None if described else "////",
        linewidth=0.5 * EDGE,
    )


def _height(depth: Any) -> Any:
    return 0.1 + 0.2 * np.clip(depth, 0.0, 4.0)


def _alpha(depth: Any) -> Any:
    return np.clip(0.2 + 0.2 * depth, 0.2, 1.0)


def _legend(axes: Any) -> None:
    patch = require("matplotlib.patches", "plots", "drawing").Patch
    grey = "#666666"
    keys = [patch(facecolor=(grey, _alpha(i)), edgecolor=grey, label=DEPTH_NAMES[i]) for i in range(1, 5)]
    keys.append(patch(facecolor="none", edgecolor=ink(axes), hatch="////", label="claimed only"))
    legend_below(axes, handles=keys, ncols=5)
