"""`rank`: one role, many candidates, best first."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..bundle import ModelLike, load_bundle
from ..exceptions import DomainfitError, InputError
from ..model import Model
from ..progress import progress_bar
from ..records import record_of
from ..results import Match, Profile
from ..types import Document
from ..workers import Workers, profile_or_error
from .reading import Reader
from .rows import match_columns, match_records, match_results
from .run import CHUNK
from .tables import Carry, Columns, carried, check_columns, lay_beside, open_table, pandas_table


def rank(
    role: Any,
    candidates: Any,
    floor: float | None = None,
    *,
    text: str = "text",
    model: ModelLike = "base",
    carry: Carry = False,
    n_jobs: int = 1,
    progress: bool | None = None,
) -> Any:
    """Rank candidates for a role, best first.

    Parameters
    ----------
    role : str, path, bytes, Document or Profile
        The role.
    candidates : mapping, Series, sequence, DataFrame or Table
        The candidates, each a text, a path, bytes, a `Document` or a `Profile`. The keys of a
        mapping or the index of a Series or DataFrame name them; in a sequence a document's own
        name does, or its position; in a polars or pyarrow table its position.
    floor : float, optional
        A cut-off on ``fit``; ``above_floor`` tells who reaches it. Nobody is dropped.
    text : str, default "text"
        The column with the documents, where the candidates are a table.
    model : {"base", "fast"}, path or Model
        The model to use.
    carry : bool, str or list of str, default False
        The columns of a table of candidates to carry along, before the results; True for all.
    n_jobs : int, default 1
        Processes, as joblib counts them: -1 is one a core. The results are the same to the bit.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody is watching.

    Returns
    -------
    DataFrame or Table
        ``rank``, the columns of `score_frame`, and ``above_floor``. A polars or pyarrow table gives
        one of its kind, in which the column ``candidate`` holds the names; all else gives a pandas
        DataFrame indexed by them. Those without a score come last, in their given order, without a
        rank; equal fits stay in their given order.

    Raises
    ------
    DomainfitError
        If the role cannot be read. A candidate that cannot be read is a row of status ``"error"``.
    InputError
        If `floor` is outside [0, 1], or a column is missing.
    """
    check_floor(floor)
    chosen = load_bundle(model)
    need = chosen.profile(role, "role")
    pool = _Pool.of(candidates, text)
    kept = carried(pool.columns, carry, ["candidate", "rank", *match_columns([]), "above_floor"])
    matches = _matches(chosen, need, pool.documents, n_jobs, progress)
    order = best_first(matches)
    results = ranking_columns([matches[i] for i in order], floor)
    return pool.laid_out(order, kept, results)


def check_floor(floor: float | None) -> None:
    """Refuse a floor that is no cut-off on fit."""
    if floor is not None and not 0 <= floor <= 1:
        raise InputError(f"floor is a cut-off on fit and must lie in [0, 1], not {floor!r}")


def ranking_columns(matches: Sequence[Match | DomainfitError], floor: float | None) -> Columns:
    """Lay sorted matches out as columns, with their places."""
    columns = match_columns(matches)
    unplaced = np.isnan(columns["fit"])
    places = np.ma.MaskedArray(np.arange(1, len(unplaced) + 1), unplaced)
    return {"rank": places, **columns, "above_floor": columns["fit"] >= (0.0 if floor is None else floor)}


def best_first(matches: Sequence[Match | DomainfitError]) -> list[int]:
    """Order matches by fit; those without one come last, and equals stay as they were given."""
    fit = np.array([m.fit if isinstance(m, Match) else np.nan for m in matches], np.float64)
    return [int(i) for i in np.argsort(-fit, kind="stable")]


def rank_matches(
    role: Any, candidates: Any, *, model: ModelLike = "base", progress: bool | None = None
) -> list[tuple[Hashable, Match | DomainfitError]]:
    """Rank candidates like `rank`, and return the names with the whole matches (or errors)."""
    chosen = load_bundle(model)
    need = chosen.profile(role, "role")
    pool = _Pool.of(candidates, "text")
    matches: list[Match | DomainfitError] = []
    with progress_bar("candidates", len(pool.documents), shown=progress) as bar:
        for document in pool.documents:
            matches.append(match_results(chosen, need, profile_or_error(chosen, document, "candidate")))
            bar.update(1)
    return [(pool.names[i], matches[i]) for i in best_first(matches)]


def _matches(
    model: Model, role: Profile, documents: Sequence[Any], n_jobs: int, progress: bool | None
) -> list[Match | DomainfitError]:
    need = record_of(role, model.taxonomy)
    out: list[Match | DomainfitError] = []
    with (
        Workers(model, n_jobs) as workers,
        progress_bar("candidates", len(documents), shown=progress) as bar,
    ):
        reader = Reader(workers, "candidate")
        for i in range(0, len(documents), CHUNK):
            shown = reader.read(documents[i : i + CHUNK], bar.update)
            out += match_records(model, [need] * len(shown), shown)
    return out


@dataclass(frozen=True)
class _Pool:
    """Candidates by name, and the table that they came in."""

    names: list[Hashable]
    documents: list[Any]
    frame: nw.DataFrame[Any] | None = None

    @classmethod
    def of(cls, candidates: Any, text: str) -> _Pool:
        if isinstance(candidates, (str, bytes, Document, Profile)):
            raise InputError("candidates must be several: give a list, a mapping from names, a Series or a table")
        if isinstance(candidates, (Mapping, pd.Series)):
            values = candidates.values() if isinstance(candidates, Mapping) else candidates
            return cls(list(candidates.keys()), list(values))
        if hasattr(candidates, "columns"):
            frame = open_table(candidates)
            check_columns(frame.columns, text)
            index = nw.maybe_get_index(frame)
            names = range(len(frame)) if index is None else index
            return cls(list(names), frame.get_column(text).to_list(), frame)
        if hasattr(candidates, "to_pylist"):  # A pyarrow array; its own items are no texts.
            candidates = candidates.to_pylist()
        documents = list(candidates)
        return cls([_name(d) or i for i, d in enumerate(documents)], documents)

    @property
    def columns(self) -> list[str]:
        return [] if self.frame is None else self.frame.columns

    def laid_out(self, order: list[int], carry: list[str], results: Columns) -> Any:
        names = [self.names[i] for i in order]
        if self.frame is None:
            return pandas_table(results, pd.Index(names, name="candidate"))
        if not isinstance(self.frame.to_native(), pd.DataFrame):
            results = {"candidate": np.array(names, np.int64), **results}
        return lay_beside(self.frame[order], carry, results)


def _name(document: Any) -> str | None:
    if isinstance(document, Profile):
        return document.document.name
    named = isinstance(document, (Document, os.PathLike)) and hasattr(document, "name")
    return document.name if named else None
