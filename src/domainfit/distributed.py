"""The frame functions on engines that are there already: Spark, Dask and Ray.

Each worker runs `domainfit.profile_frame` or `domainfit.score_frame` on its part of the table, with
one model, opened once. The results are those of one process, to the bit.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import frames
from .bundle import SHIPPED, ModelLike, load_bundle
from .exceptions import InputError
from .frames.rows import match_columns, profile_columns
from .frames.tables import Carry, Columns, carried, check_columns
from .types import Kind
from .workers import NamedModel, SharedModel


def profile_frame(
    df: Any, text: str = "text", kind: Kind = "candidate", *, model: ModelLike = "base", carry: Carry = False
) -> Any:
    """Profile every row of a Spark, Dask or Ray table.

    Parameters
    ----------
    df : pyspark.sql.DataFrame, dask.dataframe.DataFrame or ray.data.Dataset
        The table. Nothing is computed until its result is asked for.
    text : str, default "text"
        The column with the texts.
    kind : {"candidate", "role"}, default "candidate"
        What the documents are.
    model : {"base", "fast"}, path or Model
        The model. A name is loaded from each worker's own installation; any other is sent.
    carry : bool, str or list of str, default False
        The columns to carry along, before the results; True for all of them.

    Returns
    -------
    pyspark.sql.DataFrame, dask.dataframe.DataFrame or ray.data.Dataset
        The columns of `domainfit.profile_frame`. A Dask table keeps its index and its partitions, a Ray
        dataset its blocks.

    Raises
    ------
    InputError
        If it is no such table, a column is missing, or a carried column has the name of a result.
    """
    chosen = load_bundle(model)
    options = {"text": text, "kind": kind}
    return _spread(df, frames.profile_frame, [text], options, profile_columns([], chosen.taxonomy), model, carry)


def score_frame(
    df: Any, role: str = "role", candidate: str = "candidate", *, model: ModelLike = "base", carry: Carry = False
) -> Any:
    """Match the role and the candidate of every row of a Spark, Dask or Ray table.

    Parameters
    ----------
    df : pyspark.sql.DataFrame, dask.dataframe.DataFrame or ray.data.Dataset
        As in `profile_frame`.
    role, candidate : str
        The columns with the texts.
    model, carry
        As in `profile_frame`.

    Returns
    -------
    pyspark.sql.DataFrame, dask.dataframe.DataFrame or ray.data.Dataset
        The columns of `domainfit.score_frame`.

    Raises
    ------
    InputError
        As in `profile_frame`.
    """
    options = {"role": role, "candidate": candidate}
    return _spread(df, frames.score_frame, [role, candidate], options, match_columns([]), model, carry)


@dataclass(frozen=True)
class _Task:
    """What a worker does with a part of the table."""

    frame: Callable[..., Any]
    options: dict[str, Any]
    model: NamedModel | SharedModel

    def __call__(self, part: pd.DataFrame) -> pd.DataFrame:
        out: pd.DataFrame = self.frame(part, **self.options, model=self.model.open(), progress=False)
        return out

    def batches(self, parts: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        return map(self, parts)


def _call(part: pd.DataFrame, task: _Task) -> pd.DataFrame:
    return task(part)


def _spread(
    df: Any,
    frame: Callable[..., Any],
    needed: Sequence[str],
    options: dict[str, Any],
    blank: Columns,
    model: ModelLike,
    carry: Carry,
) -> Any:
    engine = type(df).__module__.split(".")[0]
    if engine not in ("pyspark", "dask", "ray"):
        kind, local = type(df).__name__, f"domainfit.{frame.__name__}"
        raise InputError(f"give a Spark, Dask or Ray table, not a {kind}; {local} takes tables in memory")
    columns = list(df.columns() if engine == "ray" else df.columns)
    check_columns(columns, *needed)
    kept = carried(columns, carry, list(blank))
    options = {**options, "carry": kept}
    chosen = load_bundle(model)
    named = isinstance(model, str) and model in SHIPPED
    task = _Task(frame, options, NamedModel(str(model)) if named else SharedModel(chosen))
    # Only what is needed travels to the workers.
    wanted = list(dict.fromkeys([*needed, *kept]))
    if engine == "pyspark":
        return df.select(*wanted).mapInPandas(task.batches, _spark_schema(df, kept, blank))
    if engine == "ray":
        return df.select_columns(wanted).map_batches(_call, fn_kwargs={"task": task}, batch_format="pandas")
    from dask import delayed

    # As a value of its own the model travels to each worker once, and not with every partition.
    sent = delayed(task, name=f"domainfit-{task.model.key}-{uuid.uuid4().hex}", traverse=False)
    return df.map_partitions(_call, sent, meta=frame(df._meta, **options, model=chosen, progress=False))


def _spark_schema(df: Any, kept: Sequence[str], blank: Columns) -> Any:
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    own = [StructField(k, DoubleType() if isinstance(v, np.ndarray) else StringType()) for k, v in blank.items()]
    return StructType([*(df.schema[k] for k in kept), *own])
