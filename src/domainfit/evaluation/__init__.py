"""How right a model is on labelled text."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..exceptions import InputError
from ..metrics import Index
from ..types import Kind
from .gold import Gold, GoldDocument, GoldPair, load_gold
from .report import Evaluation, Row, document_rows, pair_rows

if TYPE_CHECKING:
    from ..model import Model
    from ..results import Match, Profile

__all__ = ["Evaluation", "Gold", "Row", "evaluate", "load_gold"]

_log = logging.getLogger(__name__)


def evaluate(
    model: Model,
    gold: str | os.PathLike[str] | Gold,
    *,
    seed: int = 0,
    resamples: int = 1000,
    progress: bool | None = None,
) -> Evaluation:
    """Measure a model on labelled documents and pairs.

    Parameters
    ----------
    model : Model
        Anything with its ``taxonomy``, ``profile`` and ``score_match``. A document on which it
        raises, or gives numbers that are none, counts as wrong and does not stop the run.
    gold : path or Gold
        A folder as `load_gold` reads it, or what it returned.
    seed : int, default 0
        Seeds the bootstrap.
    resamples : int, default 1000
        Bootstrap samples; 0 for no intervals. Documents are resampled one by one; pairs role by
        role, since pairs of one role are not independent.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError
        If the folder is malformed.
    InputError
        If `resamples` is negative.
    """
    if resamples < 0:
        raise InputError(f"resamples must be 0 or more, not {resamples}")
    keys = model.taxonomy.keys
    gold = gold if isinstance(gold, Gold) else load_gold(gold, keys)
    roles = _profiles(model, gold.jobs, "role", progress)
    candidates = _profiles(model, gold.resumes, "candidate", progress)
    matches = [_match(model, p, roles[p.role], candidates[p.candidate]) for p in gold.pairs]

    def draw(n: int) -> Index:
        return np.random.default_rng(seed).integers(0, n, (resamples, n))

    rows: list[Row] = []
    if gold.jobs:
        rows += document_rows("Postings", gold.jobs, list(roles.values()), keys, draw)
    if gold.resumes:
        rows += document_rows("Résumés", gold.resumes, list(candidates.values()), keys, draw)
    if gold.pairs:
        rows += pair_rows(gold.pairs, matches, draw)
    failures = [name for side in (roles, candidates) for name, profile in side.items() if profile is None]
    failures += [
        f"{p.role}/{p.candidate}"
        for p, match in zip(gold.pairs, matches, strict=True)
        if match is None and roles[p.role] is not None and candidates[p.candidate] is not None
    ]
    method = (
        f"Intervals: 95% percentiles of {resamples} bootstrap samples, seed {seed}; documents are resampled "
        "one by one, pairs role by role."
    )
    return Evaluation(tuple(rows), tuple(failures), (method, *gold.notes))


def _profiles(
    model: Model, documents: Sequence[GoldDocument], kind: Kind, progress: bool | None
) -> dict[str, Profile | None]:
    from tqdm import tqdm

    quiet = None if progress is None else not progress  # tqdm takes None as "where it is no terminal"
    return {d.id: _profile(model, d, kind) for d in tqdm(documents, desc=kind, unit="doc", disable=quiet)}


def _profile(model: Model, document: GoldDocument, kind: Kind) -> Profile | None:
    keys = model.taxonomy.keys
    try:
        profile = model.profile(document.text, kind=kind)
        _check([profile.probability[k] for k in keys], 1.0)
        if kind == "candidate":
            _check([profile.depth[k] for k in keys], 4.0)
    except Exception as error:  # whatever it is, one document must not cost the report on the others
        _log_failure(document.id, error)
        return None
    return profile


def _match(model: Model, pair: GoldPair, role: Profile | None, candidate: Profile | None) -> Match | None:
    if role is None or candidate is None:
        return None
    try:
        match = model.score_match(role, candidate)
        if not (np.isnan(match.fit) or np.isnan(match.mismatch)):  # NaN says that the model declines to decide
            _check([match.fit, match.mismatch], 1.0)
    except Exception as error:  # as for a document
        _log_failure(f"{pair.role}/{pair.candidate}", error)
        return None
    return match


def _check(numbers: Sequence[float], high: float) -> None:
    if not all(-1e-9 <= x <= high + 1e-9 for x in numbers):
        raise ValueError(f"expected numbers from 0 to {high:g}")


def _log_failure(name: str, error: Exception) -> None:
    # The type alone: a message may quote the document.
    _log.info("%s could not be scored: %s", name, type(error).__name__)
