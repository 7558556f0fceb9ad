"""Records as the rows of Parquet files, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..records import NUMBERS, Record, column
from ..results import Evidence
from ..taxonomy import Taxonomy
from ..types import Flag, FloatArray

NAME, CONTENT = "candidate", "content"
"""The columns with a candidate's name and with the hash of what was profiled."""


def number_columns(names: Sequence[str], taxonomy: Taxonomy) -> list[str]:
    """List the columns of some of a record's numbers."""
    return [column(name, key) for name in names for key in taxonomy.keys]


def profile_table(names: Sequence[str], contents: Sequence[str], records: Sequence[Record], taxonomy: Taxonomy) -> Any:
    """Lay profiles out as an arrow table, one row each; null for numbers where the library abstains."""
    import pyarrow as pa

    flag = pa.struct({"code": pa.string(), "message": pa.string(), "start": pa.int64(), "end": pa.int64()}.items())
    unusable = np.array([not r.usable for r in records], bool)
    numbers = np.zeros((len(records), len(NUMBERS), len(taxonomy)))
    for i, record in enumerate(records):
        numbers[i] = record.numbers
    columns = {
        NAME: pa.array(names, pa.string()),
        CONTENT: pa.array(contents, pa.string()),
        "status": pa.array([r.status for r in records], pa.string()),
        "reasons": pa.array([list(r.reasons) for r in records], pa.list_(pa.string())),
        "primary": pa.array([r.primary for r in records], pa.string()),
        "plausible": pa.array([list(r.plausible) for r in records], pa.list_(pa.string())),
        "flags": pa.array([[f.to_dict() for f in r.flags] for r in records], pa.list_(flag)),
    }
    for i, name in enumerate(NUMBERS):
        for k, key in enumerate(taxonomy.keys):
            columns[column(name, key)] = pa.array(np.ascontiguousarray(numbers[:, i, k]), mask=unusable)
    return pa.table(columns)


def evidence_table(names: Sequence[str], records: Sequence[Record]) -> Any:
    """Lay the profiles' evidence out as an arrow table, one row a stretch of text."""
    import pyarrow as pa

    rows = [{NAME: n, **e.to_dict()} for n, r in zip(names, records, strict=True) for e in r.evidence]
    schema = pa.schema(
        {
            NAME: pa.string(),
            "discipline": pa.string(),
            "text": pa.string(),
            "start": pa.int64(),
            "end": pa.int64(),
            "section": pa.string(),
            "depth": pa.float64(),
            "contribution": pa.float64(),
            "described": pa.bool_(),
        }.items()
    )
    return pa.Table.from_pylist(rows, schema=schema)


def matrix(table: Any, names: Sequence[str], taxonomy: Taxonomy) -> FloatArray:
    """Return numbers of an arrow table, shape (n_rows, len(names), n_disciplines); 0 where they are null."""
    out = np.empty((len(names), len(taxonomy), len(table)))
    for i, name in enumerate(names):
        for k, key in enumerate(taxonomy.keys):
            values = table.column(column(name, key))
            out[i, k] = (values.fill_null(0.0) if values.null_count else values).to_numpy()
    return np.moveaxis(out, 2, 0)


def records_of(table: Any, taxonomy: Taxonomy, evidence: dict[str, list[Evidence]]) -> list[Record]:
    """Read records back from an arrow table; the inverse of `profile_table`."""
    numbers = matrix(table, NUMBERS, taxonomy)
    texts = table.select([NAME, "status", "reasons", "primary", "plausible", "flags"]).to_pylist()
    return [
        Record(
            status=row["status"],
            reasons=tuple(row["reasons"]),
            primary=row["primary"],
            numbers=numbers[i],
            flags=tuple(Flag(**f) for f in row["flags"]),
            plausible=tuple(row["plausible"]),
            evidence=tuple(evidence.get(row[NAME], ())),
        )
        for i, row in enumerate(texts)
    ]


def evidence_of(table: Any) -> dict[str, list[Evidence]]:
    """Read evidence back from an arrow table, by the candidates' names."""
    out: dict[str, list[Evidence]] = {}
    for row in table.to_pylist():
        out.setdefault(row.pop(NAME), []).append(Evidence(**row))
    return out
