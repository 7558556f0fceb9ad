"""A folder of Parquet files, one a chunk, that a killed run leaves in order and the next one completes.

manifest.json        what the run is: bundle, options, columns; at the end also its size
part-000000.parquet  the rows of the first chunk, with the hash of the input that they came from

Every file is written beside its place and moved there whole. A part's name is its place in the
input, so that nothing can be there twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .._optional import require
from ..exceptions import DataError, InputError
from ..files import read_json, remove_unfinished, write_json, write_whole
from .tables import Columns

FORMAT = 1
MANIFEST = "manifest.json"
_HASH = b"domainfit.input"
_FIX = "give another folder as out=, or delete this one to begin anew"
_WHAT = {
    "format": "another version of the folder's format",
    "domainfit": "another version of domainfit",
    "bundle": "another bundle",
    "options": "other options",
    "rows": "another input",
}


class PartFolder:
    """The folder that a long run writes to.

    Parameters
    ----------
    folder : path
        Made if it is missing; a run that stopped is gone on with.
    identity : mapping
        What the results depend on: ``bundle``, ``options``, ``rows``.

    Raises
    ------
    InputError
        If the folder holds another run, or something else.
    """

    def __init__(self, folder: str | os.PathLike[str], identity: Mapping[str, Any]) -> None:
        from .. import __version__

        require("pyarrow", "tables", "writing Parquet files")
        self.folder = Path(folder)
        self.identity = {"format": FORMAT, "domainfit": __version__, **identity}
        self.schema: Any = None
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"out={str(self.folder)!r} is a file: give a folder")
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(self.folder)
        if not (self.folder / MANIFEST).exists():
            if any(self.folder.iterdir()):
                raise InputError(f"{self.folder} is not empty and holds no run of domainfit: give a new folder as out=")
            write_json(self.folder / MANIFEST, {**self.identity, "complete": False})
        self._check(read_json(self.folder / MANIFEST))

    def _check(self, found: Mapping[str, Any]) -> None:
        other = [what for key, what in _WHAT.items() if found.get(key) != self.identity.get(key)]
        if other:
            raise InputError(f"{self.folder} holds a run with {' and '.join(other)}: {_FIX}")

    def path(self, i: int) -> Path:
        """Return the file of the i-th chunk."""
        return self.folder / f"part-{i:06d}.parquet"

    def has(self, i: int, source: str) -> bool:
        """Tell whether a chunk is done.

        Parameters
        ----------
        i : int
            Which chunk.
        source : str
            The hash of the chunk's input.

        Raises
        ------
        InputError
            If what was done is of another input.
        """
        import pyarrow as pa
        from pyarrow import parquet

        if not self.path(i).exists():
            return False
        try:
            schema = parquet.read_schema(self.path(i))
        except (OSError, pa.ArrowException):
            raise DataError(f"{self.path(i)} is damaged: delete it and run again, it will be made anew") from None
        if (schema.metadata or {}).get(_HASH) != source.encode():
            raise InputError(f"{self.folder} holds a run with another input ({self.path(i).name} differs): {_FIX}")
        return True

    def write(self, i: int, source: str, table: Any) -> None:
        """Write a chunk's rows, a pandas, polars or pyarrow table."""
        from pyarrow import parquet

        rows = self._arrow(table)
        rows = rows.replace_schema_metadata({**(rows.schema.metadata or {}), _HASH: source.encode()})
        write_whole(self.path(i), lambda p: parquet.write_table(rows, p, compression="zstd"))

    def finish(self, parts: int) -> Path:
        """Write down that all is done."""
        extra = [p.name for p in self.folder.glob("part-*.parquet") if p.name >= self.path(parts).name]
        if extra:
            raise InputError(f"{self.folder} holds a run with another, longer input ({extra[0]}): {_FIX}")
        write_json(self.folder / MANIFEST, {**self.identity, "parts": parts, "complete": True})
        return self.folder

    def _arrow(self, table: Any) -> Any:
        import narwhals as nw
        import pyarrow as pa

        try:
            if isinstance(table, pd.DataFrame):
                indexed = len(self.schema) > len(table.columns)
                return pa.Table.from_pandas(table, schema=self.schema, preserve_index=indexed)
            return nw.from_native(table, eager_only=True).to_arrow()
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise InputError(
                f"a carried column cannot be written to Parquet ({type(error).__name__}): leave it out of carry"
            ) from None


def read_parts(folder: Path) -> pd.DataFrame:
    """Read a finished run back, in the order of its input."""
    return pd.concat([pd.read_parquet(p) for p in sorted(folder.glob("part-*.parquet"))], ignore_index=True)


def pandas_schema(table: pd.DataFrame, carry: list[str], results: Columns, *, index: bool) -> Any:
    """Settle the types of a dataset's columns: a single chunk may hold nothing but nulls.

    Parameters
    ----------
    table : DataFrame
        The whole input, or its first chunk where the columns have one type throughout.
    carry : list of str
        Its columns that are kept.
    results : dict
        The result columns; they may be empty.
    index : bool
        Whether to keep the table's index.

    Returns
    -------
    pyarrow.Schema
    """
    import pyarrow as pa

    try:
        kept = pa.Schema.from_pandas(table[carry], preserve_index=index)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InputError(
            f"a carried column or the index cannot be written to Parquet ({type(error).__name__}): "
            "leave it out of carry, or reset the index"
        ) from None
    own = [pa.field(k, pa.float64() if isinstance(v, np.ndarray) else pa.string()) for k, v in results.items()]
    return pa.schema([*list(kept)[: len(carry)], *own, *list(kept)[len(carry) :]])
