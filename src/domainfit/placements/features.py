"""What a placement's two documents say, as the numbers that a match rests on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..files import read_json, write_json
from ..fingerprint import fingerprint, hash_values
from ..matching import has_demand
from ..model import Model
from ..progress import progress_bar
from ..results import Profile
from ..types import FloatArray, Kind
from ..workers import profile_or_error
from .schema import Placements

SAVE_EVERY = 200
"""After so many documents what is known is written down: the most that an interruption loses."""


def pair_features(
    model: Model,
    placements: Placements,
    *,
    work: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> FloatArray:
    """Return the role's shares, the candidate's shown strengths and depths of each placement.

    Parameters
    ----------
    model : Model
        Profiles the documents, each once.
    placements : Placements
        With documents, not with fits only.
    work : path, optional
        A folder that remembers the numbers, so that an interrupted run goes on; it holds hashes and
        numbers, and no text.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody is watching.

    Returns
    -------
    ndarray of shape (n, 3 * n_disciplines)
        A row is NaN where the role names no need or either side cannot be scored.
    """
    known = Numbers(model, work)
    roles = known.of(placements.roles, "role", progress)
    candidates = known.of(placements.candidates, "candidate", progress)
    return np.concatenate([roles, candidates], axis=1)


class Numbers:
    """The numbers of documents by their hash, kept in memory and, if asked for, in a file.

    Parameters
    ----------
    model : Model
        Profiles the documents.
    work : path, optional
        The folder to remember them in.
    """

    def __init__(self, model: Model, work: str | os.PathLike[str] | None = None) -> None:
        self.model = model
        self.file = None if work is None else Path(work) / f"numbers-{fingerprint(model)}.json"
        self.known: dict[str, list[float]] = {}
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.known = read_json(self.file) if self.file.exists() else {}

    def of(self, documents: Sequence[Any], kind: Kind, progress: bool | None) -> FloatArray:
        """Return the numbers of documents, one row each."""
        keys = [f"{kind}-{hash_values([d])}" for d in documents]
        new = {k: d for k, d in zip(keys, documents, strict=True) if k not in self.known}
        with progress_bar(f"{kind}s", len(new), shown=progress) as bar:
            for i, (key, document) in enumerate(new.items(), 1):
                self.known[key] = self._numbers(document, kind)
                if i % SAVE_EVERY == 0:
                    self._save()
                bar.update(1)
        if new:
            self._save()
        return np.array([self.known[k] for k in keys], np.float64)

    def _numbers(self, document: Any, kind: Kind) -> list[float]:
        profile = profile_or_error(self.model, document, kind)
        vector, n = self.model.taxonomy.vector, len(self.model.taxonomy)
        if kind == "role":
            usable = isinstance(profile, Profile) and has_demand(profile)
            return list(vector(profile.share)) if usable and isinstance(profile, Profile) else [float("nan")] * n
        if not isinstance(profile, Profile) or profile.status == "abstained":
            return [float("nan")] * (2 * n)
        return [*vector(profile.shown), *vector(profile.shown_depth)]

    def _save(self) -> None:
        if self.file is not None:
            write_json(self.file, self.known)
