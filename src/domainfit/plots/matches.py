"""A match, and a ranked pool."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from .._optional import require
from ..exceptions import DomainfitError, InputError
from ..results import Match
from ..taxonomy import Taxonomy
from ._canvas import EDGE, colors, hatches, ink, label_rows, legend_below, new_axes, write_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAME = 28


def plot_match(match: Match, *, ax: Axes | None = None) -> Axes:
    """Draw what the role needs of each discipline, the covered part filled, the gap left open.

    Parameters
    ----------
    match : Match
        What to draw.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        The first bars are the demand, the next the part of it that is covered.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, (8.4, 3.4))
    taxonomy, gaps = match.role.taxonomy, {g.discipline: g for g in match.gaps}
    demand = taxonomy.vector(match.role.share)
    # Nothing is known to be covered where nothing was decided.
    open_part = demand if match.verdict == "undecided" else taxonomy.vector({k: g.size for k, g in gaps.items()})
    rows, edge = np.arange(len(taxonomy)), ink(axes)
    axes.barh(rows, demand, color="none", edgecolor=edge, linestyle="--", linewidth=EDGE)
    axes.barh(
        rows,
        demand - open_part,
        color=colors(taxonomy),
        hatch=hatches(len(rows)),
        edgecolor=edge,
        linewidth=EDGE,
    )
    for row, key in enumerate(taxonomy.keys):
        through = gaps[key].covered_by if key in gaps else None
        note = f" through {taxonomy[through].name}" if through else ""
        if demand[row] >= 0.01:
            covered = 1 - open_part[row] / demand[row]
            write_beside(axes, row, f"{demand[row]:.0%} needed, {covered:.0%} covered{note}")
    label_rows(axes, [d.name for d in taxonomy.disciplines])
    axes.set(xlim=(0, 1), xlabel="part of the role's demand (filled: covered)", title=_title(match))
    return axes  # type: ignore[no-any-return]


def _title(match: Match) -> str:
    return match.verdict if match.verdict == "undecided" else f"{match.verdict}, fit {match.fit:.2f}"


def plot_ranking(
    matches: Sequence[tuple[Hashable, Match | DomainfitError]], *, most: int = 30, ax: Axes | None = None
) -> Axes:
    """Draw a ranked pool: each candidate's disciplines as a stacked bar, the fit as a diamond, the verdict beside it.

    Parameters
    ----------
    matches : sequence of (name, Match or DomainfitError)
        The candidates, best first, as `domainfit.frames.rank_matches` returns them.
    most : int, default 30
        How many to draw; the title says how many there are.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        A row each, the best on top. A candidate without AI work has no bar; one that was not
        scored or not read has neither bar nor diamond.

    Raises
    ------
    InputError
        If no candidate could be read.
    MissingExtraError
        If matplotlib is not installed.
    """
    shown = list(matches)[:most]
    taxonomy = next((m.role.taxonomy for _, m in matches if isinstance(m, Match)), None)
    if taxonomy is None:
        raise InputError("there is nothing to draw: give at least one match")
    axes: Any = new_axes(ax, (7.5, 1.9 + 0.32 * len(shown)))
    _stack(axes, shown, taxonomy)
    decided = [(i, m) for i, (_, m) in enumerate(shown) if isinstance(m, Match) and m.verdict != "undecided"]
    fit = axes.scatter(
        [m.fit for _, m in decided],
        [i for i, _ in decided],
        marker="D",
        s=42,
        c="white",
        edgecolors="black",
        linewidths=1.4,
        zorder=3,
        label="fit",
        clip_on=False,
    )
    for row, (_, match) in enumerate(shown):
        write_beside(axes, row, _beside(match))
    label_rows(axes, [shorten(str(name), _NAME, placeholder="…") for name, _ in shown])
    drawn = f"the first {len(shown)} of {len(matches)}" if len(shown) < len(matches) else f"{len(shown)} candidates"
    axes.set(xlim=(0, 1), xlabel="bars: parts of the candidate's AI work; diamond: fit", title=drawn)
    legend_below(axes, handles=[fit, *_keys(taxonomy)], ncols=4)
    return axes  # type: ignore[no-any-return]


def _stack(axes: Any, shown: Sequence[tuple[Hashable, Match | DomainfitError]], taxonomy: Taxonomy) -> None:
    shares = np.array([_shares(m, taxonomy) for _, m in shown])
    left = np.cumsum(shares, axis=1) - shares
    for k, d in enumerate(taxonomy.disciplines):
        look = {"color": d.color, "hatch": hatches(len(taxonomy))[k], "edgecolor": "black", "linewidth": EDGE}
        # A black edge on nothing would look like a little of something.
        some = np.flatnonzero(shares[:, k] >= 0.005)
        axes.barh(some, shares[some, k], left=left[some, k], height=0.7, **look)


def _keys(taxonomy: Taxonomy) -> list[Any]:
    """Make the legend's keys: of all disciplines, those too that nobody of these shows."""
    patch = require("matplotlib.patches", "plots", "drawing").Patch
    looks = zip(taxonomy.disciplines, hatches(len(taxonomy)), strict=True)
    return [patch(facecolor=d.color, hatch=h, edgecolor="black", label=d.name) for d, h in looks]


def _shares(match: Match | DomainfitError, taxonomy: Taxonomy) -> Any:
    if not isinstance(match, Match) or match.candidate.primary is None:
        return taxonomy.vector({})
    return taxonomy.vector(match.candidate.share)


def _beside(match: Match | DomainfitError) -> str:
    if not isinstance(match, Match):
        return "not read"
    if match.verdict == "undecided":
        return "not scored"
    nothing = ", no AI work found" if match.candidate.primary is None else ""
    return f"{match.fit:.2f} {match.verdict}{nothing}"
