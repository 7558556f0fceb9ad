"""`rank`: one role, many candidates, best first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..bundle import ModelLike, load_bundle
from ..exceptions import DomainfitError, InputError
from ..model import Model
from ..progress import progress_bar
from ..records import record_of
from ..results import Match, Profile
from ..types import FloatArray
from ..workers import Workers, profile_or_error
from .pool import Pool
from .reading import Reader
from .rows import match_columns, match_records, match_results
from .run import CHUNK
from .tables import Carry, Columns, carried, joined


def rank(
    role: Any,
    candidates: Any,
    floor: Any = None,
    *,
    top: int | None = None,
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
    candidates : mapping, Series, sequence, DataFrame, Table or ProfileStore
        The candidates, each a text, a path, bytes, a `Document` or a `Profile`. The keys of a
        mapping or the index of a Series or DataFrame name them; in a sequence a document's own
        name does, or its position; in a polars or pyarrow table its position. A `ProfileStore`
        brings its own model, and profiles nothing.
    floor : float or Floor, optional
        A cut-off on ``fit``, or what `domainfit.floor` found for this model; ``above_floor`` tells
        who reaches it. Nobody is dropped.
    top : int, optional
        How many to give back; by default all.
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
        If `floor` is outside [0, 1], `top` is below 0, or a column is missing.
    """
    from ..store import ProfileStore

    check_top(top)
    if isinstance(candidates, ProfileStore):
        return candidates.rank(role, top, floor=floor)
    chosen = load_bundle(model)
    floor = cutoff(floor, chosen)
    need = chosen.profile(role, "role")
    pool = Pool.of(candidates, text)
    kept = carried(pool.columns, carry, ["candidate", "rank", *match_columns([]), "above_floor"])
    columns = _match_all(chosen, need, pool.documents, n_jobs, progress)
    order = best_first(columns["fit"])[:top]
    return pool.laid_out(order.tolist(), kept, _placed(_rows(columns, order), floor))


def cutoff(floor: Any, model: Model) -> float | None:
    """Take a cut-off on fit, or a `Floor`, which is refused if it was made with another model."""
    value = floor.cutoff_for(model) if hasattr(floor, "cutoff_for") else floor
    if value is None:
        return None
    if not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise InputError(f"floor is a cut-off on fit and must lie in [0, 1], not {value!r}")
    return float(value)


def check_top(top: int | None) -> None:
    """Refuse a number of candidates that is none."""
    if top is not None and (not isinstance(top, int) or top < 0):
        raise InputError(f"top must be a number of candidates, or None for all, not {top!r}")


def ranking_columns(matches: Sequence[Match | DomainfitError], floor: float | None) -> Columns:
    """Lay sorted matches out as columns, with their places."""
    return _placed(match_columns(matches), floor)


def _placed(columns: Columns, floor: float | None) -> Columns:
    unplaced = np.isnan(columns["fit"])
    places = np.ma.MaskedArray(np.arange(1, len(unplaced) + 1), unplaced)
    return {"rank": places, **columns, "above_floor": columns["fit"] >= (0.0 if floor is None else floor)}


def _rows(columns: Columns, order: npt.NDArray[np.intp]) -> Columns:
    return {k: v[order] if isinstance(v, np.ndarray) else [v[i] for i in order] for k, v in columns.items()}


def best_first(fit: FloatArray) -> npt.NDArray[np.intp]:
    """Order candidates by fit; those without one come last, and equals stay as they were given."""
    return np.argsort(-fit, kind="stable")


def rank_matches(
    role: Any, candidates: Any, *, model: ModelLike = "base", progress: bool | None = None
) -> list[tuple[Hashable, Match | DomainfitError]]:
    """Rank candidates like `rank`, and return the names with the whole matches (or errors)."""
    chosen = load_bundle(model)
    need = chosen.profile(role, "role")
    pool = Pool.of(candidates, "text")
    matches: list[Match | DomainfitError] = []
    with progress_bar("candidates", len(pool.documents), shown=progress) as bar:
        for document in pool.documents:
            matches.append(match_results(chosen, need, profile_or_error(chosen, document, "candidate")))
            bar.update(1)
    fit = np.array([m.fit if isinstance(m, Match) else np.nan for m in matches], np.float64)
    return [(pool.names[i], matches[i]) for i in best_first(fit)]


def _match_all(model: Model, role: Profile, documents: Sequence[Any], n_jobs: int, progress: bool | None) -> Columns:
    need = record_of(role, model.taxonomy, "text")
    parts = []
    with (
        Workers(model, n_jobs, "text") as workers,
        progress_bar("candidates", len(documents), shown=progress) as bar,
    ):
        reader = Reader(workers, "candidate")
        for i in range(0, len(documents), CHUNK):
            shown = reader.read(documents[i : i + CHUNK], bar.update)
            # Only the columns are kept: a pool's matches with their texts would fill the memory.
            parts.append(match_columns(match_records(model, [need] * len(shown), shown)))
    return joined(parts, match_columns([]))
