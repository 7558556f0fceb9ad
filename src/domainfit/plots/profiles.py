"""One profile, or several, over the disciplines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import InputError
from ..results import Profile, depth_name
from ._canvas import EDGE, MARKERS, colors, hatches, ink, label_rows, legend_below, new_axes, write_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = ("-", "--", ":", "-.")


def plot_profile(profile: Profile, *, ax: Axes | None = None) -> Axes:
    """Draw each discipline's probability as a bar, with a candidate's depth beside it.

    Parameters
    ----------
    profile : Profile
        What to draw; where the library abstains, the reason is written in place of bars.
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
    axes: Any = new_axes(ax)
    disciplines = profile.taxonomy.disciplines
    label_rows(axes, [d.name for d in disciplines])
    axes.set(xlim=(0, 1), xlabel="P(a substantial part of the work)", title=profile.document.name or profile.kind)
    if profile.status == "abstained":
        reason = "\n".join(["not scored:", *profile.reasons])
        axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center", wrap=True)
        return axes  # type: ignore[no-any-return]
    values = [profile.probability[d.key] for d in disciplines]
    axes.barh(
        range(len(values)),
        values,
        color=colors(profile.taxonomy),
        hatch=hatches(len(values)),
        edgecolor=ink(axes),
        linewidth=EDGE,
    )
    for row, d in enumerate(disciplines):
        depth = f"  {depth_name(profile.depth[d.key])}" if profile.kind == "candidate" else ""
        write_beside(axes, row, f"{values[row]:.2f}{depth}", bold=d.key == profile.primary)
    return axes  # type: ignore[no-any-return]


def plot_radar(*profiles: Profile, labels: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw profiles over one another on a radar of the disciplines' probabilities.

    Parameters
    ----------
    *profiles : Profile
        What to draw, such as a role and a candidate; of one taxonomy. Those on which the library
        abstains are left out, and the legend says so.
    labels : sequence of str, optional
        What to call each; by default the document's name, or what it was read as.
    ax : matplotlib polar Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        Polar; the first discipline points up, the others follow clockwise.

    Raises
    ------
    InputError
        If there is no profile, the taxonomies or the number of labels differ, or `ax` is not polar.
    MissingExtraError
        If matplotlib is not installed.
    """
    names = labels if labels is not None else [p.document.name or p.kind for p in profiles]
    if not profiles or len(names) != len(profiles) or any(p.taxonomy != profiles[0].taxonomy for p in profiles):
        raise InputError(f"a radar needs profiles of one taxonomy and a label for each: {len(profiles)}, {len(names)}")
    axes: Any = new_axes(ax, (4.8, 4.8), polar=True)
    taxonomy = profiles[0].taxonomy
    angles = np.linspace(0, 2 * np.pi, len(taxonomy), endpoint=False)
    _spokes(axes, angles, [d.name for d in taxonomy.disciplines])
    for i, (profile, name) in enumerate(zip(profiles, names, strict=True)):
        scored = profile.status != "abstained"
        values = taxonomy.vector(profile.probability) if scored else np.full(len(taxonomy), np.nan)
        label = name if scored else f"{name} (not scored)"
        look = {"linestyle": _LINES[i % len(_LINES)], "marker": MARKERS[i % len(MARKERS)], "color": ink(axes)}
        axes.plot(np.append(angles, 0.0), np.append(values, values[0]), label=label, zorder=3, **look)
        axes.fill(angles, values, color=ink(axes), alpha=0.08)
    axes.scatter(angles, np.ones(len(angles)), s=90, c=colors(taxonomy), edgecolors=ink(axes), zorder=4, clip_on=False)
    legend_below(axes, 32)
    return axes  # type: ignore[no-any-return]


def _spokes(axes: Any, angles: Any, names: list[str]) -> None:
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_xticks(angles, names)
    axes.tick_params(axis="x", pad=18)
    axes.set(ylim=(0, 1), yticks=[0.25, 0.5, 0.75, 1.0])
    axes.set_yticklabels(["", "0.5", "", "1"], fontsize="x-small")
