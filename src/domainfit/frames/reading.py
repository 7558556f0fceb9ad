"""Equal texts are read once, wherever in a long table they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..fingerprint import hash_values
from ..records import Record
from ..types import Kind
from ..workers import Workers

REMEMBERED = {"numbers": 100_000, "evidence": 10_000, "text": 10_000}
"""How many different texts are remembered, by what is kept of them, so that memory has a bound: about 200 MB."""


class Reader:
    """Turns the cells of a column into records, the same cell into the same record.

    Parameters
    ----------
    workers : Workers
        Do the work.
    kind : {"candidate", "role"}
        What the documents are.
    """

    def __init__(self, workers: Workers, kind: Kind) -> None:
        self.workers = workers
        self.kind = kind
        self._seen: dict[Any, Record] = {}

    def read(self, values: Sequence[Any], tick: Callable[[int], Any] = lambda n: None) -> list[Record]:
        """Read cells.

        Parameters
        ----------
        values : sequence
            Texts, paths, bytes, `Document` or `Profile` values.
        tick : callable
            Told how many more cells are done.

        Returns
        -------
        list of Record
            One for each cell.
        """
        keys = [_key(v) for v in values]
        count: dict[Any, int] = {}
        for key in keys:
            count[key] = count.get(key, 0) + 1
        found = {k: self._seen[k] for k in count if k in self._seen}
        tick(sum(count[k] for k in found))
        new = {k: v for k, v in zip(keys, values, strict=True) if k not in found}
        for key, record in zip(new, self.workers.records(list(new.values()), self.kind), strict=True):
            found[key] = record
            tick(count[key])
        self._remember({k: found[k] for k in new if isinstance(k, str)})
        return [found[k] for k in keys]

    def _remember(self, new: dict[Any, Record]) -> None:
        self._seen |= new
        for key in list(self._seen)[: max(0, len(self._seen) - REMEMBERED[self.workers.keep])]:
            del self._seen[key]


def _key(value: Any) -> Any:
    """Name a cell: texts by their hash; other objects by identity, which holds for one chunk only."""
    return hash_values([value]) if isinstance(value, (str, bytes)) else id(value)
