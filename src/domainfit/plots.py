"""Pictures of results; each discipline has one colour everywhere. Needs the extra ``plots``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._optional import require
from .results import Match, Profile, depth_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _axes(ax: Axes | None) -> Any:
    pyplot = require("matplotlib.pyplot", "plots", "drawing")
    return pyplot.subplots(figsize=(6, 3), layout="constrained")[1] if ax is None else ax


def plot_profile(profile: Profile, *, ax: Axes | None = None) -> Axes:
    """Draw each discipline's probability as a bar, with the depth beside a candidate's.

    Parameters
    ----------
    profile : Profile
        What to draw.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Axes = _axes(ax)
    disciplines = profile.taxonomy.disciplines
    values = [profile.probability[d.key] for d in disciplines]
    axes.barh([d.name for d in disciplines], values, color=[d.color for d in disciplines])
    if profile.kind == "candidate":
        for i, d in enumerate(disciplines):
            axes.text(values[i] + 0.02, i, depth_name(profile.depth[d.key]), va="center", fontsize="small")
    axes.set(xlim=(0, 1.18), xlabel="P(substantial)", title=profile.document.name or profile.kind)
    axes.invert_yaxis()
    return axes


def plot_match(match: Match, *, ax: Axes | None = None) -> Axes:
    """Draw the role's demand as bars, the covered part filled.

    Parameters
    ----------
    match : Match
        What to draw.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Axes = _axes(ax)
    disciplines = match.role.taxonomy.disciplines
    demand = np.array([match.role.share[d.key] for d in disciplines])
    open_part = {g.discipline: g.size for g in match.gaps}
    covered = demand - np.array([open_part.get(d.key, 0.0) for d in disciplines])
    names, colors = [d.name for d in disciplines], [d.color for d in disciplines]
    axes.barh(names, demand, color="none", edgecolor=colors)
    axes.barh(names, covered, color=colors)
    axes.set(
        xlim=(0, 1),
        xlabel="share of the role's demand (filled: covered)",
        title=f"{match.verdict}, fit {match.fit:.2f}",
    )
    axes.invert_yaxis()
    return axes
