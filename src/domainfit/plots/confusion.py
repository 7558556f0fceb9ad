"""Which discipline is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..exceptions import InputError
from ..taxonomy import Taxonomy, default_taxonomy
from ._canvas import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DARK = 0.55


def plot_confusion(
    truth: Sequence[str | None],
    guess: Sequence[str | None],
    *,
    taxonomy: Taxonomy | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how often each true primary discipline is taken for each.

    Parameters
    ----------
    truth, guess : sequence of (str or None), of one length
        The true and the predicted primary of each document, as keys of the taxonomy; None for no
        discipline.
    taxonomy : Taxonomy, optional
        The disciplines; the six AI disciplines by default.
    ax : matplotlib Axes, optional
        Where to draw it; new axes by default.

    Returns
    -------
    matplotlib Axes
        Rows are what is true, columns what was predicted. Each cell bears its count and is shaded
        by its part of the row.

    Raises
    ------
    InputError
        If the lengths differ, nothing is given, or a label is not in the taxonomy.
    MissingExtraError
        If matplotlib is not installed.
    """
    axes: Any = new_axes(ax, (5.6, 4.8))
    taxonomy = taxonomy or default_taxonomy()
    counts = confusion_counts(truth, guess, taxonomy)
    names = [*(d.name for d in taxonomy.disciplines), "none"]
    parts = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(counts.shape):
        color = "white" if parts[i, j] > _DARK else "black"
        axes.text(j, i, str(counts[i, j]), ha="center", va="center", color=color)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    right = np.trace(counts) / counts.sum()
    axes.set(xlabel="predicted", ylabel="true", title=f"{right:.0%} of {counts.sum()} right")
    return axes  # type: ignore[no-any-return]


def confusion_counts(truth: Sequence[str | None], guess: Sequence[str | None], taxonomy: Taxonomy) -> Any:
    """Count the pairs of a true and a predicted primary.

    Returns
    -------
    ndarray of int, shape (n_disciplines + 1, n_disciplines + 1)
        Rows are what is true; the last row and column are for None.

    Raises
    ------
    InputError
        If the lengths differ, nothing is given, or a label is not in the taxonomy.
    """
    if len(truth) != len(guess) or not len(truth):
        raise InputError(f"give as many predictions as truths, and at least one: {len(truth)} and {len(guess)}")
    place: dict[str | None, int] = {k: i for i, k in enumerate((*taxonomy.keys, None))}
    counts = np.zeros((len(place), len(place)), np.int64)
    for i, pair in enumerate(zip(truth, guess, strict=True)):
        if not all(label in place for label in pair):
            raise InputError(f"row {i} has a label that is not in the taxonomy: use None or {', '.join(taxonomy.keys)}")
        counts[place[pair[0]], place[pair[1]]] += 1
    return counts
