"""`profile_frame` and `score_frame`: a table in, a table or a folder of Parquet files out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw

from ..bundle import ModelLike, load_bundle
from ..types import Kind
from ..workers import Workers
from .reading import Reader
from .rows import match_columns, match_records, profile_columns
from .run import CHUNK, Folder, Run
from .tables import Carry, Columns


def profile_frame(
    df: Any,
    text: str = "text",
    kind: Kind = "candidate",
    *,
    model: ModelLike = "base",
    carry: Carry = False,
    n_jobs: int = 1,
    chunk: int = CHUNK,
    out: Folder | None = None,
    progress: bool | None = None,
) -> Any:
    """Profile every row of a table.

    Parameters
    ----------
    df : DataFrame, Table or path
        A pandas, polars or pyarrow table; it is not changed. With `out`, also the path of a
        Parquet file, a folder of them, or a CSV file, which is read piece by piece.
    text : str, default "text"
        The column with the documents: texts, paths or `Document` values.
    kind : {"candidate", "role"}, default "candidate"
        What the documents are.
    model : {"base", "fast"}, path or Model
        The model to use.
    carry : bool, str or list of str, default False
        The columns of `df` to carry along, before the results; True for all of them.
    n_jobs : int, default 1
        Processes, as joblib counts them: -1 is one a core. The results are the same to the bit.
    chunk : int, default 1000
        Rows worked on at once.
    out : path, optional
        A folder to write the result to as Parquet files, a file a chunk. A run that was stopped,
        however, is completed by the same call. Needs the extra ``tables``.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody is watching.

    Returns
    -------
    DataFrame or Table
        Of the kind of `df`, in its order, with its index where it has one: the carried columns, a
        column for each discipline (the probability), ``share_*``, ``depth_*``, ``primary``,
        ``status`` and ``reason``. A row that cannot be read has status ``"error"``, no numbers
        (NaN in pandas, null elsewhere), and the reason; the other rows are not affected. Equal
        texts are read once. With `out`, the folder.

    Raises
    ------
    InputError
        If `df` is no table, a column is missing, a carried column has the name of a result, or
        `out` holds a run with another input, bundle or options.
    MissingExtraError
        If `out` is given and pyarrow is not installed.
    """
    chosen = load_bundle(model)
    blank = profile_columns([], chosen.taxonomy)
    run = Run.over(df, [text], blank, carry=carry, chunk=chunk, label="profiling", progress=progress)
    with Workers(chosen, n_jobs) as workers:
        reader = Reader(workers, kind)

        def work(frame: nw.DataFrame[Any], tick: Callable[[int], Any]) -> Columns:
            return profile_columns(reader.read(frame.get_column(text).to_list(), tick), chosen.taxonomy)

        return run.done(work, out, chosen, {"task": "profile", "text": text, "kind": kind})


def score_frame(
    df: Any,
    role: str = "role",
    candidate: str = "candidate",
    *,
    model: ModelLike = "base",
    carry: Carry = False,
    n_jobs: int = 1,
    chunk: int = CHUNK,
    out: Folder | None = None,
    progress: bool | None = None,
) -> Any:
    """Match the role and the candidate of every row of a table.

    Parameters
    ----------
    df : DataFrame, Table or path
        As in `profile_frame`.
    role, candidate : str
        The columns with the documents: texts, paths, `Document` or `Profile` values.
    model, carry, n_jobs, chunk, out, progress
        As in `profile_frame`.

    Returns
    -------
    DataFrame or Table
        Of the kind of `df`, in its order, with its index where it has one: the carried columns,
        ``fit``, ``mismatch``, ``verdict``, ``role_primary``, ``candidate_primary``, ``gaps``,
        ``flags``, ``status`` and ``reason``. A row that cannot be read has status ``"error"``.
        Equal texts are read once. With `out`, the folder.

    Raises
    ------
    InputError
        As in `profile_frame`.
    MissingExtraError
        If `out` is given and pyarrow is not installed.
    """
    chosen = load_bundle(model)
    run = Run.over(
        df, [role, candidate], match_columns([]), carry=carry, chunk=chunk, label="scoring", progress=progress
    )
    with Workers(chosen, n_jobs, "text") as workers:
        roles, candidates = Reader(workers, "role"), Reader(workers, "candidate")

        def work(frame: nw.DataFrame[Any], tick: Callable[[int], Any]) -> Columns:
            needs = roles.read(frame.get_column(role).to_list())
            shown = candidates.read(frame.get_column(candidate).to_list(), tick)
            return match_columns(match_records(chosen, needs, shown))

        return run.done(work, out, chosen, {"task": "score", "role": role, "candidate": candidate})
