"""Adding to a store and removing from it, in steps that a killed process cannot leave half done."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from ..exceptions import InputError
from ..fingerprint import hash_values
from ..frames.pool import Pool
from ..frames.reading import Reader
from ..frames.tables import check_columns, open_source
from ..model import Model
from ..progress import progress_bar
from ..records import Record
from ..workers import Workers
from .arrays import read_columns
from .columns import CONTENT, NAME, evidence_table, profile_table
from .files import EVIDENCE, PROFILES, StoreFiles

BATCH = 250
"""Candidates profiled together."""
COMMIT_ROWS, COMMIT_SECONDS = 5000, 30.0
"""What is profiled is written when so many wait, or so long has passed: the most that a kill loses."""
PART_ROWS = 1 << 17
"""Small parts are merged into parts of at most so many rows."""
Batch = tuple[list[str], list[Any]]


@dataclass
class Indexed:
    """What indexing did.

    Parameters
    ----------
    added, replaced, unchanged : int
        How many candidates were new, came with another text, or were there already.
    failed : dict of str to str
        Why a candidate could not be read, by name; what the store held of it before stays.
    """

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)


class Indexing:
    """One pass of adding candidates to a store.

    Parameters
    ----------
    files : StoreFiles
        The store's parts, held for writing.
    model : Model
        The store's model.
    evidence : bool
        Whether the store keeps evidence.
    """

    def __init__(self, files: StoreFiles, model: Model, *, evidence: bool) -> None:
        self.files = files
        self.model = model
        self.evidence = evidence
        self.done = Indexed()
        self._known = _known(files)
        self._seen: set[str] = set()
        self._waiting: list[tuple[str, str, Record]] = []
        self._last = time.monotonic()

    def run(self, batches: Iterable[Batch], total: int | None, *, n_jobs: int, progress: bool | None) -> Indexed:
        """Profile what is new or changed, and write it."""
        with (
            Workers(self.model, n_jobs, "evidence" if self.evidence else "numbers") as workers,
            progress_bar("indexing", total, shown=progress) as bar,
        ):
            reader = Reader(workers, "candidate")
            for names, values in batches:
                self._read(names, values, reader)
                bar.update(len(names))
                if len(self._waiting) >= COMMIT_ROWS or time.monotonic() - self._last > COMMIT_SECONDS:
                    self._write()
        self._write()
        merge_small(self.files)
        return self.done

    def _read(self, names: Sequence[str], values: Sequence[Any], reader: Reader) -> None:
        known = self._known.reindex(pd.Index(names))
        todo: list[tuple[str, str, Any]] = []
        for name, value, before in zip(names, values, known, strict=True):
            content = _content(value)
            if name in self._seen:
                self.done.failed[name] = "the name stands for several candidates: the first was kept"
            elif before == content:
                self.done.unchanged += 1
            else:
                todo.append((name, content, value))
            self._seen.add(name)
        for (name, content, _), record in zip(todo, reader.read([v for *_, v in todo]), strict=True):
            if record.status == "error":
                self.done.failed[name] = record.reasons[0]
            else:
                self._waiting.append((name, content, record))

    def _write(self) -> None:
        self._last = time.monotonic()
        if not self._waiting:
            return
        names, contents, records = map(list, zip(*self._waiting, strict=True))
        replaced = [n for n in names if n in self._known.index]
        tables = {PROFILES: profile_table(names, contents, records, self.model.taxonomy)}
        if self.evidence:
            tables[EVIDENCE] = evidence_table(names, records)
        rewritten, dropped = without(self.files, replaced)
        self.files.commit([*rewritten, tables], dropped)
        self.done.replaced += len(replaced)
        self.done.added += len(names) - len(replaced)
        self._waiting = []


def batches(candidates: Any, text: str, name: str | None) -> tuple[Iterator[Batch], int | None]:
    """Cut candidates into batches of names and documents, however they are handed in.

    Parameters
    ----------
    candidates : mapping, Series, sequence, table or path
        As for `rank`; also the path of a Parquet or CSV file, which is read piece by piece.
    text : str
        The column with the documents, where it is a table or a file.
    name : str or None
        The column with the names; by default a pandas table's index.

    Returns
    -------
    batches : iterator
        Names and documents.
    total : int or None
        How many candidates there are, where that is known.

    Raises
    ------
    InputError
        If a column is missing, or nothing names the candidates.
    """
    if not isinstance(candidates, os.PathLike) and not hasattr(candidates, "columns"):
        pool = Pool.of(candidates, text)
        pieces = range(0, len(pool.names), BATCH)
        cut = (([str(n) for n in pool.names[i : i + BATCH]], pool.documents[i : i + BATCH]) for i in pieces)
        return cut, len(pool.names)
    source = open_source(candidates)
    check_columns(source.columns, *([text] if name is None else [text, name]))
    if name is None and (source.whole is None or nw.maybe_get_index(source.whole) is None):
        raise InputError(f"say with name= which column names the candidates; there are {list(source.columns)}")
    frames = source.chunks(BATCH, [text] if name is None else [text, name])
    return ((_names(f, name), f.get_column(text).to_list()) for f in frames), source.rows


def _names(frame: nw.DataFrame[Any], name: str | None) -> list[str]:
    index = nw.maybe_get_index(frame)
    values = index if name is None and index is not None else frame.get_column(str(name)).to_list()
    return [str(v) for v in values]


def _content(value: Any) -> str:
    """Hash what will be read: of a file its bytes, not its name."""
    if not isinstance(value, os.PathLike):
        return hash_values([value])
    try:
        return hash_values([Path(value).read_bytes()])
    except OSError:
        return ""  # Reading it will say why.


def _known(files: StoreFiles) -> pd.Series[str]:
    """Return the hashes of what the store holds, by the candidates' names."""
    tables = [read_columns(files.path(p), [NAME, CONTENT]).to_pandas() for p in files.manifest()["parts"]]
    if not tables:
        return pd.Series([], index=pd.Index([], dtype=object), dtype=object)
    whole: pd.Series[str] = pd.concat(tables).set_index(NAME)[CONTENT]
    return whole


def without(files: StoreFiles, names: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Write the parts anew that hold some candidates, without them.

    Returns
    -------
    rewritten : list of dict
        The tables of the parts that take their place.
    dropped : list of str
        The parts whose place they take.
    """
    import pyarrow as pa
    from pyarrow import compute

    gone = pa.array(names, pa.string())
    rewritten, dropped = [], []
    for part in files.manifest()["parts"] if names else ():
        hit = compute.is_in(read_columns(files.path(part), [NAME]).column(NAME), value_set=gone)
        if not compute.any(hit).as_py():
            continue
        tables = _tables(files, part)
        left = {k: t.filter(compute.invert(compute.is_in(t.column(NAME), value_set=gone))) for k, t in tables.items()}
        dropped.append(part)
        if len(left[PROFILES]):
            rewritten.append(left)
    return rewritten, dropped


def merge_small(files: StoreFiles) -> None:
    """Merge small parts, so that their number stays small."""
    import pyarrow as pa

    group: list[dict[str, Any]] = []
    dropped: list[str] = []
    for part in [*files.manifest()["parts"], None]:
        tables = _tables(files, part) if part else {}
        if part and len(tables[PROFILES]) > PART_ROWS // 2:
            continue
        rows = sum(len(t[PROFILES]) for t in group)
        if len(group) > 1 and (part is None or rows + len(tables[PROFILES]) > PART_ROWS):
            files.commit([{k: pa.concat_tables([t[k] for t in group]).combine_chunks() for k in group[0]}], dropped)
        if part is None or rows + len(tables[PROFILES]) > PART_ROWS:
            group, dropped = [], []
        if part:
            group.append(tables)
            dropped.append(part)


def _tables(files: StoreFiles, part: str) -> dict[str, Any]:
    found = {PROFILES: read_columns(files.path(part))}
    evidence = files.path(part, EVIDENCE)
    return found | ({EVIDENCE: read_columns(evidence)} if evidence.exists() else {})
