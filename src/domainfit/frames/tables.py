"""Tables of any kind: pandas, polars and pyarrow, and Parquet and CSV files read piece by piece."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from .._optional import require
from ..exceptions import DataError, InputError

Columns = dict[str, Any]
"""Result columns by name: arrays, or lists of texts."""
Carry = bool | str | Sequence[str]
_AS_TEXT: dict[str, Any] = {"dtype": str, "keep_default_na": False}
_STRING = pd.Series([""]).dtype
_NUMBERS = {"f": (nw.Float64(), "float64"), "b": (nw.Boolean(), "bool"), "i": (nw.Int64(), "Int64")}


@dataclass(frozen=True)
class Source:
    """Something with rows, read in chunks.

    Parameters
    ----------
    columns : tuple of str
        The names of its columns.
    rows : int or None
        How many rows it has; None where only reading it would tell.
    chunks : callable
        Given the number of rows of a chunk and the columns needed, yields narwhals frames.
    whole : narwhals.DataFrame or None
        The whole table, where it is in memory.
    """

    columns: tuple[str, ...]
    rows: int | None
    chunks: Callable[[int, list[str]], Iterator[nw.DataFrame[Any]]]
    whole: nw.DataFrame[Any] | None = None


def open_source(table: Any) -> Source:
    """Wrap a table, or a Parquet or CSV file.

    Raises
    ------
    InputError
        If it is none of these, or two of its columns have one name.
    """
    if isinstance(table, os.PathLike):
        return _open_file(Path(os.fsdecode(table)))
    frame = open_table(table)

    def chunks(size: int, columns: list[str]) -> Iterator[nw.DataFrame[Any]]:
        return (frame[i : i + size] for i in range(0, len(frame), size))

    return Source(tuple(frame.columns), len(frame), chunks, frame)


def open_table(table: Any) -> nw.DataFrame[Any]:
    """Wrap a table in memory."""
    try:
        frame: nw.DataFrame[Any] = nw.from_native(table, eager_only=True)
        frame.columns  # noqa: B018 - narwhals looks for names given twice only now.
    except TypeError:
        raise InputError(
            f"cannot read a {type(table).__name__}: give a pandas, polars (collected) or pyarrow table, "
            "or the path of a Parquet or CSV file"
        ) from None
    except nw.exceptions.DuplicateError:
        raise InputError("two columns of the table have one name: rename one") from None
    return frame


def _open_file(path: Path) -> Source:
    parquet = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not parquet or not parquet[0].is_file():
        raise InputError(f"there is no table at {path}: give a Parquet or CSV file, or a folder of Parquet files")
    return _open_csv(path) if path.suffix.lower() == ".csv" else _open_parquet(parquet)


def _open_csv(path: Path) -> Source:
    try:
        columns = tuple(pd.read_csv(path, nrows=0, **_AS_TEXT).columns)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}") from None

    def chunks(size: int, needed: list[str]) -> Iterator[nw.DataFrame[Any]]:
        try:
            with pd.read_csv(path, usecols=needed, chunksize=size, **_AS_TEXT) as pieces:
                yield from (nw.from_native(p, eager_only=True) for p in pieces)
        except (OSError, ValueError) as error:
            raise DataError(f"{path} is damaged: {type(error).__name__}") from None

    return Source(columns, None, chunks)


def _open_parquet(paths: Sequence[Path]) -> Source:
    parquet = require("pyarrow.parquet", "tables", "reading Parquet files")
    arrow = require("pyarrow", "tables", "reading Parquet files")
    try:
        footers = [parquet.read_metadata(p) for p in paths]
        columns = tuple(parquet.read_schema(paths[0]).names)
    except (OSError, arrow.ArrowException) as error:
        raise InputError(f"{paths[0].parent} holds no readable Parquet files: {type(error).__name__}") from None

    def chunks(size: int, needed: list[str]) -> Iterator[nw.DataFrame[Any]]:
        for path in paths:
            with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
                for batch in file.iter_batches(batch_size=size, columns=needed):
                    yield nw.from_native(arrow.Table.from_batches([batch]), eager_only=True)

    return Source(columns, sum(f.num_rows for f in footers), chunks)


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet file, or a CSV file with every cell as text, into memory.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        table: pd.DataFrame = pd.read_csv(path, **_AS_TEXT)
    except (OSError, ValueError, ImportError) as error:
        raise InputError(f"cannot read {path}: {error}") from None
    return table


def words(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column's cells as stripped text in small letters; missing ones as the empty text."""
    return column.astype(object).where(column.notna(), "").astype(str).str.strip().str.lower()


def check_columns(columns: Sequence[str], *needed: str) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    InputError
        That lists what is missing and what is there.
    """
    missing = [c for c in needed if c not in columns]
    if missing:
        raise InputError(f"the table has no column {missing}; its columns are {list(columns)}")


def carried(columns: Sequence[str], carry: Carry, results: Sequence[str]) -> list[str]:
    """List the columns to carry along.

    Raises
    ------
    InputError
        If one is missing, or has the name of a result.
    """
    wanted = list(columns) if carry is True else [] if not carry else [carry] if isinstance(carry, str) else [*carry]
    check_columns(columns, *wanted)
    taken = [c for c in wanted if c in results]
    if taken:
        raise InputError(f"carry: {taken} are names of results too: rename those columns, or carry others by name")
    return wanted


def lay_beside(frame: nw.DataFrame[Any], carry: list[str], results: Mapping[str, Any]) -> Any:
    """Put results beside the carried columns of their table.

    Parameters
    ----------
    frame : narwhals.DataFrame
        The table that the results are about, row by row.
    carry : list of str
        Its columns to keep, before the results.
    results : mapping
        The result columns.

    Returns
    -------
    native table
        Of the frame's own kind, with its index, where it has one.
    """
    native = nw.to_native(frame)
    if isinstance(native, pd.DataFrame):
        own = pandas_table(results, native.index)
        return pd.concat([native[carry], own], axis=1) if carry else own
    schema = {k: _NUMBERS.get(_kind(v), (nw.String(), ""))[0] for k, v in results.items()}
    made = nw.from_dict({k: _with_nulls(v) for k, v in results.items()}, schema, backend=frame.implementation)
    return nw.to_native(nw.concat([frame.select(carry), made], how="horizontal") if carry else made)


def pandas_table(results: Mapping[str, Any], index: pd.Index[Any]) -> pd.DataFrame:
    """Make a pandas table whose columns have the same types whatever they hold."""
    typed = {
        name: pd.Series(
            values.tolist() if _kind(values) == "i" else values,
            index=index,
            dtype=_NUMBERS[_kind(values)][1] if _kind(values) in _NUMBERS else _STRING,
        )
        for name, values in results.items()
    }
    return pd.DataFrame(typed, index=index)


def _kind(values: Any) -> str:
    return values.dtype.kind if isinstance(values, np.ndarray) else "s"


def _with_nulls(values: Any) -> list[Any]:
    """List values, with null for NaN: outside pandas, NaN is a number."""
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [None if v != v else v for v in listed]


def joined(parts: Sequence[Columns], like: Columns) -> Columns:
    """Put the result columns of consecutive chunks one below the other; `like` has none of their rows."""
    return {
        k: np.concatenate([p[k] for p in (like, *parts)])
        if isinstance(like[k], np.ndarray)
        else [x for p in parts for x in p[k]]
        for k in like
    }
