"""What of a store is kept in memory to match roles against all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..exceptions import DataError
from ..match_scoring import MatchHead, coverage_features, coverage_of_many, fit_probability, supply
from ..taxonomy import Taxonomy
from ..types import FloatArray
from .columns import matrix, number_columns

BLOCK = 1 << 16
"""Candidates whose coverage is worked out at once; bounds what is in memory besides the result."""


@dataclass(frozen=True)
class StoreArrays:
    """What each stored candidate covers of each need.

    Parameters
    ----------
    parts : tuple of str
        The parts that were read, in order.
    starts : ndarray of shape (n_parts + 1,)
        The first row of each part, and the number of all rows.
    covered : ndarray of shape (n_candidates, n_disciplines)
        In [0, 1]; it does not depend on the role, so that a hundred roles cost little more than one.
    usable : ndarray of shape (n_candidates,)
        Whether the library did not abstain.
    """

    parts: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    covered: FloatArray
    usable: npt.NDArray[np.bool_]

    def fit(self, head: MatchHead, demand: FloatArray) -> FloatArray:
        """Return each candidate's fit to a role, NaN where there is none.

        Parameters
        ----------
        head : MatchHead
            The fitted values.
        demand : ndarray of shape (n_disciplines,)
            The role's shares.

        Returns
        -------
        ndarray of shape (n_candidates,)
            The same to the bit as `match_profiles` gives.
        """
        return np.where(self.usable, fit_probability(head, coverage_features(demand, self.covered)), np.nan)


def load_arrays(paths: dict[str, Path], head: MatchHead, taxonomy: Taxonomy) -> StoreArrays:
    """Read what matching needs of every part."""
    columns = ["status", *number_columns(("shown", "shown_depth"), taxonomy)]
    tables = [read_columns(p, columns, memory_map=True) for p in paths.values()]
    starts = np.cumsum([0, *map(len, tables)])
    # Discipline by discipline in memory, as it is read.
    covered = np.empty((len(taxonomy), starts[-1])).T
    usable = np.empty(starts[-1], bool)
    for start, table in zip(starts, tables, strict=False):
        usable[start : start + len(table)] = _usable(table)
        for offset in range(0, len(table), BLOCK):
            numbers = matrix(table.slice(offset, BLOCK), ("shown", "shown_depth"), taxonomy)
            first = start + offset
            covered[first : first + len(numbers)] = coverage_of_many(head, supply(head, numbers[:, 0], numbers[:, 1]))
    return StoreArrays(tuple(paths), starts, covered, usable)


def best(fit: FloatArray, top: int | None) -> npt.NDArray[np.intp]:
    """Return the rows of the best fits, best first; equals in their order, those without a fit last.

    Examples
    --------
    >>> best(np.array([0.2, np.nan, 0.9, 0.2]), 3)
    array([2, 0, 3])
    """
    if top is None or top >= len(fit):
        return np.argsort(-fit, kind="stable")
    worst = np.partition(-fit, top - 1)[top - 1] if top else -np.inf
    near = np.arange(len(fit)) if np.isnan(worst) else np.flatnonzero(-fit <= worst)
    return near[np.argsort(-fit[near], kind="stable")][:top]


def read_columns(path: Path, columns: list[str] | None = None, **options: Any) -> Any:
    """Read a part, or some of its columns.

    Raises
    ------
    DataError
        If it is missing or damaged; the message says what to do.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(path, columns=columns, **options)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path} is missing or damaged ({type(error).__name__}): index the candidates anew") from None


def _usable(table: Any) -> npt.NDArray[np.bool_]:
    from pyarrow import compute

    found: npt.NDArray[np.bool_] = compute.not_equal(table.column("status"), "abstained").to_numpy()
    return found
