"""Candidates, however they are handed in."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ..exceptions import InputError
from ..results import Profile
from ..types import Document
from .tables import Columns, check_columns, lay_beside, open_table, pandas_table


@dataclass(frozen=True)
class Pool:
    """Candidates by name, and the table that they came in.

    Parameters
    ----------
    names, documents : list
        One of each for each candidate.
    frame : narwhals.DataFrame or None
        The table, where they came in one.
    """

    names: list[Hashable]
    documents: list[Any]
    frame: nw.DataFrame[Any] | None = None

    @classmethod
    def of(cls, candidates: Any, text: str) -> Pool:
        """Take a mapping, a Series, a sequence or a table.

        Raises
        ------
        InputError
            If it is a single document, or a table without the column.
        """
        if isinstance(candidates, (str, bytes, os.PathLike, Document, Profile)):
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
        """The table's columns; none where there is no table."""
        return [] if self.frame is None else self.frame.columns

    def laid_out(self, order: list[int], carry: list[str], results: Columns) -> Any:
        """Put results beside the candidates that they are about, as a table of the kind that came in."""
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
