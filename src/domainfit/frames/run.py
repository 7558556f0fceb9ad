"""One pass over a table, chunk by chunk, into memory or into a folder that can be gone on with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from ..exceptions import InputError
from ..fingerprint import fingerprint, hash_values
from ..model import Model
from ..progress import progress_bar
from .dataset import PartFolder, pandas_schema
from .tables import Carry, Columns, Source, carried, check_columns, joined, lay_beside, open_source

Folder = str | os.PathLike[str]
Work = Callable[[nw.DataFrame[Any], Callable[[int], Any]], Columns]
"""Turns a chunk into result columns, and tells how many rows are done."""
CHUNK = 1000
"""Rows worked on at once; also the most that a run that was killed does again."""


@dataclass(frozen=True)
class Run:
    """A pass over a table.

    Parameters
    ----------
    source : Source
        The table.
    needed, carry : list of str
        The columns that are read, and those that are carried along.
    blank : dict
        The result columns of no rows.
    chunk : int
        Rows of a chunk.
    label : str
        What is being done.
    progress : bool or None
        Whether to show a bar.
    """

    source: Source
    needed: list[str]
    carry: list[str]
    blank: Columns
    chunk: int
    label: str
    progress: bool | None

    @classmethod
    def over(
        cls, table: Any, needed: list[str], blank: Columns, *, carry: Carry, chunk: int, label: str, progress: Any
    ) -> Run:
        """Plan a pass, and refuse what cannot be read or written."""
        if not isinstance(chunk, int) or chunk < 1:
            raise InputError(f"chunk must be a number of rows, at least 1, not {chunk!r}")
        source = open_source(table)
        check_columns(source.columns, *needed)
        kept = carried(source.columns, carry, list(blank))
        return cls(source, needed, kept, blank, chunk, label, progress)

    def done(self, work: Work, out: Folder | None, model: Model, options: Mapping[str, Any]) -> Any:
        """Do the work; give the table back, or the folder that it was written to."""
        if out is None:
            return self._in_memory(work)
        options = {**options, "carry": self.carry, "chunk": self.chunk}
        identity = {"bundle": fingerprint(model), "options": options, "rows": self.source.rows}
        return self._in_folder(work, PartFolder(out, identity))

    def _in_memory(self, work: Work) -> Any:
        whole = self.source.whole
        if whole is None:
            raise InputError("a file is read piece by piece: say where to write the results with out=")
        with progress_bar(self.label, len(whole), shown=self.progress, unit="row") as bar:
            parts = [work(frame, bar.update) for frame in self._chunks()]
        return lay_beside(whole, self.carry, joined(parts, self.blank))

    def _in_folder(self, work: Work, folder: PartFolder) -> Path:
        parts = 0
        with progress_bar(self.label, self.source.rows, shown=self.progress, unit="row") as bar:
            for parts, frame in enumerate(self._chunks(), 1):
                source = self._hash(frame)
                if folder.has(parts - 1, source):
                    bar.update(len(frame))
                    continue
                self._settle_schema(folder, frame)
                folder.write(parts - 1, source, lay_beside(frame, self.carry, work(frame, bar.update)))
        return folder.finish(parts)

    def _chunks(self) -> Any:
        return self.source.chunks(self.chunk, self._columns())

    def _columns(self) -> list[str]:
        return list(dict.fromkeys([*self.needed, *self.carry]))

    def _hash(self, frame: nw.DataFrame[Any]) -> str:
        """Hash everything of a chunk that its results depend on."""
        columns = dict.fromkeys([*self.needed, *self.carry])
        index = nw.maybe_get_index(frame)
        return hash_values(
            [*(x for c in columns for x in frame.get_column(c).to_list()), *([] if index is None else list(index))]
        )

    def _settle_schema(self, folder: PartFolder, frame: nw.DataFrame[Any]) -> None:
        table = nw.to_native(self.source.whole if self.source.whole is not None else frame)
        if folder.schema is None and isinstance(table, pd.DataFrame):
            index = self.source.whole is not None
            folder.schema = pandas_schema(table, self.carry, self.blank, index=index)
