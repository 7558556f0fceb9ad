"""A few rows of a store, read without the rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..records import Record
from ..taxonomy import Taxonomy
from .arrays import StoreArrays, read_columns
from .columns import NAME, evidence_of, records_of
from .files import EVIDENCE, ROW_GROUP, StoreFiles


def read_rows(
    files: StoreFiles, arrays: StoreArrays, rows: npt.NDArray[np.intp], taxonomy: Taxonomy, *, evidence: bool
) -> list[tuple[str, Record]]:
    """Read candidates by their rows, in the order of the rows.

    Parameters
    ----------
    files : StoreFiles
        The store's parts.
    arrays : StoreArrays
        Tells which part holds which rows.
    rows : ndarray of int
        Which candidates.
    taxonomy : Taxonomy
        The store's.
    evidence : bool
        Whether the store has evidence to read.

    Returns
    -------
    list of (str, Record)
        Names with records.
    """
    out: dict[int, tuple[str, Record]] = {}
    part_of = np.searchsorted(arrays.starts, rows, side="right") - 1
    for i in np.unique(part_of):
        wanted = np.sort(rows[part_of == i])
        table = _take(files.path(arrays.parts[i]), wanted - arrays.starts[i])
        names = table.column(NAME).to_pylist()
        quoted = _evidence(files.path(arrays.parts[i], EVIDENCE), names) if evidence else {}
        found = zip(names, records_of(table, taxonomy, quoted), strict=True)
        out |= dict(zip(wanted.tolist(), found, strict=True))
    return [out[int(r)] for r in rows]


def _take(path: Path, rows: npt.NDArray[np.int64]) -> Any:
    """Read the row groups that hold some rows, and pick these."""
    import pyarrow as pa
    from pyarrow import parquet

    groups = np.unique(rows // ROW_GROUP)
    with parquet.ParquetFile(path, memory_map=True) as file:
        table = file.read_row_groups(groups.tolist())
    # Rows keep their place in their group; the groups before it are the ones that were read.
    within = np.searchsorted(groups, rows // ROW_GROUP) * ROW_GROUP + rows % ROW_GROUP
    return table.take(pa.array(within))


def _evidence(path: Path, names: Sequence[str]) -> Any:
    return evidence_of(read_columns(path, filters=[(NAME, "in", list(names))]))
