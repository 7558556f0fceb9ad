"""Models side by side on placements that none of them learned from."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..bundle import ModelLike, load_bundle
from ..exceptions import InputError
from .features import pair_features
from .judging import judge_many
from .model import head_probability
from .schema import Placements


def compare_models(
    models: Sequence[ModelLike],
    placements: Placements,
    *,
    work: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Measure models side by side on placements that none of them learned from.

    Parameters
    ----------
    models : sequence of model
        At least one; they share a taxonomy. The first is what the others are compared with.
    placements : Placements
        What to measure on.
    work, progress
        As in `fit_placements`.

    Returns
    -------
    DataFrame
        As `judging.judge` gives.
    """
    loaded = [load_bundle(m) for m in models]
    if any(m.taxonomy != loaded[0].taxonomy for m in loaded):
        raise InputError("the models have different taxonomies: their figures cannot stand beside one another")
    parts = []
    for i, one in enumerate(loaded):
        features = pair_features(one, placements, work=work, progress=progress)
        parts.append((f"{i + 1} {one.name}", one.heads.match, features))
    usable = ~np.isnan(placements.outcome) & (placements.weight > 0)
    for _, _, features in parts:
        usable &= ~np.isnan(features).any(axis=1)
    keys = loaded[0].taxonomy.keys
    given = [(name, head_probability(head, f[usable])) for name, head, f in parts]
    need = parts[0][2][usable][:, : len(keys)].argmax(axis=1)
    return judge_many(given, need, placements.outcome[usable], placements.weight[usable], keys)
